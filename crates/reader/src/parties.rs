//! Drafts to parties: who acted, on whom, and whose the victims were, by their usual full names.

use std::{collections::BTreeMap, collections::BTreeSet, sync::LazyLock};

use gazetteer::{ActorHints, Gazetteer, Part, PartyBasis, PartyKind};
use record::{Kind, PartyName, Report, Victims};

use crate::{count, phrase, spot::Words, wording::Wording};

/// Words that stand for a party named elsewhere.
static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/lexicon/references.toml")).expect("a test reads the lexicon"));

#[derive(serde::Deserialize)]
struct Lexicon {
    first: BTreeSet<String>,
    third: BTreeSet<String>,
    definite: BTreeSet<String>,
}

/// Whose victims words tell of, see `models/victims/card.md`.
static WORDING: LazyLock<Wording<Victims>> =
    LazyLock::new(|| Wording::parse(include_str!("../../../models/victims/weights.tsv")).expect("a test reads the model"));

/// Share of the network's belief beside the words'; chosen on the cases held out.
const NETWORK: f32 = 1.2;

/// A party as words name it.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) name: PartyName,
    pub(crate) kind: PartyKind,
    basis: PartyBasis,
}

/// The party that some words name.
pub(crate) fn party(gazetteer: &Gazetteer, report: &Report, words: Option<Words>, hints: &ActorHints) -> Option<Party> {
    let (field, span) = words?;
    let text = span.slice(report.field(field)).to_owned();
    let guess = gazetteer.party(&text, hints);
    Some(Party { name: PartyName { text, name: guess.name }, kind: guess.kind, basis: guess.basis })
}

/// The one armed group that a report names among its parties and speakers; `None` when it names none or several.
pub(crate) fn only_group<'a>(parties: impl Iterator<Item = &'a Party>) -> Option<&'a Party> {
    let mut groups: BTreeMap<&str, &Party> = BTreeMap::new();
    let named = |p: &&Party| p.basis == PartyBasis::Named && matches!(p.kind, PartyKind::ArmedGroup | PartyKind::Criminal);
    parties.filter(named).for_each(|p| _ = groups.insert(&p.name.name, p));
    (groups.len() == 1).then(|| groups.into_values().next()).flatten()
}

/// Whom words stand for that name nobody themselves: "our men" the speaker's, "it" the speaker or else the party before, "the militants" the one
/// group that the report names. `None` for a pronoun that stands for nobody known.
pub(crate) fn meant(party: Party, speaker: Option<&Party>, before: Option<&Party>, group: Option<&Party>) -> Option<Party> {
    let Some(first) = phrase::first(&party.name.text) else { return Some(party) };
    let is_alone = phrase::words(&party.name.text).len() == 1;
    let stands_for = |other: &Party| Party { name: PartyName { text: party.name.text.clone(), name: other.name.name.clone() }, ..other.clone() };
    let own = speaker.filter(|s| s.basis != PartyBasis::Printed && s.kind.is_armed()).map(stands_for);
    if LEXICON.first.contains(&first) {
        return if is_alone { own } else { own.or(Some(party)) };
    }
    if is_alone && LEXICON.third.contains(&first) {
        return own.or_else(|| before.map(stands_for));
    }
    let is_open = party.basis == PartyBasis::Generic && party.kind == PartyKind::ArmedGroup;
    match group.filter(|_| is_open && LEXICON.definite.contains(&first)) {
        Some(group) => Some(stands_for(group)),
        None => Some(party),
    }
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

/// Who the victims were: what the network believes, what the words of the quote say, and the counted noun.
pub(crate) fn victims(quote: &str, believed: &[(Victims, f32)], said: Option<Victims>) -> Option<Victims> {
    let words: BTreeMap<Victims, f32> = WORDING.weigh(quote).into_iter().collect();
    let noun = |victims| if Some(victims) == said { noun_says(victims).ln() } else { 0.0 };
    let weigh = |&(victims, p): &(Victims, f32)| NETWORK * (p + 1e-4).ln() + words.get(&victims).copied().unwrap_or(-6.0) + noun(victims);
    believed.iter().max_by(|a, b| weigh(a).total_cmp(&weigh(b)).then(b.0.cmp(&a.0))).map(|(victims, _)| *victims)
}

/// The party the victims belong to: civilians by their status, soldiers by the party struck or else the country's own force.
pub(crate) fn side(gazetteer: &Gazetteer, victims: Option<Victims>, target: Option<&Party>, hints: &ActorHints) -> Option<String> {
    use PartyKind::{ArmedGroup, Criminal, Gendarmerie, Military, Peacekeepers, Police, Security};
    let fits = |kinds: &[PartyKind]| target.filter(|party| kinds.contains(&party.kind)).map(|party| party.name.name.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_whom_they_mean() {
        let gazetteer = Gazetteer::embedded();
        let hints = ActorHints::country("ML").part(Part::Actor);
        let of = |text: &str| {
            let report = Report::new("wire", "en", "", text);
            party(gazetteer, &report, Some((record::Field::Text, record::Span::new(0, text.len()))), &hints).unwrap()
        };
        let (army, jnim, us) = (of("Malian troops"), of("JNIM"), of("US"));
        let cases = [
            ("our men", Some(&army), None, None, Some(army.name.name.as_str())),
            ("We", Some(&jnim), None, None, Some(jnim.name.name.as_str())),
            ("We", None, Some(&army), None, None),
            ("It", Some(&army), Some(&jnim), None, Some(army.name.name.as_str())),
            ("It", None, Some(&jnim), None, Some(jnim.name.name.as_str())),
            ("it", None, None, Some(&jnim), None),
            ("they", Some(&army), Some(&jnim), None, Some("Unidentified armed group")),
            ("US", None, Some(&jnim), None, Some(us.name.name.as_str())),
            ("WE", Some(&jnim), None, None, Some(jnim.name.name.as_str())),
            ("the militants", None, None, Some(&jnim), Some(jnim.name.name.as_str())),
            ("les assaillants", None, None, Some(&jnim), Some(jnim.name.name.as_str())),
            ("unidentified gunmen", None, None, Some(&jnim), Some("Unidentified armed group")),
            ("the militants", None, Some(&jnim), None, Some("Unidentified armed group")),
            ("the army", None, None, Some(&jnim), Some(army.name.name.as_str())),
        ];
        for (words, speaker, before, group, expected) in cases {
            let meant = meant(of(words), speaker, before, group);
            assert_eq!(meant.as_ref().map(|p| p.name.name.as_str()), expected, "{words}");
            assert!(meant.is_none_or(|p| p.name.text == words), "the words stay");
        }
    }

    #[test]
    fn one_group_is_the_only_one() {
        let gazetteer = Gazetteer::embedded();
        let of = |text: &str| {
            let report = Report::new("wire", "en", "", text);
            party(gazetteer, &report, Some((record::Field::Text, record::Span::new(0, text.len()))), &ActorHints::country("ML")).unwrap()
        };
        let cases: [(&[&str], Option<&str>); 4] = [
            (&["JNIM", "the army", "gunmen"], Some("JNIM")),
            (&["JNIM", "Boko Haram"], None),
            (&["gunmen"], None),
            (&["JNIM", "GSIM"], Some("JNIM")),
        ];
        for (names, expected) in cases {
            let parties: Vec<Party> = names.iter().map(|name| of(name)).collect();
            assert_eq!(only_group(parties.iter()).map(|p| &p.name.name), expected.map(|name| of(name).name.name).as_ref(), "{names:?}");
        }
    }
}
