//! Bytes as the sheet of an OpenDocument file and of an Excel workbook: every row is as wide as the header, and bounds hold.
#![no_main]

use std::io::{Cursor, Write};

#[path = "guarded.rs"]
mod guarded;

use intake::{Options, sheets};
use libfuzzer_sys::fuzz_target;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        archive.start_file(*name, stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const BOOK: &[u8] = br#"<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const ROOT: &[u8] = br#"<Relationships><Relationship Id="rId1" Type="t/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &[u8] = br#"<Relationships><Relationship Id="rId1" Type="t/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let mut options = Options::default();
    options.max_rows = 1_000;
    options.max_unpacked = 1_000_000;
    let open = zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", bytes)]);
    let excel = zipped(&[("_rels/.rels", ROOT), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", RELATIONS), ("xl/sharedStrings.xml", bytes), ("xl/worksheets/sheet1.xml", bytes)]);
    for file in [open, excel, bytes.to_vec()] {
        for sheet in sheets(&file, &options).into_iter().flatten().flatten().filter(|sheet| !sheet.name.is_empty()) {
            assert!(sheet.rows.len() <= 1_000 && sheet.rows.iter().all(|(_, cells)| cells.len() == sheet.headers.len()));
        }
    }
});
