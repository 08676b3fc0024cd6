//! How well copies are told on gold cases, whose reports carry `copy_of`.
//!
//! Run with `ATTEST_CASES=FOLDER cargo test -p intake --test copies_of_cases -- --ignored --nocapture`; without the
//! variable there is nothing to measure.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::BTreeSet;

use intake::{Hints, Options, mark_copies, open, walk};
use record::Report;

#[test]
#[ignore = "measures on cases that are not part of the project"]
fn precision_and_recall() {
    let folder = std::env::var("ATTEST_CASES").expect("ATTEST_CASES names a folder of cases");
    let mut reports: Vec<Report> = Vec::new();
    for input in walk(&[folder]).iter().filter(|input| input.path.extension().is_some_and(|e| e == "json")) {
        let bytes = input.read(&Options::default()).unwrap();
        let case = input.path.file_stem().unwrap().to_string_lossy().into_owned();
        for report in open(&bytes, &Hints::default()).unwrap().reports() {
            let mut report = report.clone();
            report.id = format!("{case}/{}", report.id);
            report.copy_of = report.copy_of.map(|id| format!("{case}/{id}"));
            reports.push(report);
        }
    }
    let pairs =
        |reports: &[Report]| -> BTreeSet<(String, String)> { reports.iter().filter_map(|r| Some((r.id.clone(), r.copy_of.clone()?))).collect() };
    let gold = pairs(&reports);
    reports.iter_mut().for_each(|report| report.copy_of = None);
    let started = std::time::Instant::now();
    mark_copies(&mut reports);
    let elapsed = started.elapsed();
    let found = pairs(&reports);
    let right = gold.intersection(&found).count();
    println!("{} reports in {elapsed:?}: {} copies in gold, {} found, {right} right", reports.len(), gold.len(), found.len());
    for (name, only) in [("missed", gold.difference(&found)), ("wrong", found.difference(&gold))] {
        only.for_each(|(copy, original)| println!("{name}: {copy} of {original}"));
    }
    assert_eq!(right, found.len(), "a report that is no copy must never be called one");
}

/// Reports abridged by rule (two sentences of every five dropped, another headline, an agency tag): a second opinion on
/// recall, since gold has few copies.
#[test]
#[ignore = "measures on cases that are not part of the project"]
fn abridged_by_rule() {
    let folder = std::env::var("ATTEST_CASES").expect("ATTEST_CASES names a folder of cases");
    let mut reports: Vec<Report> = Vec::new();
    for input in walk(&[folder]).iter().filter(|input| input.path.extension().is_some_and(|e| e == "json")) {
        let opened = open(&input.read(&Options::default()).unwrap(), &Hints::default()).unwrap();
        reports.extend(opened.reports().filter(|r| r.copy_of.is_none()).cloned().map(|mut r| {
            r.identify();
            r
        }));
    }
    let mut copies = intake::Copies::new();
    reports.iter().for_each(|report| drop(copies.add(report)));
    let (mut tried, mut right, mut wrong) = (0, 0, 0);
    for report in reports.iter().filter(|r| r.text.split_whitespace().count() >= 80) {
        let kept: Vec<&str> = report.text.split(". ").enumerate().filter(|(n, _)| ![2, 4].contains(&(n % 5))).map(|(_, s)| s).collect();
        let mut copy = Report::new("newspaper", &report.language, "In brief", &format!("{} - Agency", kept.join(". ")));
        copy.published = report.published.clone();
        copy.outlet = "Another paper".to_owned();
        tried += 1;
        match copies.add(&copy) {
            Some(id) if id == report.id => right += 1,
            Some(_) => wrong += 1,
            None => {}
        }
    }
    println!("{tried} abridged, {right} found, {wrong} put to another report");
}

/// A hundred thousand made-up stories in the words of twenty thousand, one in ten abridged from an earlier one.
#[test]
#[ignore = "takes a while"]
fn a_hundred_thousand() {
    let mut state = 7u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut reports: Vec<Report> = Vec::new();
    let mut expected = 0;
    for i in 0..100_000u64 {
        let text = if i % 10 == 9 {
            expected += 1;
            let original = &reports[random(i) as usize].text;
            let kept: Vec<&str> = original.split(". ").enumerate().filter(|(n, _)| n % 3 != 1).map(|(_, s)| s).collect();
            format!("{} (Agency)", kept.join(". "))
        } else {
            let sentence = |random: &mut dyn FnMut(u64) -> u64| -> String {
                // Squaring makes a few words frequent, as in language.
                let word = |random: &mut dyn FnMut(u64) -> u64| format!("w{}", random(141) * random(141));
                (0..15).map(|_| word(random)).collect::<Vec<_>>().join(" ")
            };
            (0..15).map(|_| sentence(&mut random)).collect::<Vec<_>>().join(". ")
        };
        reports.push(Report::new("wire", "en", "", &text));
    }
    let started = std::time::Instant::now();
    let mut copies = intake::Copies::new();
    let found = reports.iter().filter(|report| copies.add(report).is_some()).count();
    println!("{found} of {expected} copies among {} in {:?}", reports.len(), started.elapsed());
    assert!(found.abs_diff(expected) < 200);
}
