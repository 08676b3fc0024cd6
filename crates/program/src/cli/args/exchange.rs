//! What other programs are given, and what is taken from them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use views::Format;

use super::{Filters, formats};

#[derive(Debug, Args)]
pub struct Export {
    /// What to write
    #[arg(value_enum, default_value = "incidents", value_name = "TABLE")]
    pub table: Table,
    /// The shape of the rows
    #[arg(long, value_enum, default_value = "native", value_name = "SHAPE", help_heading = "Shape")]
    pub profile: Shape,
    /// Incidents with HXL hashtags under the header
    #[arg(long, conflicts_with = "profile", help_heading = "Shape")]
    pub hxl: bool,
    /// All native tables with codebook, licence, citation and data package, in one ZIP file; needs -o
    #[arg(long, conflicts_with_all = ["profile", "hxl", "format", "fields"], requires = "output", help_heading = "Shape")]
    pub bundle: bool,
    /// Which figure of the dead an ACLED-shaped row holds
    #[arg(long, value_enum, default_value = "low", value_name = "WHICH", help_heading = "Shape")]
    pub fatalities: Fatalities,
    /// Kinds of actor as codes 1 to 8 in an ACLED-shaped row
    #[arg(long, help_heading = "Shape")]
    pub inter_numeric: bool,
    /// Reports with their whole text
    #[arg(long, help_heading = "Shape")]
    pub with_text: bool,
    /// CSV for Excel: a byte order mark, and cells guarded that it would take for formulas
    #[arg(long, help_heading = "Shape")]
    pub excel: bool,
    /// What may leave; what is held back is counted
    #[arg(long, value_enum, default_value = "private", value_name = "PROFILE", help_heading = "Safety")]
    pub publishing: Publishing,
    /// Leave out what rests on imported rows that may not be passed on, instead of refusing
    #[arg(long, help_heading = "Safety")]
    pub shareable: bool,
    #[command(flatten)]
    pub filters: Filters,
    /// How it is written [default: by the name of the file, or csv]
    #[arg(long, value_parser = formats(Format::FILES), value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Format>,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// At most so many rows [default: the setting `limit`, or all]
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub limit: Option<usize>,
    /// Only these columns, in this order, parted by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Output")]
    pub fields: Vec<String>,
}

/// A native table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// What happened
    Incidents,
    /// Who says what
    Claims,
    /// What was published
    Reports,
    /// Which claims each incident stands on, and which bounds they set
    #[value(name = "incident_claims")]
    IncidentClaims,
    /// The tolls of each incident, by side
    Sides,
    /// Who takes part
    Actors,
    /// Where it happened
    Places,
    /// What became of each incident, and when
    Changes,
}

/// The shape of exported rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// The columns of attest
    Native,
    /// ACLED's 31 columns
    Acled,
    /// The 49 columns of UCDP GED; incidents with somebody dead only
    UcdpGed,
}

/// A figure of the dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fatalities {
    /// The lowest, that house's rule
    Low,
    /// The best
    Best,
}

/// What may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Publishing {
    /// Districts, two days late, private persons neither named nor quoted
    Public,
    /// Places in full; private persons not named, no report texts
    Partner,
    /// Everything
    Private,
}

impl From<Publishing> for views::Publishing {
    fn from(publishing: Publishing) -> views::Publishing {
        match publishing {
            Publishing::Public => views::Publishing::Public,
            Publishing::Partner => views::Publishing::Partner,
            Publishing::Private => views::Publishing::Private,
        }
    }
}

#[derive(Debug, Args)]
pub struct Import {
    /// Files: UCDP GED or Candidate, ACLED, any CSV, Excel or OpenDocument table of events, reports and claims as `export --format
    /// ndjson` writes them, Web Annotations, gold cases; gzip too
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Name of the data set, as the outlet of its rows [default: UCDP GED, ACLED, or the file's name]
    #[arg(long, value_name = "NAME")]
    pub outlet: Option<String>,
    /// Which column of a table is what, such as deaths=Killed; may be repeated. The columns are guessed and shown without it; -=HEADER
    /// leaves one out
    #[arg(long, value_name = "FIELD=HEADER", allow_hyphen_values = true)]
    pub map: Vec<String>,
    /// Terms of the data set [default: those of its house]
    #[arg(long, value_name = "TERMS")]
    pub licence: Option<String>,
    /// The rights are yours: rows may be passed on whatever the house's terms
    #[arg(long)]
    pub mine: bool,
    /// Keep the rows, leave the incidents as they are
    #[arg(long)]
    pub no_reconcile: bool,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// UCDP GED or Candidate, or ACLED, as CSV or a workbook; gzip too
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Most kilometres between a pair, on top of how near both places are known
    #[arg(long, value_name = "KM", default_value_t = 25.0)]
    pub km: f64,
    /// Most days between a pair, on top of how near both dates are known
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub days: i64,
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub output: super::Output,
}

#[derive(Debug, Args)]
pub struct Sitrep {
    /// How many days, up to --to or today; --from says it otherwise
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub days: u32,
    /// What the area is called in the title [default: the countries and places of the filters]
    #[arg(long, value_name = "NAME")]
    pub area: Option<String>,
    /// What may leave; what is held back is counted
    #[arg(long, value_enum, default_value = "private", value_name = "PROFILE")]
    pub publishing: Publishing,
    #[command(flatten)]
    pub filters: Filters,
    /// How it is written [default: by the name of the file, or md]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Paper>,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Paper {
    /// Markdown
    Md,
    /// A page to print
    Html,
    /// A Word file
    Docx,
    /// The figures for programs
    Json,
}
