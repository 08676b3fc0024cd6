//! Whose interest a channel, page or monitor shares: "channels close to JNIM", "pro-government pages".

use std::sync::LazyLock;

use gazetteer::plain;
use serde::Deserialize;

/// Words that tie, from `data/rules/ties.toml`, folded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ties {
    before: Vec<String>,
    after: Vec<String>,
}

static TIES: LazyLock<Ties> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/rules/ties.toml")).expect("the table in the project is whole; a test reads it"));

/// The words that name the party a speaker is tied to, as they are printed.
pub(crate) fn party(name: &str) -> Option<String> {
    let printed: Vec<&str> = name.split([' ', '-']).filter(|w| !w.is_empty()).collect();
    let folded: Vec<String> = printed.iter().map(|w| plain(w)).collect();
    let find = |tie: &String| {
        let tie: Vec<String> = plain(tie).split(' ').map(str::to_owned).collect();
        folded.windows(tie.len()).position(|w| w == tie).map(|at| (at, at + tie.len()))
    };
    let after = |tie: &String| {
        let rest = &printed[find(tie)?.1..];
        // Of "pro-government pages" the first word only.
        Some(if tie == "pro" { &rest[..rest.len().min(1)] } else { rest })
    };
    let before = |tie: &String| Some(&printed[..find(tie)?.0]);
    let party = TIES.before.iter().find_map(after).or_else(|| TIES.after.iter().find_map(before))?;
    let is_article = |word: &&&str| matches!(plain(word).as_str(), "the" | "a" | "an" | "la" | "le" | "les" | "l");
    let party = party.iter().skip_while(is_article).copied().collect::<Vec<_>>().join(" ");
    (!party.is_empty()).then_some(party)
}

#[cfg(test)]
mod tests {
    use super::party;

    #[test]
    fn a_tie_names_its_party() {
        for (name, tied) in [
            ("Channels close to JNIM", Some("JNIM")),
            ("A pro-government page", Some("government")),
            ("des comptes proches du GSIM", Some("GSIM")),
            ("Hamas-affiliated channels", Some("Hamas")),
            ("a monitor loyal to the junta", Some("junta")),
            ("Radio Okapi", None),
            ("the Prosecutor's Office", None),
            ("linked", None),
        ] {
            assert_eq!(party(name).as_deref(), tied, "{name}");
        }
    }
}
