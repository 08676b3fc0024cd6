use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Deserializer};

/// A case file: reports, and, in a gold case, what must be read in them. Read leniently: a prediction may come from
/// another program and lack any field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Case {
    /// Its texts; may be left out of a prediction.
    #[serde(deserialize_with = "null_is_empty")]
    pub reports: Vec<Text>,
    /// `None` when the file does not speak of claims: such a case can be predicted, not scored.
    pub claims: Option<Vec<Claim>>,
    /// What happened, as the claims add up.
    #[serde(deserialize_with = "null_is_empty")]
    pub incidents: Vec<Incident>,
}

/// What the score needs of a report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Text {
    /// Unique in the case.
    pub id: String,
    /// Headline.
    pub title: Option<String>,
    /// Body.
    pub text: Option<String>,
}

/// What the score needs of a claim.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Claim {
    pub id: String,
    pub report: Option<String>,
    pub quote: Option<String>,
    #[serde(rename = "in")]
    pub field: Option<String>,
    pub occurrence: Option<u32>,
    #[serde(deserialize_with = "null_is_empty")]
    pub source: Vec<Link>,
    pub stance: Option<String>,
    pub kind: Option<String>,
    pub scope: Option<String>,
    pub incident: Option<String>,
    pub actor: Option<Name>,
    pub target: Option<Name>,
    pub place: Option<Name>,
    pub date: Option<Day>,
    pub count: Option<Count>,
    pub victims: Option<String>,
    pub optional: Option<bool>,
}

/// One link of a chain of sources.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    pub name: Option<String>,
    pub kind: Option<String>,
}

/// A party or place: an object with a name, or bare words.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Name {
    /// Words alone.
    Words(String),
    /// As printed, and the usual name.
    Named {
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        text: Option<String>,
    },
}

impl Name {
    /// The usual name, or the words when there is none.
    pub fn name(&self) -> &str {
        match self {
            Name::Words(words) => words,
            Name::Named { name, text } => name.as_deref().filter(|n| !n.is_empty()).or(text.as_deref()).unwrap_or_default(),
        }
    }

    /// The words as printed.
    pub fn text(&self) -> &str {
        match self {
            Name::Words(_) => "",
            Name::Named { text, .. } => text.as_deref().unwrap_or_default(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Day {
    pub start: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Count {
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Incident {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub date: Option<Day>,
    pub place: Option<Place>,
    #[serde(deserialize_with = "null_is_empty")]
    pub deaths: Vec<Toll>,
    pub status: Option<String>,
    #[serde(deserialize_with = "null_is_empty")]
    pub disputes: Vec<Dispute>,
    pub optional: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    pub name: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Toll {
    pub side: Option<String>,
    pub low: Option<f64>,
    pub best: Option<f64>,
    pub high: Option<f64>,
}

impl Incident {
    /// The toll over all sides: the row given as `total`, or else the sum of the sides.
    pub fn total(&self) -> Option<Toll> {
        if let Some(total) = self.deaths.iter().rev().find(|toll| toll.side.as_deref() == Some("total")) {
            return Some(total.clone());
        }
        // Of two rows for one side, the later one stands.
        let rows: Vec<&Toll> = (self.deaths.iter().enumerate())
            .filter(|(at, toll)| !self.deaths[at + 1..].iter().any(|later| later.side == toll.side))
            .map(|(_, toll)| toll)
            .collect();
        let sum = |of: fn(&Toll) -> Option<f64>| Some(rows.iter().filter_map(|toll| of(toll)).sum());
        (!rows.is_empty()).then(|| Toll { side: None, low: sum(|t| t.low), best: sum(|t| t.best), high: sum(|t| t.high) })
    }
}

/// Two claims that cannot both be true: an object, or the pair alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Dispute {
    /// The pair, and perhaps more.
    Pair(Vec<String>),
    /// `claims`, or `pair` in older files.
    Named {
        #[serde(default)]
        claims: Option<Vec<String>>,
        #[serde(default)]
        pair: Option<Vec<String>>,
    },
}

impl Dispute {
    /// The claims in dispute; empty when the entry names none.
    pub fn claims(&self) -> &[String] {
        match self {
            Dispute::Pair(list) => &list[..list.len().min(2)],
            Dispute::Named { claims, pair } => claims.as_deref().filter(|c| !c.is_empty()).or(pair.as_deref()).unwrap_or_default(),
        }
    }
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

impl Case {
    /// Reads one case file.
    ///
    /// # Errors
    /// When the file cannot be read or is no case.
    pub fn read(path: &Path) -> Result<Case> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        serde_json::from_slice(bytes).with_context(|| format!("{} is not a case", path.display()))
    }
}

/// The case files of a folder, by name.
///
/// # Errors
/// When the folder cannot be listed.
pub fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", dir.display()))?.path();
        if path.extension().is_some_and(|e| e == "json") && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
