//! Dating expressions in running text: what leads in, the date itself, what follows, and a second one joined to it.

use super::core::{Core, core, second_day};
use super::words::Words;
use super::{Expr, Mention, Part, Which};
use crate::count::token::{Token, span, tokens};

/// How many words may lead in to a date: "in the early hours of the morning of".
const LEAD: usize = 6;

pub(crate) fn find(text: &str, words: &Words) -> Vec<Mention> {
    let tokens = tokens(text);
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if let Some(found) = mention(&tokens, i, words) {
            out.push(Mention { span: span(&tokens, i, found.end), expr: found.expr });
            i = found.end;
        } else {
            i += 1;
        }
    }
    out
}

/// The dating expression that starts at token `at`, its lead included.
fn mention(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    let first = led(tokens, at, words)?;
    let mut whole = first;
    // "yesterday, 22 December", "Sunday (October 9) night", "March 21 (today)": the more exact one dates.
    if let Some(second) = apposed(tokens, whole.end, words) {
        whole = Core { expr: exacter(whole.expr, second.expr), end: second.end, ..whole };
    }
    let before = whole.end;
    whole.end = trail(tokens, whole.end, words);
    if whole.end > before
        && let Some(second) = apposed(tokens, whole.end, words)
    {
        whole = Core { expr: exacter(whole.expr, second.expr), end: second.end, ..whole };
    }
    let joins = words.to.at(tokens, whole.end).or_else(|| words.between.at(tokens, whole.end).filter(|_| whole.between));
    if let Some(((), after)) = joins
        && let Some(second) = led(tokens, after, words)
            .or_else(|| second_day(tokens, after).filter(|_| matches!(whole.expr, Expr::Calendar { month: Some(_), day: Some(_), year: None, .. })))
        && let Some(expr) = join(&whole, second.clone(), tokens, (whole.end, after))
    {
        let mut end = trail(tokens, second.end, words);
        if let Some(third) = apposed(tokens, end, words) {
            end = third.end;
        }
        return Some(Core { expr, end, ..second });
    }
    if whole.bare_day {
        return None;
    }
    Some(whole)
}

/// A date with the words before it.
fn led(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    let mut i = at;
    let (mut since, mut so_far, mut between) = (false, false, false);
    let mut part = Part::Whole;
    for _ in 0..LEAD {
        if let Some(found) = core(tokens, i, at, words) {
            return Some(dress(found, since, so_far, between, part));
        }
        // Phrases with a meaning of their own before mere prepositions.
        if let Some((found, end)) = words.part.at(tokens, i) {
            (part, i) = (found, end);
        } else if let Some(((), end)) = words.since.at(tokens, i) {
            (since, i) = (true, end);
        } else if let Some(((), end)) = words.so_far.at(tokens, i) {
            (so_far, i) = (true, end);
        } else if let Some(((), end)) = words.between.at(tokens, i) {
            (between, i) = (true, end);
        } else if let Some(((), end)) = words.lead.at(tokens, i) {
            i = end;
        } else {
            break;
        }
    }
    None
}

fn dress(mut found: Core, since: bool, so_far: bool, between: bool, part: Part) -> Core {
    match &mut found.expr {
        Expr::Calendar { day: None, part: own, .. } | Expr::Decade(_, own) if *own == Part::Whole => *own = part,
        _ => {}
    }
    found.between |= between;
    if since || so_far {
        found.expr = match found.expr {
            // "since three months", "depuis un mois": already up to now.
            Expr::Recent(..) | Expr::Since(_) => found.expr,
            Expr::Duration(unit, n) => Expr::Recent(unit, n),
            Expr::Clock => Expr::Clock,
            other => Expr::Since(Box::new(other)),
        };
    }
    found
}

/// Times of day and the like behind a date, and "last", "dernier".
fn trail(tokens: &[Token], at: usize, words: &Words) -> usize {
    let mut end = at;
    for _ in 0..3 {
        let from = end + usize::from(tokens.get(end).is_some_and(|token| token.is("'")));
        let Some(((), past)) = words.time.at(tokens, from) else { break };
        end = past;
    }
    // "vers 20 heures", "at 0600", "at 1030 GMT"
    let lead = tokens.get(end).is_some_and(|token| matches!(token.low.as_str(), "at" | "vers" | "à" | "around" | "about"));
    if lead && tokens.get(end + 1).is_some_and(Token::is_digits) {
        let number = &tokens[end + 1];
        let clock = words.hours.at(tokens, end + 2).map(|((), past)| past);
        if let Some(past) = clock {
            return past;
        }
        if number.low.len() == 4 && number.number() < 2400 {
            return end + 2;
        }
    }
    end
}

/// A second date that says the same more exactly.
fn apposed(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    let mark = tokens.get(at)?;
    let (from, close) = match mark.low.as_str() {
        "," => (at + 1, None),
        "(" => (at + 1, Some(")")),
        "[" => (at + 1, Some("]")),
        _ if mark.is_word() || mark.is_digits() => (at, None),
        _ => return None,
    };
    let from = if tokens.get(from).is_some_and(|token| matches!(token.low.as_str(), "the" | "le")) { from + 1 } else { from };
    let found = core(tokens, from, from, words)?;
    if found.bare_day || !matches!(found.expr, Expr::Calendar { .. } | Expr::Shift { .. } | Expr::Weekday(..)) {
        return None;
    }
    match close {
        None if matches!(found.expr, Expr::Calendar { day: Some(_), .. }) => Some(found),
        Some(close) if tokens.get(found.end).is_some_and(|token| token.is(close)) => Some(Core { end: found.end + 1, ..found }),
        _ => None,
    }
}

fn exacter(first: Expr, second: Expr) -> Expr {
    match (&first, &second) {
        (Expr::Since(_), Expr::Calendar { .. }) => Expr::Since(Box::new(second)),
        (Expr::Calendar { .. }, Expr::Shift { .. } | Expr::Weekday(..)) => first,
        (_, Expr::Calendar { .. }) => second,
        _ => first,
    }
}

/// Two dates with "to", "and" or a dash between them, if they make one stretch.
fn join(first: &Core, second: Core, tokens: &[Token], (end, after): (usize, usize)) -> Option<Expr> {
    let dash = tokens[end].is_dash() || tokens[end].is("/");
    let mut from = first.expr.clone();
    let mut to = second.expr;
    let since = matches!(from, Expr::Since(_));
    if since || matches!(to, Expr::Since(_)) {
        return None;
    }
    match (&mut from, &mut to) {
        (
            Expr::Calendar { year, month, day, which, .. },
            Expr::Calendar { year: last_year, month: last_month, day: last_day, which: last_which, .. },
        ) => {
            if dash && tokens[after].start - tokens[end].end > 1 {
                return None;
            }
            match (month.is_some(), last_month.is_some()) {
                // "4 to 5 June 2021"
                (false, true) if day.is_some() && last_day.is_some() => (*month, *which) = (*last_month, *last_which),
                // "June 11 and 12"
                (true, false) if last_day.is_some() && day.is_some() && last_year.is_none() => (*last_month, *last_which) = (*month, *which),
                (true, true) => {}
                (false, false) if year.is_some() && last_year.is_some() || day.is_some() && last_day.is_some() && !dash => {}
                _ => return None,
            }
            if year.is_none() && last_year.is_some() && month.unwrap_or(1) <= last_month.unwrap_or(12) {
                *year = *last_year;
            } else if last_year.is_none() && year.is_some() {
                *last_year = *year;
            }
            // A bare "2 and 3" is no pair of days.
            if month.is_none() && year.is_none() && first.bare_day {
                return None;
            }
        }
        (Expr::Weekday(..), Expr::Weekday(day, which)) => {
            if let Expr::Weekday(_, first_which) = from
                && first_which == Which::Last
                && *which == Which::Latest
            {
                to = Expr::Weekday(*day, Which::Last);
            }
        }
        (Expr::Clock | Expr::Duration(..) | Expr::Recent(..), _) | (_, Expr::Clock | Expr::Duration(..) | Expr::Recent(..)) => return None,
        _ if dash => return None,
        _ => {}
    }
    Some(Expr::Range(Box::new(from), Box::new(to)))
}
