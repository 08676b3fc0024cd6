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
use crate::text::fold;
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
    /// Whether nobody said anything.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The actor's usual name; the name itself where nobody said otherwise.
    pub fn usual<'a>(&'a self, name: &'a str) -> &'a str {
        let mut found = name;
        while let Some(alias) = self.names.get(&fold(found)) {
            found = &alias.of;
        }
        found
    }

    /// The other names of an actor, in the order of the alphabet.
    pub fn of(&self, usual: &str) -> Vec<&Alias> {
        let usual = fold(usual);
        self.names.values().filter(|alias| fold(self.usual(&alias.name)) == usual).collect()
    }

    /// Whether somebody said that these are two.
    pub fn are_apart(&self, one: &str, other: &str) -> bool {
        self.apart.contains(&pair(one, other))
    }

    fn join(&mut self, name: &str, usual: &str, event: i64) {
        let (of, key) = (self.usual(usual).to_owned(), fold(name));
        if fold(&of) != key {
            self.apart.remove(&pair(name, &of));
            self.names.insert(key, Alias { name: name.to_owned(), of, event });
        }
    }

    fn part(&mut self, name: &str, from: &str) {
        if fold(self.usual(name)) == fold(self.usual(from)) {
            self.names.remove(&fold(name));
        }
        self.apart.insert(pair(name, from));
    }

    /// A filter that asks for an actor under all of its names.
    pub(crate) fn widen(&self, filter: &Filter) -> Filter {
        let mut actor = filter.actor.clone();
        for asked in &filter.actor {
            let (not, word) = asked.strip_prefix('!').map_or(("", asked.as_str()), |word| ("!", word));
            let word = fold(word);
            let named = |name: &str| fold(name).contains(&word);
            let usual: BTreeSet<&str> = self
                .names
                .values()
                .filter(|alias| named(&alias.name) || named(self.usual(&alias.name)))
                .map(|alias| self.usual(&alias.name))
                .collect();
            for usual in usual {
                let names = self.of(usual).into_iter().map(|alias| alias.name.as_str()).chain([usual]);
                actor.extend(names.filter(|name| !named(name)).map(|name| format!("{not}{name}")));
            }
        }
        Filter { actor, ..filter.clone() }
    }

    /// SQL that makes an actor's folded usual name of a column of folded names.
    pub(crate) fn folded(&self, column: &str) -> (String, Vec<Value>) {
        if self.is_empty() {
            return (column.to_owned(), vec![]);
        }
        let cases = " WHEN ? THEN ?".repeat(self.names.len());
        let params = self.names.iter().flat_map(|(name, alias)| [name.clone(), fold(self.usual(&alias.name))].map(Value::Text));
        (format!("CASE {column}{cases} ELSE {column} END"), params.collect())
    }

    /// Puts usual names into an incident. Parties that become one are one, with the first's part in it.
    pub fn name_incident(&self, incident: &mut Incident) {
        if self.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        for party in &mut incident.parties {
            self.name(&mut party.name);
        }
        incident.parties.retain(|party| seen.insert(fold(&party.name)));
        for tolls in [&mut incident.deaths, &mut incident.injured, &mut incident.abducted, &mut incident.displaced] {
            tolls.iter_mut().for_each(|toll| self.name(&mut toll.side));
        }
    }

    /// Puts usual names into a claim; what is printed stays as printed.
    pub fn name_claim(&self, claim: &mut Claim) {
        if self.is_empty() {
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
    /// those of the database.
    pub fn say_same(&mut self, usual: &str, names: &[String], seen: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            let known = aliases(conn, None)?;
            let usual = known.usual(usual);
            let names: Vec<&str> = names.iter().map(|name| known.usual(name)).filter(|name| fold(name) != fold(usual)).collect();
            if names.is_empty() {
                return Err(Error::SameName { name: usual.to_owned() });
            }
            unchanged(conn, names.iter().copied().chain([usual]), seen)?;
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
        if filter.actor.is_empty() { Ok(filter.clone()) } else { Ok(self.aliases(filter.as_of)?.widen(filter)) }
    }
}

/// Refuses when something was said of one of the names after an event.
fn unchanged<'a>(conn: &Connection, names: impl Iterator<Item = &'a str>, seen: i64) -> Result<()> {
    let mut said = BTreeSet::new();
    let mut statement =
        conn.prepare_cached(&format!("SELECT subject, new FROM events WHERE {DECIDED} AND what IN ('same', 'apart') AND seq > ?1"))?;
    let mut rows = statement.query([seen])?;
    while let Some(row) = rows.next()? {
        let (subject, new): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        said.extend(names_of(new.as_deref()).into_iter().chain(subject).map(|name| fold(&name)));
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
            // Who parts from somebody else stays.
            (&[("FLN", "is", "NLF"), ("FLN", "is not", "Front")], ["NLF", "NLF", "Front"]),
            (&[("FLN", "is not", "NLF"), ("FLN", "is", "NLF")], ["NLF", "NLF", "Front"]),
        ] {
            let aliases = said(lines);
            assert_eq!(["NLF", "FLN", "Front"].map(|name| aliases.usual(name).to_owned()), expected, "{lines:?}");
        }
        assert!(said(&[("FLN", "is not", "NLF")]).are_apart("nlf", "fln"));
        assert!(!said(&[("FLN", "is not", "NLF"), ("FLN", "is", "NLF")]).are_apart("NLF", "FLN"));
        assert_eq!(said(&[("Front", "is", "FLN"), ("FLN", "is", "NLF")]).of("nlf").len(), 2);
    }

    #[test]
    fn an_actor_is_asked_for_under_every_name() {
        let aliases = said(&[("FLN", "is", "Northern Front"), ("Front du Nord", "is", "Northern Front")]);
        for (asked, expected) in [
            ("fln", &["fln", "Front du Nord", "Northern Front"][..]),
            ("front", &["front", "FLN"]),
            ("!northern", &["!northern", "!FLN", "!Front du Nord"]),
            ("army", &["army"]),
        ] {
            let filter = Filter { actor: vec![asked.to_owned()], ..Filter::default() };
            assert_eq!(aliases.widen(&filter).actor, expected, "{asked}");
        }
    }
}
