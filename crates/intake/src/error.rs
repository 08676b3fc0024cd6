use std::fmt;

use crate::article::shortened;

/// Why an input, or one row of it, gave no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// More bytes than the bound.
    #[error("it has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// How many it has.
        bytes: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// A compressed file or archive; not unpacked.
    #[error("it is a {0} archive, which this version does not unpack; unpack it first")]
    Archive(&'static str),
    /// A document or archive that is not what it begins as.
    #[error("its {what} is damaged: {why}")]
    Damaged {
        /// Of what sort it is.
        what: &'static str,
        /// Where or how, in its parser's words.
        why: String,
    },
    /// A file in an archive.
    #[error("{file:?}: {why}")]
    Inside {
        /// Its name there.
        file: String,
        /// What was wrong with it.
        why: String,
    },
    /// A PDF, or a page of one, without letters.
    #[error("it has no text layer; it may be a scan")]
    NoTextLayer,
    /// A document that only a password opens.
    #[error("it is encrypted; save a copy of it without a password")]
    Encrypted,
    /// A document that is not read in time.
    #[error("reading it took more than {seconds} seconds")]
    TooSlow {
        /// How long is allowed.
        seconds: u64,
    },
    /// A document with too many pages.
    #[error("it has more than {limit} pages; split it")]
    TooManyPages {
        /// How many are allowed.
        limit: usize,
    },
    /// A known format without text that can be read here.
    #[error("it is {0}, which this version does not read")]
    Unsupported(&'static str),
    /// Opening it panicked.
    #[error("opening it failed by a fault of this program; please send it to its makers")]
    Stumbled,
    /// Bytes that are no text.
    #[error("it is not text (byte {byte:#04x} at offset {offset})")]
    Binary {
        /// The first byte that no text has.
        byte: u8,
        /// Where it stands.
        offset: usize,
    },
    /// A page, row or file without a body.
    #[error("no article text was found in it")]
    NoText,
    /// A page whose elements are nested too deep.
    #[error("its elements are nested more than {limit} deep; save the article alone")]
    TooDeep {
        /// How deep is allowed.
        limit: usize,
    },
    /// A page with too many tags.
    #[error("it has more than {limit} tags; save the article alone")]
    TooManyTags {
        /// How many are allowed.
        limit: usize,
    },
    /// A table or list with too many rows.
    #[error("it has more than {limit} rows; split it")]
    TooManyRows {
        /// How many are allowed.
        limit: usize,
    },
    /// A CSS selector that cannot be parsed.
    #[error("{0:?} is not a CSS selector")]
    Selector(String),
    /// A CSS selector that matches nothing with text.
    #[error("nothing in the page matches the selector {0:?}")]
    SelectorUnmatched(String),
    /// No column holds the text.
    #[error("no column is named text, body or content (its columns: {})", listed(.0))]
    NoTextColumn(Vec<String>),
    /// A column named by the user that the table does not have.
    #[error("there is no column {wanted:?} (its columns: {})", listed(.columns))]
    NoSuchColumn {
        /// The name as given.
        wanted: String,
        /// What the header has.
        columns: Vec<String>,
    },
    /// A row with more or fewer cells than the header.
    #[error("the row has {found} cells, the header {expected}")]
    Cells {
        /// In this row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// JSON that cannot be parsed.
    #[error("it is not valid JSON: {0}")]
    Json(String),
    /// JSON among the reports of a case that is none.
    #[error("it is no report of a case: {0}")]
    CaseReport(String),
    /// JSON that holds no article.
    #[error("expected an article or a list of articles, found {0}")]
    NotArticles(&'static str),
    /// A field with a value that it cannot have.
    #[error("the {field} {value:?} was not understood")]
    Field {
        /// Which.
        field: &'static str,
        /// As given, shortened.
        value: String,
    },
    /// The file system said no.
    #[error("it cannot be read: {0}")]
    Io(String),
}

/// Names of columns for a message: the first twenty, each shortened.
fn listed(columns: &[String]) -> String {
    let mut names: Vec<String> = columns.iter().take(20).map(|name| shortened(name)).collect();
    if columns.len() > names.len() {
        names.push(format!("and {} more", columns.len() - names.len()));
    }
    names.join(", ")
}

/// Where in an input a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The whole input.
    Whole,
    /// A line, counted from 1.
    Line(u64),
    /// An element of a list, counted from 1.
    Item(u64),
    /// A page, counted from 1.
    Page(u64),
    /// A row of a sheet, counted from 1 as spreadsheets do.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => f.write_str("the input"),
            Place::Line(n) => write!(f, "line {n}"),
            Place::Item(n) => write!(f, "item {n}"),
            Place::Page(n) => write!(f, "page {n}"),
            Place::Row(n) => write!(f, "row {n}"),
        }
    }
}

/// A row that could not be read, or a field of it: where and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}")]
pub struct Failed {
    /// Which row.
    pub at: Place,
    /// What was wrong with it.
    #[source]
    pub why: Error,
}

impl Failed {
    /// Place and reason on one line, for lists of what did not happen.
    pub fn line(&self) -> String {
        format!("{}: {}", self.at, self.why)
    }
}
