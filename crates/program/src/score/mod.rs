//! Scores of a program's claims and incidents against gold cases, the way the project's shared scorer does it, to the
//! last figure: the same matching order, the same tie-breaks.
//!
//! *Claims.* Inside one report a predicted claim may stand for a gold claim of the same kind (a few pairs of kinds
//! count as one) whose quote overlaps it by at least 0.3, or lies inside it and is at least a third as long. Pairs are
//! one to one, the best overlap first. Optional gold claims are neither missed nor wrong.
//!
//! *Incidents.* A predicted incident stands for the gold one with which it shares most matched claims, one to one.
//!
//! ```
//! use program::score::{Case, Tally};
//! let gold: Case = serde_json::from_str(r#"{"reports": [{"id": "r1", "text": "Twelve died in Gao."}],
//!     "claims": [{"id": "c1", "report": "r1", "kind": "deaths", "quote": "Twelve died"}]}"#).unwrap();
//! let mut tally = Tally::default();
//! tally.add("gao", &gold, &gold);
//! assert_eq!(tally.scores().detection.f, 100.0);
//! ```

#[expect(missing_docs, reason = "the fields are those of the record, see `record::Claim` and `record::Incident`")]
mod case;
mod gold;
mod pairs;
mod render;
mod tally;

pub use case::{Case, Claim, files};
pub use gold::gold_claims;
pub use render::text;
pub use tally::{Slip, Slipped, Tally};

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Precision, recall and their harmonic mean, in percent; not a number where nothing was to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prf {
    /// Right among those said.
    pub p: f64,
    /// Found among those to be found.
    pub r: f64,
    /// F1; 0 when neither is known.
    pub f: f64,
    /// What they were counted from; `None` for B-cubed, which is a mean.
    #[serde(flatten)]
    pub counts: Option<Counts>,
}

/// What a [`Prf`] was counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Right.
    pub hit: i64,
    /// Said by the program.
    pub pred: i64,
    /// In the gold cases.
    pub gold: i64,
}

impl Prf {
    fn of(hit: i64, pred: i64, gold: i64) -> Prf {
        let (p, r) = (ratio(hit as f64, pred as f64), ratio(hit as f64, gold as f64));
        let f = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        Prf { p, r, f, counts: Some(Counts { hit, pred, gold }) }
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { f64::NAN } else { 100.0 * part / whole }
}

/// Every figure, in the order in which it is printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Kind and words.
    pub detection: Prf,
    /// Detection, and who says it.
    pub attributed: Prf,
    /// Over countable claims: detection, and the count.
    pub counted: Prf,
    /// Detection, source, count, scope, stance, place and victims.
    pub full: Prf,
    /// Incidents that some predicted one stands for.
    #[serde(rename = "incidents found")]
    pub incidents: Prf,
    /// Pairs of claims in dispute.
    pub disputes: Prf,
    /// How well matched claims are grouped into incidents.
    #[serde(rename = "incident b3")]
    pub b3: Prf,
    /// Percent right among what was matched, by field.
    #[serde(rename = "on matched")]
    pub fields: BTreeMap<&'static str, f64>,
    /// Found and to be found, by kind of claim.
    #[serde(rename = "recall by kind", serialize_with = "as_fractions")]
    pub kinds: BTreeMap<String, (u32, u32)>,
}

fn as_fractions<S: Serializer>(kinds: &BTreeMap<String, (u32, u32)>, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(kinds.len()))?;
    for (kind, (found, all)) in kinds {
        map.serialize_entry(kind, &format!("{found}/{all}"))?;
    }
    map.end()
}

impl Scores {
    /// The seven measures by name, in the order in which they are printed.
    pub fn measures(&self) -> [(&'static str, &Prf); 7] {
        [
            ("detection", &self.detection),
            ("attributed", &self.attributed),
            ("counted", &self.counted),
            ("full", &self.full),
            ("incidents found", &self.incidents),
            ("disputes", &self.disputes),
            ("incident b3", &self.b3),
        ]
    }
}
