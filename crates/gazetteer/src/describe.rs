//! The words that descriptions of places are made of, from `classes.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use record::PlacePrecision;

use crate::Want;

/// Folded words by their kind in the file.
fn kinds() -> &'static HashMap<&'static str, &'static str> {
    static KINDS: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let mut kinds = HashMap::new();
        let mut kind = "";
        for line in include_str!("../../../data/gazetteer/classes.txt").lines().filter(|line| !line.starts_with('#')) {
            let words = match line.split_once(": ") {
                Some((next, words)) => {
                    kind = next;
                    words
                }
                None => line,
            };
            for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                kinds.entry(word).or_insert(kind);
            }
        }
        kinds
    })
}

/// What a folded class word asks for, and how near it puts a claim when that is not the place's own precision.
pub(crate) fn class(words: &str) -> Option<(Want, Option<PlacePrecision>)> {
    Some(match *kinds().get(words)? {
        "admin1" => (Want::Admin1, None),
        "admin2" => (Want::Admin2, None),
        "admin" => (Want::Admin, None),
        "settlement" => (Want::Settlement, None),
        "airport" => (Want::Airport, Some(PlacePrecision::Near)),
        "beside" => (Want::Any, Some(PlacePrecision::Near)),
        "thing" => (Want::Any, None),
        "wide" => (Want::Any, Some(PlacePrecision::Area)),
        _ => return None,
    })
}

/// Whether folded words open a description that puts a claim beside the place: "near", "on the outskirts of".
pub(crate) fn is_opening(words: &str) -> bool {
    kinds().get(words) == Some(&"opening")
}

/// Whether folded words are a direction: "northern", "extreme nord".
pub(crate) fn is_side(words: &str) -> bool {
    // "centre" and "central" are things and directions both.
    matches!(kinds().get(words), Some(&"side")) || matches!(words, "centre" | "center" | "central")
}
