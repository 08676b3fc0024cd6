/// The id of a report, claim or incident: Crockford base-32 digits, ten for a report or claim, made from the record's own
/// content, so that the same input always gets the same id. It carries no meaning.
pub type Id = String;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Ten base-32 digits (50 bits) of the BLAKE3 hash of the parts, each delimited so that `["ab", "c"]` and
/// `["a", "bc"]` differ.
pub fn content_id<'a>(parts: impl IntoIterator<Item = &'a str>) -> Id {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    let mut bits = u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"));
    (0..10)
        .map(|_| {
            let digit = DIGITS[(bits & 31) as usize] as char;
            bits >>= 5;
            digit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::content_id;

    #[test]
    fn parts_are_delimited() {
        assert_ne!(content_id(["ab", "c"]), content_id(["a", "bc"]));
        assert_eq!(content_id(["ab", "c"]), content_id(["ab", "c"]));
        assert_eq!(content_id(["x"]).len(), 10);
    }
}
