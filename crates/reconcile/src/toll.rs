//! How many: low, best, high for each side and in total, each bound with its receipt.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::plain;
use record::{Bound, Certainty, Id, Kind, Polarity, Stance, Toll, Victims};

use crate::atlas::Camp;
use crate::bounds::{Figure, resolve};
use crate::fact::Fact;
use crate::parties::{Cast, hit};
use crate::standing::standing;
use crate::{Options, RuleSet};

/// The tolls of an incident.
pub(crate) struct Tolls {
    pub(crate) deaths: Vec<Toll>,
    pub(crate) injured: Vec<Toll>,
    pub(crate) abducted: Vec<Toll>,
    pub(crate) displaced: Vec<Toll>,
}

impl Tolls {
    pub(crate) fn of(facts: &[&Fact], cast: &Cast, options: &Options) -> Tolls {
        let rows = |kinds: &[Kind]| rows(facts, cast, kinds, &options.rules);
        let or_none = |rows: Vec<Toll>| if rows.iter().all(|r| r.high == 0) { Vec::new() } else { rows };
        Tolls {
            deaths: rows(&[Kind::Deaths]),
            injured: or_none(rows(&[Kind::Injuries])),
            abducted: or_none(rows(&[Kind::Abduction, Kind::Captives])),
            displaced: or_none(rows(&[Kind::Displacement])),
        }
    }
}

/// Key of the row for victims that no side is known of.
const UNKNOWN: &str = "unknown";

/// Key and name of the row that a claim's victims belong to.
pub(crate) fn side(fact: &Fact, cast: &Cast) -> (String, String) {
    let civilians = || ("civilians".to_owned(), "civilians".to_owned());
    if let Some(who) = &fact.side {
        return if who.camp == Camp::Civilians { civilians() } else { (who.key.clone(), who.name.clone()) };
    }
    let armed = |fits: fn(&Camp) -> bool| {
        let target = hit(fact).filter(|w| fits(&w.camp)).map(|w| (w.key.clone(), w.name.clone()));
        target.or_else(|| cast.only(fits))
    };
    let found = match fact.claim.victims {
        Some(Victims::Civilian) => Some(civilians()),
        Some(Victims::Military | Victims::Police) => armed(|c| matches!(c, Camp::State(_))),
        Some(Victims::ArmedGroup) => {
            armed(|c| matches!(c, Camp::Group(_) | Camp::Gunmen)).or(Some(("group".into(), "Unidentified armed group".into())))
        }
        Some(Victims::Peacekeeper) => armed(|c| *c == Camp::Peacekeepers),
        _ => None,
    };
    found.unwrap_or((UNKNOWN.into(), UNKNOWN.into()))
}

/// What is said of some kinds of harm.
pub(crate) struct Said {
    /// Figures; withdrawn and denied ones are left out.
    pub(crate) figures: Vec<Figure>,
    /// Names of the sides by their keys.
    pub(crate) names: BTreeMap<String, String>,
    /// Claims that deny harm to a side, by its key.
    pub(crate) denied: BTreeMap<String, Vec<Id>>,
}

/// The figures of some kinds of claims and what denies them.
pub(crate) fn said(facts: &[&Fact], cast: &Cast, kinds: &[Kind], rules: &RuleSet) -> Said {
    let mut said = Said { figures: Vec::new(), names: BTreeMap::new(), denied: BTreeMap::new() };
    for fact in facts.iter().filter(|f| kinds.contains(&f.claim.kind)) {
        let claim = fact.claim;
        let (side, name) = side(fact, cast);
        if claim.polarity == Polarity::Negative || claim.stance == Stance::Denies {
            let zero = claim.count.as_ref().is_some_and(|c| c.high == Some(0));
            if zero || claim.stance == Stance::Denies {
                said.denied.entry(side).or_default().push(claim.id.clone());
            }
            continue;
        }
        let Some((low, count)) = claim.count.as_ref().and_then(|c| Some((c.low.or(c.high)?, c))) else { continue };
        if claim.stance == Stance::DoesNotConfirm {
            continue;
        }
        said.names.entry(side.clone()).or_insert(name);
        let standing = standing(fact, cast);
        let worth = rules.vague.iter().find(|(word, _)| plain(&count.text).split(' ').any(|w| w == word.as_str())).map(|v| *v.1);
        let speaker = claim.speaker().map_or(String::new(), |s| plain(&s.name));
        said.figures.push(Figure {
            claims: vec![claim.id.clone()],
            side,
            low: worth.unwrap_or(low),
            high: if worth.is_some() { None } else { count.high },
            standing,
            voice: (claim.report.clone(), speaker),
            at: (fact.published().to_owned(), claim.report.clone(), fact.position()),
            possible: claim.certainty == Certainty::Possible,
            vague: is_vague(&count.text, low, count.high),
            moves: rules.moves(standing),
        });
    }
    said
}

/// Whether counting words give no number: open, at one of the bounds that vague words have, and without a digit.
fn is_vague(text: &str, low: u64, high: Option<u64>) -> bool {
    high.is_none() && matches!(low, 2 | 20 | 24 | 40 | 200 | 2000) && !text.contains(|c: char| c.is_ascii_digit())
}

fn rows(facts: &[&Fact], cast: &Cast, kinds: &[Kind], rules: &RuleSet) -> Vec<Toll> {
    let said = said(facts, cast, kinds, rules);
    let mut by_side: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
    for figure in &said.figures {
        by_side.entry(figure.side.as_str()).or_default().push(figure.clone());
    }
    let mut unknown = by_side.remove(UNKNOWN).unwrap_or_default();
    // People nobody says more about, where only civilians were hit, are those civilians.
    if by_side.len() == 1
        && let Some(civilians) = by_side.get_mut("civilians")
    {
        civilians.append(&mut unknown);
    }
    let none = Vec::new();
    let denied = |side: &str| said.denied.get(side).unwrap_or(&none).as_slice();
    let mut rows: Vec<(Toll, bool)> = by_side
        .iter()
        .filter_map(|(side, figures)| Some((resolve(&said.names[*side], figures, denied(side), rules)?, figures.iter().any(|f| f.moves.best))))
        .collect();
    let given = resolve(UNKNOWN, &unknown, denied(UNKNOWN), rules).map(|toll| (toll, unknown.iter().any(|f| f.moves.best)));
    let total = total(&mut rows, given.as_ref());
    let mut rows: Vec<Toll> = rows.into_iter().map(|r| r.0).collect();
    rows.sort_by(|a, b| b.high.cmp(&a.high).then(a.side.cmp(&b.side)));
    if let Some((given, _)) = given.filter(|_| rows.is_empty()) {
        rows.push(given);
    }
    rows.push(total);
    rows
}

/// The sum of the sides, or what is given for the dead as a whole where that is more. A total given without a stake that
/// leaves no room for what only a party says of its enemy takes that out of the best figure.
fn total(rows: &mut [(Toll, bool)], given: Option<&(Toll, bool)>) -> Toll {
    if let Some((given, credible)) = given.filter(|_| !rows.is_empty()) {
        let sure: u64 = rows.iter().filter(|r| r.1).map(|r| r.0.best).sum();
        if *credible && given.best >= sure {
            for (row, _) in rows.iter_mut().filter(|r| !r.1) {
                (row.low, row.best) = (0, 0);
                row.because.retain(|b| b.bound == "high");
                row.because.push(Bound {
                    bound: "best".into(),
                    claims: receipt(given, "best"),
                    rule: "a total without a stake leaves no room for it".into(),
                });
            }
        }
    }
    let mut total = Toll { side: "total".into(), low: 0, best: 0, high: 0, because: Vec::new() };
    for name in ["low", "best", "high"] {
        let sum: u64 = rows.iter().map(|r| *at(&r.0, name)).fold(0, u64::saturating_add);
        let (value, claims, rule) = match given {
            Some((given, _)) if *at(given, name) > sum || rows.is_empty() => (*at(given, name), receipt(given, name), "given as a total"),
            _ => (sum, rows.iter().flat_map(|r| receipt(&r.0, name)).collect(), "sum of the sides"),
        };
        match name {
            "low" => total.low = value,
            "best" => total.best = value,
            _ => total.high = value,
        }
        if !claims.is_empty() {
            total.because.push(Bound { bound: name.into(), claims, rule: rule.into() });
        }
    }
    total.best = total.best.max(total.low);
    total.high = total.high.max(total.best);
    total
}

fn at<'t>(toll: &'t Toll, name: &str) -> &'t u64 {
    match name {
        "low" => &toll.low,
        "best" => &toll.best,
        _ => &toll.high,
    }
}

fn receipt(toll: &Toll, name: &str) -> Vec<Id> {
    let claims: BTreeSet<&Id> = toll.because.iter().filter(|b| b.bound == name).flat_map(|b| &b.claims).collect();
    claims.into_iter().cloned().collect()
}
