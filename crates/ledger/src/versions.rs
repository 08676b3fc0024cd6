use std::collections::{BTreeMap, BTreeSet};

use record::{Id, Incident, Toll};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value, json};

use crate::events::{Act, note};
use crate::incidents::{Applied, Change, What};
use crate::queue::stakes;
use crate::text::{clamp, fold, stamp};
use crate::{Error, Result};

/// What stands of an incident: its newest version, and the claims of the last one that was in force.
pub(crate) struct Newest {
    pub(crate) revision: i64,
    pub(crate) json: Option<String>,
    survivor: Option<Id>,
    pub(crate) decided: bool,
    /// The decision that wrote it, 0 for the machine's.
    event: i64,
    claims: Vec<Id>,
}

pub(crate) fn to_json(incident: &Incident) -> Result<String> {
    serde_json::to_string(incident).map_err(|source| Error::stored("incident", &incident.id, source))
}

pub(crate) fn from_json(id: &str, json: &str) -> Result<Incident> {
    serde_json::from_str(json).map_err(|source| Error::stored("incident", id, source))
}

const NEWEST: &str = "SELECT v.id, v.revision, v.json, v.survivor, v.decided_by IS NOT NULL, coalesce(v.event, 0)
                      FROM incident_versions v WHERE v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)";

fn newest_of(row: &Row<'_>) -> rusqlite::Result<(Id, Newest)> {
    let newest = Newest { revision: row.get(1)?, json: row.get(2)?, survivor: row.get(3)?, decided: row.get(4)?, event: row.get(5)?, claims: vec![] };
    Ok((row.get(0)?, newest))
}

pub(crate) fn newest(conn: &Connection, id: &str) -> Result<Option<Newest>> {
    let found = conn.prepare_cached(&format!("{NEWEST} AND v.id = ?1"))?.query_row([id], newest_of).optional()?;
    Ok(found.map(|(_, newest)| newest))
}

fn all_newest(conn: &Connection) -> Result<BTreeMap<Id, Newest>> {
    let mut statement = conn.prepare_cached(NEWEST)?;
    let mut found: BTreeMap<Id, Newest> = statement.query_map([], newest_of)?.collect::<rusqlite::Result<_>>()?;
    let sql = "SELECT v.id, ic.claim FROM incident_versions v JOIN incident_claims ic ON ic.version = v.seq
               WHERE v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id AND n.state = 'current')
               ORDER BY v.seq, ic.position";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(newest) = found.get_mut(row.get_ref(0)?.as_str().unwrap_or_default()) {
            newest.claims.push(row.get(1)?);
        }
    }
    Ok(found)
}

/// Which decided incident has each claim in hand: one in force, or else one that a person took back.
fn held(known: &BTreeMap<Id, Newest>) -> BTreeMap<&str, &str> {
    let mut held = BTreeMap::new();
    for in_force in [true, false] {
        let decided = known.iter().filter(|(_, newest)| newest.decided && newest.survivor.is_none() && newest.json.is_some() == in_force);
        for (id, newest) in decided {
            for claim in &newest.claims {
                held.entry(claim.as_str()).or_insert(id.as_str());
            }
        }
    }
    held
}

/// Where the id of a merged incident leads; every other leads to itself.
fn lead<'a>(known: &'a BTreeMap<Id, Newest>, id: &'a str) -> &'a str {
    let mut at = id;
    for _ in 0..known.len() {
        let Some(next) = known.get(at).and_then(|newest| newest.survivor.as_deref()) else { break };
        at = next;
    }
    at
}

/// What taking over `incidents`, all that reconciliation has, comes to.
///
/// An incident that shares a claim with one that a person decided is not written: it is proposed about that one. One of
/// the machine's that would go into a decided one stays as it is until a person agrees.
pub(crate) fn plan(conn: &Connection, incidents: &[Incident]) -> Result<Applied> {
    let known = all_newest(conn)?;
    let held = held(&known);
    let mut applied = Applied::default();
    let (mut seen, mut written) = (BTreeSet::new(), BTreeSet::new());
    // Where claims go: into an incident that is written, or into a proposal.
    let (mut home, mut waiting): (BTreeMap<&str, &str>, BTreeSet<&str>) = (BTreeMap::new(), BTreeSet::new());
    let mut proposals: BTreeMap<&str, Vec<&Incident>> = BTreeMap::new();
    for incident in incidents {
        if !seen.insert(incident.id.as_str()) {
            continue;
        }
        let json = to_json(incident)?;
        let old = known.get(&incident.id);
        let same = old.is_some_and(|old| old.json.as_deref() == Some(&json));
        let mut about: BTreeSet<&str> = incident.claims.iter().filter_map(|claim| held.get(claim.as_str()).copied()).collect();
        about.extend(old.filter(|old| old.decided).map(|_| lead(&known, &incident.id)));
        if !about.is_empty() {
            waiting.extend(incident.claims.iter().map(String::as_str));
            applied.unchanged += usize::from(same && about.len() == 1);
            about.into_iter().for_each(|id| proposals.entry(id).or_default().push(incident));
            continue;
        }
        written.insert(incident.id.as_str());
        for claim in &incident.claims {
            home.entry(claim).or_insert(&incident.id);
        }
        match old.and_then(|old| old.json.as_deref()) {
            Some(_) if same => applied.unchanged += 1,
            Some(old) => applied.changes.push(Change::new(&incident.id, What::Changed, Some(from_json(&incident.id, old)?), Some(incident))),
            None => applied.changes.push(Change::new(&incident.id, What::Created, None, Some(incident))),
        }
    }
    for (id, newest) in known.iter().filter(|(id, newest)| newest.json.is_some() && !newest.decided && !written.contains(id.as_str())) {
        let old = newest.json.as_deref().map(|json| from_json(id, json)).transpose()?;
        let mut shares: BTreeMap<&str, usize> = BTreeMap::new();
        for into in newest.claims.iter().filter_map(|claim| home.get(claim.as_str())) {
            *shares.entry(into).or_default() += 1;
        }
        match shares.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))) {
            Some((into, _)) => applied.changes.push(Change { into: Some((*into).to_owned()), ..Change::new(id, What::Merged, old, None) }),
            None if newest.claims.iter().any(|claim| waiting.contains(claim.as_str())) => applied.unchanged += 1,
            None => applied.changes.push(Change::new(id, What::Withdrawn, old, None)),
        }
    }
    for (id, newest) in known.iter().filter(|(_, newest)| newest.decided && newest.survivor.is_none()) {
        let machine = proposals.remove(id.as_str()).unwrap_or_default();
        propose(conn, id, newest, machine, &mut applied)?;
    }
    Ok(applied)
}

/// What the machine would have instead of a decided incident, unless it said so before.
fn propose(conn: &Connection, id: &str, newest: &Newest, machine: Vec<&Incident>, applied: &mut Applied) -> Result<()> {
    let jsons: Vec<String> = machine.iter().map(|incident| to_json(incident)).collect::<Result<_>>()?;
    let agrees = match &newest.json {
        Some(json) => jsons.len() == 1 && jsons[0] == *json,
        None => jsons.is_empty(),
    };
    let last = conn
        .prepare_cached("SELECT what, new FROM events WHERE subject = ?1 AND what IN ('proposed', 'agreed') AND seq > ?2 ORDER BY seq DESC LIMIT 1")?
        .query_row(params![id, newest.event], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))
        .optional()?;
    let said = match (&last, agrees) {
        (None, agrees) => agrees,
        (Some((what, _)), true) => what == "agreed",
        (Some((what, new)), false) => what == "proposed" && new.as_deref().map(value) == Some(value(&format!("[{}]", jsons.join(",")))),
    };
    if said {
        applied.unchanged += usize::from(!agrees && jsons.len() == 1);
        return Ok(());
    }
    let what = if agrees { What::Agreed } else { What::Proposed };
    let old = newest.json.as_deref().map(|json| from_json(id, json)).transpose()?;
    applied.changes.push(Change { new: machine.into_iter().cloned().collect(), ..Change::new(id, what, old, None) });
    Ok(())
}

pub(crate) fn take(conn: &Connection, change: &Change, act: &Act) -> Result<()> {
    let hand = Hand { act, event: None, person: false, fields: None };
    match change.what {
        What::Created | What::Changed => {
            for incident in &change.new {
                let (newest, json) = (newest(conn, &incident.id)?, to_json(incident)?);
                write(conn, incident, &json, newest.as_ref(), &hand)?;
                match newest.as_ref().and_then(|newest| newest.json.as_deref()) {
                    Some(old) => {
                        let (old, new) = difference(old, &json);
                        note(conn, "changed", Some(&incident.id), Some(&old), Some(&new), act)?;
                    }
                    // The version itself holds all of it.
                    None => {
                        let revision = newest.map_or(1, |newest| newest.revision + 1);
                        note(conn, "created", Some(&incident.id), None, Some(&json!({ "revision": revision })), act)?;
                    }
                }
            }
        }
        What::Merged => {
            remove(conn, &change.id, change.into.as_deref(), &hand)?;
            note(conn, "merged", Some(&change.id), None, Some(&json!({ "survivor": change.into })), act)?;
        }
        What::Withdrawn => {
            let why = if act.why.is_empty() { "no incident holds any of its claims".to_owned() } else { act.why.clone() };
            let act = Act { why, ..act.clone() };
            remove(conn, &change.id, None, &Hand { act: &act, ..hand })?;
            note(conn, "withdrawn", Some(&change.id), None, None, &act)?;
        }
        What::Proposed | What::Agreed => {
            let new: Vec<Value> = change.new.iter().map(|incident| to_json(incident).map(|json| value(&json))).collect::<Result<_>>()?;
            note(conn, change.what.as_str(), Some(&change.id), None, Some(&Value::Array(new)), act)?;
        }
    }
    Ok(())
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

/// The fields in which two records differ, as they were and as they are.
pub(crate) fn difference(old: &str, new: &str) -> (Value, Value) {
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
    tolls.iter().find(|toll| toll.side == "total").or(match tolls {
        [only] => Some(only),
        _ => None,
    })
}

/// Who writes a version: for a person the event of the decision too, and the fields that people set.
#[derive(Clone, Copy)]
pub(crate) struct Hand<'a> {
    pub(crate) act: &'a Act,
    pub(crate) event: Option<i64>,
    /// Whether the version is to stand against reconciliation.
    pub(crate) person: bool,
    pub(crate) fields: Option<&'a str>,
}

pub(crate) fn write(conn: &Connection, incident: &Incident, json: &str, newest: Option<&Newest>, hand: &Hand<'_>) -> Result<()> {
    let stakes = stakes(conn, incident)?;
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
           date_end, place_name, place, admin1, country, lat, lon, deaths_low, deaths_best, deaths_high, disputed, json,
           event, fields)
         VALUES (?1, ?2, 'current', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    )?
    .execute(params![
        incident.id,
        revision,
        hand.act.why,
        hand.person.then_some(&hand.act.who),
        stamp(hand.act.at),
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
        hand.event,
        hand.fields,
    ])?;
    let version = conn.last_insert_rowid();
    for (position, (claim, (reason, stake))) in incident.claims.iter().zip(stakes).enumerate() {
        conn.prepare_cached(
            "INSERT INTO incident_claims (version, claim, position, rank, stake) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![version, claim, position as i64, reason.rank(), stake])?;
    }
    for (position, party) in incident.parties.iter().enumerate() {
        conn.prepare_cached("INSERT INTO incident_parties (version, position, party) VALUES (?1, ?2, ?3)")?.execute(params![
            version,
            position as i64,
            fold(&party.name)
        ])?;
    }
    Ok(())
}

/// Takes an incident out of force: into another, or for nothing.
pub(crate) fn remove(conn: &Connection, id: &str, survivor: Option<&str>, hand: &Hand<'_>) -> Result<()> {
    let revision = newest(conn, id)?.map_or(1, |newest| newest.revision + 1);
    let state = if survivor.is_some() { "merged" } else { "withdrawn" };
    conn.prepare_cached(
        "INSERT INTO incident_versions (id, revision, state, survivor, reason, decided_by, recorded_at, event)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![id, revision, state, survivor, hand.act.why, hand.person.then_some(&hand.act.who), stamp(hand.act.at), hand.event])?;
    Ok(())
}
