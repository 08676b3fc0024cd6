//! What programs are given: the description and the answers say the same, pages of a list add up to it, and nothing asked is
//! ever answered with a fault of the program's own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::Timestamp;
use ledger::{Act, Decision, Deed, Fields, Ledger, NewReport, Reading, Verdict};
use record::{
    Basis, Bound, Claim, Count, DatePrecision, Dispute, Field, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PlacePrecision, Quote,
    Report, Role, Source, SourceKind, Span, Status, Toll, Victims,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use web::{NoDesk, Site};

const HOSTILE: &str = "Oum <script>&\"'\u{202e}\u{1}";
const TEXT: &str = "Soldiers fought. Eight bodies were seen. An officer denied it. Forty were hurt. Huts burnt. Men fled. A bridge fell. It rained.";

fn at(day: i8) -> Timestamp {
    format!("2025-06-{day:02}T12:00:00Z").parse().unwrap()
}

fn claim(report: &Report, kind: Kind, words: &str) -> Claim {
    let span = Span::find(&report.text, words).expect("the words stand in the report");
    let mut claim = Claim {
        source: vec![Source { name: "an officer".to_owned(), kind: SourceKind::Military }],
        count: (kind == Kind::Deaths).then(|| Count::new("eight", Some(8), None, false).unwrap()),
        victims: (kind == Kind::Deaths).then_some(Victims::Military),
        score: Some(0.5),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span).unwrap())
    };
    claim.identify();
    claim
}

fn incident(n: usize, claims: &[&Claim]) -> Incident {
    let precisions = [PlacePrecision::Exact, PlacePrecision::Near, PlacePrecision::Admin1, PlacePrecision::Country];
    let because = Bound { bound: "low".to_owned(), claims: vec![claims[0].id.clone()], rule: "least: report".to_owned() };
    let day = format!("2025-05-{:02}", 20 - n).parse().unwrap();
    Incident {
        id: format!("{n}{n}{n}{n}{n}{n}"),
        kind: "armed clash".to_owned(),
        date: (n != 3).then_some(IncidentDate { start: day, end: day, precision: DatePrecision::Day }),
        place: (n != 4).then(|| IncidentPlace {
            name: if n == 0 { HOSTILE.to_owned() } else { format!("Town {n}") },
            admin1: None,
            admin2: None,
            country: Some("ML".to_owned()),
            lat: Some(15.912_345_678 + n as f64),
            lon: Some(-2.412_345_678),
            precision: precisions[n % 4],
        }),
        parties: vec![Party { name: "Army of Northland".to_owned(), role: Role::Attacker, basis: Basis::Attributed }],
        deaths: vec![Toll { side: "total".to_owned(), low: 6, best: 8, high: 21, because: vec![because] }],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: if n == 0 { vec![Dispute { claims: [claims[0].id.clone(), claims[0].id.clone()], over: Over::Deaths }] } else { vec![] },
        claims: claims.iter().map(|claim| claim.id.clone()).collect(),
    }
}

struct World {
    app: Router,
    path: PathBuf,
    report: String,
    claim: String,
    folder: Arc<tempfile::TempDir>,
}

/// Six incidents, a seventh that went into the first, and an eighth that was withdrawn.
fn fill(path: &Path) -> (String, String) {
    let mut ledger = Ledger::create(path).unwrap();
    let mut report = Report::new("wire", "en", "Fighting reported", TEXT);
    report.outlet = HOSTILE.to_owned();
    report.published = Some("2025-06-01T09:00:00Z".parse().unwrap());
    report.identify();
    let words = [
        "Soldiers fought",
        "Eight bodies were seen",
        "An officer denied it",
        "Forty were hurt",
        "Huts burnt",
        "Men fled",
        "A bridge fell",
        "It rained",
    ];
    let claims: Vec<Claim> =
        words.iter().map(|words| claim(&report, if words.starts_with("Eight") { Kind::Deaths } else { Kind::Clash }, words)).collect();
    let mut new = NewReport::new(report.clone(), "inbox/1.txt", at(1)).hashed(&ledger::raw_hash(report.text.as_bytes()));
    new.url = Some("https://example.org/1".to_owned());
    ledger.add(&new, &Reading::new("reader 1", claims.clone(), at(1))).unwrap();
    let mut incidents: Vec<Incident> = claims.iter().enumerate().map(|(n, claim)| incident(n, &[claim])).collect();
    ledger.apply_incidents(&incidents, &Act::new("attest", "", at(1))).unwrap();
    incidents.truncate(6);
    incidents[0].claims.push(claims[6].id.clone());
    ledger.apply_incidents(&incidents, &Act::new("attest", "it rained only", at(2))).unwrap();
    (report.id, claims[1].id.clone())
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.attest");
    let (report, claim) = fill(&path);
    let site = Site::new(&path, Arc::new(NoDesk)).open_to(vec!["https://example.org".to_owned()]).licensed("CC BY 4.0");
    World { app: web::app(site), path, report, claim, folder: Arc::new(folder) }
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(app: &Router, method: Method, address: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(address);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header(header::HOST, "127.0.0.1:8017");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    Got { status: parts.status, headers: parts.headers, text }
}

async fn get(app: &Router, address: &str) -> Got {
    ask(app, Method::GET, address, &[]).await
}

async fn found(app: &Router, address: &str) -> Value {
    let got = get(app, address).await;
    assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
    got.json()
}

/// Runs questions on a world of their own.
fn on<F: Future<Output = ()>>(questions: impl FnOnce(World) -> F) {
    let world = world();
    // Questions take of a world what they ask for; the ledger is to last as long as they do.
    let folder = Arc::clone(&world.folder);
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(questions(world));
    drop(folder);
}

fn problem(got: &Got, status: StatusCode, says: &str) {
    assert_eq!(got.status, status, "{}", got.text);
    assert_eq!(got.header(header::CONTENT_TYPE), "application/problem+json");
    let told = got.json();
    assert_eq!(told["status"], status.as_u16());
    assert!(told["detail"].as_str().unwrap().contains(says), "{told} does not say {says}");
}

/// What does not fit a schema; of JSON Schema what the description uses.
fn misfit(value: &Value, schema: &Value, all: &Value) -> Option<String> {
    let of = |name: &str| schema.get(name);
    if let Some(to) = of("$ref").and_then(Value::as_str) {
        return misfit(value, all.pointer(to.trim_start_matches('#')).unwrap(), all);
    }
    if let Some(any) = of("anyOf").and_then(Value::as_array) {
        let misfits: Vec<String> = any.iter().filter_map(|one| misfit(value, one, all)).collect();
        return (misfits.len() == any.len()).then(|| misfits.join(" and "));
    }
    let fits = match of("type").and_then(Value::as_str) {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("{other}"),
    };
    if !fits || of("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
        return Some(format!("{value} is not {schema}"));
    }
    if let (Some(items), Some(item)) = (value.as_array(), of("items")) {
        return items.iter().find_map(|value| misfit(value, item, all));
    }
    let members = value.as_object()?;
    let required = of("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let missing = required.map(str::to_owned).find(|name| !members.contains_key(name)).map(|name| format!("{name} is missing in {value}"));
    missing.or_else(|| {
        members.iter().find_map(|(name, value)| match of("properties").and_then(|properties| properties.get(name)) {
            Some(schema) => misfit(value, schema, all).map(|misfit| format!("{name}: {misfit}")),
            None => (of("additionalProperties") == Some(&json!(false))).then(|| format!("{name} is not told of")),
        })
    })
}

#[test]
fn every_address_answers_as_described() {
    on(|world| async move {
        let app = &world.app;
        let described = found(app, "/api/v1/openapi.json").await;
        assert_eq!(described["openapi"], "3.1.0");
        let paths = described["paths"].as_object().unwrap();
        assert!(paths.len() > 20);
        for (path, about) in paths {
            let id = if path.contains("/claims/") {
                &world.claim
            } else if path.contains("/reports/") {
                &world.report
            } else {
                "000000"
            };
            let path = path.replace("{id}", id);
            let operation = &about["get"];
            let mut asked = vec![path.clone()];
            for param in operation["parameters"].as_array().unwrap().iter().filter(|param| param["in"] == "query") {
                let name = param["name"].as_str().unwrap();
                let example = match &param["example"] {
                    Value::Array(list) => list[0].clone(),
                    other => other.clone(),
                };
                let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                asked.push(format!("{path}?{name}={}", example.replace(' ', "+")));
                if param["schema"]["type"] != "array" || name == "fields" {
                    problem(&get(app, &format!("{path}?{name}={example}&{name}={example}")).await, StatusCode::BAD_REQUEST, "twice");
                }
                problem(&get(app, &format!("{path}?{name}=")).await, StatusCode::BAD_REQUEST, name);
            }
            problem(&get(app, &format!("{path}?colour=red")).await, StatusCode::BAD_REQUEST, "colour");
            for address in asked {
                let got = get(app, &address).await;
                assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
                assert!(got.header(header::ETAG).starts_with("W/\""), "{address}");
                let content = operation["responses"]["200"]["content"].as_object().unwrap();
                let kind = got.header(header::CONTENT_TYPE).trim_end_matches("; charset=utf-8");
                let schema = &content.get(kind).unwrap_or_else(|| panic!("{address} gives {kind}"))["schema"];
                if kind.ends_with("json") {
                    assert_eq!(misfit(&got.json(), schema, &described), None, "{address}");
                }
            }
        }
    });
}

#[test]
fn pages_of_a_list_add_up_to_it() {
    on(|world| async move {
        let app = &world.app;
        for (list, id) in [
            ("/api/v1/incidents?sort=-deaths&limit=4", "id"),
            ("/api/v1/incidents?fields=summary,incident_id&limit=4", "incident_id"),
            ("/api/v1/claims?limit=3", "id"),
            ("/api/v1/claims?fields=claim_id,quote&limit=3", "claim_id"),
            ("/api/v1/reports?limit=1", "id"),
            ("/api/v1/actors?limit=1", "name"),
            ("/api/v1/places?limit=2", "name"),
            ("/api/v1/sources?limit=1", "name"),
            ("/api/v1/series?step=day&limit=3", "start"),
            ("/api/v1/changes?limit=3", "cursor"),
        ] {
            let whole = found(app, list.split("limit").next().unwrap().trim_end_matches(['?', '&'])).await;
            let (mut address, mut items) = (list.to_owned(), Vec::new());
            loop {
                let got = get(app, &address).await;
                let page = got.json();
                items.extend(page["items"].as_array().unwrap().clone());
                let link = got.header(header::LINK);
                assert_eq!(page["next"].is_string(), link.contains("rel=\"next\""), "{address}");
                assert_eq!(page["next"].is_string(), items.len() < whole["items"].as_array().unwrap().len(), "{address}");
                match link.split_once(">; rel=\"next\"") {
                    Some((next, _)) => address = next.trim_start_matches("<http://127.0.0.1:8017").to_owned(),
                    None => break,
                }
            }
            assert_eq!(json!(items), whole["items"], "{list}");
            assert_eq!(whole["total"], items.len(), "{list}");
            let ids: BTreeSet<String> = items.iter().map(|item| item[id].to_string()).collect();
            assert_eq!(ids.len(), items.len(), "{list}");
        }
        let some = found(app, "/api/v1/incidents?fields=summary,incident_id&limit=1").await;
        assert_eq!(some["items"][0].as_object().unwrap().len(), 2);
    });
}

#[test]
fn a_list_goes_on_as_it_was_whatever_came_meanwhile() {
    on(|world| async move {
        let app = &world.app;
        let lists = [
            ("/api/v1/incidents", "limit=2"),
            ("/api/v1/incidents", "sort=-deaths&limit=4"),
            ("/api/v1/incidents", "fields=incident_id&sort=-recorded&limit=3"),
            ("/api/v1/claims", "sort=place&limit=3"),
            ("/api/v1/claims", "as_of=2999-01-01&limit=5"),
            ("/api/v1/reports", "limit=2"),
            ("/api/v1/actors", "limit=2"),
            ("/api/v1/places", "limit=2"),
            ("/api/v1/series", "step=day&limit=2"),
            ("/ogc/collections/incidents/items", "limit=4"),
        ];
        let mut ledger = Ledger::open(&world.path).unwrap();
        let mut incidents = ledger.incidents(&ledger::Filter::default()).unwrap();
        for (n, incident) in incidents.iter_mut().enumerate() {
            incident.parties[0].name = format!("Front {n}");
            let mut report = Report::new("wire", "en", "", &format!("Nothing is known of front {n}."));
            report.identify();
            ledger.add(&NewReport::new(report, format!("inbox/front-{n}.txt"), at(3)), &Reading::new("reader 1", vec![], at(3))).unwrap();
        }
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(4))).unwrap();
        let items = |page: &Value| page.get("items").or(page.get("features")).unwrap().as_array().unwrap().clone();
        let mut begun = Vec::new();
        for (list, query) in lists {
            let (all, _) = query.split_once("limit").unwrap();
            let whole = found(app, &format!("{list}?{all}limit=1000")).await;
            begun.push((items(&whole), get(app, &format!("{list}?{query}")).await));
        }
        let mut report = Report::new("wire", "en", "", "Shots were heard.");
        report.identify();
        let heard = claim(&report, Kind::Clash, "Shots were heard");
        // Recorded before the pages were asked for, and written after.
        ledger.add(&NewReport::new(report, "inbox/2.txt", at(5)), &Reading::new("reader 1", vec![heard.clone()], at(5))).unwrap();
        // One comes before all others, one is not what it was, and one is gone.
        let mut incidents = ledger.incidents(&ledger::Filter::default()).unwrap();
        incidents.pop();
        incidents[0].deaths[0].best = 21;
        let mut early = incident(9, &[&heard]);
        early.date.as_mut().unwrap().start = "2025-01-01".parse().unwrap();
        incidents.push(early);
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(6))).unwrap();
        for ((whole, first), (list, query)) in begun.into_iter().zip(lists) {
            let (mut got, mut all) = (first, Vec::new());
            loop {
                all.extend(items(&got.json()));
                match got.header(header::LINK).split_once(">; rel=\"next\"") {
                    Some((next, _)) => got = get(app, next.trim_start_matches("<http://127.0.0.1:8017")).await,
                    None => break,
                }
            }
            assert!(whole.len() > 2, "{list}?{query}");
            assert_eq!(all, whole, "{list}?{query}");
        }
        assert_eq!(found(app, "/api/v1/claims").await["total"], 9);
    });
}

#[test]
fn names_that_are_one_are_one_for_programs_too() {
    on(|world| async move {
        let mut ledger = Ledger::open(&world.path).unwrap();
        let mut incidents = ledger.incidents(&ledger::Filter::default()).unwrap();
        let id = incidents[0].id.clone();
        incidents[0].parties[0].name = "AN".to_owned();
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(3))).unwrap();
        let event = ledger.say_same("Army of Northland", &["AN".to_owned()], i64::MAX, &Act::new("ana", "its initials", at(4))).unwrap();
        let list = found(&world.app, "/api/v1/incidents").await;
        let one = found(&world.app, &format!("/api/v1/incidents/{id}")).await;
        let names: BTreeSet<&str> =
            list["items"].as_array().unwrap().iter().chain([&one]).map(|item| item["parties"][0]["name"].as_str().unwrap()).collect();
        assert!(names.into_iter().eq(["Army of Northland"]));
        assert_eq!(found(&world.app, &format!("/api/v1/incidents/{id}?as_of=2025-06-03T13:00:00Z")).await["parties"][0]["name"], "AN");
        let actors = found(&world.app, "/api/v1/actors").await;
        let alias = json!({ "name": "AN", "of": "Army of Northland", "event": event });
        assert_eq!(actors["items"], json!([{ "name": "Army of Northland", "incidents": 6, "aliases": [alias], "printed": [] }]));
    });
}

#[test]
fn answers_that_differ_have_tags_that_differ() {
    on(|world| async move {
        let other = web::app(Site::new(&world.path, Arc::new(NoDesk)).licensed("CC0"));
        let html = ("accept", "text/html");
        for address in ["/ogc", "/api/v1/"] {
            let mut tags = BTreeSet::new();
            for (app, headers) in [
                (&world.app, &[html][..]),
                (&world.app, &[html, ("accept-language", "fr")]),
                (&world.app, &[html, ("cookie", "theme=dark")]),
                (&world.app, &[html, ("cookie", "keys=off")]),
                (&other, &[html]),
            ] {
                let got = ask(app, Method::GET, address, headers).await;
                assert_eq!(got.header(header::ETAG), ask(app, Method::GET, address, headers).await.header(header::ETAG));
                tags.insert(got.header(header::ETAG).to_owned());
                assert!(["Accept-Language", "Cookie"].iter().all(|header| got.header(header::VARY).contains(header)));
            }
            assert_eq!(tags.len(), 5, "{address}");
        }
        // What is the same for everybody is one for a cache too.
        for address in ["/api/v1/incidents", "/incidents.atom"] {
            let got = get(&world.app, address).await;
            let other = ask(&world.app, Method::GET, address, &[html, ("accept-language", "fr"), ("cookie", "theme=dark; keys=off")]).await;
            assert_eq!((got.header(header::VARY), got.header(header::ETAG), &got.text), ("Origin", other.header(header::ETAG), &other.text));
        }
        let page = ask(&world.app, Method::GET, "/api/v1/", &[html, ("accept-language", "fr")]).await;
        assert!(page.text.contains("<summary>1 paramètre</summary>"), "{}", page.text);
    });
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    on(|world| async move {
        let app = &world.app;
        for address in ["/api/v1/incidents?country=ML", "/api/v1/series", "/ogc/collections/incidents/items", "/incidents.atom"] {
            let tag = get(app, address).await.header(header::ETAG).to_owned();
            for known in [tag.clone(), format!("W/\"x\", {tag}"), "*".to_owned()] {
                let again = ask(app, Method::GET, address, &[("if-none-match", &known)]).await;
                assert_eq!((again.status, again.text.as_str(), again.header(header::ETAG)), (StatusCode::NOT_MODIFIED, "", tag.as_str()));
            }
            assert_ne!(get(app, "/api/v1/incidents?country=NE").await.header(header::ETAG), tag);
            let mut ledger = Ledger::open(&world.path).unwrap();
            ledger.note("exported", None, None, None, &Act::new("ana", "", at(9))).unwrap();
            assert_eq!(ask(app, Method::GET, address, &[("if-none-match", &tag)]).await.status, StatusCode::OK, "{address}");
        }
    });
}

#[test]
fn only_listed_origins_may_read_and_nobody_may_write() {
    on(|world| async move {
        let app = &world.app;
        for (origin, open) in [("https://example.org", true), ("https://example.com", false), ("null", false), ("https://example.org.evil", false)] {
            for method in [Method::GET, Method::OPTIONS] {
                let got = ask(app, method.clone(), "/api/v1/incidents", &[("origin", origin)]).await;
                assert_eq!(got.header(header::ACCESS_CONTROL_ALLOW_ORIGIN) == origin, open, "{origin} {method}");
                assert!(got.header(header::VARY).contains("Origin"));
            }
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            for address in ["/api/v1/incidents", "/ogc", "/incidents.atom"] {
                let got = ask(app, method.clone(), address, &[("origin", "https://example.org")]).await;
                problem(&got, StatusCode::METHOD_NOT_ALLOWED, "GET");
                assert_eq!(got.header(header::ALLOW), "GET, HEAD, OPTIONS");
            }
        }
        problem(&ask(app, Method::GET, "/api/v1/incidents", &[("host", "evil.example")]).await, StatusCode::FORBIDDEN, "");
    });
}

#[test]
fn a_stated_address_is_the_one_that_links_begin_with() {
    on(|world| async move {
        const STATED: &str = "https://records.example.org";
        let (own, stated) = (("host", "127.0.0.1:8017"), ("host", "records.example.org"));
        let app = web::app(Site::new(&world.path, Arc::new(NoDesk)).at(STATED.parse().unwrap()));
        let incidents = format!("/incidents/000000?as_of={}", at(2));
        // However it is asked: by the server in front of it under its own name or that of others, or on this machine.
        for host in [stated, own, ("host", "Records.Example.ORG")] {
            for (address, link) in [
                ("/api/v1/incidents?limit=1", "/api/v1/incidents?"),
                ("/api/v1/incidents?fields=url", "/incidents/000000"),
                ("/ogc", "/ogc/collections"),
                ("/incidents.atom", "/incidents/000000"),
                ("/incidents.feed.json", "/incidents/000000"),
                ("/incidents/000000", incidents.as_str()),
                ("/incidents", "/incidents"),
            ] {
                let got = ask(&app, Method::GET, address, &[host]).await;
                assert_eq!(got.status, StatusCode::OK, "{address}");
                let told = format!("{} {}", got.header(header::LINK), got.text);
                assert!(told.contains(&format!("{STATED}{link}")), "{address}: {told}");
                assert!(!told.contains("127.0.0.1") && !told.contains("http://records"), "{address}: {told}");
            }
        }
        problem(&ask(&app, Method::GET, "/api/v1/incidents", &[("host", "evil.example")]).await, StatusCode::FORBIDDEN, "");
        for (host, origin, status) in [
            (stated, STATED, StatusCode::SEE_OTHER),
            (own, STATED, StatusCode::SEE_OTHER),
            (own, "http://127.0.0.1:8017", StatusCode::SEE_OTHER),
            (own, "http://records.example.org", StatusCode::FORBIDDEN),
            (own, "https://records.example.org:8443", StatusCode::FORBIDDEN),
            (stated, "https://evil.example", StatusCode::FORBIDDEN),
            (("host", "evil.example"), STATED, StatusCode::FORBIDDEN),
        ] {
            let got = ask(&app, Method::POST, "/settings", &[host, ("origin", origin)]).await;
            assert_eq!(got.status, status, "{host:?} {origin}");
        }
    });
}

#[test]
fn what_is_gone_says_where_or_why() {
    on(|world| async move {
        let app = &world.app;
        let merged = get(app, "/api/v1/incidents/666666?as_of=2025-06-03").await;
        assert_eq!(merged.status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(merged.header(header::LOCATION), "http://127.0.0.1:8017/api/v1/incidents/000000?as_of=2025-06-03");
        let merged = get(app, "/ogc/collections/incidents/items/666666").await;
        assert_eq!(
            (merged.status, merged.header(header::LOCATION)),
            (StatusCode::TEMPORARY_REDIRECT, "http://127.0.0.1:8017/ogc/collections/incidents/items/000000")
        );
        assert_eq!(get(app, "/api/v1/incidents/666666?as_of=2025-06-01").await.json()["id"], "666666");
        problem(&get(app, "/api/v1/incidents/777777").await, StatusCode::GONE, "it rained only");
        problem(&get(app, "/ogc/collections/incidents/items/777777").await, StatusCode::GONE, "it rained only");
        for address in [
            "/api/v1/incidents/ZZZZZZ",
            "/api/v1/claims/000000",
            "/api/v1/reports/%20",
            "/api/v1/nothing",
            "/api",
            "/ogc/collections/reports",
            "/ogc/collections/incidents/items/ZZZZZZ",
        ] {
            problem(&get(app, address).await, StatusCode::NOT_FOUND, "");
        }
        for (address, says) in [
            ("/api/v1/incidents?bbox=0,10,5,5", "bbox"),
            ("/api/v1/incidents?limit=1001", "from 1 to 1000"),
            ("/api/v1/incidents?status=sure", "one of claimed"),
            ("/api/v1/incidents?offset=5", "cursor"),
            ("/api/v1/incidents?from=2025-02-30", "2025-06-03"),
            ("/api/v1/reports?status=reported", "status"),
            ("/api/v1/incidents?fields=colour", "incident_id"),
            ("/ogc/collections/incidents/items?limit=0", "from 1"),
            ("/api/v1/incidents?cursor=100", "next of the page before"),
            ("/ogc/collections/incidents/items?datetime=yesterday", "datetime"),
        ] {
            problem(&get(app, address).await, StatusCode::BAD_REQUEST, says);
        }
        let many = format!("/api/v1/incidents?{}", vec!["actor=a"; 21].join("&"));
        problem(&get(app, &many).await, StatusCode::BAD_REQUEST, "more than 20");
    });
}

#[test]
fn much_is_asked_and_nothing_breaks() {
    on(|world| async move {
        let app = &world.app;
        let every = |value: &str| vec![value; 100].join("+");
        // Every filter that may be repeated, as often as it may.
        let described = found(app, "/api/v1/openapi.json").await;
        let params = described["paths"]["/api/v1/incidents"]["get"]["parameters"].as_array().unwrap();
        let repeated = params.iter().filter(|param| param["schema"]["type"] == "array" && param["name"] != "fields");
        let all = |not: &str| {
            let one = |param: &Value| format!("{}={not}{}", param["name"].as_str().unwrap(), param["example"][0].as_str().unwrap());
            repeated.clone().map(|param| vec![one(param); 20].join("&")).collect::<Vec<_>>().join("&")
        };
        for query in [
            format!("text={}", every("a")),
            format!("text={}", every("%D8%A7")),
            format!("text={}", every("%22")),
            format!("text={}", "%E5%86%9B".repeat(200)),
            "text=%00&actor=%00&place=%FF".to_owned(),
            all(""),
            all("!"),
        ] {
            for list in ["incidents", "actors", "places", "series"] {
                let got = get(app, &format!("/api/v1/{list}?{query}")).await;
                assert_eq!(got.status, StatusCode::OK, "{list} {}: {}", &query[..query.len().min(80)], got.text);
            }
        }
    });
}

#[test]
fn a_copy_elsewhere_can_follow() {
    on(|world| async move {
        let changes = found(&world.app, "/api/v1/changes").await;
        let told: Vec<String> = changes["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| format!("{} {}", item["what"].as_str().unwrap(), item["id"].as_str().unwrap()))
            .collect();
        let created: Vec<String> = (0..8).map(|n| format!("created {n}{n}{n}{n}{n}{n}")).collect();
        assert_eq!(told[..8], created);
        assert_eq!(told[8..], ["changed 000000", "merged 666666", "withdrawn 777777"]);
        assert_eq!(changes["items"][9]["into"], "000000");
        let last = changes["last"].as_str().unwrap();
        let later = found(&world.app, &format!("/api/v1/changes?since={last}")).await;
        assert_eq!((&later["items"], &later["last"], &later["next"]), (&json!([]), &json!(last), &Value::Null));
    });
}

#[test]
fn desktop_gis_finds_every_feature() {
    on(|world| async move {
        let app = &world.app;
        let landing = found(app, "/ogc").await;
        assert_eq!(found(app, "/ogc/").await, landing);
        let links: BTreeSet<&str> = landing["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect();
        assert!(["self", "service-desc", "service-doc", "conformance", "data"].iter().all(|rel| links.contains(rel)), "{links:?}");
        // Every link leads somewhere, and to what it says.
        for link in landing["links"].as_array().unwrap() {
            let got = get(app, link["href"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8017")).await;
            assert_eq!(got.status, StatusCode::OK);
            assert_eq!(got.header(header::CONTENT_TYPE).trim_end_matches("; charset=utf-8"), link["type"].as_str().unwrap());
        }
        let collection = found(app, "/ogc/collections/incidents").await;
        assert_eq!(collection["extent"]["spatial"]["bbox"], json!([[-3.0, 15.0, -2.0, 21.0]]));
        assert_eq!(collection["extent"]["temporal"]["interval"][0][0], "2025-05-15T00:00:00Z");
        let (mut address, mut ids) = ("/ogc/collections/incidents/items?limit=4".to_owned(), Vec::new());
        loop {
            let page = found(app, &address).await;
            let features = page["features"].as_array().unwrap();
            assert_eq!((&page["numberMatched"], &page["numberReturned"]), (&json!(6), &json!(features.len())));
            ids.extend(features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()));
            let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
            match next {
                Some(link) => address = link["href"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8017").to_owned(),
                None => break,
            }
        }
        assert_eq!(ids, ["555555", "444444", "222222", "111111", "000000", "333333"]);
        // No finer than the place is known: exact, near, a first-level unit, a country, none.
        for (id, point) in [
            ("000000", json!([-2.41235, 15.91235])),
            ("111111", json!([-2.41, 16.91])),
            ("222222", json!([-2.0, 18.0])),
            ("333333", json!([-2.0, 19.0])),
            ("444444", Value::Null),
        ] {
            let feature = found(app, &format!("/ogc/collections/incidents/items/{id}")).await;
            assert_eq!(feature["geometry"]["coordinates"], point, "{id}");
            assert_eq!(feature["properties"]["licence"], "CC BY 4.0");
        }
        for (query, matched) in [
            ("bbox=-3,15.5,-2,17", 2),
            ("bbox=-3,15.5,-2,17&datetime=2025-05-20", 1),
            ("datetime=2025-05-18T10:00:00Z/..", 3),
            ("datetime=../2025-05-15", 1),
            ("datetime=2025-05-16/2025-05-19", 3),
            ("type=armed+clash", 6),
            // More than there may be is as many as there may be.
            ("limit=10001", 6),
            ("limit=99999999999999999999999999999999", 6),
            ("status=claimed,contested", 0),
        ] {
            let page = found(app, &format!("/ogc/collections/incidents/items?{query}")).await;
            assert_eq!(page["numberMatched"], matched, "{query}");
        }
        let html = ask(app, Method::GET, "/ogc/collections/incidents/items", &[("accept", "text/html,application/xhtml+xml")]).await;
        assert!(html.header(header::CONTENT_TYPE).starts_with("text/html"));
        assert!(html.text.contains("numberMatched") && !html.text.contains("<script>&amp;") && !html.text.contains("Oum <script>"));
    });
}

#[test]
fn a_filter_has_a_feed() {
    on(|world| async move {
        let app = &world.app;
        let atom = get(app, "/incidents.atom?disputed=deaths&country=ML").await;
        assert_eq!((atom.status, atom.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/atom+xml"));
        insta::assert_snapshot!(atom.text);
        let json = found(app, "/incidents.feed.json?limit=2").await;
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        // What changed last comes first, and its id is the same in both.
        assert_eq!(json["items"][0]["id"], "tag:attest,2025:incidents/000000");
        assert_eq!(json["items"].as_array().unwrap().len(), 2);
        assert!(json["items"][0]["content_text"].as_str().unwrap().contains("killed 6–8–21"));
        // What was decided and taken back since changed last, and says so.
        let mut ledger = Ledger::open(&world.path).unwrap();
        let attack = Incident { kind: "attack".to_owned(), ..ledger.incident("333333").unwrap() };
        let verdicts = vec![Verdict::Incident { incident: attack, fields: Fields::new(), stands: true }];
        ledger.decide(&Decision { deed: Deed::Set, subject: "333333".to_owned(), verdicts, seen: vec![] }, &Act::new("ana", "", at(5))).unwrap();
        ledger.undo(None, &Act::new("ana", "", at(6))).unwrap();
        let json = found(app, "/incidents.feed.json").await;
        let items = json["items"].as_array().unwrap();
        assert_eq!((&items[0]["id"], &items[0]["date_modified"]), (&json!("tag:attest,2025:incidents/333333"), &json!("2025-06-06T12:00:00Z")));
        assert!(items.windows(2).all(|pair| pair[0]["date_modified"].as_str() >= pair[1]["date_modified"].as_str()));
        let empty = get(app, "/incidents.atom?country=NE").await.text;
        assert!(empty.contains("<updated>2025-01-01T00:00:00Z</updated>") && !empty.contains("<entry>"));
        // The page leads to it.
        assert!(get(app, "/incidents?country=ML&view=map&sort=-date").await.text.contains("/incidents.atom?country=ML\""));
    });
}

#[test]
fn the_description_is_a_page_too() {
    on(|world| async move {
        let page = get(&world.app, "/api/v1/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("GET /api/v1/incidents/{id}") && page.text.contains("speaker_kind"));
        assert_eq!(page.text.matches("<script").count(), 1);
        assert!(page.text.contains(r#"<script type="module" src="/static/"#));
    });
}
