//! What can be typed. Help, completions and man pages come from here.

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use views::Format;

mod decide;
mod exchange;
mod filters;
mod token;

pub use decide::{Deciding, Log, Merge, Reconcile, Reject, Set, Split, Undo};
pub use exchange::{Compare, Export, Fatalities, Import, Paper, Publishing, Shape, Sitrep, Table};
pub use filters::Filters;
pub use token::{Token, TokenAction, TokenAdd, TokenList, TokenRevoke};

/// Attributed claims, and the incidents that they add up to, from reports of armed conflict.
#[derive(Debug, Parser)]
#[command(
    name = "attest",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    infer_long_args = false,
    before_help = "Examples:\n  attest demo\n  attest add inbox/ && attest list incidents --disputed\n",
    after_help = "Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 nothing found, 2 bad argument, \
        3 some inputs failed, 4 database missing, locked or damaged, 5 network failed, 6 refused, 7 the record changed meanwhile, 70 a bug, 130 interrupted."
)]
pub struct Attest {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options that every verb takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The database [default: the setting `db`, or the nearest *.attest file, or ledger.attest]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Common options")]
    pub db: Option<PathBuf>,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Common options")]
    pub quiet: bool,
    /// Show causes of errors, and what is being done; -vv shows more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Common options")]
    pub verbose: u8,
    /// Colours: auto is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, value_name = "WHEN", help_heading = "Common options")]
    pub color: Option<Color>,
    /// Fetch nothing: refuse an address [default: the setting `offline`]
    #[arg(long, global = true, help_heading = "Common options")]
    pub offline: bool,
    /// Say what would be done, and write nothing
    #[arg(long, global = true, help_heading = "Common options")]
    pub dry_run: bool,
    /// Answer yes to every question
    #[arg(long, global = true, help_heading = "Common options")]
    pub yes: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The names of some formats, with what each is.
fn formats(formats: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    let names = formats.iter().map(|format| PossibleValue::new(format.as_str()).help(format.about()));
    PossibleValuesParser::new(names).map(|name| name.parse().expect("one of these"))
}

/// Where results go and what they look like.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// How results are written; never changes because stdout is a pipe [default: the setting `format`, or table]
    #[arg(long, value_parser = formats(Format::ALL), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write results to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// At most so many rows [default: the setting `limit`, or all]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only these fields, in this order, parted by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub fields: Vec<String>,
}

/// What to read, and what is known of it.
#[derive(Clone, Debug, Default, Args)]
pub struct Sources {
    /// Files, folders and addresses (https://…); `-` is stdin
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// CSS selector of the elements of a page that hold its text
    #[arg(long, value_name = "CSS", help_heading = "Input")]
    pub selector: Option<String>,
    /// Which column of a table is what, such as text=Body; may be repeated
    #[arg(long, value_name = "COLUMN=HEADER", help_heading = "Input")]
    pub map: Vec<String>,
    /// Outlet of every report
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub outlet: Option<String>,
    /// Kind of outlet of every report
    #[arg(long, value_name = "KIND", help_heading = "Input", value_parser = PossibleValuesParser::new(record::ReportKind::ALL.iter().map(|kind| kind.as_str())))]
    pub outlet_kind: Option<String>,
    /// Day or time of publication of every report
    #[arg(long, value_name = "DAY", help_heading = "Input")]
    pub published: Option<String>,
    /// Language of every report, such as fr
    #[arg(long, value_name = "XX", help_heading = "Input")]
    pub language: Option<String>,
}

/// What attest can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make an empty database and a commented settings file
    #[command(before_help = "Examples:\n  attest init\n  attest init sahel/\n")]
    Init(Init),
    /// Read reports in, extract claims, reconcile incidents
    #[command(before_help = "Examples:\n  attest add inbox/\n  curl -s https://example.org/feed.jsonl | attest add - --report done.ndjson\n")]
    Add(Add),
    /// Add folders, feeds and pages again and again, or once for cron
    #[command(
        before_help = "Examples:\n  attest watch inbox/ https://example.org/feed.xml --every 60\n  attest watch --once   # what the setting `watch` names\n"
    )]
    Watch(Watch),
    /// Add the claims up into incidents again; says what would change
    #[command(before_help = "Examples:\n  attest reconcile\n  attest reconcile --rules conservative --apply\n")]
    Reconcile(Reconcile),
    /// Reports in, claims out; no database
    #[command(before_help = "Examples:\n  attest extract report.txt --explain\n  cat articles.jsonl | attest extract - --format ndjson\n")]
    Extract(Extract),
    /// Incidents, claims or reports, filtered
    #[command(
        before_help = "Examples:\n  attest list incidents --country ML --from 2025-06-01 --disputed\n  attest list claims --kind deaths --format csv -o deaths.csv\n"
    )]
    List(List),
    /// One incident, claim or report, opened
    #[command(before_help = "Examples:\n  attest show 7K3QFM\n  attest show 7K3QFM --as-of 2025-06-04 --format json\n")]
    Show(Show),
    /// Full-text search over reports and quotes
    #[command(before_help = "Examples:\n  attest find Kardala\n  attest find '\"army spokesman\" denied' --format ndjson\n")]
    Find(Find),
    /// Write a file for others: tables, ACLED, UCDP or HXL shape, a bundle
    #[command(
        before_help = "Examples:\n  attest export --profile acled --country ML -o week.csv\n  attest export --publishing public --bundle -o v1.zip\n"
    )]
    Export(Export),
    /// Take in what others coded: UCDP GED, ACLED, native records, gold cases
    #[command(before_help = "Examples:\n  attest import ged251.csv\n  attest import reports.jsonl claims.jsonl --db copy.attest\n")]
    Import(Import),
    /// Line incidents up with a file of UCDP or ACLED, and score both ways
    #[command(
        before_help = "Examples:\n  attest compare ged251.csv --country ML --from 2024-01-01\n  attest compare acled.csv --format csv -o differences.csv\n"
    )]
    Compare(Compare),
    /// Situation report of an area and a period
    #[command(
        before_help = "Examples:\n  attest sitrep --country ML -o week.docx\n  attest sitrep --country ML,BF --from 2025-06-01 --to 2025-06-30 --area Sahel\n"
    )]
    Sitrep(Sitrep),
    /// Correct fields of a claim or an incident
    #[command(
        before_help = "Examples:\n  attest set 7K3QFM place=Kardala country=XN --why 'the hospital is in the other Kardala'\n  attest set DGPP54YA5T count=12 --why 'the Arabic text says 12'\n"
    )]
    Set(Set),
    /// Make one incident of several
    #[command(
        before_help = "Examples:\n  attest merge 7K3QFM Q2M4TZ --why 'one fight, two names of the village'\n  attest merge --actors 'Northern Liberation Front' FLN --why 'its French initials'\n"
    )]
    Merge(Merge),
    /// Make some claims of an incident an incident of their own
    #[command(
        before_help = "Examples:\n  attest split 7K3QFM DGPP54YA5T 2P03G8G6Q0 --why 'the second ambush, a day later'\n  attest split 7K3QFM DGPP54YA5T --why 'another town' --dry-run\n"
    )]
    Split(Split),
    /// Say that a claim or an incident is none
    #[command(before_help = "Examples:\n  attest reject DGPP54YA5T --why 'not said: a caption'\n  attest reject 7K3QFM --why 'a football match'\n")]
    Reject(Reject),
    /// Who changed what, when and why
    #[command(before_help = "Examples:\n  attest log 7K3QFM\n  attest log --people --limit 20 --format csv\n")]
    Log(Log),
    /// Take a decision back: the last, or the one with this number
    #[command(before_help = "Examples:\n  attest undo\n  attest undo 12 --why 'wrong incident'\n")]
    Undo(Undo),
    /// The web app: the ledger in a browser, on this machine
    #[command(before_help = "Examples:\n  attest serve --open\n  attest serve --db week.attest --read-only --port 8000\n")]
    Serve(Serve),
    /// Who may change the ledger over the API: make, list and revoke tokens
    #[command(before_help = "Examples:\n  attest token add --name Desk --scope review --expires 30d\n  attest token list\n")]
    Token(Token),
    /// Score the program on gold cases
    #[command(before_help = "Examples:\n  attest score tests/cases\n  attest score tests/cases --predictions out --errors 20\n")]
    Score(Score),
    /// A sample ledger, to see what this is about
    #[command(before_help = "Examples:\n  attest demo\n  attest demo sample/\n")]
    Demo(Demo),
    /// Check the program, its data and the database
    #[command(before_help = "Examples:\n  attest doctor\n  attest doctor --db week.attest --format json\n")]
    Doctor(Doctor),
    /// Settings, and where each comes from
    #[command(before_help = "Examples:\n  attest config show --origin\n  ATTEST_FORMAT=csv attest config show\n")]
    Config(ConfigVerb),
    /// Print a completion script for a shell
    #[command(
        before_help = "Examples:\n  attest completions bash > ~/.local/share/bash-completion/completions/attest\n  attest completions fish | source\n"
    )]
    Completions(Completions),
    /// Print a man page
    #[command(before_help = "Examples:\n  attest man | man -l -\n  attest man add > attest-add.1\n")]
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Init {
    /// Folder, made when it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    pub sources: Sources,
    /// Write what became of each input, one JSON value a line: {"input", "status", "report", "why"}
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Keep the reports, extract nothing yet
    #[arg(long)]
    pub no_extract: bool,
    /// Extract, but leave the incidents as they are
    #[arg(long)]
    pub no_reconcile: bool,
}

#[derive(Debug, Args)]
pub struct Watch {
    #[command(flatten)]
    pub sources: Sources,
    /// Look once and end
    #[arg(long)]
    pub once: bool,
    /// Minutes between two looks
    #[arg(long, value_name = "N", default_value_t = 30, conflicts_with = "once")]
    pub every: u64,
    /// Write what became of each input, one JSON value a line: {"input", "status", "report", "why"}
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Extract {
    #[command(flatten)]
    pub sources: Sources,
    /// Underline each claim in the text, with kind, speaker and score
    #[arg(long, conflicts_with = "format")]
    pub explain: bool,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct List {
    /// What to list
    #[arg(value_enum)]
    pub what: What,
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub output: Output,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// What happened
    Incidents,
    /// Who says what
    Claims,
    /// What was published
    Reports,
}

#[derive(Debug, Args)]
pub struct Show {
    /// Its id, as `list` and `find` print it
    pub id: String,
    /// As the ledger stood on this day or at this moment
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
    /// How it is written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Of a report that was fetched: the page as it came, byte for byte
    #[arg(long, conflicts_with = "format")]
    pub raw: bool,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Find {
    /// Words that must all stand there; words in "…" side by side
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// The port; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 8017)]
    pub port: u16,
    /// The address to listen at; others than this machine's own need --read-only or --tokens [default: 127.0.0.1]
    #[arg(long, value_name = "IP")]
    pub listen: Option<std::net::IpAddr>,
    /// The address that others find it at through a server in front of it, such as https://records.example.org: links say so, and it
    /// is asked under that name; needs --read-only or --tokens [default: the one that a browser asks for]
    #[arg(long, value_name = "URL")]
    pub address: Option<web::Address>,
    /// Let nothing be changed
    #[arg(long)]
    pub read_only: bool,
    /// Answer only programs that show a token (see `attest token`), also to read, and shut the pages; beyond this machine with the
    /// --address https://… of the server in front of it, as a token must not be sent in the clear
    #[arg(long)]
    pub tokens: bool,
    /// Show only what may leave, as it is now, with --read-only: pages, API, feeds and features are of a copy that holds no more
    #[arg(long, value_enum, default_value = "private", value_name = "PROFILE")]
    pub publishing: Publishing,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
pub struct Score {
    /// Folder of cases (JSON); cases that hold nothing but reports are predicted, not scored
    pub dir: PathBuf,
    /// Write {"claims", "incidents", "periods"} for each case to a file of the same name in this folder
    #[arg(long, value_name = "OUT")]
    pub predictions: Option<PathBuf>,
    /// Score the files that are in OUT already, without running the program
    #[arg(long, requires = "predictions")]
    pub reuse: bool,
    /// Put the gold claims in, their incidents hidden: what reconciliation alone reaches
    #[arg(long, conflicts_with = "reuse")]
    pub gold_claims: bool,
    /// Show what was missed and invented in one case, over its texts
    #[arg(long, value_name = "CASE")]
    pub show: Option<String>,
    /// List the first N errors
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub errors: usize,
    /// How the scores are written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write them to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Folder to make the sample in [default: a temporary one]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// How it is written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
}

#[derive(Debug, Args)]
pub struct ConfigVerb {
    #[command(subcommand)]
    pub verb: Option<ConfigAction>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Print each setting in force
    #[command(before_help = "Examples:\n  attest config show\n  attest config show --origin\n")]
    Show {
        /// And who set it
        #[arg(long)]
        origin: bool,
    },
}

#[derive(Debug, Args)]
pub struct Completions {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// The page of one verb
    pub verb: Option<String>,
}
