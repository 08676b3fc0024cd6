//! Tables as cells under a header: CSV and its kin, workbooks of Excel, sheets of OpenDocument.
//!
//! What a cell shows is what it gives: a whole number without a point, a day as ISO 8601, an error as nothing. Sheets are bounded in
//! rows, columns and bytes before a parser holds them: what a workbook says of its sizes is not believed.

use std::{
    io::{Cursor, Read},
    sync::atomic::{AtomicBool, Ordering},
};

use calamine::{Data, DataRef, Reader, Xlsx};
use zip::ZipArchive;

use crate::{
    Column, Error, Format, Hints, Opened, Options, Place, archive,
    article::map_columns,
    decode,
    guard::guarded,
    gzip, table,
    xml::{self, Piece},
};

/// Most columns of a sheet.
const MOST_COLUMNS: usize = 1_000;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name in a workbook; empty for a file of its own.
    pub name: String,
    /// The cells of its header.
    pub headers: Vec<String>,
    /// Where each row stands, and its cells; of a workbook as many as the header has.
    pub rows: Vec<(Place, Vec<String>)>,
}

/// The tables of a file, of a workbook those that are not empty; `None` when it holds none. Gzip is taken off.
///
/// # Errors
/// When it is no text and no workbook, or holds more than the bounds allow.
pub fn sheets(bytes: &[u8], options: &Options) -> Result<Option<Vec<Sheet>>, Error> {
    let bytes = gzip::inflated(bytes, options.max_bytes)?;
    if is_workbook(&bytes) {
        let mut sheets = workbook(&bytes, options)?;
        sheets.iter_mut().for_each(without_hashtags);
        return Ok(Some(sheets));
    }
    crate::sniff::refuse_known_binaries(&bytes)?;
    let text = decode::decode(&bytes)?;
    if text.trim_start().starts_with(['{', '[', '<']) {
        return Ok(None);
    }
    let sheet = table::sheet(&text, &Hints::default(), options)?;
    Ok(sheet.map(|mut sheet| {
        without_hashtags(&mut sheet);
        vec![sheet]
    }))
}

/// Takes out the row of hashtags that HXL puts under a header.
fn without_hashtags(sheet: &mut Sheet) {
    let is_tag = |cell: &String| cell.is_empty() || cell.starts_with('#');
    if sheet.rows.first().is_some_and(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()) && cells.iter().all(is_tag)) {
        sheet.rows.remove(0);
    }
}

/// The first of them.
pub(crate) fn first(bytes: &[u8], options: &Options) -> Result<Option<Sheet>, Error> {
    Ok(sheets(bytes, options)?.and_then(|sheets| sheets.into_iter().next()))
}

fn damaged(why: impl std::fmt::Display) -> Error {
    Error::Damaged { what: "workbook", why: why.to_string() }
}

/// Which parts an archive has.
fn parts(bytes: &[u8]) -> Option<ZipArchive<Cursor<&[u8]>>> {
    bytes.starts_with(b"PK\x03\x04").then(|| ZipArchive::new(Cursor::new(bytes)).ok())?
}

/// Whether bytes are a workbook.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    let Some(mut archive) = parts(bytes) else { return false };
    archive.file_names_raw().any(|name| name == b"xl/workbook.xml") || is_open_document(&mut archive)
}

fn is_open_document(archive: &mut ZipArchive<Cursor<&[u8]>>) -> bool {
    let mut kind = String::new();
    let read = archive.by_name("mimetype").map(|file| file.take(100).read_to_string(&mut kind));
    read.is_ok_and(|read| read.is_ok()) && kind.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet")
}

/// Opens a workbook as a table of articles: its first sheet that has a column for their text.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let sheets = workbook(bytes, options)?;
    let fits = |sheet: &Sheet| map_columns(&sheet.headers, hints).is_ok_and(|columns| columns.iter().any(|(column, _)| *column == Column::Text));
    let at = sheets.iter().position(fits).unwrap_or(0);
    let sheet = sheets.into_iter().nth(at).ok_or(Error::Empty)?;
    table::articles(Format::Workbook, sheet, hints)
}

/// The sheets of a workbook that hold anything.
fn workbook(bytes: &[u8], options: &Options) -> Result<Vec<Sheet>, Error> {
    let mut archive = parts(bytes).ok_or_else(|| damaged("it is no archive"))?;
    let sheets = if is_open_document(&mut archive) {
        let content = archive.by_name("content.xml").map_err(damaged)?;
        let content = archive::unpacked(content, options.max_unpacked)?;
        open_document(&decode::decode(&content)?, options)?
    } else {
        let mut left = options.max_unpacked as u64;
        for n in 0..archive.len() {
            let file = archive.by_index(n).map_err(damaged)?;
            let unpacked = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
            let too_large = || Error::TooLarge { bytes: options.max_unpacked as u64 + 1, limit: options.max_unpacked as u64 };
            left = left.checked_sub(unpacked).ok_or_else(too_large)?;
        }
        let (bytes, within) = (bytes.to_vec(), options.clone());
        guarded("workbook", options, move |stop| excel(bytes, &within, stop))?
    };
    let sheets: Vec<Sheet> = sheets.into_iter().filter_map(Grid::finish).collect();
    if sheets.is_empty() { Err(Error::Empty) } else { Ok(sheets) }
}

/// The cells of a sheet as they come.
struct Grid {
    name: String,
    /// Number of the row, from 1, and its cells.
    rows: Vec<(u64, Vec<String>)>,
}

/// What all sheets together may still hold.
struct Room {
    bytes: usize,
    rows: usize,
    options: Options,
}

impl Room {
    fn of(options: &Options) -> Room {
        Room { bytes: options.max_unpacked, rows: options.max_rows, options: options.clone() }
    }

    /// Puts a value into a cell; row and column count from 0.
    fn put(&mut self, grid: &mut Grid, row: u64, column: usize, value: String) -> Result<(), Error> {
        if value.trim().is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(damaged(format!("it has more than {MOST_COLUMNS} columns")));
        }
        let limit = self.options.max_unpacked;
        self.bytes = self.bytes.checked_sub(value.len()).ok_or(Error::TooLarge { bytes: limit as u64 + 1, limit: limit as u64 })?;
        if grid.rows.last().is_none_or(|(last, _)| *last != row + 1) {
            self.rows = self.rows.checked_sub(1).ok_or(Error::TooManyRows { limit: self.options.max_rows })?;
            grid.rows.push((row + 1, Vec::new()));
        }
        let (_, cells) = grid.rows.last_mut().expect("there is one now");
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = value;
        Ok(())
    }
}

impl Grid {
    /// A header and rows of its width; nothing when there is no header.
    fn finish(self) -> Option<Sheet> {
        let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
        // A title may stand above the header.
        let head = self.rows.iter().position(|(_, cells)| filled(cells) > 1).or_else(|| self.rows.iter().position(|(_, cells)| filled(cells) > 0))?;
        let width = self.rows[head..].iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let mut rows = self.rows.into_iter().skip(head);
        let (_, mut headers) = rows.next()?;
        headers.resize(width, String::new());
        for (n, header) in headers.iter_mut().enumerate() {
            *header = if header.trim().is_empty() { format!("column {}", letters(n)) } else { header.trim().to_owned() };
        }
        let rows: Vec<(Place, Vec<String>)> = rows
            .map(|(row, mut cells)| {
                cells.resize(width, String::new());
                (Place::Row(row), cells)
            })
            .collect();
        Some(Sheet { name: self.name, headers, rows })
    }
}

/// `A` for 0, `AA` for 26.
fn letters(n: usize) -> String {
    let last = char::from(b'A' + (n % 26) as u8);
    if n < 26 { last.to_string() } else { format!("{}{last}", letters(n / 26 - 1)) }
}

fn excel(bytes: Vec<u8>, options: &Options, stop: &AtomicBool) -> Result<Vec<Grid>, Error> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut room = Room::of(options);
    let mut grids = Vec::new();
    for name in book.sheet_names() {
        // Sheets of charts have no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut grid = Grid { name, rows: Vec::new() };
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::TooSlow { seconds: options.max_seconds });
            }
            let (row, column) = cell.get_position();
            room.put(&mut grid, row.into(), column as usize, shown(cell.get_value()))?;
        }
        grids.push(grid);
    }
    Ok(grids)
}

/// What a cell shows.
fn shown(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        Data::Int(n) => n.to_string(),
        Data::Float(n) => n.to_string(),
        Data::String(words) | Data::DateTimeIso(words) | Data::DurationIso(words) => words,
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::DateTime(at) => at.as_f64().to_string(),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// The sheets of an OpenDocument spreadsheet.
fn open_document(content: &str, options: &Options) -> Result<Vec<Grid>, Error> {
    let mut room = Room::of(options);
    let mut grids: Vec<Grid> = Vec::new();
    let mut trouble = None;
    let (mut row, mut column) = (0_u64, 0_usize);
    let (mut times, mut rows, mut value, mut words) = (1_usize, 1_u64, None, String::new());
    // How deep in a comment, which is no content.
    let mut comment = 0_usize;
    let number = |attributes: &[(String, String)], name: &str| {
        attributes.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u32>().ok()).unwrap_or(1).max(1)
    };
    xml::each(content, |piece| match piece {
        Piece::Start("annotation", _) => comment += 1,
        Piece::End("annotation") => comment = comment.saturating_sub(1),
        _ if comment > 0 => {}
        Piece::Start("table", attributes) => {
            let name = attributes.into_iter().find(|(key, _)| key == "name").map(|(_, name)| name).unwrap_or_default();
            grids.push(Grid { name, rows: Vec::new() });
            row = 0;
        }
        Piece::Start("table-row", attributes) => {
            rows = number(&attributes, "number-rows-repeated").into();
            column = 0;
        }
        Piece::End("table-row") => {
            // A row that is repeated with something in it stands there as often.
            if let Some(grid) = grids.last_mut().filter(|_| trouble.is_none())
                && let Some(cells) = grid.rows.last().filter(|(last, _)| *last == row + 1).map(|(_, cells)| cells.clone())
            {
                trouble =
                    (1..rows).try_for_each(|n| cells.iter().enumerate().try_for_each(|(at, cell)| room.put(grid, row + n, at, cell.clone()))).err();
            }
            row = row.saturating_add(rows);
        }
        Piece::Start("table-cell" | "covered-table-cell", attributes) => {
            times = number(&attributes, "number-columns-repeated") as usize;
            let of = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            value = match of("value-type").as_deref() {
                Some("float" | "currency" | "percentage") => of("value"),
                Some("date") => of("date-value"),
                Some("boolean") => of("boolean-value"),
                _ => None,
            };
            words.clear();
        }
        Piece::End("table-cell" | "covered-table-cell") => {
            let value = value.take().unwrap_or_else(|| words.trim().to_owned());
            if !value.is_empty()
                && let Some(grid) = grids.last_mut().filter(|_| trouble.is_none())
            {
                trouble = (0..times).try_for_each(|n| room.put(grid, row, column.saturating_add(n), value.clone())).err();
            }
            column = column.saturating_add(times);
        }
        Piece::Start("p", _) if !words.is_empty() => words.push('\n'),
        Piece::Start("s" | "tab" | "line-break", _) => words.push(' '),
        Piece::Words(piece) => words.push_str(piece),
        _ => {}
    })?;
    trouble.map_or(Ok(grids), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::zipped;

    fn ods(rows: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
             <table:table table:name=\"Feuille1\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
    }

    fn cell(words: &str) -> String {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{words}</text:p></table:table-cell>")
    }

    #[test]
    fn an_open_document_is_a_table() {
        let rows = format!(
            "<table:table-row>{}</table:table-row><table:table-row>{}{}{}</table:table-row>\
             <table:table-row>{}<table:table-cell office:value-type=\"date\" office:date-value=\"2025-06-03\"><text:p>03/06/25</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"float\" office:value=\"5\"><text:p>5,0</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
            cell("Décès au Nord"),
            cell("Texte"),
            cell("Date"),
            cell("tués"),
            "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>Vu.</text:p></office:annotation><text:p>Cinq civils tués à Ménaka.</text:p><text:p>قتل خمسة مدنيين.</text:p></table:table-cell>",
        );
        let file = ods(&rows);
        let sheet = first(&file, &Options::default()).unwrap().unwrap();
        assert_eq!((sheet.name.as_str(), &sheet.headers), ("Feuille1", &vec!["Texte".to_owned(), "Date".to_owned(), "tués".to_owned()]));
        assert_eq!(sheet.rows[0].1[1..], ["2025-06-03", "5"]);
        let opened = crate::open(&file, &Hints::default()).unwrap();
        let report = opened.reports().next().unwrap();
        assert_eq!((opened.format, report.text.as_str()), (Format::Workbook, "Cinq civils tués à Ménaka.\n\nقتل خمسة مدنيين."));
        assert_eq!(report.published.as_ref().unwrap().as_str(), "2025-06-03");
    }

    #[test]
    fn repetitions_are_bounded() {
        let wide = ods(&format!(
            "<table:table-row>{}</table:table-row>",
            cell("x").replace("office:value", "table:number-columns-repeated=\"16384\" office:value")
        ));
        assert!(matches!(first(&wide, &Options::default()), Err(Error::Damaged { what: "workbook", .. })));
        let long = ods(&format!("<table:table-row table:number-rows-repeated=\"1000000\">{}</table:table-row>", cell("x")));
        assert_eq!(first(&long, &Options::default()), Err(Error::TooManyRows { limit: 200_000 }));
    }

    #[test]
    fn columns_without_a_name_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn damaged_workbooks_are_refused() {
        for (name, part) in [("not a workbook", &b"<x"[..]), ("empty", b"<workbook><sheets/></workbook>")] {
            let file = zipped(&[("xl/workbook.xml", part)]);
            assert!(crate::open(&file, &Hints::default()).is_err(), "{name}");
        }
    }
}
