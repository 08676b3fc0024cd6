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
/// One shingle in so many is looked up; the rest only confirm. Of a text with fewer than [`SHORT`] all are: those that are its own are few.
const SAMPLE: u32 = 4;
/// A shingle that this many originals share tells nothing and is looked up no further.
const COMMON: u8 = 128;
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
    /// Sampled shingle → the last of the originals that have it. Only ever asked by key.
    index: HashMap<u32, Holders>,
    /// Chains of originals that share a shingle: one of them, and the posting before.
    postings: Vec<(u32, u32)>,
    /// Hash of the whole text → the original with just that text, for texts too short to compare.
    whole: HashMap<u64, u32>,
}

/// Where the chain of a shingle's holders begins, and how many it has.
#[derive(Clone, Copy, Debug)]
struct Holders {
    last: u32,
    count: u8,
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
        let text = without_tag(&report.text);
        let mut names: Vec<u64> = [report.title.as_str(), text].into_iter().flat_map(words).filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        Sketch {
            id: report.id.clone(),
            language: report.language.clone(),
            outlet: report.outlet.to_lowercase(),
            published: report.published.as_ref().map(record::Published::date),
            shingles: shingles(text),
            names,
        }
    }

    fn sampled(&self) -> impl Iterator<Item = u32> {
        let all = self.shingles.len() < SHORT;
        self.shingles.iter().copied().filter(move |shingle| all || shingle % SAMPLE == 0)
    }
}

/// The hash of a word that begins with a capital or a digit; numbers are odd, names even.
fn name(word: &str) -> Option<u64> {
    let first = word.chars().next()?;
    let hash = || hash(word.chars().flat_map(char::to_lowercase));
    if first.is_numeric() { Some(hash() | 1) } else { first.is_uppercase().then(|| hash() & !1) }
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
        let whole = whole(&report.text);
        if let Some(original) = self.find(&sketch, whole) {
            return Some(self.originals[original as usize].id.clone());
        }
        let number = self.originals.len() as u32;
        for shingle in sketch.sampled() {
            let posting = self.postings.len() as u32;
            let holders = self.index.entry(shingle).or_insert(Holders { last: u32::MAX, count: 0 });
            if holders.count < COMMON {
                self.postings.push((number, holders.last));
                *holders = Holders { last: posting, count: holders.count + 1 };
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
        let holders = new.sampled().filter_map(|shingle| self.index.get(&shingle)).filter(|holders| holders.count < COMMON);
        let mut hits: Vec<u32> = Vec::new();
        for holders in holders {
            let mut at = holders.last;
            while let Some(&(original, before)) = self.postings.get(at as usize) {
                hits.push(original);
                at = before;
            }
        }
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
    let shared = common(&new.shingles, &old.shingles);
    let earlier = matches!((new.published, old.published), (Some(new), Some(old)) if new <= old);
    if !(comes_from(new, old, shared) || (earlier && comes_from(old, new, shared))) {
        return false;
    }
    // An outlet that repeats itself with a number that was not there before reports something new.
    let own = !new.outlet.is_empty() && new.outlet == old.outlet;
    !(own && new.names.iter().any(|name| name & 1 == 1 && old.names.binary_search(name).is_err()))
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

/// What a report is looked for by among others that it may copy, where they are too many for one machine: reports that
/// [`Copies`] would compare share a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bands {
    /// The whole text, case and punctuation left out: equal texts have the same.
    pub whole: u64,
    /// The sampled shingles, sorted, each once; none of a text too short to be told by them.
    pub shared: Vec<u32>,
    /// Sorts as [`mark_copies`] takes originals: by day, undated last, then the longer text first, then by id.
    pub rank: String,
}

impl Bands {
    /// The bands of a report.
    pub fn of(report: &Report) -> Bands {
        let sketch = Sketch::of(report);
        let shared = if sketch.shingles.len() < FEWEST { Vec::new() } else { sketch.sampled().collect() };
        let day = sketch.published.map_or_else(|| "undated".to_owned(), |day| day.to_string());
        Bands { whole: whole(&report.text), shared, rank: format!("{day} {:010} {}", u32::MAX as usize - report.text.len(), report.id) }
    }
}

/// Hash of a whole text.
fn whole(text: &str) -> u64 {
    hash(words(text).flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' '])))
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

#[cfg(test)]
mod tests {
    use super::*;

    const WIRE: &str = "MOPTI, Mali (Agence Nord) - Gunmen on motorcycles killed at least five people in a village near Konna, in \
        central Mali, on Monday evening, three residents and a local official said.\n\nThe attackers fired into the air, burnt \
        granaries and left with about 40 head of cattle, said a farmer who hid in a dry well. \"We counted five bodies this \
        morning, and two children are missing,\" he added.\n\nThe army said in a statement that it had \"neutralised\" eight of \
        the attackers. Residents said that they had seen no soldiers before Tuesday.\n\nNobody has claimed the attack. In March, \
        11 people were killed in two villages of the same district.";

    fn report(outlet: &str, published: &str, language: &str, title: &str, text: &str) -> Report {
        let mut report = Report::new("newspaper", language, title, text);
        report.outlet = outlet.to_owned();
        report.published = published.parse().ok();
        report.identify();
        report
    }

    fn wire() -> Report {
        report("Agence Nord", "2025-06-03", "en", "Five killed near Konna", WIRE)
    }

    fn trimmed() -> Report {
        let text = "Gunmen on motorcycles killed at least five people in a village near Konna, in central Mali, on Monday evening, three \
            residents and a local official said.\n\nThe attackers burnt granaries and left with about 40 head of cattle, said a farmer. \
            The army said in a statement that it had \"neutralised\" eight of the attackers. - Agence Nord";
        report("The Lantern", "2025-06-04", "en", "Mali: five die in village raid", text)
    }

    #[test]
    fn a_short_note_in_standing_phrases_is_found_by_its_names() {
        let name = |n: usize| {
            ["La", "Do", "Me", "Ku", "Ri", "Sa", "To"][n % 7].to_owned()
                + ["ra", "gu", "no", "bi", "we"][n / 7 % 5]
                + ["", "na", "lo", "ke", "mi", "tu", "so", "pa", "du"][n / 35]
        };
        let note = |n: usize| {
            format!(
                "A lorry drove over a mine between {} and {} in Pakistan on Sunday, and {} people died.",
                name(n),
                name((n * 11 + 5) % 315),
                n + 2
            )
        };
        let notes: Vec<Report> = (0..315).map(|n| report("Agence Nord", "2025-06-03", "en", "", &note(n))).collect();
        let mut copies = Copies::new();
        assert!(notes.iter().all(|note| copies.add(note).is_none()));
        for (n, first) in notes.iter().enumerate() {
            let again = report("The Lantern", "2025-06-04", "en", "", &format!("{} (With Agence Nord)", note(n).replace("people", "travellers")));
            assert_eq!(copies.add(&again).as_ref(), Some(&first.id), "{}", again.text);
        }
    }

    #[test]
    fn what_is_a_copy() {
        let cases = [
            ("the same with blanks moved", WIRE.replace("\n\n", "\n"), true),
            ("one paragraph less and a tag", format!("{} (With agency)", &WIRE[..WIRE.rfind("\n\n").unwrap()]), true),
            ("trimmed", trimmed().text, true),
            (
                "an own story of the same event",
                "Suspected jihadists have killed five villagers close to Konna, the district's deputy mayor told The Lantern by telephone. \
                 They came on Monday around sunset, on some twenty motorcycles, and stayed for an hour. Two children have not been found. \
                 The general staff claims that eight of the raiders died; nobody in the village saw it."
                    .to_owned(),
                false,
            ),
            (
                "a note in the same phrases about another event",
                WIRE.replace("Konna", "Tesso")
                    .replace("Mopti", "Kaya")
                    .replace("Mali", "Burkina Faso")
                    .replace("five", "nine")
                    .replace("40", "200")
                    .replace("MOPTI", "KAYA")
                    .replace("Monday", "Friday")
                    .replace("Tuesday", "Sunday")
                    .replace("March", "May")
                    .replace("11", "16"),
                false,
            ),
        ];
        for (name, text, expected) in cases {
            let mut copies = Copies::new();
            copies.add(&wire());
            let found = copies.add(&report("The Lantern", "2025-06-04", "en", "Raid in Mali", &text));
            assert_eq!(found.is_some(), expected, "{name}");
        }
    }

    #[test]
    fn an_update_with_new_figures_is_none() {
        let mut copies = Copies::new();
        copies.add(&wire());
        let later = WIRE.replace("at least five", "at least 12");
        assert_eq!(copies.add(&report("Agence Nord", "2025-06-04", "en", "Twelve killed near Konna", &later)), None);
        assert!(copies.add(&report("The Lantern", "2025-06-04", "en", "Twelve dead", &later)).is_some());
    }

    #[test]
    fn short_texts_are_copies_only_when_equal() {
        let note = "Two soldiers were killed and three others hurt when a bomb hidden beside the road went off under their truck \
            north of Tesso while they were on the way to the market that is held there every week.";
        let mut copies = Copies::new();
        copies.add(&report("a", "2025-06-03", "en", "", note));
        assert_eq!(copies.add(&report("b", "2025-06-03", "en", "", &note.replace("Tesso", "Lamba"))), None);
        assert!(copies.add(&report("b", "2025-06-03", "en", "", &format!("{note} (Agence Nord)"))).is_some());

        let mut copies = Copies::new();
        let short = report("a", "2025-06-03", "en", "", "Five people were killed near Konna.");
        copies.add(&short);
        assert_eq!(copies.add(&report("b", "2025-06-03", "en", "", "Five people were killed near Konna")), Some(short.id));
        assert_eq!(copies.add(&report("b", "2025-06-03", "en", "", "Six people were killed near Konna")), None);
    }

    #[test]
    fn a_batch_is_marked_whatever_its_order() {
        let third = report("Radio Oum", "2025-06-05", "en", "Raid", WIRE);
        let mut forward = vec![wire(), trimmed(), third];
        let mut backward: Vec<Report> = forward.iter().rev().cloned().collect();
        mark_copies(&mut forward);
        mark_copies(&mut backward);
        assert!(forward.iter().eq(backward.iter().rev()));
        let mut ranked: Vec<&Report> = forward.iter().collect();
        ranked.sort_by_key(|report| Bands::of(report).rank);
        assert!(ranked[0].copy_of.is_none() && ranked[1..].iter().all(|copy| copy.copy_of.as_ref() == Some(&ranked[0].id)));
        // A short copy has more of them than its original: those that are sampled of any text.
        let bands = |report: &Report| Bands::of(report).shared.into_iter().filter(|band| band % SAMPLE == 0).collect::<Vec<_>>();
        assert!(ranked.iter().all(|copy| bands(copy).iter().filter(|band| bands(ranked[0]).contains(band)).count() * 3 > bands(copy).len()));
        let original = Some(wire().id);
        assert_eq!(forward.iter().map(|r| r.copy_of.clone()).collect::<Vec<_>>(), [None, original.clone(), original]);
    }

    #[test]
    fn a_late_original_is_known_by_its_day() {
        let mut copies = Copies::new();
        copies.add(&trimmed());
        assert_eq!(copies.add(&wire()), Some(trimmed().id));
        // Published later, it is a longer story that quotes the short one.
        let mut copies = Copies::new();
        copies.add(&trimmed());
        let mut late = wire();
        late.published = "2025-06-09".parse().ok();
        assert_eq!(copies.add(&late), None);
    }
}
