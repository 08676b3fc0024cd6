//! `/incidents/ID`: an incident that explains itself.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Ledger;
use record::{Claim, Incident, PlacePrecision, Report, Toll};
use views::{ClaimLine, IncidentView, Plot, Relation, ReportLine, Side};

use crate::ask::{Ask, Form};
use crate::card::{Card, card, negated};
use crate::cite::{self, Work};
use crate::deciding::{Deeds, deeds};
use crate::fault::Fault;
use crate::list::{party_name, written};
use crate::map;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{capital, cut, line};
use crate::plot::Axis;
use crate::query::Query;
use crate::site::Site;
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

struct PlotShown {
    heading: String,
    side: String,
    scale: String,
    rows: Vec<PlotLine>,
    resolved: String,
    figures: [String; 3],
    before: String,
    why: Vec<Why>,
}

struct PlotLine {
    speaker: String,
    side: String,
    svg: String,
    alt: String,
    silent: bool,
    said: String,
    manner: String,
    relation: String,
    label: String,
    claim: String,
    report: String,
    report_label: String,
    copy: String,
}

/// A bound, the claims that set it, and the rule.
struct Why {
    bound: String,
    figure: String,
    claims: Vec<(String, String, String)>,
    rule: String,
}

struct WhatIf {
    rules: Vec<(String, bool)>,
    speakers: Vec<(String, bool)>,
    /// What is asked, when something is.
    asked: String,
    back: String,
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
        return Ok(redirect(&ask.query.href(&format!("/incidents/{survivor}"))));
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

/// What was made of "what if": the incident under it.
fn under(site: &Site, ledger: &Ledger, query: &Query, view: &IncidentView) -> Result<Option<Incident>, Fault> {
    let (rules, without): (Option<&str>, Vec<String>) = (query.get("rules"), query.all("without").map(str::to_owned).collect());
    let known = site.desk().rules();
    let Some(first) = known.first() else { return Ok(None) };
    if rules.is_none_or(|rules| rules == first) && without.is_empty() {
        return Ok(None);
    }
    let rules = rules.filter(|rules| known.iter().any(|known| known == rules)).unwrap_or(first);
    let mut ids: Vec<&str> = view.claims.iter().map(|line| line.entry.claim.report.as_str()).collect();
    ids.extend(view.reports.iter().map(|report| report.id.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let reports: Vec<Report> = ids.into_iter().map(|id| ledger.report(id)).collect::<Result<_, _>>()?;
    let claims: Vec<Claim> = view.claims.iter().map(|line| line.entry.claim.clone()).collect();
    // A page shows names with what could mislead made visible; the claims have them as printed.
    let printed: Vec<String> = view.claims.iter().map(speaker_name).filter(|name| without.contains(&line(name))).collect();
    Ok(site.desk().what_if(&reports, &claims, rules, &printed))
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

fn side_class(side: &Side, sides: &BTreeMap<String, String>) -> String {
    match side {
        Side::Party(name) => sides.get(name).cloned().unwrap_or_else(|| "some".to_owned()),
        Side::SomeParty => "some".to_owned(),
        Side::NoStake => "none".to_owned(),
    }
}

fn relation(relation: Relation, words: &Words) -> String {
    let key = match relation {
        Relation::Own => "own",
        Relation::Enemy => "enemy",
        Relation::Other => "other",
        Relation::NoStake => "no-stake",
    };
    words.word("relation", key).to_owned()
}

fn plots(view: &IncidentView, before: Option<&IncidentView>, sides: &BTreeMap<String, String>, words: &Words) -> Vec<PlotShown> {
    let earlier = before.map(views::plots).unwrap_or_default();
    views::plots(view).iter().map(|plot| plot_shown(plot, view, &earlier, sides, words)).collect()
}

fn plot_shown(plot: &Plot, view: &IncidentView, earlier: &[Plot], sides: &BTreeMap<String, String>, words: &Words) -> PlotShown {
    let axis = Axis::new(plot.most);
    let toll = &plot.toll;
    let figures = [toll.low, toll.best, toll.high];
    let rows = plot
        .rows
        .iter()
        .map(|row| {
            let claim = &view.claims[row.claim];
            let silent = row.shape == views::Shape::Silent;
            let printed = claim.entry.claim.count.as_ref().map(|count| count.text.as_str()).filter(|text| !text.is_empty());
            PlotLine {
                speaker: speaker(claim, words),
                side: side_class(&claim.side, sides),
                svg: axis.row(row.shape, claim.relation == Relation::Enemy, claim.copy_of.is_some()),
                alt: alt(row.shape, words),
                silent,
                said: cut(&line(printed.unwrap_or(&claim.entry.claim.quote.text)), 70),
                manner: manner(&claim.entry.claim, words),
                relation: relation(claim.relation, words),
                label: claim.label.clone(),
                claim: claim.entry.claim.id.clone(),
                report: claim.entry.claim.report.clone(),
                report_label: claim.report_label.clone(),
                copy: claim.copy_of.as_deref().map(|of| words.fill("copy_not_counted", &[of])).unwrap_or_default(),
            }
        })
        .collect();
    let was = earlier.iter().find(|other| other.what == plot.what && other.toll.side == toll.side).map(|other| &other.toll);
    let changed = was.filter(|was| (was.low, was.best, was.high) != (toll.low, toll.best, toll.high));
    PlotShown {
        heading: words.word("toll", plot.what).to_owned(),
        side: party_name(&toll.side, words),
        scale: axis.scale(|n| words.number(n)),
        rows,
        resolved: axis.resolved(figures),
        figures: figures.map(|n| words.number(n)),
        before: changed.map(|was| words.fill("was", &[&format!("{}–{}–{}", was.low, was.best, was.high)])).unwrap_or_default(),
        why: why(toll, view, words),
    }
}

fn alt(shape: views::Shape, words: &Words) -> String {
    use views::Shape;
    let n = |n| words.number(n);
    match shape {
        Shape::Exact(exact) => n(exact),
        Shape::Approximate(about) => words.fill("about", &[&n(about)]),
        Shape::Open(least) => words.fill("at_least", &[&n(least)]),
        Shape::Between(low, high) => format!("{}–{}", n(low), n(high)),
        Shape::Denied(figure) => words.fill("denied_figure", &[&n(figure)]),
        Shape::Silent => words.say("no_figure").to_owned(),
    }
}

fn speaker(claim: &ClaimLine, words: &Words) -> String {
    if claim.speaker.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&claim.speaker) }
}

fn manner(claim: &Claim, words: &Words) -> String {
    if claim.source.is_empty() && claim.stance == record::Stance::States {
        words.say("own_voice").to_owned()
    } else {
        words.word("stance", claim.stance.as_str()).to_owned()
    }
}

fn why(toll: &Toll, view: &IncidentView, words: &Words) -> Vec<Why> {
    toll.because
        .iter()
        .map(|bound| {
            let n = match bound.bound.as_str() {
                "low" => toll.low,
                "best" => toll.best,
                _ => toll.high,
            };
            let claims = bound.claims.iter().filter_map(|id| view.claims.iter().find(|line| line.entry.claim.id == *id));
            Why {
                bound: words.word("bound", &bound.bound).to_owned(),
                figure: words.number(n),
                claims: claims
                    .map(|claim| {
                        (claim.label.clone(), speaker(claim, words), format!("/reports/{}#q-{}", claim.entry.claim.report, claim.entry.claim.id))
                    })
                    .collect(),
                rule: rule(&bound.rule, words),
            }
        })
        .collect()
}

/// A rule's name in words: what it does, then whose figure it took.
fn rule(rule: &str, words: &Words) -> String {
    match rule.split_once(": ") {
        Some((does, standing)) => format!("{}: {}", words.word("rule", does), words.word("standing", standing)),
        None => line(words.word("rule", rule)),
    }
}

fn what_if(site: &Site, query: &Query, stored: &IncidentView, is_other: bool, path: &str, without: &[String], words: &Words) -> Option<WhatIf> {
    let known = site.desk().rules();
    let first = known.first()?;
    if stored.entry.incident.deaths.is_empty() && stored.entry.incident.injured.is_empty() {
        return None;
    }
    let chosen = query.get("rules").unwrap_or(first);
    let mut speakers: Vec<(String, bool)> = Vec::new();
    for claim in stored.claims.iter().filter(|claim| claim.entry.claim.kind.is_countable()) {
        let name = line(&speaker_name(claim));
        if !name.is_empty() && speakers.iter().all(|(known, _)| *known != name) {
            let left_out = query.has("without", &name);
            speakers.push((name, left_out));
        }
    }
    let asked = match (is_other, without) {
        (false, _) => String::new(),
        (true, []) => words.fill("if_rules", &[chosen]),
        (true, without) => words.fill("if_without", &[chosen, &without.join(", ")]),
    };
    Some(WhatIf {
        rules: known.iter().map(|name| (name.clone(), name == chosen)).collect(),
        speakers,
        asked,
        back: query.without_all("rules").without_all("without").href(path),
    })
}

/// Whose claim it is, by the name as printed: the innermost speaker's, or the outlet's.
fn speaker_name(claim: &ClaimLine) -> String {
    claim.entry.claim.speaker().map_or_else(|| claim.chain.first().cloned().unwrap_or_default(), |source| source.name.clone())
}

fn known(view: &IncidentView, words: &Words) -> Vec<(String, String)> {
    if view.known.len() < 2 {
        return vec![];
    }
    let day = |at: Timestamp| words.short_day(at.to_zoned(jiff::tz::TimeZone::UTC).date());
    view.known.iter().map(|known| (day(known.recorded_at), format!("{}–{}–{}", known.low, known.best, known.high))).collect()
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

/// Which fields an event changed, old and new where they are short.
pub(crate) fn changed_fields(event: &ledger::Event, words: &Words) -> Vec<String> {
    let (Some(old), Some(new)) = (event.old.as_ref().and_then(|old| old.as_object()), event.new.as_ref().and_then(|new| new.as_object())) else {
        return vec![];
    };
    let total = |value: &serde_json::Value| {
        let tolls: Vec<Toll> = serde_json::from_value(value.clone()).ok()?;
        views::total(&tolls).map(|toll| format!("{}–{}–{}", toll.low, toll.best, toll.high))
    };
    new.iter()
        // What was decided is said already.
        .filter(|(name, _)| *name != "decision")
        .map(|(name, is)| {
            let field = match words.word("incident_field", name) {
                unknown if unknown == name => words.word("field", name),
                known => known,
            };
            let was = old.get(name).unwrap_or(&serde_json::Value::Null);
            let pair = match (was, is) {
                (serde_json::Value::String(was), serde_json::Value::String(is)) => Some((line(was), line(is))),
                (serde_json::Value::Array(was), serde_json::Value::Array(is)) if matches!(name.as_str(), "claims" | "disputes") => {
                    Some((was.len().to_string(), is.len().to_string()))
                }
                (was, is) if matches!(name.as_str(), "deaths" | "injured" | "abducted" | "displaced") => total(was).zip(total(is)),
                _ => None,
            };
            pair.map_or_else(|| field.to_owned(), |(was, is)| format!("{field} {was} → {is}"))
        })
        .collect()
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
