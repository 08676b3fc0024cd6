use std::sync::OnceLock;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use ledger::{Filter, Ledger};
use serde::Serialize;

use crate::ask::Ask;
use crate::fault::Fault;
use crate::plain::{is_own_address, plain};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

const STYLE: &str = include_str!("../static/style.css");
const SCRIPT: &str = include_str!("../static/attest.js");
const ICON: &str = include_str!("../static/icon.svg");

/// What stands around every page.
pub(crate) struct Page {
    /// The language.
    pub(crate) w: &'static Words,
    /// Title of the window.
    pub(crate) title: String,
    /// Which entry of the bar is this.
    pub(crate) here: &'static str,
    /// `light`, `dark` or empty.
    pub(crate) theme: &'static str,
    /// Where to come back to.
    pub(crate) address: String,
    /// What the ledger holds, and until when.
    pub(crate) stamp: String,
    /// Words that were searched for.
    pub(crate) text: String,
    /// Whether something can be added.
    pub(crate) adds: bool,
    /// Whether somebody can decide.
    pub(crate) decides: bool,
    /// How many claims wait for a person, `99+` at most; empty when nobody can decide.
    pub(crate) waiting: String,
    /// What was just done.
    pub(crate) told: Option<crate::deeds::Deeds>,
    /// Whether single keys do something.
    pub(crate) keys: bool,
    /// Whether nothing can be changed.
    pub(crate) read_only: bool,
    /// The last event that the page knows of, when it is about the ledger.
    pub(crate) seen: Option<i64>,
    /// Loaded anew after so many seconds; 0 for never.
    pub(crate) refresh: u32,
}

impl Page {
    /// Around a page about the ledger.
    pub(crate) fn new(site: &Site, ledger: &Ledger, ask: &Ask, here: &'static str, title: &str) -> Result<Page, Fault> {
        let words = ask.words;
        let (reports, latest) = ledger.stamp()?;
        let mut parts = Vec::new();
        if let Some(as_of) = ask.query.filter()?.as_of {
            parts.push(words.fill("as_of", &[&words.moment(as_of)]));
        } else if let Some(latest) = latest {
            parts.push(words.fill("as_of", &[&words.moment(latest)]));
        }
        parts.push(words.count("reports", reports));
        if let Some(rules) = site.desk().rules().first() {
            parts.push(words.fill("rules_are", &[rules]));
        }
        let decides = site.decides();
        let waiting = if decides { ledger.waiting(&Filter::default(), 100)?.len() } else { 0 };
        let told = match ask.told.filter(|_| decides) {
            Some(number) => ledger.event(number)?.map(|event| crate::deeds::deeds(&event, words)),
            None => None,
        };
        Ok(Page {
            stamp: parts.join(" · "),
            decides,
            told,
            waiting: match waiting {
                0 => String::new(),
                100.. => "99+".to_owned(),
                n => words.number(n as u64),
            },
            adds: site.adds(),
            read_only: site.is_read_only(),
            seen: Some(ledger.last_event()?),
            text: plain(ask.query.get("text").unwrap_or("")),
            here,
            ..Page::bare(ask, title)
        })
    }

    /// Around a page that asks nothing of the ledger.
    pub(crate) fn bare(ask: &Ask, title: &str) -> Page {
        Page {
            w: ask.words,
            title: title.to_owned(),
            here: "",
            theme: ask.theme,
            address: ask.address.clone(),
            stamp: String::new(),
            text: String::new(),
            adds: false,
            decides: false,
            waiting: String::new(),
            told: None,
            keys: ask.keys,
            read_only: false,
            seen: None,
            refresh: 0,
        }
    }

    /// A sentence or a heading.
    pub(crate) fn say(&self, key: &'static str) -> &'static str {
        self.w.say(key)
    }

    /// Every language there is.
    pub(crate) fn languages(&self) -> &'static [Words] {
        Words::all()
    }

    /// The version of the files, in their addresses: a browser keeps them until they change.
    pub(crate) fn version(&self) -> &'static str {
        version()
    }
}

fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| record::content_id([STYLE, SCRIPT, ICON]))
}

/// A page as an answer.
pub(crate) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A struct as an answer.
pub(crate) fn json_text(value: &impl Serialize) -> Response {
    let text = serde_json::to_string_pretty(value).expect("views hold nothing that JSON cannot");
    typed("application/json; charset=utf-8", text + "\n")
}

/// A text of some type as an answer.
pub(crate) fn typed(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}

/// `/now.json`: the number of the last event, by which an open page knows that the ledger changed.
pub(crate) fn now(ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    if ask.form != crate::ask::Form::Json {
        return Err(Fault::no_page(&ask.address));
    }
    Ok(json_text(&serde_json::json!({ "event": ledger.last_event()? })))
}

/// Go there.
pub(crate) fn redirect(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// A file of the app itself.
pub(crate) fn file(name: &str, asked: &HeaderMap) -> Response {
    let (kind, text) = match name {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "attest.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let tag = format!("\"{}\"", version());
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::ETAG, HeaderValue::from_str(&tag).expect("base 32 between quotes")),
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
    ];
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, text).into_response()
}

/// Takes a choice of language or theme, which lives in a cookie, and goes back to where it was made.
pub(crate) async fn settings(State(_): State<Site>, body: Bytes) -> Response {
    let form = Query::parse(&String::from_utf8_lossy(&body));
    let back = form.get("back").filter(|back| is_own_address(back)).unwrap_or("/");
    // A language in the address would overrule the choice.
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let mut response = redirect(&Query::parse(query).without_all("lang").href(path));
    let chosen = match (form.get("lang").and_then(Words::of), form.get("theme"), form.get("keys")) {
        (Some(words), ..) => Some(("lang", words.code.as_str())),
        (None, Some(theme @ ("light" | "dark" | "auto")), _) => Some(("theme", theme)),
        (None, None, Some(keys @ ("on" | "off"))) => Some(("keys", keys)),
        _ => None,
    };
    if let Some((name, value)) = chosen {
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly");
        response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).expect("closed vocabularies"));
    }
    response
}
