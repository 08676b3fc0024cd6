//! Every address answers as described, and says what is wrong with what it was asked.

use axum::http::{StatusCode, header};
use serde_json::Value;

use super::clerk::office;
use super::problem;
use super::schema::misfit;
use super::world::world;
use crate::asking::{found, get, on};

#[test]
fn every_address_answers_as_described() {
    on(office(), async |office| {
        let (app, world) = (&office.app, &office.world);
        let get = async |_: &axum::Router, address: &str| office.found("admin", address).await;
        let described = found(app, "/api/v1/openapi.json").await;
        let token = office.ledger().tokens().unwrap().remove(0).id;
        assert_eq!(described["openapi"], "3.1.0");
        let paths = described["paths"].as_object().unwrap();
        assert!(paths.len() > 20);
        // What a job tells, writing.rs asks.
        for (path, about) in paths.iter().filter(|(path, about)| about.get("get").is_some() && !path.contains("/jobs/")) {
            let id = match path.rsplit('/').nth(1).unwrap() {
                "claims" => &world.claim,
                "reports" => &world.report,
                "tokens" => &token,
                "events" => "1",
                "actors" => "army%20OF%20northland",
                _ => "000000",
            };
            let is_record = path.starts_with("/api/") && path.ends_with("{id}");
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
                // Strong for a record, about which one may decide.
                assert!(got.header(header::ETAG).starts_with(if is_record { "\"" } else { "W/\"" }), "{address}");
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
fn what_is_gone_says_where_or_why() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
fn the_description_is_a_page_too() {
    on(world(), async |world| {
        let page = get(&world.app, "/api/v1/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("GET /api/v1/incidents/{id}") && page.text.contains("speaker_kind"));
        assert_eq!(page.text.matches("<script").count(), 1);
        assert!(page.text.contains(r#"<script type="module" src="/static/"#));
    });
}
