//! Any bytes, opened: no panic, texts in the record's form, and the same answer twice.
#![no_main]

#[path = "guarded.rs"]
mod guarded;

use intake::{Hints, Options, open_within};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: guarded::let_pass(), |bytes: &[u8]| {
    let options = Options::default();
    let Ok(opened) = open_within(bytes, &Hints::default(), &options) else { return };
    assert!(!opened.rows.is_empty());
    for report in opened.reports() {
        assert!(!report.text.trim().is_empty());
        assert!(!report.id.is_empty());
        assert!(matches!(opened.format, intake::Format::Case | intake::Format::Zip) || !report.text.contains(['\r', '\0', '\u{feff}']));
    }
    assert_eq!(open_within(bytes, &Hints::default(), &options).as_ref(), Ok(&opened));
});
