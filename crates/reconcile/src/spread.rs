//! Adding up in parts, where the claims are too many for one machine: what comes out is what [`reconcile`](crate::reconcile())
//! makes of all of them at once.
//!
//! A report's claims fall into groups. Two groups are about one incident only if a chain of [`links`] joins them, and whether two
//! are linked depends on nothing but their two reports. So links can be looked for among any reports that share a key of their
//! [`handles`], in as many heaps as one likes; groups that links join are one [`Part`]; and each part is added up alone, from
//! the whole reports of its groups. Ids are shortened at the end, over all parts, by [`told_apart`](crate::told_apart).
//!
//! Reports that copy others have no groups: they go with their originals into a part.

use std::collections::{BTreeMap, BTreeSet};

use record::{Claim, Id, Incident, Report};

use crate::Options;
use crate::atlas::Atlas;
use crate::block::{is_link, keys, made, ties};
use crate::fact::facts;
use crate::group::Group;
use crate::story::added_up;

/// A group of claims of one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Id of its first claim: its name wherever it is met.
    pub group: Id,
    /// The blocks that it belongs to: only groups that share one can be linked.
    pub keys: BTreeSet<String>,
}

/// The groups of one report, in the order of their first claims.
pub fn handles(report: &Report, claims: &[Claim], options: &Options) -> Vec<Handle> {
    let handle = |name: &dyn Fn(&Group) -> Id, group: &Group| Handle { group: name(group), keys: keys(group).into_iter().collect() };
    grouped(std::slice::from_ref(report), claims, options, |groups, name| groups.iter().map(|group| handle(name, group)).collect())
}

/// Which groups of some reports are linked to one another, by their names, the lesser first; sorted. The reports must
/// not copy others.
pub fn links(reports: &[Report], claims: &[Claim], options: &Options) -> Vec<(Id, Id)> {
    let mut links: Vec<(Id, Id)> = grouped(reports, claims, options, |groups, name| {
        let ties = ties(groups, options);
        let linked = ties.iter().filter(|(_, tie)| is_link(tie, options)).map(|((a, b), _)| (name(&groups[*a]), name(&groups[*b])));
        linked.map(|(a, b)| if a < b { (a, b) } else { (b, a) }).collect()
    });
    links.sort_unstable();
    links
}

/// Makes something of the groups of some reports, and of the function that names them.
fn grouped<T>(reports: &[Report], claims: &[Claim], options: &Options, make: impl FnOnce(&[Group], &dyn Fn(&Group) -> Id) -> T) -> T {
    let known: BTreeMap<&str, &Report> = reports.iter().map(|report| (report.id.as_str(), report)).collect();
    let facts = facts(&known, claims, &mut Atlas::new());
    let groups = made(&facts, options);
    let name = |group: &Group| facts[*group.facts.iter().min().expect("a group has a claim")].claim.id.clone();
    make(&groups, &name)
}

/// Groups that links join, with all that is needed to add them up.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Names of the groups.
    pub groups: &'a BTreeSet<Id>,
    /// The reports that they are of, and copies of these.
    pub reports: &'a [Report],
    /// All claims of these reports.
    pub claims: &'a [Claim],
}

impl Part<'_> {
    /// What the groups add up to: incidents with whole ids of ten digits. What else the reports tell of belongs to other parts.
    pub fn incidents(&self, options: &Options) -> Vec<Incident> {
        let mut incidents = added_up(self.reports, self.claims, options);
        incidents.retain(|incident| incident.claims.iter().any(|claim| self.groups.contains(claim)));
        incidents
    }
}
