//! An incident under other rules, or without a speaker.

use ledger::Ledger;
use record::{Claim, Incident, Report};
use views::{ClaimLine, IncidentView};

use crate::fault::Fault;
use crate::plain::line;
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

pub(crate) struct WhatIf {
    pub(crate) rules: Vec<(String, bool)>,
    pub(crate) speakers: Vec<(String, bool)>,
    /// What is asked, when something is.
    pub(crate) asked: String,
    pub(crate) back: String,
}

/// What was made of "what if": the incident under it.
pub(crate) fn under(site: &Site, ledger: &Ledger, query: &Query, view: &IncidentView) -> Result<Option<Incident>, Fault> {
    let (rules, without): (Option<&str>, Vec<String>) = (query.get("rules"), query.all("without").map(str::to_owned).collect());
    let known = site.desk().rules();
    let Some(first) = known.first() else { return Ok(None) };
    if rules.is_none_or(|rules| rules == first) && without.is_empty() {
        return Ok(None);
    }
    let rules = rules.filter(|rules| known.iter().any(|known| known == rules)).unwrap_or(first);
    let mut ids: Vec<&str> = view.claims.iter().map(|line| line.entry.claim.report.as_str()).collect();
    ids.extend(view.reports.iter().map(|report| report.id.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let reports: Vec<Report> = ids.into_iter().map(|id| ledger.report(id)).collect::<Result<_, _>>()?;
    let claims: Vec<Claim> = view.claims.iter().map(|line| line.entry.claim.clone()).collect();
    // A page shows names with what could mislead made visible; the claims have them as printed.
    let printed: Vec<String> = view.claims.iter().map(speaker_name).filter(|name| without.contains(&line(name))).collect();
    Ok(site.desk().what_if(&reports, &claims, rules, &printed))
}

pub(crate) fn what_if(
    site: &Site,
    query: &Query,
    stored: &IncidentView,
    is_other: bool,
    path: &str,
    without: &[String],
    words: &Words,
) -> Option<WhatIf> {
    let known = site.desk().rules();
    let first = known.first()?;
    if stored.entry.incident.deaths.is_empty() && stored.entry.incident.injured.is_empty() {
        return None;
    }
    let chosen = query.get("rules").unwrap_or(first);
    let mut speakers: Vec<(String, bool)> = Vec::new();
    for claim in stored.claims.iter().filter(|claim| claim.entry.claim.kind.is_countable()) {
        let name = line(&speaker_name(claim));
        if !name.is_empty() && speakers.iter().all(|(known, _)| *known != name) {
            let left_out = query.has("without", &name);
            speakers.push((name, left_out));
        }
    }
    let asked = match (is_other, without) {
        (false, _) => String::new(),
        (true, []) => words.fill("if_rules", &[chosen]),
        (true, without) => words.fill("if_without", &[chosen, &without.join(", ")]),
    };
    Some(WhatIf {
        rules: known.iter().map(|name| (name.clone(), name == chosen)).collect(),
        speakers,
        asked,
        back: query.without_all("rules").without_all("without").href(path),
    })
}

/// Whose claim it is, by the name as printed: the innermost speaker's, or the outlet's.
fn speaker_name(claim: &ClaimLine) -> String {
    claim.entry.claim.speaker().map_or_else(|| claim.chain.first().cloned().unwrap_or_default(), |source| source.name.clone())
}
