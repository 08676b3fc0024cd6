//! Tables of articles: CSV, TSV and their kin.

use crate::{
    Column, Error, Failed, Format, Hints, Opened, Options, Place,
    article::{Article, map_columns, plain_name},
    day,
    sheet::Sheet,
};

/// What can part the cells of a table; the one that gives the header most cells is taken.
const PARTINGS: &[u8] = b",;\t|";

/// How many rows may show that a header is one.
const ROWS_SEEN: usize = 20;

/// Whether a text is a table of articles: a header of two cells or more, one of them named like the text of an
/// article or named by the hints, and a row that fits it. `named` says that the file's name ends like a table's: then
/// any header will do, and one of a single cell too.
pub(crate) fn looks_like_table(text: &str, hints: &Hints, named: bool) -> bool {
    let Some((parting, headers)) = header(text, hints) else { return false };
    let known: Vec<String> = headers.iter().map(|h| plain_name(h)).collect();
    let columns = Column::ALL.iter().filter(|c| c.names().iter().any(|name| known.iter().any(|k| k == name))).count();
    let has_text = Column::Text.names().iter().any(|name| known.iter().any(|k| k == name));
    let mapped = hints.columns.iter().any(|(_, wanted)| known.contains(&plain_name(wanted)));
    // "Text, title and body" is a sentence; headers are short.
    let short = headers.iter().all(|h| h.chars().count() <= 60);
    let wide = headers.len() >= 2 && short && (mapped || (has_text && (columns >= 2 || headers.len() >= 3)));
    // "Home | News | Article" above a text is the way to it, and parts nothing further on.
    let fits = || reader(text, parting).into_records().take(ROWS_SEEN).flatten().any(|row| row.len() == headers.len());
    named || wide && fits()
}

/// The parting and the header's cells; a single cell must name the text.
fn header(text: &str, hints: &Hints) -> Option<(u8, Vec<String>)> {
    let names_text = |cell: &str| {
        let cell = plain_name(cell);
        Column::Text.names().contains(&cell.as_str())
            || hints.columns.iter().any(|(column, wanted)| *column == Column::Text && plain_name(wanted) == cell)
    };
    PARTINGS
        .iter()
        .rev()
        .filter_map(|&parting| {
            let mut reader = reader(text, parting);
            let headers: Vec<String> = reader.headers().ok()?.iter().map(|cell| cell.trim().to_owned()).collect();
            (headers.len() >= 2 || names_text(headers.first()?)).then_some((parting, headers))
        })
        .max_by_key(|(_, headers)| headers.len())
}

fn reader(text: &str, parting: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(parting).flexible(true).from_reader(text.trim_start_matches('\n').as_bytes())
}

/// Reads a table; each row is a report or a failure with its line.
pub(crate) fn open(text: &str, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let sheet = sheet(text, hints, options)?;
    let first = || text.lines().next().map(|line| vec![crate::article::shortened(line)]).unwrap_or_default();
    articles(Format::Csv, sheet.ok_or_else(|| Error::NoTextColumn(first()))?, hints)
}

/// The cells of a table; `None` where nothing parts a header.
pub(crate) fn sheet(text: &str, hints: &Hints, options: &Options) -> Result<Option<Sheet>, Error> {
    let Some((parting, headers)) = header(text, hints) else { return Ok(None) };
    let body = text.trim_start_matches('\n');
    let (mut line, mut counted) = (1 + (text.len() - body.len()) as u64, 0);
    let mut rows = Vec::new();
    for record in reader(text, parting).into_records() {
        if rows.len() >= options.max_rows {
            return Err(Error::TooManyRows { limit: options.max_rows });
        }
        // The bytes come from a string, so a record can only fail by its cells, which `flexible` leaves to us.
        let record = record.map_err(|_| Error::NoTextColumn(headers.clone()))?;
        // A position stands in front of the blank lines that the reader passes over.
        let before = record.position().map_or(counted, |position| position.byte() as usize);
        let start = before + body[before..].bytes().take_while(|b| *b == b'\n').count();
        line += body[counted..start].matches('\n').count() as u64;
        counted = start;
        rows.push((Place::Line(line), record.iter().map(str::to_owned).collect()));
    }
    Ok(Some(Sheet { name: String::new(), headers, rows }))
}

/// The articles of a table.
pub(crate) fn articles(format: Format, sheet: Sheet, hints: &Hints) -> Result<Opened, Error> {
    let Sheet { headers, rows: records, .. } = sheet;
    let columns = map_columns(&headers, hints)?;
    if !columns.iter().any(|(column, _)| *column == Column::Text) {
        return Err(Error::NoTextColumn(headers));
    }
    let dates = columns.iter().find(|(column, _)| *column == Column::Published).map(|(_, at)| *at);
    let order = dates.and_then(|at| day::order_of(records.iter().filter_map(|(_, record)| record.get(at).map(String::as_str))));
    let mut rows = Vec::with_capacity(records.len());
    let mut warnings = Vec::new();
    for (at, record) in records {
        if record.len() != headers.len() {
            rows.push(Err(Failed { at, why: Error::Cells { found: record.len(), expected: headers.len() } }));
            continue;
        }
        let mut article = Article::default();
        for (column, cell) in &columns {
            warnings.extend(article.set(*column, &record[*cell], order).map(|why| Failed { at, why }));
        }
        rows.push(article.finish(hints).map_err(|why| Failed { at, why }));
    }
    if rows.is_empty() {
        return Err(Error::NoText);
    }
    let columns = columns.into_iter().map(|(column, at)| (column, headers[at].clone())).collect();
    Ok(Opened { format, rows, columns, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, hints: &Hints) -> Opened {
        open(text, hints, &Options::default()).unwrap()
    }

    #[test]
    fn a_bad_row_fails_alone() {
        let table = "headline;body;date;publisher;URL\n\
            Five killed;\"Gunmen killed five people.\n\nNobody; claimed it.\";28/05/2025;Radio Oum; https://oum.example/1 \n\
            Broken;row\n\
            Three hurt;A mine hurt three.;03/06/2025;Agence Nord;on paper\n\
            Empty;;04/06/2025;Agence Nord;\n\n\n\nBroken;too\n";
        let opened = rows(table, &Hints::default());
        assert_eq!(opened.columns.len(), 5);
        let urls: Vec<_> = opened.rows.iter().flatten().map(|row| row.url.as_deref()).collect();
        assert_eq!(urls, [Some("https://oum.example/1"), None]);
        let reports: Vec<_> = opened.reports().collect();
        assert_eq!(reports[0].text, "Gunmen killed five people.\n\nNobody; claimed it.");
        assert_eq!(reports[1].published.as_ref().unwrap().as_str(), "2025-06-03");
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert_eq!(
            failed,
            ["line 5: the row has 2 cells, the header 5", "line 7: no article text was found in it", "line 11: the row has 2 cells, the header 5"]
        );
    }

    #[test]
    fn columns_are_named_by_hints_or_missed() {
        let table = "Corps,Jour\nDes hommes armés ont tué cinq personnes.,2025-06-03\n";
        assert!(matches!(open(table, &Hints::default(), &Options::default()), Err(Error::NoTextColumn(columns)) if columns == ["Corps", "Jour"]));
        let hints = Hints { columns: vec![(Column::Text, "corps".into()), (Column::Published, "Jour".into())], ..Hints::default() };
        assert_eq!(rows(table, &hints).reports().count(), 1);
        let wrong = Hints { columns: vec![(Column::Text, "Body".into())], ..Hints::default() };
        assert!(matches!(open(table, &wrong, &Options::default()), Err(Error::NoSuchColumn { .. })));
    }

    #[test]
    fn prose_is_no_table() {
        for prose in [
            "Text, title and body were burnt.\n\nThe army said so.",
            "Dead, wounded\n\nMany.",
            "one\ntwo",
            "Home | News | Article\n\nGunmen killed five.",
        ] {
            assert!(!looks_like_table(prose, &Hints::default(), false), "{prose}");
        }
        assert!(looks_like_table("id,text\n1,Five killed\n", &Hints::default(), true));
        assert!(looks_like_table("text\nFive killed.\nThree hurt.\n", &Hints::default(), true));
        assert!(!looks_like_table("text\nFive killed.\nThree hurt.\n", &Hints::default(), false));
        assert_eq!(rows("text\nFive killed.\nThree hurt.\n", &Hints::default()).reports().count(), 2);
        assert!(looks_like_table("text\ttitle\nFive killed\tFive\n", &Hints::default(), false));
    }
}
