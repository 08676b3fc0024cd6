//! Names that may be one actor's or one place's, and what saying so comes to.

use std::collections::BTreeSet;

use ledger::{Filter, Ledger, Registry, fold};
use record::Id;
use serde::Serialize;

use crate::Result;
use crate::change::Effect;

/// Two names that may be one's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The one with more incidents first; places by their [keys](ledger::place_key).
    pub names: [String; 2],
    /// How many incidents each has.
    pub incidents: [u64; 2],
    /// Why one might think so.
    pub why: Alike,
    /// How far apart two places are, in metres, where both points are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metres: Option<u64>,
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
    /// All letters but one.
    Letters,
    /// Places a few kilometres apart.
    Near,
}

impl Alike {
    /// All of them.
    pub const ALL: &'static [Alike] = &[Alike::Spelling, Alike::Initials, Alike::Table, Alike::Letters, Alike::Near];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Alike::Spelling => "spelling",
            Alike::Initials => "initials",
            Alike::Table => "table",
            Alike::Letters => "letters",
            Alike::Near => "near",
        }
    }
}

/// What saying that names are one's comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// The name that stays.
    pub usual: String,
    /// Each name, the usual one first, with how many incidents it has now.
    pub names: Vec<(String, u64)>,
    /// How many the one will have.
    pub incidents: u64,
    /// Claims in force that name a place, now and then; of actors they are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<[u64; 2]>,
    /// Incidents whose claims may belong together otherwise then: those that have two of the names, and of places those of a
    /// day on which there is one at another of them too. They are added up anew by the next reconciliation.
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

/// What it comes to when some names are one's; every name may be an alias already.
///
/// # Errors
/// Those of the ledger.
pub fn joined(ledger: &Ledger, of: Registry, usual: &str, names: &[String]) -> Result<Joined> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(None)?;
        let known = aliases.names(of);
        let mut all: Vec<&str> = Vec::new();
        for name in std::iter::once(usual).chain(names.iter().map(String::as_str)).map(|name| known.usual(name)) {
            if all.iter().all(|known| fold(known) != fold(name)) {
                all.push(name);
            }
        }
        let mut counts = Vec::new();
        let (mut seen, mut both): (BTreeSet<Id>, BTreeSet<Id>) = Default::default();
        let mut groups = Vec::new();
        for name in &all {
            let names = known.every(name);
            let incidents: BTreeSet<Id> = ledger.incidents_named(of, &names)?.into_iter().flatten().collect();
            counts.push(((*name).to_owned(), incidents.len() as u64));
            both.extend(incidents.intersection(&seen).cloned());
            seen.extend(incidents.iter().cloned());
            groups.push((names, incidents));
        }
        let claims = match of {
            Registry::Actors => None,
            Registry::Places => Some(one_place(ledger, &groups, &mut both)?),
        };
        Ok(Joined { usual: all[0].to_owned(), names: counts, incidents: seen.len() as u64, claims, both: both.into_iter().collect() })
    })
}

/// Of places, each with all of its names and its incidents, that become the first: how many claims name that one, and how many
/// then will; and which incidents may come together then, into `both`.
fn one_place(ledger: &Ledger, groups: &[(Vec<&str>, BTreeSet<Id>)], both: &mut BTreeSet<Id>) -> Result<[u64; 2]> {
    let (mut claims, mut named): ([u64; 2], BTreeSet<Id>) = Default::default();
    for (n, (names, _)) in groups.iter().enumerate() {
        let mut here: BTreeSet<Id> = BTreeSet::new();
        for mentions in ledger.mentions(names, None)? {
            claims[0] += if n == 0 { mentions.claims } else { 0 };
            claims[1] += mentions.claims;
            here.extend(mentions.incidents);
        }
        both.extend(here.intersection(&named).cloned());
        named.extend(here);
    }
    let briefs = ledger.briefs(&Filter::default())?;
    let dated = briefs.iter().filter_map(|brief| {
        let group = groups.iter().position(|(_, incidents)| incidents.contains(&brief.id))?;
        Some((group, brief.start?, brief.end?, &brief.id))
    });
    let dated: Vec<_> = dated.collect();
    for (n, (group, start, end, id)) in dated.iter().enumerate() {
        for (_, _, _, other) in dated[n + 1..].iter().filter(|(other, from, to, _)| other != group && from <= end && start <= to) {
            both.extend([(*id).clone(), (*other).clone()]);
        }
    }
    Ok(claims)
}

/// The usual name of an actor or a place, by any of its names, as incidents have it; `None` when none has it.
///
/// # Errors
/// Those of the ledger.
pub fn usual(ledger: &Ledger, of: Registry, name: &str) -> Result<Option<String>> {
    Ok(match of {
        Registry::Actors => crate::actor(ledger, name)?.map(|actor| actor.row.name),
        Registry::Places => ledger.snapshot(|ledger| {
            let aliases = ledger.aliases(None)?;
            let folded = fold(aliases.names(of).usual(name));
            let places = crate::place_rows(ledger, &Filter::default())?;
            Ok::<_, crate::Error>(places.iter().map(crate::Place::key).find(|key| fold(key) == folded))
        })?,
    })
}
