//! What reconciliation alone reaches, gold claims put in:
//!
//!     cargo run -r -p reconcile --example gold -- [--grouped] [--together] [--noise RATE] [--features] [--weights FOLDER] DIR OUT
//!
//! Reads gold cases (see `docs/claims.md`) without their incidents, resolves places through the gazetteer, and writes
//! predictions of the same shape to OUT. With `--grouped` the gold groups stay and only the rest is made. With
//! `--together` all cases are reconciled as one ledger, so that what is alike in two of them may be confused. With
//! `--noise` claims are spoilt as a reader spoils them: they carry their gold incident as event hint, wrong at that
//! rate, and places, dates and scopes go at it too. With `--features` OUT gets tables of features for training instead.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gazetteer::{Gazetteer, Hints};
use reconcile::{Model, Options, disputed_pairs, incident, pairs_across, pairs_within, reconcile, sorts};
use record::{Claim, Incident, Report, Scope};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let (mut folders, mut grouped, mut together, mut features, mut noise) = (Vec::new(), false, false, false, None);
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--grouped" => grouped = true,
            "--together" => together = true,
            "--weights" => options.model = weights(&PathBuf::from(arguments.next().context("--weights needs a folder")?))?,
            "--features" => features = true,
            "--noise" => noise = Some(arguments.next().context("--noise needs a rate")?.parse::<f64>()?),
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    let [from, out] = &folders[..] else { anyhow::bail!("give a folder of cases and one for predictions") };
    std::fs::create_dir_all(out)?;
    let mut files: Vec<_> =
        std::fs::read_dir(from)?.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    let mut tables: BTreeMap<&str, Table> = BTreeMap::new();
    let mut ledger = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
        let (mut reports, mut claims) = read(&case).with_context(|| format!("in {}", file.display()))?;
        let name = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if let Some(noise) = noise {
            spoil(&mut claims, noise);
        }
        if features {
            let incidents: Vec<Incident> = serde_json::from_value(case["incidents"].clone())?;
            let yes = |pairs: Vec<(bool, BTreeMap<String, f32>)>| pairs.into_iter().map(|(y, x)| (u8::from(y).to_string(), x));
            tables.entry("within").or_default().add(name, yes(pairs_within(&reports, &claims)));
            tables.entry("across").or_default().add(name, yes(pairs_across(&reports, &claims)));
            tables.entry("disputes").or_default().add(name, yes(disputed_pairs(&reports, &claims, &incidents)));
            tables.entry("sorts").or_default().add(name, sorts(&reports, &claims, &incidents).into_iter());
            continue;
        }
        let file = out.join(file.file_name().context("a file has a name")?);
        if together {
            let prefix = format!("{name}/");
            reports.iter_mut().for_each(|r| rename(r, &prefix));
            claims.iter_mut().for_each(|c| (c.id, c.report) = (format!("{prefix}{}", c.id), format!("{prefix}{}", c.report)));
            ledger.0.extend(reports);
            ledger.1.extend(claims);
            ledger.2.push((prefix, file));
            continue;
        }
        let predicted = if grouped { by_gold(&reports, &claims, &options) } else { by_ourselves(&reports, claims, &options) };
        std::fs::write(file, serde_json::to_vec(&predicted)?)?;
    }
    let (reports, claims, cases) = ledger;
    if together {
        let started = std::time::Instant::now();
        let made = by_ourselves(&reports, claims, &options);
        println!("{} reports in {:?}", reports.len(), started.elapsed());
        for (prefix, file) in cases {
            std::fs::write(file, serde_json::to_vec(&part(&made, &prefix))?)?;
        }
    }
    for (name, table) in tables {
        std::fs::write(out.join(format!("{name}.tsv")), table.rows)?;
    }
    Ok(())
}

fn weights(folder: &Path) -> Result<Model> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name));
    Ok(Model::parse([&text("links.toml")?, &text("sorts.toml")?, &text("disputes.toml")?])?)
}

fn rename(report: &mut Report, prefix: &str) {
    report.id = format!("{prefix}{}", report.id);
    report.copy_of = report.copy_of.as_ref().map(|o| format!("{prefix}{o}"));
}

/// What was made of one case of many, under its own ids again.
fn part(made: &Value, prefix: &str) -> Value {
    let own = |list: &Value| list.as_array().into_iter().flatten().filter(|x| x.to_string().contains(prefix)).cloned().collect::<Vec<_>>();
    let whole = json!({"claims": own(&made["claims"]), "incidents": own(&made["incidents"])});
    serde_json::from_str(&whole.to_string().replace(prefix, "")).expect("prefixes stand in ids only")
}

/// Rows of case, answer and the features that are not 0, as `name=value`.
#[derive(Default)]
struct Table {
    rows: String,
}

impl Table {
    fn add(&mut self, case: &str, rows: impl Iterator<Item = (String, BTreeMap<String, f32>)>) {
        for (answer, x) in rows {
            self.rows.push_str(&format!("{case}\t{answer}"));
            for (name, value) in x.iter().filter(|(_, v)| **v != 0.0) {
                self.rows.push_str(&format!("\t{name}={value:.4}"));
            }
            self.rows.push('\n');
        }
    }
}

/// Reports and claims, quotes found and places resolved.
fn read(case: &Value) -> Result<(Vec<Report>, Vec<Claim>)> {
    let reports: Vec<Report> = serde_json::from_value(case["reports"].clone())?;
    let mut claims: Vec<Claim> = serde_json::from_value(case["claims"].clone())?;
    let gazetteer = Gazetteer::embedded();
    for report in &reports {
        let context = Hints::of(&gazetteer.locate(&format!("{}\n\n{}", report.title, report.text), &Hints::default()));
        for claim in claims.iter_mut().filter(|c| c.report == report.id) {
            claim.quote = claim.quote.locate(report)?;
            let Some(place) = claim.place.as_mut().filter(|p| p.lat.is_none()) else { continue };
            let countries = place.country.iter().map(|c| (c.clone(), 1.0)).collect();
            let hints = Hints { countries, ..context.clone() };
            let found = |words: &str| gazetteer.places(words, &hints).first().map(|c| c.place);
            let found = found(&place.name).or_else(|| found(&place.text));
            if let Some(found) = found.filter(|f| place.country.is_none() || f.country.is_empty() || place.country.as_deref() == Some(f.country)) {
                (place.lat, place.lon, place.gazetteer) = (Some(found.lat), Some(found.lon), Some(found.id()));
            }
        }
    }
    Ok((reports, claims))
}

fn by_ourselves(reports: &[Report], mut claims: Vec<Claim>, options: &Options) -> Value {
    for claim in &mut claims {
        claim.incident = None;
    }
    let made = reconcile(reports, &claims, options);
    for claim in &mut claims {
        claim.incident = made.of.get(&claim.id).cloned();
    }
    json!({"claims": claims, "incidents": made.incidents})
}

fn by_gold(reports: &[Report], claims: &[Claim], options: &Options) -> Value {
    let mut groups: BTreeMap<&str, Vec<Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|c| c.scope != Scope::Period) {
        if let Some(id) = &claim.incident {
            groups.entry(id).or_default().push(claim.clone());
        }
    }
    let incidents: Vec<_> = groups
        .into_iter()
        .filter_map(|(id, own)| {
            incident(reports, &own, options).map(|mut i| {
                i.id = id.to_owned();
                i
            })
        })
        .collect();
    json!({"claims": claims, "incidents": incidents})
}

/// Spoils claims as a reader does: event hints, places, dates and scopes go wrong or missing at a rate.
fn spoil(claims: &mut [Claim], rate: f64) {
    let mut known: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
    let mut seed: u64 = 7;
    let mut goes = |rate: f64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as f64 / f64::from(1u32 << 31)) < rate
    };
    let mut before: Option<(u32, Claim)> = None;
    for claim in claims {
        let next = known.len() as u32;
        let own = *known.entry((claim.report.clone(), claim.incident.clone())).or_insert(next);
        let last = before.replace((own, claim.clone())).filter(|(_, c)| c.report == claim.report);
        claim.event = Some(own);
        if let Some((event, last)) = last {
            if goes(rate) {
                claim.event = Some(event);
            }
            if goes(rate / 2.0) {
                claim.place = last.place;
            }
            if goes(rate / 2.0) {
                claim.date = last.date;
            }
        }
        if goes(rate / 2.0) {
            claim.place = None;
        }
        if goes(rate / 2.0) {
            claim.date = None;
        }
        if goes(rate / 3.0) {
            claim.scope = if claim.scope == Scope::Incident { Scope::Background } else { Scope::Incident };
        }
    }
}
