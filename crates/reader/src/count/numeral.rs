//! One number, in digits or in words, at a place in a row of tokens.

use super::token::Token;
use super::words::Lexicon;

/// A number as read, not yet bounded by the words around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numeral {
    /// Its value; saturates.
    pub(crate) value: u64,
    /// The token after it.
    pub(crate) end: usize,
    /// The scale word it ends with (1000 in "two to three thousand"), else 1.
    pub(crate) scale: u64,
    /// Whether the words round ("une trentaine").
    pub(crate) approx: bool,
    /// Whether it is an ordinal ("twenty-third", "21st").
    pub(crate) ordinal: bool,
    /// Whether it is a decimal fraction without a scale word ("7.62"): no count.
    pub(crate) fraction: bool,
    /// Whether it was printed in digits.
    pub(crate) digits: bool,
    /// How many digits were printed without a separator, to know years.
    pub(crate) plain_digits: usize,
}

impl Numeral {
    fn new(value: u64, end: usize) -> Numeral {
        Numeral { value, end, scale: 1, approx: false, ordinal: false, fraction: false, digits: false, plain_digits: 0 }
    }
}

/// The number that starts at token `at`, if one does.
pub(crate) fn numeral(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Numeral> {
    let token = tokens.get(at)?;
    if token.is_digits() { digits(tokens, at, lexicon) } else { words(tokens, at, lexicon) }
}

fn digits(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Numeral> {
    let (value, mut end) = grouped(tokens, at);
    let mut numeral = Numeral::new(value, end);
    numeral.digits = true;
    numeral.plain_digits = if end == at + 1 { tokens[at].low.len() } else { 0 };
    // "2.5 million", "1,4 million": tenths count only under a scale word.
    let mut tenths = None;
    if let [mark, decimals, ..] = &tokens[end..]
        && (mark.is(".") || mark.is(","))
        && mark.glued
        && decimals.glued
        && decimals.is_digits()
    {
        tenths = Some(decimals.low.as_str());
        end += 2;
    }
    if let Some(scale) = tokens.get(end).and_then(|token| lexicon.scales.get(&token.low).or_else(|| lexicon.collectives.get(&token.low))) {
        let fraction = tenths.map_or(0, |decimals| part(decimals, *scale));
        numeral.value = value.saturating_mul(*scale).saturating_add(fraction);
        numeral.scale = *scale;
        numeral.end = end + 1;
        numeral.plain_digits = 0;
        // "2 hundred thousand"
        if let Some(more) = tokens.get(end + 1).and_then(|token| lexicon.scales.get(&token.low))
            && more > scale
        {
            numeral.value = numeral.value.saturating_mul(*more);
            numeral.scale = *more;
            numeral.end += 1;
        }
        return Some(numeral);
    }
    if let Some(decimals) = tenths {
        // "12. 30 people" never comes here: both must be glued.
        numeral.fraction = !decimals.is_empty();
        numeral.end = end;
        return Some(numeral);
    }
    if let Some(suffix) = tokens.get(end).filter(|token| token.glued && token.is_word()) {
        let ordinal = if lexicon.french {
            matches!(suffix.low.as_str(), "er" | "re" | "e" | "ème" | "eme" | "ère" | "nd" | "nde")
        } else {
            matches!(suffix.low.as_str(), "st" | "nd" | "rd" | "th")
        };
        if ordinal {
            numeral.ordinal = true;
            numeral.end = end + 1;
        }
    }
    Some(numeral)
}

/// Most groups of digits of a number; more are a list or a machine's.
const MOST_GROUPS: usize = 12;

/// Digits with separators for thousands: "1,200", "1 200", "1.200", "12,34,567"; the value and the token after.
fn grouped(tokens: &[Token], at: usize) -> (u64, usize) {
    let first = &tokens[at];
    let mut value = first.number();
    let mut end = at + 1;
    if first.low.len() > 3 || first.low.starts_with('0') {
        return (value, end);
    }
    let add = |value: u64, group: &Token| value.saturating_mul(10_u64.pow(group.low.len() as u32)).saturating_add(group.number());
    if let Some(mark) = tokens.get(end).filter(|mark| mark.glued && (mark.is(",") || mark.is(".") || mark.is("'"))) {
        let mut groups = Vec::new();
        while let [separator, group, ..] = &tokens[(end + 2 * groups.len()).min(tokens.len())..] {
            let fits = separator.low == mark.low && separator.glued && group.glued && group.is_digits();
            if !fits || groups.len() == MOST_GROUPS || !(group.low.len() == 3 || group.low.len() == 2 && mark.is(",")) {
                break;
            }
            groups.push(group);
        }
        let all_three = groups.iter().all(|group| group.low.len() == 3);
        let indian = groups.last().is_some_and(|last| last.low.len() == 3)
            && groups.len() > 1
            && first.low.len() <= 2
            && groups[..groups.len() - 1].iter().all(|group| group.low.len() == 2);
        if !groups.is_empty() && (all_three || indian) {
            value = groups.iter().fold(value, |value, group| add(value, group));
            end += 2 * groups.len();
        }
        return (value, end);
    }
    while let Some(group) = tokens.get(end).filter(|group| group.spaced && group.is_digits() && group.low.len() == 3) {
        value = add(value, group);
        end += 1;
    }
    (value, end)
}

/// "25" of a million is 250 000.
fn part(decimals: &str, scale: u64) -> u64 {
    let mut unit = scale;
    let mut sum = 0_u64;
    for digit in decimals.bytes() {
        unit /= 10;
        sum = sum.saturating_add(unit.saturating_mul(u64::from(digit - b'0')));
    }
    sum
}

/// The state while words are added up: whole thousands and above, and what stands below them.
#[derive(Clone, Copy, Default)]
struct Sum {
    total: u64,
    current: u64,
    scale: u64,
}

fn words(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Numeral> {
    // "a hundred", "a dozen", "une trentaine", "half a million" is left to the reader.
    let article = lexicon.article.contains(&tokens[at].low) || lexicon.french && matches!(tokens[at].low.as_str(), "la" | "le");
    if article && let Some(next) = tokens.get(at + 1) {
        if let Some(value) = lexicon.round.get(&next.low) {
            return Some(Numeral { approx: true, ..Numeral::new(*value, at + 2) });
        }
        if let Some(value) = lexicon.collectives.get(&next.low) {
            return Some(Numeral { scale: *value, ..Numeral::new(*value, at + 2) });
        }
        if !lexicon.french && lexicon.scales.contains_key(&next.low) {
            return words(tokens, at + 1, lexicon);
        }
    }
    if article && lexicon.french && !lexicon.article.contains(&tokens[at].low) {
        return None;
    }
    let mut sum = Sum { total: 0, current: 0, scale: u64::MAX };
    let (mut i, mut end, mut scale) = (at, at, 1);
    while let Some(token) = tokens.get(i) {
        if i > at {
            // Hyphens join ("twenty-two"), blanks too; a comma does not.
            if token.is_dash() && token.glued && tokens.get(i + 1).is_some_and(|next| next.glued) {
                i += 1;
                continue;
            }
            if lexicon.and.at(tokens, i).is_some() && joined_by_and(&sum, tokens.get(i + 1), lexicon) {
                i += 1;
                continue;
            }
        }
        let Some(token) = tokens.get(i) else { break };
        if let Some(value) = lexicon.ordinals.get(&token.low) {
            let fits = i == at || sum.current.is_multiple_of(10) && *value < 10 || sum.current.is_multiple_of(100);
            if !fits || i > at && *value == 2 && !tokens[i].glued {
                break;
            }
            // "second" alone is an ordinal; "thirty seconds" is a duration and never comes here.
            let value = sum.total.saturating_add(sum.current).saturating_add(*value);
            return Some(Numeral { ordinal: true, ..Numeral::new(value, i + 1) });
        }
        if let Some(unit) = composed_ordinal(&token.low, lexicon) {
            return Some(Numeral { ordinal: true, ..Numeral::new(sum.total + sum.current + unit, i + 1) });
        }
        if i > at
            && let Some(value) = lexicon.collectives.get(&token.low)
        {
            let value = (sum.total + sum.current).saturating_mul(*value);
            return Some(Numeral { scale: lexicon.collectives[&token.low], ..Numeral::new(value, i + 1) });
        }
        match step(&mut sum, &token.low, lexicon) {
            None => break,
            Some(step) => {
                scale = step;
                i += 1;
                end = i;
            }
        }
    }
    let bare_collective = (end == at).then(|| lexicon.collectives.get(&tokens[at].low)).flatten();
    if let Some(value) = bare_collective.filter(|_| tokens[at].is("dozen")) {
        return Some(Numeral { scale: *value, ..Numeral::new(*value, at + 1) });
    }
    (end > at).then(|| Numeral { scale, ..Numeral::new(sum.total.saturating_add(sum.current), end) })
}

/// Whether "and" after this sum goes on to a next numeral word: "a hundred and six", "vingt et un".
fn joined_by_and(sum: &Sum, next: Option<&Token>, lexicon: &Lexicon) -> bool {
    let Some(next) = next else { return false };
    let unit = lexicon.units.get(&next.low).copied();
    if lexicon.french {
        return sum.current.is_multiple_of(10) && sum.current % 100 >= 20 && matches!(unit, Some(1 | 11));
    }
    let round = sum.current.is_multiple_of(100) && (sum.current > 0 || sum.total > 0);
    let ordinal = lexicon.ordinals.contains_key(&next.low);
    round && (unit.is_some() || lexicon.tens.contains_key(&next.low) || ordinal)
}

/// Adds one word to the sum; gives the scale it ended on, or `None` when it does not continue the number.
fn step(sum: &mut Sum, word: &str, lexicon: &Lexicon) -> Option<u64> {
    let under = sum.current % 100;
    if let Some(&unit) = lexicon.units.get(word) {
        let empty = sum.current == 0 && (sum.total == 0 || unit > 0);
        let after_hundred = sum.current > 0 && under == 0;
        let after_ten = under >= 20 && under.is_multiple_of(10) && (1..10).contains(&unit);
        // soixante-douze, quatre-vingt-quinze; dix-sept, soixante-dix-sept
        let after_score = lexicon.french && matches!(under, 60 | 80) && (10..=16).contains(&unit);
        let after_dix = lexicon.french && matches!(under, 10 | 70 | 90) && (7..=9).contains(&unit);
        if empty || after_hundred || after_ten || after_score || after_dix {
            sum.current += unit;
            return Some(1);
        }
        return None;
    }
    if let Some(&ten) = lexicon.tens.get(word) {
        if lexicon.french && ten == 20 && under == 4 {
            sum.current += 76;
            return Some(1);
        }
        if under == 0 {
            sum.current += ten;
            return Some(1);
        }
        return None;
    }
    let scale = *lexicon.scales.get(word)?;
    if scale == 100 {
        if sum.current < 100 {
            sum.current = sum.current.max(1) * 100;
            return Some(100);
        }
        return None;
    }
    if scale >= sum.scale || (sum.current == 0 && sum.total > 0) {
        return None;
    }
    sum.total = sum.total.saturating_add(sum.current.max(1).saturating_mul(scale));
    sum.current = 0;
    sum.scale = scale;
    Some(scale)
}

/// "cinquième" is listed; "trente-cinquième" ends in it; "unième" only ever ends one.
fn composed_ordinal(word: &str, lexicon: &Lexicon) -> Option<u64> {
    (lexicon.french && word == "unième").then_some(1)
}
