use record::Id;
use rusqlite::{Connection, Row, params};
use serde_json::json;

use crate::decide::Deed;
use crate::events::{Act, DECIDED, Event, event_of, note, undone_by};
use crate::text::stamp;
use crate::{Error, Ledger, Result};

/// What undoing came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    /// The number of the event that says so.
    pub event: i64,
    /// The decision that was taken back.
    pub decision: Event,
    /// Incidents that only followed from it and that reconciliation has changed since: they are as reconciliation left
    /// them, and its next run puts them right.
    pub left: Vec<Id>,
}

/// The newest row about a record, and the last one before a decision.
struct Rows {
    newest_event: Option<i64>,
    /// The event of the row that the newest one restores.
    restored_event: Option<i64>,
    before: Option<i64>,
}

impl Ledger {
    /// Takes a decision back, the last one that stands when none is named: every record that it touched is as it was
    /// before, to the byte. That is an event too, and can be undone itself.
    ///
    /// # Errors
    /// [`Error::Overtaken`] when a later decision is about one of its records; [`Error::NotADecision`],
    /// [`Error::UndoneAlready`], [`Error::NothingToUndo`]; those of the database.
    pub fn undo(&mut self, event: Option<i64>, act: &Act) -> Result<Undone> {
        self.write(|conn| undo(conn, event, act))
    }

    /// What [`Ledger::undo`] would take back.
    ///
    /// # Errors
    /// As there, but for [`Error::Overtaken`].
    pub fn undoable(&self, event: Option<i64>) -> Result<Event> {
        self.read(|conn| undoable(conn, event))
    }
}

fn undoable(conn: &Connection, event: Option<i64>) -> Result<Event> {
    let undone = undone_by(conn, None)?;
    let Some(number) = event else {
        let sql = format!("SELECT seq FROM events WHERE {DECIDED} AND what <> 'undo' ORDER BY seq DESC");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if !undone.contains_key(&number) {
                return event_of(conn, number)?.ok_or(Error::NothingToUndo);
            }
        }
        return Err(Error::NothingToUndo);
    };
    let found = event_of(conn, number)?.filter(Event::is_decision).ok_or(Error::NotADecision { event: number })?;
    match undone.get(&number) {
        Some(&by) => Err(Error::UndoneAlready { event: number, by }),
        None => Ok(found),
    }
}

fn undo(conn: &Connection, event: Option<i64>, act: &Act) -> Result<Undone> {
    let decision = undoable(conn, event)?;
    let target = decision.id;
    let mut new = json!({ "event": target });
    // A decision about names is not about a record: who reads the log is to know.
    if let Some(names) = decision.new.as_ref().and_then(|new| new.get("names")) {
        new["names"] = names.clone();
        // Of an undoing that is undone, what that had taken back.
        new["what"] = decision.new.as_ref().and_then(|new| new.get("what")).cloned().unwrap_or_else(|| json!(decision.what));
    }
    let number = note(conn, Deed::Undo.as_str(), decision.subject.as_deref(), None, Some(&new), act)?;
    let ids = |sql: &str| -> Result<Vec<Id>> {
        let mut statement = conn.prepare_cached(sql)?;
        let rows = statement.query_map([target], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    let mut left = Vec::new();
    for id in ids("SELECT DISTINCT id FROM incident_versions WHERE event = ?1 ORDER BY id")? {
        let rows = rows(conn, "incident_versions", "id", &id, target)?;
        match rows.newest_event {
            None => left.push(id),
            Some(by) if by != target && rows.restored_event != Some(target) => return Err(Error::Overtaken { event: target, id, by }),
            Some(_) => restore_incident(conn, &id, rows.before, number, target, act)?,
        }
    }
    for claim in ids("SELECT DISTINCT claim FROM claim_decisions WHERE event = ?1 ORDER BY claim")? {
        let rows = rows(conn, "claim_decisions", "claim", &claim, target)?;
        match rows.newest_event {
            Some(by) if by != target && rows.restored_event != Some(target) => return Err(Error::Overtaken { event: target, id: claim, by }),
            _ => restore_claim(conn, &claim, rows.before, number, act)?,
        }
    }
    Ok(Undone { event: number, decision, left })
}

fn rows(conn: &Connection, table: &str, column: &str, id: &str, event: i64) -> Result<Rows> {
    let sql = format!(
        "SELECT n.event, (SELECT o.event FROM {table} o WHERE o.seq = n.restores),
           (SELECT max(b.seq) FROM {table} b WHERE b.{column} = ?1 AND b.seq < (SELECT min(e.seq) FROM {table} e WHERE e.{column} = ?1 AND e.event = ?2))
         FROM {table} n WHERE n.{column} = ?1 ORDER BY n.seq DESC LIMIT 1"
    );
    let read = |row: &Row<'_>| Ok(Rows { newest_event: row.get(0)?, restored_event: row.get(1)?, before: row.get(2)? });
    Ok(conn.prepare_cached(&sql)?.query_row(params![id, event], read)?)
}

fn restore_incident(conn: &Connection, id: &str, before: Option<i64>, event: i64, undone: i64, act: &Act) -> Result<()> {
    let revision: i64 = conn.prepare_cached("SELECT max(revision) + 1 FROM incident_versions WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
    let Some(before) = before else {
        // It was made by the decision: it is gone again.
        conn.prepare_cached(
            "INSERT INTO incident_versions (id, revision, state, reason, recorded_at, event) VALUES (?1, ?2, 'withdrawn', ?3, ?4, ?5)",
        )?
        .execute(params![id, revision, format!("event {undone}, which made it, was undone"), stamp(act.at), event])?;
        return Ok(());
    };
    let root: i64 =
        conn.prepare_cached("SELECT coalesce(restores, seq) FROM incident_versions WHERE seq = ?1")?.query_row([before], |row| row.get(0))?;
    conn.prepare_cached(
        "INSERT INTO incident_versions (id, revision, state, survivor, reason, decided_by, recorded_at, kind, status, date_start, date_end,
           place_name, place, admin1, country, lat, lon, deaths_low, deaths_best, deaths_high, disputed, json, event, restores, fields)
         SELECT id, ?2, state, survivor, reason, decided_by, ?3, kind, status, date_start, date_end,
           place_name, place, admin1, country, lat, lon, deaths_low, deaths_best, deaths_high, disputed, json, ?4, seq, fields
         FROM incident_versions WHERE seq = ?1",
    )?
    .execute(params![root, revision, stamp(act.at), event])?;
    let version = conn.last_insert_rowid();
    for sql in [
        "INSERT INTO incident_claims (version, claim, position, rank, stake) SELECT ?2, claim, position, rank, stake FROM incident_claims WHERE version = ?1",
        "INSERT INTO incident_parties (version, position, party) SELECT ?2, position, party FROM incident_parties WHERE version = ?1",
    ] {
        conn.prepare_cached(sql)?.execute([root, version])?;
    }
    Ok(())
}

fn restore_claim(conn: &Connection, claim: &str, before: Option<i64>, event: i64, act: &Act) -> Result<()> {
    let root: Option<i64> = before
        .map(|before| {
            conn.prepare_cached("SELECT coalesce(restores, seq) FROM claim_decisions WHERE seq = ?1")?.query_row([before], |row| row.get::<_, i64>(0))
        })
        .transpose()?;
    match root {
        Some(root) => conn
            .prepare_cached(
                "INSERT INTO claim_decisions (claim, report, state, version, origin, decided_by, event, restores, recorded_at)
                 SELECT claim, report, state, version, origin, decided_by, ?2, seq, ?3 FROM claim_decisions WHERE seq = ?1",
            )?
            .execute(params![root, event, stamp(act.at)])?,
        None => conn
            .prepare_cached(
                "INSERT INTO claim_decisions (claim, report, state, origin, decided_by, event, recorded_at)
                 SELECT claim, report, 'left', origin, ?2, ?3, ?4 FROM claim_decisions WHERE claim = ?1 ORDER BY seq DESC LIMIT 1",
            )?
            .execute(params![claim, act.who, event, stamp(act.at)])?,
    };
    Ok(())
}
