use jiff::Timestamp;
use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::Error;

/// The form in which names are compared: lower case, without diacritics, so that "menaka" finds "Ménaka".
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A name as [`Filter`](crate::Filter) asks for all of it, not for a part: between line breaks, which no name has.
pub fn whole(name: &str) -> String {
    format!("\n{name}\n")
}

/// The hash by which original bytes are known again: SHA-256, 64 hexadecimal digits, as `sha256sum` prints it.
pub fn raw_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A moment as stored: UTC, always nine decimals, so that text order is time order.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string()
}

pub(crate) fn unstamp(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|source: jiff::Error| Error::stored("moment", text, source))
}

/// A count as SQLite can hold it; the JSON beside it stays exact.
pub(crate) fn clamp(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_case_and_marks() {
        for (name, folded) in [("Ménaka", "menaka"), ("N’GUIGMI", "n’guigmi"), ("Kidal", "kidal"), ("أغاديس", "اغاديس")] {
            assert_eq!(fold(name), folded);
        }
    }

    #[test]
    fn moments_sort_as_text_and_come_back() {
        let moments: Vec<Timestamp> =
            ["2025-06-03T09:40:00Z", "2025-06-03T09:40:00.5Z", "2025-06-03T09:40:01Z"].iter().map(|text| text.parse().unwrap()).collect();
        let stored: Vec<String> = moments.iter().map(|&at| stamp(at)).collect();
        assert!(stored.is_sorted());
        assert_eq!(stored[1], "2025-06-03T09:40:00.500000000Z");
        assert_eq!(stored.iter().map(|text| unstamp(text).unwrap()).collect::<Vec<_>>(), moments);
    }

    #[test]
    fn the_hash_is_the_usual_one() {
        assert_eq!(raw_hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
