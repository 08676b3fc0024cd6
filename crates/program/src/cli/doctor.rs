//! `doctor`: whether everything that is needed is there and whole.

use gazetteer::Gazetteer;
use ledger::{Ledger, NewReport, Reading};
use record::Report;
use serde::Serialize;
use views::Format;

use super::{
    Exit, Fault, args,
    args::Common,
    output::{self, Out},
    settle,
};
use crate::{Config, Pipeline, config::Surroundings};

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

fn check(name: &'static str, found: anyhow::Result<String>) -> Check {
    match found {
        Ok(detail) => Check { name, ok: true, detail },
        Err(error) => Check { name, ok: false, detail: error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ") },
    }
}

pub(super) fn doctor(common: &Common, asked: &args::Doctor) -> Result<Exit, Fault> {
    // Wrong settings are something to tell, not a reason to stop.
    let found = settle(common, &[("format", output::named(asked.format))]);
    let config = found.as_ref().map(|setting| setting.config.clone()).unwrap_or_default();
    let mut checks = vec![
        check("program", Ok(format!("attest {} for {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH))),
        check("settings", settings(common)),
        check("model", model(&config)),
        check("gazetteer", gazetteer()),
        check("full-text search", search()),
    ];
    if found.is_ok() {
        checks.push(check("database", database(&config)));
    }
    let format = match (&found, asked.format) {
        (Ok(setting), _) => output::format(setting),
        (Err(_), Some(Format::Json)) => Format::Json,
        (Err(_), Some(Format::Ndjson)) => Format::Ndjson,
        (Err(_), _) => Format::Table,
    };
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&checks)? + "\n",
        Format::Ndjson => checks.iter().map(|check| serde_json::to_string(check).map(|line| line + "\n")).collect::<Result<_, _>>()?,
        _ => checks.iter().map(|check| format!("{:8} {:17} {}\n", if check.ok { "ok" } else { "problem" }, check.name, check.detail)).collect(),
    };
    Out::stdout().text(&text)?;
    Ok(if checks.iter().all(|check| check.ok) { Exit::Done } else { Exit::Nothing })
}

fn settings(common: &Common) -> anyhow::Result<String> {
    let given: Vec<_> = common.db.iter().map(|db| ("db", db.to_string_lossy().into_owned())).collect();
    let config = Config::load(&given, &Surroundings::here())?;
    let set = config.entries().filter(|(_, _, origin)| **origin != crate::config::Origin::BuiltIn).count();
    Ok(format!("{set} of {} set", crate::config::KEYS.len()))
}

fn model(config: &Config) -> anyhow::Result<String> {
    let began = std::time::Instant::now();
    let pipeline = Pipeline::new(config)?;
    let loaded = began.elapsed();
    let report = Report::new("wire", "en", "", "The army said that 14 fighters were killed near Konna on Tuesday.");
    let began = std::time::Instant::now();
    let claims = pipeline.read(&report)?.claims.len();
    anyhow::ensure!(claims > 0, "it finds no claim in a sentence that holds one");
    let (loaded, read) = (loaded.as_millis(), began.elapsed().as_millis());
    Ok(format!("reader {}, loaded in {loaded} ms, a sentence read in {read} ms", pipeline.version()))
}

fn gazetteer() -> anyhow::Result<String> {
    let gazetteer = Gazetteer::embedded();
    let gao = gazetteer.places("Gao", &gazetteer::Hints::default().country("ML", 1.0));
    anyhow::ensure!(gao.first().is_some_and(|found| found.place.country == "ML"), "a town that it has is not found");
    anyhow::ensure!(!gazetteer.actors("Boko Haram", &gazetteer::ActorHints::default()).is_empty(), "a group that it has is not found");
    Ok(format!("{} places; a town and a group are found by name", gazetteer.len()))
}

/// Makes a small ledger and finds in it what was put in.
fn search() -> anyhow::Result<String> {
    let folder = std::env::temp_dir().join(format!("attest-doctor-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let tried = search_in(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    tried
}

fn search_in(folder: &std::path::Path) -> anyhow::Result<String> {
    let mut ledger = Ledger::create(folder.join("sample.attest"))?;
    let at = jiff::Timestamp::now();
    let report = Report::new("wire", "fr", "", "Dix morts à Ménaka.");
    ledger.add(&NewReport::new(report, "doctor", at), &Reading::new("doctor", Vec::new(), at))?;
    anyhow::ensure!(ledger.find("menaka", 1)?.len() == 1, "a report is not found by its words");
    Ok("a report is found by its words, accents or not".to_owned())
}

fn database(config: &Config) -> anyhow::Result<String> {
    let path = config.db()?;
    if !path.exists() {
        anyhow::ensure!(!config.names_db(), "there is none at {}; `attest init` makes one", path.display());
        return Ok("none yet; `attest init` makes one".to_owned());
    }
    let ledger = Ledger::open_read_only(path)?;
    let wrong = ledger.check()?;
    anyhow::ensure!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("; "));
    let counts = ledger.counts()?;
    let (reports, claims, incidents, failed) = (counts.reports, counts.claims, counts.incidents, counts.failed);
    Ok(format!("{}, whole: {reports} reports, {claims} claims, {incidents} incidents, {failed} unreadable inputs", path.display()))
}
