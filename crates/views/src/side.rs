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
                SourceKind::Military | SourceKind::Police | SourceKind::Government | SourceKind::UnnamedOfficial => (source.name.as_str(), true),
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
    "army",
    "armed forces",
    "military",
    "police",
    "government",
    "gendarmerie",
    "national guard",
    "air force",
    "navy",
    "armee",
    "gouvernement",
    "ministry",
    "security forces",
];

fn names_a_state(name: &str) -> bool {
    OF_STATES.iter().any(|word| name.contains(word))
}

/// Words that many names share.
const COMMON: &[&str] = &[
    "the",
    "and",
    "for",
    "spokesman",
    "spokesperson",
    "spokeswoman",
    "statement",
    "army",
    "armed",
    "forces",
    "force",
    "front",
    "group",
    "movement",
    "military",
    "police",
    "government",
    "commander",
    "leader",
    "official",
    "officials",
    "source",
    "sources",
    "security",
    "national",
    "state",
    "soldiers",
    "fighters",
    "militants",
    "rebels",
    "porte-parole",
];

fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// How many telling words two names share; the initials of one standing in the other count too.
fn alike(printed: &[String], name: &str) -> usize {
    let name = words(name);
    let shared = name.iter().filter(|word| word.chars().count() > 2 && !COMMON.contains(&word.as_str()) && printed.contains(word));
    let initials: String = name
        .iter()
        .filter(|word| !matches!(word.as_str(), "of" | "the" | "and" | "de" | "des" | "du"))
        .filter_map(|word| word.chars().next())
        .collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use record::{Field, Quote, Report, Span};

    /// Parties of an incident, and for each what its dead are called in a claim.
    fn sides(parties: &[(&str, Option<&str>)]) -> Sides {
        let claims: Vec<Claim> = parties
            .iter()
            .filter_map(|(name, victims)| victims.map(|victims| claim(serde_json::json!({ "victims": victims, "side": name }))))
            .collect();
        let parties: Vec<serde_json::Value> =
            parties.iter().map(|(name, _)| serde_json::json!({ "name": name, "role": "other", "basis": "attributed" })).collect();
        let incident = serde_json::json!({
            "id": "AAAAAA", "type": "armed clash", "date": null, "place": null, "parties": parties, "deaths": [],
            "status": "reported", "disputes": [], "claims": [],
        });
        Sides::of(&serde_json::from_value(incident).unwrap(), &claims)
    }

    fn claim(with: serde_json::Value) -> Claim {
        let report = Report::new("wire", "en", "", "Nine died.");
        let quote = Quote::cut(&report, Field::Text, Span::new(0, 9)).unwrap();
        let mut value = serde_json::json!({
            "id": "C", "report": report.id, "source": [], "stance": "states", "certainty": "certain", "polarity": "positive",
            "kind": "deaths", "scope": "incident", "incident": null, "actor": null, "target": null, "place": null, "date": null,
            "count": null, "victims": null, "side": null, "weapon": null, "quote": quote.text,
        });
        for (name, field) in with.as_object().unwrap() {
            value[name] = field.clone();
        }
        serde_json::from_value(value).unwrap()
    }

    fn said(source: &[(&str, &str)]) -> Claim {
        let chain: Vec<serde_json::Value> = source.iter().map(|(name, kind)| serde_json::json!({ "name": name, "kind": kind })).collect();
        claim(serde_json::json!({ "source": chain }))
    }

    #[test]
    fn speakers_stand_with_their_party() {
        let two = sides(&[("Northern Liberation Front", Some("armed-group")), ("Army of Northland", None), ("civilians", None)]);
        // Neither name says that one is a state's: what the claims call their dead does.
        let forces = sides(&[("Swift Forces", Some("armed-group")), ("Joint Forces", Some("military"))]);
        let rivals = sides(&[("Northern Liberation Front", None), ("Oum Brigade", None)]);
        let armies = sides(&[("Army of Northland", None), ("Army of Southland", None)]);
        let nlf = "Northern Liberation Front";
        for (sides, source, expected) in [
            (&two, &[("an army spokesman", "military")][..], "Army of Northland"),
            (&two, &[("the interior ministry", "government")], "Army of Northland"),
            (&two, &[("NLF", "armed-group")], nlf),
            (&two, &[("a spokesman for the fighters", "armed-group")], nlf),
            (&two, &[("a doctor", "medical")], "No stake"),
            (&two, &[("the mayor", "local-official")], "No stake"),
            (&two, &[("Southland", "foreign-government")], "No stake"),
            (&forces, &[("Joint Forces", "military")], "Joint Forces"),
            (&forces, &[("a field commander", "armed-group")], "Swift Forces"),
            (&rivals, &[("Oum Brigade commander", "armed-group")], "Oum Brigade"),
            (&rivals, &[("a commander", "armed-group")], "A party, which one is not clear"),
            (&rivals, &[("the Oum Brigade", "armed-group"), ("its spokesman", "armed-group")], "Oum Brigade"),
            // A state that does not fight has no stake.
            (&rivals, &[("police", "police")], "No stake"),
            (&armies, &[("Southland's ministry of defence", "government")], "Army of Southland"),
            (&armies, &[("the army", "military")], "A party, which one is not clear"),
        ] {
            let side = sides.speaker(&said(source), "Agence Nord", ReportKind::Wire);
            assert_eq!(side.label(), expected, "{source:?}");
        }
        assert_eq!(two.speaker(&said(&[]), "Agence Nord", ReportKind::Wire), Side::NoStake);
        assert_eq!(two.speaker(&said(&[]), "NLF media", ReportKind::GroupStatement).label(), nlf);
        assert_eq!(two.speaker(&said(&[]), "Ministry of Defence", ReportKind::Communique).label(), "Army of Northland");
    }

    #[test]
    fn a_party_counts_its_own_or_its_enemys() {
        let sides = sides(&[("Northern Liberation Front", None), ("Army of Northland", None)]);
        let army = Side::Party("Army of Northland".to_owned());
        for (with, expected) in [
            (serde_json::json!({ "victims": "military", "side": "Army of Northland" }), Relation::Own),
            (serde_json::json!({ "victims": "armed-group", "side": "Northern Liberation Front" }), Relation::Enemy),
            (serde_json::json!({ "victims": "armed-group" }), Relation::Enemy),
            (serde_json::json!({ "victims": "police" }), Relation::Own),
            (serde_json::json!({ "victims": "civilian" }), Relation::Other),
            (serde_json::json!({ "kind": "attack" }), Relation::Other),
        ] {
            assert_eq!(relation(&army, &claim(with.clone()), &sides), expected, "{with}");
        }
        assert_eq!(relation(&Side::NoStake, &claim(serde_json::json!({ "victims": "military" })), &sides), Relation::NoStake);
    }
}
