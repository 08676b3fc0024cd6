use ledger::fold;
use record::{Claim, Incident, ReportKind, SourceKind, Victims};
use serde::{Serialize, Serializer};

/// Where a speaker stands in an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// With this party to the fight, by its usual full name.
    Party(String),
    /// With a party, but the record does not say which.
    SomeParty,
    /// With none.
    NoStake,
}

impl Side {
    /// As a heading.
    pub fn label(&self) -> &str {
        match self {
            Side::Party(name) => name,
            Side::SomeParty => "A party, which one is not clear",
            Side::NoStake => "No stake",
        }
    }
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Side::Party(name) => serializer.serialize_str(name),
            Side::SomeParty => serializer.serialize_str("some-party"),
            Side::NoStake => serializer.serialize_str("no-stake"),
        }
    }
}

/// What a speaker has to do with the victims whom a claim counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// A party about its own people: what it concedes costs it something.
    Own,
    /// A party about its enemy.
    Enemy,
    /// A party about others, or about what is not counted.
    Other,
    /// Somebody without a stake.
    NoStake,
}

impl Relation {
    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Relation::Own => "party, own side",
            Relation::Enemy => "party, enemy's",
            Relation::Other => "party",
            Relation::NoStake => "no stake",
        }
    }
}

/// A party and the ways in which the claims name it.
struct Known {
    name: String,
    names: Vec<String>,
    state: bool,
}

/// Tells the speakers of one incident apart by party.
///
/// Armed groups and the army, police and government of a state speak for a party when one of their sort is in the
/// incident: the one whose name, alias or initials they share, or the only one there is. Medical staff, residents, media,
/// UN, aid groups, local officials and other states have no stake, unless they are named as a party. A state's
/// spokesman in a fight between others has none either.
pub(crate) struct Sides(Vec<Known>);

impl Sides {
    pub(crate) fn of(incident: &Incident, claims: &[Claim]) -> Sides {
        let parties = incident.parties.iter().filter(|party| !unarmed(&party.name));
        Sides(parties.map(|party| Known::of(&party.name, claims)).collect())
    }

    pub(crate) fn speaker(&self, claim: &Claim, outlet: &str, kind: ReportKind) -> Side {
        let (name, state) = match claim.speaker() {
            Some(source) => match source.kind {
                SourceKind::ArmedGroup => (source.name.as_str(), false),
                SourceKind::Military | SourceKind::Police | SourceKind::Government | SourceKind::UnnamedOfficial => {
                    (source.name.as_str(), true)
                }
                SourceKind::ForeignGovernment => return self.named(&source.name, true).unwrap_or(Side::NoStake),
                _ => return Side::NoStake,
            },
            None => match kind {
                ReportKind::GroupStatement => (outlet, false),
                ReportKind::Communique => (outlet, true),
                _ => return Side::NoStake,
            },
        };
        if let Some(side) = self.named(name, state) {
            return side;
        }
        // A chain such as "NLF › its spokesman" names the party further out.
        for link in claim.source.iter().rev().skip(1) {
            if let Some(side) = self.named(&link.name, state) {
                return side;
            }
        }
        let alike: Vec<&Known> = self.0.iter().filter(|party| party.state == state).collect();
        match alike[..] {
            [] => Side::NoStake,
            [only] => Side::Party(only.name.clone()),
            _ => Side::SomeParty,
        }
    }

    /// The party that shares most of a printed name.
    fn named(&self, printed: &str, state: bool) -> Option<Side> {
        let words = words(printed);
        let score = |party: &Known| party.names.iter().map(|name| alike(&words, name)).max().unwrap_or(0);
        let best = self.0.iter().filter(|party| party.state == state).max_by_key(|party| score(party))?;
        let first = score(best);
        let rivals = self.0.iter().filter(|party| party.state == state && score(party) == first).count();
        (first > 0 && rivals == 1).then(|| Side::Party(best.name.clone()))
    }
}

pub(crate) fn relation(side: &Side, claim: &Claim, sides: &Sides) -> Relation {
    let Side::Party(party) = side else {
        return if *side == Side::NoStake { Relation::NoStake } else { Relation::Other };
    };
    if !claim.kind.has_victims() || claim.victims == Some(Victims::Civilian) {
        return Relation::Other;
    }
    match &claim.side {
        Some(side) if fold(side) == fold(party) => Relation::Own,
        Some(side) if unarmed(side) => Relation::Other,
        Some(side) if sides.0.iter().any(|known| fold(&known.name) == fold(side)) => Relation::Enemy,
        _ => {
            let state = sides.0.iter().find(|known| known.name == *party).is_some_and(|known| known.state);
            match (claim.victims, state) {
                (Some(Victims::Military | Victims::Police), false) | (Some(Victims::ArmedGroup), true) => Relation::Enemy,
                (Some(Victims::Military | Victims::Police), true) | (Some(Victims::ArmedGroup), false) => Relation::Own,
                _ => Relation::Other,
            }
        }
    }
}

impl Known {
    fn of(name: &str, claims: &[Claim]) -> Known {
        let mut names = vec![fold(name)];
        let (mut state, mut armed) = (0, 0);
        for claim in claims {
            for party in [&claim.actor, &claim.target].into_iter().flatten().filter(|party| party.name == name) {
                names.push(fold(&party.text));
            }
            if claim.side.as_deref() == Some(name) {
                match claim.victims {
                    Some(Victims::Military | Victims::Police) => state += 1,
                    Some(Victims::ArmedGroup) => armed += 1,
                    _ => {}
                }
            }
        }
        names.sort();
        names.dedup();
        // What the claims say of its dead first, else its name.
        let state = if state == armed { names_a_state(&fold(name)) } else { state > armed };
        Known { name: name.to_owned(), names, state }
    }
}

fn unarmed(name: &str) -> bool {
    matches!(fold(name).as_str(), "civilians" | "civilian" | "unknown" | "total" | "peacekeepers")
}

const OF_STATES: &[&str] = &[
    "army", "armed forces", "military", "police", "government", "gendarmerie", "national guard", "air force", "navy",
    "armee", "gouvernement", "ministry", "security forces",
];

fn names_a_state(name: &str) -> bool {
    OF_STATES.iter().any(|word| name.contains(word))
}

/// Words that many names share.
const COMMON: &[&str] = &[
    "the", "and", "for", "spokesman", "spokesperson", "spokeswoman", "statement", "army", "armed", "forces", "force",
    "front", "group", "movement", "military", "police", "government", "commander", "leader", "official", "officials",
    "source", "sources", "security", "national", "state", "soldiers", "fighters", "militants", "rebels", "porte-parole",
];

fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// How many telling words two names share; the initials of one standing in the other count too.
fn alike(printed: &[String], name: &str) -> usize {
    let name = words(name);
    let shared = name.iter().filter(|word| word.chars().count() > 2 && !COMMON.contains(&word.as_str()) && printed.contains(word));
    let initials: String =
        name.iter().filter(|word| !matches!(word.as_str(), "of" | "the" | "and" | "de" | "des" | "du")).filter_map(|word| word.chars().next()).collect();
    shared.count() + usize::from(initials.chars().count() > 1 && printed.contains(&initials))
}

/// Who a claim's words come from, for counting independent sources: a party is one however often it speaks; an outlet
/// in its own voice is one, the original's for a copy; any other speaker is one by kind and printed name, so that
/// "residents" in two reports count once. Rather too few than too many.
pub(crate) fn origin(side: &Side, claim: &Claim, outlet: &str, report: &str) -> String {
    match (side, claim.speaker()) {
        (Side::Party(name), _) => format!("party {name}"),
        (_, None) if outlet.is_empty() => format!("report {report}"),
        (_, None) => format!("voice {}", fold(outlet)),
        (_, Some(source)) if source.kind == SourceKind::Media => format!("voice {}", fold(&source.name)),
        (_, Some(source)) => format!("{} {}", source.kind, fold(&source.name)),
    }
}
