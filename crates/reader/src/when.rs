//! Drafts to days: what a claim's sentence says, else what its event's other claims say, else what the report leads with.

use jiff::civil::Date;
use record::{Dated, Field, Report, Scope, Span};

use crate::{date, layout::Layout, spot::Draft};

/// The days of each draft; nothing without a publication date, except for dates written out in full.
pub(crate) fn days(report: &Report, layout: &Layout, drafts: &[Draft], events: &[Option<u32>]) -> Vec<Option<Dated>> {
    let published = report.published.as_ref().map(|p| p.date());
    let lead = published.and_then(|published| lead(report, &layout.field(Field::Text).dates, published));
    let own: Vec<Option<Dated>> = drafts
        .iter()
        .map(|draft| {
            let home = layout.around((draft.field, draft.span));
            let words = draft.date.filter(|(field, span)| *field == draft.field && home.overlaps(*span)).map(|(_, span)| span);
            let span = words?;
            let mention = layout.field(draft.field).dates.iter().filter(|m| m.span.overlaps(span)).max_by_key(|m| m.span.len())?;
            let (start, end) = seen_from(&mention.expr, published, lead.map(|(start, _)| start))?;
            Some(Dated { text: Some(span.slice(report.field(draft.field)).to_owned()), start, end })
        })
        .collect();
    drafts
        .iter()
        .zip(events)
        .enumerate()
        .map(|(i, (draft, event))| {
            if own[i].is_some() {
                return own[i].clone();
            }
            let of_event = (draft.scope != Scope::Period && event.is_some()).then(|| of_event(&own, events, *event)).flatten();
            if let Some(other) = of_event.or_else(|| before(report, drafts, &own, i)) {
                return Some(Dated { text: None, ..other });
            }
            let (start, end) = lead.or(published.map(|p| (p, p)))?;
            Some(Dated { text: None, start, end })
        })
        .collect()
}

/// The days of an expression; where the day of publication is not known, only those of one that is written out in full.
fn seen_from(expr: &date::Expr, published: Option<Date>, context: Option<Date>) -> Option<(Date, Date)> {
    date::resolve(expr, published.or_else(|| expr.written_out())?, context)
}

/// The date of the last claim before this one in its paragraph whose own sentence gives one, if both have one scope.
fn before(report: &Report, drafts: &[Draft], own: &[Option<Dated>], at: usize) -> Option<Dated> {
    let draft = &drafts[at];
    let body = report.field(draft.field);
    let paragraph = body[..draft.span.start as usize].rfind("\n\n").unwrap_or(0);
    let same = |d: &Draft| d.field == draft.field && d.span.start as usize >= paragraph && d.scope == draft.scope;
    drafts[..at].iter().zip(own).rev().filter(|(d, _)| same(d)).find_map(|(_, date)| date.clone())
}

/// The date that most claims of an event give, the shortest range first.
fn of_event(own: &[Option<Dated>], events: &[Option<u32>], event: Option<u32>) -> Option<Dated> {
    let dates: Vec<&Dated> = own.iter().zip(events).filter(|(_, e)| **e == event).filter_map(|(d, _)| d.as_ref()).collect();
    let votes = |d: &Dated| dates.iter().filter(|o| (o.start, o.end) == (d.start, d.end)).count();
    dates.iter().max_by_key(|d| (votes(d), std::cmp::Reverse(d.days()), std::cmp::Reverse(d.start))).map(|d| (*d).clone())
}

/// The first day, or few days, that the first paragraphs give: what the report is news of.
fn lead(report: &Report, mentions: &[date::Mention], published: Date) -> Option<(Date, Date)> {
    let paragraph_end = report.text.match_indices("\n\n").nth(1).map_or(report.text.len(), |(at, _)| at);
    let near = |span: Span| (span.start as usize) < paragraph_end;
    mentions.iter().filter(|m| near(m.span)).find_map(|m| {
        let (start, end) = date::resolve(&m.expr, published, None)?;
        let days = (end - start).get_days();
        let ago = (published - start).get_days();
        ((0..=3).contains(&days) && (0..=45).contains(&ago)).then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_day_of_publication_only_whole_dates_are_known() {
        let cases = [
            ("on 3 June 2024", "en", Some("2024-06-03/2024-06-03")),
            ("between 1 and 3 June 2024", "en", Some("2024-06-01/2024-06-03")),
            ("le 3 juin 2024", "fr", Some("2024-06-03/2024-06-03")),
            ("on 3 June", "en", None),
            ("on Sunday", "en", None),
            ("two days earlier", "en", None),
            ("in 2024", "en", None),
        ];
        for (words, language, expected) in cases {
            let mention = date::find(words, language).remove(0);
            let days = seen_from(&mention.expr, None, None).map(|(start, end)| format!("{start}/{end}"));
            assert_eq!(days.as_deref(), expected, "{words}: {mention:?}");
        }
    }
}
