use serde::Deserialize;

/// How many distances a pointer tells apart: eight before a candidate, eight after it, and inside.
const BUCKETS: usize = 17;

/// `labels.json`: label lists in the order of the network's outputs, and the few parameters that stand outside its graphs.
#[derive(Debug, Deserialize)]
pub struct Labels {
    /// What a span can be.
    pub kinds: Vec<String>,
    /// One classification each: its name and values.
    pub classes: Vec<(String, Vec<String>)>,
    /// One pointer each.
    pub roles: Vec<String>,
    /// Longest run of tokens that fills each role.
    pub role_tokens: Vec<usize>,
    /// Widest span in tokens.
    pub span_tokens: usize,
    /// Points (raw score, share right) that the makers measured on texts the network had not seen, both rising.
    #[serde(default)]
    pub calibration: Vec<(f32, f32)>,
    /// The share right above which they found that keeping candidates pays best.
    #[serde(default)]
    pub threshold: Option<f32>,
    pub(crate) channels: usize,
    pub(crate) pair: usize,
    pub(crate) key: usize,
    pub(crate) event: usize,
    pub(crate) buckets: usize,
    /// `[kinds][channels]`
    pub(crate) mix: Vec<f32>,
    pub(crate) mix_bias: Vec<f32>,
    /// `[span_tokens][kinds]`
    pub(crate) width: Vec<f32>,
    /// `[roles][buckets]`
    pub(crate) distance: Vec<f32>,
    /// Slope and intercept of the score that two vectors belong together.
    pub(crate) event_scale: [f32; 2],
}

impl Labels {
    /// Whether the lists are as long as they must be for one another and for the graphs beside them.
    ///
    /// # Errors
    /// In words, the first that is not.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (kinds, roles) = (self.kinds.len(), self.roles.len());
        let lengths = [
            ("role_tokens", self.role_tokens.len(), roles),
            ("mix", self.mix.len(), kinds * self.channels),
            ("mix_bias", self.mix_bias.len(), kinds),
            ("width", self.width.len(), self.span_tokens * kinds),
            ("distance", self.distance.len(), roles * self.buckets),
            ("buckets", self.buckets, BUCKETS),
        ];
        match lengths.into_iter().find(|(_, found, wanted)| found != wanted) {
            Some((name, found, wanted)) => Err(format!("{name} has {found}, where {kinds} kinds and {roles} roles need {wanted}")),
            None => Ok(()),
        }
    }

    /// The score, 0 to 1, that two candidates with these vectors speak of the same thing.
    pub fn together(&self, one: &[f32], other: &[f32]) -> f32 {
        sigmoid(self.affinity(one, other))
    }

    /// The same as log odds.
    pub fn affinity(&self, one: &[f32], other: &[f32]) -> f32 {
        let cosine: f32 = one.iter().zip(other).map(|(a, b)| a * b).sum();
        cosine * self.event_scale[0] + self.event_scale[1]
    }
}

pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

pub(crate) fn softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|l| (l - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_must_fit_one_another() {
        let made = |mix: usize, distance: usize| -> Labels {
            serde_json::from_value(serde_json::json!({
                "kinds": ["deaths", "attack"], "classes": [], "roles": ["place"], "role_tokens": [8], "span_tokens": 3, "channels": 2, "pair": 4,
                "key": 4, "event": 4, "buckets": 17, "mix": vec![0.0; mix], "mix_bias": [0.0, 0.0], "width": vec![0.0; 6],
                "distance": vec![0.0; distance], "event_scale": [1.0, 0.0],
            }))
            .unwrap()
        };
        assert_eq!(made(4, 17).check(), Ok(()));
        assert_eq!(made(3, 17).check().unwrap_err(), "mix has 3, where 2 kinds and 1 roles need 4");
        assert_eq!(made(4, 16).check().unwrap_err(), "distance has 16, where 2 kinds and 1 roles need 17");
    }
}
