//! Lists, a page after the other.

use std::collections::BTreeSet;

use axum::http::header;
use ledger::{Act, Ledger, NewReport, Reading, Registry};
use record::{Kind, Report};
use serde_json::{Value, json};

use super::world::{claim, incident, world};
use crate::asking::{found, get, on};
use crate::at;

#[test]
fn pages_of_a_list_add_up_to_it() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
    on(world(), async |world| {
        let mut ledger = Ledger::open(&world.path).unwrap();
        let mut incidents = ledger.incidents(&ledger::Filter::default()).unwrap();
        let id = incidents[0].id.clone();
        incidents[0].parties[0].name = "AN".to_owned();
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at(3))).unwrap();
        let event =
            ledger.say_same(Registry::Actors, "Army of Northland", &["AN".to_owned()], i64::MAX, &Act::new("ana", "its initials", at(4))).unwrap();
        let list = found(&world.app, "/api/v1/incidents").await;
        let one = found(&world.app, &format!("/api/v1/incidents/{id}")).await;
        let names: BTreeSet<&str> =
            list["items"].as_array().unwrap().iter().chain([&one]).map(|item| item["parties"][0]["name"].as_str().unwrap()).collect();
        assert!(names.into_iter().eq(["Army of Northland"]));
        assert_eq!(found(&world.app, &format!("/api/v1/incidents/{id}?as_of=2025-06-03T13:00:00Z")).await["parties"][0]["name"], "AN");
        let actors = found(&world.app, "/api/v1/actors").await;
        let alias = json!({ "name": "AN", "of": "Army of Northland", "event": event });
        assert_eq!(actors["items"], json!([{ "name": "Army of Northland", "incidents": 6, "aliases": [alias], "printed": [] }]));

        let act = Act::new("ana", "one town", at(5));
        let event = ledger.say_same(Registry::Places, "ML/Town 1", &["ML/Town 2".to_owned()], i64::MAX, &act).unwrap();
        let places = found(&world.app, "/api/v1/places?place=town+2").await;
        let town = &places["items"][0];
        let alias = json!({ "name": "ML/Town 2", "of": "ML/Town 1", "event": event });
        assert_eq!(
            (&places["total"], &town["name"], &town["incidents"], &town["aliases"]),
            (&1.into(), &"Town 1".into(), &2.into(), &json!([alias]))
        );
        let one = found(&world.app, "/api/v1/incidents/222222").await;
        assert_eq!((&one["place"]["name"], &one["place"]["precision"]), (&"Town 1".into(), &"near".into()));
        assert_eq!(found(&world.app, "/api/v1/incidents/222222?as_of=2025-06-04T13:00:00Z").await["place"]["name"], "Town 2");
        assert_eq!(found(&world.app, "/api/v1/places?as_of=2025-06-04T13:00:00Z&place=town+2").await["items"][0]["aliases"], json!([]));
    });
}
