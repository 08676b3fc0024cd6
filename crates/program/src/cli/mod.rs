//! What people type: the verbs, their manners, and how they end.
//!
//! Results go to stdout and nothing else does; bars, counts, warnings and errors go to stderr. A reader that leaves early
//! (`| head`) is no error. Exit codes are those of [`Exit`].

mod add;
#[expect(missing_docs, reason = "the text of help, which is what documents them")]
pub mod args;
mod case;
mod decide;
mod demo;
mod doctor;
mod exchange;
mod fault;
mod look;
mod output;
mod serve;
mod sitrep;
mod token;
mod watch;

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

use clap::{CommandFactory, Parser, error::ErrorKind};

use crate::config::{Config, Surroundings};
use args::{Attest, Color, Common, ConfigAction, TokenAction, Verb};
pub use fault::{Exit, Fault};
use output::Out;

/// Set when the user wants it to stop; [`add`](crate::add) ends after the batch at hand.
static STOP: AtomicBool = AtomicBool::new(false);
/// Whether the verb at work looks at [`STOP`].
static PATIENT: AtomicBool = AtomicBool::new(false);

/// Runs the program on this process's arguments.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        if !crate::is_quiet() {
            bug(panic);
        }
    }));
    let asked = match Attest::try_parse() {
        Ok(asked) => asked,
        Err(error) => return usage(&error).into(),
    };
    if ctrlc::set_handler(interrupted).is_err() && asked.common.verbose > 0 {
        say("warning: an interruption will not be noticed in time");
    }
    let verbose = asked.common.verbose > 0;
    match std::panic::catch_unwind(|| run(asked)) {
        Err(_) => Exit::Bug,
        Ok(Ok(exit)) => exit,
        Ok(Err(fault)) => {
            if !fault.is_quiet() {
                write_error(&fault.text(verbose));
            }
            fault.exit
        }
    }
    .into()
}

fn interrupted() {
    if STOP.swap(true, Ordering::Relaxed) || !PATIENT.load(Ordering::Relaxed) {
        std::process::exit(Exit::Interrupted as i32);
    }
}

fn usage(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage
        }
        _ => {
            write_error(&fault::usage_text(error));
            Exit::Usage
        }
    }
}

/// To stderr, whether anybody listens or not.
fn write_error(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// One line to stderr.
fn say(line: &str) {
    write_error(&format!("{line}\n"));
}

/// Says that this is a bug, and leaves a file to send along.
fn bug(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let what = panic.payload_as_str().unwrap_or("something without a message").replace('\n', " ");
    write_error(&format!("error: a bug in attest {}{place}: {what}\n", env!("CARGO_PKG_VERSION")));
    let log = state_folder().map(|folder| folder.join("bug.log"));
    let text = format!("attest {}{place}\n{what}\n\n{}\n", env!("CARGO_PKG_VERSION"), std::backtrace::Backtrace::force_capture());
    let kept = log.filter(|log| log.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok()) && std::fs::write(log, text).is_ok());
    match kept {
        Some(log) => say(&format!("  next: please report it, with {}; what was committed is kept", log.display())),
        None => say("  next: please report it; what was committed is kept"),
    }
}

fn state_folder() -> Option<std::path::PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
    let folder = if cfg!(windows) {
        set("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        set("HOME")?.join("Library/Logs")
    } else {
        set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?
    };
    Some(folder.join("attest"))
}

/// What every verb is given.
struct Setting {
    config: Config,
    quiet: bool,
    verbose: u8,
    dry_run: bool,
    color: Color,
}

impl Setting {
    /// A line for people, unless they asked for quiet.
    fn say(&self, line: &str) {
        if !self.quiet {
            say(line);
        }
    }

    /// Whether a bar may be drawn.
    fn bars(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }
}

fn settle(common: &Common, options: &[(&'static str, Option<String>)]) -> Result<Setting, Fault> {
    let mut given: Vec<(&'static str, String)> = options.iter().filter_map(|(name, value)| Some((*name, value.clone()?))).collect();
    if let Some(db) = &common.db {
        given.push(("db", db.to_string_lossy().into_owned()));
    }
    if common.offline {
        given.push(("offline", true.to_string()));
    }
    if let Some(color) = common.color {
        given.push(("color", output::word(color)));
    }
    let config = Config::load(&given, &Surroundings::here())?;
    let color = <Color as clap::ValueEnum>::from_str(config.get("color"), false).expect("checked when it was set");
    Ok(Setting { config, quiet: common.quiet, verbose: common.verbose, dry_run: common.dry_run, color })
}

/// The settings among the options of a decision.
fn deciding(deciding: &args::Deciding) -> [(&'static str, Option<String>); 2] {
    [("format", output::named(deciding.format)), ("who", deciding.who.clone())]
}

fn run(asked: Attest) -> Result<Exit, Fault> {
    let common = asked.common;
    match asked.verb {
        Verb::Init(init) => look::init(&settle(&common, &[])?, &init),
        Verb::Add(add) => add::add(&settle(&common, &[])?, &add),
        Verb::Watch(watch) => watch::watch(&settle(&common, &[])?, &watch),
        Verb::Extract(extract) => {
            let setting = settle(&common, &output::options(&extract.output))?;
            add::extract(&setting, &extract)
        }
        Verb::Reconcile(asked) => {
            let [format, limit] = output::options(&asked.output);
            decide::reconcile(&settle(&common, &[format, limit, ("rules", asked.rules.clone())])?, &asked)
        }
        Verb::Set(set) => decide::set(&settle(&common, &deciding(&set.deciding))?, &set),
        Verb::Merge(merge) => decide::merge(&settle(&common, &deciding(&merge.deciding))?, &merge),
        Verb::Split(split) => decide::split(&settle(&common, &deciding(&split.deciding))?, &split),
        Verb::Reject(reject) => decide::reject(&settle(&common, &deciding(&reject.deciding))?, &reject),
        Verb::Undo(undo) => decide::undo(&settle(&common, &deciding(&undo.deciding))?, &undo),
        Verb::Log(log) => decide::log(&settle(&common, &output::options(&log.output))?, &log),
        Verb::List(list) => look::list(&settle(&common, &output::options(&list.output))?, &list),
        Verb::Find(find) => look::find(&settle(&common, &output::options(&find.output))?, &find),
        Verb::Show(show) => look::show(&settle(&common, &[("format", output::named(show.format))])?, &show),
        Verb::Export(export) => {
            let limit = export.limit.map(|limit| limit.to_string());
            exchange::export(&settle(&common, &[("limit", limit)])?, &export)
        }
        Verb::Import(import) => exchange::import(&settle(&common, &[])?, &import),
        Verb::Compare(compare) => exchange::compare(&settle(&common, &output::options(&compare.output))?, &compare),
        Verb::Sitrep(sitrep) => sitrep::sitrep(&settle(&common, &[])?, &sitrep),
        Verb::Serve(serve) => serve::serve(&settle(&common, &[])?, &serve),
        Verb::Token(asked) => {
            let format = match &asked.verb {
                TokenAction::Add(add) => add.format,
                TokenAction::List(list) => list.format,
                TokenAction::Revoke(_) => None,
            };
            token::token(&settle(&common, &[("format", output::named(format))])?, &asked)
        }
        Verb::Score(score) => case::score(&settle(&common, &[("format", output::named(score.format))])?, &score),
        Verb::Demo(demo) => demo::demo(&settle(&common, &[])?, &demo),
        Verb::Doctor(doctor) => doctor::doctor(&common, &doctor),
        Verb::Config(config) => {
            let origin = matches!(config.verb, Some(ConfigAction::Show { origin: true }));
            look::config(&settle(&common, &[])?, origin)
        }
        Verb::Completions(completions) => {
            let mut script = Vec::new();
            clap_complete::generate(completions.shell, &mut Attest::command(), "attest", &mut script);
            Out::stdout().bytes(&script)?;
            Ok(Exit::Done)
        }
        Verb::Man(man) => look::man(&man),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::args::Attest;

    #[test]
    fn the_definitions_hold() {
        Attest::command().debug_assert();
    }

    #[test]
    fn every_help_opens_with_two_examples() {
        fn check(command: &mut clap::Command) {
            let help = command.render_long_help().to_string();
            let mut lines = help.lines();
            assert_eq!(lines.next(), Some("Examples:"), "{}", command.get_name());
            assert!(lines.take(2).all(|line| line.contains("attest ")), "{}", command.get_name());
            for verb in command.get_subcommands_mut().filter(|verb| verb.get_name() != "help") {
                check(verb);
            }
        }
        let mut command = Attest::command();
        check(&mut command);
    }
}
