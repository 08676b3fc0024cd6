//! Whether one report has the words of another.

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
/// Fewest names and numbers that [`SAME_NAMES`] is asked of. A text with fewer (or in a script without capitals) may have
/// one that is new, a short one none, and must share more of its wording.
const FEWEST_NAMES: usize = 5;
/// What such a text must share of its shingles, when it has at least [`SHORT`] of them.
const SHARED_UNNAMED: f32 = 0.6;
/// What a short one of these must share: one changed word in a note of two lines makes another event of it.
const SHARED_SHORT: f32 = 0.9;
/// Most words of an agency tag at the end of a text.
const LONGEST_TAG: usize = 4;
/// Shingles below which a text is short.
const SHORT: usize = 60;

/// What of a report tells whose words it has.
#[derive(Debug)]
pub(crate) struct Sketch {
    pub(crate) id: Id,
    language: String,
    outlet: String,
    published: Option<jiff::civil::Date>,
    /// Hash of the whole text, case and punctuation left out.
    pub(crate) whole: u64,
    /// Sorted, each once.
    pub(crate) shingles: Vec<u32>,
    /// Hashes of names and numbers, sorted; numbers are marked by their lowest bit.
    names: Vec<u64>,
}

impl Sketch {
    pub(crate) fn of(report: &Report) -> Sketch {
        let text = without_tag(&report.text);
        let mut names: Vec<u64> = [report.title.as_str(), text].into_iter().flat_map(words).filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        Sketch {
            id: report.id.clone(),
            language: report.language.clone(),
            outlet: report.outlet.to_lowercase(),
            published: report.published.as_ref().map(record::Published::date),
            whole: whole(&report.text),
            shingles: shingles(text),
            names,
        }
    }

    /// Whether it can be told by its shingles: of a shorter text only an equal one is a copy.
    pub(crate) fn is_told(&self) -> bool {
        self.shingles.len() >= FEWEST
    }

    /// Whether it has few shingles, of which few are its own.
    pub(crate) fn is_short(&self) -> bool {
        self.shingles.len() < SHORT
    }

    /// How many shingles it shares with a report before it, if it copies that one, or, where both are of one day or it is of an
    /// earlier one, that one it.
    pub(crate) fn copies(&self, old: &Sketch) -> Option<usize> {
        if self.language != old.language || !self.is_told() || !old.is_told() {
            return None;
        }
        let shared = common(&self.shingles, &old.shingles);
        let earlier = matches!((self.published, old.published), (Some(new), Some(old)) if new <= old);
        if !(comes_from(self, old, shared) || (earlier && comes_from(old, self, shared))) {
            return None;
        }
        // An outlet that repeats itself with a number that was not there before reports something new.
        let own = !self.outlet.is_empty() && self.outlet == old.outlet;
        let updates = own && self.names.iter().any(|name| name & 1 == 1 && old.names.binary_search(name).is_err());
        (!updates).then_some(shared)
    }
}

/// The hash of a word that begins with a capital or a digit; numbers are odd, names even.
fn name(word: &str) -> Option<u64> {
    let first = word.chars().next()?;
    let hash = || hash(word.chars().flat_map(char::to_lowercase));
    if first.is_numeric() { Some(hash() | 1) } else { first.is_uppercase().then(|| hash() & !1) }
}

/// Whether a text's wording, names and numbers are another's.
fn comes_from(copy: &Sketch, original: &Sketch, shared: usize) -> bool {
    let share = shared as f32 / copy.shingles.len() as f32;
    let known = common(&copy.names, &original.names);
    if copy.names.len() >= FEWEST_NAMES {
        return share >= SHARED && known as f32 >= SAME_NAMES * copy.names.len() as f32;
    }
    let (least, new) = if copy.shingles.len() < SHORT { (SHARED_SHORT, 0) } else { (SHARED_UNNAMED, 1) };
    share >= least && known + new >= copy.names.len()
}

/// The text without the agency that it names at its end, as in `(With agencies)` or `… - Agence Nord`.
fn without_tag(text: &str) -> &str {
    let text = text.trim_end();
    let cut = match text.strip_suffix(')') {
        Some(open) => open.rfind('('),
        None => [" - ", " – ", " — "].iter().filter_map(|dash| text.rfind(dash)).max(),
    };
    match cut {
        Some(at) if at > 0 && words(&text[at..]).count() <= LONGEST_TAG => &text[..at],
        _ => text,
    }
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

/// Hash of a whole text.
fn whole(text: &str) -> u64 {
    hash(words(text).flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' '])))
}
