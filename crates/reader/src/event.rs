//! Which claims of a report are about one event: average-linkage clustering of how likely each two are.

pub(crate) mod pair;

use neural::Labels;
use record::Scope;

use crate::layout::Layout;
use crate::resolve::Resolved;
use crate::spot::Draft;

/// Least average score, 0 to 1, at which two groups of drafts are one: of 0.35 to 0.65 the one that keeps most incidents apart at equal B-cubed
/// (held-out cases).
const ALIKE: f32 = 0.55;

/// Least average log odds at which two groups of claims are one; of -1 to 1 the best on the cases held out.
const TOGETHER: f32 = -0.25;

/// Most claims that are grouped together, for whose pairs there must be room; in a longer report what is told so many claims
/// apart is another event.
const MOST: usize = 2000;

/// The event of each draft, by the network's vectors alone; totals over a period belong to none.
pub(crate) fn drafts(labels: &Labels, drafts: &[Draft]) -> Vec<Option<u32>> {
    numbered(drafts.len(), ALIKE, |i| drafts[i].scope != Scope::Period, |i, j| alike(labels, &drafts[i], &drafts[j]))
}

/// The event of each claim, by all that is known once it is resolved.
pub(crate) fn claims(labels: &Labels, layout: &Layout, resolved: &Resolved) -> Vec<Option<u32>> {
    let claims = &resolved.claims;
    let thread = pair::Thread::of(layout, claims);
    let told = |i: usize| (&claims[i], resolved.draft(i));
    let odds = |i: usize, j: usize| pair::odds(labels, &thread, told(i), told(j), j - i);
    numbered(claims.len(), TOGETHER, |i| claims[i].scope != Scope::Period, odds)
}

/// The group of each item that is asked for.
fn numbered(count: usize, least: f32, wanted: impl Fn(usize) -> bool, score: impl Fn(usize, usize) -> f32) -> Vec<Option<u32>> {
    let single: Vec<usize> = (0..count).filter(|&i| wanted(i)).collect();
    let groups: Vec<Vec<usize>> = single.chunks(MOST).flat_map(|near| clusters(near, least, &score)).collect();
    let mut of = vec![None; count];
    for (number, group) in groups.iter().enumerate() {
        for &i in group {
            of[i] = Some(number as u32);
        }
    }
    of
}

/// Joins the two groups with the highest average score, until none is above `least`; in order of their first members.
///
/// The sums of scores between groups are kept and added up as groups are joined, and so is each group's best partner
/// behind it: joining two never makes a better partner of them than the better one was.
fn clusters(members: &[usize], least: f32, score: impl Fn(usize, usize) -> f32) -> Vec<Vec<usize>> {
    let n = members.len();
    let mut sums = vec![0.0f32; n * n];
    for a in 0..n {
        for b in a + 1..n {
            let value = score(members[a], members[b]);
            (sums[a * n + b], sums[b * n + a]) = (value, value);
        }
    }
    // Joined groups are emptied.
    let mut groups: Vec<Vec<usize>> = members.iter().map(|&i| vec![i]).collect();
    let partner = |groups: &[Vec<usize>], sums: &[f32], a: usize| {
        let mut best = (least, None);
        for b in (a + 1..n).filter(|&b| !groups[b].is_empty()) {
            let value = sums[a * n + b] / (groups[a].len() * groups[b].len()) as f32;
            if value > best.0 {
                best = (value, Some(b));
            }
        }
        best
    };
    let mut partners: Vec<(f32, Option<usize>)> = (0..n).map(|a| partner(&groups, &sums, a)).collect();
    loop {
        let mut best = (least, 0, 0);
        for (a, &(value, b)) in partners.iter().enumerate() {
            if let Some(b) = b.filter(|_| value > best.0) {
                best = (value, a, b);
            }
        }
        let (_, a, b) = best;
        if b == 0 {
            break;
        }
        let other = std::mem::take(&mut groups[b]);
        groups[a].extend(other);
        groups[a].sort_unstable();
        for x in 0..n {
            let sum = sums[a * n + x] + sums[b * n + x];
            (sums[a * n + x], sums[x * n + a]) = (sum, sum);
        }
        partners[b] = (least, None);
        for x in 0..n {
            let stale = x == a || partners[x].1.is_some_and(|y| y == a || y == b);
            if stale && !groups[x].is_empty() {
                partners[x] = partner(&groups, &sums, x);
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// How likely two drafts are about one event; one told as news and one only recalled seldom are.
fn alike(labels: &Labels, a: &Draft, b: &Draft) -> f32 {
    let score = labels.together(&a.vector, &b.vector);
    if (a.scope == Scope::Background) == (b.scope == Scope::Background) { score } else { score * 0.5 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by looking at every pair of groups each time.
    fn plainly(members: &[usize], score: impl Fn(usize, usize) -> f32) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = members.iter().map(|&i| vec![i]).collect();
        loop {
            let mut best = (ALIKE, 0, 0);
            for a in 0..groups.len() {
                for b in a + 1..groups.len() {
                    let sum: f32 = groups[a].iter().flat_map(|&i| groups[b].iter().map(move |&j| (i, j))).map(|(i, j)| score(i, j)).sum();
                    let value = sum / (groups[a].len() * groups[b].len()) as f32;
                    if value > best.0 {
                        best = (value, a, b);
                    }
                }
            }
            let (_, a, b) = best;
            if b == 0 {
                return groups;
            }
            let other = groups.remove(b);
            groups[a].extend(other);
            groups[a].sort_unstable();
        }
    }

    proptest! {
        /// Scores are parts of 64, whose sums are exact in any order.
        #[test]
        fn groups_are_those_of_the_plain_way(scores in prop::collection::vec(0u8..=64, 12 * 12), n in 0usize..12) {
            let score = |i: usize, j: usize| f32::from(scores[i.min(j) * 12 + i.max(j)]) / 64.0;
            let members: Vec<usize> = (0..n).collect();
            prop_assert_eq!(clusters(&members, ALIKE, score), plainly(&members, score));
        }
    }
}
