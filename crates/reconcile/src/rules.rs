//! Rule sets: how each speaker's figure moves the bounds of a toll, as data with names.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Error, Standing};

/// What a figure is worth when no better placed speaker gives one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alone {
    /// It stays the most only.
    #[default]
    Nothing,
    /// It is also the most likely, as long as nobody disputes it; the least stays 0.
    Best,
    /// It is the least and the most likely: who says so has no interest in it.
    LowAndBest,
}

/// What a figure of one standing may move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moves {
    /// It may be the least.
    #[serde(default)]
    pub low: bool,
    /// It may be the most likely.
    #[serde(default)]
    pub best: bool,
    /// It may be the most.
    #[serde(default)]
    pub high: bool,
    /// How well placed the speaker is among those that may be best; more is better.
    #[serde(default)]
    pub rank: u8,
    /// What it is worth when nothing better exists.
    #[serde(default)]
    pub alone: Alone,
}

/// How the most likely figure is picked among those that may be it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pick {
    /// The latest day's, then the best placed speaker's, then the higher.
    Latest,
    /// The lowest.
    Lowest,
    /// Halfway between the least and the most, rounded down.
    Middle,
}

/// A named set of rules, from TOML in `data/rules`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Name with version, such as `careful-1`.
    pub name: String,
    /// Whose practice it follows, for people.
    pub after: String,
    /// How the most likely figure is picked.
    pub best: Pick,
    /// Share of the highest credible figure below which a figure is taken for a part of the dead and cannot be the most
    /// likely; 0 to 1.
    pub part_share: f64,
    /// Share of the most likely figure below which a figure is taken for a part and cannot be the least; 0 to 1.
    pub least_share: f64,
    /// What each standing may move.
    pub standing: BTreeMap<String, Moves>,
    /// What vague words are worth here, in place of their literal bound.
    #[serde(default)]
    pub vague: BTreeMap<String, u64>,
}

const CARRIED: [(&str, &str); 3] = [
    ("careful", include_str!("../../../data/rules/careful.toml")),
    ("conservative", include_str!("../../../data/rules/conservative.toml")),
    ("envelope", include_str!("../../../data/rules/envelope.toml")),
];

impl RuleSet {
    /// The careful rules, after UCDP.
    pub fn careful() -> RuleSet {
        RuleSet::named("careful").expect("the rules in the project are whole; a test reads them")
    }

    /// A rule set that the program carries: `careful`, `conservative` or `envelope`.
    ///
    /// # Errors
    /// [`Error::NoRules`] for another name.
    pub fn named(name: &str) -> Result<RuleSet, Error> {
        let known = || CARRIED.iter().map(|c| c.0).collect();
        let text = CARRIED.iter().find(|c| c.0 == name).ok_or_else(|| Error::NoRules { name: name.to_owned(), known: known() })?.1;
        RuleSet::parse(name, text)
    }

    /// Names of the rule sets that the program carries.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CARRIED.iter().map(|c| c.0)
    }

    /// A rule set from TOML; `name` is for the error.
    ///
    /// # Errors
    /// [`Error::Rules`] when it is not one.
    pub fn parse(name: &str, text: &str) -> Result<RuleSet, Error> {
        toml::from_str(text).map_err(|cause| Error::Rules { name: name.to_owned(), cause })
    }

    /// What a standing may move; nothing when the set does not name it.
    pub fn moves(&self, standing: Standing) -> Moves {
        self.standing.get(standing.as_str()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::RuleSet;
    use crate::Standing;

    #[test]
    fn every_carried_set_is_whole_and_names_every_standing() {
        for name in RuleSet::names() {
            let rules = RuleSet::named(name).unwrap();
            for standing in Standing::ALL {
                assert!(rules.standing.contains_key(standing.as_str()), "{name} says nothing of {}", standing.as_str());
            }
            assert_eq!(rules.standing.len(), Standing::ALL.len(), "{name} names a standing that does not exist");
        }
    }
}
