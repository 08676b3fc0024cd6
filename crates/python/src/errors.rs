//! One exception a kind, under one base.

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(attest, Error, PyException, "What attest raises: every other exception of it is one of these.");
create_exception!(attest, ReportError, Error, "A report that cannot be made: no text, or a date, kind or language that is none.");
create_exception!(attest, ReadError, Error, "A report that the reader stumbled over; others are not touched by it.");
create_exception!(attest, ClaimError, Error, "Something that is no claim, or a claim whose report is not there.");
create_exception!(attest, ColumnError, Error, "A table that lacks a column, or has it in a type that cannot be read in place.");
create_exception!(attest, RulesError, Error, "A rule set that nobody wrote, or that is not TOML of the right shape.");
create_exception!(attest, FilterError, Error, "A filter that makes no sense.");
create_exception!(attest, LedgerError, Error, "A ledger that is missing, damaged, locked, or no ledger at all.");
create_exception!(attest, ModelError, Error, "The model that the wheel carries is damaged: install it again.");

pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("ReportError", py.get_type::<ReportError>())?;
    module.add("ReadError", py.get_type::<ReadError>())?;
    module.add("ClaimError", py.get_type::<ClaimError>())?;
    module.add("ColumnError", py.get_type::<ColumnError>())?;
    module.add("RulesError", py.get_type::<RulesError>())?;
    module.add("FilterError", py.get_type::<FilterError>())?;
    module.add("LedgerError", py.get_type::<LedgerError>())?;
    module.add("ModelError", py.get_type::<ModelError>())
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line += &format!(": {}", error.to_string().trim());
        cause = error.source();
    }
    line
}
