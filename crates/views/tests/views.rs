//! What a person and a script see of a small ledger. All names are invented.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

#[path = "../../ledger/tests/common/mod.rs"]
mod common;

use common::{noon as at, person};
use ledger::{Act, Decision, Deed, Fields, Filter, Ledger, NewReport, Reading, Verdict};
use record::{
    Basis, Bound, Certainty, Claim, Count, DatePrecision, Dispute, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PartyName, PlaceName,
    PlacePrecision, Polarity, Report, Role, Source, SourceKind, Stance, Status, Toll, Victims,
};
use views::{Format, Listing, RenderOptions};

const ARMY: &str = "Army of Northland";
const NLF: &str = "Northern Liberation Front";

fn report(outlet: &str, kind: &str, day: i8, title: &str, text: &str) -> Report {
    let mut report = common::report(outlet, kind, day, text);
    title.clone_into(&mut report.title);
    report.identify();
    report
}

fn claim(report: &Report, kind: Kind, words: &str, source: &[(&str, SourceKind)]) -> Claim {
    Claim {
        source: source.iter().map(|&(name, kind)| Source { name: name.to_owned(), kind }).collect(),
        actor: Some(PartyName { text: "NLF".to_owned(), name: NLF.to_owned() }),
        target: Some(PartyName { text: "soldiers".to_owned(), name: ARMY.to_owned() }),
        place: Some(PlaceName {
            text: "Kardala".to_owned(),
            name: "Kardala".to_owned(),
            country: Some("XN".to_owned()),
            gazetteer: None,
            lat: Some(14.123_456_7),
            lon: Some(-3.25),
        }),
        ..common::claim(report, kind, words)
    }
}

fn dead(report: &Report, words: &str, bounds: (u64, Option<u64>), source: &[(&str, SourceKind)]) -> Claim {
    let mut claim = claim(report, Kind::Deaths, words, source);
    claim.count = Some(Count::new(words, Some(bounds.0), bounds.1, false).unwrap());
    claim.victims = Some(Victims::Military);
    claim.side = Some(ARMY.to_owned());
    claim
}

fn toll(side: &str, [low, best, high]: [u64; 3], because: Vec<Bound>) -> Toll {
    Toll { side: side.to_owned(), low, best, high, because }
}

fn bound(bound: &str, claim: &Claim, rule: &str) -> Bound {
    Bound { bound: bound.to_owned(), claims: vec![claim.id.clone()], rule: rule.to_owned() }
}

struct World {
    _folder: tempfile::TempDir,
    ledger: Ledger,
    ids: Vec<String>,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(folder.path().join("sample.db")).unwrap();

    let agency = report(
        "Agence Nord",
        "wire",
        3,
        "Army post attacked in the north",
        "Fighters attacked an army post at Kardala overnight. At least six soldiers were killed.\n\nAn army spokesman said there were no losses.",
    );
    let radio = {
        let mut radio = report("Radio Oum", "broadcast", 3, "Post attacked", &format!("{} ", agency.text));
        radio.copy_of = Some(agency.id.clone());
        radio
    };
    let statement =
        report("Northern Liberation Front", "group-statement", 4, "Communiqué 12", "Our fighters took the post at Kardala and killed 21 soldiers.");
    let late = report(
        "Oum Tribune",
        "newspaper",
        5,
        "Eight bodies in hospital",
        "The director of Oum hospital said eight bodies of soldiers were brought in. Some 40 people fled, residents said. A market \"burned\", | they <said>\u{1b}[31m.",
    );

    let mut attack = claim(&agency, Kind::Attack, "Fighters attacked an army post", &[]);
    let mut six = dead(&agency, "At least six soldiers were killed", (6, None), &[]);
    six.count = Some(Count::new("At least six", Some(6), None, false).unwrap());
    let mut none = dead(&agency, "there were no losses", (0, Some(0)), &[("An army spokesman", SourceKind::Military)]);
    (none.count, none.stance, none.polarity) = (None, Stance::Denies, Polarity::Negative);
    let mut again = dead(&radio, "At least six soldiers were killed", (6, None), &[]);
    let mut took = claim(&statement, Kind::Seizure, "took the post", &[]);
    let mut many = dead(&statement, "killed 21 soldiers", (21, Some(21)), &[]);
    (many.count, many.stance) = (Some(Count::new("21", Some(21), Some(21), false).unwrap()), Stance::Alleges);
    let mut eight = dead(&late, "eight bodies of soldiers", (8, Some(8)), &[("The director of Oum hospital", SourceKind::Medical)]);
    eight.count = Some(Count::new("eight", Some(8), Some(8), false).unwrap());
    let mut fled = claim(&late, Kind::Displacement, "Some 40 people fled", &[("residents", SourceKind::Resident)]);
    fled.count = Some(Count::new("Some 40", Some(40), Some(40), true).unwrap());
    fled.certainty = Certainty::Probable;
    let mut market = claim(&late, Kind::Destruction, "A market \"burned\", | they <said>\u{1b}[31m", &[]);
    market.weapon = Some("=fire".to_owned());
    for claim in [&mut attack, &mut six, &mut none, &mut again, &mut took, &mut many, &mut eight, &mut fled, &mut market] {
        claim.identify();
    }

    for (day, report, claims) in [
        (3, &agency, vec![&attack, &six, &none]),
        (3, &radio, vec![&again]),
        (4, &statement, vec![&took, &many]),
        (5, &late, vec![&eight, &fled, &market]),
    ] {
        let mut new = NewReport::new(report.clone(), format!("inbox/{day}.txt"), at(day)).hashed(&ledger::raw_hash(report.text.as_bytes()));
        new.url = (day == 5).then(|| "https://tribune.example/8".to_owned());
        ledger.add(&new, &Reading::new("reader 1", claims.into_iter().cloned().collect(), at(day))).unwrap();
    }

    let mut incident = Incident {
        id: "7K3QFM".to_owned(),
        kind: "armed clash".to_owned(),
        date: Some(IncidentDate { start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap(), precision: DatePrecision::Day }),
        place: Some(IncidentPlace {
            name: "Kardala".to_owned(),
            admin1: Some("North".to_owned()),
            admin2: None,
            country: Some("XN".to_owned()),
            lat: Some(14.123_456_7),
            lon: Some(-3.25),
            precision: PlacePrecision::Near,
        }),
        parties: vec![
            Party { name: NLF.to_owned(), role: Role::Attacker, basis: Basis::Claimed },
            Party { name: ARMY.to_owned(), role: Role::Defender, basis: Basis::Undisputed },
        ],
        deaths: vec![toll(ARMY, [0, 0, 6], vec![]), toll("total", [0, 0, 6], vec![])],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: vec![],
        claims: vec![attack.id.clone(), six.id.clone(), none.id.clone(), again.id.clone()],
    };
    ledger.apply_incidents(std::slice::from_ref(&incident), &Act::new("reconcile 1", "", at(3))).unwrap();
    let because = vec![
        bound("low", &six, "least count by a source without a stake"),
        bound("best", &eight, "exact, medical"),
        bound("high", &many, "a party's count of its enemy's losses moves high only"),
    ];
    incident.deaths = vec![toll(ARMY, [6, 8, 21], because), toll("total", [6, 8, 21], vec![])];
    incident.displaced = vec![toll("civilians", [40, 40, 40], vec![])];
    incident.status = Status::Corroborated;
    incident.disputes = vec![
        Dispute { claims: [none.id.clone(), many.id.clone()], over: Over::Deaths },
        Dispute { claims: [none.id.clone(), eight.id.clone()], over: Over::Deaths },
    ];
    incident.claims.extend([&took, &many, &eight, &fled].map(|claim| claim.id.clone()));
    let mut bare = incident.clone();
    bare.id = "Q2M4TZ".to_owned();
    (bare.kind, bare.date, bare.place, bare.status) = ("looting/property destruction".to_owned(), None, None, Status::Claimed);
    (bare.parties, bare.deaths, bare.displaced, bare.disputes) = (vec![], vec![], vec![], vec![]);
    bare.claims = vec![market.id.clone()];
    ledger.apply_incidents(&[incident, bare], &Act::new("reconcile 1", "", at(5))).unwrap();
    let ids = [&attack, &six, &none, &again, &took, &many, &eight, &fled, &market].map(|claim| claim.id.clone()).to_vec();
    World { _folder: folder, ledger, ids }
}

fn listings(ledger: &Ledger) -> [Listing; 3] {
    let all = Filter::default();
    [
        Listing::Incidents(views::incidents(ledger, &all).unwrap()),
        Listing::Claims(views::claims(ledger, &all).unwrap()),
        Listing::Reports(views::reports(ledger, &all).unwrap()),
    ]
}

#[test]
fn an_incident_is_shown_with_all_that_it_stands_on() {
    let world = world();
    let view = views::incident(&world.ledger, "7K3QFM").unwrap();
    assert_eq!((view.n_reports, view.n_independent), (4, 5));
    insta::assert_snapshot!("incident_100", views::incident_text(&view, 100, false));
    insta::assert_snapshot!("incident_60", views::incident_text(&view, 60, false));
    insta::assert_snapshot!("incident_40", views::incident_text(&view, 40, false));
    let bare = views::incident(&world.ledger, "Q2M4TZ").unwrap();
    insta::assert_snapshot!("incident_bare", views::incident_text(&bare, 80, false));
}

#[test]
fn every_width_is_kept_to_and_nothing_printed_is_obeyed() {
    let world = world();
    let [incidents, claims, reports] = listings(&world.ledger);
    let view = views::incident(&world.ledger, "7K3QFM").unwrap();
    for width in [40, 47, 60, 73, 80, 99, 120, 140] {
        let mut texts = vec![views::incident_text(&view, width, false)];
        for listing in [&incidents, &claims, &reports] {
            let options = RenderOptions { width, ..RenderOptions::default() };
            texts.push(views::render(listing, Format::Table, &options).unwrap());
        }
        for text in texts {
            for line in text.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
            }
            assert!(!text.contains('\u{1b}'));
        }
    }
    let colored = views::incident_text(&view, 100, true);
    let plain: String = {
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some(start) = rest.find('\u{1b}') {
            plain.push_str(&rest[..start]);
            rest = &rest[start + rest[start..].find('m').unwrap() + 1..];
        }
        plain + rest
    };
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&views::incident_text(&view, 100, false)));
}

#[test]
fn it_is_shown_as_it_stood() {
    let world = world();
    let view = views::incident_at(&world.ledger, "7K3QFM", Some(at(3))).unwrap();
    assert_eq!((view.claims.len(), view.known.len(), view.n_reports), (4, 1, 2));
    let rows = views::incidents(&world.ledger, &Filter { as_of: Some(at(3)), ..Filter::default() }).unwrap();
    assert_eq!((rows.len(), rows[0].n_reports, rows[0].outlets.join(" ")), (1, 2, "Agence Nord".to_owned()));
}

#[test]
fn tables_for_people() {
    let world = world();
    let [incidents, claims, reports] = listings(&world.ledger);
    let mut text = String::new();
    for width in [usize::MAX, 100, 60] {
        for listing in [&incidents, &claims, &reports] {
            text.push_str(&views::render(listing, Format::Table, &RenderOptions { width, ..RenderOptions::default() }).unwrap());
            text.push('\n');
        }
    }
    insta::assert_snapshot!("tables", text);
}

#[test]
fn files_for_programs() {
    let world = world();
    let [incidents, claims, reports] = listings(&world.ledger);
    let options = RenderOptions {
        rules: "careful-1".to_owned(),
        licence: "CC BY 4.0".to_owned(),
        base: "https://host.example".to_owned(),
        ..RenderOptions::default()
    };
    let mut text = String::new();
    for (name, format) in [
        ("json", Format::Json),
        ("ndjson", Format::Ndjson),
        ("csv", Format::Csv),
        ("tsv", Format::Tsv),
        ("geojson", Format::Geojson),
        ("md", Format::Md),
    ] {
        for (what, listing) in [("incidents", &incidents), ("claims", &claims), ("reports", &reports)] {
            let out = views::render(listing, format, &options).unwrap();
            if matches!(format, Format::Json | Format::Geojson) {
                serde_json::from_str::<serde_json::Value>(&out).unwrap();
            }
            // Long formats once: the first lines say it all.
            let lines: Vec<&str> = out.lines().take(4).collect();
            text.push_str(&format!("== {name} {what}\n{}\n", lines.join("\n")));
        }
    }
    insta::assert_snapshot!("files", text.replace('\r', "␍"));
}

#[test]
fn a_csv_reads_back_cell_by_cell() {
    let world = world();
    let [_, claims, _] = listings(&world.ledger);
    let options = RenderOptions { fields: vec!["quote".to_owned(), "weapon".to_owned()], excel: true, ..RenderOptions::default() };
    let csv = views::render(&claims, Format::Csv, &options).unwrap();
    assert!(csv.starts_with("\u{feff}quote,weapon\r\n"));
    assert!(csv.ends_with("\"A market \"\"burned\"\", | they <said>\u{1b}[31m\",'=fire\r\n"));
    let md = views::render(&claims, Format::Md, &options).unwrap();
    assert!(md.ends_with("| A market \"burned\", \\| they &lt;said> [31m | =fire |\n"), "{md}");
    let json = views::render(&claims, Format::Ndjson, &options).unwrap();
    assert!(json.starts_with(r#"{"quote":"Fighters attacked an army post","weapon":null}"#));
    let wrong = RenderOptions { fields: vec!["quotes".to_owned()], ..RenderOptions::default() };
    assert!(views::render(&claims, Format::Csv, &wrong).unwrap_err().to_string().starts_with(r#"there is no column "quotes""#));
}

#[test]
fn a_place_is_never_finer_than_it_is_known() {
    let world = world();
    let [incidents, ..] = listings(&world.ledger);
    let out: serde_json::Value = serde_json::from_str(&views::geojson(&incidents, &RenderOptions::default()).unwrap()).unwrap();
    assert_eq!(out["features"][0]["geometry"]["coordinates"], serde_json::json!([-3.25, 14.12]));
    assert_eq!(out["features"][0]["properties"]["lat"], 14.12);
    assert_eq!(out["features"][1]["geometry"], serde_json::Value::Null);
}

#[test]
fn reports_claims_and_hits_are_shown() {
    let world = world();
    let claim = views::claim(&world.ledger, &world.ids[2], None).unwrap();
    let report = views::report(&world.ledger, &claim.entry.claim.report, None).unwrap();
    let hits = world.ledger.find("soldiers kardala", 10).unwrap();
    let text = format!(
        "{}\n=====\n{}\n=====\n{}",
        views::report_text(&report, 80, false),
        views::claim_text(&claim, 80, false),
        views::hits_text(&hits, 80, false)
    );
    insta::assert_snapshot!("records", text);
    assert!(views::report(&world.ledger, "NONE", None).is_err());
}

/// `7K3QFM` with another toll, and the other incident merged into it.
fn decided() -> World {
    let mut world = world();
    let mut incident = world.ledger.incident("7K3QFM").unwrap();
    let fields = Fields::from([("deaths".to_owned(), "8-9-21".to_owned())]);
    incident.deaths = vec![toll(ARMY, [8, 9, 21], vec![])];
    incident.claims.push(world.ids[8].clone());
    let verdicts = vec![Verdict::Incident { incident, fields, stands: true }, Verdict::Merged { id: "Q2M4TZ".to_owned(), into: "7K3QFM".to_owned() }];
    let decision = Decision { deed: Deed::Merge, subject: "7K3QFM".to_owned(), verdicts, seen: vec![] };
    insta::assert_snapshot!("effects", views::effects_table(&views::effects(&world.ledger, &decision).unwrap(), 100, false));
    world.ledger.decide(&decision, &person(6, "the market burned in the same attack")).unwrap();
    let market = world.ledger.claim(&world.ids[8]).unwrap();
    let verdicts = vec![Verdict::Claim { claim: market, state: ledger::ClaimState::Accepted }];
    let agreed = Decision { deed: Deed::Set, subject: world.ids[8].clone(), verdicts, seen: vec![] };
    world.ledger.decide(&agreed, &person(7, "so it says")).unwrap();
    world
}

#[test]
fn decisions_are_told_and_what_the_machine_would_have_waits() {
    let mut world = decided();
    let machine = world.ledger.incidents(&Filter { as_of: Some(at(5)), ..Filter::default() }).unwrap();
    let applied = world.ledger.apply_incidents(&machine, &Act::new("reconcile 1", "", at(8))).unwrap();
    insta::assert_snapshot!("changes", views::changes_table(&applied.changes, 120, false));
    let view = views::incident(&world.ledger, "Q2M4TZ").unwrap();
    assert_eq!((view.redirects.len(), view.decisions.len()), (1, 1));
    insta::assert_snapshot!("decided_100", views::incident_text(&view, 100, false));
    let json = serde_json::to_value(&view).unwrap();
    assert_eq!((&json["incident"]["decided_by"], &json["incident"]["fields"]["deaths"]), (&"ana".into(), &"8-9-21".into()));
    let market = json["claims"].as_array().unwrap().iter().find(|line| line["claim"]["id"] == world.ids[8].as_str()).unwrap();
    assert_eq!((&market["claim"]["decision"], &market["claim"]["decided_by"]), (&"accepted".into(), &"ana".into()));

    world.ledger.undo(None, &person(9, "")).unwrap();
    let log = Listing::Events(views::log(&world.ledger, None, true, None).unwrap());
    let mut text = String::new();
    for format in [Format::Table, Format::Csv, Format::Ndjson] {
        text += &views::render(&log, format, &RenderOptions { width: 120, ..RenderOptions::default() }).unwrap();
    }
    insta::assert_snapshot!("log", text.replace('\r', "␍"));
    // Before all that.
    let then = views::incident_at(&world.ledger, "Q2M4TZ", Some(at(5))).unwrap();
    assert_eq!((then.redirects.len(), then.decisions.len(), then.entry.incident.id.as_str()), (0, 0, "Q2M4TZ"));
}
