//! The verbs of people who correct the machine: `reconcile`, `set`, `merge`, `split`, `reject`, `undo`, `log`.

use jiff::Timestamp;
use ledger::{Act, Decision, Filter, Ledger, Registry, What};
use serde_json::json;
use views::{Effect, Format, Listing};

use super::{
    Exit, Fault, Setting,
    args::{self, Deciding},
    look::open,
    output::{self, Out},
};
use crate::{Config, decide, fields, pipeline};

/// What a decision writes besides.
struct Outcome {
    event: Option<i64>,
    effects: Vec<Effect>,
}

/// Who decides: whom the settings name, or whose account it is.
pub(super) fn who(config: &Config) -> String {
    let account = || ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|who| !who.is_empty()));
    Some(config.get("who").to_owned()).filter(|who| !who.is_empty()).or_else(account).unwrap_or_else(|| "somebody".to_owned())
}

fn act(setting: &Setting, why: &str) -> Act {
    Act::new(who(&setting.config), why.trim(), Timestamp::now())
}

/// Opens the database to write to it; a dry run only looks.
fn writable(setting: &Setting) -> Result<Ledger, Fault> {
    if setting.dry_run { open(setting) } else { Ok(Ledger::open(setting.config.db()?)?) }
}

/// How claims are added up under the rules that the settings, or `--rules`, name.
pub(super) fn options(setting: &Setting) -> Result<reconcile::Options, Fault> {
    pipeline::rules(&setting.config)
        .map_err(|error| Fault::of(Exit::Usage, error.as_ref()).next("name another with --rules, or in the setting `rules`"))
}

pub(super) fn reconcile(setting: &Setting, asked: &args::Reconcile) -> Result<Exit, Fault> {
    let mut options = options(setting)?;
    for speaker in &asked.without {
        options = options.without(speaker);
    }
    let writes = asked.apply && !setting.dry_run;
    let applied = if writes {
        let mut ledger = Ledger::open(setting.config.db()?)?;
        decide::reconcile(&mut ledger, &options, "reconcile --apply")?
    } else {
        let ledger = open(setting)?;
        ledger.preview_incidents(&decide::reconciled(&ledger, &options)?)?
    };
    let count = |what: What| applied.ids(what).len();
    let words = [What::Created, What::Changed, What::Merged, What::Withdrawn, What::Proposed, What::Agreed]
        .into_iter()
        .filter(|what| count(*what) > 0)
        .map(|what| format!("{} {}", count(what), what.as_str()))
        .chain([format!("{} as they are", applied.unchanged)]);
    let line = format!("{}: {}", options.rules.name, words.collect::<Vec<_>>().join(", "));
    let next = if writes || applied.is_empty() || !asked.without.is_empty() { "" } else { "; `attest reconcile --apply` writes it" };
    let mut changes = applied.changes;
    changes.truncate(output::limit(setting).unwrap_or(usize::MAX));
    if !changes.is_empty() || output::format(setting) != Format::Table {
        output::listing(setting, &asked.output, &Listing::Changes(changes))?;
    }
    setting.say(&format!("{line}{next}"));
    Ok(Exit::Done)
}

pub(super) fn set(setting: &Setting, asked: &args::Set) -> Result<Exit, Fault> {
    let options = options(setting)?;
    decided(setting, &asked.deciding, &asked.why, |ledger| decide::set(ledger, &options, &asked.id, &asked.fields))
}

pub(super) fn merge(setting: &Setting, asked: &args::Merge) -> Result<Exit, Fault> {
    if asked.actors || asked.places {
        return same(setting, asked, if asked.actors { Registry::Actors } else { Registry::Places });
    }
    let options = options(setting)?;
    decided(setting, &asked.deciding, &asked.why, |ledger| decide::merge(ledger, &options, &asked.ids).map(Some))
}

pub(super) fn split(setting: &Setting, asked: &args::Split) -> Result<Exit, Fault> {
    let options = options(setting)?;
    decided(setting, &asked.deciding, &asked.why, |ledger| decide::split(ledger, &options, &asked.id, &asked.claims).map(Some))
}

pub(super) fn reject(setting: &Setting, asked: &args::Reject) -> Result<Exit, Fault> {
    let options = options(setting)?;
    decided(setting, &asked.deciding, &asked.why, |ledger| decide::reject(ledger, &options, &asked.id))
}

/// Says that some names of parties are one actor's, or some places one.
fn same(setting: &Setting, asked: &args::Merge, of: Registry) -> Result<Exit, Fault> {
    reasoned(&asked.why)?;
    let mut ledger = writable(setting)?;
    let mut names = Vec::new();
    for name in &asked.ids {
        let none = || match of {
            Registry::Actors => Fault::usage(format!("no incident has a party called {name:?}")).next("`attest show INCIDENT` names its parties"),
            Registry::Places => Fault::usage(format!("no incident is at {name:?}"))
                .next("write country and name, as in ML/Konna, or -/Konna without a country; `attest export places` names them"),
        };
        names.push(views::usual(&ledger, of, name)?.ok_or_else(none)?);
    }
    let (usual, others) = names.split_first().expect("the command line wants two");
    let joined = views::joined(&ledger, of, usual, others)?;
    let effects = joined.effects();
    let event = if setting.dry_run { None } else { Some(ledger.say_same(of, usual, others, i64::MAX, &act(setting, &asked.why))?) };
    let exit = show(setting, &asked.deciding, &Outcome { event, effects })?;
    if !joined.both.is_empty() {
        let which = if of == Registry::Actors { "with two of the names" } else { "that may come together" };
        setting.say(&format!("incidents {which}: {}; `attest reconcile --apply` adds them up again", joined.both.len()));
    }
    Ok(exit)
}

/// Refuses a decision without a reason.
fn reasoned(why: &str) -> Result<(), Fault> {
    if why.trim().is_empty() {
        return Err(Fault::usage("--why is empty").next("say why: the log keeps it, and somebody will ask"));
    }
    Ok(())
}

/// Takes a decision and shows what came of it, or would.
fn decided(
    setting: &Setting,
    deciding: &Deciding,
    why: &str,
    decision: impl Fn(&Ledger) -> Result<Option<Decision>, decide::Error>,
) -> Result<Exit, Fault> {
    reasoned(why)?;
    let mut ledger = writable(setting)?;
    let Some(decision) = decision(&ledger)? else {
        setting.say("nothing changes: it is so already");
        return show(setting, deciding, &Outcome { event: None, effects: vec![] });
    };
    let effects = views::effects(&ledger, &decision)?;
    let event = if setting.dry_run { None } else { Some(ledger.decide(&decision, &act(setting, why))?) };
    show(setting, deciding, &Outcome { event, effects })
}

pub(super) fn undo(setting: &Setting, asked: &args::Undo) -> Result<Exit, Fault> {
    let mut ledger = writable(setting)?;
    if setting.dry_run {
        let effects = vec![views::undone(&ledger.undoable(asked.event)?)];
        return show(setting, &asked.deciding, &Outcome { event: None, effects });
    }
    let undone = ledger.undo(asked.event, &act(setting, &asked.why))?;
    let exit = show(setting, &asked.deciding, &Outcome { event: Some(undone.event), effects: vec![views::undone(&undone.decision)] });
    if !undone.left.is_empty() {
        let ids = undone.left.join(", ");
        setting.say(&format!("{ids}: reconciled since and left as it is; `attest reconcile --apply` adds the claims up again"));
    }
    exit
}

fn show(setting: &Setting, deciding: &Deciding, outcome: &Outcome) -> Result<Exit, Fault> {
    let out = Out::to(deciding.output.as_ref());
    let value = json!({ "event": outcome.event, "effects": outcome.effects });
    match output::format(setting) {
        Format::Json => out.text(&(serde_json::to_string_pretty(&value)? + "\n"))?,
        Format::Ndjson => out.text(&format!("{value}\n"))?,
        _ if outcome.effects.is_empty() => {}
        _ => out.text(&views::effects_table(&outcome.effects, out.width().unwrap_or(usize::MAX), out.color(setting)))?,
    }
    match outcome.event {
        Some(event) => setting.say(&format!("event {event}; `attest undo {event}` takes it back")),
        None if setting.dry_run => setting.say("a dry run: nothing was written"),
        None => {}
    }
    Ok(Exit::Done)
}

pub(super) fn log(setting: &Setting, asked: &args::Log) -> Result<Exit, Fault> {
    let mut filter = Filter::default();
    if let Some(when) = &asked.as_of {
        filter.set("as_of", when)?;
    }
    let ledger = open(setting)?;
    let subject = match &asked.id {
        None => None,
        Some(id) => Some(ledger.noun(id)?.ok_or_else(|| decide::Error::None { wanted: "incident, claim or report", id: id.clone() })?.1),
    };
    let mut events = views::log(&ledger, subject.as_deref(), asked.people, filter.as_of)?;
    events.truncate(output::limit(setting).unwrap_or(usize::MAX));
    let empty = events.is_empty();
    output::listing(setting, &asked.output, &Listing::Events(events))?;
    if empty {
        setting.say("nothing is in the log of it");
    }
    Ok(Exit::Done)
}

impl From<decide::Error> for Fault {
    fn from(error: decide::Error) -> Fault {
        let usage = |error: &decide::Error| Fault::of(Exit::Usage, error);
        match error {
            decide::Error::Ledger(error) => error.into(),
            decide::Error::Field(fields::Error::Unknown { ref name, known, .. }) => {
                let near = crate::config::nearest(name, known.iter().copied()).map_or_else(String::new, |near| format!("; is {near:?} meant?"));
                Fault::usage(format!("{error}{near}")).next(format!("fields: {}", known.join(" ")))
            }
            decide::Error::None { .. } => usage(&error).next("`attest list incidents`, `attest list claims` and `attest find TEXT` show ids"),
            decide::Error::Gone { ref into, .. } => usage(&error).next(format!("name {into}")),
            decide::Error::Elsewhere { ref incident, .. } => usage(&error).next(format!("`attest show {incident}` lists its claims")),
            decide::Error::NotAField(_) => usage(&error).next("write, for example, count=12"),
            _ => usage(&error),
        }
    }
}
