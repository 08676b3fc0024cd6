//! Pairs of claims that cannot both be true.

use std::collections::BTreeSet;

use record::{Dispute, Kind, Over, Polarity, Stance};

use crate::RuleSet;
use crate::fact::Fact;
use crate::parties::Cast;
use crate::toll::figures;

/// The disputes of an incident, in order of their claims.
pub(crate) fn disputes(facts: &[&Fact], cast: &Cast) -> Vec<Dispute> {
    let mut found: BTreeSet<Dispute> = BTreeSet::new();
    let (figures, _) = figures(facts, cast, &[Kind::Deaths], &RuleSet::careful());
    let mut pairs = Vec::new();
    for (n, a) in figures.iter().enumerate() {
        for b in figures.iter().skip(n + 1) {
            let cannot = a.side == b.side && a.voice != b.voice && (a.most() < b.low && a.high.is_some() || b.most() < a.low && b.high.is_some());
            let moment = a.day() == b.day() || a.standing.is_party() != b.standing.is_party();
            if cannot && moment {
                pairs.push((a.low.abs_diff(b.low), a, b));
            }
        }
    }
    if let Some((_, a, b)) = pairs.into_iter().max_by_key(|p| p.0) {
        found.insert(pair(&a.claims[0], &b.claims[0], Over::Deaths));
    }
    for denial in facts.iter().filter(|f| f.claim.polarity == Polarity::Negative && f.claim.stance == Stance::Denies) {
        let denied = facts.iter().find(|f| {
            f.claim.polarity == Polarity::Positive && f.claim.kind == denial.claim.kind && cast.speaker(f) != cast.speaker(denial)
        });
        if let Some(denied) = denied {
            let over = match denial.claim.kind {
                Kind::Deaths => Over::Deaths,
                Kind::Responsibility | Kind::Attribution => Over::Actor,
                Kind::Injuries | Kind::Captives | Kind::Seizure | Kind::Recapture | Kind::Repelled => Over::Outcome,
                _ => Over::Occurrence,
            };
            found.insert(pair(&denial.claim.id, &denied.claim.id, over));
        }
    }
    found.into_iter().collect()
}

fn pair(a: &str, b: &str, over: Over) -> Dispute {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    Dispute { claims: [a.to_owned(), b.to_owned()], over }
}
