//! The embedded database: what was said, when it was learnt, what was made of it; and search over it.
//!
//! Stands at the end of the path, after the reader and reconciliation: records in, records out, no judgement. One SQLite
//! file in which rows are only ever added (triggers refuse anything else): reports, readings and their claims, versions
//! of incidents, events, tokens; only what was answered to a token is forgotten in time. Each carries the moment it was learnt, `recorded_at`, which the caller passes in, so that every
//! question can be asked as of an earlier moment. Nothing here reads a clock.
//!
//! What a call has returned is on the disk: the journal is a write-ahead log and every commit is flushed
//! (`synchronous = FULL`), so neither a killed process nor a power cut loses an acknowledged report.
//! [`Ledger::add_many`] shares one flush between many reports.
//!
//! ```
//! use ledger::{Filter, Ledger, NewReport, Reading};
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("sample.db");
//! let at = "2025-06-04T08:00:00Z".parse().unwrap();
//! let mut ledger = Ledger::create(&path)?;
//! let report = record::Report::new("wire", "en", "", "The army said 14 fighters were killed near Konna.");
//! let raw_hash = ledger::raw_hash(report.text.as_bytes());
//! let added = ledger.add(
//!     &NewReport::new(report, "inbox/konna.txt", at).hashed(&raw_hash),
//!     &Reading::new("reader 1", vec![], at),
//! )?;
//! assert_eq!(ledger.known(&raw_hash)?, Some(added.id));
//! assert_eq!(ledger.find("konna fighters", 10)?.len(), 1);
//! assert_eq!(ledger.reports(&Filter::parse("language=en")?)?.len(), 1);
//! # Ok::<(), ledger::Error>(())
//! ```

mod actors;
mod add;
mod brief;
mod check;
mod decide;
mod error;
mod events;
mod fetched;
mod filter;
mod find;
mod incidents;
mod names;
mod open;
mod places;
mod query;
mod queue;
mod read;
mod shelf;
mod since;
mod text;
mod tokens;
mod undo;
mod versions;

pub use add::{Added, Input, InputStatus, NewReport, Reading};
pub use brief::{Brief, Outlet, Share, Speaker, Top};
pub use decide::{ClaimState, Decision, Deed, Verdict};
pub use error::Error;
pub use events::{Act, Counts, Event};
pub use fetched::{Fetched, Page};
pub use filter::{Filter, Sort, SortKey};
pub use find::{Found, Hit};
pub use incidents::{Applied, Change, Fields, IncidentEntry, Proposal, Redirect, What};
pub use names::{Alias, Aliases, Names, Registry};
pub use open::{Ledger, Options};
pub use places::{Mentions, Places, place_key, place_of_key};
pub use queue::{Precision, Reason, Waiting};
pub use read::{ClaimEntry, Noun, ReportEntry};
pub use shelf::Shelf;
pub use since::Turn;
pub use text::{fold, raw_hash, whole};
pub use tokens::{Scope, Token};
pub use undo::Undone;

type Result<T, E = Error> = std::result::Result<T, E>;
