//! What every request has to pass, and every answer carries.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::address::is_own;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::site::Site;

/// Nothing from any other host, no script or style inside a page, no frame around it, no form to elsewhere.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(crate) async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let to_programs = crate::api::serves(request.uri().path());
    let shut = site.asks_tokens() && !to_programs && !request.uri().path().starts_with("/static/");
    let refused = refuse(&site, request.method(), request.headers(), to_programs).or_else(|| shut.then(Fault::pages_shut));
    let mut response = match refused {
        Some(fault) if to_programs => fault.problem(),
        Some(fault) => fault.response(&Ask::of(&site, &request)),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A form's request must tell where it comes from, which `no-referrer` would hide.
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Why a request is not answered.
fn refuse(site: &Site, method: &Method, headers: &HeaderMap, to_programs: bool) -> Option<Fault> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or("");
    let stated = site.address();
    if !site.is_open_to_all() && !is_own(host) && !stated.is_some_and(|stated| stated.host().eq_ignore_ascii_case(host)) {
        return Some(Fault::forbidden("refused_host"));
    }
    // What is for programs wants a token instead, which no browser sends along unasked.
    if matches!(*method, Method::GET | Method::HEAD) || to_programs {
        return None;
    }
    (comes_from(site, headers) != Some(true)).then(|| Fault::forbidden("refused_origin"))
}

/// Whether a request comes from a page of this site, as a browser says; none where nothing says it.
pub(crate) fn comes_from(site: &Site, headers: &HeaderMap) -> Option<bool> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (host, stated) = (text(header::HOST).unwrap_or(""), site.address());
    let is_same =
        |origin: &str| stated.is_some_and(|stated| stated.origin() == origin) || origin.split_once("://").is_some_and(|(_, other)| other == host);
    let from = headers.get(header::ORIGIN).map(|origin| origin.to_str().is_ok_and(is_same));
    let site = headers.get("sec-fetch-site").map(|value| value == "same-origin");
    match (from, site) {
        (None, None) => None,
        (from, site) => Some(from.unwrap_or(true) && site.unwrap_or(true)),
    }
}
