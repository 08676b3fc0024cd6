use std::collections::BTreeSet;

use jiff::Timestamp;
use record::{Id, Incident};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::Serialize;

use crate::events::Act;
use crate::filter::Filter;
use crate::read::unknown;
use crate::text::unstamp;
use crate::versions::{newest, plan, remove, take, to_json, write};
use crate::{Error, Ledger, Result, query};

/// An incident with what the ledger knows of its history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IncidentEntry {
    /// The incident.
    #[serde(flatten)]
    pub incident: Incident,
    /// How often its record was written, from 1.
    pub revision: u64,
    /// The person who decided this version; `None` for the machine's.
    pub decided_by: Option<String>,
    /// When the first version was written.
    pub first_recorded_at: Timestamp,
    /// When this version was written.
    pub recorded_at: Timestamp,
}

/// What applying a reconciliation changed, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Not seen before, or back again.
    pub created: Vec<Id>,
    /// A new version was appended.
    pub changed: Vec<Id>,
    /// Gone into another: the id and its survivor.
    pub merged: Vec<(Id, Id)>,
    /// None of their claims is in any incident any more.
    pub withdrawn: Vec<Id>,
    /// A person decided about these, and the machine would have it otherwise: its result is kept as an event, not applied.
    pub proposed: Vec<Id>,
    /// How many stay as they are.
    pub unchanged: usize,
}

impl Applied {
    /// Whether the ledger stays as it is.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.changed.is_empty() && self.merged.is_empty() && self.withdrawn.is_empty() && self.proposed.is_empty()
    }
}

impl Ledger {
    /// Takes over the outcome of a reconciliation, in one transaction. `incidents` is all of it: an incident that is in
    /// force and not in it is merged into the one that has most of its claims (the smaller id among equals), or withdrawn
    /// when none has any. Only what differs is appended; the same again appends nothing. What a person decided stays.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a claim that the ledger does not hold; those of the database.
    pub fn apply_incidents(&mut self, incidents: &[Incident], act: &Act) -> Result<Applied> {
        self.write(|conn| {
            let (steps, applied) = plan(conn, incidents)?;
            for step in steps {
                take(conn, step, act)?;
            }
            Ok(applied)
        })
    }

    /// What [`Ledger::apply_incidents`] would change.
    ///
    /// # Errors
    /// Those of the database.
    pub fn preview_incidents(&self, incidents: &[Incident]) -> Result<Applied> {
        self.read(|conn| Ok(plan(conn, incidents)?.1))
    }

    /// Writes a version that a person decided; reconciliation leaves it alone from then on. `false` when it says what
    /// the version in force says and a person decided that one too.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a claim that the ledger does not hold; those of the database.
    pub fn decide_incident(&mut self, incident: &Incident, act: &Act) -> Result<bool> {
        self.write(|conn| {
            let json = to_json(incident)?;
            let newest = newest(conn, &incident.id)?;
            if newest.as_ref().is_some_and(|newest| newest.decided && newest.json.as_deref() == Some(&json)) {
                return Ok(false);
            }
            write(conn, incident, &json, newest.as_ref(), act, true)?;
            Ok(true)
        })
    }

    /// Redirects an incident to another for good, as a person's decision. The survivor's own content is not changed:
    /// see [`Ledger::decide_incident`].
    ///
    /// # Errors
    /// [`Error::MergeIntoItself`], [`Error::Unknown`], [`Error::Withdrawn`].
    pub fn merge_incident(&mut self, id: &str, survivor: &str, act: &Act) -> Result<()> {
        self.write(|conn| {
            let (from, into) = (entry(conn, id, None)?.incident.id, entry(conn, survivor, None)?.incident.id);
            if from == into {
                return Err(Error::MergeIntoItself { id: from });
            }
            remove(conn, &from, Some(&into), act, true)
        })
    }

    /// Takes an incident back, as a person's decision.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Withdrawn`].
    pub fn withdraw_incident(&mut self, id: &str, act: &Act) -> Result<()> {
        self.write(|conn| {
            let id = entry(conn, id, None)?.incident.id;
            remove(conn, &id, None, act, true)
        })
    }

    /// One incident; the id of one that was merged leads to the survivor.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Withdrawn`] with the reason.
    pub fn incident(&self, id: &str) -> Result<Incident> {
        self.incident_at(id, None)
    }

    /// [`Ledger::incident`] as the ledger stood then.
    ///
    /// # Errors
    /// As there; [`Error::Unknown`] too for what was not yet known.
    pub fn incident_at(&self, id: &str, as_of: Option<Timestamp>) -> Result<Incident> {
        Ok(self.incident_entry(id, as_of)?.incident)
    }

    /// One incident with its history.
    ///
    /// # Errors
    /// As for [`Ledger::incident_at`].
    pub fn incident_entry(&self, id: &str, as_of: Option<Timestamp>) -> Result<IncidentEntry> {
        self.read(|conn| entry(conn, id, as_of))
    }

    /// Every version of an incident in which it was in force, oldest first; without following redirects.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incident_history(&self, id: &str) -> Result<Vec<IncidentEntry>> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&format!("{ENTRY}WHERE v.id = ?1 AND v.state = 'current' ORDER BY v.seq"))?;
            let mut rows = statement.query([id])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(entry_of(row)?);
            }
            Ok(found)
        })
    }

    /// Incidents in force, by day unless the filter says otherwise.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incidents(&self, filter: &Filter) -> Result<Vec<Incident>> {
        Ok(self.incident_entries(filter)?.into_iter().map(|entry| entry.incident).collect())
    }

    /// Incidents in force with their history.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incident_entries(&self, filter: &Filter) -> Result<Vec<IncidentEntry>> {
        let clause = query::incidents(filter);
        self.read(|conn| {
            let mut statement = conn.prepare(&format!("{ENTRY}{}", clause.sql))?;
            let mut rows = statement.query(params_from_iter(clause.params))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(entry_of(row)?);
            }
            Ok(found)
        })
    }
}

const ENTRY: &str = "SELECT v.id, v.json, v.revision, v.decided_by,
    (SELECT f.recorded_at FROM incident_versions f WHERE f.id = v.id ORDER BY f.seq LIMIT 1), v.recorded_at
    FROM incident_versions v ";

fn entry_of(row: &Row<'_>) -> Result<IncidentEntry> {
    let id: Id = row.get(0)?;
    let json = row.get_ref(1)?.as_str().unwrap_or_default();
    Ok(IncidentEntry {
        incident: serde_json::from_str(json).map_err(|source| Error::stored("incident", &id, source))?,
        revision: row.get::<_, i64>(2)?.cast_unsigned(),
        decided_by: row.get(3)?,
        first_recorded_at: unstamp(&row.get::<_, String>(4)?)?,
        recorded_at: unstamp(&row.get::<_, String>(5)?)?,
    })
}

/// The version in force of an incident, or of the one that it was merged into.
pub(crate) fn entry(conn: &Connection, id: &str, as_of: Option<Timestamp>) -> Result<IncidentEntry> {
    let until = query::until(&Filter { as_of, ..Filter::default() });
    let mut at = id.to_owned();
    let mut seen = BTreeSet::new();
    loop {
        let sql = "SELECT seq, state, survivor, reason FROM incident_versions WHERE id = ?1 AND recorded_at <= ?2
                   ORDER BY seq DESC LIMIT 1";
        let found: Option<(i64, String, Option<Id>, String)> =
            conn.prepare_cached(sql)?.query_row(params![at, until], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional()?;
        match found {
            None => return Err(unknown("incident", &at)),
            Some((_, state, Some(survivor), _)) if state == "merged" && seen.insert(survivor.clone()) => at = survivor,
            Some((seq, state, ..)) if state == "current" => {
                let mut statement = conn.prepare_cached(&format!("{ENTRY}WHERE v.seq = ?1"))?;
                let mut rows = statement.query([seq])?;
                let row = rows.next()?.ok_or_else(|| unknown("incident", &at))?;
                return entry_of(row);
            }
            Some((.., reason)) => return Err(Error::Withdrawn { id: at, reason }),
        }
    }
}
