use jiff::civil::Date;
use serde::Serialize;

use crate::Gazetteer;
use crate::fold::{key, plain};
use crate::party::PartyKind;
use crate::tables::number;

/// Which table an actor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Origin {
    /// Written and checked for this project.
    Curated,
    /// A state force named by pattern.
    State,
    /// UCDP Actor Dataset.
    Ucdp,
    /// OEDA Phoenix dictionaries.
    Phoenix,
}

/// An armed or political actor. Cheap to copy; its words live as long as the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Number in this build; stable only within it.
    #[serde(skip)]
    pub row: u32,
    /// Usual full name.
    pub name: &'static str,
    /// What it is, in the table's words, such as `jihadist group` or `state forces: police`.
    pub kind: &'static str,
    /// What sort of party it is.
    pub party: PartyKind,
    /// ISO 3166 alpha-2 of the countries it acts in, comma-separated, home first; empty for bodies of the whole world.
    pub countries: &'static str,
    /// First year, when known.
    pub from: Option<u16>,
    /// Last year, when known and over.
    pub to: Option<u16>,
    /// Where it is from.
    pub origin: Origin,
}

/// What is known beside an actor's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorHints {
    /// ISO 3166 alpha-2 of the countries it may be in, likeliest first.
    pub countries: Vec<String>,
    /// When it acted.
    pub date: Option<Date>,
    /// Whether the words stand for who acts or whom it befalls; `men` are gunmen in one and civilians in the other.
    pub part: Option<Part>,
}

/// What a party does in a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Part {
    /// It acts.
    Actor,
    /// It is acted on.
    Target,
}

impl ActorHints {
    /// Hints of one country.
    pub fn country(iso2: &str) -> ActorHints {
        ActorHints { countries: vec![iso2.to_owned()], ..ActorHints::default() }
    }

    /// These hints for words that stand for who acts, or whom it befalls.
    pub fn part(mut self, part: Part) -> ActorHints {
        self.part = Some(part);
        self
    }

    /// These hints with a date.
    pub fn on(mut self, date: Date) -> ActorHints {
        self.date = Some(date);
        self
    }
}

/// An actor that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ActorMatch {
    /// The actor.
    pub actor: Actor,
    /// How well it fits; only differences mean anything. Below 0 the country or the date speaks against it.
    pub score: f32,
}

impl Gazetteer {
    /// The actors called so, in any language and script of the tables, best first; empty when none is.
    ///
    /// Namesakes ("ADF", "UPC", "SNA") are told apart by country and date. A date out of an actor's years counts against
    /// it but does not bar it: reports go on using a name after its end.
    ///
    /// ```
    /// # use gazetteer::{ActorHints, Gazetteer};
    /// let g = Gazetteer::embedded();
    /// let name = |words, country| g.actors(words, &ActorHints::country(country))[0].actor.name;
    /// assert_eq!(name("GSIM", "ML"), name("JNIM", "BF"));
    /// assert_eq!(name("armée malienne", "ML"), "Malian Armed Forces");
    /// ```
    pub fn actors(&self, name: &str, hints: &ActorHints) -> Vec<ActorMatch> {
        let mut found: Vec<ActorMatch> = self
            .tables
            .actors
            .get(&key(name))
            .map(|row| {
                let actor = self.actor(row);
                ActorMatch { actor, score: score(name, &actor, hints) }
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.actor.row.cmp(&b.actor.row)));
        found
    }

    /// The actor in a row of this build.
    pub(crate) fn actor(&self, row: u32) -> Actor {
        let b = self.tables.actor_rows.get(row);
        let text = |at: usize| self.tables.actor_strings.get(number(&b[at..at + 4]));
        let year = |at: usize| Some(number(&b[at..at + 2]) as u16).filter(|&y| y > 0);
        Actor {
            row,
            name: text(0),
            countries: text(4),
            kind: text(8),
            from: year(12),
            to: year(14),
            party: PartyKind::ALL[usize::from(b[16])],
            origin: [Origin::Curated, Origin::State, Origin::Ucdp, Origin::Phoenix][usize::from(b[17])],
        }
    }

    /// The state's own force of a kind (`military`, `police`, `gendarmerie`, `security`, `government`) in a country at a
    /// date; `None` for an unknown country or kind.
    pub fn state_actor(&self, iso2: &str, kind: &str, date: Option<Date>) -> Option<Actor> {
        let mut list: Vec<Actor> = self.tables.states.get(&format!("{}{kind}", iso2.to_lowercase())).map(|row| self.actor(row)).collect();
        let hints = ActorHints { countries: vec![iso2.to_owned()], date, part: None };
        // Where several forces share the job, the one whose years fit, then the first of the table.
        list.sort_by(|a, b| timing(b, &hints).total_cmp(&timing(a, &hints)).then(a.row.cmp(&b.row)));
        list.first().copied()
    }

    /// The name a coder who dates state forces by government would give: "Military Forces of Mali (2021-)". `None` for
    /// other actors and where the table of governments has no entry for the day.
    pub fn dated_name(&self, actor: &Actor, date: Date) -> Option<String> {
        let force = match actor.party {
            PartyKind::Military => "Military",
            PartyKind::Police | PartyKind::Gendarmerie => "Police",
            _ => return None,
        };
        let country = actor.countries.split(',').next().filter(|_| actor.kind.starts_with("state forces"))?;
        let day = |text: &str| text.parse::<Date>().ok();
        let (from, to) = self.tables.regimes.lines().find_map(|line| {
            let mut fields = line.split('\t');
            let (iso2, _, from, to) = (fields.next()?, fields.next()?, day(fields.next()?)?, fields.next().and_then(day));
            (iso2 == country && from <= date && to.is_none_or(|to| date < to)).then_some((from, to))
        })?;
        let end = to.map_or(String::new(), |to| to.year().to_string());
        Some(format!("{force} Forces of {} ({}-{end})", self.country_name(country)?, from.year()))
    }
}

fn score(name: &str, actor: &Actor, hints: &ActorHints) -> f32 {
    let exact = if plain(name) == plain(actor.name) { 1.0 } else { 0.0 };
    let origin = match actor.origin {
        Origin::Curated => 1.5,
        Origin::State => 1.2,
        Origin::Ucdp => 0.5,
        Origin::Phoenix => 0.0,
    };
    1.0 + exact + origin + where_score(actor, hints) + timing(actor, hints)
}

fn where_score(actor: &Actor, hints: &ActorHints) -> f32 {
    if hints.countries.is_empty() || actor.countries.is_empty() {
        return 0.0;
    }
    let home = actor.countries.split(',').next().unwrap_or("");
    let rank = hints.countries.iter().position(|c| actor.countries.split(',').any(|own| own == c));
    match rank {
        Some(rank) if hints.countries[rank] == home => 3.2 - 0.3 * rank as f32,
        Some(rank) => 2.5 - 0.3 * rank as f32,
        None => -2.5,
    }
}

fn timing(actor: &Actor, hints: &ActorHints) -> f32 {
    let Some(year) = hints.date.map(|d| d.year()) else { return 0.0 };
    let early = actor.from.map_or(0, |from| i32::from(from) - i32::from(year));
    let late = actor.to.map_or(0, |to| i32::from(year) - i32::from(to));
    if early > 0 || late > 3 {
        -1.5
    } else if late > 0 {
        -0.5
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_actor_has_many_names_and_one_name_many_actors() {
        let jnim = "Jama'at Nusrat al-Islam wal-Muslimin";
        let cases = [
            ("JNIM", "ML", jnim),
            ("GSIM", "BF", jnim),
            ("Jama'a Nusrat ul-Islam wa al-Muslimin", "ML", jnim),
            ("FAMa", "ML", "Malian Armed Forces"),
            ("Forces armées maliennes", "ML", "Malian Armed Forces"),
            ("Malian army", "ML", "Malian Armed Forces"),
            ("ADF", "CD", "Allied Democratic Forces"),
            ("ELN", "CO", "National Liberation Army"),
            ("FMLN", "SV", "Farabundo Martí National Liberation Front"),
            ("FARDC", "CD", "Armed Forces of the Democratic Republic of the Congo"),
        ];
        let gazetteer = Gazetteer::embedded();
        let wrong: Vec<_> = cases
            .iter()
            .map(|(name, country, want)| (name, gazetteer.actors(name, &ActorHints::country(country)).first().map(|m| m.actor.name), want))
            .filter(|(_, got, want)| got != &Some(**want))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_date_chooses_between_forces_and_governments() {
        let gazetteer = Gazetteer::embedded();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let name = |date: &str| gazetteer.state_actor("SS", "military", Some(day(date))).unwrap().name;
        assert_eq!(name("2016-02-17"), "Sudan People's Liberation Army");
        assert_eq!(name("2024-02-17"), "South Sudan People's Defence Forces");
        let army = gazetteer.state_actor("ML", "military", None).unwrap();
        assert_eq!(gazetteer.dated_name(&army, day("2025-06-02")).as_deref(), Some("Military Forces of Mali (2021-)"));
        assert_eq!(gazetteer.dated_name(&army, day("2015-06-02")).as_deref(), Some("Military Forces of Mali (2013-2020)"));
    }
}
