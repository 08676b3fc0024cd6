//! Bytes in, reports out: the first room on the path.
//!
//! [`open`] tells by content what it was given (plain text, Markdown, HTML, a Word document, a PDF, a feed, e-mail, a table,
//! workbook or JSON of articles, a web archive, a gold case, a ZIP archive of any of these, and each of them in gzip), and makes
//! [`Report`]s of it. One bad row of a table is a failed row with its place; the others are kept. [`walk`]
//! lists what a folder holds, and [`Copies`] finds reports that republish one another. Nothing here knows anything of
//! war, and nothing is fetched.
//!
//! ```
//! use intake::{Hints, open};
//! let page = "Five killed near Konna\n\nGunmen killed five people near Konna on Monday, the army said.\n";
//! let opened = open(page.as_bytes(), &Hints::named("2025-06-03-konna.txt")).unwrap();
//! let report = opened.reports().next().unwrap();
//! assert_eq!(report.title, "Five killed near Konna");
//! assert_eq!(report.published.as_ref().unwrap().as_str(), "2025-06-03");
//! assert_eq!(report.language, "en");
//! ```

mod archive;
mod article;
mod coded;
mod copies;
mod day;
mod decode;
mod error;
mod feed;
mod fingerprint;
mod guard;
mod gzip;
mod html;
mod json;
mod language;
mod likeness;
mod mail;
mod markup;
mod outlet;
mod paragraphs;
mod pdf;
mod plain;
mod sheet;
mod sniff;
mod table;
mod walk;
mod warc;
mod xml;

use record::{Published, Report, ReportKind};

pub use article::{Column, article, host};
pub use coded::{Coded, CodedTable, House, Precision, coded};
pub use copies::{Bands, Compared, Copies, HELD, MET, Member, decide, mark_copies, rank};
pub use day::{published, published_all};
pub use error::{Error, Failed, Place};
pub use fingerprint::{Fingerprint, fingerprint};
pub use gzip::inflated;
pub use language::language;
pub use outlet::kind_of;
pub use sheet::{Sheet, sheets};
pub use sniff::Format;
pub use walk::{Input, walk};
pub use warc::{WebPage, WebPages, web_pages};

/// Name of the threads on which third-party parsers work; a panic there is caught, and is a failed report.
pub const GUARDED: &str = "intake";

/// What is known of an input besides its bytes. Everything is optional; what is given here wins over what is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// File name or address: gives a date (`2025-06-03-…`) when the text has none, and breaks ties between formats.
    pub name: Option<String>,
    /// CSS selector of the elements of a page that hold its text; only for HTML.
    pub selector: Option<String>,
    /// Which column of a table is what, by the header's own words; columns not named here are guessed.
    pub columns: Vec<(Column, String)>,
    /// Publication date or time for every report.
    pub published: Option<Published>,
    /// Outlet for every report.
    pub outlet: Option<String>,
    /// Kind of outlet for every report.
    pub kind: Option<ReportKind>,
    /// ISO 639-1 code for every report.
    pub language: Option<String>,
}

impl Hints {
    /// Hints that know only a file name.
    pub fn named(name: impl Into<String>) -> Hints {
        Hints { name: Some(name.into()), ..Hints::default() }
    }
}

/// Bounds on what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Largest input in bytes; a larger one is refused unread. 20 MB is some forty thousand news stories as JSON Lines.
    pub max_bytes: usize,
    /// Largest single page of HTML in bytes; saved news pages are mostly below 1 MB.
    pub max_page_bytes: usize,
    /// Most tags in one page of HTML, opening and closing.
    pub max_page_tags: usize,
    /// Deepest nesting of elements in a page; browsers stop at 512.
    pub max_page_depth: usize,
    /// Most rows of a table, articles of a list, entries of a feed, messages of a box or files of an archive.
    pub max_rows: usize,
    /// Most bytes that the files of one archive, or the packed parts of one document, may swell to together.
    pub max_unpacked: usize,
    /// Most pages of a PDF.
    pub max_pages: usize,
    /// Longest time in seconds that a PDF may take.
    pub max_seconds: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            max_bytes: 20_000_000,
            max_page_bytes: 8_000_000,
            max_page_tags: 400_000,
            max_page_depth: 256,
            max_rows: 200_000,
            max_unpacked: 200_000_000,
            max_pages: 2_000,
            max_seconds: 60,
        }
    }
}

/// A report, and what its input says of it besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The report.
    pub report: Report,
    /// Where it is published, as a column, a feed's entry or a web archive has it: `http` or `https`, a name and a password in it included.
    pub url: Option<String>,
}

impl From<Report> for Row {
    fn from(report: Report) -> Row {
        Row { report, url: None }
    }
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Opened {
    /// What it was taken for.
    pub format: Format,
    /// The reports in the order of the input, each read or failed; never empty.
    pub rows: Vec<Result<Row, Failed>>,
    /// For a table or a list of articles: which column was taken for what, to be shown before anything is written.
    pub columns: Vec<(Column, String)>,
    /// What was read but not understood, such as a date; the report is kept without it.
    pub warnings: Vec<Failed>,
}

impl Opened {
    fn one(format: Format, row: Row) -> Opened {
        Opened { format, rows: vec![Ok(row)], columns: Vec::new(), warnings: Vec::new() }
    }

    /// The reports that could be read.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.rows.iter().flatten().map(|row| &row.report)
    }

    /// The rows that could not.
    pub fn failed(&self) -> impl Iterator<Item = &Failed> {
        self.rows.iter().filter_map(|row| row.as_ref().err())
    }
}

/// Reads an input, whatever it is, within the default [`Options`].
///
/// # Errors
/// When nothing at all can be made of it; a table with some bad rows is no error.
pub fn open(bytes: &[u8], hints: &Hints) -> Result<Opened, Error> {
    open_within(bytes, hints, &Options::default())
}

/// Reads an input within the bounds given. Panics of the parsers are caught; archives are inflated no further than
/// [`Options::max_unpacked`].
///
/// # Errors
/// As [`open`].
pub fn open_within(bytes: &[u8], hints: &Hints, options: &Options) -> Result<Opened, Error> {
    if bytes.len() > options.max_bytes {
        return Err(Error::TooLarge { bytes: bytes.len() as u64, limit: options.max_bytes as u64 });
    }
    open_at(bytes, hints, options, 0)
}

/// How many wrappings are taken off: a feed in gzip in an archive, and no more.
const DEEPEST: usize = 2;

/// Reads what stands inside of so many wrappings.
fn open_at(bytes: &[u8], hints: &Hints, options: &Options, depth: usize) -> Result<Opened, Error> {
    if gzip::is_gzip(bytes) {
        if depth >= DEEPEST {
            return Err(Error::Archive("gzip"));
        }
        return gzip::open(bytes, hints, options, depth);
    }
    if warc::is_warc(bytes) {
        if depth > DEEPEST {
            return Err(Error::Archive("WARC"));
        }
        return warc::open(bytes, hints, options);
    }
    if bytes.len() > options.max_bytes {
        return Err(Error::TooLarge { bytes: bytes.len() as u64, limit: options.max_bytes as u64 });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive::open(bytes, hints, options, depth);
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf::open(bytes, hints, options);
    }
    if mail::is_mail(bytes) {
        return mail::open(bytes, hints, options);
    }
    sniff::refuse_known_binaries(bytes)?;
    let text = decode::decode(bytes)?;
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    if feed::is_feed(&text) {
        return feed::open(&text, hints, options);
    }
    let format = sniff::format(&text, hints);
    let opened = match format {
        Format::Html => html::open(&text, hints, options)?,
        Format::Json | Format::JsonLines | Format::Case => json::open(&text, hints, options)?,
        Format::Csv => table::open(&text, hints, options)?,
        Format::Markdown => plain::open_markdown(&text, hints)?,
        // What is told by its first bytes was opened above.
        _ => plain::open_text(&text, hints)?,
    };
    debug_assert!(!opened.rows.is_empty());
    Ok(opened)
}
