//! Places under their usual names, and where these are: in what is asked for, counted and shown.
//!
//! A place is known by its country and its name: namesakes in two countries are two. Where one is that somebody said is
//! another stands in the line that says so, as it was then, so that what was merged stays where it was put.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use record::{Id, IncidentPlace, PlaceName, PlacePrecision};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

use crate::names::Names;
use crate::read::unknown;
use crate::text::fold;
use crate::{Brief, Error, Ledger, Result, query};

/// What stands for the country of a place whose country nobody knows.
const NOWHERE: &str = "-";

/// What a place is known by: `ML/Konna`, `-/Konna` where nobody knows the country (an ISO 3166 alpha-2 code).
pub fn place_key(country: Option<&str>, name: &str) -> String {
    format!("{}/{name}", country.unwrap_or(NOWHERE))
}

/// The country and the name that a [key](place_key) is made of; `None` for what is no key.
pub fn place_of_key(key: &str) -> Option<(Option<&str>, &str)> {
    let (country, name) = key.split_once('/')?;
    Some((Some(country).filter(|country| *country != NOWHERE), name))
}

/// Which names are one place's, and where it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// By their [keys](place_key).
    pub names: Names,
    /// Where those are that others were said to be, by the folded key.
    at: BTreeMap<String, IncidentPlace>,
}

/// What a filter by place asks of the incidents of one name.
pub(crate) struct Spot {
    /// All names of the place, and the units that it lies in, folded, one a line.
    words: String,
    country: Option<String>,
    admin1: Option<String>,
    point: Option<(f64, f64)>,
}

/// Where incidents are for a filter, which may be elsewhere than they were read to be.
#[derive(Default)]
pub(crate) struct Spots {
    /// Of names that are another place's, by the folded key.
    moved: BTreeMap<String, Spot>,
    /// All names of a place that has several, folded, one a line, by the folded key of each.
    names: BTreeMap<String, String>,
}

/// Where one incident is for a filter.
pub(crate) struct Seat<'a> {
    pub(crate) country: Option<&'a str>,
    /// Folded.
    pub(crate) admin1: Option<&'a str>,
    pub(crate) point: Option<(f64, f64)>,
    words: [Option<&'a str>; 2],
}

impl Seat<'_> {
    /// Whether a folded word stands in a name of the place, or of a unit that it lies in.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        self.words.iter().flatten().any(|words| words.contains(word))
    }

    /// What incidents are sorted by.
    pub(crate) fn first(&self) -> Option<&str> {
        self.words[0]
    }
}

impl Spots {
    /// Where an incident is of which this is written: the folded key, names with units, the country, the unit and the point.
    pub(crate) fn seat<'a>(
        &'a self,
        key: Option<&str>,
        words: Option<&'a str>,
        country: Option<&'a str>,
        admin1: Option<&'a str>,
        point: Option<(f64, f64)>,
    ) -> Seat<'a> {
        let moved = key.and_then(|key| self.moved.get(key));
        match moved {
            Some(spot) => {
                Seat { country: spot.country.as_deref(), admin1: spot.admin1.as_deref(), point: spot.point, words: [Some(spot.words.as_str()), None] }
            }
            None => Seat { country, admin1, point, words: [words, key.and_then(|key| self.names.get(key)).map(String::as_str)] },
        }
    }

    /// The keys of the names that are another place's.
    pub(crate) fn moved(&self) -> impl Iterator<Item = &str> {
        self.moved.keys().map(String::as_str)
    }

    /// The keys of those of them whose place passes a test.
    pub(crate) fn passing(&self, test: impl Fn(&Seat<'_>) -> bool) -> Vec<&str> {
        self.moved().filter(|key| test(&self.seat(Some(key), None, None, None, None))).collect()
    }

    /// The keys of all names whose place has a folded word in a name.
    pub(crate) fn called(&self, word: &str) -> Vec<&str> {
        self.names.iter().filter(|(_, names)| names.contains(word)).map(|(key, _)| key.as_str()).collect()
    }
}

impl Places {
    /// Takes up where a place is that others are said to be.
    pub(crate) fn put(&mut self, key: &str, place: IncidentPlace) {
        self.at.insert(fold(key), place);
    }

    /// Where a place is, under its usual name, that somebody said is another.
    pub fn moved(&self, country: Option<&str>, name: &str) -> Option<&IncidentPlace> {
        if self.names.is_empty() {
            return None;
        }
        let key = place_key(country, name);
        let usual = self.names.usual(&key);
        if usual == key { None } else { self.at.get(&fold(usual)) }
    }

    /// Names and places of all that were said to be one, whichever is the usual one: for those who must not tell them.
    pub fn all(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        self.names.all().flat_map(|(_, alias)| [&alias.name, &alias.of]).filter_map(|key| place_of_key(key))
    }

    /// Puts an incident's place where it is. Who was only near it is near it still.
    pub fn name_place(&self, place: &mut IncidentPlace) {
        if let Some(at) = self.moved(place.country.as_deref(), &place.name) {
            let precision = nearness(place.precision, at.precision);
            *place = IncidentPlace { precision, ..at.clone() };
        }
    }

    pub(crate) fn name_named(&self, place: &mut PlaceName) {
        if let Some(at) = self.moved(place.country.as_deref(), &place.name) {
            let text = std::mem::take(&mut place.text);
            *place = PlaceName { text, name: at.name.clone(), country: at.country.clone(), gazetteer: None, lat: at.lat, lon: at.lon };
        }
    }

    /// Puts a brief's place where it is; its folded key says at once whether that is elsewhere.
    pub(crate) fn name_brief(&self, key: Option<&str>, brief: &mut Arc<Brief>) {
        if !key.is_some_and(|key| self.names.has(key)) {
            return;
        }
        let Some(at) = brief.place.as_deref().and_then(|name| self.moved(brief.country.as_deref(), name)) else { return };
        let brief = Arc::make_mut(brief);
        (brief.place, brief.country) = (Some(at.name.clone()), at.country.clone());
        brief.point = at.lat.zip(at.lon);
        brief.place_precision = Some(brief.place_precision.map_or(at.precision, |own| nearness(own, at.precision)));
    }

    /// Where incidents are for a filter.
    pub(crate) fn spots(&self) -> Spots {
        let mut spots = Spots::default();
        for (usual, aliases) in self.names.by_usual() {
            let Some(at) = self.at.get(&usual) else { continue };
            let keys: Vec<String> = aliases.into_iter().map(|alias| fold(&alias.name)).chain([usual.clone()]).collect();
            let names: Vec<&str> = keys.iter().filter_map(|key| place_of_key(key)).map(|(_, name)| name).collect();
            let units = [&at.admin2, &at.admin1].into_iter().flatten().map(|unit| fold(unit));
            // The usual name first, as incidents are sorted by it.
            let words: Vec<String> = names.iter().rev().map(|name| (*name).to_owned()).chain(units).collect();
            for key in &keys {
                if *key != usual {
                    let (admin1, country, point) = (at.admin1.as_deref().map(fold), at.country.clone(), at.lat.zip(at.lon));
                    spots.moved.insert(key.clone(), Spot { words: words.join("\n"), country, admin1, point });
                }
                spots.names.insert(key.clone(), names.join("\n"));
            }
        }
        spots
    }

    /// SQL that makes what the rows of a table are sorted by, where they are.
    pub(crate) fn sorted(&self, row: &str) -> Cow<'static, str> {
        let own = format!("{row}.place");
        if self.names.is_empty() {
            return own.into();
        }
        // Names are not ours: they stand in the text as their bytes.
        let text = |text: &str| format!("CAST(x'{}' AS TEXT)", text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>());
        let spots = self.spots();
        let cases: String = spots.moved.iter().map(|(key, spot)| format!(" WHEN {} THEN {}", text(key), text(&spot.words))).collect();
        if cases.is_empty() { own.into() } else { format!("CASE {row}.placed{cases} ELSE {own} END").into() }
    }
}

/// How near an incident is known whose place is another's.
fn nearness(own: PlacePrecision, of_place: PlacePrecision) -> PlacePrecision {
    match (own, of_place) {
        (PlacePrecision::Near, PlacePrecision::Exact) => PlacePrecision::Near,
        _ => of_place,
    }
}

/// Where most incidents of a name are, those in force before all others; of as many, the nearest known. One that others were
/// said to be already, and that no incident in force has, is where it was.
pub(crate) fn where_it_is(conn: &Connection, places: &Places, key: &str) -> Result<IncidentPlace> {
    let newest = "v.state = 'current' AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)";
    for condition in [newest, "v.json IS NOT NULL"] {
        let sql = format!("SELECT v.json ->> '$.place' FROM incident_versions v WHERE v.placed = ?1 AND {condition}");
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query([fold(key)])?;
        // Told apart by all but how near an incident is known.
        let mut found: BTreeMap<String, (usize, IncidentPlace)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let json = row.get_ref(0)?.as_str().unwrap_or_default();
            let place: IncidentPlace = serde_json::from_str(json).map_err(|source| Error::stored("place", key, source))?;
            let bare = IncidentPlace { precision: PlacePrecision::Exact, ..place.clone() };
            let (n, kept) = found.entry(json!(bare).to_string()).or_insert((0, place.clone()));
            *n += 1;
            kept.precision = kept.precision.min(place.precision);
        }
        let best = found.into_values().rev().max_by_key(|(n, place)| (*n, std::cmp::Reverse(place.precision)));
        if let Some((_, place)) = best {
            return Ok(place);
        }
        if let Some(known) = places.at.get(&fold(key)) {
            return Ok(known.clone());
        }
    }
    Err(unknown("place", key))
}

/// What claims in force say of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// How many name it.
    pub claims: u64,
    /// The incidents in force that they belong to.
    pub incidents: BTreeSet<Id>,
    /// How they print it, the most frequent first.
    pub printed: Vec<String>,
}

impl Ledger {
    /// What claims in force, at a moment, say of each of these places, by their keys.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mentions(&self, keys: &[&str], as_of: Option<Timestamp>) -> Result<Vec<Mentions>> {
        let folded: Vec<String> = keys.iter().map(|key| fold(key)).collect();
        let mut found = vec![Mentions::default(); keys.len()];
        let mut printed: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); keys.len()];
        self.read(|conn| {
            let sql = format!(
                "SELECT c.placed, c.json ->> '$.place.text', (SELECT v.id FROM incident_claims ic JOIN incident_versions v ON v.seq = ic.version
                   WHERE ic.claim = c.id AND v.state = 'current'
                   AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id AND n.recorded_at <= '{}') ORDER BY v.seq LIMIT 1)
                 FROM claims c WHERE c.placed IN ({}) AND {}",
                query::moment(as_of),
                vec!["?"; keys.len()].join(", "),
                query::in_force(as_of),
            );
            let mut statement = conn.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(folded.iter().cloned().map(Value::Text)))?;
            while let Some(row) = rows.next()? {
                let (key, text, incident): (String, Option<String>, Option<Id>) = (row.get(0)?, row.get(1)?, row.get(2)?);
                for at in (0..folded.len()).filter(|&at| folded[at] == key) {
                    found[at].claims += 1;
                    found[at].incidents.extend(incident.clone());
                    if let Some(text) = text.clone().filter(|text| !text.is_empty()) {
                        *printed[at].entry(text).or_default() += 1;
                    }
                }
            }
            Ok(())
        })?;
        for (mentions, forms) in found.iter_mut().zip(printed) {
            let mut forms: Vec<(String, usize)> = forms.into_iter().collect();
            forms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            mentions.printed = forms.into_iter().map(|(form, _)| form).collect();
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, lat: f64, precision: PlacePrecision) -> IncidentPlace {
        let (admin1, country) = (Some("Mopti".to_owned()), Some("ML".to_owned()));
        IncidentPlace { name: name.to_owned(), admin1, admin2: None, country, lat: Some(lat), lon: Some(-3.9), precision }
    }

    fn places() -> Places {
        let mut places = Places::default();
        places.names.join("ML/Kona", "ML/Konna", 1);
        places.put("ML/Konna", place("Konna", 14.9, PlacePrecision::Exact));
        places
    }

    #[test]
    fn a_key_is_a_country_and_a_name() {
        for (country, name, key) in [(Some("ML"), "Konna", "ML/Konna"), (None, "Konna", "-/Konna"), (Some("ML"), "A/B", "ML/A/B"), (None, "", "-/")] {
            assert_eq!(place_key(country, name), key);
            assert_eq!(place_of_key(key), Some((country, name)));
        }
        assert_eq!(place_of_key("Konna"), None);
    }

    #[test]
    fn a_place_that_is_another_is_where_that_is() {
        use PlacePrecision::{Admin1, Exact, Near};
        let places = places();
        for (name, own, expected) in [
            ("Kona", Exact, ("Konna", 14.9, Exact)),
            // Case and marks are no other name.
            ("KÔNA", Admin1, ("Konna", 14.9, Exact)),
            // Nobody is nearer to a place for its having another name.
            ("Kona", Near, ("Konna", 14.9, Near)),
            ("Konna", Near, ("Konna", 1.0, Near)),
            ("Gao", Exact, ("Gao", 1.0, Exact)),
        ] {
            let mut found = place(name, 1.0, own);
            places.name_place(&mut found);
            assert_eq!((found.name.as_str(), found.lat.unwrap(), found.precision), expected, "{name} {own}");
        }
        let mut namesake = IncidentPlace { country: Some("NE".to_owned()), ..place("Kona", 1.0, Exact) };
        places.name_place(&mut namesake);
        assert_eq!((namesake.name.as_str(), namesake.country.as_deref()), ("Kona", Some("NE")));
    }

    #[test]
    fn a_filter_finds_a_place_by_every_name_and_by_where_it_is() {
        let spots = places().spots();
        let seat = |key| spots.seat(Some(key), Some("own name\nown unit"), Some("XX"), Some("own unit"), None);
        for (key, called, not) in [
            ("ml/kona", &["kona", "konna", "mopti"][..], &["own"][..]),
            ("ml/konna", &["kona", "own name"], &["mopti"]),
            ("ne/kona", &["own name"], &["kona"]),
        ] {
            assert!(called.iter().all(|word| seat(key).is_called(word)), "{key}");
            assert!(!not.iter().any(|word| seat(key).is_called(word)), "{key}");
        }
        assert_eq!((seat("ml/kona").country, seat("ml/kona").admin1, seat("ml/kona").point), (Some("ML"), Some("mopti"), Some((14.9, -3.9))));
        assert_eq!((seat("ne/kona").country, seat("ne/kona").first()), (Some("XX"), Some("own name\nown unit")));
        assert_eq!((spots.called("kona"), spots.called("mopti")), (vec!["ml/kona", "ml/konna"], vec![]));
    }
}
