//! A speaker's record: how what it said stands beside what else was said. Counts with n and interval, never one score.

use std::collections::BTreeSet;

use ledger::{Filter, Ledger, Precision, fold};
use record::{Id, Kind, Polarity};
use serde::Serialize;

use crate::Result;
use crate::incident::{IncidentView, incident};
use crate::side::Relation;

/// How a speaker's words stand in the incidents that it speaks of.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Track {
    /// Name as first printed.
    pub name: String,
    /// What sort of speaker.
    pub kind: String,
    /// Its claims in force.
    pub claims: u64,
    /// Reports that carry them.
    pub reports: u64,
    /// Incidents that they belong to: the `n` of the shares. The latest by arrival, when there are many.
    pub incidents: u64,
    /// Incidents that it spoke of beyond those.
    pub left_out: u64,
    /// Of the incidents, those whose earliest report carries its words.
    pub first: u64,
    /// Those that nobody else independent of it tells of.
    pub alone: u64,
    /// Those that others tell of too, none of its claims being disputed.
    pub corroborated: u64,
    /// Those in which a claim of its is one side of a dispute.
    pub contradicted: u64,
    /// What it says of its own side's dead, divided by what was resolved.
    pub own: Option<Ratio>,
    /// What it says of its enemy's dead, divided by what was resolved.
    pub enemy: Option<Ratio>,
}

/// The middle of some quotients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Median.
    pub median: f64,
    /// Of how many.
    pub n: u64,
}

impl Track {
    /// A share of the incidents with its 95 % interval after Wilson: low, share, high, from 0 to 1. `None` without incidents.
    pub fn share(&self, of: u64) -> Option<[f64; 3]> {
        Precision { n: self.incidents, right: of }.interval()
    }
}

/// Incidents that are looked at.
const MOST: usize = 300;

/// The record of a speaker by its printed name, whatever its case and marks, and its sort; `None` when it is never quoted.
///
/// # Errors
/// Those of the ledger.
pub fn track(ledger: &Ledger, name: &str, kind: &str) -> Result<Option<Track>> {
    ledger.snapshot(|ledger| {
        let mut filter = Filter { speaker: vec![name.to_owned()], ..Filter::default() };
        if !kind.is_empty() {
            filter.set("speaker_kind", kind)?;
        }
        let mut claims = ledger.claims(&filter)?;
        claims.retain(|claim| claim.speaker().is_some_and(|source| fold(&source.name) == fold(name)));
        let Some(first) = claims.first().and_then(|claim| claim.speaker().cloned()) else { return Ok(None) };
        let own: BTreeSet<&Id> = claims.iter().map(|claim| &claim.id).collect();
        let mut incidents: Vec<&Id> = claims.iter().rev().filter_map(|claim| claim.incident.as_ref()).collect();
        let mut seen = BTreeSet::new();
        incidents.retain(|id| seen.insert(*id));
        let left_out = incidents.len().saturating_sub(MOST);
        incidents.truncate(MOST);
        let mut track = Track {
            name: first.name,
            kind: kind.to_owned(),
            claims: claims.len() as u64,
            reports: claims.iter().map(|claim| &claim.report).collect::<BTreeSet<_>>().len() as u64,
            incidents: incidents.len() as u64,
            left_out: left_out as u64,
            ..Track::default()
        };
        let (mut of_own, mut of_enemy) = (Vec::new(), Vec::new());
        for id in incidents {
            let view = incident(ledger, id)?;
            add(&mut track, &view, &own, &mut of_own, &mut of_enemy);
        }
        (track.own, track.enemy) = (middle(of_own), middle(of_enemy));
        Ok(Some(track))
    })
}

/// Adds one incident to a speaker's record.
fn add(track: &mut Track, view: &IncidentView, own: &BTreeSet<&Id>, of_own: &mut Vec<f64>, of_enemy: &mut Vec<f64>) {
    let mine: Vec<_> = view.claims.iter().filter(|line| own.contains(&line.entry.claim.id)).collect();
    // Reports stand in the order of their publication.
    if view.reports.first().is_some_and(|report| mine.iter().any(|line| line.report_label == report.label)) {
        track.first += 1;
    }
    let disputed = view.disputes.iter().flat_map(|dispute| &dispute.claims).any(|label| mine.iter().any(|line| line.label == *label));
    match (disputed, view.n_independent) {
        (true, _) => track.contradicted += 1,
        (false, ..2) => track.alone += 1,
        (false, _) => track.corroborated += 1,
    }
    for line in mine.iter().filter(|line| line.copy_of.is_none()) {
        let claim = &line.entry.claim;
        let quotients = match (claim.kind, claim.polarity, line.relation) {
            (Kind::Deaths, Polarity::Positive, Relation::Own) => &mut *of_own,
            (Kind::Deaths, Polarity::Positive, Relation::Enemy) => &mut *of_enemy,
            _ => continue,
        };
        let said = claim.count.as_ref().and_then(|count| count.low.or(count.high));
        let resolved = view.entry.incident.deaths.iter().find(|toll| claim.side.as_deref().is_some_and(|side| fold(side) == fold(&toll.side)));
        if let Some((said, resolved)) = said.zip(resolved.map(|toll| toll.best).filter(|best| *best > 0)) {
            quotients.push(said as f64 / resolved as f64);
        }
    }
}

fn middle(mut values: Vec<f64>) -> Option<Ratio> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    let median = match n {
        0 => return None,
        n if n.is_multiple_of(2) => f64::midpoint(values[n / 2 - 1], values[n / 2]),
        n => values[n / 2],
    };
    Some(Ratio { median, n: n as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_median() {
        for (values, expected) in [(&[][..], None), (&[2.0], Some((2.0, 1))), (&[3.0, 1.0], Some((2.0, 2))), (&[9.0, 1.0, 2.0], Some((2.0, 3)))] {
            assert_eq!(middle(values.to_vec()).map(|ratio| (ratio.median, ratio.n)), expected, "{values:?}");
        }
    }
}
