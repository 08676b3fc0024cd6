//! Any text, counted: spans slice, none overlaps, bounds do not cross, nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reader::count;
use record::Kind;

fuzz_target!(|text: &str| {
    for language in ["en", "fr"] {
        if let Some(count) = count::parse(text, language) {
            assert!(count.low.is_none() || count.high.is_none() || count.low <= count.high);
        }
        let mut end = 0;
        for found in count::find(text, language) {
            assert!(found.span.start >= end);
            assert_eq!(found.span.slice(text), found.count.text);
            assert!(!found.span.is_empty());
            end = found.span.end;
        }
        for &kind in Kind::ALL {
            if let Some(found) = count::pick(text, kind, language) {
                assert!(!found.span.slice(text).is_empty());
            }
        }
    }
});
