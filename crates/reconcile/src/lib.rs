//! Many reports, one incident: claims in, incidents out.
//!
//! Sixth room on the path, after the reader: which claims are about the same thing, whether independent voices say
//! it, how many died under a named [`RuleSet`], and which claims cannot both be true. Every figure carries the claims
//! that set it and the rule that fired. Nothing here reads a text, a file, a clock or a database, and the order in
//! which reports and claims come in does not matter.
//!
//! ```
//! use reconcile::{Options, reconcile};
//! let nothing = reconcile(&[], &[], &Options::default());
//! assert!(nothing.incidents.is_empty());
//! ```

mod allegiance;
mod atlas;
mod block;
mod bounds;
mod cluster;
mod copies;
mod describe;
mod dispute;
mod fact;
mod group;
mod kind;
mod kindred;
mod link;
mod model;
mod options;
mod parties;
mod period;
mod rules;
mod spread;
mod standing;
mod story;
mod toll;
mod training;
mod voices;

pub use block::{Blocks, Touched};
pub use model::Model;
pub use options::Options;
pub use period::{PeriodTotal, period_totals};
pub use rules::{Alone, Moves, Pick, RuleSet};
pub use spread::{Handle, Part, handles, links};
pub use standing::Standing;
pub use story::{Reconciled, incident, reconcile, told_apart};
pub use training::{disputed_pairs, pairs_across, pairs_within, sorts};

/// What was wrong with a table of rules or weights.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule set that is not TOML of the right shape.
    #[error("rule set {name:?} cannot be read")]
    Rules {
        /// The set asked for.
        name: String,
        /// Where and why.
        #[source]
        cause: toml::de::Error,
    },
    /// A rule set that nobody wrote.
    #[error("there is no rule set {name:?}; there are {}", known.join(", "))]
    NoRules {
        /// The set asked for.
        name: String,
        /// Those there are.
        known: Vec<&'static str>,
    },
    /// A table of link weights that is not TOML of the right shape.
    #[error("link weights cannot be read")]
    Weights {
        /// Where and why.
        #[source]
        cause: toml::de::Error,
    },
    /// A weight for a feature that does not exist, or none for one that does.
    #[error("link weights of table {table:?} and the features differ at {feature:?}")]
    Feature {
        /// `within` or `across`.
        table: &'static str,
        /// The first feature that differs.
        feature: String,
    },
}
