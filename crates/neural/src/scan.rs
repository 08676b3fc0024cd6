use rten::{Model, ValueOrView};
use rten_tensor::{AsView, NdTensor, NdTensorView};

use crate::{
    Candidate, Error, Network, Tokens,
    labels::{sigmoid, softmax},
    run_options, spans,
};

/// Width of the encoder's hidden states.
const HIDDEN: usize = 384;

/// First tokens that a pointer considers.
const POINTER_STARTS: usize = 10;

/// Where the words may stand that fill a role of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    /// First and last token of different words, each with how likely it is them, 0 to 1; the likeliest first.
    pub answers: Vec<((usize, usize), f32)>,
    /// How likely nothing fills it, 0 to 1.
    pub none: f32,
}

impl Pointer {
    /// The likeliest words, unless it is likelier that there are none.
    pub fn words(&self) -> Option<(usize, usize)> {
        self.answers.first().filter(|(_, likely)| *likely > self.none).map(|(words, _)| *words)
    }
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
    /// Hidden states beside the word vectors they began as.
    both: Vec<f32>,
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
        let ids = NdTensor::from_data([1, n], tokens.ids.clone());
        let mask = NdTensor::<i32, 2>::from_data([1, n], vec![1; n]);
        let inputs = vec![("ids", ids.view().into()), ("mask", mask.view().into())];
        let [hidden, both, spans, pair, keys] = run(&self.encoder, inputs, ["hidden", "both", "spans", "pair", "keys"], n)?;
        let candidates = spans::candidates(&self.labels, &tokens, &spans, &pair);
        Ok(Scan { network: self, tokens, hidden, both, keys, candidates })
    }
}

/// Adds the mean of rows `first..=last`, each as wide as `row`, to a row of zeros.
fn mean(rows: &[f32], first: usize, last: usize, row: &mut [f32]) {
    let (width, share) = (row.len(), 1.0 / (last + 1 - first) as f32);
    for values in rows[first * width..(last + 1) * width].chunks_exact(width) {
        for (sum, x) in row.iter_mut().zip(values) {
            *sum += x * share;
        }
    }
}

/// Runs a graph by the names of its inputs and outputs, which are all of 32-bit floats.
fn run<const N: usize>(model: &Model, inputs: Vec<(&str, ValueOrView<'_>)>, outputs: [&str; N], tokens: usize) -> Result<[Vec<f32>; N], Error> {
    let failed = |detail: String| Error::Run { tokens, detail };
    let node = |name: &str| model.node_id(name).map_err(|e| failed(e.to_string()));
    let inputs = inputs.into_iter().map(|(name, value)| Ok((node(name)?, value))).collect::<Result<Vec<_>, Error>>()?;
    let mut wanted = Vec::with_capacity(N);
    for name in outputs {
        wanted.push(node(name)?);
    }
    let values = model.run(inputs, &wanted, Some(run_options())).map_err(|e| failed(e.to_string()))?;
    let mut found = [const { Vec::new() }; N];
    for (slot, value) in found.iter_mut().zip(values) {
        *slot = value.into_tensor::<f32>().ok_or_else(|| failed("an output is not of 32-bit floats".to_owned()))?.into_data();
    }
    Ok(found)
}

impl Scan<'_> {
    /// The tokens that were scanned.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Classes, pointers and vectors of some candidates, in their order. They are looked at together: what one says bears on another.
    ///
    /// # Errors
    /// [`Error::Run`] when the runtime fails.
    pub fn describe(&self, chosen: &[Candidate]) -> Result<Vec<Description>, Error> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let network = self.network;
        let labels = &network.labels;
        let width = HIDDEN * 3 + labels.kinds.len();
        let mut features = vec![0.0f32; chosen.len() * width];
        for (candidate, row) in chosen.iter().zip(features.chunks_exact_mut(width)) {
            let hidden = |token: usize| &self.hidden[token * HIDDEN..][..HIDDEN];
            row[..HIDDEN].copy_from_slice(hidden(candidate.start));
            row[HIDDEN..2 * HIDDEN].copy_from_slice(hidden(candidate.end));
            mean(&self.hidden, candidate.start, candidate.end, &mut row[2 * HIDDEN..3 * HIDDEN]);
            row[3 * HIDDEN + candidate.kind] = 1.0;
        }
        let (m, n) = (chosen.len(), self.tokens.len());
        let distances =
            |to: &dyn Fn(&Candidate) -> Vec<i32>, width: usize| NdTensor::from_data([m, width], chosen.iter().flat_map(to).collect::<Vec<i32>>());
        let claims = distances(&|from| chosen.iter().map(|c| bucket(c.start, from) as i32).collect(), m);
        let tokens = distances(&|from| (0..n).map(|token| bucket(token, from) as i32).collect(), n);
        let features = NdTensor::from_data([m, width], features);
        let hidden = NdTensorView::from_data([n, HIDDEN], self.hidden.as_slice());
        let inputs =
            vec![("features", features.view().into()), ("hidden", hidden.into()), ("claims", claims.view().into()), ("tokens", tokens.view().into())];
        let [state, queries, event, real] = self.run(&network.heads, inputs, ["state", "queries", "event", "real"])?;
        let per = labels.roles.len() * labels.key;
        let roles: Vec<Vec<Pointer>> = chosen
            .iter()
            .enumerate()
            .map(|(m, candidate)| {
                let query = |side: usize, role: usize| &queries[(m * 2 + side) * per + role * labels.key..][..labels.key];
                (0..labels.roles.len()).map(|role| self.point(candidate, role, query(0, role), query(1, role))).collect()
            })
            .collect();
        // The words in each role, zero where there are none.
        let mut means = vec![0.0f32; chosen.len() * labels.roles.len() * 2 * HIDDEN];
        for (pointer, row) in roles.iter().flatten().zip(means.chunks_exact_mut(2 * HIDDEN)) {
            if let Some((first, last)) = pointer.words() {
                mean(&self.both, first, last, row);
            }
        }
        let state = NdTensor::from_data([chosen.len(), state.len() / chosen.len()], state);
        let means = NdTensor::from_data([chosen.len(), labels.roles.len() * 2 * HIDDEN], means);
        let [classes] = self.run(&network.classes, vec![("state", state.view().into()), ("roles", means.view().into())], ["classes"])?;
        let values: usize = labels.classes.iter().map(|(_, values)| values.len()).sum();
        Ok(roles
            .into_iter()
            .enumerate()
            .map(|(m, roles)| {
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
                Description { classes, roles, vector: event[m * labels.event..][..labels.event].to_vec(), real: sigmoid(real[m]) }
            })
            .collect())
    }

    /// Runs one of the small graphs.
    fn run<const N: usize>(&self, model: &Model, inputs: Vec<(&str, ValueOrView<'_>)>, outputs: [&str; N]) -> Result<[Vec<f32>; N], Error> {
        run(model, inputs, outputs, self.tokens.len())
    }

    /// The words that a role points at, against token 0, which means none. The same words may stand in several places, which share
    /// the likelihood: it is added up before answers are compared, and the place nearest to the candidate is given.
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
        let none = f32::midpoint(first[0], last[0]).exp();
        let mut starts: Vec<usize> = (1..n).filter(|&token| self.tokens.part[token] > 0).collect();
        starts.sort_by(|&a, &b| first[b].total_cmp(&first[a]).then(a.cmp(&b)));
        let mut groups: Vec<(Vec<(usize, usize)>, f32)> = Vec::new();
        for &start in starts.iter().take(POINTER_STARTS) {
            let ends = (start..n.min(start + labels.role_tokens[role])).take_while(|&end| self.tokens.part[end] == self.tokens.part[start]);
            let Some(end) = ends.max_by(|&a, &b| last[a].total_cmp(&last[b]).then(b.cmp(&a))) else { continue };
            let value = f32::midpoint(first[start], last[end]).exp();
            let same = |words: &(usize, usize)| self.tokens.ids[words.0..=words.1] == self.tokens.ids[start..=end];
            match groups.iter_mut().find(|(spans, _)| same(&spans[0])) {
                Some((spans, sum)) => {
                    spans.push((start, end));
                    *sum += value;
                }
                None => groups.push((vec![(start, end)], value)),
            }
        }
        let nearest = |spans: &[(usize, usize)]| spans.iter().copied().min_by_key(|&(start, end)| (start.abs_diff(candidate.start), end));
        let mut answers: Vec<((usize, usize), f32)> =
            groups.into_iter().filter_map(|(spans, likely)| Some((nearest(&spans)?, likely.min(1.0)))).collect();
        answers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Pointer { answers, none }
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
