//! From what dating words say to a first and a last day.

use jiff::civil::{Date, Weekday, date};

use super::{Anchor, Expr, Part, Unit, Which};

/// The first and last day that an expression means, or `None` when it lies ahead, hangs on a day not known, or does not
/// exist ("30 February").
///
/// `published` is the day the report came out; `context` the day of the event it has spoken of so far. Without it "two
/// days earlier" counts from publication, and "the following day" resolves to nothing.
pub fn resolve(expr: &Expr, published: Date, context: Option<Date>) -> Option<(Date, Date)> {
    match expr {
        Expr::Calendar { year, month, day, part, which } => calendar((*year, *month, *day), *part, *which, published),
        Expr::Decade(first, part) => {
            let (from, to) = match part {
                Part::Whole => (0, 9),
                Part::Early => (0, 3),
                Part::Mid => (4, 6),
                Part::Late => (7, 9),
            };
            Some((Date::new(first + from, 1, 1).ok()?, Date::new(first + to, 12, 31).ok()?))
        }
        Expr::Weekday(day, which) => weekday(*day, *which, published).map(|day| (day, day)),
        Expr::Season(season, which) => seasons(*season, *which, published),
        Expr::Shift { anchor, unit, from, to } => {
            let base = anchored(*anchor, *from, published, context)?;
            let (first, last) = ordered(shift(base, *unit, *from)?, shift(base, *unit, *to)?)?;
            // Nobody reports tomorrow: the context was not the one meant.
            (first <= published).then_some((first, last.min(published)))
        }
        Expr::Period { anchor, unit, away, so_far } => {
            let base = anchored(*anchor, *away, published, context)?;
            let (first, last) = period(base, *unit, *away)?;
            if *so_far { ordered(first, last.min(published)) } else { Some((first, last)) }
        }
        Expr::Recent(unit, n) | Expr::Duration(unit, n) => {
            let days = match unit {
                Unit::Minute => return Some((published, published)),
                Unit::Hour => i32::from(*n > 1) * (n / 24).max(1),
                _ => return Some((shift(published, *unit, -n)?, published)),
            };
            Some((shift(published, Unit::Day, -days)?, published))
        }
        Expr::FirstMonths(months, year) => {
            let year = year.unwrap_or(published.year());
            let last = Date::new(year, (*months).clamp(1, 12), 1).ok()?.last_of_month();
            Some((Date::new(year, 1, 1).ok()?, last))
        }
        Expr::Since(inner) => {
            let (first, last) = resolve(inner, published, context)?;
            // "since mid-March" begins in the middle of the middle.
            let mid = matches!(**inner, Expr::Calendar { part: Part::Mid, .. });
            ordered(if mid { shift(first, Unit::Day, 4)? } else { first }, published.max(last.min(published)))
        }
        Expr::Range(first, last) => range(first, last, published, context),
        Expr::Clock => context.map(|day| (day, day)),
    }
}

fn ordered(first: Date, last: Date) -> Option<(Date, Date)> {
    Some((first.min(last), first.max(last)))
}

/// The day that an expression counts from; what looks back may count from publication, what looks on may not.
fn anchored(anchor: Anchor, from: i32, published: Date, context: Option<Date>) -> Option<Date> {
    match anchor {
        Anchor::Published => Some(published),
        Anchor::Context => context.or((from <= 0).then_some(published)),
    }
}

fn shift(day: Date, unit: Unit, n: i32) -> Option<Date> {
    let span = match unit {
        Unit::Minute | Unit::Hour => return Some(day),
        Unit::Day => jiff::Span::new().try_days(n),
        Unit::Week | Unit::Weekend => jiff::Span::new().try_weeks(n),
        Unit::Month => jiff::Span::new().try_months(n),
        Unit::Year => jiff::Span::new().try_years(n),
    };
    day.checked_add(span.ok()?).ok()
}

fn period(base: Date, unit: Unit, away: i32) -> Option<(Date, Date)> {
    let base = shift(base, unit, away)?;
    let monday = || shift(base, Unit::Day, -i32::from(base.weekday().to_monday_zero_offset()));
    Some(match unit {
        Unit::Minute | Unit::Hour | Unit::Day => (base, base),
        Unit::Week => (monday()?, shift(monday()?, Unit::Day, 6)?),
        // On a Monday "the weekend" is the one just past.
        Unit::Weekend => {
            let saturday = weekday(Weekday::Saturday, Which::Latest, base)?;
            (saturday, shift(saturday, Unit::Day, 1)?)
        }
        Unit::Month => (base.first_of_month(), base.last_of_month()),
        Unit::Year => (base.first_of_year(), base.last_of_year()),
    })
}

fn weekday(day: Weekday, which: Which, published: Date) -> Option<Date> {
    let back = i32::from(day.until(published.weekday()));
    match which {
        Which::Next => None,
        // Of the day before one says "yesterday": "last Thursday" on a Friday is a week older.
        Which::Last if back <= 1 => shift(published, Unit::Day, -7 - back),
        _ => shift(published, Unit::Day, -back),
    }
}

fn seasons(season: i8, which: Which, published: Date) -> Option<(Date, Date)> {
    let month = season.checked_mul(3).filter(|month| (3..=12).contains(month))?;
    let in_year = |year: i16| -> Option<(Date, Date)> {
        let first = Date::new(year, month, 21).ok()?;
        Some((first, shift(shift(first, Unit::Month, 3)?, Unit::Day, -1)?))
    };
    let (first, last) = in_year(published.year()).filter(|(first, _)| *first <= published).or_else(|| in_year(published.year() - 1))?;
    match which {
        Which::Next => None,
        Which::Last | Which::LastYear if last >= published => in_year(first.year() - 1),
        _ => ordered(first, last.min(published)),
    }
}

fn calendar((year, month, day): (Option<i16>, Option<i8>, Option<i8>), part: Part, which: Which, published: Date) -> Option<(Date, Date)> {
    if which == Which::Next {
        return None;
    }
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => Date::new(year, month, day).ok().map(|day| (day, day)),
        (Some(year), Some(month), None) => months(Date::new(year, month, 1).ok()?, part, published),
        (Some(year), None, _) => {
            let (from, to) = match part {
                Part::Whole => (1, 12),
                Part::Early => (1, 4),
                Part::Mid => (5, 8),
                Part::Late => (9, 12),
            };
            let last = Date::new(year, to, 1).ok()?.last_of_month();
            let first = date(year, 1, 1);
            let last = if first <= published { last.min(published.max(Date::new(year, from, 1).ok()?)) } else { last };
            ordered(Date::new(year, from, 1).ok()?, last)
        }
        (None, Some(month), Some(day)) => {
            // A day ahead of the clock at the outlet still is this year's.
            let horizon = shift(published, Unit::Day, 1)?;
            let year = if which == Which::LastYear { published.year() - 1 } else { horizon.year() };
            // 29 February may be four, over a century's end eight, years back.
            let found = (0..=8).filter_map(|back| Date::new(year - back, month, day).ok()).find(|day| *day <= horizon)?;
            let found = if which == Which::Last && found >= published { shift(found, Unit::Year, -1)? } else { found };
            Some((found, found))
        }
        (None, Some(month), None) => {
            let this = Date::new(published.year(), month, 1).ok()?;
            let back = match which {
                Which::LastYear => 1,
                Which::Last => i16::from(this >= published.first_of_month()),
                _ => i16::from(this > published),
            };
            months(Date::new(published.year() - back, month, 1).ok()?, part, published)
        }
        (None, None, Some(day)) => {
            let first = published.first_of_month();
            let found = (0..3).filter_map(|back| {
                let month = shift(first, Unit::Month, -back)?;
                Date::new(month.year(), month.month(), day).ok()
            });
            found.into_iter().find(|day| *day <= published).map(|day| (day, day))
        }
        (None, None, None) => None,
    }
}

fn months(first: Date, part: Part, published: Date) -> Option<(Date, Date)> {
    let end = first.last_of_month();
    let (from, to) = match part {
        Part::Whole => (first, end),
        Part::Early => (first, shift(first, Unit::Day, 9)?),
        Part::Mid => (shift(first, Unit::Day, 10)?, shift(first, Unit::Day, 19)?),
        Part::Late => (shift(first, Unit::Day, 20)?, end),
    };
    // The rest of this month has not happened yet.
    if from <= published { ordered(from, to.min(published)) } else { ordered(from, to) }
}

fn range(first: &Expr, last: &Expr, published: Date, context: Option<Date>) -> Option<(Date, Date)> {
    let to = resolve(last, published, context)?;
    // "from Friday to Sunday": the Friday before that Sunday; "from December to March" likewise.
    let open = match first {
        Expr::Weekday(..) => true,
        Expr::Calendar { year, .. } => year.is_none(),
        _ => false,
    };
    // In "last Friday and Saturday" only the end is seen from publication.
    let before = match first {
        Expr::Weekday(day, _) if open => &Expr::Weekday(*day, Which::Latest),
        other => other,
    };
    let from = resolve(before, if open { to.1.min(published) } else { published }, context).or_else(|| resolve(first, published, context))?;
    ordered(from.0, to.1.max(from.1))
}
