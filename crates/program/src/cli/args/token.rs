//! The verb of who hands out tokens.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use views::Format;

use super::formats;

#[derive(Debug, Args)]
pub struct Token {
    #[command(subcommand)]
    pub verb: TokenAction,
}

#[derive(Debug, Subcommand)]
pub enum TokenAction {
    /// Make a token and print it, which is the only time that it is shown
    #[command(
        before_help = "Examples:\n  attest token add --name Desk --scope review --expires 30d\n  attest token add --name 'Mail robot' --scope propose --expires 2026-12-31 -o robot.token\n"
    )]
    Add(TokenAdd),
    /// All tokens, those that let nothing any more included
    #[command(before_help = "Examples:\n  attest token list\n  attest token list --format json\n")]
    List(TokenList),
    /// Let a token do nothing from now on
    #[command(before_help = "Examples:\n  attest token revoke Y7D83KX0QM\n  attest token revoke Y7D83KX0QM --why 'it was in a mail'\n")]
    Revoke(TokenRevoke),
}

#[derive(Debug, Args)]
pub struct TokenAdd {
    /// What it is called: whoever shows it decides under this name
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// What it lets a program do, with all before it: read; add reports (propose); decide and undo (review); say which names are one
    /// actor's (publish); see and revoke tokens (admin)
    #[arg(long, value_name = "SCOPE", value_parser = PossibleValuesParser::new(ledger::Scope::ALL.iter().map(|scope| scope.as_str())))]
    pub scope: String,
    /// Until when: 12h, 30d, a day, or never
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    pub expires: String,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub why: String,
    /// How it is written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write it to a file, which nobody else may read
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TokenList {
    /// How they are written
    #[arg(long, value_parser = formats(Format::PLAIN), value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write them to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TokenRevoke {
    /// Its id, as `token list` prints it
    pub id: String,
    /// The reason, which the log keeps
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub why: String,
}
