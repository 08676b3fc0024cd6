use ledger::{Turn, What};
use record::Report;
use serde_json::json;

use super::*;
use crate::incident::ReportLine;
use crate::lists::{ClaimRow, IncidentRow, ReportRow};

fn entry(kind: &str, day: &str, deaths: serde_json::Value) -> IncidentEntry {
    let incident = serde_json::from_value(json!({
        "id": "7K3QFM", "type": kind, "date": {"start": day, "end": day, "precision": "day"},
        "place": {"name": "Labbezanga", "admin1": "Gao", "admin2": "Ansongo", "country": "ML", "lat": 14.95, "lon": 0.7, "precision": "exact"},
        "parties": [], "deaths": deaths, "status": "reported", "disputes": [], "claims": [],
    }));
    let at = "2025-06-10T12:00:00Z".parse().unwrap();
    IncidentEntry {
        incident: incident.unwrap(),
        revision: 1,
        decided_by: None,
        fields: ledger::Fields::default(),
        first_recorded_at: at,
        recorded_at: at,
        written_at: at,
    }
}

fn claim() -> Claim {
    serde_json::from_value(json!({
        "id": "C", "report": "R", "quote": "six soldiers died at Labbezanga, near Tin Hama", "start": 4, "end": 50, "occurrence": 1,
        "source": [{"name": "mayor of Labbezanga", "kind": "local-official"}], "stance": "states", "certainty": "certain", "polarity": "positive",
        "kind": "deaths", "scope": "incident", "incident": "7K3QFM", "actor": {"text": "the Tin-Hama militia", "name": "Tin Hama militia"}, "target": null,
        "place": {"text": "Labbézanga", "name": "Labbezanga", "country": "ML", "lat": 14.95, "lon": 0.7},
        "date": null, "count": {"text": "six", "low": 6, "high": 6}, "victims": null, "side": null, "weapon": null,
    }))
    .unwrap()
}

fn toll(high: u64) -> serde_json::Value {
    json!([{"side": "civilians", "low": 1, "best": 1, "high": high}])
}

fn public() -> Publisher {
    Publisher::new(Publishing::Public, "2025-06-10T12:00:00Z".parse().unwrap())
}

#[test]
fn what_is_public_is_coarse_late_and_small_counts_are_not() {
    let mut public = public();
    assert!(public.incident(entry("attack", "2025-06-09", toll(9))).is_none());
    let mut set = entry("attack", "2025-06-08", toll(9));
    set.fields.insert("place".to_owned(), "Labbezanga".to_owned());
    let old = public.incident(set).unwrap();
    let place = old.incident.place.as_ref().unwrap();
    assert_eq!((place.name.as_str(), place.precision), ("Ansongo", PlacePrecision::Admin2));
    assert!(place.lat.is_none_or(|lat| (lat - 14.95).abs() > 0.01), "not the place itself");
    assert_eq!((old.incident.deaths.len(), old.fields.len()), (1, 0));
    assert!(public.incident(entry(SEXUAL, "2025-06-01", toll(2))).unwrap().incident.deaths.is_empty());
    assert_eq!(public.incident(entry(SEXUAL, "2025-06-01", toll(3))).unwrap().incident.deaths.len(), 1);
    assert_eq!(public.withheld().words(), "1 incident, 3 places, 1 toll");

    let mut private = Publisher::new(Publishing::Private, public.now);
    let same = entry("attack", "2025-06-10", toll(1));
    assert_eq!(private.incident(same.clone()), Some(same));
    assert_eq!(private.withheld().words(), "nothing");
}

#[test]
fn few_victims_can_be_read_in_no_claim_and_no_headline() {
    let count = |text: &str, low: u64, high: Option<u64>| record::Count::new(text, Some(low), high, false).unwrap();
    let women = Some(PartyName { text: "two women".to_owned(), name: "civilians".to_owned() });
    let mut few = claim();
    (few.quote.text, few.target) = ("two women".to_owned(), women.clone());
    let mut attack = claim();
    (attack.id, attack.count, attack.target) = ("D".to_owned(), None, women);
    let of = |id: &str, report: &str, incident: Option<&str>, field, (start, end)| {
        let mut claim = claim();
        (claim.id, claim.report, claim.incident) = (id.to_owned(), report.to_owned(), incident.map(str::to_owned));
        (claim.quote.field, claim.quote.start, claim.quote.end) = (field, start, end);
        claim
    };
    let mut of_nothing = of("E", "copy", None, Field::Text, (0, 20));
    of_nothing.count = None;
    let row = |claim: &Claim| ClaimRow {
        entry: claim.clone().into(),
        outlet: "Radio Labbezanga".to_owned(),
        outlet_kind: record::ReportKind::Broadcast,
        published: None,
        language: "en".to_owned(),
        url: Some("https://radio.example/labb%C3%A9zanga".to_owned()),
    };
    let report = |id: &str, copy_of: Option<&str>, published: &str| {
        let mut report = Report::new("wire", "en", "Two women raped", "Two women were raped.");
        (report.id, report.copy_of, report.published) = (id.to_owned(), copy_of.map(str::to_owned), published.parse().ok());
        let recorded_at = "2025-06-01T12:00:00Z".parse().unwrap();
        let address = "https://radio.example/labbezanga".to_owned();
        let fetched = ledger::Fetched {
            asked: address.clone(),
            address,
            status: 200,
            content_type: None,
            etag: None,
            last_modified: None,
            raw_hash: String::new(),
            fetched_at: recorded_at,
        };
        ReportEntry { report, url: None, raw_hash: None, fetched: Some(fetched), claims: 1, recorded_at }
    };
    // What tells of them copies another, and is copied; the last two tell of something else, one of them today.
    let reports = [
        report("R", Some("original"), ""),
        report("original", None, ""),
        report("copy", Some("R"), ""),
        report("copy of the copy", Some("copy"), ""),
        report("other copy", Some("original"), ""),
        report("other", None, "2025-06-08"),
        report("of today", None, "2025-06-10"),
    ];
    for (deaths, count) in [(toll(9), Some(count("two", 2, Some(2)))), (toll(9), Some(count("at least two", 2, None))), (toll(2), None)] {
        few.count = count;
        let mut public = public();
        let of_a_copy = Claim { id: "F".to_owned(), count: few.count.clone(), ..of_nothing.clone() };
        let all = [few.clone(), attack.clone(), of_nothing.clone(), of_a_copy.clone()];
        public.learn(&[entry(SEXUAL, "2025-06-01", deaths.clone())], &all, &reports);
        assert!(public.incident(entry(SEXUAL, "2025-06-01", deaths)).unwrap().incident.deaths.is_empty());
        for claim in [&few, &attack, &of_nothing, &of_a_copy] {
            let row = public.claim_row(row(claim)).unwrap();
            assert_eq!((row.entry.claim.quote.text.as_str(), &row.entry.claim.count, row.entry.claim.quote.end), ("", &None, 0));
            assert_eq!((row.outlet.as_str(), row.url), ("Radio [place]", None));
            assert!(!serde_json::to_string(&row.entry).unwrap().contains("women"));
        }
        // What else their reports tell is told, but in no words that tell of them too.
        for (claim, quoted) in [
            (of("G", "R", Some("other"), Field::Text, (49, 60)), false),
            (of("G", "R", Some("other"), Field::Text, (50, 60)), true),
            (of("G", "R", None, Field::Text, (50, 60)), true),
            (of("G", "R", Some("other"), Field::Title, (50, 60)), false),
            (of("G", "copy", Some("other"), Field::Text, (10, 30)), false),
            (of("G", "copy", Some("other"), Field::Text, (20, 30)), true),
            (of("G", "other copy", Some("other"), Field::Title, (0, 9)), false),
            (of("G", "other", Some("other"), Field::Title, (0, 9)), true),
        ] {
            let out = public.claim_row(row(&claim)).unwrap().entry.claim;
            assert_eq!((!out.quote.text.is_empty(), out.count.is_some()), (quoted, true), "{claim:?}");
        }
        for entry in reports.clone() {
            let title = if entry.report.id == "other" { "Two women raped" } else { "" };
            // As another incident lists it, one that the report tells of too.
            let mut line = ReportLine {
                label: "r1".to_owned(),
                id: entry.report.id.clone(),
                outlet: String::new(),
                kind: entry.report.kind,
                published: None,
                language: "en".to_owned(),
                title: entry.report.title.clone(),
                claims: vec![],
                copies: vec![],
            };
            public.line(&mut line, &BTreeSet::new(), false);
            assert_eq!(line.title, title, "{}", line.id);
            let row = public.report_row(ReportRow { entry }, true).map(|row| row.entry);
            assert_eq!(row.is_none(), line.id == "of today");
            let bare = |row: ReportEntry| row.report.title == title && row.report.text.is_empty() && row.fetched.is_none();
            assert!(row.is_none_or(bare), "{}", line.id);
        }
    }
    let undated = |report: &str| of("H", report, None, Field::Text, (0, 9));
    let mut late = public();
    late.learn(&[], &[], &reports);
    assert!(late.claim(&mut undated("other")) && !late.claim(&mut undated("of today")), "it is as recent as its report");

    few.count = Some(count("at least three", 3, None));
    let mut public = public();
    public.learn(&[entry(SEXUAL, "2025-06-01", toll(9))], &[few], &reports);
    assert_eq!(public.incident(entry(SEXUAL, "2025-06-01", toll(9))).unwrap().incident.deaths.len(), 1);
}

#[test]
fn of_what_became_of_incidents_no_more_leaves_than_of_the_incidents() {
    let turn = |cursor: i64, id: &str, what: What, into: Option<&str>| Turn {
        cursor,
        id: id.to_owned(),
        what,
        into: into.map(str::to_owned),
        revision: 1,
        decided_by: Some("ana".to_owned()),
        why: "both at Labbezanga".to_owned(),
        at: "2025-06-01T12:00:00Z".parse().unwrap(),
    };
    let turns = [
        turn(1, "leaves", What::Created, None),
        turn(2, "recent", What::Created, None),
        turn(3, "in it", What::Merged, Some("went into it")),
        turn(4, "went into it", What::Merged, Some("leaves")),
        turn(5, "in what is recent", What::Merged, Some("recent")),
        // Merged, and parted again.
        turn(6, "recent", What::Merged, Some("leaves")),
        turn(7, "recent", What::Created, None),
        turn(8, "leaves", What::Merged, Some("recent")),
        turn(9, "leaves", What::Created, None),
        turn(10, "none", What::Withdrawn, None),
    ];
    let mut leaving = entry("attack", "2025-06-01", toll(9));
    leaving.incident.id = "leaves".to_owned();
    let leaving = [IncidentRow::of(leaving, &[], &[])];
    for (profile, all, cursors) in [
        (Publishing::Public, true, &[1, 3, 4, 8, 9][..]),
        (Publishing::Partner, true, &[1, 3, 4, 8, 9, 10]),
        (Publishing::Private, true, &[1, 3, 4, 8, 9, 10]),
        (Publishing::Private, false, &[1, 3, 4, 8, 9]),
    ] {
        let told = Publisher::new(profile, public().now).turns(turns.to_vec(), &leaving, all);
        assert_eq!(told.iter().map(|turn| turn.cursor).collect::<Vec<_>>(), cursors, "{profile:?}");
        assert!(told.iter().all(|turn| turn.into.as_deref() != Some("recent") && turn.why.is_empty() == (profile != Publishing::Private)));
        assert_eq!(told[1].into.as_deref(), Some("went into it"));
    }
}

#[test]
fn a_village_cannot_be_read_in_words_either() {
    let claim = claim();
    let mut other = claim.clone();
    other.place = Some(PlaceName { text: "Tin Hama".into(), name: "Tin Hama".into(), ..claim.place.clone().unwrap() });
    let mut entry = entry("attack", "2025-06-01", json!([{"side": "Labbezanga militia", "low": 1, "best": 1, "high": 9}]));
    entry.incident.parties = serde_json::from_value(json!([{"name": "Labbezanga militia", "role": "victim", "basis": "undisputed"}])).unwrap();
    let mut public = public();
    public.learn(&[entry.clone()], &[claim.clone(), other], &[]);
    let mut out = claim;
    assert!(public.claim(&mut out));
    assert_eq!(out.quote.text, "six soldiers died at [place], near [place]");
    assert_eq!((out.quote.start, out.quote.end, out.quote.occurrence), (0, 0, 0), "where it stands would tell what it says");
    assert_eq!((out.source[0].name.as_str(), out.actor.as_ref().unwrap().name.as_str()), ("mayor of [place]", "[place] militia"));
    let incident = public.incident(entry).unwrap().incident;
    assert_eq!((incident.parties[0].name.as_str(), incident.deaths[0].side.as_str()), ("[place] militia", "[place] militia"));
    for json in [serde_json::to_string(&out).unwrap(), serde_json::to_string(&incident).unwrap()] {
        assert!(!json.contains("abbezanga") && !json.contains("Hama"), "{json}");
    }
    for (words, expected) in [
        ("Ansongo: Labbezanga attacked", "Ansongo: [place] attacked"),
        // As the gazetteer also has it.
        ("Labézanga, Labbézenga, Labbezangar", "[place], [place], Labbezangar"),
    ] {
        let mut words = words.to_owned();
        public.words(&mut words);
        assert_eq!(words, expected);
    }
    assert_eq!(public.withheld().mentions, 10, "each of those, once");
}

#[test]
fn private_persons_are_neither_named_nor_quoted() {
    let mut claim = claim();
    claim.source = serde_json::from_value(json!([{"name": "Amina Diallo", "kind": "resident"}])).unwrap();
    claim.quote.text = "his brother was shot".to_owned();
    claim.actor = Some(PartyName { text: "his brother".to_owned(), name: "his brother".to_owned() });
    claim.target = Some(PartyName { text: "the brothers".to_owned(), name: "Army of Northland".to_owned() });
    let mut public = public();
    let mut out = claim.clone();
    assert!(public.claim(&mut out));
    let out = serde_json::to_string(&out).unwrap();
    assert!(
        !out.contains("Amina")
            && !out.contains("brother")
            && out.contains("Army of Northland")
            && !out.contains("Labbezanga")
            && out.contains("Mali"),
        "{out}"
    );
    public.learn(&[entry("attack", "2025-06-10", toll(9))], &[], &[]);
    assert!(!public.claim(&mut claim.clone()), "its incident is too fresh");
    assert_eq!(public.withheld().words(), "1 claim, 1 place, 1 name, 1 quote");
    let mut out = claim.clone();
    assert!(Publisher::new(Publishing::Partner, public.now).claim(&mut out));
    assert_eq!((out.source[0].name.as_str(), out.quote.text.as_str()), ("resident", "his brother was shot"));
    assert_eq!(out.place, claim.place);
}
