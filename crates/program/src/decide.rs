//! What people decide, worked out: each verb looks at the ledger and says what it would make of which records.
//!
//! Nothing here writes: a [`Decision`] is handed to [`Ledger::decide`]. Where claims come together or part, the incidents
//! are added up anew from them, and the fields that people set are set again.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::{Gazetteer, Hints};
use jiff::Timestamp;
use ledger::{Act, Applied, ClaimState, Decision, Deed, Fields, Filter, IncidentEntry, Ledger, Noun, Verdict};
use reconcile::Options;
use record::{Claim, Id, Incident, Report, content_id};

use crate::fields::{self, set_claim, set_incident};

/// Why a decision cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The ledger says no.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A field or its value.
    #[error(transparent)]
    Field(#[from] fields::Error),
    /// Something that is not `FIELD=VALUE`.
    #[error("{0:?} is not FIELD=VALUE")]
    NotAField(String),
    /// An id that names nothing, or another sort of record.
    #[error("there is no {wanted} {id}")]
    None {
        /// What was asked for.
        wanted: &'static str,
        /// As given.
        id: String,
    },
    /// An incident that was merged.
    #[error("{id} was merged into {into}")]
    Gone {
        /// As given.
        id: String,
        /// Where it went.
        into: Id,
    },
    /// A claim of another incident.
    #[error("claim {claim} is not in incident {incident}")]
    Elsewhere {
        /// The claim.
        claim: Id,
        /// The incident to be split.
        incident: Id,
    },
    /// A split that leaves nothing.
    #[error("a part of incident {0} would have no claims")]
    Empty(Id),
    /// One incident named twice, or by the id of one that was merged into it.
    #[error("there is nothing to merge: all of these ids are incident {0}")]
    Same(Id),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds up the claims of a whole ledger.
///
/// # Errors
/// Those of the ledger.
pub fn reconciled(ledger: &Ledger, options: &Options) -> Result<Vec<Incident>, ledger::Error> {
    let everything = Filter::default();
    ledger.snapshot(|ledger| {
        let (reports, mut claims, aliases) = (ledger.reports(&everything)?, ledger.claims(&everything)?, ledger.aliases(None)?);
        claims.iter_mut().for_each(|claim| aliases.name_claim(claim));
        Ok(reconcile::reconcile(&reports, &claims, options).incidents)
    })
}

/// Adds up the claims of a whole ledger and takes the outcome over.
///
/// # Errors
/// Those of the ledger.
pub fn reconcile(ledger: &mut Ledger, options: &Options, why: &str) -> Result<Applied, ledger::Error> {
    let incidents = reconciled(ledger, options)?;
    let who = format!("attest {} {}", env!("CARGO_PKG_VERSION"), options.rules.name);
    ledger.apply_incidents(&incidents, &Act::new(who, why, Timestamp::now()))
}

/// An incident in force under exactly this id.
fn in_force(ledger: &Ledger, id: &str) -> Result<IncidentEntry> {
    let id = match ledger.noun(id)? {
        Some((Noun::Incident, id)) => id,
        _ => return Err(Error::None { wanted: "incident", id: id.to_owned() }),
    };
    let entry = ledger.incident_entry(&id, None)?;
    if entry.incident.id == id { Ok(entry) } else { Err(Error::Gone { id, into: entry.incident.id }) }
}

/// What claims come to, under an id and with the fields that people set; `None` when that is no incident.
fn added_up(ledger: &Ledger, claims: &[Claim], options: &Options, id: &str, fields: &Fields) -> Result<Option<Incident>> {
    let mut reports: BTreeMap<Id, Report> = BTreeMap::new();
    for claim in claims {
        let mut next = Some(claim.report.clone());
        while let Some(id) = next.take().filter(|id| !reports.contains_key(id)) {
            match ledger.report(&id) {
                Ok(report) => {
                    next.clone_from(&report.copy_of);
                    reports.insert(id, report);
                }
                Err(ledger::Error::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    let reports: Vec<Report> = reports.into_values().collect();
    let aliases = ledger.aliases(None)?;
    let mut claims = claims.to_vec();
    claims.iter_mut().for_each(|claim| aliases.name_claim(claim));
    let Some(mut incident) = reconcile::incident(&reports, &claims, options) else { return Ok(None) };
    id.clone_into(&mut incident.id);
    for (name, value) in fields {
        set_incident(&mut incident, name, value)?;
    }
    Ok(Some(incident))
}

fn claims_of(ledger: &Ledger, entry: &IncidentEntry) -> Result<Vec<Claim>> {
    Ok(ledger.claims_of_incident(&entry.incident.id)?)
}

/// Fields of a claim or an incident get other values. `None` when they have them already. `reviewed=yes` agrees with the
/// record as it is.
///
/// # Errors
/// [`Error`].
pub fn set(ledger: &Ledger, options: &Options, id: &str, pairs: &[String]) -> Result<Option<Decision>> {
    let mut given = Fields::new();
    let mut reviewed = false;
    for pair in pairs {
        let (name, value) = pair.split_once('=').ok_or_else(|| Error::NotAField(pair.clone()))?;
        match (name.trim(), value.trim()) {
            ("reviewed", "yes") => reviewed = true,
            ("reviewed", value) => {
                let hint = "yes; `attest undo` takes a decision back".to_owned();
                return Err(fields::Error::Value { name: "reviewed".to_owned(), value: value.to_owned(), hint }.into());
            }
            (name, value) => {
                given.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    ledger.snapshot(|ledger| match ledger.noun(id)? {
        Some((Noun::Claim, id)) => set_on_claim(ledger, options, &id, given, reviewed),
        Some((Noun::Incident, id)) => set_on_incident(ledger, &id, given, reviewed),
        _ => Err(Error::None { wanted: "claim or incident", id: id.to_owned() }),
    })
}

fn set_on_incident(ledger: &Ledger, id: &str, mut given: Fields, reviewed: bool) -> Result<Option<Decision>> {
    let entry = in_force(ledger, id)?;
    let mut incident = entry.incident.clone();
    let country = given.get("country").cloned().or_else(|| incident.place.as_ref().and_then(|place| place.country.clone()));
    if let Some(place) = given.get("place").filter(|place| !place.is_empty()).cloned() {
        let found = resolved(&place, country.as_deref());
        let precision = found.map_or_else(String::new, |(_, precision)| precision.as_str().to_owned());
        let known = found.map(|(place, _)| place);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let implied = [
            ("admin1", text(known.map(|place| place.admin1))),
            ("admin2", text(known.map(|place| place.admin2))),
            ("country", known.map_or_else(|| country.clone().unwrap_or_default(), |place| place.country.to_owned())),
            ("lat", number(known.map(|place| place.lat))),
            ("lon", number(known.map(|place| place.lon))),
            ("place_precision", if precision.is_empty() { "near".to_owned() } else { precision }),
        ];
        for (name, value) in implied {
            given.entry(name.to_owned()).or_insert(value);
        }
    }
    for (name, value) in &given {
        set_incident(&mut incident, name, value)?;
    }
    if incident.place.as_ref().is_some_and(|place| place.name.is_empty()) {
        return Err(
            fields::Error::Value { name: "place".to_owned(), value: String::new(), hint: "the place has no name; set place too".to_owned() }.into()
        );
    }
    let agreed = reviewed && entry.decided_by.is_none();
    if incident == entry.incident && !agreed {
        return Ok(None);
    }
    let mut fields = entry.fields.clone();
    // A place that is taken back takes with it what was said of it.
    if given.get("place").is_some_and(String::is_empty) {
        fields.retain(|name, _| !["admin1", "admin2", "country", "lat", "lon", "place_precision"].contains(&name.as_str()));
    }
    fields.extend(given);
    let verdicts = vec![Verdict::Incident { incident, fields, stands: true }];
    Ok(Some(Decision { deed: Deed::Set, subject: id.to_owned(), verdicts, seen: vec![(entry.incident.id, entry.revision)] }))
}

/// The place that a name means, when the gazetteer has it as it is spelt.
fn resolved(name: &str, country: Option<&str>) -> Option<(gazetteer::Place, record::PlacePrecision)> {
    let hints = country.map_or_else(Hints::default, |country| Hints::default().country(country, 1.0));
    let candidates = Gazetteer::embedded().places(name, &hints);
    let fits = |place: &gazetteer::Place| country.is_none_or(|country| place.country == country);
    candidates.into_iter().find(|candidate| candidate.edits == 0 && fits(&candidate.place)).map(|candidate| (candidate.place, candidate.precision))
}

fn set_on_claim(ledger: &Ledger, options: &Options, id: &str, given: Fields, reviewed: bool) -> Result<Option<Decision>> {
    let entry = ledger.claim_entry(id, None)?;
    let mut claim = entry.claim.clone();
    // A new place before what is said of it.
    for (name, value) in given.iter().filter(|(name, _)| *name == "place").chain(given.iter().filter(|(name, _)| *name != "place")) {
        set_claim(&mut claim, name, value)?;
        if name == "place"
            && let Some(place) = &mut claim.place
            && let Some((found, _)) = resolved(value, given.get("country").map_or(place.country.as_deref(), |country| Some(country.as_str())))
        {
            place.gazetteer = Some(found.id());
            (place.lat, place.lon, place.country) = (Some(found.lat), Some(found.lon), Some(found.country.to_owned()).filter(|c| !c.is_empty()));
        }
    }
    let same = claim == entry.claim;
    let state = match (same, entry.decision) {
        (true, None | Some(ClaimState::Rejected)) if reviewed => ClaimState::Accepted,
        (true, _) => return Ok(None),
        (false, _) => ClaimState::Corrected,
    };
    let mut decision =
        Decision { deed: Deed::Set, subject: id.to_owned(), verdicts: vec![Verdict::Claim { claim: claim.clone(), state }], seen: vec![] };
    if let Some(incident) = entry.claim.incident.as_deref().filter(|_| !same) {
        let entry = ledger.incident_entry(incident, None)?;
        let mut claims = claims_of(ledger, &entry)?;
        claims.iter_mut().filter(|other| other.id == claim.id).for_each(|other| other.clone_from(&claim));
        follow(ledger, options, &entry, &claims, &mut decision)?;
    }
    Ok(Some(decision))
}

/// What a decision about a claim makes of the incident that holds it.
fn follow(ledger: &Ledger, options: &Options, entry: &IncidentEntry, claims: &[Claim], decision: &mut Decision) -> Result<()> {
    let stands = entry.decided_by.is_some();
    match added_up(ledger, claims, options, &entry.incident.id, &entry.fields)? {
        Some(incident) if incident == entry.incident => return Ok(()),
        Some(incident) => decision.verdicts.push(Verdict::Incident { incident, fields: entry.fields.clone(), stands }),
        None => decision.verdicts.push(Verdict::Withdrawn { id: entry.incident.id.clone(), stands }),
    }
    decision.seen.push((entry.incident.id.clone(), entry.revision));
    Ok(())
}

/// Several incidents are one; the first stays, and the ids of the others lead to it.
///
/// # Errors
/// [`Error`].
pub fn merge(ledger: &Ledger, options: &Options, ids: &[String]) -> Result<Decision> {
    ledger.snapshot(|ledger| {
        let mut entries: Vec<IncidentEntry> = Vec::new();
        for id in ids {
            let Some((Noun::Incident, id)) = ledger.noun(id)? else { return Err(Error::None { wanted: "incident", id: id.clone() }) };
            let entry = ledger.incident_entry(&id, None)?;
            if entries.iter().all(|known| known.incident.id != entry.incident.id) {
                entries.push(entry);
            }
        }
        let (survivor, others) = entries.split_first().expect("the command line wants two");
        if others.is_empty() {
            return Err(Error::Same(survivor.incident.id.clone()));
        }
        let mut claims = Vec::new();
        for entry in &entries {
            claims.extend(claims_of(ledger, entry)?);
        }
        let id = &survivor.incident.id;
        let incident = added_up(ledger, &claims, options, id, &survivor.fields)?.ok_or_else(|| Error::Empty(id.clone()))?;
        let mut verdicts = vec![Verdict::Incident { incident, fields: survivor.fields.clone(), stands: true }];
        verdicts.extend(others.iter().map(|entry| Verdict::Merged { id: entry.incident.id.clone(), into: id.clone() }));
        let seen = entries.iter().map(|entry| (entry.incident.id.clone(), entry.revision)).collect();
        Ok(Decision { deed: Deed::Merge, subject: id.clone(), verdicts, seen })
    })
}

/// Some claims of an incident are about another, which gets an id of its own.
///
/// # Errors
/// [`Error`].
pub fn split(ledger: &Ledger, options: &Options, id: &str, claims: &[String]) -> Result<Decision> {
    ledger.snapshot(|ledger| {
        let entry = in_force(ledger, id)?;
        let id = &entry.incident.id;
        let mut leaving = BTreeSet::new();
        for claim in claims {
            let Some((Noun::Claim, claim)) = ledger.noun(claim)? else { return Err(Error::None { wanted: "claim", id: claim.clone() }) };
            if !entry.incident.claims.contains(&claim) {
                return Err(Error::Elsewhere { claim, incident: id.clone() });
            }
            leaving.insert(claim);
        }
        let (leave, stay): (Vec<Claim>, Vec<Claim>) = claims_of(ledger, &entry)?.into_iter().partition(|claim| leaving.contains(&claim.id));
        let other = own_id(ledger, id, &leaving)?;
        let empty = || Error::Empty(id.clone());
        let kept = added_up(ledger, &stay, options, id, &entry.fields)?.ok_or_else(empty)?;
        let split_off = added_up(ledger, &leave, options, &other, &Fields::new())?.ok_or_else(empty)?;
        let verdicts = vec![
            Verdict::Incident { incident: kept, fields: entry.fields.clone(), stands: true },
            Verdict::Incident { incident: split_off, fields: Fields::new(), stands: true },
        ];
        Ok(Decision { deed: Deed::Split, subject: id.clone(), verdicts, seen: vec![(id.clone(), entry.revision)] })
    })
}

/// An id for the claims that leave an incident; the same again when that was undone and is done again.
fn own_id(ledger: &Ledger, from: &str, claims: &BTreeSet<Id>) -> Result<Id> {
    let whole = content_id(["split", from].into_iter().chain(claims.iter().map(String::as_str)));
    let short = whole[..8].to_owned();
    let free = match ledger.noun(&short)? {
        None => true,
        Some((Noun::Incident, _)) => matches!(ledger.incident(&short), Err(ledger::Error::Withdrawn { .. })),
        Some(_) => false,
    };
    Ok(if free { short } else { whole })
}

/// A claim that the report does not make, or an incident that is none. `None` when it was rejected before.
///
/// # Errors
/// [`Error`].
pub fn reject(ledger: &Ledger, options: &Options, id: &str) -> Result<Option<Decision>> {
    ledger.snapshot(|ledger| match ledger.noun(id)? {
        Some((Noun::Claim, id)) => {
            let entry = ledger.claim_entry(&id, None)?;
            if entry.decision == Some(ClaimState::Rejected) {
                return Ok(None);
            }
            let verdicts = vec![Verdict::Claim { claim: entry.claim.clone(), state: ClaimState::Rejected }];
            let mut decision = Decision { deed: Deed::Reject, subject: id.clone(), verdicts, seen: vec![] };
            if let Some(incident) = &entry.claim.incident {
                let entry = ledger.incident_entry(incident, None)?;
                let mut claims = claims_of(ledger, &entry)?;
                claims.retain(|claim| claim.id != id);
                follow(ledger, options, &entry, &claims, &mut decision)?;
            }
            Ok(Some(decision))
        }
        Some((Noun::Incident, id)) => {
            let entry = in_force(ledger, &id)?;
            let verdicts = vec![Verdict::Withdrawn { id: id.clone(), stands: true }];
            Ok(Some(Decision { deed: Deed::Reject, subject: id, verdicts, seen: vec![(entry.incident.id, entry.revision)] }))
        }
        _ => Err(Error::None { wanted: "claim or incident", id: id.to_owned() }),
    })
}
