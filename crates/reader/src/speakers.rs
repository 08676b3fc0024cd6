//! What sort of speaker some words name.

use std::{collections::BTreeMap, sync::LazyLock};

use gazetteer::{ActorHints, Gazetteer, PartyBasis, PartyKind};
use record::SourceKind;

/// A linear model over words and pairs of words, made by `training/reader/speakers.py`, see `models/speakers/card.md`.
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("../../../models/speakers/weights.tsv")).expect("a test reads the model"));

/// Share of the network's belief beside the words'; chosen on the cases held out.
const NETWORK: f32 = 0.4;
/// How much likelier an armed group or peacekeepers are when the gazetteer of actors knows the name as theirs.
const NAMED: f32 = 8.0;

struct Model {
    kinds: Vec<SourceKind>,
    bias: Vec<f32>,
    weights: BTreeMap<&'static str, Vec<f32>>,
}

impl Model {
    /// Reads a table: kinds in the first line, then a feature and its weight for each kind; the feature without words is the bias.
    fn parse(table: &'static str) -> Option<Model> {
        let mut lines = table.lines();
        let kinds = lines.next()?.split('\t').skip(1).map(|kind| kind.parse().ok()).collect::<Option<Vec<SourceKind>>>()?;
        let mut weights = BTreeMap::new();
        for line in lines {
            let (feature, row) = line.split_once('\t')?;
            let row = row.split('\t').map(|w| w.parse().ok()).collect::<Option<Vec<f32>>>()?;
            (row.len() == kinds.len()).then(|| weights.insert(feature, row))?;
        }
        let bias = weights.remove("")?;
        Some(Model { kinds, bias, weights })
    }

    /// Each kind with the logarithm of its likelihood, up to one number that all share.
    fn weigh(&self, words: &str) -> Vec<(SourceKind, f32)> {
        let words: Vec<String> = words.split(|c: char| !c.is_alphanumeric()).map(gazetteer::plain).filter(|w| !w.is_empty()).collect();
        let mut features: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).chain(words.first().map(|first| format!("^ {first}"))).collect();
        features.extend(words);
        features.sort_unstable();
        features.dedup();
        let mut sums = self.bias.clone();
        for row in features.iter().filter_map(|f| self.weights.get(f.as_str())) {
            sums.iter_mut().zip(row).for_each(|(sum, w)| *sum += w);
        }
        self.kinds.iter().copied().zip(sums).collect()
    }
}

/// What sort of speaker it is: what the words say, what the network believes, and what the gazetteer knows of a name. `None` only when the network
/// knows no kinds.
pub(crate) fn kind(gazetteer: &Gazetteer, words: &str, believed: &[(SourceKind, f32)], hints: &ActorHints) -> Option<SourceKind> {
    let said = MODEL.weigh(words);
    let named = named(gazetteer, words, hints);
    let weigh = |&(kind, p): &(SourceKind, f32)| {
        let words = said.iter().find(|(k, _)| *k == kind).map_or(-10.0, |(_, w)| *w);
        words + NETWORK * (p + 1e-4).ln() + if named == Some(kind) { NAMED.ln() } else { 0.0 }
    };
    believed.iter().max_by(|a, b| weigh(a).total_cmp(&weigh(b)).then(b.0.cmp(&a.0))).map(|(kind, _)| *kind)
}

/// The kind of an armed group, or of peacekeepers, that the words name.
fn named(gazetteer: &Gazetteer, words: &str, hints: &ActorHints) -> Option<SourceKind> {
    let guess = gazetteer.party(words, hints);
    match (guess.basis, guess.kind) {
        (PartyBasis::Named, PartyKind::ArmedGroup | PartyKind::Criminal) => Some(SourceKind::ArmedGroup),
        (PartyBasis::Named, PartyKind::Peacekeepers) => Some(SourceKind::Un),
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
        let nothing: Vec<(SourceKind, f32)> = MODEL.kinds.iter().map(|&kind| (kind, 0.05)).collect();
        for (words, expected) in cases {
            assert_eq!(kind(Gazetteer::embedded(), words, &nothing, &ActorHints::default()), Some(expected), "{words}");
        }
    }

    #[test]
    fn words_that_say_nothing_leave_it_to_the_network() {
        let sure = [(SourceKind::Police, 0.9), (SourceKind::Medical, 0.05), (SourceKind::Ngo, 0.05)];
        assert_eq!(kind(Gazetteer::embedded(), "Xq", &sure, &ActorHints::default()), Some(SourceKind::Police));
    }
}
