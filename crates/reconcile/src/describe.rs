//! Type, date, place and standing of an incident.

use std::collections::BTreeSet;

use record::{DatePrecision, Dispute, IncidentDate, IncidentPlace, Kind, Over, Polarity, Scope, Stance, Status};

use crate::Options;
use crate::atlas::Camp;
use crate::fact::{Fact, date as date_of};
use crate::group::{main_days, main_place};
use crate::parties::{Cast, hit};
use crate::voices::origin;

/// ACLED's sub-event name: the highest of its hierarchy among what is said to have happened.
pub(crate) fn kind(facts: &[&Fact], cast: &Cast) -> String {
    let happened = || facts.iter().filter(|f| f.claim.polarity == Polarity::Positive);
    let has = |kinds: &[Kind]| happened().any(|f| kinds.contains(&f.claim.kind));
    let count = |kind: Kind| happened().filter(|f| f.claim.kind == kind).count();
    let armed = |c: &Camp| matches!(c, Camp::State(_) | Camp::Group(_) | Camp::Gunmen | Camp::Peacekeepers);
    let fought = cast.hit.iter().any(armed);
    let weapon = |word: &str| happened().any(|f| f.claim.weapon.as_ref().is_some_and(|w| w.to_lowercase().contains(word)) || f.claim.quote.text.to_lowercase().contains(word));
    let name = if has(&[Kind::Recapture]) {
        "government regains territory"
    } else if has(&[Kind::Clash, Kind::Repelled]) {
        "armed clash"
    } else if has(&[Kind::Attack]) && fought {
        "armed clash"
    } else if has(&[Kind::Seizure]) {
        "non-state actor overtakes territory"
    } else if count(Kind::Airstrike) > 0 {
        "air/drone strike"
    } else if has(&[Kind::Explosion]) {
        if weapon("suicide") { "suicide bomb" } else { "remote explosive/landmine/ied" }
    } else if has(&[Kind::Shelling]) {
        "shelling/artillery/missile attack"
    } else if has(&[Kind::Attack, Kind::Deaths]) {
        "attack"
    } else if has(&[Kind::Abduction]) {
        "abduction/forced disappearance"
    } else if has(&[Kind::Arrest]) {
        "arrests"
    } else if has(&[Kind::Looting, Kind::Destruction]) {
        "looting/property destruction"
    } else {
        "attack"
    };
    name.to_owned()
}

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
    let name = facts.iter().filter_map(|f| f.claim.place.as_ref().zip(f.place.as_ref())).find(|(_, w)| w.key == best.key).map(|(p, _)| p.name.clone())?;
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
    let says = |f: &&&Fact| f.claim.polarity == Polarity::Positive && f.claim.stance != Stance::DoesNotConfirm && f.claim.scope == Scope::Incident;
    let mut neutral: BTreeSet<String> = BTreeSet::new();
    let mut parties: BTreeSet<Camp> = BTreeSet::new();
    for fact in facts.iter().filter(says) {
        let speaker = cast.speaker(fact);
        if cast.takes_part(&speaker.camp) || matches!(speaker.camp, Camp::Group(_) | Camp::Gunmen) {
            parties.insert(speaker.camp.clone());
        } else {
            neutral.insert(origin(fact));
        }
    }
    let _ = hit;
    match (neutral.len(), parties.len()) {
        (2.., _) | (1.., 1..) | (0, 2..) => Status::Corroborated,
        (1, 0) => Status::Reported,
        _ => Status::Claimed,
    }
}
