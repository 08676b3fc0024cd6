//! How many: low, best, high for each side and in total, each bound with its receipt.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::plain;
use record::{Bound, Certainty, Id, Kind, Polarity, SourceKind, Stance, Toll, Victims};

use crate::atlas::Camp;
use crate::bounds::{Figure, Resolved, resolve};
use crate::fact::Fact;
use crate::parties::{Cast, Speaker, hit};
use crate::standing::standing;
use crate::{Options, RuleSet, voices};

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
        return if who.camp == Camp::Civilians { civilians() } else { cast.side(who) };
    }
    let armed = |fits: fn(&Camp) -> bool| {
        let target = hit(fact).filter(|w| fits(&w.camp)).map(|w| (w.key.clone(), w.name.clone()));
        target.or_else(|| cast.main(fits))
    };
    let found = match fact.claim.victims {
        Some(Victims::Civilian) => Some(civilians()),
        Some(Victims::Military | Victims::Police) => armed(|c| matches!(c, Camp::State(_))),
        Some(Victims::ArmedGroup) => armed(|c| matches!(c, Camp::Group(_))).or_else(|| armed(|c| *c == Camp::Gunmen)),
        Some(Victims::Peacekeeper) => armed(|c| *c == Camp::Peacekeepers),
        _ => None,
    };
    let nameless = || match fact.claim.victims {
        Some(Victims::ArmedGroup) => ("unidentified armed group".to_owned(), "Unidentified armed group".to_owned()),
        _ => (UNKNOWN.to_owned(), UNKNOWN.to_owned()),
    };
    found.unwrap_or_else(nameless)
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
            origin: origin(fact, cast),
            at: (fact.published().to_owned(), claim.report.clone(), fact.position()),
            possible: claim.certainty == Certainty::Possible,
            vague: is_vague(&count.text, low, count.high),
            moves: rules.moves(standing),
        });
    }
    said
}

/// Who gives a figure, from one report to the next: offices of one state speak with one voice.
fn origin(fact: &Fact, cast: &Cast) -> String {
    match cast.speaker(fact) {
        Speaker { kind: Some(SourceKind::Military | SourceKind::Police | SourceKind::Government), camp: Camp::State(country) } => {
            format!("state {country}")
        }
        _ => voices::origin(fact),
    }
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
    // "Nobody died" denies every side's dead.
    let denied = |side: &str| -> Vec<Id> { [side, UNKNOWN].iter().filter_map(|s| said.denied.get(*s)).flatten().cloned().collect() };
    let mut rows: Vec<Row> = Vec::new();
    for (side, figures) in &by_side {
        if let Some(resolved) = resolve(&said.names[*side], figures, &denied(side), rules) {
            let camp = cast.camp(side);
            // A toll of an attack on people seldom counts those who made it.
            let beside = *side != "civilians" && cast.strikes(&camp) && cast.harms_civilians();
            rows.push(Row { resolved, beside });
        }
    }
    let exact: Vec<Figure> = unknown.iter().filter(|f| rows.is_empty() || !f.vague).cloned().collect();
    let given = resolve(UNKNOWN, &exact, &denied(UNKNOWN), rules).map(|resolved| Row { resolved, beside: false });
    let total = total(&mut rows, given.as_ref(), rules);
    let mut rows: Vec<Toll> = rows.into_iter().map(|r| r.resolved.toll).collect();
    rows.sort_by(|a, b| b.high.cmp(&a.high).then(a.side.cmp(&b.side)));
    if let Some(given) = given.filter(|_| rows.is_empty()) {
        rows.push(given.resolved.toll);
    }
    rows.push(total);
    rows
}

/// One side's toll, and what the total makes of it.
struct Row {
    resolved: Resolved,
    /// Whether it comes on top of a total given for the dead as a whole.
    beside: bool,
}

impl Row {
    /// Whether somebody without a stake, or its own party, gives a figure.
    fn is_credible(&self) -> bool {
        self.resolved.picked.is_some()
    }
}

/// The sum of the sides, or what is given for the dead as a whole where that is more. A whole that only a party gives, that
/// is left open or that is older gives way to what is said of the sides, unless that is a mere part of it. A closed whole
/// given without a stake leaves no room for what only a party says of its enemy: that is taken out of the best figure.
fn total(rows: &mut [Row], given: Option<&Row>, rules: &RuleSet) -> Toll {
    let sure: u64 = rows.iter().filter(|r| r.is_credible() && !r.beside).map(|r| r.resolved.toll.best).sum();
    let mut superseded = false;
    if let Some(given) = given.filter(|_| sure > 0) {
        let whole = given.resolved.toll.best;
        let newer = |day: &str| rows.iter().any(|r| r.resolved.picked.as_ref().is_some_and(|p| p.0.as_str() > day));
        let weak = given.resolved.picked.as_ref().is_none_or(|(day, open)| *open || newer(day));
        superseded = weak && sure as f64 >= rules.part_share * whole as f64;
    }
    if let Some(given) = given.filter(|g| !rows.is_empty() && g.resolved.toll.best >= sure && g.resolved.picked.as_ref().is_some_and(|p| !p.1)) {
        for row in rows.iter_mut().filter(|r| !r.is_credible() && !r.beside) {
            let toll = &mut row.resolved.toll;
            (toll.low, toll.best) = (0, 0);
            toll.because.retain(|b| b.bound == "high");
            let rule = "a total without a stake leaves no room for it".into();
            toll.because.push(Bound { bound: "best".into(), claims: receipt(&given.resolved.toll, "best"), rule });
        }
    }
    let mut total = Toll { side: "total".into(), low: 0, best: 0, high: 0, because: Vec::new() };
    for name in ["low", "best", "high"] {
        let sum = |beside: bool| rows.iter().filter(|r| r.beside == beside).map(|r| r.resolved.toll.at(name)).fold(0, u64::saturating_add);
        let claims = |all: bool| rows.iter().filter(move |r| all || r.beside).flat_map(move |r| receipt(&r.resolved.toll, name));
        let (value, claims, rule): (u64, Vec<Id>, &str) = match given {
            Some(given) if rows.is_empty() || (name == "high" || !superseded) && given.resolved.toll.at(name) > sum(false) => {
                let value = given.resolved.toll.at(name).saturating_add(sum(true));
                (value, receipt(&given.resolved.toll, name).into_iter().chain(claims(false)).collect(), "given as a total")
            }
            _ => (sum(false).saturating_add(sum(true)), claims(true).collect(), "sum of the sides"),
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

fn receipt(toll: &Toll, name: &str) -> Vec<Id> {
    let claims: BTreeSet<&Id> = toll.because.iter().filter(|b| b.bound == name).flat_map(|b| &b.claims).collect();
    claims.into_iter().cloned().collect()
}
