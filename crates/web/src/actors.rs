//! `/actors`: who takes part, under which names, which names may be one actor's; and `/actors/NAME`, one of them.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use ledger::Ledger;
use views::{ActorView, Duplicate};

use crate::ask::{Ask, Form};
use crate::deciding::Other;
use crate::deeds::{Deeds, deeds};
use crate::effects::{Differs, Effect};
use crate::fault::Fault;
use crate::list::party_name;
use crate::page::{Page, html, json_text, redirect};
use crate::plain::line;
use crate::plot;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Actors of a page.
const MOST: usize = 200;
/// Duplicates that are suggested at once.
const SUGGESTED: usize = 12;

#[derive(Template)]
#[template(path = "actors.html")]
struct ActorsPage {
    page: Page,
    rows: Vec<Row>,
    /// Whether an actor has another name.
    aliases: bool,
    total: String,
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

/// Two names that may be one.
struct Pair {
    names: [String; 2],
    hrefs: [String; 2],
    incidents: [String; 2],
    why: String,
    /// As stored, for the form.
    values: [String; 2],
    join: String,
}

/// Where an actor has its page.
pub(crate) fn address(name: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/actors/{}", name.replace('+', "%20"))
}

fn pair(found: &Duplicate, words: &Words) -> Pair {
    let [usual, other] = &found.names;
    Pair {
        names: found.names.each_ref().map(|name| party_name(name, words)),
        hrefs: found.names.each_ref().map(|name| address(name)),
        incidents: found.incidents.map(|n| words.count("incidents", n)),
        why: words.word("alike", found.why.as_str()).to_owned(),
        values: found.names.clone(),
        join: Query::default().with("do", "same").with("id", usual).with("with", other).with("back", "/actors").href("/decide"),
    }
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
        href: address(&actor.name),
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
        pairs: found.duplicates.iter().take(SUGGESTED).map(|found| pair(found, words)).collect(),
        more_pairs: if hidden > 0 { words.count("more_values", hidden as u64) } else { String::new() },
        seen: ledger.last_event()?,
        page: Page::new(site, ledger, ask, "actors", words.say("actors"))?,
    }))
}

#[derive(Template)]
#[template(path = "actor.html")]
struct ActorPage {
    page: Page,
    name: String,
    /// As stored, for forms.
    value: String,
    facts: Vec<(String, String)>,
    incidents: String,
    incidents_href: String,
    claims_href: String,
    trends_href: String,
    names: Vec<Named>,
    printed: Vec<String>,
    pairs: Vec<Pair>,
    seen: i64,
    back: String,
}

/// A name that somebody said is this actor's.
struct Named {
    name: String,
    /// Why, who and when.
    said: Option<Deeds>,
    part: String,
}

pub(crate) fn actor(site: &Site, ledger: &Ledger, ask: &Ask, name: &str) -> Result<Response, Fault> {
    let words = ask.words;
    let Some(found) = views::actor(ledger, name)? else { return Err(Fault::unknown(name)) };
    if found.row.name != name {
        return Ok(redirect(&(address(&found.row.name) + ask.form.ending())));
    }
    if ask.form != Form::Html {
        return Ok(json_text(&found));
    }
    let of = Query::default().with("actor", &found.row.name);
    let back = address(&found.row.name);
    let mut names = Vec::new();
    for alias in &found.row.aliases {
        names.push(Named {
            name: line(&alias.name),
            said: ledger.event(alias.event)?.map(|event| deeds(&event, words)),
            part: Query::default().with("do", "apart").with("id", &alias.name).with("with", &found.row.name).with("back", &back).href("/decide"),
        });
    }
    let title = party_name(&found.row.name, words);
    Ok(html(&ActorPage {
        facts: facts(&found, words),
        incidents: words.count("incidents", found.row.incidents),
        incidents_href: of.href("/incidents"),
        claims_href: of.href("/claims"),
        trends_href: of.href("/trends"),
        names,
        printed: found.row.printed.iter().map(|printed| line(printed)).collect(),
        pairs: found.duplicates.iter().map(|found| pair(found, words)).collect(),
        seen: ledger.last_event()?,
        page: Page::new(site, ledger, ask, "actors", &title)?,
        name: title,
        value: found.row.name,
        back,
    }))
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

/// Names that a page offers as the same: those that were asked for, then what may be a duplicate, then the most frequent.
pub(crate) fn others(ledger: &Ledger, usual: &str, form: &Query, words: &Words) -> Result<Vec<Other>, Fault> {
    let all = views::actors(ledger, &ledger::Filter::default(), MOST)?;
    let mut found: Vec<Other> = Vec::new();
    let mut add = |name: &str, why: &str, incidents: Option<u64>| {
        if name != usual && found.iter().all(|other| other.id != name) {
            let count = incidents.map(|n| words.count("incidents", n));
            let about = count.into_iter().chain((!why.is_empty()).then(|| why.to_owned())).collect::<Vec<_>>().join(" · ");
            found.push(Other { id: name.to_owned(), title: party_name(name, words), about, chosen: form.has("with", name) });
        }
    };
    let incidents = |name: &str| all.items.iter().find(|row| row.name == name).map(|row| row.incidents);
    for pair in all.duplicates.iter().filter(|pair| pair.names.iter().any(|name| name == usual)) {
        for (name, n) in pair.names.iter().zip(pair.incidents) {
            add(name, words.word("alike", pair.why.as_str()), Some(n));
        }
    }
    for name in form.all("with") {
        add(name.trim(), "", incidents(name.trim()));
    }
    for row in all.items.iter().filter(|row| row.name != "civilians").take(OFFERED) {
        add(&row.name, "", Some(row.incidents));
    }
    // What may be a duplicate stands there always, the rest up to a page's worth.
    Ok(found)
}

/// Names that are offered beside those that may be duplicates.
const OFFERED: usize = 30;

/// What saying that some names are one actor's comes to.
pub(crate) fn joining(ledger: &Ledger, usual: &str, names: &[String], words: &Words) -> Result<Vec<Effect>, Fault> {
    let found = views::joined(ledger, usual, names)?;
    let n = |n: u64| words.count("incidents", n);
    let mut effects: Vec<Effect> = found
        .names
        .iter()
        .enumerate()
        .map(|(at, (name, count))| Effect {
            what: if at == 0 { words.say("stays").to_owned() } else { words.say("becomes_alias").to_owned() },
            title: party_name(name, words),
            href: address(name),
            lines: vec![Differs {
                name: words.say("incidents").to_owned(),
                was: n(*count),
                is: if at == 0 { n(found.incidents) } else { words.fill("under_name", &[&party_name(&found.usual, words)]) },
            }],
        })
        .collect();
    for id in found.both.iter().take(SUGGESTED) {
        let incident = ledger.incident(id)?;
        effects.push(Effect {
            what: words.say("has_both").to_owned(),
            title: crate::incident::title(&incident, words),
            href: format!("/incidents/{id}"),
            lines: vec![],
        });
    }
    Ok(effects)
}

/// What parting a name from an actor comes to.
pub(crate) fn parting(ledger: &Ledger, name: &str, from: &str, words: &Words) -> Result<Vec<Effect>, Fault> {
    let aliases = ledger.aliases(None)?;
    let Some(leaving) = aliases.leaving(name, from) else { return Ok(vec![]) };
    let usual = aliases.usual(leaving);
    let incidents: BTreeSet<record::Id> = ledger.incidents_of_parties(&aliases.with(leaving))?.into_iter().flatten().collect();
    Ok(vec![Effect {
        what: words.say("own_again").to_owned(),
        title: party_name(leaving, words),
        href: address(usual),
        lines: vec![Differs {
            name: words.say("incidents").to_owned(),
            was: words.fill("under_name", &[&party_name(usual, words)]),
            is: words.count("incidents", incidents.len() as u64),
        }],
    }])
}
