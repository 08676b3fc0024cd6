//! Drafts to places: every name in the report is settled together, then each claim gets the one its words point at.

use std::collections::BTreeMap;

use gazetteer::{Gazetteer, Hints, Resolved, Settled, ToponymKind};
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
    let mut settle = |words| {
        let settled = || gazetteer.settle(words, &resolved, &Hints::default()).map(|settled| name(words, &settled));
        known.entry(words).or_insert_with(settled).clone()
    };
    let main = main_place(&resolved, &pointed).and_then(&mut settle);
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

/// The name most claims point at, else the first settlement named.
fn main_place<'a>(resolved: &'a [Resolved], pointed: &[Option<&'a str>]) -> Option<&'a str> {
    let times = |words: &str| pointed.iter().flatten().filter(|other| **other == words).count();
    let most = pointed.iter().flatten().rev().max_by_key(|words| times(words)).copied();
    most.or_else(|| resolved.iter().find(|r| r.best.is_some_and(|b| b.place.is_settlement())).map(|r| r.toponym.text.as_str()))
}
