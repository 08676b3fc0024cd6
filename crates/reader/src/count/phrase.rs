//! A number with the words that bound it: "more than 30", "between 20 and 25", "some forty or so".

use super::Form;
use super::numeral::{Numeral, numeral};
use super::token::Token;
use super::words::{Bound, Lexicon, Tail};

/// How many words before "from 31 to 34" a verb of rising may stand.
const CHANGE: usize = 6;

/// A counting expression over tokens `start..end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expression {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The first token of the number itself, after the words that bound it.
    pub(crate) number: usize,
    pub(crate) low: Option<u64>,
    pub(crate) high: Option<u64>,
    pub(crate) approx: bool,
    pub(crate) form: Form,
    /// The (first) numeral, when there is one.
    pub(crate) numeral: Option<Numeral>,
    /// Whether words bound it, or it is a range.
    pub(crate) bounded: bool,
}

/// The counting expression that starts at token `at`, if one does.
pub(crate) fn expression(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Expression> {
    bounded(tokens, at, lexicon).or_else(|| vague(tokens, at, lexicon)).or_else(|| zero(tokens, at, lexicon))
}

fn zero(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Expression> {
    let ((), end) = lexicon.zero.at(tokens, at)?;
    let number = Some(0);
    Some(Expression { start: at, end, number: at, low: number, high: number, approx: false, form: Form::Zero, numeral: None, bounded: false })
}

fn vague(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Expression> {
    let mut start = at;
    let mut bound = None;
    if let Some((found, end)) = lexicon.before.at(tokens, at)
        && lexicon.vague.at(tokens, end).is_some()
        && lexicon.vague.at(tokens, at).is_none_or(|(_, own)| own <= end)
    {
        (start, bound) = (end, Some(found));
    }
    let (value, end) = lexicon.vague.at(tokens, start)?;
    let approx = value.approx || bound == Some(Bound::About);
    let high = if bound == Some(Bound::AtLeast) { None } else { value.high };
    Some(Expression {
        start: at,
        end,
        number: start,
        low: Some(value.low),
        high,
        approx: approx && high.is_some(),
        form: Form::Vague,
        numeral: None,
        bounded: false,
    })
}

fn bounded(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Expression> {
    // "une quinzième": the ordinal counts, not its article.
    if lexicon.article.contains(&tokens[at].low) && tokens.get(at + 1).is_some_and(|next| lexicon.ordinals.contains_key(&next.low)) {
        return None;
    }
    let mut bounds = Vec::new();
    let mut i = at;
    while bounds.len() < 4 {
        // "a hundred" begins with an article, "la centaine" too: the number first.
        if numeral(tokens, i, lexicon).is_some() {
            break;
        }
        let Some((bound, end)) = lexicon.before.at(tokens, i) else { break };
        // "has gone up to 98" is a rise, not a ceiling.
        if bound == Bound::UpTo && i > 0 && lexicon.change.contains(&tokens[i - 1].low) {
            return None;
        }
        bounds.push(bound);
        i = end;
    }
    let mut first = numeral(tokens, i, lexicon)?;
    let number = i;
    let mut end = parenthesis(tokens, first, lexicon);
    let between = bounds.last() == Some(&Bound::Between);
    // "has risen from 31 to 34" names two figures.
    let changed = between && tokens[at.saturating_sub(CHANGE)..at].iter().any(|token| lexicon.change.contains(&token.low));
    let mut second = None;
    if let Some((to, mut other)) = joined(tokens, end, between, lexicon).filter(|_| !first.ordinal && !first.fraction && !changed) {
        // "two or three hundred": the scale is both numbers'.
        if other.scale > 1 && first.scale == 1 && first.digits == other.digits && first.value < other.value / other.scale {
            first.value = first.value.saturating_mul(other.scale);
        }
        other.end = parenthesis(tokens, other, lexicon);
        let range = !other.ordinal && !other.fraction && (first.value < other.value || !tokens[to].is_dash());
        if range {
            end = other.end;
            second = Some(other);
        }
    }
    let mut low = Some(second.map_or(first.value, |other| other.value.min(first.value)));
    let mut high = Some(second.map_or(first.value, |other| other.value.max(first.value)));
    let mut approx = first.approx || second.is_some_and(|other| other.approx);
    let mut moved = second.is_some();
    for bound in &bounds {
        moved |= !matches!(bound, Bound::Plain | Bound::Between);
        match bound {
            Bound::AtLeast => high = None,
            Bound::MoreThan => (low, high) = (low.map(|n| n.saturating_add(1)), None),
            Bound::UpTo => low = high.map(|n| n.min(1)),
            Bound::FewerThan => {
                high = high.map(|n| n.saturating_sub(1));
                low = high.map(|n| n.min(1));
            }
            Bound::About => approx = true,
            Bound::Between | Bound::Plain => {}
        }
    }
    // "ten people at least"
    let noun = tokens.get(end).is_some_and(|token| lexicon.noun(&token.low).is_some());
    let late = if noun { after(tokens, end + 1, lexicon).filter(|(after, _)| *after == Tail::OrMore) } else { None };
    if let Some((after, past)) = after(tokens, end, lexicon).or(late) {
        moved = true;
        end = past;
        match after {
            Tail::OrMore => high = None,
            Tail::OrSo => approx = true,
            Tail::SomeMore => high = high.map(|n| n.saturating_add(9)),
        }
    }
    // French has one word for "a" and "one".
    let article = lexicon.article.contains(&tokens[number].low) && end == number + 1 && number == at;
    let form = match () {
        () if first.ordinal => Form::Ordinal,
        () if article => Form::Article,
        () => Form::Number,
    };
    let approx = approx && high.is_some();
    Some(Expression { start: at, end, number, low, high, approx, form, numeral: Some(first), bounded: moved })
}

/// "thirty-four (34)": the figure repeated belongs to the number.
fn parenthesis(tokens: &[Token], first: Numeral, lexicon: &Lexicon) -> usize {
    let end = first.end;
    if tokens.get(end).is_some_and(|token| token.is("("))
        && !first.digits
        && let Some(again) = numeral(tokens, end + 1, lexicon)
        && again.value == first.value
        && tokens.get(again.end).is_some_and(|token| token.is(")"))
    {
        return again.end + 1;
    }
    end
}

/// The second number of a range, and the token of the joining word.
fn joined(tokens: &[Token], end: usize, between: bool, lexicon: &Lexicon) -> Option<(usize, Numeral)> {
    let token = tokens.get(end)?;
    let dash = token.is_dash() && tokens.get(end + 1).is_some_and(|next| next.is_digits());
    let after = if dash {
        end + 1
    } else if let Some(((), after)) = lexicon.joins.at(tokens, end) {
        after
    } else if between && let Some(((), after)) = lexicon.and.at(tokens, end) {
        after
    } else {
        return None;
    };
    numeral(tokens, after, lexicon).map(|other| (end, other))
}

/// "or more", "or so", "-odd", "+", "ten people at least".
fn after(tokens: &[Token], end: usize, lexicon: &Lexicon) -> Option<(Tail, usize)> {
    let token = tokens.get(end)?;
    if token.is("+") && token.glued {
        return Some((Tail::OrMore, end + 1));
    }
    let from = if token.is_dash() && token.glued { end + 1 } else { end };
    if let Some((after, past)) = lexicon.after.at(tokens, from) {
        // "12 at least 3 of them" begins a new count.
        let starts_another = lexicon.before.at(tokens, from).is_some() && numeral(tokens, past, lexicon).is_some();
        return (!starts_another).then_some((after, past));
    }
    None
}
