//! Words and phrases of a lexicon in a text, in any case; a star at the end of a word stands for any ending.

/// Whether one of some phrases stands among words.
pub(crate) fn any(phrases: &[String], words: &[String]) -> bool {
    phrases.iter().any(|phrase| is_in(phrase, words))
}

/// The words of a text in small letters.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn is_in(phrase: &str, words: &[String]) -> bool {
    let fits = |(known, word): (&str, &String)| known.strip_suffix('*').map_or(known == word, |stem| word.starts_with(stem));
    words.windows(phrase.split(' ').count()).any(|window| phrase.split(' ').zip(window).all(fits))
}

/// The first word of a text in small letters; `None` for "US" and "IT" in capitals, which are no pronouns.
pub(crate) fn first(text: &str) -> Option<String> {
    let word = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())?;
    (!matches!(word, "US" | "IT")).then(|| word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_no_pronouns() {
        for (text, expected) in [
            ("It said", Some("it")),
            ("« Nous", Some("nous")),
            ("IT staff", None),
            ("US troops", None),
            ("us", Some("us")),
            ("WE", Some("we")),
            ("…", None),
        ] {
            assert_eq!(first(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn words_may_end_in_a_star() {
        let phrases = ["tués".to_owned(), "assassin*".to_owned(), "year* ago".to_owned()];
        for (text, expected) in [
            ("Dix civils ont été tués.", true),
            ("ASSASSINÉS la nuit", true),
            ("l'assassinat du maire", true),
            ("tué", false),
            ("", false),
            ("two years ago", true),
            ("years of war, ago", false),
        ] {
            assert_eq!(any(&phrases, &words(text)), expected, "{text}");
        }
    }
}
