use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// What went wrong in the ledger, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file.
    #[error("there is no ledger at {path:?}")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is one already.
    #[error("{path:?} exists already")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A SQLite file, but some other program's.
    #[error("{path:?} is a database, but not a ledger")]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer version of this program.
    #[error("{path:?} has schema {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Another process kept it locked for the whole busy timeout.
    #[error("{path:?} is in use by another process that is writing to it")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Its bytes make no sense.
    #[error("{path:?} is damaged or not a database")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database engine said.
        #[source]
        source: rusqlite::Error,
    },
    /// Opened for reading, or the file system allows no more.
    #[error("{path:?} cannot be written to")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No room left.
    #[error("the disk of {path:?} is full")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// No record has this id.
    #[error("there is no {what} {id}")]
    Unknown {
        /// `report`, `claim` or `incident`.
        what: &'static str,
        /// The id asked for.
        id: String,
    },
    /// The incident was taken back.
    #[error("incident {id} was withdrawn: {reason}")]
    Withdrawn {
        /// The id asked for.
        id: String,
        /// Why it was withdrawn.
        reason: String,
    },
    /// A claim whose words do not stand in its report.
    #[error("claim {claim} does not fit report {report}")]
    Claim {
        /// The claim.
        claim: String,
        /// The report it was added with.
        report: String,
        /// What does not fit.
        #[source]
        source: record::Error,
    },
    /// A claim that was added with another report than its own.
    #[error("claim {claim} is about report {expected}, not {report}")]
    Stray {
        /// The claim.
        claim: String,
        /// The report it was added with.
        report: String,
        /// The report that it names.
        expected: String,
    },
    /// A decision about something that is no longer what it was when it was looked at.
    #[error("{id} changed meanwhile")]
    Changed {
        /// The incident or claim.
        id: String,
    },
    /// The bytes of a page that was fetched are not those that came.
    #[error("the bytes kept of the page {raw_hash} are damaged")]
    Page {
        /// Their hash, as they came.
        raw_hash: String,
    },
    /// Names that are one actor's already, or one name twice.
    #[error("there is nothing to say: all of these names are {name}")]
    SameName {
        /// The actor's or place's usual name.
        name: String,
    },
    /// Another token in force has the name.
    #[error("token {id} is called {name:?} already")]
    SameToken {
        /// The name.
        name: String,
        /// The other.
        id: String,
    },
    /// Undoing it would undo a later decision too.
    #[error("event {event} cannot be undone: event {by} decided about {id} since")]
    Overtaken {
        /// The event to be undone.
        event: i64,
        /// The record.
        id: String,
        /// The later one.
        by: i64,
    },
    /// An event that cannot be undone because nobody decided it.
    #[error("event {event} is no decision of a person")]
    NotADecision {
        /// Its number.
        event: i64,
    },
    /// Undone before.
    #[error("event {event} was undone already, by event {by}")]
    UndoneAlready {
        /// The event to be undone.
        event: i64,
        /// The one that did.
        by: i64,
    },
    /// Nobody decided anything, or all of it was undone.
    #[error("there is no decision to undo")]
    NothingToUndo,
    /// A filter that makes no sense.
    #[error("{value:?} is not a value for filter {name:?}: {hint}")]
    Filter {
        /// The filter's name.
        name: String,
        /// The value as typed.
        value: String,
        /// What would be one.
        hint: String,
    },
    /// A stored record that no longer reads.
    #[error("stored {what} {id} cannot be read")]
    Stored {
        /// What it is.
        what: &'static str,
        /// Its id.
        id: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else that the database engine reports.
    #[error("the database {path:?} failed")]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database engine said.
        #[source]
        source: rusqlite::Error,
    },
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Error {
        let path = PathBuf::new();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged { path, source },
            Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Error::Full { path },
            _ => Error::Database { path, source },
        }
    }
}

impl Error {
    /// Says which file it was, where only the database engine spoke.
    pub(crate) fn at(mut self, file: &Path) -> Error {
        if let Error::Locked { path } | Error::Damaged { path, .. } | Error::ReadOnly { path } | Error::Full { path } | Error::Database { path, .. } =
            &mut self
            && path.as_os_str().is_empty()
        {
            *path = file.to_owned();
        }
        self
    }

    pub(crate) fn stored(what: &'static str, id: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Stored { what, id: id.to_owned(), source: source.into() }
    }
}
