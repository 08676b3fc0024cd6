//! Bytes behind the beginning of a record, plain and in gzip: what is no page is a failed row, and nothing goes on for ever.
#![no_main]

use std::io::Write;

#[path = "guarded.rs"]
mod guarded;

use intake::{Hints, open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let file = if bytes.starts_with(b"WARC/1.") { bytes.to_vec() } else { [b"WARC/1.0\r\n", bytes].concat() };
    let plain = open(&file, &Hints::default());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&file).unwrap();
    assert_eq!(plain, open(&packed.finish().unwrap(), &Hints::default()));
    // The bytes themselves as gzip, whole or cut.
    let _ = open(&[b"\x1f\x8b\x08\0\0\0\0\0\0\x03", bytes].concat(), &Hints::default());
});
