//! That names are one actor's is a line of the log: it counts from then on, is asked as of any moment, and is taken back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::sync::Arc;

use common::*;
use ledger::{Deed, Error, Filter, Ledger, Noun, Registry, Shelf};
use record::{Claim, Kind};

/// Three incidents: of the Front, of its initials, and of both.
fn world() -> (tempfile::TempDir, Ledger) {
    let (folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Huts burnt at Oum. Huts burnt at Gao. Huts burnt at Bor.");
    let claims: Vec<Claim> = ["burnt at Oum", "burnt at Gao", "burnt at Bor"].iter().map(|words| claim(&report, Kind::Destruction, words)).collect();
    ledger.add(&new(&report, 3), &reading(&claims.iter().collect::<Vec<_>>(), 3)).unwrap();
    let names: [&[&str]; 3] = [&["Northern Front"], &["FN"], &["Northern Front", "FN"]];
    let incidents: Vec<_> = claims
        .iter()
        .zip(["AAAAAA", "BBBBBB", "CCCCCC"])
        .zip(names)
        .map(|((claim, id), names)| {
            let mut incident = incident(id, 0, &[claim]);
            let party = incident.parties[0].clone();
            incident.parties = names.iter().map(|name| record::Party { name: (*name).to_owned(), ..party.clone() }).collect();
            incident
        })
        .collect();
    ledger.apply_incidents(&incidents, &act(3)).unwrap();
    (folder, ledger)
}

fn shares(ledger: &Ledger, filter: &str) -> Vec<(String, u64)> {
    let found = ledger.party_shares(&Filter::parse(filter).unwrap(), 9).unwrap();
    found.items.into_iter().map(|share| (share.value, share.incidents)).collect()
}

fn found(ledger: &Ledger, filter: &str) -> usize {
    ledger.briefs(&Filter::parse(filter).unwrap()).unwrap().len()
}

#[test]
fn names_said_to_be_one_are_counted_and_found_as_one_until_it_is_taken_back() {
    let (_folder, mut ledger) = world();
    let apart = [("FN".to_owned(), 2), ("Northern Front".to_owned(), 2)];
    assert_eq!((shares(&ledger, ""), found(&ledger, "actor=FN")), (apart.to_vec(), 2));
    let event = ledger.say_same(Registry::Actors, "Northern Front", &["FN".to_owned()], i64::MAX, &person(4, "its initials")).unwrap();
    assert_eq!(shares(&ledger, ""), [("Northern Front".to_owned(), 3)]);
    for (filter, n) in
        [("actor=FN", 3), ("actor=fn", 3), ("actor=northern", 3), ("actor=!FN", 0), ("actor=army", 0), ("actor=FN as_of=2025-06-03T13:00:00Z", 2)]
    {
        assert_eq!(found(&ledger, filter), n, "{filter}");
    }
    assert_eq!(shares(&ledger, "as_of=2025-06-03T13:00:00Z"), apart);
    let aliases = ledger.aliases(None).unwrap();
    assert_eq!((aliases.actors.usual("fn"), aliases.actors.of("Northern Front")[0].event), ("Northern Front", event));
    // What names are does not change what was read.
    assert_eq!(ledger.incident("BBBBBB").unwrap().parties[0].name, "FN");
    let log = ledger.decisions(1).unwrap();
    assert!(log[0].is_decision() && log[0].what == Deed::Same.as_str() && log[0].why == "its initials");
    ledger.undo(None, &person(5, "two after all")).unwrap();
    assert_eq!((shares(&ledger, ""), found(&ledger, "actor=FN")), (apart.to_vec(), 2));
    assert!(ledger.aliases(None).unwrap().actors.of("Northern Front").is_empty());
    // Undoing is undone too.
    let undo = ledger.last_event().unwrap();
    ledger.undo(Some(undo), &person(6, "one")).unwrap();
    assert_eq!(found(&ledger, "actor=FN"), 3);
}

#[test]
fn a_name_parts_again_and_what_was_not_seen_is_refused() {
    let (_folder, mut ledger) = world();
    let seen = ledger.last_event().unwrap();
    ledger.say_same(Registry::Actors, "Northern Front", &["FN".to_owned()], seen, &person(4, "its initials")).unwrap();
    let late = ledger.say_apart(Registry::Actors, "FN", "Northern Front", seen, &person(4, "no"));
    assert!(matches!(late, Err(Error::Changed { id }) if id == "FN"));
    for (usual, other) in [("Northern Front", "FN"), ("FN", "Northern Front"), ("FN", "fn")] {
        let again = ledger.say_same(Registry::Actors, usual, &[other.to_owned()], i64::MAX, &person(4, "again"));
        assert!(matches!(again, Err(Error::SameName { ref name }) if name == "Northern Front"), "{usual} {other}: {again:?}");
    }
    for nobody in ["Nothern Front", ""] {
        let same = ledger.say_same(Registry::Actors, "Northern Front", &[nobody.to_owned()], i64::MAX, &person(4, "misspelt"));
        let apart = ledger.say_apart(Registry::Actors, nobody, "FN", i64::MAX, &person(4, "misspelt"));
        assert!([same, apart].iter().all(|said| matches!(said, Err(Error::Unknown { id, .. }) if id == nobody)), "{nobody:?}");
    }
    let seen = ledger.last_event().unwrap();
    let undone = ledger.undo(None, &person(5, "two after all")).unwrap();
    let late = ledger.say_same(Registry::Actors, "Northern Front", &["FN".to_owned()], seen, &person(5, "one"));
    assert!(matches!(late, Err(Error::Changed { .. })), "what was taken back since was not seen");
    ledger.undo(Some(undone.event), &person(5, "one")).unwrap();
    assert_eq!(ledger.decisions(1).unwrap()[0].new.as_ref().unwrap()["names"][0], "FN");
    ledger.say_apart(Registry::Actors, "Northern Front", "FN", i64::MAX, &person(5, "two")).unwrap();
    let aliases = ledger.aliases(None).unwrap();
    assert!(aliases.actors.apart()("Northern Front", "FN") && aliases.actors.usual("FN") == "FN");
    let both = ledger.incidents_named(Registry::Actors, &["Northern Front", "fn"]).unwrap();
    assert_eq!(both.iter().map(std::collections::BTreeSet::len).collect::<Vec<_>>(), [2, 2]);
    assert!(both[0].intersection(&both[1]).eq(["CCCCCC"]));
}

#[test]
fn the_other_names_of_an_actor_are_asked_for_whole() {
    let (folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Eight bodies were seen at Oum. Two bodies were seen at Gao.");
    let mut claims = [deaths(&report, "Eight bodies", 8, None), deaths(&report, "Two bodies", 2, None)];
    // The initials of one are part of the name of another, and so on both lists of parties and sides.
    for (claim, name) in claims.iter_mut().zip(["FN", "FNL Legion"]) {
        claim.side = Some(name.to_owned());
        claim.target.as_mut().unwrap().name = name.to_owned();
    }
    ledger.add(&new(&report, 3), &reading(&claims.iter().collect::<Vec<_>>(), 3)).unwrap();
    let incidents: Vec<_> = claims
        .iter()
        .zip([("AAAAAA", "FN"), ("BBBBBB", "FNL Legion")])
        .map(|(claim, (id, name))| {
            let mut incident = incident(id, 2, &[claim]);
            incident.parties[1].name = name.to_owned();
            incident
        })
        .collect();
    ledger.apply_incidents(&incidents, &act(3)).unwrap();
    ledger.say_same(Registry::Actors, "Northern Liberation Front", &["FN".to_owned()], i64::MAX, &person(4, "its initials")).unwrap();
    let shelved = Ledger::open(folder.path().join("sample.db")).unwrap().sharing(Arc::new(Shelf::default()));
    for ledger in [&ledger, &shelved] {
        for (text, claims, incidents) in [
            ("actor=liberation", 1, 2),
            ("side=liberation", 1, 1),
            ("side!=liberation", 1, 1),
            ("actor=FN", 2, 2),
            ("actor='FNL Legion'", 1, 1),
            ("side='FNL Legion'", 1, 1),
            ("actor='\nlegion\n'", 0, 0),
            ("actor='\nfnl legion\n'", 1, 1),
        ] {
            let filter = Filter::parse(text).unwrap();
            let found = (ledger.claims(&filter).unwrap().len(), ledger.briefs(&filter).unwrap().len());
            assert_eq!(found, (claims, incidents), "{text:?}");
            let totals = [Noun::Claim, Noun::Incident].map(|noun| ledger.total(noun, &filter).unwrap());
            assert_eq!(totals, [claims as u64, incidents as u64], "{text:?}");
        }
    }
}
