//! `/places`: where incidents were, by country, and which names may be one place's; and `/places/COUNTRY/NAME`, one of them.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use ledger::{Ledger, Registry, place_key, place_of_key};
use views::{Place, PlaceView};

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::names::{self, Pair, SUGGESTED, Shown, address, pair};
use crate::page::{Page, html, json_text, redirect};
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

#[derive(Template)]
#[template(path = "places.html")]
struct PlacesPage {
    page: Page,
    countries: Vec<CountryShown>,
    total: String,
    may_be_one: String,
    pairs: Vec<Pair>,
    more_pairs: String,
    seen: i64,
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
    incidents_href: String,
    near: String,
    aliases: Vec<String>,
}

pub(crate) fn places(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let filter = ask.query.filter()?;
    let found = views::places(ledger, &filter)?;
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let (briefs, places) = (ledger.briefs(&filter)?, &found.items);
    let mut by_country: BTreeMap<Option<String>, (u64, [u64; 3])> = BTreeMap::new();
    for brief in &briefs {
        let sum = by_country.entry(brief.country.clone()).or_default();
        sum.0 += 1;
        for (sum, n) in sum.1.iter_mut().zip(brief.deaths.unwrap_or_default()) {
            *sum = sum.saturating_add(n);
        }
    }
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
                        href: address(Registry::Places, &place.key()),
                        incidents: words.number(place.incidents),
                        incidents_href: query.with("place", &place.name).href("/incidents"),
                        near: near(place, words),
                        aliases: place.aliases.iter().map(|alias| line(own_name(&alias.name, place))).collect(),
                    })
                    .collect(),
            }
        })
        .collect();
    Ok(html(&PlacesPage {
        countries,
        total: words.count("places", found.total as u64),
        may_be_one: names::may_be_one(Registry::Places, words),
        pairs: found.duplicates.iter().take(SUGGESTED).map(|found| pair(Registry::Places, found, words)).collect(),
        more_pairs: match found.duplicates.len().saturating_sub(SUGGESTED) {
            0 => String::new(),
            hidden => words.count("more_values", hidden as u64),
        },
        seen: ledger.last_event()?,
        page: Page::new(site, ledger, ask, "places", words.say("places"))?,
    }))
}

/// How near a place is known; empty when it is known itself.
fn near(place: &Place, words: &Words) -> String {
    let precision = place.precision.filter(|precision| *precision != record::PlacePrecision::Exact);
    precision.map_or_else(String::new, |precision| words.word("precision", precision.as_str()).to_owned())
}

/// A place's other name, with its country only where that is another.
fn own_name<'a>(key: &'a str, place: &Place) -> &'a str {
    place_of_key(key).filter(|(country, _)| *country == place.country.as_deref()).map_or(key, |(_, name)| name)
}

/// Where a place is, and how near that is known.
pub(crate) fn at(place: &Place, words: &Words) -> String {
    let point = place.point.map_or_else(|| "—".to_owned(), |(lat, lon)| format!("{lat:.3}, {lon:.3}"));
    match near(place, words) {
        near if near.is_empty() => point,
        near => format!("{point} ± {near}"),
    }
}

pub(crate) fn place(site: &Site, ledger: &Ledger, ask: &Ask, country: &str, name: &str) -> Result<Response, Fault> {
    let key = place_key(Some(country), name);
    let Some(found) = views::place(ledger, &key)? else { return Err(Fault::unknown(&key)) };
    let own = found.row.key();
    if own != key {
        return Ok(redirect(&(address(Registry::Places, &own) + ask.form.ending())));
    }
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let query = found.row.country.as_deref().map_or_else(Query::default, |country| Query::default().with("country", country));
    let shown = Shown {
        of: Registry::Places,
        name: &own,
        facts: facts(&found, ask.words),
        incidents: found.row.incidents,
        query: query.with("place", &found.row.name),
        aliases: &found.row.aliases,
        printed: &found.printed,
        duplicates: &found.duplicates,
    };
    names::page(site, ledger, ask, shown)
}

/// What is known of a place beside its names.
fn facts(found: &PlaceView, words: &Words) -> Vec<(String, String)> {
    let units = [&found.admin1, &found.admin2].into_iter().flatten().map(|unit| line(unit)).collect::<Vec<_>>().join(" › ");
    let mut facts = vec![(words.word("filter", "place").to_owned(), at(&found.row, words))];
    if !units.is_empty() {
        facts.insert(0, (words.word("filter", "admin1").to_owned(), units));
    }
    facts.push((words.say("claims").to_owned(), words.count("claims", found.claims)));
    facts
}
