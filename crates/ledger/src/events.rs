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
        Deed::ALL.iter().any(|deed| deed.as_str() == self.what)
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

pub(crate) fn events(conn: &Connection, subject: Option<&str>, as_of: Option<Timestamp>) -> Result<Vec<Event>> {
    let undone = undone_by(conn)?;
    let sql = "SELECT seq, at, who, what, subject, why, old, new FROM events
               WHERE (?1 IS NULL OR subject = ?1
                 OR seq IN (SELECT event FROM incident_versions WHERE id = ?1 UNION SELECT event FROM claim_decisions WHERE claim = ?1))
               AND at <= ?2 ORDER BY seq";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![subject, query::moment(as_of)])?;
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

/// Each decision that is taken back, and by which event; an undoing that was undone itself does not count.
pub(crate) fn undone_by(conn: &Connection) -> Result<BTreeMap<i64, i64>> {
    let mut statement = conn.prepare_cached("SELECT seq, json_extract(new, '$.event') FROM events WHERE what = 'undo' ORDER BY seq DESC")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
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
