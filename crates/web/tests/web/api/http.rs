//! What HTTP asks of every answer: its tag, its origin, its address.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use ledger::{Act, Ledger};
use web::{NoDesk, Site};

use super::problem;
use super::world::world;
use crate::asking::{ask, get, on};
use crate::at;

#[test]
fn answers_that_differ_have_tags_that_differ() {
    on(world(), async |world| {
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
                let got = ask(app, Method::GET, address, headers, "").await;
                assert_eq!(got.header(header::ETAG), ask(app, Method::GET, address, headers, "").await.header(header::ETAG));
                tags.insert(got.header(header::ETAG).to_owned());
                assert!(["Accept-Language", "Cookie"].iter().all(|header| got.header(header::VARY).contains(header)));
            }
            assert_eq!(tags.len(), 5, "{address}");
        }
        // What is the same for everybody is one for a cache too.
        for address in ["/api/v1/incidents", "/incidents.atom"] {
            let got = get(&world.app, address).await;
            let other = ask(&world.app, Method::GET, address, &[html, ("accept-language", "fr"), ("cookie", "theme=dark; keys=off")], "").await;
            assert_eq!((got.header(header::VARY), got.header(header::ETAG), &got.text), ("Origin", other.header(header::ETAG), &other.text));
        }
        let page = ask(&world.app, Method::GET, "/api/v1/", &[html, ("accept-language", "fr")], "").await;
        assert!(page.text.contains("<summary>1 paramètre</summary>"), "{}", page.text);
    });
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    on(world(), async |world| {
        let app = &world.app;
        for address in ["/api/v1/incidents?country=ML", "/api/v1/series", "/ogc/collections/incidents/items", "/incidents.atom"] {
            let tag = get(app, address).await.header(header::ETAG).to_owned();
            for known in [tag.clone(), format!("W/\"x\", {tag}"), "*".to_owned()] {
                let again = ask(app, Method::GET, address, &[("if-none-match", &known)], "").await;
                assert_eq!((again.status, again.text.as_str(), again.header(header::ETAG)), (StatusCode::NOT_MODIFIED, "", tag.as_str()));
            }
            assert_ne!(get(app, "/api/v1/incidents?country=NE").await.header(header::ETAG), tag);
            let mut ledger = Ledger::open(&world.path).unwrap();
            ledger.note("exported", None, None, None, &Act::new("ana", "", at(9))).unwrap();
            assert_eq!(ask(app, Method::GET, address, &[("if-none-match", &tag)], "").await.status, StatusCode::OK, "{address}");
        }
    });
}

#[test]
fn only_listed_origins_may_read_and_nobody_may_write() {
    on(world(), async |world| {
        let app = &world.app;
        for (origin, open) in [("https://example.org", true), ("https://example.com", false), ("null", false), ("https://example.org.evil", false)] {
            for method in [Method::GET, Method::OPTIONS] {
                let got = ask(app, method.clone(), "/api/v1/incidents", &[("origin", origin)], "").await;
                assert_eq!(got.header(header::ACCESS_CONTROL_ALLOW_ORIGIN) == origin, open, "{origin} {method}");
                assert!(got.header(header::VARY).contains("Origin"));
            }
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            for address in ["/api/v1/incidents", "/ogc", "/incidents.atom"] {
                let got = ask(app, method.clone(), address, &[("origin", "https://example.org")], "").await;
                problem(&got, StatusCode::METHOD_NOT_ALLOWED, "GET");
                assert_eq!(got.header(header::ALLOW), "GET, HEAD, OPTIONS");
            }
        }
        problem(&ask(app, Method::GET, "/api/v1/incidents", &[("host", "evil.example")], "").await, StatusCode::FORBIDDEN, "");
    });
}

#[test]
fn a_stated_address_is_the_one_that_links_begin_with() {
    on(world(), async |world| {
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
                let got = ask(&app, Method::GET, address, &[host], "").await;
                assert_eq!(got.status, StatusCode::OK, "{address}");
                let told = format!("{} {}", got.header(header::LINK), got.text);
                assert!(told.contains(&format!("{STATED}{link}")), "{address}: {told}");
                assert!(!told.contains("127.0.0.1") && !told.contains("http://records"), "{address}: {told}");
            }
        }
        problem(&ask(&app, Method::GET, "/api/v1/incidents", &[("host", "evil.example")], "").await, StatusCode::FORBIDDEN, "");
        for (host, origin, status) in [
            (stated, STATED, StatusCode::SEE_OTHER),
            (own, STATED, StatusCode::SEE_OTHER),
            (own, "http://127.0.0.1:8017", StatusCode::SEE_OTHER),
            (own, "http://records.example.org", StatusCode::FORBIDDEN),
            (own, "https://records.example.org:8443", StatusCode::FORBIDDEN),
            (stated, "https://evil.example", StatusCode::FORBIDDEN),
            (("host", "evil.example"), STATED, StatusCode::FORBIDDEN),
        ] {
            let got = ask(&app, Method::POST, "/settings", &[host, ("origin", origin)], "").await;
            assert_eq!(got.status, status, "{host:?} {origin}");
        }
    });
}
