//! A desk that makes decisions of wishes with the simplest means, and tokens to wish with.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::{Method, header};
use ledger::{Act, ClaimState, Decision, Deed, Fields, Ledger, Noun, Scope, Verdict};
use record::{Claim, Incident, Report};
use serde_json::Value;
use web::{Desk, Paste, Site, Told, Wish};

use super::world::{World, world};
use crate::asking::{Got, ask, get};
use crate::at;

pub(crate) struct Clerk;

impl Desk for Clerk {
    fn rules(&self) -> Vec<String> {
        vec!["careful".to_owned()]
    }

    fn what_if(&self, _: &[Report], _: &[Claim], _: &str, _: &[String]) -> Option<Incident> {
        None
    }

    fn adds(&self) -> bool {
        true
    }

    fn add(&self, paste: &Paste) -> Result<Told, String> {
        match paste.text.as_str() {
            "broken" => Err("the model is missing".to_owned()),
            "bug" => panic!("as it is meant to"),
            text => Ok(Told {
                report: Some(format!("{}|{}|{}", paste.url, paste.language, paste.by)),
                status: "new".to_owned(),
                reports: 1,
                claims: text.len(),
                ..Told::default()
            }),
        }
    }

    fn decides(&self) -> bool {
        true
    }

    fn who(&self) -> String {
        "ana".to_owned()
    }

    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String> {
        let entry = |id: &str| ledger.incident_entry(id, None).map_err(|error| error.to_string());
        let is = |incident: Incident| Verdict::Incident { incident, fields: Fields::new(), stands: true };
        let (subject, deed, verdicts) = match wish {
            Wish::Set { id, .. } | Wish::Reject { id } if matches!(ledger.noun(id), Ok(Some((Noun::Claim, _)))) => {
                let entry = ledger.claim_entry(id, None).map_err(|error| error.to_string())?;
                let (state, deed) = match wish {
                    Wish::Reject { .. } => (ClaimState::Rejected, Deed::Reject),
                    Wish::Set { fields, .. } if fields == &["reviewed=yes"] => (ClaimState::Accepted, Deed::Set),
                    _ => (ClaimState::Corrected, Deed::Set),
                };
                if entry.decision == Some(state) {
                    return Ok(None);
                }
                (id, deed, vec![Verdict::Claim { claim: entry.claim, state }])
            }
            Wish::Set { id, fields } => {
                let mut incident = entry(id)?.incident;
                for field in fields {
                    match field.split_once('=') {
                        Some(("type", kind)) => kind.clone_into(&mut incident.kind),
                        Some(("reviewed", "yes")) => {}
                        _ => return Err(format!("{field:?} is no field")),
                    }
                }
                (id, Deed::Set, vec![is(incident)])
            }
            Wish::Merge { ids } => {
                let mut incident = entry(&ids[0])?.incident;
                let mut verdicts = Vec::new();
                for id in &ids[1..] {
                    incident.claims.extend(entry(id)?.incident.claims);
                    verdicts.push(Verdict::Merged { id: id.clone(), into: ids[0].clone() });
                }
                verdicts.insert(0, is(incident));
                (&ids[0], Deed::Merge, verdicts)
            }
            Wish::Split { id, claims } => {
                let mut kept = entry(id)?.incident;
                let mut other = Incident { id: "999999".to_owned(), disputes: vec![], claims: claims.clone(), ..kept.clone() };
                other.deaths.clear();
                kept.claims.retain(|claim| !claims.contains(claim));
                (id, Deed::Split, vec![is(kept), is(other)])
            }
            Wish::Reject { id } => (id, Deed::Reject, vec![Verdict::Withdrawn { id: id.clone(), stands: true }]),
        };
        Ok(Some(Decision { deed, subject: subject.clone(), verdicts, seen: vec![] }))
    }
}

/// Whom a token is of that is no good, and the words of the scopes for the others.
pub(crate) const BAD: [&str; 3] = ["unknown", "expired", "revoked"];

/// The world, with tokens: the secret of each is its name.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) app: Router,
}

pub(crate) fn served(path: &Path) -> Router {
    web::app(Site::new(path, Arc::new(Clerk)).open_to(vec!["https://example.org".to_owned()]))
}

pub(crate) fn office() -> Office {
    let world = world();
    let mut ledger = Ledger::open(&world.path).unwrap();
    let act = Act::new("ana", "for tests", at(2));
    let mut add = |name: &str, scope, expires| ledger.add_token(name, scope, expires, &ledger::raw_hash(name.as_bytes()), &act).unwrap();
    for scope in Scope::ALL {
        add(scope.as_str(), *scope, Some("2999-01-01T00:00:00Z".parse().unwrap()));
    }
    add("other", Scope::Review, None);
    add("expired", Scope::Admin, Some(at(3)));
    let revoked = add("revoked", Scope::Admin, None).id;
    ledger.revoke_token(&revoked, &act).unwrap();
    Office { app: served(&world.path), world }
}

impl Office {
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::open(&self.world.path).unwrap()
    }

    /// The tag of a record as it is now.
    pub(crate) async fn tag(&self, record: &str) -> String {
        let bearer = "Bearer admin".to_owned();
        let got = ask(&self.app, Method::GET, record, &[("authorization", &bearer)], "").await;
        got.header(header::ETAG).to_owned()
    }

    /// Sends JSON with a token and other headers.
    pub(crate) async fn post(&self, token: &str, address: &str, headers: &[(&str, &str)], body: &Value) -> Got {
        post(&self.app, token, address, headers, &body.to_string()).await
    }

    pub(crate) async fn found(&self, token: &str, address: &str) -> Got {
        let bearer = format!("Bearer {token}");
        if token.is_empty() { get(&self.app, address).await } else { ask(&self.app, Method::GET, address, &[("authorization", &bearer)], "").await }
    }
}

pub(crate) async fn post(app: &Router, token: &str, address: &str, headers: &[(&str, &str)], body: &str) -> Got {
    let bearer = format!("Bearer {token}");
    let mut all = vec![("content-type", "application/json")];
    if !token.is_empty() {
        all.push(("authorization", &bearer));
    }
    all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
    ask(app, Method::POST, address, &[&all[..], headers].concat(), body).await
}
