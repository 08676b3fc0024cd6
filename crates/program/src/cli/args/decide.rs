//! The verbs of people who correct the machine.

use std::path::PathBuf;

use clap::Args;
use views::Format;

use super::{Output, formats};

#[derive(Debug, Args)]
pub struct Reconcile {
    /// Write what it says
    #[arg(long)]
    pub apply: bool,
    /// The rule set that resolves tolls: careful, conservative or envelope [default: the setting `rules`]
    #[arg(long, value_name = "NAME")]
    pub rules: Option<String>,
    /// As if this speaker had said nothing about tolls and disputes; may be repeated, and cannot be applied
    #[arg(long, value_name = "SPEAKER", conflicts_with = "apply")]
    pub without: Vec<String>,
    #[command(flatten)]
    pub output: Output,
}

/// Who decides, why, and how the outcome is written.
#[derive(Debug, Args)]
pub struct Deciding {
    /// Who decides [default: the setting `who`, or the name of your account]
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// How what changes is written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Set {
    /// A claim or an incident
    pub id: String,
    /// Fields by name, such as count=12 or date=2025-06-02/2025-06-03; nothing after = is not known; reviewed=yes agrees
    #[arg(required = true, value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    #[command(flatten)]
    pub deciding: Deciding,
}

#[derive(Debug, Args)]
pub struct Merge {
    /// Incidents, the one that stays before the others
    #[arg(required = true, num_args = 2.., value_name = "ID")]
    pub ids: Vec<String>,
    /// They are no incidents but names of parties: all are one actor's, whose usual name is the first
    #[arg(long)]
    pub actors: bool,
    /// They are no incidents but places of incidents, such as ML/Konna: all are one, where the first is
    #[arg(long, conflicts_with = "actors")]
    pub places: bool,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    #[command(flatten)]
    pub deciding: Deciding,
}

#[derive(Debug, Args)]
pub struct Split {
    /// An incident
    pub id: String,
    /// The claims of it that become another incident
    #[arg(required = true, value_name = "CLAIM")]
    pub claims: Vec<String>,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    #[command(flatten)]
    pub deciding: Deciding,
}

#[derive(Debug, Args)]
pub struct Reject {
    /// A claim or an incident
    pub id: String,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    #[command(flatten)]
    pub deciding: Deciding,
}

#[derive(Debug, Args)]
pub struct Undo {
    /// The number of the decision in the log [default: the last that stands]
    pub event: Option<i64>,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub why: String,
    #[command(flatten)]
    pub deciding: Deciding,
}

#[derive(Debug, Args)]
pub struct Log {
    /// Only what happened to this claim or incident
    pub id: Option<String>,
    /// Only what people decided
    #[arg(long)]
    pub people: bool,
    /// As the ledger stood on this day or at this moment
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
    #[command(flatten)]
    pub output: Output,
}
