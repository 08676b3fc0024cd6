//! Names of places that must not be read in what is made public, taken out of running words.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::key;
use percent_encoding::percent_decode_str;

/// What stands in the place of a name.
pub(crate) const MASK: &str = "[place]";

/// Shortest name in folded letters that is looked for; shorter ones are mostly something else.
const SHORTEST: usize = 3;
/// What Arabic writes together with a name (and, so, in, for, like, the, for the), and what of it belongs to the name.
const LEADS: &[(&str, &str)] =
    &[("", ""), ("و", ""), ("ف", ""), ("ب", ""), ("ل", ""), ("ك", ""), ("ال", ""), ("لل", "ال"), ("ولل", "ال"), ("وب", "")];
/// Articles of Arabic names beside those that the gazetteer folds away.
const ARTICLES: &[&str] = &["ad", "an", "ar", "as", "ash", "at", "az", "ed", "en", "er", "es", "esh", "et", "ez"];
/// How often an address may be encoded over again.
const ENCODED: usize = 3;

/// Names to be taken out, folded as the gazetteer folds them, and whether they count in small letters too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    names: BTreeMap<String, bool>,
    longest: usize,
}

/// Whether words are printed as a name: what comes after an article does not begin with a small letter ("the village" is none).
pub(crate) fn is_name(words: &str) -> bool {
    let mut words = words.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words
        .find(|word| word.chars().count() > SHORTEST || !word.starts_with(char::is_lowercase))
        .is_some_and(|word| !word.starts_with(char::is_lowercase))
}

/// The keys of a name: with its article, and without.
fn keys(name: &str) -> [String; 2] {
    let bare = name.split_once([' ', '-']).filter(|(first, _)| ARTICLES.contains(&first.to_lowercase().as_str())).map_or(name, |(_, rest)| rest);
    [name, bare].map(key)
}

impl Mask {
    /// A mask for `names` as records print them, in any letters, and for the keys of `other` names, which count where they are printed
    /// as names; but for what is `shown` anyway.
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>, other: BTreeSet<String>, shown: &BTreeSet<String>) -> Mask {
        let other = other.into_iter().filter(|key| key.len() > SHORTEST).map(|key| (key, false));
        let printed = names.filter(|name| is_name(name)).flat_map(keys).filter(|key| key.len() >= SHORTEST).map(|key| (key, true));
        let mut names: BTreeMap<String, bool> = other.chain(printed).collect();
        names.retain(|key, _| !shown.contains(key));
        let longest = names.keys().map(String::len).max().unwrap_or(0);
        Mask { names, longest }
    }

    /// The words without the names, and how many were taken out.
    pub(crate) fn over(&self, text: &str) -> (String, usize) {
        let words = words(text);
        let (mut out, mut done, mut masked) = (String::new(), 0, 0);
        let mut n = 0;
        while n < words.len() {
            match self.at(text, &words[n..], is_name) {
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

    /// Whether an address spells a name, percent-encoded or not.
    pub(crate) fn is_in(&self, address: &str) -> bool {
        let mut address = address.to_owned();
        for _ in 0..ENCODED {
            address = percent_decode_str(&address).decode_utf8_lossy().into_owned();
        }
        let words = words(&address);
        (0..words.len()).any(|n| self.at(&address, &words[n..], |_| true).is_some())
    }

    /// Where the longest name begins that is written in the first of these words, and in how many of them.
    fn at(&self, text: &str, words: &[(usize, usize)], is_printed: fn(&str) -> bool) -> Option<(usize, usize)> {
        let (first, end) = words[0];
        LEADS.iter().filter(|(lead, _)| text[first..end].starts_with(lead)).find_map(|(lead, put)| {
            let (start, mut found) = (first + lead.len(), None);
            // A name has no more words than letters, but for its article.
            for (n, &(_, end)) in words.iter().take(self.longest + 1).enumerate() {
                let words = &text[start..end];
                let key = key(&format!("{put}{words}"));
                if key.len() > self.longest {
                    break;
                }
                if self.names.get(&key).is_some_and(|any| *any || is_printed(words)) {
                    found = Some((start, n + 1));
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

    const LONG: &str = "Site des Déplacés de la Route de l'Aéroport";

    fn mask() -> Mask {
        let names = ["Konna", "Gorom-Gorom", "N'Djamena", "Ménaka", "كونا", "el-Fasher", "Ed Daein", "الفاشر", "Gao", "the village", "Ut", LONG];
        Mask::new(
            names.into_iter(),
            ["alfashir".to_owned(), "camp".to_owned(), "bo".to_owned()].into(),
            &["gao".to_owned(), "mali".to_owned()].into(),
        )
    }

    #[test]
    fn names_go_in_all_their_spellings_and_nothing_else() {
        for (text, expected, n) in [
            ("Gunmen killed five near Konna, residents said.", "Gunmen killed five near [place], residents said.", 1),
            ("KONNA: Konna's mayor", "[place]: [place]'s mayor", 2),
            ("près de gorom gorom et d’Menaka", "près de [place] et d’[place]", 2),
            ("in N’Djamena", "in [place]", 1),
            ("قتل خمسة بكونا", "قتل خمسة ب[place]", 1),
            ("قتل خمسة بالفاشر وللفاشر", "قتل خمسة ب[place] ولل[place]", 2),
            ("للفاشر", "ل[place]", 1),
            ("au site des déplacés de la route de l’aéroport hier", "au [place] hier", 1),
            ("El Fasher, al-Fasher, Fasher; ed-Daein, Daein", "[place], [place], [place]; [place], [place]", 5),
            ("from Alfashir to a camp, Camp 3", "from [place] to a camp, [place] 3", 2),
            ("the village in Gao, Mali; Konnakry; Bo", "the village in Gao, Mali; Konnakry; Bo", 0),
        ] {
            assert_eq!(mask().over(text), (expected.to_owned(), n), "{text}");
        }
        assert_eq!(Mask::default().over("Konna"), ("Konna".to_owned(), 0));
    }

    #[test]
    fn an_address_is_read_before_it_is_looked_at() {
        for (address, spells) in [
            ("https://nord.example/five-killed-in-konna", true),
            ("https://nord.example/M%C3%A9naka?x=1", true),
            ("https://nord.example/M%25C3%25A9naka", true),
            ("https://nord.example/%D9%83%D9%88%D9%86%D8%A7", true),
            ("https://nord.example/old_camp", true),
            ("https://nord.example/100%25-of-gao%", false),
            ("https://nord.example/%zz%é", false),
            ("https://nord.example/kon%6Ea", true),
            // A sign is no digit of an encoded letter.
            ("https://nord.example/men%+aaka", false),
        ] {
            assert_eq!(mask().is_in(address), spells, "{address}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_nothing_of_a_name_is_left(before in "\\PC{0,12}", after in "\\PC{0,12}") {
            let (out, n) = mask().over(&format!("{before} Konna {after}"));
            proptest::prop_assert!(n > 0 && !words(&out).iter().any(|&(start, end)| key(&out[start..end]) == "konna"), "{}", out);
        }
    }
}
