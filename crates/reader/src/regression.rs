//! Logistic regressions whose weights go by the names of their features.

use std::collections::BTreeMap;

/// Features by name; those that are 0 may be left out.
pub type Features = BTreeMap<&'static str, f32>;

/// Made by `training/signs`, never by hand.
#[derive(serde::Deserialize)]
pub(crate) struct Regression {
    bias: f32,
    weights: BTreeMap<String, f32>,
}

impl Regression {
    /// Log odds of yes.
    pub(crate) fn odds(&self, features: &Features) -> f32 {
        self.bias + features.iter().filter_map(|(name, x)| Some(self.weights.get(*name)? * x)).sum::<f32>()
    }

    /// The names of its features, in the order of the alphabet.
    #[cfg(test)]
    pub(crate) fn names(&self) -> String {
        self.weights.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// What one of its features is worth.
    #[cfg(test)]
    pub(crate) fn weight(&self, name: &str) -> f32 {
        self.weights[name]
    }
}
