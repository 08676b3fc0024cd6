//! What adding came to.

use std::time::Duration;

use ledger::InputStatus;
use record::Id;
use serde::Serialize;

/// What became of one input, or of one report of it: a line of `add --report`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Path, or the name that it was given.
    pub input: String,
    /// New, copy, unchanged or failed.
    pub status: InputStatus,
    /// The report.
    pub report: Option<Id>,
    /// Why it failed, or what it copies.
    pub why: Option<String>,
}

/// Where the time went, added up over threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Bytes to reports, and finding copies.
    pub intake: Duration,
    /// In the network.
    pub spotting: Duration,
    /// In resolving.
    pub resolving: Duration,
    /// In the database.
    pub database: Duration,
    /// In reconciliation.
    pub reconciling: Duration,
}

/// What adding came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Reports not seen before that copy none.
    pub new: usize,
    /// Reports not seen before that copy another.
    pub copies: usize,
    /// Reports that the ledger had already.
    pub unchanged: usize,
    /// Inputs, or reports of an input, that could not be read.
    pub failed: usize,
    /// Claims appended.
    pub claims: usize,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
    /// Where the time went.
    pub times: Times,
}

impl Summary {
    /// `84 reports: 58 new, 22 copies of others, 4 unreadable`.
    pub fn line(&self) -> String {
        let all = self.new + self.copies + self.unchanged + self.failed;
        let mut parts = vec![format!("{} new", self.new)];
        let copies = if self.copies == 1 { "copy of another" } else { "copies of others" };
        for (n, what) in [(self.copies, copies), (self.unchanged, "there already"), (self.failed, "unreadable (listed)")] {
            if n > 0 {
                parts.push(format!("{n} {what}"));
            }
        }
        format!("{all} {}: {}", if all == 1 { "report" } else { "reports" }, parts.join(", "))
    }
}
