//! A ledger's rows as Arrow.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ::ledger::Filter;
use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use pyo3::prelude::*;
use views::{ABOUT_CLAIM, ABOUT_INCIDENT, ABOUT_REPORT, About, Listing, RenderOptions, Rows};

use crate::errors::{FilterError, LedgerError, chain};
use crate::table;

/// A ledger, opened to be read.
#[pyclass(frozen, module = "attest._attest")]
pub(crate) struct Ledger {
    ledger: Mutex<::ledger::Ledger>,
}

fn refused(error: &::ledger::Error) -> PyErr {
    match error {
        ::ledger::Error::Filter { .. } => FilterError::new_err(chain(error)),
        // The commonest of them, and what to do about it.
        ::ledger::Error::ReadOnly { path } => {
            LedgerError::new_err(format!("{path:?} was made by an older attest: run `attest list reports --db {path:?}` once to bring it up to date"))
        }
        _ => LedgerError::new_err(chain(error)),
    }
}

impl Ledger {
    fn rows(
        &self,
        filter: &str,
        about: &[About],
        options: &RenderOptions,
        ask: impl FnOnce(&::ledger::Ledger, &Filter) -> Result<Listing, views::Error>,
    ) -> PyResult<Vec<PyArrowType<RecordBatch>>> {
        let filter = Filter::parse(filter).map_err(|error| refused(&error))?;
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = ask(&ledger, &filter).and_then(|listing| Rows::of(&listing, options));
        let rows = rows.map_err(|error| match &error {
            views::Error::Ledger(error) => refused(error),
            _ => LedgerError::new_err(chain(&error)),
        })?;
        Ok(table::batches(rows, about).into_iter().map(PyArrowType).collect())
    }
}

#[pymethods]
impl Ledger {
    #[new]
    fn new(path: PathBuf) -> PyResult<Ledger> {
        let ledger = ::ledger::Ledger::open_read_only(&path).map_err(|error| refused(&error))?;
        Ok(Ledger { ledger: Mutex::new(ledger) })
    }

    fn incidents(&self, py: Python<'_>, filter: &str, rules: &str, licence: &str) -> PyResult<Vec<PyArrowType<RecordBatch>>> {
        let options = RenderOptions { rules: rules.to_owned(), licence: licence.to_owned(), ..RenderOptions::default() };
        py.detach(|| self.rows(filter, ABOUT_INCIDENT, &options, |ledger, filter| views::incidents(ledger, filter).map(Listing::Incidents)))
    }

    fn claims(&self, py: Python<'_>, filter: &str) -> PyResult<Vec<PyArrowType<RecordBatch>>> {
        let options = RenderOptions::default();
        py.detach(|| self.rows(filter, ABOUT_CLAIM, &options, |ledger, filter| views::claims(ledger, filter).map(Listing::Claims)))
    }

    fn reports(&self, py: Python<'_>, filter: &str, with_text: bool) -> PyResult<Vec<PyArrowType<RecordBatch>>> {
        let options = RenderOptions { with_text, ..RenderOptions::default() };
        py.detach(|| self.rows(filter, ABOUT_REPORT, &options, |ledger, filter| views::reports(ledger, filter).map(Listing::Reports)))
    }
}
