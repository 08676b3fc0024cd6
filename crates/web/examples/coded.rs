//! Makes a ledger of gold cases, without a reader: something to look at while working on pages.
//!
//!     cargo run --release -p web --example coded -- tests/cases cases.attest && attest --db cases.attest serve --open
//!
//! Claims are those of the coders; what they add up to is the program's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use ledger::{Act, Ledger, NewReport, Reading};
use record::{Claim, Report};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    reports: Vec<Report>,
    #[serde(default)]
    claims: Vec<Claim>,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let [folder, path] = std::env::args().skip(1).map(PathBuf::from).collect::<Vec<_>>().try_into().map_err(|_| "usage: cases FOLDER LEDGER")?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let mut rows: Vec<(Report, Vec<Claim>)> = Vec::new();
    for file in files {
        let case: Case = serde_json::from_slice(&std::fs::read(&file)?).map_err(|error| format!("{}: {error}", file.display()))?;
        rows.extend(settled(case)?);
    }
    // Originals before copies of one day.
    rows.sort_by_key(|(report, _)| (report.published.as_ref().map(record::Published::date), report.copy_of.is_some()));
    let mut ledger = Ledger::create(&path)?;
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    let third = rows.len().div_ceil(3).max(1);
    for part in rows.chunks(third) {
        let mut last = Timestamp::UNIX_EPOCH;
        for (report, own) in part {
            let at = learnt(report)?;
            last = last.max(at);
            let new = NewReport::new(report.clone(), format!("cases/{}.txt", report.id), at).hashed(&ledger::raw_hash(report.text.as_bytes()));
            ledger.add(&new, &Reading::new("coders", own.clone(), at))?;
            reports.push(report.clone());
            claims.extend(own.iter().cloned());
        }
        let made = reconcile::reconcile(&reports, &claims, &reconcile::Options::default());
        ledger.apply_incidents(&made.incidents, &Act::new("attest", "cases were added", last))?;
    }
    let counts = ledger.counts()?;
    eprintln!("{} reports, {} claims, {} incidents, {} disputed", counts.reports, counts.claims, counts.incidents, counts.disputed);
    Ok(())
}

/// The evening after publication.
fn learnt(report: &Report) -> Result<Timestamp> {
    let day = report.published.as_ref().map_or(jiff::civil::date(2025, 1, 1), record::Published::date);
    Ok(day.at(18, 0, 0, 0).checked_add(1.day())?.to_zoned(TimeZone::UTC)?.timestamp())
}

/// Reports and claims of a case under ids of their content.
fn settled(case: Case) -> Result<Vec<(Report, Vec<Claim>)>> {
    let mut ids = BTreeMap::new();
    let mut reports = Vec::new();
    for mut report in case.reports {
        let old = report.id.clone();
        report.identify();
        ids.insert(old, report.id.clone());
        reports.push((report, Vec::new()));
    }
    for (report, _) in &mut reports {
        report.copy_of = report.copy_of.as_ref().and_then(|of| ids.get(of).cloned());
    }
    for mut claim in case.claims {
        let Some((report, own)) = reports.iter_mut().find(|(report, _)| ids.get(&claim.report) == Some(&report.id)) else { continue };
        claim.report = report.id.clone();
        claim.quote = claim.quote.locate(report)?;
        claim.incident = None;
        claim.identify();
        own.push(claim);
    }
    Ok(reports)
}
