//! From claims to incidents.

use std::collections::{BTreeMap, BTreeSet};

use record::{Claim, Id, Incident, Repeats, Report, content_id};

use crate::atlas::Atlas;
use crate::block;
use crate::cluster::{Tie, cluster};
use crate::copies::repeated;
use crate::fact::{Fact, facts};
use crate::group::Group;
use crate::{Options, describe, dispute, kind, parties, toll};

/// Log odds of two groups that share no key: about one in twenty.
const STRANGERS: f32 = -3.0;

/// Incidents, and which claim went where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reconciled {
    /// By date, then by id; those without a date last.
    pub incidents: Vec<Incident>,
    /// From a claim's id to its incident's; totals over a period and claims that fit nowhere are not in it.
    pub of: BTreeMap<Id, Id>,
}

/// Which claims are about one thing, and what they add up to.
///
/// Claims of one report are grouped, groups are linked across reports, and each cluster becomes an incident whose id
/// comes from its earliest claim. Claims of scope `period` and of unknown reports are left out; those of copies go where
/// their original's went and count for nothing else.
pub fn reconcile(reports: &[Report], claims: &[Claim], options: &Options) -> Reconciled {
    let mut incidents = added_up(reports, claims, options);
    told_apart(&mut incidents);
    incidents.sort_by(|a, b| {
        let order = |i: &Incident| (i.date.is_none(), i.date.as_ref().map(|d| d.start), i.id.clone());
        order(a).cmp(&order(b))
    });
    let of = incidents.iter().flat_map(|i| i.claims.iter().map(|c| (c.clone(), i.id.clone()))).collect();
    Reconciled { incidents, of }
}

/// Incidents with their whole ids, in no order that means anything.
pub(crate) fn added_up(reports: &[Report], claims: &[Claim], options: &Options) -> Vec<Incident> {
    let known: BTreeMap<&str, &Report> = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut atlas = Atlas::new();
    let repeats = Repeats::among(reports);
    let (copied, own): (Vec<Fact>, Vec<Fact>) = facts(&known, claims, &mut atlas).into_iter().partition(|f| repeats.has(&f.claim.report));
    let groups = block::made(&own, options);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, root) in clusters(&groups, options).into_iter().enumerate() {
        members.entry(root).or_default().extend(&groups[n].facts);
    }
    let at: BTreeMap<&Id, usize> = own.iter().enumerate().map(|(n, f)| (&f.claim.id, n)).collect();
    let mut of_original: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, fact) in own.iter().enumerate() {
        of_original.entry(fact.claim.report.as_str()).or_default().push(n);
    }
    // Where each copy's claim goes: to the claim that it repeats.
    let mut with: BTreeMap<usize, Vec<&Fact>> = BTreeMap::new();
    for copy in &copied {
        let original = repeats.original(&copy.claim.report).and_then(|original| of_original.get(original.as_str()));
        let found = original.and_then(|o| repeated(copy, o.iter().map(|&n| &own[n])));
        if let Some(found) = found {
            with.entry(at[&found.claim.id]).or_default().push(copy);
        }
    }
    let mut incidents: Vec<Incident> = Vec::new();
    for mut cluster in members.into_values() {
        cluster.sort_unstable();
        let facts: Vec<&Fact> = cluster.iter().map(|&f| &own[f]).collect();
        if !stands(&facts, options) {
            continue;
        }
        let copied: Vec<&Fact> = cluster.iter().flat_map(|f| with.get(f).into_iter().flatten().copied()).collect();
        incidents.push(made(&facts, &copied, &mut atlas, options));
    }
    incidents
}

/// What claims that somebody decided are one incident add up to, under any rules; `None` without a claim of a known
/// report.
pub fn incident(reports: &[Report], claims: &[Claim], options: &Options) -> Option<Incident> {
    let known: BTreeMap<&str, &Report> = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut atlas = Atlas::new();
    let repeats = Repeats::among(reports);
    let all = facts(&known, claims, &mut atlas);
    let speaking: BTreeSet<&str> = all.iter().map(|f| f.claim.report.as_str()).collect();
    let (copied, own): (Vec<&Fact>, Vec<&Fact>) = all.iter().partition(|f| repeats.one_of(&f.claim.report, &speaking));
    (!own.is_empty()).then(|| made(&own, &copied, &mut atlas, options))
}

fn clusters(groups: &[Group], options: &Options) -> Vec<usize> {
    let mut ties = block::ties(groups, options);
    // What a report tells apart stays apart.
    let mut of_report: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        of_report.entry(group.report.as_str()).or_default().push(n);
    }
    for own in of_report.values() {
        for (n, &a) in own.iter().enumerate() {
            for &b in &own[n + 1..] {
                ties.insert((a, b), Tie::Odds(options.model.across.threshold + STRANGERS));
            }
        }
    }
    let ties = ties.into_iter().map(|((a, b), tie)| (a, b, tie));
    cluster(groups.len(), ties, STRANGERS, options.model.across.threshold)
}

/// Whether claims make an incident: somebody tells it and does not only recall it, and it is more than one doubtful claim.
fn stands(facts: &[&Fact], options: &Options) -> bool {
    let told = facts.iter().filter(|f| !f.is_recalled()).count();
    let sure = |f: &&&Fact| f.claim.score.is_none_or(|s| s >= options.lone_score);
    match facts {
        [lone] => told == 1 && sure(&lone) && (lone.place.is_some() || lone.days.is_some()),
        _ => told > 0 && (facts.len() > 2 || facts.iter().any(|f| sure(&f))),
    }
}

/// The incident of some facts in order; `copied` are claims of copies, which are only listed.
fn made(facts: &[&Fact], copied: &[&Fact], atlas: &mut Atlas, options: &Options) -> Incident {
    let heard: Vec<&Fact> = facts.iter().filter(|f| !left_out(f, options)).copied().collect();
    let cast = parties::Cast::of(&heard, atlas);
    let kind = kind::kind(&heard, &options.model);
    let tolls = toll::Tolls::of(&heard, &cast, options);
    let disputes = dispute::disputes(&heard, &cast, &options.model);
    let mut claims: Vec<&Fact> = facts.iter().chain(copied).copied().collect();
    claims.sort_by_key(|f| (f.published().to_owned(), f.claim.report.clone(), f.position(), f.claim.id.clone()));
    Incident {
        id: content_id(["incident", facts[0].claim.id.as_str()]),
        kind,
        date: describe::date(&heard),
        place: describe::place(&heard),
        parties: cast.parties(&heard),
        deaths: tolls.deaths,
        injured: tolls.injured,
        abducted: tolls.abducted,
        displaced: tolls.displaced,
        status: describe::status(&heard, &cast, &disputes, options),
        disputes,
        claims: claims.iter().map(|f| f.claim.id.clone()).collect(),
    }
}

fn left_out(fact: &Fact, options: &Options) -> bool {
    let name = fact.claim.speaker().map_or(fact.report.outlet.as_str(), |s| s.name.as_str()).to_lowercase();
    options.leave_out.iter().any(|l| l.to_lowercase() == name)
}

/// Shortens whole ids to what tells them apart, eight digits at least.
pub fn told_apart(incidents: &mut [Incident]) {
    let mut short: BTreeMap<String, u32> = BTreeMap::new();
    for incident in incidents.iter() {
        *short.entry(incident.id[..8].to_owned()).or_default() += 1;
    }
    for incident in incidents {
        if short[&incident.id[..8]] == 1 {
            incident.id.truncate(8);
        }
    }
}
