//! What is known of the world: places and actors, their names, and which one is meant.
//!
//! Second room on the path, beside intake: names and hints in, ranked [`Candidate`]s and [`ActorMatch`]es out. The
//! tables are compiled by the build step and carried by the binary; opening them costs next to nothing and copies
//! nothing. Nothing here reads files, clocks or networks.
//!
//! ```
//! use gazetteer::{Gazetteer, Hints};
//! let gazetteer = Gazetteer::embedded();
//! let hints = Hints::default().country("ML", 1.0);
//! let gao = &gazetteer.places("Gao", &hints)[0];
//! assert_eq!((gao.place.name, gao.place.country), ("Gao", "ML"));
//! ```

mod actor;
mod country;
mod describe;
mod fold;
mod hints;
mod party;
mod place;
mod rank;
mod reduce;
mod resolve;
mod scene;
mod settle;
mod spot;
mod tables;
mod tokens;
mod weight;
mod words;

pub use actor::{Actor, ActorHints, ActorMatch, Origin, Part};
pub use country::Country;
pub use fold::{key, plain};
pub use hints::{Hints, Want};
pub use party::{PartyBasis, PartyGuess, PartyKind};
pub use place::{Place, distance_km};
pub use rank::Candidate;
pub use reduce::{Reading, reduce};
pub use resolve::Resolved;
pub use settle::Settled;
pub use spot::{Toponym, ToponymKind};

use std::sync::OnceLock;

/// The tables of places and actors.
pub struct Gazetteer {
    pub(crate) tables: tables::Tables,
}

impl Gazetteer {
    /// The gazetteer that the binary carries, opened once; well under 20 ms the first time.
    pub fn embedded() -> &'static Gazetteer {
        static EMBEDDED: OnceLock<Gazetteer> = OnceLock::new();
        EMBEDDED.get_or_init(|| Gazetteer { tables: tables::Tables::embedded() })
    }
}
