use std::path::Path;

use ledger::{Ledger, NewReport, Reading};
use record::{Claim, Report};
use regex::Regex;

use crate::Desk;

/// A desk with a ledger of three reports and what a careful coder found in them; nothing is reconciled yet.
pub(crate) fn desk() -> Desk {
    #[derive(serde::Deserialize)]
    struct Case {
        reports: Vec<Report>,
        claims: Vec<Claim>,
    }
    let desk = Desk::new();
    let gold = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score/kardala.json")).unwrap();
    let case: Case = serde_json::from_str(&gold).unwrap();
    let mut ledger = Ledger::create(desk.path("ledger.attest")).unwrap();
    let at = "2025-06-05T08:00:00Z".parse().unwrap();
    for mut report in case.reports {
        let told = report.id.clone();
        report.identify();
        let mine = case.claims.iter().filter(|claim| claim.report == told).map(|claim| {
            let mut claim = claim.clone();
            claim.report.clone_from(&report.id);
            claim.quote = claim.quote.locate(&report).unwrap();
            claim.incident = None;
            claim.identify();
            claim
        });
        let reading = Reading::new("a coder", mine.collect(), at);
        ledger.add(&NewReport::new(report, "kardala.json", at), &reading).unwrap();
    }
    desk
}

/// Without what differs from day to day.
fn undated(text: &str) -> String {
    let moment = Regex::new(r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d(:[\d.]+Z)?").unwrap();
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let yesterday = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
    moment.replace_all(text, "(now)").replace(&today, "(today)").replace(&yesterday, "(today)")
}

fn json(desk: &Desk, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&desk.run(&[args, &["--format", "json"]].concat()).ends(0).stdout).unwrap()
}

/// The ids of the incidents, the one with most claims before the others.
fn incidents(desk: &Desk) -> Vec<String> {
    let rows = json(desk, &["list", "incidents"]);
    let mut rows: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| (row["claims"].as_array().unwrap().len(), row["id"].as_str().unwrap().to_owned())).collect();
    rows.sort_by(|a, b| b.cmp(a));
    rows.into_iter().map(|(_, id)| id).collect()
}

/// What lists say, with all that is in them.
fn listed(desk: &Desk) -> String {
    ["incidents", "claims", "reports"].map(|what| desk.run(&["list", what, "--format", "json"]).ends(0).stdout).concat()
}

#[test]
fn reconciling_says_first_and_writes_when_told() {
    let desk = desk();
    let said = desk.run(&["reconcile"]).ends(0);
    assert!(said.stdout.contains("created") && said.stderr.contains("`attest reconcile --apply` writes it"), "{}{}", said.stdout, said.stderr);
    assert!(incidents(&desk).is_empty());
    let dry = desk.run(&["reconcile", "--apply", "--dry-run"]).ends(0);
    assert_eq!((dry.stdout, incidents(&desk).len()), (said.stdout.clone(), 0));
    assert_eq!(desk.run(&["reconcile", "--apply"]).ends(0).stdout, said.stdout);
    assert!(!incidents(&desk).is_empty());
    let again = desk.run(&["reconcile", "--apply"]).ends(0);
    assert!(again.stdout.is_empty() && again.stderr.contains("as they are"), "{}{}", again.stdout, again.stderr);
    // Other rules, and without a speaker: said, not written.
    let before = listed(&desk);
    let other = json(&desk, &["reconcile", "--rules", "envelope"]);
    assert!(other.as_array().unwrap().iter().all(|change| change["what"] == "changed"), "{other}");
    desk.run(&["reconcile", "--without", "NLF"]).ends(0);
    assert_eq!(listed(&desk), before);
    desk.run(&["reconcile", "--without", "NLF", "--apply"]).ends(2);
    assert!(desk.run(&["reconcile", "--rules", "carefull"]).ends(2).stderr.contains("careful"));
}

#[test]
fn what_a_person_decided_stands_is_told_and_can_be_undone() {
    let desk = desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let ids = incidents(&desk);
    let [into, from] = [&ids[0], &ids[1]].map(String::as_str);
    let start = listed(&desk);

    // Looked at first, then done.
    let args = ["merge", into, from, "--why", "the shells fell on the same town", "--who", "ana"];
    let dry = desk.run(&[&args[..], &["--dry-run"]].concat()).ends(0);
    assert_eq!(listed(&desk), start);
    let done = desk.run(&args).ends(0);
    assert_eq!(done.stdout, dry.stdout);
    assert!(done.stderr.contains("takes it back"), "{}", done.stderr);
    let shown = desk.run(&["show", from]).ends(0).stdout;
    assert!(shown.starts_with(&format!("{from} was merged into {into} on ")), "{shown}");
    assert!(shown.contains("by ana: the shells fell on the same town") && shown.contains("DECISIONS"), "{shown}");

    // The machine would rather have two.
    let proposed = desk.run(&["reconcile", "--apply"]).ends(0);
    assert!(proposed.stdout.contains(into) && proposed.stderr.contains("1 proposed"), "{}{}", proposed.stdout, proposed.stderr);
    assert!(desk.run(&["show", into]).ends(0).stdout.contains("WAITING"));
    assert_eq!(json(&desk, &["list", "incidents", "--where", "proposed=yes"]).as_array().unwrap().len(), 1);
    let row = &json(&desk, &["list", "incidents", "--where", "reviewed=yes"])[0];
    assert_eq!((row["id"].as_str(), row["decided_by"].as_str()), (Some(into), Some("ana")));
    assert_eq!(desk.run(&["reconcile"]).ends(0).stdout, "", "what was said is not said again");

    // A field on top, and back: one by one, to the byte.
    let merged = listed(&desk);
    desk.run(&["set", into, "type=attack", "deaths=6-8-21", "--why", "no fight", "--who", "ben"]).ends(0);
    assert_eq!(json(&desk, &["show", into])["incident"]["fields"]["type"], "attack");
    let log = json(&desk, &["log", into, "--people"]);
    let merge = log.as_array().unwrap().iter().find(|event| event["what"] == "merge").unwrap()["id"].to_string();
    let late = desk.run(&["undo", &merge]).ends(7);
    assert!(late.stderr.contains("`attest undo") && late.stderr.contains("first"), "{}", late.stderr);
    desk.run(&["undo", "--who", "ana"]).ends(0);
    assert_eq!(listed(&desk), merged);
    desk.run(&["undo", "--who", "ana", "--why", "two towns after all"]).ends(0);
    assert_eq!(listed(&desk), start);
    assert!(desk.run(&["undo"]).ends(2).stderr.contains("there is no decision to undo"));
    insta::assert_snapshot!("log", undated(&desk.run(&["log", "--people"]).ends(0).stdout));
    // As it stood.
    let then = json(&desk, &["list", "incidents", "--as-of", "2025-06-06"]);
    assert_eq!(then.as_array().unwrap().len(), 0);
}

#[test]
fn claims_are_corrected_rejected_and_split_off() {
    let desk = desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let claims = json(&desk, &["list", "claims", "--kind", "deaths"]);
    let claim = |low: u64| claims.as_array().unwrap().iter().find(|claim| claim["count"]["low"] == low).unwrap()["id"].as_str().unwrap().to_owned();
    let (six, eight, many) = (claim(6), claim(8), claim(21));
    let start = json(&desk, &["list", "claims"]);

    let fixed = desk.run(&["set", &eight.to_lowercase(), "count=9", "--why", "the Arabic text says nine", "--who", "ana"]).ends(0);
    assert!(fixed.stdout.contains(&format!("{eight}  corrected  count 8 → 9")), "{}", fixed.stdout);
    let shown = json(&desk, &["show", &eight]);
    assert_eq!(
        (&shown["claim"]["decision"], &shown["claim"]["decided_by"], &shown["claim"]["count"]["low"]),
        (&"corrected".into(), &"ana".into(), &9.into())
    );
    desk.run(&["reject", &many, "--why", "not said", "--who", "ana"]).ends(0);
    assert!(!desk.run(&["list", "claims"]).stdout.contains(&many));
    assert!(desk.run(&["list", "claims", "--where", "decision=rejected"]).ends(0).stdout.contains(&many));
    assert!(desk.run(&["reject", &many, "--why", "again"]).ends(0).stderr.contains("nothing changes"));
    desk.run(&["reconcile", "--apply"]).ends(0);
    assert_eq!(json(&desk, &["show", &eight])["claim"]["count"]["low"], 9, "a correction outlives reconciliation");
    assert!(desk.run(&["undo"]).ends(0).stdout.contains("reject"));
    assert!(desk.run(&["undo"]).ends(0).stdout.contains("set"));
    desk.run(&["reconcile", "--apply"]).ends(0);
    assert_eq!(json(&desk, &["list", "claims"]), start);

    let id = json(&desk, &["show", &six])["claim"]["incident"].as_str().unwrap().to_owned();
    let split = json(&desk, &["split", &id, &six, "--why", "another post", "--who", "ana"]);
    let effects = split["effects"].as_array().unwrap();
    assert_eq!((&effects[0]["id"], &effects[0]["what"], &effects[1]["what"]), (&id.as_str().into(), &"changed".into(), &"created".into()));
    let other = effects[1]["id"].as_str().unwrap();
    assert_eq!(json(&desk, &["show", &six])["claim"]["incident"], other);
    insta::assert_snapshot!("shown", undated(&desk.run(&["show", &id]).ends(0).stdout));
    desk.run(&["reject", other, "--why", "no such thing", "--who", "ana"]).ends(0);
    let gone = desk.run(&["show", other]).ends(2);
    assert!(gone.stderr.contains("was withdrawn: no such thing") && gone.stderr.contains("attest log"), "{}", gone.stderr);
    desk.run(&["reconcile", "--apply"]).ends(0);
    desk.run(&["show", other]).ends(2);
}

#[test]
fn mistakes_are_answered_with_what_would_do() {
    let desk = desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let ids = incidents(&desk);
    let [id, other] = [&ids[0], &ids[1]].map(String::as_str);
    let elsewhere = json(&desk, &["show", other])["incident"]["claims"][0].as_str().unwrap().to_owned();
    for (args, said) in [
        (vec!["set", id, "typ=attack", "--why", "x"], "is \"type\" meant?"),
        (vec!["set", id, "type", "--why", "x"], "is not FIELD=VALUE"),
        (vec!["set", id, "deaths=8-6-4", "--why", "x"], "low-best-high such as 6-8-21"),
        (vec!["set", id, "type=attack"], "--why"),
        (vec!["set", id, "type=attack", "--why", " "], "--why is empty"),
        (vec!["set", "NONE", "type=attack", "--why", "x"], "there is no claim or incident NONE"),
        (vec!["merge", id, id, "--why", "x"], "nothing to merge"),
        (vec!["merge", id, "--why", "x"], "2 values required"),
        (vec!["split", id, &elsewhere, "--why", "x"], "is not in incident"),
        (vec!["undo", "1"], "is no decision of a person"),
    ] {
        let ran = desk.run(&args).ends(2);
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
    }
    desk.run(&["merge", id, other, "--why", "one"]).ends(0);
    let gone = desk.run(&["set", other, "type=attack", "--why", "x"]).ends(2);
    assert!(gone.stderr.contains(&format!("was merged into {id}")), "{}", gone.stderr);
    assert!(json(&desk, &["set", id, "reviewed=yes", "--why", "right"])["event"].is_null(), "a merged one is decided already");
}

#[test]
fn names_of_one_actor_are_merged_shown_and_undone() {
    let desk = desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let start = listed(&desk);
    let parties = || -> Vec<String> {
        let rows = json(&desk, &["list", "incidents"]);
        rows.as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row["parties"].as_array().unwrap())
            .map(|party| party["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (usual, other) = ("Unidentified armed group", "Army of Northland");
    assert!(parties().iter().any(|name| name == other));
    let args = ["merge", "--actors", usual, "army of northland", "--why", "to see", "--who", "ana"];
    let dry = desk.run(&[&args[..], &["--dry-run"]].concat()).ends(0);
    assert_eq!(listed(&desk), start);
    let done = desk.run(&args).ends(0);
    assert_eq!(done.stdout, dry.stdout);
    assert!(done.stdout.contains("is Unidentified armed group") && done.stderr.contains("`attest undo"), "{}{}", done.stdout, done.stderr);
    assert!(parties().iter().all(|name| name != other), "{:?}", parties());
    assert!(!json(&desk, &["list", "incidents", "--where", "actor=\"army of northland\""]).as_array().unwrap().is_empty());
    // The next reconciliation counts them as one.
    assert!(desk.run(&["reconcile"]).ends(0).stdout.contains("parties"));
    assert!(desk.run(&["log", "--people"]).ends(0).stdout.contains("to see"));
    desk.run(&["merge", "--actors", usual, "Nobody", "--why", "x"]).ends(2);
    desk.run(&["merge", "--actors", usual, usual, "--why", "x"]).ends(2);
    desk.run(&["undo"]).ends(0);
    assert_eq!(listed(&desk), start);
}

#[test]
fn names_of_one_place_are_merged_shown_exported_and_undone() {
    let desk = desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let (start, exported) = (listed(&desk), desk.run(&["export", "places"]).ends(0).stdout);
    let places = || -> Vec<[String; 2]> {
        let cell = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        json(&desk, &["export", "places"]).as_array().unwrap().iter().map(|row| ["place", "aliases"].map(|name| cell(row, name))).collect()
    };
    let at = |place: &str| json(&desk, &["list", "incidents", "--where", &format!("place={place}")]).as_array().unwrap().len();
    let claims = || json(&desk, &["list", "claims", "--where", "place=Oum"]).as_array().unwrap().len();
    assert_eq!((at("Kardala"), at("Oum"), claims()), (3, 1, 2));
    let args = ["merge", "--places", "PS/Kardala", "xn/oum", "--why", "its market", "--who", "ana"];
    let dry = desk.run(&[&args[..], &["--dry-run"]].concat()).ends(0);
    assert_eq!(listed(&desk), start);
    let done = desk.run(&args).ends(0);
    assert_eq!(done.stdout, dry.stdout);
    assert!(done.stdout.contains("is PS/Kardala") && done.stderr.contains("`attest undo"), "{}{}", done.stdout, done.stderr);
    assert_eq!(places(), [["Kardala".to_owned(), "XN/Oum".to_owned()]]);
    assert_eq!((at("Kardala"), at("Oum"), claims()), (4, 4, 2));
    for what in ["incidents", "claims"] {
        let rows = json(&desk, &["list", what]);
        assert!(rows.as_array().unwrap().iter().all(|row| row["place"]["name"] != "Oum"), "{rows}");
    }
    let public = desk.run(&["export", "places", "--publishing", "public"]).ends(0).stdout;
    assert!(public.lines().count() > 1 && !public.contains("Oum"), "{public}");
    let log = desk.run(&["log", "--people"]).ends(0).stdout;
    assert!(log.contains("same-place") && log.contains("its market"), "{log}");
    desk.run(&["merge", "--places", "PS/Kardala", "XN/Nowhere", "--why", "x"]).ends(2);
    desk.run(&["merge", "--places", "PS/Kardala", "XN/Oum", "--why", "x"]).ends(2);
    desk.run(&["merge", "--places", "--actors", "A", "B", "--why", "x"]).ends(2);
    desk.run(&["undo"]).ends(0);
    assert_eq!((listed(&desk), desk.run(&["export", "places"]).ends(0).stdout), (start, exported));
}
