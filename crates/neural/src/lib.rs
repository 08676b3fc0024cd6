//! Small networks: load a model folder, text in, labelled spans and what is said of them out.
//!
//! Beside the gazetteer on the path, before the reader. A [`Network`] holds one encoder (int8), the heads on top of it, and the
//! tokenizer; [`Network::scan`] encodes some text once and lists [`Candidate`] spans with a label each, [`Scan::describe`] fills in
//! classes, pointers to words and a vector for the candidates that the caller wants to keep. It knows nothing of what the labels
//! mean, and no thresholds but the floor below which a candidate is not worth listing.

mod labels;
mod scan;
mod spans;
mod tokens;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use tokenizers::Tokenizer;

pub use labels::Labels;
pub use scan::{Description, Pointer, Scan};
pub use spans::Candidate;
pub use tokens::Tokens;

/// What went wrong with a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the model folder cannot be read.
    #[error("cannot read {file} of the model")]
    File {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not the one that the manifest names.
    #[error("{file} does not match the manifest (expected {expected}, found {found})")]
    Hash {
        /// Which.
        file: String,
        /// The manifest's SHA-256, first eight digits.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// A file does not parse.
    #[error("{file} of the model is not understood: {detail}")]
    Format {
        /// Which.
        file: String,
        /// What its parser said.
        detail: String,
    },
    /// The runtime failed on an input.
    #[error("the network failed on {tokens} tokens: {detail}")]
    Run {
        /// Length of the input.
        tokens: usize,
        /// What the runtime said.
        detail: String,
    },
}

/// The bytes of a model folder.
#[derive(Clone, Copy)]
pub struct Files {
    /// `encoder.onnx`
    pub encoder: &'static [u8],
    /// `heads.onnx`
    pub heads: &'static [u8],
    /// `classes.onnx`
    pub classes: &'static [u8],
    /// `tokenizer.json`
    pub tokenizer: &'static [u8],
    /// `labels.json`
    pub labels: &'static [u8],
    /// `manifest.toml`
    pub manifest: &'static [u8],
}

#[derive(serde::Deserialize)]
struct Manifest {
    sha256: BTreeMap<String, String>,
}

/// A loaded model folder; shared between threads.
pub struct Network {
    encoder: Model,
    heads: Model,
    classes: Model,
    tokenizer: Tokenizer,
    labels: Labels,
    version: String,
}

impl Network {
    /// Loads a model that the program carries.
    ///
    /// # Errors
    /// [`Error::Hash`] when a file is not the manifest's, [`Error::Format`] when one does not parse or does not fit the others.
    pub fn load(files: Files) -> Result<Network, Error> {
        let format = |file: &str, detail: String| Error::Format { file: file.to_owned(), detail };
        let manifest = std::str::from_utf8(files.manifest).map_err(|e| format("manifest.toml", e.to_string()))?;
        let manifest: Manifest = toml::from_str(manifest).map_err(|e| format("manifest.toml", e.message().to_owned()))?;
        for (name, bytes) in [
            ("encoder.onnx", files.encoder),
            ("heads.onnx", files.heads),
            ("classes.onnx", files.classes),
            ("tokenizer.json", files.tokenizer),
            ("labels.json", files.labels),
        ] {
            let expected = manifest.sha256.get(name).ok_or_else(|| format("manifest.toml", format!("no hash of {name}")))?;
            let found = sha256(bytes);
            if *expected != found {
                return Err(Error::Hash { file: name.to_owned(), expected: expected.chars().take(8).collect(), found: found[..8].to_owned() });
            }
        }
        let mut tokenizer = Tokenizer::from_bytes(files.tokenizer).map_err(|e| format("tokenizer.json", e.to_string()))?;
        tokenizer.with_truncation(None).map_err(|e| format("tokenizer.json", e.to_string()))?;
        tokenizer.with_padding(None);
        let labels: Labels = serde_json::from_slice(files.labels).map_err(|e| format("labels.json", e.to_string()))?;
        labels.check().map_err(|detail| format("labels.json", detail))?;
        // Weights are laid out for multiplication once, and not at every run: a fifth of the time of a long list of reports.
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let load = |file: &str, bytes| options.load_static_slice(bytes).map_err(|e| format(file, e.to_string()));
        Ok(Network {
            encoder: load("encoder.onnx", files.encoder)?,
            heads: load("heads.onnx", files.heads)?,
            classes: load("classes.onnx", files.classes)?,
            tokenizer,
            labels,
            version: sha256(files.manifest)[..8].to_owned(),
        })
    }

    /// Loads a model folder from disk, for the life of the program.
    ///
    /// # Errors
    /// [`Error::File`] when a file is missing, and as [`Network::load`].
    pub fn open(folder: &Path) -> Result<Network, Error> {
        let read = |file: &str| -> Result<&'static [u8], Error> {
            let bytes = std::fs::read(folder.join(file)).map_err(|source| Error::File { file: file.to_owned(), source })?;
            Ok(Box::leak(bytes.into_boxed_slice()))
        };
        Network::load(Files {
            encoder: read("encoder.onnx")?,
            heads: read("heads.onnx")?,
            classes: read("classes.onnx")?,
            tokenizer: read("tokenizer.json")?,
            labels: read("labels.json")?,
            manifest: read("manifest.toml")?,
        })
    }

    /// The label lists that outputs are in order of.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// First eight digits of the SHA-256 of the manifest, which pins every file: which weights read a report.
    pub fn version(&self) -> &str {
        &self.version
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Where the runtime may work: on every core for a text alone, on the calling thread only when texts are read in parallel.
fn run_options() -> RunOptions {
    thread_local! {
        static ONE: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
    }
    let pool = rayon::current_thread_index().map(|_| ONE.with(Arc::clone));
    RunOptions::default().with_thread_pool(pool)
}
