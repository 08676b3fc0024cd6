//! The door of attest: reports go in, attributed claims and the incidents that they add up to come out.
//!
//! Last on the path. [`Pipeline`] joins the rooms (a report is read, claims are reconciled), [`add`] takes whole folders
//! into a ledger, [`score`] measures on gold cases, [`decide`] works out what people correct, [`import`] and [`compare`] take in what others coded, [`Config`] settles the settings, and [`cli`] is what people type.
//!
//! ```
//! use program::{Config, Pipeline};
//! let pipeline = Pipeline::new(&Config::default())?;
//! let report = record::Report::new("wire", "en", "", "Gunmen killed 12 soldiers near Gao on Sunday, the army said.");
//! let reading = pipeline.read(&report)?;
//! assert!(reading.claims.iter().all(|claim| report.text.contains(&claim.quote.text)));
//! let incidents = pipeline.reconcile(&[report], &reading.claims);
//! assert!(incidents.len() <= reading.claims.len());
//! # Ok::<(), anyhow::Error>(())
//! ```

pub mod add;
pub mod cli;
pub mod codebook;
pub mod compare;
pub mod config;
pub mod decide;
mod explain;
pub mod fetch;
pub mod fields;
pub mod import;
mod pipeline;
pub mod published;
pub mod score;

pub use config::Config;
pub use pipeline::{Made, Pipeline, in_lanes, rules};

use std::cell::Cell;

thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });

/// Runs what may panic on hostile input, without the panic being announced; see [`cli::main`].
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let before = QUIET.replace(true);
    let done = work();
    QUIET.set(before);
    done
}

/// Whether a panic on this thread is going to be caught and recorded as a failed report.
fn is_quiet() -> bool {
    QUIET.get() || std::thread::current().name() == Some(intake::GUARDED)
}
