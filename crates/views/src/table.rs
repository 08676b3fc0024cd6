use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Change, Event, Token};
use record::Toll;

use crate::change::{Effect, change_words, words};
use crate::incident::total;
use crate::lists::{ClaimRow, IncidentRow, ReportRow};
use crate::paint::{Paint, clean, fit, fit_right, width as columns_of};
use crate::show::{count_words, standing};

/// A column of a table.
struct Column {
    head: &'static str,
    /// Never narrower than this, if what it holds is not.
    least: usize,
    right: bool,
}

const fn left(head: &'static str, least: usize) -> Column {
    Column { head, least, right: false }
}

const fn right(head: &'static str, least: usize) -> Column {
    Column { head, least, right: true }
}

/// Never narrower than what it holds: an id or a figure cut short is worth nothing.
const WHOLE: usize = usize::MAX;

/// Aligned columns with two blanks between. When a table is too wide, columns fall away from the right until the least
/// widths of the others fit, the first never; then the column with most to give gives way first.
fn draw(columns: &[Column], rows: &[Vec<String>], width: usize, paint: Paint) -> String {
    let natural: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(n, column)| rows.iter().map(|row| columns_of(&row[n])).chain([columns_of(column.head)]).max().unwrap_or(0))
        .collect();
    let least: Vec<usize> = natural.iter().zip(columns).map(|(&wide, column)| wide.min(column.least)).collect();
    let sum = |widths: &[usize]| widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let kept = (1..=columns.len()).rev().find(|&kept| sum(&least[..kept]) <= width).unwrap_or(1);
    let mut widths = natural[..kept].to_vec();
    while sum(&widths) > width {
        let Some(n) = (0..kept).filter(|&n| widths[n] > least[n]).max_by_key(|&n| widths[n] - least[n]) else { break };
        widths[n] -= (sum(&widths) - width).min((widths[n] - least[n]).div_ceil(2));
    }
    let line = |cells: &[String]| {
        let cells: Vec<String> =
            widths.iter().enumerate().map(|(n, &wide)| if columns[n].right { fit_right(&cells[n], wide) } else { fit(&cells[n], wide) }).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let heads: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    let mut text = paint.bold(&line(&heads)) + "\n";
    for row in rows {
        text.push_str(&line(row));
        text.push('\n');
    }
    text
}

/// `6–8–21`; a dash without a toll.
fn range(toll: Option<&Toll>) -> String {
    toll.map_or_else(|| "—".to_owned(), |toll| format!("{}–{}–{}", toll.low, toll.best, toll.high))
}

/// Days in ISO 8601, an end without what it shares with the start: `2025-06-02/03`.
fn span(start: Date, end: Date) -> String {
    let (first, last) = (start.to_string(), end.to_string());
    if start == end {
        first
    } else if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{first}/{}", &last[8..])
    } else if start.year() == end.year() {
        format!("{first}/{}", &last[5..])
    } else {
        format!("{first}/{last}")
    }
}

/// Incidents as a table of at most `width` columns (`usize::MAX` for all), deaths as low–best–high.
pub fn incidents_table(rows: &[IncidentRow], width: usize, color: bool) -> String {
    let columns = [
        left("id", WHOLE),
        left("date", WHOLE),
        left("type", 10),
        left("place", 8),
        right("deaths", WHOLE),
        left("status", 9),
        left("parties", 12),
        left("disputed", 8),
        right("reports", WHOLE),
        right("sources", WHOLE),
        left("decided by", 6),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let incident = &row.entry.incident;
            let date = incident.date.as_ref().map_or_else(|| "—".to_owned(), |date| span(date.start, date.end));
            let place = incident.place.as_ref().map_or_else(
                || "—".to_owned(),
                |place| {
                    let country = place.country.as_ref().filter(|country| **country != place.name);
                    country.map_or_else(|| clean(&place.name), |country| format!("{}, {country}", clean(&place.name)))
                },
            );
            let parties: Vec<String> = incident.parties.iter().map(|party| clean(&party.name)).collect();
            let mut over: Vec<&str> = incident.disputes.iter().map(|dispute| dispute.over.as_str()).collect();
            over.sort_unstable();
            over.dedup();
            vec![
                incident.id.clone(),
                date,
                clean(&incident.kind),
                place,
                range(total(&incident.deaths)),
                standing(incident.status),
                if parties.is_empty() { "—".to_owned() } else { parties.join(" › ") },
                over.join(" "),
                row.n_reports.to_string(),
                row.n_independent.to_string(),
                row.entry.decided_by.as_deref().map_or_else(String::new, clean),
            ]
        })
        .collect();
    draw(said(&columns, &cells), &cells, width, Paint(color))
}

/// Claims as a table of at most `width` columns.
pub fn claims_table(rows: &[ClaimRow], width: usize, color: bool) -> String {
    let columns = [
        left("id", WHOLE),
        left("kind", 12),
        right("count", WHOLE),
        left("quote", 16),
        left("speaker", 10),
        left("stance", 8),
        left("place", 8),
        left("incident", WHOLE),
        left("date", WHOLE),
        left("decision", 8),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let claim = &row.entry.claim;
            let not = if claim.polarity == record::Polarity::Negative { "no " } else { "" };
            let speaker = claim.speaker().map_or(row.outlet.as_str(), |source| &source.name);
            vec![
                claim.id.clone(),
                format!("{not}{}", claim.kind),
                claim.count.as_ref().map_or_else(String::new, count_words),
                clean(&claim.quote.text),
                clean(speaker),
                claim.stance.to_string(),
                claim.place.as_ref().map_or_else(String::new, |place| clean(&place.name)),
                claim.incident.clone().unwrap_or_default(),
                claim.date.as_ref().map_or_else(String::new, |date| span(date.start, date.end)),
                crate::show::decided(&row.entry).unwrap_or_default(),
            ]
        })
        .collect();
    draw(said(&columns, &cells), &cells, width, Paint(color))
}

/// Without the last column when nobody decided anything.
fn said<'c>(columns: &'c [Column], rows: &[Vec<String>]) -> &'c [Column] {
    let last = columns.len() - 1;
    if rows.iter().all(|row| row[last].is_empty()) { &columns[..last] } else { columns }
}

/// The log as a table of at most `width` columns.
pub fn events_table(events: &[Event], width: usize, color: bool) -> String {
    let columns =
        [right("event", WHOLE), left("at", WHOLE), left("who", 4), left("what", WHOLE), left("record", WHOLE), left("why", 12), left("change", 20)];
    let cells: Vec<Vec<String>> = events
        .iter()
        .map(|event| {
            let undone = event.undone_by.map_or_else(String::new, |by| format!(" (undone by {by})"));
            vec![
                event.id.to_string(),
                event.at.strftime("%Y-%m-%d %H:%M").to_string(),
                clean(&event.who),
                format!("{}{undone}", clean(&event.what)),
                event.subject.clone().unwrap_or_default(),
                clean(&event.why),
                words(event.old.as_ref(), event.new.as_ref()),
            ]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Tokens as a table of at most `width` columns, with what they let one do at a moment.
pub fn tokens_table(tokens: &[Token], now: Timestamp, width: usize, color: bool) -> String {
    let columns = [left("id", WHOLE), left("name", 10), left("scope", WHOLE), left("until", WHOLE), left("made", WHOLE), left("by", 4)];
    let cells: Vec<Vec<String>> = tokens
        .iter()
        .map(|token| {
            let day = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
            let until = match (token.revoked_at, token.expires_at) {
                (Some(at), _) => format!("revoked {}", day(at)),
                (None, Some(at)) if at <= now => format!("expired {}", day(at)),
                (None, at) => at.map_or_else(|| "for ever".to_owned(), day),
            };
            vec![token.id.clone(), clean(&token.name), token.scope.as_str().to_owned(), until, day(token.made_at), clean(&token.made_by)]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// What a reconciliation changes, as a table of at most `width` columns.
pub fn changes_table(changes: &[Change], width: usize, color: bool) -> String {
    let columns = [left("id", WHOLE), left("what", WHOLE), left("change", 20)];
    let cells: Vec<Vec<String>> = changes
        .iter()
        .map(|change| {
            let into = change.into.as_ref().map_or_else(String::new, |into| format!(" into {into}"));
            vec![change.id.clone(), format!("{}{into}", change.what.as_str()), change_words(change)]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Reports as a table of at most `width` columns.
pub fn reports_table(rows: &[ReportRow], width: usize, color: bool) -> String {
    let columns = [
        left("id", WHOLE),
        left("published", WHOLE),
        left("outlet", 10),
        left("title", 14),
        right("claims", WHOLE),
        left("copy of", WHOLE),
        left("kind", 8),
        left("language", WHOLE),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let report = &row.entry.report;
            let title = if report.title.is_empty() { clean(&report.text.chars().take(80).collect::<String>()) } else { clean(&report.title) };
            vec![
                report.id.clone(),
                report.published.as_ref().map_or_else(|| "—".to_owned(), |p| p.date().to_string()),
                clean(&report.outlet),
                title,
                row.entry.claims.to_string(),
                report.copy_of.clone().unwrap_or_default(),
                report.kind.to_string(),
                report.language.clone(),
            ]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// What a decision makes of each record, as a table of at most `width` columns.
pub fn effects_table(effects: &[Effect], width: usize, color: bool) -> String {
    let columns = [left("id", WHOLE), left("what", WHOLE), left("change", 20)];
    let cells: Vec<Vec<String>> = effects.iter().map(|effect| vec![effect.id.clone(), effect.what.clone(), effect.change.clone()]).collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Chosen native columns as a table.
pub(crate) fn rows_table(rows: &crate::rows::Rows, width: usize, color: bool) -> String {
    let number = |n: usize| !rows.rows.is_empty() && rows.rows.iter().all(|row| row[n].is_number() || row[n].is_null());
    let columns: Vec<Column> = rows.columns.iter().enumerate().map(|(n, head)| Column { head, least: 6, right: number(n) }).collect();
    let cells: Vec<Vec<String>> = rows
        .rows
        .iter()
        .map(|row| {
            row.iter().map(|cell| cell.as_str().map_or_else(|| if cell.is_null() { String::new() } else { cell.to_string() }, clean)).collect()
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}
