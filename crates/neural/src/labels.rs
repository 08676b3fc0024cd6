use serde::Deserialize;

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
    /// The score, 0 to 1, that two candidates with these vectors speak of the same thing.
    pub fn together(&self, one: &[f32], other: &[f32]) -> f32 {
        let cosine: f32 = one.iter().zip(other).map(|(a, b)| a * b).sum();
        sigmoid(cosine * self.event_scale[0] + self.event_scale[1])
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
