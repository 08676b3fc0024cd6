use std::collections::{HashMap, HashSet};

use serde::Serialize;

/// What sort of place the words ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Want {
    /// Anything.
    #[default]
    Any,
    /// A town, a village, a neighbourhood.
    Settlement,
    /// A first-level unit.
    Admin1,
    /// A second-level unit or a smaller one.
    Admin2,
    /// A unit of either level.
    Admin,
    /// An airport or airfield; the town when it has none.
    Airport,
    /// A country.
    Country,
}

/// What is known beside a name: the more is told, the better namesakes are told apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// ISO 3166 alpha-2 codes and how likely each is the country, 0 to 1; they need not add up to 1.
    pub countries: Vec<(String, f32)>,
    /// Latitude and longitude of other places of the report.
    pub near: Vec<(f64, f64)>,
    /// What sort of place is expected.
    pub want: Want,
}

/// Below this share of a report's names a country is no ground to put an unknown place there.
const LEAST_SHARE: f32 = 0.3;

impl Hints {
    /// These hints with one more country.
    pub fn country(mut self, iso2: &str, weight: f32) -> Hints {
        self.countries.push((iso2.to_owned(), weight));
        self
    }

    /// These hints with one more place nearby.
    pub fn beside(mut self, lat: f64, lon: f64) -> Hints {
        self.near.push((lat, lon));
        self
    }

    /// The country that the names of a report are plainly of: the first, if a fair share of them is.
    pub fn home(&self) -> Option<&str> {
        self.countries.first().filter(|(_, share)| *share >= LEAST_SHARE).map(|(country, _)| country.as_str())
    }

    /// What the settled names of a report say about its other names: the countries by their share of the names, and where
    /// its towns lie. Add the outlet's or the reader's own hints to it.
    pub fn of(resolved: &[crate::Resolved]) -> Hints {
        let mut seen: HashMap<(u32, bool), u32> = HashMap::new();
        let mut known: HashSet<(u64, u64)> = HashSet::new();
        let mut votes: Vec<(String, f32)> = Vec::new();
        let mut near: Vec<(f64, f64)> = Vec::new();
        for r in resolved {
            let Some(place) = r.best.map(|c| c.place) else { continue };
            let demonym = r.toponym.kind == crate::ToponymKind::Demonym;
            let times = seen.entry((place.row, demonym)).or_default();
            *times += 1;
            // A name's later printings say less and less.
            let sure = if place.is_country() || r.lead > 1.5 { 1.0 } else { 0.4 };
            // A dune or well that nobody knows, called like a man, puts no report in its country.
            let sure = if place.is_country() { sure } else { sure * place.importance().clamp(0.0, 1.0) };
            let weight = sure * if demonym { 0.5 } else { 1.0 } / *times as f32;
            if !place.country.is_empty() {
                match votes.iter_mut().find(|(c, _)| c == place.country) {
                    Some((_, n)) => *n += weight,
                    None => votes.push((place.country.to_owned(), weight)),
                }
            }
            let town = place.is_settlement() || place.code == "ADM2";
            if town && known.insert((place.lat.to_bits(), place.lon.to_bits())) {
                near.push((place.lat, place.lon));
            }
        }
        // Less than one sure name is no ground to be sure.
        let total = votes.iter().map(|(_, n)| n).sum::<f32>().max(1.0);
        votes.iter_mut().for_each(|(_, n)| *n /= total);
        votes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Hints { countries: votes, near, want: Want::Any }
    }
}
