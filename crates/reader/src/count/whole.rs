//! Words that are a counting phrase as a whole: "an army major and three other soldiers".

use super::noun::{Meaning, is_determiner, meaning};
use super::phrase::{Expression, expression};
use super::token::Token;
use super::words::Lexicon;
use super::{Form, Role, role};

/// Lower bound, upper bound, and whether the words round.
type Bounds = (Option<u64>, Option<u64>, bool);

/// An ordinal up to this, with an article, counts one more ("a third man died"); above it is the toll so far
/// ("a thirty-fifth victim").
const FEW: u64 = 4;

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
        // "political and economic leaders", "women and small children": still only several.
        let adjective = this_bare && parts[index - 1].to - parts[index - 1].from == 1;
        if this_bare && (bare || adjective) {
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
    while i < tokens.len() {
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
    parts.retain(|part| part.from < part.to);
    parts
}

/// The value of one part, and what its noun phrase means when no number says it.
fn value(tokens: &[Token], part: &Part, lexicon: &Lexicon) -> Option<(Bounds, Option<Meaning>)> {
    let first = &tokens[part.from];
    let leads = part.counted.is_some_and(|counted| counted.start == part.from);
    // "a mother of three", "his two sons": an article rules, a possessive with a number does not.
    let one = lexicon.article.contains(&first.low) || lexicon.det_one.contains(&first.low) && !lexicon.french;
    if let Some(counted) = part.counted
        && (leads || !one || ordinal_after_article(&counted, part))
    {
        let (low, high) = match (counted.form, counted.numeral) {
            (Form::Ordinal, Some(numeral)) if counted.start > part.from || counted.number > counted.start => {
                let definite = is_determiner(first, lexicon) && !lexicon.article.contains(&first.low);
                let value = if definite || numeral.value <= FEW { 1 } else { numeral.value };
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

/// Whether a part only says more about the one before: "its driver, Imdad", "Dora Vilchez, a 26-year-old woman".
fn is_apposition(tokens: &[Token], parts: &[Part], index: usize, joined: bool, lexicon: &Lexicon) -> bool {
    let part = &parts[index];
    let first = &tokens[part.from];
    if lexicon.apposition.contains(&first.low) {
        return true;
    }
    if !part.comma {
        return false;
    }
    if tokens[part.from..part.to].iter().all(Token::is_digits) {
        return true;
    }
    let commas = parts.iter().filter(|part| part.comma).count();
    if !joined && commas == 1 {
        return true;
    }
    // "Mullah Akhtar, a commander of the network, and Abu Saif"
    let before = &parts[index - 1];
    let named = tokens[before.from].capital && !is_determiner(&tokens[before.from], lexicon) && before.counted.is_none();
    named && part.counted.is_none() && lexicon.article.contains(&first.low)
}
