//! What is on the pages, and where it leads.

use axum::http::{StatusCode, header};
use ledger::{Act, Ledger};

use super::world::{ARMY, NLF, world};
use crate::asking::{get, on};
use crate::at;

#[test]
fn a_filter_is_an_address() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
fn a_chart_is_of_its_value_alone() {
    on(world(), async |world| {
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

#[test]
fn every_figure_leads_to_its_words() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
    on(world(), async |world| {
        let page = get(&world.app, &format!("/incidents/{}", world.incident)).await.text;
        insta::assert_snapshot!("incident", main_part(&page));
        let page = get(&world.app, &format!("/reports/{}", world.agency)).await.text;
        insta::assert_snapshot!("report", main_part(&page));
    });
}
