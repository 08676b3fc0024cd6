//! What other houses call things: countries, kinds of event, kinds of actor. Tables, and nothing else.

use std::sync::OnceLock;

use gazetteer::{ActorHints, Gazetteer, PartyKind};
use jiff::civil::Date;

/// A country as other houses know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166 alpha-2.
    pub iso2: &'static str,
    /// ISO 3166 alpha-3.
    pub iso3: &'static str,
    /// ISO 3166 numeric.
    pub number: Option<u16>,
    /// Gleditsch–Ward state number.
    pub gw: Option<u16>,
    /// ACLED's region.
    pub acled_region: &'static str,
    /// UCDP's region.
    pub ucdp_region: &'static str,
    /// UCDP's name, where it is not the usual one; else empty.
    ucdp_name: &'static str,
}

impl Country {
    /// All of them, by code.
    pub fn all() -> &'static [Country] {
        static ALL: OnceLock<Vec<Country>> = OnceLock::new();
        ALL.get_or_init(|| {
            let lines = include_str!("../../../data/houses/countries.tsv").lines().skip(1);
            let row = |line: &'static str| {
                let mut cells = line.split('\t');
                let mut next = || cells.next().unwrap_or("");
                Country {
                    iso2: next(),
                    iso3: next(),
                    number: next().parse().ok(),
                    gw: next().parse().ok(),
                    acled_region: next(),
                    ucdp_region: next(),
                    ucdp_name: next(),
                }
            };
            lines.map(row).collect()
        })
    }

    /// By ISO 3166 alpha-2.
    pub fn of(iso2: &str) -> Option<&'static Country> {
        Country::all().iter().find(|country| country.iso2 == iso2)
    }

    /// By ISO 3166 numeric.
    pub fn numbered(number: u16) -> Option<&'static Country> {
        Country::all().iter().find(|country| country.number == Some(number))
    }

    /// By ISO 3166 alpha-3.
    pub fn coded(iso3: &str) -> Option<&'static Country> {
        Country::all().iter().find(|country| country.iso3 == iso3)
    }

    /// By Gleditsch–Ward state number; 345, under which UCDP keeps Serbia as Yugoslavia, is Serbia.
    pub fn state(gw: u16) -> Option<&'static Country> {
        let gw = if gw == 345 { 340 } else { gw };
        Country::all().iter().find(|country| country.gw == Some(gw))
    }

    /// The usual English name.
    pub fn name(&self) -> &'static str {
        Gazetteer::embedded().country_name(self.iso2).unwrap_or(self.iso2)
    }

    /// The name as UCDP writes it.
    pub fn ucdp_name(&self) -> &'static str {
        if self.ucdp_name.is_empty() { self.name() } else { self.ucdp_name }
    }
}

/// ACLED's event types with their sub-events, in its order.
pub const ACLED_TYPES: &[(&str, &[&str])] = &[
    ("Battles", &["Government regains territory", "Non-state actor overtakes territory", "Armed clash"]),
    ("Protests", &["Excessive force against protesters", "Protest with intervention", "Peaceful protest"]),
    ("Riots", &["Violent demonstration", "Mob violence"]),
    (
        "Explosions/Remote violence",
        &["Chemical weapon", "Air/drone strike", "Suicide bomb", "Shelling/artillery/missile attack", "Remote explosive/landmine/IED", "Grenade"],
    ),
    ("Violence against civilians", &["Sexual violence", "Attack", "Abduction/forced disappearance"]),
    (
        "Strategic developments",
        &[
            "Agreement",
            "Arrests",
            "Change to group/activity",
            "Disrupted weapons use",
            "Headquarters or base established",
            "Looting/property destruction",
            "Non-violent transfer of territory",
            "Other",
        ],
    ),
];

/// The event type and sub-event that an incident's type stands for; what ACLED has no row for is `Other`.
pub fn acled_type(kind: &str) -> (&'static str, &'static str) {
    let found = ACLED_TYPES.iter().find_map(|(event, subs)| Some((*event, *subs.iter().find(|sub| sub.eq_ignore_ascii_case(kind))?)));
    found.unwrap_or(("Strategic developments", "Other"))
}

/// ACLED's `disorder_type` of a sub-event.
pub fn acled_disorder(event: &str, sub: &str) -> &'static str {
    match (event, sub) {
        ("Protests", "Excessive force against protesters") => "Political violence; Demonstrations",
        ("Protests", _) | (_, "Violent demonstration") => "Demonstrations",
        ("Strategic developments", _) => "Strategic developments",
        _ => "Political violence",
    }
}

/// ACLED's kinds of actor, code 1 first.
pub const ACLED_ACTORS: &[&str] =
    &["State forces", "Rebel group", "Political militia", "Identity militia", "Rioters", "Protesters", "Civilians", "External/Other forces"];

/// A party as other houses need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// The usual full name.
    pub name: String,
    /// What sort of party.
    pub kind: PartyKind,
    /// The gazetteer's words for it, such as `communal militia`; empty when it has none.
    words: &'static str,
    /// ISO 3166 alpha-2 of its home, when it has one.
    pub home: Option<&'static str>,
    /// ACLED's name of a state's force, with the years of its government.
    dated: Option<String>,
}

impl Cast {
    /// What is known of a party in a country on a day.
    pub fn of(name: &str, country: Option<&str>, day: Option<Date>) -> Cast {
        let gazetteer = Gazetteer::embedded();
        let hints = ActorHints { countries: country.map(str::to_owned).into_iter().collect(), date: day, part: None };
        let guess = gazetteer.party(name, &hints);
        let actor = gazetteer.actors(name, &hints).first().map(|found| found.actor);
        let kind = match name {
            "civilians" => PartyKind::Civilians,
            "Rioters" => PartyKind::Rioters,
            _ => actor.map_or(guess.kind, |actor| actor.party),
        };
        Cast {
            name: name.to_owned(),
            kind,
            words: actor.map_or("", |actor| actor.kind),
            home: actor.and_then(|actor| actor.countries.split(',').next()).filter(|home| !home.is_empty()),
            dated: day.and_then(|day| gazetteer.dated_name(&actor?, day)),
        }
    }

    /// Whether it acts for a state.
    pub fn is_state(&self) -> bool {
        use PartyKind::*;
        matches!(self.kind, Military | Police | Gendarmerie | Security | Government)
    }

    /// Whether it is unarmed.
    pub fn is_civilian(&self) -> bool {
        self.kind == PartyKind::Civilians
    }

    /// ACLED's code, 1 to 8: a state's army outside its home is an external force; whoever nobody knows is a militia.
    pub fn acled_code(&self, country: Option<&str>) -> usize {
        let says = |word: &str| self.words.contains(word);
        match self.kind {
            PartyKind::Peacekeepers => 8,
            _ if says("multinational") || says("foreign force") || says("private military") => 8,
            _ if self.is_state() && self.home.is_some() && country.is_some() && self.home != country => 8,
            _ if self.is_state() => 1,
            PartyKind::Civilians => 7,
            PartyKind::Rioters => 5,
            _ if says("communal") || says("ethnic") => 4,
            _ if says("militia") => 3,
            PartyKind::ArmedGroup if self.name == UNIDENTIFIED => 3,
            PartyKind::ArmedGroup => 2,
            PartyKind::Criminal | PartyKind::Political | PartyKind::Unknown => 3,
            PartyKind::Military | PartyKind::Police | PartyKind::Gendarmerie | PartyKind::Security | PartyKind::Government => 1,
        }
    }

    /// The name in ACLED's manner.
    pub fn acled_name(&self, country: Option<&str>) -> String {
        let within = |what: &str| match country.and_then(Country::of) {
            Some(country) => format!("{what} ({})", country.name()),
            None => what.to_owned(),
        };
        match self.kind {
            PartyKind::Civilians => within("Civilians"),
            PartyKind::Rioters => within("Rioters"),
            _ if self.name == UNIDENTIFIED => within("Unidentified Armed Group"),
            _ => self.dated.clone().unwrap_or_else(|| self.name.clone()),
        }
    }

    /// The name in UCDP's manner: a state's forces are its government.
    pub fn ucdp_name(&self) -> String {
        match self.home.and_then(Country::of).filter(|_| self.is_state()) {
            Some(home) => format!("Government of {}", home.ucdp_name()),
            None if self.is_civilian() => "Civilians".to_owned(),
            None => self.name.clone(),
        }
    }
}

/// The name of gunmen whom nobody names.
const UNIDENTIFIED: &str = "Unidentified armed group";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_by_each_house_s_number() {
        let mali = Country::of("ML").unwrap();
        assert_eq!((mali.iso3, mali.number, mali.gw, mali.acled_region, mali.ucdp_region), ("MLI", Some(466), Some(432), "Western Africa", "Africa"));
        assert_eq!([Country::numbered(466), Country::state(432), Country::coded("MLI")], [Some(mali); 3]);
        assert_eq!(Country::state(345).unwrap().iso2, "RS");
        assert_eq!(Country::of("MM").unwrap().ucdp_name(), "Myanmar (Burma)");
        assert!(Country::all().iter().all(|country| country.iso3.len() == 3
            && !country.acled_region.is_empty()
            && (!country.ucdp_region.is_empty() || country.acled_region == "Antarctica")));
    }

    #[test]
    fn parties_are_sorted_and_named_as_the_houses_do() {
        let day = Some("2024-06-01".parse().unwrap());
        for (name, country, code, acled, ucdp) in [
            ("Malian Armed Forces", "ML", 1, "Military Forces of Mali (2021-)", "Government of Mali"),
            ("Malian Armed Forces", "BF", 8, "Military Forces of Mali (2021-)", "Government of Mali"),
            ("civilians", "ML", 7, "Civilians (Mali)", "Civilians"),
            ("Unidentified armed group", "ML", 3, "Unidentified Armed Group (Mali)", "Unidentified armed group"),
            ("Islamic State Sahel Province", "ML", 2, "Islamic State Sahel Province", "Islamic State Sahel Province"),
        ] {
            let cast = Cast::of(name, Some(country), day);
            assert_eq!(
                (cast.acled_code(Some(country)), cast.acled_name(Some(country)), cast.ucdp_name()),
                (code, acled.to_owned(), ucdp.to_owned()),
                "{name} {country}"
            );
        }
    }

    #[test]
    fn each_sub_event_has_its_type() {
        assert_eq!(acled_type("remote explosive/landmine/ied"), ("Explosions/Remote violence", "Remote explosive/landmine/IED"));
        assert_eq!(acled_type("parade"), ("Strategic developments", "Other"));
        assert_eq!(acled_disorder("Protests", "Excessive force against protesters"), "Political violence; Demonstrations");
        assert_eq!(ACLED_TYPES.iter().map(|(_, subs)| subs.len()).sum::<usize>(), 25);
    }
}
