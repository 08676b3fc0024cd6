//! Date, place and standing of an incident.

use std::collections::BTreeSet;

use record::{DatePrecision, Dispute, IncidentDate, IncidentPlace, Over, Polarity, ReportKind, SourceKind, Stance, Status};

use crate::Options;
use crate::atlas::Camp;
use crate::fact::{Fact, date as date_of};
use crate::group::{main_days, main_place};
use crate::parties::Cast;
use crate::voices::origin;

/// The days most claims name.
pub(crate) fn date(facts: &[&Fact]) -> Option<IncidentDate> {
    let (start, end) = main_days(facts.iter().copied())?;
    let precision = match end - start {
        0..=4 => DatePrecision::Day,
        5..=10 => DatePrecision::Week,
        11..=45 => DatePrecision::Month,
        _ => DatePrecision::Year,
    };
    Some(IncidentDate { start: date_of(start), end: date_of(end), precision })
}

/// The place most claims name.
pub(crate) fn place(facts: &[&Fact]) -> Option<IncidentPlace> {
    let best = main_place(facts.iter().copied())?;
    let name =
        facts.iter().filter_map(|f| f.claim.place.as_ref().zip(f.place.as_ref())).find(|(_, w)| w.key == best.key).map(|(p, _)| p.name.clone())?;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let found = best.place;
    Some(IncidentPlace {
        name,
        admin1: found.and_then(|p| some(p.admin1)),
        admin2: found.and_then(|p| some(p.admin2)),
        country: found.and_then(|p| some(p.country)).or(some(&best.country)),
        lat: best.point.map(|p| p.0),
        lon: best.point.map(|p| p.1),
        precision: best.precision,
    })
}

/// Its standing: `claimed` when only one party says so, `reported` when one source without a stake does, `corroborated`
/// when two independent sources do, or both parties.
pub(crate) fn status(facts: &[&Fact], cast: &Cast, disputes: &[Dispute], options: &Options) -> Status {
    if options.contested && disputes.iter().any(|d| matches!(d.over, Over::Actor | Over::Occurrence)) {
        return Status::Contested;
    }
    let says = |f: &&&Fact| f.claim.polarity == Polarity::Positive && f.claim.stance != Stance::DoesNotConfirm;
    let (mut outlets, mut others, mut parties) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut reports = BTreeSet::new();
    for fact in facts.iter().filter(says) {
        let speaker = cast.speaker(fact);
        let channel = matches!(fact.report.kind, ReportKind::Communique | ReportKind::GroupStatement) && fact.claim.source.is_empty();
        reports.insert(fact.claim.report.as_str());
        match speaker.kind {
            None => outlets.insert(origin(fact)),
            Some(SourceKind::UnnamedOfficial | SourceKind::LocalOfficial) => others.insert(origin(fact)),
            Some(_) if channel || cast.takes_part(&speaker.camp) || matches!(speaker.camp, Camp::Group(_) | Camp::Gunmen) => {
                parties.insert(speaker.camp.clone())
            }
            Some(_) => others.insert(origin(fact)),
        };
    }
    // One report's own voice beside one speaker of its own, party or not, is still one source.
    match (parties.len(), outlets.len(), others.len()) {
        (1, 0, 0) => Status::Claimed,
        (0, 0 | 1, 0 | 1) | (0, 0, _) => Status::Reported,
        (1, 1, 0) if reports.len() == 1 => Status::Reported,
        _ => Status::Corroborated,
    }
}
