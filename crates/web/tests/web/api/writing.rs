//! What programs change: who may, on what they saw, once.

use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use ledger::Scope;
use serde_json::{Value, json};
use web::{NoDesk, Site};

use super::clerk::{BAD, Clerk, Office, office, post, served};
use super::problem;
use super::schema::misfit;
use crate::asking::{ask, found, get, on};

/// Every deed: the record, the verb, what is said, and the least scope that may.
fn deeds(office: &Office) -> Vec<(String, &'static str, Value, Scope)> {
    let ledger = office.ledger();
    let (claim, token) = (office.world.claim.clone(), ledger.tokens().unwrap().into_iter().find(|token| token.name == "other").unwrap().id);
    let leaves = ledger.incident("000000").unwrap().claims[1].clone();
    let why = json!({ "why": "read both" });
    vec![
        (format!("/api/v1/claims/{claim}"), "accept", why.clone(), Scope::Review),
        (format!("/api/v1/claims/{claim}"), "set", json!({ "why": "nine", "fields": { "count": 9 } }), Scope::Review),
        (format!("/api/v1/claims/{claim}"), "reject", why.clone(), Scope::Review),
        ("/api/v1/incidents/222222".to_owned(), "accept", why.clone(), Scope::Review),
        ("/api/v1/incidents/222222".to_owned(), "set", json!({ "why": "shells", "fields": { "type": "shelling" } }), Scope::Review),
        ("/api/v1/incidents/333333".to_owned(), "merge", json!({ "why": "one fight", "with": ["444444"] }), Scope::Review),
        ("/api/v1/incidents/000000".to_owned(), "split", json!({ "why": "two", "claims": [leaves] }), Scope::Review),
        ("/api/v1/incidents/555555".to_owned(), "reject", why.clone(), Scope::Review),
        ("/api/v1/actors/Army%20of%20Northland".to_owned(), "same", json!({ "why": "its name", "with": ["Army of Northland"] }), Scope::Publish),
        (format!("/api/v1/tokens/{token}"), "revoke", why, Scope::Admin),
    ]
}

#[test]
fn a_token_lets_one_do_what_its_scope_says() {
    on(office(), async |office| {
        for (record, verb, body, least) in deeds(office) {
            let address = format!("{record}/{verb}?dry_run=yes");
            let before = office.ledger().last_event().unwrap();
            for token in std::iter::once("").chain(BAD) {
                let got = office.post(token, &address, &[("if-match", "*")], &body).await;
                problem(&got, StatusCode::UNAUTHORIZED, "token");
                assert!(got.header(header::WWW_AUTHENTICATE).starts_with("Bearer"));
            }
            for scope in Scope::ALL {
                let got = office.post(scope.as_str(), &address, &[("if-match", "*")], &body).await;
                match scope < &least {
                    true => problem(&got, StatusCode::FORBIDDEN, &format!("the scope {}", least.as_str())),
                    // One name twice is nothing to say; that is said by who may.
                    false if verb == "same" => assert!(got.status.is_success() || got.status == 422, "{address}: {}", got.text),
                    false => assert_eq!(got.status, StatusCode::OK, "{address} {}: {}", scope.as_str(), got.text),
                }
            }
            assert_eq!(office.ledger().last_event().unwrap(), before, "{address} wrote something");
        }
        // What is not shown as a token is, and what is shown wrongly, is refused when only read, too.
        for value in ["Bearer", "Basic cmVhZA==", "Bearer unknown", "read", "Bearer "] {
            problem(&ask(&office.app, Method::GET, "/api/v1/incidents", &[("authorization", value)], "").await, StatusCode::UNAUTHORIZED, "token");
        }
        for (token, status) in [("", 200), ("read", 200), ("unknown", 401), ("expired", 401), ("revoked", 401)] {
            for address in ["/api/v1/incidents", "/api/v1/claims?limit=1", "/ogc", "/incidents.atom", "/api/v1/openapi.json"] {
                assert_eq!(office.found(token, address).await.status.as_u16(), status, "{token} {address}");
            }
        }
        for (token, status) in [("", 401), ("read", 403), ("publish", 403), ("admin", 200)] {
            assert_eq!(office.found(token, "/api/v1/tokens").await.status.as_u16(), status, "{token}");
        }
        let told = office.found("admin", "/api/v1/tokens").await.text;
        assert!(told.contains("\"revoked\"") && !told.contains(&ledger::raw_hash(b"admin")), "{told}");
    });
}

#[test]
fn every_deed_is_done_as_described_and_taken_back() {
    on(office(), async |office| {
        let described = found(&office.app, "/api/v1/openapi.json").await;
        for (record, verb, body, least) in deeds(office) {
            if verb == "same" {
                continue;
            }
            let before = office.found("admin", &record).await;
            let tag = before.header(header::ETAG).to_owned();
            assert!(tag.starts_with('"'), "{record} has a strong tag: {tag}");
            let address = format!("{record}/{verb}");
            let got = office.post(least.as_str(), &address, &[("if-match", &tag)], &body).await;
            assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
            assert_eq!(misfit(&got.json(), &json!({ "$ref": "#/components/schemas/Done" }), &described), None);
            let number = got.json()["event"].as_i64().unwrap();
            let event = office.ledger().event(number).unwrap().unwrap();
            let token = office.ledger().tokens().unwrap().into_iter().find(|token| token.name == least.as_str()).unwrap();
            assert_eq!((event.who, event.why), (format!("{} (token {})", token.name, token.id), body["why"].as_str().unwrap().to_owned()));
            assert!(!got.json()["effects"].as_array().unwrap().is_empty(), "{address}");
            // Who saw it before may not decide about it now.
            let late = office.post(least.as_str(), &address, &[("if-match", &tag)], &body).await;
            assert!([StatusCode::PRECONDITION_FAILED, StatusCode::GONE].contains(&late.status), "{address}: {}", late.text);
            if verb == "revoke" {
                continue;
            }
            let event = format!("/api/v1/events/{number}");
            let undo = office.post("review", &format!("{event}/undo"), &[("if-match", &office.tag(&event).await)], &json!({ "why": "to see" })).await;
            assert_eq!(undo.status, StatusCode::OK, "{address}: {}", undo.text);
            let again = office.post("review", &format!("{event}/undo"), &[("if-match", "*")], &json!({ "why": "to see" })).await;
            problem(&again, StatusCode::CONFLICT, "undone already");
            let after = office.found("admin", &record).await.json();
            for (member, value) in before.json().as_object().unwrap() {
                if !["revision", "recorded_at", "written_at"].contains(&member.as_str()) {
                    assert_eq!(&after[member], value, "{address}: {member}");
                }
            }
        }
        assert_eq!(office.ledger().check().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn nobody_decides_about_what_they_did_not_see() {
    on(office(), async |office| {
        let (record, body) = ("/api/v1/incidents/222222", json!({ "why": "seen" }));
        let accept = async |tags: &[(&str, &str)]| office.post("review", &format!("{record}/accept"), tags, &body).await;
        let tag = office.tag(record).await;
        problem(&accept(&[]).await, StatusCode::PRECONDITION_REQUIRED, "If-Match");
        for bad in ["222222", "\"", "\"a\"b\"", "W/", "\"x\", y"] {
            problem(&accept(&[("if-match", bad)]).await, StatusCode::BAD_REQUEST, "If-Match");
        }
        let weak = format!("W/{tag}");
        let old = office.found("", &format!("{record}?as_of=2025-06-01")).await.header(header::ETAG).to_owned();
        for other in ["\"0000000000\"", weak.as_str(), old.as_str()].into_iter().filter(|other| *other != tag) {
            problem(&accept(&[("if-match", other)]).await, StatusCode::PRECONDITION_FAILED, "changed since");
        }
        // An unknown record before the tag of it; one that is elsewhere, or gone, says so.
        for (id, status, says) in [
            ("ZZZZZZ", 404, "ZZZZZZ"),
            (office.world.claim.as_str(), 404, ""),
            ("777777", 410, "it rained only"),
            ("666666", 409, "/api/v1/incidents/000000"),
        ] {
            let got = office.post("review", &format!("/api/v1/incidents/{id}/reject"), &[("if-match", &tag)], &body).await;
            problem(&got, StatusCode::from_u16(status).unwrap(), says);
        }
        // Something else that happens is no matter; a change of the record is.
        let other = office.post("review", "/api/v1/incidents/333333/accept", &[("if-match", "*")], &body).await;
        assert_eq!(other.status, StatusCode::OK);
        let list = format!("\"0000000000\", {tag}");
        let set = json!({ "why": "shells", "fields": { "type": "shelling" } });
        // Two who saw the same: one decides, the other is told.
        let address = format!("{record}/set");
        let headers = [("if-match", list.as_str())];
        let mut both = Vec::new();
        for token in ["review", "other", "publish", "admin"] {
            let (app, body, address, list) = (office.app.clone(), set.to_string(), address.clone(), list.clone());
            both.push(tokio::spawn(async move { post(&app, token, &address, &[("if-match", &list)], &body).await.status.as_u16() }));
        }
        let mut said = Vec::new();
        for one in both {
            said.push(one.await.unwrap());
        }
        said.sort_unstable();
        assert_eq!(said, [200, 412, 412, 412]);
        problem(&office.post("review", &address, &headers, &set).await, StatusCode::PRECONDITION_FAILED, "changed since");
        let now = office.found("", record).await;
        let fresh = office.post("review", &format!("{record}/accept"), &[("if-match", now.header(header::ETAG))], &body).await;
        assert_eq!((now.json()["type"].as_str(), fresh.status), (Some("shelling"), StatusCode::OK), "{}", fresh.text);
        let known = now.header(header::ETAG).to_owned();
        assert_ne!(office.tag(record).await, known);
        let again = office.tag(record).await;
        let unchanged = ask(&office.app, Method::GET, record, &[("if-none-match", &format!("W/{again}"))], "").await;
        assert_eq!((unchanged.status, unchanged.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    });
}

#[test]
fn who_asks_twice_changes_once() {
    on(office(), async |office| {
        let address = format!("/api/v1/claims/{}/accept", office.world.claim);
        let (tag, body) = (office.tag(address.trim_end_matches("/accept")).await, json!({ "why": "as read" }));
        let keyed = [("if-match", tag.as_str()), ("idempotency-key", "2025-06-12/17")];
        // A look is no deed.
        let look = office.post("review", &format!("{address}?dry_run=yes"), &keyed, &body).await;
        assert_eq!((look.status, &look.json()["event"]), (StatusCode::OK, &Value::Null));
        let first = office.post("review", &address, &keyed, &body).await;
        assert!(first.status == StatusCode::OK && first.json()["event"].is_i64(), "{}", first.text);
        assert!(!first.headers.contains_key("idempotent-replayed"));
        let events = office.ledger().last_event().unwrap();
        // Whatever became of it since, and of the program.
        let restarted = served(&office.world.path);
        for app in [&office.app, &office.app, &restarted] {
            let again = post(app, "review", &address, &keyed, &body.to_string()).await;
            assert_eq!((again.status, &again.text, again.headers["idempotent-replayed"].to_str().unwrap()), (StatusCode::OK, &first.text, "true"));
        }
        problem(&office.post("review", &address, &keyed, &json!({ "why": "otherwise" })).await, StatusCode::UNPROCESSABLE_ENTITY, "another request");
        problem(&office.post("review", "/api/v1/incidents/222222/accept", &keyed, &body).await, StatusCode::UNPROCESSABLE_ENTITY, "another request");
        assert_eq!(office.ledger().last_event().unwrap(), events);
        // The key is another's with another token: a request of its own, on a tag that is old.
        problem(&office.post("other", &address, &keyed, &body).await, StatusCode::PRECONDITION_FAILED, "");
        // What did not happen is not remembered, and can be asked for again.
        let keyed = [("if-match", tag.as_str()), ("idempotency-key", "18")];
        problem(&office.post("review", &address, &keyed, &body).await, StatusCode::PRECONDITION_FAILED, "");
        let now = office.tag(address.trim_end_matches("/accept")).await;
        let nothing = office.post("review", &address, &[("if-match", now.as_str()), ("idempotency-key", "18")], &body).await;
        assert_eq!((nothing.status, nothing.json()), (StatusCode::OK, json!({ "event": null, "effects": [] })));
        for bad in ["", "two words", &"k".repeat(256)] {
            problem(
                &office.post("review", &address, &[("if-match", "*"), ("idempotency-key", bad)], &body).await,
                StatusCode::BAD_REQUEST,
                "Idempotency-Key",
            );
        }
    });
}

/// What became of a job, once it ended.
async fn ended(office: &Office, token: &str, location: &str) -> Value {
    loop {
        let got = office.found(token, location).await;
        assert_eq!(got.status, StatusCode::OK, "{location}: {}", got.text);
        if got.json()["state"] != "running" {
            return got.json();
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_report_is_taken_and_its_place_tells() {
    on(office(), async |office| {
        let described = found(&office.app, "/api/v1/openapi.json").await;
        let path = |got: &crate::asking::Got| got.header(header::LOCATION).trim_start_matches("http://127.0.0.1:8017").to_owned();
        let report = json!({ "text": "Two died.", "url": "https://example.org/1", "language": "en", "published": "2025-06-03" });
        let keyed = [("idempotency-key", "mail-1")];
        let first = office.post("propose", "/api/v1/reports", &keyed, &report).await;
        assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
        let told = ended(office, "propose", &path(&first)).await;
        assert_eq!((&told["state"], &told["claims"], &told["status"]), (&json!("done"), &json!(9), &json!("new")));
        assert!(told["report"].as_str().unwrap().starts_with("https://example.org/1|en|propose (token "), "{told}");
        assert_eq!(misfit(&told, &json!({ "$ref": "#/components/schemas/Job" }), &described), None);
        // Sent again it is not read again, also by a program that was started anew, which still tells.
        let restarted = served(&office.world.path);
        for app in [&office.app, &restarted] {
            let again = post(app, "propose", "/api/v1/reports", &keyed, &report.to_string()).await;
            assert_eq!((again.status, &again.text, path(&again)), (StatusCode::ACCEPTED, &first.text, path(&first)));
            assert_eq!(again.headers["idempotent-replayed"], "true");
            let got = ask(app, Method::GET, &path(&first), &[("authorization", "Bearer propose")], "").await;
            assert_eq!(got.json(), told);
            let other = post(app, "propose", "/api/v1/reports", &keyed, r#"{"text":"Three died."}"#).await;
            problem(&other, StatusCode::UNPROCESSABLE_ENTITY, "another request");
        }
        // Nobody else's.
        for (token, status) in [("", 401), ("read", 403), ("other", 404)] {
            assert_eq!(office.found(token, &path(&first)).await.status.as_u16(), status, "{token}");
        }
        // A text alone; without a key each is its own; what cannot be read says why, and a bug ends nothing but itself.
        let plain = [("content-type", "text/plain; charset=utf-8")];
        let mut places = vec![path(&first)];
        for (text, state, why) in [
            ("Three died.", "done", None),
            ("Three died.", "done", None),
            ("broken", "failed", Some("the model is missing")),
            ("bug", "failed", Some("a bug; what was committed is kept")),
        ] {
            let got = post(&office.app, "review", "/api/v1/reports", &plain, text).await;
            assert_eq!(got.status, StatusCode::ACCEPTED, "{}", got.text);
            let told = ended(office, "review", &path(&got)).await;
            assert_eq!((told["state"].as_str(), told["why"].as_str()), (Some(state), why));
            assert_eq!(misfit(&told, &json!({ "$ref": "#/components/schemas/Job" }), &described), None);
            places.push(path(&got));
        }
        places.sort();
        places.dedup();
        assert_eq!(places.len(), 5);
        for (token, status) in [("", 401), ("read", 403)] {
            assert_eq!(office.post(token, "/api/v1/reports", &[], &report).await.status.as_u16(), status, "{token}");
        }
    });
}

#[test]
fn what_cannot_be_taken_says_why() {
    on(office(), async |office| {
        let address = "/api/v1/incidents/222222/set";
        let before = office.ledger().last_event().unwrap();
        let long = format!(r#"{{"why":"{}"}}"#, "x".repeat(5 << 20));
        for (headers, body, status, says) in [
            (&[][..], "{", 400, "no JSON"),
            (&[], "[1]", 422, "an object"),
            (&[], r#"{"why":" ","fields":{"type":"x"}}"#, 422, "why"),
            (&[], r#"{"why":"x"}"#, 422, "\"fields\" is missing"),
            (&[], r#"{"why":"x","fields":{"colour":"red"}}"#, 422, "is no field"),
            (&[], r#"{"why":"x","field":{}}"#, 422, "there are fields why"),
            (&[], &long, 413, "4 MB"),
            (&[("content-type", "text/plain")], "x", 415, "application/json"),
            (&[("content-type", "application/x-www-form-urlencoded")], "why=x", 415, "application/json"),
        ] {
            let got = post(&office.app, "review", address, &[headers, &[("if-match", "*")]].concat(), body).await;
            problem(&got, StatusCode::from_u16(status).unwrap(), says);
        }
        for query in ["dry_run=perhaps", "colour=red", "dry_run=yes&dry_run=no"] {
            let got =
                office.post("review", &format!("{address}?{query}"), &[("if-match", "*")], &json!({ "why": "x", "fields": { "type": "x" } })).await;
            problem(&got, StatusCode::BAD_REQUEST, query.split('=').next().unwrap());
        }
        problem(&office.post("propose", "/api/v1/reports?dry_run=yes", &[], &json!({ "text": "x" })).await, StatusCode::BAD_REQUEST, "dry_run");
        assert_eq!(post(&office.app, "propose", "/api/v1/reports", &[("content-type", "text/html")], "x").await.status, 415);
        assert_eq!(office.ledger().last_event().unwrap(), before);
        for (address, allowed) in
            [("/api/v1/reports", "GET, HEAD, POST, OPTIONS"), (address, "POST, OPTIONS"), ("/api/v1/incidents", "GET, HEAD, OPTIONS")]
        {
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                let got = ask(&office.app, method, address, &[("authorization", "Bearer admin")], "").await;
                problem(&got, StatusCode::METHOD_NOT_ALLOWED, allowed);
                assert_eq!(got.header(header::ALLOW), allowed);
            }
            assert_eq!(ask(&office.app, Method::OPTIONS, address, &[], "").await.header(header::ALLOW), allowed);
        }
        assert_eq!(office.found("admin", address).await.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}

#[test]
fn no_page_of_another_site_writes_and_a_closed_ledger_is_closed() {
    on(office(), async |office| {
        let address = format!("/api/v1/claims/{}/reject", office.world.claim);
        let body = json!({ "why": "x" }).to_string();
        let before = office.ledger().last_event().unwrap();
        // Not even one that may read.
        for from in [("origin", "https://example.org"), ("origin", "null"), ("origin", "http://127.0.0.1:8018"), ("sec-fetch-site", "cross-site")] {
            let got = post(&office.app, "review", &address, &[("if-match", "*"), from], &body).await;
            problem(&got, StatusCode::FORBIDDEN, "another site");
            assert!(!got.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
            let asked = ask(&office.app, Method::OPTIONS, &address, &[from, ("access-control-request-method", "POST")], "").await;
            assert_eq!(asked.header(header::ACCESS_CONTROL_ALLOW_METHODS), "GET, HEAD");
        }
        problem(&post(&office.app, "review", &address, &[("if-match", "*"), ("host", "evil.example")], &body).await, StatusCode::FORBIDDEN, "");
        let shut = [
            web::app(Site::new(&office.world.path, Arc::new(Clerk)).read_only()),
            web::app(Site::new(&office.world.path, Arc::new(Clerk)).read_only().asking_tokens()),
            web::app(Site::new(&office.world.path, Arc::new(NoDesk))),
        ];
        for app in &shut {
            for (token, status, says) in [("", 401, "needs a token"), ("unknown", 401, "unknown here"), ("admin", 403, "Nothing can be changed here")]
            {
                let status = StatusCode::from_u16(status).unwrap();
                problem(&post(app, token, &address, &[("if-match", "*")], &body).await, status, says);
                problem(&post(app, token, "/api/v1/reports", &[], r#"{"text":"x"}"#).await, status, says);
            }
        }
        // A copy of the records alone knows no token.
        let copied = office.world.path.with_file_name("copy.attest");
        drop(ledger::Ledger::create(&copied).unwrap());
        let copy = served(&copied);
        problem(&post(&copy, "admin", &address, &[("if-match", "*")], &body).await, StatusCode::UNAUTHORIZED, "unknown here");
        assert_eq!(office.ledger().last_event().unwrap(), before);
        // From a page of its own, with a token, as a program does.
        let own = post(&office.app, "review", &address, &[("if-match", "*"), ("origin", "http://127.0.0.1:8017")], &body).await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.text);
    });
}

#[test]
fn where_tokens_are_asked_for_nothing_is_told_without() {
    on(office(), async |office| {
        let app = web::app(Site::new(&office.world.path, Arc::new(Clerk)).asking_tokens());
        for address in ["/api/v1/incidents", "/api/v1/openapi.json", "/api/v1", "/ogc", "/incidents.atom", "/incidents.feed.json"] {
            let got = get(&app, address).await;
            problem(&got, StatusCode::UNAUTHORIZED, "token");
            let got = ask(&app, Method::GET, address, &[("authorization", "bearer read")], "").await;
            assert_eq!((got.status, got.header(header::CACHE_CONTROL)), (StatusCode::OK, "private, no-cache"), "{address}");
            // What is unchanged is not told either.
            let known = [("if-none-match", got.header(header::ETAG))];
            assert_eq!(ask(&app, Method::GET, address, &known, "").await.status, StatusCode::UNAUTHORIZED);
        }
        for page in ["/", "/incidents", "/incidents.json", "/review", "/add", "/help"] {
            for headers in [&[][..], &[("authorization", "Bearer admin")]] {
                assert_eq!(ask(&app, Method::GET, page, headers, "").await.status, StatusCode::FORBIDDEN, "{page}");
            }
        }
        for page in ["/decide", "/add", "/settings"] {
            let got = ask(&app, Method::POST, page, &[("origin", "http://127.0.0.1:8017"), ("authorization", "Bearer admin")], "").await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{page}");
        }
        let page = ask(&app, Method::GET, "/incidents", &[("accept-language", "fr")], "").await.text;
        assert!(page.contains("Les pages sont fermées ici"), "{page}");
    });
}

#[test]
fn the_description_tells_all_that_is_needed() {
    on(office(), async |office| {
        let described = found(&office.app, "/api/v1/openapi.json").await;
        assert_eq!(described["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        let mut seen = 0;
        for (path, about) in described["paths"].as_object().unwrap() {
            let Some(deed) = about.get("post") else { continue };
            seen += 1;
            let scope = deed["security"][0]["token"][0].as_str().unwrap();
            assert!(Scope::of(scope).is_some(), "{path}");
            for content in deed["requestBody"]["content"].as_object().unwrap().values() {
                assert_eq!(misfit(&content["example"], &content["schema"], &described), None, "{path}");
            }
            let names: Vec<&str> = deed["parameters"].as_array().unwrap().iter().filter_map(|param| param["name"].as_str()).collect();
            assert!(names.contains(&"Idempotency-Key"), "{path}");
            assert_eq!(names.contains(&"If-Match"), path != "/api/v1/reports", "{path}");
        }
        assert_eq!(seen, 13);
        let page = get(&office.app, "/api/v1/").await.text;
        assert!(page.contains("POST /api/v1/incidents/{id}/merge") && page.contains("Scope: review"), "{page}");
    });
}
