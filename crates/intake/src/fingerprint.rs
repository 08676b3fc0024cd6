//! Sketches of a text: a 64-bit fingerprint, and the hashed shingles that copies are told by.

/// Words in a shingle. Three keep the most distance between the copies and the non-copies of the training cases:
/// every copy shares 0.56 of its shingles or more with its original, no other pair above 0.11.
const SHINGLE: usize = 3;

/// A 64-bit SimHash of a text: texts that share most of their words in order differ in few bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// In how many of the 64 bits two fingerprints differ: about 32 for unrelated texts, below 8 for nearly equal ones.
    pub fn distance(self, other: Fingerprint) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The fingerprint of a text; case, punctuation and line breaks do not count.
///
/// ```
/// # use intake::fingerprint;
/// assert_eq!(fingerprint("Five killed, near Konna."), fingerprint("five killed near\nKonna"));
/// ```
pub fn fingerprint(text: &str) -> Fingerprint {
    let mut votes = [0i32; 64];
    for hash in hashes(text) {
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    let bits = votes.iter().enumerate().filter(|(_, vote)| **vote > 0);
    Fingerprint(bits.fold(0, |bits, (bit, _)| bits | 1 << bit))
}

/// The hashes of a text's shingles in sorted order, each once, cut to 32 bits to halve their room.
pub(crate) fn shingles(text: &str) -> Vec<u32> {
    let mut hashes: Vec<u32> = hashes(text).into_iter().map(|hash| (hash >> 32) as u32).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// One hash a shingle, in the order of the text; a text shorter than a shingle is one.
fn hashes(text: &str) -> Vec<u64> {
    let words: Vec<u64> = words(text).map(|word| hash(word.chars().flat_map(char::to_lowercase))).collect();
    let mix = |window: &[u64]| window.iter().fold(0x9e37_79b9_7f4a_7c15, |h: u64, word| scramble(h.rotate_left(23) ^ word));
    if words.is_empty() { Vec::new() } else { words.windows(SHINGLE.min(words.len())).map(mix).collect() }
}

/// Runs of letters and digits; an apostrophe parts words, in every language alike.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// FNV-1a over the characters: the same on every machine and in every version, unlike the standard library's.
pub(crate) fn hash(chars: impl Iterator<Item = char>) -> u64 {
    scramble(chars.fold(0xcbf2_9ce4_8422_2325, |h, c| (h ^ u64::from(c as u32)).wrapping_mul(0x0100_0000_01b3)))
}

/// Spreads every bit over all the others (the finisher of SplitMix64).
fn scramble(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_texts_have_near_fingerprints() {
        let story = "Gunmen killed at least five people in a village near Konna on Monday, residents and an official said. \
            The attackers came on motorcycles at dawn and set fire to granaries before soldiers arrived from the town.";
        let edited = story.replace("at dawn", "before dawn");
        let other = "The river rose by two metres in a night and carried off the bridge that joins the two halves of the market \
            town, cutting off some four thousand families, said the head of the regional rescue service on the radio.";
        assert!(fingerprint(story).distance(fingerprint(&edited)) < 16);
        assert!(fingerprint(story).distance(fingerprint(other)) > 16);
        assert_eq!(fingerprint(""), Fingerprint(0));
    }

    #[test]
    fn the_same_for_ever() {
        // Ledgers keep fingerprints: a change here is a change of the file format.
        assert_eq!(fingerprint("Five killed near Konna on Monday").to_string(), "b4022a3888422e04");
    }
}
