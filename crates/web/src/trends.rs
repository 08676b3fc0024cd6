//! `/trends`: incidents along time, on equal scales.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use ledger::{Brief, Filter, Ledger};
use serde::Serialize;
use views::{Series, Step};

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::list::{bin_label, labels, party_name};
use crate::page::{Page, html, json_text};
use crate::plain::capital;
use crate::plot::{self, Bar};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

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
    let step = query.get("step").and_then(Step::named).unwrap_or(whole.step);
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
                    // This very name, and of what else is asked for.
                    let named = ledger.briefs(&Filter { actor: vec![ledger::whole(&share.value)], ..filter.clone() })?;
                    let named: BTreeSet<&str> = named.iter().map(|brief| brief.id.as_str()).collect();
                    let some: Vec<Arc<Brief>> = briefs.iter().filter(|brief| named.contains(brief.id.as_str())).cloned().collect();
                    add(party_name(&share.value, words), query.only("actor", &share.value), &some);
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
                    let of = value.map_or_else(|| query.clone(), |value| query.only(split, &value));
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
        steps: Step::ALL.into_iter().map(|one| choice("step", one.as_str(), one == step)).collect(),
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
