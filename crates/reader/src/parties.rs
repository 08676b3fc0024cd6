//! Drafts to parties: who acted, on whom, and whose the victims were, by their usual full names.

use std::{collections::BTreeSet, sync::LazyLock};

use gazetteer::{ActorHints, Gazetteer, Part, PartyBasis, PartyKind};
use record::{Kind, PartyName, Report, Victims};

use crate::{count, spot::Words};

/// The party that some words name, or stand for.
pub(crate) fn party(gazetteer: &Gazetteer, report: &Report, words: Option<Words>, hints: &ActorHints) -> Option<(PartyName, PartyKind)> {
    let (field, span) = words?;
    let text = span.slice(report.field(field)).to_owned();
    let guess = gazetteer.party(&text, hints);
    Some((PartyName { text, name: guess.name }, guess.kind))
}

/// Who the victims were, as far as the counted noun of a claim's own words says: "12 soldiers" were military, "12 people" may have been anyone.
pub fn victims_in(gazetteer: &Gazetteer, quote: &str, kind: Kind, language: &str, hints: &ActorHints) -> Option<Victims> {
    use PartyKind::{ArmedGroup, Civilians, Criminal, Gendarmerie, Military, Peacekeepers, Police};
    let found = count::pick(quote, kind, language)?;
    let (noun, _) = found.noun?;
    // Up to the end of the noun from the end of the counting words, so that "UN peacekeepers" and "Islamist fighters" are whole.
    let start = found.span.end.min(noun.start) as usize;
    let phrase = quote.get(start..noun.end as usize)?.trim();
    let guess = gazetteer.party(phrase, &hints.clone().part(Part::Target));
    if guess.basis == PartyBasis::Printed {
        return None;
    }
    match guess.kind {
        Military | Gendarmerie => Some(Victims::Military),
        Police => Some(Victims::Police),
        ArmedGroup | Criminal => Some(Victims::ArmedGroup),
        Civilians if phrase.split(|c: char| !c.is_alphanumeric()).all(|w| !anybody().contains(w.to_lowercase().as_str())) => Some(Victims::Civilian),
        Peacekeepers => Some(Victims::Peacekeeper),
        _ => None,
    }
}

/// Nouns that leave open who the people were.
fn anybody() -> &'static BTreeSet<String> {
    static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        #[derive(serde::Deserialize)]
        struct Lexicon {
            anybody: BTreeSet<String>,
        }
        let lexicon: Lexicon = toml::from_str(include_str!("../../../data/lexicon/victims.toml")).expect("a test parses the lexicon");
        lexicon.anybody
    });
    &WORDS
}

/// How much likelier the victims that the noun names are than the network alone believes. Of nouns that say armed group, police or
/// peacekeepers 94 to 95 in 100 are right in `tests/cases` (`cargo run --example victims`), of military ones 85, of civilian ones 81.
fn noun_says(victims: Victims) -> f32 {
    match victims {
        Victims::ArmedGroup | Victims::Police | Victims::Peacekeeper => 30.0,
        Victims::Military => 12.0,
        _ => 6.0,
    }
}

/// Who the victims were: what the network believes, bent by what the counted noun says.
pub(crate) fn victims(believed: &[(Victims, f32)], said: Option<Victims>) -> Option<Victims> {
    let weigh = |(victims, p): &(Victims, f32)| p * if Some(*victims) == said { noun_says(*victims) } else { 1.0 };
    believed.iter().max_by(|a, b| weigh(a).total_cmp(&weigh(b)).then(b.0.cmp(&a.0))).map(|(victims, _)| *victims)
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
