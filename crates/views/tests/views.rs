//! What a person and a script see of a small ledger. All names are invented.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod world;

use ledger::{Act, Decision, Deed, Fields, Filter, Registry, Verdict};
use record::{Claim, Incident, Report, SourceKind};
use views::{Format, Listing, RenderOptions};
use world::common::{noon as at, person};
use world::{ARMY, World, dead, listings, report, toll, world};

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

#[test]
fn a_speaker_has_a_record_in_what_it_speaks_of() {
    let world = world();
    for (name, kind, expected) in [
        ("AN ARMY SPOKESMAN", "military", Some([1, 1, 0, 0, 1])),
        ("residents", "", Some([1, 0, 0, 1, 0])),
        ("residents", "military", None),
        ("nobody", "", None),
    ] {
        let track = views::track(&world.ledger, name, kind).unwrap();
        let counts = track.as_ref().map(|t| [t.incidents, t.first, t.alone, t.corroborated, t.contradicted]);
        assert_eq!(counts, expected, "{name} {kind}");
    }
    let track = views::track(&world.ledger, "residents", "").unwrap().unwrap();
    assert_eq!(track.share(track.corroborated).map(|share| share[1]), Some(1.0));
}

#[test]
fn an_actor_is_shown_and_counted_under_its_usual_name() {
    let mut world = world();
    let (nlf, army) = ("Northern Liberation Front", "Army of Northland");
    let joined = views::joined(&world.ledger, Registry::Actors, nlf, &[army.to_owned(), nlf.to_owned()]).unwrap();
    assert_eq!((joined.names, joined.incidents, joined.both), (vec![(nlf.to_owned(), 1), (army.to_owned(), 1)], 1, vec!["7K3QFM".to_owned()]));
    assert_eq!(views::actor(&world.ledger, "army of northland").unwrap().unwrap().kind, "military");
    let act = ledger::Act::new("ana", "to see", "2025-06-06T12:00:00Z".parse().unwrap());
    world.ledger.say_same(Registry::Actors, nlf, &[army.to_owned()], i64::MAX, &act).unwrap();
    let actor = views::actor(&world.ledger, army).unwrap().unwrap();
    assert_eq!((actor.row.name.as_str(), actor.row.aliases[0].name.as_str()), (nlf, army));
    let shown = views::incident(&world.ledger, "7K3QFM").unwrap().entry.incident;
    assert_eq!(shown.parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>(), [nlf]);
    assert_eq!(shown.deaths[0].side, nlf);
    assert_eq!(views::incidents(&world.ledger, &ledger::Filter::default()).unwrap()[0].entry.incident, shown);
    // So in every list and on every page.
    let everything = ledger::Filter::default();
    assert_eq!(views::incident_entries(&world.ledger, &everything).unwrap()[0].incident, shown);
    assert_eq!(views::incident_entry(&world.ledger, "7K3QFM", None).unwrap().incident, shown);
    let stored = world.ledger.claims(&everything).unwrap().into_iter().find(|claim| claim.side.as_deref() == Some(army)).unwrap();
    let rows = views::claims(&world.ledger, &everything).unwrap().into_iter().map(|row| row.entry);
    let report = views::report(&world.ledger, &stored.report, None).unwrap().claims;
    let page = views::claim(&world.ledger, &stored.id, None).unwrap().entry;
    let same: Vec<_> = rows.chain(report).chain([page]).filter(|entry| entry.claim.id == stored.id).map(|entry| entry.claim.side).collect();
    assert_eq!(same, vec![Some(nlf.to_owned()); 3]);
    let actors = views::actor_rows(&world.ledger, &everything, 0, 9).unwrap();
    assert_eq!((actors.total, &actors.items[0]), (actors.items.len(), &actor.row));
    assert_eq!(views::actor_rows(&world.ledger, &everything, 1, 9).unwrap().items[..], actors.items[1..]);
    // As it stood before anybody said so.
    let before = views::incident_at(&world.ledger, "7K3QFM", Some("2025-06-05T13:00:00Z".parse().unwrap())).unwrap();
    assert_eq!(before.entry.incident.parties.len(), 2);
}

#[test]
fn a_place_is_shown_and_counted_under_its_usual_name() {
    let mut world = world();
    let everything = Filter::default();
    let mut incidents = world.ledger.incidents(&everything).unwrap();
    let at = incidents.iter().position(|incident| incident.id == "7K3QFM").unwrap();
    // A village that is nearly called so, on the same day.
    let mut other = Incident { id: "NEARBY".to_owned(), claims: vec![], disputes: vec![], ..incidents[at].clone() };
    let place = other.place.as_mut().unwrap();
    (place.name, place.lat, place.precision) = ("Kârdalla".to_owned(), Some(13.5), record::PlacePrecision::Exact);
    incidents.push(other);
    world.ledger.apply_incidents(&incidents, &Act::new("attest", "", "2025-06-06T12:00:00Z".parse().unwrap())).unwrap();
    let (kardala, misread) = ("XN/Kardala", "XN/Kârdalla");
    let found = views::places(&world.ledger, &everything).unwrap();
    let pair = found.duplicates.iter().find(|pair| pair.names.iter().any(|name| name == misread)).unwrap();
    assert_eq!((pair.why, pair.metres.map(|metres| metres / 1_000)), (views::Alike::Letters, Some(69)));
    let before = found.items.iter().find(|place| place.key() == kardala).unwrap().incidents;
    let joined = views::joined(&world.ledger, Registry::Places, "xn/kardala", &[misread.to_owned()]).unwrap();
    assert_eq!((joined.usual.as_str(), joined.incidents), ("xn/kardala", before + 1));
    assert!(["7K3QFM", "NEARBY"].iter().all(|id| joined.both.iter().any(|both| both == id)), "{joined:?}");
    assert_eq!(views::usual(&world.ledger, Registry::Places, "xn/kardala").unwrap().as_deref(), Some(kardala));
    assert_eq!(views::usual(&world.ledger, Registry::Places, "XX/Kardala").unwrap(), None);

    let act = Act::new("ana", "misread", "2025-06-07T12:00:00Z".parse().unwrap());
    world.ledger.say_same(Registry::Places, kardala, &[misread.to_owned()], i64::MAX, &act).unwrap();
    let place = views::place(&world.ledger, misread).unwrap().unwrap();
    assert_eq!((place.row.key().as_str(), place.row.incidents, place.row.aliases[0].name.as_str()), (kardala, before + 1, misread));
    assert_eq!((place.admin1.as_deref(), place.claims > 0, place.printed.as_slice()), (Some("North"), true, &["Kardala".to_owned()][..]));
    let shown = views::incident(&world.ledger, "NEARBY").unwrap().entry.incident.place.unwrap();
    assert_eq!((shown.name.as_str(), shown.lat), ("Kardala", Some(14.123_456_7)));
    assert_eq!(views::incident_entry(&world.ledger, "NEARBY", None).unwrap().incident.place, Some(shown));
    assert!(views::places(&world.ledger, &everything).unwrap().duplicates.iter().all(|pair| pair.names.iter().all(|name| name != misread)));
    let then = views::incident_at(&world.ledger, "NEARBY", Some("2025-06-06T13:00:00Z".parse().unwrap())).unwrap();
    assert_eq!(then.entry.incident.place.unwrap().name, "Kârdalla");
    // Said not to be one, they are not suggested again.
    world.ledger.say_apart(Registry::Places, misread, kardala, i64::MAX, &act).unwrap();
    let found = views::places(&world.ledger, &everything).unwrap();
    assert!(
        found.items.iter().any(|place| place.key() == misread) && found.duplicates.iter().all(|pair| pair.names.iter().all(|name| name != misread))
    );
}

#[test]
fn an_actor_is_known_however_many_have_more_incidents() {
    let mut world = world();
    let mut incidents = world.ledger.incidents(&ledger::Filter::default()).unwrap();
    let like = record::Incident { claims: vec![], disputes: vec![], ..incidents[0].clone() };
    // 2100 parties, twenty-one an incident.
    incidents.extend((0..100).map(|n| {
        let name = |m: usize| record::Party { name: format!("Party {:04}", n * 21 + m), ..like.parties[0].clone() };
        record::Incident { id: format!("N{n:05}"), parties: (0..21).map(name).collect(), ..like.clone() }
    }));
    world.ledger.apply_incidents(&incidents, &ledger::Act::new("attest", "", "2025-06-07T12:00:00Z".parse().unwrap())).unwrap();
    for name in ["Party 0000", "party 2099"] {
        let row = views::actor(&world.ledger, name).unwrap().unwrap().row;
        assert_eq!((row.name.to_lowercase(), row.incidents), (name.to_lowercase(), 1));
    }
    assert_eq!(views::actor(&world.ledger, "Party").unwrap(), None);
}

#[test]
fn who_speaks_in_a_copy_alone_is_no_source_of_its_own() {
    let text = "Six died, and the mayor said six died.";
    let original = report("Agence Nord", "wire", 3, "", text);
    let mut copy = report("Radio Oum", "broadcast", 3, "", &format!("{text} "));
    copy.copy_of = Some(original.id.clone());
    let told = |report: &Report, source: &[(&str, SourceKind)]| dead(report, "Six died", (6, Some(6)), source);
    let mayor: &[(&str, SourceKind)] = &[("the mayor", SourceKind::LocalOfficial)];
    let entry = world().ledger.incident_entry("7K3QFM", None).unwrap();
    let sources = |claims: &[Claim]| views::IncidentRow::of(entry.clone(), claims, &[original.clone(), copy.clone()]).n_independent;
    assert_eq!(sources(&[told(&original, &[]), told(&original, mayor)]), 2);
    assert_eq!(sources(&[told(&original, &[]), told(&copy, &[])]), 1);
    assert_eq!(sources(&[told(&original, &[]), told(&copy, mayor)]), 1);
    // A copy whose original says nothing of it speaks for it.
    assert_eq!(sources(&[told(&copy, &[]), told(&copy, mayor)]), 2);

    // Of copies whose original nobody has, the first stands for it among the outlets too.
    let mut later = report("Radio Sel", "broadcast", 4, "", &format!("{text}  "));
    later.copy_of = copy.copy_of.clone();
    for (reports, outlets) in [(&[copy.clone(), later.clone()][..], "Radio Oum"), (&[original, copy.clone(), later][..], "Agence Nord")] {
        assert_eq!(views::IncidentRow::of(entry.clone(), &[told(&copy, &[])], reports).outlets.join(" "), outlets);
    }
}
