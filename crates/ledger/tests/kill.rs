//! A process that adds reports is killed at random moments; what it acknowledged is there, and the file is sound.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::*;
use ledger::{Filter, Ledger};
use record::{Claim, Incident, Kind};

const PATH: &str = "LEDGER_KILL_PATH";
const ROUND: &str = "LEDGER_KILL_ROUND";
const ROUNDS: u64 = 25;

/// Not a test of its own: what the child process runs. Without the variable it does nothing.
#[test]
fn child() {
    let Ok(path) = std::env::var(PATH) else { return };
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let mut ledger = Ledger::open(path).unwrap();
    let mut out = std::io::stderr();
    for n in 0.. {
        let text = format!("Round {round}, day {n}: soldiers fought at Kârdala and eight bodies were seen.");
        let report = report("Agence Nord", "wire", 3, &text);
        let claims = [claim(&report, Kind::Clash, "soldiers fought"), deaths(&report, "eight bodies", 8, None)];
        let reading = reading(&[&claims[0], &claims[1]], 3);
        if n % 4 == 3 {
            // Every few reports a batch and a reconciliation.
            let other = common::report("Radio Oum", "broadcast", 3, &text);
            let (one, two) = (new(&report, 3), new(&other, 3));
            let none = common::reading(&[], 3);
            let added = ledger.add_many([(&one, &reading), (&two, &none)]).unwrap();
            let incidents = [incident(&format!("R{round}"), n, &[&claims[0]])];
            ledger.apply_incidents(&incidents, &act(3)).unwrap();
            writeln!(out, "id {}\nid {}\nrevision {}", added[0].id, added[1].id, n).unwrap();
        } else {
            let added = ledger.add(&new(&report, 3), &reading).unwrap();
            writeln!(out, "id {}", added.id).unwrap();
        }
    }
}

const FLIP: &str = "LEDGER_KILL_FLIP";

/// Two outcomes of a reconciliation that differ in every incident: figures, ids, and what is merged.
fn outcomes(claims: &[Claim]) -> [Vec<Incident>; 2] {
    let lone = |n: usize, claim: &Claim| incident(&format!("L{n:05}"), 3, &[claim]);
    let pair = |n: usize, pair: &[Claim]| incident(&format!("P{n:05}"), 8, &pair.iter().collect::<Vec<_>>());
    [claims.iter().enumerate().map(|(n, claim)| lone(n, claim)).collect(), claims.chunks(2).enumerate().map(|(n, two)| pair(n, two)).collect()]
}

/// Not a test of its own either: applies one outcome and the other, over and over.
#[test]
fn flipping() {
    let Ok(path) = std::env::var(FLIP) else { return };
    let mut ledger = Ledger::open(path).unwrap();
    let outcomes = outcomes(&ledger.claims(&Filter::default()).unwrap());
    for n in 0.. {
        ledger.apply_incidents(&outcomes[n % 2], &act(4)).unwrap();
    }
}

#[test]
fn a_reconciliation_killed_at_any_moment_leaves_the_old_or_the_new_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.db");
    let mut ledger = Ledger::create(&path).unwrap();
    let told: Vec<_> = (0..60)
        .map(|n| {
            let report = report("Agence Nord", "wire", 3, &format!("Day {n}: soldiers fought at Kârdala."));
            let clash = claim(&report, Kind::Clash, "soldiers fought");
            (new(&report, 3), reading(&[&clash], 3))
        })
        .collect();
    ledger.add_many(told.iter().map(|(new, reading)| (new, reading))).unwrap();
    let outcomes = outcomes(&ledger.claims(&Filter::default()).unwrap());
    ledger.apply_incidents(&outcomes[0], &act(3)).unwrap();
    drop(ledger);
    let sorted = |incidents: &[Incident]| {
        let mut incidents = incidents.to_vec();
        incidents.sort_by(|a, b| a.id.cmp(&b.id));
        incidents
    };
    let mut moments = 0x2545_f491_u64;
    let mut seen = [0; 2];
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["flipping", "--exact", "--nocapture"])
            .env(FLIP, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        moments = moments.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(40 + (moments >> 33) % 200));
        child.kill().unwrap();
        child.wait().unwrap();
        let ledger = Ledger::open(&path).unwrap();
        let found = sorted(&ledger.incidents(&Filter::default()).unwrap());
        let which = outcomes.iter().position(|outcome| sorted(outcome) == found);
        seen[which.unwrap_or_else(|| panic!("round {round}: neither the old nor the new state: {} incidents", found.len()))] += 1;
        assert_eq!(ledger.check().unwrap(), Vec::<String>::new(), "round {round}");
    }
    let ledger = Ledger::open(&path).unwrap();
    assert!(ledger.counts().unwrap().events > 60, "the children had no time to do anything: {seen:?}");
}

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.db");
    drop(Ledger::create(&path).unwrap());
    let (mut acknowledged, mut moments) = (Vec::new(), 0x9e37_79b9_u64);
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture"])
            .env(PATH, &path)
            .env(ROUND, round.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || lines.lines().map_while(Result::ok).collect::<Vec<_>>());
        // Some rounds die while opening, most while adding.
        moments = moments.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis((moments >> 33) % 250));
        child.kill().unwrap();
        child.wait().unwrap();
        let lines = reader.join().unwrap();
        let died = lines.iter().any(|line| line.contains("panicked"));
        assert!(!died, "{lines:?}");
        // A line cut short by the kill was not acknowledged in full.
        let ids = lines.iter().filter_map(|line| line.strip_prefix("id ")).filter(|id| id.len() == 10).map(str::to_owned);
        acknowledged.extend(ids);

        let ledger = Ledger::open(&path).unwrap();
        let known: std::collections::BTreeSet<String> = ledger.reports(&Filter::default()).unwrap().into_iter().map(|report| report.id).collect();
        let lost: Vec<&String> = acknowledged.iter().filter(|id| !known.contains(*id)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        assert_eq!(ledger.check().unwrap(), Vec::<String>::new(), "round {round}");
        // Each report has its reading, or neither is there: two claims, or none for the copies of a batch.
        for entry in ledger.report_entries(&Filter::default()).unwrap() {
            let claims = if entry.report.outlet == "Radio Oum" { 0 } else { 2 };
            assert_eq!(entry.claims, claims, "{}", entry.report.id);
        }
        let last = lines.iter().filter_map(|line| line.strip_prefix("revision ")).filter_map(|n| n.parse::<u64>().ok()).next_back();
        if let Some(n) = last {
            let kept = ledger.incident_history(&format!("R{round}")).unwrap();
            assert!(kept.iter().any(|entry| entry.incident.deaths[0].best == n), "round {round}: {n}");
        }
    }
    eprintln!("{} acknowledged over {ROUNDS} kills", acknowledged.len());
    assert!(acknowledged.len() > ROUNDS as usize, "the children had no time to do anything");
}
