//! How likely two claims of a report are about one event: what the network's vectors say, and where, when and how they are told.

use std::{collections::BTreeSet, sync::LazyLock};

use gazetteer::distance_km;
use neural::Labels;
use record::{Claim, Count, Field, Kind, PartyName, Scope};

use crate::layout::{Layout, Sentence};
use crate::regression::{Features, Regression};
use crate::spot::Draft;

/// A logistic regression, made by `training/signs`, see `models/events/card.md`.
static MODEL: LazyLock<Regression> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../models/events/weights.toml")).expect("a test reads the weights"));

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../data/lexicon/events.toml")).expect("a test reads the lexicon"));

#[derive(serde::Deserialize)]
struct Lexicon {
    parts: Vec<String>,
    recalls: Vec<String>,
    returns: Vec<String>,
}

/// Names of all features, in the order of the alphabet: each has a weight.
const FEATURES: &str = "between count_other count_same crowd day_gap day_next day_overlap day_same paragraphs parted place_km place_missing place_other \
    place_same place_unknown places_worded recalled_between recalled_one returned same_paragraph same_sentence sentences sort_other target_other \
    target_same title title_lead title_paragraphs vectors";

/// A claim beside the draft that it was made from.
pub(crate) type Told<'a> = (&'a Claim, &'a Draft);

/// The report as a sequence of sentences, and what they do to the thread.
pub(crate) struct Thread<'a> {
    layout: &'a Layout,
    turns: Vec<Turn>,
    /// Natural logarithm of how many different pairs of place and first day the claims name.
    crowd: f32,
}

/// What a sentence of the text does to the thread.
struct Turn {
    parts: bool,
    recalls: bool,
    returns: bool,
}

impl Thread<'_> {
    pub(crate) fn of<'a>(layout: &'a Layout, claims: &[Claim]) -> Thread<'a> {
        let turn = |s: &Sentence| Turn { parts: s.has(&LEXICON.parts), recalls: s.has(&LEXICON.recalls), returns: s.has(&LEXICON.returns) };
        let turns = layout.field(Field::Text).sentences.iter().map(turn).collect();
        let single = claims.iter().filter(|c| c.scope != Scope::Period);
        let spots: BTreeSet<_> = single.map(|c| (c.place.as_ref().map(|p| &p.name), c.date.as_ref().map(|d| d.start))).collect();
        Thread { layout, turns, crowd: (spots.len().max(1) as f32).ln() }
    }
}

/// Log odds that two claims are about one event, -4 to 4; `between` is how many claims further on the second stands.
pub(crate) fn odds(labels: &Labels, thread: &Thread, a: Told, b: Told, between: usize) -> f32 {
    MODEL.odds(&features(labels, thread, a, b, between)).clamp(-4.0, 4.0)
}

/// What tells whether two claims are about one event; `a` stands before `b`.
pub(crate) fn features(labels: &Labels, thread: &Thread, (a, one): Told, (b, other): Told, between: usize) -> Features {
    let mut x = Features::new();
    let mut put = |name, value: f32| {
        debug_assert!(FEATURES.split(' ').any(|known| known == name), "{name}");
        if value != 0.0 {
            x.insert(name, value);
        }
    };
    let is = |truth: bool| f32::from(u8::from(truth));
    put("vectors", labels.affinity(&one.vector, &other.vector).clamp(-6.0, 6.0));
    put("crowd", thread.crowd);
    put("between", (between as f32).ln_1p());
    told(thread, a, b, &mut put);
    place(a, b, &mut put);
    days(a, b, &mut put);
    let recalled = |c: &Claim| c.scope == Scope::Background;
    put("recalled_one", is(recalled(a) != recalled(b)));
    put("sort_other", is(sort(a.kind).zip(sort(b.kind)).is_some_and(|(a, b)| a != b)));
    if let Some((m, n)) = a.count.as_ref().zip(b.count.as_ref()).filter(|_| a.kind == b.kind) {
        let bounds = |c: &Count| (c.low, c.high);
        put(if bounds(m) == bounds(n) { "count_same" } else { "count_other" }, 1.0);
    }
    let differ = |f: fn(&Claim) -> Option<&PartyName>| f(a).zip(f(b)).map(|(a, b)| a.name != b.name);
    if let Some(other) = differ(|c| c.target.as_ref()) {
        put(if other { "target_other" } else { "target_same" }, 1.0);
    }
    x
}

/// Where the two stand in the report and what is between them.
fn told(thread: &Thread, a: &Claim, b: &Claim, put: &mut impl FnMut(&'static str, f32)) {
    let is = |truth: bool| f32::from(u8::from(truth));
    let at = |claim: &Claim| thread.layout.home((Field::Text, claim.quote.span)).map_or(0, |(at, _)| at);
    let of = |claim: &Claim| (claim.quote.field == Field::Text).then(|| at(claim));
    let paragraph = |at: usize| thread.layout.field(Field::Text).sentences.get(at).map_or(0, |s| s.paragraph);
    match (of(a), of(b)) {
        (Some(from), Some(to)) => {
            let (from, to) = (from.min(to), from.max(to));
            let paragraphs = paragraph(to) - paragraph(from);
            put("same_sentence", is(from == to));
            put("same_paragraph", is(from != to && paragraphs == 0));
            put("sentences", ((to - from) as f32).ln_1p());
            put("paragraphs", (paragraphs as f32).ln_1p());
            let after = thread.turns.get(from + 1..=to).unwrap_or_default();
            put("parted", is(after.iter().any(|s| s.parts)));
            put("recalled_between", is(after.iter().any(|s| s.recalls)));
            put("returned", is(after.last().is_some_and(|s| s.returns)));
        }
        (None, None) => put("same_sentence", 1.0),
        (Some(at), None) | (None, Some(at)) => {
            put("title", 1.0);
            put("title_lead", is(paragraph(at) == 0));
            put("title_paragraphs", (paragraph(at) as f32).ln_1p());
        }
    }
}

fn place(a: &Claim, b: &Claim, put: &mut impl FnMut(&'static str, f32)) {
    let (Some(p), Some(q)) = (&a.place, &b.place) else { return put("place_missing", 1.0) };
    if p.name == q.name {
        return put("place_same", 1.0);
    }
    put("place_other", 1.0);
    match (p.lat.zip(p.lon), q.lat.zip(q.lon)) {
        (Some(here), Some(there)) => put("place_km", (distance_km(here, there) as f32).ln_1p() / 5.0),
        _ => put("place_unknown", 1.0),
    }
    if a.quote.text.contains(&p.text) && b.quote.text.contains(&q.text) {
        put("places_worded", 1.0);
    }
}

fn days(a: &Claim, b: &Claim, put: &mut impl FnMut(&'static str, f32)) {
    let (Some(d), Some(e)) = (&a.date, &b.date) else { return };
    if (d.start, d.end) == (e.start, e.end) {
        put("day_same", 1.0);
    } else if d.start <= e.end && e.start <= d.end {
        put("day_overlap", 1.0);
    } else {
        let gap = (d.start - e.end).get_days().max((e.start - d.end).get_days());
        if gap == 1 {
            put("day_next", 1.0);
        }
        put("day_gap", (gap as f32).ln_1p());
    }
}

/// Sorts of deeds of which one event seldom holds two.
fn sort(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Airstrike => Some(0),
        Kind::Arrest => Some(1),
        Kind::Abduction | Kind::Missing | Kind::Captives => Some(2),
        Kind::Explosion => Some(3),
        Kind::Shelling => Some(4),
        Kind::Seizure | Kind::Recapture | Kind::Withdrawal | Kind::Siege => Some(5),
        Kind::Looting | Kind::Destruction | Kind::Materiel | Kind::Displacement => Some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_part_recall_and_return() {
        let cases = [
            ("In a separate incident, two died.", [true, false, false]),
            ("Ailleurs, deux personnes ont été tuées.", [true, false, false]),
            ("The attackers fled.", [false, false, true]),
            ("L’attaque n’a pas été revendiquée.", [false, false, true]),
            ("A similar raid in 2019 left ten dead.", [false, true, false]),
            ("L’an dernier, dix soldats y avaient péri.", [false, true, false]),
            ("Gunmen killed 12 soldiers near Gao.", [false, false, false]),
        ];
        for (text, expected) in cases {
            let layout = Layout::of(&record::Report::new("wire", "en", "", text));
            let s = &Thread::of(&layout, &[]).turns[0];
            assert_eq!([s.parts, s.recalls, s.returns], expected, "{text}");
        }
    }

    #[test]
    fn every_feature_has_a_weight_and_every_weight_a_feature() {
        assert_eq!(MODEL.names(), FEATURES);
        assert!(MODEL.weight("place_same") > 0.0 && MODEL.weight("parted") < 0.0 && MODEL.weight("vectors") > 0.0);
    }
}
