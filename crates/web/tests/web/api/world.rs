//! The ledger that programs ask of. All names are invented.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use ledger::{Act, Ledger, NewReport, Reading};
use record::{
    Basis, Bound, Claim, Count, DatePrecision, Dispute, Field, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PlacePrecision, Quote,
    Report, Role, Source, SourceKind, Span, Status, Toll, Victims,
};
use web::{NoDesk, Site};

use crate::at;

const HOSTILE: &str = "Oum <script>&\"'\u{202e}\u{1}";
const TEXT: &str = "Soldiers fought. Eight bodies were seen. An officer denied it. Forty were hurt. Huts burnt. Men fled. A bridge fell. It rained.";

pub(crate) fn claim(report: &Report, kind: Kind, words: &str) -> Claim {
    let span = Span::find(&report.text, words).expect("the words stand in the report");
    let mut claim = Claim {
        source: vec![Source { name: "an officer".to_owned(), kind: SourceKind::Military }],
        count: (kind == Kind::Deaths).then(|| Count::new("eight", Some(8), None, false).unwrap()),
        victims: (kind == Kind::Deaths).then_some(Victims::Military),
        score: Some(0.5),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span).unwrap())
    };
    claim.identify();
    claim
}

pub(crate) fn incident(n: usize, claims: &[&Claim]) -> Incident {
    let precisions = [PlacePrecision::Exact, PlacePrecision::Near, PlacePrecision::Admin1, PlacePrecision::Country];
    let because = Bound { bound: "low".to_owned(), claims: vec![claims[0].id.clone()], rule: "least: report".to_owned() };
    let day = format!("2025-05-{:02}", 20 - n).parse().unwrap();
    Incident {
        id: format!("{n}{n}{n}{n}{n}{n}"),
        kind: "armed clash".to_owned(),
        date: (n != 3).then_some(IncidentDate { start: day, end: day, precision: DatePrecision::Day }),
        place: (n != 4).then(|| IncidentPlace {
            name: if n == 0 { HOSTILE.to_owned() } else { format!("Town {n}") },
            admin1: None,
            admin2: None,
            country: Some("ML".to_owned()),
            lat: Some(15.912_345_678 + n as f64),
            lon: Some(-2.412_345_678),
            precision: precisions[n % 4],
        }),
        parties: vec![Party { name: "Army of Northland".to_owned(), role: Role::Attacker, basis: Basis::Attributed }],
        deaths: vec![Toll { side: "total".to_owned(), low: 6, best: 8, high: 21, because: vec![because] }],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: if n == 0 { vec![Dispute { claims: [claims[0].id.clone(), claims[0].id.clone()], over: Over::Deaths }] } else { vec![] },
        claims: claims.iter().map(|claim| claim.id.clone()).collect(),
    }
}

pub(crate) struct World {
    pub(crate) app: Router,
    pub(crate) path: PathBuf,
    pub(crate) report: String,
    pub(crate) claim: String,
    _folder: tempfile::TempDir,
}

/// Six incidents, a seventh that went into the first, and an eighth that was withdrawn.
fn fill(path: &Path) -> (String, String) {
    let mut ledger = Ledger::create(path).unwrap();
    let mut report = Report::new("wire", "en", "Fighting reported", TEXT);
    report.outlet = HOSTILE.to_owned();
    report.published = Some("2025-06-01T09:00:00Z".parse().unwrap());
    report.identify();
    let words = [
        "Soldiers fought",
        "Eight bodies were seen",
        "An officer denied it",
        "Forty were hurt",
        "Huts burnt",
        "Men fled",
        "A bridge fell",
        "It rained",
    ];
    let claims: Vec<Claim> =
        words.iter().map(|words| claim(&report, if words.starts_with("Eight") { Kind::Deaths } else { Kind::Clash }, words)).collect();
    let mut new = NewReport::new(report.clone(), "inbox/1.txt", at(1)).hashed(&ledger::raw_hash(report.text.as_bytes()));
    new.url = Some("https://example.org/1".to_owned());
    ledger.add(&new, &Reading::new("reader 1", claims.clone(), at(1))).unwrap();
    let mut incidents: Vec<Incident> = claims.iter().enumerate().map(|(n, claim)| incident(n, &[claim])).collect();
    ledger.apply_incidents(&incidents, &Act::new("attest", "", at(1))).unwrap();
    incidents.truncate(6);
    incidents[0].claims.push(claims[6].id.clone());
    ledger.apply_incidents(&incidents, &Act::new("attest", "it rained only", at(2))).unwrap();
    (report.id, claims[1].id.clone())
}

pub(crate) fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.attest");
    let (report, claim) = fill(&path);
    let site = Site::new(&path, Arc::new(NoDesk)).open_to(vec!["https://example.org".to_owned()]).licensed("CC BY 4.0");
    World { app: web::app(site), path, report, claim, _folder: folder }
}
