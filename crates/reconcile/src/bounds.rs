//! Low, best and high of one side from the figures that are given for it: the rules of a rule set at work.

use std::collections::{BTreeMap, BTreeSet};

use record::{Bound, Id, Toll};

use crate::rules::Alone;
use crate::{Moves, Pick, RuleSet, Standing};

/// A figure somebody gives for one side.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The claim; several when parts were summed.
    pub(crate) claims: Vec<Id>,
    /// Key of the side.
    pub(crate) side: String,
    pub(crate) low: u64,
    pub(crate) high: Option<u64>,
    pub(crate) standing: Standing,
    /// Report and speaker: figures of one voice are parts and their total.
    pub(crate) voice: (String, String),
    /// Who gives it in whatever report, as `voices` tells origins apart; a state for its offices.
    pub(crate) origin: String,
    /// Publication, report, place in the text.
    pub(crate) at: (String, String, (bool, u32)),
    /// Whether the words do not commit to it.
    pub(crate) possible: bool,
    /// Whether the words give no number ("dozens", "several").
    pub(crate) vague: bool,
    pub(crate) moves: Moves,
}

impl Figure {
    pub(crate) fn day(&self) -> &str {
        self.at.0.get(..10).unwrap_or("")
    }

    /// Most that the words allow, or what they say when they leave it open.
    pub(crate) fn most(&self) -> u64 {
        self.high.unwrap_or(self.low).max(self.low)
    }

    /// The number meant: for "up to twelve" the twelve.
    pub(crate) fn value(&self) -> u64 {
        match self.high {
            Some(high) if self.low <= 1 && high > 2 => high,
            _ => self.low,
        }
    }
}

/// What the figures for one side come to.
pub(crate) struct Resolved {
    pub(crate) toll: Toll,
    /// The figure without a stake, or conceded, that is the most likely: its day and whether its words leave the number open.
    pub(crate) picked: Option<(String, bool)>,
}

/// Bounds of one side; `denied` are claims that say nobody of it died, or that a figure for it is false.
///
/// `None` without a figure.
pub(crate) fn resolve(side: &str, figures: &[Figure], denied: &[Id], rules: &RuleSet) -> Option<Resolved> {
    let figures = whole(figures);
    let highest = figures.iter().filter(|f| f.moves.high).max_by_key(|f| (f.most(), f.moves.rank, std::cmp::Reverse(&f.claims)))?;
    let high = highest.most();
    let mut toll = Toll { side: side.to_owned(), low: 0, best: 0, high, because: Vec::new() };
    let credible: Vec<&Figure> = latest(concrete(figures.iter().filter(|f| f.moves.best && !f.possible).collect()));
    let Some(picked) = pick(&credible, rules) else {
        alone(&figures, denied, &mut toll);
        toll.because.push(bound("high", highest, &format!("most: {}", highest.standing.as_str())));
        toll.high = toll.high.max(toll.best);
        return Some(Resolved { toll, picked: None });
    };
    let least = rules.least_share * picked.value() as f64;
    let lowest = credible.iter().filter(|f| f.moves.low && f.low as f64 >= least).min_by_key(|f| (f.low, &f.claims)).unwrap_or(&picked);
    toll.best = if rules.best == Pick::Middle { (lowest.low + high) / 2 } else { picked.value() };
    toll.low = lowest.low.min(toll.best);
    toll.high = high.max(toll.best);
    let by = match rules.best {
        Pick::Latest => "latest and best placed",
        Pick::Lowest => "lowest",
        Pick::Middle => "halfway; latest",
    };
    toll.because.push(bound("low", lowest, &format!("least: {}", lowest.standing.as_str())));
    toll.because.push(bound("best", picked, &format!("{by}: {}", picked.standing.as_str())));
    toll.because.push(bound("high", highest, &format!("most: {}", highest.standing.as_str())));
    Some(Resolved { toll, picked: Some((picked.day().to_owned(), picked.high.is_none())) })
}

/// What only interested figures make of low and best.
fn alone(figures: &[Figure], denied: &[Id], toll: &mut Toll) {
    let worth = |f: &&Figure| f.moves.alone != Alone::Nothing;
    let mut weak = concrete(figures.iter().filter(worth).filter(|f| !f.possible).collect());
    if weak.is_empty() {
        weak = concrete(figures.iter().filter(worth).collect());
    }
    let Some(picked) = weak.iter().max_by_key(|f| (f.value(), std::cmp::Reverse(&f.claims))) else { return };
    if !denied.is_empty() {
        let claims = denied.to_vec();
        toll.because.push(Bound { bound: "best".into(), claims, rule: "only a party says so, and it is denied".into() });
        return;
    }
    toll.best = picked.value();
    if picked.moves.alone == Alone::LowAndBest {
        toll.low = picked.value();
        toll.because.push(bound("low", picked, &format!("conceded: {}", picked.standing.as_str())));
    }
    toll.because.push(bound("best", picked, &format!("nobody disputes it and nothing better exists: {}", picked.standing.as_str())));
}

/// The figure that is the most likely, by the set's way of picking.
fn pick<'f>(credible: &[&'f Figure], rules: &RuleSet) -> Option<&'f Figure> {
    let highest = credible.iter().map(|f| f.value()).max()?;
    let part = rules.part_share * highest as f64;
    let entire = credible.iter().filter(|f| f.value() as f64 >= part).copied();
    match rules.best {
        Pick::Lowest => entire.min_by_key(|f| (f.value(), f.claims.clone())),
        _ => entire.max_by_key(|f| (f.day().to_owned(), f.moves.rank, f.value(), std::cmp::Reverse(f.claims.clone()))),
    }
}

/// Figures with a number in them, when there are any.
fn concrete(figures: Vec<&Figure>) -> Vec<&Figure> {
    if figures.iter().all(|f| f.vague) { figures } else { figures.into_iter().filter(|f| !f.vague).collect() }
}

/// Without what a speaker has since replaced: an earlier day's figure gives way to a higher one of the same origin.
fn latest(figures: Vec<&Figure>) -> Vec<&Figure> {
    let replaced = |f: &&Figure| figures.iter().any(|g| g.origin == f.origin && g.day() > f.day() && g.low >= f.low);
    figures.iter().copied().filter(|f| !replaced(f)).collect()
}

/// Of one voice in one report the total only: its highest figure, or the sum of its parts where another voice gives that
/// very sum ("nine Italians, seven Japanese, four others" beside somebody's twenty).
fn whole(figures: &[Figure]) -> Vec<Figure> {
    let mut voices: BTreeMap<&(String, String), Vec<&Figure>> = BTreeMap::new();
    for figure in figures {
        voices.entry(&figure.voice).or_default().push(figure);
    }
    let mut kept = Vec::new();
    for (voice, own) in voices {
        let exact: Vec<&&Figure> = own.iter().filter(|f| f.high == Some(f.low)).collect();
        let sum: u64 = exact.iter().fold(0, |sum, f| sum.saturating_add(f.low));
        let others: BTreeSet<u64> = figures.iter().filter(|f| f.voice != *voice).map(Figure::value).collect();
        let most = own.iter().map(|f| f.most()).max().unwrap_or(0);
        if exact.len() > 1 && sum > most && others.contains(&sum) {
            let mut claims: Vec<Id> = exact.iter().flat_map(|f| f.claims.clone()).collect();
            claims.sort();
            let last = exact.iter().max_by_key(|f| &f.at).expect("there are two");
            kept.push(Figure { claims, low: sum, high: Some(sum), ..(**last).clone() });
        } else {
            kept.extend(own.into_iter().filter(|f| f.most() == most).cloned());
        }
    }
    kept
}

fn bound(bound: &str, figure: &Figure, rule: &str) -> Bound {
    Bound { bound: bound.to_owned(), claims: figure.claims.clone(), rule: rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Figure, resolve};
    use crate::{RuleSet, Standing, Standing::*};

    /// A figure of a report on a day of June, by a speaker.
    fn figure(day: u8, standing: Standing, speaker: &str, low: u64, high: impl Into<Option<u64>>, rules: &RuleSet) -> Figure {
        let report = format!("r{day}");
        Figure {
            claims: vec![format!("{report}-{speaker}-{low}")],
            side: "army".into(),
            low,
            high: high.into(),
            standing,
            voice: (report.clone(), speaker.into()),
            origin: speaker.into(),
            at: (format!("2025-06-{day:02}"), report, (true, low as u32)),
            possible: false,
            vague: false,
            moves: rules.moves(standing),
        }
    }

    type Given = &'static [(u8, Standing, &'static str, u64, Option<u64>)];

    struct Case {
        what: &'static str,
        given: Given,
        careful: [u64; 3],
        conservative: [u64; 3],
        envelope: [u64; 3],
    }

    /// Each row is a rule: who says what on which day, and low, best, high under each rule set.
    const CASES: &[Case] = &[
        Case {
            what: "one exact figure without a stake sets all three",
            given: &[(3, Medical, "hospital", 8, Some(8))],
            careful: [8, 8, 8],
            conservative: [8, 8, 8],
            envelope: [8, 8, 8],
        },
        Case {
            what: "an open figure enters as its bound",
            given: &[(3, Un, "mission", 91, None)],
            careful: [91, 91, 91],
            conservative: [91, 91, 91],
            envelope: [91, 91, 91],
        },
        Case {
            what: "a party's count of its enemy moves high only where something better exists",
            given: &[(3, Medical, "hospital", 8, Some(8)), (4, Enemy, "rebels", 21, Some(21))],
            careful: [8, 8, 21],
            conservative: [8, 8, 21],
            envelope: [8, 14, 21],
        },
        Case {
            what: "a party's count of its enemy alone is best, and low stays 0",
            given: &[(3, Enemy, "army", 70, Some(70))],
            careful: [0, 70, 70],
            conservative: [0, 70, 70],
            envelope: [70, 70, 70],
        },
        Case {
            what: "what a party concedes of its own carries low and best",
            given: &[(3, Own, "army", 27, Some(27)), (3, Enemy, "rebels", 40, Some(40))],
            careful: [27, 27, 40],
            conservative: [27, 27, 40],
            envelope: [27, 33, 40],
        },
        Case {
            what: "the latest day's figure is best, the earlier one the least",
            given: &[(2, Official, "governor", 37, None), (5, Official, "ministry", 40, Some(40))],
            careful: [37, 40, 40],
            conservative: [37, 37, 40],
            envelope: [37, 38, 40],
        },
        Case {
            what: "on one day the best placed speaker's is best",
            given: &[(3, Witness, "a trader", 30, Some(30)), (3, Medical, "hospital", 25, Some(25))],
            careful: [25, 25, 30],
            conservative: [25, 25, 30],
            envelope: [25, 27, 30],
        },
        Case {
            what: "parts of one voice do not stand beside their total",
            given: &[(3, Medical, "hospital", 19, Some(19)), (3, Medical, "hospital", 15, Some(15)), (3, Medical, "hospital", 34, Some(34))],
            careful: [34, 34, 34],
            conservative: [34, 34, 34],
            envelope: [34, 34, 34],
        },
        Case {
            what: "parts of one voice add up where somebody else gives their sum",
            given: &[(4, Medical, "hospital", 19, Some(19)), (4, Medical, "hospital", 15, Some(15)), (3, Report, "", 34, Some(34))],
            careful: [34, 34, 34],
            conservative: [34, 34, 34],
            envelope: [34, 34, 34],
        },
        Case {
            what: "a figure far below the others is a part of the dead",
            given: &[(3, Medical, "hospital", 124, Some(124)), (4, Un, "children's fund", 35, None)],
            careful: [35, 124, 124],
            conservative: [35, 124, 124],
            envelope: [35, 79, 124],
        },
        Case {
            what: "up to twelve is twelve at most, and one at least",
            given: &[(3, Official, "mayor", 1, Some(12))],
            careful: [1, 12, 12],
            conservative: [1, 12, 12],
            envelope: [1, 6, 12],
        },
        Case {
            what: "the same speaker's later figure replaces a lower earlier one",
            given: &[(2, Official, "ministry", 37, Some(37)), (5, Official, "ministry", 40, Some(40)), (4, Media, "a daily", 41, Some(41))],
            careful: [40, 40, 41],
            conservative: [40, 40, 41],
            envelope: [40, 40, 41],
        },
        Case {
            what: "a party that concedes what it did to civilians is believed when nobody says more",
            given: &[(3, OwnDoing, "army", 10, Some(10))],
            careful: [10, 10, 10],
            conservative: [10, 10, 10],
            envelope: [10, 10, 10],
        },
    ];

    #[test]
    fn each_rule_gives_its_bounds() {
        for case in CASES {
            for (name, want) in [("careful", case.careful), ("conservative", case.conservative), ("envelope", case.envelope)] {
                let rules = RuleSet::named(name).unwrap();
                let figures: Vec<Figure> = case.given.iter().map(|&(d, s, who, low, high)| figure(d, s, who, low, high, &rules)).collect();
                let toll = resolve("army", &figures, &[], &rules).unwrap().toll;
                assert_eq!([toll.low, toll.best, toll.high], want, "{name}: {}", case.what);
            }
        }
    }

    #[test]
    fn a_denial_keeps_a_lone_enemy_count_from_being_best() {
        let rules = RuleSet::careful();
        let toll = resolve("army", &[figure(3, Enemy, "rebels", 21, 21, &rules)], &["c9".to_owned()], &rules).unwrap().toll;
        assert_eq!((toll.low, toll.best, toll.high), (0, 0, 21));
        assert_eq!(toll.because[0].claims, ["c9"]);
    }
}
