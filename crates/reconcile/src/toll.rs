//! How many: low, best, high for each side and in total, each bound with its receipt.

use std::collections::BTreeMap;

use record::{Bound, Certainty, Id, Kind, Polarity, Stance, Toll, Victims};

use crate::fact::Fact;
use crate::parties::{Cast, hit};
use crate::standing::{Standing, standing};
use crate::voices::origin;
use crate::{Moves, Options, Pick, RuleSet};

/// The tolls of an incident.
pub(crate) struct Tolls {
    pub(crate) deaths: Vec<Toll>,
    pub(crate) injured: Vec<Toll>,
    pub(crate) abducted: Vec<Toll>,
    pub(crate) displaced: Vec<Toll>,
}

/// A figure somebody gives for one side.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) claims: Vec<Id>,
    /// Key of the side.
    pub(crate) side: String,
    pub(crate) low: u64,
    pub(crate) high: Option<u64>,
    pub(crate) standing: Standing,
    /// Who gives it, so that a later figure replaces an earlier one.
    pub(crate) voice: String,
    /// Report and time: publication, report, place in the text.
    pub(crate) at: (String, String, (bool, u32)),
    /// Whether the words do not commit to it.
    pub(crate) possible: bool,
    pub(crate) moves: Moves,
}

impl Figure {
    pub(crate) fn day(&self) -> &str {
        self.at.0.get(..10).unwrap_or("")
    }

    pub(crate) fn most(&self) -> u64 {
        self.high.unwrap_or(self.low).max(self.low)
    }
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

/// Name of the row that a claim's victims belong to.
pub(crate) fn side(fact: &Fact) -> (String, String) {
    if let Some(who) = &fact.side {
        let name = if who.key == "civilians" { "civilians".to_owned() } else { who.name.clone() };
        return (who.key.clone(), name);
    }
    match fact.claim.victims {
        Some(Victims::Civilian) => ("civilians".into(), "civilians".into()),
        Some(Victims::Military | Victims::Police | Victims::ArmedGroup | Victims::Peacekeeper) => match hit(fact) {
            Some(who) if who.key != "civilians" => (who.key.clone(), who.name.clone()),
            _ => ("unknown".into(), "unknown".into()),
        },
        _ => ("unknown".into(), "unknown".into()),
    }
}

/// The figures of some kinds, withdrawn and denied ones left out.
pub(crate) fn figures(facts: &[&Fact], cast: &Cast, kinds: &[Kind], rules: &RuleSet) -> (Vec<Figure>, BTreeMap<String, String>) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut figures = Vec::new();
    for fact in facts.iter().filter(|f| kinds.contains(&f.claim.kind)) {
        let claim = fact.claim;
        if claim.polarity == Polarity::Negative || matches!(claim.stance, Stance::Denies | Stance::DoesNotConfirm) {
            continue;
        }
        let Some((low, count)) = claim.count.as_ref().and_then(|c| Some((c.low.or(c.high)?, c))) else { continue };
        let (side, name) = side(fact);
        names.entry(side.clone()).or_insert(name);
        let standing = standing(fact, cast);
        let worth = rules.vague.get(&count.text.to_lowercase()).copied();
        figures.push(Figure {
            claims: vec![claim.id.clone()],
            side,
            low: worth.unwrap_or(low),
            high: if worth.is_some() { None } else { count.high },
            standing,
            voice: origin(fact),
            at: (fact.published().to_owned(), claim.report.clone(), fact.position()),
            possible: claim.certainty == Certainty::Possible,
            moves: rules.moves(standing),
        });
    }
    (figures, names)
}

fn rows(facts: &[&Fact], cast: &Cast, kinds: &[Kind], rules: &RuleSet) -> Vec<Toll> {
    let (figures, names) = figures(facts, cast, kinds, rules);
    let mut by_side: BTreeMap<&str, Vec<&Figure>> = BTreeMap::new();
    for figure in &figures {
        by_side.entry(figure.side.as_str()).or_default().push(figure);
    }
    let mut rows: Vec<Toll> = by_side.iter().filter_map(|(side, f)| resolve(&names[*side], &latest(f), rules)).collect();
    let total = total(&mut rows);
    rows.push(total);
    rows
}

/// Drops what the same voice has replaced: its figures of earlier reports.
fn latest<'f>(figures: &[&'f Figure]) -> Vec<&'f Figure> {
    let last: BTreeMap<&str, &str> = figures.iter().fold(BTreeMap::new(), |mut last, f| {
        let day = last.entry(f.voice.as_str()).or_insert(f.at.0.as_str());
        *day = (*day).max(f.at.0.as_str());
        last
    });
    figures.iter().filter(|f| last[f.voice.as_str()] == f.at.0).copied().collect()
}

fn bound(bound: &str, figures: &[&Figure], rule: &str) -> Bound {
    Bound { bound: bound.to_owned(), claims: figures.iter().flat_map(|f| f.claims.clone()).collect(), rule: rule.to_owned() }
}

/// Bounds of one side.
fn resolve(side: &str, figures: &[&Figure], rules: &RuleSet) -> Option<Toll> {
    let highest = figures.iter().filter(|f| f.moves.high).max_by_key(|f| (f.most(), f.moves.rank))?;
    let credible: Vec<&&Figure> = figures.iter().filter(|f| f.moves.best && !f.possible).collect();
    let lowest = figures.iter().filter(|f| f.moves.low && !f.possible).min_by_key(|f| f.low);
    let high = highest.most();
    let picked = match rules.best {
        Pick::Latest => credible.iter().max_by_key(|f| (f.day(), f.moves.rank, &f.at)),
        Pick::Lowest => credible.iter().min_by_key(|f| f.low),
        Pick::Middle => credible.first(),
    };
    let mut because = Vec::new();
    let (low, best) = match picked {
        Some(picked) => {
            let lowest = lowest.unwrap_or(picked);
            because.push(bound("low", &[lowest], &format!("least, {}", lowest.standing.as_str())));
            let best = if rules.best == Pick::Middle { (lowest.low + high) / 2 } else { picked.low };
            because.push(bound("best", &[picked], &format!("latest and best placed, {}", picked.standing.as_str())));
            (lowest.low.min(best), best)
        }
        None if rules.alone => {
            because.push(bound("best", &[highest], "nobody disputes it and nothing better exists"));
            (0, highest.low)
        }
        None => (0, 0),
    };
    because.push(bound("high", &[highest], &format!("most, {}", highest.standing.as_str())));
    Some(Toll { side: side.to_owned(), low: low.min(best), best, high: high.max(best), because })
}

/// The sum of the sides.
fn total(rows: &mut [Toll]) -> Toll {
    let mut total = Toll { side: "total".into(), low: 0, best: 0, high: 0, because: Vec::new() };
    for row in rows.iter() {
        total.low += row.low;
        total.best += row.best;
        total.high += row.high;
        for b in &row.because {
            total.because.push(Bound { rule: "sum of the sides".into(), ..b.clone() });
        }
    }
    total
}
