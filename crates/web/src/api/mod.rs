//! The doors for programs: `/api/v1`, OGC API – Features at `/ogc`, and a feed of every filter.
//!
//! One table ([`routes::ROUTES`]) says which addresses there are, what may be asked of each, and what answers. A request is
//! understood by it and the description ([`openapi`]) is written from it, so that the two cannot come apart. A second table
//! ([`writing::DEEDS`]) is of what changes something, which needs a token.

mod body;
mod features;
mod feed;
mod lists;
mod openapi;
mod param;
mod routes;
mod schema;
mod token;
mod writing;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use jiff::Timestamp;
use ledger::{Filter, Ledger, Token};
use record::content_id;
use serde_json::Value;
use views::RenderOptions;

use crate::ask::Ask;
use crate::fault::Fault;
use crate::site::Site;
use param::Param;
use routes::Route;

/// JSON as it is answered.
const JSON: &str = "application/json";
/// What a page in a browser may do with an answer: look at it anew each time, which the tag makes cheap.
const CACHING: HeaderValue = HeaderValue::from_static("no-cache");
/// Of what was asked with a token.
const CACHING_OWN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Whether an address is one of these doors.
pub(crate) fn serves(path: &str) -> bool {
    let within = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    within("/api") || within("/ogc") || matches!(path, "/incidents.atom" | "/incidents.feed.json")
}

/// A request, understood.
struct Call<'a> {
    site: &'a Site,
    ledger: &'a Ledger,
    route: &'static Route,
    /// What stood in the path where the route has `{id}`.
    id: &'a str,
    /// The query.
    sent: &'a [(&'static Param, String)],
    /// The request as pages understand it.
    ask: &'a Ask,
    /// Whether a person asks, with a browser.
    html: bool,
    /// The token that was shown.
    token: Option<&'a Token>,
}

/// What is answered.
struct Answer {
    status: StatusCode,
    kind: &'static str,
    body: String,
    /// `Link`: addresses with their relations.
    links: Vec<(String, &'static str)>,
    /// `Location`, for a record that went elsewhere.
    location: Option<String>,
}

impl Answer {
    fn new(kind: &'static str, body: String) -> Answer {
        Answer { status: StatusCode::OK, kind, body, links: vec![], location: None }
    }

    /// A JSON value and a line break.
    fn json(value: &Value) -> Answer {
        Answer::new(JSON, format!("{value}\n"))
    }
}

impl Call<'_> {
    /// The value of a parameter that stands there once.
    fn get(&self, name: &str) -> Option<&str> {
        self.sent.iter().find(|(param, _)| param.name == name).map(|(_, value)| value.as_str())
    }

    /// A whole number, no larger than it may be.
    fn whole(&self, name: &str, without: usize) -> usize {
        let sent = self.sent.iter().find(|(param, _)| param.name == name);
        // Only one that may be too large may be too long.
        sent.map_or(without, |(param, value)| param.shape.cap(value.parse().unwrap_or(usize::MAX)))
    }

    /// Where a list goes on: how many items are before, and the newest moment that its first page knew.
    fn cursor(&self) -> Option<(usize, Timestamp)> {
        let (before, begun) = self.get("cursor")?.split_once('-')?;
        Some((before.parse().ok()?, Timestamp::from_nanosecond(begun.parse().ok()?).ok()?))
    }

    /// The records that are asked for, in which order.
    fn filter(&self) -> Result<Filter, Fault> {
        let filters = self.sent.iter().filter(|(param, _)| matches!(param.name, "sort" | "datetime") || param.of & self.route.filters != 0);
        let mut filter = param::filter(filters.map(|(param, value)| (param.name, value.as_str())))?;
        // What came since the first page would shift the others.
        filter.as_of = filter.as_of.into_iter().chain(self.cursor().map(|(_, begun)| begun)).min();
        Ok(filter)
    }

    /// The columns that are asked for; none for the whole record.
    fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        for name in self.get("fields").unwrap_or("").split(',').filter(|name| !name.is_empty()) {
            if fields.iter().all(|field| field != name) {
                fields.push(name.to_owned());
            }
        }
        fields
    }

    /// The address of another page of the same list.
    fn at(&self, name: &str, value: &str) -> String {
        let others = self.sent.iter().filter(|(param, _)| param.name != name).map(|(param, value)| (param.name, value.as_str()));
        let query = Serializer::new(String::new()).extend_pairs(others.chain([(name, value)])).finish();
        format!("{}{}?{query}", self.ask.base, self.route.path)
    }

    /// The same filter at another address of this site.
    fn same(&self, path: &str) -> String {
        let filters = self.sent.iter().filter(|(param, _)| param.of & self.route.filters != 0);
        let query = Serializer::new(String::new()).extend_pairs(filters.map(|(param, value)| (param.name, value.as_str()))).finish();
        if query.is_empty() { format!("{}{path}", self.ask.base) } else { format!("{}{path}?{query}", self.ask.base) }
    }

    /// What formats cannot know from the records.
    fn options(&self, fields: Vec<String>) -> RenderOptions {
        self.site.rendering(self.ask, fields)
    }
}

pub(crate) async fn answer(State(site): State<Site>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let mut response = respond(&site, &request, body).await;
    let headers = response.headers_mut();
    let shows_token = request.headers.contains_key(header::AUTHORIZATION);
    headers.entry(header::CACHE_CONTROL).or_insert(if shows_token { CACHING_OWN } else { CACHING });
    // Also where it is not open to others: a cache is to know that it depends.
    let may_be_html = routes::find(request.uri.path()).is_some_and(|(route, _)| route.may_be_html());
    headers.append(header::VARY, HeaderValue::from_static(if may_be_html { "Origin, Accept, Accept-Language, Cookie" } else { "Origin" }));
    // Others may read; what changes something is never open to them.
    let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let asked_from = request.headers.get(header::ORIGIN).filter(|_| reads);
    if let Some(origin) = asked_from.filter(|origin| origin.to_str().is_ok_and(|origin| site.is_open_to(origin))) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, Link"));
    }
    response
}

async fn respond(site: &Site, request: &Parts, body: Body) -> Response {
    let path = request.uri.path();
    let ask = Ask::new(site, path, request.uri.query().unwrap_or(""), &request.headers);
    let (reads, writes) = (routes::find(path), writing::find(path));
    let allowed = HeaderValue::from_static(match (&reads, &writes) {
        (_, None) => "GET, HEAD, OPTIONS",
        (None, Some(_)) => "POST, OPTIONS",
        (Some(_), Some(_)) => "GET, HEAD, POST, OPTIONS",
    });
    match (&request.method, reads, writes) {
        (&Method::OPTIONS, ..) => {
            let mut answer = (StatusCode::NO_CONTENT, [(header::ALLOW, allowed)]).into_response();
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match, Authorization"),
                (header::ACCESS_CONTROL_MAX_AGE, "600"),
            ] {
                answer.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            answer
        }
        (&Method::GET | &Method::HEAD, Some((route, id)), _) => read(site, request, ask, route, id).await,
        (&Method::POST, _, Some((deed, id))) => writing::respond(site, request, body, ask, deed, id).await,
        (&Method::GET | &Method::HEAD, None, None) => Fault::no_page(path).problem(),
        _ => {
            let mut answer = Fault::method(allowed.to_str().unwrap_or_default()).problem();
            answer.headers_mut().insert(header::ALLOW, allowed);
            answer
        }
    }
}

async fn read(site: &Site, request: &Parts, ask: Ask, route: &'static Route, id: String) -> Response {
    let sent = match understood(|| route.params(), request.uri.query().unwrap_or("")) {
        Ok(sent) => sent,
        Err(fault) => return fault.problem(),
    };
    let shown = match token::shown(&request.headers) {
        Ok(shown) => shown,
        Err(fault) => return fault.problem(),
    };
    let html = route.may_be_html() && is_for_people(&sent, &request.headers);
    let known = request.headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or("").to_owned();
    let address = ask.address.clone();
    let answered = site.read(move |site, ledger| {
        ledger.snapshot(|ledger| {
            let token = token::allowed(site, ledger, shown.as_deref(), route.needs)?;
            let call = Call { site, ledger, route, id: &id, sent: &sent, ask: &ask, html, token: token.as_ref() };
            let is_known = |tag: &str| known.split(',').map(str::trim).any(|known| known == "*" || weak(known) == weak(tag));
            if route.is_record() {
                let answer = (route.answer)(&call)?;
                let tag = tag(&answer.body);
                let answer = (answer.status != StatusCode::OK || !is_known(&tag)).then_some(answer);
                return Ok((tag, answer));
            }
            let (mark, rules) = (ledger.mark()?, site.desk().rules());
            let rules = rules.first().map_or("", String::as_str);
            let parts = [mark.as_str(), env!("CARGO_PKG_VERSION"), &ask.base, &address, rules, site.licence()];
            // How a page looks, which only people are shown.
            let looks = [if html { "html" } else { "" }, ask.words.code.as_str(), ask.theme, if ask.keys { "keys" } else { "" }];
            let looks = looks.into_iter().filter(|_| route.may_be_html());
            let tag = format!("W/\"{}\"", content_id(parts.into_iter().chain(looks)));
            if is_known(&tag) {
                return Ok((tag, None));
            }
            Ok((tag, Some((route.answer)(&call)?)))
        })
    });
    match answered.await {
        Ok((tag, answer)) => {
            let mut response = answer.map_or_else(|| StatusCode::NOT_MODIFIED.into_response(), written);
            if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
                response.headers_mut().insert(header::ETAG, HeaderValue::from_str(&tag).expect("base 32 between quotes"));
            }
            response
        }
        Err(fault) => fault.problem(),
    }
}

/// The tag of a record: of what is told of it, so that nobody decides about another state than the one that was seen.
fn tag(body: &str) -> String {
    format!("\"{}\"", content_id([body]))
}

/// A tag as weak comparison takes it (RFC 9110, 8.8.3.2).
fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn written(answer: Answer) -> Response {
    let mut response = (answer.status, [(header::CONTENT_TYPE, HeaderValue::from_static(answer.kind))], answer.body).into_response();
    let mut add = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(name, value);
        }
    };
    for (href, rel) in &answer.links {
        add(header::LINK, &format!("<{href}>; rel=\"{rel}\""));
    }
    if let Some(location) = &answer.location {
        add(header::LOCATION, location);
    }
    response
}

/// The query, each value checked against what may be asked.
fn understood<P: Iterator<Item = &'static Param>>(params: impl Fn() -> P, query: &str) -> Result<Vec<(&'static Param, String)>, Fault> {
    let mut sent: Vec<(&'static Param, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(param) = params().find(|param| param.name == name) else {
            let known: Vec<&str> = params().map(|param| param.name).collect();
            let known = if known.is_empty() { "nothing can be asked of it".to_owned() } else { format!("there are {}", known.join(" ")) };
            return Err(Fault::parameter(format!("there is no parameter {name:?} here; {known}")));
        };
        if sent.iter().filter(|(other, _)| other.name == param.name).count() == param.most() {
            let times = if param.many { format!("more than {} times", param.most()) } else { "twice".to_owned() };
            return Err(Fault::parameter(format!("{name:?} stands there {times}")));
        }
        param.shape.check(&value).map_err(|hint| Fault::parameter(format!("{value:?} is not a value for {name:?}: {hint}")))?;
        sent.push((param, value.into_owned()));
    }
    Ok(sent)
}

/// Whether an answer is for people: as `f` says, or else what is accepted.
fn is_for_people(sent: &[(&'static Param, String)], headers: &HeaderMap) -> bool {
    match sent.iter().find(|(param, _)| param.name == "f") {
        Some((_, form)) => form == "html",
        None => headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html")),
    }
}
