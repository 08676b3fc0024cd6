//! What goes in, what comes out, and what stays.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use common::*;
use ledger::{Error, Filter, Found, InputStatus, Noun, Reading, What};
use record::{Kind, SourceKind};

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

#[test]
fn a_report_comes_back_with_its_claims() {
    let (_folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala. At least eight bodies were seen, a doctor said.");
    let clash = claim(&report, Kind::Clash, "Soldiers fought");
    let dead = deaths(&report, "eight bodies", 8, Some(("a doctor", SourceKind::Medical)));
    let added = ledger.add(&new(&report, 3), &reading(&[&clash, &dead], 3)).unwrap();
    assert_eq!((added.id.as_str(), added.status, added.claims), (report.id.as_str(), InputStatus::New, 2));
    assert_eq!(ledger.report(&report.id).unwrap(), report);
    assert_eq!(ledger.claims(&Filter::default()).unwrap(), [clash.clone(), dead.clone()]);
    assert_eq!(ledger.claim(&dead.id).unwrap(), dead);
    assert_eq!(ledger.noun(&dead.id.to_lowercase()).unwrap(), Some((Noun::Claim, dead.id)));
    assert!(matches!(ledger.report("NONE"), Err(Error::Unknown { what: "report", .. })));
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
}

#[test]
fn adding_twice_is_adding_once() {
    let (_folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala.");
    let clash = claim(&report, Kind::Clash, "Soldiers fought");
    ledger.add(&new(&report, 3), &reading(&[&clash], 3)).unwrap();
    let before = (ledger.counts().unwrap(), ledger.inputs(false).unwrap().len());
    let again = ledger.add(&new(&report, 4), &reading(&[&clash], 4)).unwrap();
    assert_eq!((again.status, again.claims), (InputStatus::Unchanged, 0));
    assert_eq!((ledger.counts().unwrap(), ledger.inputs(false).unwrap().len()), before);
    // The same report in other bytes is noted, so that those bytes are known too.
    let other = new(&report, 5).hashed("00ff");
    assert_eq!(ledger.known("00ff").unwrap(), None);
    assert_eq!(ledger.add_report(&other).unwrap().status, InputStatus::Unchanged);
    assert_eq!(ledger.known("00ff").unwrap(), Some(report.id.clone()));
    assert_eq!(ledger.counts().unwrap(), before.0);
    assert_eq!(ledger.inputs_of_report(&report.id).unwrap().len(), 2);
}

#[test]
fn a_new_reader_is_a_new_reading_and_the_old_one_stays() {
    let (_folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala and eight bodies were seen.");
    let clash = claim(&report, Kind::Clash, "Soldiers fought");
    let dead = deaths(&report, "eight bodies", 8, None);
    ledger.add(&new(&report, 3), &reading(&[&clash], 3)).unwrap();
    assert_eq!(ledger.unread("reader 2", "").unwrap(), std::slice::from_ref(&report.id));
    let better = Reading::new("reader 2", vec![dead.clone()], noon(5));
    assert_eq!(ledger.add_reading(&report.id, &better).unwrap(), 1);
    assert_eq!(ledger.claims(&Filter::default()).unwrap(), [dead]);
    assert_eq!(ledger.claims(&filter("as_of=2025-06-04")).unwrap(), std::slice::from_ref(&clash));
    assert_eq!(ledger.claim(&clash.id).unwrap(), clash);
    assert_eq!(ledger.counts().unwrap().claims, 1);
    assert_eq!(ledger.counts().unwrap().readings, 2);
    assert!(ledger.unread("reader 2", "").unwrap().is_empty());
}

#[test]
fn a_claim_whose_words_are_not_there_is_refused_and_nothing_is_written() {
    let (_folder, mut ledger) = ledger();
    let one = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala.");
    let two = report("Radio Oum", "broadcast", 3, "Nothing happened.");
    let good = claim(&one, Kind::Clash, "Soldiers fought");
    let mut moved = good.clone();
    moved.report.clone_from(&two.id);
    let batch = [(new(&one, 3), reading(&[&good], 3)), (new(&two, 3), reading(&[&moved], 3))];
    let error = ledger.add_many(batch.iter().map(|(new, reading)| (new, reading))).unwrap_err();
    assert!(matches!(&error, Error::Claim { report, .. } if *report == two.id), "{error}");
    let error = ledger.add(&new(&two, 3), &reading(&[&good], 3)).unwrap_err();
    assert!(matches!(error, Error::Stray { .. }));
    assert_eq!(ledger.counts().unwrap().reports, 0);
}

#[test]
fn failed_inputs_are_kept_once_and_may_succeed_later() {
    let (_folder, mut ledger) = ledger();
    assert!(ledger.add_failed("inbox/scan.pdf", "no text layer", noon(3)).unwrap());
    assert!(!ledger.add_failed("inbox/scan.pdf", "no text layer", noon(4)).unwrap());
    assert_eq!(ledger.counts().unwrap().failed, 1);
    assert_eq!(ledger.inputs(true).unwrap()[0].why.as_deref(), Some("no text layer"));
    let mut fixed = new(&report("Agence Nord", "wire", 3, "Soldiers fought."), 5);
    fixed.input = "inbox/scan.pdf".to_owned();
    ledger.add_report(&fixed).unwrap();
    assert_eq!(ledger.counts().unwrap().failed, 0);
}

#[test]
fn incidents_are_versions_and_only_changes_are_appended() {
    let (_folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala and eight bodies were seen; six were hurt.");
    let (clash, dead) = (claim(&report, Kind::Clash, "Soldiers fought"), deaths(&report, "eight bodies", 8, None));
    let hurt = claim(&report, Kind::Injuries, "six were hurt");
    ledger.add(&new(&report, 3), &reading(&[&clash, &dead, &hurt], 3)).unwrap();

    let first = [incident("AAAAAA", 6, &[&clash, &dead]), incident("BBBBBB", 0, &[&hurt])];
    assert_eq!(ledger.preview_incidents(&first).unwrap().ids(What::Created), ["AAAAAA", "BBBBBB"]);
    assert_eq!(ledger.counts().unwrap().incidents, 0);
    ledger.apply_incidents(&first, &act(3)).unwrap();
    assert_eq!(ledger.incidents(&Filter::default()).unwrap(), first);
    let events = ledger.counts().unwrap().events;
    let again = ledger.apply_incidents(&first, &act(4)).unwrap();
    assert!(again.is_empty() && again.unchanged == 2);
    assert_eq!(ledger.counts().unwrap().events, events);
    assert_eq!(ledger.claim(&hurt.id).unwrap().incident.as_deref(), Some("BBBBBB"));

    // B's claim moves into A, which changes; later A goes too.
    let second = [incident("AAAAAA", 8, &[&clash, &dead, &hurt])];
    let applied = ledger.apply_incidents(&second, &act(5)).unwrap();
    assert_eq!(applied.ids(What::Changed), ["AAAAAA"]);
    assert_eq!((applied.ids(What::Merged), applied.changes[1].into.as_deref()), (vec!["BBBBBB"], Some("AAAAAA")));
    assert_eq!(ledger.redirects("BBBBBB", None).unwrap()[0].into, "AAAAAA");
    assert_eq!(ledger.incident("BBBBBB").unwrap(), second[0]);
    assert_eq!(ledger.claims_of_incident("BBBBBB").unwrap().len(), 3);
    assert_eq!(ledger.incident_history("AAAAAA").unwrap().len(), 2);
    let change = ledger.events(Some("AAAAAA"), None).unwrap().pop().unwrap();
    assert_eq!(change.what, "changed");
    assert_eq!(change.old.unwrap()["deaths"][0]["best"], 6);
    assert_eq!(change.new.unwrap()["deaths"][0]["best"], 8);

    assert_eq!(ledger.apply_incidents(&[], &act(6)).unwrap().ids(What::Withdrawn), ["AAAAAA"]);
    for id in ["AAAAAA", "BBBBBB"] {
        let error = ledger.incident(id).unwrap_err();
        assert_eq!(error.to_string(), "incident AAAAAA was withdrawn: no incident holds any of its claims");
    }
    assert_eq!(ledger.claim(&hurt.id).unwrap().incident, None);
    assert!(matches!(ledger.incident("CCCCCC"), Err(Error::Unknown { .. })));

    // As it stood.
    let then = filter("as_of=2025-06-04").as_of;
    assert_eq!(ledger.incident_at("BBBBBB", then).unwrap(), first[1]);
    assert_eq!(ledger.incidents(&filter("as_of=2025-06-04")).unwrap(), first);
    assert_eq!(ledger.incidents(&filter("as_of=2025-06-05")).unwrap(), second);
    assert!(ledger.incidents(&filter("as_of=2025-06-02")).unwrap().is_empty());
    assert!(matches!(ledger.incident_at("AAAAAA", filter("as_of=2025-06-02").as_of), Err(Error::Unknown { .. })));
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());

    // And back again, under its old id.
    assert_eq!(ledger.apply_incidents(&first, &act(7)).unwrap().ids(What::Created), ["AAAAAA", "BBBBBB"]);
    assert_eq!(ledger.incident("BBBBBB").unwrap(), first[1]);
}

#[test]
fn an_incident_of_unknown_claims_is_refused() {
    let (_folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought.");
    let clash = claim(&report, Kind::Clash, "Soldiers fought");
    let error = ledger.apply_incidents(&[incident("AAAAAA", 6, &[&clash])], &act(3)).unwrap_err();
    assert!(matches!(error, Error::Unknown { what: "claim", .. }));
    assert_eq!(ledger.counts().unwrap(), ledger::Counts::default());
}

#[test]
fn filters_choose() {
    let (_folder, mut ledger) = ledger();
    let wire = report("Agence Nord", "wire", 3, "Eight bodies of soldiers were brought in, a doctor said.");
    let group = report("Northern Liberation Front", "group-statement", 4, "We killed 21 soldiers.");
    let mut copy = report("Radio Oum", "broadcast", 5, "Eight bodies of soldiers were brought in, a doctor said!");
    copy.copy_of = Some(wire.id.clone());
    let eight = deaths(&wire, "Eight bodies", 8, Some(("a doctor", SourceKind::Medical)));
    let many = deaths(&group, "21 soldiers", 21, None);
    ledger.add(&new(&wire, 3), &reading(&[&eight], 3)).unwrap();
    ledger.add(&new(&group, 4), &reading(&[&many], 4)).unwrap();
    ledger.add(&new(&copy, 5), &reading(&[], 5)).unwrap();
    let mut disputed = incident("AAAAAA", 8, &[&eight, &many]);
    disputed.disputes = vec![record::Dispute { claims: [eight.id.clone(), many.id.clone()], over: record::Over::Deaths }];
    ledger.apply_incidents(&[disputed], &act(5)).unwrap();

    for (text, reports, claims, incidents) in [
        ("", 3, 2, 1),
        ("country=XN", 2, 2, 1),
        ("country=XS", 0, 0, 0),
        ("country!=XN", 1, 0, 0),
        ("place=kardala", 2, 2, 1),
        ("place=North", 0, 0, 1),
        ("speaker_kind=medical", 1, 1, 1),
        ("speaker_kind=military", 0, 0, 0),
        ("speaker_kind!=medical", 2, 1, 0),
        ("outlet=oum", 1, 0, 0),
        ("outlet=liberation kind=deaths", 1, 1, 1),
        ("outlet_kind=wire,group-statement", 2, 2, 1),
        ("language=fr", 0, 0, 0),
        ("copies=no", 2, 2, 1),
        ("from=2025-06-04", 2, 0, 0),
        ("to=2025-06-03", 1, 2, 1),
        ("text='bodies soldiers'", 2, 0, 1),
        ("text='eight BODIES'", 2, 1, 1),
        ("text='***'", 0, 0, 0),
        ("deaths>=9", 3, 1, 0),
        ("deaths>=8", 3, 2, 1),
        ("deaths<=8", 3, 1, 1),
        ("status=reported disputed=yes", 3, 2, 1),
        ("disputed=actor", 3, 2, 0),
        ("disputed=deaths,actor", 3, 2, 1),
        ("type='armed clash'", 3, 2, 1),
        ("actor=liberation", 0, 0, 1),
        ("actor='army of north'", 2, 2, 1),
        ("side=northland", 2, 2, 1),
        ("bbox=-4,14,-3,15", 3, 2, 1),
        ("bbox=170,14,-3,15", 3, 2, 1),
        ("bbox=-3,14,0,15", 3, 2, 0),
        ("incident=AAAAAA", 2, 2, 1),
        ("limit=1", 1, 1, 1),
        ("limit=5 offset=1", 2, 1, 0),
        ("added_since=2025-06-04", 2, 1, 1),
    ] {
        let filter = filter(text);
        let found = (ledger.reports(&filter).unwrap().len(), ledger.claims(&filter).unwrap().len(), ledger.incidents(&filter).unwrap().len());
        assert_eq!(found, (reports, claims, incidents), "{text}");
    }
    let sorted = ledger.claims(&filter("sort=-deaths")).unwrap();
    assert_eq!(sorted[0].id, many.id);
    assert_eq!(ledger.report_entries(&filter("sort=-date limit=1")).unwrap()[0].report.id, copy.id);
    assert_eq!(ledger.copies_of(&wire.id, None).unwrap(), [copy]);
}

#[test]
fn search_finds_across_marks_and_scripts_and_nothing_typed_is_an_error() {
    let (_folder, mut ledger) = ledger();
    let texts =
        ["L'armée a tué douze hommes à Ménaka, selon N'Diaye.", "قتل الجيش ثمانية رجال في أغاديس", "စစ်တပ်က တိုက်ခိုက်ခဲ့သည်။", "军队在北方打死十二人。"];
    for (n, text) in texts.iter().enumerate() {
        let report = report("Agence Nord", "wire", n as i8 + 1, text);
        let quoted = claim(&report, Kind::Deaths, text.split_whitespace().nth(1).unwrap_or(text));
        ledger.add(&new(&report, 3), &reading(&[&quoted], 3)).unwrap();
    }
    for (text, hits) in [
        ("menaka ARMEE", 1),
        ("\"douze hommes\"", 1),
        ("\"hommes douze\"", 0),
        ("n'diaye", 1),
        ("أغاديس", 1),
        ("اغاديس الجيش", 1),
        ("打死十二人", 2),
        ("တိုက်ခိုက်", 2),
    ] {
        assert_eq!(ledger.find(text, 10).unwrap().len(), hits, "{text}");
    }
    let hit = &ledger.find("menaka", 10).unwrap()[0];
    assert!(matches!(&hit.found, Found::Report(id) if *id == hit.report));
    assert_eq!(hit.marks.iter().map(|mark| &hit.snippet[mark.clone()]).collect::<Vec<_>>(), ["Ménaka"]);
    for text in [
        "\"",
        "AND",
        "NOT x",
        "NEAR(a b)",
        "title:x",
        "(",
        "a* OR",
        "^",
        "-",
        "{x}: y",
        "\0",
        "a\0b",
        "'",
        "''; DROP TABLE reports",
        "\u{301}",
        "½ ²",
        "a\"b\"c\"",
        "+",
        "...",
        "☂",
    ] {
        ledger.find(text, 3).unwrap();
        ledger.reports(&Filter { text: Some(text.to_owned()), ..Filter::default() }).unwrap();
        ledger.claims(&Filter { text: Some(text.to_owned()), ..Filter::default() }).unwrap();
        ledger.incidents(&Filter { text: Some(text.to_owned()), ..Filter::default() }).unwrap();
    }
}

#[test]
fn fingerprints_come_back_whole() {
    let (_folder, mut ledger) = ledger();
    let mut one = new(&report("Agence Nord", "wire", 3, "One."), 3);
    one.fingerprint = Some(u64::MAX - 1);
    ledger.add_report(&one).unwrap();
    ledger.add_report(&new(&report("Agence Nord", "wire", 3, "Two."), 3)).unwrap();
    assert_eq!(ledger.fingerprints().unwrap(), [(one.report.id, u64::MAX - 1)]);
}

#[test]
fn the_usual_delay_is_that_of_nine_incidents_in_ten() {
    let (_folder, mut ledger) = ledger();
    let mut incidents = Vec::new();
    for n in 0..10_i8 {
        // Of 2 June, told of on 4 to 13 June.
        let report = report("Agence Nord", "wire", 4 + n, &format!("Huts burnt, {n}."));
        let burnt = claim(&report, Kind::Destruction, "Huts burnt");
        ledger.add(&new(&report, 20), &reading(&[&burnt], 20)).unwrap();
        incidents.push(incident(&format!("{n}AAAAA"), 0, &[&burnt]));
    }
    ledger.apply_incidents(&incidents[..9], &act(20)).unwrap();
    assert_eq!(ledger.delay().unwrap(), None, "nine say nothing");
    ledger.apply_incidents(&incidents, &act(20)).unwrap();
    assert_eq!(ledger.delay().unwrap(), Some((10, "2025-06-13".parse().unwrap())));
}
