//! Drafts to places: every name in the report is settled together, then each claim gets the one its words point at.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::{ActorHints, Gazetteer, Hints, PartyBasis, PartyKind, Resolved, Settled, ToponymKind, plain};
use record::{PlaceName, Report, Scope};

use crate::spot::{Draft, Words, is_in};

/// How much likelier a place is that is named in the claim's own sentence; chosen on the cases held out.
const BESIDE: f32 = 3.0;

/// The words that most likely name a claim's place, those in its own sentence `home` first; each answer has its likelihood.
pub(crate) fn pointed(answers: &[(Words, f32)], home: Words) -> Option<Words> {
    let weigh = |&(words, likely): &(Words, f32)| likely * if is_in(words, home) { BESIDE } else { 1.0 };
    answers.iter().map(|answer| (answer.0, weigh(answer))).reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(words, _)| words)
}

/// What the report's names came to.
pub(crate) struct Places {
    /// The place of each draft.
    pub(crate) of: Vec<Option<PlaceName>>,
    /// ISO codes of the countries it speaks of, the likeliest first.
    pub(crate) countries: Vec<String>,
}

/// Settles the names of the whole report, and reads the words that the drafts point at beside them.
pub(crate) fn places(gazetteer: &Gazetteer, report: &Report, drafts: &[Draft]) -> Places {
    let whole = format!("{}\n\n{}", report.title, report.text);
    let mut hints = Hints::default();
    for word in report.outlet.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3) {
        if let Some(country) = gazetteer.country(word) {
            hints = hints.country(country.iso2, 0.5);
        }
    }
    let resolved = gazetteer.locate(&whole, &hints);
    // Claims share their places, and looking for a misspelt one among all names takes time: each is settled once.
    let mut known: BTreeMap<&str, Option<PlaceName>> = BTreeMap::new();
    let pointed: Vec<Option<&str>> = drafts.iter().map(|d| d.place.map(|(field, span)| span.slice(report.field(field)))).collect();
    let told = if Hints::of(&resolved).home().is_some() { Hints::default() } else { told(gazetteer, report, drafts, &pointed) };
    let speakers: BTreeSet<String> = drafts.iter().filter_map(|d| d.source).map(|(field, span)| plain(span.slice(report.field(field)))).collect();
    // A place that the gazetteer lacks and that is called like a party or a speaker is none.
    let is_place = |settled: &Settled| {
        settled.place.is_some()
            || settled.within.is_some()
            || gazetteer.actors(&settled.name, &ActorHints::default()).is_empty() && !speakers.contains(&plain(&settled.name))
    };
    let mut settle = |words| {
        let settled = || gazetteer.settle(words, &resolved, &told).filter(is_place).map(|settled| name(words, &settled));
        known.entry(words).or_insert_with(settled).clone()
    };
    let main = main_places(&resolved, &pointed).into_iter().find_map(&mut settle);
    let of = drafts
        .iter()
        .zip(&pointed)
        .map(|(draft, words)| {
            let own = words.and_then(&mut settle);
            if draft.scope == Scope::Period { own } else { own.or_else(|| main.clone()) }
        })
        .collect();
    Places { of, countries: countries(&resolved) }
}

/// How much a rare name, or an armed group at home in one country, tells of where a report is set.
const TELLS: f32 = 0.5;

/// The countries that claims speak of without naming them: where the only place of a name lies, where a group is at home.
fn told(gazetteer: &Gazetteer, report: &Report, drafts: &[Draft], pointed: &[Option<&str>]) -> Hints {
    let mut countries: BTreeSet<String> = BTreeSet::new();
    for words in pointed.iter().flatten().collect::<BTreeSet<_>>() {
        let found = gazetteer.places(words, &Hints::default());
        let lands: BTreeSet<&str> = found.iter().filter(|c| c.edits == 0).map(|c| c.place.country).collect();
        if let (1, Some(land)) = (lands.len(), lands.first().filter(|l| !l.is_empty())) {
            countries.insert((*land).to_owned());
        }
    }
    let parties = drafts.iter().flat_map(|d| [d.actor, d.target, d.source]).flatten().map(|(field, span)| span.slice(report.field(field)));
    for words in parties.collect::<BTreeSet<_>>() {
        let guess = gazetteer.party(words, &ActorHints::default());
        if guess.kind == PartyKind::ArmedGroup && !matches!(guess.basis, PartyBasis::Generic | PartyBasis::Printed) {
            let found = gazetteer.actors(&guess.name, &ActorHints::default());
            let home = found.first().and_then(|m| m.actor.countries.split(',').next());
            countries.extend(home.filter(|c| !c.is_empty()).map(str::to_owned));
        }
    }
    countries.into_iter().fold(Hints::default(), |hints, country| hints.country(&country, TELLS))
}

fn name(words: &str, settled: &Settled) -> PlaceName {
    let point = settled.place.or(settled.within);
    PlaceName {
        text: words.to_owned(),
        name: settled.name.clone(),
        country: settled.country.map(str::to_owned),
        gazetteer: settled.place.map(|place| place.id()),
        lat: point.map(|place| place.lat),
        lon: point.map(|place| place.lon),
    }
}

/// The countries that names and adjectives vote for, most votes first.
fn countries(resolved: &[Resolved]) -> Vec<String> {
    let mut votes: Vec<(String, f32)> = Vec::new();
    for r in resolved {
        let country = r.best.map(|b| b.place.country).or(r.toponym.country).unwrap_or("");
        let vote = if r.toponym.kind == ToponymKind::Demonym { 0.7 } else { 1.0 };
        match votes.iter_mut().find(|(c, _)| c == country) {
            _ if country.is_empty() => {}
            Some((_, sum)) => *sum += vote,
            None => votes.push((country.to_owned(), vote)),
        }
    }
    votes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    votes.into_iter().map(|(c, _)| c).collect()
}

/// The names that claims point at, the one most point at first and of two the one named first, then the first settlement named.
fn main_places<'a>(resolved: &'a [Resolved], pointed: &[Option<&'a str>]) -> Vec<&'a str> {
    let mut named: Vec<&str> = Vec::new();
    for words in pointed.iter().flatten() {
        if !named.contains(words) {
            named.push(words);
        }
    }
    named.sort_by_key(|words| std::cmp::Reverse(pointed.iter().flatten().filter(|other| *other == words).count()));
    named.extend(resolved.iter().find(|r| r.best.is_some_and(|b| b.place.is_settlement())).map(|r| r.toponym.text.as_str()));
    named
}
