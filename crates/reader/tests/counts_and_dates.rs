//! Counts and dates of any text: spans slice, bounds do not cross, nothing panics.

use jiff::civil::Date;
use proptest::prelude::*;
use reader::{count, date};
use record::Kind;

/// Pieces that the two grammars look for, and some that they do not.
fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "more than",
        "at least",
        "up to",
        "between",
        "and",
        "or",
        "to",
        "from",
        "a",
        "the",
        "one",
        "two",
        "twenty",
        "hundred",
        "thousand",
        "million",
        "dozen",
        "dozens",
        "third",
        "of",
        "them",
        "killed",
        "wounded",
        "soldiers",
        "soldier",
        "his",
        "no",
        "not",
        "12",
        "1,200",
        "2.5",
        "99999999999999999999",
        "2025",
        "31",
        "30",
        "-",
        "–",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "/",
        "+",
        "'",
        "’",
        "%",
        "June",
        "February",
        "May",
        "Sunday",
        "last",
        "since",
        "in",
        "on",
        "days",
        "months",
        "years",
        "ago",
        "earlier",
        "later",
        "night",
        "early",
        "mid-",
        "so far",
        "d'une",
        "une trentaine",
        "quatre-vingt",
        "cent",
        "mille",
        "dizaines",
        "plus de",
        "juin",
        "dimanche",
        "il y a",
        "trois",
        "jours",
        "dernier",
        "du",
        "au",
        "depuis",
        "é",
        "\u{301}",
        "№",
        "人",
        "\u{a0}",
        "\n",
        "AK",
        "pm",
        "GMT",
        "000",
    ];
    let piece = prop_oneof![4 => proptest::sample::select(pieces).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    let gap = prop_oneof![3 => Just(" "), 1 => Just("")];
    proptest::collection::vec((piece, gap), 0..24).prop_map(|parts| parts.into_iter().map(|(piece, gap)| piece + gap).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_hold(text in text(), language in prop_oneof![Just("en"), Just("fr"), Just("")]) {
        if let Some(count) = count::parse(&text, language) {
            prop_assert!(count.low.is_none() || count.high.is_none() || count.low <= count.high);
        }
        let mut end = 0;
        for found in count::find(&text, language) {
            prop_assert!(found.span.start >= end && !found.span.is_empty());
            prop_assert_eq!(found.span.slice(&text), found.count.text.as_str());
            prop_assert!(found.count.low.is_none() || found.count.high.is_none() || found.count.low <= found.count.high);
            end = found.span.end;
        }
        for &kind in Kind::ALL {
            if let Some(found) = count::pick(&text, kind, language) {
                prop_assert!(kind.is_countable() && found.span.end as usize <= text.len());
                prop_assert!(!found.span.slice(&text).is_empty());
            }
        }
    }

    #[test]
    fn dates_hold(text in text(), days in 0..2_000_000_i32, language in prop_oneof![Just("en"), Just("fr")]) {
        let published = Date::MIN.saturating_add(jiff::Span::new().days(days));
        let mut end = 0;
        for mention in date::find(&text, language) {
            prop_assert!(mention.span.start >= end && !mention.span.slice(&text).is_empty());
            end = mention.span.end;
            for context in [None, Some(published), Some(Date::MAX)] {
                if let Some((first, last)) = date::resolve(&mention.expr, published, context) {
                    prop_assert!(first <= last);
                }
            }
        }
    }
}

#[test]
fn long_runs_are_read_in_time() {
    let pieces = [
        "1,000,",
        "1,23,234,",
        "one hundred and ",
        "more than ",
        "from 1 to ",
        "the night of ",
        "two or ",
        "soldiers and ",
        "Orvato, ",
        "a ",
        "un des ",
    ];
    for (piece, language) in pieces.into_iter().flat_map(|piece| [(piece, "en"), (piece, "fr")]) {
        let text = piece.repeat(20_000);
        for found in count::find(&text, language) {
            assert!(!found.span.slice(&text).is_empty(), "{piece}");
        }
        count::parse(&text, language);
        for found in date::find(&text, language) {
            assert!(!found.span.slice(&text).is_empty(), "{piece}");
        }
    }
}
