//! Finding the words of a text that name places, and holding back from those that only look like it.

use record::Span;
use serde::Serialize;

use crate::fold::key;
use crate::scene::Scene;
use crate::tokens::{Token, tokens};
use crate::{Gazetteer, Place, words};

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
    /// How sure it names a place at all, in points; those found have 3 or more, or 5 in a text printed in capitals.
    pub score: f32,
    /// The country, for adjectives; otherwise that of the country it names, if it does.
    pub country: Option<&'static str>,
}

/// Points for and against a name, chosen on news; see `data/gazetteer/README.md`.
pub(crate) struct Spotting {
    /// Points needed.
    pub(crate) least: f32,
    /// Points needed in a text printed in capitals, where a capital tells nothing.
    pub(crate) least_in_capitals: f32,
    /// Longest name, in words.
    pub(crate) longest: usize,
}

pub(crate) const SPOTTING: Spotting = Spotting { least: 3.0, least_in_capitals: 5.0, longest: 7 };

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
            if scene.capitals && (words::is_function(&first.plain) || words::is_function(&last.plain)) {
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
                return Some((
                    Toponym { span: Span::new(start, end), text, kind: ToponymKind::Demonym, score: 9.0, country: Some(demonym.iso2) },
                    at + len,
                ));
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
    pub(crate) fn small_demonym(&self, word: &Token) -> Option<Toponym> {
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
        if last.gap.starts_with(')')
            && last.gap.trim_start_matches(')').trim_start().starts_with(['-', '–', '—'])
            && at > 0
            && words[at - 1].gap.ends_with('(')
        {
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
            if of && at > 1 && words::heads_body(&words[at - 2].plain) && words[at - 2].cap {
                points -= 6.0;
            }
        }
        if after.is_some_and(|w| last.linked && words::is_class(&w.plain)) {
            points += 3.0;
        }
        // "Gao, Mali" and "Gao (Mali)": a bigger place right after.
        if matches!(last.gap.trim(), "," | "(")
            && let Some(next) = words.get(at + len).filter(|w| w.cap)
        {
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
                let fits = words::keeps_place(&before.plain) || words::locative(&before.plain) > 0.0 || self.country(before.text).is_some();
                points -= if fits { 0.0 } else { 3.0 };
            }
        } else if before.is_some_and(|w| w.linked && words::is_given(&w.plain))
            || len == 1 && (scene.is_surname(&first.plain) || words::is_given(&first.plain))
        {
            points -= 5.0;
        } else if after.is_some_and(|w| last.linked && words::makes_body(&w.plain)) {
            points -= 3.0;
        }
        points
    }

    /// What a capitalised word right after takes from a name.
    fn followed(&self, next: &Token, len: usize) -> f32 {
        let plain = next.plain.as_str();
        if words::makes_body(plain) {
            6.0
        } else if self.country(next.text).is_some_and(|c| c.is_demonym) && len == 1 {
            3.0
        } else if words::keeps_place(plain) || self.country(next.text).is_some() || words::is_common(plain) && len > 1 {
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
            self.tables
                .places
                .get(&key(name))
                .take(5)
                .map(|row| self.place(row))
                .any(|unit| unit.code == "ADM1" && rows.iter().any(|p| p.row != unit.row && p.country == unit.country && p.unit1 == unit.unit1))
        })
    }

    /// Whether a run is part of a person's name.
    fn is_person(&self, words: &[Token], at: usize, len: usize, scene: &Scene) -> bool {
        let first = &words[at];
        let last = &words[at + len - 1];
        let before = at.checked_sub(1).map(|n| &words[n]);
        let after = words.get(at + len).filter(|w| w.cap && last.linked);
        if let Some(before) = before.filter(|w| w.cap && w.linked) {
            if words::is_given(&before.plain) || before.text.len() == 1 || words::is_title(&before.plain) && !before.upper && len < 3 {
                return !(self.country(first.text).is_some() && words::is_title(&before.plain));
            }
            // "J. Paris" and "Smith-Paris" after a given name
            if at > 1 && words[at - 2].cap && words[at - 2].linked && words::is_given(&words[at - 2].plain) {
                return true;
            }
        }
        if before.is_some_and(|w| w.text.len() == 1 && w.cap && w.gap.starts_with(". ")) {
            return true;
        }
        if len == 1 && scene.is_surname(&first.plain) && !self.is_known_place(&first.plain) {
            return true;
        }
        let surname =
            |w: &Token| !words::keeps_place(&w.plain) && !words::is_class(&w.plain) && !words::makes_body(&w.plain) && self.country(w.text).is_none();
        len == 1 && words::is_given(&first.plain) && after.is_some_and(surname)
    }
}

/// Whether what follows a word ends the sentence or line.
fn ends(gap: &str) -> bool {
    gap.contains(['.', '!', '?', '\n', ';', ':']) && gap != ". "
}

/// Short forms such as "Ky", "B.C.", "Ont": one word of two to five letters that is dotted or a known short form.
fn is_abbreviation(word: &Token, len: usize) -> Option<()> {
    const SHORT: &[&str] = &[
        "ala", "ark", "ariz", "calif", "colo", "conn", "del", "fla", "ga", "ill", "ind", "kan", "ky", "la", "mass", "md", "mich", "minn", "mo",
        "miss", "mont", "neb", "nev", "okla", "ore", "pa", "tenn", "tex", "va", "vt", "wash", "wis", "wyo", "alta", "man", "ont", "que", "sask",
        "nfld", "qld", "tas", "ca", "co", "ct", "de", "fl", "id", "il", "in", "ks", "ma", "me", "mi", "mn", "ms", "mt", "ne", "nh", "nj", "nm", "nv",
        "ny", "oh", "ok", "or", "ri", "sc", "sd", "tn", "tx", "ut", "wa", "wi", "wv", "wy", "bc", "nsw", "act", "nc", "nd", "al", "ak", "az", "ar",
    ];
    (len == 1 && (word.text.contains('.') || SHORT.contains(&word.plain.as_str()))).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_look_alikes_left() {
        let cases: [(&str, &[&str]); 10] = [
            ("The army fought militants near Ménaka, in Mali, on Tuesday.", &["Ménaka", "Mali"]),
            ("Jordan Smith said he was well.", &[]),
            ("He studied at the University of Paris and plays for Paris Saint-Germain.", &[]),
            ("In March, May resigned. Reading is fun. Nice work.", &[]),
            ("L'armée malienne a repris Tessit, dans la région de Gao.", &["malienne", "Tessit", "Gao"]),
            (
                "LIMA, 3 MAR 90 -- A BOMB EXPLODED IN CALLAO. THE POLICE ARRESTED TWO MEN IN THE DISTRICT OF SAN BORJA ON FRIDAY.",
                &["LIMA", "CALLAO", "SAN BORJA"],
            ),
            ("Fighting spread from al-Fashir to El Geneina in Darfur.", &["al-Fashir", "El Geneina", "Darfur"]),
            ("Glasgow, Ky. is a town; the U.S. is a country.", &["Glasgow", "Ky.", "U.S."]),
            ("Gen. Paris Diallo spoke.", &[]),
            ("Côte d'Ivoire and the Democratic Republic of the Congo signed.", &["Côte d'Ivoire", "Democratic Republic of the Congo"]),
        ];
        let spot = |text: &str| Gazetteer::embedded().spot(text).into_iter().map(|t| t.text).collect::<Vec<_>>();
        let wrong: Vec<_> = cases.iter().map(|(text, want)| (spot(text), want)).filter(|(got, want)| got != *want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_name_slices_its_text_and_none_overlap() {
        let text = "«À Gao», l’armée a tué 12 hommes — N'Djamena, Sana'a; ’’' d' (Kidal).";
        let found = Gazetteer::embedded().spot(text);
        assert!(found.iter().all(|t| t.span.slice(text) == t.text));
        assert!(found.windows(2).all(|w| w[0].span.end <= w[1].span.start));
    }
}
