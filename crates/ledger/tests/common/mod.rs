//! A small world of invented names.
#![allow(dead_code, reason = "each test file uses a part of it")]

use jiff::Timestamp;
use ledger::{Act, Ledger, NewReport, Reading};
use record::{
    Basis, Claim, Count, DatePrecision, Dated, Field, Incident, IncidentDate, IncidentPlace, Kind, Party, PartyName, PlaceName, PlacePrecision,
    Quote, Report, Role, Source, SourceKind, Span, Status, Toll, Victims,
};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn noon(day: i8) -> Timestamp {
    at(&format!("2025-06-{day:02}T12:00:00Z"))
}

pub(crate) fn report(outlet: &str, kind: &str, day: i8, text: &str) -> Report {
    let mut report = Report::new(kind, "en", "", text);
    report.outlet = outlet.to_owned();
    report.published = Some(format!("2025-06-{day:02}").parse().unwrap());
    report.identify();
    report
}

pub(crate) fn claim(report: &Report, kind: Kind, words: &str) -> Claim {
    let span = Span::find(&report.text, words).expect("the words stand in the report");
    let mut claim = Claim {
        place: Some(PlaceName {
            text: "Kârdala".to_owned(),
            name: "Kârdala".to_owned(),
            country: Some("XN".to_owned()),
            gazetteer: None,
            lat: Some(14.1),
            lon: Some(-3.25),
        }),
        date: Some(Dated { text: None, start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap() }),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span).unwrap())
    };
    claim.identify();
    claim
}

pub(crate) fn deaths(report: &Report, words: &str, low: u64, speaker: Option<(&str, SourceKind)>) -> Claim {
    let mut claim = claim(report, Kind::Deaths, words);
    claim.count = Some(Count::new(words, Some(low), Some(low), false).unwrap());
    claim.victims = Some(Victims::Military);
    claim.side = Some("Army of Northland".to_owned());
    claim.target = Some(PartyName { text: "soldiers".to_owned(), name: "Army of Northland".to_owned() });
    claim.source = speaker.into_iter().map(|(name, kind)| Source { name: name.to_owned(), kind }).collect();
    claim.identify();
    claim
}

pub(crate) fn incident(id: &str, best: u64, claims: &[&Claim]) -> Incident {
    Incident {
        id: id.to_owned(),
        kind: "armed clash".to_owned(),
        date: Some(IncidentDate { start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap(), precision: DatePrecision::Day }),
        place: Some(IncidentPlace {
            name: "Kârdala".to_owned(),
            admin1: Some("North".to_owned()),
            admin2: None,
            country: Some("XN".to_owned()),
            lat: Some(14.1),
            lon: Some(-3.25),
            precision: PlacePrecision::Near,
        }),
        parties: vec![
            Party { name: "Northern Liberation Front".to_owned(), role: Role::Attacker, basis: Basis::Claimed },
            Party { name: "Army of Northland".to_owned(), role: Role::Defender, basis: Basis::Undisputed },
        ],
        deaths: vec![Toll { side: "total".to_owned(), low: best, best, high: best + 10, because: vec![] }],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: vec![],
        claims: claims.iter().map(|claim| claim.id.clone()).collect(),
    }
}

pub(crate) fn new(report: &Report, day: i8) -> NewReport {
    NewReport::new(report.clone(), format!("inbox/{}.txt", report.id), noon(day)).hashed(&ledger::raw_hash(report.text.as_bytes()))
}

pub(crate) fn reading(claims: &[&Claim], day: i8) -> Reading {
    Reading::new("reader 1", claims.iter().map(|&claim| claim.clone()).collect(), noon(day))
}

pub(crate) fn act(day: i8) -> Act {
    Act::new("reconcile 1", "", noon(day))
}

/// A person who decides on a day.
pub(crate) fn person(day: i8, why: &str) -> Act {
    Act::new("ana", why, noon(day))
}

pub(crate) fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(folder.path().join("sample.db")).unwrap();
    (folder, ledger)
}
