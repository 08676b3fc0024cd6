//! Which names are one actor's: what people said, and what follows from it.
//!
//! Reports and claims keep the names that they were read with. That two of them are one actor's, or are not, is a line of
//! the audit trail ([`Deed::Same`], [`Deed::Apart`]); [`Aliases`] is what those lines come to, and is asked wherever
//! parties are shown, filtered or counted. Taking such a line back ([`Ledger::undo`]) parts the names again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use record::{Claim, Id, Incident};
use rusqlite::{Connection, params, params_from_iter, types::Value};
use serde::Serialize;
use serde_json::json;

use crate::decide::Deed;
use crate::events::{Act, DECIDED, note, undone_by};
use crate::filter::Filter;
use crate::read::unknown;
use crate::text::{fold, whole};
use crate::{Error, Ledger, Result, query};

/// A name that somebody said is another's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The name that it is said to be the same as, which may be an alias itself.
    pub of: String,
    /// The event that says so.
    pub event: i64,
}

/// The names that people said are one actor's, and those that they said are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// By the folded name. A name leads to the next until one is no alias: there is no way round.
    names: BTreeMap<String, Alias>,
    /// Folded pairs, the lesser name first.
    apart: BTreeSet<(String, String)>,
}

impl Aliases {
    /// The actor's usual name; the name itself where nobody said otherwise.
    pub fn usual<'a>(&'a self, name: &'a str) -> &'a str {
        self.way(name).last().unwrap_or(name)
    }

    /// A name, the name that it is said to be the same as, and so on to the usual one.
    fn way<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::successors(Some(name), |name| self.names.get(&fold(name)).map(|alias| alias.of.as_str()))
    }

    /// The other names of an actor, in the order of the alphabet.
    pub fn of(&self, usual: &str) -> Vec<&Alias> {
        let usual = fold(usual);
        self.names.values().filter(|alias| fold(self.usual(&alias.name)) == usual).collect()
    }

    /// A name after those that lead to it: what leaves an actor with the name.
    pub fn with<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let leads = |alias: &&Alias| self.way(&alias.name).skip(1).any(|passed| fold(passed) == fold(name));
        self.names.values().filter(leads).map(|alias| alias.name.as_str()).chain([name]).collect()
    }

    /// Says of two names whether somebody said that they are two, under any of their names.
    pub fn apart(&self) -> impl Fn(&str, &str) -> bool {
        let actors = |one: &str, other: &str| pair(self.usual(one), self.usual(other));
        let said: BTreeSet<(String, String)> = self.apart.iter().map(|(one, other)| actors(one, other)).collect();
        move |one, other| said.contains(&actors(one, other))
    }

    /// Which of two names of one actor leaves it when they part: the one that leads to the other, with what leads to it; the
    /// first when both lead to a third. `None` when they are two already.
    pub fn leaving<'a>(&self, name: &'a str, from: &'a str) -> Option<&'a str> {
        let same = fold(self.usual(name)) == fold(self.usual(from));
        let back = self.way(from).any(|passed| fold(passed) == fold(name));
        same.then_some(if back { from } else { name })
    }

    fn join(&mut self, name: &str, usual: &str, event: i64) {
        let (of, key) = (self.usual(usual).to_owned(), fold(name));
        if fold(&of) != key {
            self.apart.remove(&pair(name, &of));
            self.names.insert(key, Alias { name: name.to_owned(), of, event });
        }
    }

    fn part(&mut self, name: &str, from: &str) {
        if let Some(leaving) = self.leaving(name, from) {
            self.names.remove(&fold(leaving));
        }
        self.apart.insert(pair(name, from));
    }

    /// A filter that asks for an actor under all of its names.
    pub(crate) fn widen(&self, filter: &Filter) -> Filter {
        Filter { actor: self.every_name(&filter.actor), side: self.every_name(&filter.side), ..filter.clone() }
    }

    /// The words of a field, and the other names of the actors that they are part of the name of. Those are asked for whole:
    /// in part, they may be part of somebody else's.
    fn every_name(&self, words: &[String]) -> Vec<String> {
        let mut found = words.to_vec();
        for asked in words {
            let (not, word) = asked.strip_prefix('!').map_or(("", asked.as_str()), |word| ("!", word));
            let word = fold(word);
            let named = |name: &str| whole(&fold(name)).contains(&word);
            let usual: BTreeSet<&str> = self
                .names
                .values()
                .filter(|alias| named(&alias.name) || named(self.usual(&alias.name)))
                .map(|alias| self.usual(&alias.name))
                .collect();
            for usual in usual {
                let names = self.of(usual).into_iter().map(|alias| alias.name.as_str()).chain([usual]);
                found.extend(names.filter(|name| !named(name)).map(|name| format!("{not}{}", whole(name))));
            }
        }
        found
    }

    /// SQL that makes an actor's folded usual name of a column of folded names.
    pub(crate) fn folded(&self, column: &str) -> (String, Vec<Value>) {
        if self.names.is_empty() {
            return (column.to_owned(), vec![]);
        }
        let cases = " WHEN ? THEN ?".repeat(self.names.len());
        let params = self.names.iter().flat_map(|(name, alias)| [name.clone(), fold(self.usual(&alias.name))].map(Value::Text));
        (format!("CASE {column}{cases} ELSE {column} END"), params.collect())
    }

    /// Puts usual names into an incident. Parties that become one are one, with the first's part in it.
    pub fn name_incident(&self, incident: &mut Incident) {
        if self.names.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        for party in &mut incident.parties {
            self.name(&mut party.name);
        }
        incident.parties.retain(|party| seen.insert(fold(&party.name)));
        for tolls in incident.tolls_mut() {
            tolls.iter_mut().for_each(|toll| self.name(&mut toll.side));
        }
    }

    /// Puts usual names into a claim; what is printed stays as printed.
    pub fn name_claim(&self, claim: &mut Claim) {
        if self.names.is_empty() {
            return;
        }
        for party in [&mut claim.actor, &mut claim.target].into_iter().flatten() {
            self.name(&mut party.name);
        }
        claim.side.iter_mut().for_each(|side| self.name(side));
    }

    fn name(&self, name: &mut String) {
        let usual = self.usual(name);
        if usual != name {
            *name = usual.to_owned();
        }
    }
}

fn pair(one: &str, other: &str) -> (String, String) {
    let (one, other) = (fold(one), fold(other));
    if one <= other { (one, other) } else { (other, one) }
}

impl Ledger {
    /// Which names people say are one actor's, at a moment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn aliases(&self, as_of: Option<Timestamp>) -> Result<Aliases> {
        self.read(|conn| aliases(conn, as_of))
    }

    /// Some names are those of one actor, who is called `usual`. `seen` is the last event that whoever says so knew of
    /// ([`Ledger::decide_seen`]). Returns the number of the event.
    ///
    /// # Errors
    /// [`Error::Changed`] when somebody decided about one of the names since; [`Error::SameName`] when all are one already;
    /// [`Error::Unknown`] for a name that no incident ever had; those of the database.
    pub fn say_same(&mut self, usual: &str, names: &[String], seen: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            let known = aliases(conn, None)?;
            let usual = known.usual(usual);
            let names: Vec<&str> = names.iter().map(|name| known.usual(name)).filter(|name| fold(name) != fold(usual)).collect();
            if names.is_empty() {
                return Err(Error::SameName { name: usual.to_owned() });
            }
            let all = || names.iter().copied().chain([usual]);
            named(conn, all())?;
            unchanged(conn, all(), seen)?;
            note(conn, Deed::Same.as_str(), Some(usual), None, Some(&json!({ "names": names })), act)
        })
    }

    /// Two names are those of two actors: it is not asked again, and where they were made one they part.
    ///
    /// # Errors
    /// As for [`Ledger::say_same`]; [`Error::SameName`] when it is one name twice.
    pub fn say_apart(&mut self, name: &str, from: &str, seen: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            if fold(name) == fold(from) {
                return Err(Error::SameName { name: name.to_owned() });
            }
            named(conn, [name, from].into_iter())?;
            unchanged(conn, [name, from].into_iter(), seen)?;
            note(conn, Deed::Apart.as_str(), Some(name), None, Some(&json!({ "names": [from] })), act)
        })
    }

    /// Incidents in force that have a party of each of these names, letter for letter but for case and marks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incidents_of_parties(&self, names: &[&str]) -> Result<Vec<BTreeSet<Id>>> {
        let mut found = vec![BTreeSet::new(); names.len()];
        self.read(|conn| {
            let sql = format!(
                "SELECT p.party, v.id FROM incident_parties p JOIN incident_versions v ON v.seq = p.version WHERE p.party IN ({}) AND v.state = 'current'
                 AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)",
                vec!["?"; names.len()].join(", ")
            );
            let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
            let mut statement = conn.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(&folded))?;
            while let Some(row) = rows.next()? {
                let party = row.get_ref(0)?.as_str().unwrap_or_default();
                for at in (0..folded.len()).filter(|&at| folded[at] == party) {
                    found[at].insert(row.get(1)?);
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The same filter, with every name of the actors that it asks for.
    pub(crate) fn widened(&self, filter: &Filter) -> Result<Filter> {
        if filter.actor.is_empty() && filter.side.is_empty() { Ok(filter.clone()) } else { Ok(self.aliases(filter.as_of)?.widen(filter)) }
    }
}

/// Refuses a name that no incident ever had.
fn named<'a>(conn: &Connection, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM incident_parties WHERE party = ?1")?;
    for name in names {
        if !statement.exists([fold(name)])? {
            return Err(unknown("actor", name));
        }
    }
    Ok(())
}

/// Refuses when something was said of one of the names, or taken back, after an event.
fn unchanged<'a>(conn: &Connection, names: impl Iterator<Item = &'a str>, seen: i64) -> Result<()> {
    let mut said = BTreeSet::new();
    let mut statement =
        conn.prepare_cached(&format!("SELECT subject, new FROM events WHERE {DECIDED} AND what IN ('same', 'apart', 'undo') AND seq > ?1"))?;
    let mut rows = statement.query([seen])?;
    while let Some(row) = rows.next()? {
        let (subject, new): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let names = names_of(new.as_deref());
        // What is taken back of a record has no names.
        if !names.is_empty() {
            said.extend(names.into_iter().chain(subject).map(|name| fold(&name)));
        }
    }
    match names.into_iter().find(|name| said.contains(&fold(name))) {
        Some(name) => Err(Error::Changed { id: name.to_owned() }),
        None => Ok(()),
    }
}

fn names_of(new: Option<&str>) -> Vec<String> {
    let value: serde_json::Value = new.and_then(|new| serde_json::from_str(new).ok()).unwrap_or_default();
    value["names"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

pub(crate) fn aliases(conn: &Connection, as_of: Option<Timestamp>) -> Result<Aliases> {
    let sql = format!("SELECT seq, what, subject, new FROM events WHERE {DECIDED} AND what IN ('same', 'apart') AND at <= ?1 ORDER BY seq");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![query::moment(as_of)])?;
    let mut found = Aliases::default();
    let mut undone = None;
    while let Some(row) = rows.next()? {
        let (event, what): (i64, String) = (row.get(0)?, row.get(1)?);
        let undone = match &undone {
            Some(undone) => undone,
            None => undone.insert(undone_by(conn, as_of)?),
        };
        if undone.contains_key(&event) {
            continue;
        }
        let subject: String = row.get::<_, Option<String>>(2)?.unwrap_or_default();
        for name in names_of(row.get::<_, Option<String>>(3)?.as_deref()) {
            if what == Deed::Same.as_str() {
                found.join(&name, &subject, event);
            } else {
                found.part(&subject, &name);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(said: &[(&str, &str, &str)]) -> Aliases {
        let mut aliases = Aliases::default();
        for (event, (name, deed, other)) in (1..).zip(said) {
            if *deed == "is" { aliases.join(name, other, event) } else { aliases.part(name, other) }
        }
        aliases
    }

    #[test]
    fn names_lead_to_one_usual_name() {
        for (lines, expected) in [
            (&[][..], ["NLF", "FLN", "Front"]),
            (&[("FLN", "is", "NLF")], ["NLF", "NLF", "Front"]),
            (&[("fln", "is", "NLF")], ["NLF", "NLF", "Front"]),
            // What was made one with a name goes where that name goes, and parts with it.
            (&[("Front", "is", "FLN"), ("FLN", "is", "NLF")], ["NLF", "NLF", "NLF"]),
            (&[("Front", "is", "FLN"), ("FLN", "is", "NLF"), ("FLN", "is not", "NLF")], ["NLF", "FLN", "FLN"]),
            (&[("FLN", "is", "NLF"), ("Front", "is", "FLN")], ["NLF", "NLF", "NLF"]),
            // No way round, whatever is said.
            (&[("FLN", "is", "NLF"), ("NLF", "is", "FLN")], ["NLF", "NLF", "Front"]),
            (&[("FLN", "is", "NLF"), ("Front", "is", "FLN"), ("NLF", "is", "Front")], ["NLF", "NLF", "NLF"]),
            // Whichever is named first, the alias leaves; what leads to it goes with it, and what it leads to stays.
            (&[("FLN", "is", "NLF"), ("NLF", "is not", "FLN")], ["NLF", "FLN", "Front"]),
            (&[("Front", "is", "FLN"), ("FLN", "is", "NLF"), ("NLF", "is not", "FLN")], ["NLF", "FLN", "FLN"]),
            (&[("Front", "is", "FLN"), ("FLN", "is", "NLF"), ("FLN", "is not", "Front")], ["NLF", "NLF", "Front"]),
            (&[("FLN", "is", "NLF"), ("Front", "is", "NLF"), ("FLN", "is not", "Front")], ["NLF", "FLN", "NLF"]),
            // Who parts from somebody else stays.
            (&[("FLN", "is", "NLF"), ("FLN", "is not", "Front")], ["NLF", "NLF", "Front"]),
            (&[("FLN", "is not", "NLF"), ("FLN", "is", "NLF")], ["NLF", "NLF", "Front"]),
        ] {
            let aliases = said(lines);
            assert_eq!(["NLF", "FLN", "Front"].map(|name| aliases.usual(name).to_owned()), expected, "{lines:?}");
        }
        assert!(said(&[("FLN", "is not", "NLF")]).apart()("nlf", "fln"));
        assert!(!said(&[("FLN", "is not", "NLF"), ("FLN", "is", "NLF")]).apart()("NLF", "FLN"));
        // What is not the alias is not the actor.
        assert!(said(&[("FLN", "is not", "Front"), ("FLN", "is", "NLF")]).apart()("Front", "NLF"));
        let led = said(&[("Front", "is", "FLN"), ("FLN", "is", "NLF")]);
        assert_eq!(led.of("nlf").len(), 2);
        for (name, with) in [("NLF", &["FLN", "Front", "NLF"][..]), ("FLN", &["Front", "FLN"]), ("Front", &["Front"])] {
            assert_eq!(led.with(name), with, "{name}");
        }
    }

    #[test]
    fn an_actor_is_asked_for_under_every_name() {
        let aliases = said(&[("FLN", "is", "Northern Front"), ("Front du Nord", "is", "Northern Front")]);
        for (asked, expected) in [
            ("fln", &["fln", "\nFront du Nord\n", "\nNorthern Front\n"][..]),
            ("front", &["front", "\nFLN\n"]),
            ("!northern", &["!northern", "!\nFLN\n", "!\nFront du Nord\n"]),
            ("\nfln\n", &["\nfln\n", "\nFront du Nord\n", "\nNorthern Front\n"]),
            ("\nnorthern\n", &["\nnorthern\n"]),
            ("army", &["army"]),
        ] {
            let filter = Filter { actor: vec![asked.to_owned()], side: vec![asked.to_owned()], ..Filter::default() };
            let wider = aliases.widen(&filter);
            assert_eq!(wider.actor, expected, "{asked}");
            assert_eq!(wider.side, wider.actor);
        }
    }
}
