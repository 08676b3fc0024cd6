//! Which predicted claim stands for which gold claim.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use regex::Regex;

use super::case::{Claim, Name, Text};

/// Kinds that coders tell apart differently; either counts as the other.
const SAME: [(&str, &str); 6] = [
    ("attack", "clash"),
    ("attack", "explosion"),
    ("responsibility", "attack"),
    ("attack", "airstrike"),
    ("attack", "shelling"),
    ("seizure", "attack"),
];

/// Kinds of source that a shared name makes alike.
const LOOSE: [&str; 7] = ["unnamed", "unnamed-official", "military", "government", "local-official", "witness", "resident"];

const STOP: &[&str] = &["the", "a", "an", "of", "in", "and", "for", "to", "by", "from", "on", "at", "de", "la", "le", "les", "du", "des", "et", "l"];

/// Least overlap, 0 to 1, at which two quotes are the same words.
const SAME_WORDS: f64 = 0.3;

/// The words of a name, lower case, without small words: runs of letters, numbers and `_`, parted by combining marks.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("a fixed pattern"));
    let lower = text.to_lowercase();
    WORD.find_iter(&lower).map(|word| word.as_str()).filter(|word| !STOP.contains(word)).map(str::to_owned).collect()
}

pub(crate) fn share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    a.intersection(b).next().is_some()
}

fn name_words(name: Option<&Name>) -> BTreeSet<String> {
    name.map(|name| words(name.name())).unwrap_or_default()
}

/// Where a quote stands in title, newline, text, in characters; `None` when the words are not there.
fn span(claim: &Claim, report: &Text) -> Option<(usize, usize)> {
    let title = report.title.as_deref().unwrap_or_default();
    let quote = claim.quote.as_deref().filter(|quote| !quote.is_empty())?;
    let (base, body) = match claim.field.as_deref() {
        Some("title") => (0, title),
        _ => (title.chars().count() + 1, report.text.as_deref().unwrap_or_default()),
    };
    // An occurrence past the last one starts again at the first.
    let mut found: Option<usize> = None;
    for _ in 0..=claim.occurrence.unwrap_or(0) {
        let from = found.map_or(0, |at| at + body[at..].chars().next().map_or(1, char::len_utf8));
        found = body[from..].find(quote).map(|at| from + at);
    }
    let start = base + body[..found?].chars().count();
    Some((start, start + quote.chars().count()))
}

fn overlap(a: (usize, usize), b: (usize, usize)) -> f64 {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    if last <= first {
        return 0.0;
    }
    let shared = last - first;
    let union = a.1.max(b.1) - a.0.min(b.0);
    let (a, b) = (a.1 - a.0, b.1 - b.0);
    let (small, large) = (a.min(b), a.max(b));
    let inside = shared == small && small as f64 >= large as f64 / 3.0;
    (shared as f64 / union as f64).max(if inside { SAME_WORDS } else { 0.0 })
}

/// One-to-one pairs (gold, predicted) as places in the two lists, best overlap first, then by id.
pub(crate) fn pairs(gold: &[&Claim], predicted: &[&Claim], reports: &BTreeMap<&str, &Text>) -> Vec<(usize, usize)> {
    let mut options = Vec::new();
    for (g, a) in gold.iter().enumerate() {
        let Some(report) = a.report.as_deref().and_then(|id| reports.get(id)) else { continue };
        for (p, b) in predicted.iter().enumerate().filter(|(_, b)| a.report == b.report) {
            let same = a.kind == b.kind;
            if !same && !alike(a.kind.as_deref(), b.kind.as_deref()) {
                continue;
            }
            let score = span(a, report).zip(span(b, report)).map_or(0.0, |(a, b)| overlap(a, b));
            if score >= SAME_WORDS {
                options.push((same, score, g, p));
            }
        }
    }
    options.sort_by(|x, y| {
        (y.0.cmp(&x.0))
            .then(y.1.total_cmp(&x.1))
            .then_with(|| gold[x.2].id.cmp(&gold[y.2].id))
            .then_with(|| predicted[x.3].id.cmp(&predicted[y.3].id))
    });
    let (mut taken_gold, mut taken) = (vec![false; gold.len()], vec![false; predicted.len()]);
    let mut found = Vec::new();
    for (_, _, g, p) in options {
        if !taken_gold[g] && !taken[p] {
            (taken_gold[g], taken[p]) = (true, true);
            found.push((g, p));
        }
    }
    found
}

fn alike(a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    SAME.iter().any(|&(x, y)| (a, b) == (x, y) || (a, b) == (y, x))
}

/// Whether the innermost source is the same: a like kind, and names that share a word; or both the report's voice.
pub(crate) fn same_source(gold: &Claim, predicted: &Claim) -> bool {
    let innermost = |claim: &Claim| claim.source.last().cloned().unwrap_or_default();
    let (gold, predicted) = (innermost(gold), innermost(predicted));
    let (Some(gold_kind), Some(kind)) = (&gold.kind, &predicted.kind) else { return gold.kind == predicted.kind };
    let gold_name = words(gold.name.as_deref().unwrap_or_default());
    let shared = share(&gold_name, &words(predicted.name.as_deref().unwrap_or_default()));
    let loose = LOOSE.contains(&gold_kind.as_str()) && LOOSE.contains(&kind.as_str());
    (gold_kind == kind || loose && shared) && (shared || gold_name.is_empty())
}

/// Whether low and high are equal.
pub(crate) fn same_count(gold: &Claim, predicted: &Claim) -> bool {
    gold.count.clone().unwrap_or_default() == predicted.count.clone().unwrap_or_default()
}

/// Whether the places share a word, as printed or by name; no gold place, no fault.
pub(crate) fn same_place(gold: &Claim, predicted: &Claim) -> bool {
    let all = |place: &Name| &words(place.name()) | &words(place.text());
    match (&gold.place, &predicted.place) {
        (None, _) => true,
        (Some(a), Some(b)) => share(&all(a), &all(b)),
        (Some(_), None) => false,
    }
}

/// Whether two parties share a word of their usual names.
pub(crate) fn same_party(gold: Option<&Name>, predicted: Option<&Name>) -> bool {
    share(&name_words(gold), &name_words(predicted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_part_at_marks_and_punctuation_as_in_python() {
        let of = |text| words(text).into_iter().collect::<Vec<_>>();
        assert_eq!(of("L'Armée de la Côte_d’Ivoire"), ["armée", "côte_d", "ivoire"]);
        // A vowel sign is no letter there, so it parts the word.
        assert_eq!(of("हिंदी"), ["द", "ह"]);
        assert_eq!(of("½ x² 第3"), ["x²", "½", "第3"]);
    }

    #[test]
    fn an_occurrence_that_does_not_stand_wraps_around() {
        let report = Text { id: "r1".into(), title: Some("é".into()), text: Some("à x b x".into()) };
        let at = |n| span(&Claim { quote: Some("x".into()), occurrence: Some(n), ..Claim::default() }, &report);
        assert_eq!([at(0), at(1), at(2), at(3)], [Some((4, 5)), Some((8, 9)), None, Some((4, 5))]);
    }

    #[test]
    fn a_short_quote_inside_a_long_one_counts_from_a_third_on() {
        assert_eq!(overlap((0, 30), (10, 20)), 1.0f64 / 3.0);
        assert_eq!(overlap((0, 30), (10, 19)), 0.3);
        assert_eq!(overlap((0, 28), (0, 9)), 9.0 / 28.0);
        assert_eq!(overlap((0, 5), (5, 9)), 0.0);
    }
}
