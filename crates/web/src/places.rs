//! `/places`: where incidents were, by country.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use ledger::Ledger;

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::page::{Page, html, json_text};
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;

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

pub(crate) fn places(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let briefs = ledger.briefs(&ask.query.filter()?)?;
    let places = views::places(&briefs);
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
