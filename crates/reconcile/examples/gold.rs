//! What reconciliation alone reaches, gold claims put in:
//!
//!     cargo run -r -p reconcile --example gold -- [--grouped] [--hints NOISE] [--pairs] DIR OUT
//!
//! Reads gold cases (see `docs/claims.md`) without their incidents, resolves places through the gazetteer, and writes
//! predictions of the same shape to OUT. With `--grouped` the gold groups stay and only the rest is made. With
//! `--hints` each claim carries its gold incident as the reader's event hint, wrong at the given rate. With `--pairs`
//! OUT becomes a table of link features for training instead.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gazetteer::{Gazetteer, Hints};
use reconcile::{Options, incident, pairs_across, pairs_within, reconcile};
use record::{Claim, Report, Scope};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let (mut folders, mut grouped, mut pairs, mut noise) = (Vec::new(), false, false, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--grouped" => grouped = true,
            "--pairs" => pairs = true,
            "--hints" => noise = Some(arguments.next().context("--hints needs a rate")?.parse::<f64>()?),
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    let [from, out] = &folders[..] else { anyhow::bail!("give a folder of cases and one for predictions") };
    let mut files: Vec<_> = std::fs::read_dir(from)?.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    let mut tables = (Vec::new(), Vec::new());
    for file in files {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
        let (reports, mut claims) = read(&case).with_context(|| format!("in {}", file.display()))?;
        let name = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if pairs {
            tables.0.extend(pairs_within(&reports, &claims).into_iter().map(|p| (name.to_owned(), p)));
            tables.1.extend(pairs_across(&reports, &claims).into_iter().map(|p| (name.to_owned(), p)));
            continue;
        }
        if let Some(noise) = noise {
            hint(&mut claims, noise);
        }
        let predicted = if grouped { by_gold(&reports, &claims) } else { by_ourselves(&reports, claims) };
        std::fs::create_dir_all(out)?;
        std::fs::write(out.join(file.file_name().context("a file has a name")?), serde_json::to_vec(&predicted)?)?;
    }
    if pairs {
        std::fs::create_dir_all(out)?;
        write(&out.join("within.tsv"), &tables.0)?;
        write(&out.join("across.tsv"), &tables.1)?;
    }
    Ok(())
}

type Pair = (String, (bool, BTreeMap<&'static str, f32>));

fn write(path: &Path, pairs: &[Pair]) -> Result<()> {
    let Some((_, (_, first))) = pairs.first() else { return Ok(()) };
    let mut text = format!("case\tsame\t{}\n", first.keys().copied().collect::<Vec<_>>().join("\t"));
    for (case, (same, x)) in pairs {
        let values: Vec<String> = x.values().map(|v| format!("{v:.4}")).collect();
        text.push_str(&format!("{case}\t{}\t{}\n", u8::from(*same), values.join("\t")));
    }
    Ok(std::fs::write(path, text)?)
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

fn by_ourselves(reports: &[Report], mut claims: Vec<Claim>) -> Value {
    for claim in &mut claims {
        claim.incident = None;
    }
    let made = reconcile(reports, &claims, &Options::default());
    for claim in &mut claims {
        claim.incident = made.of.get(&claim.id).cloned();
    }
    json!({"claims": claims, "incidents": made.incidents})
}

fn by_gold(reports: &[Report], claims: &[Claim]) -> Value {
    let mut groups: BTreeMap<&str, Vec<Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|c| c.scope != Scope::Period) {
        if let Some(id) = &claim.incident {
            groups.entry(id).or_default().push(claim.clone());
        }
    }
    let incidents: Vec<_> = groups
        .into_iter()
        .filter_map(|(id, own)| incident(reports, &own, &Options::default()).map(|mut i| { i.id = id.to_owned(); i }))
        .collect();
    json!({"claims": claims, "incidents": incidents})
}

/// Gives each claim its gold incident as event hint, or at the rate of `noise` the one of the claim before.
fn hint(claims: &mut [Claim], noise: f64) {
    let mut known: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
    let mut seed: u64 = 7;
    let mut before = None;
    for claim in claims {
        let next = known.len() as u32;
        let own = *known.entry((claim.report.clone(), claim.incident.clone())).or_insert(next);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wrong = ((seed >> 33) as f64 / f64::from(1u32 << 31)) < noise;
        claim.event = if wrong { before.or(Some(own)) } else { Some(own) };
        before = Some(own);
    }
}
