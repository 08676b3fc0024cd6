use std::sync::Arc;

use jiff::Timestamp;
use record::{Claim, Id, Quote, Report};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::text::{clamp, fold, stamp, unstamp};
use crate::{Error, Fetched, Ledger, Page, Result, fetched};

/// A report as it arrived.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// The report, identified.
    pub report: Report,
    /// The path or address it was read from, as given; empty for a paste.
    pub input: String,
    /// [`raw_hash`](crate::raw_hash) of the input's original bytes.
    pub raw_hash: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// 64-bit sketch of the text, to find copies by.
    pub fingerprint: Option<u64>,
    /// The page that was fetched, for an input from the network.
    pub page: Option<Arc<Page>>,
    /// When it was learnt.
    pub recorded_at: Timestamp,
}

impl NewReport {
    /// A report from an input, without hash, address and fingerprint.
    pub fn new(report: Report, input: impl Into<String>, recorded_at: Timestamp) -> NewReport {
        NewReport { report, input: input.into(), raw_hash: None, url: None, fingerprint: None, page: None, recorded_at }
    }

    /// With the hash of its input's bytes.
    #[must_use]
    pub fn hashed(mut self, raw_hash: &str) -> NewReport {
        self.raw_hash = Some(raw_hash.to_owned());
        self
    }
}

/// What one version of the reader made of one report.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The reader and its version.
    pub reader: String,
    /// Hash of its model; empty when it has none.
    pub model: String,
    /// What it found. Of two claims with one id the first is kept.
    pub claims: Vec<Claim>,
    /// When it was made.
    pub recorded_at: Timestamp,
}

impl Reading {
    /// A reading by a reader without a model.
    pub fn new(reader: impl Into<String>, claims: Vec<Claim>, recorded_at: Timestamp) -> Reading {
        Reading { reader: reader.into(), model: String::new(), claims, recorded_at }
    }
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputStatus {
    /// A report not seen before.
    New,
    /// Not seen before, and a copy of one that was.
    Copy,
    /// The ledger had this very report.
    Unchanged,
    /// It could not be read.
    Failed,
}

impl InputStatus {
    /// The word in database, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            InputStatus::New => "new",
            InputStatus::Copy => "copy",
            InputStatus::Unchanged => "unchanged",
            InputStatus::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> InputStatus {
        match word {
            "new" => InputStatus::New,
            "copy" => InputStatus::Copy,
            "unchanged" => InputStatus::Unchanged,
            _ => InputStatus::Failed,
        }
    }
}

/// Receipt for one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The report.
    pub id: Id,
    /// New, copy or unchanged.
    pub status: InputStatus,
    /// How many claims were appended: 0 when this reader's reading of it was there already.
    pub claims: usize,
}

/// One thing that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Path or address as given.
    pub input: String,
    /// What became of it.
    pub status: InputStatus,
    /// The report.
    pub report: Option<Id>,
    /// Why it failed.
    pub why: Option<String>,
    /// Hash of its bytes.
    pub raw_hash: Option<String>,
    /// When it was fetched.
    pub fetched_at: Option<Timestamp>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched: Option<Fetched>,
    /// When it was learnt.
    pub recorded_at: Timestamp,
}

impl Ledger {
    /// The report that came in an input with these bytes, the first when there were several; `None` when no report came
    /// of such bytes yet. A failed input is not known: it may be tried again.
    ///
    /// An input with several reports must be added with [`Ledger::add_many`], or an interruption leaves a part of it
    /// that looks like all of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn known(&self, raw_hash: &str) -> Result<Option<Id>> {
        self.read(|conn| {
            let sql = "SELECT report FROM inputs WHERE raw_hash = ?1 AND report IS NOT NULL ORDER BY seq LIMIT 1";
            Ok(conn.prepare_cached(sql)?.query_row([raw_hash], |row| row.get(0)).optional()?)
        })
    }

    /// Adds a report and what the reader made of it, in one transaction: on the disk when this returns.
    ///
    /// Adding the same again appends nothing; a reading by another reader or model is appended and becomes the one in
    /// force. The first report with an id stays as it came.
    ///
    /// # Errors
    /// [`Error::Claim`] or [`Error::Stray`] for claims that are not in the report; those of the database.
    pub fn add(&mut self, new: &NewReport, reading: &Reading) -> Result<Added> {
        self.write(|conn| add(conn, new, Some(reading)))
    }

    /// [`Ledger::add`] for a report that nobody has read yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_report(&mut self, new: &NewReport) -> Result<Added> {
        self.write(|conn| add(conn, new, None))
    }

    /// [`Ledger::add_many`] for reports that nobody has read yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_reports<'a>(&mut self, reports: impl IntoIterator<Item = &'a NewReport>) -> Result<Vec<Added>> {
        self.write(|conn| reports.into_iter().map(|new| add(conn, new, None)).collect())
    }

    /// Adds many in one transaction: all or none, one flush to the disk.
    ///
    /// # Errors
    /// As for [`Ledger::add`], for the first that does not fit.
    pub fn add_many<'a>(&mut self, reports: impl IntoIterator<Item = (&'a NewReport, &'a Reading)>) -> Result<Vec<Added>> {
        self.write(|conn| reports.into_iter().map(|(new, reading)| add(conn, new, Some(reading))).collect())
    }

    /// Adds a reading of a report that the ledger has; says how many claims were appended.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the report, and as for [`Ledger::add`].
    pub fn add_reading(&mut self, report: &str, reading: &Reading) -> Result<usize> {
        self.write(|conn| {
            let report = crate::read::report(conn, report)?;
            add_reading(conn, &report, reading)
        })
    }

    /// Records an input that could not be read. `false` when the ledger says so already, in the same words.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_failed(&mut self, input: &str, reason: &str, recorded_at: Timestamp) -> Result<bool> {
        self.write(|conn| {
            let last: Option<(String, String)> = conn
                .prepare_cached("SELECT status, coalesce(reason, '') FROM inputs WHERE name = ?1 ORDER BY seq DESC LIMIT 1")?
                .query_row([input], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if last.is_some_and(|(status, why)| status == "failed" && why == reason) {
                return Ok(false);
            }
            conn.prepare_cached("INSERT INTO inputs (name, status, reason, recorded_at) VALUES (?1, 'failed', ?2, ?3)")?.execute(params![
                input,
                reason,
                stamp(recorded_at)
            ])?;
            Ok(true)
        })
    }

    /// What was handed in, in order; with `failed`, only what could not be read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn inputs(&self, failed: bool) -> Result<Vec<Input>> {
        self.read(|conn| inputs(conn, "i.status = 'failed' OR NOT ?1", failed))
    }

    /// The inputs that a report came in.
    ///
    /// # Errors
    /// Those of the database.
    pub fn inputs_of_report(&self, report: &str) -> Result<Vec<Input>> {
        self.read(|conn| inputs(conn, "i.report = ?1", report))
    }
}

fn inputs(conn: &Connection, which: &str, param: impl rusqlite::ToSql) -> Result<Vec<Input>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT i.name, i.status, i.report, i.reason, i.raw_hash, i.fetched_at, i.recorded_at, {}
         FROM inputs i LEFT JOIN fetched f ON f.seq = i.fetched WHERE {which} ORDER BY i.seq",
        fetched::COLUMNS
    ))?;
    let mut rows = statement.query([param])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Input {
            input: row.get(0)?,
            status: InputStatus::from_word(row.get_ref(1)?.as_str().unwrap_or("failed")),
            report: row.get(2)?,
            why: row.get(3)?,
            raw_hash: row.get(4)?,
            fetched_at: row.get::<_, Option<String>>(5)?.map(|text| unstamp(&text)).transpose()?,
            recorded_at: unstamp(&row.get::<_, String>(6)?)?,
            fetched: fetched::of(row, 7)?,
        });
    }
    Ok(found)
}

fn add(conn: &Connection, new: &NewReport, reading: Option<&Reading>) -> Result<Added> {
    let report = &new.report;
    let inserted = conn
        .prepare_cached(
            "INSERT INTO reports (id, published, published_day, outlet, outlet_key, kind, language, title, text,
               copy_of, fingerprint, url, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            report.id,
            report.published.as_ref().map(|p| p.as_str()),
            report.published.as_ref().map(|p| p.date().to_string()),
            report.outlet,
            fold(&report.outlet),
            report.kind.as_str(),
            report.language,
            report.title,
            report.text,
            report.copy_of,
            new.fingerprint.map(u64::cast_signed),
            new.url,
            stamp(new.recorded_at),
        ])?;
    let status = match (inserted, &report.copy_of) {
        (0, _) => InputStatus::Unchanged,
        (_, Some(_)) => InputStatus::Copy,
        _ => InputStatus::New,
    };
    let there = "SELECT 1 FROM inputs WHERE report = ?1 AND raw_hash IS ?2 AND (raw_hash IS NOT NULL OR name = ?3)";
    if !conn.prepare_cached(there)?.exists(params![report.id, new.raw_hash, new.input])? {
        let page = new.page.as_deref();
        let fetched = page.map(|page| fetched::add(conn, page, inserted > 0)).transpose()?;
        let fetched_at = page.map(|page| stamp(page.fetched.fetched_at));
        let sql = "INSERT INTO inputs (name, raw_hash, status, report, fetched_at, recorded_at, fetched) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        conn.prepare_cached(sql)?.execute(params![
            new.input,
            new.raw_hash,
            status.as_str(),
            report.id,
            fetched_at,
            stamp(new.recorded_at),
            fetched
        ])?;
    }
    let claims = reading.map_or(Ok(0), |reading| add_reading(conn, report, reading))?;
    Ok(Added { id: report.id.clone(), status, claims })
}

fn add_reading(conn: &Connection, report: &Report, reading: &Reading) -> Result<usize> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO readings (report, reader, model, recorded_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (report, reader, model) DO NOTHING",
        )?
        .execute(params![report.id, reading.reader, reading.model, stamp(reading.recorded_at)])?;
    if inserted == 0 {
        return Ok(0);
    }
    let seq = conn.last_insert_rowid();
    let mut appended = 0;
    for (position, claim) in reading.claims.iter().enumerate() {
        appended += add_claim(conn, report, seq, position, claim)?;
    }
    Ok(appended)
}

/// The quote with its bytes, once its words are seen to stand in the report.
fn placed(report: &Report, claim: &Claim) -> Result<Quote> {
    let quote = &claim.quote;
    let cut = if quote.span.is_empty() {
        quote.locate(report)
    } else {
        Quote::cut(report, quote.field, quote.span).and_then(|cut| if cut.text == quote.text { Ok(cut) } else { quote.locate(report) })
    };
    cut.map_err(|source| Error::Claim { claim: claim.id.clone(), report: report.id.clone(), source })
}

pub(crate) fn add_claim(conn: &Connection, report: &Report, reading: i64, position: usize, claim: &Claim) -> Result<usize> {
    if claim.report != report.id {
        return Err(Error::Stray { claim: claim.id.clone(), report: report.id.clone(), expected: claim.report.clone() });
    }
    let quote = placed(report, claim)?;
    let json = {
        let mut stored = claim.clone();
        stored.quote = quote.clone();
        stored.incident = None;
        serde_json::to_string(&stored).map_err(|source| Error::stored("claim", &claim.id, source))?
    };
    let speaker = claim.speaker();
    let parties: Vec<String> = [&claim.actor, &claim.target]
        .into_iter()
        .flatten()
        .flat_map(|party| [fold(&party.name), fold(&party.text)])
        .chain(claim.side.as_deref().map(fold))
        .collect();
    let count = claim.count.as_ref();
    let inserted = conn
        .prepare_cached(
            "INSERT INTO claims (id, reading, report, position, byte_start, byte_end, quote, kind, stance, polarity,
               scope, speaker, speaker_kind, parties, side, place, country, date_start, date_end, count_low, count_high,
               victims, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
               ?20, ?21, ?22, ?23) ON CONFLICT (reading, id) DO NOTHING",
        )?
        .execute(params![
            claim.id,
            reading,
            report.id,
            position as i64,
            quote.span.start,
            quote.span.end,
            quote.text,
            claim.kind.as_str(),
            claim.stance.as_str(),
            claim.polarity.as_str(),
            claim.scope.as_str(),
            speaker.map(|s| fold(&s.name)),
            speaker.map(|s| s.kind.as_str()),
            parties.join("\n"),
            claim.side.as_deref().map(fold),
            claim.place.as_ref().map(|p| format!("{}\n{}", fold(&p.name), fold(&p.text))),
            claim.place.as_ref().and_then(|p| p.country.as_deref()),
            claim.date.as_ref().map(|d| d.start.to_string()),
            claim.date.as_ref().map(|d| d.end.to_string()),
            count.and_then(|c| c.low).map(clamp),
            count.and_then(|c| c.high).map(clamp),
            claim.victims.map(|v| v.as_str()),
            json,
        ])?;
    Ok(inserted)
}
