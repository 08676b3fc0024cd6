//! The registry of actors: who takes part, under which names, and which names may be one actor's.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::{Actor, ActorHints, Gazetteer, PartyKind};
use ledger::{Alias, Aliases, Filter, Ledger, Share, Top, fold, whole};
use record::Id;
use serde::Serialize;

use crate::Result;
use crate::change::Effect;
use crate::houses::Cast;

/// An actor in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActorRow {
    /// Usual name.
    pub name: String,
    /// Incidents of the filter that it takes part in, under any of its names.
    pub incidents: u64,
    /// Other names that people said are its own.
    pub aliases: Vec<Alias>,
    /// How its names are printed in claims, the most frequent first.
    pub printed: Vec<String>,
}

/// The actors of a filter, most incidents first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actors {
    /// At most as many as were asked for.
    pub items: Vec<ActorRow>,
    /// How many there are.
    pub total: usize,
    /// Pairs that may be one.
    pub duplicates: Vec<Duplicate>,
}

/// Two names that may be one actor's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The one with more incidents first.
    pub names: [String; 2],
    /// How many incidents each has.
    pub incidents: [u64; 2],
    /// Why one might think so.
    pub why: Alike,
}

/// What two names have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alike {
    /// The same words, but for order, case, marks and small words.
    Spelling,
    /// One is the initials of the other, or stands in it in brackets.
    Initials,
    /// The actors' table knows both as one.
    Table,
}

impl Alike {
    /// All of them.
    pub const ALL: &'static [Alike] = &[Alike::Spelling, Alike::Initials, Alike::Table];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Alike::Spelling => "spelling",
            Alike::Initials => "initials",
            Alike::Table => "table",
        }
    }
}

/// One actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActorView {
    /// Its line in the list of all.
    #[serde(flatten)]
    pub row: ActorRow,
    /// What sort of party: `military`, `armed-group`, ….
    pub kind: &'static str,
    /// ISO 3166 alpha-2 of the countries it acts in, home first.
    pub countries: Vec<String>,
    /// First and last year, where the actors' table has them.
    pub years: [Option<u16>; 2],
    /// Its names at ACLED and UCDP, at home.
    pub houses: [String; 2],
    /// Names that may be its own too.
    pub duplicates: Vec<Duplicate>,
}

/// What saying that names are one actor's comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// The name that stays.
    pub usual: String,
    /// Each name, the usual one first, with how many incidents it has now.
    pub names: Vec<(String, u64)>,
    /// How many the one actor will have.
    pub incidents: u64,
    /// Incidents that have two of the names: they are added up anew by the next reconciliation.
    pub both: Vec<Id>,
}

impl Joined {
    /// What becomes of each name but the usual one.
    pub fn effects(&self) -> Vec<Effect> {
        let effect = |(name, n): &(String, u64)| Effect {
            id: name.clone(),
            what: format!("is {}", self.usual),
            change: format!("{n} of {} incidents", self.incidents),
        };
        self.names.iter().skip(1).map(effect).collect()
    }
}

/// Most actors among which duplicates are looked for.
const LOOKED_AT: usize = 2_000;

/// The actors of a filter, at most so many.
///
/// # Errors
/// Those of the ledger.
pub fn actors(ledger: &Ledger, filter: &Filter, most: usize) -> Result<Actors> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(filter.as_of)?;
        let mut found = ledger.party_shares(filter, LOOKED_AT.max(most))?;
        let duplicates = duplicates(&found.items, &aliases);
        found.items.truncate(most);
        Ok(Actors { items: rows(ledger, found.items, &aliases)?, total: found.total, duplicates })
    })
}

/// The actors of a filter as [`actors`] has them, but for the first so many: at most so many, and how many there are.
///
/// # Errors
/// Those of the ledger.
pub fn actor_rows(ledger: &Ledger, filter: &Filter, offset: usize, most: usize) -> Result<Top<ActorRow>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(filter.as_of)?;
        let found = ledger.party_shares(filter, offset.saturating_add(most))?;
        let shares = found.items.into_iter().skip(offset).collect();
        Ok(Top { items: rows(ledger, shares, &aliases)?, total: found.total })
    })
}

fn rows(ledger: &Ledger, shares: Vec<Share>, aliases: &Aliases) -> Result<Vec<ActorRow>> {
    // Every name of every actor, and whose it is.
    let names: Vec<(usize, &str)> = shares
        .iter()
        .enumerate()
        .flat_map(|(n, share)| {
            aliases.of(&share.value).into_iter().map(|alias| alias.name.as_str()).chain([share.value.as_str()]).map(move |name| (n, name))
        })
        .collect();
    let mut printed: Vec<Vec<String>> = vec![vec![]; shares.len()];
    for ((n, _), forms) in names.iter().zip(ledger.printed_names(names.iter().map(|(_, name)| *name))?) {
        for form in forms {
            if !printed[*n].contains(&form) {
                printed[*n].push(form);
            }
        }
    }
    let aliases = shares.iter().map(|share| aliases.of(&share.value).into_iter().cloned().collect()).collect::<Vec<Vec<Alias>>>();
    let rows = shares.into_iter().zip(printed).zip(aliases);
    Ok(rows.map(|((share, printed), aliases)| ActorRow { name: share.value, incidents: share.incidents, aliases, printed }).collect())
}

/// One actor by any of its names, whatever their case and marks; `None` when no incident has it.
///
/// # Errors
/// Those of the ledger.
pub fn actor(ledger: &Ledger, name: &str) -> Result<Option<ActorView>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(None)?;
        let usual = fold(aliases.usual(name));
        let same = |share: &Share| fold(&share.value) == usual;
        let mut all = ledger.party_shares(&Filter::default(), LOOKED_AT)?.items;
        if !all.iter().any(same) {
            let of = Filter { actor: vec![whole(&usual)], ..Filter::default() };
            all.extend(ledger.party_shares(&of, usize::MAX)?.items.into_iter().find(same));
        }
        let Some(share) = all.iter().find(|share| same(share)).cloned() else { return Ok(None) };
        let duplicates = duplicates(&all, &aliases).into_iter().filter(|pair| pair.names.contains(&share.value)).collect();
        let Some(row) = rows(ledger, vec![share], &aliases)?.pop() else { return Ok(None) };
        let (known, cast) = known(&row.name);
        let countries: Vec<String> = countries(known.as_ref()).map(str::to_owned).collect();
        let home = countries.first().map(String::as_str);
        Ok(Some(ActorView {
            kind: kind_word(cast.kind),
            years: [known.and_then(|actor| actor.from), known.and_then(|actor| actor.to)],
            houses: [cast.acled_name(home), cast.ucdp_name()],
            countries,
            duplicates,
            row,
        }))
    })
}

/// What the actors' table has of a name, and what sort of party it is at home.
fn known(name: &str) -> (Option<Actor>, Cast) {
    let known = Gazetteer::embedded().actors(name, &ActorHints::default()).first().map(|found| found.actor);
    let home = countries(known.as_ref()).next();
    let cast = Cast::of(name, home, None);
    (known, cast)
}

fn countries(known: Option<&Actor>) -> impl Iterator<Item = &'static str> + use<> {
    known.map_or("", |actor| actor.countries).split(',').filter(|code| !code.is_empty())
}

/// What sort of party a name is of: `military`, `armed-group`, ….
pub(crate) fn kind(name: &str) -> &'static str {
    kind_word(known(name).1.kind)
}

fn kind_word(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Military => "military",
        PartyKind::Police => "police",
        PartyKind::Gendarmerie => "gendarmerie",
        PartyKind::Security => "security",
        PartyKind::Government => "government",
        PartyKind::Peacekeepers => "peacekeepers",
        PartyKind::ArmedGroup => "armed-group",
        PartyKind::Criminal => "criminal",
        PartyKind::Civilians => "civilians",
        PartyKind::Political => "political",
        PartyKind::Rioters => "rioters",
        PartyKind::Unknown => "unknown",
    }
}

/// What it comes to when some names are one actor's; every name may be an alias already.
///
/// # Errors
/// Those of the ledger.
pub fn joined(ledger: &Ledger, usual: &str, names: &[String]) -> Result<Joined> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(None)?;
        let mut actors: Vec<&str> = Vec::new();
        for name in std::iter::once(usual).chain(names.iter().map(String::as_str)).map(|name| aliases.usual(name)) {
            if actors.iter().all(|known| fold(known) != fold(name)) {
                actors.push(name);
            }
        }
        let mut counts = Vec::new();
        let (mut seen, mut both): (BTreeSet<Id>, BTreeSet<Id>) = Default::default();
        for name in &actors {
            let all: Vec<&str> = aliases.of(name).into_iter().map(|alias| alias.name.as_str()).chain([*name]).collect();
            let incidents: BTreeSet<Id> = ledger.incidents_of_parties(&all)?.into_iter().flatten().collect();
            counts.push(((*name).to_owned(), incidents.len() as u64));
            both.extend(incidents.intersection(&seen).cloned());
            seen.extend(incidents);
        }
        Ok(Joined { usual: actors[0].to_owned(), names: counts, incidents: seen.len() as u64, both: both.into_iter().collect() })
    })
}

/// Words that a name can do without.
const SMALL: &[&str] = &["the", "of", "and", "for", "in", "de", "du", "des", "la", "le", "les", "l", "d", "et", "pour", "al", "el"];

fn telling(name: &str) -> Vec<String> {
    let words = fold(name);
    words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !SMALL.contains(word)).map(str::to_owned).collect()
}

/// Names that stand for nobody in particular.
fn generic(name: &str) -> bool {
    matches!(name, "civilians" | "unknown" | "total" | "Unidentified armed group" | "Rioters" | "Protesters")
}

/// Pairs among actors, the most incidents first, that may be one; not those of which somebody said that they are two.
fn duplicates(actors: &[Share], aliases: &Aliases) -> Vec<Duplicate> {
    let mut keys: BTreeMap<(Alike, String), Vec<usize>> = BTreeMap::new();
    for (n, actor) in actors.iter().enumerate().filter(|(_, actor)| !generic(&actor.value)) {
        let words = telling(&actor.value);
        let mut sorted = words.clone();
        sorted.sort();
        let mut of: Vec<(Alike, String)> = vec![(Alike::Spelling, sorted.join(" ")), (Alike::Initials, words.concat())];
        if words.len() > 2 {
            of.push((Alike::Initials, words.iter().filter_map(|word| word.chars().next()).collect()));
        }
        if let Some((_, rest)) = actor.value.split_once('(')
            && let Some((within, _)) = rest.split_once(')')
        {
            of.push((Alike::Initials, telling(within).concat()));
        }
        // A name that several actors share says nothing.
        if let [only] = Gazetteer::embedded().actors(&actor.value, &ActorHints::default())[..] {
            of.push((Alike::Table, only.actor.name.to_owned()));
        }
        for key in of.into_iter().filter(|(_, key)| key.chars().count() > 1) {
            let names = keys.entry(key).or_default();
            if names.last() != Some(&n) {
                names.push(n);
            }
        }
    }
    let mut pairs: BTreeMap<[usize; 2], Alike> = BTreeMap::new();
    for ((why, _), names) in &keys {
        for &other in names.iter().skip(1) {
            pairs.entry([names[0], other]).or_insert(*why);
        }
    }
    let pair = |([one, other], why): ([usize; 2], Alike)| Duplicate {
        names: [one, other].map(|n| actors[n].value.clone()),
        incidents: [one, other].map(|n| actors[n].incidents),
        why,
    };
    let are_apart = aliases.apart();
    pairs.into_iter().map(pair).filter(|found| !are_apart(&found.names[0], &found.names[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_one_are_found() {
        for (names, expected) in [
            (&["Northern Liberation Front", "NLF"][..], Some(Alike::Initials)),
            (&["Northern Liberation Front", "Front of Northern Liberation"], Some(Alike::Spelling)),
            (&["Front de libération du Nord", "FLN"], Some(Alike::Initials)),
            (&["Northern Front (NF)", "NF"], Some(Alike::Initials)),
            (&["Armée du Nord", "armee du nord"], Some(Alike::Spelling)),
            (&["Northern Liberation Front", "Southern Liberation Front"], None),
            (&["Army of Northland", "Army of Southland"], None),
            (&["civilians", "Civilians of Oum"], None),
        ] {
            let names: Vec<Share> = (0..names.len()).map(|n| Share { value: names[n].to_owned(), incidents: 9 - n as u64 }).collect();
            assert_eq!(duplicates(&names, &Aliases::default()).first().map(|pair| pair.why), expected, "{names:?}");
        }
    }
}
