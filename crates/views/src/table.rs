use record::Toll;

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

/// Aligned columns with two blanks between. When a table is too wide the widest column that can gives way first, then
/// columns fall away from the right, the first never.
fn draw(columns: &[Column], rows: &[Vec<String>], width: usize, paint: Paint) -> String {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(n, column)| rows.iter().map(|row| columns_of(&row[n])).chain([columns_of(column.head)]).max().unwrap_or(0))
        .collect();
    let sum = |widths: &[usize]| widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    while sum(&widths) > width {
        let excess = sum(&widths) - width;
        let can = (0..widths.len()).filter(|&n| widths[n] > columns[n].least).max_by_key(|&n| widths[n] - columns[n].least);
        match can {
            Some(n) => widths[n] -= excess.min(1 + (widths[n] - columns[n].least - 1) / 2),
            None if widths.len() > 1 => {
                widths.pop();
            }
            None => break,
        }
    }
    let line = |cells: &[String]| {
        let cells: Vec<String> = widths
            .iter()
            .enumerate()
            .map(|(n, &wide)| if columns[n].right { fit_right(&cells[n], wide) } else { fit(&cells[n], wide) })
            .collect();
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

/// Incidents as a table of at most `width` columns (`usize::MAX` for all), deaths as low–best–high.
pub fn incidents_table(rows: &[IncidentRow], width: usize, color: bool) -> String {
    let columns = [
        left("id", 6), left("date", 10), left("type", 12), left("place", 10), left("parties", 12), right("deaths", 5), left("status", 8),
        left("disputed", 6), right("reports", 3), right("sources", 3),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let incident = &row.entry.incident;
            let date = incident.date.as_ref().map_or_else(
                || "—".to_owned(),
                |date| if date.start == date.end { date.start.to_string() } else { format!("{}/{}", date.start, date.end) },
            );
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
                if parties.is_empty() { "—".to_owned() } else { parties.join(" › ") },
                range(total(&incident.deaths)),
                standing(incident.status),
                over.join(" "),
                row.n_reports.to_string(),
                row.n_independent.to_string(),
            ]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Claims as a table of at most `width` columns.
pub fn claims_table(rows: &[ClaimRow], width: usize, color: bool) -> String {
    let columns =
        [left("id", 10), left("kind", 8), right("count", 4), left("quote", 20), left("speaker", 10), left("stance", 6), left("place", 8), left("date", 10), left("incident", 6)];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let claim = &row.claim;
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
                claim.date.as_ref().map_or_else(String::new, |date| date.start.to_string()),
                claim.incident.clone().unwrap_or_default(),
            ]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Reports as a table of at most `width` columns.
pub fn reports_table(rows: &[ReportRow], width: usize, color: bool) -> String {
    let columns =
        [left("id", 10), left("published", 10), left("outlet", 10), left("kind", 6), left("language", 4), left("title", 16), right("claims", 3), left("copy of", 10)];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let report = &row.entry.report;
            let title = if report.title.is_empty() { clean(&report.text.chars().take(80).collect::<String>()) } else { clean(&report.title) };
            vec![
                report.id.clone(),
                report.published.as_ref().map_or_else(|| "—".to_owned(), |p| p.date().to_string()),
                clean(&report.outlet),
                report.kind.to_string(),
                report.language.clone(),
                title,
                row.entry.claims.to_string(),
                report.copy_of.clone().unwrap_or_default(),
            ]
        })
        .collect();
    draw(&columns, &cells, width, Paint(color))
}

/// Chosen native columns as a table.
pub(crate) fn rows_table(rows: &crate::rows::Rows, width: usize, color: bool) -> String {
    let number = |n: usize| !rows.rows.is_empty() && rows.rows.iter().all(|row| row[n].is_number() || row[n].is_null());
    let columns: Vec<Column> =
        rows.columns.iter().enumerate().map(|(n, head)| Column { head, least: 6, right: number(n) }).collect();
    let cells: Vec<Vec<String>> = rows
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_str().map_or_else(|| if cell.is_null() { String::new() } else { cell.to_string() }, clean)).collect())
        .collect();
    draw(&columns, &cells, width, Paint(color))
}
