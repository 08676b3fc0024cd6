//! Reports that republish another, wholly or nearly.

use std::collections::HashMap;

use record::{Id, Report};

use crate::fingerprint::{hash, shingles, words};

/// Share of the copy's shingles that stand in the original. The copies of the training cases have 0.56 or more, all
/// other pairs below 0.11; notes written to one pattern reach 0.54.
const SHARED: f32 = 0.45;
/// Share of the copy's names and numbers that stand in the original. Training copies have 0.78 or more, since a copy
/// adds little but an agency's name; notes written to one pattern about different events stay below 0.67.
const SAME_NAMES: f32 = 0.7;
/// Fewest shingles that two texts can be compared by; shorter texts are copies only when they are equal.
const FEWEST: usize = 12;
/// One shingle in so many is looked up; the rest only confirm.
const SAMPLE: u32 = 4;
/// A shingle that this many originals share tells nothing and is looked up no further.
const COMMON: usize = 128;
/// How many candidates are compared in full.
const COMPARED: usize = 8;

/// Finds copies among reports that are added one by one.
///
/// A copy shares most of its wording *and* its names and numbers with one earlier report, whatever happened to headline,
/// paragraphs and agency tag. A translation, another outlet's own story about the same event, a note in the
/// same standing phrases about another event, and an outlet's update of its own story with new figures are none.
///
/// The time for one report does not grow with the number of reports added, and the answers depend on nothing but what was
/// added in which order. Add originals before their copies: [`mark_copies`] does so for a whole batch.
///
/// ```
/// use intake::Copies;
/// use record::Report;
/// let text = "Gunmen killed at least five people in a village near Konna on Monday, residents and an official said.";
/// let original = Report::new("wire", "en", "Five killed near Konna", text);
/// let copy = Report::new("newspaper", "en", "Konna: five dead", &format!("{text} (With agency)"));
/// let mut copies = Copies::new();
/// assert_eq!(copies.add(&original), None);
/// assert_eq!(copies.add(&copy), Some(original.id));
/// ```
#[derive(Debug, Default)]
pub struct Copies {
    originals: Vec<Sketch>,
    /// Sampled shingle → originals that have it, in the order they were added. Only ever asked by key.
    index: HashMap<u32, Vec<u32>>,
    /// Hash of the whole text → the original with just that text, for texts too short to compare.
    whole: HashMap<u64, u32>,
}

/// What is kept of an original.
#[derive(Debug)]
struct Sketch {
    id: Id,
    language: String,
    outlet: String,
    published: Option<jiff::civil::Date>,
    /// Sorted.
    shingles: Vec<u32>,
    /// Hashes of names and numbers, sorted; numbers are marked by their lowest bit.
    names: Vec<u64>,
}

impl Sketch {
    fn of(report: &Report) -> Sketch {
        let mut names: Vec<u64> = [report.title.as_str(), report.text.as_str()].into_iter().flat_map(words).filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        Sketch {
            id: report.id.clone(),
            language: report.language.clone(),
            outlet: report.outlet.to_lowercase(),
            published: report.published.as_ref().map(record::Published::date),
            shingles: shingles(&report.text),
            names,
        }
    }

    fn sampled(&self) -> impl Iterator<Item = u32> {
        self.shingles.iter().copied().filter(|shingle| shingle % SAMPLE == 0)
    }
}

/// The hash of a word that begins with a capital or a digit; numbers are odd, names even.
fn name(word: &str) -> Option<u64> {
    let first = word.chars().next()?;
    let hash = || hash(word.chars().flat_map(char::to_lowercase));
    if first.is_numeric() {
        Some(hash() | 1)
    } else {
        first.is_uppercase().then(|| hash() & !1)
    }
}

impl Copies {
    /// Nothing added yet.
    pub fn new() -> Copies {
        Copies::default()
    }

    /// How many originals were added.
    pub fn originals(&self) -> usize {
        self.originals.len()
    }

    /// Adds a report; the answer is the id of the earlier report that it copies. A report is not its own copy, but one
    /// added twice (the same id) is answered with that id.
    pub fn add(&mut self, report: &Report) -> Option<Id> {
        let sketch = Sketch::of(report);
        let whole = hash(words(&report.text).flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' '])));
        if let Some(original) = self.find(&sketch, whole) {
            return Some(self.originals[original as usize].id.clone());
        }
        let number = self.originals.len() as u32;
        for shingle in sketch.sampled() {
            let holders = self.index.entry(shingle).or_default();
            if holders.len() < COMMON {
                holders.push(number);
            }
        }
        self.whole.entry(whole).or_insert(number);
        self.originals.push(sketch);
        None
    }

    fn find(&self, new: &Sketch, whole: u64) -> Option<u32> {
        if let Some(equal) = self.whole.get(&whole) {
            return Some(*equal);
        }
        if new.shingles.len() < FEWEST {
            return None;
        }
        let holders = new.sampled().filter_map(|shingle| self.index.get(&shingle)).filter(|holders| holders.len() < COMMON);
        let mut hits: Vec<u32> = holders.flatten().copied().collect();
        hits.sort_unstable();
        let mut candidates: Vec<(usize, u32)> = Vec::new();
        for run in hits.chunk_by(|a, b| a == b) {
            candidates.push((run.len(), run[0]));
        }
        // Most shared first; among equals the one added first.
        candidates.sort_by_key(|&(shared, number)| (std::cmp::Reverse(shared), number));
        let compared = candidates.into_iter().take(COMPARED).map(|(_, number)| number);
        compared.filter(|&number| is_copy(new, &self.originals[number as usize])).min_by_key(|&number| {
            let original = &self.originals[number as usize];
            (std::cmp::Reverse(common(&new.shingles, &original.shingles)), number)
        })
    }
}

/// Whether `new` copies `old`, or, when it was published before, the other way round.
fn is_copy(new: &Sketch, old: &Sketch) -> bool {
    if new.language != old.language || old.shingles.len() < FEWEST {
        return false;
    }
    let shared = common(&new.shingles, &old.shingles) as f32;
    let earlier = matches!((new.published, old.published), (Some(new), Some(old)) if new <= old);
    let (copy, original) = if shared >= SHARED * new.shingles.len() as f32 {
        (new, old)
    } else if earlier && shared >= SHARED * old.shingles.len() as f32 {
        (old, new)
    } else {
        return false;
    };
    let known = common(&copy.names, &original.names) as f32;
    if known < SAME_NAMES * copy.names.len() as f32 {
        return false;
    }
    // An outlet that repeats itself with a number that was not there before reports something new.
    let own = !new.outlet.is_empty() && new.outlet == old.outlet;
    !(own && new.names.iter().any(|name| name & 1 == 1 && old.names.binary_search(name).is_err()))
}

/// How many values two sorted lists share.
fn common<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    shared
}

/// Sets `copy_of` on every report of a batch that copies another of it and has none yet.
///
/// The order of the batch does not matter: originals are taken by day of publication (undated last), then the longer text
/// first, then by id.
pub fn mark_copies(reports: &mut [Report]) {
    let mut order: Vec<usize> = (0..reports.len()).collect();
    order.sort_by_cached_key(|&i| {
        let report = &reports[i];
        let day = report.published.as_ref().map(record::Published::date);
        (day.is_none(), day, std::cmp::Reverse(report.text.len()), report.id.clone())
    });
    let mut copies = Copies::new();
    for i in order {
        let found = if reports[i].copy_of.is_none() { copies.add(&reports[i]) } else { None };
        if found.as_deref() != Some(reports[i].id.as_str()) && found.is_some() {
            reports[i].copy_of = found;
        }
    }
}
