//! What sort of speaker some words name, as far as the words alone say.

use std::{collections::BTreeMap, sync::LazyLock};

use gazetteer::{ActorHints, Gazetteer, PartyBasis, PartyKind};
use record::SourceKind;

/// Phrases, folded, each with its kind.
static PHRASES: LazyLock<BTreeMap<Vec<String>, SourceKind>> = LazyLock::new(|| {
    let lexicon: BTreeMap<String, Vec<String>> =
        toml::from_str(include_str!("../../../data/lexicon/speakers.toml")).expect("a test reads the lexicon");
    let mut phrases = BTreeMap::new();
    for (kind, words) in lexicon {
        let kind: SourceKind = kind.parse().expect("a test reads the lexicon");
        phrases.extend(words.iter().map(|phrase| (fold(phrase), kind)));
    }
    phrases
});

/// How much likelier the kind that the words name is than the network alone believes; chosen on the training cases.
const WORDS_SAY: f32 = 8.0;

/// Words without case and accents; an initialism of up to three letters keeps its capitals, since "UN" is not "un".
fn fold(text: &str) -> Vec<String> {
    let joined = text.replace('.', "");
    let words = joined.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(|w| if w.len() <= 3 && w.chars().all(char::is_uppercase) { w.to_owned() } else { gazetteer::plain(w) }).collect()
}

/// The kind that a speaker's words name: by the longest phrase of the lexicon in them, the first of equal ones, else by an actor
/// that they name.
pub fn kind_of(gazetteer: &Gazetteer, words: &str, hints: &ActorHints) -> Option<SourceKind> {
    let folded = fold(words);
    let longest = PHRASES.keys().map(Vec::len).max().unwrap_or(0);
    for length in (1..=longest.min(folded.len())).rev() {
        if length == 1
            && let Some(kind) = named(gazetteer, words, hints)
        {
            return Some(kind);
        }
        let known = |words: &[Vec<String>; 2]| words.iter().find_map(|w| PHRASES.get(w.as_slice())).copied();
        let windows = folded.windows(length).map(|w| [w.to_vec(), w.iter().map(|word| word.to_lowercase()).collect()]);
        if let Some(kind) = windows.into_iter().find_map(|words| known(&words)) {
            return Some(kind);
        }
    }
    None
}

/// The kind of an armed group that the words name.
fn named(gazetteer: &Gazetteer, words: &str, hints: &ActorHints) -> Option<SourceKind> {
    let guess = gazetteer.party(words, hints);
    match (guess.basis, guess.kind) {
        (PartyBasis::Named, PartyKind::ArmedGroup | PartyKind::Criminal) => Some(SourceKind::ArmedGroup),
        (PartyBasis::Named, PartyKind::Peacekeepers) => Some(SourceKind::Un),
        _ => None,
    }
}

/// What sort of speaker it is: what the network believes, bent by what the words say.
pub(crate) fn kind(believed: &[(SourceKind, f32)], said: Option<SourceKind>) -> Option<SourceKind> {
    let weigh = |(kind, p): &(SourceKind, f32)| p * if Some(*kind) == said { WORDS_SAY } else { 1.0 };
    believed.iter().max_by(|a, b| weigh(a).total_cmp(&weigh(b)).then(b.0.cmp(&a.0))).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_kinds() {
        let cases = [
            ("a nurse at the military hospital", Some(SourceKind::Medical)),
            ("Une source sécuritaire", Some(SourceKind::UnnamedOfficial)),
            ("the ministry of defence", Some(SourceKind::Government)),
            ("un habitant du quartier", Some(SourceKind::Resident)),
            ("Reuters", Some(SourceKind::Media)),
            ("Boko Haram", Some(SourceKind::ArmedGroup)),
            ("a UN spokesman", Some(SourceKind::Un)),
            ("he", None),
        ];
        for (words, expected) in cases {
            assert_eq!(kind_of(Gazetteer::embedded(), words, &ActorHints::default()), expected, "{words}");
        }
    }
}
