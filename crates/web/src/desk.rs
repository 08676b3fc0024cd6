use ledger::{Decision, Ledger};
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

    /// [`Desk::add`] of a file's bytes, which may hold several reports; the name says where they are from.
    ///
    /// # Errors
    /// As there.
    fn add_file(&self, name: &str, _bytes: Vec<u8>) -> Result<Told, String> {
        Err(format!("{name}: files cannot be added here"))
    }

    /// Whether [`Desk::decision`] can be asked.
    fn decides(&self) -> bool;

    /// Who decides on these pages, for the log.
    fn who(&self) -> String;

    /// What a wish makes of which records; `None` when all of it is so already. Nothing is written.
    ///
    /// # Errors
    /// Why it cannot be, for a person.
    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String>;
}

/// What a person wants of the ledger: the verbs of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Fields of a claim or an incident get other values, each as `field=value`; `reviewed=yes` agrees with it as it is.
    Set {
        /// The record.
        id: String,
        /// The fields.
        fields: Vec<String>,
    },
    /// Several incidents are one, which keeps the first id.
    Merge {
        /// Two or more incidents.
        ids: Vec<String>,
    },
    /// Some claims of an incident are about another.
    Split {
        /// The incident.
        id: String,
        /// The claims that leave.
        claims: Vec<String>,
    },
    /// A claim or an incident is none.
    Reject {
        /// The record.
        id: String,
    },
}

/// A text from a page or a program.
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
    /// Where it is published; may be empty.
    pub url: String,
    /// Its language, ISO 639-1; may be empty, and is found then.
    pub language: String,
    /// The token under which it came; empty for a page.
    pub by: String,
}

/// What became of a text or a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The report that it became, or was already; the first of a file.
    pub report: Option<String>,
    /// `new`, `copy` or `unchanged`.
    pub status: String,
    /// How many reports it held.
    pub reports: usize,
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

    fn decides(&self) -> bool {
        false
    }

    fn who(&self) -> String {
        String::new()
    }

    fn decision(&self, _: &Ledger, _: &Wish) -> Result<Option<Decision>, String> {
        Err("this program only shows".to_owned())
    }
}
