use std::collections::{BTreeMap, BTreeSet};

use record::{Id, Incident, Toll};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value, json};

use crate::events::{Act, note};
use crate::incidents::Applied;
use crate::read::{has_claim, unknown};
use crate::text::{clamp, fold, stamp};
use crate::{Error, Result};

/// The newest version of an incident.
pub(crate) struct Newest {
    revision: i64,
    pub(crate) json: Option<String>,
    pub(crate) decided: bool,
    claims: Vec<Id>,
}

/// One thing to append.
pub(crate) enum Step<'a> {
    Write(&'a Incident, String),
    Merge(Id, Id),
    Withdraw(Id),
    Propose(Id, Option<(&'a Incident, String)>),
}

pub(crate) fn to_json(incident: &Incident) -> Result<String> {
    serde_json::to_string(incident).map_err(|source| Error::stored("incident", &incident.id, source))
}

pub(crate) fn newest(conn: &Connection, id: &str) -> Result<Option<Newest>> {
    let sql = "SELECT revision, json, decided_by IS NOT NULL FROM incident_versions WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok(Newest { revision: row.get(0)?, json: row.get(1)?, decided: row.get(2)?, claims: vec![] });
    Ok(conn.prepare_cached(sql)?.query_row([id], read).optional()?)
}

fn all_newest(conn: &Connection) -> Result<BTreeMap<Id, Newest>> {
    let sql = "SELECT v.id, v.revision, v.json, v.decided_by IS NOT NULL FROM incident_versions v
               WHERE v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, Newest { revision: row.get(1)?, json: row.get(2)?, decided: row.get(3)?, claims: vec![] })))?;
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

pub(crate) fn plan<'a>(conn: &Connection, incidents: &'a [Incident]) -> Result<(Vec<Step<'a>>, Applied)> {
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

pub(crate) fn take(conn: &Connection, step: Step<'_>, act: &Act) -> Result<()> {
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
    tolls.iter().find(|toll| toll.side == "total").or(match tolls {
        [only] => Some(only),
        _ => None,
    })
}

pub(crate) fn write(conn: &Connection, incident: &Incident, json: &str, newest: Option<&Newest>, act: &Act, person: bool) -> Result<()> {
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
        conn.prepare_cached("INSERT INTO incident_claims (version, claim, position) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![version, claim, position as i64])?;
    }
    for (position, party) in incident.parties.iter().enumerate() {
        conn.prepare_cached("INSERT INTO incident_parties (version, position, party) VALUES (?1, ?2, ?3)")?.execute(params![
            version,
            position as i64,
            fold(&party.name)
        ])?;
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

pub(crate) fn remove(conn: &Connection, id: &str, survivor: Option<&str>, act: &Act, person: bool) -> Result<()> {
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
