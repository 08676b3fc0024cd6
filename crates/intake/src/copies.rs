//! Reports that republish another, wholly or nearly.
//!
//! Who copies whom is told by one rule. It looks at content and at the order of reports ([`rank`]: by day, undated last, the longer text
//! first, then by id) and at nothing else, so that [`Copies`] on one machine and a data flow over many come to the same:
//!
//! 1. *Bands* are sampled shingles ([`Bands`]). The first [`HELD`] reports that have a band hold it, copies among them too.
//! 2. A report *meets* those before it that hold a band of its own. Whom it meets in a fifth ([`MET`]) of the bands that the other
//!    holds, or of those that it has itself, whichever are fewer, it is *compared* with in full ([`Compared`]).
//! 3. It copies the original that has just its text; else, of the originals that it was compared with and found to copy, the one that it
//!    shares most shingles with, the first among equals. Whoever copies another is no original.
//!
//! Steps 1 and 2 ask nothing that step 3 decides: they can be done for all reports at once, and [`decide`] does the third for reports that
//! hang together.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use record::{Id, Report};

use crate::likeness::Sketch;

/// One shingle in so many is a band. Of a short text all are: those that are its own are few.
const SAMPLE: u32 = 4;
/// So many reports hold a band, the first that have it; of those after them nobody is found by it. An original is always among the
/// holders of what nobody wrote before it, however often it is copied.
pub const HELD: usize = 16;
/// Reports are compared that meet in one band of so many.
pub const MET: usize = 5;

/// Where a report stands among others that it may copy or be copied by: by day of publication, undated last, then the longer text
/// first, then by id. Sorts as text; no two reports have the same.
pub fn rank(report: &Report) -> String {
    let day = report.published.as_ref().map_or_else(|| "undated".to_owned(), |published| published.date().to_string());
    format!("{day} {:010} {}", (u32::MAX as usize).saturating_sub(report.text.len()), report.id)
}

/// What a report is looked for by among others that it may copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bands {
    /// The whole text, case and punctuation left out: equal texts have the same.
    pub whole: u64,
    /// Bands that a text of any length has, sorted, each once. A text too short to be told by its shingles has no bands.
    pub coarse: Vec<u32>,
    /// Those that a short one has besides.
    pub fine: Vec<u32>,
}

impl Bands {
    /// The bands of a report.
    pub fn of(report: &Report) -> Bands {
        Bands::sketched(&Sketch::of(report))
    }

    fn sketched(sketch: &Sketch) -> Bands {
        let told = sketch.shingles.iter().filter(|_| sketch.is_told());
        let (coarse, mut fine): (Vec<u32>, Vec<u32>) = told.partition(|shingle| *shingle % SAMPLE == 0);
        fine.retain(|_| sketch.is_short());
        Bands { whole: sketch.whole, coarse, fine }
    }

    fn size(&self) -> Size {
        Size { coarse: self.coarse.len(), fine: self.fine.len() }
    }
}

/// How many bands.
#[derive(Clone, Copy, Debug)]
struct Size {
    coarse: usize,
    fine: usize,
}

impl Size {
    /// Whether reports that meet in so many bands are compared, of which one holds so many and the other has so many. They meet in fine
    /// bands only where both have some.
    fn is_met(self, other: Size, shared: usize) -> bool {
        let all = |size: Size| size.coarse + size.fine;
        let fewer = if self.fine == 0 || other.fine == 0 { self.coarse.min(other.coarse) } else { all(self).min(all(other)) };
        shared * MET >= fewer
    }
}

/// Two reports that met.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'r> {
    /// The one that comes after.
    pub new: &'r Report,
    /// The one before it.
    pub old: &'r Report,
}

impl Compared<'_> {
    /// How many shingles they share, if the one copies the other.
    pub fn shared(&self) -> Option<usize> {
        Sketch::of(self.new).copies(&Sketch::of(self.old))
    }
}

/// A report among others that hang together by being compared, or by having one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Sorts as [`rank`] does.
    pub place: u64,
    /// [`Bands::whole`].
    pub whole: u64,
    /// The places of those before it whom it was compared with and found to copy, and how many shingles they share.
    pub like: Vec<(u64, usize)>,
}

/// Which members copy which, by their places. Everyone that a member is like, and everyone before it with its text, must be a member too.
pub fn decide(members: &[Member]) -> BTreeMap<u64, u64> {
    let mut members: Vec<&Member> = members.iter().collect();
    members.sort_by_key(|member| member.place);
    let mut whole: HashMap<u64, u64> = HashMap::new();
    let mut copies = BTreeMap::new();
    for member in members {
        let like = member.like.iter().filter(|(place, _)| !copies.contains_key(place));
        match whole.get(&member.whole).copied().or_else(|| nearest(like.copied())) {
            Some(original) => drop(copies.insert(member.place, original)),
            None => drop(whole.insert(member.whole, member.place)),
        }
    }
    copies
}

/// Of originals with the number of shared shingles, the one that shares most; the first among equals.
fn nearest<P: Ord + Copy>(originals: impl Iterator<Item = (P, usize)>) -> Option<P> {
    originals.min_by_key(|&(place, shared)| (Reverse(shared), place)).map(|(place, _)| place)
}

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
    /// With the number of bands that each holds.
    originals: Vec<(Sketch, Size)>,
    /// Band → its holders. Only ever asked by key.
    index: HashMap<u32, Holders>,
    /// Chains of originals that hold a band: one of them, and the posting before.
    postings: Vec<(u32, u32)>,
    /// Hash of a whole text → the original with just that text.
    whole: HashMap<u64, u32>,
}

/// How many hold a band, and where the chain of the originals among them begins.
#[derive(Clone, Copy, Debug)]
struct Holders {
    count: u8,
    last: u32,
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

    /// Adds a report; the answer is the id of the earlier report that it copies. A report is not its own copy, but an original
    /// added twice (the same id) is answered with that id.
    pub fn add(&mut self, report: &Report) -> Option<Id> {
        let sketch = Sketch::of(report);
        let bands = Bands::sketched(&sketch);
        let original = self.original(&sketch, &bands);
        self.take(sketch, &bands, original.is_none());
        original.map(|number| self.originals[number as usize].0.id.clone())
    }

    /// Adds a report of which its `copy_of` says whether it is an original.
    pub fn add_known(&mut self, report: &Report) {
        let sketch = Sketch::of(report);
        let bands = Bands::sketched(&sketch);
        self.take(sketch, &bands, report.copy_of.is_none());
    }

    fn take(&mut self, sketch: Sketch, bands: &Bands, original: bool) {
        let number = self.originals.len() as u32;
        let held = Size { coarse: self.hold(&bands.coarse, number, original), fine: self.hold(&bands.fine, number, original) };
        if original {
            self.whole.entry(sketch.whole).or_insert(number);
            self.originals.push((sketch, held));
        }
    }

    /// How many of these bands the next report holds from now on. A copy takes a place, and is never looked at again.
    fn hold(&mut self, bands: &[u32], number: u32, original: bool) -> usize {
        let mut held = 0;
        for band in bands {
            let holders = self.index.entry(*band).or_insert(Holders { count: 0, last: u32::MAX });
            if usize::from(holders.count) < HELD {
                holders.count += 1;
                held += 1;
                if original {
                    self.postings.push((number, holders.last));
                    holders.last = self.postings.len() as u32 - 1;
                }
            }
        }
        held
    }

    fn original(&self, new: &Sketch, bands: &Bands) -> Option<u32> {
        if let Some(equal) = self.whole.get(&new.whole) {
            return Some(*equal);
        }
        let mut met: Vec<u32> = Vec::new();
        for holders in bands.coarse.iter().chain(&bands.fine).filter_map(|band| self.index.get(band)) {
            let mut at = holders.last;
            while let Some(&(original, before)) = self.postings.get(at as usize) {
                met.push(original);
                at = before;
            }
        }
        met.sort_unstable();
        nearest(met.chunk_by(|a, b| a == b).filter_map(|run| {
            let (old, held) = &self.originals[run[0] as usize];
            let shared = held.is_met(bands.size(), run.len()).then(|| new.copies(old))?;
            Some((run[0], shared?))
        }))
    }
}

/// Sets `copy_of` on every report of a batch that copies another of it and has none yet.
///
/// The order of the batch does not matter: they are taken in the order of their [`rank`]. What stands there twice is one report.
pub fn mark_copies(reports: &mut [Report]) {
    let mut order: Vec<usize> = (0..reports.len()).collect();
    order.sort_by_cached_key(|&at| rank(&reports[at]));
    let mut copies = Copies::new();
    let mut found: Vec<(usize, Id)> = Vec::new();
    for same in order.chunk_by(|&a, &b| reports[a].id == reports[b].id) {
        if let Some(&known) = same.iter().find(|&&at| reports[at].copy_of.is_some()) {
            copies.add_known(&reports[known]);
        } else if let Some(original) = copies.add(&reports[same[0]]) {
            found.extend(same.iter().map(|&at| (at, original.clone())));
        }
    }
    for (at, original) in found {
        reports[at].copy_of = Some(original);
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::*;
    use crate::fingerprint::hash;

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
        ranked.sort_by_key(|report| rank(report));
        assert!(ranked[0].copy_of.is_none() && ranked[1..].iter().all(|copy| copy.copy_of.as_ref() == Some(&ranked[0].id)));
        // A short copy has more bands than its original: those of any text are what they meet in.
        let coarse = |report: &Report| Bands::of(report).coarse;
        assert!(ranked.iter().all(|copy| coarse(copy).iter().filter(|band| coarse(ranked[0]).contains(band)).count() * 3 > coarse(copy).len()));
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

    #[test]
    fn an_original_is_found_however_many_copies_it_has() {
        let outlets = (0..3 * HELD).map(|n| format!("Paper {n}"));
        let mut reports: Vec<Report> = outlets.map(|outlet| report(&outlet, "2025-06-04", "en", "", &format!("{WIRE} ({outlet})"))).collect();
        reports.extend([wire(), trimmed()]);
        mark_copies(&mut reports);
        assert!(reports.iter().all(|report| report.copy_of == (report.id != wire().id).then(|| wire().id)));
    }

    #[test]
    fn a_report_given_twice_is_one() {
        let once = vec![wire(), trimmed()];
        let mut twice = [once.clone(), once.clone()].concat();
        mark_copies(&mut twice);
        let of: Vec<Option<Id>> = twice.into_iter().map(|report| report.copy_of).collect();
        assert_eq!(of, [None, Some(wire().id), None, Some(wire().id)]);
    }

    /// Reports that are hard to tell apart: standing phrases that many more share than hold a band, agency copy whole, cut and tagged,
    /// copies of copies, updates, equal texts, texts too short to tell, days missing.
    fn nasty() -> impl Strategy<Value = Vec<Report>> {
        let facts = (vec(0..PHRASES.len(), 1..9), 0..24usize, 0..24usize, 1..9usize);
        let when = proptest::option::weighted(0.8, 1..4usize);
        let one = (facts, proptest::option::weighted(0.5, any::<Index>()), 0..5usize, when, 0..4usize, 0..10usize);
        vec(one, 1..80).prop_map(|drawn| {
            let mut reports: Vec<Report> = Vec::new();
            for ((phrases, village, person, dead), source, change, day, outlet, language) in drawn {
                let mut text = String::new();
                for (n, phrase) in phrases.iter().enumerate() {
                    let place = format!("Village{}", if n == 0 { village } else { person });
                    text +=
                        &PHRASES[*phrase].replace("{place}", &place).replace("{person}", &format!("Awa P{person}")).replace("{n}", &dead.to_string());
                    text += " ";
                }
                if let Some(source) = source.filter(|_| !reports.is_empty()) {
                    let source = source.get(&reports).text.trim();
                    text = match change {
                        0 => source.to_owned(),
                        1 => format!("{source} (With Agence Nord)"),
                        2 => source.rsplit_once(". ").map_or(source, |(before, _)| before).to_owned(),
                        3 => format!("{source} {text}"),
                        _ => source.replace("killed", "slain").replace('3', "5"),
                    };
                }
                let day = day.map(|day| format!("2025-06-0{day}")).unwrap_or_default();
                reports.push(report(&format!("Outlet {outlet}"), &day, if language == 0 { "fr" } else { "en" }, "", text.trim()));
            }
            reports
        })
    }

    const PHRASES: [&str; 9] = [
        "Armed men on motorcycles attacked {place} on Monday and {n} people were killed, the army said in a statement.",
        "Nobody has claimed responsibility for the attack.",
        "The region has seen a rise in violence since the beginning of the year, and thousands have fled their homes.",
        "{person}, who lives in {place}, said by telephone that {n} houses had been burnt and that cattle had been taken.",
        "A spokesman of the army, {person}, put the dead at {n} and promised an inquiry into what had happened at {place}.",
        "Shops stayed shut and the road to {place} was closed until the evening.",
        "{n} dead.",
        "Residents of {place} told a correspondent that soldiers had come only on the next day, when {n} bodies had been buried.",
        "The governor called on everyone in {place} to stay calm and to let the ambulances through.",
    ];

    /// The rule as it is told above, a step at a time over all reports, and every pair looked at.
    fn by_definition(reports: &[Report]) -> (Vec<Member>, BTreeMap<u64, u64>) {
        let bands: Vec<Bands> = reports.iter().map(Bands::of).collect();
        let mut having: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, bands) in bands.iter().enumerate() {
            bands.coarse.iter().chain(&bands.fine).for_each(|band| having.entry(*band).or_default().push(at));
        }
        let holds = |at: usize, band: &u32| having[band].iter().take(HELD).any(|holder| *holder == at);
        let count = |of: &[u32], at: usize| of.iter().filter(|band| holds(at, band)).count();
        let held: Vec<Size> = (0..reports.len()).map(|at| Size { coarse: count(&bands[at].coarse, at), fine: count(&bands[at].fine, at) }).collect();
        let mut members: Vec<Member> = Vec::new();
        let mut copies: BTreeMap<u64, u64> = BTreeMap::new();
        for new in 0..reports.len() {
            let mut like = Vec::new();
            for old in 0..new {
                let met = bands[new].coarse.iter().chain(&bands[new].fine).filter(|band| holds(old, band)).count();
                if met > 0 && held[old].is_met(bands[new].size(), met) {
                    like.extend(Compared { new: &reports[new], old: &reports[old] }.shared().map(|shared| (old as u64, shared)));
                }
            }
            let mut originals: Vec<(u64, usize)> = like.iter().filter(|(old, _)| !copies.contains_key(old)).copied().collect();
            originals.sort_by_key(|&(old, shared)| (usize::MAX - shared, old));
            let same = (0..new).find(|old| bands[*old].whole == bands[new].whole && !copies.contains_key(&(*old as u64)));
            copies.extend(same.map(|old| old as u64).or_else(|| Some(originals.first()?.0)).map(|original| (new as u64, original)));
            members.push(Member { place: new as u64, whole: bands[new].whole, like });
        }
        (members, copies)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn copies_are_what_the_rule_says(mut reports in nasty(), seed in any::<u64>()) {
            reports.sort_by_cached_key(rank);
            reports.dedup_by_key(|report| report.id.clone());
            let (members, copies) = by_definition(&reports);
            prop_assert_eq!(decide(&members), copies.clone());
            let expected: BTreeMap<Id, Option<Id>> =
                (0..).zip(&reports).map(|(place, report)| (report.id.clone(), copies.get(&place).map(|of| reports[*of as usize].id.clone()))).collect();
            // In any order, and some of it twice.
            let mut batch = [&reports[..], &reports[..reports.len() / 3]].concat();
            batch.sort_by_cached_key(|report| hash(format!("{seed}{}", report.id).chars()));
            mark_copies(&mut batch);
            for report in batch {
                prop_assert_eq!(Some(&report.copy_of), expected.get(&report.id));
            }
        }

        #[test]
        fn what_is_known_is_as_good_as_what_was_found(mut reports in nasty(), known in any::<Index>()) {
            reports.dedup_by_key(|report| report.id.clone());
            let known = known.index(reports.len());
            let (mut found, mut told) = (Copies::new(), Copies::new());
            for report in &reports[..known] {
                told.add_known(&Report { copy_of: found.add(report), ..report.clone() });
            }
            for report in &reports[known..] {
                prop_assert_eq!(told.add(report), found.add(report));
            }
        }
    }
}
