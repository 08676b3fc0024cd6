use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Id, vocabulary::vocabulary};

vocabulary!(
    /// How near a date is known.
    DatePrecision, "date precision" {
        /// To the day.
        Day = "day",
        /// To the week.
        Week = "week",
        /// To the month.
        Month = "month",
        /// To the year.
        Year = "year",
    }
);

vocabulary!(
    /// How near a place is known.
    PlacePrecision, "place precision" {
        /// The place itself.
        Exact = "exact",
        /// Near it.
        Near = "near",
        /// A second-level unit.
        Admin2 = "admin2",
        /// A first-level unit.
        Admin1 = "admin1",
        /// A country.
        Country = "country",
        /// A line or a fuzzy region.
        Area = "area",
        /// At sea or in the air.
        SeaAir = "sea-air",
    }
);

vocabulary!(
    /// What a party did in an incident.
    Role, "role" {
        /// Struck first, as told.
        Attacker = "attacker",
        /// Was struck and is armed.
        Defender = "defender",
        /// Was struck and is not.
        Victim = "victim",
        /// Took part in another way.
        Other = "other",
    }
);

vocabulary!(
    /// Why a party is in an incident.
    Basis, "basis" {
        /// It says so itself.
        Claimed = "claimed",
        /// Others say so.
        Attributed = "attributed",
        /// Nobody doubts it.
        Undisputed = "undisputed",
    }
);

vocabulary!(
    /// An incident's standing.
    Status, "status" {
        /// Only a party to the fight says so.
        Claimed = "claimed",
        /// Somebody without a stake says so.
        Reported = "reported",
        /// Two or more independent sources, or both parties.
        Corroborated = "corroborated",
        /// A dispute is over who did it or whether it happened.
        Contested = "contested",
    }
);

vocabulary!(
    /// What two claims cannot both be right about.
    Over, "subject of dispute" {
        /// How many died.
        Deaths = "deaths",
        /// Who did it.
        Actor = "actor",
        /// How it ended, or how many were hurt or taken.
        Outcome = "outcome",
        /// When.
        Date = "date",
        /// Where.
        Place = "place",
        /// Whether, or to whom.
        Occurrence = "occurrence",
    }
);

/// When an incident happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentDate {
    /// First day it can have been.
    pub start: Date,
    /// Last day it can have been.
    pub end: Date,
    /// How near it is known.
    pub precision: DatePrecision,
}

/// Where an incident happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentPlace {
    /// Usual name.
    pub name: String,
    /// First-level unit.
    pub admin1: Option<String>,
    /// Second-level unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin2: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// WGS 84 degrees.
    pub lat: Option<f64>,
    /// WGS 84 degrees.
    pub lon: Option<f64>,
    /// How near it is known.
    pub precision: PlacePrecision,
}

/// An actor in one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Usual full name.
    pub name: String,
    /// What it did.
    pub role: Role,
    /// Why it is here.
    pub basis: Basis,
}

/// Why a bound stands where it does: the claims that set it and the rule that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// `low`, `best` or `high`.
    pub bound: String,
    /// The claims that set it.
    pub claims: Vec<Id>,
    /// The name of the rule.
    pub rule: String,
}

/// How many, for one side: `low <= best <= high` always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toll {
    /// A party's name, `civilians`, `unknown`, or `total`.
    pub side: String,
    /// Least.
    pub low: u64,
    /// Most likely.
    pub best: u64,
    /// Most.
    pub high: u64,
    /// The receipt of each bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Bound>,
}

impl Toll {
    /// The figure that a bound is about.
    pub fn figure(&self, bound: &Bound) -> u64 {
        self.at(&bound.bound)
    }

    /// The figure of a bound's name, `low`, `best` or `high`.
    pub fn at(&self, bound: &str) -> u64 {
        match bound {
            "low" => self.low,
            "best" => self.best,
            _ => self.high,
        }
    }
}

/// Two claims that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dispute {
    /// The pair.
    pub claims: [Id; 2],
    /// What they cannot both be right about.
    pub over: Over,
}

/// One thing that happened, as the claims about it add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Six base-32 digits or more; carries no meaning.
    pub id: Id,
    /// ACLED's sub-event name in lower case, such as `armed clash`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub date: Option<IncidentDate>,
    /// Where.
    pub place: Option<IncidentPlace>,
    /// Who.
    pub parties: Vec<Party>,
    /// Deaths per side and in total.
    pub deaths: Vec<Toll>,
    /// The hurt, in the same form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub injured: Vec<Toll>,
    /// The taken, in the same form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abducted: Vec<Toll>,
    /// The driven from home, in the same form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub displaced: Vec<Toll>,
    /// Standing.
    pub status: Status,
    /// Pairs that cannot both be true.
    pub disputes: Vec<Dispute>,
    /// Its claims, in order of report and place in the text.
    pub claims: Vec<Id>,
}

impl Incident {
    /// Its tolls, each under its name.
    pub fn tolls(&self) -> [(&'static str, &[Toll]); 4] {
        [("deaths", &self.deaths), ("injured", &self.injured), ("abducted", &self.abducted), ("displaced", &self.displaced)]
    }

    /// Its tolls in the same order, to be changed.
    pub fn tolls_mut(&mut self) -> [&mut Vec<Toll>; 4] {
        [&mut self.deaths, &mut self.injured, &mut self.abducted, &mut self.displaced]
    }
}
