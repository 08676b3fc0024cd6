use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::{Aliases, Change, ClaimEntry, Event, Filter, IncidentEntry, Ledger, ReportEntry};
use record::{Claim, Id, Repeats, Report, ReportKind};
use serde::Serialize;

use crate::Result;
use crate::incident::{voices, with_copies};

/// An incident as a row.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentRow {
    /// The incident and its history.
    #[serde(flatten)]
    pub entry: IncidentEntry,
    /// Outlets that tell of it, by publication, each once, copies left out.
    pub outlets: Vec<String>,
    /// Reports that tell of it, copies included.
    pub n_reports: usize,
    /// Sources independent of one another.
    pub n_independent: usize,
    /// The earliest publication among its reports.
    pub first_reported: Option<String>,
}

impl IncidentRow {
    /// The row of an incident, out of its claims and the reports that tell of it: copies included, by publication, each after
    /// its original.
    pub fn of(entry: IncidentEntry, claims: &[Claim], reports: &[Report]) -> IncidentRow {
        let mut outlets: Vec<String> = Vec::new();
        let repeats = Repeats::among(reports);
        for report in reports.iter().filter(|report| !repeats.has(&report.id)) {
            if !report.outlet.is_empty() && !outlets.contains(&report.outlet) {
                outlets.push(report.outlet.clone());
            }
        }
        IncidentRow {
            n_reports: reports.len(),
            n_independent: voices(&entry.incident, claims, reports).len(),
            first_reported: reports.iter().filter_map(|report| report.published.as_ref()).map(|p| p.as_str().to_owned()).min(),
            outlets,
            entry,
        }
    }
}

/// A claim as a row.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    /// The claim, and what people said of it.
    pub entry: ClaimEntry,
    /// Its report's outlet.
    pub outlet: String,
    /// What sort of outlet.
    pub outlet_kind: ReportKind,
    /// When its report was published.
    pub published: Option<String>,
    /// Its report's language.
    pub language: String,
    /// Where its report is published.
    pub url: Option<String>,
}

/// A report as a row.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// The report and its arrival.
    pub entry: ReportEntry,
}

/// Rows of one sort.
#[derive(Clone, Debug)]
pub enum Listing {
    /// Incidents.
    Incidents(Vec<IncidentRow>),
    /// Claims.
    Claims(Vec<ClaimRow>),
    /// Reports.
    Reports(Vec<ReportRow>),
    /// Lines of the log.
    Events(Vec<Event>),
    /// What a reconciliation changes.
    Changes(Vec<Change>),
}

impl Listing {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Listing::Incidents(rows) => rows.len(),
            Listing::Claims(rows) => rows.len(),
            Listing::Reports(rows) => rows.len(),
            Listing::Events(rows) => rows.len(),
            Listing::Changes(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Incidents in force with their history, parties and places by their usual names.
///
/// # Errors
/// Those of the ledger.
pub fn incident_entries(ledger: &Ledger, filter: &Filter) -> Result<Vec<IncidentEntry>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(filter.as_of)?;
        let mut entries = ledger.incident_entries(filter)?;
        entries.iter_mut().for_each(|entry| aliases.name_incident(&mut entry.incident));
        Ok(entries)
    })
}

/// One of them; the id of one that was merged leads to the survivor.
///
/// # Errors
/// [`ledger::Error::Unknown`], [`ledger::Error::Withdrawn`].
pub fn incident_entry(ledger: &Ledger, id: &str, as_of: Option<Timestamp>) -> Result<IncidentEntry> {
    ledger.snapshot(|ledger| {
        let mut entry = ledger.incident_entry(id, as_of)?;
        ledger.aliases(as_of)?.name_incident(&mut entry.incident);
        Ok(entry)
    })
}

/// Incidents in force.
///
/// # Errors
/// Those of the ledger.
pub fn incidents(ledger: &Ledger, filter: &Filter) -> Result<Vec<IncidentRow>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(filter.as_of)?;
        incident_entries(ledger, filter)?.into_iter().map(|entry| row(ledger, entry, &aliases, filter)).collect()
    })
}

fn row(ledger: &Ledger, entry: IncidentEntry, aliases: &Aliases, filter: &Filter) -> Result<IncidentRow> {
    let mut claims: Vec<_> = ledger.claims_of_incident_at(&entry.incident.id, filter.as_of)?.into_iter().map(|entry| entry.claim).collect();
    claims.iter_mut().for_each(|claim| aliases.name_claim(claim));
    let reports = with_copies(ledger, &claims, filter.as_of)?;
    Ok(IncidentRow::of(entry, &claims, &reports))
}

/// Claims of the readings in force with what people said of them, parties and places by their usual names.
///
/// # Errors
/// Those of the ledger.
pub fn claim_entries(ledger: &Ledger, filter: &Filter) -> Result<Vec<ClaimEntry>> {
    ledger.snapshot(|ledger| {
        let aliases = ledger.aliases(filter.as_of)?;
        let mut entries = ledger.claim_entries(filter)?;
        entries.iter_mut().for_each(|entry| aliases.name_claim(&mut entry.claim));
        Ok(entries)
    })
}

/// One of them.
///
/// # Errors
/// [`ledger::Error::Unknown`].
pub fn claim_entry(ledger: &Ledger, id: &str, as_of: Option<Timestamp>) -> Result<ClaimEntry> {
    ledger.snapshot(|ledger| {
        let mut entry = ledger.claim_entry(id, as_of)?;
        ledger.aliases(as_of)?.name_claim(&mut entry.claim);
        Ok(entry)
    })
}

/// Claims of the readings in force.
///
/// # Errors
/// Those of the ledger.
pub fn claims(ledger: &Ledger, filter: &Filter) -> Result<Vec<ClaimRow>> {
    ledger.snapshot(|ledger| {
        let claims = claim_entries(ledger, filter)?;
        let mut reports: BTreeMap<Id, ReportEntry> = BTreeMap::new();
        let mut rows = Vec::with_capacity(claims.len());
        for claim in claims {
            let id = &claim.claim.report;
            if !reports.contains_key(id) {
                let of = Filter { report: Some(id.clone()), ..Filter::default() };
                for mut entry in ledger.report_entries(&of)? {
                    // Only what surrounds the text is wanted here.
                    entry.report.text.clear();
                    reports.insert(entry.report.id.clone(), entry);
                }
            }
            let Some(entry) = reports.get(id) else { continue };
            rows.push(ClaimRow {
                outlet: entry.report.outlet.clone(),
                outlet_kind: entry.report.kind,
                published: entry.report.published.as_ref().map(|p| p.as_str().to_owned()),
                language: entry.report.language.clone(),
                url: entry.url.clone(),
                entry: claim,
            });
        }
        Ok(rows)
    })
}

/// The log, newest line first: of one record, or all of it; with `decisions`, only what people did.
///
/// # Errors
/// Those of the ledger.
pub fn log(ledger: &Ledger, subject: Option<&str>, decisions: bool, as_of: Option<Timestamp>) -> Result<Vec<Event>> {
    let mut events = ledger.events(subject, as_of)?;
    events.retain(|event| !decisions || event.is_decision());
    events.reverse();
    Ok(events)
}

/// Reports.
///
/// # Errors
/// Those of the ledger.
pub fn reports(ledger: &Ledger, filter: &Filter) -> Result<Vec<ReportRow>> {
    Ok(ledger.report_entries(filter)?.into_iter().map(|entry| ReportRow { entry }).collect())
}
