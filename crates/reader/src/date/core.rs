//! One date at a place in a row of tokens, without what leads in to it.

use jiff::civil::Weekday;

use super::words::{Unit, Words};
use super::{Anchor, Expr, Part, Which};
use crate::count::token::Token;

/// Units that "a few" stands for.
const FEW: i32 = 3;

/// A date and the token after it.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub(crate) expr: Expr,
    pub(crate) end: usize,
    /// A number that is a day of the month only if a month follows in a range: "1" in "from 1 to 7 June".
    pub(crate) bare_day: bool,
    /// Whether "between" or "from" stands before it.
    pub(crate) between: bool,
}

fn found(expr: Expr, end: usize) -> Option<Core> {
    Some(Core { expr, end, bare_day: false, between: false })
}

fn calendar(year: Option<i16>, month: Option<i8>, day: Option<i8>) -> Expr {
    Expr::Calendar { year, month, day, part: Part::Whole, which: Which::Latest }
}

/// The date at token `at`; its lead began at `lead`.
pub(crate) fn core(tokens: &[Token], at: usize, lead: usize, words: &Words) -> Option<Core> {
    let token = tokens.get(at)?;
    if let Some((fixed, end)) = words.fixed.at(tokens, at)
        && !hours_of(tokens, at, end)
    {
        return found(fixed.expr(), end);
    }
    if token.is_digits()
        && let Some(core) = numeric(tokens, at).or_else(|| day_month(tokens, at, words))
    {
        return Some(core);
    }
    named(tokens, at, lead, words)
        .or_else(|| first_months(tokens, at, words))
        .or_else(|| clock(tokens, at, words))
        .or_else(|| running(tokens, at, lead, words))
        .or_else(|| year(tokens, at, lead, words))
        .or_else(|| ordinal_day(tokens, at, lead, words))
}

/// "the early hours of …" is a lead, "early morning hours today" too: the phrase before "of" dates nothing.
fn hours_of(tokens: &[Token], at: usize, end: usize) -> bool {
    let night = tokens[end - 1].is("night") || tokens[end - 1].is("nuit");
    night && tokens.get(end).is_some_and(|token| matches!(token.low.as_str(), "of" | "from" | "between" | "de" | "du")) && !tokens[at].is("last")
}

/// "2025-06-03", "3/6/2025", "11.11.2024", "22/12/2023".
fn numeric(tokens: &[Token], at: usize) -> Option<Core> {
    let [first, mark, second, again, third, ..] = &tokens[at..] else { return None };
    let glued = mark.glued && second.glued && again.glued && third.glued;
    let same = mark.low == again.low && (mark.is("/") || mark.is(".") || mark.is_dash());
    if !glued || !same || !second.is_digits() || !third.is_digits() {
        return None;
    }
    let (a, b, c) = (first.number(), second.number(), third.number());
    let (year, month, day) = if first.low.len() == 4 {
        (a, b, c)
    } else if third.low.len() == 4 {
        // Day first, unless that cannot be.
        if b > 12 { (c, a, b) } else { (c, b, a) }
    } else if third.low.len() == 2 && mark.is("/") {
        (2000 + c, b, a)
    } else {
        return None;
    };
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    ((1000..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(())?;
    found(calendar(Some(year), Some(month), Some(day)), at + 5)
}

/// A day of the month at `at` ("3", "3rd", "1er") and the token after it.
fn day(tokens: &[Token], at: usize) -> Option<(i8, usize)> {
    let token = tokens.get(at).filter(|token| token.is_digits() && token.low.len() <= 2)?;
    let day = i8::try_from(token.number()).ok().filter(|day| (1..=31).contains(day))?;
    let suffix = tokens.get(at + 1).is_some_and(|next| next.glued && matches!(next.low.as_str(), "st" | "nd" | "rd" | "th" | "er"));
    Some((day, at + 1 + usize::from(suffix)))
}

/// A four-digit year at `at`, after an optional comma.
fn year_after(tokens: &[Token], at: usize) -> Option<(i16, usize)> {
    let comma = tokens.get(at).is_some_and(|token| token.is(",") || token.is("/"));
    let from = at + usize::from(comma);
    let token = tokens.get(from).filter(|token| token.is_digits() && token.low.len() == 4)?;
    let year = i16::try_from(token.number()).ok().filter(|year| (1900..2100).contains(year))?;
    // "June, 2000 people"; "March 2 000"
    let counts = tokens.get(from + 1).is_some_and(|next| matches!(next.low.as_str(), "people" | "persons" | "personnes" | "soldiers" | "civilians"));
    (!counts).then_some((year, from + 1))
}

/// "3 June 2025", "5th May", "3 of June"; a bare day waits for a month after "to".
fn day_month(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    let (day, after) = day(tokens, at)?;
    let of = usize::from(tokens.get(after).is_some_and(|token| matches!(token.low.as_str(), "of" | "de")));
    if let Some(&month) = tokens.get(after + of).and_then(|token| words.months.get(&token.low)) {
        return Some(dated(tokens, None, month, Some(day), after + of + 1, words));
    }
    let next = tokens.get(after)?;
    // Only "4 to 5 June", "4-5 June", "25/26 August": look no further than the second day's month.
    let (_, second) = words.to.at(tokens, after).filter(|_| !next.is(","))?;
    let second = second + usize::from(tokens.get(second).is_some_and(|token| matches!(token.low.as_str(), "the" | "le")));
    let (_, after_second) = self::day(tokens, second)?;
    let of = usize::from(tokens.get(after_second).is_some_and(|token| matches!(token.low.as_str(), "of" | "de")));
    tokens.get(after_second + of).filter(|token| words.months.contains_key(&token.low))?;
    Some(Core { expr: calendar(None, None, Some(day)), end: after, bare_day: true, between: false })
}

/// A month with what is known of its day, then the year, "last year" or "dernier".
fn dated(tokens: &[Token], lead_which: Option<Which>, month: i8, day: Option<i8>, end: usize, words: &Words) -> Core {
    let mut end = end;
    let mut which = lead_which.unwrap_or(Which::Latest);
    let mut year = None;
    if tokens.get(end).is_some_and(|token| token.is(".")) && tokens.get(end + 1).is_some_and(Token::is_digits) {
        end += 1;
    }
    if let Some((found, after)) = year_after(tokens, end) {
        (year, end) = (Some(found), after);
    } else if let Some(((), after)) = words.after_last.at(tokens, end) {
        which = if after > end + 1 { Which::LastYear } else { Which::Last };
        end = after;
    } else if let Some(((), after)) = words.after_this.at(tokens, end) {
        end = after;
    } else if tokens.get(end).is_some_and(|token| words.next.contains(&token.low) && words.french) {
        which = Which::Next;
        end += 1;
    }
    Core { expr: Expr::Calendar { year, month: Some(month), day, part: Part::Whole, which }, end, bare_day: false, between: false }
}

/// "Sunday", "last Sunday", "June 3, 2025", "June 2025", "last March", "this spring", "mardi dernier".
fn named(tokens: &[Token], at: usize, lead: usize, words: &Words) -> Option<Core> {
    let mut i = at;
    let mut which = None;
    if let Some(((), end)) = words.last.at(tokens, i) {
        (which, i) = (Some(Which::Last), end);
    } else if tokens[i].is_word() && words.next.contains(&tokens[i].low) && !words.french {
        (which, i) = (Some(Which::Next), i + 1);
    } else if let Some(((), end)) = words.this.at(tokens, i) {
        i = end;
    }
    let token = tokens.get(i)?;
    if let Some(&number) = words.weekdays.get(&token.low) {
        return weekday(tokens, i, number, which, words);
    }
    if let Some(&season) = words.seasons.get(&token.low) {
        let led = i > at || lead < at && !words.french;
        return if led { found(Expr::Season(season, which.unwrap_or(Which::Latest)), i + 1) } else { None };
    }
    let &month = words.months.get(&token.low)?;
    let dot = usize::from(
        token.low.len() <= 4 && tokens.get(i + 1).is_some_and(|next| next.is(".") && next.glued) && tokens.get(i + 2).is_some_and(Token::is_digits),
    );
    if let Some((day, after)) = day(tokens, i + 1 + dot)
        && !words.french
    {
        return Some(dated(tokens, which, month, Some(day), after, words));
    }
    let mut end = i + 1;
    if words.french && token.low.len() <= 4 && tokens.get(end).is_some_and(|next| next.is(".") && next.glued) {
        end += 1;
    }
    let mut core = dated(tokens, which, month, None, end, words);
    let Expr::Calendar { year, which: own, .. } = core.expr else { return None };
    let whole = i == 0 && core.end == tokens.len();
    let before = i.checked_sub(1).map(|before| tokens[before].low.as_str());
    let dash = i >= 2 && tokens[i - 1].is_dash() && words.month_lead.iter().any(|word| *word == tokens[i - 2].low);
    let led = before.is_some_and(|before| words.month_lead.iter().any(|word| word == before)) || dash;
    // "may", "march", "mars" and three-letter forms are other words too.
    if year.is_none() && own == Which::Latest && which.is_none() && !led && !whole && core.end == end {
        return None;
    }
    core.between = false;
    Some(core)
}

fn weekday(tokens: &[Token], at: usize, number: i8, which: Option<Which>, words: &Words) -> Option<Core> {
    let token = &tokens[at];
    // "sun", "sat", "mon", "wed" are other words too, unless a date follows.
    if token.low.len() == 3 && !tokens.get(at + 1).is_some_and(|next| next.is(",") || next.is(".") || next.is_digits()) {
        return None;
    }
    let mut end = at + 1;
    let mut which = which.unwrap_or(Which::Latest);
    if let Some(((), after)) = words.after_last.at(tokens, end).filter(|((), after)| *after == end + 1) {
        (which, end) = (Which::Last, after);
    } else if words.french && tokens.get(end).is_some_and(|token| words.next.contains(&token.low)) {
        (which, end) = (Which::Next, end + 1);
    }
    let day = Weekday::from_monday_one_offset(number).ok()?;
    // The printed date decides: "Sunday 12 June 2016", "Monday, May 9".
    let comma = usize::from(tokens.get(end).is_some_and(|token| token.is(",") || token.is(".")));
    let from = end + comma + usize::from(tokens.get(end + comma).is_some_and(|token| token.is("the") || token.is("le")));
    let dated = match tokens.get(from) {
        Some(next) if next.is_digits() => day_month(tokens, from, words).filter(|core| !core.bare_day),
        Some(next) if words.months.contains_key(&next.low) => named(tokens, from, from, words),
        _ => None,
    };
    if let Some(dated) = dated.filter(|core| matches!(core.expr, Expr::Calendar { day: Some(_), .. })) {
        return Some(dated);
    }
    found(Expr::Weekday(day, which), end)
}

/// "the first four months of 2016".
fn first_months(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    let first = tokens.get(at).filter(|token| token.is("first") || token.is("premiers"))?;
    let (n, end) = number(tokens, at + 1, words)?;
    let (unit, end) = words.units.at(tokens, end)?;
    if unit != Unit::Month || !first.is_word() {
        return None;
    }
    let of = end + usize::from(tokens.get(end).is_some_and(|token| matches!(token.low.as_str(), "of" | "de")));
    let (year, end) = year_after(tokens, of).map_or((None, end), |(year, end)| (Some(year), end));
    found(Expr::FirstMonths(i8::try_from(n).unwrap_or(12), year), end)
}

/// A number of units, in digits or words, and the token after it.
fn number(tokens: &[Token], at: usize, words: &Words) -> Option<(i32, usize)> {
    let token = tokens.get(at)?;
    if token.is_digits() {
        let n = i32::try_from(token.number()).ok().filter(|n| *n < 100_000)?;
        let mut end = at + 1;
        // "9 [figure as given] days"
        if tokens.get(end).is_some_and(|token| token.is("["))
            && let Some(close) = tokens[end..].iter().take(6).position(|token| token.is("]"))
        {
            end += close + 1;
        }
        return Some((n, end));
    }
    let &n = words.numbers.get(&token.low)?;
    let dash = usize::from(tokens.get(at + 1).is_some_and(Token::is_dash));
    if n >= 20
        && let Some(&unit) = tokens.get(at + 1 + dash).and_then(|token| words.numbers.get(&token.low))
        && unit < 10
    {
        return Some((n + unit, at + 2 + dash));
    }
    Some((n, at + 1))
}

/// "two days ago", "three weeks earlier", "the last 24 hours", "in ten days", "il y a trois jours", "two days".
fn running(tokens: &[Token], at: usize, lead: usize, words: &Words) -> Option<Core> {
    let opener = words.recent.at(tokens, at).map(|((), end)| end);
    let mut i = opener.unwrap_or(at);
    let hedge = |token: &Token| {
        matches!(
            token.low.as_str(),
            "about" | "more" | "than" | "over" | "nearly" | "almost" | "some" | "around" | "just" | "environ" | "plus" | "de" | "intense"
        )
    };
    for _ in 0..3 {
        if tokens.get(i).is_some_and(hedge) && words.few.at(tokens, i).is_none() {
            i += 1;
        }
    }
    if opener.is_some_and(|_| tokens.get(i).is_some_and(|token| token.is("one"))) && words.units.at(tokens, i + 1).is_some() {
        // "the last one month"
        let (unit, end) = words.units.at(tokens, i + 1)?;
        return found(Expr::Recent(unit, 1), end);
    }
    let (n, few, mut i) = match words.few.at(tokens, i) {
        Some(((), end)) => (FEW, true, end),
        None => number(tokens, i, words).map(|(n, end)| (n, false, end))?,
    };
    let mut marked = false;
    while tokens.get(i).is_some_and(|token| {
        matches!(token.low.as_str(), "last" | "past" | "dernières" | "derniers" | "consecutive" | "straight" | "or" | "so" | "-")
    }) {
        marked = true;
        i += 1;
    }
    let (unit, end) = words.units.at(tokens, i)?;
    if tokens.get(end).is_some_and(|token| token.is("old") || token.is_dash() && token.glued) {
        return None;
    }
    let past = opener.map(|end| tokens[at..end].iter().map(|token| token.low.as_str()).collect::<Vec<_>>().join(" "));
    let ago_fr = past.as_deref().is_some_and(|past| past.starts_with("il y a") || past == "voilà");
    let range = |anchor: Anchor, sign: i32, few: bool| {
        // "a few weeks ago" is two to five of them.
        let (from, to) = if few { (sign * if unit == Unit::Month { 6 } else { 5 }, sign * 2) } else { (sign * n, sign * n) };
        Expr::Shift { anchor, unit, from, to }
    };
    if ago_fr {
        return found(range(Anchor::Published, -1, few), end);
    }
    if let Some(((), end)) = words.ago.at(tokens, end) {
        return found(range(Anchor::Published, -1, few), end);
    }
    if let Some(((), end)) = words.earlier.at(tokens, end) {
        return found(range(Anchor::Context, -1, few), end);
    }
    if let Some(((), after)) = words.later.at(tokens, end).filter(|((), after)| !tokens[after - 1].is("on") || tokens.get(*after).is_none()) {
        return found(range(Anchor::Context, 1, few), after);
    }
    let french_marked = tokens.get(end).is_some_and(|token| matches!(token.low.as_str(), "écoulés" | "écoulées"));
    let n = match (few, unit) {
        (false, _) | (true, Unit::Month | Unit::Week) => n,
        (true, Unit::Day) => 4,
        (true, _) => n,
    };
    if few && opener.is_none() {
        return None;
    }
    if opener.is_some() || marked || french_marked {
        return found(Expr::Recent(unit, n), end + usize::from(french_marked));
    }
    // "a day", "two days" as a mere length of time.
    let article = tokens[at].low.len() <= 2 && tokens[at].is_word() || tokens[at].is("une");
    if article && (lead < at || end < tokens.len()) {
        return None;
    }
    found(Expr::Duration(unit, n), end)
}

/// "around 5 pm", "0600", "5.10 pm", "vers 5 heures du matin", "at dawn".
fn clock(tokens: &[Token], at: usize, words: &Words) -> Option<Core> {
    if let Some(((), end)) = words.clock.at(tokens, at) {
        let of = tokens.get(end).is_some_and(|token| matches!(token.low.as_str(), "of" | "on" | "de" | "du"));
        return (!of).then_some(()).and_then(|()| found(Expr::Clock, end));
    }
    let token = tokens.get(at).filter(|token| token.is_digits() && token.low.len() <= 4)?;
    let mut end = at + 1;
    if let [mark, minutes, ..] = &tokens[end..]
        && matches!(mark.low.as_str(), "." | ":")
        && mark.glued
        && minutes.glued
        && minutes.is_digits()
        && minutes.low.len() == 2
    {
        end += 2;
    }
    let four = token.low.len() == 4 && token.number() < 2400 && token.number() % 100 < 60;
    // "0930 (1530 GMT)"
    if four && tokens.get(end).is_some_and(|token| token.is("(")) && tokens.get(end + 2).is_some_and(|token| token.is("gmt")) {
        return found(Expr::Clock, end + 3 + usize::from(tokens.get(end + 3).is_some_and(|token| token.is(")"))));
    }
    let dotted = matches!(tokens.get(end..end + 3), Some([half, dot, m]) if matches!(half.low.as_str(), "a" | "p") && dot.is(".") && m.is("m"));
    if dotted {
        return found(Expr::Clock, end + 3);
    }
    let ((), end) = words.hours.at(tokens, end)?;
    let hours = tokens[end - 1].is("hours") || tokens[end - 1].is("local");
    if hours && !four || token.number() > 2400 {
        return None;
    }
    let mut end = end;
    if words.french {
        let mut hour = at.checked_sub(1).is_some_and(|before| matches!(tokens[before].low.as_str(), "vers" | "à"));
        if tokens.get(end).is_some_and(|token| token.is_digits() && token.glued) {
            (end, hour) = (end + 1, true);
        }
        if matches!(tokens.get(end..end + 2), Some([du, part]) if du.is("du") && matches!(part.low.as_str(), "matin" | "soir")) {
            (end, hour) = (end + 2, true);
        }
        // "24 heures" is a length of time.
        if !hour {
            return None;
        }
    }
    found(Expr::Clock, end)
}

/// "2012" after a preposition, or alone; "1980s"; "September (2013)".
fn year(tokens: &[Token], at: usize, lead: usize, _words: &Words) -> Option<Core> {
    let token = tokens.get(at).filter(|token| token.is_digits() && token.low.len() == 4)?;
    let year = i16::try_from(token.number()).ok().filter(|year| (1900..2100).contains(year))?;
    let next = tokens.get(at + 1);
    if year % 10 == 0 && next.is_some_and(|next| next.glued && next.is("s")) {
        return found(Expr::Decade(year, Part::Whole), at + 2);
    }
    let alone = at == 0 && tokens.len() == 1;
    let span = matches!(tokens.get(at + 1..at + 3), Some([dash, last]) if dash.is_dash() && dash.glued && last.is_digits() && last.low.len() == 4);
    let before = at.checked_sub(1).map(|before| tokens[before].low.as_str());
    let led = before.is_some_and(|before| {
        matches!(
            before,
            "in" | "since"
                | "of"
                | "by"
                | "during"
                | "from"
                | "between"
                | "year"
                | "until"
                | "till"
                | "en"
                | "depuis"
                | "année"
                | "and"
                | "to"
                | "et"
                | "à"
                | "late"
                | "early"
                | "mid"
                | "de"
                | "-"
                | "entre"
        )
    });
    let counts = next
        .is_some_and(|next| matches!(next.low.as_str(), "people" | "persons" | "civilians" | "soldiers" | "personnes" | "others" | "more" | "men"));
    ((alone || span || led) && !counts && (lead <= at)).then_some(())?;
    found(calendar(Some(year), None, None), at + 1)
}

/// The second day of "June 11 and 12".
pub(crate) fn second_day(tokens: &[Token], at: usize) -> Option<Core> {
    let (day, end) = day(tokens, at)?;
    tokens.get(end).is_none_or(ends_day).then_some(())?;
    found(calendar(None, None, Some(day)), end)
}

/// Whether what follows a bare day of the month cannot be what it counts.
fn ends_day(next: &Token) -> bool {
    let word =
        matches!(next.low.as_str(), "and" | "at" | "in" | "when" | "to" | "et" | "à" | "quand" | "the" | "after" | "near" | "night" | "morning");
    word || !next.is_word() && !next.is_digits() && !next.is_dash()
}

/// "the 15th", "le 13".
fn ordinal_day(tokens: &[Token], at: usize, lead: usize, words: &Words) -> Option<Core> {
    let (day, end) = day(tokens, at)?;
    let before = at.checked_sub(1).map(|before| tokens[before].low.as_str());
    let next = tokens.get(end);
    // "the 32nd brigade", "le 13 régiment": nothing may follow that it could belong to.
    let ends = next.is_none_or(ends_day);
    let suffixed = end == at + 2;
    let fits = if words.french { before == Some("le") && lead < at } else { before == Some("the") && suffixed && lead < at };
    (fits && ends).then_some(())?;
    found(calendar(None, None, Some(day)), end)
}
