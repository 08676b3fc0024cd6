//! Who takes part in an incident, and who speaks for whom.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::PartyKind;
use jiff::civil::Date;
use record::{Basis, Kind, Party, Polarity, ReportKind, Role, SourceKind, Victims};

use crate::allegiance;
use crate::atlas::{Atlas, Camp, Who};
use crate::fact::Fact;

/// The party that a claim says was hit: its side, or its target when it has none.
pub(crate) fn hit<'f>(fact: &'f Fact) -> Option<&'f Who> {
    fact.side.as_ref().or(fact.target.as_ref())
}

/// Who speaks a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speaker {
    /// What sort; `None` when the report says it in its own voice and is no party's channel.
    pub(crate) kind: Option<SourceKind>,
    /// For whom.
    pub(crate) camp: Camp,
}

/// One party as the claims of an incident tell it.
struct Member {
    name: String,
    camp: Camp,
    /// Claims in which it strikes.
    acts: usize,
    /// Claims in which it is struck.
    suffers: usize,
}

/// The parties of an incident as its claims tell them.
pub(crate) struct Cast {
    /// By key.
    members: BTreeMap<String, Member>,
    /// The speaker of each claim, by the claim's id.
    speakers: BTreeMap<String, Speaker>,
    /// The one named armed group, when there is one only.
    group: Option<String>,
}

impl Cast {
    pub(crate) fn of(facts: &[&Fact], atlas: &mut Atlas) -> Cast {
        let camps = victims_camps(facts, &country(facts));
        let mut members: BTreeMap<String, Member> = BTreeMap::new();
        for fact in facts.iter().filter(|f| f.claim.polarity == Polarity::Positive) {
            let mut add = |who: &Who, acts: usize, suffers: usize| {
                let member =
                    members.entry(who.key.clone()).or_insert_with(|| Member { name: who.name.clone(), camp: camp(who, &camps), acts: 0, suffers: 0 });
                member.acts += acts;
                member.suffers += suffers;
            };
            if let Some(actor) = &fact.actor {
                add(actor, 1, 0);
            }
            if let Some(target) = hit(fact) {
                add(target, 0, 1);
            }
        }
        let groups: BTreeSet<&String> = members.values().filter_map(|m| if let Camp::Group(key) = &m.camp { Some(key) } else { None }).collect();
        let group = if groups.len() == 1 { groups.first().map(|g| (*g).clone()) } else { None };
        let country = country(facts);
        let speakers = facts.iter().map(|f| (f.claim.id.clone(), speaker(f, &country, group.as_ref(), atlas))).collect();
        Cast { members, speakers, group }
    }

    /// Who speaks a claim of this incident.
    pub(crate) fn speaker(&self, fact: &Fact) -> &Speaker {
        &self.speakers[&fact.claim.id]
    }

    /// Key and name of the party whose camp fits that is named most; of two named alike the first by key.
    pub(crate) fn main(&self, fits: impl Fn(&Camp) -> bool) -> Option<(String, String)> {
        let fitting = self.members.iter().filter(|(_, m)| fits(&m.camp));
        let (key, member) = fitting.max_by(|a, b| (a.1.acts + a.1.suffers).cmp(&(b.1.acts + b.1.suffers)).then(b.0.cmp(a.0)))?;
        Some((key.clone(), member.name.clone()))
    }

    /// Key and name of a side: gunmen nobody names are the named group that is named most.
    pub(crate) fn side(&self, who: &Who) -> (String, String) {
        let named = || self.main(|c| matches!(c, Camp::Group(_)));
        let own = || (who.key.clone(), who.name.clone());
        if who.camp == Camp::Gunmen { named().unwrap_or_else(own) } else { own() }
    }

    /// Whether somebody without arms is said to have been struck.
    pub(crate) fn harms_civilians(&self) -> bool {
        self.members.values().any(|m| m.camp == Camp::Civilians && m.suffers > 0)
    }

    /// The camp of the party with a key; of nobody when no claim names it.
    pub(crate) fn camp(&self, key: &str) -> Camp {
        match key {
            "civilians" => Camp::Civilians,
            key => self.members.get(key).map_or(Camp::Unknown, |m| m.camp.clone()),
        }
    }

    /// Whether a camp is in the fight.
    pub(crate) fn takes_part(&self, camp: &Camp) -> bool {
        !matches!(camp, Camp::Civilians | Camp::Unknown) && self.members.values().any(|m| m.camp == *camp)
    }

    /// Whether a camp is among those that are mainly said to have struck.
    pub(crate) fn strikes(&self, camp: &Camp) -> bool {
        let most = self.members.values().map(|m| m.acts).max().unwrap_or(0);
        self.members.values().any(|m| m.acts > 0 && 2 * m.acts >= most && self.is_one(&m.camp, camp))
    }

    /// Whether two camps are one, as far as can be told: gunmen nobody names are the one group that is named.
    pub(crate) fn is_one(&self, a: &Camp, b: &Camp) -> bool {
        let settled = |camp: &Camp| match (camp, &self.group) {
            (Camp::Gunmen, Some(group)) => Camp::Group(group.clone()),
            _ => camp.clone(),
        };
        settled(a) == settled(b)
    }

    /// The parties with their roles and why they are here, attackers first.
    pub(crate) fn parties(&self, facts: &[&Fact]) -> Vec<Party> {
        let mut known: BTreeMap<String, Seen> = BTreeMap::new();
        let named = facts.iter().any(|f| f.actor.as_ref().is_some_and(|a| !a.is_generic));
        for fact in facts.iter().filter(|f| f.claim.polarity == Polarity::Positive) {
            let own = |who: &Who| self.speaker(fact).camp == who.camp && !matches!(who.camp, Camp::Unknown | Camp::Civilians);
            let strikes = fact.claim.kind.is_violence()
                || matches!(
                    fact.claim.kind,
                    Kind::Deaths
                        | Kind::Injuries
                        | Kind::Abduction
                        | Kind::Responsibility
                        | Kind::Attribution
                        | Kind::Arrest
                        | Kind::Captives
                        | Kind::Seizure
                );
            if let Some(actor) = fact.actor.as_ref().filter(|a| strikes && !(named && a.is_generic)) {
                let seen = known.entry(actor.key.clone()).or_insert_with(|| Seen::new(actor));
                seen.acts += 1;
                seen.claims |= own(actor);
            }
            if let Some(target) = hit(fact) {
                let seen = known.entry(target.key.clone()).or_insert_with(|| Seen::new(target));
                seen.suffers += 1;
                seen.plain |= self.speaker(fact).camp == Camp::Unknown || own(target);
            }
        }
        let mut parties: Vec<(usize, Party)> = known.into_values().map(|s| (s.acts + s.suffers, s.party())).collect();
        parties.sort_by(|a, b| a.1.role.cmp(&b.1.role).then(b.0.cmp(&a.0)).then(a.1.name.cmp(&b.1.name)));
        parties.into_iter().map(|p| p.1).collect()
    }
}

struct Seen {
    name: String,
    unarmed: bool,
    acts: usize,
    suffers: usize,
    claims: bool,
    plain: bool,
}

impl Seen {
    fn new(who: &Who) -> Seen {
        let unarmed = matches!(who.kind, PartyKind::Civilians | PartyKind::Unknown | PartyKind::Rioters) || who.camp == Camp::Civilians;
        Seen { name: who.name.clone(), unarmed, acts: 0, suffers: 0, claims: false, plain: false }
    }

    fn party(self) -> Party {
        let role = match (self.acts >= self.suffers && self.acts > 0, self.unarmed) {
            (true, _) => Role::Attacker,
            (false, true) => Role::Victim,
            (false, false) => Role::Defender,
        };
        let basis = match role {
            Role::Attacker if self.claims => Basis::Claimed,
            Role::Attacker => Basis::Attributed,
            _ if self.plain => Basis::Undisputed,
            _ => Basis::Attributed,
        };
        Party { name: self.name, role, basis }
    }
}

/// The camps of sides as the status of their dead tells them, by key.
fn victims_camps(facts: &[&Fact], country: &str) -> BTreeMap<String, Camp> {
    let mut votes: BTreeMap<(&str, Victims), usize> = BTreeMap::new();
    for (side, victims) in facts.iter().filter_map(|f| Some((f.side.as_ref()?, f.claim.victims?))) {
        *votes.entry((side.key.as_str(), victims)).or_default() += 1;
    }
    let mut camps: BTreeMap<String, (usize, Camp)> = BTreeMap::new();
    for ((key, victims), n) in votes {
        let camp = match victims {
            Victims::Military | Victims::Police => Camp::State(country.to_owned()),
            Victims::ArmedGroup => Camp::Group(key.to_owned()),
            Victims::Civilian => Camp::Civilians,
            Victims::Peacekeeper => Camp::Peacekeepers,
            Victims::Mixed | Victims::Unknown => continue,
        };
        if camps.get(key).is_none_or(|known| n > known.0) {
            camps.insert(key.to_owned(), (n, camp));
        }
    }
    camps.into_iter().map(|(key, (_, camp))| (key, camp)).collect()
}

/// The camp of a party: the gazetteer's, unless it knows nothing, or its dead are fighters of what has become a
/// government. Whoever acts and is nobody's is a group.
fn camp(who: &Who, told: &BTreeMap<String, Camp>) -> Camp {
    match (&who.camp, told.get(&who.key)) {
        (Camp::Unknown, Some(told)) => told.clone(),
        (Camp::State(_), Some(group @ Camp::Group(_))) => group.clone(),
        (Camp::Unknown, None) => Camp::Group(who.key.clone()),
        (camp, _) => camp.clone(),
    }
}

/// The country that most claims name.
pub(crate) fn country(facts: &[&Fact]) -> String {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for place in facts.iter().filter_map(|f| f.place.as_ref()).filter(|p| !p.country.is_empty()) {
        *votes.entry(place.country.as_str()).or_default() += 1;
    }
    votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map_or(String::new(), |v| v.0.to_owned())
}

/// Who speaks: the innermost source; in a report's own voice the state or group whose channel it is.
fn speaker(fact: &Fact, country: &str, group: Option<&String>, atlas: &mut Atlas) -> Speaker {
    let date: Option<Date> = fact.claim.date.as_ref().map(|d| d.start).or(fact.report.published.as_ref().map(|p| p.date()));
    let mut state = |name: &str| match atlas.who(name, country, date).camp {
        Camp::State(land) => Camp::State(land),
        _ => Camp::State(atlas.seat(name).unwrap_or_else(|| country.to_owned())),
    };
    let Some(source) = fact.claim.speaker() else {
        return match fact.report.kind {
            ReportKind::Communique => Speaker { kind: Some(SourceKind::Military), camp: state(&fact.report.outlet) },
            ReportKind::GroupStatement => {
                Speaker { kind: Some(SourceKind::ArmedGroup), camp: of_group(&fact.report.outlet, country, group, date, atlas) }
            }
            ReportKind::Un => Speaker { kind: Some(SourceKind::Un), camp: Camp::Unknown },
            ReportKind::Ngo => Speaker { kind: Some(SourceKind::Ngo), camp: Camp::Unknown },
            _ => Speaker { kind: None, camp: Camp::Unknown },
        };
    };
    let camp = match source.kind {
        SourceKind::Military | SourceKind::Police | SourceKind::Government | SourceKind::ForeignGovernment | SourceKind::UnnamedOfficial => {
            state(&source.name)
        }
        SourceKind::LocalOfficial => Camp::State(country.to_owned()),
        SourceKind::ArmedGroup => of_group(&source.name, country, group, date, atlas),
        SourceKind::Media | SourceKind::Unnamed | SourceKind::Analyst | SourceKind::Ngo => {
            let party = allegiance::party(&source.name).map(|name| atlas.who(&name, country, date).camp);
            match party {
                Some(camp @ Camp::Group(_)) => return Speaker { kind: Some(SourceKind::ArmedGroup), camp },
                Some(camp @ Camp::State(_)) => return Speaker { kind: Some(SourceKind::Government), camp },
                _ => Camp::Unknown,
            }
        }
        _ => Camp::Unknown,
    };
    Speaker { kind: Some(source.kind), camp }
}

fn of_group(name: &str, country: &str, group: Option<&String>, date: Option<Date>, atlas: &mut Atlas) -> Camp {
    let who = atlas.who(name, country, date);
    match who.camp {
        Camp::Group(key) => Camp::Group(key),
        Camp::State(_) if who.kind == PartyKind::Government && !who.is_generic && group.is_none_or(|g| *g == who.key) => Camp::Group(who.key),
        // A militia on the state's side, or a name that tells nothing.
        _ => group.map_or(Camp::Gunmen, |g| Camp::Group(g.clone())),
    }
}
