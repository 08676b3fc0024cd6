//! What the weights are trained on: features of coded cases, with what the coders decided.

use std::collections::{BTreeMap, BTreeSet};

use record::{Claim, Id, Incident, Repeats, Report};

use crate::atlas::Atlas;
use crate::fact::{Fact, facts};
use crate::parties::Cast;
use crate::{dispute, group, kind, link};

/// Features of every two claims of one report, and whether their [`Claim::incident`] is the same.
pub fn pairs_within(reports: &[Report], claims: &[Claim]) -> Vec<(bool, BTreeMap<String, f32>)> {
    let known = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let facts = facts(&known, claims, &mut Atlas::new());
    let mut pairs = Vec::new();
    for report in reports {
        let own: Vec<usize> = (0..facts.len()).filter(|&f| facts[f].claim.report == report.id).collect();
        let shape = link::Shape::of(&facts, &own);
        for (n, &a) in own.iter().enumerate() {
            for (m, &b) in own.iter().enumerate().skip(n + 1) {
                let (ia, ib) = (&facts[a].claim.incident, &facts[b].claim.incident);
                if ia.is_some() || ib.is_some() {
                    let x = link::within_features(&facts[a], &facts[b], m - n, &shape);
                    pairs.push((ia == ib, link::table(&link::WITHIN, &x)));
                }
            }
        }
    }
    pairs
}

/// Features of every two groups of two reports, made by [`Claim::incident`], and whether it is the same.
pub fn pairs_across(reports: &[Report], claims: &[Claim]) -> Vec<(bool, BTreeMap<String, f32>)> {
    let known = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let facts = facts(&known, claims, &mut Atlas::new());
    let mut members: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (n, fact) in facts.iter().enumerate() {
        let lone = fact.claim.id.as_str();
        members.entry((fact.claim.report.as_str(), fact.claim.incident.as_deref().unwrap_or(lone))).or_default().push(n);
    }
    let siblings = |report: &str| members.iter().filter(|((r, _), m)| *r == report && m.iter().any(|&f| !facts[f].is_recalled())).count();
    let groups: Vec<_> = members.iter().map(|((r, _), m)| group::group(&facts, m.clone(), siblings(r))).collect();
    let mut pairs = BTreeMap::new();
    for (n, a) in groups.iter().enumerate() {
        for (m, b) in groups.iter().enumerate().skip(n + 1).filter(|(_, b)| b.report != a.report) {
            pairs.insert((n, m), link::across_features(a, b));
        }
    }
    link::mates(&groups, &mut pairs);
    let incident = |g: usize| facts[groups[g].facts[0]].claim.incident.as_ref();
    let same = |a: usize, b: usize| incident(a).is_some() && incident(a) == incident(b);
    pairs.into_iter().map(|((a, b), x)| (same(a, b), link::table(&link::ACROSS, &x))).collect()
}

/// Signs of each coded incident's sort, and its sort.
pub fn sorts(reports: &[Report], claims: &[Claim], incidents: &[Incident]) -> Vec<(String, BTreeMap<String, f32>)> {
    each(reports, claims, incidents, |incident, facts, _| vec![(incident.kind.clone(), kind::signs(facts))])
}

/// Signs of each pair of claims that may be a dispute, and whether the coders took it for one.
pub fn disputed_pairs(reports: &[Report], claims: &[Claim], incidents: &[Incident]) -> Vec<(bool, BTreeMap<String, f32>)> {
    each(reports, claims, incidents, |incident, facts, cast| {
        let coded: BTreeSet<[&Id; 2]> = incident.disputes.iter().flat_map(|d| [[&d.claims[0], &d.claims[1]], [&d.claims[1], &d.claims[0]]]).collect();
        let pairs = dispute::candidates(facts, cast);
        let named = |signs: &[(&'static str, f32)]| signs.iter().map(|(n, x)| ((*n).to_owned(), *x)).collect();
        pairs.iter().map(|p| (coded.contains(&[&p.a.claim.id, &p.b.claim.id]), named(&p.signs))).collect()
    })
}

fn each<T>(reports: &[Report], claims: &[Claim], incidents: &[Incident], mut of: impl FnMut(&Incident, &[&Fact], &Cast) -> Vec<T>) -> Vec<T> {
    let known = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let repeats = Repeats::among(reports);
    let mut atlas = Atlas::new();
    let facts = facts(&known, claims, &mut atlas);
    let mut made = Vec::new();
    for incident in incidents {
        let own = facts.iter().filter(|f| f.claim.incident.as_ref() == Some(&incident.id) && !repeats.has(&f.claim.report)).collect::<Vec<_>>();
        let cast = Cast::of(&own, &mut atlas);
        made.extend(of(incident, &own, &cast));
    }
    made
}
