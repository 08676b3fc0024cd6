//! What no page does, whatever is reported and whoever asks.

use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use ledger::Ledger;
use web::Site;

use super::world::{Sums, world};
use crate::asking::{ask, get, on};

#[test]
fn every_page_answers_in_every_language_and_guards_itself() {
    on(world(), async |world| {
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
            "/places/ML/M%C3%A9naka".to_owned(),
            "/decide?do=same-place&id=ML/M%C3%A9naka&with=Nowhere".to_owned(),
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
    on(world(), async |world| {
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
            "/places/-/%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
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
fn only_its_own_pages_reach_it() {
    on(world(), async |world| {
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
    on(world(), async |world| {
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
