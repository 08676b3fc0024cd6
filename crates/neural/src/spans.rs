use crate::{Tokens, labels::Labels, labels::sigmoid};

/// A span that may carry a label: tokens `start..=end`, which label, and how sure the first look is, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// First token.
    pub start: usize,
    /// Last token.
    pub end: usize,
    /// Index into [`Labels::kinds`].
    pub kind: usize,
    /// First look's score.
    pub score: f32,
}

/// Below this a candidate is not listed: one in twenty-five is right there.
const FLOOR: f32 = 0.04;

/// Every span inside one part, no wider than the network was trained for, that scores above the floor; best first.
///
/// The score of tokens `i..=j` for a label is what the label likes at the start, at the end and on average inside, a term for
/// the width, and a mixture of how start and end fit in each channel.
pub(crate) fn candidates(labels: &Labels, tokens: &Tokens, spans: &[f32], pair: &[f32]) -> Vec<Candidate> {
    let (n, k) = (tokens.len(), labels.kinds.len());
    let row = |i: usize, third: usize| &spans[i * 3 * k + third * k..][..k];
    let channel = |i: usize, side: usize, c: usize| &pair[((i * 2 + side) * labels.channels + c) * labels.pair..][..labels.pair];
    let scale = 1.0 / (labels.pair as f32).sqrt();
    let floor_logit = (FLOOR / (1.0 - FLOOR)).ln();
    let mut found = Vec::new();
    let mut inside = vec![0.0f32; k];
    let mut fit = vec![0.0f32; labels.channels];
    for i in 0..n {
        if tokens.part[i] == 0 {
            continue;
        }
        inside.fill(0.0);
        for d in 0..labels.span_tokens {
            let j = i + d;
            if j >= n || tokens.part[j] != tokens.part[i] {
                break;
            }
            for (sum, x) in inside.iter_mut().zip(row(j, 2)) {
                *sum += x;
            }
            for (c, value) in fit.iter_mut().enumerate() {
                let dot: f32 = channel(i, 0, c).iter().zip(channel(j, 1, c)).map(|(a, b)| a * b).sum();
                *value = (dot * scale).tanh();
            }
            let (start, end, width) = (row(i, 0), row(j, 1), &labels.width[d * k..][..k]);
            for kind in 0..k {
                let mix: f32 = labels.mix[kind * labels.channels..][..labels.channels].iter().zip(&fit).map(|(a, b)| a * b).sum();
                let logit = start[kind] + end[kind] + inside[kind] / (d + 1) as f32 + width[kind] + mix + labels.mix_bias[kind];
                if logit > floor_logit {
                    found.push(Candidate { start: i, end: j, kind, score: sigmoid(logit) });
                }
            }
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.start, a.end, a.kind).cmp(&(b.start, b.end, b.kind))));
    found
}
