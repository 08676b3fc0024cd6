use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::Value;

use crate::decide::Deed;
use crate::text::{stamp, unstamp};
use crate::{Error, Ledger, Result, query};

/// Who changes something, why, and when: what the audit trail keeps of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// A person, or the machine with its version.
    pub who: String,
    /// In their own words; may be empty for the machine.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

impl Act {
    /// An act and its reason.
    pub fn new(who: impl Into<String>, why: impl Into<String>, at: Timestamp) -> Act {
        Act { who: who.into(), why: why.into(), at }
    }
}

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Its number, from 1.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// A person's [`Deed`], what reconciliation did ([`What`](crate::What)), or a word of the caller's.
    pub what: String,
    /// The record it happened to.
    pub subject: Option<String>,
    /// Why.
    pub why: String,
    /// The fields that changed, as they were.
    pub old: Option<Value>,
    /// The same fields, as they are.
    pub new: Option<Value>,
    /// The event that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<i64>,
}

impl Event {
    /// Whether a person decided it.
    pub fn is_decision(&self) -> bool {
        Deed::of(&self.what).is_some()
    }
}

/// How much a ledger holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Reports, copies included.
    pub reports: u64,
    /// Those that republish another.
    pub copies: u64,
    /// Inputs whose last attempt failed.
    pub failed: u64,
    /// Readings, superseded ones included.
    pub readings: u64,
    /// Claims of the readings in force.
    pub claims: u64,
    /// Incidents in force.
    pub incidents: u64,
    /// Those with a dispute.
    pub disputed: u64,
    /// Incidents withdrawn or merged away.
    pub gone: u64,
    /// Lines of the audit trail.
    pub events: u64,
}

impl Ledger {
    /// The audit trail in order: of one record, with every decision that touched it, or all of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn events(&self, subject: Option<&str>, as_of: Option<Timestamp>) -> Result<Vec<Event>> {
        self.read(|conn| events(conn, subject, as_of))
    }

    /// One line of the audit trail; `None` when there is none of this number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn event(&self, number: i64) -> Result<Option<Event>> {
        self.read(|conn| event_of(conn, number))
    }

    /// The number of the last event, 0 when nothing happened yet: what [`Ledger::decide_seen`] wants to know.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_event(&self) -> Result<i64> {
        self.read(|conn| Ok(conn.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?))
    }

    /// What people decided, the last first, at most so many; with what was taken back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn decisions(&self, most: usize) -> Result<Vec<Event>> {
        self.read(|conn| {
            let sql = format!("{EVENT}WHERE {DECIDED} ORDER BY seq DESC LIMIT ?1");
            told(conn, &sql, params![i64::try_from(most).unwrap_or(i64::MAX)])
        })
    }

    /// Appends a line to the audit trail, for what happens outside this room (an export, a setting).
    ///
    /// # Errors
    /// Those of the database.
    pub fn note(&mut self, what: &str, subject: Option<&str>, old: Option<&Value>, new: Option<&Value>, act: &Act) -> Result<i64> {
        self.write(|conn| note(conn, what, subject, old, new, act))
    }

    /// How much there is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn counts(&self) -> Result<Counts> {
        self.read(|conn| {
            let count = |sql: &str| -> Result<u64> { Ok(conn.query_row(sql, [], |row| row.get::<_, i64>(0))?.cast_unsigned()) };
            let newest = "v.seq = (SELECT max(seq) FROM incident_versions WHERE id = v.id)";
            Ok(Counts {
                reports: count("SELECT count(*) FROM reports")?,
                copies: count("SELECT count(*) FROM reports WHERE copy_of IS NOT NULL")?,
                failed: count(
                    "SELECT count(*) FROM inputs i WHERE status = 'failed'
                     AND seq = (SELECT max(seq) FROM inputs WHERE name = i.name)",
                )?,
                readings: count("SELECT count(*) FROM readings WHERE event IS NULL")?,
                claims: count(&format!("SELECT count(*) FROM claims c WHERE {}", query::in_force(None)))?,
                incidents: count(&format!("SELECT count(*) FROM incident_versions v WHERE state = 'current' AND {newest}"))?,
                disputed: count(&format!("SELECT count(*) FROM incident_versions v WHERE state = 'current' AND disputed <> '' AND {newest}"))?,
                gone: count(&format!("SELECT count(*) FROM incident_versions v WHERE state <> 'current' AND {newest}"))?,
                events: count("SELECT count(*) FROM events")?,
            })
        })
    }
}

/// Of `events`: what people did. Word for word the condition of an index, which is used only then.
pub(crate) const DECIDED: &str = "what IN ('set', 'merge', 'split', 'reject', 'same', 'apart', 'same-place', 'apart-place', 'undo')";

const EVENT: &str = "SELECT seq, at, who, what, subject, why, old, new FROM events ";

/// Of `events`: those that are about a record, or that wrote to it.
const ABOUT: &str =
    "(subject = ?1 OR seq IN (SELECT event FROM incident_versions WHERE id = ?1 UNION SELECT event FROM claim_decisions WHERE claim = ?1))";

pub(crate) fn events(conn: &Connection, subject: Option<&str>, as_of: Option<Timestamp>) -> Result<Vec<Event>> {
    // Two statements, so that the one about a record is read from an index.
    match subject {
        Some(subject) => told(conn, &format!("{EVENT}WHERE {ABOUT} AND at <= ?2 ORDER BY seq"), params![subject, query::moment(as_of)]),
        None => told(conn, &format!("{EVENT}WHERE at <= ?1 ORDER BY seq"), params![query::moment(as_of)]),
    }
}

/// One line of the audit trail.
pub(crate) fn event_of(conn: &Connection, number: i64) -> Result<Option<Event>> {
    Ok(told(conn, &format!("{EVENT}WHERE seq = ?1"), params![number])?.pop())
}

/// The last event about a record, or that wrote to it; 0 without any.
pub(crate) fn last_about(conn: &Connection, id: &str) -> Result<i64> {
    let sql = format!("SELECT coalesce(max(seq), 0) FROM events WHERE {ABOUT}");
    Ok(conn.prepare_cached(&sql)?.query_row([id], |row| row.get(0))?)
}

fn told(conn: &Connection, sql: &str, with: impl rusqlite::Params) -> Result<Vec<Event>> {
    let undone = undone_by(conn, None)?;
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(with)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let json = |text: Option<String>| {
            text.map(|text| serde_json::from_str(&text)).transpose().map_err(|source| Error::stored("event", &id.to_string(), source))
        };
        found.push(Event {
            id,
            at: unstamp(&row.get::<_, String>(1)?)?,
            who: row.get(2)?,
            what: row.get(3)?,
            subject: row.get(4)?,
            why: row.get(5)?,
            old: json(row.get(6)?)?,
            new: json(row.get(7)?)?,
            undone_by: undone.get(&id).copied(),
        });
    }
    Ok(found)
}

/// Each decision that is taken back by a moment, and by which event; an undoing that was undone itself does not count.
pub(crate) fn undone_by(conn: &Connection, as_of: Option<Timestamp>) -> Result<BTreeMap<i64, i64>> {
    let sql = format!("SELECT seq, json_extract(new, '$.event') FROM events WHERE {DECIDED} AND what = 'undo' AND at <= ?1 ORDER BY seq DESC");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([query::moment(as_of)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut undone: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows {
        let (undo, target): (i64, i64) = row?;
        if !undone.contains_key(&undo) {
            undone.entry(target).or_insert(undo);
        }
    }
    Ok(undone)
}

pub(crate) fn note(conn: &Connection, what: &str, subject: Option<&str>, old: Option<&Value>, new: Option<&Value>, act: &Act) -> Result<i64> {
    conn.prepare_cached("INSERT INTO events (at, who, what, subject, why, old, new) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(params![
        stamp(act.at),
        act.who,
        what,
        subject,
        act.why,
        old.map(Value::to_string),
        new.map(Value::to_string)
    ])?;
    Ok(conn.last_insert_rowid())
}
