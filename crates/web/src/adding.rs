//! `/add`: a pasted text, or files, go into the ledger. The work goes on when the page is closed, and its own page tells of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use ledger::Ledger;
use record::ReportKind;
use serde::Serialize;

use crate::ask::{Ask, Form};
use crate::desk::{Desk, Paste, Told};
use crate::fault::Fault;
use crate::multipart;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{cut, line};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// What is being read, and what was, since the program began.
#[derive(Clone, Default)]
pub(crate) struct Jobs {
    inner: Arc<Mutex<BTreeMap<u64, Job>>>,
}

/// Jobs that are remembered, and those that are running.
const KEPT: usize = 500;

/// Jobs of programs that may wait for each other.
const WAITING: usize = 100;

/// A text or a file on its way.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Job {
    /// How a program asks for it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    /// What it is called.
    name: String,
    #[serde(flatten)]
    state: Progress,
}

/// What marks the job of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mark {
    /// How it is asked for.
    pub(crate) id: String,
    /// The token that may ask.
    #[serde(skip)]
    pub(crate) token: String,
    /// What was sent, hashed.
    #[serde(skip)]
    pub(crate) request: String,
}

/// Why a program's job does not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It began already, on a request of this hash.
    Begun(String),
    /// Too many of others do not end.
    Full,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
enum Progress {
    Running,
    Done(Told),
    Failed { why: String },
}

impl Jobs {
    fn begin(&self, name: String) -> u64 {
        Jobs::entered(&mut self.inner.lock().expect("nobody panics while holding it"), name, None)
    }

    /// Begins the job of a program, once.
    fn begin_marked(&self, name: String, mark: Mark) -> Result<u64, Refused> {
        let mut jobs = self.inner.lock().expect("nobody panics while holding it");
        if let Some(known) = jobs.values().filter_map(|job| job.mark.as_ref()).find(|known| known.id == mark.id) {
            return Err(Refused::Begun(known.request.clone()));
        }
        if jobs.values().filter(|job| job.mark.is_some() && matches!(job.state, Progress::Running)).count() >= WAITING {
            return Err(Refused::Full);
        }
        Ok(Jobs::entered(&mut jobs, name, Some(mark)))
    }

    fn entered(jobs: &mut BTreeMap<u64, Job>, name: String, mark: Option<Mark>) -> u64 {
        let number = jobs.last_key_value().map_or(1, |(last, _)| last + 1);
        jobs.insert(number, Job { mark, name, state: Progress::Running });
        // What is still being read is never forgotten.
        let mut over = jobs.len().saturating_sub(KEPT);
        jobs.retain(|_, job| {
            let goes = over > 0 && !matches!(job.state, Progress::Running);
            over -= usize::from(goes);
            !goes
        });
        number
    }

    fn end(&self, number: u64, told: Result<Told, String>) {
        let state = match told {
            Ok(told) => Progress::Done(told),
            Err(why) => Progress::Failed { why },
        };
        if let Some(job) = self.inner.lock().expect("nobody panics while holding it").get_mut(&number) {
            job.state = state;
        }
    }

    fn get(&self, number: u64) -> Option<Job> {
        self.inner.lock().expect("nobody panics while holding it").get(&number).cloned()
    }

    /// The job of a program.
    pub(crate) fn marked(&self, token: &str, id: &str) -> Option<Job> {
        let jobs = self.inner.lock().expect("nobody panics while holding it");
        let is_it = |job: &&Job| job.mark.as_ref().is_some_and(|mark| mark.id == id && mark.token == token);
        jobs.values().find(is_it).cloned()
    }

    /// All of them, the last first.
    fn all(&self) -> Vec<(u64, Job)> {
        let jobs = self.inner.lock().expect("nobody panics while holding it");
        jobs.iter().rev().map(|(number, job)| (*number, job.clone())).collect()
    }
}

#[derive(Template)]
#[template(path = "add.html")]
struct AddPage {
    page: Page,
    kinds: Vec<(&'static str, String)>,
    /// When a job is shown and not the form.
    job: Option<JobShown>,
    /// What was read lately; alone when it is asked for.
    jobs: Vec<JobRow>,
    alone: bool,
}

struct JobRow {
    name: String,
    href: String,
    state: String,
    detail: String,
    running: bool,
    failed: bool,
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
    let page = Page::new(site, ledger, ask, "add", ask.words.say("add"))?;
    Ok(html(&AddPage { page, kinds: kinds(ask), job: None, jobs: rows(site, ask), alone: false }))
}

/// `/add/all`: everything that was read since the program began.
fn all(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    if ask.form != Form::Html {
        return Ok(json_text(&site.jobs().all().into_iter().map(|(_, job)| job).collect::<Vec<_>>()));
    }
    let mut page = Page::new(site, ledger, ask, "add", ask.words.say("add"))?;
    let jobs = rows(site, ask);
    page.refresh = if jobs.iter().any(|job| job.running) { 2 } else { 0 };
    Ok(html(&AddPage { page, kinds: vec![], job: None, jobs, alone: true }))
}

fn rows(site: &Site, ask: &Ask) -> Vec<JobRow> {
    let words = ask.words;
    let row = |(number, job): (u64, Job)| {
        let (state, detail) = match &job.state {
            Progress::Running => (words.say("reading").to_owned(), String::new()),
            Progress::Failed { why } => (words.say("not_read").to_owned(), line(why)),
            Progress::Done(told) => (words.word("added", &told.status).to_owned(), sums(told, words)),
        };
        JobRow {
            name: job.name,
            href: format!("/add/{number}"),
            state,
            detail,
            running: matches!(job.state, Progress::Running),
            failed: matches!(job.state, Progress::Failed { .. }),
        }
    };
    site.jobs().all().into_iter().take(SHOWN).map(row).collect()
}

/// Jobs of a page.
const SHOWN: usize = 60;

/// How much was read.
fn sums(told: &Told, words: &Words) -> String {
    let reports = (told.reports > 1).then(|| words.count("reports", told.reports as u64));
    reports.into_iter().chain([words.count("claims", told.claims as u64)]).collect::<Vec<_>>().join(" · ")
}

fn kinds(ask: &Ask) -> Vec<(&'static str, String)> {
    ReportKind::ALL.iter().map(|kind| (kind.as_str(), ask.words.word("report_kind", kind.as_str()).to_owned())).collect()
}

/// Takes a text and begins to read it.
pub(crate) async fn add(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let ask = Ask::new(&site, "/add", "", &headers);
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
        ..Paste::default()
    };
    if paste.text.is_empty() {
        return Fault::form(ask.words.say("no_text")).response(&ask);
    }
    if !paste.published.is_empty() && paste.published.parse::<record::Published>().is_err() {
        return Fault::form(ask.words.fill("bad_day", &[&line(&paste.published)])).response(&ask);
    }
    let name = if paste.title.is_empty() { cut(&line(&paste.text), 60) } else { paste.title.clone() };
    let numbers = begin(&site, vec![(name, move |desk: &dyn Desk| desk.add(&paste))]);
    redirect(&format!("/add/{}", numbers[0]))
}

/// Takes files and begins to read them, each a job of its own.
pub(crate) async fn files(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let ask = Ask::new(&site, "/add", "", &headers);
    if !site.adds() {
        return Fault::read_only().response(&ask);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let Some(files) = multipart::files(kind, &body) else { return Fault::form("multipart/form-data").response(&ask) };
    if files.is_empty() {
        return Fault::form(ask.words.say("no_file")).response(&ask);
    }
    let reading = |(name, bytes): (String, Vec<u8>)| (line(&name), move |desk: &dyn Desk| desk.add_file(&line(&name), bytes));
    let numbers = begin(&site, files.into_iter().map(reading).collect());
    redirect(&if let [number] = numbers[..] { format!("/add/{number}") } else { "/add/all".to_owned() })
}

/// Begins what ends when it is done, whoever looks, one after the other; the numbers.
fn begin<R>(site: &Site, all: Vec<(String, R)>) -> Vec<u64>
where
    R: FnOnce(&dyn Desk) -> Result<Told, String> + Send + 'static,
{
    let begun: Vec<(u64, R)> = all.into_iter().map(|(name, read)| (site.jobs().begin(name), read)).collect();
    let numbers = begun.iter().map(|(number, _)| *number).collect();
    run(site, begun);
    numbers
}

fn run<R>(site: &Site, begun: Vec<(u64, R)>)
where
    R: FnOnce(&dyn Desk) -> Result<Told, String> + Send + 'static,
{
    let working = site.clone();
    drop(tokio::task::spawn_blocking(move || {
        for (number, read) in begun {
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(working.desk().as_ref())));
            working.jobs().end(number, told.unwrap_or_else(|_| Err("a bug; what was committed is kept".to_owned())));
        }
    }));
}

/// Begins what a program sent, once for each mark; `keep` is told what became of it, unless it failed.
pub(crate) fn begin_marked(site: &Site, paste: Paste, mark: Mark, keep: impl FnOnce(&Site, &Job) + Send + 'static) -> Result<(), Refused> {
    let name = cut(&if paste.title.is_empty() { line(&paste.text) } else { paste.title.clone() }, 60);
    let number = site.jobs().begin_marked(name.clone(), mark.clone())?;
    let keeping = site.clone();
    let read = move |desk: &dyn Desk| {
        let told = desk.add(&paste)?;
        keep(&keeping, &Job { mark: Some(mark), name, state: Progress::Done(told.clone()) });
        Ok(told)
    };
    run(site, vec![(number, read)]);
    Ok(())
}

pub(crate) fn job(site: &Site, ledger: &Ledger, ask: &Ask, number: &str) -> Result<Response, Fault> {
    if number == "all" {
        return all(site, ledger, ask);
    }
    let words = ask.words;
    let job = number.parse().ok().and_then(|number| site.jobs().get(number)).ok_or_else(|| Fault::no_page(&ask.address))?;
    if ask.form != Form::Html {
        return Ok(json_text(&job));
    }
    let mut page = Page::new(site, ledger, ask, "add", words.say("add"))?;
    let shown = match job.state {
        Progress::Running => {
            page.refresh = 2;
            JobShown {
                heading: words.say("reading").to_owned(),
                detail: words.say("reading_note").to_owned(),
                running: true,
                report: String::new(),
                incidents: vec![],
            }
        }
        Progress::Failed { why } => {
            JobShown { heading: words.say("not_read").to_owned(), detail: line(&why), running: false, report: String::new(), incidents: vec![] }
        }
        Progress::Done(told) => {
            let mut incidents = Vec::new();
            for (ids, key) in [(&told.created, "is_new"), (&told.changed, "is_changed")] {
                for id in ids.iter().take(20) {
                    let title = ledger.incident(id).map_or_else(|_| id.clone(), |incident| crate::incident::title(&incident, words));
                    incidents.push((format!("/incidents/{id}"), format!("{title} ({})", words.say(key))));
                }
            }
            JobShown {
                heading: words.word("added", &told.status).to_owned(),
                detail: sums(&told, words),
                running: false,
                report: told.report.unwrap_or_default(),
                incidents,
            }
        }
    };
    Ok(html(&AddPage { page, kinds: vec![], job: Some(shown), jobs: vec![], alone: false }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_forgotten_first_and_what_is_running_never() {
        let jobs = Jobs::default();
        let numbers: Vec<u64> = (0..KEPT).map(|n| jobs.begin(n.to_string())).collect();
        jobs.end(numbers[1], Ok(Told::default()));
        let more = [jobs.begin("one more".to_owned()), jobs.begin("and another".to_owned())];
        let kept: Vec<u64> = jobs.all().into_iter().rev().map(|(number, _)| number).collect();
        let expected: Vec<u64> = numbers.iter().copied().filter(|number| *number != numbers[1]).chain(more).collect();
        assert_eq!(kept, expected);
        jobs.end(numbers[0], Err("it broke".to_owned()));
        jobs.end(more[1], Ok(Told::default()));
        let last = jobs.begin("the last".to_owned());
        assert!(jobs.get(numbers[0]).is_none() && jobs.get(more[1]).is_none() && jobs.get(last).is_some());
    }

    #[test]
    fn files_of_an_upload_are_read_one_after_the_other() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let site = Site::new(std::path::Path::new("none.attest"), Arc::new(crate::NoDesk));
        let reading = |n: usize| {
            let seen = Arc::clone(&seen);
            let read = move |_: &dyn Desk| {
                seen.lock().unwrap().push((n, std::thread::current().id()));
                assert!(n != 3, "a bad file ends itself only");
                Ok(Told::default())
            };
            (n.to_string(), read)
        };
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            assert_eq!(begin(&site, (0..50).map(reading).collect()), (1..=50).collect::<Vec<u64>>());
            while site.jobs().all().iter().any(|(_, job)| matches!(job.state, Progress::Running)) {
                tokio::task::yield_now().await;
            }
        });
        let failed = site.jobs().all().into_iter().filter(|(_, job)| matches!(job.state, Progress::Failed { .. })).map(|(number, _)| number);
        assert_eq!(failed.collect::<Vec<_>>(), [4]);
        let seen = seen.lock().unwrap();
        assert!(seen.iter().enumerate().all(|(n, (number, thread))| n == *number && *thread == seen[0].1), "{seen:?}");
    }
}
