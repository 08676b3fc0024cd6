//! `/actors`: who takes part, under which names, which names may be one actor's; and `/actors/NAME`, one of them.

use askama::Template;
use axum::response::Response;
use ledger::{Ledger, Registry};
use views::ActorView;

use crate::ask::{Ask, Form};
use crate::fault::Fault;
use crate::list::party_name;
use crate::names::{self, MOST, Pair, SUGGESTED, Shown, address, pair};
use crate::page::{Page, html, json_text, redirect};
use crate::plain::line;
use crate::plot;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

#[derive(Template)]
#[template(path = "actors.html")]
struct ActorsPage {
    page: Page,
    rows: Vec<Row>,
    /// Whether an actor has another name.
    aliases: bool,
    total: String,
    may_be_one: String,
    pairs: Vec<Pair>,
    more_pairs: String,
    seen: i64,
}

struct Row {
    name: String,
    href: String,
    incidents: String,
    incidents_href: String,
    share: String,
    aliases: Vec<String>,
    printed: String,
}

pub(crate) fn actors(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    let words = ask.words;
    let found = views::actors(ledger, &ask.query.filter()?, MOST)?;
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let most = found.items.first().map_or(1, |actor| actor.incidents);
    let rows = found.items.iter().map(|actor| Row {
        name: party_name(&actor.name, words),
        href: address(Registry::Actors, &actor.name),
        incidents: words.number(actor.incidents),
        incidents_href: ask.query.with("actor", &actor.name).href("/incidents"),
        share: plot::share(actor.incidents, most),
        aliases: actor.aliases.iter().map(|alias| line(&alias.name)).collect(),
        printed: actor
            .printed
            .iter()
            .filter(|printed| **printed != actor.name && actor.aliases.iter().all(|alias| alias.name != **printed))
            .take(8)
            .map(|printed| line(printed))
            .collect::<Vec<_>>()
            .join(" · "),
    });
    let hidden = found.duplicates.len().saturating_sub(SUGGESTED);
    Ok(html(&ActorsPage {
        rows: rows.collect(),
        aliases: found.items.iter().any(|actor| !actor.aliases.is_empty()),
        total: words.count("actors", found.total as u64),
        may_be_one: names::may_be_one(Registry::Actors, words),
        pairs: found.duplicates.iter().take(SUGGESTED).map(|found| pair(Registry::Actors, found, words)).collect(),
        more_pairs: if hidden > 0 { words.count("more_values", hidden as u64) } else { String::new() },
        seen: ledger.last_event()?,
        page: Page::new(site, ledger, ask, "actors", words.say("actors"))?,
    }))
}

pub(crate) fn actor(site: &Site, ledger: &Ledger, ask: &Ask, name: &str) -> Result<Response, Fault> {
    let words = ask.words;
    let Some(found) = views::actor(ledger, name)? else { return Err(Fault::unknown(name)) };
    if found.row.name != name {
        return Ok(redirect(&(address(Registry::Actors, &found.row.name) + ask.form.ending())));
    }
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let shown = Shown {
        of: Registry::Actors,
        name: &found.row.name,
        facts: facts(&found, words),
        incidents: found.row.incidents,
        query: Query::default().with("actor", &found.row.name),
        aliases: &found.row.aliases,
        printed: &found.row.printed,
        duplicates: &found.duplicates,
    };
    names::page(site, ledger, ask, shown)
}

/// What is known of an actor beside its names.
fn facts(found: &ActorView, words: &Words) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if found.kind != "unknown" {
        facts.push((words.say("sort_of_party").to_owned(), words.word("party_kind", found.kind).to_owned()));
    }
    let countries: Vec<&str> = found.countries.iter().map(|code| words.country(code)).collect();
    if !countries.is_empty() {
        facts.push((words.say("acts_in").to_owned(), countries.join(", ")));
    }
    let [from, to] = found.years.map(|year| year.map_or_else(|| "…".to_owned(), |year| year.to_string()));
    if found.years != [None, None] {
        facts.push((words.say("active").to_owned(), format!("{from}–{to}")));
    }
    let [acled, ucdp] = &found.houses;
    for (house, name) in [("ACLED", acled), ("UCDP", ucdp)] {
        if *name != found.row.name {
            facts.push((house.to_owned(), line(name)));
        }
    }
    facts
}
