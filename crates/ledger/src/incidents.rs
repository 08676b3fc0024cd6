use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use record::{Id, Incident, Toll};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::events::{Act, note};
use crate::filter::Filter;
use crate::read::{has_claim, unknown};
use crate::text::{clamp, fold, stamp, unstamp};
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
        self.created.is_empty()
            && self.changed.is_empty()
            && self.merged.is_empty()
            && self.withdrawn.is_empty()
            && self.proposed.is_empty()
    }
}

/// The newest version of an incident.
struct Newest {
    revision: i64,
    json: Option<String>,
    decided: bool,
    claims: Vec<Id>,
}

/// One thing to append.
enum Step<'a> {
    Write(&'a Incident, String),
    Merge(Id, Id),
    Withdraw(Id),
    Propose(Id, Option<(&'a Incident, String)>),
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
            let mut statement =
                conn.prepare_cached(&format!("{ENTRY}WHERE v.id = ?1 AND v.state = 'current' ORDER BY v.seq"))?;
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
        let found: Option<(i64, String, Option<Id>, String)> = conn
            .prepare_cached(sql)?
            .query_row(params![at, until], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
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

fn to_json(incident: &Incident) -> Result<String> {
    serde_json::to_string(incident).map_err(|source| Error::stored("incident", &incident.id, source))
}

fn newest(conn: &Connection, id: &str) -> Result<Option<Newest>> {
    let sql = "SELECT revision, json, decided_by IS NOT NULL FROM incident_versions WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok(Newest { revision: row.get(0)?, json: row.get(1)?, decided: row.get(2)?, claims: vec![] });
    Ok(conn.prepare_cached(sql)?.query_row([id], read).optional()?)
}

fn all_newest(conn: &Connection) -> Result<BTreeMap<Id, Newest>> {
    let sql = "SELECT v.id, v.revision, v.json, v.decided_by IS NOT NULL FROM incident_versions v
               WHERE v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, Newest { revision: row.get(1)?, json: row.get(2)?, decided: row.get(3)?, claims: vec![] }))
    })?;
    let mut found: BTreeMap<Id, Newest> = rows.collect::<rusqlite::Result<_>>()?;
    let sql = "SELECT v.id, ic.claim FROM incident_versions v JOIN incident_claims ic ON ic.version = v.seq
               WHERE v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id) ORDER BY v.seq, ic.position";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(newest) = found.get_mut(row.get_ref(0)?.as_str().unwrap_or_default()) {
            newest.claims.push(row.get(1)?);
        }
    }
    Ok(found)
}

fn plan<'a>(conn: &Connection, incidents: &'a [Incident]) -> Result<(Vec<Step<'a>>, Applied)> {
    let known = all_newest(conn)?;
    let mut steps = Vec::new();
    let mut applied = Applied::default();
    let mut seen = BTreeSet::new();
    let mut home: BTreeMap<&str, &str> = BTreeMap::new();
    for incident in incidents {
        if !seen.insert(incident.id.as_str()) {
            continue;
        }
        for claim in &incident.claims {
            home.entry(claim).or_insert(&incident.id);
        }
        let json = to_json(incident)?;
        match known.get(&incident.id) {
            Some(newest) if newest.json.as_deref() == Some(&json) => applied.unchanged += 1,
            Some(newest) if newest.decided => {
                applied.proposed.push(incident.id.clone());
                steps.push(Step::Propose(incident.id.clone(), Some((incident, json))));
            }
            Some(newest) if newest.json.is_some() => {
                applied.changed.push(incident.id.clone());
                steps.push(Step::Write(incident, json));
            }
            _ => {
                applied.created.push(incident.id.clone());
                steps.push(Step::Write(incident, json));
            }
        }
    }
    for (id, newest) in &known {
        if newest.json.is_none() || seen.contains(id.as_str()) {
            continue;
        }
        if newest.decided {
            applied.proposed.push(id.clone());
            steps.push(Step::Propose(id.clone(), None));
            continue;
        }
        let mut shares: BTreeMap<&str, usize> = BTreeMap::new();
        for into in newest.claims.iter().filter_map(|claim| home.get(claim.as_str())) {
            *shares.entry(into).or_default() += 1;
        }
        let survivor = shares.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        match survivor {
            Some((into, _)) => {
                applied.merged.push((id.clone(), (*into).to_owned()));
                steps.push(Step::Merge(id.clone(), (*into).to_owned()));
            }
            None => {
                applied.withdrawn.push(id.clone());
                steps.push(Step::Withdraw(id.clone()));
            }
        }
    }
    // A proposal that was made before, in the same words, is not made again.
    let mut fresh = Vec::new();
    for step in steps {
        if let Step::Propose(id, proposal) = &step {
            let new = proposal.as_ref().map(|(_, json)| json.as_str());
            let last: Option<Option<String>> = conn
                .prepare_cached("SELECT new FROM events WHERE subject = ?1 AND what = 'proposed' ORDER BY seq DESC LIMIT 1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            let same = match (last, new) {
                (Some(Some(last)), Some(new)) => value(&last) == value(new),
                (Some(None), None) => true,
                _ => false,
            };
            if same {
                applied.proposed.retain(|proposed| proposed != id);
                applied.unchanged += 1;
                continue;
            }
        }
        fresh.push(step);
    }
    Ok((fresh, applied))
}

fn take(conn: &Connection, step: Step<'_>, act: &Act) -> Result<()> {
    match step {
        Step::Write(incident, json) => {
            let newest = newest(conn, &incident.id)?;
            write(conn, incident, &json, newest.as_ref(), act, false)
        }
        Step::Merge(id, into) => remove(conn, &id, Some(&into), act, false),
        Step::Withdraw(id) => {
            let why = if act.why.is_empty() { "no incident holds any of its claims".to_owned() } else { act.why.clone() };
            remove(conn, &id, None, &Act { why, ..act.clone() }, false)
        }
        Step::Propose(id, proposal) => {
            let new = proposal.map(|(_, json)| value(&json));
            note(conn, "proposed", Some(&id), None, new.as_ref(), act)?;
            Ok(())
        }
    }
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

/// The fields in which two records differ, as they were and as they are.
fn difference(old: &str, new: &str) -> (Value, Value) {
    let (old, new) = (value(old), value(new));
    let (mut before, mut after) = (Map::new(), Map::new());
    let empty = Map::new();
    let (old, new) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
    for field in old.keys().chain(new.keys().filter(|field| !old.contains_key(*field))) {
        let (was, is) = (old.get(field).unwrap_or(&Value::Null), new.get(field).unwrap_or(&Value::Null));
        if was != is {
            before.insert(field.clone(), was.clone());
            after.insert(field.clone(), is.clone());
        }
    }
    (Value::Object(before), Value::Object(after))
}

fn total(tolls: &[Toll]) -> Option<&Toll> {
    tolls.iter().find(|toll| toll.side == "total").or_else(|| match tolls {
        [only] => Some(only),
        _ => None,
    })
}

fn write(conn: &Connection, incident: &Incident, json: &str, newest: Option<&Newest>, act: &Act, person: bool) -> Result<()> {
    for claim in &incident.claims {
        if !has_claim(conn, claim)? {
            return Err(unknown("claim", claim));
        }
    }
    let revision = newest.map_or(1, |newest| newest.revision + 1);
    let place = incident.place.as_ref();
    let names = place.map(|place| {
        let units = [Some(&place.name), place.admin2.as_ref(), place.admin1.as_ref()];
        units.into_iter().flatten().map(|name| fold(name)).collect::<Vec<_>>().join("\n")
    });
    let over: BTreeSet<&str> = incident.disputes.iter().map(|dispute| dispute.over.as_str()).collect();
    let disputed = if over.is_empty() { String::new() } else { format!(" {} ", Vec::from_iter(over).join(" ")) };
    let deaths = total(&incident.deaths);
    conn.prepare_cached(
        "INSERT INTO incident_versions (id, revision, state, reason, decided_by, recorded_at, kind, status, date_start,
           date_end, place_name, place, admin1, country, lat, lon, deaths_low, deaths_best, deaths_high, disputed, json)
         VALUES (?1, ?2, 'current', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )?
    .execute(params![
        incident.id,
        revision,
        act.why,
        person.then_some(&act.who),
        stamp(act.at),
        incident.kind,
        incident.status.as_str(),
        incident.date.as_ref().map(|date| date.start.to_string()),
        incident.date.as_ref().map(|date| date.end.to_string()),
        place.map(|place| &place.name),
        names,
        place.and_then(|place| place.admin1.as_deref()).map(fold),
        place.and_then(|place| place.country.as_deref()),
        place.and_then(|place| place.lat),
        place.and_then(|place| place.lon),
        deaths.map(|toll| clamp(toll.low)),
        deaths.map(|toll| clamp(toll.best)),
        deaths.map(|toll| clamp(toll.high)),
        disputed,
        json,
    ])?;
    let version = conn.last_insert_rowid();
    for (position, claim) in incident.claims.iter().enumerate() {
        conn.prepare_cached(
            "INSERT INTO incident_claims (version, claim, position) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![version, claim, position as i64])?;
    }
    for (position, party) in incident.parties.iter().enumerate() {
        conn.prepare_cached("INSERT INTO incident_parties (version, position, party) VALUES (?1, ?2, ?3)")?
            .execute(params![version, position as i64, fold(&party.name)])?;
    }
    match newest.and_then(|newest| newest.json.as_deref()) {
        Some(old) => {
            let (old, new) = difference(old, json);
            note(conn, "changed", Some(&incident.id), Some(&old), Some(&new), act)?;
        }
        // The version itself holds all of it.
        None => {
            note(conn, "created", Some(&incident.id), None, Some(&json!({ "revision": revision })), act)?;
        }
    }
    Ok(())
}

fn remove(conn: &Connection, id: &str, survivor: Option<&str>, act: &Act, person: bool) -> Result<()> {
    let revision = newest(conn, id)?.map_or(1, |newest| newest.revision + 1);
    let state = if survivor.is_some() { "merged" } else { "withdrawn" };
    conn.prepare_cached(
        "INSERT INTO incident_versions (id, revision, state, survivor, reason, decided_by, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![id, revision, state, survivor, act.why, person.then_some(&act.who), stamp(act.at)])?;
    let new = survivor.map(|survivor| json!({ "survivor": survivor }));
    note(conn, state, Some(id), None, new.as_ref(), act)?;
    Ok(())
}
