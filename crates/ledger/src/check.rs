use std::collections::BTreeMap;

use record::{Id, Report};
use rusqlite::Connection;

use crate::{Error, Filter, Ledger, Result, fetched};

impl Ledger {
    /// Reads everything and says what is wrong, a sentence each; empty when all is well. Beside the database's own
    /// checks: every quote stands in its report where it says, every incident's claims exist, `low <= best <= high`,
    /// redirects lead somewhere, copies have an original, fetched pages are as they came, and the search index knows every report and quote (of a ledger
    /// that is open for writing).
    ///
    /// # Errors
    /// Those that keep it from looking at all; damage is a sentence.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        for look in [pages, references, reports_and_claims, incidents, fetched::check] {
            match look(self, &mut problems) {
                Ok(()) => {}
                Err(error @ (Error::Damaged { .. } | Error::Stored { .. })) => {
                    let mut sentence = error.to_string();
                    let mut cause = std::error::Error::source(&error);
                    while let Some(error) = cause {
                        sentence.push_str(&format!(": {error}"));
                        cause = error.source();
                    }
                    problems.push(sentence);
                }
                Err(error) => return Err(error),
            }
        }
        if problems.is_empty() && !self.conn.is_readonly("main").map_err(|error| Error::from(error).at(self.path()))? {
            search(self, &mut problems)?;
        }
        Ok(problems)
    }
}

fn pages(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    ledger.read(|conn| {
        let mut statement = conn.prepare("PRAGMA integrity_check(20)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                problems.push(line);
            }
        }
        Ok(())
    })
}

fn references(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    ledger.read(|conn| {
        let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            problems.push(format!("a row of {table} points at nothing in {parent}"));
        }
        let lists = [
            ("SELECT id, copy_of FROM reports WHERE copy_of NOT IN (SELECT id FROM reports)", "report", "is a copy of"),
            (
                "SELECT v.id, ic.claim FROM incident_claims ic JOIN incident_versions v ON v.seq = ic.version
                 WHERE ic.claim NOT IN (SELECT id FROM claims)",
                "incident",
                "holds the claim",
            ),
            ("SELECT id, survivor FROM incident_versions WHERE survivor NOT IN (SELECT id FROM incident_versions)", "incident", "was merged into"),
        ];
        for (sql, what, link) in lists {
            let mut statement = conn.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (id, other): (Id, Id) = (row.get(0)?, row.get(1)?);
                problems.push(format!("{what} {id} {link} {other}, which the ledger does not hold"));
            }
        }
        Ok(())
    })
}

/// Superseded readings too.
fn reports_and_claims(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    let reports: BTreeMap<Id, Report> = ledger.reports(&Filter::default())?.into_iter().map(|report| (report.id.clone(), report)).collect();
    ledger.read(|conn: &Connection| {
        let mut statement = conn.prepare("SELECT id, report, json, byte_start, byte_end, quote FROM claims ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, report): (Id, Id) = (row.get(0)?, row.get(1)?);
            let claim: record::Claim = match serde_json::from_str(row.get_ref(2)?.as_str().unwrap_or_default()) {
                Ok(claim) => claim,
                Err(error) => {
                    problems.push(format!("claim {id} cannot be read: {error}"));
                    continue;
                }
            };
            let span = record::Span { start: row.get(3)?, end: row.get(4)? };
            let words: String = row.get(5)?;
            let stands = reports.get(&report).is_some_and(|report| span.slice(report.field(claim.quote.field)) == words);
            if !stands || claim.quote.text != words {
                problems.push(format!("the words of claim {id} do not stand in report {report} where it says"));
            }
        }
        Ok(())
    })
}

fn incidents(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    for incident in ledger.incidents(&Filter::default())? {
        if incident.claims.is_empty() {
            problems.push(format!("incident {} has no claim", incident.id));
        }
        for toll in incident.tolls().into_iter().flat_map(|(_, tolls)| tolls) {
            if toll.low > toll.best || toll.best > toll.high {
                let range = format!("{}–{}–{}", toll.low, toll.best, toll.high);
                problems.push(format!("incident {}: {range} for {} is not in order", incident.id, toll.side));
            }
        }
        for id in incident.disputes.iter().flat_map(|dispute| &dispute.claims) {
            if !incident.claims.contains(id) {
                problems.push(format!("incident {} has a dispute about claim {id}, which is not its own", incident.id));
            }
        }
    }
    Ok(())
}

/// The search index against the rows it was made from.
fn search(ledger: &Ledger, problems: &mut Vec<String>) -> Result<()> {
    for (table, what) in [("report_words", "reports"), ("quote_words", "quotes")] {
        let sql = format!("INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)");
        match ledger.conn.execute(&sql, []).map_err(Error::from) {
            Ok(_) => {}
            Err(Error::Damaged { .. }) => problems.push(format!("the search index of {what} does not fit them")),
            Err(error) => return Err(error.at(ledger.path())),
        }
    }
    Ok(())
}
