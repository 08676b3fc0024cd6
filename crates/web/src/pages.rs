//! The lists around the incidents: reports, claims, sources, actors, places, trends; and help.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use ledger::{Brief, Filter, Ledger};
use serde::Serialize;
use views::{Format, Listing, Series, Step};

use crate::ask::{Ask, Form};
use crate::card::{Card, card};
use crate::fault::Fault;
use crate::incident::address;
use crate::list::{bin_label, label, labels, party_name, written};
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{capital, line};
use crate::plot::{self, Bar};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Rows of a page.
const PAGE: usize = 50;
/// Rows of a table that is not paged.
const MOST: usize = 200;

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
#[template(path = "sources.html")]
struct SourcesPage {
    page: Page,
    outlets: Vec<OutletShown>,
    outlets_total: String,
    speakers: Vec<SpeakerShown>,
    speakers_total: String,
}

struct OutletShown {
    name: String,
    href: String,
    kind: String,
    reports: String,
    copies: String,
    claims: String,
    claims_href: String,
    latest: String,
}

struct SpeakerShown {
    name: String,
    href: String,
    kind: String,
    claims: String,
    claims_href: String,
    reports: String,
    deaths: String,
    denials: String,
}

#[derive(Serialize)]
struct Sources {
    outlets: ledger::Top<ledger::Outlet>,
    speakers: ledger::Top<ledger::Speaker>,
}

pub(crate) fn sources(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let found = Sources { outlets: ledger.outlets(MOST)?, speakers: ledger.speakers(MOST)? };
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let dash = |n: u64| if n == 0 { "–".to_owned() } else { words.number(n) };
    let one = |name: &str, value: &str, path: &str| Query::default().with(name, value).href(path);
    let outlets = found
        .outlets
        .items
        .iter()
        .map(|outlet| OutletShown {
            name: if outlet.name.is_empty() { words.say("outlet_unknown").to_owned() } else { line(&outlet.name) },
            href: if outlet.name.is_empty() { "/reports".to_owned() } else { one("outlet", &outlet.name, "/reports") },
            kind: words.word("report_kind", &outlet.kind).to_owned(),
            reports: words.number(outlet.reports),
            copies: if outlet.copies == 0 {
                "–".to_owned()
            } else {
                format!("{} ({} %)", words.number(outlet.copies), outlet.copies * 100 / outlet.reports.max(1))
            },
            claims: dash(outlet.claims),
            claims_href: one("outlet", &outlet.name, "/claims"),
            latest: outlet.latest.map_or_else(|| "–".to_owned(), |day| words.day(day)),
        })
        .collect();
    let speakers = found
        .speakers
        .items
        .iter()
        .map(|speaker| {
            let query = Query::default().with("speaker", &speaker.name).with("speaker_kind", &speaker.kind);
            SpeakerShown {
                name: line(&speaker.name),
                href: speaker_address(&speaker.name, &speaker.kind),
                kind: words.word("source_kind", &speaker.kind).to_owned(),
                claims: words.number(speaker.claims),
                claims_href: query.href("/claims"),
                reports: words.number(speaker.reports),
                deaths: dash(speaker.deaths),
                denials: dash(speaker.denials),
            }
        })
        .collect();
    Ok(html(&SourcesPage {
        outlets,
        outlets_total: words.count("outlets", found.outlets.total as u64),
        speakers,
        speakers_total: words.count("speakers", found.speakers.total as u64),
        page: Page::new(site, ledger, ask, "sources", words.say("sources"))?,
    }))
}

#[derive(Template)]
#[template(path = "speaker.html")]
struct SpeakerPage {
    page: Page,
    name: String,
    kind: String,
    claims: String,
    claims_href: String,
    reports: String,
    incidents: String,
    incidents_href: String,
    shares: Vec<ShareShown>,
    too_few: String,
    ratios: Vec<(String, String)>,
    left_out: String,
}

struct ShareShown {
    name: String,
    about: String,
    svg: String,
    percent: String,
    interval: String,
    n: String,
}

/// Incidents below which shares say nothing.
const ENOUGH: u64 = 10;

fn speaker_address(name: &str, kind: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    Query::default().with("speaker_kind", kind).href(&format!("/sources/{}", name.replace('+', "%20")))
}

/// `/sources/NAME`: how what a speaker said stands beside what else was said.
pub(crate) fn speaker(site: &Site, ledger: &Ledger, ask: &Ask, name: &str) -> Result<Response, Fault> {
    let words = ask.words;
    let kind = ask.query.get("speaker_kind").unwrap_or("");
    let Some(track) = views::track(ledger, name, kind)? else { return Err(Fault::unknown(name)) };
    if ask.form != Form::Html {
        return Ok(json_text(&track));
    }
    let mut of = Query::default().with("speaker", &track.name);
    if !kind.is_empty() {
        of = of.with("speaker_kind", kind);
    }
    let all = [("first", track.first), ("alone", track.alone), ("corroborated", track.corroborated), ("contradicted", track.contradicted)];
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let shares = all.into_iter().filter_map(|(what, n)| {
        let [low, share, high] = track.share(n)?;
        Some(ShareShown {
            name: words.word("track", what).to_owned(),
            about: words.word("track_about", what).to_owned(),
            svg: plot::portion([low, share, high]),
            percent: percent(share),
            interval: format!("{}–{}", percent(low), percent(high)),
            n: words.number(n),
        })
    });
    let ratio = |what: &str, ratio: Option<views::Ratio>| {
        ratio.map(|ratio| (words.word("track", what).to_owned(), format!("{:.1} (n {})", ratio.median, words.number(ratio.n))))
    };
    Ok(html(&SpeakerPage {
        kind: if kind.is_empty() { String::new() } else { words.word("source_kind", kind).to_owned() },
        claims: words.count("claims", track.claims),
        claims_href: of.href("/claims"),
        reports: words.count("reports", track.reports),
        incidents: words.count("incidents", track.incidents + track.left_out),
        incidents_href: of.href("/incidents"),
        shares: if track.incidents < ENOUGH { vec![] } else { shares.collect() },
        too_few: words.fill("too_few", &[&words.count("incidents", track.incidents), &words.number(ENOUGH)]),
        ratios: [ratio("own", track.own), ratio("enemy", track.enemy)].into_iter().flatten().collect(),
        left_out: if track.left_out > 0 { words.fill("latest_only", &[&words.count("incidents", track.incidents)]) } else { String::new() },
        page: Page::new(site, ledger, &ask.without_query(), "sources", &line(&track.name))?,
        name: line(&track.name),
    }))
}

#[derive(Template)]
#[template(path = "places.html")]
struct PlacesPage {
    page: Page,
    countries: Vec<CountryShown>,
    total: String,
}

struct CountryShown {
    name: String,
    href: String,
    incidents: String,
    killed: String,
    places: Vec<PlaceShown>,
}

struct PlaceShown {
    name: String,
    href: String,
    incidents: String,
    near: String,
}

#[derive(Serialize)]
pub(crate) struct Place {
    name: String,
    country: Option<String>,
    incidents: u64,
    precision: Option<record::PlacePrecision>,
    point: Option<(f64, f64)>,
}

/// The places of incidents, most incidents first.
pub(crate) fn places_of(briefs: &[Arc<Brief>]) -> Vec<Place> {
    let mut found: BTreeMap<(Option<String>, String), Place> = BTreeMap::new();
    for brief in briefs {
        let Some(name) = &brief.place else { continue };
        let place = found.entry((brief.country.clone(), name.clone())).or_insert_with(|| Place {
            name: name.clone(),
            country: brief.country.clone(),
            incidents: 0,
            precision: brief.place_precision,
            point: brief.point,
        });
        place.incidents += 1;
    }
    let mut places: Vec<Place> = found.into_values().collect();
    places.sort_by(|a, b| b.incidents.cmp(&a.incidents).then_with(|| a.name.cmp(&b.name)));
    places
}

pub(crate) fn places(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let briefs = ledger.briefs(&ask.query.filter()?)?;
    let places = places_of(&briefs);
    if ask.form != Form::Html {
        return Ok(json_text(&places));
    }
    let mut by_country: BTreeMap<Option<String>, (u64, [u64; 3])> = BTreeMap::new();
    for brief in &briefs {
        let sum = by_country.entry(brief.country.clone()).or_default();
        sum.0 += 1;
        for (sum, n) in sum.1.iter_mut().zip(brief.deaths.unwrap_or_default()) {
            *sum = sum.saturating_add(n);
        }
    }
    let total = places.len();
    let mut countries: Vec<_> = by_country.into_iter().collect();
    countries.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let countries = countries
        .into_iter()
        .map(|(code, (incidents, deaths))| {
            let query = code.as_ref().map_or_else(Query::default, |code| Query::default().with("country", code));
            CountryShown {
                name: code.as_deref().map_or_else(|| words.say("place_unknown").to_owned(), |code| words.country(code).to_owned()),
                href: query.href("/incidents"),
                incidents: words.count("incidents", incidents),
                killed: words.fill("killed_range", &[&words.range(deaths)]),
                places: places
                    .iter()
                    .filter(|place| place.country == code)
                    .take(60)
                    .map(|place| PlaceShown {
                        name: line(&place.name),
                        href: query.with("place", &place.name).href("/incidents"),
                        incidents: words.number(place.incidents),
                        near: place
                            .precision
                            .filter(|precision| *precision != record::PlacePrecision::Exact)
                            .map_or_else(String::new, |precision| words.word("precision", precision.as_str()).to_owned()),
                    })
                    .collect(),
            }
        })
        .collect();
    Ok(html(&PlacesPage {
        countries,
        total: words.count("places", total as u64),
        page: Page::new(site, ledger, ask, "places", words.say("places"))?,
    }))
}

#[derive(Template)]
#[template(path = "trends.html")]
struct TrendsPage {
    page: Page,
    steps: Vec<(String, String, bool)>,
    splits: Vec<(String, String, bool)>,
    charts: Vec<Chart>,
    undated: String,
    /// From when on reports still come in, when a chart reaches so far.
    late: String,
}

struct Chart {
    name: String,
    href: String,
    figures: String,
    svg: String,
    rows: Vec<(String, String, String)>,
}

#[derive(Serialize)]
struct Trend {
    name: String,
    figures: views::Figures,
    series: Series,
}

/// Charts of a page.
const CHARTS: usize = 12;

pub(crate) fn trends(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let filter = query.filter()?;
    let briefs = ledger.briefs(&filter)?;
    let whole = views::series(&briefs);
    let step = match query.get("step") {
        Some("day") => Step::Day,
        Some("week") => Step::Week,
        Some("month") => Step::Month,
        Some("year") => Step::Year,
        _ => whole.step,
    };
    let split = query.get("split").filter(|split| matches!(*split, "country" | "type" | "actor")).unwrap_or("all");
    let (first, last) = (whole.bins.first().map(|bin| bin.start), whole.bins.last().map(|bin| bin.end));
    let mut trends: Vec<(String, Query, Trend)> = Vec::new();
    if let Some((first, last)) = first.zip(last) {
        // A day's bins over decades would be more than anybody can look at.
        let step = match (step, (last - first).get_days()) {
            (Step::Day, 732..) => Step::Week,
            (step, _) => step,
        };
        let mut add = |name: String, query: Query, some: &[Arc<Brief>]| {
            let trend = Trend { name: name.clone(), figures: views::figures(some), series: views::binned(some, step, first, last) };
            trends.push((name, query, trend));
        };
        match split {
            "all" => add(words.say("all_incidents").to_owned(), query.clone(), &briefs),
            "actor" => {
                for share in ledger.party_shares(&filter, CHARTS)?.items {
                    let of = query.with("actor", &share.value);
                    add(party_name(&share.value, words), of.clone(), &ledger.briefs(&of.filter()?)?);
                }
            }
            _ => {
                let value = |brief: &Brief| if split == "country" { brief.country.clone() } else { Some(brief.kind.clone()) };
                let mut counts: BTreeMap<Option<String>, Vec<Arc<Brief>>> = BTreeMap::new();
                for brief in &briefs {
                    counts.entry(value(brief)).or_default().push(Arc::clone(brief));
                }
                let mut counts: Vec<_> = counts.into_iter().collect();
                counts.sort_by_key(|(_, briefs)| std::cmp::Reverse(briefs.len()));
                for (value, some) in counts.into_iter().take(CHARTS) {
                    let name = match (&value, split) {
                        (None, _) => words.say("place_unknown").to_owned(),
                        (Some(code), "country") => words.country(code).to_owned(),
                        (Some(kind), _) => capital(words.word("type", kind)),
                    };
                    let of = value.map_or_else(|| query.clone(), |value| query.with(split, &value));
                    add(name, of, &some);
                }
            }
        }
    }
    if ask.form != Form::Html {
        return Ok(json_text(&trends.into_iter().map(|(.., trend)| trend).collect::<Vec<_>>()));
    }
    // Equal scales: what is side by side can be compared.
    let top = trends.iter().flat_map(|(.., trend)| trend.series.bins.iter().map(|bin| bin.high)).max().unwrap_or(0);
    let height = if trends.len() == 1 { 180 } else { 84 };
    let delay = ledger.delay()?;
    let late = delay.and_then(|(days, latest)| latest.checked_sub(jiff::Span::new().days(days)).ok());
    let reached = trends.iter().flat_map(|(.., trend)| &trend.series.bins).any(|bin| late.is_some_and(|late| bin.end >= late));
    let charts = trends.iter().map(|(name, of, trend)| chart(name, of, trend, (height, top), late, words)).collect();
    let choice = |name: &'static str, value: &str, chosen: bool| (words.word(name, value).to_owned(), query.set(name, value).href("/trends"), chosen);
    let sum = views::figures(&briefs);
    Ok(html(&TrendsPage {
        steps: [("day", Step::Day), ("week", Step::Week), ("month", Step::Month), ("year", Step::Year)]
            .iter()
            .map(|(name, one)| choice("step", name, *one == step))
            .collect(),
        splits: ["all", "country", "type", "actor"].iter().map(|name| choice("split", name, *name == split)).collect(),
        charts,
        late: match delay.filter(|_| reached) {
            Some((days, latest)) => words.fill("late_note", &[&words.count("days", u64::from(days)), &words.day(latest)]),
            None => String::new(),
        },
        undated: if sum.without_day > 0 { words.count("without_day", sum.without_day as u64) } else { String::new() },
        page: Page::new(site, ledger, ask, "trends", words.say("trends"))?,
    }))
}

fn chart(name: &str, of: &Query, trend: &Trend, (height, top): (u32, u64), late: Option<Date>, words: &Words) -> Chart {
    let of = of.without_all("step").without_all("split");
    let sum = &trend.figures;
    let bars: Vec<Bar> = trend
        .series
        .bins
        .iter()
        .map(|bin| Bar {
            href: of.set("from", &bin.start.to_string()).set("to", &bin.end.to_string()).href("/incidents"),
            title: format!(
                "{} · {} · {}",
                words.days(bin.start, bin.end),
                words.count("incidents", bin.incidents as u64),
                words.fill("killed_range", &[&words.range([bin.low, bin.best, bin.high])])
            ),
            late: late.is_some_and(|late| bin.end >= late),
            bin: bin.clone(),
        })
        .collect();
    Chart {
        name: name.to_owned(),
        href: of.href("/incidents"),
        figures: format!(
            "{} · {}",
            words.count("incidents", sum.incidents as u64),
            words.fill("killed_range", &[&words.range([sum.low, sum.best, sum.high])])
        ),
        svg: plot::bars(&bars, height, top, &labels(&trend.series.bins, trend.series.step, words, if height > 100 { 9 } else { 4 })),
        rows: trend
            .series
            .bins
            .iter()
            .filter(|bin| bin.incidents > 0)
            .map(|bin| {
                (bin_label(trend.series.step, bin.start, words), words.number(bin.incidents as u64), words.range([bin.low, bin.best, bin.high]))
            })
            .collect(),
    }
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Page,
}

pub(crate) fn help(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    Ok(html(&HelpPage { page: Page::new(site, ledger, ask, "", ask.words.say("help"))? }))
}
