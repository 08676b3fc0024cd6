//! What there is to add, and its bytes as reports.

use std::{path::PathBuf, sync::Arc};

use intake::{Hints, Input};
use ledger::Page;

use crate::fetch;

/// What there is to add.
#[derive(Debug)]
pub enum Source {
    /// A file.
    File(Input),
    /// Bytes that are there already: stdin, a sample.
    Bytes {
        /// What to call it.
        name: String,
        /// All of it.
        bytes: Vec<u8>,
    },
    /// A page that was fetched.
    Page(Arc<Page>),
    /// What could not be had.
    Missing {
        /// What it was called.
        name: String,
        /// Why not.
        why: String,
    },
}

impl Source {
    /// The files below some paths.
    pub fn walk(paths: &[PathBuf]) -> Vec<Source> {
        intake::walk(paths).into_iter().map(Source::File).collect()
    }

    /// Path, or the name that it was given.
    pub fn name(&self) -> String {
        match self {
            Source::File(input) => input.name(),
            Source::Bytes { name, .. } | Source::Missing { name, .. } => name.clone(),
            Source::Page(page) => page.fetched.address.clone(),
        }
    }

    pub(super) fn bytes(&self, options: &intake::Options) -> Result<Vec<u8>, intake::Error> {
        match self {
            Source::File(input) => input.read(options),
            Source::Bytes { bytes, .. } => Ok(bytes.clone()),
            Source::Page(page) => Ok(page.bytes.clone()),
            Source::Missing { why, .. } => Err(intake::Error::Io(why.clone())),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// When nothing at all can be made of it.
    pub fn open(&self, hints: &Hints, options: &intake::Options) -> Result<intake::Opened, intake::Error> {
        open(&self.bytes(options)?, &self.name(), hints, options)
    }
}

pub(super) fn open(bytes: &[u8], name: &str, hints: &Hints, options: &intake::Options) -> Result<intake::Opened, intake::Error> {
    let hints = Hints { name: Some(name.to_owned()), ..hints.clone() };
    let open = || intake::open_within(bytes, &hints, options);
    let mut opened = crate::quietly(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(open))).unwrap_or(Err(intake::Error::Stumbled))?;
    if let Some(host) = Some(name).filter(|name| fetch::is_address(name)).and_then(intake::host) {
        for report in opened.rows.iter_mut().flatten().map(|row| &mut row.report).filter(|report| report.outlet.is_empty()) {
            report.outlet.clone_from(&host);
            report.identify();
        }
    }
    Ok(opened)
}
