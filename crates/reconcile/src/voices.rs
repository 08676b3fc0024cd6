//! Who is independent of whom: copies, and quotations of one origin, count once.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::plain;
use record::{Claim, Id, Report, SourceKind};
use serde::Serialize;

use crate::atlas::Atlas;
use crate::copies::folded;
use crate::fact::{Fact, facts};

/// One independent origin of claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voice {
    /// Its name as first printed: an outlet, an agency, a speaker.
    pub name: String,
    /// What sort of speaker; `None` for an outlet in its own voice.
    pub kind: Option<SourceKind>,
    /// The reports that carry it, copies included.
    pub reports: Vec<Id>,
    /// Its claims, copies' left out.
    pub claims: Vec<Id>,
}

/// How many reports, and how many independent voices behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Voices {
    /// Reports with a claim of the incident.
    pub reports: usize,
    /// Those that only copy another.
    pub copies: usize,
    /// The voices, most claims first.
    pub independent: Vec<Voice>,
}

/// The voices behind an incident's claims: `9 reports → 4 independent sources`, and which.
pub fn voices(reports: &[Report], claims: &[Claim]) -> Voices {
    let known: BTreeMap<&str, &Report> = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let copies = folded(&known);
    let facts = facts(&known, claims, &mut Atlas::new());
    let told: BTreeSet<&str> = facts.iter().map(|f| f.claim.report.as_str()).collect();
    let copied = |report: &str| copies.get(report).is_some_and(|o| told.contains(o.as_str()));
    let mut by_origin: BTreeMap<String, Voice> = BTreeMap::new();
    for fact in facts.iter().filter(|f| !copied(&f.claim.report)) {
        let speaker = named(fact);
        let voice = by_origin.entry(origin(fact)).or_insert_with(|| Voice {
            name: speaker.map_or(fact.report.outlet.clone(), |s| s.name.clone()),
            kind: speaker.map(|s| s.kind),
            reports: Vec::new(),
            claims: Vec::new(),
        });
        voice.claims.push(fact.claim.id.clone());
        if !voice.reports.contains(&fact.claim.report) {
            voice.reports.push(fact.claim.report.clone());
        }
    }
    for (copy, original) in copies.iter().filter(|(c, _)| told.contains(c.as_str())) {
        for voice in by_origin.values_mut().filter(|v| v.reports.contains(original)) {
            voice.reports.push(copy.clone());
        }
    }
    let mut independent: Vec<Voice> = by_origin.into_values().collect();
    independent.sort_by(|a, b| b.claims.len().cmp(&a.claims.len()).then_with(|| a.claims.cmp(&b.claims)));
    Voices { reports: told.len(), copies: told.iter().filter(|r| copied(r)).count(), independent }
}

/// The link of the chain that makes a claim somebody's: the outermost agency, else the innermost speaker.
fn named<'f>(fact: &'f Fact) -> Option<&'f record::Source> {
    fact.claim.source.first().filter(|s| s.kind == SourceKind::Media).or(fact.claim.source.last())
}

/// What claims of one origin share. A speaker without a name ("residents", "a security source") is told apart by the
/// outlet that heard it.
pub(crate) fn origin(fact: &Fact) -> String {
    let outlet = || plain(&fact.report.outlet);
    match named(fact) {
        None => format!("report {}", if fact.report.outlet.is_empty() { fact.claim.report.clone() } else { outlet() }),
        Some(s) if matches!(s.kind, SourceKind::Unnamed | SourceKind::UnnamedOfficial | SourceKind::Resident | SourceKind::Witness) => {
            format!("{} {} {}", outlet(), s.kind.as_str(), plain(&s.name))
        }
        Some(s) => plain(&s.name),
    }
}
