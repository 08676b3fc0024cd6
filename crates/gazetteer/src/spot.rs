//! Finding the words of a text that name places, and holding back from those that only look like it.

use std::collections::HashMap;

use record::Span;
use serde::Serialize;

use crate::fold::key;
use crate::tokens::{Token, tokens};
use crate::words::{self, AFTER, BODIES, HEADS, TITLES};
use crate::{Gazetteer, Place};

/// What sort of word names the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ToponymKind {
    /// The place's own name.
    Name,
    /// An adjective or a people's name: "Malian", "nigériens". It points at a country but puts nothing there.
    Demonym,
}

/// A name for a place, found in running text and not resolved yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Toponym {
    /// Where it stands.
    pub span: Span,
    /// As printed.
    pub text: String,
    /// Name or adjective.
    pub kind: ToponymKind,
    /// How sure it names a place at all, in points; those found have [`Spotting::least`] or more.
    pub score: f32,
    /// The country, for adjectives; otherwise that of the country it names, if it does.
    pub country: Option<&'static str>,
}

/// Points for and against a name, chosen on news; see `docs/gazetteer.md`.
pub(crate) struct Spotting {
    /// Points needed.
    pub(crate) least: f32,
    /// Points needed in a text printed in capitals, where a capital tells nothing.
    pub(crate) least_in_capitals: f32,
    /// Longest name, in words.
    pub(crate) longest: usize,
}

pub(crate) const SPOTTING: Spotting = Spotting { least: 3.0, least_in_capitals: 5.0, longest: 7 };

/// What is noticed of the whole text before its names are weighed.
struct Scene {
    /// Printed in capitals throughout.
    capitals: bool,
    /// Countries named or hinted at by adjectives, with counts.
    countries: HashMap<&'static str, u32>,
    /// Words known to be family names here.
    surnames: Vec<String>,
    /// Folded words printed in lower case somewhere.
    lower: Vec<String>,
}

impl Gazetteer {
    /// The place names in a text, in order and without overlap, longest first where they nest.
    ///
    /// Names are weighed by what is known of them (a capital city is one wherever it stands) and by what stands around
    /// them ("in", "the town of", a first name before, a surname after). Works on any language written with capitals;
    /// adjectives are marked [`ToponymKind::Demonym`].
    ///
    /// ```
    /// # use gazetteer::Gazetteer;
    /// let text = "Jordan Smith flew from Amman to Gao, in northern Mali.";
    /// let names: Vec<String> = Gazetteer::embedded().spot(text).into_iter().map(|t| t.text).collect();
    /// assert_eq!(names, ["Amman", "Gao", "Mali"]);
    /// ```
    pub fn spot(&self, text: &str) -> Vec<Toponym> {
        let words = tokens(text);
        let scene = self.scene(&words);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.name_at(text, &words, at, &scene) {
                Some((toponym, next)) => {
                    found.push(toponym);
                    at = next;
                }
                None => at += 1,
            }
        }
        found
    }

    fn scene(&self, words: &[Token]) -> Scene {
        let letters = words.iter().filter(|w| w.text.chars().any(char::is_alphabetic)).count();
        let upper = words.iter().filter(|w| w.upper).count();
        let capitals = letters > 8 && upper * 10 > letters * 6;
        let mut countries: HashMap<&'static str, u32> = HashMap::new();
        let mut surnames = Vec::new();
        let mut lower = Vec::new();
        for (n, word) in words.iter().enumerate() {
            if !word.cap && word.plain.len() > 2 {
                lower.push(word.plain.clone());
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
            if word.cap && words::is_given(&word.plain) && let Some(next) = words.get(n + 1).filter(follows) {
                surnames.push(next.plain.clone());
                if let Some(third) = words.get(n + 2).filter(|t| t.cap && next.linked) {
                    surnames.push(third.plain.clone());
                }
            }
        }
        lower.sort_unstable();
        lower.dedup();
        Scene { capitals, countries, surnames, lower }
    }

    /// Whether a single folded word is a big place, so that it is no family name.
    fn is_known_place(&self, plain: &str) -> bool {
        self.country_key(plain).is_some() || self.tables.places.get(&key(plain)).next().is_some_and(|row| self.place(row).importance() > 4.5)
    }

    /// The name that begins at a word, and the word after it.
    fn name_at(&self, text: &str, words: &[Token], at: usize, scene: &Scene) -> Option<(Toponym, usize)> {
        let first = &words[at];
        let article = !first.cap && words::is_article(&first.plain) && first.gap == "-";
        if !first.cap && !article {
            return self.small_demonym(first).map(|t| (t, at + 1));
        }
        for len in (1..=SPOTTING.longest.min(words.len() - at)).rev() {
            let run = &words[at..at + len];
            let last = &run[len - 1];
            let linked = run[..len - 1].iter().all(|w| w.linked);
            let inner = run[1..].iter().all(|w| w.cap || words::is_link(&w.plain) || w.plain.chars().all(|c| c.is_ascii_digit()));
            // In capitals an article or preposition looks like the first word of a name.
            if scene.capitals && (is_function(&first.plain) || is_function(&last.plain)) {
                continue;
            }
            if !linked || !inner || !last.cap || (len > 1 && !scene.capitals && words::is_link(&first.plain) && first.opens && first.gap == " ") {
                continue;
            }
            let (start, mut end) = (first.start, last.end);
            let name = &text[start..end];
            let found = self.country(name);
            if let Some(demonym) = found.filter(|c| c.is_demonym) {
                if len == 1 && self.is_person(words, at, len, scene) && !scene.capitals {
                    return None;
                }
                let text = name.to_owned();
                return Some((Toponym { span: Span::new(start, end), text, kind: ToponymKind::Demonym, score: 9.0, country: Some(demonym.iso2) }, at + len));
            }
            let mut rows = self.tables.places.get(&key(name)).take(400).map(|row| self.place(row)).peekable();
            if rows.peek().is_none() {
                continue;
            }
            let short = is_abbreviation(&run[0], len);
            if short.is_some() && found.is_none() {
                if !self.abbreviates(words, at, text, scene) {
                    continue;
                }
                end += usize::from(text[end..].starts_with('.') && !name.ends_with('.'));
                let text = text[start..end].to_owned();
                return Some((Toponym { span: Span::new(start, end), text, kind: ToponymKind::Name, score: 6.0, country: None }, at + len));
            }
            let rows: Vec<Place> = rows.collect();
            let score = self.points(words, at, len, &rows, found.is_some(), scene);
            let least = if scene.capitals { SPOTTING.least_in_capitals } else { SPOTTING.least };
            if score >= least {
                let country = found.map(|c| c.iso2);
                let text = name.to_owned();
                return Some((Toponym { span: Span::new(start, end), text, kind: ToponymKind::Name, score, country }, at + len));
            }
        }
        None
    }

    /// A French or Spanish adjective in lower case: "l'armée malienne".
    fn small_demonym(&self, word: &Token) -> Option<Toponym> {
        if word.plain.len() < 5 || words::is_common(&word.plain) {
            return None;
        }
        let country = self.country_key(&key(word.text)).filter(|c| c.is_demonym)?;
        Some(Toponym {
            span: Span::new(word.start, word.end),
            text: word.text.to_owned(),
            kind: ToponymKind::Demonym,
            score: 5.0,
            country: Some(country.iso2),
        })
    }

    /// Whether a short form of a state stands where one would: "Glasgow, Ky.", "Toronto, Ont.".
    fn abbreviates(&self, words: &[Token], at: usize, text: &str, scene: &Scene) -> bool {
        let word = &words[at];
        let dotted = text[word.end..].starts_with('.') || word.text.contains('.');
        if scene.capitals {
            return word.text.contains('.') && word.text.len() >= 4;
        }
        let after_place = at > 0 && words[at - 1].gap.trim_end() == "," && words[at - 1].cap;
        let capital = word.upper && word.plain.replace(' ', "").len() == 2;
        after_place && (dotted || capital) || word.text.contains('.') && word.text.len() >= 4
    }

    /// Points for a run of words being a place name.
    fn points(&self, words: &[Token], at: usize, len: usize, rows: &[Place], country: bool, scene: &Scene) -> f32 {
        let run = &words[at..at + len];
        let first = &run[0];
        let last = &run[len - 1];
        let before = at.checked_sub(1).map(|n| &words[n]).filter(|w| !ends(w.gap));
        let after = words.get(at + len).filter(|_| !ends(last.gap));
        let name: String = run.iter().map(|w| w.text).collect::<Vec<_>>().join(" ");
        let usual = rows.iter().map(|p| p.importance() + crate::rank::exactness(&name, p.name)).fold(f32::MIN, f32::max);
        // "DUBAI, Jan 4 (Meridian) - ": who sends it, not where.
        if last.gap.starts_with(')') && last.gap.trim_start_matches(')').trim_start().starts_with(['-', '–', '—']) && at > 0 && words[at - 1].gap.ends_with('(') {
            return 0.0;
        }
        let mut points = usual.min(7.5) + 1.0 * (len as f32 - 1.0).min(2.0);
        if country {
            points = points.max(8.0);
        }
        let letters = run.iter().map(|w| w.plain.len()).sum::<usize>();
        if letters < 4 && !country {
            points -= 2.0;
        }
        if run.iter().all(|w| w.upper) && !scene.capitals && letters < 6 && !country {
            points -= 3.0;
        }
        if let Some(before) = before {
            points += words::locative(&before.plain);
            let of = matches!(before.plain.as_str(), "of" | "de" | "du" | "d");
            if of && at > 1 && words::is_class(&words[at - 2].plain) {
                points += 2.5;
            }
            if of && at > 1 && HEADS.contains(&words[at - 2].plain.as_str()) && words[at - 2].cap {
                points -= 6.0;
            }
        }
        if after.is_some_and(|w| last.linked && words::is_class(&w.plain)) {
            points += 3.0;
        }
        // "Gao, Mali" and "Gao (Mali)": a bigger place right after.
        if matches!(last.gap.trim(), "," | "(") && let Some(next) = words.get(at + len).filter(|w| w.cap) {
            let two: String = words[at + len..].iter().take(2).map(|w| w.text).collect::<Vec<_>>().join(" ");
            let container = self.country(next.text).or(self.country(&two)).filter(|c| !c.is_demonym).map(|c| c.iso2);
            if container.is_some_and(|c| rows.iter().any(|p| p.country == c)) {
                points += 3.0;
            } else if container.is_none() && self.is_inside_unit(next.text, &two, rows) {
                points += 2.5;
            }
        }
        if rows.iter().any(|p| scene.countries.contains_key(p.country)) && letters > 3 {
            points += if scene.capitals { 2.0 } else { 1.5 };
        } else if scene.capitals && !country {
            points -= 1.0;
        }
        if len == 1 && (words::is_common(&first.plain) || words::is_body(&first.plain)) {
            points -= if first.opens || scene.capitals { 7.0 } else { 4.0 };
        } else if len == 1 && scene.lower.binary_search(&first.plain).is_ok() {
            points -= 3.0;
        } else if len > 1 && !scene.capitals && run.iter().all(|w| words::is_common(&w.plain) || words::is_link(&w.plain)) && usual < 5.0 {
            points -= 2.0;
        }
        if first.opens && len == 1 && !scene.capitals {
            points -= 0.5;
        }
        if !scene.capitals {
            if self.is_person(words, at, len, scene) {
                points -= 7.0;
            } else if let Some(next) = after.filter(|w| w.cap && last.linked) {
                points -= self.followed(next, len);
            }
            if let Some(before) = before.filter(|w| w.cap && w.linked && !w.opens) {
                let fits = AFTER.contains(&before.plain.as_str()) || words::locative(&before.plain) > 0.0 || self.country(before.text).is_some();
                points -= if fits { 0.0 } else { 3.0 };
            }
        } else if before.is_some_and(|w| w.linked && words::is_given(&w.plain)) || len == 1 && (scene.surnames.contains(&first.plain) || words::is_given(&first.plain)) {
            points -= 5.0;
        } else if after.is_some_and(|w| last.linked && BODIES.contains(&w.plain.as_str())) {
            points -= 3.0;
        }
        points
    }

    /// What a capitalised word right after takes from a name.
    fn followed(&self, next: &Token, len: usize) -> f32 {
        let plain = next.plain.as_str();
        if BODIES.contains(&plain) {
            5.0
        } else if self.country(next.text).is_some_and(|c| c.is_demonym) && len == 1 {
            3.0
        } else if AFTER.contains(&plain) || self.country(next.text).is_some() || words::is_common(plain) && len > 1 {
            0.0
        } else if len > 1 {
            2.0
        } else {
            4.0
        }
    }

    /// Whether one of the rows lies in a first-level unit of this name.
    fn is_inside_unit(&self, one: &str, two: &str, rows: &[Place]) -> bool {
        [one, two].iter().any(|name| {
            self.tables.places.get(&key(name)).take(5).map(|row| self.place(row)).any(|unit| {
                unit.code == "ADM1" && rows.iter().any(|p| p.row != unit.row && p.country == unit.country && p.unit1 == unit.unit1)
            })
        })
    }

    /// Whether a run is part of a person's name.
    fn is_person(&self, words: &[Token], at: usize, len: usize, scene: &Scene) -> bool {
        let first = &words[at];
        let last = &words[at + len - 1];
        let before = at.checked_sub(1).map(|n| &words[n]);
        let after = words.get(at + len).filter(|w| w.cap && last.linked);
        if let Some(before) = before.filter(|w| w.cap && w.linked) {
            if words::is_given(&before.plain) || before.text.len() == 1 || TITLES.contains(&before.plain.as_str()) && !before.upper && len < 3 {
                return !(self.country(first.text).is_some() && TITLES.contains(&before.plain.as_str()));
            }
            // "J. Paris" and "Smith-Paris" after a given name
            if at > 1 && words[at - 2].cap && words[at - 2].linked && words::is_given(&words[at - 2].plain) {
                return true;
            }
        }
        if before.is_some_and(|w| w.text.len() == 1 && w.cap && w.gap.starts_with(". ")) {
            return true;
        }
        if len == 1 && scene.surnames.contains(&first.plain) && !self.is_known_place(&first.plain) {
            return true;
        }
        let surname = |w: &Token| !AFTER.contains(&w.plain.as_str()) && !words::is_class(&w.plain) && !BODIES.contains(&w.plain.as_str()) && self.country(w.text).is_none();
        len == 1 && words::is_given(&first.plain) && after.is_some_and(surname)
    }
}

/// Words that open or close no name in a text printed in capitals.
fn is_function(word: &str) -> bool {
    matches!(word, "the" | "and" | "a" | "an" | "in" | "of" | "on" | "at" | "by" | "for" | "to" | "with" | "from" | "or" | "as" | "that" | "this" | "de" | "y" | "et" | "is" | "it" | "i" | "was" | "who")
}

/// Whether what follows a word ends the sentence or line.
fn ends(gap: &str) -> bool {
    gap.contains(['.', '!', '?', '\n', ';', ':']) && gap != ". "
}

/// Short forms such as "Ky", "B.C.", "Ont": one word of two to five letters that is dotted or a known short form.
fn is_abbreviation(word: &Token, len: usize) -> Option<()> {
    const SHORT: &[&str] = &[
        "ala", "ark", "ariz", "calif", "colo", "conn", "del", "fla", "ga", "ill", "ind", "kan", "ky", "la", "mass", "md", "mich", "minn", "mo", "miss", "mont", "neb", "nev", "okla",
        "ore", "pa", "tenn", "tex", "va", "vt", "wash", "wis", "wyo", "alta", "man", "ont", "que", "sask", "nfld", "qld", "tas", "ca", "co", "ct", "de", "fl", "id", "il", "in",
        "ks", "ma", "me", "mi", "mn", "ms", "mt", "ne", "nh", "nj", "nm", "nv", "ny", "oh", "ok", "or", "ri", "sc", "sd", "tn", "tx", "ut", "wa", "wi", "wv", "wy", "bc", "nsw", "act", "nc", "nd", "al", "ak", "az", "ar",
    ];
    (len == 1 && (word.text.contains('.') || SHORT.contains(&word.plain.as_str()))).then_some(())
}
