//! Blocks: what can be about one incident is found under a shared key, so that nothing else is ever compared.

use std::collections::{BTreeMap, BTreeSet};

use record::{Claim, Report};

use crate::atlas::Atlas;
use crate::cluster::Tie;
use crate::fact::{Fact, facts};
use crate::group::{Group, groups};
use crate::{Options, Reconciled, link, reconcile};

/// Days that share a key.
const BUCKET_DAYS: i64 = 4;
/// Longest stretch that is filed under every bucket of days it touches; longer ones under their first and last days.
const LONGEST_DAYS: i64 = 40;
/// Degrees around a point within which another may be the same incident's; more than the farthest apart of options.
const REACH: f64 = 0.6;

/// The keys of a group: two groups that may be about one incident share one.
pub(crate) fn keys(group: &Group) -> Vec<String> {
    let Some((start, end)) = group.days.or(group.published.map(|p| (p - 3, p))) else { return vec!["undated".to_owned()] };
    let wide = (end - start) / 2 + 1;
    let (first, last) = ((start - wide).div_euclid(BUCKET_DAYS), (end + wide).div_euclid(BUCKET_DAYS));
    let buckets: BTreeSet<i64> = if end - start <= LONGEST_DAYS { (first..=last).collect() } else { [first, first + 1, last - 1, last].into() };
    let mut spots = Vec::new();
    let place = group.place.as_ref();
    if let Some((lat, lon)) = place.filter(|p| p.is_precise()).and_then(|p| p.point) {
        let reach = REACH / lat.to_radians().cos().max(0.2);
        for y in [lat - REACH, lat, lat + REACH].map(|y| y.floor() as i64).into_iter().collect::<BTreeSet<_>>() {
            for x in [lon - reach, lon, lon + reach].map(|x| x.floor() as i64).into_iter().collect::<BTreeSet<_>>() {
                spots.push(format!("{y}/{x}"));
            }
        }
    }
    spots.push(place.map_or(String::new(), |p| p.country.clone()));
    spots.iter().flat_map(|spot| buckets.iter().map(move |day| format!("{spot}:{day}"))).collect()
}

/// Whether two groups that share a key are worth comparing: of two known to the spot, the cell decides, not the country.
fn is_candidate(key: &str, a: &Group, b: &Group) -> bool {
    let precise = |g: &Group| g.place.as_ref().is_some_and(|p| p.is_precise());
    a.report != b.report && (key.contains('/') || !(precise(a) && precise(b)))
}

/// Ties between groups that share a key.
pub(crate) fn ties(groups: &[Group], options: &Options) -> BTreeMap<(usize, usize), Tie> {
    let mut shelves: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        for key in keys(group) {
            shelves.entry(key).or_default().push(n);
        }
    }
    let mut pairs = BTreeMap::new();
    let mut ties = BTreeMap::new();
    for (key, shelf) in &shelves {
        for (n, &a) in shelf.iter().enumerate() {
            for &b in &shelf[n + 1..] {
                if !is_candidate(key, &groups[a], &groups[b]) || pairs.contains_key(&(a, b)) {
                    continue;
                }
                if link::apart(&groups[a], &groups[b], options) {
                    ties.insert((a, b), Tie::Never);
                } else {
                    pairs.insert((a, b), link::across_features(&groups[a], &groups[b]));
                }
            }
        }
    }
    link::mates(groups, &mut pairs);
    ties.extend(pairs.into_iter().map(|(pair, x)| (pair, Tie::Odds(options.model.across.odds(&x)))));
    ties
}

/// Whether a tie of two groups of two reports is a link.
pub(crate) fn is_link(tie: &Tie, options: &Options) -> bool {
    matches!(tie, Tie::Odds(odds) if *odds > options.model.across.threshold)
}

/// Where reports with their claims are kept under the keys of their groups, for adding one report to many.
pub trait Blocks {
    /// What the shelf says when it cannot be read.
    type Error;

    /// The reports filed under any of these keys, each with all its claims.
    ///
    /// # Errors
    /// When the shelf cannot be read.
    fn under(&mut self, keys: &BTreeSet<String>) -> Result<Vec<(Report, Vec<Claim>)>, Self::Error>;
}

/// What a new report touches: the incidents of its block as they now are.
pub struct Touched {
    /// Incidents to be written; whatever stood for any of [`Touched::claims`] before goes.
    pub reconciled: Reconciled,
    /// Every claim of the block.
    pub claims: BTreeSet<String>,
}

impl Touched {
    /// The keys under which a report with its claims is to be filed.
    pub fn keys(report: &Report, claims: &[Claim], options: &Options) -> BTreeSet<String> {
        let known = BTreeMap::from([(report.id.as_str(), report)]);
        let facts = facts(&known, claims, &mut Atlas::new());
        made(&facts, options).iter().flat_map(keys).collect()
    }

    /// Reconciles a report into what is already filed: only the incidents that it can be linked to, directly or through
    /// others, are looked at, and they come out as [`reconcile`] would make them from everything.
    ///
    /// # Errors
    /// When the shelf cannot be read.
    pub fn by<B: Blocks>(report: &Report, claims: &[Claim], blocks: &mut B, options: &Options) -> Result<Touched, B::Error> {
        let mut reports: BTreeMap<String, (Report, Vec<Claim>)> = BTreeMap::from([(report.id.clone(), (report.clone(), claims.to_vec()))]);
        let mut asked: BTreeSet<String> = BTreeSet::new();
        loop {
            let (reached, open) = reach(&reports, &report.id, &asked, options);
            if open.is_empty() {
                let all: Vec<Report> = reports.values().map(|r| r.0.clone()).collect();
                let every: Vec<Claim> = reports.values().flat_map(|r| r.1.clone()).collect();
                let mut reconciled = reconcile(&all, &every, options);
                reconciled.incidents.retain(|i| i.claims.iter().any(|c| reached.contains(c)));
                let kept: BTreeSet<String> = reconciled.incidents.iter().map(|i| i.id.clone()).collect();
                reconciled.of.retain(|_, incident| kept.contains(incident));
                let claims = reached.into_iter().chain(reconciled.of.keys().cloned()).collect();
                return Ok(Touched { reconciled, claims });
            }
            for (report, claims) in blocks.under(&open)? {
                reports.entry(report.id.clone()).or_insert((report, claims));
            }
            asked.extend(open);
        }
    }
}

/// Groups of every report in the facts, which must be in order.
pub(crate) fn made(facts: &[Fact], options: &Options) -> Vec<Group> {
    let mut of_report: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (n, fact) in facts.iter().enumerate() {
        of_report.entry((fact.published(), fact.claim.report.as_str())).or_default().push(n);
    }
    of_report.values().flat_map(|own| groups(facts, own, options)).collect()
}

/// The claims that can be reached from a report by links, and the keys of their groups that were not asked for yet.
fn reach(
    reports: &BTreeMap<String, (Report, Vec<Claim>)>,
    from: &str,
    asked: &BTreeSet<String>,
    options: &Options,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let known = reports.iter().map(|(id, r)| (id.as_str(), &r.0)).collect();
    let claims: Vec<Claim> = reports.values().flat_map(|r| r.1.clone()).collect();
    let facts = facts(&known, &claims, &mut Atlas::new());
    let groups = made(&facts, options);
    let start = reports.get(from).and_then(|r| r.0.copy_of.clone()).filter(|o| reports.contains_key(o));
    let mut inside: Vec<bool> = groups.iter().map(|g| g.report == from || Some(&g.report) == start.as_ref()).collect();
    let ties = ties(&groups, options);
    loop {
        let mut grew = false;
        for ((a, b), tie) in &ties {
            if is_link(tie, options) && inside[*a] != inside[*b] {
                (inside[*a], inside[*b], grew) = (true, true, true);
            }
        }
        if !grew {
            break;
        }
    }
    let own = || groups.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(g, _)| g);
    let claims = own().flat_map(|g| g.facts.iter().map(|&f| facts[f].claim.id.clone())).collect();
    let open = own().flat_map(keys).filter(|k| !asked.contains(k)).collect();
    (claims, open)
}
