//! `score`: the program against gold cases.

use std::path::{Path, PathBuf};

use anyhow::Context;
use indicatif::ProgressBar;
use reconcile::PeriodTotal;
use record::{Claim, Field, Incident, Report};
use serde::{Deserialize, Serialize};
use views::Format;

use super::{
    Exit, Fault, Setting, args,
    output::{self, Out},
};
use crate::{
    Made, Pipeline,
    explain::{self, Mark},
    score::{self, Case, Slip, Slipped, Tally, files},
};

/// A prediction, in the form of a case.
#[derive(Serialize)]
struct Said {
    claims: Vec<Claim>,
    incidents: Vec<Incident>,
    periods: Vec<PeriodTotal>,
}

/// All that is looked at of a case before scoring.
#[derive(Deserialize)]
struct Reports {
    reports: Vec<Report>,
}

pub(super) fn score(setting: &Setting, asked: &args::Score) -> Result<Exit, Fault> {
    let cases = files(&asked.dir).map_err(|error| Fault::of(Exit::Usage, error.as_ref()).next("name a folder of cases"))?;
    if cases.is_empty() {
        return Err(Fault::usage(format!("{} holds no case (*.json)", asked.dir.display())).next("name a folder of cases"));
    }
    let out = Out::to(asked.output.as_ref());
    let folder = asked.predictions.as_deref();
    let said = if asked.reuse {
        reuse(&cases, folder)?
    } else if asked.gold_claims {
        let options = super::decide::options(setting)?;
        predict(setting, &cases, folder, |path| {
            let (reports, claims) = score::gold_claims(path)?;
            Ok(Made::of(&reports, claims, &options))
        })?
    } else {
        let pipeline = super::add::pipeline(setting)?;
        predict(setting, &cases, folder, |path| read_case(&pipeline, path))?
    };
    let mut tally = Tally::default();
    let mut slips = Vec::new();
    let mut scored = 0;
    for (path, said) in cases.iter().zip(&said) {
        let gold = Case::read(path)?;
        if gold.claims.is_some() {
            scored += 1;
            slips.extend(tally.add(&name(path), &gold, said));
        }
    }
    if let Some(case) = &asked.show {
        show(setting, &out, &cases, case, &slips)?;
        return Ok(Exit::Done);
    }
    if scored == 0 {
        setting.say("no case holds claims to score against; predictions only");
        return Ok(Exit::Done);
    }
    let scores = tally.scores();
    let mut text = match output::format(setting) {
        Format::Json => serde_json::to_string_pretty(&scores)? + "\n",
        Format::Ndjson => serde_json::to_string(&scores)? + "\n",
        _ => score::text(&scores),
    };
    let errors = slips.iter().take(asked.errors);
    if matches!(output::format(setting), Format::Json | Format::Ndjson) {
        errors.for_each(|slip| super::say(&format!("  {slip}")));
    } else {
        text.extend(errors.map(|slip| format!("  {slip}\n")));
    }
    out.text(&text)?;
    Ok(Exit::Done)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The predictions of a folder; a case without one counts as empty.
fn reuse(cases: &[PathBuf], folder: Option<&Path>) -> Result<Vec<Case>, Fault> {
    let folder = folder.ok_or_else(|| Fault::usage("--reuse needs --predictions OUT"))?;
    let read = |path: &PathBuf| {
        let other = folder.join(path.file_name().unwrap_or_default());
        if other.exists() { Case::read(&other) } else { Ok(Case::default()) }
    };
    Ok(cases.iter().map(read).collect::<Result<_, _>>()?)
}

/// What the program makes of each case, also written to the folder if there is one.
fn predict(setting: &Setting, cases: &[PathBuf], folder: Option<&Path>, make: impl Fn(&Path) -> anyhow::Result<Made>) -> Result<Vec<Case>, Fault> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|error| {
            let error = anyhow::Error::new(error).context(format!("cannot make {}", folder.display()));
            Fault::of(Exit::Usage, error.as_ref()).next("name another folder with --predictions")
        })?;
    }
    let bar = if setting.bars() { ProgressBar::new(cases.len() as u64) } else { ProgressBar::hidden() };
    let said: Vec<anyhow::Result<Case>> = cases
        .iter()
        .map(|path| {
            let made = make(path)?;
            for (report, why) in made.failed {
                bar.suspend(|| super::say(&format!("warning: {} of {} counts as empty: {why}", report, name(path))));
            }
            bar.inc(1);
            let said = Said { claims: made.claims, incidents: made.incidents, periods: made.periods };
            let json = serde_json::to_string_pretty(&said)?;
            if let Some(folder) = folder.filter(|_| !setting.dry_run) {
                let other = folder.join(path.file_name().unwrap_or_default());
                std::fs::write(&other, format!("{json}\n"))
                    .map_err(|error| anyhow::Error::new(error).context(format!("cannot write {}", other.display())))?;
            }
            Ok(serde_json::from_str(&json)?)
        })
        .collect();
    bar.finish_and_clear();
    Ok(said.into_iter().collect::<anyhow::Result<_>>()?)
}

/// Runs the program on the reports of a case, and on nothing else of it.
fn read_case(pipeline: &Pipeline, path: &Path) -> anyhow::Result<Made> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let case: Reports = serde_json::from_slice(&bytes).with_context(|| format!("{} is not a case", path.display()))?;
    Ok(pipeline.make(case.reports))
}

/// What was missed, invented and wrong in one case, over its texts.
fn show(setting: &Setting, out: &Out, cases: &[PathBuf], wanted: &str, slips: &[Slip]) -> Result<(), Fault> {
    let names: Vec<String> = cases.iter().map(|path| name(path)).collect();
    let Some(at) = names.iter().position(|name| name == wanted) else {
        let near = crate::config::nearest(wanted, names.iter().map(String::as_str)).map_or_else(String::new, |near| format!("; is {near:?} meant?"));
        return Err(Fault::usage(format!("there is no case {wanted:?}{near}")));
    };
    let bytes = std::fs::read(&cases[at])?;
    let case: Reports = serde_json::from_slice(&bytes)?;
    let mut text = String::new();
    for report in &case.reports {
        let mine = slips.iter().filter(|slip| slip.case == wanted && slip.report == report.id);
        let marks: Vec<Mark> = mine.filter_map(|slip| mark(report, slip)).collect();
        text += &explain::text(report, &marks, out.width().unwrap_or(100).clamp(40, 100), out.color(setting));
        text.push('\n');
    }
    out.text(&text)
}

fn mark(report: &Report, slip: &Slip) -> Option<Mark> {
    let what = match slip.what {
        Slipped::Missed => "missed",
        Slipped::Invented => "invented",
        Slipped::Source => "source:",
        Slipped::Count => "count:",
    };
    let label = if slip.why.is_empty() { format!("{what} {}", slip.kind) } else { format!("{what} {}", slip.why) };
    let field = if slip.title { Field::Title } else { Field::Text };
    let span = slip.place(report.field(field))?;
    Some(Mark { field, span, label, loud: slip.what == Slipped::Missed })
}
