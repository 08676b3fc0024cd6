//! What a number is there for: to count, or to date, measure, name.

use super::noun::{Head, head};
use super::phrase::Expression;
use super::token::Token;
use super::words::{Class, Lexicon, Measure};
use super::{Form, Role};

/// The role of an expression that no date covers.
pub(crate) fn role(tokens: &[Token], expression: &Expression, lexicon: &Lexicon) -> Role {
    let Some(numeral) = expression.numeral else {
        let from = expression.end + usize::from(tokens.get(expression.end).is_some_and(|token| matches!(token.low.as_str(), "of" | "de" | "d")));
        return match tokens.get(from).and_then(|token| lexicon.measures.get(&token.low)) {
            Some(Measure::Duration) => Role::Duration,
            Some(Measure::Money) => Role::Money,
            Some(Measure::Distance | Measure::Weight) => Role::Measure,
            _ => Role::Quantity,
        };
    };
    let at = expression.number;
    if numeral.digits && is_time(tokens, at, expression.end, lexicon) {
        return Role::Time;
    }
    if is_label(tokens, at, expression, lexicon) {
        return Role::Label;
    }
    if is_age(tokens, at, expression, lexicon) {
        return Role::Age;
    }
    if before(tokens, at, 1).is_some_and(|token| matches!(token.low.as_str(), "$" | "€" | "£" | "rs" | "usd" | "inr" | "pkr" | "₦" | "₹")) {
        return Role::Money;
    }
    if let Some(role) = measured(tokens, expression, lexicon) {
        return role;
    }
    if numeral.fraction {
        return Role::Measure;
    }
    if numeral.ordinal {
        return Role::Ordinal;
    }
    let year = numeral.plain_digits == 4 && (1900..2100).contains(&numeral.value);
    if year && !expression.bounded && tokens.get(expression.end).and_then(|token| lexicon.noun(&token.low)).is_none() {
        return Role::Date;
    }
    let years = year && tokens[expression.end - 1].is_digits() && tokens[expression.end - 1].low.len() == 4;
    if years && expression.end - at == 3 && tokens[at + 1].is_dash() {
        return Role::Date;
    }
    Role::Quantity
}

/// A "no" that is not "none": "No. 15", "no longer", "without saying", "personne" the noun.
pub(crate) fn is_stray_zero(tokens: &[Token], expression: &Expression, head: Option<Head>, lexicon: &Lexicon) -> bool {
    if expression.form != Form::Zero {
        return false;
    }
    let first = &tokens[expression.start];
    let next = tokens.get(expression.end);
    let digits = |from: usize| tokens.get(from).is_some_and(Token::is_digits);
    match first.low.as_str() {
        "no" if expression.end == expression.start + 1 => {
            let label = digits(expression.end) || next.is_some_and(|token| token.is(".")) && digits(expression.end + 1);
            label
                || next.is_some_and(|token| {
                    matches!(token.low.as_str(), "longer" | "immediate" | "doubt" | "comment" | "group" | "claim" | "word" | "sign")
                })
        }
        "sans" if next.is_some_and(|token| token.is("vie")) => true,
        "any" | "without" | "not" | "sans" | "pas" | "point" => head.is_none(),
        // "une personne" counts, "personne n'est mort" does not.
        "personne" => {
            let counted = expression.start > 0
                && (lexicon.article.contains(&tokens[expression.start - 1].low)
                    || tokens[expression.start - 1].is("la")
                    || tokens[expression.start - 1].is("chaque"));
            counted || !next.is_some_and(|token| matches!(token.low.as_str(), "n" | "ne"))
        }
        _ => false,
    }
}

fn before(tokens: &[Token], at: usize, steps: usize) -> Option<&Token> {
    at.checked_sub(steps).and_then(|i| tokens.get(i))
}

fn is_label(tokens: &[Token], at: usize, expression: &Expression, lexicon: &Lexicon) -> bool {
    let numeral = expression.numeral;
    let digits = tokens[at].is_digits();
    let end = expression.end;
    // "AK 47", "AK- 47"
    if digits
        && let Some(name) = before(tokens, at, 1 + usize::from(before(tokens, at, 1).is_some_and(|dash| dash.is_dash() && dash.glued)))
        && matches!(name.low.as_str(), "ak" | "mi" | "m" | "g" | "un" | "rpg" | "cal" | "t" | "su" | "rn")
        && name.capital
    {
        return true;
    }
    // "AK-47", "UH-1H", "M21", "9/11"
    if digits && tokens[at].glued {
        let word = |token: Option<&Token>| token.is_some_and(Token::is_word);
        let one = before(tokens, at, 1);
        let dash = one.is_some_and(Token::is_dash);
        if word(one) && one.is_none_or(|token| token.low != "rs") || dash && word(before(tokens, at, 2)) && one.is_some_and(|token| token.glued) {
            return true;
        }
        if one.is_some_and(|token| matches!(token.low.as_str(), "/" | "#" | "°" | ":")) && before(tokens, at, 2).is_some() {
            return true;
        }
        if dash && before(tokens, at, 2).is_some_and(Token::is_digits) {
            return true;
        }
    }
    if let Some(next) = tokens.get(end)
        && next.glued
        && let Some(after) = tokens.get(end + 1)
        && after.glued
    {
        // "three-storey", "3-1", "9/11", "12:30"
        let joined = next.is_dash() || next.is("/") && after.is_digits();
        if joined && !is_age(tokens, at, expression, lexicon) {
            return true;
        }
    }
    if digits {
        let glued_word = tokens.get(end).is_some_and(|next| next.glued && next.is_word());
        let known = tokens.get(end).is_some_and(|next| lexicon.measures.contains_key(&next.low) || lexicon.time.contains(&next.low));
        if glued_word && !known && !numeral.is_some_and(|numeral| numeral.ordinal) && tokens[end].low.len() <= 2 {
            return true;
        }
        let word = match before(tokens, at, 1) {
            Some(mark) if mark.is(".") || mark.is("°") => before(tokens, at, 2),
            other => other,
        };
        let verb =
            tokens.get(end).is_some_and(|next| matches!(next.low.as_str(), "was" | "were" | "are" | "have") || lexicon.noun(&next.low).is_some());
        if word.is_some_and(|word| lexicon.label_before.contains(&word.low)) && !expression.bounded && !verb {
            return true;
        }
        if tokens[at].low.starts_with('0') && tokens[at].low.len() > 1 {
            return true;
        }
    }
    if digits && tokens.get(end).is_some_and(|next| next.is("bn")) {
        return true;
    }
    numeral.is_some_and(|numeral| numeral.ordinal) && tokens.get(end).is_some_and(|next| lexicon.label_after.contains(&next.low))
}

fn is_age(tokens: &[Token], at: usize, expression: &Expression, lexicon: &Lexicon) -> bool {
    let end = expression.end;
    let years = |token: &Token| matches!(token.low.as_str(), "year" | "years" | "yr" | "yrs" | "month" | "months" | "ans");
    // "26-year-old", "26 years old", "a 52 year old baker"
    let next: Vec<&Token> = tokens[end.min(tokens.len())..].iter().filter(|token| !token.is_dash()).take(2).collect();
    if let [unit, old] = next.as_slice()
        && years(unit)
        && lexicon.age_after.contains(&old.low)
    {
        return true;
    }
    let word = match before(tokens, at, 1) {
        Some(of) if of.is("de") => before(tokens, at, 2),
        other => other,
    };
    if word.is_some_and(|word| lexicon.age_before.contains(&word.low)) {
        return true;
    }
    // "a girl of seven", "a mother of three", "Constable of 20 Bn"
    if matches!(before(tokens, at, 1), Some(of) if of.is("of") || of.is("de"))
        && before(tokens, at, 2)
            .is_some_and(|person| lexicon.noun(&person.low) == Some((Class::People, false)) && !lexicon.cues.contains_key(&person.low))
        && head(tokens, end, tokens.len(), lexicon).is_none()
    {
        return true;
    }
    let small = tokens[at].is_digits() && end == at + 1 && (3..=105).contains(&tokens[at].number());
    if !small {
        return false;
    }
    let named = before(tokens, at, 2).is_some_and(|token| token.capital && token.is_word());
    let one = before(tokens, at, 1);
    let closed = |marks: &[&str]| tokens.get(end).is_some_and(|token| marks.contains(&token.low.as_str()));
    // "Tarek Sollan (41)", "Lena Orvato, 31, spokesman of"
    let word = before(tokens, at, 2).is_some_and(|token| {
        token.is_word() && !lexicon.cues.contains_key(&token.low) && !lexicon.noun(&token.low).is_some_and(|(_, plural)| plural)
    });
    word && one.is_some_and(|token| token.is("(")) && closed(&[")"]) || named && one.is_some_and(|token| token.is(",")) && closed(&[",", ";", "."])
}

fn is_time(tokens: &[Token], at: usize, end: usize, lexicon: &Lexicon) -> bool {
    let next = tokens.get(end);
    let clock = next.is_some_and(|token| {
        let half = matches!(token.low.as_str(), "a" | "p") && tokens.get(end + 1).is_some_and(|dot| dot.is(".") && dot.glued);
        let colon = token.is(":") && token.glued && tokens.get(end + 1).is_some_and(|minutes| minutes.glued && minutes.is_digits());
        half || colon || lexicon.time.contains(&token.low) && !matches!(token.low.as_str(), "local" | "hours")
    });
    let four = tokens[at].low.len() == 4 && tokens[at].number() < 2400 && tokens[at].number() % 100 < 60;
    let at_four = four
        && (before(tokens, at, 1).is_some_and(|token| token.is("at"))
            || next.is_some_and(|token| token.is("(") || token.is("[")) && tokens.get(end + 2).is_some_and(|token| token.is("gmt"))
            || next.is_some_and(|token| token.is("hours") || token.is("local")));
    clock || at_four
}

fn measured(tokens: &[Token], expression: &Expression, lexicon: &Lexicon) -> Option<Role> {
    let mut end = expression.end;
    if tokens.get(end).is_some_and(|token| token.is("%")) {
        return Some(Role::Percent);
    }
    if tokens.get(end).is_some_and(|token| token.is("[")) {
        // "9 [figure as given] days"
        let close = tokens[end..].iter().take(6).position(|token| token.is("]"))?;
        end += close + 1;
    }
    while tokens.get(end).is_some_and(|token| {
        matches!(
            token.low.as_str(),
            "more" | "other" | "long" | "full" | "whole" | "intense" | "-" | "de" | "of" | "million" | "millions" | "last" | "such"
        )
    }) && end < expression.end + 2
    {
        end += 1;
    }
    let next = tokens.get(end)?;
    let money_code = next.is("us") && tokens.get(end + 1).is_some_and(|token| token.is("dollars"));
    let role = match lexicon.measures.get(&next.low) {
        Some(Measure::Duration) => Role::Duration,
        Some(Measure::Distance)
            if next.low.len() > 1 || next.glued || tokens.get(end + 1).is_none_or(|token| matches!(token.low.as_str(), "." | "," | ";" | ")")) =>
        {
            Role::Measure
        }
        Some(Measure::Weight) if next.low.len() > 1 || next.glued => Role::Measure,
        Some(Measure::Money) => Role::Money,
        Some(Measure::Percent) if next.is("percent") || next.is("percentage") => Role::Percent,
        Some(Measure::Percent) if tokens.get(end + 1).is_some_and(|token| token.is("cent")) => Role::Percent,
        _ if money_code => Role::Money,
        _ => return None,
    };
    Some(role)
}
