//! `/incidents`: one filter over facets, map, timeline and table.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use ledger::{Filter, Ledger};
use record::PlacePrecision;
use views::{Format, IncidentRow, Listing, Overview, Step};

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::map::{self, ListMap};
use crate::page::{Page, html, json_text, typed};
use crate::plain::{capital, line};
use crate::plot::{self, Bar};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Rows of a page.
const PAGE: usize = 50;
/// Values of a facet that are shown before "all values".
const FIRST: usize = 6;

#[derive(Template)]
#[template(path = "incidents.html")]
struct IncidentsPage {
    page: Page,
    /// The sentence of sums above the table.
    sums: Vec<Sum>,
    chips: Vec<Chip>,
    facets: Vec<FacetShown>,
    /// Filters as hidden fields of the search form.
    kept: Vec<(String, String)>,
    from: String,
    to: String,
    map: Option<ListMap>,
    without_place: String,
    by_country: String,
    bars: Option<String>,
    without_day: String,
    table: bool,
    views: Vec<Choice>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    /// First and last row of the page, of how many.
    span: String,
    before: Option<String>,
    next: Option<String>,
    copies: Vec<(String, String)>,
    command: String,
    empty_ledger: bool,
}

/// A figure of the summary with what it is about.
struct Sum {
    text: String,
    class: &'static str,
}

/// A filter that is set, and the address without it.
struct Chip {
    name: String,
    label: String,
    href: String,
}

/// One of several ways to see the page.
struct Choice {
    label: String,
    href: String,
    chosen: bool,
}

/// A heading that sorts.
struct Head {
    label: String,
    href: Option<String>,
    sorted: &'static str,
    class: &'static str,
}

struct FacetShown {
    heading: String,
    first: Vec<ValueShown>,
    rest: Vec<ValueShown>,
    /// `214 values`, when not all are listed.
    more: String,
}

struct ValueShown {
    label: String,
    incidents: String,
    href: String,
    chosen: bool,
    class: String,
}

struct Row {
    id: String,
    title: String,
    when: String,
    uncertain: bool,
    place: String,
    country: String,
    near: String,
    parties: Vec<String>,
    range: String,
    small: String,
    status: String,
    status_word: String,
    disputes: Vec<String>,
    sources: String,
    reviewed: bool,
}

pub(crate) fn incidents(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let mut filter = ask.query.filter()?;
    if let Some(form) = file(ask.form) {
        let rows = Listing::Incidents(views::incidents(ledger, &filter)?);
        return written(site, ask, &rows, form);
    }
    filter.limit = Some(filter.limit.unwrap_or(PAGE).clamp(1, 1_000));
    let newest_first = filter.sort.is_none();
    if newest_first {
        filter.set("sort", "-date")?;
    }
    let seen = views::overview(ledger, &filter)?;
    if ask.form == Form::Json {
        return Ok(json_text(&seen));
    }
    Ok(html(&shown(site, ledger, ask, &filter, &seen)?))
}

/// The format of a file that an ending asks for.
fn file(form: Form) -> Option<Format> {
    match form {
        Form::Csv => Some(Format::Csv),
        Form::Geojson => Some(Format::Geojson),
        Form::Html | Form::Json => None,
    }
}

/// A whole listing as a file.
pub(crate) fn written(site: &Site, ask: &Ask, rows: &Listing, format: Format) -> Result<Response, Fault> {
    let options = site.rendering(ask, vec![]);
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Geojson => "application/geo+json",
        _ => "application/json; charset=utf-8",
    };
    Ok(typed(kind, views::render(rows, format, &options)?))
}

fn shown(site: &Site, ledger: &Ledger, ask: &Ask, filter: &Filter, seen: &Overview) -> Result<IncidentsPage, Fault> {
    let (words, query) = (ask.words, &ask.query);
    let figures = &seen.figures;
    let view = query.get("view").unwrap_or("both");
    let some = |n: usize, key: &str| if n == 0 { String::new() } else { words.count(key, n as u64) };
    let mut sums = vec![Sum { text: words.count("incidents", figures.incidents as u64), class: "much" }];
    if figures.incidents > 0 {
        let range = words.fill("killed_of", &[&words.number(figures.best), &words.number(figures.low), &words.number(figures.high)]);
        sums.push(Sum { text: if figures.low == figures.high { words.count("killed", figures.best) } else { range }, class: "toll" });
        for (n, key) in [(figures.without_toll, "without_toll"), (figures.without_place, "without_place"), (figures.without_day, "without_day")] {
            if n > 0 {
                sums.push(Sum { text: words.count(key, n as u64), class: "quiet" });
            }
        }
    }
    let drawn = (view != "table").then(|| map::list(&seen.briefs, query, filter.bbox, words));
    let most = seen.items.iter().filter_map(|row| views::total(&row.entry.incident.deaths)).map(|toll| toll.high).max().unwrap_or(0);
    let last = seen.offset + seen.items.len();
    let address = |ending: &str| query.without_all("lang").without_all("view").without_all("offset").href(&format!("/incidents{ending}"));
    // The filter alone: a feed has an order of its own.
    let feed =
        Query(query.filters().filter(|(name, _)| !matches!(*name, "sort" | "limit" | "offset")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect());
    Ok(IncidentsPage {
        sums,
        by_country: drawn.as_ref().map_or_else(String::new, |map| some(map.by_country, "by_country")),
        map: drawn,
        without_place: some(figures.without_place, "without_place"),
        without_day: some(figures.without_day, "without_day"),
        bars: (view != "table").then(|| series_bars(seen, query, words)).flatten(),
        table: view != "map",
        views: ["both", "map", "table"]
            .iter()
            .map(|&name| Choice {
                label: words.word("view", name).to_owned(),
                href: query.set("view", name).href("/incidents"),
                chosen: name == view || (name == "both" && !matches!(view, "map" | "table")),
            })
            .collect(),
        heads: heads(query, words),
        rows: seen.items.iter().map(|item| row(item, most, words)).collect(),
        span: words.fill("span", &[&words.number(seen.offset as u64 + 1), &words.number(last as u64), &words.number(figures.incidents as u64)]),
        before: (seen.offset > 0).then(|| {
            let first = seen.offset.saturating_sub(filter.limit.unwrap_or(PAGE));
            if first == 0 { query.without_all("offset") } else { at(query, first) }.href("/incidents")
        }),
        next: seen.next.map(|next| at(query, next).href("/incidents")),
        chips: chips(query, words),
        facets: facets(seen, query, words),
        kept: query
            .filters()
            .filter(|(name, _)| !matches!(*name, "text" | "offset" | "from" | "to"))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect(),
        from: filter.from.map_or_else(String::new, |day| day.to_string()),
        to: filter.to.map_or_else(String::new, |day| day.to_string()),
        copies: vec![
            (words.say("address").to_owned(), format!("{}{}", ask.base, address(""))),
            ("JSON".to_owned(), address(".json")),
            ("CSV".to_owned(), address(".csv")),
            ("GeoJSON".to_owned(), address(".geojson")),
            ("Atom".to_owned(), feed.href("/incidents.atom")),
        ],
        command: match query.condition() {
            condition if condition.is_empty() => "attest list incidents".to_owned(),
            condition => format!("attest list incidents --where '{condition}'"),
        },
        empty_ledger: figures.incidents == 0 && query.filters().next().is_none(),
        page: Page::new(site, ledger, ask, "incidents", words.say("incidents"))?,
    })
}

fn at(query: &Query, offset: usize) -> Query {
    let mut query = query.without_all("offset");
    query.0.push(("offset".to_owned(), offset.to_string()));
    query
}

/// The label of a filter's value.
pub(crate) fn label(name: &str, value: &str, words: &Words) -> String {
    let (not, plain) = value.strip_prefix('!').map_or(("", value), |plain| ("≠ ", plain));
    let text = match name {
        "country" => words.country(plain).to_owned(),
        "type" => capital(words.word("type", plain)),
        "status" => words.word("status", plain).to_owned(),
        "disputed" | "reviewed" | "copies" if matches!(plain, "yes" | "no") => words.word("yes_no", plain).to_owned(),
        "disputed" => words.word("over", plain).to_owned(),
        "actor" | "side" => words.word("party", plain).to_owned(),
        "scope" => words.word("scope", plain).to_owned(),
        "kind" => words.word("kind", plain).to_owned(),
        "stance" => words.word("stance", plain).to_owned(),
        "speaker_kind" => words.word("source_kind", plain).to_owned(),
        "outlet_kind" => words.word("report_kind", plain).to_owned(),
        "from" | "to" => plain.parse().map_or_else(|_| plain.to_owned(), |day: Date| words.day(day)),
        _ => plain.to_owned(),
    };
    format!("{not}{}", line(&text))
}

fn chips(query: &Query, words: &Words) -> Vec<Chip> {
    query
        .filters()
        .filter(|(name, _)| !matches!(*name, "sort" | "limit" | "offset"))
        .map(|(name, value)| Chip {
            name: words.word("filter", name).to_owned(),
            label: label(name, value, words),
            href: query.without(name, value).href("/incidents"),
        })
        .collect()
}

fn facets(seen: &Overview, query: &Query, words: &Words) -> Vec<FacetShown> {
    seen.facets
        .iter()
        .filter(|facet| !facet.values.is_empty())
        // Until somebody decides something, there is nothing to choose.
        .filter(|facet| facet.name != "reviewed" || facet.values.len() > 1 || query.get("reviewed").is_some())
        .map(|facet| {
            let mut values: Vec<ValueShown> = facet
                .values
                .iter()
                .map(|share| {
                    let chosen = query.has(facet.name, &share.value);
                    let changed = if chosen { query.without(facet.name, &share.value) } else { query.with(facet.name, &share.value) };
                    ValueShown {
                        label: label(facet.name, &share.value, words),
                        incidents: words.number(share.incidents),
                        href: changed.href("/incidents"),
                        chosen,
                        class: if facet.name == "status" { share.value.clone() } else { String::new() },
                    }
                })
                .collect();
            // What is chosen comes first, wherever it stands.
            if facet.name != "status" {
                values.sort_by_key(|value| !value.chosen);
            }
            let rest = values.split_off(values.len().min(FIRST));
            let hidden = facet.total - facet.values.len();
            FacetShown {
                heading: words.word("filter", facet.name).to_owned(),
                first: values,
                rest,
                more: if hidden > 0 { words.count("more_values", hidden as u64) } else { String::new() },
            }
        })
        .collect()
}

fn heads(query: &Query, words: &Words) -> Vec<Head> {
    let sort = query.get("sort").unwrap_or("-date");
    let head = |key: &'static str, by: Option<&str>, class| {
        let (href, sorted) = match by {
            None => (None, ""),
            Some(by) => {
                let down = format!("-{by}");
                let sorted = if sort == by {
                    "ascending"
                } else if sort == down {
                    "descending"
                } else {
                    ""
                };
                let next = if sort == down { by.to_owned() } else { down };
                (Some(query.set("sort", &next).href("/incidents")), sorted)
            }
        };
        Head { label: words.word("head", key).to_owned(), href, sorted, class }
    };
    vec![
        head("date", Some("date"), ""),
        head("what", Some("type"), ""),
        head("place", Some("place"), ""),
        head("deaths", Some("deaths"), "figure"),
        head("standing", None, ""),
        head("sources", None, "figure"),
    ]
}

fn row(item: &IncidentRow, most: u64, words: &Words) -> Row {
    let incident = &item.entry.incident;
    let place = incident.place.as_ref();
    let toll = views::total(&incident.deaths).map(|toll| [toll.low, toll.best, toll.high]);
    let mut over: Vec<&str> = incident.disputes.iter().map(|dispute| dispute.over.as_str()).collect();
    over.sort_unstable();
    over.dedup();
    Row {
        id: incident.id.clone(),
        title: capital(words.word("type", &incident.kind)),
        when: incident.date.as_ref().map_or_else(|| words.say("day_unknown").to_owned(), |date| words.days(date.start, date.end)),
        uncertain: incident.date.as_ref().is_some_and(|date| date.precision != record::DatePrecision::Day),
        place: place.map_or_else(|| words.say("place_unknown").to_owned(), |place| line(&place.name)),
        country: place
            .and_then(|place| place.country.as_deref())
            .map(|code| words.country(code).to_owned())
            .filter(|country| place.is_none_or(|place| place.name != *country))
            .unwrap_or_default(),
        near: place
            .filter(|place| place.precision != PlacePrecision::Exact)
            .map(|place| words.word("precision", place.precision.as_str()).to_owned())
            .unwrap_or_default(),
        parties: incident.parties.iter().map(|party| party_name(&party.name, words)).collect(),
        range: toll.map_or_else(|| "—".to_owned(), |toll| words.range(toll)),
        small: toll.map_or_else(String::new, |toll| plot::small(toll, most)),
        status: incident.status.to_string(),
        status_word: words.word("status", incident.status.as_str()).to_owned(),
        disputes: over.into_iter().map(|over| words.word("over", over).to_owned()).collect(),
        sources: words.onward(&item.n_reports.to_string(), &item.n_independent.to_string()),
        reviewed: item.entry.decided_by.is_some(),
    }
}

/// A party's usual name; those that are no name are said in the page's language.
pub(crate) fn party_name(name: &str, words: &Words) -> String {
    line(words.word("party", name))
}

/// What one of a series' steps is called, from its first day.
pub(crate) fn bin_label(step: Step, start: Date, words: &Words) -> String {
    match step {
        Step::Day | Step::Week => words.short_day(start),
        Step::Month => format!("{} {}", words.short_month(start), start.year()),
        Step::Year => start.year().to_string(),
    }
}

fn series_bars(seen: &Overview, query: &Query, words: &Words) -> Option<String> {
    let bins = &seen.series.bins;
    if bins.len() < 2 {
        return None;
    }
    let bars: Vec<Bar> = bins
        .iter()
        .map(|bin| {
            let mut title = vec![words.days(bin.start, bin.end), words.count("incidents", bin.incidents as u64)];
            title.push(words.fill("killed_range", &[&words.range([bin.low, bin.best, bin.high])]));
            if bin.uncertain > 0 {
                title.push(words.count("uncertain_day", bin.uncertain as u64));
            }
            let href = query.set("from", &bin.start.to_string()).set("to", &bin.end.to_string()).href("/incidents");
            Bar { bin: bin.clone(), href, title: title.join(" · "), late: false }
        })
        .collect();
    let top = bins.iter().map(|bin| bin.high).max().unwrap_or(0);
    Some(plot::bars(&bars, 64, top, &labels(bins, seen.series.step, words, 7)))
}

/// Labels along a series, at most so many.
pub(crate) fn labels(bins: &[views::Bin], step: Step, words: &Words, most: usize) -> Vec<(usize, String)> {
    let every = bins.len().div_ceil(most).max(1);
    let mut found: Vec<(usize, String)> = (0..bins.len()).step_by(every).map(|n| (n, bin_label(step, bins[n].start, words))).collect();
    let last = bins.len() - 1;
    if found.last().is_some_and(|(n, _)| *n != last && last - n > every / 2) {
        found.push((last, bin_label(step, bins[last].start, words)));
    }
    found
}
