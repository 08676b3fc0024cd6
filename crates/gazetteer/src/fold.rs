//! Folding: the one spelling under which all spellings of a name are looked up.
//!
//! Shared by the build step, which folds the tables, and the look-ups, which fold what they are given.

/// Leading words that come and go between spellings of one name.
const ARTICLES: [&str; 3] = ["al", "el", "the"];

/// Short forms that stand for a whole word anywhere in a name.
const SHORT: [(&str, &str); 5] = [("st", "saint"), ("ste", "sainte"), ("mt", "mount"), ("ft", "fort"), ("sto", "santo")];

/// Lower-case ASCII words of a name, one space apart: case, accents, script, punctuation, hyphens and apostrophes
/// gone, articles kept. Arabic and Cyrillic are spelt out in Latin letters; a name without a letter or digit is empty.
pub fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii() {
            push(&mut out, c);
        } else if matches!(c, '\u{2018}' | '\u{2019}' | '\u{02bb}' | '\u{02bc}' | '\u{02bf}' | '\u{02be}' | '\u{00b4}') {
            // apostrophes join, as the ASCII one does
        } else if !is_mark(c) {
            for c in any_ascii::any_ascii_char(c).chars() {
                push(&mut out, c);
            }
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Combining marks and Arabic vowel signs, which are no part of the spelling.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}' | '\u{0670}' | '\u{0640}' | '\u{200b}'..='\u{200f}')
}

fn push(out: &mut String, c: char) {
    match c {
        'a'..='z' | '0'..='9' => out.push(c),
        'A'..='Z' => out.push(c.to_ascii_lowercase()),
        '\'' | '`' => {}
        _ if out.is_empty() || out.ends_with(' ') => {}
        _ => out.push(' '),
    }
}

/// The look-up key: [`plain`] without leading articles (`al`, `el`, `the`), with short forms written out (`St` is
/// `Saint`) and words run together, so that "Al-Fashir" is `fashir` and "Gorom Gorom" is `goromgorom`.
///
/// Idempotent: a key is its own key.
pub fn key(name: &str) -> String {
    let plain = plain(name);
    let mut words = plain.split(' ').peekable();
    let mut out = String::with_capacity(plain.len());
    let mut started = false;
    while let Some(word) = words.next() {
        if !started && ARTICLES.contains(&word) && words.peek().is_some() {
            continue;
        }
        started = true;
        let whole = plain.len() > word.len();
        out.push_str(SHORT.iter().find(|(short, _)| whole && *short == word).map_or(word, |(_, long)| long));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_key() {
        let cases = [
            ("El Fasher", "al-Fasher"),
            ("Ménaka", "MENAKA"),
            ("Gorom Gorom", "Goromgorom"),
            ("N'Djamena", "N’Djaména"),
            ("St. Thomas", "Saint Thomas"),
            ("Côte d'Ivoire", "Cote d’Ivoire"),
            ("Mazar-e Sharif", "Mazar e-Sharif"),
            ("the Sahel", "Sahel"),
            ("Şırnak", "Sirnak"),
        ];
        for (a, b) in cases {
            assert_eq!(key(a), key(b), "{a} and {b}");
        }
    }

    #[test]
    fn an_article_alone_is_a_name() {
        assert_eq!((key("Al").as_str(), key("...").as_str()), ("al", ""));
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(name in ".{0,40}") {
            prop_assert_eq!(plain(&plain(&name)), plain(&name));
            prop_assert_eq!(key(&key(&name)), key(&name));
        }

        #[test]
        fn words_of_names_fold_idempotently(name in "((al|El|the|St|ste|Mt|Gao|é|ق|Ж)[ '-]){0,5}(Gao|al|St)") {
            prop_assert_eq!(key(&key(&name)), key(&name));
        }
    }
}
