//! Joining what a link says belongs together, best first, never what is forbidden.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

/// What is known of two items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tie {
    /// Log odds that they are the same.
    Odds(f32),
    /// They contradict each other: never in one cluster.
    Never,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    odds: f32,
    pairs: u32,
    never: bool,
}

struct Offer {
    mean: f32,
    pair: (usize, usize),
    sizes: (u32, u32),
}

impl PartialEq for Offer {
    fn eq(&self, other: &Offer) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Offer {}
impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Offer) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Offer {
    fn cmp(&self, other: &Offer) -> Ordering {
        self.mean.total_cmp(&other.mean).then_with(|| other.pair.cmp(&self.pair))
    }
}

/// Clusters of `count` items by average linkage: the two clusters with the highest mean log odds are joined until none
/// is above `threshold`. Pairs without a tie count as `absent` log odds. Each item's cluster comes back as the least
/// item in it.
///
/// Time grows with the ties, not with the square of the items.
pub(crate) fn cluster(count: usize, ties: impl IntoIterator<Item = (usize, usize, Tie)>, absent: f32, threshold: f32) -> Vec<usize> {
    let mut beside: Vec<BTreeMap<usize, Sum>> = vec![BTreeMap::new(); count];
    for (a, b, tie) in ties {
        let sum = match tie {
            Tie::Odds(odds) => Sum { odds, pairs: 1, never: false },
            Tie::Never => Sum { odds: 0.0, pairs: 1, never: true },
        };
        beside[a].insert(b, sum);
        beside[b].insert(a, sum);
    }
    let mut root: Vec<usize> = (0..count).collect();
    let mut sizes: Vec<u32> = vec![1; count];
    let mean = |sum: &Sum, a: u32, b: u32| {
        let all = a as f32 * b as f32;
        (sum.odds + absent * (all - sum.pairs as f32)) / all
    };
    let mut heap = BinaryHeap::new();
    for (a, near) in beside.iter().enumerate() {
        for (&b, sum) in near.range(a + 1..) {
            if !sum.never && mean(sum, 1, 1) > threshold {
                heap.push(Offer { mean: mean(sum, 1, 1), pair: (a, b), sizes: (1, 1) });
            }
        }
    }
    while let Some(Offer { pair: (a, b), sizes: at, .. }) = heap.pop() {
        // An offer made before one of the two grew or went is stale.
        if root[a] != a || root[b] != b || (sizes[a], sizes[b]) != at {
            continue;
        }
        root[b] = a;
        sizes[a] += sizes[b];
        let gone = std::mem::take(&mut beside[b]);
        for (c, sum) in gone {
            beside[c].remove(&b);
            if c != a {
                let joined = beside[a].entry(c).or_default();
                joined.odds += sum.odds;
                joined.pairs += sum.pairs;
                joined.never |= sum.never;
                let both = *joined;
                beside[c].insert(a, both);
            }
        }
        for (&c, sum) in &beside[a] {
            let (x, y) = (a.min(c), a.max(c));
            let value = mean(sum, sizes[a], sizes[c]);
            if !sum.never && value > threshold {
                heap.push(Offer { mean: value, pair: (x, y), sizes: (sizes[x], sizes[y]) });
            }
        }
    }
    (0..count)
        .map(|mut item| {
            while root[item] != item {
                item = root[item];
            }
            item
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Tie::*, cluster};

    #[test]
    fn what_contradicts_stays_apart_however_well_a_third_fits_both() {
        let ties = [(0, 1, Odds(3.0)), (1, 2, Odds(2.0)), (0, 2, Never)];
        assert_eq!(cluster(3, ties, -2.0, 0.0), [0, 0, 2]);
    }

    #[test]
    fn a_weak_tie_does_not_outweigh_missing_ones() {
        let ties = [(0, 1, Odds(3.0)), (1, 2, Odds(1.0))];
        assert_eq!(cluster(3, ties, -2.0, 0.0), [0, 0, 2]);
        assert_eq!(cluster(3, ties, 0.0, 0.0), [0, 0, 0]);
    }
}
