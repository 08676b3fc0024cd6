//! The ledger's incidents beside a table of coded events: which are the same, which each has alone, and how far they differ.

use std::collections::BTreeSet;

use gazetteer::distance_km;
use intake::Coded;
use record::{Id, Incident, PlacePrecision};
use serde::Serialize;
use serde_json::Value;
use views::{Rows, total};

use crate::import;

/// How far apart two records of one event may lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Kilometres, on top of how near both places are known.
    pub km: f64,
    /// Days between both spans.
    pub days: i64,
}

/// Two records of one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Our incident.
    pub incident: Id,
    /// Their event.
    pub event: String,
    /// Days between the spans, 0 when they overlap.
    pub days: i64,
    /// Kilometres between the points; `None` when one has none.
    pub km: Option<f64>,
    /// Our low, best and high; `None` without a toll.
    pub ours: Option<[u64; 3]>,
    /// Theirs.
    pub theirs: [u64; 3],
    /// In what they differ, in words; empty when in nothing.
    pub differs: Vec<String>,
}

/// An event that only they have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// Their event.
    pub event: String,
    /// When, where and how many, in words.
    pub what: String,
    /// What is nearest to it here.
    pub why: String,
}

/// How two sets of events lie beside one another.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// In both, in the order of the table.
    pub pairs: Vec<Pair>,
    /// Only theirs, in the order of the table.
    pub theirs: Vec<Missed>,
    /// Only ours, among those that their table could hold: within its days and countries, and deadly where it only has deadly ones.
    pub ours: Vec<Id>,
}

impl Comparison {
    /// Whether both say the same.
    pub fn is_same(&self) -> bool {
        self.theirs.is_empty() && self.ours.is_empty() && self.pairs.iter().all(|pair| pair.differs.is_empty())
    }

    /// Shares, both ways: of their events found here, of our incidents found there; of pairs, those with the same best figure and
    /// those whose ranges meet.
    pub fn line(&self) -> String {
        let share =
            |part: usize, all: usize| if all == 0 { "0 of 0".to_owned() } else { format!("{part} of {all} ({} %)", (200 * part + all) / (2 * all)) };
        let n = self.pairs.len();
        let tolls: Vec<([u64; 3], [u64; 3])> = self.pairs.iter().filter_map(|pair| Some((pair.ours?, pair.theirs))).collect();
        let same = tolls.iter().filter(|(ours, theirs)| ours[1] == theirs[1]).count();
        let meet = tolls.iter().filter(|(ours, theirs)| meet(*ours, *theirs)).count();
        format!(
            "theirs found here {}; ours found there {}; of pairs with a toll: best figure equal {}, ranges meet {}",
            share(n, n + self.theirs.len()),
            share(n, n + self.ours.len()),
            share(same, tolls.len()),
            share(meet, tolls.len())
        )
    }

    /// One row a pair and a miss, for every format.
    pub fn rows(&self) -> Rows {
        let toll = |toll: Option<[u64; 3]>| toll.map_or([Value::Null, Value::Null, Value::Null], |toll| toll.map(Value::from));
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for pair in &self.pairs {
            let what = if pair.differs.is_empty() { "same" } else { "differs" };
            let mut cells: Vec<Value> = vec![what.into(), pair.incident.as_str().into(), pair.event.as_str().into(), pair.days.into()];
            cells.push(pair.km.map_or(Value::Null, |km| ((km * 10.0).round() / 10.0).into()));
            cells.extend(toll(pair.ours));
            cells.extend(toll(Some(pair.theirs)));
            cells.push(pair.differs.join("; ").into());
            rows.push(cells);
        }
        let alone = |what: &str, incident: Value, event: Value, why: String| {
            let mut cells = vec![what.into(), incident, event];
            cells.extend(std::iter::repeat_n(Value::Null, 8));
            cells.push(why.into());
            cells
        };
        rows.extend(
            self.theirs.iter().map(|missed| alone("theirs", Value::Null, missed.event.as_str().into(), format!("{}; {}", missed.what, missed.why))),
        );
        rows.extend(self.ours.iter().map(|id| alone("ours", id.as_str().into(), Value::Null, String::new())));
        Rows {
            columns: vec![
                "what",
                "incident_id",
                "event_id",
                "days",
                "km",
                "our_low",
                "our_best",
                "our_high",
                "their_low",
                "their_best",
                "their_high",
                "differs",
            ],
            rows,
        }
    }
}

fn meet(ours: [u64; 3], theirs: [u64; 3]) -> bool {
    ours[0] <= theirs[2] && theirs[0] <= ours[2]
}

/// A coded event and its country.
type Theirs<'r> = (&'r Coded, Option<&'static str>);

/// Kilometres that a place may be off, as near as it is known; `None` when it says no more than a country.
const fn slack_km(precision: PlacePrecision) -> Option<f64> {
    match precision {
        PlacePrecision::Exact => Some(0.0),
        PlacePrecision::Near => Some(25.0),
        PlacePrecision::Admin2 => Some(50.0),
        PlacePrecision::Admin1 | PlacePrecision::Area | PlacePrecision::SeaAir => Some(150.0),
        PlacePrecision::Country => None,
    }
}

/// The same for a house's own code.
fn their_slack_km(row: &Coded) -> Option<f64> {
    match (row.house, row.place_precision) {
        (_, 1) => Some(0.0),
        (_, 2) => Some(25.0),
        (intake::House::Ucdp, 3) => Some(50.0),
        (intake::House::Ucdp, 4 | 5 | 7) | (intake::House::Acled, _) => Some(150.0),
        _ => None,
    }
}

/// How near two records are: days between, kilometres between; `None` when they cannot be one event.
fn near(incident: &Incident, row: Theirs<'_>, options: Options) -> Option<(i64, Option<f64>)> {
    let (days, km) = apart(incident, row)?;
    let place = incident.place.as_ref()?;
    let reach = match (slack_km(place.precision), their_slack_km(row.0)) {
        (Some(ours), Some(theirs)) => Some(options.km + ours + theirs),
        // One of them says the country only.
        _ => None,
    };
    let within = reach.is_none() || km.is_none() || km <= reach;
    (days <= options.days && within).then_some((days, km))
}

/// Days and kilometres between; `None` for another country, or without a date.
fn apart(incident: &Incident, (row, country): Theirs<'_>) -> Option<(i64, Option<f64>)> {
    let (date, place) = (incident.date.as_ref()?, incident.place.as_ref()?);
    if let (Some(ours), Some(theirs)) = (place.country.as_deref(), country)
        && ours != theirs
    {
        return None;
    }
    let between = |from: jiff::civil::Date, to: jiff::civil::Date| i64::from((to - from).get_days());
    let days = between(row.end, date.start).max(between(date.end, row.start)).max(0);
    let km = place.lat.zip(place.lon).zip(row.point).map(|(ours, theirs)| distance_km(ours, theirs));
    Some((days, km))
}

/// Lines incidents up with coded events, each with at most one: the nearest pairs first, in days, then in kilometres, then in deaths.
pub fn compare(incidents: &[Incident], rows: &[Coded], options: Options) -> Comparison {
    let rows: Vec<Theirs<'_>> = rows.iter().map(|row| (row, import::country(row))).collect();
    let best = |incident: &Incident| total(&incident.deaths).map_or(0, |toll| toll.best);
    let mut candidates: Vec<(i64, u64, u64, usize, usize)> = Vec::new();
    for (theirs, &row) in rows.iter().enumerate() {
        for (ours, incident) in incidents.iter().enumerate() {
            if let Some((days, km)) = near(incident, row, options) {
                // Tenths of a kilometre, so that they can be ordered; the unknown last.
                let tenths = km.map_or(u64::MAX, |km| (km * 10.0) as u64);
                candidates.push((days, tenths, best(incident).abs_diff(row.0.deaths[1]), theirs, ours));
            }
        }
    }
    candidates.sort_unstable();
    let (mut of_theirs, mut of_ours) = (vec![None; rows.len()], vec![None; incidents.len()]);
    for (_, _, _, theirs, ours) in candidates {
        if of_theirs[theirs].is_none() && of_ours[ours].is_none() {
            of_theirs[theirs] = Some(ours);
            of_ours[ours] = Some(theirs);
        }
    }
    let mut comparison = Comparison::default();
    for (&row, ours) in rows.iter().zip(&of_theirs) {
        match ours {
            Some(ours) => comparison.pairs.push(pair(&incidents[*ours], row)),
            None => comparison.theirs.push(missed(incidents, row, &of_ours, options)),
        }
    }
    let days = rows.iter().map(|(row, _)| row.start).min().zip(rows.iter().map(|(row, _)| row.end).max());
    let countries: BTreeSet<Option<&str>> = rows.iter().map(|(_, country)| *country).collect();
    let deadly = rows.iter().all(|(row, _)| row.house == intake::House::Ucdp);
    for (incident, theirs) in incidents.iter().zip(&of_ours) {
        let Some(((first, last), date)) = days.zip(incident.date.as_ref()) else { continue };
        let country = incident.place.as_ref().and_then(|place| place.country.as_deref());
        let could = date.start <= last && first <= date.end && countries.contains(&country);
        let deadly_enough = !deadly || total(&incident.deaths).is_some_and(|toll| toll.high > 0);
        if theirs.is_none() && could && deadly_enough {
            comparison.ours.push(incident.id.clone());
        }
    }
    comparison
}

fn pair(incident: &Incident, theirs: Theirs<'_>) -> Pair {
    let (row, country) = theirs;
    let (days, km) = apart(incident, theirs).unwrap_or((0, None));
    let ours = total(&incident.deaths).map(|toll| [toll.low, toll.best, toll.high]);
    let mut differs = Vec::new();
    let range = |toll: [u64; 3]| format!("{}–{}–{}", toll[0], toll[1], toll[2]);
    match ours {
        Some(ours) if !meet(ours, row.deaths) => differs.push(format!("deaths {} here, {} there", range(ours), range(row.deaths))),
        Some(ours) if ours[1] != row.deaths[1] => differs.push(format!("best figure {} here, {} there", ours[1], row.deaths[1])),
        None if row.deaths[2] > 0 => differs.push(format!("deaths none here, {} there", range(row.deaths))),
        _ => {}
    }
    if days > 0 {
        differs.push(format!("{days} {} apart", if days == 1 { "day" } else { "days" }));
    }
    if let Some(km) = km.filter(|km| *km > 25.0) {
        differs.push(format!("{km:.0} km apart"));
    }
    let names: Vec<&str> = incident.parties.iter().map(|party| party.name.as_str()).collect();
    for side in row.sides.iter().filter(|side| !side.is_empty()) {
        let Some(party) = import::party(side, country, row.start) else { continue };
        // By its usual name, or as it is printed in both.
        if !names.contains(&party.name.as_str()) && !names.contains(&side.as_str()) {
            differs.push(format!("{side} not a party here"));
        }
    }
    Pair { incident: incident.id.clone(), event: row.id.clone(), days, km, ours, theirs: row.deaths, differs }
}

fn missed(incidents: &[Incident], theirs: Theirs<'_>, taken: &[Option<usize>], options: Options) -> Missed {
    let nearest = incidents
        .iter()
        .enumerate()
        .filter_map(|(n, incident)| Some((n, incident, apart(incident, theirs)?)))
        .min_by(|(_, _, a), (_, _, b)| a.0.cmp(&b.0).then(a.1.unwrap_or(f64::MAX).total_cmp(&b.1.unwrap_or(f64::MAX))));
    let why = match nearest {
        None => "no dated incident in its country".to_owned(),
        Some((n, incident, _)) if taken[n].is_some() && near(incident, theirs, options).is_some() => {
            format!("{} is nearest, and lined up with another of theirs", incident.id)
        }
        Some((_, incident, (days, km))) => {
            let km = km.map_or_else(String::new, |km| format!(", {km:.0} km"));
            format!("{} is nearest: {days} days{km}", incident.id)
        }
    };
    let row = theirs.0;
    let place = import::place_name(&row.place[0]);
    Missed { event: row.id.clone(), what: format!("{} {place}, {} dead", row.start, row.deaths[1]), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn incident(id: &str, day: &str, lat: f64, deaths: [u64; 3]) -> Incident {
        serde_json::from_value(json!({
            "id": id, "type": "armed clash", "date": {"start": day, "end": day, "precision": "day"},
            "place": {"name": "Gao", "admin1": "Gao", "country": "ML", "lat": lat, "lon": 0.0, "precision": "exact"},
            "parties": [{"name": "Malian Armed Forces", "role": "defender", "basis": "undisputed"}],
            "deaths": [{"side": "total", "low": deaths[0], "best": deaths[1], "high": deaths[2]}],
            "status": "reported", "disputes": [], "claims": [],
        }))
        .unwrap()
    }

    fn rows(lines: &[(&str, &str, f64, [u64; 3])]) -> Vec<Coded> {
        let mut text = "id,type_of_violence,dyad_name,side_a,side_b,where_prec,where_coordinates,latitude,longitude,country,country_id,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low\n".to_owned();
        for (id, day, lat, [low, best, high]) in lines {
            text += &format!(
                "{id},1,Government of Mali - X,Government of Mali,,1,Gao town,{lat},0,Mali,432,1,{day},{day},0,0,0,{best},{best},{high},{low}\n"
            );
        }
        intake::coded(text.as_bytes(), None, &intake::Options::default()).unwrap().unwrap().rows.into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn each_is_lined_up_with_the_nearest_and_the_rest_is_told() {
        let ours = [
            incident("A", "2024-06-02", 16.0, [4, 6, 9]),
            incident("B", "2024-06-03", 16.0, [1, 1, 1]),
            incident("C", "2024-06-20", 16.0, [1, 1, 1]),
            incident("D", "2023-01-01", 16.0, [1, 1, 1]),
        ];
        let theirs = rows(&[("1", "2024-06-02", 16.01, [6, 6, 6]), ("2", "2024-06-03", 16.0, [5, 5, 5]), ("3", "2024-06-25", 19.0, [2, 2, 2])]);
        let comparison = compare(&ours, &theirs, Options { km: 25.0, days: 1 });
        let pairs: Vec<(&str, &str, String)> =
            comparison.pairs.iter().map(|p| (p.incident.as_str(), p.event.as_str(), p.differs.join("; "))).collect();
        assert_eq!(pairs, [("A", "1", String::new()), ("B", "2", "deaths 1–1–1 here, 5–5–5 there".to_owned())]);
        assert_eq!(comparison.theirs[0].what, "2024-06-25 Gao, 2 dead");
        assert!(comparison.theirs[0].why.starts_with("C is nearest: 5 days, 334 km"), "{}", comparison.theirs[0].why);
        assert_eq!(comparison.ours, ["C"]);
        assert_eq!(
            comparison.line(),
            "theirs found here 2 of 3 (67 %); ours found there 2 of 3 (67 %); of pairs with a toll: best figure equal 1 of 2 (50 %), ranges meet 1 of 2 (50 %)"
        );
        assert!(!comparison.is_same() && compare(&ours[..1], &theirs[..1], Options { km: 25.0, days: 1 }).is_same());
        let rows = comparison.rows();
        assert!(rows.rows.iter().all(|row| row.len() == rows.columns.len()));
    }
}
