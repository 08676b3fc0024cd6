//! Whether a report shows any violence at all: illness, accidents and fires kill too, and are not for this record.

use std::sync::LazyLock;

use record::{Claim, Kind, Victims};

use crate::{layout::Layout, phrase, scope};

/// From this score on, a claim of a deed, or one that names who did it, is taken for a sign; chosen on the cases held out.
const SURE: f32 = 0.6;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/lexicon/violence.toml")).expect("a test reads the lexicon"));

#[derive(serde::Deserialize)]
struct Lexicon {
    killing: Vec<String>,
    arms: Vec<String>,
}

/// A text that speaks of violence only in passing shows it only with a sentence of arms, or of killing, for every so many words.
const A_SIGN_IN: usize = 200;

/// Whether one of a report's claims shows violence: a deed, a doer or a weapon, armed victims, or killing in a text that speaks of arms.
///
/// The network reads claims one by one and takes "66 children died" for one wherever it stands. Where this is false, nothing in the report
/// belongs in the record.
pub(crate) fn is_shown(layout: &Layout, claims: &[Claim]) -> bool {
    let signs = |phrases: &[String]| layout.sentences().filter(|s| s.has(phrases)).count();
    let armed = || signs(&LEXICON.arms) > 0;
    if scope::is_in_passing(layout, claims.iter().map(|c| (c.quote.field, c.quote.span)))
        && (signs(&LEXICON.arms) + signs(&LEXICON.killing)) * A_SIGN_IN < layout.words()
    {
        return false;
    }
    claims.iter().any(|c| is_deed(c) || is_armed(c.victims))
        || claims.iter().any(|c| phrase::any(&LEXICON.killing, &phrase::words(&c.quote.text))) && armed()
}

fn is_deed(claim: &Claim) -> bool {
    let deed = claim.kind.is_violence()
        || matches!(
            claim.kind,
            Kind::Siege
                | Kind::Operation
                | Kind::Seizure
                | Kind::Recapture
                | Kind::Repelled
                | Kind::Abduction
                | Kind::Responsibility
                | Kind::Attribution
        );
    claim.weapon.is_some() || claim.score.is_none_or(|score| score >= SURE) && (deed || claim.actor.is_some())
}

fn is_armed(victims: Option<Victims>) -> bool {
    matches!(victims, Some(Victims::Military | Victims::Police | Victims::ArmedGroup | Victims::Peacekeeper | Victims::Mixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_has_both_languages() {
        let shows = |phrases: &[String], text: &str| phrase::any(phrases, &phrase::words(text));
        for text in ["Gunmen came by night.", "Des hommes armés sont venus."] {
            assert!(shows(&LEXICON.arms, text), "{text}");
        }
        assert!(shows(&LEXICON.killing, "two were shot") && shows(&LEXICON.killing, "deux ont été abattus"));
        assert!(!shows(&LEXICON.arms, "The virus has killed nobody we know of"));
    }
}
