//! The lists around the incidents: reports and claims; and help.

use askama::Template;
use axum::response::Response;
use ledger::{Filter, Ledger};
use views::{Format, Listing};

use crate::ask::{Ask, Form};
use crate::card::{Card, card};
use crate::fault::Fault;
use crate::incident::address;
use crate::list::{label, written};
use crate::page::{Page, html, redirect};
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Rows of a page.
const PAGE: usize = 50;

/// `/id/ID`: whatever has it.
pub(crate) fn find(ledger: &Ledger, id: &str) -> Result<Response, Fault> {
    match ledger.noun(id)? {
        Some((noun, id)) => Ok(redirect(&address(noun, &id))),
        None => Err(Fault::unknown(id)),
    }
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    page: Page,
    heading: String,
    chips: Vec<(String, String, String)>,
    rows: Vec<ReportRow>,
    cards: Vec<Card>,
    span: String,
    before: Option<String>,
    next: Option<String>,
    files: Vec<(String, String)>,
    empty_ledger: bool,
}

struct ReportRow {
    id: String,
    published: String,
    outlet: String,
    kind: String,
    title: String,
    language: String,
    claims: String,
    copy: bool,
}

/// How many rows a page has; one more is asked for, to know whether there is more.
fn paged(filter: &mut Filter) -> usize {
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, 1_000);
    filter.limit = Some(limit + 1);
    limit
}

fn around(query: &Query, path: &str, offset: usize, limit: usize, more: bool) -> (Option<String>, Option<String>) {
    let at = |offset: usize| {
        let mut query = query.without_all("offset");
        if offset > 0 {
            query.0.push(("offset".to_owned(), offset.to_string()));
        }
        query.href(path)
    };
    ((offset > 0).then(|| at(offset.saturating_sub(limit))), more.then(|| at(offset + limit)))
}

pub(crate) fn chips(query: &Query, path: &str, words: &Words) -> Vec<(String, String, String)> {
    query
        .filters()
        .filter(|(name, _)| !matches!(*name, "sort" | "limit" | "offset"))
        .map(|(name, value)| (words.word("filter", name).to_owned(), label(name, value, words), query.without(name, value).href(path)))
        .collect()
}

fn files(query: &Query, path: &str) -> Vec<(String, String)> {
    let query = query.without_all("lang").without_all("offset");
    [("JSON", ".json"), ("CSV", ".csv")].iter().map(|(name, ending)| ((*name).to_owned(), query.href(&format!("{path}{ending}")))).collect()
}

fn form_of(form: Form) -> Option<Format> {
    match form {
        Form::Html => None,
        Form::Json => Some(Format::Json),
        Form::Csv => Some(Format::Csv),
        Form::Geojson => Some(Format::Geojson),
    }
}

pub(crate) fn reports(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let mut filter = query.filter()?;
    if filter.sort.is_none() {
        filter.set("sort", "-date")?;
    }
    if let Some(format) = form_of(ask.form) {
        return written(site, ask, &Listing::Reports(views::reports(ledger, &filter)?), format);
    }
    let limit = paged(&mut filter);
    let mut found = views::reports(ledger, &filter)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let (before, next) = around(query, "/reports", filter.offset, limit, more);
    let rows: Vec<ReportRow> = found
        .iter()
        .map(|row| {
            let report = &row.entry.report;
            ReportRow {
                id: report.id.clone(),
                published: report.published.as_ref().map_or_else(|| words.say("undated").to_owned(), |published| words.day(published.date())),
                outlet: if report.outlet.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&report.outlet) },
                kind: words.word("report_kind", report.kind.as_str()).to_owned(),
                title: if report.title.is_empty() { crate::plain::cut(&line(&report.text), 90) } else { line(&report.title) },
                language: line(&report.language),
                claims: words.number(row.entry.claims),
                copy: report.copy_of.is_some(),
            }
        })
        .collect();
    Ok(html(&ReportsPage {
        heading: words.say("reports").to_owned(),
        chips: chips(query, "/reports", words),
        span: words.fill("rows", &[&words.number(filter.offset as u64 + 1), &words.number((filter.offset + rows.len()) as u64)]),
        empty_ledger: rows.is_empty() && query.filters().next().is_none(),
        rows,
        cards: vec![],
        before,
        next,
        files: files(query, "/reports"),
        page: Page::new(site, ledger, ask, "reports", words.say("reports"))?,
    }))
}

pub(crate) fn claims(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let mut filter = query.filter()?;
    if let Some(format) = form_of(ask.form) {
        return written(site, ask, &Listing::Claims(views::claims(ledger, &filter)?), format);
    }
    let limit = paged(&mut filter);
    let mut found = views::claims(ledger, &filter)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let (before, next) = around(query, "/claims", filter.offset, limit, more);
    let cards: Vec<Card> = found
        .iter()
        .map(|row| Card {
            incident: row.entry.claim.incident.clone().unwrap_or_default(),
            state: crate::card::state(&row.entry, words),
            ..card(&row.entry.claim, &row.outlet, row.outlet_kind.as_str(), words)
        })
        .collect();
    Ok(html(&ReportsPage {
        heading: words.say("claims").to_owned(),
        chips: chips(query, "/claims", words),
        span: words.fill("rows", &[&words.number(filter.offset as u64 + 1), &words.number((filter.offset + cards.len()) as u64)]),
        empty_ledger: cards.is_empty() && query.filters().next().is_none(),
        rows: vec![],
        cards,
        before,
        next,
        files: files(query, "/claims"),
        page: Page::new(site, ledger, ask, "", words.say("claims"))?,
    }))
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Page,
}

pub(crate) fn help(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    Ok(html(&HelpPage { page: Page::new(site, ledger, ask, "", ask.words.say("help"))? }))
}
