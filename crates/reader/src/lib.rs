//! Reads one report: sentences → drafts → claims, with speakers, counts, places, dates and actors resolved.
//!
//! Between the gazetteer and the network on one side and reconciliation on the other. It knows one report at a time and no
//! database. What words mean is learnt (the network in `models/reader`); what must be exact is exact code: [`count`], [`date`],
//! and quotes, which are always cut out of the report.
//!
//! ```
//! let report = record::Report::new("wire", "en", "", "Gunmen killed 12 soldiers near Gao on Sunday, the army said.");
//! let reading = reader::Reader::embedded().unwrap().read(&report).unwrap();
//! assert!(!reading.claims.is_empty());
//! assert!(reading.claims.iter().all(|claim| report.text.contains(&claim.quote.text)));
//! ```

pub mod count;
pub mod date;
mod event;
mod layout;
mod parties;
mod phrase;
mod places;
mod regression;
mod resolve;
mod scope;
pub mod sentence;
mod speakers;
mod spot;
mod violence;
mod voice;
mod when;
mod wording;

pub use parties::victims_in;
pub use regression::Features;

use std::{path::Path, sync::OnceLock, time::Duration, time::Instant};

use gazetteer::Gazetteer;
use layout::Layout;
use neural::Network;
use record::{Certainty, Claim, Kind, Polarity, Report, Scope, Stance, Victims};

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

/// The claims of a report and what tells of what scope and of which event they are, for training.
pub struct Signs {
    /// As read.
    pub claims: Vec<Claim>,
    /// What tells each claim's scope.
    pub scopes: Vec<Features>,
    /// What tells whether two claims, by number, are about one event.
    pub pairs: Vec<((usize, usize), Features)>,
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
        READER.get_or_init(|| Reader::with(Network::load(MODEL)?, Options::default())).as_ref()
    }

    /// A reader with the model in a folder.
    ///
    /// # Errors
    /// When a file is missing or is not the manifest's, or the model has labels that this reader does not know.
    pub fn open(folder: &Path, options: Options) -> Result<Reader, Error> {
        Reader::with(Network::open(folder)?, options)
    }

    /// A reader with the embedded model and other options.
    ///
    /// # Errors
    /// When the model in the program is damaged.
    pub fn with_options(options: Options) -> Result<Reader, Error> {
        Reader::with(Network::load(MODEL)?, options)
    }

    fn with(network: Network, options: Options) -> Result<Reader, Error> {
        let labels = network.labels();
        check(&labels.kinds, &labels.classes)?;
        let version = format!("{}-{}", env!("CARGO_PKG_VERSION"), record::content_id(RULES.into_iter().chain([network.version()])));
        Ok(Reader { network, gazetteer: Gazetteer::embedded(), options, version })
    }

    /// Version of the reader and hash of its models and lexicons; kept with every claim, and what another version read is read again.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Reads a report; nothing is claimed in one that shows no violence.
    ///
    /// # Errors
    /// [`Error::Network`] when the network fails on it.
    pub fn read(&self, report: &Report) -> Result<Reading, Error> {
        let began = Instant::now();
        let layout = Layout::of(report);
        let spotted = Instant::now();
        let mut drafts = self.spot(report, &layout)?;
        let spotting = spotted.elapsed();
        scope::settle(report, &layout, &mut drafts);
        let resolved = self.resolve(report, &layout, &drafts);
        let events = event::claims(self.network.labels(), &layout, &resolved);
        let mut claims = resolved.claims;
        claims.iter_mut().zip(events).for_each(|(claim, event)| claim.event = event);
        if !violence::is_shown(&layout, &claims) {
            claims.clear();
        }
        Ok(Reading { claims, spotting, resolving: began.elapsed() - spotting })
    }

    /// The claims of a report with what `training/signs` learns from.
    ///
    /// # Errors
    /// [`Error::Network`] when the network fails on it.
    pub fn signs(&self, report: &Report) -> Result<Signs, Error> {
        let layout = Layout::of(report);
        let mut drafts = self.spot(report, &layout)?;
        let scopes = scope::settle(report, &layout, &mut drafts);
        let resolved = self.resolve(report, &layout, &drafts);
        let scopes = resolved.from.iter().map(|&draft| scopes[draft].clone()).collect();
        let thread = event::pair::Thread::of(&layout, &resolved.claims);
        let told = |i: usize| (&resolved.claims[i], resolved.draft(i));
        let single: Vec<usize> = (0..resolved.claims.len()).filter(|&i| resolved.claims[i].scope != Scope::Period).collect();
        let features = |i: usize, j: usize| event::pair::features(self.network.labels(), &thread, told(i), told(j), j - i);
        let pairs = single.iter().flat_map(|&i| single.iter().filter(move |&&j| j > i).map(move |&j| (i, j)));
        let pairs = pairs.map(|(i, j)| ((i, j), features(i, j))).collect();
        Ok(Signs { claims: resolved.claims, scopes, pairs })
    }

    fn spot(&self, report: &Report, layout: &Layout) -> Result<Vec<spot::Draft>, Error> {
        let threshold = self.options.threshold.or(self.network.labels().threshold).unwrap_or(0.5);
        spot::spot(&self.network, report, layout, threshold)
    }

    fn resolve<'a>(&self, report: &Report, layout: &Layout, drafts: &'a [spot::Draft]) -> resolve::Resolved<'a> {
        let events = event::drafts(self.network.labels(), drafts);
        resolve::resolve(self.gazetteer, report, layout, drafts, &events, &self.version)
    }
}

/// Refuses a model with labels that the record lacks: claims with them would be dropped one by one, without a word.
fn check(kinds: &[String], classes: &[(String, Vec<String>)]) -> Result<(), neural::Error> {
    let refused = |detail: String| neural::Error::Format { file: "labels.json".to_owned(), detail };
    if let Some(kind) = kinds.iter().find(|kind| kind.parse::<Kind>().is_err()) {
        return Err(refused(format!("{kind:?} is no kind of claim")));
    }
    for needed in ["stance", "polarity", "certainty", "scope"] {
        if !classes.iter().any(|(name, _)| name == needed) {
            return Err(refused(format!("it has no class {needed:?}")));
        }
    }
    for (name, values) in classes {
        let known = |value: &str| match name.as_str() {
            "stance" => value.parse::<Stance>().is_ok(),
            "polarity" => value.parse::<Polarity>().is_ok(),
            "certainty" => value.parse::<Certainty>().is_ok(),
            "scope" => value.parse::<Scope>().is_ok(),
            // Empty where there can be none.
            "victims" => value.is_empty() || value.parse::<Victims>().is_ok(),
            _ => true,
        };
        if let Some(value) = values.iter().find(|value| !known(value)) {
            return Err(refused(format!("{value:?} is no {name}")));
        }
    }
    Ok(())
}

/// What is learnt or listed beside the network: with other words or weights the reader is another.
const RULES: [&str; 15] = [
    include_str!("../../../models/events/weights.toml"),
    include_str!("../../../models/scopes/weights.toml"),
    include_str!("../../../models/speakers/weights.tsv"),
    include_str!("../../../models/victims/weights.tsv"),
    include_str!("../../../data/lexicon/en/counts.toml"),
    include_str!("../../../data/lexicon/en/dates.toml"),
    include_str!("../../../data/lexicon/fr/counts.toml"),
    include_str!("../../../data/lexicon/fr/dates.toml"),
    include_str!("../../../data/lexicon/events.toml"),
    include_str!("../../../data/lexicon/references.toml"),
    include_str!("../../../data/lexicon/scopes.toml"),
    include_str!("../../../data/lexicon/victims.toml"),
    include_str!("../../../data/lexicon/violence.toml"),
    include_str!("../../../data/lexicon/voices.toml"),
    include_str!("../../../data/lexicon/wording.toml"),
];

/// The folder `models/reader`, inside the program.
const MODEL: neural::Files = neural::Files {
    encoder: include_bytes!("../../../models/reader/encoder.onnx"),
    heads: include_bytes!("../../../models/reader/heads.onnx"),
    classes: include_bytes!("../../../models/reader/classes.onnx"),
    tokenizer: include_bytes!("../../../models/reader/tokenizer.json"),
    labels: include_bytes!("../../../models/reader/labels.json"),
    manifest: include_bytes!("../../../models/reader/manifest.toml"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_and_every_weight_is_in_the_version() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut folders: Vec<_> =
            ["data/lexicon", "models/events", "models/scopes", "models/speakers", "models/victims"].map(|folder| root.join(folder)).into();
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "toml" || e == "tsv") {
                    assert!(RULES.contains(&std::fs::read_to_string(&path).unwrap().as_str()), "{} is not", path.display());
                    found += 1;
                }
            }
        }
        assert_eq!(found, RULES.len());
    }

    #[test]
    fn labels_that_the_record_lacks_are_named() {
        let network = Network::load(MODEL).unwrap();
        let labels = network.labels();
        assert!(check(&labels.kinds, &labels.classes).is_ok());
        let refused = |kinds: &[String], classes: &[(String, Vec<String>)]| check(kinds, classes).unwrap_err().to_string();
        let kinds = [labels.kinds.clone(), vec!["rumour".to_owned()]].concat();
        assert_eq!(refused(&kinds, &labels.classes), "labels.json of the model is not understood: \"rumour\" is no kind of claim");
        let mut classes = labels.classes.clone();
        classes.iter_mut().find(|(name, _)| name == "stance").unwrap().1[0] = "hints".to_owned();
        assert_eq!(refused(&labels.kinds, &classes), "labels.json of the model is not understood: \"hints\" is no stance");
        classes.retain(|(name, _)| name != "stance");
        assert_eq!(refused(&labels.kinds, &classes), "labels.json of the model is not understood: it has no class \"stance\"");
    }
}
