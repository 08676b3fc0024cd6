use serde::{Deserialize, Serialize};

use crate::{Count, Dated, Id, Quote, Report, content_id, vocabulary::vocabulary};

vocabulary!(
    /// What a claim asserts.
    Kind, "claim kind" {
        /// Violence by one party on another.
        Attack = "attack",
        /// Both sides fight.
        Clash = "clash",
        /// Bomb, mine, car bomb, suicide bomb.
        Explosion = "explosion",
        /// Artillery, rocket, mortar, missile.
        Shelling = "shelling",
        /// Aircraft or drone.
        Airstrike = "airstrike",
        /// Civilians taken by a group.
        Abduction = "abduction",
        /// Detained by the state.
        Arrest = "arrest",
        /// People killed.
        Deaths = "deaths",
        /// People hurt.
        Injuries = "injuries",
        /// People unaccounted for.
        Missing = "missing",
        /// Fighters or soldiers taken prisoner.
        Captives = "captives",
        /// A place or a base taken.
        Seizure = "seizure",
        /// A place or a base taken back.
        Recapture = "recapture",
        /// A force leaves.
        Withdrawal = "withdrawal",
        /// An attack beaten off.
        Repelled = "repelled",
        /// A place surrounded or cut off.
        Siege = "siege",
        /// Goods taken.
        Looting = "looting",
        /// Buildings, vehicles, bridges destroyed.
        Destruction = "destruction",
        /// Arms or vehicles captured.
        Materiel = "materiel",
        /// People driven from home.
        Displacement = "displacement",
        /// A party says that it did it, or denies it.
        Responsibility = "responsibility",
        /// Somebody else says who did it.
        Attribution = "attribution",
        /// A raid, a sweep, a patrol: force used, no violence stated.
        Operation = "operation",
    }
);

impl Kind {
    /// Whether a claim of this kind can carry a count.
    pub const fn is_countable(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Abduction | Arrest | Deaths | Injuries | Missing | Captives | Looting | Destruction | Materiel | Displacement | Explosion | Seizure
        )
    }

    /// Whether a claim of this kind says who its victims were.
    pub const fn has_victims(self) -> bool {
        matches!(self, Kind::Deaths | Kind::Injuries | Kind::Missing | Kind::Captives | Kind::Abduction | Kind::Arrest)
    }

    /// Whether it says that violence happened.
    pub const fn is_violence(self) -> bool {
        matches!(self, Kind::Attack | Kind::Clash | Kind::Explosion | Kind::Shelling | Kind::Airstrike)
    }
}

vocabulary!(
    /// What the speaker does with the assertion.
    Stance, "stance" {
        /// Says it.
        States = "states",
        /// Confirms, acknowledges, concedes it.
        Confirms = "confirms",
        /// Says that it is not so.
        Denies = "denies",
        /// Says that it cannot or will not confirm it.
        DoesNotConfirm = "does-not-confirm",
        /// Puts a number on it.
        Estimates = "estimates",
        /// Accuses, blames.
        Alleges = "alleges",
        /// Images show it.
        Shows = "shows",
    }
);

vocabulary!(
    /// What the words commit to, not what is true.
    Certainty, "certainty" {
        /// Flatly.
        Certain = "certain",
        /// Reportedly, believed, suspected.
        Probable = "probable",
        /// May, could, feared.
        Possible = "possible",
    }
);

vocabulary!(
    /// Whether it is said to have happened.
    Polarity, "polarity" {
        /// It happened.
        Positive = "positive",
        /// It did not.
        Negative = "negative",
    }
);

vocabulary!(
    /// What stretch of events the claim covers.
    Scope, "scope" {
        /// One incident.
        Incident = "incident",
        /// A total over many incidents.
        Period = "period",
        /// An earlier, separate event that is only recalled.
        Background = "background",
    }
);

vocabulary!(
    /// Who the dead, hurt, taken or missing were.
    Victims, "kind of victims" {
        /// Soldiers, or armed forces of a state.
        Military = "military",
        /// Police.
        Police = "police",
        /// Members of an armed group.
        ArmedGroup = "armed-group",
        /// Civilians.
        Civilian = "civilian",
        /// Peacekeepers.
        Peacekeeper = "peacekeeper",
        /// Several of these together.
        Mixed = "mixed",
        /// Not said.
        Unknown = "unknown",
    }
);

vocabulary!(
    /// What sort of speaker a source is.
    SourceKind, "source kind" {
        /// News media.
        Media = "media",
        /// An armed group.
        ArmedGroup = "armed-group",
        /// An army.
        Military = "military",
        /// Police.
        Police = "police",
        /// A national government.
        Government = "government",
        /// A local official.
        LocalOfficial = "local-official",
        /// A resident.
        Resident = "resident",
        /// A witness or survivor.
        Witness = "witness",
        /// Doctors, hospitals, rescue services.
        Medical = "medical",
        /// Aid groups, unions, churches, companies.
        Ngo = "ngo",
        /// A United Nations body.
        Un = "un",
        /// Another state.
        ForeignGovernment = "foreign-government",
        /// A monitor or researcher.
        Analyst = "analyst",
        /// Unnamed security, military or government sources.
        UnnamedOfficial = "unnamed-official",
        /// Sources, nobody knows whose.
        Unnamed = "unnamed",
        /// Video, photographs, satellite.
        Imagery = "imagery",
        /// A letter, a court file.
        Document = "document",
    }
);

/// One link of the chain of who says a claim.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The words as printed in the report.
    pub name: String,
    /// What sort of speaker.
    pub kind: SourceKind,
}

/// An actor or target: as printed, and by its usual full name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartyName {
    /// The words as printed.
    pub text: String,
    /// The usual full name; "Unidentified armed group" for gunmen nobody names, "civilians" for civilians.
    pub name: String,
}

/// The place a claim is tied to: as printed, and as resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceName {
    /// The words as printed.
    pub text: String,
    /// The usual name.
    pub name: String,
    /// ISO 3166 alpha-2 of the country that the report places it in.
    pub country: Option<String>,
    /// The gazetteer's id, when it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gazetteer: Option<String>,
    /// Latitude in WGS 84 degrees, when it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude in WGS 84 degrees, when it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
}

/// One thing that a report says, with who says it. It always points at the words that make it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// From the content, see [`Claim::identify`].
    pub id: Id,
    /// The report's id.
    pub report: Id,
    /// The words.
    #[serde(flatten)]
    pub quote: Quote,
    /// Who says it, outermost first, the report's own voice left out.
    pub source: Vec<Source>,
    /// What the speaker does with the assertion.
    pub stance: Stance,
    /// What the words commit to.
    pub certainty: Certainty,
    /// Whether it is said to have happened.
    pub polarity: Polarity,
    /// What is asserted.
    pub kind: Kind,
    /// What stretch of events it covers.
    pub scope: Scope,
    /// The incident it belongs to, once reconciled.
    pub incident: Option<Id>,
    /// Who did it.
    pub actor: Option<PartyName>,
    /// To whom or what.
    pub target: Option<PartyName>,
    /// Where.
    pub place: Option<PlaceName>,
    /// When.
    pub date: Option<Dated>,
    /// How many.
    pub count: Option<Count>,
    /// Who the victims were, for the kinds that have any.
    pub victims: Option<Victims>,
    /// The party the victims belong to, by its usual full name.
    pub side: Option<String>,
    /// The weapon as printed.
    pub weapon: Option<String>,
    /// How sure the reader is that this is a claim of this kind, 0 to 1, calibrated; `None` for a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Version of the reader and hash of its model; `None` for a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Group of claims of one report that the reader takes to be about the same event; only a hint to reconciliation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u32>,
}

impl Claim {
    /// A claim that states no more than its kind, in the report's own voice; it has no id yet ([`Claim::identify`]).
    pub fn new(report: &Report, kind: Kind, quote: Quote) -> Claim {
        Claim {
            id: String::new(),
            report: report.id.clone(),
            quote,
            source: vec![],
            stance: Stance::States,
            certainty: Certainty::Certain,
            polarity: Polarity::Positive,
            kind,
            scope: Scope::Incident,
            incident: None,
            actor: None,
            target: None,
            place: None,
            date: None,
            count: None,
            victims: None,
            side: None,
            weapon: None,
            score: None,
            reader: None,
            event: None,
        }
    }

    /// Sets the id from report, place of the words in it, kind, speakers, count, place and first day: two claims that differ
    /// in none of these are one, whatever else they say.
    pub fn identify(&mut self) {
        let position = format!("{} {}..{}", self.quote.field, self.quote.start, self.quote.end);
        let count = self.count.as_ref().map_or_else(String::new, |c| format!("{} {:?} {:?}", c.text, c.low, c.high));
        let speakers: Vec<&str> = self.source.iter().map(|s| s.name.as_str()).collect();
        let place = self.place.as_ref().map_or("", |p| p.name.as_str());
        let date = self.date.as_ref().map_or_else(String::new, |d| d.start.to_string());
        self.id = content_id([&self.report, position.as_str(), self.kind.as_str(), &count, place, &date].into_iter().chain(speakers));
    }

    /// The innermost speaker, or `None` when the report says it in its own voice.
    pub fn speaker(&self) -> Option<&Source> {
        self.source.last()
    }
}
