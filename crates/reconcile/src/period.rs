//! Totals over a period beside the incidents that they cover: a check, never an addition.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::plain;
use record::{Claim, Id, Incident, Kind, Polarity, Report, Scope, Toll, Victims};
use serde::Serialize;

use crate::atlas::{Atlas, Camp, Where, Who};
use crate::fact::{Fact, fact};
use crate::kindred::{Lie, lie};

/// Most kilometres between a town that a total is about and an incident of it.
const NEAR_KM: f64 = 25.0;

/// A total over a period, and what the incidents that it covers add up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeriodTotal {
    /// The claim of scope `period`.
    pub claim: Id,
    /// The incidents that it covers, in the order in which they came.
    pub incidents: Vec<Id>,
    /// Least that they add up to, for the side that the claim counts.
    pub low: u64,
    /// Most likely.
    pub best: u64,
    /// Most.
    pub high: u64,
    /// What the claim counts beyond the most likely sum; below 0 when the incidents hold more than it says.
    pub difference: i64,
}

/// Each total over a period of dead, hurt, taken or displaced people, beside the incidents that it covers: those wholly
/// within its days, at its place (without one: in the countries that its report names), of its actor when it names one,
/// and with a toll for the side that it counts. Totals without days, denied ones and those of unknown reports are left
/// out. In order of the claims' ids.
pub fn period_totals(reports: &[Report], claims: &[Claim], incidents: &[Incident]) -> Vec<PeriodTotal> {
    let known: BTreeMap<&str, &Report> = reports.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut atlas = Atlas::new();
    let mut countries: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for claim in claims {
        countries.entry(&claim.report).or_default().extend(claim.place.as_ref().and_then(|p| p.country.as_deref()));
    }
    let asked: BTreeMap<&Id, &Claim> =
        claims.iter().filter(|c| c.scope == Scope::Period && c.polarity == Polarity::Positive).map(|c| (&c.id, c)).collect();
    let mut totals = Vec::new();
    for claim in asked.into_values() {
        let Some((count, report)) = claim.count.as_ref().and_then(|c| c.low.or(c.high)).zip(known.get(claim.report.as_str())) else { continue };
        let (Some(date), true) = (&claim.date, tolls_of(claim.kind).is_some()) else { continue };
        let total = fact(claim, report, &mut atlas);
        let named = &countries[claim.report.as_str()];
        let mut covered = PeriodTotal { claim: claim.id.clone(), incidents: Vec::new(), low: 0, best: 0, high: 0, difference: 0 };
        for incident in incidents.iter().filter(|i| i.date.as_ref().is_some_and(|d| date.start <= d.start && d.end <= date.end)) {
            if !at(&total, incident, named) || !by(&total, incident, &mut atlas) {
                continue;
            }
            let rows = rows(&total, incident, &mut atlas);
            if !rows.is_empty() {
                covered.incidents.push(incident.id.clone());
                let sum = |of: fn(&Toll) -> u64| rows.iter().map(|r| of(r)).fold(0, u64::saturating_add);
                covered.low = covered.low.saturating_add(sum(|r| r.low));
                covered.best = covered.best.saturating_add(sum(|r| r.best));
                covered.high = covered.high.saturating_add(sum(|r| r.high));
            }
        }
        covered.difference = i64::try_from(count).unwrap_or(i64::MAX).saturating_sub_unsigned(covered.best);
        totals.push(covered);
    }
    totals
}

/// The tolls of an incident that a kind of claim counts.
fn tolls_of(kind: Kind) -> Option<fn(&Incident) -> &Vec<Toll>> {
    match kind {
        Kind::Deaths => Some(|i| &i.deaths),
        Kind::Injuries => Some(|i| &i.injured),
        Kind::Abduction | Kind::Captives => Some(|i| &i.abducted),
        Kind::Displacement => Some(|i| &i.displaced),
        _ => None,
    }
}

/// Whether an incident is where a total is about.
fn at(total: &Fact, incident: &Incident, countries: &BTreeSet<&str>) -> bool {
    let Some(place) = &incident.place else { return false };
    let Some(wanted) = &total.place else {
        return countries.is_empty() || place.country.as_deref().is_none_or(|c| countries.contains(c));
    };
    let spot = Where {
        key: plain(&place.name),
        country: place.country.clone().unwrap_or_default(),
        point: place.lat.zip(place.lon),
        precision: place.precision,
        admin1: place.admin1.as_deref().map_or(String::new(), plain),
        place: None,
    };
    match lie(Some(wanted), Some(&spot)) {
        Lie::Same | Lie::Inside => true,
        Lie::Apart(km) => km <= NEAR_KM,
        Lie::Outside | Lie::Missing => false,
    }
}

/// Whether an incident has the party that a total names as actor; a total that names nobody in particular counts all.
fn by(total: &Fact, incident: &Incident, atlas: &mut Atlas) -> bool {
    let Some(actor) = total.actor.as_ref().filter(|a| !a.is_generic) else { return true };
    incident.parties.iter().any(|p| who(&p.name, total, atlas).key == actor.key)
}

/// The rows of an incident's toll that a total counts: its side's, or those of the victims that it names, or the total.
fn rows<'i>(total: &Fact, incident: &'i Incident, atlas: &mut Atlas) -> Vec<&'i Toll> {
    let Some(tolls) = tolls_of(total.claim.kind) else { return Vec::new() };
    let mut fits = |toll: &&Toll| {
        let is_total = toll.side == "total";
        let of = |camp: fn(&Camp) -> bool, atlas: &mut Atlas| !is_total && camp(&who(&toll.side, total, atlas).camp);
        match (&total.side, total.claim.victims) {
            (Some(side), _) => !is_total && who(&toll.side, total, atlas).key == side.key,
            (None, Some(Victims::Civilian)) => of(|c| *c == Camp::Civilians, atlas),
            (None, Some(Victims::Military | Victims::Police)) => of(|c| matches!(c, Camp::State(_)), atlas),
            (None, Some(Victims::ArmedGroup)) => of(|c| matches!(c, Camp::Group(_) | Camp::Gunmen), atlas),
            (None, Some(Victims::Peacekeeper)) => of(|c| *c == Camp::Peacekeepers, atlas),
            (None, _) => is_total,
        }
    };
    tolls(incident).iter().filter(&mut fits).collect()
}

fn who(name: &str, total: &Fact, atlas: &mut Atlas) -> Who {
    let country = total.place.as_ref().map_or("", |p| p.country.as_str());
    atlas.who(name, country, total.claim.date.as_ref().map(|d| d.start))
}

#[cfg(test)]
mod tests {
    use record::{Claim, Incident, Report};
    use serde_json::{Value, json};

    use super::period_totals;

    fn report() -> Report {
        let mut report = Report::new("wire", "en", "", "More than 60 soldiers have died since May, the army said.");
        report.id = "r1".into();
        report
    }

    /// A claim that 60 died in May and June, with some fields of its own.
    fn total(with: &Value) -> Claim {
        let mut claim = json!({
            "id": "c1", "report": "r1", "quote": "60 soldiers have died", "source": [], "stance": "states", "certainty": "certain",
            "polarity": "positive", "kind": "deaths", "scope": "period", "incident": null, "actor": null, "target": null,
            "place": {"text": "Mali", "name": "Mali", "country": "ML"}, "date": {"text": "since May", "start": "2025-05-01", "end": "2025-06-30"},
            "count": {"text": "60", "low": 60, "high": 60}, "victims": "military", "side": "Malian Armed Forces", "weapon": null,
        });
        for (name, value) in with.as_object().unwrap() {
            claim[name] = value.clone();
        }
        serde_json::from_value(claim).unwrap()
    }

    fn incident(id: &str, day: &str, country: &str, side: &str, dead: u64) -> Incident {
        let toll = |side: &str| json!({"side": side, "low": dead, "best": dead, "high": dead + 5});
        serde_json::from_value(json!({
            "id": id, "type": "armed clash", "date": {"start": day, "end": day, "precision": "day"},
            "place": {"name": "Gao", "admin1": null, "country": country, "lat": 16.27, "lon": -0.04, "precision": "exact"},
            "parties": [{"name": "Jama'at Nusrat al-Islam wal-Muslimin", "role": "attacker", "basis": "claimed"}],
            "deaths": [toll(side), toll("total")], "status": "reported", "disputes": [], "claims": [],
        }))
        .unwrap()
    }

    #[test]
    fn only_what_is_of_its_days_place_side_and_actor_is_covered() {
        let incidents = [
            incident("i1", "2025-05-03", "ML", "Malian Armed Forces", 20),
            incident("i2", "2025-06-30", "ML", "Malian Armed Forces", 30),
            incident("too-late", "2025-07-01", "ML", "Malian Armed Forces", 40),
            incident("elsewhere", "2025-06-01", "NE", "Malian Armed Forces", 40),
            incident("others", "2025-06-02", "ML", "civilians", 40),
        ];
        let table = [
            (json!({}), vec!["i1", "i2"], [50, 50, 60], 10),
            (json!({"count": {"text": "30", "low": 30, "high": 30}}), vec!["i1", "i2"], [50, 50, 60], -20),
            (json!({"side": null}), vec!["i1", "i2"], [50, 50, 60], 10),
            (json!({"side": null, "victims": "civilian"}), vec!["others"], [40, 40, 45], 20),
            (json!({"side": null, "victims": "unknown"}), vec!["i1", "i2", "others"], [90, 90, 105], -30),
            (json!({"actor": {"text": "ISIS", "name": "Islamic State Sahel Province"}}), vec![], [0, 0, 0], 60),
            (json!({"actor": {"text": "JNIM", "name": "Jama'at Nusrat al-Islam wal-Muslimin"}}), vec!["i1", "i2"], [50, 50, 60], 10),
        ];
        for (with, covered, bounds, difference) in table {
            let totals = period_totals(&[report()], &[total(&with)], &incidents);
            assert_eq!(totals[0].incidents, covered, "{with}");
            assert_eq!([totals[0].low, totals[0].best, totals[0].high], bounds, "{with}");
            assert_eq!(totals[0].difference, difference, "{with}");
        }
    }

    #[test]
    fn what_is_no_total_of_people_over_days_is_left_out() {
        for with in
            [json!({"scope": "incident"}), json!({"polarity": "negative"}), json!({"date": null}), json!({"kind": "looting"}), json!({"count": null})]
        {
            assert!(period_totals(&[report()], &[total(&with)], &[]).is_empty(), "{with}");
        }
    }
}
