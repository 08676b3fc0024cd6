//! Descriptions of places taken apart: "the town of Tessit", "région de Gao", "northern Mali" to the name inside.

use record::PlacePrecision::{self, Admin1, Admin2, Area, Exact, Near};

use crate::Want;
use crate::describe::{class, is_opening, is_side};
use crate::fold::plain;

/// One way of reading a description of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The name inside.
    pub core: String,
    /// Names of what contains it, nearest first: "Tessit, Gao region, Mali" gives two.
    pub within: Vec<String>,
    /// What sort of place the description asks for.
    pub want: Want,
    /// How near the words put it, when that differs from what the place itself would give.
    pub precision: Option<PlacePrecision>,
}

const OF: &[&str] = &["of", "de", "du", "des", "d", "del", "de la", "de l", "du le"];
const ARTICLES: &[&str] = &["the", "le", "la", "les", "l", "los", "las", "a", "an", "un", "une"];

/// The readings of a description, the words as they are first, then what is left when class words, directions and
/// nearness are peeled off one by one; never empty for a name with a letter in it.
pub fn reduce(name: &str) -> Vec<Reading> {
    let name = name.trim().trim_matches(|c: char| matches!(c, '"' | '“' | '”' | '«' | '»' | '.' | ',' | ';'));
    let mut parts = name.split([',', '(', ')']).map(str::trim).filter(|p| !p.is_empty());
    let Some(first) = parts.next() else { return Vec::new() };
    let mut within: Vec<String> = parts.map(str::to_owned).collect();
    let mut words = split(first);
    if let Some(at) = outer(&words) {
        within.insert(0, words[at + 1..].iter().map(|w| w.0).collect::<Vec<_>>().join(" "));
        words.truncate(at);
    }
    let mut readings = Vec::new();
    let mut state = Peeled { from: 0, to: words.len(), want: Want::Any, precision: None, side: false };
    loop {
        let core = words[state.from..state.to].iter().map(|w| w.0).collect::<Vec<_>>().join(" ");
        if !plain(&core).is_empty() && !(state.from..state.to).all(|n| is_hollow(&words[n].1)) {
            readings.push(Reading { core, within: within.clone(), want: state.want, precision: state.precision });
        }
        match peel(&words, &state) {
            Some(next) => state = next,
            None => break,
        }
    }
    // A road or border "between A and B", "A-B", "A and B": the first of the two.
    if let Some((a, b)) = pair(first) {
        for part in [a, b] {
            for mut reading in reduce(part) {
                reading.precision = Some(Near);
                if !readings.iter().any(|r| r.core == reading.core) {
                    readings.push(reading);
                }
            }
        }
    }
    readings
}

/// The two halves of "A and B", "A et B", "A-B", "A/B".
fn pair(name: &str) -> Option<(&str, &str)> {
    let halves = [" and ", " et ", " y ", "–", "/"].iter().find_map(|by| name.split_once(by));
    let road =
        || split(name).iter().any(|w| matches!(w.1.as_str(), "road" | "highway" | "route" | "axe" | "axis" | "border" | "frontiere" | "corridor"));
    let named = |part: &str| part.len() > 2 && part.split(' ').next_back().is_some_and(|w| w.starts_with(char::is_uppercase));
    halves.or_else(|| name.split_once('-').filter(|_| road())).filter(|(a, b)| named(a) && b.len() > 2)
}

/// Where a description goes over to what contains it: the preposition of "Kossa village in Dembi district", of "Kossa
/// town of Dembi district", of "X near Y". "The town of X" and "in the town of X" have none.
fn outer(words: &[(&str, String)]) -> Option<usize> {
    let classy = |n: usize| class(&words[n].1).is_some();
    let named = |n: usize| {
        words[n].0.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            && !is_hollow(&words[n].1)
            && !is_side(&words[n].1)
            && !is_opening(&words[n].1)
    };
    (1..words.len().saturating_sub(1)).find(|&n| match words[n].1.as_str() {
        "in" | "near" | "under" | "along" | "within" | "outside" | "on" | "dans" | "pres" => (0..n).any(named),
        "of" | "de" | "du" => classy(n - 1) && (0..n - 1).any(named),
        "the" => words[n + 1].1 == "capital" && (0..n).any(named),
        _ => false,
    })
}

/// Whether a word names nothing by itself: a class word, an article, a direction.
fn is_hollow(word: &str) -> bool {
    class(word).is_some() && word != "lac" && word != "centre"
        || ARTICLES.contains(&word)
        || OF.contains(&word)
        || matches!(
            word,
            "army"
                | "military"
                | "international"
                | "police"
                | "refugee"
                | "gold"
                | "central"
                | "main"
                | "local"
                | "militaire"
                | "same"
                | "meme"
                | "capitale"
        )
}

struct Peeled {
    from: usize,
    to: usize,
    want: Want,
    precision: Option<PlacePrecision>,
    side: bool,
}

/// Words as printed and folded, elided articles apart: "l'Azawad" is two.
fn split(name: &str) -> Vec<(&str, String)> {
    let mut out = Vec::new();
    for word in name.split_whitespace() {
        let mut word = word;
        for mark in ['\'', '’'] {
            if let Some((head, tail)) = word.split_once(mark)
                && matches!(head, "l" | "d" | "L" | "D")
                && !tail.is_empty()
            {
                out.push((head, head.to_lowercase()));
                word = tail;
            }
        }
        let bare = word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word);
        out.push((bare, plain(bare)));
    }
    out
}

/// Takes the outermost layer off, `None` when there is no more.
fn peel(words: &[(&str, String)], state: &Peeled) -> Option<Peeled> {
    let (from, to) = (state.from, state.to);
    let joined = |a: usize, b: usize| words[a..b].iter().map(|w| w.1.as_str()).collect::<Vec<_>>().join(" ");
    let next = |from: usize, to: usize, want: Want, precision: Option<PlacePrecision>, side: bool| {
        let want = if state.want == Want::Any { want } else { state.want };
        (from < to).then(|| Peeled { from, to, want, precision: state.precision.or(precision), side: side || state.side })
    };
    // "some 20 km north of Gao"
    if let Some(at) = (from..to).find(|&n| matches!(words[n].1.as_str(), "km" | "kilometres" | "kilometers" | "miles" | "kilometre"))
        && let Some(of) = (at + 1..to).find(|&n| matches!(words[n].1.as_str(), "of" | "from" | "de" | "du" | "d"))
        && of + 1 < to
    {
        return next(of + 1, to, Want::Any, Some(Near), false);
    }
    for len in (1..=4.min(to - from)).rev() {
        let head = joined(from, from + len);
        if from + len < to && ARTICLES.contains(&head.as_str()) {
            return next(from + len, to, Want::Any, None, false);
        }
        if from + len < to && is_opening(&head) {
            let far = !matches!(head.as_str(), "in" | "at" | "a" | "dans" | "from");
            return next(from + len, to, Want::Any, far.then_some(Near), false);
        }
        let of = (1..=2).rev().find(|&n| from + len + n < to && OF.contains(&joined(from + len, from + len + n).as_str()));
        if let Some((want, precision)) = class(&head) {
            if let Some(n) = of {
                return next(from + len + n, to, want, precision, false);
            }
            let classy = |n: usize| class(&words[n].1).is_some();
            if from + len < to && state.from == 0 && !classy(from + len) {
                return next(from + len, to, want, precision, false);
            }
        }
        if is_side(&head) && from + len < to {
            let at = from + len + of.unwrap_or(0);
            return next(at, to, Want::Any, Some(if of.is_some() { Near } else { Area }), true);
        }
    }
    for len in (1..=3.min(to - from)).rev() {
        let tail = joined(to - len, to);
        if let Some((want, precision)) = class(&tail)
            && to - len > from
        {
            return next(from, to - len, want, precision, false);
        }
    }
    // "Kano's Sabon Gari market": what is left after a possessive or a preposition inside.
    let inner = (from + 1..to.saturating_sub(1))
        .find(|&n| matches!(words[n].1.as_str(), "in" | "near" | "of" | "de" | "du" | "a" | "at" | "dans" | "outside"));
    inner.and_then(|n| next(n + 1, to, Want::Any, Some(Near), false))
}

impl Reading {
    /// How near a claim can be put that uses these words for `place`.
    pub(crate) fn precision_of(&self, place: &crate::Place) -> PlacePrecision {
        let own = place.precision();
        match (self.precision, own) {
            (None, Exact) if self.want == Want::Admin1 => Admin1,
            (None, Exact) if matches!(self.want, Want::Admin2 | Want::Admin) => Admin2,
            (None, own) => own,
            (Some(Area), Exact) => Near,
            (Some(Near), Exact | Near) => Near,
            (Some(Near), other) => other,
            (Some(Area), PlacePrecision::Country | Admin1) => Area,
            (Some(_), other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_come_down_to_the_name_inside() {
        let cases = [
            ("the town of Tessit", "Tessit", Want::Settlement, None),
            ("Tillabéri region", "Tillabéri", Want::Admin1, None),
            ("région de Gao", "Gao", Want::Admin1, None),
            ("l'Adamaoua", "Adamaoua", Want::Any, None),
            ("northern Mali", "Mali", Want::Any, Some(Area)),
            ("north of Gao", "Gao", Want::Any, Some(Near)),
            ("some 20 km north of Gao", "Gao", Want::Any, Some(Near)),
            ("near Ménaka", "Ménaka", Want::Any, Some(Near)),
            ("Kidal airport", "Kidal", Want::Airport, Some(Near)),
            ("Lac province", "Lac", Want::Admin1, None),
            ("village de Solhan", "Solhan", Want::Settlement, None),
            ("le département de Filingué", "Filingué", Want::Admin, None),
        ];
        for (name, core, want, precision) in cases {
            let readings = reduce(name);
            let last = readings.last().unwrap();
            assert_eq!((last.core.as_str(), last.want, last.precision), (core, want, precision), "{name}");
        }
    }

    #[test]
    fn what_contains_it_is_kept_apart() {
        let reading = reduce("Tessit, Gao region, Mali").remove(0);
        assert_eq!((reading.core.as_str(), reading.within.len()), ("Tessit", 2));
    }
}
