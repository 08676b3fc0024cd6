//! The registry of places: where incidents were, under which names, and which names may be one place's.

use std::collections::BTreeMap;

use gazetteer::{distance_km, key};
use ledger::{Alias, Filter, Ledger, Registry, fold, place_key};
use record::PlacePrecision;
use serde::Serialize;

use crate::Result;
use crate::names::{Alike, Duplicate};

/// A place of incidents: its country and its name, whatever the name's case and marks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Usual name.
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// How many incidents, under any of its names.
    pub incidents: u64,
    /// How near it is known.
    pub precision: Option<PlacePrecision>,
    /// Latitude and longitude in WGS 84 degrees.
    pub point: Option<(f64, f64)>,
    /// Other names that people said are its own, by their [keys](place_key).
    pub aliases: Vec<Alias>,
}

impl Place {
    /// What it is known by.
    pub fn key(&self) -> String {
        place_key(self.country.as_deref(), &self.name)
    }

    fn is_spot(&self) -> bool {
        matches!(self.precision, Some(PlacePrecision::Exact | PlacePrecision::Near))
    }
}

/// The places of a filter, most incidents first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Places {
    /// All of them.
    pub items: Vec<Place>,
    /// How many there are.
    pub total: usize,
    /// Pairs that may be one.
    pub duplicates: Vec<Duplicate>,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceView {
    /// Its line in the list of all.
    #[serde(flatten)]
    pub row: Place,
    /// First-level unit.
    pub admin1: Option<String>,
    /// Second-level unit.
    pub admin2: Option<String>,
    /// Claims in force that name it.
    pub claims: u64,
    /// How they print it, the most frequent first.
    pub printed: Vec<String>,
    /// Names that may be its own too.
    pub duplicates: Vec<Duplicate>,
}

/// Most places among which duplicates are looked for.
const LOOKED_AT: usize = 1_000;
/// How near two places are, in kilometres, that may be one.
const NEAR_KM: f64 = 3.0;
/// Shortest name that may be another's for one letter.
const SHORTEST: usize = 5;
/// Forms of a name that are shown.
const PRINTED: usize = 8;

/// The places of a filter, with those that may be one.
///
/// # Errors
/// Those of the ledger.
pub fn places(ledger: &Ledger, filter: &Filter) -> Result<Places> {
    ledger.snapshot(|ledger| {
        let items = place_rows(ledger, filter)?;
        let are_apart = ledger.aliases(filter.as_of)?;
        let are_apart = are_apart.names(Registry::Places).apart();
        let mut duplicates = duplicates(&items);
        duplicates.retain(|pair| !are_apart(&pair.names[0], &pair.names[1]));
        Ok(Places { total: items.len(), items, duplicates })
    })
}

/// The places of a filter, most incidents first.
///
/// # Errors
/// Those of the ledger.
pub fn place_rows(ledger: &Ledger, filter: &Filter) -> Result<Vec<Place>> {
    ledger.snapshot(|ledger| {
        let (briefs, aliases) = (ledger.briefs(filter)?, ledger.aliases(filter.as_of)?);
        let mut spelt: BTreeMap<(Option<&str>, &str), (u64, usize)> = BTreeMap::new();
        for (n, brief) in briefs.iter().enumerate() {
            let Some(name) = &brief.place else { continue };
            spelt.entry((brief.country.as_deref(), name)).or_insert((0, n)).0 += 1;
        }
        // Spellings that fold to one are one place, called as most incidents have it.
        let mut found: BTreeMap<String, (u64, Place)> = BTreeMap::new();
        for ((country, name), (incidents, first)) in spelt {
            let brief = &briefs[first];
            let place = || Place {
                name: name.to_owned(),
                country: country.map(str::to_owned),
                incidents: 0,
                precision: brief.place_precision,
                point: brief.point,
                aliases: vec![],
            };
            let (most, known) = found.entry(fold(&place_key(country, name))).or_insert_with(|| (0, place()));
            let total = known.incidents + incidents;
            if incidents > *most {
                (*most, *known) = (incidents, place());
            }
            known.incidents = total;
        }
        for (usual, aliases) in aliases.names(Registry::Places).by_usual() {
            if let Some(place) = found.get_mut(&usual).map(|(_, place)| place) {
                place.aliases = aliases.into_iter().cloned().collect();
            }
        }
        let mut places: Vec<Place> = found.into_values().map(|(_, place)| place).collect();
        places.sort_by(|a, b| b.incidents.cmp(&a.incidents).then_with(|| a.name.cmp(&b.name)).then_with(|| a.country.cmp(&b.country)));
        Ok(places)
    })
}

/// One place by any of its [keys](place_key), whatever their case and marks; `None` when no incident is there.
///
/// # Errors
/// Those of the ledger.
pub fn place(ledger: &Ledger, key: &str) -> Result<Option<PlaceView>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(None)?;
        let names = aliases.names(Registry::Places);
        let usual = fold(names.usual(key));
        let found = places(ledger, &Filter::default())?;
        let Some(row) = found.items.into_iter().find(|place| fold(&place.key()) == usual) else { return Ok(None) };
        let key = row.key();
        let keys = names.every(&key);
        let (mut claims, mut printed) = (0, Vec::new());
        // Its own first.
        for mentions in ledger.mentions(&keys, None)?.into_iter().rev() {
            claims += mentions.claims;
            for form in mentions.printed {
                if !printed.contains(&form) {
                    printed.push(form);
                }
            }
        }
        printed.truncate(PRINTED);
        let incident = ledger.incidents_named(Registry::Places, &keys)?.into_iter().flatten().next();
        let mut incident = incident.map(|id| ledger.incident(&id)).transpose()?;
        incident.iter_mut().for_each(|incident| aliases.name_incident(incident));
        let at = incident.and_then(|incident| incident.place);
        let (admin1, admin2) = at.map_or((None, None), |at| (at.admin1, at.admin2));
        let duplicates = found.duplicates.into_iter().filter(|pair| pair.names.contains(&key)).collect();
        Ok(Some(PlaceView { admin1, admin2, claims, printed, duplicates, row }))
    })
}

/// Whether two names differ by one letter at most: one more, another, or two that changed places.
fn nearly(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let before = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - after], &b[..b.len() - after]) {
        ([], [] | [_]) | ([_], [] | [_]) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

/// What two names of one country have in common; both come with their look-up keys.
fn alike((a, one): (&Place, &str), (b, two): (&Place, &str)) -> (Option<Alike>, Option<u64>) {
    let km = a.point.zip(b.point).map(|(a, b)| distance_km(a, b));
    let long = one.len().min(two.len()) >= SHORTEST;
    // What is numbered is told apart by its number.
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let why = if one == two && !one.is_empty() {
        Some(Alike::Spelling)
    } else if long && digits(one) == digits(two) && nearly(one, two) {
        Some(Alike::Letters)
    } else {
        km.filter(|km| *km <= NEAR_KM && a.is_spot() && b.is_spot()).map(|_| Alike::Near)
    };
    (why, km.map(|km| (km * 1_000.0).round() as u64))
}

/// Pairs among places of one country that may be one: first those that are called nearly the same, then those that are near
/// one another; each with the most incidents first.
fn duplicates(places: &[Place]) -> Vec<Duplicate> {
    let keys: Vec<String> = places.iter().take(LOOKED_AT).map(|place| key(&place.name)).collect();
    let mut found = Vec::new();
    for (n, one) in keys.iter().enumerate() {
        for (m, two) in keys.iter().enumerate().skip(n + 1).filter(|(m, _)| places[*m].country == places[n].country) {
            let (a, b) = (&places[n], &places[m]);
            if let (Some(why), metres) = alike((a, one), (b, two)) {
                found.push(Duplicate { names: [a.key(), b.key()], incidents: [a.incidents, b.incidents], why, metres });
            }
        }
    }
    // The sort is stable: as the places come.
    found.sort_by_key(|pair| pair.why);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(country: &str, name: &str, lat: f64, precision: PlacePrecision) -> Place {
        let (name, country) = (name.to_owned(), Some(country.to_owned()).filter(|country| !country.is_empty()));
        Place { name, country, incidents: 1, precision: Some(precision), point: Some((lat, -3.9)), aliases: vec![] }
    }

    #[test]
    fn places_that_may_be_one_are_found_and_it_is_said_why() {
        use PlacePrecision::{Admin1, Exact, Near};
        let konna = at("ML", "Konna", 14.9, Exact);
        for (other, expected) in [
            (at("ML", "El-Konna", 14.9, Exact), Some((Alike::Spelling, 0))),
            (at("ML", "Kona", 14.0, Exact), None),
            (at("ML", "Konnna", 14.0, Exact), Some((Alike::Letters, 100_075))),
            (at("ML", "Konma", 14.9, Admin1), Some((Alike::Letters, 0))),
            (at("ML", "Knona", 14.9, Admin1), Some((Alike::Letters, 0))),
            (at("ML", "Konakri", 14.9, Admin1), None),
            (at("ML", "Diallo", 14.91, Near), Some((Alike::Near, 1_112))),
            (at("ML", "Diallo", 14.95, Near), None),
            (at("ML", "Diallo", 14.91, Admin1), None),
            (at("NE", "Konnna", 14.9, Exact), None),
            (at("", "Konnna", 14.9, Exact), None),
        ] {
            let named = other.name.clone();
            let found = duplicates(&[konna.clone(), other]);
            assert_eq!(found.first().map(|pair| (pair.why, pair.metres.unwrap())), expected, "{named}");
        }
        let numbered = [at("ML", "Sector 1", 14.9, Exact), at("ML", "Sector 2", 12.9, Exact)];
        assert_eq!(duplicates(&numbered), []);
        let ranked = duplicates(&[konna, at("ML", "Diallo", 14.9, Exact), at("ML", "Konnna", 14.9, Exact)]);
        assert_eq!(ranked.iter().map(|pair| pair.why).collect::<Vec<_>>(), [Alike::Letters, Alike::Near, Alike::Near]);
    }
}
