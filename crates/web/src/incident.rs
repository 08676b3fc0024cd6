//! `/incidents/ID`: an incident that explains itself.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Ledger;
use record::{Incident, PlacePrecision};
use views::{ClaimLine, IncidentView, ReportLine, Side};

use crate::ask::{Ask, Form};
use crate::card::{Card, card, negated};
use crate::cite::{self, Work};
use crate::deeds::{Deeds, deeds};
use crate::fault::Fault;
use crate::list::{party_name, written};
use crate::map;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{capital, cut, line};
use crate::query::Query;
use crate::site::Site;
use crate::tolls::{PlotShown, manner, plots, speaker};
use crate::what_if::{WhatIf, under, what_if};
use crate::words::Words;

#[derive(Template)]
#[template(path = "incident.html")]
struct IncidentPage {
    page: Page,
    id: String,
    title: String,
    when: String,
    uncertain: bool,
    place: String,
    near: String,
    inset: String,
    status: String,
    status_word: String,
    status_why: String,
    parties: Vec<PartyShown>,
    reports_sources: String,
    decided: String,
    pinned: String,
    plots: Vec<PlotShown>,
    what_if: Option<WhatIf>,
    known: Vec<(String, String)>,
    disputes: Vec<DisputeShown>,
    by: Vec<(String, String, bool)>,
    groups: Vec<Group>,
    voices: Vec<Voice>,
    reports: Vec<ReportShown>,
    history: Vec<Deeds>,
    /// Claims of it that wait for a person.
    waiting: String,
    /// Whether a person decided it already.
    agreed: bool,
    /// The last event that the page knows of.
    seen: i64,
    cite: String,
    cite_forms: Vec<(&'static str, String)>,
    permalink: String,
    files: Vec<(String, String)>,
}

struct PartyShown {
    name: String,
    about: String,
    href: String,
    side: String,
}

struct DisputeShown {
    over: String,
    about: String,
    sides: [Said; 2],
}

/// One side of a dispute.
struct Said {
    speaker: String,
    stance: String,
    what: String,
    negated: bool,
    quote: String,
    label: String,
    claim: String,
    report: String,
}

struct Group {
    heading: String,
    note: String,
    side: String,
    cards: Vec<Card>,
}

struct Voice {
    name: String,
    claims: String,
    reports: Vec<(String, String)>,
}

struct ReportShown {
    label: String,
    id: String,
    outlet: String,
    kind: String,
    published: String,
    language: String,
    title: String,
    copies: Vec<ReportShown>,
}

pub(crate) fn incident(site: &Site, ledger: &Ledger, ask: &Ask, id: &str) -> Result<Response, Fault> {
    let as_of = ask.query.filter()?.as_of;
    let id = match ledger.noun(id)? {
        Some((ledger::Noun::Incident, id)) => id,
        Some((noun, id)) => return Ok(redirect(&address(noun, &id))),
        None => return Err(Fault::unknown(id)),
    };
    let view = views::incident_at(ledger, &id, as_of)?;
    let survivor = &view.entry.incident.id;
    if *survivor != id {
        return Ok(redirect(&ask.query.href(&format!("/incidents/{survivor}{}", ask.form.ending()))));
    }
    match ask.form {
        Form::Json => Ok(json_text(&view)),
        Form::Html => Ok(html(&shown(site, ledger, ask, &view, as_of)?)),
        Form::Csv | Form::Geojson => {
            let filter = ledger::Filter { incident: Some(id), as_of, ..ledger::Filter::default() };
            let (listing, format) = if ask.form == Form::Csv {
                (views::Listing::Claims(views::claims(ledger, &filter)?), views::Format::Csv)
            } else {
                (views::Listing::Incidents(views::incidents(ledger, &filter)?), views::Format::Geojson)
            };
            written(site, ask, &listing, format)
        }
    }
}

/// Where a record has its page.
pub(crate) fn address(noun: ledger::Noun, id: &str) -> String {
    match noun {
        ledger::Noun::Report => format!("/reports/{id}"),
        ledger::Noun::Claim => format!("/claims/{id}"),
        ledger::Noun::Incident => format!("/incidents/{id}"),
    }
}

fn shown(site: &Site, ledger: &Ledger, ask: &Ask, stored: &IncidentView, as_of: Option<Timestamp>) -> Result<IncidentPage, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let path = format!("/incidents/{}", stored.entry.incident.id);
    let other = under(site, ledger, query, stored)?;
    let is_other = other.is_some();
    let resolved = other.map(|incident| views::incident_under(ledger, stored, incident, as_of)).transpose()?;
    let view = resolved.as_ref().unwrap_or(stored);
    let incident = &view.entry.incident;
    let sides = side_classes(incident);
    let place = incident.place.as_ref();
    let title = title(incident, words);
    let by = query.get("by").filter(|by| matches!(*by, "fact" | "time")).unwrap_or("source");
    let permalink = {
        let at = as_of.unwrap_or(stored.entry.recorded_at);
        format!("{}{path}?as_of={at}", ask.base)
    };
    let when = incident.date.as_ref().map_or_else(|| words.say("day_unknown").to_owned(), |date| words.days(date.start, date.end));
    let cite = words.fill(
        "cite_text",
        &[&title, &when, &words.count("reports", view.n_reports as u64), &words.moment(as_of.unwrap_or(stored.entry.recorded_at))],
    );
    let without: Vec<String> = query.all("without").map(line).collect();
    Ok(IncidentPage {
        id: incident.id.clone(),
        uncertain: incident.date.as_ref().is_some_and(|date| date.precision != record::DatePrecision::Day),
        place: place_words(incident, words),
        near: place
            .filter(|place| place.precision != PlacePrecision::Exact)
            .map(|place| words.word("precision", place.precision.as_str()).to_owned())
            .unwrap_or_default(),
        inset: place.map(|place| map::inset(place, incident.status, words)).unwrap_or_default(),
        status: incident.status.to_string(),
        status_word: words.word("status", incident.status.as_str()).to_owned(),
        status_why: words.word("status_why", incident.status.as_str()).to_owned(),
        parties: incident
            .parties
            .iter()
            .map(|party| PartyShown {
                name: party_name(&party.name, words),
                about: format!("{}, {}", words.word("role", party.role.as_str()), words.word("basis", party.basis.as_str())),
                href: Query::default().with("actor", &party.name).href("/incidents"),
                side: sides.get(&party.name).cloned().unwrap_or_else(|| "none".to_owned()),
            })
            .collect(),
        reports_sources: words.onward(&words.count("reports", view.n_reports as u64), &words.count("sources", view.n_independent as u64)),
        decided: view.entry.decided_by.as_deref().map(|who| words.fill("decided_by", &[&line(who)])).unwrap_or_default(),
        pinned: as_of.map_or_else(String::new, |at| words.fill("pinned", &[&words.moment(at)])),
        plots: plots(view, if is_other { Some(stored) } else { None }, &sides, words),
        what_if: what_if(site, query, stored, is_other, &path, &without, words),
        known: known(view, words),
        disputes: disputes(view, words),
        by: ["source", "fact", "time"]
            .iter()
            .map(|&name| (words.word("by", name).to_owned(), query.set("by", name).href(&path) + "#claims", name == by))
            .collect(),
        groups: groups(view, by, &sides, words),
        voices: voices(view, words),
        reports: view.reports.iter().map(|report| report_shown(report, words)).collect(),
        history: history(ledger, stored, as_of, words)?,
        waiting: {
            let waiting = stored.claims.iter().filter(|claim| claim.entry.decision.is_none()).count();
            if waiting == 0 { String::new() } else { words.count("claims_wait", waiting as u64) }
        },
        agreed: stored.entry.decided_by.is_some(),
        seen: ledger.last_event()?,
        cite_forms: cite_forms(stored, &title, &permalink, as_of),
        cite: format!("{cite} {permalink}"),
        permalink,
        files: [("JSON", ".json"), ("CSV", ".csv"), ("GeoJSON", ".geojson")]
            .iter()
            .map(|(name, ending)| ((*name).to_owned(), format!("{path}{ending}")))
            .collect(),
        when,
        page: Page::new(site, ledger, ask, "incidents", &title)?,
        title,
    })
}

/// What and where, in the page's language.
pub(crate) fn title(incident: &Incident, words: &Words) -> String {
    let what = capital(words.word("type", &incident.kind));
    match &incident.place {
        Some(place) => words.fill("title_at", &[&what, &line(&place.name)]),
        None => words.fill("title_nowhere", &[&what]),
    }
}

fn place_words(incident: &Incident, words: &Words) -> String {
    let Some(place) = &incident.place else { return words.say("place_unknown").to_owned() };
    let country = place.country.as_deref().map(|code| words.country(code).to_owned());
    let mut names: Vec<String> = Vec::new();
    for name in [Some(line(&place.name)), place.admin2.as_deref().map(line), place.admin1.as_deref().map(line), country].into_iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// A colour for each party, in the incident's order; `none` for who has no stake.
fn side_classes(incident: &Incident) -> BTreeMap<String, String> {
    let armed = incident.parties.iter().filter(|party| party.name != "civilians");
    armed.enumerate().map(|(n, party)| (party.name.clone(), format!("s{}", n.min(3)))).collect()
}

pub(crate) fn side_class(side: &Side, sides: &BTreeMap<String, String>) -> String {
    match side {
        Side::Party(name) => sides.get(name).cloned().unwrap_or_else(|| "some".to_owned()),
        Side::SomeParty => "some".to_owned(),
        Side::NoStake => "none".to_owned(),
    }
}

fn known(view: &IncidentView, words: &Words) -> Vec<(String, String)> {
    if view.known.len() < 2 {
        return vec![];
    }
    let day = |at: Timestamp| words.short_day(at.to_zoned(jiff::tz::TimeZone::UTC).date());
    view.known.iter().map(|known| (day(known.recorded_at), words.range([known.low, known.best, known.high]))).collect()
}

fn disputes(view: &IncidentView, words: &Words) -> Vec<DisputeShown> {
    let said = |label: &str| {
        let claim = view.claims.iter().find(|line| line.label == label)?;
        Some(Said {
            speaker: speaker(claim, words),
            stance: manner(&claim.entry.claim, words),
            what: crate::card::what(&claim.entry.claim, words),
            negated: negated(&claim.entry.claim),
            quote: cut(&line(&claim.entry.claim.quote.text), 180),
            label: claim.label.clone(),
            claim: claim.entry.claim.id.clone(),
            report: claim.entry.claim.report.clone(),
        })
    };
    view.disputes
        .iter()
        .filter_map(|dispute| {
            let [a, b] = dispute.claims.each_ref().map(|label| said(label));
            Some(DisputeShown {
                over: capital(words.word("over", dispute.over.as_str())),
                about: words.word("over_about", dispute.over.as_str()).to_owned(),
                sides: [a?, b?],
            })
        })
        .collect()
}

fn groups(view: &IncidentView, by: &str, sides: &BTreeMap<String, String>, words: &Words) -> Vec<Group> {
    let outlets: BTreeMap<&str, &ReportLine> =
        view.reports.iter().flat_map(|report| std::iter::once(report).chain(&report.copies)).map(|report| (report.id.as_str(), report)).collect();
    let made = |claim: &ClaimLine| {
        let report = outlets.get(claim.entry.claim.report.as_str());
        let (outlet, kind) = report.map_or(("", ""), |report| (report.outlet.as_str(), report.kind.as_str()));
        Card {
            label: claim.label.clone(),
            report_label: claim.report_label.clone(),
            copy: claim.copy_of.as_deref().map(|of| words.fill("copy_not_counted", &[of])).unwrap_or_default(),
            side: side_class(&claim.side, sides),
            state: crate::card::state(&claim.entry, words),
            ..card(&claim.entry.claim, outlet, kind, words)
        }
    };
    match by {
        "fact" => {
            let mut kinds: Vec<record::Kind> = view.claims.iter().map(|claim| claim.entry.claim.kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
                .into_iter()
                .map(|kind| Group {
                    heading: capital(words.word("kind", kind.as_str())),
                    note: String::new(),
                    side: String::new(),
                    cards: view.claims.iter().filter(|claim| claim.entry.claim.kind == kind).map(&made).collect(),
                })
                .collect()
        }
        "time" => {
            let mut days: Vec<Option<String>> = outlets.values().map(|report| report.published.as_deref().map(|p| p[..10].to_owned())).collect();
            days.sort_by_key(|day| (day.is_none(), day.clone()));
            days.dedup();
            let day_of = |claim: &ClaimLine| {
                outlets.get(claim.entry.claim.report.as_str()).and_then(|report| report.published.as_deref()).map(|p| p[..10].to_owned())
            };
            days.into_iter()
                .map(|day| Group {
                    heading: day.as_deref().map_or_else(
                        || words.say("undated").to_owned(),
                        |day| day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| words.day(day)),
                    ),
                    note: String::new(),
                    side: String::new(),
                    cards: view.claims.iter().filter(|claim| day_of(claim) == day).map(&made).collect(),
                })
                .filter(|group| !group.cards.is_empty())
                .collect()
        }
        _ => view
            .sides
            .iter()
            .map(|group| {
                let (heading, note) = match &group.side {
                    Side::Party(name) => (party_name(name, words), words.say("a_party")),
                    Side::SomeParty => (words.say("some_party").to_owned(), words.say("a_party")),
                    Side::NoStake => (words.say("no_stake").to_owned(), words.say("no_stake_note")),
                };
                Group {
                    heading,
                    note: note.to_owned(),
                    side: side_class(&group.side, sides),
                    cards: group.claims.iter().map(|&n| made(&view.claims[n])).collect(),
                }
            })
            .collect(),
    }
}

/// The sources independent of one another, each with the reports that it speaks in.
fn voices(view: &IncidentView, words: &Words) -> Vec<Voice> {
    view.voices
        .iter()
        .map(|voice| {
            let mut reports: Vec<(String, String)> = Vec::new();
            for claim in view.claims.iter().filter(|claim| voice.claims.contains(&claim.label)) {
                let report = (claim.report_label.clone(), claim.entry.claim.report.clone());
                if !reports.contains(&report) {
                    reports.push(report);
                }
            }
            let name = if voice.name.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&voice.name) };
            Voice { name, claims: words.count("claims", voice.claims.len() as u64), reports }
        })
        .collect()
}

fn report_shown(report: &ReportLine, words: &Words) -> ReportShown {
    ReportShown {
        label: report.label.clone(),
        id: report.id.clone(),
        outlet: if report.outlet.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&report.outlet) },
        kind: words.word("report_kind", report.kind.as_str()).to_owned(),
        published: report
            .published
            .as_deref()
            .and_then(|published| published.get(..10)?.parse::<Date>().ok())
            .map_or_else(|| words.say("undated").to_owned(), |day| words.day(day)),
        language: line(&report.language),
        title: line(&report.title),
        copies: report.copies.iter().map(|copy| report_shown(copy, words)).collect(),
    }
}

/// What happened to the record and, by people, to its claims; the last first.
fn history(ledger: &Ledger, view: &IncidentView, as_of: Option<Timestamp>, words: &Words) -> Result<Vec<Deeds>, Fault> {
    let mut events = ledger.events(Some(&view.entry.incident.id), as_of)?;
    for claim in view.claims.iter().filter(|claim| claim.entry.decision.is_some()) {
        events.extend(ledger.events(Some(&claim.entry.claim.id), as_of)?.into_iter().filter(ledger::Event::is_decision));
    }
    events.sort_by_key(|event| std::cmp::Reverse(event.id));
    events.dedup_by_key(|event| event.id);
    Ok(events.iter().map(|event| deeds(event, words)).collect())
}

fn cite_forms(view: &IncidentView, title: &str, permalink: &str, as_of: Option<Timestamp>) -> Vec<(&'static str, String)> {
    let at = as_of.unwrap_or(view.entry.recorded_at).to_zoned(jiff::tz::TimeZone::UTC).date();
    cite::forms(&Work {
        sort: cite::Sort::Record,
        id: &view.entry.incident.id,
        title,
        publisher: "attest",
        issued: Some(at),
        accessed: at,
        url: permalink,
        note: &format!("Ledger of attributed claims, as of {at}"),
    })
}
