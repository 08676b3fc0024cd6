use rten_tensor::{AsView, NdTensor};

use crate::{
    Candidate, Error, Network, Tokens,
    labels::{sigmoid, softmax},
    run_options, spans,
};

/// Width of the encoder's hidden states.
const HIDDEN: usize = 384;

/// Longest run of tokens that a pointer may cover.
const POINTER_TOKENS: usize = 24;

/// Where the words stand that fill a role of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// First and last token, or `None` when nothing fills it.
    pub words: Option<(usize, usize)>,
    /// How sure, 0 to 1, of the answer given.
    pub score: f32,
    /// How likely nothing fills it, 0 to 1.
    pub none: f32,
    /// The best words even when `None` is likelier.
    pub otherwise: Option<(usize, usize)>,
}

/// What the network says of a candidate.
#[derive(Clone, Debug)]
pub struct Description {
    /// For each of [`crate::Labels::classes`], the probability of each value.
    pub classes: Vec<Vec<f32>>,
    /// For each of [`crate::Labels::roles`], the words.
    pub roles: Vec<Pointer>,
    /// Unit vector, close to those of candidates that speak of the same thing.
    pub vector: Vec<f32>,
    /// Second look's score that the candidate is right, 0 to 1.
    pub real: f32,
}

/// A text after one run of the encoder.
pub struct Scan<'a> {
    network: &'a Network,
    tokens: Tokens,
    hidden: Vec<f32>,
    keys: Vec<f32>,
    /// Spans worth a second look, best first; neighbours of one another included.
    pub candidates: Vec<Candidate>,
}

impl Network {
    /// Encodes tokens (at most [`Network::LIMIT`]) and lists candidate spans.
    ///
    /// # Errors
    /// [`Error::Run`] when the runtime refuses the input.
    pub fn scan(&self, tokens: Tokens) -> Result<Scan<'_>, Error> {
        let n = tokens.len();
        let failed = |detail: String| Error::Run { tokens: n, detail };
        let ids = NdTensor::from_data([1, n], tokens.ids.clone());
        let mask = NdTensor::<i32, 2>::from_data([1, n], vec![1; n]);
        let node = |name: &str| self.encoder.node_id(name).map_err(|e| failed(e.to_string()));
        let outputs = self
            .encoder
            .run_n(
                vec![(node("ids")?, ids.view().into()), (node("mask")?, mask.view().into())],
                [node("hidden")?, node("spans")?, node("pair")?, node("keys")?],
                Some(run_options()),
            )
            .map_err(|e| failed(e.to_string()))?;
        let [hidden, spans, pair, keys] = outputs.map(|value| value.into_tensor::<f32>().map(|t| t.into_data()));
        let missing = || failed("an output is not of 32-bit floats".to_owned());
        let (hidden, keys) = (hidden.ok_or_else(missing)?, keys.ok_or_else(missing)?);
        let candidates = spans::candidates(&self.labels, &tokens, &spans.ok_or_else(missing)?, &pair.ok_or_else(missing)?);
        Ok(Scan { network: self, tokens, hidden, keys, candidates })
    }
}

impl Scan<'_> {
    /// The tokens that were scanned.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Classes, pointers and vectors of some candidates, in their order.
    ///
    /// # Errors
    /// [`Error::Run`] when the runtime fails.
    pub fn describe(&self, chosen: &[Candidate]) -> Result<Vec<Description>, Error> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let network = self.network;
        let labels = &network.labels;
        let failed = |detail: String| Error::Run { tokens: self.tokens.len(), detail };
        let width = HIDDEN * 3 + labels.kinds.len();
        let mut features = vec![0.0f32; chosen.len() * width];
        for (candidate, row) in chosen.iter().zip(features.chunks_exact_mut(width)) {
            let hidden = |token: usize| &self.hidden[token * HIDDEN..][..HIDDEN];
            row[..HIDDEN].copy_from_slice(hidden(candidate.start));
            row[HIDDEN..2 * HIDDEN].copy_from_slice(hidden(candidate.end));
            let share = 1.0 / (candidate.end + 1 - candidate.start) as f32;
            for token in candidate.start..=candidate.end {
                for (sum, x) in row[2 * HIDDEN..3 * HIDDEN].iter_mut().zip(hidden(token)) {
                    *sum += x * share;
                }
            }
            row[3 * HIDDEN + candidate.kind] = 1.0;
        }
        let features = NdTensor::from_data([chosen.len(), width], features);
        let node = |name: &str| network.heads.node_id(name).map_err(|e| failed(e.to_string()));
        let outputs = network
            .heads
            .run_n(
                vec![(node("features")?, features.view().into())],
                [node("classes")?, node("queries")?, node("event")?, node("real")?],
                Some(run_options()),
            )
            .map_err(|e| failed(e.to_string()))?;
        let [classes, queries, event, real] = outputs.map(|value| value.into_tensor::<f32>().map(|t| t.into_data()));
        let missing = || failed("an output is not of 32-bit floats".to_owned());
        let (classes, queries, event, real) =
            (classes.ok_or_else(missing)?, queries.ok_or_else(missing)?, event.ok_or_else(missing)?, real.ok_or_else(missing)?);
        let values: usize = labels.classes.iter().map(|(_, values)| values.len()).sum();
        Ok(chosen
            .iter()
            .enumerate()
            .map(|(m, candidate)| {
                let mut logits = &classes[m * values..][..values];
                let classes = labels
                    .classes
                    .iter()
                    .map(|(_, values)| {
                        let (own, rest) = logits.split_at(values.len());
                        logits = rest;
                        softmax(own)
                    })
                    .collect();
                let per = labels.roles.len() * labels.key;
                let roles = (0..labels.roles.len())
                    .map(|role| {
                        let query = |side: usize| &queries[(m * 2 + side) * per + role * labels.key..][..labels.key];
                        self.point(candidate, role, query(0), query(1))
                    })
                    .collect();
                Description { classes, roles, vector: event[m * labels.event..][..labels.event].to_vec(), real: sigmoid(real[m]) }
            })
            .collect())
    }

    /// The words that a role points at: the best pair of a first and a last token, against token 0, which means none.
    fn point(&self, candidate: &Candidate, role: usize, first: &[f32], last: &[f32]) -> Pointer {
        let labels = &self.network.labels;
        let (roles, n) = (labels.roles.len(), self.tokens.len());
        let scale = 1.0 / (labels.key as f32).sqrt();
        let logits = |side: usize, query: &[f32]| -> Vec<f32> {
            let mut logits: Vec<f32> = (0..n)
                .map(|token| {
                    if token > 0 && self.tokens.part[token] == 0 {
                        return -1e4;
                    }
                    let key = &self.keys[((token * 2 + side) * roles + role) * labels.key..][..labels.key];
                    let dot: f32 = query.iter().zip(key).map(|(a, b)| a * b).sum();
                    dot * scale + if token > 0 { labels.distance[role * labels.buckets + bucket(token, candidate)] } else { 0.0 }
                })
                .collect();
            let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = logits.iter().map(|l| (l - most).exp()).sum();
            logits.iter_mut().for_each(|l| *l -= most + sum.ln());
            logits
        };
        let (first, last) = (logits(0, first), logits(1, last));
        let none = first[0] + last[0];
        let nothing = (first[0].exp() + last[0].exp()) / 2.0;
        let mut starts: Vec<usize> = (1..n).collect();
        starts.sort_by(|&a, &b| first[b].total_cmp(&first[a]).then(a.cmp(&b)));
        let mut best: Option<((usize, usize), f32)> = None;
        for &start in starts.iter().take(5) {
            for end in start..n.min(start + POINTER_TOKENS) {
                if self.tokens.part[end] != self.tokens.part[start] || self.tokens.part[end] == 0 {
                    break;
                }
                let value = first[start] + last[end];
                if best.is_none_or(|(_, b)| value > b) {
                    best = Some(((start, end), value));
                }
            }
        }
        let otherwise = best.map(|(words, _)| words);
        match best {
            Some((words, value)) if value > none => Pointer { words: Some(words), score: value.exp(), none: nothing, otherwise },
            _ => Pointer { words: None, score: none.exp(), none: nothing, otherwise },
        }
    }
}

/// Signed, doubling distance of a token from the candidate: 8 inside, 0 to 7 before, 9 to 16 after.
fn bucket(token: usize, candidate: &Candidate) -> usize {
    let step = |distance: usize| (distance.ilog2() as usize + 1).min(8);
    if token < candidate.start {
        8 - step(candidate.start - token)
    } else if token > candidate.end {
        8 + step(token - candidate.end)
    } else {
        8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_double() {
        let candidate = Candidate { start: 20, end: 22, kind: 0, score: 1.0 };
        let cases = [(20, 8), (22, 8), (23, 9), (24, 10), (25, 10), (26, 11), (19, 7), (18, 6), (17, 6), (400, 16)];
        for (token, expected) in cases {
            assert_eq!(bucket(token, &candidate), expected, "token {token}");
        }
    }
}
