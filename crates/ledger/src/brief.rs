use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use record::{DatePrecision, Id, PlacePrecision, Status};
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

use crate::filter::Filter;
use crate::text::fold;
use crate::{Error, Ledger, Result, query};

/// What maps, timelines and counts need of an incident, read from columns: a hundred thousand are a moment's work,
/// where as many whole records are not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brief {
    /// The incident.
    pub id: Id,
    /// ACLED's sub-event name in lower case.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its standing.
    pub status: Status,
    /// First day, when it is known.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// How near the day is known.
    pub date_precision: Option<DatePrecision>,
    /// Usual name of its place.
    pub place: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Latitude and longitude in WGS 84 degrees.
    pub point: Option<(f64, f64)>,
    /// How near the place is known.
    pub place_precision: Option<PlacePrecision>,
    /// Low, best and high figure of the dead in total.
    pub deaths: Option<[u64; 3]>,
    /// What is disputed, parted by blanks; empty when nothing is.
    pub disputed: String,
    /// Whether a person decided it.
    pub reviewed: bool,
}

/// How many incidents, for one value of something that they can be told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The value as printed.
    pub value: String,
    /// Incidents of the filter that have it.
    pub incidents: u64,
}

/// What one outlet published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlet {
    /// Its name; empty when nobody says.
    pub name: String,
    /// Its sort, of the latest report.
    pub kind: String,
    /// Reports, copies included.
    pub reports: u64,
    /// Those that republish another outlet's.
    pub copies: u64,
    /// Claims in force.
    pub claims: u64,
    /// Day of the latest report.
    pub latest: Option<Date>,
}

/// What one speaker was quoted with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Speaker {
    /// Its name as first printed.
    pub name: String,
    /// What sort of speaker.
    pub kind: String,
    /// Claims in force.
    pub claims: u64,
    /// Reports that carry them.
    pub reports: u64,
    /// Of the claims, those that count the dead.
    pub deaths: u64,
    /// Of the claims, denials.
    pub denials: u64,
}

/// A list cut short, and how long it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Top<T> {
    /// The first of them.
    pub items: Vec<T>,
    /// How many there are.
    pub total: usize,
}

fn top<T>(mut items: Vec<T>, most: usize) -> Top<T> {
    let total = items.len();
    items.truncate(most);
    Top { items, total }
}

fn number(row: &Row<'_>, at: usize) -> Result<u64> {
    Ok(row.get::<_, Option<i64>>(at)?.unwrap_or(0).cast_unsigned())
}

fn word<T: std::str::FromStr<Err = record::Error>>(row: &Row<'_>, at: usize, id: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(at)?;
    text.map(|text| text.parse()).transpose().map_err(|source| Error::stored("incident", id, source))
}

fn day(text: Option<String>, id: &str) -> Result<Option<Date>> {
    text.map(|text| text.parse()).transpose().map_err(|source: jiff::Error| Error::stored("incident", id, source))
}

/// The columns of [`brief_of`], of `incident_versions v`.
pub(crate) const BRIEF: &str =
    "v.id, v.kind, v.status, v.date_start, v.date_end, v.json ->> '$.date.precision', v.place_name, v.country, v.lat, v.lon,
    v.json ->> '$.place.precision', v.deaths_low, v.deaths_best, v.deaths_high, v.disputed, v.decided_by IS NOT NULL, v.placed";

/// The column of [`BRIEF`] that holds the folded key of the place; the next one is the caller's.
pub(crate) const PLACED: usize = 16;

pub(crate) fn brief_of(row: &Row<'_>) -> Result<Brief> {
    let id: Id = row.get(0)?;
    let (lat, lon): (Option<f64>, Option<f64>) = (row.get(8)?, row.get(9)?);
    let best: Option<i64> = row.get(12)?;
    Ok(Brief {
        kind: row.get(1)?,
        status: word(row, 2, &id)?.unwrap_or(Status::Claimed),
        start: day(row.get(3)?, &id)?,
        end: day(row.get(4)?, &id)?,
        date_precision: word(row, 5, &id)?,
        place: row.get(6)?,
        country: row.get(7)?,
        point: lat.zip(lon),
        place_precision: word(row, 10, &id)?,
        deaths: best.map(|best| Ok::<_, Error>([number(row, 11)?, best.cast_unsigned(), number(row, 13)?])).transpose()?,
        disputed: row.get::<_, String>(14)?.trim().to_owned(),
        reviewed: row.get(15)?,
        id,
    })
}

impl Ledger {
    /// Every incident of a filter in brief, in its order; `limit` and `offset` are passed over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn briefs(&self, filter: &Filter) -> Result<Vec<Arc<Brief>>> {
        let (filter, places) = &self.widened(filter)?;
        if let Some(found) = self.shelved_briefs(filter, places)? {
            return Ok(found);
        }
        let clause = query::incidents(&Filter { limit: None, offset: 0, ..filter.clone() }, places);
        self.read(|conn| {
            let mut statement = conn.prepare(&format!("SELECT {BRIEF} FROM incident_versions v {}", clause.sql))?;
            let mut rows = statement.query(params_from_iter(clause.params))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let mut brief = Arc::new(brief_of(row)?);
                places.name_brief(row.get::<_, Option<String>>(PLACED)?.as_deref(), &mut brief);
                found.push(brief);
            }
            Ok(found)
        })
    }

    /// The parties of a filter's incidents, most incidents first, by their usual names; aliases are counted with them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn party_shares(&self, filter: &Filter, most: usize) -> Result<Top<Share>> {
        let aliases = self.aliases(filter.as_of)?;
        let (actors, places) = (&aliases.actors, &aliases.places);
        let filter = &actors.widen(filter);
        let shelved = self.shelved_parties(filter, &aliases)?;
        let clause = query::incidents(&Filter { limit: None, offset: 0, ..filter.clone() }, places);
        self.read(|conn| {
            let found: Vec<(String, i64, i64)> = match shelved {
                Some(found) => found,
                None => {
                    let (party, mut params) = actors.folded("p.party");
                    let sql = format!(
                        "SELECT {party}, count(DISTINCT p.version), min(p.version) FROM incident_parties p
                         WHERE p.version IN (SELECT v.seq FROM incident_versions v {}) GROUP BY 1 ORDER BY 2 DESC, 1",
                        clause.sql
                    );
                    params.extend(clause.params);
                    let mut statement = conn.prepare(&sql)?;
                    let rows = statement.query_map(params_from_iter(params), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                    rows.collect::<rusqlite::Result<_>>()?
                }
            };
            let found = top(found, most);
            let mut items = Vec::with_capacity(found.items.len());
            for (folded, incidents, version) in found.items {
                // The names as written stand in the record only.
                let names: String = conn
                    .prepare_cached("SELECT coalesce(json_extract(json, '$.parties'), '[]') FROM incident_versions WHERE seq = ?1")?
                    .query_row([version], |row| row.get(0))?;
                let parties: Vec<record::Party> = serde_json::from_str(&names).map_err(|source| Error::stored("incident", &folded, source))?;
                let printed = parties.iter().map(|party| actors.usual(&party.name)).find(|name| fold(name) == folded).map(str::to_owned);
                items.push(Share { value: printed.unwrap_or(folded), incidents: incidents.cast_unsigned() });
            }
            Ok(Top { items, total: found.total })
        })
    }

    /// How actors and targets of these usual names are printed in claims: for each name up to eight forms, the most
    /// frequent first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn printed_names<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<Vec<Vec<String>>> {
        let mut found: Vec<(&str, Vec<String>)> = names.map(|name| (name, vec![])).collect();
        let at: BTreeMap<&str, usize> = found.iter().enumerate().map(|(n, (name, _))| (*name, n)).collect();
        self.read(|conn| {
            // All names at once: every claim is looked at, and once is enough.
            let sql = "SELECT name, text FROM (
                         SELECT json ->> '$.actor.name' AS name, json ->> '$.actor.text' AS text FROM claims WHERE parties <> ''
                         UNION ALL
                         SELECT json ->> '$.target.name', json ->> '$.target.text' FROM claims WHERE parties <> '')
                       WHERE name IS NOT NULL AND text <> '' GROUP BY name, text ORDER BY count(*) DESC, text";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let printed = at.get(row.get_ref(0)?.as_str().unwrap_or_default()).map(|&n| &mut found[n].1);
                if let Some(printed) = printed.filter(|printed| printed.len() < 8) {
                    printed.push(row.get(1)?);
                }
            }
            Ok(())
        })?;
        Ok(found.into_iter().map(|(_, printed)| printed).collect())
    }

    /// The outlets that tell of a filter's incidents, most incidents first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn outlet_shares(&self, filter: &Filter, most: usize) -> Result<Top<Share>> {
        let (filter, places) = &self.widened(filter)?;
        if let Some(found) = self.shelved_outlets(filter, places)? {
            return Ok(top(found.into_iter().map(|(value, incidents)| Share { value, incidents }).collect(), most));
        }
        let clause = query::incidents(&Filter { limit: None, offset: 0, ..filter.clone() }, places);
        self.read(|conn| {
            let sql = format!(
                "SELECT min(r.outlet), count(DISTINCT ic.version) FROM incident_claims ic JOIN claims c ON c.id = ic.claim
                 JOIN reports r ON r.id = c.report WHERE r.outlet <> '' AND ic.version IN
                 (SELECT v.seq FROM incident_versions v {}) GROUP BY r.outlet_key ORDER BY 2 DESC, 1",
                clause.sql
            );
            let mut statement = conn.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(clause.params), |row| {
                Ok(Share { value: row.get(0)?, incidents: row.get::<_, i64>(1)?.cast_unsigned() })
            })?;
            Ok(top(rows.collect::<rusqlite::Result<_>>()?, most))
        })
    }

    /// How many reports there are, and when the last was learnt.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stamp(&self) -> Result<(u64, Option<jiff::Timestamp>)> {
        self.read(|conn| {
            let sql = "SELECT count(*), (SELECT recorded_at FROM reports ORDER BY seq DESC LIMIT 1) FROM reports";
            let (reports, latest): (i64, Option<String>) = conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok((reports.cast_unsigned(), latest.as_deref().map(crate::text::unstamp).transpose()?))
        })
    }

    /// How long it takes until nine of ten incidents are first reported, and the day of the latest report: what happened less
    /// than that before it may still be reported. From the thousand incidents that came last; `None` with fewer than ten.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delay(&self) -> Result<Option<(u32, Date)>> {
        self.read(|conn| {
            let sql = "SELECT CAST(max(0, julianday(min(r.published_day)) - julianday(v.date_start)) AS INTEGER)
                       FROM (SELECT seq, date_start FROM incident_versions v WHERE state = 'current' AND date_start IS NOT NULL
                         AND seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id) ORDER BY seq DESC LIMIT 1000) v
                       JOIN incident_claims ic ON ic.version = v.seq JOIN claims c ON c.id = ic.claim JOIN reports r ON r.id = c.report
                       WHERE r.published_day IS NOT NULL GROUP BY v.seq ORDER BY 1";
            let mut statement = conn.prepare_cached(sql)?;
            let days: Vec<u32> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let latest: Option<String> = conn.query_row("SELECT max(published_day) FROM reports", [], |row| row.get(0))?;
            let (Some(latest), 10..) = (day(latest, "reports")?, days.len()) else { return Ok(None) };
            Ok(Some((days[(days.len() * 9).div_ceil(10) - 1], latest)))
        })
    }

    /// Who published, most reports first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn outlets(&self, most: usize) -> Result<Top<Outlet>> {
        self.read(|conn| {
            let sql = format!(
                "SELECT r.outlet, r.kind, count(*), sum(r.copy_of IS NOT NULL),
                         sum((SELECT count(*) FROM claims c WHERE c.report = r.id AND {})),
                         max(r.published_day)
                       FROM reports r GROUP BY r.outlet_key ORDER BY 3 DESC, r.outlet_key",
                query::in_force(None)
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let name: String = row.get(0)?;
                let latest = day(row.get(5)?, &name)?;
                found.push(Outlet { kind: row.get(1)?, reports: number(row, 2)?, copies: number(row, 3)?, claims: number(row, 4)?, latest, name });
            }
            Ok(top(found, most))
        })
    }

    /// Who is quoted, most claims first; an outlet's own voice is no speaker.
    ///
    /// # Errors
    /// Those of the database.
    pub fn speakers(&self, most: usize) -> Result<Top<Speaker>> {
        self.read(|conn| {
            let sql = format!(
                "WITH quoted AS (
                         SELECT c.speaker, c.speaker_kind, count(*) AS claims, count(DISTINCT c.report), sum(c.kind = 'deaths'),
                           sum(c.stance = 'denies'), min(c.seq) AS first
                         FROM claims c WHERE c.speaker IS NOT NULL AND {}
                         GROUP BY c.speaker, c.speaker_kind)
                       SELECT q.*, (SELECT f.json ->> '$.source[#-1].name' FROM claims f WHERE f.seq = q.first)
                       FROM quoted q ORDER BY q.claims DESC, q.speaker, q.speaker_kind",
                query::in_force(None)
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let (folded, printed): (String, Option<String>) = (row.get(0)?, row.get(7)?);
                found.push(Speaker {
                    name: printed.unwrap_or(folded),
                    kind: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                    claims: number(row, 2)?,
                    reports: number(row, 3)?,
                    deaths: number(row, 4)?,
                    denials: number(row, 5)?,
                });
            }
            Ok(top(found, most))
        })
    }
}
