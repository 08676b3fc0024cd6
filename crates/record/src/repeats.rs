use std::collections::{BTreeMap, BTreeSet};

use crate::{Id, Report};

/// Which reports repeat which others.
#[derive(Clone, Debug, Default)]
pub struct Repeats(BTreeMap<Id, Id>);

impl Repeats {
    /// Of each copy among these reports the report at the end of its chain; copies whose original is not among them repeat the first
    /// published of their siblings.
    pub fn among<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Repeats {
        let reports: BTreeMap<&str, &Report> = reports.into_iter().map(|report| (report.id.as_str(), report)).collect();
        let mut orphans: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
        let mut of: BTreeMap<Id, Id> = BTreeMap::new();
        for report in reports.values() {
            let (mut at, mut seen) = (*report, BTreeSet::from([&report.id]));
            while let Some(next) = at.copy_of.as_deref().and_then(|original| reports.get(original)) {
                if !seen.insert(&next.id) {
                    // Copies of one another: the one with the least id stands for all.
                    at = ring(next, &reports);
                    break;
                }
                at = next;
            }
            if at.id != report.id {
                of.insert(report.id.clone(), at.id.clone());
            }
            if let Some(missing) = at.copy_of.as_deref().filter(|original| !reports.contains_key(original)) {
                orphans.entry(missing).or_default().push(at);
            }
        }
        for siblings in orphans.values() {
            let first = siblings.iter().min_by_key(|report| (&report.published, &report.id)).expect("an entry has a report");
            for other in siblings.iter().filter(|report| report.id != first.id) {
                of.insert(other.id.clone(), first.id.clone());
            }
            // Chains that ended in a folded sibling go on to the first.
            for end in of.values_mut().filter(|end| siblings.iter().any(|sibling| sibling.id == **end)) {
                *end = first.id.clone();
            }
        }
        Repeats(of)
    }

    /// The original of a copy; `None` for a report that is none.
    pub fn original(&self, report: &str) -> Option<&Id> {
        self.0.get(report)
    }

    /// The report whose words a report has: its original's, else its own.
    pub fn root<'r>(&'r self, report: &'r str) -> &'r str {
        self.original(report).map_or(report, String::as_str)
    }

    /// Whether a report is a copy.
    pub fn has(&self, report: &str) -> bool {
        self.0.contains_key(report)
    }

    /// Whether what a report says counts for nothing beside that of the others that speak of the same: it is a copy of one of them. A
    /// copy whose original says nothing of it speaks for it.
    pub fn one_of(&self, report: &str, speaking: &BTreeSet<&str>) -> bool {
        self.original(report).is_some_and(|original| speaking.contains(original.as_str()))
    }
}

/// The least of the reports that copy one another, of which this is one.
fn ring<'r>(one: &'r Report, reports: &BTreeMap<&str, &'r Report>) -> &'r Report {
    let (mut at, mut least) = (one, one);
    while let Some(next) = at.copy_of.as_deref().and_then(|original| reports.get(original)).filter(|next| next.id != one.id) {
        at = next;
        least = if at.id < least.id { at } else { least };
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(id: &str, copy_of: Option<&str>, day: &str) -> Report {
        let mut report = Report::new("wire", "en", "", "x");
        (report.id, report.copy_of, report.published) = (id.to_owned(), copy_of.map(str::to_owned), day.parse().ok());
        report
    }

    #[test]
    fn chains_lead_to_their_ends_and_orphans_to_the_eldest() {
        let reports = [
            report("a", None, "2025-06-01"),
            report("b", Some("a"), "2025-06-02"),
            report("c", Some("b"), "2025-06-03"),
            report("d", Some("gone"), "2025-06-05"),
            report("e", Some("gone"), "2025-06-04"),
            report("f", Some("d"), "2025-06-06"),
        ];
        let repeats = Repeats::among(&reports);
        for (id, original) in [("a", None), ("b", Some("a")), ("c", Some("a")), ("d", Some("e")), ("e", None), ("f", Some("e"))] {
            assert_eq!((repeats.original(id).map(String::as_str), repeats.root(id)), (original, original.unwrap_or(id)), "{id}");
        }
        assert!(repeats.one_of("c", &["a", "c"].into()) && !repeats.one_of("c", &["b", "c"].into()) && !repeats.one_of("a", &["a"].into()));
    }

    #[test]
    fn of_reports_that_copy_one_another_one_stands_for_all() {
        let day = "2025-06-01";
        let repeats =
            Repeats::among(&[report("x", Some("c"), day), report("c", Some("b"), day), report("b", Some("a"), day), report("a", Some("c"), day)]);
        assert_eq!(["a", "b", "c", "x"].map(|id| repeats.original(id).map(String::as_str)), [None, Some("a"), Some("a"), Some("a")]);
    }
}
