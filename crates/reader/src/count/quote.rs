//! Which counting expression of a claim's quote is the claim's own.

use record::{Count, Kind};

use super::noun::{Meaning, head, is_determiner, meaning};
use super::token::{Token, span, tokens};
use super::words::{Class, Lexicon};
use super::{Form, Found, Role, find};

/// A candidate below this is not taken.
const ENOUGH: i32 = 3;

/// How far a phrase without a number may reach.
const PHRASE: usize = 14;

pub(crate) fn pick(quote: &str, kind: Kind, language: &str) -> Option<Found> {
    if !kind.is_countable() {
        return None;
    }
    let lexicon = Lexicon::of(language);
    let tokens = tokens(quote);
    let found = find(quote, language);
    let cues = Cues::new(&tokens, kind, lexicon);
    let best = found
        .iter()
        .enumerate()
        .filter(|(_, found)| matches!(found.role, Role::Quantity | Role::Ordinal))
        .map(|(index, candidate)| (score(&tokens, &found, index, kind, &cues, lexicon), index, candidate))
        .max_by_key(|(score, index, _)| (*score, std::cmp::Reverse(*index)));
    match best {
        Some((score, _, best)) if score >= ENOUGH => Some(best.clone()),
        _ => one(quote, &tokens, kind, &cues, lexicon),
    }
}

/// Where words stand that name what happened.
struct Cues {
    /// For each token: no cue, a cue of this kind, a cue of other kinds only.
    at: Vec<Option<bool>>,
}

impl Cues {
    fn new(tokens: &[Token], kind: Kind, lexicon: &Lexicon) -> Cues {
        let at = tokens.iter().map(|token| lexicon.cues.get(&token.low).map(|kinds| kinds.contains(&kind))).collect();
        Cues { at }
    }

    fn first(&self) -> Option<usize> {
        self.at.iter().position(|cue| *cue == Some(true))
    }
}

/// How well a noun suits what is claimed.
fn suits(kind: Kind, class: Option<Class>) -> i32 {
    use Class::*;
    use Kind::*;
    let Some(class) = class else { return 0 };
    match (kind, class) {
        (Deaths | Injuries | Arrest | Abduction | Missing | Captives | Displacement, People) => 3,
        (Deaths | Injuries | Arrest | Abduction | Missing | Captives | Displacement, _) => -5,
        (Destruction | Looting | Materiel, Things | Vehicles) => 3,
        (Materiel, Events) => 1,
        (Explosion, Events) => 3,
        (Explosion, Things) => 2,
        (Seizure, Things) => 3,
        _ => -5,
    }
}

fn score(tokens: &[Token], found: &[Found], index: usize, kind: Kind, cues: &Cues, lexicon: &Lexicon) -> i32 {
    let candidate = &found[index];
    let class = candidate.noun.map(|(_, class)| class);
    let people = !matches!(kind, Kind::Destruction | Kind::Looting | Kind::Materiel | Kind::Explosion | Kind::Seizure);
    let form = match candidate.form {
        Form::Number | Form::Zero => 7,
        Form::Vague => 6,
        Form::Ordinal => 2,
        // Singulars and plurals count for people, singulars for vehicles and things too; never for blasts.
        Form::Article if people && class == Some(Class::People) => 4,
        Form::Article if matches!(kind, Kind::Destruction | Kind::Materiel | Kind::Looting) => 3,
        Form::Plural if people => 3,
        _ => return i32::MIN,
    };
    let weak = matches!(candidate.form, Form::Article | Form::Plural | Form::Ordinal);
    form + suits(kind, class) + near(tokens, found, index, cues, lexicon) + if weak { side(tokens, candidate, cues, lexicon) } else { 0 }
}

/// Whether the nearest word that names what happened, in the candidate's own clause, is one of the claim's kind.
fn near(tokens: &[Token], found: &[Found], index: usize, cues: &Cues, lexicon: &Lexicon) -> i32 {
    let span = found[index].span;
    let first = tokens.partition_point(|token| token.start < span.start as usize);
    let after = tokens.partition_point(|token| token.start < span.end as usize);
    let strong = |found: &&Found| matches!(found.form, Form::Number | Form::Vague | Form::Zero) && found.role == Role::Quantity;
    let right = found[index + 1..].iter().find(strong).map_or(tokens.len(), |next| tokens.partition_point(|token| token.start < next.span.start as usize));
    let left = found[..index].iter().rev().find(strong).map_or(0, |before| tokens.partition_point(|token| token.start < before.span.end as usize));
    let boundary = |at: usize| tokens[at].is(",") || tokens[at].is(";") || lexicon.conjunctions.at(tokens, at).is_some();
    let ahead = (after..right).take_while(|&at| !boundary(at) || tokens[at].is(",") && right == tokens.len()).find_map(|at| cues.at[at]);
    let behind = (left..first).rev().take(12).find_map(|at| cues.at[at]);
    match ahead.or(behind) {
        Some(true) => 4,
        Some(false) => -3,
        None => 0,
    }
}

/// Whether a phrase without a number stands where the victims stand: after an active verb, before a passive one.
fn side(tokens: &[Token], candidate: &Found, cues: &Cues, lexicon: &Lexicon) -> i32 {
    let Some(cue) = cues.first() else { return 0 };
    let at = tokens.partition_point(|token| token.start < candidate.span.start as usize);
    let object = has_object(tokens, cue, lexicon);
    match (object, at > cue) {
        (true, true) | (false, false) => 1,
        (true, false) => -6,
        (false, true) => -1,
    }
}

/// Whether the cue is a verb (or "murder of") with what it happened to behind it.
fn has_object(tokens: &[Token], cue: usize, lexicon: &Lexicon) -> bool {
    let passive = cue > 0
        && tokens[cue.saturating_sub(3)..cue]
            .iter()
            .any(|token| matches!(token.low.as_str(), "was" | "were" | "been" | "being" | "be" | "is" | "are" | "été" | "est" | "sont" | "found" | "shot" | "reported" | "feared"));
    if passive {
        return false;
    }
    let next = tokens.get(cue + 1);
    let of = next.is_some_and(|token| matches!(token.low.as_str(), "of" | "de" | "du" | "d" | "des"));
    of || next.is_some_and(|token| {
        is_determiner(token, lexicon)
            || lexicon.pronoun_one.contains(&token.low) && !token.is("who") && !token.is("it")
            || lexicon.pronoun_many.contains(&token.low)
            || token.capital && token.is_word() && !lexicon.stops.contains(&token.low) && !lexicon.conjunctions.at(tokens, cue + 1).is_some()
            || lexicon.noun(&token.low).is_some_and(|(class, _)| class == Class::People)
    })
}

/// A quote without a number: a name, "his son", "him", "the vehicle".
fn one(quote: &str, tokens: &[Token], kind: Kind, cues: &Cues, lexicon: &Lexicon) -> Option<Found> {
    let people = matches!(kind, Kind::Deaths | Kind::Injuries | Kind::Arrest | Kind::Abduction | Kind::Missing | Kind::Captives);
    let things = matches!(kind, Kind::Destruction | Kind::Materiel);
    if !people && !things {
        return None;
    }
    let cue = cues.first();
    let (from, to) = match cue {
        Some(cue) if has_object(tokens, cue, lexicon) => {
            let of = tokens.get(cue + 1).is_some_and(|token| matches!(token.low.as_str(), "of" | "de" | "du" | "d" | "des"));
            (cue + 1 + usize::from(of), tokens.len())
        }
        Some(cue) if cue > 0 => (0, cue),
        Some(_) => return None,
        None => (0, tokens.len()),
    };
    let to = to.min(from + PHRASE);
    let known = head(tokens, from, to, lexicon);
    let first = tokens.get(from).filter(|_| from < to)?;
    let pronoun = lexicon.pronoun_one.contains(&first.low) || lexicon.pronoun_many.contains(&first.low);
    let skip = usize::from(is_determiner(first, lexicon));
    let named = tokens.get(from + skip).is_some_and(|token| token.capital && token.is_word());
    let fits = if people {
        pronoun || known.is_some_and(|known| known.class == Class::People) || named && known.is_none() && cue.is_some()
    } else {
        known.is_some_and(|known| known.class == Class::Vehicles)
    };
    if !fits {
        return None;
    }
    let meaning = meaning(tokens, from, to, lexicon)?;
    let (low, high, form) = match meaning {
        Meaning::One => (1, Some(1), Form::One),
        Meaning::Many | Meaning::BareMany if people => (2, None, Form::Plural),
        _ => return None,
    };
    let end = known.map_or(from + 1, |known| known.at + 1).max(from + 1);
    let words = span(tokens, from, end);
    let count = Count::new(words.slice(quote), Some(low), high, false).ok()?;
    let noun = known.map(|known| (span(tokens, known.at, known.at + 1), known.class));
    Some(Found { span: words, count, role: Role::Quantity, form, noun })
}
