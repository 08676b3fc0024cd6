//! `/add`: a pasted text goes into the ledger. The work goes on when the page is closed, and its own page tells of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::Ledger;
use record::ReportKind;
use serde::Serialize;

use crate::ask::{Ask, Form};
use crate::desk::{Paste, Told};
use crate::fault::Fault;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;

/// What is being read, and what was, since the program began.
#[derive(Clone, Default)]
pub(crate) struct Jobs {
    inner: Arc<Mutex<BTreeMap<u64, Job>>>,
}

/// One pasted text on its way.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
enum Job {
    Running,
    Done(Told),
    Failed { why: String },
}

impl Jobs {
    fn begin(&self) -> u64 {
        let mut jobs = self.inner.lock().expect("nobody panics while holding it");
        let number = jobs.last_key_value().map_or(1, |(last, _)| last + 1);
        jobs.insert(number, Job::Running);
        number
    }

    fn end(&self, number: u64, told: Result<Told, String>) {
        let job = match told {
            Ok(told) => Job::Done(told),
            Err(why) => Job::Failed { why },
        };
        self.inner.lock().expect("nobody panics while holding it").insert(number, job);
    }

    fn get(&self, number: u64) -> Option<Job> {
        self.inner.lock().expect("nobody panics while holding it").get(&number).cloned()
    }
}

#[derive(Template)]
#[template(path = "add.html")]
struct AddPage {
    page: Page,
    kinds: Vec<(&'static str, String)>,
    /// When a job is shown and not the form.
    job: Option<JobShown>,
}

struct JobShown {
    heading: String,
    detail: String,
    running: bool,
    report: String,
    incidents: Vec<(String, String)>,
}

pub(crate) fn form(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    if !site.adds() {
        return Err(Fault::read_only());
    }
    Ok(html(&AddPage { page: Page::new(site, ledger, ask, "add", ask.words.say("add"))?, kinds: kinds(ask), job: None }))
}

fn kinds(ask: &Ask) -> Vec<(&'static str, String)> {
    ReportKind::ALL.iter().map(|kind| (kind.as_str(), ask.words.word("report_kind", kind.as_str()).to_owned())).collect()
}

/// Takes a text and begins to read it.
pub(crate) async fn add(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let ask = Ask::new("/add", "", &headers);
    if !site.adds() {
        return Fault::read_only().response(&ask);
    }
    let form = Query::parse(&String::from_utf8_lossy(&body));
    let field = |name| form.get(name).unwrap_or("").replace("\r\n", "\n");
    let paste = Paste {
        title: line(&field("title")),
        // Browsers end lines with both signs; paragraphs are parted by one blank line.
        text: field("text").trim().to_owned(),
        outlet: line(&field("outlet")),
        kind: form.get("kind").and_then(|kind| kind.parse().ok()),
        published: field("published"),
    };
    if paste.text.is_empty() {
        return Fault::form(ask.words.say("no_text")).response(&ask);
    }
    if !paste.published.is_empty() && paste.published.parse::<record::Published>().is_err() {
        return Fault::form(ask.words.fill("bad_day", &[&line(&paste.published)])).response(&ask);
    }
    let number = site.jobs().begin();
    let working = site.clone();
    // Nobody waits for it: it ends when it is done, whoever looks.
    drop(tokio::task::spawn_blocking(move || {
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| working.desk().add(&paste)));
        working.jobs().end(number, told.unwrap_or_else(|_| Err("a bug; what was committed is kept".to_owned())));
    }));
    redirect(&format!("/add/{number}"))
}

pub(crate) fn job(site: &Site, ledger: &Ledger, ask: &Ask, number: &str) -> Result<Response, Fault> {
    let words = ask.words;
    let job = number.parse().ok().and_then(|number| site.jobs().get(number)).ok_or_else(|| Fault::no_page(&ask.address))?;
    if ask.form != Form::Html {
        return Ok(json_text(&job));
    }
    let mut page = Page::new(site, ledger, ask, "add", words.say("add"))?;
    let shown = match job {
        Job::Running => {
            page.refresh = 2;
            JobShown {
                heading: words.say("reading").to_owned(),
                detail: words.say("reading_note").to_owned(),
                running: true,
                report: String::new(),
                incidents: vec![],
            }
        }
        Job::Failed { why } => {
            JobShown { heading: words.say("not_read").to_owned(), detail: line(&why), running: false, report: String::new(), incidents: vec![] }
        }
        Job::Done(told) => {
            let mut incidents = Vec::new();
            for (ids, key) in [(&told.created, "is_new"), (&told.changed, "is_changed")] {
                for id in ids.iter().take(20) {
                    let title = ledger.incident(id).map_or_else(|_| id.clone(), |incident| crate::incident::title(&incident, words));
                    incidents.push((format!("/incidents/{id}"), format!("{title} ({})", words.say(key))));
                }
            }
            JobShown {
                heading: words.word("added", &told.status).to_owned(),
                detail: words.count("claims", told.claims as u64),
                running: false,
                report: told.report.unwrap_or_default(),
                incidents,
            }
        }
    };
    Ok(html(&AddPage { page, kinds: vec![], job: Some(shown) }))
}
