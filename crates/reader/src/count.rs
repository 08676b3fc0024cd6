//! Counts: "more than 30", "thirty-four (34)", "une trentaine", "a soldier", "no losses".
//!
//! Three questions, from narrow to wide. [`parse`] reads words that are known to be a counting phrase. [`find`] spots
//! every counting expression of a running text and says what it counts or why it counts nothing (a year, an age, a
//! rifle's name). [`in_quote`] picks the one that belongs to a claim of a given kind. Words are data, in
//! `data/lexicon/<language>/counts.toml`; bounds follow the record: "at least 20" is 20 to open, "up to 15" is 1 to 15.
//!
//! ```
//! use record::Kind;
//! let count = reader::count::parse("more than 30", "en").unwrap();
//! assert_eq!((count.low, count.high), (Some(31), None));
//! let hurt = reader::count::in_quote("killed 12 and wounded twenty-two", Kind::Injuries, "en").unwrap();
//! assert_eq!((hurt.text.as_str(), hurt.low), ("twenty-two", Some(22)));
//! ```
//!
//! Everything is linear in the text, saturates at `u64::MAX` and never panics.

mod naming;
mod noun;
mod numeral;
mod phrase;
mod quote;
mod role;
pub(crate) mod token;
mod whole;
mod words;

#[cfg(test)]
mod tests;

use record::{Count, Kind, Span};

use phrase::{Expression, expression};
use token::{Token, span, tokens};
use words::Lexicon;

pub use words::Class;

/// What a number in a text is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// It counts people, things or events.
    Quantity,
    /// It says the how-manieth: "a nineteenth victim".
    Ordinal,
    /// A day, month or year: "3 June", "2015".
    Date,
    /// A time of day: "0600", "5.30 pm".
    Time,
    /// A length of time: "two days".
    Duration,
    /// An age: "26-year-old", "aged 12", "(35)".
    Age,
    /// A length, area, weight or volume, and decimal fractions.
    Measure,
    /// An amount of money.
    Money,
    /// A share: "30 per cent".
    Percent,
    /// Part of a name: "32nd division", "AK-47", "9/11", "three-storey", "3-1".
    Label,
}

/// How the count is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// A number in digits or words.
    Number,
    /// A word worth a number: "dozens", "several", "both".
    Vague,
    /// A word for none: "no", "aucun".
    Zero,
    /// "third", "21st".
    Ordinal,
    /// A singular with an article: "a soldier".
    Article,
    /// A plural without a number: "soldiers".
    Plural,
    /// Any other phrase for one person or thing: a name, "his son", "him".
    One,
}

/// A counting expression of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The counting words: "more than 30", without the noun.
    pub span: Span,
    /// The words and their bounds; what a [`Role`] other than quantity counts is no count of people or things.
    pub count: Count,
    /// What the number is there for.
    pub role: Role,
    /// How it is put.
    pub form: Form,
    /// The noun that it counts, where it is a known one.
    pub noun: Option<(Span, Class)>,
}

/// Reads words that are known to be a counting phrase; `language` is ISO 639-1, English where there is no lexicon.
///
/// A list adds up ("three women and two children" is 5); a phrase without a number counts 1 in the singular and for
/// names, 2 to open in the plural. `None` when nothing in the words says how many.
pub fn parse(words: &str, language: &str) -> Option<Count> {
    let (low, high, approx) = whole::bounds(&tokens(words), Lexicon::of(language))?;
    Count::new(words, low, high, approx && high.is_some()).ok()
}

/// Every counting expression of a text, in order, none inside another.
pub fn find(text: &str, language: &str) -> Vec<Found> {
    let lexicon = Lexicon::of(language);
    let dates: Vec<Span> =
        crate::date::find(text, language).iter().filter(|mention| mention.expr.is_calendar()).map(|mention| mention.span).collect();
    let tokens = tokens(text);
    let mut out = Vec::new();
    let mut dates = dates.as_slice();
    let mut counted = None;
    let mut i = 0;
    while i < tokens.len() {
        let start = tokens[i].start as u32;
        while let Some((first, rest)) = dates.split_first()
            && first.end <= start
        {
            dates = rest;
        }
        if let Some(expression) = expression(&tokens, i, lexicon) {
            let words = span(&tokens, i, expression.end);
            let dated = dates.first().filter(|date| date.overlaps(words)).filter(|_| expression.numeral.is_some());
            let mut role = if dated.is_some() { Role::Date } else { role::role(&tokens, &expression, lexicon) };
            // "four 315 rifles": a figure right behind a number is the thing's name.
            let behind =
                out.last().is_some_and(|last: &Found| last.role == Role::Quantity && last.form == Form::Number && last.span.end + 1 == words.start);
            if behind && !expression.bounded && tokens[i].is_digits() {
                role = Role::Label;
            }
            if dated.is_some() && expression.form == Form::Zero {
                role = Role::Quantity;
            }
            let article = expression.form == Form::Article;
            let head = (role == Role::Quantity).then(|| noun::head(&tokens, expression.end, tokens.len(), lexicon)).flatten();
            // "un VDP", "un corps": some nouns have one form.
            let one = head.is_some_and(|head| !head.plural || lexicon.invariable.contains(&tokens[head.at].low));
            if (one || !article) && !role::is_stray_zero(&tokens, &expression, head, lexicon) {
                out.extend(found(text, &tokens, &expression, role, head));
                counted = head.map(|head| head.at).or(counted);
            }
            i = expression.end;
            continue;
        }
        if let Some(found) = unnumbered(text, &tokens, i, counted, lexicon) {
            if let Some((noun, _)) = found.noun {
                counted = (i..tokens.len()).find(|&at| tokens[at].start == noun.start as usize);
            }
            out.push(found);
        }
        i += 1;
    }
    out
}

/// The count that belongs to a claim of a kind, from the claim's quote: of "killed 12 and wounded 20" the 12 for deaths
/// and the 20 for injuries. Singulars with an article count 1 for people and vehicles, bare plurals of people 2 to open.
pub fn in_quote(quote: &str, kind: Kind, language: &str) -> Option<Count> {
    pick(quote, kind, language).map(|found| found.count)
}

/// As [`in_quote`], with where the counting words stand in the quote.
pub fn pick(quote: &str, kind: Kind, language: &str) -> Option<Found> {
    quote::pick(quote, kind, language)
}

fn found(text: &str, tokens: &[Token], expression: &Expression, role: Role, head: Option<noun::Head>) -> Option<Found> {
    let words = span(tokens, expression.start, expression.end);
    let count = Count::new(words.slice(text), expression.low, expression.high, expression.approx).ok()?;
    let noun = head.map(|head| (span(tokens, head.at, head.at + 1), head.class));
    Some(Found { span: words, count, role, form: expression.form, noun })
}

/// "police-issued" is no police, and "shot dead" no dead; "the dead" are.
fn is_modifier(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    let hyphen = tokens.get(at + 1).is_some_and(|next| next.is_dash() && next.glued);
    let determined = at > 0 && noun::is_determiner(&tokens[at - 1], lexicon);
    // "Sergeants Vemor and Sollan"
    let named = tokens.get(at + 1).is_some_and(|next| {
        next.is_word()
            && next.capital
            && !next.shouted
            && lexicon.noun(&next.low).is_none()
            && !lexicon.stops.contains(&next.low)
            && !lexicon.cues.contains_key(&next.low)
    });
    hyphen || named && at + 2 < tokens.len() || noun::is_state(&tokens[at].low) && !determined
}

/// "a soldier" and "soldiers", unless a number has counted that noun already.
fn unnumbered(text: &str, tokens: &[Token], at: usize, counted: Option<usize>, lexicon: &Lexicon) -> Option<Found> {
    let token = &tokens[at];
    let (form, high, from) = if lexicon.article.contains(&token.low) {
        (Form::Article, Some(1), at + 1)
    } else if lexicon.noun(&token.low).is_some_and(|(class, plural)| plural && class == Class::People)
        && counted != Some(at)
        && !is_modifier(tokens, at, lexicon)
    {
        (Form::Plural, None, at)
    } else {
        return None;
    };
    let head = noun::head(tokens, from, tokens.len(), lexicon)?;
    let many = form == Form::Plural;
    if head.plural != many || many && (head.at != at || counted.is_some_and(|counted| counted >= at)) {
        return None;
    }
    let words = span(tokens, at, at + 1);
    let count = Count::new(words.slice(text), Some(if many { 2 } else { 1 }), high, false).ok()?;
    Some(Found { span: words, count, role: Role::Quantity, form, noun: Some((span(tokens, head.at, head.at + 1), head.class)) })
}
