//! Weights of links, sorts and disputes: data, trained by `training/reconcile` on coded cases.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Error, link};

/// A logistic regression over a fixed list of features: log odds are the bias and the weighted features.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    bias: f32,
    weights: Vec<f32>,
    /// Mean log odds from which two clusters are joined.
    pub(crate) threshold: f32,
    /// Mean log odds from which a claim that stands alone joins a group.
    pub(crate) lone: f32,
}

impl Weights {
    pub(crate) fn odds(&self, features: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(features).map(|(w, x)| w * x).sum::<f32>()
    }
}

/// A logistic regression over named signs, most of which are absent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signs {
    bias: f32,
    #[serde(default)]
    pub(crate) threshold: f32,
    weights: BTreeMap<String, f32>,
}

impl Signs {
    pub(crate) fn odds<'s>(&self, signs: impl Iterator<Item = (&'s str, f32)>) -> f32 {
        self.bias + signs.map(|(name, x)| self.weights.get(name).copied().unwrap_or(0.0) * x).sum::<f32>()
    }
}

/// The weights by which claims of one report and groups of several are linked, incidents sorted, and pairs of claims
/// taken for disputes.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(crate) within: Weights,
    pub(crate) across: Weights,
    sorts: BTreeMap<String, Signs>,
    pub(crate) disputes: Signs,
}

#[derive(Deserialize)]
struct Links {
    within: Part,
    across: Part,
}

#[derive(Deserialize)]
struct Part {
    bias: f32,
    threshold: f32,
    #[serde(default)]
    lone: f32,
    weights: BTreeMap<String, f32>,
}

impl Model {
    /// The weights that the program carries.
    pub fn carried() -> Model {
        let text = [
            include_str!("../../../data/rules/links.toml"),
            include_str!("../../../data/rules/sorts.toml"),
            include_str!("../../../data/rules/disputes.toml"),
        ];
        Model::parse(text).expect("the weights in the project are whole; a test reads them")
    }

    /// Weights from the TOML of links (tables `within` and `across`, each with `bias`, `threshold` and `weights`), of
    /// sorts (a table for each sub-event) and of disputes (one table).
    ///
    /// # Errors
    /// [`Error::Weights`] for what is not such TOML, [`Error::Feature`] when the links' features are not this version's.
    pub fn parse([links, sorts, disputes]: [&str; 3]) -> Result<Model, Error> {
        let read = |cause| Error::Weights { cause };
        let links: Links = toml::from_str(links).map_err(read)?;
        Ok(Model {
            within: part(links.within, &link::WITHIN, "within")?,
            across: part(links.across, &link::ACROSS, "across")?,
            sorts: toml::from_str(sorts).map_err(read)?,
            disputes: toml::from_str(disputes).map_err(read)?,
        })
    }

    /// The sub-event that the signs point to most.
    pub(crate) fn sort(&self, signs: &BTreeMap<String, f32>) -> String {
        let odds = |s: &Signs| s.odds(signs.iter().map(|(name, x)| (name.as_str(), *x)));
        let best = self.sorts.iter().max_by(|a, b| odds(a.1).total_cmp(&odds(b.1)).then(b.0.cmp(a.0)));
        best.map_or("other".to_owned(), |(name, _)| name.clone())
    }
}

fn part(part: Part, names: &[&str], table: &'static str) -> Result<Weights, Error> {
    let wrong = |feature: &str| Error::Feature { table, feature: feature.to_owned() };
    if let Some(extra) = part.weights.keys().find(|k| !names.contains(&k.as_str())) {
        return Err(wrong(extra));
    }
    let weights = names.iter().map(|n| part.weights.get(*n).copied().ok_or_else(|| wrong(n))).collect::<Result<_, _>>()?;
    Ok(Weights { bias: part.bias, weights, threshold: part.threshold, lone: part.lone })
}

#[cfg(test)]
mod tests {
    use super::Model;
    use crate::Error;

    #[test]
    fn the_carried_weights_are_whole() {
        Model::carried();
    }

    #[test]
    fn a_feature_of_another_version_is_named() {
        let links = include_str!("../../../data/rules/links.toml").replacen("here_and_now", "here_or_now", 1);
        let none = "bias = 0.0\n[weights]\n";
        assert!(matches!(Model::parse([&links, "", none]), Err(Error::Feature { table: "within", .. })));
    }
}
