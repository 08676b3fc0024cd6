use axum::extract::Request;
use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use crate::address::Address;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// A request, understood.
#[derive(Clone)]
pub(crate) struct Ask {
    /// Path and query.
    pub(crate) address: String,
    /// The path without what says in which form; decoded.
    parts: Vec<String>,
    /// In which form.
    pub(crate) form: Form,
    /// The query.
    pub(crate) query: Query,
    /// The language of the answer.
    pub(crate) words: &'static Words,
    /// `light`, `dark`, or empty for the system's.
    pub(crate) theme: &'static str,
    /// Whether single keys do something.
    pub(crate) keys: bool,
    /// The number of an event that this page tells of, once.
    pub(crate) told: Option<i64>,
    /// Scheme and host that addresses of this site begin with: as stated, or as the browser asks for it.
    pub(crate) base: String,
}

/// The form of an answer: the ending of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Csv,
    Geojson,
}

impl Form {
    /// What an address in this form ends in.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Form::Html => "",
            Form::Json => ".json",
            Form::Csv => ".csv",
            Form::Geojson => ".geojson",
        }
    }
}

impl Ask {
    pub(crate) fn of(site: &Site, request: &Request) -> Ask {
        Ask::new(site, request.uri().path(), request.uri().query().unwrap_or(""), request.headers())
    }

    pub(crate) fn new(site: &Site, path: &str, query: &str, headers: &HeaderMap) -> Ask {
        let mut parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let mut form = Form::Html;
        if let Some(last) = parts.last_mut().filter(|_| !path.starts_with("/static/")) {
            for other in [Form::Json, Form::Csv, Form::Geojson] {
                if let Some(stem) = last.strip_suffix(other.ending()) {
                    (form, *last) = (other, stem.to_owned());
                    break;
                }
            }
        }
        let sent = Query::parse(query);
        let told = sent.get("told").and_then(|told| told.parse().ok());
        let query = sent.without_all("told");
        let cookie = |name| cookie(headers, name);
        let words = query
            .get("lang")
            .and_then(Words::of)
            .or_else(|| Words::of(&cookie("lang")?))
            .unwrap_or_else(|| Words::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("")));
        let theme = match cookie("theme").as_deref() {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "",
        };
        let asked = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        Ask {
            address: query.href(path),
            keys: cookie("keys").as_deref() != Some("off"),
            told,
            parts,
            form,
            query,
            words,
            theme,
            base: site.address().map_or_else(|| format!("http://{}", asked()), Address::to_string),
        }
    }

    /// The same without what a form sent, which is no filter.
    pub(crate) fn without_query(&self) -> Ask {
        Ask { query: Query::default(), ..self.clone() }
    }

    /// The parts of the path.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    cookies.filter_map(|pair| pair.trim().split_once('=')).find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(path: &str, query: &str, headers: &HeaderMap) -> Ask {
        Ask::new(&Site::new(std::path::Path::new("none.attest"), std::sync::Arc::new(crate::NoDesk)), path, query, headers)
    }

    #[test]
    fn the_ending_says_the_form() {
        for (path, parts, form) in [
            ("/incidents", &["incidents"][..], Form::Html),
            ("/incidents.json", &["incidents"], Form::Json),
            ("/incidents.geojson", &["incidents"], Form::Geojson),
            ("/incidents/7K3QFM.json", &["incidents", "7K3QFM"], Form::Json),
            ("/static/style.css", &["static", "style.css"], Form::Html),
            ("//incidents//", &["incidents"], Form::Html),
            ("/a%20b+c%26", &["a b+c&"], Form::Html),
            ("/a=b&c%2Fd%E9%zz", &["a=b&c/d\u{fffd}%zz"], Form::Html),
        ] {
            let ask = ask(path, "", &HeaderMap::new());
            assert_eq!((ask.path(), ask.form), (parts.to_vec(), form), "{path}");
        }
    }

    #[test]
    fn the_language_comes_from_address_then_cookie_then_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "ar".parse().unwrap());
        assert_eq!(ask("/", "", &headers).words.code, "ar");
        headers.insert(header::COOKIE, "theme=dark; lang=fr".parse().unwrap());
        assert_eq!((ask("/", "", &headers).words.code.as_str(), ask("/", "", &headers).theme), ("fr", "dark"));
        assert_eq!(ask("/", "lang=en", &headers).words.code, "en");
        assert_eq!(ask("/", "lang=xx", &headers).words.code, "fr");
    }
}
