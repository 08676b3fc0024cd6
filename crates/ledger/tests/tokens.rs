//! Who may change the ledger over the API, what was answered, and several things as one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use common::*;
use ledger::{Deed, Error, Ledger, Scope};
use proptest::prelude::*;

fn hash(secret: &str) -> String {
    ledger::raw_hash(secret.as_bytes())
}

#[test]
fn a_token_is_known_by_its_secret_until_it_expires_or_is_revoked() {
    let (folder, mut ledger) = ledger();
    let desk = ledger.add_token("Desk", Scope::Review, Some(noon(9)), &hash("s1"), &person(3, "for the week")).unwrap();
    assert_eq!((desk.name.as_str(), desk.scope, desk.made_by.as_str(), desk.made_at), ("Desk", Scope::Review, "ana", noon(3)));
    assert_eq!(desk.who(), format!("Desk (token {})", desk.id));
    assert_eq!(ledger.token_of_hash(&hash("s1")).unwrap(), Some(desk.clone()));
    assert_eq!(ledger.token_of_hash(&hash("s2")).unwrap(), None);
    assert_eq!(ledger.token(&desk.id.to_lowercase()).unwrap(), desk);
    for (at, refused) in [
        (noon(3), None),
        (noon(8), None),
        (noon(9), Some("it expired at 2025-06-09T12:00:00Z")),
        (noon(10), Some("it expired at 2025-06-09T12:00:00Z")),
    ] {
        assert_eq!(desk.refusal(at).as_deref(), refused, "{at}");
    }
    // One name, one token in force; afterwards it is free again.
    let again = ledger.add_token("Desk", Scope::Read, None, &hash("s3"), &person(4, ""));
    assert!(matches!(again, Err(Error::SameToken { id, .. }) if id == desk.id));
    let other = ledger.add_token("Desk", Scope::Read, None, &hash("s3"), &person(9, "")).unwrap();
    assert_eq!(ledger.revoke_token(&other.id, &person(10, "it got out")).unwrap(), Some(3));
    assert_eq!(ledger.revoke_token(&other.id, &person(11, "")).unwrap(), None);
    assert_eq!(ledger.token(&other.id).unwrap().refusal(noon(4)).unwrap(), "it was revoked at 2025-06-10T12:00:00Z");
    assert!(matches!(ledger.revoke_token("nothing", &person(9, "")), Err(Error::Unknown { what: "token", .. })));
    // Nothing is lost, and nobody's secret is there.
    let log: Vec<(String, Option<String>, String)> =
        ledger.events(None, None).unwrap().into_iter().map(|event| (event.what, event.subject, event.why)).collect();
    let line = |what: &str, id: &str, why: &str| (what.to_owned(), Some(id.to_owned()), why.to_owned());
    assert_eq!(log, [line("token", &desk.id, "for the week"), line("token", &other.id, ""), line("revoke", &other.id, "it got out")]);
    assert!(log.iter().all(|(what, ..)| Deed::of(what).is_none()), "no decision about a record, and not undone");
    assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
    let conn = rusqlite::Connection::open(folder.path().join("sample.db")).unwrap();
    for sql in ["UPDATE tokens SET scope = 'admin'", "DELETE FROM tokens"] {
        assert_eq!(conn.execute(sql, []).unwrap_err().to_string(), "the ledger only grows");
    }
}

#[test]
fn wider_scopes_hold_the_narrower() {
    assert!(Scope::ALL.is_sorted());
    for scope in Scope::ALL {
        assert_eq!(Scope::of(scope.as_str()), Some(*scope));
    }
    assert_eq!(Scope::of("owner"), None);
}

#[test]
fn answers_are_remembered_for_each_token_and_not_for_ever() {
    let (folder, mut ledger) = ledger();
    let [one, two] = ["one", "two"].map(|name| ledger.add_token(name, Scope::Review, None, &hash(name), &person(3, "")).unwrap().id);
    let say = |ledger: &mut Ledger, token: &str, n: usize| {
        ledger.remember(token, &format!("k{n}"), &format!("r{n}"), &format!("a{n}"), noon(3) + jiff::SignedDuration::from_secs(n as i64))
    };
    say(&mut ledger, &one, 0).unwrap();
    assert!(say(&mut ledger, &one, 0).is_err(), "one answer to a key");
    say(&mut ledger, &two, 0).unwrap();
    drop(ledger);
    let mut ledger = Ledger::open(folder.path().join("sample.db")).unwrap();
    ledger
        .as_one(|ledger| {
            for n in 1..=1000 {
                say(ledger, &one, n)?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
    let told = |token: &str, n: usize| ledger.answered(token, &format!("k{n}")).unwrap();
    assert_eq!([told(&one, 0), told(&one, 1), told(&one, 1000)], [None, Some(("r1".into(), "a1".into())), Some(("r1000".into(), "a1000".into()))]);
    assert_eq!(told(&two, 0), Some(("r0".into(), "a0".into())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is done together, of which some fails: all of it or nothing, and the ledger goes on.
    #[test]
    fn several_things_are_one(notes in 0_u8..5, fails in any::<bool>()) {
        let (_folder, mut ledger) = ledger();
        let done = ledger.as_one(|ledger| {
            for n in 0..notes {
                ledger.note("noted", None, None, None, &person(3, &n.to_string()))?;
            }
            if fails { ledger.revoke_token("nothing", &person(3, ""))?; }
            ledger.last_event()
        });
        prop_assert_eq!(done.ok(), (!fails).then_some(i64::from(notes)));
        prop_assert_eq!(ledger.last_event().unwrap(), if fails { 0 } else { i64::from(notes) });
        prop_assert!(ledger.note("after", None, None, None, &person(4, "")).is_ok());
    }
}
