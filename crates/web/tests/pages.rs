//! What a browser is given, from a small ledger of invented reports, one of them hostile.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::Timestamp;
use ledger::{Act, ClaimState, Decision, Deed, Ledger, NewReport, Reading, Verdict};
use reconcile::RuleSet;
use record::{Claim, Count, Dated, Field, Incident, Kind, PartyName, PlaceName, Polarity, Quote, Report, Source, SourceKind, Span, Stance, Victims};
use tower::ServiceExt as _;
use web::{Desk, Paste, Site, Told, Wish};

const ARMY: &str = "Army of Northland";
const NLF: &str = "Northern Liberation Front";
const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"><img src=x onerror=alert(2)>";

fn at(day: i8) -> Timestamp {
    format!("2025-06-{day:02}T12:00:00Z").parse().unwrap()
}

fn report(outlet: &str, kind: &str, day: i8, title: &str, text: &str) -> Report {
    let mut report = Report::new(kind, "en", title, text);
    report.outlet = outlet.to_owned();
    report.published = Some(format!("2025-06-{day:02}").parse().unwrap());
    report.identify();
    report
}

fn claim(report: &Report, kind: Kind, words: &str, source: &[(&str, SourceKind)]) -> Claim {
    let span = Span::find(&report.text, words).expect("the words stand in the report");
    let named = |text: &str, name: &str| Some(PartyName { text: text.to_owned(), name: name.to_owned() });
    let mut claim = Claim {
        source: source.iter().map(|&(name, kind)| Source { name: name.to_owned(), kind }).collect(),
        actor: named("NLF", NLF),
        target: named("soldiers", ARMY),
        place: Some(PlaceName {
            text: "Ménaka".to_owned(),
            name: "Ménaka".to_owned(),
            country: Some("ML".to_owned()),
            gazetteer: None,
            lat: Some(15.918),
            lon: Some(2.402),
        }),
        date: Some(Dated { text: None, start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap() }),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span).unwrap())
    };
    claim.identify();
    claim
}

fn dead(report: &Report, words: &str, (text, low, high): (&str, u64, Option<u64>), source: &[(&str, SourceKind)]) -> Claim {
    let mut claim = claim(report, Kind::Deaths, words, source);
    claim.count = Some(Count::new(text, Some(low), high, false).unwrap());
    claim.victims = Some(Victims::Military);
    claim.side = Some(ARMY.to_owned());
    claim.identify();
    claim
}

struct Sums;

impl Desk for Sums {
    fn rules(&self) -> Vec<String> {
        RuleSet::names().map(str::to_owned).collect()
    }

    fn what_if(&self, reports: &[Report], claims: &[Claim], rules: &str, without: &[String]) -> Option<Incident> {
        let options = reconcile::Options::default().with_rules(RuleSet::named(rules).ok()?);
        reconcile::incident(reports, claims, &without.iter().fold(options, |options, speaker| options.without(speaker)))
    }

    fn adds(&self) -> bool {
        true
    }

    fn add(&self, paste: &Paste) -> Result<Told, String> {
        match paste.text.as_str() {
            "broken" => Err("the model is missing".to_owned()),
            text => Ok(Told { status: "new".to_owned(), claims: text.lines().count(), ..Told::default() }),
        }
    }

    fn decides(&self) -> bool {
        true
    }

    fn who(&self) -> String {
        "ana".to_owned()
    }

    /// Of claims only; an incident follows from those that are left.
    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String> {
        let (id, state, deed) = match wish {
            Wish::Reject { id } => (id, ClaimState::Rejected, Deed::Reject),
            Wish::Set { id, fields } if fields == &["reviewed=yes"] => (id, ClaimState::Accepted, Deed::Set),
            _ => return Err("this desk cannot".to_owned()),
        };
        let entry = ledger.claim_entry(id, None).map_err(|error| error.to_string())?;
        if entry.decision == Some(state) {
            return Ok(None);
        }
        let mut verdicts = vec![Verdict::Claim { claim: entry.claim.clone(), state }];
        if let Some(incident) = entry.claim.incident.as_ref().filter(|_| state == ClaimState::Rejected) {
            let mut left = ledger.claims_of_incident(incident).unwrap();
            left.retain(|claim| claim.id != *id);
            let reports = ledger.reports(&ledger::Filter::default()).unwrap();
            verdicts.push(match reconcile::incident(&reports, &left, &reconcile::Options::default()) {
                Some(made) => Verdict::Incident { incident: Incident { id: incident.clone(), ..made }, fields: ledger::Fields::new(), stands: false },
                None => Verdict::Withdrawn { id: incident.clone(), stands: false },
            });
        }
        Ok(Some(Decision { deed, subject: id.clone(), verdicts, seen: vec![] }))
    }
}

struct World {
    folder: Arc<tempfile::TempDir>,
    app: Router,
    incident: String,
    agency: String,
    hostile: String,
}

fn fill(path: &Path) -> (String, String) {
    let mut ledger = Ledger::create(path).unwrap();
    let agency = report(
        "Agence Nord",
        "wire",
        3,
        "Army post attacked in the north",
        "Fighters attacked an army post at Ménaka overnight. At least six soldiers were killed.\n\nAn army spokesman said there were no losses.",
    );
    let mut radio = report("Radio Oum", "broadcast", 3, "Post attacked", &agency.text.replace("overnight", "last night"));
    radio.copy_of = Some(agency.id.clone());
    let statement = report(NLF, "group-statement", 4, "Communiqué 12", "Our fighters took the post at Ménaka and killed 21 soldiers.");
    let late = report("Oum Tribune", "newspaper", 5, "Eight bodies", "The director of the hospital said eight bodies of soldiers were brought in.");
    let hostile = report(HOSTILE, "social", 6, HOSTILE, &format!("Gunmen {HOSTILE} killed two traders near Gao. {}", "long ".repeat(210_000)));

    let attack = claim(&agency, Kind::Attack, "Fighters attacked an army post", &[]);
    let six = dead(&agency, "At least six soldiers were killed", ("At least six", 6, None), &[]);
    let mut none = dead(&agency, "there were no losses", ("no", 0, Some(0)), &[("An army spokesman", SourceKind::Military)]);
    (none.stance, none.polarity) = (Stance::Denies, Polarity::Negative);
    let again = dead(&radio, "At least six soldiers were killed", ("At least six", 6, None), &[]);
    let took = claim(&statement, Kind::Seizure, "took the post", &[]);
    let many = dead(&statement, "killed 21 soldiers", ("21", 21, Some(21)), &[]);
    let eight = dead(&late, "eight bodies of soldiers", ("eight", 8, Some(8)), &[("The director of the hospital", SourceKind::Medical)]);
    let mut traders = dead(&hostile, "killed two traders", ("two", 2, Some(2)), &[(HOSTILE, SourceKind::Unnamed)]);
    traders.place = Some(PlaceName { text: HOSTILE.into(), name: HOSTILE.into(), country: None, gazetteer: None, lat: None, lon: None });
    (traders.side, traders.victims, traders.target) = (Some("civilians".to_owned()), Some(Victims::Civilian), None);
    traders.actor = Some(PartyName { text: HOSTILE.into(), name: HOSTILE.into() });
    traders.date = None;
    let mut gunmen = traders.clone();
    (gunmen.kind, gunmen.count, gunmen.victims, gunmen.side) = (Kind::Attack, None, None, None);
    for claim in [&mut traders, &mut gunmen] {
        claim.identify();
    }

    let rows = [
        (3, &agency, vec![attack, six, none]),
        (3, &radio, vec![again]),
        (4, &statement, vec![took, many]),
        (5, &late, vec![eight]),
        (6, &hostile, vec![traders, gunmen]),
    ];
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    for (day, report, own) in rows {
        let mut new = NewReport::new(report.clone(), format!("inbox/{day}.txt"), at(day)).hashed(&ledger::raw_hash(report.text.as_bytes()));
        new.url = Some(if day == 6 { "javascript:alert(3)".to_owned() } else { format!("https://example.org/{day}") });
        ledger.add(&new, &Reading::new("reader 1", own.clone(), at(day))).unwrap();
        reports.push(report.clone());
        claims.extend(own);
        let made = reconcile::reconcile(&reports, &claims, &reconcile::Options::default());
        ledger.apply_incidents(&made.incidents, &Act::new("attest 0.1.0", "reports were added", at(day))).unwrap();
    }
    (agency.id, hostile.id)
}

fn world() -> World {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("sample.attest");
    let (agency, hostile) = fill(&path);
    let ledger = Ledger::open_read_only(&path).unwrap();
    let incident = ledger.incidents(&ledger::Filter::parse("place=Ménaka").unwrap()).unwrap().remove(0).id;
    World { app: web::app(Site::new(&path, Arc::new(Sums))), folder, incident, agency, hostile }
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn ask(app: &Router, method: Method, address: &str, headers: &[(&str, &str)], body: &str) -> Got {
    let mut request = Request::builder().method(method).uri(address);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header(header::HOST, "127.0.0.1:8017");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    Got { status: parts.status, headers: parts.headers, text }
}

/// Runs questions on a world of their own.
fn on<F: Future<Output = ()>>(questions: impl FnOnce(World) -> F) {
    let world = world();
    // Questions take of a world what they ask for; the ledger is to last as long as they do.
    let folder = Arc::clone(&world.folder);
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(questions(world));
    drop(folder);
}

async fn get(app: &Router, address: &str) -> Got {
    ask(app, Method::GET, address, &[], "").await
}

#[test]
fn every_page_answers_in_every_language_and_guards_itself() {
    on(|world| async move {
        let (id, report) = (&world.incident, &world.agency);
        let pages = [
            "/incidents".to_owned(),
            "/incidents?view=map".to_owned(),
            format!("/incidents/{id}"),
            format!("/incidents/{id}?by=fact"),
            format!("/incidents/{id}?by=time&as_of=2025-06-04"),
            format!("/reports/{report}"),
            "/reports".to_owned(),
            "/claims?kind=deaths".to_owned(),
            "/sources".to_owned(),
            "/actors".to_owned(),
            "/actors/Army%20of%20Northland".to_owned(),
            "/decide?do=same&id=Army+of+Northland&with=Northern+Liberation+Front".to_owned(),
            "/sources/An%20army%20spokesman?speaker_kind=military".to_owned(),
            "/places".to_owned(),
            "/trends?split=actor&step=week".to_owned(),
            "/add".to_owned(),
            "/add/all".to_owned(),
            "/review".to_owned(),
            "/review?incident=ZZZZZZ".to_owned(),
            "/review?reviewed=yes".to_owned(),
            format!("/decide?do=merge&id={id}"),
            format!("/decide?do=split&id={id}"),
            format!("/decide?do=set&id={id}"),
            format!("/decide?do=reject&id={id}"),
            "/help".to_owned(),
        ];
        for page in pages {
            for (language, direction) in [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")] {
                let got = ask(&world.app, Method::GET, &page, &[("accept-language", language)], "").await;
                assert_eq!(got.status, StatusCode::OK, "{page} {language}: {}", got.text);
                assert!(got.text.contains(&format!(r#"<html lang="{language}" dir="{direction}""#)), "{page}");
                assert!(got.text.trim_end().ends_with("</html>"), "{page}");
                let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
                assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
                // The policy would refuse both; nothing may depend on them.
                assert!(!got.text.contains(" style=\"") && !got.text.contains("<style"), "{page}");
                for (n, _) in got.text.match_indices("<script") {
                    assert!(got.text[n..].starts_with(r#"<script type="module" src="/static/"#), "{page}");
                }
                // No address leads away, but the originals'.
                for part in got.text.split(&[' ', '\n'][..]).filter(|part| part.starts_with("src=\"http") || part.starts_with("href=\"http")) {
                    assert!(part.starts_with("href=\"https://example.org/") || part.starts_with("href=\"http://127.0.0.1:8017/"), "{page} {part}");
                }
            }
        }
    });
}

#[test]
fn hostile_words_are_shown_and_do_nothing() {
    on(|world| async move {
        let hostile = Ledger::open_read_only(world.folder.path().join("sample.attest")).unwrap();
        let id = hostile.incidents(&ledger::Filter::default()).unwrap().into_iter().find(|incident| incident.id != world.incident).unwrap().id;
        let claims = hostile.claims_of_incident(&id).unwrap();
        for page in [
            format!("/review?at={}", claims[0].id),
            format!("/review?at={}", claims[1].id),
            format!("/review?incident={id}"),
            format!("/decide?do=split&id={id}&claim={}", claims[0].id),
            format!("/decide?do=reject&id={}", claims[0].id),
            format!("/decide?do=set&id={}&f-place=%3Cscript%3Ealert(1)%3C/script%3E&was-place=x", claims[0].id),
            "/decide?do=reject&id=%3Cscript%3E&back=%3Cscript%3E".to_owned(),
            "/incidents".to_owned(),
            "/incidents?text=%3Cscript%3Ealert(1)%3C/script%3E&actor=%22%3E%3Cimg%20src%3Dx%3E".to_owned(),
            format!("/incidents/{id}"),
            format!("/reports/{}", world.hostile),
            "/reports".to_owned(),
            "/claims".to_owned(),
            "/sources".to_owned(),
            "/actors".to_owned(),
            "/places".to_owned(),
            "/%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
            "/incidents?country=%3Cimg%20src=x%3E&nothing=%3Cscript%3E".to_owned(),
        ] {
            let got = get(&world.app, &page).await;
            for bad in ["<script>", "<img", "onerror=alert(2)>\"", "\u{202e}", "href=\"javascript"] {
                assert!(!got.text.contains(bad), "{page} holds {bad}");
            }
        }
        // A line of a megabyte is cut around the words that matter.
        assert!(get(&world.app, &format!("/review?at={}", claims[0].id)).await.text.len() < 100_000);
        let shown = get(&world.app, &format!("/reports/{}", world.hostile)).await.text;
        assert!(shown.contains("&#60;script&#62;alert(1)&#60;/script&#62;\u{fffd}"));
        assert!(shown.contains("javascript:alert(3)"), "shown as text");
    });
}

#[test]
fn a_filter_is_an_address() {
    on(|world| async move {
        for (address, incidents) in [
            ("/incidents.json", 2),
            ("/incidents.json?country=ML", 1),
            ("/incidents.json?country=ml&status=claimed", 0),
            ("/incidents.json?actor=liberation", 1),
            ("/incidents.json?disputed=deaths", 1),
            ("/incidents.json?disputed=no", 1),
            ("/incidents.json?text=hospital", 1),
            ("/incidents.json?from=2025-06-03&to=2025-06-30", 1),
            ("/incidents.json?deaths_min=9", 0),
            ("/incidents.json?outlet=tribune&actor=", 1),
            ("/incidents.json?limit=1", 2),
        ] {
            let got = get(&world.app, address).await;
            let seen: serde_json::Value = serde_json::from_str(&got.text).unwrap_or_else(|_| panic!("{address}: {}", got.text));
            assert_eq!(seen["figures"]["incidents"], incidents, "{address}");
        }
        let seen: serde_json::Value = serde_json::from_str(&get(&world.app, "/incidents.json?country=ML").await.text).unwrap();
        assert_eq!(seen["figures"]["without_day"], 0);
        assert_eq!(seen["items"][0]["id"], world.incident.as_str());
        // A facet that is filtered by still shows what else there is; the others follow the filter.
        let facet = |name: &str| seen["facets"].as_array().unwrap().iter().find(|facet| facet["name"] == name).unwrap()["values"].clone();
        assert_eq!(facet("country"), serde_json::json!([{ "value": "ML", "incidents": 1 }]));
        assert!(facet("actor").as_array().unwrap().iter().any(|share| share["value"] == NLF));

        let page = get(&world.app, "/incidents").await.text;
        for part in ["2 incidents", "1 without coordinates", "1 without a day", "/incidents?country=ML", "/incidents?disputed=deaths"] {
            assert!(page.contains(part), "{part}");
        }
        let csv = get(&world.app, "/incidents.csv?country=ML").await;
        assert!(csv.text.starts_with("incident_id,type,") && csv.text.lines().count() == 2, "{}", csv.text);
        assert!(get(&world.app, "/incidents.geojson").await.text.contains("FeatureCollection"));
    });
}

#[test]
fn what_is_not_there_says_what_to_do() {
    on(|world| async move {
        for (address, status, words) in [
            ("/nowhere", StatusCode::NOT_FOUND, "There is no such page"),
            ("/incidents/ZZZZZZ", StatusCode::NOT_FOUND, "Nothing has this id"),
            ("/reports/ZZZZZZ", StatusCode::NOT_FOUND, "Nothing has this id"),
            ("/incidents?colour=red", StatusCode::BAD_REQUEST, "This filter makes no sense"),
            ("/incidents?status=sure", StatusCode::BAD_REQUEST, "one of claimed reported corroborated contested"),
            ("/add/99", StatusCode::NOT_FOUND, "There is no such page"),
        ] {
            let got = get(&world.app, address).await;
            assert_eq!(got.status, status, "{address}");
            assert!(got.text.contains(words) && got.text.contains("href=\"/help\""), "{address}: {}", got.text);
        }
        let got = get(&world.app, "/incidents/ZZZZZZ.json").await;
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&got.text).unwrap(),
            serde_json::json!({ "error": "Nothing has this id", "detail": "ZZZZZZ" })
        );
        // An id of another sort leads to where it is.
        let got = get(&world.app, &format!("/incidents/{}", world.agency)).await;
        assert_eq!(
            (got.status, got.headers[header::LOCATION].to_str().unwrap()),
            (StatusCode::SEE_OTHER, format!("/reports/{}", world.agency).as_str())
        );
        let got = get(&world.app, &format!("/id/{}", world.incident.to_lowercase())).await;
        assert_eq!(got.headers[header::LOCATION].to_str().unwrap(), format!("/incidents/{}", world.incident));
    });
}

#[test]
fn only_its_own_pages_reach_it() {
    on(|world| async move {
        for (host, status) in [("evil.example", 403), ("127.0.0.1:9", 200), ("localhost", 200), ("[::1]:8017", 200)] {
            assert_eq!(ask(&world.app, Method::GET, "/incidents", &[("host", host)], "").await.status.as_u16(), status, "{host}");
        }
        let text = "text=one%0Atwo";
        for (headers, status) in [
            (&[][..], 403),
            (&[("origin", "http://evil.example")], 403),
            (&[("origin", "null")], 403),
            (&[("origin", "http://127.0.0.1:8018")], 403),
            (&[("origin", "http://127.0.0.1:8017"), ("sec-fetch-site", "cross-site")], 403),
            (&[("sec-fetch-site", "same-site")], 403),
            (&[("sec-fetch-site", "same-origin")], 303),
            (&[("origin", "http://127.0.0.1:8017")], 303),
        ] {
            for path in ["/add", "/settings"] {
                assert_eq!(ask(&world.app, Method::POST, path, headers, text).await.status.as_u16(), status, "{path} {headers:?}");
            }
        }
        let closed = web::app(Site::new(&world.folder.path().join("sample.attest"), Arc::new(Sums)).read_only());
        assert_eq!(ask(&closed, Method::POST, "/add", &[("origin", "http://127.0.0.1:8017")], text).await.status, StatusCode::FORBIDDEN);
        assert_eq!(get(&closed, "/add").await.status, StatusCode::FORBIDDEN);
        assert!(!get(&closed, "/incidents").await.text.contains("href=\"/add\""));
    });
}

#[test]
fn a_choice_is_kept_and_leads_back_here_only() {
    on(|world| async move {
        for (back, to) in [
            ("/incidents?country=ML&lang=en", "/incidents?country=ML"),
            ("//evil.example/", "/"),
            ("https://evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/%09/evil.example/", "/"),
        ] {
            let body = format!("lang=fr&back={}", back.replace('&', "%26").replace('?', "%3F"));
            let got = ask(&world.app, Method::POST, "/settings", &[("origin", "http://127.0.0.1:8017")], &body).await;
            assert_eq!(got.headers[header::LOCATION].to_str().unwrap(), to);
            assert!(got.headers[header::SET_COOKIE].to_str().unwrap().starts_with("lang=fr; Path=/;"));
        }
    });
}

#[test]
fn a_pasted_text_is_read_and_its_page_tells() {
    on(|world| async move {
        let own = [("origin", "http://127.0.0.1:8017")];
        for (body, status) in [("text=+", 422), ("text=x&published=soon", 422), ("text=one%0D%0Atwo", 303), ("text=broken", 303)] {
            assert_eq!(ask(&world.app, Method::POST, "/add", &own, body).await.status.as_u16(), status, "{body}");
        }
        let mut told = Vec::new();
        for number in 1..=2 {
            loop {
                let got = get(&world.app, &format!("/add/{number}.json")).await;
                let job: serde_json::Value = serde_json::from_str(&got.text).unwrap();
                if job["state"] != "running" {
                    told.push(job);
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        assert_eq!((&told[0]["state"], &told[0]["claims"]), (&"done".into(), &2.into()));
        assert_eq!((&told[1]["state"], &told[1]["why"]), (&"failed".into(), &"the model is missing".into()));
        assert!(get(&world.app, "/add/2").await.text.contains("the model is missing"));
        // Files, each a job of its own; this desk takes none.
        let file = |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\nwords\r\n");
        let kind = [own[0], ("content-type", "multipart/form-data; boundary=b")];
        for (body, to) in [(file("a.txt"), "/add/3"), (file("<b>.txt") + &file("c.txt"), "/add/all")] {
            let got = ask(&world.app, Method::POST, "/add/files", &kind, &(body + "--b--")).await;
            assert_eq!((got.status, got.headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, to));
        }
        for (headers, body, status) in [(&kind[..1], "--b--", 422), (&kind, "--b--", 422), (&kind[1..], "--b--", 403)] {
            assert_eq!(ask(&world.app, Method::POST, "/add/files", headers, body).await.status.as_u16(), status, "{headers:?}");
        }
        let all = get(&world.app, "/add/all").await.text;
        assert!(all.contains("&#60;b&#62;.txt") && all.contains("Read and added") && !all.contains("<b>.txt"), "{all}");
    });
}

/// The value of a hidden field of the first form that has it.
fn hidden(page: &str, name: &str) -> String {
    let at = page.find(&format!(r#"name="{name}" value=""#)).unwrap_or_else(|| panic!("no {name} in {page}"));
    page[at..].split('"').nth(3).unwrap().replace("&#38;", "&")
}

#[test]
fn a_claim_is_decided_about_once_it_was_seen() {
    on(|world| async move {
        let own = [("origin", "http://127.0.0.1:8017")];
        let waiting = async || -> serde_json::Value { serde_json::from_str(&get(&world.app, "/review.json").await.text).unwrap() };
        let before = waiting().await;
        assert_eq!(before["waiting"][0]["reason"], "bound");
        let ledger = Ledger::open_read_only(world.folder.path().join("sample.attest")).unwrap();
        let claims = ledger.claims_of_incident(&world.incident).unwrap();
        let first = claims.iter().find(|claim| claim.quote.text == "killed 21 soldiers").unwrap().id.clone();
        let page = get(&world.app, &format!("/review?at={first}")).await.text;
        // Without it the toll is another.
        for part in
            ["killed 21 soldiers", "6–8–21", "6–8–8", r#"data-key="Enter""#, r#"name="reason" value="not said""#, r#"name="f-count" value="21""#]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        let seen = hidden(&page, "seen");
        let accept = format!("do=accept&id={first}&seen={seen}&back=/review");
        for (headers, status) in [(&[][..], 403), (&[("origin", "http://evil.example")], 403), (&own, 303)] {
            assert_eq!(ask(&world.app, Method::POST, "/decide", headers, &accept).await.status.as_u16(), status, "{headers:?}");
        }
        let after = waiting().await;
        assert_eq!(after["decided"], 1);
        assert_eq!(after["waiting"].as_array().unwrap().len() + 1, before["waiting"].as_array().unwrap().len());
        // The same again is nothing new; the contrary from a page that did not see it is refused, and nothing is written.
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &accept).await.headers[header::LOCATION], "/review");
        let reject = |seen: &str| format!("do=reject&id={first}&seen={seen}&reason=wrong+count&why=two+lists&back=/review");
        let late = ask(&world.app, Method::POST, "/decide", &own, &reject(&seen)).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("This changed meanwhile") && late.text.contains(&format!("href=\"/review?at={first}\"")), "{}", late.text);
        assert_eq!(waiting().await, after);
        // Who looks again may decide again; why is asked for.
        let again = get(&world.app, &format!("/review?at={first}")).await.text;
        assert!(again.contains("Accepted by ana"), "{again}");
        let no_why = format!("do=reject&id={first}&seen={}", hidden(&again, "seen"));
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &no_why).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = ask(&world.app, Method::POST, "/decide", &own, &reject(&hidden(&again, "seen"))).await;
        let told = done.headers[header::LOCATION].to_str().unwrap().to_owned();
        assert!(told.starts_with("/review?told="), "{told}");
        let page = get(&world.app, &told).await.text;
        assert!(page.contains("<b>rejected</b>") && page.contains(r#"name="do" value="undo""#), "{page}");
        let incident = get(&world.app, &format!("/incidents/{}", world.incident)).await.text;
        assert!(incident.contains("wrong count: two lists") && incident.contains("/decide?do=undo"), "{incident}");
        // Back, and back again.
        for _ in 0..2 {
            let page = get(&world.app, "/review").await.text;
            let undo = format!("do=undo&event={}&back=/review", hidden(&page, "event"));
            assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &undo).await.status, StatusCode::SEE_OTHER);
            assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &undo).await.status, StatusCode::CONFLICT);
        }
        let ids = |queue: &serde_json::Value| -> BTreeSet<String> {
            queue["waiting"].as_array().unwrap().iter().map(|waiting| waiting["claim"].to_string()).collect()
        };
        assert_eq!(ids(&waiting().await), ids(&before));
        let log = get(&world.app, "/review?reviewed=yes").await.text;
        assert_eq!(log.matches("<tr").count(), 5, "a heading, two decisions, two taken back: {log}");

        let closed = web::app(Site::new(&world.folder.path().join("sample.attest"), Arc::new(Sums)).read_only());
        assert_eq!(ask(&closed, Method::POST, "/decide", &own, &accept).await.status, StatusCode::FORBIDDEN);
        for page in ["/review", "/decide?do=reject&id=X"] {
            assert_eq!(get(&closed, page).await.status, StatusCode::FORBIDDEN, "{page}");
        }
        let shown = get(&closed, &format!("/incidents/{}", world.incident)).await.text;
        assert!(!shown.contains("/decide") && !shown.contains("/review"));
    });
}

#[test]
fn names_are_merged_after_a_look_and_part_again() {
    on(|world| async move {
        let own = [("origin", "http://127.0.0.1:8017")];
        let form = "do=same&id=Army+of+Northland&with=Northern+Liberation+Front";
        let page = get(&world.app, &format!("/decide?{form}")).await.text;
        assert!(page.contains("becomes another name of it") && page.contains("has both"), "{page}");
        let seen = hidden(&page, "seen");
        let post = |more: &str| format!("{form}&seen={seen}{more}&back=/actors");
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &post("")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "why is asked for");
        let done = ask(&world.app, Method::POST, "/decide", &own, &post("&why=to+see")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let told = get(&world.app, done.headers[header::LOCATION].to_str().unwrap()).await.text;
        assert!(told.contains("said to be one actor with") && told.contains(r#"href="/actors/Army%20of%20Northland""#), "{told}");
        // Everywhere under one name.
        let actor = get(&world.app, "/actors/Northern%20Liberation%20Front").await;
        assert_eq!(actor.headers[header::LOCATION], "/actors/Army%20of%20Northland");
        let actor = get(&world.app, "/actors/Northern%20Liberation%20Front.json").await;
        assert_eq!(actor.headers[header::LOCATION], "/actors/Army%20of%20Northland.json");
        let incident: serde_json::Value = serde_json::from_str(&get(&world.app, &format!("/incidents/{}.json", world.incident)).await.text).unwrap();
        let parties: Vec<&str> = incident["incident"]["parties"].as_array().unwrap().iter().map(|party| party["name"].as_str().unwrap()).collect();
        assert_eq!(parties, [ARMY]);
        // What is said of the same names from an older page is refused, and an open page can know that something changed.
        let late = format!("do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&seen={seen}&back=/actors");
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &late).await.status, StatusCode::CONFLICT);
        let now: serde_json::Value = serde_json::from_str(&get(&world.app, "/now.json").await.text).unwrap();
        assert!(now["event"].as_i64().unwrap() > seen.parse().unwrap());
        let page = get(&world.app, "/decide?do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&back=/actors").await.text;
        assert!(page.contains("is an actor of its own again"), "{page}");
        // Whichever is named first, the alias leaves.
        let other = get(&world.app, "/decide?do=apart&id=Army+of+Northland&with=Northern+Liberation+Front&back=/actors").await.text;
        assert!(other.contains("is an actor of its own again") && other.contains(&format!(r#"<bdi dir="auto">{NLF}</bdi></a></h3>"#)), "{other}");
        // Taken back, and that taken back too; what the log says leads to the actor.
        for _ in 0..2 {
            let last = Ledger::open(world.folder.path().join("sample.attest")).unwrap().last_event().unwrap();
            let undo = format!("do=undo&event={last}&back=/actors");
            let done = ask(&world.app, Method::POST, "/decide", &own, &undo).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
            let told = get(&world.app, done.headers[header::LOCATION].to_str().unwrap()).await.text;
            assert!(told.contains(r#"href="/actors/Army%20of%20Northland""#) && !told.contains("/id/Army"), "{told}");
        }
        let misspelt = "do=same&id=Army+of+Northland&with=Nothern+Front&why=one&back=/actors";
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, misspelt).await.status, StatusCode::NOT_FOUND);
        let page = get(&world.app, "/decide?do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&back=/actors").await.text;
        let part = format!("do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&seen={}&back=/actors", hidden(&page, "seen"));
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &part).await.status, StatusCode::SEE_OTHER);
        assert_eq!(get(&world.app, "/actors/Northern%20Liberation%20Front").await.status, StatusCode::OK);
        assert_eq!(get(&world.app, "/actors/Nobody").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_name_leaves_with_the_names_that_lead_to_it() {
    on(|world| async move {
        let mut ledger = Ledger::open(world.folder.path().join("sample.attest")).unwrap();
        for (usual, name) in [(NLF, HOSTILE), (ARMY, NLF)] {
            ledger.say_same(usual, &[name.to_owned()], i64::MAX, &Act::new("ana", "to see", at(9))).unwrap();
        }
        let page = get(&world.app, "/decide?do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&back=/actors").await.text;
        assert!(page.contains("is an actor of its own again") && page.contains("2 incidents"), "{page}");
    });
}

#[test]
fn a_chart_is_of_its_value_alone() {
    on(|world| async move {
        let mut ledger = Ledger::open(world.folder.path().join("sample.attest")).unwrap();
        let mut incidents = ledger.incidents(&ledger::Filter::default()).unwrap();
        let other = incidents.iter_mut().find(|incident| incident.id != world.incident).unwrap();
        other.parties[0].name = "Northern Liberation Front of Oum".to_owned();
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(9))).unwrap();
        for (asked, expected) in
            [("split=actor", &[(ARMY, 1), (NLF, 1), ("Northern Liberation Front of Oum", 1)][..]), ("split=actor&actor=Army", &[(ARMY, 1), (NLF, 1)])]
        {
            let charts: serde_json::Value = serde_json::from_str(&get(&world.app, &format!("/trends.json?{asked}")).await.text).unwrap();
            let charts: Vec<(&str, u64)> = charts
                .as_array()
                .unwrap()
                .iter()
                .map(|chart| (chart["name"].as_str().unwrap(), chart["figures"]["incidents"].as_u64().unwrap()))
                .filter(|(name, _)| *name != "civilians")
                .collect();
            assert_eq!(charts, expected, "{asked}");
        }
        let page = get(&world.app, "/trends?split=actor&actor=Army").await.text;
        assert!(page.contains(r#"href="/incidents?actor=Northern+Liberation+Front""#), "{page}");
    });
}

/// A desk at which something is written each time that a page asks for rules.
struct Meddler(std::path::PathBuf);

impl Desk for Meddler {
    fn rules(&self) -> Vec<String> {
        Ledger::open(&self.0).unwrap().note("meanwhile", None, None, None, &Act::new("ben", "", at(9))).unwrap();
        Sums.rules()
    }

    fn what_if(&self, reports: &[Report], claims: &[Claim], rules: &str, without: &[String]) -> Option<Incident> {
        Sums.what_if(reports, claims, rules, without)
    }

    fn adds(&self) -> bool {
        false
    }

    fn add(&self, paste: &Paste) -> Result<Told, String> {
        Sums.add(paste)
    }

    fn decides(&self) -> bool {
        true
    }

    fn who(&self) -> String {
        Sums.who()
    }

    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String> {
        Sums.decision(ledger, wish)
    }
}

#[test]
fn a_page_knows_of_nothing_that_came_while_it_was_made() {
    on(|world| async move {
        let path = world.folder.path().join("sample.attest");
        let meddled = web::app(Site::new(&path, Arc::new(Meddler(path.clone()))));
        for page in [format!("/incidents/{}", world.incident), "/review".to_owned(), "/actors".to_owned()] {
            let before = Ledger::open(&path).unwrap().last_event().unwrap();
            let text = get(&meddled, &page).await.text;
            assert!(text.contains(&format!(r#"data-seen="{before}""#)), "{page}");
            assert!(Ledger::open(&path).unwrap().last_event().unwrap() > before, "{page}");
        }
    });
}

#[test]
fn every_figure_leads_to_its_words() {
    on(|world| async move {
        let page = get(&world.app, &format!("/incidents/{}", world.incident)).await.text;
        let report = get(&world.app, &format!("/reports/{}", world.agency)).await.text;
        let mut opened = 0;
        for part in page.split("href=\"/reports/").skip(1) {
            let address = part.split('"').next().unwrap();
            if let Some((id, claim)) = address.split_once("#q-") {
                opened += 1;
                if id == world.agency {
                    assert!(report.contains(&format!("id=\"q-{claim}\"")) && report.contains(&format!("id=\"c-{claim}\"")), "{claim}");
                }
            }
        }
        assert!(opened > 12, "{opened}");
        assert!(report.contains("href=\"/incidents/"), "and back");
    });
}

#[test]
fn what_if_changes_the_page_and_not_the_ledger() {
    on(|world| async move {
        let page = format!("/incidents/{}", world.incident);
        let before = get(&world.app, &page).await.text;
        let without = get(&world.app, &format!("{page}?without=Northern+Liberation+Front")).await.text;
        assert!(before.contains("<b>21</b>") && !before.contains("Back to the record"));
        assert!(without.contains("without Northern Liberation Front") && without.contains("was 6–8–21"), "{without}");
        assert_eq!(get(&world.app, &page).await.text, before);
    });
}

/// The main part of the page, one tag a line, so that a difference is a line; drawings are left to their own tests.
fn main_part(page: &str) -> String {
    let from = page.find("<main").unwrap();
    let to = page.find("</main>").unwrap();
    let mut text = page[from..to].to_owned();
    while let Some(start) = text.find("<svg") {
        let mut depth = 0;
        let mut at = start;
        let end = loop {
            let next = text[at..].find("<svg").map(|n| at + n);
            let close = at + text[at..].find("</svg>").unwrap();
            match next {
                Some(next) if next < close => {
                    depth += 1;
                    at = next + 4;
                }
                _ => {
                    depth -= 1;
                    at = close + 6;
                    if depth == 0 {
                        break at;
                    }
                }
            }
        };
        text.replace_range(start..end, "∿");
    }
    text.replace("><", ">\n<").lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_incident_looks_like_this() {
    on(|world| async move {
        let page = get(&world.app, &format!("/incidents/{}", world.incident)).await.text;
        insta::assert_snapshot!("incident", main_part(&page));
        let page = get(&world.app, &format!("/reports/{}", world.agency)).await.text;
        insta::assert_snapshot!("report", main_part(&page));
    });
}
