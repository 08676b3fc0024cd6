//! The door for Python: the program's reader and reconciliation as a module, and a ledger's rows as Arrow tables.
//!
//! Thin: records cross as the JSON of `record`, tables as Arrow over its C data interface; what a user sees is in
//! `python/attest`. The interpreter's lock is released while anything is read or added up.

mod errors;
mod ledger;
mod read;
mod spread;
mod table;
mod warc;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use program::{Config, Pipeline};
use pyo3::prelude::*;
use reconcile::RuleSet;
use record::{Claim, Report};

use errors::{ClaimError, ModelError, ReportError, RulesError};

/// The reader that the wheel carries, loaded once a process.
fn pipeline() -> PyResult<&'static Pipeline> {
    static PIPELINE: OnceLock<Result<Pipeline, String>> = OnceLock::new();
    let pipeline = PIPELINE.get_or_init(|| Pipeline::new(&Config::default()).map_err(|error| format!("{error:#}")));
    pipeline.as_ref().map_err(|why| ModelError::new_err(why.clone()))
}

/// Options under a rule set: a name, or a set of one's own as TOML.
fn options(rules: &str, own: Option<&str>) -> PyResult<reconcile::Options> {
    let set = own.map_or_else(|| RuleSet::named(rules), |text| RuleSet::parse(rules, text));
    set.map(|set| reconcile::Options::default().with_rules(set)).map_err(|error| RulesError::new_err(errors::chain(&error)))
}

fn report_of(json: &str) -> PyResult<Report> {
    serde_json::from_str(json).map_err(|error| ReportError::new_err(format!("this is no report: {error}")))
}

/// The version of the reader and the hash of its model, as every claim carries it.
#[pyfunction]
fn reader(py: Python<'_>) -> PyResult<String> {
    py.detach(|| Ok(pipeline()?.version().to_owned()))
}

/// The names of the rule sets that the wheel carries.
#[pyfunction]
fn rule_sets() -> Vec<&'static str> {
    RuleSet::names().collect()
}

/// Sets `copy_of` on reports that republish another of them: JSON array in, JSON array out.
#[pyfunction]
fn mark_copies(py: Python<'_>, reports: &str) -> PyResult<String> {
    py.detach(|| {
        let mut reports: Vec<Report> =
            serde_json::from_str(reports).map_err(|error| ReportError::new_err(format!("these are no reports: {error}")))?;
        intake::mark_copies(&mut reports);
        Ok(json(&reports))
    })
}

/// What claims of some reports add up to: JSON arrays in, JSON array of incidents out.
#[pyfunction]
#[pyo3(signature = (reports, claims, rules, own=None))]
fn reconcile_claims(py: Python<'_>, reports: &str, claims: &str, rules: &str, own: Option<&str>) -> PyResult<String> {
    py.detach(|| {
        let options = options(rules, own)?;
        let reports: Vec<Report> = serde_json::from_str(reports).map_err(|error| ReportError::new_err(format!("these are no reports: {error}")))?;
        let claims: Vec<Claim> = serde_json::from_str(claims).map_err(|error| ClaimError::new_err(format!("these are no claims: {error}")))?;
        let known: BTreeSet<&str> = reports.iter().map(|report| report.id.as_str()).collect();
        if let Some(claim) = claims.iter().find(|claim| !known.contains(claim.report.as_str())) {
            return Err(ClaimError::new_err(format!(
                "claim {} is about report {}, which is not given: pass it in `reports`",
                claim.id, claim.report
            )));
        }
        Ok(json(&reconcile::reconcile(&reports, &claims, &options).incidents))
    })
}

fn json(records: &impl serde::Serialize) -> String {
    serde_json::to_string(records).expect("records hold nothing that JSON cannot")
}

#[pymodule]
fn _attest(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::add(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    // How many reports hold a band, and in one band of how many reports have to meet.
    module.add("HELD", intake::HELD)?;
    module.add("MET", intake::MET)?;
    module.add_class::<ledger::Ledger>()?;
    module.add_class::<warc::WebArchives>()?;
    for function in [
        wrap_pyfunction!(reader, module)?,
        wrap_pyfunction!(rule_sets, module)?,
        wrap_pyfunction!(mark_copies, module)?,
        wrap_pyfunction!(reconcile_claims, module)?,
        wrap_pyfunction!(read::report, module)?,
        wrap_pyfunction!(read::report_as_it_is, module)?,
        wrap_pyfunction!(read::read, module)?,
        wrap_pyfunction!(read::read_batch, module)?,
        wrap_pyfunction!(spread::reports_batch, module)?,
        wrap_pyfunction!(spread::readings_batch, module)?,
        wrap_pyfunction!(spread::claims_batch, module)?,
        wrap_pyfunction!(spread::copies_batch, module)?,
        wrap_pyfunction!(spread::compared_batch, module)?,
        wrap_pyfunction!(spread::groups_batch, module)?,
        wrap_pyfunction!(spread::links_batch, module)?,
        wrap_pyfunction!(spread::incidents_batch, module)?,
    ] {
        module.add_function(function)?;
    }
    Ok(())
}
