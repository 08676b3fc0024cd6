//! What waits for a person comes in the order of its consequence, and two people do not overrule each other unseen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use common::*;
use ledger::{ClaimState, Decision, Deed, Error, Filter, Ledger, Reason, Registry, Verdict};
use record::{Bound, Claim, Dispute, Kind, Over, Toll};

struct World {
    _folder: tempfile::TempDir,
    ledger: Ledger,
    claims: Vec<Claim>,
}

/// One incident whose toll one claim sets and another disputes, with a large count, an unsure claim and a plain one.
fn world() -> World {
    let (folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought; eight bodies were seen, not three; forty were hurt; huts burnt; men fled.");
    let mut hurt = claim(&report, Kind::Injuries, "forty were hurt");
    hurt.count = Some(record::Count::new("forty", Some(40), Some(40), false).unwrap());
    let mut burnt = claim(&report, Kind::Destruction, "huts burnt");
    burnt.score = Some(0.4);
    let mut sure = claim(&report, Kind::Withdrawal, "men fled");
    sure.score = Some(0.9);
    let claims = vec![sure, burnt, hurt, deaths(&report, "not three", 3, None), deaths(&report, "eight bodies", 8, None)];
    ledger.add(&new(&report, 3), &reading(&claims.iter().collect::<Vec<_>>(), 3)).unwrap();
    let mut incident = incident("AAAAAA", 8, &claims.iter().collect::<Vec<_>>());
    let bound = Bound { bound: "high".to_owned(), claims: vec![claims[4].id.clone()], rule: "most".to_owned() };
    incident.deaths = vec![Toll { side: "total".to_owned(), low: 8, best: 8, high: 8, because: vec![bound] }];
    incident.disputes = vec![Dispute { claims: [claims[3].id.clone(), claims[4].id.clone()], over: Over::Deaths }];
    ledger.apply_incidents(&[incident], &act(3)).unwrap();
    World { _folder: folder, ledger, claims }
}

fn queue(ledger: &Ledger) -> Vec<(String, Reason)> {
    ledger.waiting(&Filter::default(), 10).unwrap().into_iter().map(|waiting| (waiting.claim, waiting.reason)).collect()
}

fn say(claim: &Claim, state: ClaimState) -> Decision {
    let deed = if state == ClaimState::Rejected { Deed::Reject } else { Deed::Set };
    Decision { deed, subject: claim.id.clone(), verdicts: vec![Verdict::Claim { claim: claim.clone(), state }], seen: vec![] }
}

#[test]
fn the_most_consequential_comes_first_and_what_is_decided_leaves() {
    let mut world = world();
    let expected: Vec<(String, Reason)> = world.claims.iter().rev().map(|claim| claim.id.clone()).zip(Reason::ALL).collect();
    assert_eq!(queue(&world.ledger), expected);
    // A filter is about the incident.
    for (filter, found) in [("incident=AAAAAA", 5), ("incident=BBBBBB", 0), ("country=XN", 5), ("disputed=no", 0)] {
        assert_eq!(world.ledger.waiting(&Filter::parse(filter).unwrap(), 10).unwrap().len(), found, "{filter}");
    }
    let claim = world.claims[4].clone();
    world.ledger.decide(&say(&claim, ClaimState::Accepted), &person(4, "it says so")).unwrap();
    assert_eq!(queue(&world.ledger), expected[1..]);
    assert_eq!(world.ledger.decided_claims().unwrap(), 1);
    world.ledger.undo(None, &person(5, "not so fast")).unwrap();
    assert_eq!((queue(&world.ledger), world.ledger.decided_claims().unwrap()), (expected, 0));
}

#[test]
fn a_decision_on_what_changed_unseen_is_refused() {
    let mut world = world();
    let (first, other) = (world.claims[4].clone(), world.claims[3].clone());
    let seen = world.ledger.last_event().unwrap();
    world.ledger.decide_seen(&say(&first, ClaimState::Accepted), seen, &person(4, "here")).unwrap();
    let late = world.ledger.decide_seen(&say(&first, ClaimState::Rejected), seen, &person(4, "there"));
    assert!(matches!(late, Err(Error::Changed { id }) if id == first.id));
    // Another claim is another matter, and who looks again may decide again.
    world.ledger.decide_seen(&say(&other, ClaimState::Rejected), seen, &person(4, "there")).unwrap();
    let seen = world.ledger.last_event().unwrap();
    world.ledger.decide_seen(&say(&first, ClaimState::Rejected), seen, &person(5, "there, again")).unwrap();
    assert_eq!(world.ledger.claim_entry(&first.id, None).unwrap().decision, Some(ClaimState::Rejected));
}

#[test]
fn spot_checks_are_a_sample_and_tell_how_much_is_right() {
    let (_folder, mut ledger) = ledger();
    let text: String = (0..400).map(|n| format!("Village {n} burnt. ")).collect();
    let report = report("Agence Nord", "wire", 3, &text);
    let claims: Vec<Claim> = (0..400).map(|n| claim(&report, Kind::Destruction, &format!("Village {n} burnt"))).collect();
    let all: Vec<&Claim> = claims.iter().collect();
    ledger.add(&new(&report, 3), &reading(&all, 3)).unwrap();
    ledger.apply_incidents(&[incident("AAAAAA", 0, &all)], &act(3)).unwrap();
    let mut checked = Vec::new();
    while let Some(next) = ledger.spot_check().unwrap() {
        let claim = claims.iter().find(|claim| claim.id == next.claim).unwrap();
        let state = if checked.len() % 4 == 3 { ClaimState::Rejected } else { ClaimState::Accepted };
        ledger.decide(&say(claim, state), &person(4, "checked")).unwrap();
        checked.push(next.claim);
    }
    assert!((8..=40).contains(&checked.len()), "about one in twenty: {}", checked.len());
    assert!(checked.is_sorted());
    let precision = ledger.precision().unwrap();
    assert_eq!((precision.n, precision.right), (checked.len() as u64, (checked.len() - checked.len() / 4) as u64));
}

#[test]
fn a_shelf_answers_as_the_database_does() {
    use std::sync::Arc;
    let mut world = world();
    let report = report("Oum Tribune", "newspaper", 9, "Gunmen took two traders at Gao.");
    let taken = claim(&report, Kind::Abduction, "took two traders");
    world.ledger.add(&new(&report, 9), &reading(&[&taken], 9)).unwrap();
    let all: Vec<&Claim> = world.claims.iter().collect();
    let mut other = incident("BBBBBB", 2, &[&taken]);
    (other.date, other.place, other.kind) = (None, None, "attack".to_owned());
    other.parties.truncate(1);
    let machine = [incident("AAAAAA", 8, &all), other.clone()];
    world.ledger.apply_incidents(&machine, &act(9)).unwrap();
    let shelf = Arc::default();
    let shared = Ledger::open_read_only(world.ledger.path()).unwrap().sharing(Arc::clone(&shelf));
    let filters = [
        "",
        "country=XN",
        "country=!XN",
        "type=attack",
        "status=reported",
        "disputed=yes",
        "disputed=deaths",
        "actor=ARMY",
        "actor=!army",
        "actor=front actor=army",
        "outlet=tribune",
        "outlet=!tribune",
        "place=kardala",
        "place=!Kârdala",
        "admin1=north",
        "from=2025-06-03",
        "to=2025-06-01",
        "deaths>=3",
        "deaths<=3",
        "reviewed=yes",
        "reviewed=no",
        "incident=BBBBBB",
        "sort=-date",
        "sort=-deaths",
        "sort=place",
        "sort=type",
        "bbox=-4,14,-3,15",
        "bbox=170,-20,-170,20",
        // Of these it asks the database.
        "text=traders",
        "text=traders country=XN",
        "text=traders outlet=nord",
        "kind=abduction",
        "kind=!abduction",
        "kind=deaths outlet=tribune",
        "outlet_kind=newspaper kind=abduction",
        "stance=states sort=-deaths",
        // Earlier moments, some of them no different from now.
        "as_of=2025-06-05",
        "as_of=2025-06-05 kind=abduction",
        "as_of=2025-06-10T11:00:00Z actor=front",
        "as_of=2025-06-10T13:00:00Z reviewed=yes",
        "as_of=2025-06-11T13:00:00Z actor=front sort=-deaths",
        "as_of=2030-01-01",
        // Of this the shelf knows nothing.
        "proposed=yes",
    ];
    let agree = |ledger: &Ledger, when: &str| {
        for text in filters {
            let filter = Filter::parse(text).unwrap();
            let paged = Filter { limit: Some(1), offset: 1, ..filter.clone() };
            assert_eq!(shared.briefs(&filter).unwrap(), ledger.briefs(&filter).unwrap(), "{when} {text}");
            assert_eq!(shared.incident_entries(&paged).unwrap(), ledger.incident_entries(&paged).unwrap(), "{when} {text}");
            assert_eq!(shared.party_shares(&filter, 9).unwrap(), ledger.party_shares(&filter, 9).unwrap(), "{when} {text}");
            assert_eq!(shared.outlet_shares(&filter, 9).unwrap(), ledger.outlet_shares(&filter, 9).unwrap(), "{when} {text}");
        }
    };
    agree(&world.ledger, "at first");
    // It follows what is decided, undone and gone.
    let agreed = Decision {
        deed: Deed::Set,
        subject: "BBBBBB".to_owned(),
        verdicts: vec![Verdict::Incident { incident: other, fields: ledger::Fields::new(), stands: true }],
        seen: vec![],
    };
    world.ledger.decide(&agreed, &person(10, "read")).unwrap();
    agree(&world.ledger, "decided");
    world.ledger.undo(None, &person(11, "not so")).unwrap();
    agree(&world.ledger, "undone");
    // Names that are one actor's are asked for and counted as one.
    world.ledger.say_same(Registry::Actors, "Army of Northland", &["Northern Liberation Front".to_owned()], i64::MAX, &person(11, "to see")).unwrap();
    agree(&world.ledger, "called the same");
    world.ledger.apply_incidents(&machine[..1], &act(12)).unwrap();
    agree(&world.ledger, "withdrawn");
    assert_eq!(shared.briefs(&Filter::default()).unwrap().len(), 1);
}
