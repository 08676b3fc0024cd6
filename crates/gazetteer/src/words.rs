//! Words that tell what stands around a name: what makes it a place, and what makes it a person or a body.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

fn set(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Whether a folded word is an ordinary word as well as a place.
pub(crate) fn is_common(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<&str>> = OnceLock::new();
    WORDS.get_or_init(|| set(include_str!("../../../data/gazetteer/common.txt"))).contains(word)
}

/// Whether a folded word is the name of a body, a firm, a movement.
pub(crate) fn is_body(word: &str) -> bool {
    static BODIES: OnceLock<HashSet<&str>> = OnceLock::new();
    BODIES.get_or_init(|| set(include_str!("../../../data/gazetteer/bodies.txt"))).contains(word)
}

/// Whether a folded word is a given name.
pub(crate) fn is_given(word: &str) -> bool {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    NAMES.get_or_init(|| set(include_str!("../../../data/gazetteer/given.txt"))).contains(word)
}

/// Folded words after which a place is likely, and how likely.
pub(crate) fn locative(word: &str) -> f32 {
    match word {
        "in" | "near" | "at" | "outside" | "dans" | "vers" | "around" | "across" | "towards" | "toward" | "inside" | "northern" | "southern"
        | "eastern" | "western" | "downtown" | "neighbouring" | "neighboring" | "central" | "northeastern" | "northwestern" | "southeastern"
        | "southwestern" | "en" | "between" | "entre" | "city" | "town" | "village" | "localite" | "ville" | "region" | "province" | "district" => {
            2.5
        }
        "a" | "au" | "from" | "to" | "through" | "via" | "depuis" | "over" => 1.5,
        "of" | "de" | "du" | "d" | "des" | "for" | "into" | "on" | "l" | "la" | "le" | "that" | "than" | "and" | "et" => 0.5,
        _ => 0.0,
    }
}

/// Lower-case Arabic articles that open a name: "al-Fashir", "el-Geneina".
pub(crate) fn is_article(word: &str) -> bool {
    matches!(word, "al" | "el" | "ad" | "ar" | "as" | "ash" | "az" | "an" | "at" | "ech" | "es")
}

/// The sections of `around.txt`.
fn around(section: &'static str, word: &str) -> bool {
    static SECTIONS: OnceLock<BTreeMap<&str, HashSet<&str>>> = OnceLock::new();
    let sections = SECTIONS.get_or_init(|| {
        let mut sections: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
        let mut name = "";
        for line in include_str!("../../../data/gazetteer/around.txt").lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                Some(next) => name = next,
                None => sections.entry(name).or_default().extend(line.split_whitespace()),
            }
        }
        sections
    });
    sections.get(section).is_some_and(|words| words.contains(word))
}

/// Whether a folded word comes before a person's name.
pub(crate) fn is_title(word: &str) -> bool {
    around("titles", word)
}

/// Whether a name stays a place with this folded word after it: "Texas Gov.", "Kidal region".
pub(crate) fn keeps_place(word: &str) -> bool {
    around("keepers", word)
}

/// Whether a folded word after a name makes the whole a body, a street or a building.
pub(crate) fn makes_body(word: &str) -> bool {
    around("bodies", word)
}

/// Whether a folded word makes a name after "of" part of a body: "University of X".
pub(crate) fn heads_body(word: &str) -> bool {
    around("heads", word)
}

/// Whether a lower-case word may stand inside a place name.
pub(crate) fn is_link(word: &str) -> bool {
    around("links", word)
}

/// Whether a folded word says that the name beside it is a unit or settlement: "region", "town", "departement".
pub(crate) fn is_class(word: &str) -> bool {
    around("classes", word)
}

/// Whether a folded word opens or closes no name in a text printed in capitals.
pub(crate) fn is_function(word: &str) -> bool {
    around("functions", word)
}

/// Whether a folded word goes from who somebody is over to how they looked or where they were.
pub(crate) fn is_turn(word: &str) -> bool {
    around("turns", word)
}

/// Whether a lower-case word stands in names of bodies under arms: "army", "front".
pub(crate) fn is_group(word: &str) -> bool {
    around("groups", word)
}
