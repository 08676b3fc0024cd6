use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// Strings stored once each, a length byte before every one.
#[derive(Default)]
pub(crate) struct Strings {
    bytes: Vec<u8>,
    known: HashMap<String, u32>,
}

impl Strings {
    /// Offset of a string, added when new; longer ones are cut at 255 bytes on a character boundary.
    pub(crate) fn add(&mut self, text: &str) -> u32 {
        let mut end = text.len().min(255);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        if let Some(&at) = self.known.get(text) {
            return at;
        }
        let at = self.bytes.len() as u32;
        self.bytes.push(text.len() as u8);
        self.bytes.extend_from_slice(text.as_bytes());
        self.known.insert(text.to_owned(), at);
        at
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        Ok(std::fs::write(path, &self.bytes)?)
    }
}

/// Writes an automaton of keys to one value each, or to `base` plus the offset of a list of values in a second file.
///
/// A list is a 16-bit count and 24-bit values; keys with one value need no list. Every value must be below `base`.
pub(crate) fn index(mut pairs: Vec<(String, u32)>, base: u64, fst: &Path, lists: &Path) -> Result<(), Box<dyn Error>> {
    pairs.sort_unstable();
    pairs.dedup();
    let mut map = fst::MapBuilder::new(std::io::BufWriter::new(std::fs::File::create(fst)?))?;
    let mut bytes = Vec::new();
    for group in pairs.chunk_by(|a, b| a.0 == b.0) {
        let value = if let [(_, only)] = group {
            u64::from(*only)
        } else {
            let at = base + bytes.len() as u64;
            let count = group.len().min(usize::from(u16::MAX));
            bytes.extend_from_slice(&(count as u16).to_le_bytes());
            for (_, value) in &group[..count] {
                bytes.extend_from_slice(&value.to_le_bytes()[..3]);
            }
            at
        };
        map.insert(&group[0].0, value)?;
    }
    map.finish()?;
    Ok(std::fs::write(lists, bytes)?)
}
