//! That names are one place's is a line of the log too: a place is its country and its name, and is where it was put.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::sync::Arc;

use common::*;
use ledger::{Deed, Error, Filter, Ledger, Noun, Registry, Shelf, place_key};
use record::{Claim, IncidentPlace, Kind, PlacePrecision};

/// Where an incident is, for short: its id, country, name, first-level unit and latitude.
type Spot = (&'static str, &'static str, &'static str, &'static str, f64);

const SPOTS: [Spot; 5] = [
    ("AAAAAA", "ML", "Konna", "Mopti", 14.9),
    ("BBBBBB", "ML", "Konna", "Mopti", 14.9),
    ("CCCCCC", "ML", "Kôna", "Ségou", 13.2),
    ("DDDDDD", "NE", "Kona", "Zinder", 13.8),
    ("EEEEEE", "ML", "Gao", "Gao", 16.3),
];

/// Incidents at Konna, two of them, at a misread Kona, at its namesake abroad and at Gao, each of one claim.
fn world() -> (tempfile::TempDir, Ledger) {
    let (folder, mut ledger) = ledger();
    let text = "Huts burnt first. Huts burnt second. Huts burnt third. Huts burnt fourth. Huts burnt fifth.";
    let report = report("Agence Nord", "wire", 3, text);
    let words = ["burnt first", "burnt second", "burnt third", "burnt fourth", "burnt fifth"];
    let claims: Vec<Claim> = words
        .iter()
        .zip(SPOTS)
        .map(|(words, (_, country, name, _, lat))| {
            let mut claim = claim(&report, Kind::Destruction, words);
            let place = claim.place.as_mut().unwrap();
            (place.text, place.name, place.country) = (format!("the town of {name}"), name.to_owned(), Some(country.to_owned()));
            (place.lat, place.lon) = (Some(lat), Some(-3.9));
            claim.identify();
            claim
        })
        .collect();
    ledger.add(&new(&report, 3), &reading(&claims.iter().collect::<Vec<_>>(), 3)).unwrap();
    let incidents: Vec<_> = claims
        .iter()
        .zip(SPOTS)
        .map(|(claim, (id, country, name, admin1, lat))| {
            let mut incident = incident(id, 0, &[claim]);
            let precision = if id == "BBBBBB" { PlacePrecision::Near } else { PlacePrecision::Exact };
            let (name, country, admin1) = (name.to_owned(), Some(country.to_owned()), Some(admin1.to_owned()));
            incident.place = Some(IncidentPlace { name, admin1, admin2: None, country, lat: Some(lat), lon: Some(-3.9), precision });
            incident
        })
        .collect();
    ledger.apply_incidents(&incidents, &act(3)).unwrap();
    (folder, ledger)
}

/// The same ledger, asked from a shelf.
fn shelved(folder: &tempfile::TempDir) -> Ledger {
    Ledger::open(folder.path().join("sample.db")).unwrap().sharing(Arc::new(Shelf::default()))
}

/// Places of incidents in their order, with their latitude.
fn places(ledger: &Ledger, filter: &str) -> Vec<(String, f64)> {
    let briefs = ledger.briefs(&Filter::parse(filter).unwrap()).unwrap();
    briefs.iter().map(|brief| (place_key(brief.country.as_deref(), brief.place.as_deref().unwrap()), brief.point.unwrap().0)).collect()
}

fn ids(ledger: &Ledger, filter: &str) -> String {
    let filter = Filter::parse(filter).unwrap();
    let ids: String = ledger.briefs(&filter).unwrap().iter().map(|brief| &brief.id[..1]).collect();
    let mut entries: Vec<String> = ledger.incident_entries(&filter).unwrap().into_iter().map(|entry| entry.incident.id[..1].to_owned()).collect();
    assert_eq!(entries.concat(), ids, "{filter:?}");
    entries.sort();
    assert_eq!(ledger.total(Noun::Incident, &filter).unwrap(), ids.len() as u64, "{filter:?}");
    entries.concat()
}

const MERGED: &[(&str, &str, u64)] = &[
    ("place=konna", "ABC", 3),
    ("place=kona", "ABCD", 4),
    ("place=Kôna country=ML", "ABC", 3),
    ("place=mopti", "ABC", 0),
    ("place=ségou", "", 0),
    ("place!=kona", "E", 1),
    ("place!=mopti", "DE", 5),
    ("admin1=mopti", "ABC", 5),
    ("admin1=ségou", "", 5),
    ("admin1!=mopti", "DE", 5),
    ("country=ML", "ABCE", 4),
    ("country!=ML", "D", 1),
    ("bbox=-5,14.8,-3,15", "ABC", 5),
    ("bbox=-5,13,-3,13.5", "", 5),
    ("near=-3.9,14.9,5", "ABC", 5),
    ("near=-3.9,13.2,5", "", 5),
    ("place='the town of kona'", "", 2),
];

#[test]
fn names_said_to_be_one_place_are_found_where_it_is_until_it_is_taken_back() {
    let (folder, mut ledger) = world();
    let before: Vec<_> = SPOTS.iter().map(|(id, ..)| ledger.incident_entry(id, None).unwrap()).collect();
    let was = places(&ledger, "sort=place");
    assert_eq!(ids(&ledger, "place=kona"), "CD");
    let event = ledger.say_same(Registry::Places, "ML/Konna", &["ML/Kona".to_owned()], i64::MAX, &person(4, "misread")).unwrap();
    for ledger in [&ledger, &shelved(&folder)] {
        for (filter, incidents, claims) in MERGED {
            assert_eq!(ids(ledger, filter), *incidents, "{filter}");
            let filter = Filter::parse(filter).unwrap();
            assert_eq!((ledger.claims(&filter).unwrap().len() as u64, ledger.total(Noun::Claim, &filter).unwrap()), (*claims, *claims), "{filter:?}");
        }
        let konna = ("ML/Konna".to_owned(), 14.9);
        let expected = [("ML/Gao".to_owned(), 16.3), ("NE/Kona".to_owned(), 13.8), konna.clone(), konna.clone(), konna];
        assert_eq!(places(ledger, "sort=place"), expected);
        assert_eq!((places(ledger, "sort=place as_of=2025-06-03"), ids(ledger, "place=konna as_of=2025-06-03")), (was.clone(), "AB".to_owned()));
    }
    let aliases = ledger.aliases(None).unwrap();
    assert_eq!((aliases.places.names.usual("ml/KÔNA"), aliases.places.names.of("ML/Konna")[0].event), ("ML/Konna", event));
    let mut misread = ledger.incident("CCCCCC").unwrap();
    assert_eq!(misread.place.as_ref().unwrap().name, "Kôna", "what names are does not change what was read");
    aliases.name_incident(&mut misread);
    // Of two incidents at Konna one is only near; the place is known to itself.
    let konna = ledger.incident("AAAAAA").unwrap().place;
    assert_eq!((&misread.place, konna.as_ref().unwrap().precision), (&konna, PlacePrecision::Exact));
    let mut said = ledger.claims_of_incident("CCCCCC").unwrap().remove(0);
    aliases.name_claim(&mut said);
    let said = said.place.unwrap();
    assert_eq!((said.text.as_str(), said.name.as_str(), said.lat), ("the town of Kôna", "Konna", Some(14.9)));
    let mentions = ledger.mentions(&["ML/Konna", "ML/Kona"], None).unwrap();
    assert_eq!(mentions.iter().map(|found| (found.claims, found.incidents.len())).collect::<Vec<_>>(), [(2, 2), (1, 1)]);
    assert_eq!(mentions[1].printed, ["the town of Kôna"]);
    let log = ledger.decisions(1).unwrap().remove(0);
    assert!(log.is_decision() && log.what == Deed::SamePlace.as_str() && log.why == "misread" && log.subject.as_deref() == Some("ML/Konna"));
    assert_eq!(log.new.unwrap()["place"]["admin1"], "Mopti");

    ledger.undo(None, &person(5, "two after all")).unwrap();
    for ledger in [&ledger, &shelved(&folder)] {
        assert_eq!((places(ledger, "sort=place"), ids(ledger, "place=kona")), (was.clone(), "CD".to_owned()));
        assert_eq!(ids(ledger, "place=kona as_of=2025-06-04"), "ABCD", "as it stood before");
    }
    assert!(ledger.aliases(None).unwrap().places.names.is_empty());
    let after: Vec<_> = SPOTS.iter().map(|(id, ..)| ledger.incident_entry(id, None).unwrap()).collect();
    assert_eq!(before, after);
    let undo = ledger.last_event().unwrap();
    ledger.undo(Some(undo), &person(6, "one")).unwrap();
    assert_eq!(ids(&ledger, "place=konna"), "ABC");
    assert_eq!(ledger.decisions(1).unwrap()[0].new.as_ref().unwrap()["what"], Deed::SamePlace.as_str());
}

#[test]
fn places_part_again_and_what_was_not_seen_is_refused() {
    let (_folder, mut ledger) = world();
    let of = Registry::Places;
    let seen = ledger.last_event().unwrap();
    ledger.say_same(of, "ML/Konna", &["ML/Kôna".to_owned()], seen, &person(4, "misread")).unwrap();
    let late = ledger.say_apart(of, "ML/Kona", "ML/Konna", seen, &person(4, "no"));
    assert!(matches!(late, Err(Error::Changed { id }) if id == "ML/Kona"));
    let again = ledger.say_same(of, "ML/Kona", &["ML/Konna".to_owned()], i64::MAX, &person(4, "again"));
    assert!(matches!(again, Err(Error::SameName { ref name }) if name == "ML/Konna"), "{again:?}");
    // A namesake abroad is another place, and an actor's name none.
    for nowhere in ["BF/Kona", "Konna", "Northern Liberation Front", ""] {
        let said = ledger.say_same(of, "ML/Konna", &[nowhere.to_owned()], i64::MAX, &person(4, "no such"));
        assert!(matches!(said, Err(Error::Unknown { what: "place", ref id }) if id == nowhere), "{nowhere:?}");
    }
    // What others were said to be leads on, and where that is counts.
    ledger.say_same(of, "ML/Gao", &["ML/Konna".to_owned()], i64::MAX, &person(5, "to see")).unwrap();
    assert_eq!((ids(&ledger, "place=gao"), ids(&ledger, "admin1=gao")), ("ABCE".to_owned(), "ABCE".to_owned()));
    ledger.say_apart(of, "ML/Gao", "ML/Konna", i64::MAX, &person(6, "two")).unwrap();
    let aliases = ledger.aliases(None).unwrap();
    assert!(aliases.places.names.apart()("ML/Kona", "ML/Gao") && aliases.places.names.usual("ML/Kona") == "ML/Konna");
    assert_eq!((ids(&ledger, "place=gao"), ids(&ledger, "admin1=mopti")), ("E".to_owned(), "ABC".to_owned()));
    let both = ledger.incidents_named(of, &["ML/Konna", "ml/kona"]).unwrap();
    assert_eq!(both.iter().map(std::collections::BTreeSet::len).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_ledger_from_before_has_its_places_known_again() {
    let (folder, ledger) = world();
    drop(ledger);
    let path = folder.path().join("sample.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        "DROP INDEX incident_versions_placed; DROP INDEX claims_placed; DROP INDEX events_decisions;
         ALTER TABLE incident_versions DROP COLUMN placed; ALTER TABLE claims DROP COLUMN placed;
         CREATE INDEX events_decisions ON events (what, seq) WHERE what IN ('set', 'merge', 'split', 'reject', 'same', 'apart', 'undo');
         DROP TABLE answers; DROP TABLE tokens; PRAGMA user_version = 5;",
    )
    .unwrap();
    drop(old);
    assert!(matches!(Ledger::open_read_only(&path), Err(Error::ReadOnly { .. })));
    let mut ledger = Ledger::open(&path).unwrap();
    ledger.say_same(Registry::Places, "ML/Konna", &["ML/Kona".to_owned()], i64::MAX, &person(4, "misread")).unwrap();
    assert_eq!(ids(&ledger, "admin1=mopti"), "ABC");
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
}
