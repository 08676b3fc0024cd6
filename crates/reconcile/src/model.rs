//! Link weights: data, trained by `training/reconcile/links.py` on coded cases.

use std::collections::BTreeMap;

use record::{Claim, Report};
use serde::Deserialize;

use crate::atlas::Atlas;
use crate::fact::facts;
use crate::{Error, group, link};

/// A logistic regression: log odds are the bias and the weighted features.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    bias: f32,
    weights: Vec<f32>,
    /// Mean log odds from which two clusters are joined.
    pub(crate) threshold: f32,
}

impl Weights {
    pub(crate) fn odds(&self, features: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(features).map(|(w, x)| w * x).sum::<f32>()
    }
}

/// The weights by which claims of one report, and groups of several, are linked.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(crate) within: Weights,
    pub(crate) across: Weights,
}

#[derive(Deserialize)]
struct Table {
    within: Part,
    across: Part,
}

#[derive(Deserialize)]
struct Part {
    bias: f32,
    threshold: f32,
    weights: BTreeMap<String, f32>,
}

impl Model {
    /// The weights that the program carries.
    pub fn carried() -> Model {
        Model::parse(include_str!("../../../data/rules/links.toml")).expect("the weights in the project are whole; a test reads them")
    }

    /// Weights from TOML: tables `within` and `across`, each with `bias`, `threshold` and `weights`.
    ///
    /// # Errors
    /// [`Error::Weights`] for what is not such TOML, [`Error::Feature`] when the features are not this version's.
    pub fn parse(text: &str) -> Result<Model, Error> {
        let table: Table = toml::from_str(text).map_err(|cause| Error::Weights { cause })?;
        Ok(Model { within: part(table.within, &link::WITHIN, "within")?, across: part(table.across, &link::ACROSS, "across")? })
    }
}

fn part(part: Part, names: &[&str], table: &'static str) -> Result<Weights, Error> {
    let wrong = |feature: &str| Error::Feature { table, feature: feature.to_owned() };
    if let Some(extra) = part.weights.keys().find(|k| !names.contains(&k.as_str())) {
        return Err(wrong(extra));
    }
    let weights = names.iter().map(|n| part.weights.get(*n).copied().ok_or_else(|| wrong(n))).collect::<Result<_, _>>()?;
    Ok(Weights { bias: part.bias, weights, threshold: part.threshold })
}

/// Features of every two claims of one report, and whether their [`Claim::incident`] is the same; for training.
pub fn pairs_within(reports: &[Report], claims: &[Claim]) -> Vec<(bool, BTreeMap<&'static str, f32>)> {
    let known = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let facts = facts(&known, claims, &mut Atlas::new());
    let mut pairs = Vec::new();
    for report in reports {
        let own: Vec<usize> = (0..facts.len()).filter(|&f| facts[f].claim.report == report.id).collect();
        let shape = link::Shape::of(&facts, &own);
        for (n, &a) in own.iter().enumerate() {
            for (m, &b) in own.iter().enumerate().skip(n + 1) {
                let (ia, ib) = (&facts[a].claim.incident, &facts[b].claim.incident);
                if ia.is_some() || ib.is_some() {
                    let x = link::within_features(&facts[a], &facts[b], m - n, &shape);
                    pairs.push((ia == ib, link::table(&link::WITHIN, &x)));
                }
            }
        }
    }
    pairs
}

/// Features of every two groups of two reports, made by [`Claim::incident`], and whether it is the same; for training.
pub fn pairs_across(reports: &[Report], claims: &[Claim]) -> Vec<(bool, BTreeMap<&'static str, f32>)> {
    let known = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let facts = facts(&known, claims, &mut Atlas::new());
    let mut members: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (n, fact) in facts.iter().enumerate() {
        let lone = fact.claim.id.as_str();
        members.entry((fact.claim.report.as_str(), fact.claim.incident.as_deref().unwrap_or(lone))).or_default().push(n);
    }
    let siblings = |report: &str| {
        members.iter().filter(|((r, _), m)| *r == report && m.iter().any(|&f| !facts[f].is_recalled())).count()
    };
    let groups: Vec<_> = members.iter().map(|((r, _), m)| group::group(&facts, m.clone(), siblings(r))).collect();
    let mut pairs = Vec::new();
    for (n, a) in groups.iter().enumerate() {
        for b in groups.iter().skip(n + 1).filter(|b| b.report != a.report) {
            let incident = |g: &group::Group| facts[g.facts[0]].claim.incident.clone();
            let same = incident(a).is_some() && incident(a) == incident(b);
            pairs.push((same, link::table(&link::ACROSS, &link::across_features(a, b))));
        }
    }
    pairs
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
        let text = include_str!("../../../data/rules/links.toml").replacen("here_and_now", "here_or_now", 1);
        assert!(matches!(Model::parse(&text), Err(Error::Feature { table: "within", .. })));
    }
}
