//! What other programs follow: changes, features and feeds.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode, header};
use ledger::{Act, Decision, Deed, Fields, Ledger, Verdict};
use record::Incident;
use serde_json::{Value, json};

use super::world::world;
use crate::asking::{ask, found, get, on};
use crate::at;

#[test]
fn a_copy_elsewhere_can_follow() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
        let html = ask(app, Method::GET, "/ogc/collections/incidents/items", &[("accept", "text/html,application/xhtml+xml")], "").await;
        assert!(html.header(header::CONTENT_TYPE).starts_with("text/html"));
        assert!(html.text.contains("numberMatched") && !html.text.contains("<script>&amp;") && !html.text.contains("Oum <script>"));
    });
}

#[test]
fn a_filter_has_a_feed() {
    on(world(), async |world| {
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
