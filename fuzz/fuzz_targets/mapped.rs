//! Bytes as a table of events, with the first line as what a person says of its columns: every claim stands on a cell of its row.
#![no_main]

#[path = "guarded.rs"]
mod guarded;
#[path = "imported.rs"]
mod imported;

use libfuzzer_sys::fuzz_target;
use program::import::{Options, read};

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let map: Vec<String> = String::from_utf8_lossy(&bytes[..first]).split(';').filter(|said| !said.is_empty()).map(str::to_owned).collect();
    let mut intake = intake::Options::default();
    intake.max_rows = 1_000;
    intake.max_unpacked = 1_000_000;
    let options = Options { outlet: Some("Table"), name: "fuzz", map: &map, known: &|_| None, intake: &intake };
    let Ok(found) = read(bytes.get(first + 1..).unwrap_or_default(), &options) else { return };
    imported::check(&found);
});
