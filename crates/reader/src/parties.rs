//! Drafts to parties: who acted, on whom, and whose the victims were, by their usual full names.

use gazetteer::{ActorHints, Gazetteer, PartyKind};
use record::{PartyName, Report, Victims};

use crate::spot::Words;

/// The party that some words name, or stand for.
pub(crate) fn party(gazetteer: &Gazetteer, report: &Report, words: Option<Words>, hints: &ActorHints) -> Option<(PartyName, PartyKind)> {
    let (field, span) = words?;
    let text = span.slice(report.field(field)).to_owned();
    let guess = gazetteer.party(&text, hints);
    Some((PartyName { text, name: guess.name }, guess.kind))
}

/// The party the victims belong to: civilians by their status, soldiers by the party struck or else the country's own force.
pub(crate) fn side(gazetteer: &Gazetteer, victims: Option<Victims>, target: Option<&(PartyName, PartyKind)>, hints: &ActorHints) -> Option<String> {
    use PartyKind::{ArmedGroup, Criminal, Gendarmerie, Military, Peacekeepers, Police, Security};
    let fits = |kinds: &[PartyKind]| target.filter(|(_, kind)| kinds.contains(kind)).map(|(party, _)| party.name.clone());
    let force = |kind: &str| {
        let country = hints.countries.first()?;
        gazetteer.state_actor(country, kind, hints.date).map(|actor| actor.name.to_owned())
    };
    match victims? {
        Victims::Civilian => Some("civilians".to_owned()),
        Victims::Military => fits(&[Military, Security, Gendarmerie]).or_else(|| force("military")),
        Victims::Police => fits(&[Police, Gendarmerie, Security]).or_else(|| force("police")),
        Victims::ArmedGroup => fits(&[ArmedGroup, Criminal]).or_else(|| Some("Unidentified armed group".to_owned())),
        Victims::Peacekeeper => fits(&[Peacekeepers]),
        Victims::Mixed | Victims::Unknown => None,
    }
}
