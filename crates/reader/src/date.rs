//! Dates: "on Sunday, 3 June", "the night of 2 to 3 June", "il y a trois jours", "since mid-March", "the following day".
//!
//! [`find`] spots them in running text, [`resolve`] turns one into a first and a last day, seen from the day of
//! publication and, for "the same day" and its kin, from the day that the report has spoken of so far. Words are data,
//! in `data/lexicon/<language>/dates.toml`.
//!
//! ```
//! use jiff::civil::date;
//! let published = date(2025, 6, 3); // a Tuesday
//! assert_eq!(reader::date::resolve_words("on Sunday night", published, "en"), Some((date(2025, 6, 1), date(2025, 6, 1))));
//! assert_eq!(reader::date::resolve_words("dans la nuit de samedi à dimanche", published, "fr"), Some((date(2025, 5, 31), date(2025, 6, 1))));
//! ```
//!
//! A bare weekday is the last one on or before publication, "3 June" the last 3 June, "in May" the last May. What
//! is marked as lying ahead ("next Sunday") resolves to nothing. Everything is linear in the text and never panics.

mod core;
mod find;
mod resolve;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, Weekday};
use record::Span;

pub use resolve::resolve;
pub use words::Unit;

/// Words of a text that date something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The words, with the preposition and the time of day: "on Sunday night".
    pub span: Span,
    /// What they say.
    pub expr: Expr,
}

/// Where in a month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it.
    Whole,
    /// "early June": the first ten days; of a year the first four months.
    Early,
    /// "mid-June": the 11th to the 20th.
    Mid,
    /// "late June": from the 21st.
    Late,
}

/// From which day an expression counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anchor {
    /// The day of publication: "two days ago".
    Published,
    /// The day that the report speaks of: "two days earlier".
    Context,
}

/// Which of the days of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The nearest that is not ahead: "on Sunday", "in May".
    Latest,
    /// One before today or this month: "last Sunday", "last May".
    Last,
    /// One that lies ahead: "next Sunday".
    Next,
    /// Of the year before: "in October last year".
    LastYear,
}

/// What dating words say, before it is known when they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expr {
    /// "3 June 2025", "June", "2012", "the 15th", "early June": what is not printed is `None`.
    Calendar {
        /// The year.
        year: Option<i16>,
        /// The month, 1 to 12.
        month: Option<i8>,
        /// The day of the month, 1 to 31.
        day: Option<i8>,
        /// Where in the month or year.
        part: Part,
        /// Which, when the year is not printed.
        which: Which,
    },
    /// "1980s": the first year.
    Decade(i16, Part),
    /// "on Sunday".
    Weekday(Weekday, Which),
    /// "this spring": 1 is spring, 4 winter, of the north.
    Season(i8, Which),
    /// "yesterday" (day −1), "two weeks ago" (week −2), "a few days later" (day 2 to 7, from the context).
    Shift {
        /// From which day.
        anchor: Anchor,
        /// The unit.
        unit: Unit,
        /// Units from the anchor to the first day.
        from: i32,
        /// Units from the anchor to the last day.
        to: i32,
    },
    /// "last week", "this month": a calendar week (Monday to Sunday), weekend, month or year, so many away.
    Period {
        /// From which day.
        anchor: Anchor,
        /// The unit.
        unit: Unit,
        /// How many units away.
        away: i32,
        /// Whether only up to publication: "so far this year".
        so_far: bool,
    },
    /// "the last 24 hours", "in ten days": so many units up to publication.
    Recent(Unit, i32),
    /// "two days": a length of time; resolves as [`Expr::Recent`].
    Duration(Unit, i32),
    /// "the first four months of 2016".
    FirstMonths(i8, Option<i16>),
    /// From then up to publication.
    Since(Box<Expr>),
    /// From the first to the last, both included.
    Range(Box<Expr>, Box<Expr>),
    /// A time of day only: it dates nothing, and resolves to the day that the report speaks of.
    Clock,
}

impl Expr {
    /// Whether the numbers in its words are days, months or years.
    pub fn is_calendar(&self) -> bool {
        match self {
            Expr::Calendar { .. } | Expr::Decade(..) | Expr::FirstMonths(..) => true,
            Expr::Since(inner) => inner.is_calendar(),
            Expr::Range(first, last) => first.is_calendar() || last.is_calendar(),
            _ => false,
        }
    }

    /// The day, or the last day of a range, that is printed with its month and year, so that nothing hangs on when the
    /// words were written; `None` where there is no such day.
    pub(crate) fn written_out(&self) -> Option<Date> {
        match self {
            Expr::Calendar { year: Some(year), month: Some(month), day: Some(day), .. } => Date::new(*year, *month, *day).ok(),
            Expr::Range(_, last) => last.written_out(),
            _ => None,
        }
    }

    /// Whether it says on which day, week, month or year, and is no mere time of day or length of time.
    pub fn is_date(&self) -> bool {
        !matches!(self, Expr::Clock | Expr::Duration(..))
    }
}

/// Every dating expression of a text, in order, none inside another; `language` is ISO 639-1.
pub fn find(text: &str, language: &str) -> Vec<Mention> {
    find::find(text, words::Words::of(language))
}

/// Whether a word in lower case names a weekday or a month.
pub(crate) fn is_day_word(word: &str, language: &str) -> bool {
    let words = words::Words::of(language);
    words.weekdays.contains_key(word) || words.months.contains_key(word)
}

/// The days that dating words mean, seen from the day of publication: of several expressions the first that resolves.
pub fn resolve_words(words: &str, published: Date, language: &str) -> Option<(Date, Date)> {
    resolve_words_in(words, published, None, language)
}

/// As [`resolve_words`], where the day is known that the report has spoken of so far.
pub fn resolve_words_in(words: &str, published: Date, context: Option<Date>, language: &str) -> Option<(Date, Date)> {
    let mentions = find(words, language);
    let dates = mentions.iter().filter(|mention| mention.expr.is_date());
    let others = mentions.iter().filter(|mention| !mention.expr.is_date());
    dates.chain(others).find_map(|mention| resolve(&mention.expr, published, context))
}
