use fst::automaton::Levenshtein;
use fst::{IntoStreamer, Streamer};
use record::PlacePrecision;
use serde::Serialize;

use crate::fold::{key, plain};
use crate::reduce::{Reading, reduce};
use crate::{Gazetteer, Hints, Place, Want};

/// A place that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The place.
    pub place: Place,
    /// How well it fits: a sum of exactness, importance, country, closeness and kind. Only differences mean anything;
    /// 3 apart is a clear choice.
    pub score: f32,
    /// How near the words put a claim: "near Gao" is `near`, "Gao region" `admin1`, "northern Mali" `area`.
    pub precision: PlacePrecision,
    /// Letters by which the folded name had to be bent; 0 when it is in the tables.
    pub edits: u8,
}

/// Weights of the parts of a score, chosen on news and on coded claims; see `data/gazetteer/README.md`.
pub(crate) mod weigh {
    /// The name is an alternate one, not the usual one.
    pub(crate) const ALTERNATE: f32 = -2.0;
    /// The usual name, but for a dropped article or where words are parted.
    pub(crate) const LOOSE: f32 = -0.4;
    /// Each letter bent.
    pub(crate) const EDIT: f32 = -3.0;
    /// A country hint of weight 1.
    pub(crate) const COUNTRY: f32 = 6.0;
    /// A hint that the place lies in none of the countries given, when they add up to 1.
    pub(crate) const ELSEWHERE: f32 = -1.0;
    /// Right beside another place of the report; falls off with the distance.
    pub(crate) const NEAR: f32 = 3.0;
    /// Kilometres at which closeness is worth half.
    pub(crate) const HALF_KM: f64 = 120.0;
    /// The kind the words ask for.
    pub(crate) const WANTED: f32 = 3.0;
    /// Inside a place that the words name as its container.
    pub(crate) const WITHIN: f32 = 6.0;
    /// A town or unit called like its own country, when nothing says that the town or unit is meant.
    pub(crate) const NOT_COUNTRY: f32 = -4.0;
    /// A unit with a town of its own name in it; the town must be of some size.
    pub(crate) const NOT_TOWN: f32 = -2.0;
    /// Importance of such a town, at least.
    pub(crate) const TOWN: f32 = 1.5;
    /// Each layer of description peeled off before the name was found.
    pub(crate) const PEELED: f32 = -4.0;
}

/// A misspelt name is not believed to be a place further than this from the nearest other place of the report.
const FAR_KM: f64 = 250.0;
/// Most rows looked at for one name: rows are in order of importance, and no one means the thousandth San José.
const MOST_ROWS: usize = 3000;
/// Most candidates returned.
const MOST: usize = 40;

impl Gazetteer {
    /// The places a name or description may mean, best first, at most 40; empty when nothing is spelt like it.
    ///
    /// Descriptions are taken apart ("the town of X", "région de X", "northern X", "X airport", "X, Y province"). A name
    /// that is not in the tables is looked up with one or two letters bent, within the countries hinted at only.
    pub fn places(&self, name: &str, hints: &Hints) -> Vec<Candidate> {
        let readings = reduce(name);
        let mut found: Vec<Candidate> = Vec::new();
        let mut depth = 0.0;
        for reading in &readings {
            let containers = self.containers(&reading.within, hints);
            let before = found.len();
            let named = self.country(&reading.core).filter(|c| !c.is_demonym).map(|c| c.iso2);
            for row in self.tables.places.get(&key(&reading.core)).take(MOST_ROWS) {
                let place = self.place(row);
                let mut score = self.score(&reading.core, &place, hints) + depth * weigh::PEELED;
                if named == Some(place.country) && !place.is_country() && reading.want == Want::Any {
                    score += weigh::NOT_COUNTRY;
                }
                score += wanted(reading.want, &place) * weigh::WANTED;
                score += containers.iter().map(|c| inside(&place, c)).fold(0.0, f32::max) * weigh::WITHIN;
                found.push(Candidate { place, score, precision: reading.precision_of(&place), edits: 0 });
            }
            // What the words name as they are is preferred to what is inside them.
            if found.len() > before {
                depth += 1.0;
                if depth > 2.0 {
                    break;
                }
            }
        }
        prefer_towns(&mut found);
        if found.is_empty() {
            for reading in readings.iter().rev().take(2) {
                self.bent(reading, hints, &mut found);
                if !found.is_empty() {
                    break;
                }
            }
        }
        order(&mut found);
        found
    }

    /// Score of one place under one spelling, kind and containers left out.
    pub(crate) fn score(&self, name: &str, place: &Place, hints: &Hints) -> f32 {
        let exact = exactness(name, place.name);
        exact + place.importance() + country_score(place.country, hints) + near_score(place, hints) + wanted(hints.want, place) * weigh::WANTED
    }

    /// Places that the containing names may mean, a few each.
    fn containers(&self, within: &[String], hints: &Hints) -> Vec<Place> {
        let mut out = Vec::new();
        for name in within.iter().take(3) {
            if let Some(country) = self.country(name) {
                out.extend(self.country_place(country.iso2));
                continue;
            }
            let hints = Hints { near: Vec::new(), want: Want::Any, ..hints.clone() };
            out.extend(self.places(name, &hints).into_iter().take(6).filter(|c| c.place.class == 'A' || c.place.class == 'P').map(|c| c.place));
        }
        out
    }

    /// The row of a country.
    pub fn country_place(&self, iso2: &str) -> Option<Place> {
        let name = self.country_name(iso2)?;
        self.tables.places.get(&key(name)).map(|row| self.place(row)).find(|p| p.country == iso2 && p.is_country())
    }

    /// Candidates whose key is one edit off (two for keys of nine letters and more), in the hinted countries only.
    fn bent(&self, reading: &Reading, hints: &Hints, found: &mut Vec<Candidate>) {
        let key = key(&reading.core);
        let far = if key.len() >= 10 { 2 } else { 1 };
        if key.len() < 6 || key.len() > 40 || hints.countries.is_empty() {
            return;
        }
        let Ok(automaton) = Levenshtein::new(&key, far) else { return };
        let mut stream = self.tables.places.names.search(automaton).into_stream();
        while let Some((other, value)) = stream.next() {
            let Ok(other) = std::str::from_utf8(other) else { continue };
            if other.as_bytes()[0] != key.as_bytes()[0] {
                continue;
            }
            let edits = distance(&key, other);
            for row in self.tables.places.expand(value).take(200) {
                let place = self.place(row);
                let told = hints.countries.iter().find(|(c, _)| c == place.country).map_or(0.0, |(_, w)| *w);
                let km = hints.near.iter().map(|&p| place.distance_km(p)).fold(f64::INFINITY, f64::min);
                // Near what the report speaks of, or in its country with nothing known nearer.
                if told < 0.35 || !(km < FAR_KM || hints.near.is_empty() && told > 0.6) {
                    continue;
                }
                let score = place.importance()
                    + country_score(place.country, hints)
                    + near_score(&place, hints)
                    + weigh::EDIT * edits as f32
                    + wanted(reading.want, &place) * weigh::WANTED;
                found.push(Candidate { place, score, precision: reading.precision_of(&place), edits: edits as u8 });
            }
        }
    }
}

/// A bare name that a unit shares with its own main town means the town: "in Gao". What asks for a unit outweighs this.
///
/// A seat of government that goes by the unit's name as an alternate one ("Tombouctou") is no worse for that.
fn prefer_towns(found: &mut [Candidate]) {
    let units: Vec<Place> = found.iter().map(|c| c.place).filter(|p| p.class == 'A' && !p.is_country()).collect();
    let mut shared = Vec::new();
    for town in found.iter_mut().filter(|c| c.place.is_settlement() && c.place.importance() >= weigh::TOWN) {
        let place = town.place;
        let seat = matches!(place.code, "PPLA" | "PPLC");
        let own = |u: &&Place| u.country == place.country && u.unit1 == place.unit1;
        let same = |u: &&Place| key(u.name) == key(place.name);
        let before = shared.len();
        shared.extend(units.iter().filter(own).filter(|u| seat || same(u)).map(|u| u.row));
        if seat && shared.len() > before && !units.iter().filter(own).any(|u| same(&u)) {
            town.score -= weigh::ALTERNATE;
        }
    }
    for unit in found.iter_mut().filter(|c| shared.contains(&c.place.row)) {
        unit.score += weigh::NOT_TOWN;
    }
}

/// Sorts best first, one row once, and cuts.
pub(crate) fn order(found: &mut Vec<Candidate>) {
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.row.cmp(&b.place.row)));
    let mut seen = Vec::new();
    found.retain(|c| {
        let new = !seen.contains(&c.place.row);
        if new && seen.len() < 4 * MOST {
            seen.push(c.place.row);
        }
        new
    });
    found.truncate(MOST);
}

pub(crate) fn exactness(name: &str, usual: &str) -> f32 {
    let (a, b) = (plain(name), plain(usual));
    if a == b {
        0.0
    } else if key(name) == key(usual) {
        weigh::LOOSE
    } else {
        weigh::ALTERNATE
    }
}

pub(crate) fn country_score(country: &str, hints: &Hints) -> f32 {
    if hints.countries.is_empty() {
        return 0.0;
    }
    match hints.countries.iter().find(|(c, _)| c == country) {
        Some((_, weight)) => weigh::COUNTRY * weight.clamp(0.0, 1.0),
        None => weigh::ELSEWHERE * hints.countries.iter().map(|(_, w)| w).sum::<f32>().clamp(0.0, 1.0),
    }
}

pub(crate) fn near_score(place: &Place, hints: &Hints) -> f32 {
    let nearest = hints.near.iter().map(|&p| place.distance_km(p)).fold(f64::INFINITY, f64::min);
    weigh::NEAR * closeness(nearest)
}

/// 1 beside, one half at [`weigh::HALF_KM`], towards 0 far off.
pub(crate) fn closeness(km: f64) -> f32 {
    (1.0 / (1.0 + km / weigh::HALF_KM)) as f32
}

/// 1 for the kind asked for, 0 for one that will do, negative for one that will not.
pub(crate) fn wanted(want: Want, place: &Place) -> f32 {
    let admin = place.class == 'A' && !place.is_country();
    match want {
        Want::Any => 0.0,
        Want::Settlement => match place.class {
            'P' => 0.5,
            'A' if place.code != "ADM3" => -0.7,
            _ => -0.2,
        },
        Want::Admin1 if place.code == "ADM1" => 1.0,
        Want::Admin1 if place.code == "RGN" => 0.8,
        Want::Admin2 if place.code == "ADM2" => 1.0,
        Want::Admin if admin => 1.0,
        Want::Admin1 | Want::Admin2 if admin => 0.7,
        Want::Admin1 | Want::Admin2 | Want::Admin => 0.0,
        Want::Airport if matches!(place.code, "AIRP" | "AIRF" | "AIRB") => 1.0,
        Want::Airport => 0.0,
        Want::Country => {
            if place.is_country() {
                1.0
            } else {
                -1.0
            }
        }
    }
}

/// How surely a place lies inside another: by unit codes, by country, or by distance to a town.
pub(crate) fn inside(place: &Place, container: &Place) -> f32 {
    if place.row == container.row {
        return 0.0;
    }
    let same_country = !place.country.is_empty() && place.country == container.country;
    match (container.class, container.code) {
        _ if container.is_country() => {
            if same_country {
                0.8
            } else {
                0.0
            }
        }
        ('A', "ADM1") => {
            if same_country && place.unit1 == container.unit1 && place.unit1 > 0 {
                1.0
            } else {
                0.0
            }
        }
        ('A', _) => {
            if same_country && place.unit2 > 0 && place.unit2 == container.unit2 {
                1.0
            } else if same_country && place.distance_km((container.lat, container.lon)) < 80.0 {
                0.6
            } else {
                0.0
            }
        }
        ('L', "RGN") => {
            if place.distance_km((container.lat, container.lon)) < 500.0 {
                0.5
            } else {
                0.0
            }
        }
        _ => {
            if place.distance_km((container.lat, container.lon)) < 60.0 {
                0.7
            } else {
                0.0
            }
        }
    }
}

/// Levenshtein distance of two short ASCII keys.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_tells_namesakes_apart() {
        // name, country hinted, then usual name, country and precision of the best.
        let cases = [
            ("Gao", "ML", "Gao", "ML", PlacePrecision::Exact),
            ("Gao region", "ML", "Gao", "ML", PlacePrecision::Admin1),
            ("région de Gao", "ML", "Gao", "ML", PlacePrecision::Admin1),
            ("Cabo Delgado province", "MZ", "Cabo Delgado", "MZ", PlacePrecision::Admin1),
            ("Lac province", "TD", "Lac", "TD", PlacePrecision::Admin1),
            ("northern Mali", "ML", "Mali", "ML", PlacePrecision::Area),
            ("near Ménaka", "ML", "Ménaka", "ML", PlacePrecision::Near),
            ("the town of Djibo", "BF", "Djibo", "BF", PlacePrecision::Exact),
            ("Ansongo", "ML", "Ansongo", "ML", PlacePrecision::Exact),
            ("Tripoli", "LY", "Tripoli", "LY", PlacePrecision::Exact),
            ("Tripoli", "LB", "Tripoli", "LB", PlacePrecision::Exact),
            ("Niger", "NE", "Niger", "NE", PlacePrecision::Country),
            ("Niger State", "NG", "Niger", "NG", PlacePrecision::Admin1),
            ("Mali", "ML", "Mali", "ML", PlacePrecision::Country),
            ("Tombouctou", "ML", "Timbuktu", "ML", PlacePrecision::Exact),
            ("the Lake Chad Basin", "NG", "Lake Chad Basin", "", PlacePrecision::Area),
        ];
        let gazetteer = Gazetteer::embedded();
        let mut wrong = Vec::new();
        for (name, hint, usual, country, precision) in cases {
            let best = gazetteer.places(name, &Hints::default().country(hint, 1.0)).into_iter().next();
            let got = best.map(|b| (b.place.name, b.place.country, b.precision));
            if got != Some((usual, country, precision)) {
                wrong.push(format!("{name} in {hint}: {got:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_misspelt_name_is_found_near_the_others_only() {
        let hints = Hints::default().country("ML", 1.0).beside(15.9, 2.4);
        let gazetteer = Gazetteer::embedded();
        let found = gazetteer.places("Anderanboukanne", &hints);
        assert!(!found.is_empty() && found.iter().all(|c| c.edits > 0 && c.place.country == "ML"), "{found:?}");
        assert!(gazetteer.places("Qqwxzzk", &hints).is_empty());
    }

    #[test]
    fn ids_lead_back_to_their_place() {
        let gazetteer = Gazetteer::embedded();
        for id in ["2457163", "x:lake-chad-basin"] {
            assert_eq!(gazetteer.by_id(id).map(|p| p.id()).as_deref(), Some(id));
        }
        let last = gazetteer.place(gazetteer.len() - 1);
        assert!(last.lat.abs() <= 90.0 && last.lon.abs() <= 180.0 && !last.id().is_empty());
        assert!(gazetteer.by_id("x:nowhere").is_none());
    }
}
