//! Any text, dated, on the first, an ordinary and the last day there is: spans slice, ranges run forward, nothing panics.
#![no_main]

use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for language in ["en", "fr"] {
        let mut end = 0;
        for mention in reader::date::find(text, language) {
            assert!(mention.span.start >= end);
            assert!(!mention.span.slice(text).is_empty());
            end = mention.span.end;
            for published in [Date::MIN, date(2024, 2, 29), Date::MAX] {
                for context in [None, Some(published)] {
                    if let Some((first, last)) = reader::date::resolve(&mention.expr, published, context) {
                        assert!(first <= last);
                    }
                }
            }
        }
    }
});
