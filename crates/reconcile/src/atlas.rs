//! What the gazetteer says of the places and parties of claims, asked once for each name.

use std::collections::HashMap;

use gazetteer::{ActorHints, Gazetteer, Hints, PartyBasis, PartyKind, Place, plain};
use jiff::civil::Date;
use record::{PlaceName, PlacePrecision};

/// A claim's place made comparable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Where {
    /// Folded usual name.
    pub(crate) key: String,
    /// Country as the report has it; empty when unknown.
    pub(crate) country: String,
    /// Degrees, when resolved.
    pub(crate) point: Option<(f64, f64)>,
    /// How near the words put it.
    pub(crate) precision: PlacePrecision,
    /// Folded first-level unit; empty when unknown.
    pub(crate) admin1: String,
    /// The gazetteer's place.
    pub(crate) place: Option<Place>,
}

impl Where {
    /// Whether it is a spot on the map and no unit, region or country.
    pub(crate) fn is_precise(&self) -> bool {
        matches!(self.precision, PlacePrecision::Exact | PlacePrecision::Near) && self.point.is_some()
    }
}

/// Whose side somebody is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Camp {
    /// A state with its forces; ISO 3166 alpha-2, empty when unknown.
    State(String),
    /// A named armed group, by its key.
    Group(String),
    /// Armed people nobody names.
    Gunmen,
    /// Peacekeepers and the United Nations.
    Peacekeepers,
    /// People without arms.
    Civilians,
    /// Nobody knows.
    Unknown,
}

/// A party's name made comparable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// Folded usual name.
    pub(crate) key: String,
    /// Usual name.
    pub(crate) name: String,
    /// What sort of party.
    pub(crate) kind: PartyKind,
    /// Whose side it is on.
    pub(crate) camp: Camp,
    /// Whether the words name nobody in particular.
    pub(crate) is_generic: bool,
}

/// A place as asked for: name, words, country, id and point in ten-thousandths of a degree.
type Asked = (String, String, String, Option<String>, Option<(i64, i64)>);

/// The gazetteer with what was already asked of it.
pub(crate) struct Atlas {
    gazetteer: &'static Gazetteer,
    places: HashMap<Asked, Option<(Place, PlacePrecision)>>,
    parties: HashMap<(String, String, Option<i16>), Who>,
}

impl Atlas {
    pub(crate) fn new() -> Atlas {
        Atlas { gazetteer: Gazetteer::embedded(), places: HashMap::new(), parties: HashMap::new() }
    }

    /// The place of a claim.
    pub(crate) fn place(&mut self, name: &PlaceName) -> Where {
        let country = name.country.clone().unwrap_or_default();
        let point = name.lat.zip(name.lon);
        let rounded = point.map(|(lat, lon)| ((lat * 1e4) as i64, (lon * 1e4) as i64));
        let asked = (name.name.clone(), name.text.clone(), country.clone(), name.gazetteer.clone(), rounded);
        let gazetteer = self.gazetteer;
        let found = *self.places.entry(asked).or_insert_with(|| look_up(gazetteer, name, point));
        let (place, precision) = found.unzip();
        Where {
            key: plain(&name.name),
            country: if country.is_empty() { place.map_or(String::new(), |p| p.country.to_owned()) } else { country },
            point: point.or(place.map(|p| (p.lat, p.lon))),
            precision: precision.unwrap_or(if point.is_some() { PlacePrecision::Near } else { PlacePrecision::Area }),
            admin1: place.map_or(String::new(), |p| plain(p.admin1)),
            place,
        }
    }

    /// The country whose seat of government a name is: "Kabul says".
    pub(crate) fn seat(&self, name: &str) -> Option<String> {
        let candidates = self.gazetteer.places(name, &Hints::default());
        let place = candidates.first()?.place;
        (self.gazetteer.capital(place.country)?.row == place.row).then(|| place.country.to_owned())
    }

    /// The party that a name means in a country at a date.
    pub(crate) fn who(&mut self, name: &str, country: &str, date: Option<Date>) -> Who {
        let asked = (name.to_owned(), country.to_owned(), date.map(Date::year));
        if let Some(known) = self.parties.get(&asked) {
            return known.clone();
        }
        let who = meant(self.gazetteer, name, country, date);
        self.parties.insert(asked, who.clone());
        who
    }
}

fn look_up(gazetteer: &Gazetteer, name: &PlaceName, point: Option<(f64, f64)>) -> Option<(Place, PlacePrecision)> {
    let mut hints = Hints::default();
    if let Some(country) = &name.country {
        hints = hints.country(country, 1.0);
    }
    if let Some((lat, lon)) = point {
        hints = hints.beside(lat, lon);
    }
    let candidates = gazetteer.places(&name.name, &hints);
    let same = |id: &String| candidates.iter().find(|c| c.place.id() == *id);
    let beside = |point| candidates.iter().find(|c| c.place.distance_km(point) <= 30.0);
    let chosen = name.gazetteer.as_ref().and_then(same).or_else(|| match point {
        Some(point) => beside(point),
        None => candidates.first(),
    })?;
    // The words may say "near" or "region" where the name does not.
    let worded = gazetteer.places(&name.text, &hints).into_iter().find(|c| c.place.row == chosen.place.row);
    Some((chosen.place, worded.map_or(chosen.precision, |c| c.precision)))
}

fn meant(gazetteer: &Gazetteer, name: &str, country: &str, date: Option<Date>) -> Who {
    let mut hints = ActorHints::default();
    if !country.is_empty() {
        hints.countries.push(country.to_owned());
    }
    hints.date = date;
    let folded = plain(name);
    if folded == "civilians" || folded == "civilian" {
        return Who { key: "civilians".into(), name: "civilians".into(), kind: PartyKind::Civilians, camp: Camp::Civilians, is_generic: true };
    }
    let guess = gazetteer.party(name, &hints);
    let key = match guess.basis {
        // What stands in brackets explains a name.
        PartyBasis::Printed => name.split_once('(').map(|(own, _)| plain(own)).filter(|own| !own.is_empty()).unwrap_or(folded),
        _ => plain(&guess.name),
    };
    let is_generic = guess.basis == PartyBasis::Generic;
    let home = || {
        let own = gazetteer.actors(&guess.name, &hints).first().map(|m| m.actor.countries.split(',').next().unwrap_or("").to_owned());
        own.filter(|c| !c.is_empty()).unwrap_or_else(|| country.to_owned())
    };
    let camp = match guess.kind {
        kind if kind.is_state() => Camp::State(home()),
        PartyKind::Peacekeepers => Camp::Peacekeepers,
        PartyKind::Civilians | PartyKind::Rioters => Camp::Civilians,
        PartyKind::ArmedGroup | PartyKind::Criminal if is_generic => Camp::Gunmen,
        PartyKind::ArmedGroup | PartyKind::Criminal => Camp::Group(key.clone()),
        _ => Camp::Unknown,
    };
    Who { key, name: name.to_owned(), kind: guess.kind, camp, is_generic }
}
