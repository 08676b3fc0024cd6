//! Tables as a workbook: the better answer for Excel, accents and Arabic come out right.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use crate::rows::Rows;

/// Most characters that a cell can hold.
const CELL: usize = 32_767;

/// A workbook with one sheet of rows, header frozen, and one that says where it is from. The same rows give the same bytes: it carries
/// no clock time.
///
/// # Errors
/// When a sheet would have more rows than a workbook can hold (1,048,576).
pub(crate) fn xlsx(name: &str, rows: &Rows, about: &[(String, String)]) -> Result<Vec<u8>, String> {
    workbook(name, rows, about).map_err(|error| error.to_string())
}

fn workbook(name: &str, rows: &Rows, about: &[(String, String)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_author("attest").set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let sheet = book.add_worksheet().set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, head) in rows.columns.iter().enumerate() {
        sheet.write_string(0, column as u16, *head)?;
    }
    for (row, cells) in rows.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            write(sheet, row as u32 + 1, column as u16, cell)?;
        }
    }
    if !about.is_empty() {
        let sheet = book.add_worksheet().set_name("about")?;
        for (row, (what, is)) in about.iter().enumerate() {
            sheet.write_string(row as u32, 0, what.as_str())?;
            sheet.write_string(row as u32, 1, is.as_str())?;
        }
    }
    book.save_to_buffer()
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Value) -> Result<(), XlsxError> {
    match cell {
        Value::Null => {}
        Value::Bool(is) => {
            sheet.write_boolean(row, column, *is)?;
        }
        // A number that a float holds as it is; longer ones stay text.
        Value::Number(n) if n.as_f64().is_some_and(|float| float.abs() <= 9_007_199_254_740_992.0) => {
            sheet.write_number(row, column, n.as_f64().unwrap_or_default())?;
        }
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            let cut: String = if text.chars().count() > CELL { text.chars().take(CELL - 1).chain(['…']).collect() } else { text };
            if !cut.is_empty() {
                sheet.write_string(row, column, cut)?;
            }
        }
    }
    Ok(())
}
