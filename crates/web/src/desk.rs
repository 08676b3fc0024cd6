use record::{Claim, Incident, Report, ReportKind};
use serde::Serialize;

/// What the rest of the program does for a page: this room knows the ledger and its views only.
pub trait Desk: Send + Sync {
    /// Names of the rule sets there are, the one in force first; empty when nothing can be added up anew.
    fn rules(&self) -> Vec<String>;

    /// What claims of one incident add up to under a rule set, without some speakers (by their printed names); `None`
    /// when they add up to nothing or the rules do not exist.
    fn what_if(&self, reports: &[Report], claims: &[Claim], rules: &str, without: &[String]) -> Option<Incident>;

    /// Whether [`Desk::add`] can be asked.
    fn adds(&self) -> bool;

    /// Reads a pasted text into the ledger, and adds everything up.
    ///
    /// # Errors
    /// Why it could not, for a person.
    fn add(&self, paste: &Paste) -> Result<Told, String>;
}

/// A text from a page.
#[derive(Clone, Debug, Default)]
pub struct Paste {
    /// Headline, may be empty.
    pub title: String,
    /// The text.
    pub text: String,
    /// Who published it; may be empty.
    pub outlet: String,
    /// What sort of outlet.
    pub kind: Option<ReportKind>,
    /// Day of publication, ISO 8601; may be empty.
    pub published: String,
}

/// What became of a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The report that it became, or was already.
    pub report: Option<String>,
    /// `new`, `copy` or `unchanged`.
    pub status: String,
    /// How many claims were read in it.
    pub claims: usize,
    /// Incidents that are new.
    pub created: Vec<String>,
    /// Incidents that changed.
    pub changed: Vec<String>,
}

/// A desk that does nothing: pages are read, no more.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDesk;

impl Desk for NoDesk {
    fn rules(&self) -> Vec<String> {
        vec![]
    }

    fn what_if(&self, _: &[Report], _: &[Claim], _: &str, _: &[String]) -> Option<Incident> {
        None
    }

    fn adds(&self) -> bool {
        false
    }

    fn add(&self, _: &Paste) -> Result<Told, String> {
        Err("this program only shows".to_owned())
    }
}
