//! Reads one report: sentences → drafts → claims, with speakers, counts, places, dates and actors resolved.
//!
//! Between the gazetteer and the network on one side and reconciliation on the other. It knows one report at a time and no
//! database. What words mean is learnt (the network in `models/reader`); what must be exact is exact code: [`count`], [`date`],
//! and quotes, which are always cut out of the report.
//!
//! ```
//! let report = record::Report::new("wire", "en", "", "Gunmen killed 12 soldiers near Gao on Sunday, the army said.");
//! let reading = reader::Reader::embedded().unwrap().read(&report).unwrap();
//! assert!(reading.claims.iter().all(|claim| report.text.contains(&claim.quote.text)));
//! ```

pub mod count;
pub mod date;
mod event;
mod parties;
mod places;
mod resolve;
pub mod sentence;
mod speakers;
mod spot;
mod voice;
mod when;

pub use parties::victims_in;

use std::{path::Path, sync::OnceLock, time::Duration, time::Instant};

use gazetteer::Gazetteer;
use neural::Network;
use record::{Claim, Report};

/// What kept a report from being read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The model does not load, or failed on this report.
    #[error("the reader's model does not work")]
    Network(#[from] neural::Error),
}

/// What a user may trade: more claims or surer ones.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Least calibrated score of a claim that is kept, 0 to 1. By default the model's own: where detection F1 is best on the training
    /// cases that were held out (see the model card).
    pub threshold: Option<f32>,
}

/// What one version of the reader made of one report.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// In order of their words.
    pub claims: Vec<Claim>,
    /// Time in the network.
    pub spotting: Duration,
    /// Time in everything else.
    pub resolving: Duration,
}

/// A network, a gazetteer and options; shared between threads.
pub struct Reader {
    network: Network,
    gazetteer: &'static Gazetteer,
    options: Options,
    version: String,
}

impl Reader {
    /// The reader that the program carries, loaded once.
    ///
    /// # Errors
    /// When the model in the program is damaged.
    pub fn embedded() -> Result<&'static Reader, &'static Error> {
        static READER: OnceLock<Result<Reader, Error>> = OnceLock::new();
        READER.get_or_init(|| Ok(Reader::with(Network::load(MODEL)?, Options::default()))).as_ref()
    }

    /// A reader with the model in a folder.
    ///
    /// # Errors
    /// When a file is missing or is not the manifest's.
    pub fn open(folder: &Path, options: Options) -> Result<Reader, Error> {
        Ok(Reader::with(Network::open(folder)?, options))
    }

    /// A reader with the embedded model and other options.
    ///
    /// # Errors
    /// When the model in the program is damaged.
    pub fn with_options(options: Options) -> Result<Reader, Error> {
        Ok(Reader::with(Network::load(MODEL)?, options))
    }

    fn with(network: Network, options: Options) -> Reader {
        let version = format!("{}-{}", env!("CARGO_PKG_VERSION"), network.version());
        Reader { network, gazetteer: Gazetteer::embedded(), options, version }
    }

    /// Version of the reader and hash of its model; kept with every claim.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`Error::Network`] when the network fails on it.
    pub fn read(&self, report: &Report) -> Result<Reading, Error> {
        let began = Instant::now();
        let threshold = self.options.threshold.or(self.network.labels().threshold).unwrap_or(0.5);
        let drafts = spot::spot(&self.network, report, threshold)?;
        let spotting = began.elapsed();
        let events = event::group(self.network.labels(), &drafts);
        let claims = resolve::resolve(self.gazetteer, report, &drafts, &events, &self.version);
        Ok(Reading { claims, spotting, resolving: began.elapsed() - spotting })
    }
}

/// The folder `models/reader`, inside the program.
const MODEL: neural::Files = neural::Files {
    encoder: include_bytes!("../../../models/reader/encoder.onnx"),
    heads: include_bytes!("../../../models/reader/heads.onnx"),
    classes: include_bytes!("../../../models/reader/classes.onnx"),
    tokenizer: include_bytes!("../../../models/reader/tokenizer.json"),
    labels: include_bytes!("../../../models/reader/labels.json"),
    manifest: include_bytes!("../../../models/reader/manifest.toml"),
};
