//! Which names are those of one actor or of one place: what people said, and what follows from it.
//!
//! Reports and claims keep the names that they were read with. That two of them are one's, or are not, is a line of the
//! audit trail ([`Deed::Same`], [`Deed::Apart`] and their likes for places); [`Aliases`] is what those lines come to, and is
//! asked wherever parties and places are shown, filtered or counted. Taking such a line back ([`Ledger::undo`]) parts the
//! names again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use record::{Claim, Id, Incident};
use rusqlite::{Connection, params, params_from_iter};
use serde::Serialize;
use serde_json::json;

use crate::decide::Deed;
use crate::events::{Act, DECIDED, note, undone_by};
use crate::filter::Filter;
use crate::places::{Places, where_it_is};
use crate::read::unknown;
use crate::text::fold;
use crate::{Error, Ledger, Result, query};

/// What has names that may be one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registry {
    /// Parties, by their names.
    Actors,
    /// Places of incidents, by their [keys](crate::place_key).
    Places,
}

impl Registry {
    /// The deed that says that names are one's.
    pub const fn same(self) -> Deed {
        match self {
            Registry::Actors => Deed::Same,
            Registry::Places => Deed::SamePlace,
        }
    }

    /// The deed that says that they are not.
    pub const fn apart(self) -> Deed {
        match self {
            Registry::Actors => Deed::Apart,
            Registry::Places => Deed::ApartPlace,
        }
    }

    /// The registry that a deed is about.
    pub fn of(deed: Deed) -> Option<Registry> {
        [Registry::Actors, Registry::Places].into_iter().find(|of| of.same() == deed || of.apart() == deed)
    }

    /// Where the names of versions of incidents, `v`, stand: the column, and the rows to look in.
    const fn of_incidents(self) -> (&'static str, &'static str) {
        match self {
            Registry::Actors => ("p.party", "incident_parties p JOIN incident_versions v ON v.seq = p.version"),
            Registry::Places => ("v.placed", "incident_versions v"),
        }
    }
}

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

/// The names that people said are one's, and those that they said are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// By the folded name. A name leads to the next until one is no alias: there is no way round.
    names: BTreeMap<String, Alias>,
    /// Folded pairs, the lesser name first.
    apart: BTreeSet<(String, String)>,
}

impl Names {
    /// Whether nobody said of a name that it is another's.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a folded name is another's.
    pub(crate) fn has(&self, folded: &str) -> bool {
        self.names.contains_key(folded)
    }

    /// Every name that is another's, folded, in the order of the alphabet.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Alias)> {
        self.names.iter().map(|(folded, alias)| (folded.as_str(), alias))
    }

    /// The usual name; the name itself where nobody said otherwise.
    pub fn usual<'a>(&'a self, name: &'a str) -> &'a str {
        self.way(name).last().unwrap_or(name)
    }

    /// A name, the name that it is said to be the same as, and so on to the usual one.
    fn way<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::successors(Some(name), |name| self.names.get(&fold(name)).map(|alias| alias.of.as_str()))
    }

    /// The other names of a usual one, in the order of the alphabet.
    pub fn of(&self, usual: &str) -> Vec<&Alias> {
        let usual = fold(usual);
        self.names.values().filter(|alias| fold(self.usual(&alias.name)) == usual).collect()
    }

    /// The other names of every usual one that has some, by its folded name.
    pub fn by_usual(&self) -> BTreeMap<String, Vec<&Alias>> {
        let mut found: BTreeMap<String, Vec<&Alias>> = BTreeMap::new();
        for alias in self.names.values() {
            found.entry(fold(self.usual(&alias.name))).or_default().push(alias);
        }
        found
    }

    /// All names of a usual one, itself last.
    pub fn every<'a>(&'a self, usual: &'a str) -> Vec<&'a str> {
        self.of(usual).into_iter().map(|alias| alias.name.as_str()).chain([usual]).collect()
    }

    /// A name after those that lead to it: what leaves with the name.
    pub fn with<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let leads = |alias: &&Alias| self.way(&alias.name).skip(1).any(|passed| fold(passed) == fold(name));
        self.names.values().filter(leads).map(|alias| alias.name.as_str()).chain([name]).collect()
    }

    /// Says of two names whether somebody said that they are two, under any of their names.
    pub fn apart(&self) -> impl Fn(&str, &str) -> bool {
        let usual = |one: &str, other: &str| pair(self.usual(one), self.usual(other));
        let said: BTreeSet<(String, String)> = self.apart.iter().map(|(one, other)| usual(one, other)).collect();
        move |one, other| said.contains(&usual(one, other))
    }

    /// Which of two names of one leaves it when they part: the one that leads to the other, with what leads to it; the
    /// first when both lead to a third. `None` when they are two already.
    pub fn leaving<'a>(&self, name: &'a str, from: &'a str) -> Option<&'a str> {
        let same = fold(self.usual(name)) == fold(self.usual(from));
        let back = self.way(from).any(|passed| fold(passed) == fold(name));
        same.then_some(if back { from } else { name })
    }

    pub(crate) fn join(&mut self, name: &str, usual: &str, event: i64) {
        let (of, key) = (self.usual(usual).to_owned(), fold(name));
        if fold(&of) != key {
            self.apart.remove(&pair(name, &of));
            self.names.insert(key, Alias { name: name.to_owned(), of, event });
        }
    }

    pub(crate) fn part(&mut self, name: &str, from: &str) {
        if let Some(leaving) = self.leaving(name, from) {
            self.names.remove(&fold(leaving));
        }
        self.apart.insert(pair(name, from));
    }
}

fn pair(one: &str, other: &str) -> (String, String) {
    let (one, other) = (fold(one), fold(other));
    if one <= other { (one, other) } else { (other, one) }
}

/// The names that are one actor's or one place's at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aliases {
    /// Those of actors.
    pub actors: Names,
    /// Those of places, and where these are.
    pub places: Places,
}

impl Aliases {
    /// The names of a registry.
    pub fn names(&self, of: Registry) -> &Names {
        match of {
            Registry::Actors => &self.actors,
            Registry::Places => &self.places.names,
        }
    }

    /// Puts usual names into an incident, and its place where that is. Parties that become one are one, with the first's
    /// part in it.
    pub fn name_incident(&self, incident: &mut Incident) {
        self.actors.name_parties(incident);
        incident.place.iter_mut().for_each(|place| self.places.name_place(place));
    }

    /// Puts usual names into a claim, and its place where that is; what is printed stays as printed.
    pub fn name_claim(&self, claim: &mut Claim) {
        self.actors.name_speech(claim);
        claim.place.iter_mut().for_each(|place| self.places.name_named(place));
    }
}

impl Ledger {
    /// Which names people say are one actor's or one place's, at a moment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn aliases(&self, as_of: Option<Timestamp>) -> Result<Aliases> {
        self.read(|conn| aliases(conn, as_of))
    }

    /// Some names are those of one, who is called `usual`; of places, it is from now on where most incidents of that name
    /// are, whatever the name. `seen` is the last event that whoever says so knew of ([`Ledger::decide_seen`]). Returns the
    /// number of the event.
    ///
    /// # Errors
    /// [`Error::Changed`] when somebody decided about one of the names since; [`Error::SameName`] when all are one already;
    /// [`Error::Unknown`] for a name that no incident ever had; those of the database.
    pub fn say_same(&mut self, of: Registry, usual: &str, names: &[String], seen: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            let aliases = aliases(conn, None)?;
            let known = aliases.names(of);
            let usual = known.usual(usual);
            let names: Vec<&str> = names.iter().map(|name| known.usual(name)).filter(|name| fold(name) != fold(usual)).collect();
            if names.is_empty() {
                return Err(Error::SameName { name: usual.to_owned() });
            }
            let all = || names.iter().copied().chain([usual]);
            named(conn, of, all())?;
            unchanged(conn, of, all(), seen)?;
            let mut new = json!({ "names": names });
            if of == Registry::Places {
                new["place"] = json!(where_it_is(conn, &aliases.places, usual)?);
            }
            note(conn, of.same().as_str(), Some(usual), None, Some(&new), act)
        })
    }

    /// Two names are those of two: it is not asked again, and where they were made one they part.
    ///
    /// # Errors
    /// As for [`Ledger::say_same`]; [`Error::SameName`] when it is one name twice.
    pub fn say_apart(&mut self, of: Registry, name: &str, from: &str, seen: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            if fold(name) == fold(from) {
                return Err(Error::SameName { name: name.to_owned() });
            }
            named(conn, of, [name, from].into_iter())?;
            unchanged(conn, of, [name, from].into_iter(), seen)?;
            note(conn, of.apart().as_str(), Some(name), None, Some(&json!({ "names": [from] })), act)
        })
    }

    /// Incidents in force that have each of these names, letter for letter but for case and marks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incidents_named(&self, of: Registry, names: &[&str]) -> Result<Vec<BTreeSet<Id>>> {
        let mut found = vec![BTreeSet::new(); names.len()];
        self.read(|conn| {
            let (name, rows) = of.of_incidents();
            let sql = format!(
                "SELECT {name}, v.id FROM {rows} WHERE {name} IN ({}) AND v.state = 'current'
                 AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)",
                vec!["?"; names.len()].join(", ")
            );
            let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
            let mut statement = conn.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(&folded))?;
            while let Some(row) = rows.next()? {
                let name = row.get_ref(0)?.as_str().unwrap_or_default();
                for at in (0..folded.len()).filter(|&at| folded[at] == name) {
                    found[at].insert(row.get(1)?);
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The same filter, with every name of the actors that it asks for; and which names of places are one's.
    pub(crate) fn widened(&self, filter: &Filter) -> Result<(Filter, Places)> {
        let aliases = self.aliases(filter.as_of)?;
        Ok((aliases.actors.widen(filter), aliases.places))
    }
}

/// Refuses a name that no incident ever had.
fn named<'a>(conn: &Connection, of: Registry, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let (what, sql) = match of {
        Registry::Actors => ("actor", "SELECT 1 FROM incident_parties WHERE party = ?1"),
        Registry::Places => ("place", "SELECT 1 FROM incident_versions WHERE placed = ?1"),
    };
    let mut statement = conn.prepare_cached(sql)?;
    for name in names {
        if !statement.exists([fold(name)])? {
            return Err(unknown(what, name));
        }
    }
    Ok(())
}

/// Refuses when something was said of one of the names, or taken back, after an event.
fn unchanged<'a>(conn: &Connection, of: Registry, names: impl Iterator<Item = &'a str>, seen: i64) -> Result<()> {
    let mut said = BTreeSet::new();
    let sql = format!("SELECT subject, new FROM events WHERE {DECIDED} AND what IN (?1, ?2, 'undo') AND seq > ?3");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![of.same().as_str(), of.apart().as_str(), seen])?;
    while let Some(row) = rows.next()? {
        let (subject, new): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let names = names_of(&json_of(new.as_deref()));
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

fn json_of(new: Option<&str>) -> serde_json::Value {
    new.and_then(|new| serde_json::from_str(new).ok()).unwrap_or_default()
}

fn names_of(new: &serde_json::Value) -> Vec<String> {
    new["names"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

pub(crate) fn aliases(conn: &Connection, as_of: Option<Timestamp>) -> Result<Aliases> {
    let sql = format!(
        "SELECT seq, what, subject, new FROM events WHERE {DECIDED} AND what IN ('same', 'apart', 'same-place', 'apart-place') AND at <= ?1 ORDER BY seq"
    );
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
        let Some((deed, of)) = Deed::of(&what).and_then(|deed| Some((deed, Registry::of(deed)?))) else { continue };
        if undone.contains_key(&event) {
            continue;
        }
        let subject: String = row.get::<_, Option<String>>(2)?.unwrap_or_default();
        let mut new = json_of(row.get::<_, Option<String>>(3)?.as_deref());
        if let Some(place) = new.get_mut("place").map(serde_json::Value::take) {
            found.places.put(&subject, serde_json::from_value(place).map_err(|source| Error::stored("event", &event.to_string(), source))?);
        }
        let names = match of {
            Registry::Actors => &mut found.actors,
            Registry::Places => &mut found.places.names,
        };
        for name in names_of(&new) {
            if deed == of.same() { names.join(&name, &subject, event) } else { names.part(&subject, &name) }
        }
    }
    Ok(found)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn said(said: &[(&str, &str, &str)]) -> Names {
        let mut names = Names::default();
        for (event, (name, deed, other)) in (1..).zip(said) {
            if *deed == "is" { names.join(name, other, event) } else { names.part(name, other) }
        }
        names
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
            let names = said(lines);
            assert_eq!(["NLF", "FLN", "Front"].map(|name| names.usual(name).to_owned()), expected, "{lines:?}");
        }
        assert!(said(&[("FLN", "is not", "NLF")]).apart()("nlf", "fln"));
        assert!(!said(&[("FLN", "is not", "NLF"), ("FLN", "is", "NLF")]).apart()("NLF", "FLN"));
        // What is not the alias is not the actor.
        assert!(said(&[("FLN", "is not", "Front"), ("FLN", "is", "NLF")]).apart()("Front", "NLF"));
        let led = said(&[("Front", "is", "FLN"), ("FLN", "is", "NLF")]);
        assert_eq!(led.of("nlf").len(), 2);
        assert_eq!(led.by_usual(), [("nlf".to_owned(), led.of("NLF"))].into());
        for (name, with) in [("NLF", &["FLN", "Front", "NLF"][..]), ("FLN", &["Front", "FLN"]), ("Front", &["Front"])] {
            assert_eq!(led.with(name), with, "{name}");
        }
    }
}
