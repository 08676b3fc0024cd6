//! Claims of one report about one thing.

use std::collections::{BTreeMap, BTreeSet};

use record::{Kind, Polarity, ReportKind, Scope};

use crate::atlas::{Where, Who};
use crate::cluster::{Tie, cluster};
use crate::fact::Fact;
use crate::kindred::words;
use crate::{Options, link};

/// Most claims of one report that are all compared with one another; of a longer one each is compared with those that
/// stand near it or name its place.
const ALL_PAIRS: usize = 250;

/// Claims of one report about one thing, as numbers into the facts, with what they add up to.
pub(crate) struct Group {
    /// In order.
    pub(crate) facts: Vec<usize>,
    /// The report's id.
    pub(crate) report: String,
    /// When it was published, as a day; `None` when nobody says.
    pub(crate) published: Option<i64>,
    /// The place most of its claims name, the more precise one first.
    pub(crate) place: Option<Where>,
    /// The days most of its claims name, exact ones first.
    pub(crate) days: Option<(i64, i64)>,
    /// First and last day that any of its claims names.
    pub(crate) span: Option<(i64, i64)>,
    /// Kinds of violence said to have happened.
    pub(crate) violence: BTreeSet<Kind>,
    /// All kinds.
    pub(crate) kinds: BTreeSet<Kind>,
    /// Keys of named actors.
    pub(crate) actors: BTreeSet<String>,
    /// Keys of named targets and sides.
    pub(crate) targets: BTreeSet<String>,
    /// Exact counts of dead, hurt, taken, by kind.
    pub(crate) counts: BTreeSet<(Kind, u64)>,
    /// Telling words of its quotes.
    pub(crate) words: BTreeSet<String>,
    /// Whether all its claims only recall it.
    pub(crate) is_recalled: bool,
    /// How many groups its report has.
    pub(crate) siblings: usize,
    /// The data set that it is a row of: two rows of one are two events, for somebody has told them apart.
    pub(crate) row_of: Option<String>,
}

/// The groups of one report; `facts` are all of that report, as numbers into `all`.
pub(crate) fn groups(all: &[Fact], facts: &[usize], options: &Options) -> Vec<Group> {
    let shape = link::Shape::of(all, facts);
    let mut ties = Vec::new();
    for (n, &a) in facts.iter().enumerate() {
        for (m, &b) in facts.iter().enumerate().skip(n + 1) {
            if facts.len() > ALL_PAIRS && m - n > ALL_PAIRS / 4 && all[a].place.as_ref().map(|p| &p.key) != all[b].place.as_ref().map(|p| &p.key) {
                continue;
            }
            ties.push((n, m, link::within(&all[a], &all[b], m - n, &shape, options)));
        }
    }
    let mut of = cluster(facts.len(), ties.iter().copied(), ABSENT, options.model.within.threshold);
    settle(&mut of, &ties, options.model.within.lone);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, root) in of.into_iter().enumerate() {
        members.entry(root).or_default().push(facts[n]);
    }
    let siblings = members.values().filter(|m| m.iter().any(|&f| !all[f].is_recalled())).count();
    members.into_values().map(|m| group(all, m, siblings)).collect()
}

/// Log odds of two claims of a long report that were not compared.
const ABSENT: f32 = -1.0;

/// Puts claims that stand alone with the group they fit best, if their mean log odds are above `lone`: a single claim is
/// seldom an incident of its own.
fn settle(of: &mut [usize], ties: &[(usize, usize, Tie)], lone: f32) {
    let mut size: BTreeMap<usize, usize> = BTreeMap::new();
    for root in of.iter() {
        *size.entry(*root).or_default() += 1;
    }
    let before = of.to_vec();
    let is_lone = |item: usize| size[&before[item]] == 1;
    let mut means: BTreeMap<usize, BTreeMap<usize, (f32, bool)>> = BTreeMap::new();
    for &(a, b, tie) in ties {
        for (own, other) in [(a, b), (b, a)] {
            if is_lone(own) && !is_lone(other) {
                let sum = means.entry(own).or_default().entry(before[other]).or_insert((0.0, false));
                match tie {
                    Tie::Odds(odds) => sum.0 += odds - ABSENT,
                    Tie::Never => sum.1 = true,
                }
            }
        }
    }
    for (item, groups) in means {
        let mean = |(root, (sum, never)): (&usize, &(f32, bool))| (!never).then(|| (sum / size[root] as f32 + ABSENT, *root));
        let best = groups.iter().filter_map(mean).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, root)) = best.filter(|b| b.0 > lone) {
            of[item] = root;
        }
    }
}

/// What the claims of one thing add up to.
pub(crate) fn group(all: &[Fact], facts: Vec<usize>, siblings: usize) -> Group {
    let first = &all[facts[0]];
    let claims = || facts.iter().map(|&f| &all[f]);
    let happened = || claims().filter(|f| f.claim.polarity == Polarity::Positive);
    let named = |who: Option<&Who>| who.filter(|w| !w.is_generic).map(|w| w.key.clone());
    Group {
        report: first.claim.report.clone(),
        published: first.report.published.as_ref().map(|p| crate::fact::day(p.date())),
        place: main_place(claims()),
        days: main_days(claims()),
        span: claims().filter_map(|f| f.days).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        violence: happened().map(|f| f.claim.kind).filter(|k| k.is_violence()).collect(),
        kinds: claims().map(|f| f.claim.kind).collect(),
        actors: claims().filter_map(|f| named(f.actor.as_ref())).collect(),
        targets: claims().flat_map(|f| [named(f.target.as_ref()), named(f.side.as_ref())]).flatten().collect(),
        counts: happened()
            .filter(|f| f.claim.kind.has_victims())
            .filter_map(|f| f.claim.count.as_ref().filter(|c| c.low == c.high).and_then(|c| c.low).map(|n| (f.claim.kind, n)))
            .filter(|(_, n)| *n > 1)
            .collect(),
        words: claims().flat_map(|f| words(&f.claim.quote.text)).collect(),
        is_recalled: claims().all(|f| f.claim.scope == Scope::Background),
        siblings,
        row_of: Some(first.report.outlet.clone()).filter(|outlet| !outlet.is_empty() && claims().all(is_coded)),
        facts,
    }
}

/// Whether a claim is a cell of an imported row: an analysis whose claims nobody read out of a text.
fn is_coded(fact: &Fact) -> bool {
    fact.report.kind == ReportKind::Analysis && fact.claim.reader.is_none() && fact.claim.event.is_some()
}

/// The place that most claims name; precise places count double, ties go to the first named.
pub(crate) fn main_place<'f, 'a: 'f>(facts: impl Iterator<Item = &'f Fact<'a>>) -> Option<Where> {
    let mut votes: BTreeMap<(String, String), (usize, usize, Where)> = BTreeMap::new();
    for (n, place) in facts.filter_map(|f| f.place.as_ref()).enumerate() {
        let vote = votes.entry((place.key.clone(), place.country.clone())).or_insert_with(|| (0, n, place.clone()));
        vote.0 += if place.is_precise() { 3 } else { 1 };
    }
    votes.into_values().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1))).map(|v| v.2)
}

/// The days that most claims name; a claim that dates itself in its own words counts more, and the closer the range.
pub(crate) fn main_days<'f, 'a: 'f>(facts: impl Iterator<Item = &'f Fact<'a>>) -> Option<(i64, i64)> {
    let mut votes: BTreeMap<(i64, i64), f32> = BTreeMap::new();
    for fact in facts {
        if let Some(days) = fact.days {
            let worded = fact.claim.date.as_ref().is_some_and(|d| d.text.is_some());
            let width = (days.1 - days.0 + 1) as f32;
            *votes.entry(days).or_default() += (if worded { 2.0 } else { 1.0 }) / width.sqrt();
        }
    }
    votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(d, _)| d)
}
