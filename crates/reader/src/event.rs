//! Which drafts of a report are about one event: average-linkage clustering of the network's vectors.

use neural::Labels;
use record::Scope;

use crate::spot::Draft;

/// Least average score at which two groups are one: of 0.35 to 0.65 the one that keeps most incidents apart at equal B-cubed (held-out cases).
const TOGETHER: f32 = 0.55;

/// The group of each draft; totals over a period belong to none.
pub(crate) fn group(labels: &Labels, drafts: &[Draft]) -> Vec<Option<u32>> {
    let mut groups: Vec<Vec<usize>> = (0..drafts.len()).filter(|&i| drafts[i].scope != Scope::Period).map(|i| vec![i]).collect();
    let score = |a: &[usize], b: &[usize]| -> f32 {
        let sum: f32 = a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).map(|(i, j)| pair(labels, &drafts[i], &drafts[j])).sum();
        sum / (a.len() * b.len()) as f32
    };
    loop {
        let mut best = (TOGETHER, 0, 0);
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let value = score(&groups[a], &groups[b]);
                if value > best.0 {
                    best = (value, a, b);
                }
            }
        }
        let (_, a, b) = best;
        if b == 0 {
            break;
        }
        let other = groups.remove(b);
        groups[a].extend(other);
        groups[a].sort_unstable();
    }
    let mut of = vec![None; drafts.len()];
    for (number, group) in groups.iter().enumerate() {
        for &i in group {
            of[i] = Some(number as u32);
        }
    }
    of
}

/// How likely two drafts are about one event; one told as news and one only recalled seldom are.
fn pair(labels: &Labels, a: &Draft, b: &Draft) -> f32 {
    let score = labels.together(&a.vector, &b.vector);
    if (a.scope == Scope::Background) == (b.scope == Scope::Background) { score } else { score * 0.5 }
}
