//! The ledger's incidents in the shape of UCDP GED's rows.
//!
//! The shape only: numbers of conflicts, dyads and actors belong to UCDP and stay empty; ids are in a range of our own, with
//! the incident's id in `relid`. How counting words became numbers is told by the rule set, not by a column.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ledger::ClaimState;
use record::{DatePrecision, IncidentDate, Kind, PlacePrecision, Toll};
use serde_json::Value;

use crate::acled::sides;
use crate::houses::{Cast, Country};
use crate::incident::{IncidentView, ReportLine, total};
use crate::rows::{Rows, degrees};

/// GED's columns, in its order.
pub const GED_COLUMNS: &[&str] = &[
    "id",
    "relid",
    "year",
    "active_year",
    "code_status",
    "type_of_violence",
    "conflict_dset_id",
    "conflict_new_id",
    "conflict_name",
    "dyad_dset_id",
    "dyad_new_id",
    "dyad_name",
    "side_a_dset_id",
    "side_a_new_id",
    "side_a",
    "side_b_dset_id",
    "side_b_new_id",
    "side_b",
    "number_of_sources",
    "source_article",
    "source_office",
    "source_date",
    "source_headline",
    "source_original",
    "where_prec",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "latitude",
    "longitude",
    "geom_wkt",
    "priogrid_gid",
    "country",
    "country_id",
    "region",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
];

/// Deaths of a dyad in a calendar year from which on UCDP calls it active.
const ACTIVE: u64 = 25;

/// Where our ids begin: a thousand times beyond theirs.
const OWN_RANGE: u64 = 1 << 52;

/// GED-shaped rows, and how many incidents have none: without a date, or without anybody dead even at most.
pub fn ged(views: &[IncidentView]) -> (Rows, usize) {
    let mut year: BTreeMap<(i16, [String; 2]), u64> = BTreeMap::new();
    let events: Vec<Event<'_>> = views.iter().filter_map(Event::of).collect();
    for event in &events {
        *year.entry(event.dyad()).or_default() += event.toll.best;
    }
    let rows: Vec<Vec<Value>> = events.iter().map(|event| event.row(year[&event.dyad()] >= ACTIVE)).collect();
    let left_out = views.len() - rows.len();
    (Rows { columns: GED_COLUMNS.to_vec(), rows }, left_out)
}

/// An incident that has a row.
struct Event<'v> {
    view: &'v IncidentView,
    date: &'v IncidentDate,
    toll: &'v Toll,
    violence: u8,
    sides: [Option<Cast>; 2],
}

impl<'v> Event<'v> {
    fn of(view: &'v IncidentView) -> Option<Event<'v>> {
        let incident = &view.entry.incident;
        let (date, toll) = (incident.date.as_ref()?, total(&incident.deaths).filter(|toll| toll.high > 0)?);
        let [first, second] = sides(view);
        let civilians = incident.deaths.iter().any(|toll| toll.side == "civilians" && toll.high > 0);
        let b_armed = second.iter().find(|cast| !cast.is_civilian()).cloned();
        let a = first.into_iter().find(|cast| !cast.is_civilian());
        let (violence, mut sides) = match (a, b_armed) {
            (Some(a), Some(b)) => (if a.is_state() || b.is_state() { 1 } else { 2 }, [Some(a), Some(b)]),
            (Some(only), None) | (None, Some(only)) if civilians || second.iter().any(Cast::is_civilian) || !only.is_state() => {
                (3, [Some(only), Some(Cast::of("civilians", None, None))])
            }
            (a, b) => (if civilians { 3 } else { 1 }, [a, b]),
        };
        // Of a state and its challenger the state is side A.
        if violence == 1 && sides[1].as_ref().is_some_and(Cast::is_state) && !sides[0].as_ref().is_some_and(Cast::is_state) {
            sides.swap(0, 1);
        }
        Some(Event { view, date, toll, violence, sides })
    }

    fn name(&self, side: usize) -> String {
        self.sides[side].as_ref().map_or_else(String::new, Cast::ucdp_name)
    }

    fn dyad(&self) -> (i16, [String; 2]) {
        (self.date.start.year(), [self.name(0), self.name(1)])
    }

    /// The best figures of side A, side B, civilians and others: they add up to the best total. Where the sides as known add
    /// up to more, nobody's share is known.
    fn split(&self) -> [u64; 4] {
        let tolls = &self.view.entry.incident.deaths;
        let best = |name: &str| tolls.iter().find(|toll| toll.side == name).map_or(0, |toll| toll.best);
        let of = |side: &Option<Cast>| side.as_ref().filter(|cast| !cast.is_civilian()).map_or(0, |cast| best(&cast.name));
        let (a, b, civilians) = (of(&self.sides[0]), of(&self.sides[1]), best("civilians"));
        match self.toll.best.checked_sub(a + b + civilians) {
            Some(unknown) => [a, b, civilians, unknown],
            None => [0, 0, 0, self.toll.best],
        }
    }

    /// Who is quoted on the claims that set the figures, each once: the nearest thing to a chain of speakers.
    fn speakers(&self) -> String {
        let set: BTreeSet<&str> =
            self.view.entry.incident.deaths.iter().flat_map(|toll| &toll.because).flat_map(|bound| &bound.claims).map(String::as_str).collect();
        let mut names: Vec<&str> = Vec::new();
        for line in self.view.claims.iter().filter(|line| set.contains(line.entry.claim.id.as_str())) {
            if line.chain.len() > 1 && !names.contains(&line.speaker.as_str()) {
                names.push(&line.speaker);
            }
        }
        names.join("; ")
    }

    /// Whether the claims about the dead tell of one incident, or of several days at once.
    fn clarity(&self) -> u8 {
        let mut dated = self
            .view
            .claims
            .iter()
            .map(|line| &line.entry.claim)
            .filter(|claim| claim.kind == Kind::Deaths)
            .filter_map(|c| c.date.as_ref())
            .peekable();
        if dated.peek().is_some() && dated.all(|date| (date.end - date.start).get_days() > 1) { 2 } else { 1 }
    }

    fn row(&self, active: bool) -> Vec<Value> {
        let (view, date) = (self.view, self.date);
        let incident = &view.entry.incident;
        let place = incident.place.as_ref();
        let country = place.and_then(|place| place.country.as_deref()).and_then(Country::of);
        let degree = |value: Option<f64>| place.and_then(|place| Some(degrees(value?, place.precision)));
        let (lat, lon) = (degree(place.and_then(|place| place.lat)), degree(place.and_then(|place| place.lon)));
        let number = |value: Option<u16>| value.map_or(Value::Null, Value::from);
        let state = |side: usize| number(self.sides[side].as_ref().filter(|cast| cast.is_state()).and_then(|cast| Country::of(cast.home?)?.gw));
        let reports = |cell: &dyn Fn(&ReportLine) -> String| view.reports.iter().map(cell).collect::<Vec<_>>().join(";");
        // What stands between the parts of a list does not stand in them.
        let flat = |text: &str| text.replace(';', ",");
        let day = |report: &ReportLine| report.published.as_ref().map_or("", |day| &day[..10]).to_owned();
        let clear = view.entry.decided_by.is_some() || view.claims.iter().any(|line| line.entry.decision == Some(ClaimState::Accepted));
        let split = self.split();
        let dyad = format!("{} - {}", self.name(0), self.name(1));
        let name = place.map_or("", |place| place.name.as_str());
        let at = |day: Date| Value::from(format!("{day} 00:00:00.000"));
        vec![
            own_id(&incident.id).into(),
            incident.id.as_str().into(),
            date.start.year().into(),
            u8::from(active).into(),
            if clear { "Clear" } else { "Check" }.into(),
            self.violence.into(),
            Value::Null,
            Value::Null,
            if self.violence == 1 { Value::Null } else { dyad.as_str().into() },
            Value::Null,
            Value::Null,
            dyad.into(),
            Value::Null,
            Value::Null,
            self.name(0).into(),
            Value::Null,
            Value::Null,
            self.name(1).into(),
            view.n_independent.into(),
            reports(&|report| format!("{},{},{}", flat(&report.outlet), day(report), flat(&report.title))).into(),
            reports(&|report| flat(&report.outlet)).into(),
            reports(&day).into(),
            reports(&|report| flat(&report.title)).into(),
            self.speakers().into(),
            place.map_or(Value::Null, |place| where_code(place.precision).into()),
            name.into(),
            place.map_or_else(String::new, |place| place_words(name, place.precision)).into(),
            place.and_then(|place| place.admin1.as_deref()).unwrap_or("").into(),
            place.and_then(|place| place.admin2.as_deref()).unwrap_or("").into(),
            lat.map_or(Value::Null, Value::from),
            lon.map_or(Value::Null, Value::from),
            lat.zip(lon).map_or_else(String::new, |(lat, lon)| format!("POINT ({lon} {lat})")).into(),
            lat.zip(lon).map_or(Value::Null, |(lat, lon)| priogrid(lat, lon).into()),
            country.map_or_else(|| place.and_then(|place| place.country.as_deref()).unwrap_or(""), |country| country.ucdp_name()).into(),
            number(country.and_then(|country| country.gw)),
            country.map_or("", |country| country.ucdp_region).into(),
            self.clarity().into(),
            date_code(date).into(),
            at(date.start),
            at(date.end),
            split[0].into(),
            split[1].into(),
            split[2].into(),
            split[3].into(),
            self.toll.best.into(),
            self.toll.high.into(),
            self.toll.low.into(),
            state(0),
            state(1),
        ]
    }
}

/// An integer out of the incident's own digits.
fn own_id(id: &str) -> u64 {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    OWN_RANGE + id.chars().fold(0, |n: u64, digit| ((n << 5) | DIGITS.find(digit).unwrap_or(0) as u64) & (OWN_RANGE - 1))
}

/// Number of the half-degree cell, 1 to 259,200, from the south-west corner of the world.
fn priogrid(lat: f64, lon: f64) -> u32 {
    let cell = |degrees: f64, most: f64| (degrees * 2.0).floor().clamp(0.0, most) as u32;
    cell(lat + 90.0, 359.0) * 720 + cell(lon + 180.0, 719.0) + 1
}

const fn where_code(precision: PlacePrecision) -> u8 {
    match precision {
        PlacePrecision::Exact => 1,
        PlacePrecision::Near => 2,
        PlacePrecision::Admin2 => 3,
        PlacePrecision::Admin1 => 4,
        PlacePrecision::Area => 5,
        PlacePrecision::Country => 6,
        PlacePrecision::SeaAir => 7,
    }
}

fn place_words(name: &str, precision: PlacePrecision) -> String {
    match precision {
        PlacePrecision::Near => format!("near {name}"),
        PlacePrecision::Exact => name.to_owned(),
        other => format!("{name} (known to the {other})"),
    }
}

fn date_code(date: &IncidentDate) -> u8 {
    let span = (date.end - date.start).get_days() + 1;
    let at_least = match date.precision {
        DatePrecision::Day => 1,
        DatePrecision::Week => 3,
        DatePrecision::Month => 4,
        DatePrecision::Year => 5,
    };
    let by_length = match span {
        1 => 1,
        2..=6 => 2,
        7 => 3,
        8..=31 => 4,
        _ => 5,
    };
    by_length.max(at_least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_the_grid_are_numbered_from_the_south_west() {
        for (lat, lon, cell) in
            [(-90.0, -180.0, 1), (89.9, 179.9, 259_200), (90.0, 180.0, 259_200), (35.763_369, 36.558_974, 181_154), (-9.65, 20.4, 115_601)]
        {
            assert_eq!(priogrid(lat, lon), cell, "{lat} {lon}");
        }
    }

    #[test]
    fn the_longer_the_span_the_higher_its_code() {
        for (start, end, precision, code) in [
            ("2025-06-02", "2025-06-02", DatePrecision::Day, 1),
            ("2025-06-02", "2025-06-03", DatePrecision::Day, 2),
            ("2025-06-02", "2025-06-08", DatePrecision::Week, 3),
            ("2025-06-01", "2025-06-30", DatePrecision::Month, 4),
            ("2025-01-01", "2025-12-31", DatePrecision::Year, 5),
        ] {
            assert_eq!(date_code(&IncidentDate { start: start.parse().unwrap(), end: end.parse().unwrap(), precision }), code);
        }
    }

    #[test]
    fn ids_lie_beyond_theirs_and_differ() {
        assert!(own_id("7K3QFM") > 1_000_000_000 && own_id("7K3QFM") != own_id("7K3QFN"));
        assert!(own_id("7K3QFM") < 1 << 53, "exact in a spreadsheet too");
    }
}
