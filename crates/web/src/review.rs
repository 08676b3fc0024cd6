//! `/review`: the claims that wait for a person, the most consequential first; what a decision does is said before it is
//! taken. Every key has a button, and every button is a form.

use askama::Template;
use axum::response::Response;
use ledger::{ClaimState, Filter, Ledger, Noun, Precision, Verdict, Waiting};
use record::{Claim, Report};
use serde::Serialize;

use crate::ask::{Ask, Form};
use crate::card::{Card, card};
use crate::deciding::REASONS;
use crate::deeds::{Deeds, deeds};
use crate::desk::Wish;
use crate::effects::{Differs, differences};
use crate::fault::Fault;
use crate::fields::{Field, claim_fields};
use crate::incident::{address, title};
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{capital, cut, line, plain};
use crate::query::Query;
use crate::report::{Piece, paragraphs, pieces};
use crate::site::Site;
use crate::words::Words;

/// So far a page looks ahead in the queue.
const AHEAD: usize = 200;
/// Bytes of a report that are shown before and after a claim's words.
const AROUND: usize = 700;
/// Every so many decisions, the next claim is one of the sample for spot checks.
const EVERY: u64 = 10;
/// Decisions that are listed.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    page: Page,
    /// `12 of 213`.
    position: String,
    waits: String,
    decided: String,
    tabs: Vec<(String, String, bool)>,
    chips: Vec<(String, String, String)>,
    precision: String,
    item: Option<Item>,
    next: Vec<NextShown>,
    undo: Option<Deeds>,
    /// Decisions made so far, when they are asked for.
    log: Option<Vec<Deeds>>,
    reasons: Vec<(usize, &'static str, String)>,
    empty_ledger: bool,
}

/// The claim that is decided about.
struct Item {
    card: Card,
    reason: String,
    spot: bool,
    report: String,
    /// The headline; empty where the claim's words are in it.
    report_title: String,
    /// How the report begins, where the headline says it.
    lede: String,
    published: String,
    language: String,
    rtl: bool,
    pieces: Vec<Piece>,
    before: bool,
    after: bool,
    incident: String,
    incident_title: String,
    incident_about: String,
    /// What is different without the claim.
    without: Vec<Differs>,
    /// Whether the incident goes with it.
    withdraws: bool,
    /// What a person said of it.
    said: String,
    /// The decision that said so.
    event: i64,
    fields: Vec<Field>,
    seen: i64,
    /// Where to go once it is decided.
    to: String,
    /// This page.
    here: String,
    earlier: String,
    later: String,
    /// Where to merge its incident with another, and to split the claim off.
    merge: String,
    split: String,
}

struct NextShown {
    what: String,
    quote: String,
    reason: String,
    href: String,
    current: bool,
}

#[derive(Serialize)]
struct Queue {
    waiting: Vec<Waiting>,
    decided: u64,
    spot_checks: Precision,
}

pub(crate) fn review(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    if !site.decides() {
        return Err(Fault::read_only());
    }
    let (words, query) = (ask.words, &ask.query);
    let filter = Filter { reviewed: None, ..query.filter()? };
    let waiting = ledger.waiting(&filter, AHEAD)?;
    let (decided, precision) = (ledger.decided_claims()?, ledger.precision()?);
    if ask.form != Form::Html {
        return Ok(json_text(&Queue { waiting, decided, spot_checks: precision }));
    }
    let at = match query.get("at") {
        None => None,
        Some(id) => match ledger.noun(id)? {
            Some((Noun::Claim, id)) => Some(id),
            Some((noun, id)) => return Ok(redirect(&address(noun, &id))),
            None => return Err(Fault::unknown(id)),
        },
    };
    let log = query.has("reviewed", "yes");
    let plainly = query.filters().next().is_none();
    let mut spot = false;
    let current = match &at {
        Some(id) => Some(id.clone()),
        None if log => None,
        None => {
            let check = if plainly && decided % EVERY == EVERY - 1 { ledger.spot_check()? } else { None };
            spot = check.is_some();
            check.or_else(|| waiting.first().cloned()).map(|waiting| waiting.claim)
        }
    };
    let place = waiting.iter().position(|waiting| Some(&waiting.claim) == current.as_ref());
    let item = match &current {
        Some(id) => Some(item(site, ledger, ask, id, &waiting, place, spot)?),
        None => None,
    };
    let total = if waiting.len() == AHEAD { format!("{AHEAD}+") } else { words.number(waiting.len() as u64) };
    let undo = match ledger.undoable(None) {
        Ok(event) => Some(deeds(&event, words)),
        Err(ledger::Error::NothingToUndo) => None,
        Err(error) => return Err(error.into()),
    };
    let log = if log { Some(ledger.decisions(LISTED)?.iter().map(|event| deeds(event, words)).collect()) } else { None };
    let first = place.map_or(0, |place| place.saturating_sub(1));
    let mut next = Vec::new();
    for waiting in waiting.iter().skip(first).take(8) {
        let claim = ledger.claim(&waiting.claim)?;
        next.push(NextShown {
            what: crate::card::what(&claim, words),
            quote: cut(&line(&claim.quote.text), 70),
            reason: words.word("waits", waiting.reason.as_str()).to_owned(),
            href: query.set("at", &waiting.claim).href("/review"),
            current: Some(&waiting.claim) == current.as_ref(),
        });
    }
    let heading = words.say("review");
    Ok(html(&ReviewPage {
        position: place.map_or_else(String::new, |place| words.fill("span_one", &[&words.number(place as u64 + 1), &total])),
        waits: total,
        decided: words.number(decided),
        tabs: vec![
            (words.say("waiting").to_owned(), query.without_all("at").without_all("reviewed").href("/review"), log.is_none()),
            (words.say("decided").to_owned(), "/review?reviewed=yes".to_owned(), log.is_some()),
        ],
        chips: crate::pages::chips(&query.without_all("reviewed"), "/review", words),
        precision: measured(precision, words),
        item,
        next,
        undo,
        log,
        reasons: REASONS.iter().enumerate().map(|(n, &reason)| (n + 1, reason, words.word("reason", reason).to_owned())).collect(),
        empty_ledger: waiting.is_empty() && decided == 0 && plainly,
        page: Page::new(site, ledger, ask, "review", heading)?,
    }))
}

/// `94 % right (88–97, n 120)`.
fn measured(precision: Precision, words: &Words) -> String {
    let Some(shares) = precision.interval() else { return words.say("no_spot_checks").to_owned() };
    let [low, share, high] = shares.map(|share| ((share * 100.0).round() as u64).to_string());
    words.fill("spot_checks", &[&share, &low, &high, &words.number(precision.n)])
}

fn item(site: &Site, ledger: &Ledger, ask: &Ask, id: &str, waiting: &[Waiting], place: Option<usize>, spot: bool) -> Result<Item, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let entry = ledger.claim_entry(id, None)?;
    let claim = &entry.claim;
    let report = ledger.report(&claim.report)?;
    let incident = match &claim.incident {
        Some(incident) => Some(ledger.incident(incident)?),
        None => None,
    };
    let (mut without, mut withdraws) = (Vec::new(), false);
    if entry.decision != Some(ClaimState::Rejected)
        && let Ok(Some(decision)) = site.desk().decision(ledger, &Wish::Reject { id: id.to_owned() })
    {
        for verdict in &decision.verdicts {
            match verdict {
                Verdict::Incident { incident: made, .. } => without = differences(incident.as_ref(), made, words),
                Verdict::Withdrawn { .. } => withdraws = true,
                Verdict::Merged { .. } | Verdict::Claim { .. } => {}
            }
        }
    }
    let decisions = ledger.events(Some(id), None)?;
    let event = decisions.iter().rev().find(|event| event.is_decision() && event.undone_by.is_none() && event.what != "undo");
    let (pieces, before, after) = excerpt(&report, claim);
    let in_title = claim.quote.field == record::Field::Title;
    let at = |place: Option<&Waiting>| place.map_or_else(String::new, |waiting| query.set("at", &waiting.claim).href("/review"));
    let later = at(place.and_then(|place| waiting.get(place + 1)).or_else(|| if place.is_none() { waiting.first() } else { None }));
    let queue = query.without_all("at");
    let here = query.set("at", id).href("/review");
    let about = |deed: &str| {
        let incident = claim.incident.as_deref().unwrap_or_default();
        Query::default().with("do", deed).with("id", incident).with("back", &here)
    };
    Ok(Item {
        reason: waiting
            .iter()
            .find(|waiting| waiting.claim == id)
            .map_or_else(String::new, |found| words.word("waits_why", found.reason.as_str()).to_owned()),
        spot,
        report_title: if in_title { String::new() } else { line(&report.title) },
        lede: if in_title { cut(&line(&report.text), 420) } else { String::new() },
        published: report.published.as_ref().map_or_else(|| words.say("undated").to_owned(), |published| words.day(published.date())),
        rtl: matches!(report.language.as_str(), "ar" | "fa" | "he" | "ur" | "ps"),
        language: line(&report.language),
        pieces,
        before,
        after,
        incident: incident.as_ref().map_or_else(String::new, |incident| incident.id.clone()),
        incident_title: incident.as_ref().map_or_else(String::new, |incident| title(incident, words)),
        incident_about: incident.as_ref().map_or_else(String::new, |incident| {
            let when = incident.date.as_ref().map(|date| words.days(date.start, date.end));
            let toll = views::total(&incident.deaths).map(|toll| words.fill("killed_range", &[&words.range([toll.low, toll.best, toll.high])]));
            [when, toll, Some(words.count("claims", incident.claims.len() as u64))].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }),
        without,
        withdraws,
        said: entry.decision.map_or_else(String::new, |state| {
            let who = entry.decided_by.as_deref().map(line).unwrap_or_default();
            words.fill("said_by", &[&capital(words.word("decision", state.as_str())), &who])
        }),
        event: if entry.decision.is_some() { event.map_or(0, |event| event.id) } else { 0 },
        fields: claim_fields(claim, query, words),
        seen: ledger.last_event()?,
        // From the head of the queue on to its new head; else to the next after this one.
        to: if place == Some(0) || later.is_empty() || spot { queue.href("/review") } else { later.clone() },
        merge: about("merge").href("/decide"),
        split: about("split").with("claim", id).href("/decide"),
        here,
        earlier: at(place.and_then(|place| place.checked_sub(1)).and_then(|place| waiting.get(place))),
        later,
        report: report.id.clone(),
        card: Card { quote: String::new(), ..card(claim, &report.outlet, report.kind.as_str(), words) },
    })
}

/// The claim's words with those around them; and whether there is more before and after.
fn excerpt(report: &Report, claim: &Claim) -> (Vec<Piece>, bool, bool) {
    let text = match claim.quote.field {
        record::Field::Title => &report.title,
        record::Field::Text => &report.text,
    };
    let (from, to) = (claim.quote.span.start as usize, claim.quote.span.end as usize);
    let whole = paragraphs(text).into_iter().find(|(start, end)| (*start..=*end).contains(&from)).unwrap_or((0, text.len()));
    let start = whole.0.max(text.floor_char_boundary(from.saturating_sub(AROUND)));
    let end = whole.1.max(to).min(text.ceil_char_boundary(to + AROUND));
    let mut pieces = pieces(text, start, end, std::slice::from_ref(claim), claim.quote.field);
    for piece in &mut pieces {
        piece.text = plain(&piece.text);
    }
    (pieces, start > 0, end < text.len())
}

impl ReviewPage {
    /// What the keys do, for those who ask.
    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        let say = |key| self.page.say(key);
        [
            ("↵", "accept"),
            ("j", "later"),
            ("k", "earlier"),
            ("r", "reject"),
            ("e", "fix"),
            ("m", "merge"),
            ("s", "split_off"),
            ("u", "undo"),
            ("o", "whole_report"),
            ("?", "keys"),
        ]
        .map(|(key, what)| (key, say(what)))
        .to_vec()
    }
}
