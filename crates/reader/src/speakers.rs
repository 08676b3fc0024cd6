//! What sort of speakers a report names.

use std::{collections::BTreeMap, sync::LazyLock};

use gazetteer::{ActorHints, Gazetteer, PartyBasis, PartyKind};
use record::SourceKind;

use crate::wording::{LINKS, Wording, words_of};

/// What sort of speaker words name, see `models/speakers/card.md`.
static WORDING: LazyLock<Wording<SourceKind>> =
    LazyLock::new(|| Wording::parse(include_str!("../../../models/speakers/weights.tsv")).expect("a test reads the model"));

/// Share of the network's belief beside the words'; chosen on the cases held out.
const NETWORK: f32 = 0.4;
/// How much likelier an armed group, peacekeepers or a government are when the gazetteer of actors knows the name as theirs.
const NAMED: f32 = 8.0;

/// Words that tell nothing of who somebody is.
const ARTICLES: [&str; 12] = ["the", "an", "and", "le", "la", "les", "l", "un", "une", "et", "his", "its"];

/// Somebody whom a report lets speak, and how likely each kind is.
struct Mention {
    /// The words that tell, sorted: articles and such left out.
    words: Vec<String>,
    /// Logarithms of likelihoods, up to one number that all share.
    kinds: Vec<(SourceKind, f32)>,
}

/// The speakers of a report: one who is named twice, by more words or fewer, is of one kind.
#[derive(Default)]
pub(crate) struct Speakers(Vec<Mention>);

impl Speakers {
    /// Takes in words that name a speaker: what they say, what the network believes, and what the gazetteer knows of a name.
    pub(crate) fn add(&mut self, gazetteer: &Gazetteer, words: &str, believed: &[(SourceKind, f32)], hints: &ActorHints) {
        let said = WORDING.weigh(words);
        let named = named(gazetteer, words, hints);
        let weigh = |&(kind, p): &(SourceKind, f32)| {
            let words = said.iter().find(|(k, _)| *k == kind).map_or(-10.0, |(_, w)| *w);
            (kind, words + NETWORK * (p + 1e-4).ln() + if named == Some(kind) { NAMED.ln() } else { 0.0 })
        };
        self.0.push(Mention { words: telling(words), kinds: believed.iter().map(weigh).collect() });
    }

    /// The kind of a speaker whose words were added: the likeliest in the mean over all whose words are among these, or these among theirs.
    /// `None` only when the network knows no kinds.
    pub(crate) fn kind(&self, words: &str) -> Option<SourceKind> {
        let own = telling(words);
        let within = |a: &[String], b: &[String]| a.iter().all(|word| b.binary_search(word).is_ok());
        let is_same = |m: &&Mention| m.words == own || !own.is_empty() && !m.words.is_empty() && (within(&m.words, &own) || within(&own, &m.words));
        let mut sums: BTreeMap<SourceKind, f32> = BTreeMap::new();
        for (kind, weight) in self.0.iter().filter(is_same).flat_map(|mention| &mention.kinds) {
            *sums.entry(*kind).or_default() += weight;
        }
        sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(kind, _)| kind)
    }
}

/// The words that tell who somebody is.
fn telling(words: &str) -> Vec<String> {
    let mut telling: Vec<String> = words_of(words).filter(|word| !LINKS.contains(&word.as_str()) && !ARTICLES.contains(&word.as_str())).collect();
    telling.sort_unstable();
    telling.dedup();
    telling
}

/// The kind of an armed group, of peacekeepers or of a government that the words name.
fn named(gazetteer: &Gazetteer, words: &str, hints: &ActorHints) -> Option<SourceKind> {
    let guess = gazetteer.party(words, hints);
    match (guess.basis, guess.kind) {
        (PartyBasis::Named, PartyKind::ArmedGroup | PartyKind::Criminal) => Some(SourceKind::ArmedGroup),
        (PartyBasis::Named, PartyKind::Peacekeepers) => Some(SourceKind::Un),
        (PartyBasis::Named, PartyKind::Government) => Some(SourceKind::Government),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_kinds() {
        let cases = [
            ("a surgeon at the district hospital", SourceKind::Medical),
            ("Une source sécuritaire", SourceKind::UnnamedOfficial),
            ("the ministry of the interior", SourceKind::Government),
            ("un habitant du quartier", SourceKind::Resident),
            ("Reuters", SourceKind::Media),
            ("Boko Haram", SourceKind::ArmedGroup),
            ("a UN spokesman", SourceKind::Un),
        ];
        let nothing: Vec<(SourceKind, f32)> = WORDING.values().iter().map(|&kind| (kind, 0.05)).collect();
        for (words, expected) in cases {
            let mut speakers = Speakers::default();
            speakers.add(Gazetteer::embedded(), words, &nothing, &ActorHints::default());
            assert_eq!(speakers.kind(words), Some(expected), "{words}");
        }
    }

    #[test]
    fn words_that_say_nothing_leave_it_to_the_network() {
        let sure = [(SourceKind::Police, 0.9), (SourceKind::Medical, 0.05), (SourceKind::Ngo, 0.05)];
        let mut speakers = Speakers::default();
        speakers.add(Gazetteer::embedded(), "Xq", &sure, &ActorHints::default());
        assert_eq!(speakers.kind("Xq"), Some(SourceKind::Police));
        assert_eq!(speakers.kind("a nurse"), None, "nobody added it");
    }

    #[test]
    fn a_speaker_is_of_one_kind() {
        let unsure = [(SourceKind::Police, 0.3), (SourceKind::Medical, 0.3), (SourceKind::LocalOfficial, 0.3), (SourceKind::ArmedGroup, 0.31)];
        let mut speakers = Speakers::default();
        let whole = "Superintendent Oumar Xandiara of the district police";
        for words in [whole, "Xandiara", "the nurse Awa Xq"] {
            speakers.add(Gazetteer::embedded(), words, &unsure, &ActorHints::default());
        }
        assert_eq!(
            [whole, "Xandiara", "the nurse Awa Xq"].map(|words| speakers.kind(words).unwrap()),
            [SourceKind::Police, SourceKind::Police, SourceKind::Medical]
        );
    }

    #[test]
    fn governments_in_fact_speak_as_governments() {
        let even: Vec<(SourceKind, f32)> = WORDING.values().iter().map(|&kind| (kind, 0.05)).collect();
        for (day, expected) in [("2015-06-01", SourceKind::ArmedGroup), ("2024-06-01", SourceKind::Government)] {
            let hints = ActorHints { date: day.parse().ok(), ..ActorHints::country("AF") };
            let mut speakers = Speakers::default();
            speakers.add(Gazetteer::embedded(), "the Islamic Emirate of Afghanistan", &even, &hints);
            assert_eq!(speakers.kind("the Islamic Emirate of Afghanistan"), Some(expected), "{day}");
        }
    }
}
