//! How long reconciliation of a large archive takes, and adding one report to it:
//!
//!     cargo run --release -p reconcile --example growth -- 10000 30000 100000
//!
//! Makes archives of so many reports, ten claims each: 68 reports a day (100,000 in four years) on incidents at real
//! places of twenty countries. An incident is told by some five reports with tolls that differ, a report tells of two.
//! Times are of one core; memory is the most the process ever held, the made-up archive itself included, so that only
//! the figure of the largest archive, asked for by itself, is that archive's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::{Context, Result};
use gazetteer::{Gazetteer, Place};
use jiff::{ToSpan, civil::Date};
use reconcile::{Blocks, Options, Touched, reconcile};
use record::{Claim, Count, Dated, Field, Kind, PartyName, PlaceName, Quote, Report, Source, SourceKind, Span, Victims};

const CLAIMS_A_REPORT: usize = 10;
const REPORTS_A_DAY: usize = 68;
const REPORTS_AN_INCIDENT: usize = 5;
const COUNTRIES: [&str; 20] =
    ["ML", "BF", "NE", "NG", "TD", "SD", "SO", "CD", "MZ", "CM", "ET", "CF", "SY", "IQ", "YE", "AF", "PK", "MM", "UA", "CO"];
/// Reports added one by one to what is there.
const ADDED: usize = 50;

fn main() -> Result<()> {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|n| n.parse().context("give numbers of reports")).collect::<Result<_>>()?;
    let options = Options::default();
    let places = places();
    say("reports     claims   incidents   reconcile, s   add one, ms: median   most   memory, MiB");
    for n in sizes {
        let (mut reports, mut claims) = (Vec::new(), Vec::new());
        for k in 0..n {
            let (report, own) = report(k, n, &places)?;
            reports.push(report);
            claims.extend(own);
        }
        let clock = Instant::now();
        let incidents = reconcile(&reports, &claims, &options).incidents.len();
        let all = clock.elapsed().as_secs_f64();
        let mut shelf = Shelf { reports: &reports, claims: &claims, filed: BTreeMap::new() };
        for (at, report) in reports.iter().enumerate() {
            for key in Touched::keys(report, shelf.of(at), &options) {
                shelf.filed.entry(key).or_default().push(at);
            }
        }
        let mut each: Vec<f64> = Vec::new();
        for k in n..n + ADDED {
            let (report, claims) = report(k, n, &places)?;
            let clock = Instant::now();
            let Ok(touched) = Touched::by(&report, &claims, &mut shelf, &options);
            each.push(clock.elapsed().as_secs_f64() * 1e3);
            anyhow::ensure!(claims.iter().any(|c| touched.claims.contains(&c.id)), "a report touches its own claims");
        }
        each.sort_by(f64::total_cmp);
        let (median, most) = (each[each.len() / 2], each[each.len() - 1]);
        say(&format!(
            "{n:>7} {:>10} {incidents:>11} {all:>14.1} {median:>21.1} {most:>6.1} {:>13}",
            CLAIMS_A_REPORT * n,
            memory().unwrap_or(0) / 1024
        ));
    }
    Ok(())
}

/// Reports under the keys of their groups, in memory.
struct Shelf<'t> {
    reports: &'t [Report],
    claims: &'t [Claim],
    filed: BTreeMap<String, Vec<usize>>,
}

impl Shelf<'_> {
    fn of(&self, at: usize) -> &[Claim] {
        &self.claims[at * CLAIMS_A_REPORT..(at + 1) * CLAIMS_A_REPORT]
    }
}

impl Blocks for Shelf<'_> {
    type Error = std::convert::Infallible;

    fn under(&mut self, keys: &BTreeSet<String>) -> Result<Vec<(Report, Vec<Claim>)>, Self::Error> {
        let at: BTreeSet<usize> = keys.iter().filter_map(|k| self.filed.get(k)).flatten().copied().collect();
        Ok(at.into_iter().map(|at| (self.reports[at].clone(), self.of(at).to_vec())).collect())
    }
}

/// Forty places of each country, the more important first.
fn places() -> Vec<Place> {
    let gazetteer = Gazetteer::embedded();
    let mut left: BTreeMap<&str, usize> = COUNTRIES.iter().map(|c| (*c, 40)).collect();
    let mut places = Vec::new();
    for place in (0..gazetteer.len()).map(|row| gazetteer.place(row)) {
        if let Some(left) = left.get_mut(place.country).filter(|l| **l > 0 && place.code.starts_with("PPL")) {
            *left -= 1;
            places.push(place);
        }
    }
    places
}

/// A number below `below` that looks like chance and is always the same.
fn chance(seed: usize, salt: usize, below: usize) -> usize {
    let mut x = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x = (x ^ (x >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((x ^ (x >> 29)) % below as u64) as usize
}

/// One report of an archive of `n`, on two incidents; numbers from `n` on tell of incidents that are there.
fn report(k: usize, n: usize, places: &[Place]) -> Result<(Report, Vec<Claim>)> {
    let incidents = (2 * n / REPORTS_AN_INCIDENT).max(2);
    // Reports of one incident come out within days of one another: numbers count the days.
    let about = [0, 1].map(|which| {
        let near = (k % n) * incidents / n;
        (near + chance(k, which, 12)).min(incidents - 1)
    });
    let day = |incident: usize| -> Result<Date> {
        Ok(jiff::civil::date(2021, 1, 1).checked_add(((incident * n / incidents / REPORTS_A_DAY) as i64).days())?)
    };
    let mut text = format!("Report {k}.");
    let mut cut: Vec<(usize, usize, Span)> = Vec::new();
    for (which, incident) in about.into_iter().enumerate() {
        for line in 0..CLAIMS_A_REPORT / 2 {
            let start = text.len() + 1;
            text.push_str(&format!(" In {} line {line} of {which} tells what happened.", places[chance(incident, 7, places.len())].name));
            cut.push((incident, line, Span::new(start, text.len())));
        }
    }
    let mut report = Report::new("wire", "en", &format!("Fighting in {}", places[chance(about[0], 7, places.len())].name), &text);
    report.outlet = format!("Outlet {}", chance(k, 3, 60));
    report.published = Some(day(about[0].max(about[1]))?.checked_add((chance(k, 4, 3) as i64).days())?.to_string().parse()?);
    report.identify();
    let mut claims = Vec::new();
    for (incident, line, span) in cut {
        let place = &places[chance(incident, 7, places.len())];
        let kind = [Kind::Attack, Kind::Deaths, Kind::Injuries, Kind::Deaths, Kind::Destruction][line];
        let mut claim = Claim::new(&report, kind, Quote::cut(&report, Field::Text, span)?);
        claim.place = Some(PlaceName {
            text: place.name.to_owned(),
            name: place.name.to_owned(),
            country: Some(place.country.to_owned()),
            gazetteer: Some(place.id()),
            lat: Some(place.lat),
            lon: Some(place.lon),
        });
        let day = day(incident)?;
        claim.date = Some(Dated { text: None, start: day, end: day });
        let group = format!("Group {}", chance(incident, 8, 200));
        claim.actor = Some(PartyName { text: group.clone(), name: group });
        claim.event = Some(incident as u32);
        if line > 0 {
            claim.source = vec![Source { name: format!("Official {}", chance(k, 5, 40)), kind: SourceKind::Government }];
        }
        if kind.has_victims() {
            let toll = 2 + chance(incident, 9, 40) as u64 + chance(k, 10 + line, 4) as u64;
            claim.count = Some(Count::new(toll.to_string(), Some(toll), Some(toll), false)?);
            claim.victims = Some(if line == 3 { Victims::Military } else { Victims::Civilian });
        }
        claim.identify();
        claims.push(claim);
    }
    Ok((report, claims))
}

/// Most memory that the process has held, in KiB, where the system tells.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn say(line: &str) {
    println!("{line}");
}
