//! The noun that a number counts, and how many a phrase without a number means.

use super::token::Token;
use super::words::{Class, Lexicon};

/// How far after a number its noun may stand: "twelve Northern Border Police Force guards".
const REACH: usize = 9;

/// The head of a noun phrase.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// Its token.
    pub(crate) at: usize,
    pub(crate) class: Class,
    pub(crate) plural: bool,
}

/// The last known noun of the phrase that goes on at `from`, before `to`.
pub(crate) fn head(tokens: &[Token], from: usize, to: usize, lexicon: &Lexicon) -> Option<Head> {
    let mut i = from;
    let mut partitive = false;
    // "12 of the soldiers", "dizaines de civils"
    if tokens.get(i).is_some_and(|token| matches!(token.low.as_str(), "of" | "de" | "d" | "des" | "d'")) {
        i += 1;
        partitive = true;
        // No phrase has more of them; a text of nothing else is read on from every one.
        let most = i + REACH;
        while i < most && tokens.get(i).is_some_and(|token| is_determiner(token, lexicon) || token.is("'")) {
            i += 1;
        }
    }
    let mut found: Option<Head> = None;
    for (at, token) in tokens.iter().enumerate().take(to.min(i + REACH)).skip(i) {
        if token.is_word() {
            let noun = lexicon.noun(&token.low);
            let and = lexicon.conjunctions.at(tokens, at).is_some();
            if found.is_some() && (and || is_determiner(token, lexicon) && !token.is("s") || lexicon.units.contains_key(&token.low)) {
                break;
            }
            // "six suspected militants": a participle may lead.
            let participle = at == i && token.low.ends_with("ed");
            // "Example Front EF militants"
            let initials = token.shouted && at > 0 && !tokens[at - 1].shouted;
            if lexicon.stops.contains(&token.low) && (at > i || noun.is_none()) && !participle && !initials {
                break;
            }
            if let Some((class, plural)) = noun {
                // "12 soldiers dead": the adjective after a plural is no new head; "a police constable", "wounded men":
                // a plural without an ending before a noun is no head.
                let fits = found.is_none_or(|head| {
                    if is_state(&token.low) {
                        return false;
                    }
                    if lexicon.french {
                        return head.at + 1 == at && plural == head.plural && class == head.class;
                    }
                    let before = &tokens[head.at].low;
                    let modifier = is_modifier(before);
                    let thing = class == Class::People && head.class == Class::Things;
                    !head.plural || modifier || thing || plural && class == head.class
                });
                if fits {
                    found = Some(Head { at, class, plural });
                }
            } else if let Some(head) = found
                && (head.plural || lexicon.french)
            {
                // "a police inspector", "Hill Rifles (HR) trooper"
                let modifier = !lexicon.french && head.at + 1 == at && is_modifier(&tokens[head.at].low);
                if modifier && !participle_like(&token.low) {
                    found = Some(Head { at, class: head.class, plural: looks_plural(&token.low) });
                } else if head.class != Class::Things || lexicon.french {
                    break;
                }
            }
        } else if !goes_on(tokens, at) {
            break;
        }
    }
    // "ten of the Special Operations Group" are people all the same.
    found.filter(|head| !partitive || head.class != Class::Events)
}

/// Whether a mark or a number lies inside a noun phrase: "Force (CRPF) trooper", "M-16 rifle", "a 63-year-old mechanic", "U.S. citizen".
fn goes_on(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    match token.low.as_str() {
        "(" => tokens.get(at + 2).is_some_and(|close| close.is(")")),
        "." => token.glued && at > 0 && tokens[at - 1].end - tokens[at - 1].start <= 2,
        ")" | "-" | "\"" | "'" | "«" | "“" => true,
        _ => token.is_digits() && (token.glued || next.is_some_and(Token::is_dash)),
    }
}

/// A plural without an ending, which may stand before a noun: "police officer", "wounded corporal", "Portuguese couple".
fn is_modifier(word: &str) -> bool {
    is_state(word) || matches!(word, "police" | "militia" | "mujahideen") || word.ends_with("ese")
}

fn participle_like(word: &str) -> bool {
    word.ends_with("ed") || word.ends_with("ly") || word.ends_with("ing")
}

/// "dead", "wounded": after a noun, what became of it.
pub(crate) fn is_state(word: &str) -> bool {
    matches!(word, "dead" | "wounded" | "injured" | "missing" | "morts" | "blessés" | "tués" | "disparus")
}

pub(crate) fn is_determiner(token: &Token, lexicon: &Lexicon) -> bool {
    let word = &token.low;
    lexicon.article.contains(word) || lexicon.det_one.contains(word) || lexicon.det_many.contains(word) || lexicon.det_either.contains(word)
}

/// What one noun phrase without a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// One person or thing, by name, pronoun or singular.
    One,
    /// Several, with a determiner or a pronoun: "the bodies", "them".
    Many,
    /// A plural without a determiner: "women and children" are not two and two.
    BareMany,
}

/// How many the phrase `from..to` means.
pub(crate) fn meaning(tokens: &[Token], from: usize, to: usize, lexicon: &Lexicon) -> Option<Meaning> {
    let first = tokens.get(from).filter(|_| from < to)?;
    if to - from == 1 || tokens[from + 1].is("'") || !tokens[from + 1].is_word() {
        if lexicon.pronoun_many.contains(&first.low) {
            return Some(Meaning::Many);
        }
        if lexicon.pronoun_one.contains(&first.low) {
            return Some(Meaning::One);
        }
    }
    let word = &first.low;
    let mut i = from;
    while i < to && (is_determiner(&tokens[i], lexicon) || tokens[i].is("'") || tokens[i].is("\"")) {
        i += 1;
    }
    if i >= to {
        let many = lexicon.det_many.contains(word) || word == "their";
        return Some(if many { Meaning::Many } else { Meaning::One });
    }
    let determined = i > from;
    if lexicon.det_many.contains(word) {
        return Some(Meaning::Many);
    }
    let known = head(tokens, i, to, lexicon);
    let last = last_word(tokens, i, to, lexicon);
    // A name after the noun ("farmer Anil Vemor") is the head, whatever its ending.
    let name = last.is_some_and(|last| {
        let token = &tokens[last];
        lexicon.noun(&token.low).is_none() && token.capital && known.is_none_or(|known| last > known.at)
    });
    if let Some(known) = known
        && (!name || known.plural)
    {
        if collective(&tokens[known.at].low) && !lexicon.article.contains(word) || known.plural {
            let after_name = name && known.plural;
            if after_name {
                return Some(Meaning::One);
            }
            return Some(if determined { Meaning::Many } else { Meaning::BareMany });
        }
        return Some(Meaning::One);
    }
    if lexicon.article.contains(word) || lexicon.det_one.contains(word) {
        return Some(Meaning::One);
    }
    let last = last?;
    if !tokens[last].capital && looks_plural(&tokens[last].low) {
        return Some(if determined { Meaning::Many } else { Meaning::BareMany });
    }
    Some(Meaning::One)
}

/// One word for several people, which stays open in number: "the family", "its crew".
fn collective(word: &str) -> bool {
    matches!(word, "family" | "crew" | "household" | "famille" | "ménage")
}

/// The last word of the phrase before a preposition, a verb or a mark.
fn last_word(tokens: &[Token], from: usize, to: usize, lexicon: &Lexicon) -> Option<usize> {
    let mut last = None;
    for (at, token) in tokens.iter().enumerate().take(to).skip(from) {
        if token.is_word() {
            if lexicon.stops.contains(&token.low) && (at > from) {
                break;
            }
            // "SENATOR X's son" goes on; a lone s of a genitive does not end a name.
            last = if token.is("s") { last } else { Some(at) };
        } else if matches!(token.low.as_str(), "(" | "," | ";" | ":") {
            break;
        }
    }
    last
}

fn looks_plural(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
}
