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
    /// Why it failed, what it copies, or what of it was not understood.
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
    /// Fields that were not understood, such as dates; their reports were kept without them.
    pub misread: usize,
    /// The first of them: where, and what it said.
    pub first_misread: Option<String>,
    /// Inputs that were there already, although something was said of them that may be new; they stay as they are.
    pub retold: usize,
    /// Claims appended.
    pub claims: usize,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
    /// Where the time went.
    pub times: Times,
}

impl Summary {
    /// `84 reports: 58 new, 22 copies of others, 4 unreadable`, and what else a user must know of.
    pub fn line(&self) -> String {
        let all = self.new + self.copies + self.unchanged + self.failed;
        let mut parts = vec![format!("{} new", self.new)];
        let copies = if self.copies == 1 { "copy of another" } else { "copies of others" };
        for (n, what) in [(self.copies, copies), (self.unchanged, "there already"), (self.failed, "unreadable (listed)")] {
            if n > 0 {
                parts.push(format!("{n} {what}"));
            }
        }
        let mut line = format!("{all} {}: {}", if all == 1 { "report" } else { "reports" }, parts.join(", "));
        if let Some(first) = &self.first_misread {
            let fields = if self.misread == 1 { "field was" } else { "fields were" };
            line += &format!("; {} {fields} not understood and left out, first {first}", self.misread);
        }
        if self.retold > 0 {
            line += "; what was there already keeps its date, outlet and text, whatever the options say";
        }
        line
    }
}
