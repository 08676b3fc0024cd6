//! What sort of incident: ACLED's sub-event, as its claims point to it.
//!
//! The codebook's hierarchy (a ground battle outranks the shelling inside it, lost territory outranks the battle) depends
//! on who was hit and how; the weights of these signs are data, trained by `training/reconcile` on coded incidents.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::plain;
use record::{Kind, Polarity, Victims};

use crate::Model;
use crate::atlas::Camp;
use crate::fact::Fact;

/// Words in quotes and weapons that tell one sort from another, folded, and their sign.
const WORDS: &[(&str, &[&str])] = &[
    ("suicide", &["suicide", "kamikaze", "blew himself", "blew herself", "s est fait exploser"]),
    ("mine", &["landmine", "mine ", "mines ", "land mine", "engin explosif", "ied", "explosive device", "roadside"]),
    ("grenade", &["grenade"]),
    ("mortar", &["mortar", "mortier", "shell", "obus", "artillery", "artillerie"]),
    ("rocket", &["rocket", "roquette", "missile"]),
    ("drone", &["drone", "uav"]),
    ("aircraft", &["jet", "aircraft", "warplane", "helicopter", "helicoptere", "air force", "aviation", "air raid", "airstrike", "frappe"]),
    ("bomb", &["bomb"]),
    ("vehicle bomb", &["car bomb", "truck bomb", "voiture piegee", "vehicle packed"]),
    ("crowd", &["crowd", "mob", "lynch", "foule", "villagers", "residents", "habitants"]),
    ("protest", &["protest", "demonstrat", "manifest", "rally", "march"]),
    ("defused", &["defuse", "intercept", "shot down", "desamorc", "abattu", "foiled", "found"]),
    ("taken", &["seiz", "captur", "took control", "overran", "s empare", "pris le controle", "fell to"]),
    ("retaken", &["retook", "recaptur", "repris", "reconqu", "liberat"]),
    ("ambush", &["ambush", "embuscade"]),
    ("clash", &["clash", "fighting", "gun battle", "firefight", "affrontement", "combat", "encounter", "exchange of fire"]),
    ("base", &["camp", "base", "post", "barracks", "caserne", "garrison", "convoy", "patrol", "convoi", "patrouille"]),
    ("fire", &["burn", "torch", "set fire", "set on fire", "incendi", "brule", "ablaze"]),
    ("loot", &["loot", "pill", "stole", "stolen", "vole", "robb"]),
    ("taken away", &["kidnap", "abduct", "enlev", "hostage", "otage", "carried off"]),
    ("arrest", &["arrest", "detain", "arret", "interpell"]),
    ("shot", &["shot dead", "gunned down", "opened fire", "abattu", "execut", "beheaded", "slit", "egorg"]),
    ("surrender", &["surrender", "laid down", "rendu"]),
    ("pipeline", &["pipeline", "oleoduc", "railway", "bridge", "power line", "pylon"]),
];

/// The signs of an incident's sort: names to values from 0 to 1.
pub(crate) fn signs(facts: &[&Fact]) -> BTreeMap<String, f32> {
    let happened: Vec<&&Fact> = facts.iter().filter(|f| f.claim.polarity == Polarity::Positive).collect();
    let mut signs: BTreeMap<String, f32> = BTreeMap::new();
    let mut put = |name: String, value: f32| {
        if value > 0.0 {
            signs.insert(name, value);
        }
    };
    let share = |n: usize, all: usize| n as f32 / all.max(1) as f32;
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for fact in &happened {
        *kinds.entry(fact.claim.kind).or_default() += 1;
    }
    for (&kind, &n) in &kinds {
        put(format!("kind {kind}"), 1.0);
        put(format!("share {kind}"), share(n, happened.len()));
    }
    let main = kinds.iter().filter(|(k, _)| k.is_violence()).max_by_key(|(_, n)| **n).map_or("none", |(k, _)| k.as_str());
    put(format!("main {main}"), 1.0);
    let harmed: Vec<Victims> = happened.iter().filter_map(|f| f.claim.victims).collect();
    for victims in Victims::ALL {
        put(format!("victims {victims}"), share(harmed.iter().filter(|v| *v == victims).count(), harmed.len()));
    }
    let targets: Vec<&Camp> = happened.iter().filter(|f| f.claim.kind.is_violence()).filter_map(|f| f.target.as_ref()).map(|w| &w.camp).collect();
    let actors: Vec<&Camp> = happened.iter().filter_map(|f| f.actor.as_ref()).map(|w| &w.camp).collect();
    for (role, camps) in [("target", &targets), ("actor", &actors)] {
        for (name, fits) in CAMPS {
            put(format!("{role} {name}"), share(camps.iter().filter(|c| fits(c)).count(), camps.len()));
        }
        put(format!("{role} none"), if camps.is_empty() { 1.0 } else { 0.0 });
    }
    let attacked = kinds.contains_key(&Kind::Attack) && !kinds.contains_key(&Kind::Clash);
    put("attacked civilians".into(), if attacked { share(targets.iter().filter(|c| ***c == Camp::Civilians).count(), targets.len()) } else { 0.0 });
    let parties: BTreeSet<&Camp> = actors.iter().chain(&targets).copied().filter(|c| !matches!(c, Camp::Civilians | Camp::Unknown)).collect();
    put("two armed".into(), if parties.len() > 1 { 1.0 } else { 0.0 });
    let text: String =
        happened.iter().map(|f| format!("{} {} ", plain(&f.claim.quote.text), f.claim.weapon.as_deref().map_or(String::new(), plain))).collect();
    for (name, words) in WORDS {
        put(format!("word {name}"), if words.iter().any(|w| text.contains(w)) { 1.0 } else { 0.0 });
    }
    signs
}

/// Whether a party is of a camp.
type IsCamp = fn(&Camp) -> bool;

const CAMPS: [(&str, IsCamp); 6] = [
    ("state", |c| matches!(c, Camp::State(_))),
    ("group", |c| matches!(c, Camp::Group(_))),
    ("gunmen", |c| matches!(c, Camp::Gunmen)),
    ("peacekeepers", |c| matches!(c, Camp::Peacekeepers)),
    ("civilians", |c| matches!(c, Camp::Civilians)),
    ("unknown", |c| matches!(c, Camp::Unknown)),
];

/// ACLED's sub-event name, lower case.
pub(crate) fn kind(facts: &[&Fact], model: &Model) -> String {
    model.sort(&signs(facts))
}
