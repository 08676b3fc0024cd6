//! Copies fold into their original: their claims are counted with it and never as another voice.

use std::collections::BTreeMap;

use record::{Id, Report};

use crate::fact::Fact;
use crate::kindred::{jaccard, words};

/// For each copy the report at the end of its chain; a copy whose original is not among the reports folds into the first
/// published of its siblings. Originals are not in it.
pub(crate) fn folded(reports: &BTreeMap<&str, &Report>) -> BTreeMap<Id, Id> {
    let mut orphans: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    let mut of = BTreeMap::new();
    for report in reports.values() {
        let mut at = *report;
        for _ in 0..reports.len() {
            match at.copy_of.as_deref().and_then(|o| reports.get(o)) {
                Some(next) if next.id != report.id => at = next,
                _ => break,
            }
        }
        if at.id != report.id {
            of.insert(report.id.clone(), at.id.clone());
        }
        if let Some(missing) = at.copy_of.as_deref().filter(|o| !reports.contains_key(o)) {
            orphans.entry(missing).or_default().push(at);
        }
    }
    for siblings in orphans.values() {
        let first = siblings.iter().min_by_key(|r| (&r.published, &r.id)).expect("an entry has a report");
        for other in siblings.iter().filter(|r| r.id != first.id) {
            of.insert(other.id.clone(), first.id.clone());
        }
        // Chains that ended in a folded sibling go on to the first.
        for end in of.values_mut().filter(|end| siblings.iter().any(|s| s.id == **end)) {
            *end = first.id.clone();
        }
    }
    of
}

/// The claim of the original that a copy's claim repeats: of the same kind with the same or nearly the same words.
pub(crate) fn repeated<'f, 'a>(copy: &Fact, original: impl Iterator<Item = &'f Fact<'a>>) -> Option<&'f Fact<'a>>
where
    'a: 'f,
{
    let told = words(&copy.claim.quote.text);
    original
        .map(|f| {
            let kind = if f.claim.kind == copy.claim.kind { 0.3 } else { 0.0 };
            let same = if f.claim.quote.text == copy.claim.quote.text { 1.0 } else { jaccard(&told, &words(&f.claim.quote.text)) };
            (same + kind, f)
        })
        .filter(|(score, _)| *score >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.claim.id.cmp(&a.1.claim.id)))
        .map(|(_, f)| f)
}
