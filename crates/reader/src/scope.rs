//! Whether a draft tells the event that is news, sums up several, or recalls one: what the network says, and how, when and where it is told.

use std::{collections::BTreeMap, collections::BTreeSet, sync::LazyLock};

use record::{Field, Kind, Report, Scope};

use crate::layout::{Layout, Sentence};
use crate::regression::{Features, Regression};
use crate::{
    count, phrase,
    spot::{Draft, Words},
};

/// Two logistic regressions, made by `training/signs`, see `models/scopes/card.md`.
static MODEL: LazyLock<Model> =
    LazyLock::new(|| toml::from_str(include_str!("../../../models/scopes/weights.toml")).expect("a test reads the weights"));

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/lexicon/scopes.toml")).expect("a test reads the lexicon"));

/// Log odds against [`Scope::Incident`].
#[derive(serde::Deserialize)]
struct Model {
    background: Regression,
    period: Regression,
}

#[derive(serde::Deserialize)]
struct Lexicon {
    deeds: BTreeSet<String>,
    spots: BTreeSet<String>,
    several: Vec<String>,
    totals: Vec<String>,
    spans: Vec<String>,
    recalls: Vec<String>,
    pluperfect: Vec<String>,
    others: Vec<String>,
}

/// Names of all features, in the order of the alphabet: each has a weight.
const FEATURES: &str = "all_background all_period before_background before_period count crowd date_ago date_days date_long date_other dated deed deeds \
    deeds_quote goods had lead long near_background near_period net_background net_period others paragraph place_other recalls recalls_quote several \
    several_quote spans spans_quote spots title toll totals undated";

/// Days from which a stretch of time is long.
const LONG: i32 = 27;

/// Gives each draft its scope, and hands out what told it; a text that speaks of violence only in passing is news of no incident.
pub(crate) fn settle(report: &Report, layout: &Layout, drafts: &mut [Draft]) -> Vec<Features> {
    let passing = is_in_passing(layout, drafts.iter().map(|d| (d.field, d.span)));
    let features = features(report, layout, drafts);
    for (draft, x) in drafts.iter_mut().zip(&features) {
        let odds = [(Scope::Incident, 0.0), (Scope::Background, MODEL.background.odds(x)), (Scope::Period, MODEL.period.odds(x))];
        // The first of equals: an incident.
        let best = odds.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best });
        let scope = best.map_or(Scope::Incident, |(scope, _)| scope);
        draft.scope = if passing && scope == Scope::Incident { Scope::Background } else { scope };
    }
    features
}

/// Most claims of a text that speaks of violence only in passing, and in how many of its words it makes one at most: of 702 reports of more than
/// 200 words that are news of violence, in the training cases and ours, one makes fewer than one in 77 words, and none fewer than one in 128.
const A_FEW: usize = 5;
const A_CLAIM_IN: usize = 200;

/// Whether a text speaks of violence only in passing: a few claims in many words, none of them in the title or the first paragraph.
pub(crate) fn is_in_passing(layout: &Layout, claims: impl Iterator<Item = Words>) -> bool {
    let claims: Vec<Words> = claims.collect();
    let leads = |&words: &Words| words.0 == Field::Title || layout.home(words).is_some_and(|(_, home)| home.paragraph == 0);
    let words = layout.words();
    words >= A_CLAIM_IN && claims.len() <= A_FEW && claims.len() * A_CLAIM_IN < words && !claims.iter().any(leads)
}

/// What the words of a sentence say of scope.
struct Said {
    deeds: bool,
    several: bool,
    spots: bool,
    totals: bool,
    spans: bool,
    recalls: bool,
    others: bool,
}

impl Said {
    fn of(sentence: &Sentence) -> Said {
        Said {
            deeds: sentence.words.iter().any(|w| LEXICON.deeds.contains(w)),
            several: several(&sentence.words, &LEXICON.deeds),
            spots: several(&sentence.words, &LEXICON.spots),
            totals: sentence.has(&LEXICON.totals),
            spans: sentence.has(&LEXICON.spans),
            recalls: sentence.has(&LEXICON.recalls),
            others: sentence.has(&LEXICON.others),
        }
    }
}

/// What tells the scope of each draft.
fn features(report: &Report, layout: &Layout, drafts: &[Draft]) -> Vec<Features> {
    let text = &layout.field(Field::Text).sentences;
    let said = [Field::Title, Field::Text].map(|field| layout.field(field).sentences.iter().map(Said::of).collect::<Vec<_>>());
    let homes: Vec<Option<usize>> = drafts.iter().map(|d| layout.home((d.field, d.span)).map(|(at, _)| at)).collect();
    let net: Vec<[f32; 2]> = drafts.iter().map(|d| [against(d, Scope::Background), against(d, Scope::Period)]).collect();
    let mean = |of: &mut dyn Iterator<Item = usize>| {
        let (sum, n) = of.fold(([0.0f32; 2], 0.0f32), |(sum, n), i| ([sum[0] + net[i][0], sum[1] + net[i][1]], n + 1.0));
        sum.map(|s| s / n.max(1.0))
    };
    let all = mean(&mut (0..drafts.len()));
    let lead_days = text.iter().take_while(|s| s.paragraph < 2).find_map(|s| s.days);
    let published = report.published.as_ref().map(|p| p.date());
    let place = |draft: &Draft| draft.place.map(|(field, span)| span.slice(report.field(field)));
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    drafts.iter().filter_map(place).for_each(|name| *named.entry(name).or_default() += 1);
    let main = named.iter().max_by_key(|(name, n)| (**n, std::cmp::Reverse(**name))).map(|(name, _)| *name);
    let long = (text.len() as f32).ln_1p();
    let is = |truth: bool| f32::from(u8::from(truth));
    drafts
        .iter()
        .enumerate()
        .map(|(i, draft)| {
            let mut x = Features::new();
            let mut put = |name, value: f32| {
                debug_assert!(FEATURES.split(' ').any(|known| known == name), "{name}");
                if value != 0.0 {
                    x.insert(name, value);
                }
            };
            let [background, period] = net[i];
            put("net_background", background);
            put("net_period", period);
            put("all_background", all[0]);
            put("all_period", all[1]);
            // Drafts are in order, so those of a sentence stand together.
            let same = |j: &usize| drafts[*j].field == draft.field && homes[*j] == homes[i];
            let [background, period] = mean(&mut (0..i).rev().take_while(same).chain((i + 1..drafts.len()).take_while(same)));
            put("near_background", background);
            put("near_period", period);
            if let Some(before) = (0..i).rev().find(|j| !same(j)).filter(|j| drafts[*j].field == draft.field) {
                put("before_background", net[before][0]);
                put("before_period", net[before][1]);
            }
            put("deed", is(draft.kind.is_violence()));
            put("toll", is(draft.kind.has_victims()));
            put("goods", is(matches!(draft.kind, Kind::Materiel | Kind::Destruction | Kind::Looting | Kind::Displacement)));
            put("title", is(draft.field == Field::Title));
            put("crowd", (named.len().max(1) as f32).ln());
            put("long", long);
            put("place_other", is(place(draft).is_some_and(|name| Some(name) != main)));
            let words_of = draft.span.slice(report.field(draft.field));
            let low = count::in_quote(words_of, draft.kind, &report.language).and_then(|c| c.low);
            put("count", low.map_or(0.0, |n| (n as f32).ln_1p()));
            let quote = phrase::words(words_of);
            put("had", is(phrase::any(&LEXICON.pluperfect, &quote)));
            put("spans_quote", is(phrase::any(&LEXICON.spans, &quote)));
            put("recalls_quote", is(phrase::any(&LEXICON.recalls, &quote)));
            put("deeds_quote", is(quote.iter().any(|w| LEXICON.deeds.contains(w))));
            put("several_quote", is(several(&quote, &LEXICON.deeds)));
            let Some((at, home)) = layout.home((draft.field, draft.span)) else { return x };
            let said = &said[usize::from(draft.field == Field::Text)][at];
            put("deeds", is(said.deeds));
            put("several", is(said.several));
            put("spots", is(said.spots));
            put("totals", is(said.totals));
            put("spans", is(said.spans));
            put("recalls", is(said.recalls));
            put("others", is(said.others));
            if draft.field == Field::Text {
                put("lead", is(home.paragraph == 0));
                put("paragraph", (home.paragraph as f32).ln_1p());
            }
            let Some(((start, end), published)) = home.days.zip(published) else {
                put("undated", 1.0);
                return x;
            };
            put("dated", 1.0);
            let days = (end - start).get_days();
            put("date_days", (days.max(0) as f32).ln_1p());
            put("date_long", is(days >= LONG));
            put("date_ago", ((published - end).get_days().max(0) as f32).ln_1p());
            put("date_other", lead_days.map_or(0.0, |(lead, _)| ((lead - end).get_days().max(0) as f32).ln_1p()));
            x
        })
        .collect()
}

/// What the network says for a scope against an incident, as log odds, -6 to 6.
fn against(draft: &Draft, scope: Scope) -> f32 {
    let of = |wanted| draft.scopes.iter().find(|(scope, _)| *scope == wanted).map_or(0.0, |(_, p)| *p);
    (of(scope).max(1e-4) / of(Scope::Incident).max(1e-4)).ln().clamp(-6.0, 6.0)
}

/// Whether words tell of several such things: a plural with how many within the three words before it.
fn several(words: &[String], plurals: &BTreeSet<String>) -> bool {
    let many = |word: &String| word.parse::<u64>().is_ok_and(|n| (2..1000).contains(&n)) || phrase::any(&LEXICON.several, std::slice::from_ref(word));
    words.iter().enumerate().any(|(at, word)| plurals.contains(word) && words[at.saturating_sub(3)..at].iter().any(many))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_events_are_told_by_their_number() {
        for (text, expected) in [
            ("Thirteen died in two separate attacks.", true),
            ("Une série d'attaques a fait 30 morts.", true),
            ("Trois villages, deux attentats.", true),
            ("12 soldiers died in the attack.", false),
            ("The attacks killed 12.", false),
            ("", false),
        ] {
            assert_eq!(several(&phrase::words(text), &LEXICON.deeds), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_with_hardly_a_claim_speaks_of_violence_in_passing() {
        // Paragraphs of a hundred words, and in which of them claims stand; -1 is the title.
        let cases: [(usize, &[i32], bool); 10] = [
            (1, &[], false),
            (3, &[], true),
            (3, &[2], true),
            (2, &[1], true),
            (3, &[1, 2], false),
            (9, &[3, 4, 5, 6], true),
            (3, &[0], false),
            (3, &[-1], false),
            (12, &[2, 3, 4, 5, 6], true),
            (99, &[2, 3, 4, 5, 6, 7], false),
        ];
        for (paragraphs, claims, expected) in cases {
            let mut report = Report::new("wire", "en", "", &vec!["word ".repeat(100); paragraphs].join("\n\n"));
            report.title = "Words".to_owned();
            let stand = |&at: &i32| {
                (if at < 0 { Field::Title } else { Field::Text }, record::Span::new(at.max(0) as usize * 502, at.max(0) as usize * 502 + 4))
            };
            assert_eq!(is_in_passing(&Layout::of(&report), claims.iter().map(stand)), expected, "{paragraphs} paragraphs, claims in {claims:?}");
        }
    }

    #[test]
    fn every_feature_has_a_weight_and_every_weight_a_feature() {
        for regression in [&MODEL.background, &MODEL.period] {
            assert_eq!(regression.names(), FEATURES);
        }
        assert!(MODEL.period.weight("net_period") > 0.0 && MODEL.period.weight("several_quote") > 0.0 && MODEL.background.weight("date_other") > 0.0);
    }
}
