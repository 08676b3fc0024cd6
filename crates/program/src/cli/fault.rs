use std::{fmt, io};

/// How the program ends; the number is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All of it.
    Done = 0,
    /// `find` found nothing; a check found something wrong.
    Nothing = 1,
    /// A bad argument or setting.
    Usage = 2,
    /// Some inputs failed; they were listed.
    Part = 3,
    /// The database is missing, locked, damaged or too new.
    Database = 4,
    /// The network failed.
    Network = 5,
    /// Refused: terms or a setting forbid it.
    Refused = 6,
    /// The record changed meanwhile.
    Conflict = 7,
    /// A bug here.
    Bug = 70,
    /// Interrupted; what was committed is kept.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}

/// Why a verb ended early: what and where in one line, what to do next in another, and the causes for `-v`.
#[derive(Debug)]
pub struct Fault {
    pub(crate) exit: Exit,
    what: String,
    next: Option<String>,
    causes: Vec<String>,
}

impl Fault {
    /// A fault with its exit code; `what` is lower case without full stop.
    pub fn new(exit: Exit, what: impl fmt::Display) -> Fault {
        Fault { exit, what: what.to_string(), next: None, causes: Vec::new() }
    }

    /// A bad argument or setting.
    pub fn usage(what: impl fmt::Display) -> Fault {
        Fault::new(Exit::Usage, what)
    }

    /// From an error of a room and its causes.
    pub fn of(exit: Exit, error: &(dyn std::error::Error + 'static)) -> Fault {
        let mut fault = Fault::new(exit, error);
        let mut cause = error.source();
        while let Some(error) = cause {
            fault.causes.push(error.to_string());
            cause = error.source();
        }
        fault
    }

    /// With what to do next.
    #[must_use]
    pub fn next(mut self, next: impl fmt::Display) -> Fault {
        self.next = Some(next.to_string());
        self
    }

    /// Nothing to say: whoever read our output has left.
    pub(crate) fn is_quiet(&self) -> bool {
        self.what.is_empty()
    }

    /// At most three lines, and with `verbose` the chain of causes, one a line.
    pub fn text(&self, verbose: bool) -> String {
        let mut text = format!("error: {}\n", one_line(&self.what));
        if let Some(next) = &self.next {
            text += &format!("  next: {}\n", one_line(next));
        }
        match self.causes.as_slice() {
            [] => {}
            causes if verbose => {
                for cause in causes {
                    text += &format!("  cause: {}\n", one_line(cause));
                }
            }
            _ => text += "  (`-v` shows the cause)\n",
        }
        text
    }
}

fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": ")
}

impl From<ledger::Error> for Fault {
    fn from(error: ledger::Error) -> Fault {
        use ledger::Error::*;
        match &error {
            Missing { .. } => {
                Fault::of(Exit::Database, &error).next("`attest init` makes one, `attest add FOLDER` makes and fills one, --db FILE names another")
            }
            NotALedger { .. } => Fault::of(Exit::Database, &error).next("name another file with --db FILE"),
            Newer { .. } => Fault::of(Exit::Database, &error).next("a newer attest wrote it; use that one"),
            Locked { .. } => Fault::of(Exit::Database, &error).next("another attest is writing to it; try again when it is done"),
            Damaged { .. } => Fault::of(Exit::Database, &error).next("`attest doctor` says more; a backup is the safest way back"),
            Exists { .. } => Fault::of(Exit::Usage, &error).next("name another file"),
            Unknown { what: "token", .. } => Fault::of(Exit::Usage, &error).next("`attest token list` shows ids"),
            SameToken { id, .. } => Fault::of(Exit::Usage, &error).next(format!("take another --name, or end that one: `attest token revoke {id}`")),
            Unknown { .. } => Fault::of(Exit::Usage, &error).next("`attest list incidents` and `attest find TEXT` show ids"),
            Withdrawn { id, .. } => Fault::of(Exit::Usage, &error)
                .next(format!("`attest log {id}` tells its history; `attest show {id} --as-of DAY` shows it as it stood")),
            Changed { id } => Fault::of(Exit::Conflict, &error).next(format!("look at it again: `attest show {id}`")),
            Overtaken { by, .. } => Fault::of(Exit::Conflict, &error).next(format!("`attest undo {by}` first, if that is what you want")),
            NotADecision { .. } | UndoneAlready { .. } | NothingToUndo => {
                Fault::of(Exit::Usage, &error).next("`attest log --people` lists decisions")
            }
            Filter { .. } | SameName { .. } => Fault::of(Exit::Usage, &error),
            _ => Fault::of(Exit::Database, &error),
        }
    }
}

impl From<crate::config::Error> for Fault {
    fn from(error: crate::config::Error) -> Fault {
        let next = match &error {
            crate::config::Error::Several { .. } => "name one with --db FILE, or in the setting `db`",
            _ => "`attest init` writes a settings file that explains each; `attest config show --origin` tells who sets what",
        };
        Fault::of(Exit::Usage, &error).next(next)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Fault::new(Exit::Done, "");
        }
        Fault::of(Exit::Usage, &error)
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Fault {
        match error.downcast::<ledger::Error>() {
            Ok(error) => error.into(),
            Err(error) => Fault::of(Exit::Usage, error.as_ref()),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        match error.io_error_kind() {
            Some(kind) => io::Error::new(kind, error).into(),
            None => Fault::of(Exit::Bug, &error),
        }
    }
}

/// What clap has to say, cut down to three lines: what, what would do, what is nearest.
pub(crate) fn usage_text(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    for spare in ["For more information", "Usage:"] {
        if lines.len() > 3 {
            lines.retain(|line| !line.starts_with(spare));
        }
    }
    lines.truncate(3);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_shown_on_request_only() {
        let source = "x".parse::<u8>().unwrap_err();
        let fault = Fault::of(Exit::Usage, anyhow::Error::new(source).context("cannot read limit").as_ref()).next("give a number");
        assert_eq!(fault.text(false), "error: cannot read limit\n  next: give a number\n  (`-v` shows the cause)\n");
        assert!(fault.text(true).ends_with("  cause: invalid digit found in string\n"));
    }

    #[test]
    fn a_closed_pipe_is_no_fault() {
        assert!(Fault::from(io::Error::from(io::ErrorKind::BrokenPipe)).is_quiet());
    }
}
