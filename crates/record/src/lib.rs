//! The nouns of attest and their JSON: a [`Report`] is a text somebody published, a [`Claim`] one thing that it says
//! and who says it, an [`Incident`] one thing that happened as the claims about it add up.
//!
//! First room on the path: every other room speaks in these types, and nothing here does I/O, reads a clock or draws
//! a random number. The meaning of each field is decided by the project's coding rules; see `docs/claims.md`.
//!
//! ```
//! use record::{Field, Quote, Report, Span};
//! let report = Report::new("wire", "en", "", "The army said 14 fighters were killed near Konna.");
//! let span = Span::find(&report.text, "14 fighters were killed").unwrap();
//! let quote = Quote::cut(&report, Field::Text, span).unwrap();
//! assert_eq!(quote.text, span.slice(&report.text));
//! assert_eq!((quote.start, quote.end), (14, 37));
//! ```

mod claim;
mod count;
mod date;
mod id;
mod incident;
mod repeats;
mod report;
mod span;
mod vocabulary;

pub use claim::{Certainty, Claim, Kind, PartyName, PlaceName, Polarity, Scope, Source, SourceKind, Stance, Victims};
pub use count::Count;
pub use date::{Dated, Published};
pub use id::{Id, content_id};
pub use incident::{Basis, Bound, DatePrecision, Dispute, Incident, IncidentDate, IncidentPlace, Over, Party, PlacePrecision, Role, Status, Toll};
pub use repeats::Repeats;
pub use report::{Report, ReportKind};
pub use span::{Field, Quote, Span};

/// What was wrong with a value that was to become one of the nouns.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A span does not lie on character boundaries inside its text.
    #[error("bytes {start}..{end} do not slice the {field} of report {report}")]
    Span {
        /// The report whose text it was.
        report: String,
        /// Title or text.
        field: Field,
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
    /// A quote's words are not in the report.
    #[error("the words {quote:?} are not in the {field} of report {report}")]
    Quote {
        /// The report whose text it was.
        report: String,
        /// Title or text.
        field: Field,
        /// The words looked for.
        quote: String,
    },
    /// A count whose bounds cross.
    #[error("a count cannot run from {low} to {high}")]
    Count {
        /// Lower bound.
        low: u64,
        /// Upper bound, below `low`.
        high: u64,
    },
    /// A date that is not ISO 8601, or a range that ends before it begins.
    #[error("{0:?} is not an ISO date or time")]
    Date(String),
    /// A word outside one of the closed vocabularies.
    #[error("{word:?} is not a {vocabulary}")]
    Word {
        /// The word as given.
        word: String,
        /// Which vocabulary was expected.
        vocabulary: &'static str,
    },
}
