use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::ask::{Ask, Form};
use crate::page::{Page, html, json_text, typed};
use crate::plain::line;
use crate::words::Words;

/// Why there is no page, for a person: what, where, and what to do next. Causes go to stderr, not to the page.
#[derive(Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    /// Key of the heading.
    heading: &'static str,
    /// What exactly, in the words of whoever refused.
    detail: String,
    /// Key of what to do next.
    next: &'static str,
    /// Where to look again; empty for nowhere.
    again: String,
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    page: Page,
    code: u16,
    heading: String,
    detail: String,
    next: String,
    again: String,
}

impl Fault {
    fn new(status: StatusCode, heading: &'static str, detail: impl Into<String>, next: &'static str) -> Fault {
        Fault { status, heading, detail: detail.into(), next, again: String::new() }
    }

    /// An address that means nothing.
    pub(crate) fn no_page(address: &str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, "no_page", address, "no_page_next")
    }

    /// A record that does not exist.
    pub(crate) fn unknown(id: &str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, "no_record", id, "no_record_next")
    }

    /// Not from there.
    pub(crate) fn forbidden(heading: &'static str) -> Fault {
        Fault::new(StatusCode::FORBIDDEN, heading, "", "refused_next")
    }

    /// Nothing can be changed here.
    pub(crate) fn read_only() -> Fault {
        Fault::new(StatusCode::FORBIDDEN, "read_only", "", "read_only_next")
    }

    /// A form that cannot be taken as it is.
    pub(crate) fn form(detail: impl Into<String>) -> Fault {
        Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_form", detail, "bad_form_next")
    }

    /// A parameter of an address for programs.
    pub(crate) fn parameter(detail: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, "bad_filter", detail, "bad_filter_next")
    }

    /// A method that an address for programs does not know.
    pub(crate) fn method(allowed: &str) -> Fault {
        Fault::program(StatusCode::METHOD_NOT_ALLOWED, format!("only {allowed} are answered here"))
    }

    /// What only programs are told.
    pub(crate) fn program(status: StatusCode, detail: impl Into<String>) -> Fault {
        Fault::new(status, "bad_form", detail, "bad_form_next")
    }

    /// Pages of a site that only answers who shows a token.
    pub(crate) fn pages_shut() -> Fault {
        Fault::new(StatusCode::FORBIDDEN, "pages_shut", "", "pages_shut_next")
    }

    /// With an address at which to look again.
    #[must_use]
    pub(crate) fn again(self, address: impl Into<String>) -> Fault {
        Fault { again: address.into(), ..self }
    }

    /// A bug here.
    pub(crate) fn bug() -> Fault {
        Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "", "broken_next")
    }

    /// To stderr, where nobody waits for an answer.
    pub(crate) fn log(&self) {
        use std::io::Write;
        let _ = std::io::stderr().lock().write_all(format!("error: {} {}\n", self.status, line(&self.detail)).as_bytes());
    }

    /// For a program: RFC 9457.
    pub(crate) fn problem(self) -> Response {
        let words = Words::of("en").expect("the tables hold it");
        let detail = if self.detail.is_empty() { format!("{}. {}", words.say(self.heading), words.say(self.next)) } else { self.detail };
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = json!({ "type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": detail });
        let mut response = (self.status, typed("application/problem+json", format!("{body}\n"))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"attest\""));
        }
        response
    }

    pub(crate) fn response(self, ask: &Ask) -> Response {
        if ask.form != Form::Html {
            let body = json!({ "error": ask.words.say(self.heading), "detail": self.detail });
            return (self.status, json_text(&body)).into_response();
        }
        let words = ask.words;
        let page = FaultPage {
            heading: words.say(self.heading).to_owned(),
            detail: line(&self.detail),
            next: words.say(self.next).to_owned(),
            again: self.again,
            code: self.status.as_u16(),
            page: Page::bare(ask, words.say(self.heading)),
        };
        (self.status, html(&page)).into_response()
    }
}

impl From<ledger::Error> for Fault {
    fn from(error: ledger::Error) -> Fault {
        use ledger::Error;
        match &error {
            Error::Unknown { id, .. } => Fault::unknown(id),
            Error::Withdrawn { id, reason } => Fault::new(StatusCode::GONE, "withdrawn", format!("{id}: {reason}"), "withdrawn_next"),
            Error::Filter { .. } => Fault::new(StatusCode::BAD_REQUEST, "bad_filter", error.to_string(), "bad_filter_next"),
            Error::SameName { .. } | Error::SameToken { .. } => Fault::form(error.to_string()),
            Error::Changed { .. } | Error::Overtaken { .. } | Error::UndoneAlready { .. } | Error::NothingToUndo | Error::NotADecision { .. } => {
                Fault::new(StatusCode::CONFLICT, "changed_meanwhile", error.to_string(), "changed_meanwhile_next")
            }
            Error::Locked { .. } => Fault::new(StatusCode::SERVICE_UNAVAILABLE, "locked", "", "locked_next"),
            _ => {
                report(&error);
                Fault::bug()
            }
        }
    }
}

impl From<views::Error> for Fault {
    fn from(error: views::Error) -> Fault {
        match error {
            views::Error::Ledger(error) => error.into(),
            views::Error::Column { .. } => Fault::new(StatusCode::BAD_REQUEST, "bad_filter", error.to_string(), "bad_filter_next"),
            error => {
                report(&error);
                Fault::bug()
            }
        }
    }
}

/// An error and its causes to stderr.
fn report(error: &dyn std::error::Error) {
    use std::io::Write;
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("  cause: {error}\n"));
        cause = error.source();
    }
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
