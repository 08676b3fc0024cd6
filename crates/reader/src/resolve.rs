//! Drafts to claims: the words that the network pointed at become speakers, counts, places, dates and parties.

use gazetteer::{ActorHints, Gazetteer, Part};
use record::{Claim, Count, Kind, Quote, Report, Source, SourceKind};

use crate::{
    count,
    layout::Layout,
    parties::{self, Party},
    places, speakers,
    spot::{Draft, Words},
    when,
};

/// Claims and what they were made from.
pub(crate) struct Resolved<'a> {
    /// In order of their words.
    pub(crate) claims: Vec<Claim>,
    drafts: &'a [Draft],
    /// Number of the draft of each claim.
    pub(crate) from: Vec<usize>,
}

impl Resolved<'_> {
    /// The draft of a claim.
    pub(crate) fn draft(&self, claim: usize) -> &Draft {
        &self.drafts[self.from[claim]]
    }
}

/// The claims of a report; a draft whose words cannot be cut is dropped. `events` are the drafts' as far as vectors tell.
pub(crate) fn resolve<'a>(
    gazetteer: &Gazetteer,
    report: &Report,
    layout: &Layout,
    drafts: &'a [Draft],
    events: &[Option<u32>],
    version: &str,
) -> Resolved<'a> {
    let places = places::places(gazetteer, report, drafts);
    let days = when::days(report, layout, drafts, events);
    let hints: Vec<ActorHints> = (0..drafts.len())
        .map(|i| {
            let mut countries: Vec<String> = places.of[i].iter().filter_map(|p| p.country.clone()).collect();
            countries.extend(places.countries.iter().filter(|c| !countries.contains(c)).take(3).cloned().collect::<Vec<_>>());
            ActorHints { countries, date: days[i].as_ref().map(|d| d.start), part: None }
        })
        .collect();
    let parties = parties(gazetteer, report, drafts, &hints);
    let (mut claims, mut from): (Vec<Claim>, Vec<usize>) = Default::default();
    for ((i, draft), (actor, target)) in drafts.iter().enumerate().zip(parties) {
        let Ok(quote) = Quote::cut(report, draft.field, draft.span) else { continue };
        let (place, hints) = (places.of[i].clone(), &hints[i]);
        let said = parties::victims_in(gazetteer, &quote.text, draft.kind, &report.language, hints);
        let victims = parties::victims(&quote.text, &draft.victims, said);
        let mut claim = Claim {
            id: String::new(),
            report: report.id.clone(),
            count: how_many(report, draft, &quote.text),
            quote,
            source: chain(gazetteer, report, draft, hints),
            stance: draft.stance,
            certainty: draft.certainty,
            polarity: draft.polarity,
            kind: draft.kind,
            scope: draft.scope,
            incident: None,
            side: parties::side(gazetteer, victims, target.as_ref(), hints),
            actor: actor.map(|party| party.name),
            target: target.map(|party| party.name),
            place,
            date: days[i].clone(),
            victims,
            weapon: draft.weapon.map(|words| slice(report, words)),
            score: Some(draft.score),
            reader: Some(version.to_owned()),
            event: None,
        };
        claim.identify();
        if claims.iter().all(|other| other.id != claim.id) {
            claims.push(claim);
            from.push(i);
        }
    }
    Resolved { claims, drafts, from }
}

/// Actor and target of each draft, words that name nobody resolved by the speaker, the draft before and the report's only armed group.
fn parties(gazetteer: &Gazetteer, report: &Report, drafts: &[Draft], hints: &[ActorHints]) -> Vec<(Option<Party>, Option<Party>)> {
    let of = |words, i: usize, part| parties::party(gazetteer, report, words, &hints[i].clone().part(part));
    let all = |words: fn(&Draft) -> Option<Words>, part| -> Vec<Option<Party>> {
        drafts.iter().enumerate().map(|(i, draft)| of(words(draft), i, part)).collect()
    };
    let (actors, targets, speakers) = (all(|d| d.actor, Part::Actor), all(|d| d.target, Part::Target), all(|d| d.source, Part::Actor));
    let group = parties::only_group(actors.iter().chain(&targets).chain(&speakers).flatten());
    let mut before = None;
    let mut meant = Vec::new();
    for ((actor, target), speaker) in actors.iter().zip(&targets).zip(&speakers) {
        let of = |party: &Option<Party>, before: &Option<Party>| {
            party.clone().and_then(|party| parties::meant(party, speaker.as_ref(), before.as_ref(), group))
        };
        let pair = (of(actor, &before), of(target, &None));
        before = pair.0.clone().or(before);
        meant.push(pair);
    }
    meant
}

fn slice(report: &Report, (field, span): Words) -> String {
    span.slice(report.field(field)).to_owned()
}

/// Who says it, outermost first.
fn chain(gazetteer: &Gazetteer, report: &Report, draft: &Draft, hints: &ActorHints) -> Vec<Source> {
    let link = |words: Option<Words>, believed: &[(SourceKind, f32)]| {
        let name = slice(report, words?);
        let kind = speakers::kind(gazetteer, &name, believed, hints)?;
        Some(Source { name, kind })
    };
    let inner = link(draft.source, &draft.source_kind);
    let outer = link(draft.outer, &draft.outer_kind).filter(|outer| inner.as_ref().is_some_and(|inner| inner.name != outer.name));
    outer.into_iter().chain(inner).collect()
}

/// How many: the counting words that the network points at when they stand in the quote and can be read, else the best in it.
fn how_many(report: &Report, draft: &Draft, quote: &str) -> Option<Count> {
    if !draft.kind.is_countable() || matches!(draft.kind, Kind::Explosion | Kind::Seizure | Kind::Looting) && draft.count.is_none() {
        return None;
    }
    let picked = count::in_quote(quote, draft.kind, &report.language);
    let Some((field, span)) = draft.count.filter(|(field, span)| *field == draft.field && draft.span.contains(*span)) else {
        return picked;
    };
    let pointed = count::parse(span.slice(report.field(field)), &report.language);
    match (pointed, picked) {
        // The counting phrase around the same number knows "at least" and "some" better than the pointer does.
        (Some(pointed), Some(picked)) if picked.text.contains(&pointed.text) => Some(picked),
        (pointed, picked) => pointed.or(picked),
    }
}
