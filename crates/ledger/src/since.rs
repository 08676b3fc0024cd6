use jiff::Timestamp;
use record::{Id, content_id};
use rusqlite::{Row, params, params_from_iter};
use serde::Serialize;

use crate::filter::Filter;
use crate::shelf::{KEPT, lock};
use crate::text::unstamp;
use crate::{Ledger, Noun, Result, Top, What, query};

/// One turn in the life of an incident: what a copy elsewhere has to follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Its place in the order in which they were written; grows.
    pub cursor: i64,
    /// The incident.
    pub id: Id,
    /// [`What::Created`], [`What::Changed`], [`What::Merged`] or [`What::Withdrawn`].
    pub what: What,
    /// Its survivor, when it was merged.
    pub into: Option<Id>,
    /// How often its record was written by then, from 1.
    pub revision: u64,
    /// The person who decided it; `None` for the machine.
    pub decided_by: Option<String>,
    /// Why; may be empty for the machine.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

fn turn_of(row: &Row<'_>) -> Result<Turn> {
    let (state, before): (String, Option<String>) = (row.get(2)?, row.get(8)?);
    let what = match (state.as_str(), before.as_deref()) {
        ("merged", _) => What::Merged,
        ("withdrawn", _) => What::Withdrawn,
        (_, Some("current")) => What::Changed,
        // Not seen before, or back again.
        _ => What::Created,
    };
    Ok(Turn {
        cursor: row.get(0)?,
        id: row.get(1)?,
        what,
        into: row.get(3)?,
        revision: row.get::<_, i64>(4)?.cast_unsigned(),
        decided_by: row.get(5)?,
        why: row.get(6)?,
        at: unstamp(&row.get::<_, String>(7)?)?,
    })
}

impl Ledger {
    /// What became of incidents after a cursor, 0 for all, in the order in which it was written: at most so many, and how many
    /// there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn turns(&self, since: i64, most: usize, as_of: Option<Timestamp>) -> Result<Top<Turn>> {
        self.read(|conn| {
            let until = query::moment(as_of);
            let sql = "SELECT count(*) FROM incident_versions WHERE seq > ?1 AND recorded_at <= ?2";
            let total: i64 = conn.prepare_cached(sql)?.query_row(params![since, until], |row| row.get(0))?;
            let sql = "SELECT v.seq, v.id, v.state, v.survivor, v.revision, v.decided_by, v.reason, v.recorded_at,
                         (SELECT p.state FROM incident_versions p WHERE p.id = v.id AND p.seq < v.seq ORDER BY p.seq DESC LIMIT 1)
                       FROM incident_versions v WHERE v.seq > ?1 AND v.recorded_at <= ?2 ORDER BY v.seq LIMIT ?3";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query(params![since, until, i64::try_from(most).unwrap_or(i64::MAX)])?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(turn_of(row)?);
            }
            Ok(Top { items, total: total.unsigned_abs() as usize })
        })
    }

    /// A mark of everything that the ledger holds: as long as it is the same, so are all answers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark(&self) -> Result<String> {
        self.read(|conn| {
            let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM inputs) || ' ' || (SELECT coalesce(max(seq), 0) FROM readings) || ' '
                         || (SELECT coalesce(max(seq), 0) FROM incident_versions) || ' ' || (SELECT coalesce(max(seq), 0) FROM events),
                         coalesce((SELECT id FROM reports ORDER BY seq DESC LIMIT 1), ''),
                         coalesce((SELECT at FROM events ORDER BY seq DESC LIMIT 1), '')";
            let told = conn.prepare_cached(sql)?.query_row([], |row| Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?]))?;
            Ok(content_id(told.iter().map(String::as_str)))
        })
    }

    /// The newest moment at which something that the ledger holds was recorded: as of then, it is as it is now. `None` when it
    /// holds nothing. A shelf remembers it until something is added.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest(&self) -> Result<Option<Timestamp>> {
        self.snapshot(|ledger| {
            let mark = ledger.mark()?;
            let known = ledger.shelf.as_ref().map(|shelf| &shelf.newest);
            if let Some(newest) = known.map(lock).filter(|known| known.0 == mark) {
                return Ok(newest.1);
            }
            let newest = ledger.read(|conn| {
                // Who waited to write comes after somebody with a later moment: the last row need not be the newest.
                let sql = "SELECT max(at) FROM (SELECT max(recorded_at) AS at FROM inputs UNION ALL SELECT max(recorded_at) FROM readings
                         UNION ALL SELECT max(recorded_at) FROM incident_versions UNION ALL SELECT max(at) FROM events)";
                let newest: Option<String> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
                newest.as_deref().map(unstamp).transpose()
            })?;
            if let Some(mut known) = known.map(lock) {
                *known = (mark, newest);
            }
            Ok(newest)
        })
    }

    /// How many records a filter has; `limit` and `offset` are passed over. Counting claims takes as long as listing them, so
    /// a shelf remembers it until something is added.
    ///
    /// # Errors
    /// Those of the database.
    pub fn total(&self, noun: Noun, filter: &Filter) -> Result<u64> {
        let (filter, places) = self.widened(filter)?;
        if noun == Noun::Incident
            && let Some(total) = self.shelved_total(&filter, &places)?
        {
            return Ok(total);
        }
        let filter = Filter { limit: None, offset: 0, sort: None, ..filter };
        let mark = self.mark()?;
        let totals = self.shelf.as_ref().map(|shelf| &shelf.totals);
        let same = |(asked, of, when, _): &&(Noun, Filter, String, u64)| *asked == noun && *of == filter && *when == mark;
        if let Some(known) = totals.and_then(|totals| lock(totals).iter().find(same).map(|(.., total)| *total)) {
            return Ok(known);
        }
        let (rows, clause) = match noun {
            Noun::Incident => ("incident_versions v", query::incidents(&filter, &places)),
            Noun::Report => ("reports r", query::reports(&filter, &places)),
            Noun::Claim => ("claims c JOIN reports r ON r.id = c.report JOIN readings g ON g.seq = c.reading", query::claims(&filter, &places)),
        };
        let total = self.read(|conn| {
            let total: i64 =
                conn.prepare(&format!("SELECT count(*) FROM {rows} {}", clause.sql))?.query_row(params_from_iter(clause.params), |row| row.get(0))?;
            Ok(total.unsigned_abs())
        })?;
        if let Some(mut totals) = totals.map(lock) {
            totals.retain(|(_, _, when, _)| *when == mark);
            if totals.len() == KEPT {
                totals.remove(0);
            }
            totals.push((noun, filter, mark, total));
        }
        Ok(total)
    }
}
