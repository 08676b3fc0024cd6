//! What is noticed of a whole text before its names are weighed.

use std::collections::HashMap;

use crate::fold::key;
use crate::tokens::Token;
use crate::{Gazetteer, words};

/// What is noticed of the whole text before its names are weighed.
pub(crate) struct Scene {
    /// Printed in capitals throughout.
    pub(crate) capitals: bool,
    /// Countries named or hinted at by adjectives, with counts.
    pub(crate) countries: HashMap<&'static str, u32>,
    /// Words known to be family names here, sorted.
    surnames: Vec<String>,
    /// Folded words printed in lower case somewhere, sorted.
    pub(crate) lower: Vec<String>,
}

impl Scene {
    /// Whether a folded word is known to be a family name here.
    pub(crate) fn is_surname(&self, plain: &str) -> bool {
        self.surnames.binary_search_by(|name| name.as_str().cmp(plain)).is_ok()
    }
}

impl Gazetteer {
    pub(crate) fn scene(&self, words: &[Token]) -> Scene {
        let letters = words.iter().filter(|w| w.text.chars().any(char::is_alphabetic)).count();
        let upper = words.iter().filter(|w| w.upper).count();
        let capitals = letters > 8 && upper * 10 > letters * 6;
        let mut countries: HashMap<&'static str, u32> = HashMap::new();
        let mut surnames = Vec::new();
        let mut lower = Vec::new();
        for (n, word) in words.iter().enumerate() {
            if !word.cap && word.plain.len() > 2 {
                lower.push(word.plain.clone());
                if let Some(country) = self.small_demonym(word).and_then(|t| t.country) {
                    *countries.entry(country).or_default() += 1;
                }
            }
            for len in [1, 2, 3] {
                let Some(last) = words.get(n + len - 1) else { break };
                if words[n..n + len - 1].iter().any(|w| !w.linked) || !word.cap {
                    break;
                }
                let phrase: Vec<&str> = words[n..=n + len - 1].iter().map(|w| w.text).collect();
                if let Some(country) = self.country(&phrase.join(" ")).filter(|_| last.cap) {
                    *countries.entry(country.iso2).or_default() += 1;
                }
            }
            let follows = |w: &&Token| w.cap && word.linked && !self.is_known_place(&w.plain);
            if word.cap
                && words::is_given(&word.plain)
                && let Some(next) = words.get(n + 1).filter(follows)
            {
                surnames.push(next.plain.clone());
                if let Some(third) = words.get(n + 2).filter(|t| t.cap && next.linked) {
                    surnames.push(third.plain.clone());
                }
            }
        }
        for words in [&mut lower, &mut surnames] {
            words.sort_unstable();
            words.dedup();
        }
        Scene { capitals, countries, surnames, lower }
    }

    /// Whether a single folded word is a big place, so that it is no family name.
    pub(crate) fn is_known_place(&self, plain: &str) -> bool {
        self.country_key(plain).is_some() || self.tables.places.get(&key(plain)).next().is_some_and(|row| self.place(row).importance() > 4.5)
    }
}
