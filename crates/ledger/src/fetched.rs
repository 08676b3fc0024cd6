use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use crate::text::{stamp, unstamp};
use crate::{Error, Ledger, Result, raw_hash};

/// How a page was fetched: what its host answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The address that was named, without a name and a password.
    pub asked: String,
    /// The one that answered, after redirects.
    pub address: String,
    /// The number of the answer, such as 200.
    pub status: u16,
    /// `Content-Type`, as the host wrote it.
    pub content_type: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// [`raw_hash`] of the bytes.
    pub raw_hash: String,
    /// When.
    pub fetched_at: Timestamp,
}

/// A page as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How.
    pub fetched: Fetched,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Columns of `fetched f`.
pub(crate) const COLUMNS: &str = "f.asked, f.address, f.status, f.content_type, f.etag, f.last_modified, f.raw_hash, f.fetched_at";

/// What stands in these columns from one on; `None` for what was not fetched, or before it was written down how.
pub(crate) fn of(row: &Row<'_>, from: usize) -> Result<Option<Fetched>> {
    let Some(asked) = row.get(from)? else { return Ok(None) };
    Ok(Some(Fetched {
        asked,
        address: row.get(from + 1)?,
        status: row.get(from + 2)?,
        content_type: row.get(from + 3)?,
        etag: row.get(from + 4)?,
        last_modified: row.get(from + 5)?,
        raw_hash: row.get(from + 6)?,
        fetched_at: unstamp(&row.get::<_, String>(from + 7)?)?,
    }))
}

/// Writes down how a page was fetched, once however many reports it holds, and its bytes where they `tell` something new.
pub(crate) fn add(conn: &Connection, page: &Page, tell: bool) -> Result<i64> {
    let fetched = &page.fetched;
    conn.prepare_cached(
        "INSERT INTO fetched (asked, address, status, content_type, etag, last_modified, raw_hash, fetched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        fetched.asked,
        fetched.address,
        fetched.status,
        fetched.content_type,
        fetched.etag,
        fetched.last_modified,
        fetched.raw_hash,
        stamp(fetched.fetched_at)
    ])?;
    if tell && !conn.prepare_cached("SELECT 1 FROM pages WHERE raw_hash = ?1")?.exists([&fetched.raw_hash])? {
        let gzip = packed(&page.bytes).expect("memory takes what is written to it");
        conn.prepare_cached("INSERT INTO pages (raw_hash, gzip) VALUES (?1, ?2)")?.execute(params![fetched.raw_hash, gzip])?;
    }
    let sql = "SELECT seq FROM fetched WHERE raw_hash = ?1 AND address = ?2 AND fetched_at = ?3";
    Ok(conn.prepare_cached(sql)?.query_row(params![fetched.raw_hash, fetched.address, stamp(fetched.fetched_at)], |row| row.get(0))?)
}

fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes)?;
    gzip.finish()
}

/// The bytes; `None` where they are not those that were put there.
fn unpacked(gzip: &[u8], hash: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes).ok()?;
    (raw_hash(&bytes) == hash).then_some(bytes)
}

impl Ledger {
    /// The bytes of a page that was fetched, by their hash.
    ///
    /// # Errors
    /// [`Error::Unknown`] when they are not kept: of files, of a page that told nothing new, of a ledger written by an older program;
    /// [`Error::Page`] when they are damaged.
    pub fn page(&self, raw_hash: &str) -> Result<Vec<u8>> {
        self.read(|conn| {
            let sql = "SELECT gzip FROM pages WHERE raw_hash = ?1";
            let gzip: Option<Vec<u8>> = conn.prepare_cached(sql)?.query_row([raw_hash], |row| row.get(0)).optional()?;
            let gzip = gzip.ok_or_else(|| Error::Unknown { what: "page", id: raw_hash.to_owned() })?;
            unpacked(&gzip, raw_hash).ok_or_else(|| Error::Page { raw_hash: raw_hash.to_owned() })
        })
    }
}

/// Pages whose bytes are not what their hash says.
pub(crate) fn check(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    ledger.read(|conn| {
        let mut statement = conn.prepare("SELECT raw_hash, gzip FROM pages ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (hash, gzip): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            if unpacked(&gzip, &hash).is_none() {
                problems.push(Error::Page { raw_hash: hash }.to_string());
            }
        }
        Ok(())
    })
}
