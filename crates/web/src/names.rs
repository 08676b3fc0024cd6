//! Names that are one actor's or one place's: pairs that may be, the page of one, and what merging and parting comes to.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use ledger::{Alias, Deed, Filter, Ledger, Registry, place_key, place_of_key};
use views::Duplicate;

use crate::ask::Ask;
use crate::deciding::Other;
use crate::deeds::{Deeds, deeds};
use crate::effects::{Differs, Effect};
use crate::fault::Fault;
use crate::list::party_name;
use crate::page::{Page, html};
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Actors of a page.
pub(crate) const MOST: usize = 200;
/// Duplicates that are suggested at once.
pub(crate) const SUGGESTED: usize = 12;
/// Names that are offered beside those that may be duplicates.
const OFFERED: usize = 30;

/// The registry that a form's deed is about.
pub(crate) fn registry(deed: &str) -> Option<Registry> {
    Deed::of(deed).and_then(Registry::of)
}

/// The page that lists a registry, whose name is that of its section too.
pub(crate) const fn home(of: Registry) -> &'static str {
    match of {
        Registry::Actors => "/actors",
        Registry::Places => "/places",
    }
}

/// Where an actor or a place has its page.
pub(crate) fn address(of: Registry, name: &str) -> String {
    let part = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    match name.split_once('/') {
        Some((country, name)) if of == Registry::Places => format!("{}/{}/{}", home(of), part(country), part(name)),
        _ => format!("{}/{}", home(of), part(name)),
    }
}

/// What an actor or a place is called on pages.
pub(crate) fn title(of: Registry, name: &str, words: &Words) -> String {
    match place_of_key(name) {
        Some((Some(country), name)) if of == Registry::Places => format!("{}, {}", line(name), words.country(country)),
        Some((None, name)) if of == Registry::Places => line(name),
        _ => party_name(name, words),
    }
}

/// Names that a form asks for, as they are known: a place may be named without its country, which is then that of another.
pub(crate) fn asked(of: Registry, id: &str, form: &Query) -> Vec<String> {
    let whole = |name: &str| match (of, place_of_key(id)) {
        (Registry::Places, Some((country, _))) if !name.contains('/') => place_key(country, name),
        _ => name.to_owned(),
    };
    form.all("with").map(str::trim).filter(|name| !name.is_empty()).map(whole).collect()
}

/// Two names that may be one.
pub(crate) struct Pair {
    pub(crate) names: [String; 2],
    pub(crate) hrefs: [String; 2],
    pub(crate) incidents: [String; 2],
    pub(crate) why: String,
    /// As stored, for the form.
    pub(crate) values: [String; 2],
    pub(crate) join: String,
    /// The deed that says that they are two.
    pub(crate) apart: &'static str,
}

pub(crate) fn pair(of: Registry, found: &Duplicate, words: &Words) -> Pair {
    let [usual, other] = &found.names;
    Pair {
        names: found.names.each_ref().map(|name| title(of, name, words)),
        hrefs: found.names.each_ref().map(|name| address(of, name)),
        incidents: found.incidents.map(|n| words.count("incidents", n)),
        why: why(found, words),
        values: found.names.clone(),
        join: Query::default().with("do", of.same().as_str()).with("id", usual).with("with", other).with("back", home(of)).href("/decide"),
        apart: of.apart().as_str(),
    }
}

/// Why two names may be one, and how far apart two places are.
fn why(found: &Duplicate, words: &Words) -> String {
    let why = words.word("alike", found.why.as_str()).to_owned();
    match found.metres {
        Some(metres) if metres < 10_000 => format!("{why} · {}.{} km", words.number(metres / 1_000), metres % 1_000 / 100),
        Some(metres) => format!("{why} · {} km", words.number(metres / 1_000)),
        None => why,
    }
}

#[derive(Template)]
#[template(path = "name.html")]
struct NamePage {
    page: Page,
    home: &'static str,
    /// What the registry is called.
    registry: String,
    name: String,
    /// As stored, for forms.
    value: String,
    facts: Vec<(String, String)>,
    incidents: String,
    incidents_href: String,
    claims_href: String,
    trends_href: String,
    names: Vec<Named>,
    no_alias: String,
    printed: Vec<String>,
    may_be_one: String,
    pairs: Vec<Pair>,
    /// The deed that says that names are one's.
    same: &'static str,
    seen: i64,
    back: String,
}

/// A name that somebody said is this one's.
struct Named {
    name: String,
    /// Why, who and when.
    said: Option<Deeds>,
    part: String,
}

/// What the page of an actor or a place shows.
pub(crate) struct Shown<'a> {
    pub(crate) of: Registry,
    pub(crate) name: &'a str,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) incidents: u64,
    /// The filter that finds what it has to do with.
    pub(crate) query: Query,
    pub(crate) aliases: &'a [Alias],
    pub(crate) printed: &'a [String],
    pub(crate) duplicates: &'a [Duplicate],
}

/// What a page says that has pairs which may be one.
pub(crate) fn may_be_one(of: Registry, words: &Words) -> String {
    match of {
        Registry::Actors => words.say("may_be_one"),
        Registry::Places => words.say("may_be_one_place"),
    }
    .to_owned()
}

pub(crate) fn page(site: &Site, ledger: &Ledger, ask: &Ask, shown: Shown<'_>) -> Result<Response, Fault> {
    let (words, of) = (ask.words, shown.of);
    let section = home(of).trim_start_matches('/');
    let back = address(of, shown.name);
    let mut names = Vec::new();
    for alias in shown.aliases {
        let part = Query::default().with("do", of.apart().as_str()).with("id", &alias.name).with("with", shown.name).with("back", &back);
        names.push(Named {
            name: title(of, &alias.name, words),
            said: ledger.event(alias.event)?.map(|event| deeds(&event, words)),
            part: part.href("/decide"),
        });
    }
    let name = title(of, shown.name, words);
    Ok(html(&NamePage {
        home: home(of),
        registry: words.say(section).to_owned(),
        facts: shown.facts,
        incidents: words.count("incidents", shown.incidents),
        incidents_href: shown.query.href("/incidents"),
        claims_href: shown.query.href("/claims"),
        trends_href: shown.query.href("/trends"),
        names,
        no_alias: match of {
            Registry::Actors => words.say("no_alias"),
            Registry::Places => words.say("no_alias_place"),
        }
        .to_owned(),
        printed: shown.printed.iter().map(|printed| line(printed)).collect(),
        may_be_one: may_be_one(of, words),
        pairs: shown.duplicates.iter().map(|found| pair(of, found, words)).collect(),
        same: of.same().as_str(),
        seen: ledger.last_event()?,
        page: Page::new(site, ledger, ask, section, &name)?,
        name,
        value: shown.name.to_owned(),
        back,
    }))
}

/// What a registry holds.
struct Known {
    /// Every name with its incidents, most first.
    names: Vec<(String, u64)>,
    /// The pairs that may be one.
    duplicates: Vec<Duplicate>,
}

impl Known {
    fn of(ledger: &Ledger, registry: Registry) -> Result<Known, Fault> {
        Ok(match registry {
            Registry::Actors => {
                let found = views::actors(ledger, &Filter::default(), MOST)?;
                Known { names: found.items.into_iter().map(|row| (row.name, row.incidents)).collect(), duplicates: found.duplicates }
            }
            Registry::Places => {
                let found = views::places(ledger, &Filter::default())?;
                Known { names: found.items.into_iter().map(|row| (row.key(), row.incidents)).collect(), duplicates: found.duplicates }
            }
        })
    }
}

/// Names that a page offers as the same: what may be a duplicate, then those that were asked for, then the most frequent.
pub(crate) fn others(ledger: &Ledger, of: Registry, usual: &str, asked: &[String], words: &Words) -> Result<Vec<Other>, Fault> {
    let Known { names: all, duplicates } = Known::of(ledger, of)?;
    let mut found: Vec<Other> = Vec::new();
    let mut add = |name: &str, why: &str, incidents: Option<u64>| {
        if name != usual && found.iter().all(|other| other.id != name) {
            let count = incidents.map(|n| words.count("incidents", n));
            let about = count.into_iter().chain((!why.is_empty()).then(|| why.to_owned())).collect::<Vec<_>>().join(" · ");
            found.push(Other { id: name.to_owned(), title: title(of, name, words), about, chosen: asked.iter().any(|asked| asked == name) });
        }
    };
    let incidents = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, n)| *n);
    for pair in duplicates.iter().filter(|pair| pair.names.iter().any(|name| name == usual)) {
        for (name, n) in pair.names.iter().zip(pair.incidents) {
            add(name, &why(pair, words), Some(n));
        }
    }
    for name in asked {
        add(name, "", incidents(name));
    }
    // A place is seldom said to be one abroad.
    let country = |name: &str| (of == Registry::Places).then(|| place_of_key(name).and_then(|(country, _)| country.map(str::to_owned))).flatten();
    for (name, n) in all.iter().filter(|(name, _)| name != "civilians" && country(name) == country(usual)).take(OFFERED) {
        add(name, "", Some(*n));
    }
    // What may be a duplicate stands there always, the rest up to a page's worth.
    Ok(found)
}

/// What saying that some names are one's comes to.
pub(crate) fn joining(ledger: &Ledger, of: Registry, usual: &str, names: &[String], words: &Words) -> Result<Vec<Effect>, Fault> {
    let found = views::joined(ledger, of, usual, names)?;
    let n = |n: u64| words.count("incidents", n);
    let differs = |name: &str, was: String, is: String| Differs { name: name.to_owned(), was, is };
    let counted = words.say("incidents");
    let places = if of == Registry::Places { views::place_rows(ledger, &Filter::default())? } else { vec![] };
    let at = |key: &str| places.iter().find(|place| place.key() == key).map(|place| crate::places::at(place, words));
    let mut effects: Vec<Effect> = Vec::new();
    for (number, (name, count)) in found.names.iter().enumerate() {
        let mut lines = Vec::new();
        if number == 0 {
            lines.push(differs(counted, n(*count), n(found.incidents)));
            lines.extend(found.claims.map(|claims| claims.map(|n| words.count("claims", n))).map(|[was, is]| differs(words.say("claims"), was, is)));
        } else {
            lines.push(differs(counted, n(*count), words.fill("under_name", &[&title(of, &found.usual, words)])));
            lines.extend(
                at(name).zip(at(&found.usual)).filter(|(was, is)| was != is).map(|(was, is)| differs(words.word("filter", "place"), was, is)),
            );
        }
        effects.push(Effect {
            what: words.say(if number == 0 { "stays" } else { "becomes_alias" }).to_owned(),
            title: title(of, name, words),
            href: address(of, name),
            lines,
        });
    }
    for id in found.both.iter().take(SUGGESTED) {
        let incident = ledger.incident(id)?;
        effects.push(Effect {
            what: words.say(if of == Registry::Actors { "has_both" } else { "may_come_together" }).to_owned(),
            title: crate::incident::title(&incident, words),
            href: format!("/incidents/{id}"),
            lines: vec![],
        });
    }
    if let more @ 1.. = found.both.len().saturating_sub(SUGGESTED) {
        effects.push(Effect { what: String::new(), title: words.count("more_values", more as u64), href: String::new(), lines: vec![] });
    }
    Ok(effects)
}

/// What parting a name from another comes to.
pub(crate) fn parting(ledger: &Ledger, of: Registry, name: &str, from: &str, words: &Words) -> Result<Vec<Effect>, Fault> {
    let aliases = ledger.aliases(None)?;
    let known = aliases.names(of);
    let Some(leaving) = known.leaving(name, from) else { return Ok(vec![]) };
    let usual = known.usual(leaving);
    let incidents: BTreeSet<record::Id> = ledger.incidents_named(of, &known.with(leaving))?.into_iter().flatten().collect();
    Ok(vec![Effect {
        what: words.say(if of == Registry::Actors { "own_again" } else { "own_place_again" }).to_owned(),
        title: title(of, leaving, words),
        href: address(of, usual),
        lines: vec![Differs {
            name: words.say("incidents").to_owned(),
            was: words.fill("under_name", &[&title(of, usual, words)]),
            is: words.count("incidents", incidents.len() as u64),
        }],
    }])
}
