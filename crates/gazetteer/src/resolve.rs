//! Settling the names of one report together: each is the place that fits best beside the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use record::Span;
use serde::Serialize;

use crate::fold::key;
use crate::rank::{Candidate, closeness, inside};
use crate::spot::{Toponym, ToponymKind};
use crate::{Gazetteer, Hints, Place};

/// A name of the report and the place it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resolved {
    /// The name.
    pub toponym: Toponym,
    /// The place that fits best; `None` when nothing is spelt like it.
    pub best: Option<Candidate>,
    /// By how much the best one leads the next; large when there is no other.
    pub lead: f32,
}

/// Weights of what the names of a report say of one another; chosen on news, see `data/gazetteer/README.md`.
mod share {
    /// Full share of the report's country votes.
    pub(super) const VOTES: f32 = 4.5;
    /// The report names the country or its people.
    pub(super) const NAMED: f32 = 2.0;
    /// A demonym's vote, against 1 for a name.
    pub(super) const DEMONYM: f32 = 0.5;
    /// Each neighbour that is close, up to a full one.
    pub(super) const NEAR: f32 = 2.5;
    /// The text says that it lies in the other: "Gao, Mali".
    pub(super) const STATED: f32 = 7.0;
    /// The text says that the other lies in it.
    pub(super) const HOLDS: f32 = 3.0;
    /// A first-level unit named anywhere in the report contains it.
    pub(super) const CONTAINED: f32 = 2.5;
    /// Rounds of looking at one another.
    pub(super) const ROUNDS: usize = 3;
}

/// Countries that reports from everywhere speak of: named beside another, they are seldom where it happens.
const POWERS: &[&str] = &["US", "RU", "GB", "FR", "CN"];

/// One distinct name with all it may mean.
struct Name {
    candidates: Vec<Candidate>,
    base: Vec<f32>,
    /// How often it is printed.
    count: f32,
    /// Names that the text puts right after it as what contains it.
    within: Vec<usize>,
    best: usize,
}

impl Gazetteer {
    /// Spots the names of a text and settles them: [`Gazetteer::spot`] and [`Gazetteer::resolve_all`] in one.
    pub fn locate(&self, text: &str, hints: &Hints) -> Vec<Resolved> {
        self.resolve_all(text, &self.spot(text), hints)
    }

    /// Settles names given without their text, such as the places of a report's claims, together.
    pub fn resolve_names(&self, names: &[&str], hints: &Hints) -> Vec<Resolved> {
        let toponyms: Vec<Toponym> = names
            .iter()
            .map(|name| Toponym { span: Span::default(), text: (*name).to_owned(), kind: ToponymKind::Name, score: 0.0, country: None })
            .collect();
        self.resolve_all("", &toponyms, hints)
    }

    /// The places that the names of one report mean, one for each toponym and in their order.
    ///
    /// Names are settled together: by how well known each place is, the countries that the report names, how near the
    /// places lie to one another, and what the text says to contain what ("Springfield, Ill."). The same name is the same
    /// place throughout. A demonym gets its country. `text` may be empty when the toponyms come from elsewhere.
    pub fn resolve_all(&self, text: &str, toponyms: &[Toponym], hints: &Hints) -> Vec<Resolved> {
        let mut names: Vec<Name> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut of = Vec::new();
        for toponym in toponyms {
            if toponym.kind == ToponymKind::Demonym {
                of.push(usize::MAX);
                continue;
            }
            let folded = key(&toponym.text);
            let at = *known.entry(folded).or_insert_with(|| {
                let candidates = self.places(&toponym.text, hints);
                let base = candidates.iter().map(|c| c.score).collect();
                names.push(Name { candidates, base, count: 0.0, within: Vec::new(), best: 0 });
                names.len() - 1
            });
            names[at].count += 1.0;
            of.push(at);
        }
        contain(text, toponyms, &of, &mut names);
        for _ in 0..share::ROUNDS {
            self.round(&mut names, toponyms);
        }
        toponyms
            .iter()
            .zip(of)
            .map(|(toponym, at)| {
                let (best, lead) = match names.get(at) {
                    None => (toponym.country.and_then(|c| self.country_candidate(c)), 9.0),
                    Some(name) => {
                        let best = name.candidates.get(name.best).copied();
                        let next = name.candidates.iter().enumerate().filter(|(n, _)| *n != name.best).map(|(_, c)| c.score).fold(f32::MIN, f32::max);
                        (best, best.map_or(0.0, |b| (b.score - next).clamp(0.0, 9.0)))
                    }
                };
                Resolved { toponym: toponym.clone(), best, lead }
            })
            .collect()
    }

    fn country_candidate(&self, iso2: &str) -> Option<Candidate> {
        let place = self.country_place(iso2)?;
        Some(Candidate { place, score: place.importance(), precision: place.precision(), edits: 0 })
    }

    /// Scores every candidate beside the others' present choice, then chooses anew.
    fn round(&self, names: &mut [Name], toponyms: &[Toponym]) {
        let votes = votes(names, toponyms);
        let named: BTreeSet<&str> = toponyms.iter().filter_map(|t| t.country).collect();
        let local = named.iter().any(|c| !POWERS.contains(c));
        let chosen: Vec<Option<Place>> = names.iter().map(|n| n.candidates.get(n.best).map(|c| c.place)).collect();
        // Units hold places of their own country only; a unit counts once.
        let mut units: BTreeMap<&str, BTreeMap<u32, Place>> = BTreeMap::new();
        for unit in chosen.iter().flatten().filter(|p| p.code == "ADM1" || p.code == "ADM2") {
            units.entry(unit.country).or_default().insert(unit.row, *unit);
        }
        let towns = Towns::of(&chosen);
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
        for (n, name) in names.iter().enumerate() {
            name.within.iter().for_each(|&at| holders[at].push(n));
        }
        let all: f32 = votes.values().sum();
        let mut next = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let scores: Vec<f32> = name
                .candidates
                .iter()
                .zip(&name.base)
                .map(|(c, base)| {
                    let place = &c.place;
                    let own = if chosen[at].is_some_and(|p| p.country == place.country) { vote(names, at) } else { 0.0 };
                    let total = all - vote(names, at);
                    let share = if total > 0.0 { ((votes.get(place.country).copied().unwrap_or(0.0) - own) / total).max(0.0) } else { 0.0 };
                    let mut score = base + if place.is_country() { 0.0 } else { share::VOTES * share.sqrt() };
                    if named.contains(&place.country) && !place.is_country() {
                        score += share::NAMED * if local && POWERS.contains(&place.country) { 0.25 } else { 1.0 };
                    }
                    score += share::NEAR * if place.is_country() { 0.0 } else { closeness(towns.nearest_km(place, at)) };
                    let stated = name.within.iter().filter_map(|&n| chosen[n]).map(|c| inside(place, &c)).fold(0.0, f32::max);
                    // What the text says contains it may itself be one of several.
                    let might =
                        name.within.iter().flat_map(|&n| names[n].candidates.iter().take(6)).map(|c| inside(place, &c.place)).fold(0.0, f32::max);
                    score += share::STATED * stated.max(0.6 * might);
                    // And what contains a settled name is the one that does.
                    let holds = holders[at].iter().filter_map(|&n| chosen[n]).map(|p| inside(&p, place)).fold(0.0, f32::max);
                    score += share::HOLDS * holds;
                    let own = units.get(place.country).into_iter().flat_map(BTreeMap::values);
                    let contained = own.map(|u| inside(place, u)).fold(0.0, f32::max);
                    score + share::CONTAINED * contained
                })
                .collect();
            next.push(scores);
        }
        for (name, scores) in names.iter_mut().zip(next) {
            let mut best = 0;
            for (n, &score) in scores.iter().enumerate() {
                name.candidates[n].score = score;
                if score > scores[best] {
                    best = n;
                }
            }
            name.best = best;
        }
    }
}

/// Kilometres that a degree of latitude has at least, on the sphere that distances are measured on.
const DEGREE_KM: f64 = 111.19;

/// The towns and districts that names mean at present, in order of latitude, so that the nearest is found without
/// looking at all of them.
struct Towns(Vec<(Place, usize)>);

impl Towns {
    fn of(chosen: &[Option<Place>]) -> Towns {
        let named = chosen.iter().enumerate().filter_map(|(name, place)| Some(((*place)?, name)));
        let mut towns: Vec<_> = named.filter(|(place, _)| place.class == 'P' || place.code == "ADM2").collect();
        towns.sort_by(|a, b| a.0.lat.total_cmp(&b.0.lat).then(a.1.cmp(&b.1)));
        Towns(towns)
    }

    /// Kilometres to the nearest one that is another place and meant by another name; infinite without any.
    fn nearest_km(&self, place: &Place, name: usize) -> f64 {
        let (south, north) = self.0.split_at(self.0.partition_point(|(town, _)| town.lat < place.lat));
        let mut best = f64::INFINITY;
        let mut look = |towns: &mut dyn Iterator<Item = &(Place, usize)>| {
            for (town, of) in towns {
                if (town.lat - place.lat).abs() * DEGREE_KM >= best {
                    break;
                }
                if *of != name && town.row != place.row {
                    best = best.min(place.distance_km((town.lat, town.lon)));
                }
            }
        };
        look(&mut north.iter());
        look(&mut south.iter().rev());
        best
    }
}

/// What a name's printings are worth as votes: more for repeated ones, but not in proportion.
fn vote(names: &[Name], at: usize) -> f32 {
    names[at].count.sqrt()
}

fn votes(names: &[Name], toponyms: &[Toponym]) -> BTreeMap<&'static str, f32> {
    let mut votes: BTreeMap<&'static str, f32> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        if let Some(best) = name.candidates.get(name.best).filter(|c| !c.place.country.is_empty()) {
            *votes.entry(best.place.country).or_default() += vote(names, at);
        }
    }
    let mut demonyms: BTreeMap<&'static str, f32> = BTreeMap::new();
    for toponym in toponyms.iter().filter(|t| t.kind == ToponymKind::Demonym) {
        *demonyms.entry(toponym.country.unwrap_or("")).or_default() += 1.0;
    }
    for (country, count) in demonyms {
        *votes.entry(country).or_default() += share::DEMONYM * count.sqrt();
    }
    if toponyms.iter().filter_map(|t| t.country).any(|c| !POWERS.contains(&c)) {
        votes.iter_mut().filter(|(country, _)| POWERS.contains(country)).for_each(|(_, vote)| *vote *= 0.6);
    }
    votes
}

/// Notes for each name what the text puts after it as its container: "X, Y", "X (Y)", "X in Y", "X in the Y".
fn contain(text: &str, toponyms: &[Toponym], of: &[usize], names: &mut [Name]) {
    for (n, pair) in toponyms.windows(2).enumerate() {
        let (inner, outer) = (of[n], of[n + 1]);
        let Some(between) = text.get(pair[0].span.end as usize..pair[1].span.start as usize) else { continue };
        if inner == usize::MAX || outer == usize::MAX || inner == outer || between.is_empty() {
            continue;
        }
        let plain = crate::fold::plain(between);
        let comma = matches!(between, ", " | " (" | ",");
        let says = matches!(
            plain.as_str(),
            "in" | "in the"
                | "in northern"
                | "in southern"
                | "in eastern"
                | "in western"
                | "in central"
                | "dans"
                | "dans la"
                | "dans le"
                | "au"
                | "en"
                | "dans la region de"
                | "dans la province de"
                | "in northeastern"
                | "in northwestern"
        );
        if comma || says {
            names[inner].within.push(outer);
        }
    }
    for name in names.iter_mut() {
        name.within.sort_unstable();
        name.within.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The country of the first place under a name.
    fn country(text: &str, name: &str) -> String {
        let found = Gazetteer::embedded().locate(text, &Hints::default());
        let best = found.iter().find(|r| r.toponym.text == name).and_then(|r| r.best);
        best.map_or("none".to_owned(), |b| format!("{} {}", b.place.country, b.place.code))
    }

    #[test]
    fn the_nearest_town_is_that_of_looking_at_all() {
        let gazetteer = Gazetteer::embedded();
        let chosen: Vec<Option<Place>> = (0..400).map(|n| (n % 7 > 0).then(|| gazetteer.place(n * 97 % gazetteer.len()))).collect();
        let towns = Towns::of(&chosen);
        for (name, place) in (0..300).map(|n| (n as usize, gazetteer.place(n * 131 % gazetteer.len()))) {
            let others = chosen.iter().enumerate().filter_map(|(n, town)| Some((n, (*town)?)));
            let near = others.filter(|(n, town)| *n != name && town.row != place.row && (town.class == 'P' || town.code == "ADM2"));
            let all = near.map(|(_, town)| place.distance_km((town.lat, town.lon))).fold(f64::INFINITY, f64::min);
            assert_eq!(towns.nearest_km(&place, name), all, "{}", place.name);
        }
    }

    #[test]
    fn names_of_one_report_are_settled_together() {
        let cases = [
            ("Police in Atlanta, Georgia, said two people were shot.", "Georgia", "US ADM1"),
            ("Georgia and Russia traded accusations in Tbilisi on Monday.", "Georgia", "GE PCLI"),
            ("Clashes broke out in Tripoli, in northern Lebanon, near Akkar.", "Tripoli", "LB PPLA"),
            ("Militias fought in Tripoli. Libya's government in Misrata called for calm.", "Tripoli", "LY PPLC"),
            ("A suspect was held in London, Ontario, the Toronto police said.", "London", "CA PPL"),
        ];
        let wrong: Vec<_> =
            cases.iter().filter(|(text, name, want)| &country(text, name) != want).map(|(text, name, _)| (text, country(text, name))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
