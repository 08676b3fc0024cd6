//! How a page was fetched is kept with what it told, and its bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::sync::Arc;

use common::*;
use ledger::{Error, Fetched, Filter, Ledger, NewReport, Page};
use record::Report;
use rusqlite::Connection;

fn page(bytes: &[u8], day: i8) -> Page {
    let fetched = Fetched {
        asked: "http://nord.example/".to_owned(),
        address: "https://nord.example/feed".to_owned(),
        status: 200,
        content_type: Some("text/html".to_owned()),
        etag: None,
        last_modified: Some("Tue, 03 Jun 2025 10:00:00 GMT".to_owned()),
        raw_hash: ledger::raw_hash(bytes),
        fetched_at: noon(day),
    };
    Page { fetched, bytes: bytes.to_vec() }
}

fn came_in(report: &Report, page: &Arc<Page>) -> NewReport {
    let mut new = NewReport::new(report.clone(), page.fetched.address.clone(), page.fetched.fetched_at).hashed(&page.fetched.raw_hash);
    new.page = Some(Arc::clone(page));
    new
}

/// How many rows `fetched` and `pages` have.
fn rows(ledger: &Ledger) -> [i64; 2] {
    let conn = Connection::open(ledger.path()).unwrap();
    ["fetched", "pages"].map(|table| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap())
}

#[test]
fn a_page_is_kept_once_with_what_it_told() {
    let (_folder, mut ledger) = ledger();
    let [one, two] = ["Soldiers fought.", "Six were hurt."].map(|text| report("Agence Nord", "wire", 3, text));
    let first = Arc::new(page(b"<p>Soldiers fought.<p>Six were hurt.", 4));
    // Of what lay in a file, it is not known how it was had.
    ledger.add_report(&new(&one, 3)).unwrap();
    ledger.add_reports([&came_in(&one, &first), &came_in(&two, &first)]).unwrap();
    assert_eq!(rows(&ledger), [1, 1]);
    let of = |ledger: &Ledger, report: &Report, as_of: i8| {
        let filter = Filter { report: Some(report.id.clone()), as_of: Some(noon(as_of)), ..Filter::default() };
        ledger.report_entries(&filter).unwrap().pop().unwrap().fetched
    };
    assert_eq!(of(&ledger, &one, 3), None);
    for report in [&one, &two] {
        assert_eq!(of(&ledger, report, 4).as_ref(), Some(&first.fetched));
    }
    let inputs: Vec<Option<Fetched>> = ledger.inputs_of_report(&one.id).unwrap().into_iter().map(|input| input.fetched).collect();
    assert_eq!(inputs, [None, Some(first.fetched.clone())]);
    assert_eq!(ledger.inputs(false).unwrap()[2].fetched_at, Some(noon(4)));
    assert_eq!(ledger.page(&first.fetched.raw_hash).unwrap(), first.bytes);
    // The same again is nothing; with other bytes that tell nothing new, how they came is kept and they are not.
    let (same, other) = (Arc::new(page(&first.bytes, 5)), Arc::new(page(b"<p>Soldiers fought.<p>Six were hurt.<!-- 7 -->", 6)));
    ledger.add_reports([&came_in(&two, &same), &came_in(&two, &other)]).unwrap();
    assert_eq!(rows(&ledger), [2, 1]);
    assert_eq!(of(&ledger, &two, 6), Some(first.fetched.clone()));
    assert!(matches!(ledger.page(&other.fetched.raw_hash), Err(Error::Unknown { what: "page", .. })));
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_page_that_is_not_as_it_came_is_noticed() {
    let (_folder, mut ledger) = ledger();
    let page = Arc::new(page(&b"<p>Soldiers fought.".repeat(9), 4));
    ledger.add_report(&came_in(&report("Agence Nord", "wire", 3, "Soldiers fought."), &page)).unwrap();
    let conn = Connection::open(ledger.path()).unwrap();
    for change in ["UPDATE pages SET gzip = zeroblob(9)", "DELETE FROM pages", "UPDATE fetched SET status = 404", "DELETE FROM fetched"] {
        assert!(conn.execute(change, []).unwrap_err().to_string().contains("the ledger only grows"), "{change}");
    }
    // Something else than SQL did it.
    conn.execute_batch("DROP TRIGGER pages_kept; UPDATE pages SET gzip = substr(gzip, 1, length(gzip) - 9)").unwrap();
    assert!(matches!(ledger.page(&page.fetched.raw_hash), Err(Error::Page { .. })));
    assert_eq!(ledger.check().unwrap(), [format!("the bytes kept of the page {} are damaged", page.fetched.raw_hash)]);
}

#[test]
fn a_ledger_from_before_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = Connection::open(&path).unwrap();
    for step in [
        include_str!("../src/schema/001_initial.sql"),
        include_str!("../src/schema/002_decisions.sql"),
        include_str!("../src/schema/003_queue.sql"),
        include_str!("../src/schema/004_actors.sql"),
    ] {
        old.execute_batch(step).unwrap();
    }
    let mut report = report("Agence Nord", "wire", 3, "Soldiers fought.");
    report.title = "Kârdala".to_owned();
    report.identify();
    old.execute_batch(&format!(
        "PRAGMA application_id = 1096045396; PRAGMA user_version = 4;
         INSERT INTO reports (id, outlet, outlet_key, kind, language, title, text, recorded_at)
           VALUES ('{}', 'Agence Nord', 'agence nord', 'wire', 'en', 'Kârdala', 'Soldiers fought.', '2025-06-03T12:00:00.000000000Z');
         INSERT INTO inputs (name, status, report, fetched_at, recorded_at)
           VALUES ('https://nord.example/1', 'new', '{}', '2025-06-03T12:00:00.000000000Z', '2025-06-03T12:00:00.000000000Z');",
        report.id, report.id
    ))
    .unwrap();
    drop(old);
    assert!(matches!(Ledger::open_read_only(&path), Err(Error::ReadOnly { .. })));
    let mut ledger = Ledger::open(&path).unwrap();
    let input = ledger.inputs(false).unwrap().remove(0);
    assert_eq!((input.fetched_at, input.fetched), (Some(noon(3)), None));
    assert_eq!(ledger.report_entries(&Filter::default()).unwrap()[0].fetched, None);
    ledger.add_report(&came_in(&report, &Arc::new(page(b"<p>Soldiers fought.", 4)))).unwrap();
    assert!(ledger.inputs(false).unwrap()[1].fetched.is_some());
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
}
