//! Files that are missing, foreign, too new, locked, damaged; copies and read-only disks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::fs;
use std::time::Duration;

use common::*;
use ledger::{Error, Filter, Ledger, Options};
use record::Kind;

#[test]
fn what_is_not_a_ledger_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.db");
    assert!(matches!(Ledger::open(&path), Err(Error::Missing { .. })));
    assert!(matches!(Ledger::open_read_only(&path), Err(Error::Missing { .. })));
    drop(Ledger::create(&path).unwrap());
    assert!(matches!(Ledger::create(&path), Err(Error::Exists { .. })));
    drop(Ledger::open(&path).unwrap());
    assert!(matches!(Ledger::create(folder.path()), Err(Error::Exists { .. })));
    let begun = folder.path().join("begun.db");
    fs::write(&begun, "").unwrap();
    assert!(matches!(Ledger::open(&begun), Err(Error::NotALedger { .. })));
    drop(Ledger::create(&begun).unwrap());
    assert!(Ledger::open(&begun).unwrap().check().unwrap().is_empty());
    let text = folder.path().join("notes.txt");
    fs::write(&text, "not a database, but long enough to look like something ".repeat(100)).unwrap();
    assert!(matches!(Ledger::create(&text), Err(Error::Exists { .. })));

    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert!(matches!(Ledger::open(&foreign), Err(Error::NotALedger { .. })));
    assert!(matches!(Ledger::create(&foreign), Err(Error::Exists { .. })));
    assert!(fs::read(&foreign).unwrap() == before, "another program's file stays as it is");

    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Ledger::open(&path).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }));
    assert!(error.to_string().ends_with("has schema 99, this program knows up to 7: use the newer program"), "{error}");
}

#[test]
fn a_damaged_file_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.db");
    fs::write(&garbage, "not a database, but long enough to look like something ".repeat(100)).unwrap();
    for result in [Ledger::open(&garbage), Ledger::open_read_only(&garbage)] {
        assert!(matches!(result, Err(Error::Damaged { .. })), "{result:?}");
    }

    let (folder, mut ledger) = ledger();
    let path = folder.path().join("sample.db");
    for n in 0..200 {
        let report = report("Agence Nord", "wire", 3, &format!("Soldiers fought at Kârdala, day {n}. ").repeat(20));
        let clash = claim(&report, Kind::Clash, "Soldiers fought");
        ledger.add(&new(&report, 3), &reading(&[&clash], 3)).unwrap();
    }
    drop(ledger);
    let good = fs::read(&path).unwrap();
    let (mut tried, mut silent) = (0, 0);
    for step in 1..40 {
        let mut bytes = good.clone();
        let at = bytes.len() * step / 40;
        let end = (at + 3000).min(bytes.len());
        // Where a table holds nothing, nothing can be lost.
        if bytes[at..end].iter().all(|byte| *byte == 0) {
            continue;
        }
        tried += 1;
        bytes[at..end].fill(0x5a);
        fs::write(&path, &bytes).unwrap();
        match Ledger::open(&path).and_then(|ledger| ledger.check()) {
            Ok(problems) => silent += usize::from(problems.is_empty()),
            Err(error) => assert!(matches!(error, Error::Damaged { .. } | Error::NotALedger { .. }), "{error:?}"),
        }
    }
    // A flipped byte inside the text of a report that no claim quotes is still a valid report.
    assert!(tried >= 30 && silent <= 3, "{silent} of {tried} damaged files passed the check");
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    assert!(!matches!(Ledger::open(&path).and_then(|ledger| ledger.check()), Ok(problems) if problems.is_empty()));
}

#[test]
fn a_locked_ledger_is_an_error_after_a_while_and_can_still_be_read() {
    let (folder, mut writer) = ledger();
    let path = folder.path().join("sample.db");
    let quick = Options { busy_timeout: Duration::from_millis(50) };
    let mut other = Ledger::open_with(&path, &quick).unwrap();
    let lock = rusqlite::Connection::open(&path).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought.");
    let error = other.add_report(&new(&report, 3)).unwrap_err();
    assert!(matches!(&error, Error::Locked { path: at } if *at == path));
    assert!(other.reports(&Filter::default()).unwrap().is_empty());
    lock.execute_batch("ROLLBACK").unwrap();
    writer.add_report(&new(&report, 3)).unwrap();
    assert_eq!(other.reports(&Filter::default()).unwrap().len(), 1);
}

#[test]
fn reading_only_refuses_to_write_and_a_snapshot_stands_still() {
    let (folder, mut writer) = ledger();
    let mut reader = Ledger::open_read_only(folder.path().join("sample.db")).unwrap();
    let one = report("Agence Nord", "wire", 3, "One.");
    assert!(matches!(reader.add_report(&new(&one, 3)), Err(Error::ReadOnly { .. })));
    let seen = reader.snapshot(|reader| {
        let before = reader.counts()?;
        writer.add_report(&new(&one, 3))?;
        assert_eq!(reader.counts()?, before);
        Ok::<_, Error>(before.reports)
    });
    assert_eq!(seen.unwrap(), 0);
    assert_eq!(reader.counts().unwrap().reports, 1);
    assert!(reader.check().unwrap().is_empty());
}

#[test]
fn a_copy_is_whole() {
    let (folder, mut ledger) = ledger();
    ledger.add_report(&new(&report("Agence Nord", "wire", 3, "Soldiers fought."), 3)).unwrap();
    let copy = folder.path().join("a copy.db");
    ledger.backup(&copy).unwrap();
    assert!(matches!(ledger.backup(&copy), Err(Error::Exists { .. })));
    let copied = Ledger::open(&copy).unwrap();
    assert_eq!(copied.counts().unwrap(), ledger.counts().unwrap());
    assert_eq!(copied.find("soldiers", 5).unwrap().len(), 1);
    assert!(copied.check().unwrap().is_empty());
}

#[test]
fn nothing_can_be_changed_behind_its_back() {
    let (folder, mut ledger) = ledger();
    ledger.add_report(&new(&report("Agence Nord", "wire", 3, "Soldiers fought."), 3)).unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("sample.db")).unwrap();
    for sql in ["UPDATE reports SET text = ''", "DELETE FROM reports", "DELETE FROM inputs"] {
        assert_eq!(raw.execute(sql, []).unwrap_err().to_string(), "the ledger only grows");
    }
}
