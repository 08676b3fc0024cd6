//! Whose words a claim is in: where the network points, weighed by what the claim's own sentence shows.

use std::{collections::BTreeSet, sync::LazyLock};

use record::{Report, Span};

use crate::{
    phrase, sentence,
    spot::{Words, is_in},
};

/// How much likelier a speaker is who is named in the claim's own sentence; chosen, as what follows, on the cases held out, where together
/// they gave the right speaker, or rightly none, for 86.3 gold claims in 100 (tried outside the program, with a list of verbs a little
/// longer than ours), and the network alone for 82.1.
const BESIDE: f32 = 6.0;
/// How much likelier still when a verb of speech stands by the name.
const BY_SPEECH: f32 = 3.0;
/// How much less likely the outlet's own voice is when the claim's own sentence names somebody who speaks.
const SPEAKS: f32 = 0.2;
/// How much likelier it is when that sentence has neither speech nor quotation marks.
const SILENT: f32 = 0.4;
/// A verb of speech stands so near to its speaker, in bytes before and after the name.
const BEFORE: usize = 24;
const AFTER: usize = 46;

/// Words that say that somebody speaks, and pronouns, which name nobody.
static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/lexicon/voices.toml")).expect("a test reads the lexicon"));

#[derive(serde::Deserialize)]
struct Lexicon {
    speech: BTreeSet<String>,
    pronouns: BTreeSet<String>,
}

/// The words that name who says a claim, or `None` for the outlet's own voice.
///
/// `home` is the claim's own sentence; `answers` are the words that may name the speaker, each with its likelihood; `own` is how likely
/// nobody is named, 0 to 1.
pub(crate) fn speaker(report: &Report, home: Words, answers: &[(Words, f32)], own: f32) -> Option<Words> {
    let mut best: Option<(Words, f32)> = None;
    let mut speaks = false;
    for &((field, span), likely) in answers {
        let body = report.field(field);
        let span = first_clause(body, span);
        if is_pronoun(span.slice(body)) {
            continue;
        }
        let beside = is_in((field, span), home);
        let by_speech = beside && is_speaking(body, home.1, span);
        speaks |= by_speech;
        let weight = likely * if beside { BESIDE } else { 1.0 } * if by_speech { BY_SPEECH } else { 1.0 };
        if best.is_none_or(|(_, most)| weight > most) {
            best = Some(((field, span), weight));
        }
    }
    let own = if speaks {
        own - SPEAKS
    } else if is_silent(home.1.slice(report.field(home.0))) {
        own + SILENT
    } else {
        own
    };
    best.map(|(words, _)| words).filter(|_| own <= 0.5)
}

/// Words up to the first end of a sentence, or semicolon, in them: names go over neither.
fn first_clause(body: &str, words: Span) -> Span {
    let text = words.slice(body);
    let clause = sentence::split(text).first().map_or(text, |first| first.slice(text));
    let clause = clause.split(';').next().unwrap_or_default().trim_end_matches(['.', '!', '?', ' ']);
    if clause.is_empty() { words } else { Span::new(words.start as usize, words.start as usize + clause.len()) }
}

/// Whether a verb of speech stands by a name, in the same sentence.
fn is_speaking(body: &str, home: Span, name: Span) -> bool {
    let cut = |from: usize, to: usize| {
        let from = (from..=to).find(|&at| body.is_char_boundary(at)).unwrap_or(to);
        let to = (from..=to).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(from);
        &body[from..to]
    };
    let before = cut((name.start as usize).saturating_sub(BEFORE).max(home.start as usize), name.start as usize);
    let after = cut(name.end as usize, (name.end as usize + AFTER).min(home.end as usize));
    [before, after].into_iter().flat_map(phrase::words).any(|word| LEXICON.speech.contains(&word))
}

/// Whether nobody speaks in a sentence, as far as its words and marks show.
fn is_silent(sentence: &str) -> bool {
    !sentence.contains(['"', '“', '”', '«', '»']) && !phrase::words(sentence).iter().any(|word| LEXICON.speech.contains(word))
}

/// Whether words begin with a pronoun: "he" stands for somebody who is named elsewhere.
fn is_pronoun(text: &str) -> bool {
    phrase::first(text).is_some_and(|word| LEXICON.pronouns.contains(&word))
}

#[cfg(test)]
mod tests {
    use record::Field;

    use super::*;

    fn at(text: &str, words: &str) -> Words {
        let start = text.find(words).expect("words of the text");
        (Field::Text, Span::new(start, start + words.len()))
    }

    #[test]
    fn the_own_sentence_speaks_first() {
        let text = "Medics in Oum spoke of nine dead. The mayor of Oum said that forty rebels died. He counted six bodies.";
        let home = at(text, "The mayor of Oum said that forty rebels died.");
        let report = Report::new("wire", "en", "", text);
        let (medics, mayor) = (at(text, "Medics in Oum"), at(text, "The mayor of Oum"));
        // Likelihoods of the medics, the mayor and the own voice; who is taken.
        let cases = [(0.6, 0.2, 0.2, Some(mayor)), (0.6, 0.02, 0.3, Some(medics)), (0.2, 0.2, 0.65, Some(mayor)), (0.1, 0.1, 0.8, None)];
        for (first, second, own, expected) in cases {
            assert_eq!(speaker(&report, home, &[(medics, first), (mayor, second)], own), expected, "{first} {second} {own}");
        }
        let last = at(text, "He counted six bodies.");
        assert_eq!(speaker(&report, last, &[(at(text, "He"), 0.9), (medics, 0.1)], 0.0), Some(medics), "a pronoun names nobody");
        let silent = "The base fell at noon. Medics in Oum spoke of nine dead.";
        let report = Report::new("wire", "en", "", silent);
        let base = at(silent, "The base fell at noon.");
        assert_eq!(speaker(&report, base, &[(at(silent, "Medics in Oum"), 0.8)], 0.2), None, "nobody speaks in the sentence");
    }

    #[test]
    fn a_name_ends_with_its_clause() {
        let cases = [
            ("a nurse who fled. Three soldiers", "a nurse who fled"),
            ("the mayor; the governor", "the mayor"),
            ("Gen. Oumar Diarra", "Gen. Oumar Diarra"),
        ];
        for (text, expected) in cases {
            assert_eq!(first_clause(text, Span::new(0, text.len())).slice(text), expected);
        }
    }

    #[test]
    fn verbs_of_speech_stand_near() {
        let cases = [
            ("The mayor said that six died.", "The mayor", true),
            ("Six died, according to the mayor.", "the mayor", true),
            ("Six died, a indiqué le maire.", "le maire", true),
            ("The mayor and six others died.", "The mayor", false),
        ];
        for (text, name, expected) in cases {
            assert_eq!(is_speaking(text, Span::new(0, text.len()), at(text, name).1), expected, "{text}");
        }
    }
}
