//! People outrank the machine: what they decide stands, is told, and can be taken back to the byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use common::*;
use ledger::{ClaimState, Decision, Deed, Error, Fields, Filter, Ledger, Reading, Verdict, What};
use proptest::prelude::*;
use record::{Claim, Incident, Kind, Report};

/// Two incidents of three claims in force, and what the machine has.
struct World {
    _folder: tempfile::TempDir,
    ledger: Ledger,
    report: Report,
    claims: [Claim; 3],
    machine: [Incident; 2],
}

fn world() -> World {
    let (folder, mut ledger) = ledger();
    let report = report("Agence Nord", "wire", 3, "Soldiers fought at Kârdala and eight bodies were seen; six were hurt.");
    let claims =
        [claim(&report, Kind::Clash, "Soldiers fought"), deaths(&report, "eight bodies", 8, None), claim(&report, Kind::Injuries, "six were hurt")];
    ledger.add(&new(&report, 3), &reading(&[&claims[0], &claims[1], &claims[2]], 3)).unwrap();
    let machine = [incident("AAAAAA", 6, &[&claims[0], &claims[1]]), incident("BBBBBB", 0, &[&claims[2]])];
    ledger.apply_incidents(&machine, &act(3)).unwrap();
    World { _folder: folder, ledger, report, claims, machine }
}

fn is(incident: Incident) -> Verdict {
    Verdict::Incident { incident, fields: Fields::new(), stands: true }
}

fn decision(deed: Deed, subject: &str, verdicts: Vec<Verdict>) -> Decision {
    Decision { deed, subject: subject.to_owned(), verdicts, seen: vec![] }
}

fn merge(world: &World) -> Decision {
    let [a, b, c] = &world.claims;
    let into = Verdict::Merged { id: "BBBBBB".to_owned(), into: "AAAAAA".to_owned() };
    decision(Deed::Merge, "AAAAAA", vec![is(incident("AAAAAA", 8, &[a, b, c])), into])
}

fn split(world: &World) -> Decision {
    let [a, b, _] = &world.claims;
    decision(Deed::Split, "AAAAAA", vec![is(incident("AAAAAA", 0, &[a])), is(incident("NNNNNN", 8, &[b]))])
}

fn set(world: &World) -> Decision {
    let incident = Incident { kind: "attack".to_owned(), ..world.machine[0].clone() };
    let fields = Fields::from([("type".to_owned(), "attack".to_owned())]);
    decision(Deed::Set, "AAAAAA", vec![Verdict::Incident { incident, fields, stands: true }])
}

fn reject_claim(world: &World) -> Decision {
    let [a, b, _] = &world.claims;
    let follows = Verdict::Incident { incident: incident("AAAAAA", 0, &[a]), fields: Fields::new(), stands: false };
    decision(Deed::Reject, &b.id, vec![Verdict::Claim { claim: b.clone(), state: ClaimState::Rejected }, follows])
}

fn correct_claim(world: &World) -> Decision {
    let mut claim = world.claims[1].clone();
    claim.count = Some(record::Count::new("eight", Some(9), Some(9), false).unwrap());
    decision(Deed::Set, &claim.id.clone(), vec![Verdict::Claim { claim, state: ClaimState::Corrected }])
}

fn reject_incident() -> Decision {
    decision(Deed::Reject, "AAAAAA", vec![Verdict::Withdrawn { id: "AAAAAA".to_owned(), stands: true }])
}

/// Everything that lists, pages and exports are made from.
fn state(ledger: &Ledger) -> String {
    let all = Filter::default();
    let rejected = Filter::parse("decision=rejected,corrected,accepted").unwrap();
    let ids = ["AAAAAA", "BBBBBB"]
        .map(|id| format!("{:?} {:?}", ledger.incident(id).map_err(|error| error.to_string()), ledger.redirects(id, None).unwrap()));
    let json = |value: serde_json::Result<String>| value.unwrap();
    [
        json(serde_json::to_string(&ledger.incident_entries(&all).unwrap())),
        json(serde_json::to_string(&ledger.claim_entries(&all).unwrap())),
        json(serde_json::to_string(&ledger.claim_entries(&rejected).unwrap())),
        json(serde_json::to_string(&ledger.report_entries(&all).unwrap())),
        ids.join("\n"),
    ]
    .join("\n")
}

#[test]
fn a_merge_stands_against_the_machine_and_its_id_leads_on() {
    let mut world = world();
    let merge = merge(&world);
    let event = world.ledger.decide(&merge, &person(4, "one fight")).unwrap();
    let merged = world.ledger.incident("BBBBBB").unwrap();
    assert_eq!((merged.id.as_str(), merged.claims.len()), ("AAAAAA", 3));
    let step = &world.ledger.redirects("BBBBBB", None).unwrap()[0];
    assert_eq!((step.into.as_str(), step.decided_by.as_deref(), step.why.as_str()), ("AAAAAA", Some("ana"), "one fight"));
    let told = world.ledger.events(Some("BBBBBB"), None).unwrap().pop().unwrap();
    assert_eq!((told.id, told.what.as_str(), told.subject.as_deref()), (event, "merge", Some("AAAAAA")));
    assert_eq!(told.new.unwrap()["merged"][0], "BBBBBB");

    let applied = world.ledger.apply_incidents(&world.machine, &act(5)).unwrap();
    assert_eq!(applied.ids(What::Proposed), ["AAAAAA"]);
    assert_eq!(world.ledger.incident("BBBBBB").unwrap(), merged);
    let proposal = world.ledger.proposal("AAAAAA", None).unwrap().unwrap();
    assert_eq!(proposal.incidents, world.machine);
    assert_eq!(world.ledger.incidents(&Filter::parse("proposed=yes").unwrap()).unwrap().len(), 1);
    assert!(world.ledger.apply_incidents(&world.machine, &act(6)).unwrap().is_empty(), "what was said is not said again");
    let agrees = world.ledger.apply_incidents(std::slice::from_ref(&merged), &act(7)).unwrap();
    assert_eq!(agrees.ids(What::Agreed), ["AAAAAA"]);
    assert_eq!(world.ledger.proposal("AAAAAA", None).unwrap(), None);
}

#[test]
fn late_claims_wait_and_stay_in_no_two_incidents() {
    let mut world = world();
    world.ledger.decide(&set(&world), &person(4, "no clash")).unwrap();
    let late = report("Oum Tribune", "newspaper", 5, "Soldiers fought for hours; a dozen bodies were seen.");
    let (clash, dozen) = (claim(&late, Kind::Clash, "Soldiers fought"), deaths(&late, "a dozen bodies", 12, None));
    world.ledger.add(&new(&late, 5), &reading(&[&clash, &dozen], 5)).unwrap();
    // The machine takes the late report for the decided incident, and B too.
    let [a, b, c] = &world.claims;
    let all = incident("AAAAAA", 12, &[a, b, c, &clash, &dozen]);
    let applied = world.ledger.apply_incidents(&[all], &act(5)).unwrap();
    assert_eq!(applied.ids(What::Proposed), ["AAAAAA"]);
    assert_eq!(applied.changes.len(), 1, "B stays as it is");
    assert_eq!(world.ledger.incident("AAAAAA").unwrap().kind, "attack");
    assert_eq!(world.ledger.claim(&clash.id).unwrap().incident, None);
    // It tells B and the late report apart from A again: those are written.
    let apart = [world.machine[0].clone(), incident("CCCCCC", 12, &[c, &clash, &dozen])];
    let applied = world.ledger.apply_incidents(&apart, &act(6)).unwrap();
    assert_eq!((applied.ids(What::Created), applied.ids(What::Merged)), (vec!["CCCCCC"], vec!["BBBBBB"]));
}

#[test]
fn a_rejected_incident_does_not_come_back() {
    let mut world = world();
    world.ledger.decide(&reject_incident(), &person(4, "a football match")).unwrap();
    assert!(matches!(world.ledger.incident("AAAAAA"), Err(Error::Withdrawn { reason, .. }) if reason == "a football match"));
    let other = incident("ZZZZZZ", 8, &[&world.claims[0], &world.claims[1]]);
    let applied = world.ledger.apply_incidents(&[other, world.machine[1].clone()], &act(5)).unwrap();
    assert_eq!((applied.ids(What::Proposed), applied.ids(What::Created).len()), (vec!["AAAAAA"], 0));
}

#[test]
fn what_is_said_of_a_claim_outlives_a_new_reading() {
    let mut world = world();
    let eight = world.claims[1].id.clone();
    world.ledger.decide(&correct_claim(&world), &person(4, "nine, says the Arabic text")).unwrap();
    let corrected = world.ledger.claim_entry(&eight, None).unwrap();
    assert_eq!((corrected.decision, corrected.decided_by.as_deref()), (Some(ClaimState::Corrected), Some("ana")));
    assert_eq!(corrected.claim.count.as_ref().unwrap().low, Some(9));
    assert_eq!(world.ledger.claims(&Filter::parse("deaths>=9").unwrap()).unwrap().len(), 1, "filters see the correction");
    assert_eq!(world.ledger.find("bodies", 5).unwrap().iter().filter(|hit| matches!(hit.found, ledger::Found::Claim(_))).count(), 1);

    // A later reader takes the same words for seven dead, and sees a new claim beside them.
    let seven = deaths(&world.report, "eight bodies were seen", 7, None);
    let hurt = claim(&world.report, Kind::Clash, "fought at Kârdala");
    world.ledger.add_reading(&world.report.id, &Reading::new("reader 2", vec![seven.clone(), hurt.clone()], noon(6))).unwrap();
    let ids = |ledger: &Ledger, filter: &str| -> Vec<String> {
        ledger.claims(&Filter::parse(filter).unwrap()).unwrap().into_iter().map(|claim| claim.id).collect()
    };
    let mut now = ids(&world.ledger, "");
    now.sort();
    let mut expected = vec![eight.clone(), hurt.id.clone()];
    expected.sort();
    assert_eq!(now, expected, "the new reading's count of the same dead waits");
    assert_eq!(ids(&world.ledger, "as_of=2025-06-03").len(), 3);
    assert_eq!(ids(&world.ledger, "reviewed=yes"), std::slice::from_ref(&eight));
    world.ledger.undo(None, &person(7, "")).unwrap();
    let mut now = ids(&world.ledger, "");
    now.sort();
    let mut expected = vec![seven.id, hurt.id];
    expected.sort();
    assert_eq!(now, expected);
    assert_eq!(world.ledger.check().unwrap(), Vec::<String>::new());
}

#[test]
fn rejected_claims_are_shown_to_those_who_ask() {
    let mut world = world();
    let eight = world.claims[1].id.clone();
    world.ledger.decide(&reject_claim(&world), &person(4, "not said")).unwrap();
    assert!(world.ledger.claims(&Filter::default()).unwrap().iter().all(|claim| claim.id != eight));
    assert_eq!(world.ledger.claims(&Filter::parse("decision=rejected").unwrap()).unwrap()[0].id, eight);
    assert_eq!(world.ledger.counts().unwrap().claims, 2);
    // The incident only follows: the machine may still change it.
    assert!(world.ledger.incident_entry("AAAAAA", None).unwrap().decided_by.is_none());
    let changed = incident("AAAAAA", 1, &[&world.claims[0]]);
    world.ledger.apply_incidents(&[changed.clone(), world.machine[1].clone()], &act(5)).unwrap();
    let undone = world.ledger.undo(None, &person(6, "said after all")).unwrap();
    assert_eq!(undone.left, ["AAAAAA"], "the machine was there since");
    assert_eq!(world.ledger.incident("AAAAAA").unwrap(), changed);
    assert!(world.ledger.claims(&Filter::default()).unwrap().iter().any(|claim| claim.id == eight));
}

#[test]
fn what_changed_meanwhile_is_a_conflict() {
    let mut world = world();
    let seen = vec![("AAAAAA".to_owned(), world.ledger.incident_entry("AAAAAA", None).unwrap().revision)];
    let first = Decision { seen: seen.clone(), ..set(&world) };
    let second = Decision { seen, ..split(&world) };
    world.ledger.decide(&first, &person(4, "mine")).unwrap();
    assert!(matches!(world.ledger.decide(&second, &person(4, "mine too")), Err(Error::Changed { id }) if id == "AAAAAA"));
    assert!(world.ledger.incident("NNNNNN").is_err(), "nothing of it is written");
}

#[test]
fn undoing_goes_back_one_by_one_and_never_over_another_decision() {
    let mut world = world();
    assert!(matches!(world.ledger.undo(None, &person(4, "")), Err(Error::NothingToUndo)));
    let first = world.ledger.decide(&set(&world), &person(4, "first")).unwrap();
    let second = world.ledger.decide(&merge(&world), &person(5, "second")).unwrap();
    assert!(matches!(world.ledger.undo(Some(first), &person(6, "")), Err(Error::Overtaken { by, .. }) if by == second));
    assert!(matches!(world.ledger.undo(Some(1), &person(6, "")), Err(Error::NotADecision { event: 1 })));
    let undone = world.ledger.undo(None, &person(6, "")).unwrap();
    assert_eq!(undone.decision.id, second);
    assert!(matches!(world.ledger.undo(Some(second), &person(6, "")), Err(Error::UndoneAlready { by, .. }) if by == undone.event));
    // Undoing the undoing does it again.
    world.ledger.undo(Some(undone.event), &person(7, "")).unwrap();
    assert_eq!(world.ledger.incident("BBBBBB").unwrap().claims.len(), 3);
    world.ledger.undo(Some(second), &person(8, "")).unwrap();
    assert_eq!(world.ledger.undo(None, &person(8, "")).unwrap().decision.id, first);
    assert!(matches!(world.ledger.undo(None, &person(8, "")), Err(Error::NothingToUndo)));
    assert_eq!(world.ledger.incidents(&Filter::default()).unwrap(), world.machine);
    assert!(world.ledger.incident_entries(&Filter::default()).unwrap().iter().all(|entry| entry.decided_by.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_restores_byte_for_byte(deeds in proptest::collection::vec((0..6_usize, any::<bool>()), 1..6)) {
        let mut world = world();
        let mut before = vec![state(&world.ledger)];
        let mut day = 4;
        for (deed, reconciles) in deeds {
            let decision = match deed {
                0 => set(&world),
                1 => merge(&world),
                2 => split(&world),
                3 => correct_claim(&world),
                4 => Decision { verdicts: reject_claim(&world).verdicts[..1].to_vec(), ..reject_claim(&world) },
                _ => reject_incident(),
            };
            // What is gone cannot be decided about: the command line says so before it comes to this.
            if world.ledger.incident("AAAAAA").is_err() {
                continue;
            }
            match world.ledger.decide(&decision, &person(day, "why")) {
                // It would have put a claim into two incidents.
                Err(Error::Changed { .. }) => continue,
                decided => decided.unwrap(),
            };
            day += 1;
            before.push(state(&world.ledger));
            if reconciles && world.ledger.incident("BBBBBB").is_ok_and(|b| b.id == "AAAAAA") {
                // The machine's proposals are no part of the record.
                world.ledger.apply_incidents(&world.machine, &act(day)).unwrap();
                prop_assert_eq!(&state(&world.ledger), before.last().unwrap());
            }
        }
        while before.len() > 1 {
            before.pop();
            let undone = world.ledger.undo(None, &person(day, "")).unwrap();
            prop_assert!(undone.left.is_empty());
            prop_assert_eq!(&state(&world.ledger), before.last().unwrap());
            // There and back again.
            world.ledger.undo(Some(undone.event), &person(day, "")).unwrap();
            world.ledger.undo(Some(undone.decision.id), &person(day, "")).unwrap();
            prop_assert_eq!(&state(&world.ledger), before.last().unwrap());
        }
        prop_assert!(matches!(world.ledger.undo(None, &person(day, "")), Err(Error::NothingToUndo)));
        prop_assert_eq!(world.ledger.check().unwrap(), Vec::<String>::new());
    }
}
