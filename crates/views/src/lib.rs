//! Questions asked of the ledger, and how their answers are shown: the last room before the doors.
//!
//! A question is a function from a [`Ledger`](ledger::Ledger) to plain structs ([`incident`], [`report`], [`claim`],
//! [`incidents`], [`claims`], [`reports`], [`log`]); a rendering is a function from such a struct to text ([`incident_text`],
//! [`incidents_table`], …) or to a format for programs ([`render`], [`file()`], [`bundle()`]). The two know nothing of one another's insides, so a
//! page, a table and a file always say the same.

mod acled;
mod actors;
mod annotation;
mod bundle;
mod change;
mod columns;
pub mod document;
mod format;
mod ged;
mod gpkg;
pub mod houses;
mod hxl;
mod incident;
mod lists;
mod mask;
mod names;
mod native;
mod overview;
mod paint;
mod parquet;
mod places;
mod plot;
mod publish;
mod rows;
mod show;
mod side;
mod sitrep;
mod table;
mod track;
mod xlsx;

pub use acled::{ACLED_COLUMNS, AcledOptions, acled};
pub use actors::{ActorRow, ActorView, Actors, actor, actor_rows, actors};
pub use annotation::{CONTEXT, annotations};
pub use bundle::{BundleAbout, bundle};
pub use change::{Effect, effects, undone};
pub use columns::{About, CLAIM as ABOUT_CLAIM, Holds, INCIDENT as ABOUT_INCIDENT, REPORT as ABOUT_REPORT, holds, since_1970, whole};
pub use format::{Format, RenderOptions, file, geojson, render};
pub use ged::{GED_COLUMNS, ged};
pub use hxl::{HXL_TAGS, hxl};
pub use incident::{ClaimLine, DisputeLine, IncidentView, Known, ReportLine, SideGroup, VoiceLine, incident, incident_at, incident_under, total};
pub use lists::{
    ClaimRow, IncidentRow, Listing, ReportRow, claim_entries, claim_entry, claims, incident_entries, incident_entry, incidents, log, reports,
};
pub use names::{Alike, Duplicate, Joined, joined, usual};
pub use native::Tables;
pub use overview::{Bin, Facet, Figures, Overview, Series, Step, binned, figures, overview, series};
pub use places::{Place, PlaceView, Places, place, place_rows, places};
pub use plot::{Plot, PlotRow, Shape, plots, ticks};
pub use publish::{DELAY_DAYS, Publisher, Publishing, Withheld};
pub use rows::{CHANGE_COLUMNS, CLAIM_COLUMNS, EVENT_COLUMNS, INCIDENT_COLUMNS, REPORT_COLUMNS, Rows};
pub use show::{ClaimView, ReportView, answer, claim, claim_text, hits_text, incident_text, report, report_text};
pub use side::{Relation, Side};
pub use sitrep::{Area, Contested, Highlight, KeyFigure, Period, Sitrep, sitrep};
pub use table::{changes_table, claims_table, effects_table, events_table, incidents_table, reports_table, tokens_table};
pub use track::{Ratio, Track, track};

/// What went wrong in answering.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The ledger could not say.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A column that does not exist.
    #[error("there is no column {name:?}; there are {known}")]
    Column {
        /// As asked for.
        name: String,
        /// Those that exist.
        known: String,
    },
    /// A format that does not exist.
    #[error("there is no format {0:?}; there are table json ndjson csv tsv geojson md")]
    Format(String),
    /// A format that a terminal cannot show.
    #[error("{0} is no text; `attest export --format {0} -o FILE` writes it")]
    NotText(&'static str),
    /// A format that only claims have.
    #[error("only claims are Web Annotations; `attest export claims --format jsonld`")]
    NotClaims,
    /// A file that cannot be made.
    #[error("no {0} can be made: {1}")]
    File(&'static str, String),
    /// A workbook that cannot be made.
    #[error("no workbook can be made: {0}")]
    Workbook(String),
}

type Result<T, E = Error> = std::result::Result<T, E>;
