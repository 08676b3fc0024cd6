//! What sort of speaker some words name.

use std::sync::LazyLock;

use gazetteer::{ActorHints, Gazetteer, PartyBasis, PartyKind};
use record::SourceKind;

use crate::wording::Wording;

/// What sort of speaker words name, see `models/speakers/card.md`.
static WORDING: LazyLock<Wording<SourceKind>> =
    LazyLock::new(|| Wording::parse(include_str!("../../../models/speakers/weights.tsv")).expect("a test reads the model"));

/// Share of the network's belief beside the words'; chosen on the cases held out.
const NETWORK: f32 = 0.4;
/// How much likelier an armed group, peacekeepers or a government are when the gazetteer of actors knows the name as theirs.
const NAMED: f32 = 8.0;

/// What sort of speaker it is: what the words say, what the network believes, and what the gazetteer knows of a name. `None` only when the network
/// knows no kinds.
pub(crate) fn kind(gazetteer: &Gazetteer, words: &str, believed: &[(SourceKind, f32)], hints: &ActorHints) -> Option<SourceKind> {
    let said = WORDING.weigh(words);
    let named = named(gazetteer, words, hints);
    let weigh = |&(kind, p): &(SourceKind, f32)| {
        let words = said.iter().find(|(k, _)| *k == kind).map_or(-10.0, |(_, w)| *w);
        words + NETWORK * (p + 1e-4).ln() + if named == Some(kind) { NAMED.ln() } else { 0.0 }
    };
    believed.iter().max_by(|a, b| weigh(a).total_cmp(&weigh(b)).then(b.0.cmp(&a.0))).map(|(kind, _)| *kind)
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
            assert_eq!(kind(Gazetteer::embedded(), words, &nothing, &ActorHints::default()), Some(expected), "{words}");
        }
    }

    #[test]
    fn words_that_say_nothing_leave_it_to_the_network() {
        let sure = [(SourceKind::Police, 0.9), (SourceKind::Medical, 0.05), (SourceKind::Ngo, 0.05)];
        assert_eq!(kind(Gazetteer::embedded(), "Xq", &sure, &ActorHints::default()), Some(SourceKind::Police));
    }

    #[test]
    fn governments_in_fact_speak_as_governments() {
        let even: Vec<(SourceKind, f32)> = WORDING.values().iter().map(|&kind| (kind, 0.05)).collect();
        for (day, expected) in [("2015-06-01", SourceKind::ArmedGroup), ("2024-06-01", SourceKind::Government)] {
            let hints = ActorHints { date: day.parse().ok(), ..ActorHints::country("AF") };
            assert_eq!(kind(Gazetteer::embedded(), "the Islamic Emirate of Afghanistan", &even, &hints), Some(expected), "{day}");
        }
    }
}
