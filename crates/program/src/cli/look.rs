//! The verbs that only look, and `init`.

use std::path::Path;

use clap::CommandFactory;
use ledger::{Filter, Ledger, Noun};
use serde_json::json;
use views::{Format, Publishing};

use super::{
    Exit, Fault, Setting,
    args::{Attest, Filters, Find, Init, List, Man, Show, What},
    output::{self, Out},
};
use crate::config::{Config, DATABASE, PROJECT_FILE};

/// Opens the database to look at it.
pub(super) fn open(setting: &Setting) -> Result<Ledger, Fault> {
    let path = setting.config.db()?;
    if setting.verbose > 0 {
        setting.say(&format!("database {}", path.display()));
    }
    match Ledger::open_read_only(path) {
        Err(ledger::Error::ReadOnly { .. }) => Ok(Ledger::open(path)?),
        other => Ok(other?),
    }
}

/// The filter that the options add up to.
pub(super) fn filter(setting: &Setting, filters: &Filters) -> Result<Filter, Fault> {
    let mut filter = filters.condition.as_deref().map_or_else(|| Ok(Filter::default()), Filter::parse).map_err(suggest)?;
    let one = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
    let words = [
        ("country", filters.country.clone()),
        ("from", one(&filters.from)),
        ("to", one(&filters.to)),
        ("actor", filters.actor.clone()),
        ("place", filters.place.clone()),
        ("type", filters.types.clone()),
        ("kind", filters.kind.clone()),
        ("status", filters.status.clone()),
        ("disputed", filters.disputed.then(|| "yes".to_owned()).into_iter().collect()),
        ("deaths_min", filters.deaths_min.iter().map(u64::to_string).collect()),
        ("text", one(&filters.text)),
        ("sort", one(&filters.sort)),
        ("as_of", one(&filters.as_of)),
    ];
    for (name, values) in words {
        for value in values {
            filter.set(name, &value).map_err(suggest)?;
        }
    }
    filter.limit = filter.limit.or(output::limit(setting));
    Ok(filter)
}

/// Whether it may be told by what records were chosen. To everybody not by where they are, nor by words that they were searched for:
/// a part of a name is not found in those words and taken out.
pub(super) fn may_be_told(filter: &Filter, publishing: Publishing) -> bool {
    let named = [&filter.place, &filter.actor, &filter.side, &filter.speaker, &filter.outlet];
    let by_words = filter.text.is_some() || named.iter().any(|words| !words.is_empty());
    publishing != Publishing::Public || !(by_words || filter.near.is_some() || filter.bbox.is_some())
}

/// A filter that makes no sense, with the nearest name or the values that would.
fn suggest(error: ledger::Error) -> Fault {
    match &error {
        ledger::Error::Filter { name, value, hint } if !Filter::NAMES.contains(&name.as_str()) => {
            let near = crate::config::nearest(name, Filter::NAMES.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("; is {near:?} meant?"));
            let _ = (value, hint);
            Fault::usage(format!("there is no filter {name:?}{near}")).next(format!("filters: {}", Filter::NAMES.join(" ")))
        }
        _ => error.into(),
    }
}

pub(super) fn list(setting: &Setting, list: &List) -> Result<Exit, Fault> {
    let filter = filter(setting, &list.filters)?;
    let ledger = open(setting)?;
    let listing = match list.what {
        What::Incidents => views::Listing::Incidents(views::incidents(&ledger, &filter)?),
        What::Claims => views::Listing::Claims(views::claims(&ledger, &filter)?),
        What::Reports => views::Listing::Reports(views::reports(&ledger, &filter)?),
    };
    output::listing(setting, &list.output, &listing)?;
    if listing.is_empty() {
        let what = output::word(list.what);
        setting.say(&format!("no {what} fit; `attest list {what}` without filters lists all"));
    }
    Ok(Exit::Done)
}

pub(super) fn find(setting: &Setting, find: &Find) -> Result<Exit, Fault> {
    let ledger = open(setting)?;
    let text = find.text.join(" ");
    let hits = ledger.find(&text, output::limit(setting).unwrap_or(50))?;
    let out = Out::to(find.output.output.as_ref());
    let rendered = match output::format(setting) {
        Format::Json => serde_json::to_string_pretty(&hits)? + "\n",
        Format::Ndjson => {
            let lines: Result<Vec<String>, _> = hits.iter().map(serde_json::to_string).collect();
            lines?.iter().map(|line| format!("{line}\n")).collect()
        }
        other if other != Format::Table && find.output.format.is_some() => {
            let name = other.as_str();
            return Err(Fault::usage(format!("what `find` finds is not written as {name}"))
                .next("use table, json or ndjson; `attest list claims --text WORDS` writes every format"));
        }
        _ => views::hits_text(&hits, out.width().unwrap_or(100), out.color(setting)),
    };
    if hits.is_empty() {
        setting.say(&format!("nothing holds {text:?}"));
        return Ok(Exit::Nothing);
    }
    out.text(&rendered)?;
    Ok(Exit::Done)
}

pub(super) fn show(setting: &Setting, show: &Show) -> Result<Exit, Fault> {
    let mut filter = Filter::default();
    if let Some(when) = &show.as_of {
        filter.set("as_of", when)?;
    }
    let ledger = open(setting)?;
    let Some((noun, id)) = ledger.noun(&show.id)? else {
        return Err(Fault::usage(format!("there is no incident, claim or report {:?} in {}", show.id, setting.config.db()?.display()))
            .next("`attest list incidents` and `attest find TEXT` show ids"));
    };
    let out = Out::to(show.output.as_ref());
    if show.raw {
        return raw(&ledger, noun, &id, &out);
    }
    let (width, color) = (out.width().unwrap_or(100), out.color(setting));
    let (text, value) = match noun {
        Noun::Incident => {
            let view = views::incident_at(&ledger, &id, filter.as_of)?;
            (views::incident_text(&view, width, color), serde_json::to_value(&view)?)
        }
        Noun::Claim => {
            let view = views::claim(&ledger, &id, filter.as_of)?;
            (views::claim_text(&view, width, color), serde_json::to_value(&view)?)
        }
        Noun::Report => {
            let view = views::report(&ledger, &id, filter.as_of)?;
            (views::report_text(&view, width, color), serde_json::to_value(&view)?)
        }
    };
    match output::format(setting) {
        Format::Json => out.text(&(serde_json::to_string_pretty(&value)? + "\n"))?,
        Format::Ndjson => out.text(&format!("{value}\n"))?,
        // A setting may say csv, for lists.
        _ => out.text(&text)?,
    }
    Ok(Exit::Done)
}

/// The page that a report was first fetched as.
fn raw(ledger: &Ledger, noun: Noun, id: &str, out: &Out) -> Result<Exit, Fault> {
    let none = || Fault::usage(format!("of {id} no bytes are kept")).next("--raw is for reports that `add` or `watch` fetched");
    if noun != Noun::Report {
        return Err(none());
    }
    let fetched = views::report(ledger, id, None)?.entry.fetched.ok_or_else(none)?;
    match ledger.page(&fetched.raw_hash) {
        Err(ledger::Error::Unknown { .. }) => Err(none()),
        bytes => out.bytes(&bytes?).map(|()| Exit::Done),
    }
}

pub(super) fn init(setting: &Setting, init: &Init) -> Result<Exit, Fault> {
    let db = if setting.config.names_db() { setting.config.db()?.to_owned() } else { init.dir.join(DATABASE) };
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let project = folder.join(PROJECT_FILE);
    if setting.dry_run {
        setting.say(&format!("would make {} and {}", db.display(), project.display()));
        return Ok(Exit::Done);
    }
    let cannot = |what: &Path, error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("cannot make {}", what.display()));
        Fault::of(Exit::Usage, error.as_ref())
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    Ledger::create(&db)?;
    setting.say(&format!("made {}", db.display()));
    match std::fs::OpenOptions::new().write(true).create_new(true).open(&project) {
        Ok(mut file) => {
            std::io::Write::write_all(&mut file, Config::manual().as_bytes()).map_err(|error| cannot(&project, error))?;
            setting.say(&format!("made {}, with every setting explained", project.display()));
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => setting.say(&format!("kept {}", project.display())),
        Err(error) => return Err(cannot(&project, error)),
    }
    setting.say("next: attest add FOLDER");
    Ok(Exit::Done)
}

pub(super) fn config(setting: &Setting, origin: bool) -> Result<Exit, Fault> {
    let out = Out::stdout();
    let entries: Vec<_> = setting.config.entries().collect();
    let text = match output::format(setting) {
        Format::Json | Format::Ndjson => {
            let object = |(name, value, from): &(&str, &str, &crate::config::Origin)| match origin {
                true => json!({"name": name, "value": value, "origin": from.to_string()}),
                false => json!({"name": name, "value": value}),
            };
            entries.iter().map(|entry| format!("{}\n", object(entry))).collect::<String>()
        }
        _ => {
            let width = entries.iter().map(|(name, value, _)| name.len() + value.len() + 3).max().unwrap_or(0);
            let line = |(name, value, from): &(&str, &str, &crate::config::Origin)| {
                let set = format!("{name} = {value}");
                if origin { format!("{set:width$}  # {from}\n") } else { format!("{set}\n") }
            };
            entries.iter().map(line).collect()
        }
    };
    out.text(&text)?;
    Ok(Exit::Done)
}

pub(super) fn man(man: &Man) -> Result<Exit, Fault> {
    let mut command = Attest::command();
    command.build();
    let page = match &man.verb {
        None => command,
        Some(verb) => {
            let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
            let Some(found) = command.find_subcommand(verb) else {
                let near = crate::config::nearest(verb, verbs.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("; is {near:?} meant?"));
                return Err(Fault::usage(format!("there is no verb {verb:?}{near}")).next(format!("verbs: {}", verbs.join(" "))));
            };
            found.clone().name(format!("attest-{verb}")).bin_name(format!("attest {verb}"))
        }
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    Out::stdout().bytes(&roff)?;
    Ok(Exit::Done)
}
