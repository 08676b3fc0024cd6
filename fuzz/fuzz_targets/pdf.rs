//! Bytes behind the mark of a PDF: no panic gets out, no report without words.
#![no_main]

#[path = "guarded.rs"]
mod guarded;

use intake::{Hints, Options, open_within};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let mut options = Options::default();
    options.max_seconds = 20;
    let file = if bytes.starts_with(b"%PDF-") { bytes.to_vec() } else { [b"%PDF-1.4\n", bytes].concat() };
    match open_within(&file, &Hints::default(), &options) {
        Ok(opened) => assert!(opened.reports().all(|report| report.text.contains(char::is_alphabetic))),
        Err(intake::Error::TooSlow { .. }) => panic!("a small file takes for ever"),
        Err(_) => {}
    }
});
