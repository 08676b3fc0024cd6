//! Words that are a counting phrase as a whole: "an army major and three other soldiers".

use super::noun::{Meaning, head, is_determiner, meaning};
use super::phrase::{Expression, expression};
use super::token::Token;
use super::words::{Class, Lexicon};
use super::{Form, Role, role};

/// Lower bound, upper bound, and whether the words round.
type Bounds = (Option<u64>, Option<u64>, bool);

/// An ordinal up to this, with an article, counts one more ("a third man died"); above it is the toll so far
/// ("fourteen died at once, a fifteenth in the night").
const FEW: u64 = 4;

/// Most parts that a phrase is read with: what comes after them is a list of another kind, or no phrase at all.
const MOST_PARTS: usize = 40;

/// A stretch between "and"s and commas.
#[derive(Debug)]
struct Part {
    from: usize,
    to: usize,
    /// The first counting expression in it.
    counted: Option<Expression>,
    /// Whether a comma, not "and", stands before it.
    comma: bool,
}

/// What the whole phrase says.
pub(crate) fn bounds(tokens: &[Token], lexicon: &Lexicon) -> Option<Bounds> {
    let parts = parts(tokens, lexicon);
    let joined = parts.iter().skip(1).any(|part| !part.comma);
    // "two braves, a major and a lieutenant", "a young couple, Rina and Tavo": the rest only names them.
    if parts.len() > 2 && parts[1].comma {
        let values: Vec<_> =
            parts.iter().map(|part| value(tokens, part, lexicon).and_then(|((low, high, _), _)| low.filter(|_| low == high))).collect();
        if let Some(first) = values[0].filter(|first| *first > 1)
            && values[1..].iter().try_fold(0_u64, |sum, value| sum.checked_add((*value)?)) == Some(first)
        {
            return Some((Some(first), Some(first), false));
        }
    }
    let mut sum: Option<Bounds> = None;
    let mut bare = true;
    for (index, part) in parts.iter().enumerate() {
        let Some((value, many)) = value(tokens, part, lexicon) else { continue };
        if sum.is_none() {
            bare = many == Some(Meaning::BareMany);
            sum = Some(value);
            continue;
        }
        if is_apposition(tokens, &parts, index, joined, lexicon) {
            continue;
        }
        let this_bare = many == Some(Meaning::BareMany);
        // "women and small children": still only several.
        let adjective = this_bare && parts[index - 1].to - parts[index - 1].from == 1;
        let open = this_bare && sum.is_some_and(|(low, high, _)| low == Some(2) && high.is_none());
        if this_bare && (bare || adjective || open) {
            sum = Some(value);
            bare = true;
            continue;
        }
        sum = sum.map(|(low, high, approx)| {
            let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
            (add(low, value.0), add(high, value.1), approx || value.2)
        });
        bare = false;
    }
    sum
}

fn parts(tokens: &[Token], lexicon: &Lexicon) -> Vec<Part> {
    let mut parts = vec![Part { from: 0, to: tokens.len(), counted: None, comma: false }];
    let mut i = 0;
    while i < tokens.len() && parts.len() < MOST_PARTS {
        let current = parts.last_mut().expect("never empty");
        if let Some(found) = expression(tokens, i, lexicon) {
            let counts = matches!(role::role(tokens, &found, lexicon), Role::Quantity | Role::Ordinal);
            if current.counted.is_none() && counts {
                current.counted = Some(found);
            }
            i = found.end;
            continue;
        }
        let and = lexicon.conjunctions.at(tokens, i);
        let comma = tokens[i].is(",") || tokens[i].is(";");
        if and.is_none() && !comma {
            i += 1;
            continue;
        }
        let mut next = and.map_or(i + 1, |((), end)| end);
        let mut comma = comma;
        // ", and"
        if comma && let Some(((), end)) = lexicon.conjunctions.at(tokens, next) {
            (next, comma) = (end, false);
        }
        current.to = i;
        if next < tokens.len() {
            parts.push(Part { from: next, to: tokens.len(), counted: None, comma });
        }
        i = next;
    }
    parts.retain(|part| tokens[part.from..part.to].iter().any(|token| token.is_word() || token.is_digits()));
    parts
}

/// The value of one part, and what its noun phrase means when no number says it.
fn value(tokens: &[Token], part: &Part, lexicon: &Lexicon) -> Option<(Bounds, Option<Meaning>)> {
    let first = &tokens[part.from];
    let leads = part.counted.is_some_and(|counted| counted.start == part.from);
    // "a mother of three", "his two sons": an article rules, a possessive with a number does not.
    let one = lexicon.article.contains(&first.low) || lexicon.det_one.contains(&first.low) && !lexicon.french;
    // "a Portuguese couple"
    let couple = part.counted.is_some_and(|counted| counted.form == Form::Vague && counted.high.is_some());
    if let Some(counted) = part.counted
        && (leads || couple || !one || ordinal_after_article(&counted, part))
    {
        let (low, high) = match (counted.form, counted.numeral) {
            (Form::Ordinal, Some(numeral)) => {
                let value = ordinal(tokens, counted.number, numeral.value, lexicon);
                (Some(value), Some(value))
            }
            _ => (counted.low, counted.high),
        };
        return Some(((low, high, counted.approx), None));
    }
    let meaning = meaning(tokens, part.from, part.to, lexicon)?;
    let bounds = match meaning {
        Meaning::One => (Some(1), Some(1), false),
        Meaning::Many | Meaning::BareMany => (Some(2), None, false),
    };
    Some((bounds, Some(meaning)))
}

fn ordinal_after_article(counted: &Expression, part: &Part) -> bool {
    counted.form == Form::Ordinal && counted.start == part.from + 1
}

/// "two of them", "most of whom", "dont deux": a share of those before.
fn of_them(part: &[Token]) -> bool {
    part.windows(2).any(|pair| pair[0].is("of") && matches!(pair[1].low.as_str(), "them" | "whom" | "these" | "which"))
}

/// The value of an ordinal: with "a" above [`FEW`] the toll so far, else one more.
pub(crate) fn ordinal(tokens: &[Token], at: usize, value: u64, lexicon: &Lexicon) -> u64 {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return value };
    let article = lexicon.article.contains(&before.low);
    if is_determiner(before, lexicon) && (!article || value <= FEW) { 1 } else { value }
}

/// Whether a part only says more about the one before: "its cook, Bilo", "Lena Orvato, a 31-year-old clerk".
fn is_apposition(tokens: &[Token], parts: &[Part], index: usize, joined: bool, lexicon: &Lexicon) -> bool {
    let part = &parts[index];
    let first = &tokens[part.from];
    if !part.comma {
        return false;
    }
    if lexicon.apposition.contains(&first.low) || of_them(&tokens[part.from..part.to]) {
        return true;
    }
    if tokens[part.from..part.to].iter().all(Token::is_digits) {
        return true;
    }
    let commas = parts.iter().filter(|part| part.comma).count();
    if !joined && commas == 1 {
        return true;
    }
    // "Captain Orlo, a leader of the group, and Ben Tavi"; "Orvato, 31, spokesman of the union, Sel"
    let before = &parts[index - 1];
    let named = tokens[before.from].capital && !is_determiner(&tokens[before.from], lexicon) && before.counted.is_none();
    let titled = head(tokens, part.from, part.to, lexicon).is_some_and(|head| {
        let next = tokens.get(head.at + 1).filter(|_| head.at + 1 < part.to);
        head.class == Class::People && !head.plural && next.is_none_or(|next| lexicon.stops.contains(&next.low))
    });
    let possessive = lexicon.det_either.contains(&first.low) && !matches!(first.low.as_str(), "the" | "all");
    let described = named && part.counted.is_none() && !possessive && (lexicon.article.contains(&first.low) || titled);
    described || !joined && (1..index).any(|other| parts[other].comma && is_apposition(tokens, &parts[..=other], other, true, lexicon))
}
