//! A copy elsewhere can follow the ledger, and the shelf says what the database says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::sync::Arc;

use common::*;
use ledger::{Decision, Deed, Filter, Ledger, Noun, Shelf, Verdict, What};
use record::{Claim, DatePrecision, Kind};

/// Four incidents of one report, at four places and days.
fn world() -> (tempfile::TempDir, Ledger, Vec<Claim>) {
    let (folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought; huts burnt; men fled; eight bodies were seen.");
    let claims = vec![
        claim(&report, Kind::Clash, "Soldiers fought"),
        claim(&report, Kind::Destruction, "huts burnt"),
        claim(&report, Kind::Withdrawal, "men fled"),
        deaths(&report, "eight bodies", 8, None),
    ];
    ledger.add(&new(&report, 3), &reading(&claims.iter().collect::<Vec<_>>(), 3)).unwrap();
    let mut incidents = Vec::new();
    for (n, claim) in claims.iter().enumerate() {
        let mut made = incident(&format!("{n}{n}{n}{n}{n}{n}"), n as u64 * 5, &[claim]);
        let place = made.place.as_mut().unwrap();
        (place.lat, place.lon) = (Some(14.1 + n as f64), Some(179.5));
        let date = made.date.as_mut().unwrap();
        date.start = format!("2025-06-0{}", 5 - n).parse().unwrap();
        date.end = date.start;
        date.precision = if n == 3 { DatePrecision::Month } else { DatePrecision::Day };
        incidents.push(made);
        ledger.apply_incidents(&incidents, &act(4 + n as i8)).unwrap();
    }
    (folder, ledger, claims)
}

#[test]
fn every_turn_is_told_once_in_its_order() {
    let (_folder, mut ledger, _) = world();
    let merged = Verdict::Merged { id: "111111".to_owned(), into: "000000".to_owned() };
    ledger
        .decide(&Decision { deed: Deed::Merge, subject: "000000".to_owned(), verdicts: vec![merged], seen: vec![] }, &person(8, "one fight"))
        .unwrap();
    ledger.undo(None, &person(9, "two after all")).unwrap();
    let told = |since, most| -> Vec<(i64, String, What)> {
        let turns = ledger.turns(since, most, None).unwrap();
        turns.items.into_iter().map(|turn| (turn.cursor, turn.id, turn.what)).collect()
    };
    let all = told(0, usize::MAX);
    let what: Vec<(&str, What)> = all.iter().map(|(_, id, what)| (id.as_str(), *what)).collect();
    assert_eq!(
        what,
        [
            ("000000", What::Created),
            ("111111", What::Created),
            ("222222", What::Created),
            ("333333", What::Created),
            ("111111", What::Merged),
            ("111111", What::Created),
        ]
    );
    // Page by page it is the same.
    let (mut paged, mut since) = (Vec::new(), 0);
    while let [first, .., last] | [first @ last] = &told(since, 2)[..] {
        since = last.0;
        paged.push(first.clone());
        paged.extend((first != last).then(|| last.clone()));
    }
    assert_eq!(paged, all);
    assert_eq!(ledger.turns(all[3].0, 1, None).unwrap().total, 2);
    assert_eq!(ledger.turns(0, 1, Some(noon(5))).unwrap().total, 2);
    // An entry that is as it was says when it was made so; a follower has to know when it was brought back.
    for (moment, written) in [(None, 9), (Some(7), 5)] {
        let entry = ledger.incident_entry("111111", moment.map(noon)).unwrap();
        assert_eq!((entry.recorded_at, entry.written_at), (noon(5), noon(written)));
    }
    let merge = &ledger.turns(all[3].0, 1, None).unwrap().items[0];
    assert_eq!((merge.into.as_deref(), merge.decided_by.as_deref(), merge.why.as_str()), (Some("000000"), Some("ana"), "one fight"));
}

#[test]
fn the_mark_stays_until_something_is_added() {
    let (_folder, mut ledger, _) = world();
    let mark = ledger.mark().unwrap();
    assert_eq!(ledger.mark().unwrap(), mark);
    let other = report("Radio Oum", "broadcast", 4, "Nothing more is known.");
    ledger.add(&new(&other, 9), &reading(&[], 9)).unwrap();
    assert_ne!(ledger.mark().unwrap(), mark);
}

#[test]
fn as_of_the_newest_moment_the_ledger_is_as_it_is_now() {
    assert_eq!(ledger().1.newest().unwrap(), None);
    let (folder, mut plain, _) = world();
    let shelved = Ledger::open(folder.path().join("sample.db")).unwrap().sharing(Arc::new(Shelf::default()));
    let late = report("Radio Oum", "broadcast", 4, "Nothing more is known.");
    let newest = |plain: &Ledger, day| {
        // Twice: what is remembered is the same.
        for ledger in [plain, &shelved, &shelved] {
            assert_eq!(ledger.newest().unwrap(), Some(noon(day)));
        }
    };
    newest(&plain, 7);
    plain.note("meanwhile", None, None, None, &act(9)).unwrap();
    newest(&plain, 9);
    // Who waited to write comes last with an earlier moment.
    shelved
        .snapshot(|older| {
            // With its first question it begins.
            older.mark()?;
            plain.add(&new(&late, 8), &reading(&[], 8)).unwrap();
            plain.add_failed("inbox/none.txt", "it is empty", noon(10)).unwrap();
            assert_eq!((older.newest()?, plain.newest()?), (Some(noon(9)), Some(noon(10))));
            Ok::<_, ledger::Error>(())
        })
        .unwrap();
    newest(&plain, 10);
    plain.add_reading(&late.id, &ledger::Reading::new("reader 2", vec![], noon(11))).unwrap();
    newest(&plain, 11);
}

#[test]
fn a_copy_has_the_moments_of_its_original() {
    let (_folder, original, _) = world();
    let (_other, mut copy) = ledger();
    for report in original.reports(&Filter::default()).unwrap() {
        let claims = original.claims(&Filter { report: Some(report.id.clone()), ..Filter::default() }).unwrap();
        copy.add(&new(&report, 1), &ledger::Reading::new("reader 1", claims, noon(1))).unwrap();
    }
    let entries = original.incident_entries(&Filter::default()).unwrap();
    copy.copy_incidents(&entries, "attest").unwrap();
    let told = |ledger: &Ledger| -> Vec<_> {
        ledger.incident_entries(&Filter::default()).unwrap().into_iter().map(|entry| (entry.incident, entry.written_at)).collect()
    };
    assert!(!entries.is_empty() && told(&copy) == told(&original));
    copy.copy_incidents(&entries, "attest").unwrap();
    assert!(copy.incident_entries(&Filter::default()).unwrap().iter().all(|entry| entry.revision == 1), "the same again is nothing");
}

#[test]
fn the_shelf_says_what_the_database_says() {
    let (folder, plain, _) = world();
    let shelved = Ledger::open(folder.path().join("sample.db")).unwrap().sharing(Arc::new(Shelf::default()));
    for (text, found) in [
        ("", 4),
        ("sort=-recorded", 4),
        ("sort=recorded", 4),
        ("sort=-deaths", 4),
        ("added_since=2025-06-06", 2),
        ("near=179.5,14.1,1", 1),
        ("near=179.5,14.1,112", 2),
        // Across the date line.
        ("near=-179.5,14.1,108", 1),
        ("near=-179.5,14.1,107", 0),
        ("date_precision=month", 1),
        ("date_precision!=month", 3),
        ("date_precision=day,week deaths>=5", 2),
        ("kind=deaths", 1),
    ] {
        let filter = Filter::parse(text).unwrap();
        let ids = |ledger: &Ledger| ledger.incidents(&filter).unwrap().into_iter().map(|incident| incident.id).collect::<Vec<_>>();
        assert_eq!(ids(&shelved), ids(&plain), "{text}");
        assert_eq!(ids(&plain).len(), found, "{text}");
        for noun in [Noun::Incident, Noun::Claim, Noun::Report] {
            let length = match noun {
                Noun::Incident => plain.incidents(&filter).unwrap().len(),
                Noun::Claim => plain.claims(&filter).unwrap().len(),
                Noun::Report => plain.reports(&filter).unwrap().len(),
            };
            // Twice: what is remembered is the same.
            for ledger in [&plain, &shelved, &shelved] {
                assert_eq!(ledger.total(noun, &Filter { limit: Some(1), offset: 1, ..filter.clone() }).unwrap(), length as u64, "{text} {noun:?}");
            }
        }
    }
}

#[test]
fn who_looks_at_an_older_state_sees_it_and_spoils_nothing_for_others() {
    let (folder, mut ledger, claims) = world();
    let shelf = Arc::new(Shelf::default());
    let [older, newer] = [0, 1].map(|_| Ledger::open(folder.path().join("sample.db")).unwrap().sharing(Arc::clone(&shelf)));
    for (day, text) in (10..).zip(["", "kind=clash", "outlet=Radio", "as_of=2025-06-05T12:00:00Z", "kind=clash as_of=2025-06-05T12:00:00Z"]) {
        let filter = Filter::parse(text).unwrap();
        let found = |ledger: &Ledger| (ledger.briefs(&filter).unwrap(), ledger.outlet_shares(&filter, 9).unwrap());
        older
            .snapshot(|older| {
                let before = found(older);
                let more = report("Radio Oum", "broadcast", day, "Soldiers fought at Oum.");
                let again = claim(&more, Kind::Clash, "Soldiers fought");
                ledger.add(&new(&more, day), &reading(&[&again], day)).unwrap();
                let mut incidents = ledger.incidents(&Filter::default()).unwrap();
                incidents.push(incident(&format!("N{day}"), 0, &[&again]));
                ledger.apply_incidents(&incidents, &act(day)).unwrap();
                let plain = found(&ledger);
                assert_eq!(found(&newer), plain, "{text}");
                assert_eq!(found(older), before, "{text}");
                assert_eq!(found(&newer), plain, "{text}");
                Ok::<_, ledger::Error>(())
            })
            .unwrap();
        assert_eq!(found(&older), found(&ledger), "{text}");
    }
    assert_eq!(claims.len() + 5, ledger.briefs(&Filter::default()).unwrap().len());
}
