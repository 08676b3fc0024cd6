//! Names of places that must not be read in what is made public, taken out of running words.

use std::collections::BTreeSet;

/// What stands in the place of a name.
pub(crate) const MASK: &str = "[place]";

/// Shortest name in folded letters that is looked for; shorter ones are mostly something else.
const SHORTEST: usize = 3;
/// Words that a name may be written in.
const MOST_WORDS: usize = 6;
/// Arabic words that are written together with the next one: and, so, in, for, like.
const PREFIXES: &[char] = &['و', 'ف', 'ب', 'ل', 'ك'];

/// Names to be taken out, each folded to the letters that all its spellings share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    names: BTreeSet<String>,
    longest: usize,
}

fn folded(name: &str) -> String {
    gazetteer::plain(name).replace(' ', "")
}

impl Mask {
    /// A mask for these names, but for what is `shown` anyway: the names of units and countries. What is printed in small letters is
    /// no name ("the village").
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>, shown: impl Iterator<Item = &'n str>) -> Mask {
        let shown: BTreeSet<String> = shown.map(folded).collect();
        let is_name = |name: &&str| !name.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase);
        let names: BTreeSet<String> = names.filter(is_name).map(folded).filter(|name| name.len() >= SHORTEST && !shown.contains(name)).collect();
        let longest = names.iter().map(String::len).max().unwrap_or(0);
        Mask { names, longest }
    }

    /// The words without the names, and how many were taken out.
    pub(crate) fn over(&self, text: &str) -> (String, usize) {
        if self.names.is_empty() {
            return (text.to_owned(), 0);
        }
        let words = words(text);
        let (mut out, mut done, mut masked) = (String::new(), 0, 0);
        let mut n = 0;
        while n < words.len() {
            match self.at(text, &words[n..]) {
                Some((start, count)) => {
                    out.push_str(&text[done..start]);
                    out.push_str(MASK);
                    done = words[n + count - 1].1;
                    masked += 1;
                    n += count;
                }
                None => n += 1,
            }
        }
        out.push_str(&text[done..]);
        (out, masked)
    }

    /// Where the longest name begins that is written in the first of these words, and in how many of them.
    fn at(&self, text: &str, words: &[(usize, usize)]) -> Option<(usize, usize)> {
        let (first, end) = words[0];
        let joined = text[first..end].chars().next().filter(|c| PREFIXES.contains(c)).map_or(first, |c| first + c.len_utf8());
        [first, joined].into_iter().find_map(|start| {
            let (mut so_far, mut found) = (folded(&text[start..end]), None);
            for count in 1..=words.len().min(MOST_WORDS) {
                if count > 1 {
                    so_far += &folded(&text[words[count - 1].0..words[count - 1].1]);
                }
                if so_far.len() > self.longest {
                    break;
                }
                if self.names.contains(&so_far) {
                    found = Some((start, count));
                }
            }
            found
        })
    }
}

/// Runs of letters, digits and marks.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{640}' | '\u{670}');
    let mut words: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_part(*c)) {
        match words.last_mut() {
            Some((_, end)) if *end == at => *end = at + c.len_utf8(),
            _ => words.push((at, at + c.len_utf8())),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_in_all_their_spellings_and_nothing_else() {
        let names = ["Konna", "Gorom-Gorom", "N'Djamena", "Ménaka", "كونا", "Gao", "the village", "Ut"];
        let mask = Mask::new(names.into_iter(), ["Gao", "Mali"].into_iter());
        for (text, expected, n) in [
            ("Gunmen killed five near Konna, residents said.", "Gunmen killed five near [place], residents said.", 1),
            ("KONNA: Konna's mayor", "[place]: [place]'s mayor", 2),
            ("près de gorom gorom et d’Menaka", "près de [place] et d’[place]", 2),
            ("in N’Djamena", "in [place]", 1),
            ("قتل خمسة بكونا", "قتل خمسة ب[place]", 1),
            ("the village in Gao, Mali; Konnakry", "the village in Gao, Mali; Konnakry", 0),
        ] {
            assert_eq!(mask.over(text), (expected.to_owned(), n), "{text}");
        }
        assert_eq!(Mask::default().over("Konna"), ("Konna".to_owned(), 0));
    }
}
