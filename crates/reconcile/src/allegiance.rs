//! Whose interest a channel, page or monitor shares: "channels close to JNIM", "pro-government pages".

use std::sync::LazyLock;

use gazetteer::plain;
use serde::Deserialize;

/// Words that bind to a party, from `data/rules/allegiances.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// The party stands after them.
    before: Vec<String>,
    /// The party stands before them.
    after: Vec<String>,
    /// The party is the one word after them.
    prefix: Vec<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../data/rules/allegiances.toml")).expect("the table in the project is whole; a test reads it")
});

/// The words that name the party whose interest a speaker shares, as they are printed.
pub(crate) fn party(name: &str) -> Option<String> {
    let printed: Vec<&str> = name.split([' ', '-']).filter(|w| !w.is_empty()).collect();
    let folded: Vec<String> = printed.iter().map(|w| plain(w)).collect();
    let parted = |words: &String| {
        let words: Vec<String> = plain(words).split(' ').map(str::to_owned).collect();
        let at = folded.windows(words.len()).position(|w| w == words)?;
        Some((&printed[..at], &printed[at + words.len()..]))
    };
    let after = || WORDS.before.iter().find_map(parted).map(|(_, rest)| rest);
    let next = || WORDS.prefix.iter().find_map(parted).map(|(_, rest)| &rest[..rest.len().min(1)]);
    let before = || WORDS.after.iter().find_map(parted).map(|(rest, _)| rest);
    let party = after().or_else(next).or_else(before)?;
    let is_article = |word: &&&str| matches!(plain(word).as_str(), "the" | "a" | "an" | "la" | "le" | "les" | "l");
    let party = party.iter().skip_while(is_article).copied().collect::<Vec<_>>().join(" ");
    (!party.is_empty()).then_some(party)
}

#[cfg(test)]
mod tests {
    use super::party;

    #[test]
    fn an_allegiance_names_its_party() {
        for (name, bound) in [
            ("Channels close to JNIM", Some("JNIM")),
            ("A pro-government page", Some("government")),
            ("des comptes proches du GSIM", Some("GSIM")),
            ("Hamas-affiliated channels", Some("Hamas")),
            ("a monitor loyal to the junta", Some("junta")),
            ("Radio Okapi", None),
            ("the Prosecutor's Office", None),
            ("linked", None),
        ] {
            assert_eq!(party(name).as_deref(), bound, "{name}");
        }
    }
}
