use jiff::Timestamp;
use record::{Claim, Id, Report, Span};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Serialize;

use crate::filter::Filter;
use crate::text::unstamp;
use crate::{ClaimState, Error, Fetched, Ledger, Result, fetched, query};

/// A report with what the ledger knows of its arrival.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportEntry {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    /// Where it is published.
    pub url: Option<String>,
    /// Hash of the bytes it first came in.
    pub raw_hash: Option<String>,
    /// How it was first fetched, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched: Option<Fetched>,
    /// How many claims the reading in force found.
    #[serde(rename = "n_claims")]
    pub claims: u64,
    /// When it was learnt.
    pub recorded_at: Timestamp,
}

/// A claim with what people said of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimEntry {
    /// The claim, as corrected.
    #[serde(flatten)]
    pub claim: Claim,
    /// What a person said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<ClaimState>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
}

impl From<Claim> for ClaimEntry {
    /// A claim of which nobody said anything.
    fn from(claim: Claim) -> ClaimEntry {
        ClaimEntry { claim, decision: None, decided_by: None }
    }
}

/// What sort of record an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A report.
    Report,
    /// A claim.
    Claim,
    /// An incident, withdrawn and merged ones included.
    Incident,
}

const REPORT: &str = "SELECT r.id, r.published, r.outlet, r.kind, r.language, r.title, r.text, r.copy_of FROM reports r ";

fn entry_columns(as_of: Option<Timestamp>) -> String {
    format!(
        "SELECT r.id, r.published, r.outlet, r.kind, r.language, r.title, r.text, r.copy_of, r.url,
           (SELECT i.raw_hash FROM inputs i WHERE i.report = r.id ORDER BY i.seq LIMIT 1),
           (SELECT count(*) FROM claims c WHERE c.report = r.id AND {}), r.recorded_at, {} FROM reports r LEFT JOIN fetched f
           ON f.seq = (SELECT i.fetched FROM inputs i WHERE i.report = r.id AND i.fetched IS NOT NULL AND i.recorded_at <= '{}'
             ORDER BY i.seq LIMIT 1) ",
        query::in_force(as_of),
        fetched::COLUMNS,
        query::moment(as_of),
    )
}

/// The incident of a claim comes from the incidents in force at a moment.
fn claim_columns(as_of: Option<Timestamp>) -> String {
    format!(
        "SELECT c.id, c.json, c.byte_start, c.byte_end,
           (SELECT v.id FROM incident_claims ic JOIN incident_versions v ON v.seq = ic.version WHERE ic.claim = c.id
             AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id AND n.recorded_at <= '{}') ORDER BY v.seq LIMIT 1),
           {}, {} FROM claims c ",
        query::moment(as_of),
        query::decided("d.state", as_of),
        query::decided("d.decided_by", as_of),
    )
}

impl Ledger {
    /// What sort of record `id` names, and the id as stored: a person may type it in lower case, with `o` for `0` and
    /// `l` or `i` for `1`. `None` when nothing has it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn noun(&self, id: &str) -> Result<Option<(Noun, Id)>> {
        self.read(|conn| {
            let plain: String = id
                .trim()
                .to_uppercase()
                .chars()
                .map(|c| match c {
                    'O' => '0',
                    'I' | 'L' => '1',
                    c => c,
                })
                .collect();
            for id in [id.trim(), &plain] {
                for (noun, sql) in [
                    (Noun::Incident, "SELECT 1 FROM incident_versions WHERE id = ?1"),
                    (Noun::Claim, "SELECT 1 FROM claims WHERE id = ?1"),
                    (Noun::Report, "SELECT 1 FROM reports WHERE id = ?1"),
                ] {
                    if conn.prepare_cached(sql)?.exists([id])? {
                        return Ok(Some((noun, id.to_owned())));
                    }
                }
            }
            Ok(None)
        })
    }

    /// One report.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn report(&self, id: &str) -> Result<Report> {
        self.read(|conn| report(conn, id))
    }

    /// Reports, in order of arrival.
    ///
    /// # Errors
    /// Those of the database.
    pub fn reports(&self, filter: &Filter) -> Result<Vec<Report>> {
        let (filter, places) = &self.widened(filter)?;
        let clause = query::reports(filter, places);
        self.read(|conn| {
            let mut statement = conn.prepare(&format!("{REPORT}{}", clause.sql))?;
            let mut rows = statement.query(params_from_iter(clause.params))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(report_of(row)?);
            }
            Ok(found)
        })
    }

    /// Reports with what is known of their arrival.
    ///
    /// # Errors
    /// Those of the database.
    pub fn report_entries(&self, filter: &Filter) -> Result<Vec<ReportEntry>> {
        let (filter, places) = &self.widened(filter)?;
        let clause = query::reports(filter, places);
        self.read(|conn| {
            let mut statement = conn.prepare(&format!("{}{}", entry_columns(filter.as_of), clause.sql))?;
            let mut rows = statement.query(params_from_iter(clause.params))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(ReportEntry {
                    report: report_of(row)?,
                    url: row.get(8)?,
                    raw_hash: row.get(9)?,
                    claims: row.get::<_, i64>(10)?.cast_unsigned(),
                    recorded_at: unstamp(&row.get::<_, String>(11)?)?,
                    fetched: fetched::of(row, 12)?,
                });
            }
            Ok(found)
        })
    }

    /// The reports that republish one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn copies_of(&self, report: &str, as_of: Option<Timestamp>) -> Result<Vec<Report>> {
        let until = query::until(&Filter { as_of, ..Filter::default() });
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&format!("{REPORT}WHERE r.copy_of = ?1 AND r.recorded_at <= ?2 ORDER BY r.seq"))?;
            let mut rows = statement.query(params_from_iter([Value::Text(report.to_owned()), until]))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(report_of(row)?);
            }
            Ok(found)
        })
    }

    /// One claim: the one in force, or the last that a reading made.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn claim(&self, id: &str) -> Result<Claim> {
        Ok(self.claim_entry(id, None)?.claim)
    }

    /// [`Ledger::claim`] with what people said of it, as the ledger stood then.
    ///
    /// # Errors
    /// As there.
    pub fn claim_entry(&self, id: &str, as_of: Option<Timestamp>) -> Result<ClaimEntry> {
        self.read(|conn| claim(conn, id, &Filter { as_of, ..Filter::default() })?.ok_or_else(|| unknown("claim", id)))
    }

    /// Claims in force, in order of report and place in the text: those of each report's newest reading, but for what
    /// people accepted, corrected or rejected. A claim's `incident` is the one that holds it now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claims(&self, filter: &Filter) -> Result<Vec<Claim>> {
        Ok(self.claim_entries(filter)?.into_iter().map(|entry| entry.claim).collect())
    }

    /// [`Ledger::claims`] with what people said of them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim_entries(&self, filter: &Filter) -> Result<Vec<ClaimEntry>> {
        let (filter, places) = &self.widened(filter)?;
        let clause = query::claims(filter, places);
        self.read(|conn| {
            let columns = claim_columns(filter.as_of);
            let sql = format!("{columns}JOIN reports r ON r.id = c.report JOIN readings g ON g.seq = c.reading {}", clause.sql);
            let mut statement = conn.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(clause.params))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(claim_of(row)?);
            }
            Ok(found)
        })
    }

    /// The claims of an incident, in its order; redirects are followed.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Withdrawn`].
    pub fn claims_of_incident(&self, id: &str) -> Result<Vec<Claim>> {
        Ok(self.claims_of_incident_at(id, None)?.into_iter().map(|entry| entry.claim).collect())
    }

    /// [`Ledger::claims_of_incident`] with what people said of them, as the ledger stood then.
    ///
    /// # Errors
    /// As there.
    pub fn claims_of_incident_at(&self, id: &str, as_of: Option<Timestamp>) -> Result<Vec<ClaimEntry>> {
        self.read(|conn| {
            let entry = crate::incidents::entry(conn, id, as_of)?;
            let filter = Filter { as_of, ..Filter::default() };
            entry.incident.claims.iter().map(|id| claim(conn, id, &filter)?.ok_or_else(|| unknown("claim", id))).collect()
        })
    }

    /// Every report's fingerprint that is known, in order of arrival.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fingerprints(&self) -> Result<Vec<(Id, u64)>> {
        self.read(|conn| {
            let sql = "SELECT id, fingerprint FROM reports WHERE fingerprint IS NOT NULL ORDER BY seq";
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Reports that this reader and model have not read yet: what to read again after an update.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unread(&self, reader: &str, model: &str) -> Result<Vec<Id>> {
        self.read(|conn| {
            let sql = "SELECT id FROM reports r WHERE NOT EXISTS
                       (SELECT 1 FROM readings WHERE report = r.id AND reader = ?1 AND model = ?2) ORDER BY seq";
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([reader, model], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

pub(crate) fn unknown(what: &'static str, id: &str) -> Error {
    Error::Unknown { what, id: id.to_owned() }
}

pub(crate) fn report(conn: &Connection, id: &str) -> Result<Report> {
    let mut statement = conn.prepare_cached(&format!("{REPORT}WHERE r.id = ?1"))?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => report_of(row),
        None => Err(unknown("report", id)),
    }
}

/// The claims of one id, the one in force before all, then the newest reading's.
fn best_row(as_of: Option<Timestamp>) -> String {
    format!("ORDER BY coalesce(c.seq = {}, 0) DESC, g.event IS NULL DESC, c.seq DESC LIMIT 1", query::decided("d.version", as_of))
}

/// A claim as of the filter's moment.
pub(crate) fn claim(conn: &Connection, id: &str, filter: &Filter) -> Result<Option<ClaimEntry>> {
    let as_of = filter.as_of;
    let sql = format!("{}JOIN readings g ON g.seq = c.reading WHERE c.id = ? AND g.recorded_at <= ? {}", claim_columns(as_of), best_row(as_of));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter([Value::Text(id.to_owned()), query::until(filter)]))?;
    rows.next()?.map(claim_of).transpose()
}

/// The row of that claim.
pub(crate) fn row_of_claim(conn: &Connection, id: &str) -> Result<Option<i64>> {
    let sql = format!("SELECT c.seq FROM claims c JOIN readings g ON g.seq = c.reading WHERE c.id = ?1 {}", best_row(None));
    Ok(conn.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?)
}

fn report_of(row: &Row<'_>) -> Result<Report> {
    let id: Id = row.get(0)?;
    let published = row
        .get::<_, Option<String>>(1)?
        .map(|text| text.parse())
        .transpose()
        .map_err(|source: record::Error| Error::stored("report", &id, source))?;
    let kind = row.get_ref(3)?.as_str().unwrap_or_default().parse();
    let kind = kind.map_err(|source: record::Error| Error::stored("report", &id, source))?;
    Ok(Report { id, published, outlet: row.get(2)?, kind, language: row.get(4)?, title: row.get(5)?, text: row.get(6)?, copy_of: row.get(7)? })
}

fn claim_of(row: &Row<'_>) -> Result<ClaimEntry> {
    let id: Id = row.get(0)?;
    let json = row.get_ref(1)?.as_str().unwrap_or_default();
    let mut claim: Claim = serde_json::from_str(json).map_err(|source| Error::stored("claim", &id, source))?;
    claim.quote.span = Span { start: row.get(2)?, end: row.get(3)? };
    claim.incident = row.get(4)?;
    let decision = row.get_ref(5)?.as_str_or_null().ok().flatten().and_then(ClaimState::from_word);
    let decided_by = if decision.is_some() { row.get(6)? } else { None };
    Ok(ClaimEntry { claim, decision, decided_by })
}
