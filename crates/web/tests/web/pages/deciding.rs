//! What is added and decided from a page.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use ledger::{Act, Decision, Filter, Ledger, Registry};
use record::{Claim, Incident, PlacePrecision, Report};
use web::{Desk, Paste, Site, Told, Wish};

use super::world::{ARMY, HOSTILE, NLF, Sums, world};
use crate::asking::{ask, get, on};
use crate::at;

#[test]
fn a_pasted_text_is_read_and_its_page_tells() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
    on(world(), async |world| {
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
fn places_are_merged_after_a_look_and_part_again() {
    on(world(), async |world| {
        let path = world.folder.path().join("sample.attest");
        let mut ledger = Ledger::open(&path).unwrap();
        let mut incidents = ledger.incidents(&Filter::default()).unwrap();
        let mut other = Incident { id: "NEARBY".to_owned(), claims: vec![], disputes: vec![], ..ledger.incident(&world.incident).unwrap() };
        let place = other.place.as_mut().unwrap();
        (place.name, place.lat, place.admin1, place.precision) = ("Menakka".to_owned(), Some(15.9), None, PlacePrecision::Near);
        incidents.push(other);
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(7))).unwrap();

        let own = [("origin", "http://127.0.0.1:8017")];
        let page = get(&world.app, "/places").await.text;
        let asked = ["May be one place", "all letters but one · 2", "Menakka, Mali", "do=same-place", r#"name="do" value="apart-place""#];
        assert!(asked.iter().all(|part| page.contains(part)), "{page}");
        // The country of a name is that of the place that it is said to be.
        let form = "do=same-place&id=ML/M%C3%A9naka&with=Menakka";
        let page = get(&world.app, &format!("/decide?{form}")).await.text;
        for part in ["becomes another name of it", "may come together with another", "2 incidents", "15.900", "under Ménaka, Mali"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let seen = hidden(&page, "seen");
        let post = |more: &str| format!("{form}&seen={seen}{more}&back=/places");
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &post("")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "why is asked for");
        let done = ask(&world.app, Method::POST, "/decide", &own, &post("&why=two+spellings")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let here = r#"href="/places/ML/M%C3%A9naka""#;
        let told = get(&world.app, done.headers[header::LOCATION].to_str().unwrap()).await.text;
        assert!(told.contains("said to be one place with") && told.contains(here) && !told.contains("May be one place"), "{told}");
        // Everywhere under one name, and where that is.
        for ending in ["", ".json"] {
            let place = get(&world.app, &format!("/places/ML/menakka{ending}")).await;
            assert_eq!(place.headers[header::LOCATION].to_str().unwrap(), format!("/places/ML/M%C3%A9naka{ending}"));
        }
        let page = get(&world.app, "/places/ML/M%C3%A9naka").await.text;
        assert!(["two spellings", "Menakka, Mali", "do=apart-place", "2 incidents"].iter().all(|part| page.contains(part)), "{page}");
        let json = async |address: &str| -> serde_json::Value { serde_json::from_str(&get(&world.app, address).await.text).unwrap() };
        let place = json("/incidents/NEARBY.json").await["incident"]["place"].clone();
        assert_eq!((place["name"].as_str(), place["lat"].as_f64(), place["precision"].as_str()), (Some("Ménaka"), Some(15.918), Some("near")));
        let places = json("/places.json?place=menakka").await;
        assert_eq!((&places["items"][0]["incidents"], &places["items"][0]["aliases"][0]["name"]), (&2.into(), &"ML/Menakka".into()), "{places}");
        assert_eq!(json("/places.json?place=menakka&as_of=2025-06-07T13:00:00Z").await["items"][0]["incidents"], 1);
        let late = format!("do=apart-place&id=ML/Menakka&with=ML/M%C3%A9naka&seen={seen}&back=/places");
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &late).await.status, StatusCode::CONFLICT);
        let page = get(&world.app, "/decide?do=apart-place&id=ML/Menakka&with=ML/M%C3%A9naka&back=/places").await.text;
        assert!(page.contains("is a place of its own again") && page.contains("1 incident<"), "{page}");
        // Taken back, and that taken back too; what the log says leads to the place.
        for _ in 0..2 {
            let undo = format!("do=undo&event={}&back=/places", Ledger::open(&path).unwrap().last_event().unwrap());
            let done = ask(&world.app, Method::POST, "/decide", &own, &undo).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
            let told = get(&world.app, done.headers[header::LOCATION].to_str().unwrap()).await.text;
            assert!(told.contains(here) && !told.contains("/id/ML") && !told.contains("/actors/ML"), "{told}");
        }
        let misspelt = "do=same-place&id=ML/M%C3%A9naka&with=Nowhere&why=one&back=/places";
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, misspelt).await.status, StatusCode::NOT_FOUND);
        let page = get(&world.app, "/decide?do=same-place&id=ML/M%C3%A9naka&with=Nowhere").await.text;
        assert!(page.contains("no incident is at a place called “ML/Nowhere”"), "{page}");
        let page = get(&world.app, "/decide?do=apart-place&id=ML/Menakka&with=ML/M%C3%A9naka&back=/places").await.text;
        let part = format!("do=apart-place&id=ML/Menakka&with=ML/M%C3%A9naka&seen={}&back=/places", hidden(&page, "seen"));
        assert_eq!(ask(&world.app, Method::POST, "/decide", &own, &part).await.status, StatusCode::SEE_OTHER);
        assert_eq!(get(&world.app, "/places/ML/Menakka").await.status, StatusCode::OK);
        assert_eq!(get(&world.app, "/places/ML/Nowhere").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_name_leaves_with_the_names_that_lead_to_it() {
    on(world(), async |world| {
        let mut ledger = Ledger::open(world.folder.path().join("sample.attest")).unwrap();
        for (usual, name) in [(NLF, HOSTILE), (ARMY, NLF)] {
            ledger.say_same(Registry::Actors, usual, &[name.to_owned()], i64::MAX, &Act::new("ana", "to see", at(9))).unwrap();
        }
        let page = get(&world.app, "/decide?do=apart&id=Northern+Liberation+Front&with=Army+of+Northland&back=/actors").await.text;
        assert!(page.contains("is an actor of its own again") && page.contains("2 incidents"), "{page}");
    });
}

/// A desk at which something is written each time that a page asks for rules.
struct Meddler(PathBuf);

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
    on(world(), async |world| {
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
