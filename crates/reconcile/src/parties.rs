//! Who takes part in an incident, and who speaks for whom.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::PartyKind;
use jiff::civil::Date;
use record::{Basis, Kind, Party, Polarity, ReportKind, Role, SourceKind};

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

/// The parties of an incident as its claims tell them.
pub(crate) struct Cast {
    /// Camps said to have struck.
    pub(crate) attackers: BTreeSet<Camp>,
    /// Camps said to have been struck.
    pub(crate) hit: BTreeSet<Camp>,
    /// The speaker of each claim, by the claim's id.
    speakers: BTreeMap<String, Speaker>,
    /// The one named armed group, when there is one only.
    group: Option<String>,
    /// Key, name and camp of every party.
    known: BTreeMap<String, (String, Camp)>,
}

impl Cast {
    pub(crate) fn of(facts: &[&Fact], atlas: &mut Atlas) -> Cast {
        let camps = |facts: &[&Fact], who: fn(&Fact) -> Option<Camp>| -> BTreeSet<Camp> { facts.iter().filter_map(|f| who(f)).collect() };
        let acts = |f: &Fact| f.actor.as_ref().map(|w| w.camp.clone());
        let struck = |f: &Fact| hit(f).map(|w| w.camp.clone());
        let (attackers, hit) = (camps(facts, acts), camps(facts, struck));
        let groups: BTreeSet<&String> =
            attackers.iter().chain(&hit).filter_map(|c| if let Camp::Group(key) = c { Some(key) } else { None }).collect();
        let group = if groups.len() == 1 { groups.first().map(|g| (*g).clone()) } else { None };
        let country = country(facts);
        let known =
            facts.iter().flat_map(|f| [&f.actor, &f.target, &f.side]).flatten().map(|w| (w.key.clone(), (w.name.clone(), w.camp.clone()))).collect();
        let speakers = facts.iter().map(|f| (f.claim.id.clone(), speaker(f, &country, group.as_ref(), atlas))).collect();
        Cast { attackers, hit, speakers, group, known }
    }

    /// Who speaks a claim of this incident.
    pub(crate) fn speaker(&self, fact: &Fact) -> &Speaker {
        &self.speakers[&fact.claim.id]
    }

    /// Key and name of the only party whose camp fits, if there is just one.
    pub(crate) fn only(&self, fits: impl Fn(&Camp) -> bool) -> Option<(String, String)> {
        let mut fitting = self.known.iter().filter(|(_, (_, camp))| fits(camp));
        let (key, (name, _)) = fitting.next()?;
        fitting.next().is_none().then(|| (key.clone(), name.clone()))
    }

    /// Whether a camp is in the fight.
    pub(crate) fn takes_part(&self, camp: &Camp) -> bool {
        !matches!(camp, Camp::Civilians | Camp::Unknown) && (self.attackers.contains(camp) || self.hit.contains(camp))
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
        _ => Camp::State(country.to_owned()),
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
        SourceKind::Military | SourceKind::Police | SourceKind::Government | SourceKind::ForeignGovernment => state(&source.name),
        SourceKind::UnnamedOfficial | SourceKind::LocalOfficial => Camp::State(country.to_owned()),
        SourceKind::ArmedGroup => of_group(&source.name, country, group, date, atlas),
        _ => Camp::Unknown,
    };
    Speaker { kind: Some(source.kind), camp }
}

fn of_group(name: &str, country: &str, group: Option<&String>, date: Option<Date>, atlas: &mut Atlas) -> Camp {
    let who = atlas.who(name, country, date);
    match who.camp {
        Camp::Group(key) => Camp::Group(key),
        // A militia on the state's side, or a name that tells nothing.
        _ => group.map_or(Camp::Gunmen, |g| Camp::Group(g.clone())),
    }
}
