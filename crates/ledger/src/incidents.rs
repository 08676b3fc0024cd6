use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use record::{Id, Incident};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::Serialize;

use crate::events::Act;
use crate::filter::Filter;
use crate::read::unknown;
use crate::text::unstamp;
use crate::versions::{from_json, plan, take};
use crate::{Error, Ledger, Result, query};

/// Fields of a record and the values that a person gave them, in the person's words.
pub type Fields = BTreeMap<String, String>;

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
    /// The fields that people set, with the values as they were given; they outlive a new adding up of the claims.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    pub fields: Fields,
    /// When the first version was written.
    pub first_recorded_at: Timestamp,
    /// When this version was written; of one that undoing brought back, when the version that it restores was.
    pub recorded_at: Timestamp,
    /// When the record was last written, by undoing too: what `added_since` and the order by arrival go by.
    #[serde(skip)]
    pub written_at: Timestamp,
}

/// What became, or would become, of one incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Not seen before, or back again.
    Created,
    /// A new version was appended.
    Changed,
    /// Gone into another.
    Merged,
    /// None of its claims is in any incident any more.
    Withdrawn,
    /// A person decided about it, and the machine would have it otherwise: its result is kept as an event, not applied.
    Proposed,
    /// The machine would have had it otherwise, and now comes to what the person decided.
    Agreed,
}

impl What {
    /// The word in tables, JSON and the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::Created => "created",
            What::Changed => "changed",
            What::Merged => "merged",
            What::Withdrawn => "withdrawn",
            What::Proposed => "proposed",
            What::Agreed => "agreed",
        }
    }
}

/// One change that a reconciliation makes, or would make.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The incident.
    pub id: Id,
    /// What became of it.
    pub what: What,
    /// Its survivor, when it was merged.
    pub into: Option<Id>,
    /// As it stood.
    pub old: Option<Incident>,
    /// As it stands; for a proposal every incident that the machine makes of its claims, for one that is gone none.
    pub new: Vec<Incident>,
}

impl Change {
    pub(crate) fn new(id: &str, what: What, old: Option<Incident>, new: Option<&Incident>) -> Change {
        Change { id: id.to_owned(), what, into: None, old, new: new.into_iter().cloned().collect() }
    }
}

/// What applying a reconciliation changed, or would change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Applied {
    /// What is written first, in the order of the reconciliation; then what is gone, and what is proposed, by id.
    pub changes: Vec<Change>,
    /// How many incidents stay as they are.
    pub unchanged: usize,
}

impl Applied {
    /// Whether the ledger stays as it is.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The incidents that something became of.
    pub fn ids(&self, what: What) -> Vec<&str> {
        self.changes.iter().filter(|change| change.what == what).map(|change| change.id.as_str()).collect()
    }
}

/// Where an incident went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redirect {
    /// The incident that is gone.
    pub id: Id,
    /// The one that it went into.
    pub into: Id,
    /// The person who merged them; `None` for the machine.
    pub decided_by: Option<String>,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// What the machine would have instead of an incident that a person decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// Since when.
    pub at: Timestamp,
    /// The incidents that it makes of its claims; none when it sees none.
    pub incidents: Vec<Incident>,
}

impl Ledger {
    /// Takes over the outcome of a reconciliation, in one transaction. `incidents` is all of it: an incident that is in
    /// force and not in it is merged into the one that has most of its claims (the smaller id among equals), or withdrawn
    /// when none has any. Only what differs is appended; the same again appends nothing. What a person decided stays, and
    /// so do the claims in it: see [`What::Proposed`].
    ///
    /// # Errors
    /// [`Error::Unknown`] for a claim that the ledger does not hold; those of the database.
    pub fn apply_incidents(&mut self, incidents: &[Incident], act: &Act) -> Result<Applied> {
        self.write(|conn| {
            let applied = plan(conn, incidents)?;
            for change in &applied.changes {
                take(conn, change, act)?;
            }
            Ok(applied)
        })
    }

    /// [`Ledger::apply_incidents`] with those of another ledger, each at the moment at which it was written there.
    ///
    /// # Errors
    /// As there.
    pub fn copy_incidents(&mut self, entries: &[IncidentEntry], who: &str) -> Result<()> {
        let written: BTreeMap<&str, Timestamp> = entries.iter().map(|entry| (entry.incident.id.as_str(), entry.written_at)).collect();
        let incidents: Vec<Incident> = entries.iter().map(|entry| entry.incident.clone()).collect();
        self.write(|conn| {
            for change in plan(conn, &incidents)?.changes {
                let at = written.get(change.id.as_str()).copied().unwrap_or_else(Timestamp::now);
                take(conn, &change, &Act::new(who, "", at))?;
            }
            Ok(())
        })
    }

    /// What [`Ledger::apply_incidents`] would change.
    ///
    /// # Errors
    /// Those of the database.
    pub fn preview_incidents(&self, incidents: &[Incident]) -> Result<Applied> {
        self.read(|conn| plan(conn, incidents))
    }

    /// The way from an incident that was merged to the one that holds its claims now, a step each; empty for one that
    /// was not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn redirects(&self, id: &str, as_of: Option<Timestamp>) -> Result<Vec<Redirect>> {
        self.read(|conn| {
            let until = query::until(&Filter { as_of, ..Filter::default() });
            let sql = "SELECT v.survivor, v.decided_by, v.reason, coalesce(o.recorded_at, v.recorded_at) FROM incident_versions v
                       LEFT JOIN incident_versions o ON o.seq = v.restores WHERE v.state = 'merged'
                       AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = ?1 AND n.recorded_at <= ?2)";
            let mut steps: Vec<Redirect> = Vec::new();
            let mut at = id.to_owned();
            loop {
                let step = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?));
                let found: Option<(Id, Option<String>, String, String)> = conn.prepare_cached(sql)?.query_row(params![at, until], step).optional()?;
                let Some((into, decided_by, why, moment)) = found.filter(|(into, ..)| steps.iter().all(|step| step.id != *into)) else {
                    return Ok(steps);
                };
                steps.push(Redirect { id: std::mem::replace(&mut at, into.clone()), into, decided_by, why, at: unstamp(&moment)? });
            }
        })
    }

    /// What the last reconciliation would have instead of an incident that a person decided since; `None` when it comes
    /// to the same.
    ///
    /// # Errors
    /// Those of the database.
    pub fn proposal(&self, id: &str, as_of: Option<Timestamp>) -> Result<Option<Proposal>> {
        self.read(|conn| {
            let until = query::until(&Filter { as_of, ..Filter::default() });
            let sql = "SELECT e.what, e.new, e.at FROM events e WHERE e.subject = ?1 AND e.what IN ('proposed', 'agreed') AND e.at <= ?2
                       AND e.seq > coalesce((SELECT max(v.event) FROM incident_versions v WHERE v.id = ?1 AND v.recorded_at <= ?2), 0)
                       ORDER BY e.seq DESC LIMIT 1";
            let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?));
            let last = conn.prepare_cached(sql)?.query_row(params![id, until], read).optional()?;
            let Some((_, new, at)) = last.filter(|(what, ..)| what == What::Proposed.as_str()) else { return Ok(None) };
            let incidents = serde_json::from_str(new.as_deref().unwrap_or("[]")).map_err(|source| Error::stored("proposal", id, source))?;
            Ok(Some(Proposal { at: unstamp(&at)?, incidents }))
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
        let (filter, places) = &self.widened(filter)?;
        if let Some(versions) = self.shelved_versions(filter, places)? {
            return self.read(|conn| {
                let mut statement = conn.prepare_cached(&format!("{ENTRY}WHERE v.seq = ?1"))?;
                let mut found = Vec::with_capacity(versions.len());
                for version in versions {
                    let mut rows = statement.query([version])?;
                    if let Some(row) = rows.next()? {
                        found.push(entry_of(row)?);
                    }
                }
                Ok(found)
            });
        }
        let clause = query::incidents(filter, places);
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

/// A version that undoing brought back is shown as the one that it restores: undoing leaves no trace but in the log.
const ENTRY: &str = "SELECT v.id, v.json, coalesce(o.revision, v.revision), v.decided_by,
    (SELECT f.recorded_at FROM incident_versions f WHERE f.id = v.id ORDER BY f.seq LIMIT 1), coalesce(o.recorded_at, v.recorded_at), v.fields, v.recorded_at
    FROM incident_versions v LEFT JOIN incident_versions o ON o.seq = v.restores ";

fn entry_of(row: &Row<'_>) -> Result<IncidentEntry> {
    let id: Id = row.get(0)?;
    let json = row.get_ref(1)?.as_str().unwrap_or_default();
    let fields: Option<String> = row.get(6)?;
    Ok(IncidentEntry {
        incident: from_json(&id, json)?,
        revision: row.get::<_, i64>(2)?.cast_unsigned(),
        decided_by: row.get(3)?,
        fields: fields
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(|source| Error::stored("incident", &id, source))?
            .unwrap_or_default(),
        first_recorded_at: unstamp(&row.get::<_, String>(4)?)?,
        recorded_at: unstamp(&row.get::<_, String>(5)?)?,
        written_at: unstamp(&row.get::<_, String>(7)?)?,
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
