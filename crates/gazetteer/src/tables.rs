//! The compiled tables the crate carries: automata of folded names and fixed-width columns, read in place.

use fst::Map;

macro_rules! carried {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// A folded name to the rows that bear it; see `build/blob.rs` for the writer.
pub(crate) struct Index {
    pub(crate) names: Map<&'static [u8]>,
    lists: &'static [u8],
    base: u64,
}

impl Index {
    fn new(names: &'static [u8], lists: &'static [u8], base: u64) -> Index {
        Index { names: Map::new(names).expect("written by the build step"), lists, base }
    }

    /// The rows under a key, in their order; none for an unknown key.
    pub(crate) fn get(&self, key: &str) -> Postings {
        self.names.get(key).map_or(Postings::NONE, |value| self.expand(value))
    }

    /// The rows a value of the automaton stands for.
    pub(crate) fn expand(&self, value: u64) -> Postings {
        match value.checked_sub(self.base) {
            None => Postings { one: Some(value as u32), list: &[] },
            Some(at) => {
                let at = at as usize;
                let count = usize::from(u16::from_le_bytes([self.lists[at], self.lists[at + 1]]));
                Postings { one: None, list: &self.lists[at + 2..at + 2 + 3 * count] }
            }
        }
    }
}

/// The rows under one key.
#[derive(Clone)]
pub(crate) struct Postings {
    one: Option<u32>,
    list: &'static [u8],
}

impl Postings {
    const NONE: Postings = Postings { one: None, list: &[] };
}

impl Iterator for Postings {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if let Some((row, rest)) = self.list.split_at_checked(3) {
            self.list = rest;
            return Some(u32::from(row[0]) | u32::from(row[1]) << 8 | u32::from(row[2]) << 16);
        }
        self.one.take()
    }
}

/// Strings with a length byte before each.
#[derive(Clone, Copy)]
pub(crate) struct Strings(&'static [u8]);

impl Strings {
    pub(crate) fn get(self, at: u32) -> &'static str {
        let at = at as usize;
        let len = usize::from(self.0[at]);
        std::str::from_utf8(&self.0[at + 1..at + 1 + len]).expect("written as UTF-8 by the build step")
    }
}

/// Rows of one width.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    bytes: &'static [u8],
    width: usize,
}

impl Rows {
    pub(crate) fn get(self, row: u32) -> &'static [u8] {
        &self.bytes[row as usize * self.width..][..self.width]
    }

    pub(crate) fn len(self) -> u32 {
        (self.bytes.len() / self.width) as u32
    }
}

/// Little-endian number of up to four bytes.
pub(crate) fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |n, &b| n << 8 | u32::from(b))
}

/// Everything, opened.
pub(crate) struct Tables {
    pub(crate) places: Index,
    pub(crate) rows: Rows,
    pub(crate) strings: Strings,
    pub(crate) features: Vec<&'static str>,
    pub(crate) id_words: Vec<&'static str>,
    pub(crate) admin1: Rows,
    pub(crate) admin2: Rows,
    pub(crate) countries: Index,
    pub(crate) country_rows: Rows,
    pub(crate) actors: Index,
    pub(crate) actor_rows: Rows,
    pub(crate) actor_strings: Strings,
    pub(crate) states: Index,
    pub(crate) words: Index,
    pub(crate) regimes: &'static str,
    pub(crate) rebels: &'static str,
}

impl Tables {
    /// Opens what the binary carries: headers are looked at, nothing is parsed or copied but two short lists.
    pub(crate) fn embedded() -> Tables {
        Tables {
            places: Index::new(carried!("places.fst"), carried!("places.lists"), 1 << 21),
            rows: Rows { bytes: carried!("places.rows"), width: 23 },
            strings: Strings(carried!("strings")),
            features: lines(carried!("places.features")).collect(),
            id_words: lines(carried!("places.ids")).collect(),
            admin1: Rows { bytes: carried!("admin1.names"), width: 4 },
            admin2: Rows { bytes: carried!("admin2.names"), width: 4 },
            countries: Index::new(carried!("countries.fst"), carried!("countries.lists"), 1 << 20),
            country_rows: Rows { bytes: carried!("countries.rows"), width: 14 },
            actors: Index::new(carried!("actors.fst"), carried!("actors.lists"), 1 << 20),
            actor_rows: Rows { bytes: carried!("actors.rows"), width: 18 },
            actor_strings: Strings(carried!("actors.strings")),
            states: Index::new(carried!("states.fst"), carried!("states.lists"), 1 << 20),
            words: Index::new(carried!("words.fst"), carried!("words.lists"), 1 << 10),
            rebels: std::str::from_utf8(carried!("rebels.txt")).expect("written as UTF-8 by the build step"),
            regimes: std::str::from_utf8(carried!("regimes.tsv")).expect("written as UTF-8 by the build step"),
        }
    }
}

fn lines(bytes: &'static [u8]) -> impl Iterator<Item = &'static str> {
    std::str::from_utf8(bytes).expect("written as UTF-8 by the build step").split('\n')
}
