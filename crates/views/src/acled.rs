//! The ledger's incidents in the shape of ACLED's rows.
//!
//! The shape only: columns, vocabularies, codes. Ids are ours (`x-7K3QFM`), so that no row can pass for theirs. An incident is
//! one row: its span of days is one of doubt, not of several days' fighting, which are incidents of their own.

use jiff::{ToSpan, civil::Date};
use record::{DatePrecision, IncidentDate, PlacePrecision, ReportKind, Role};
use serde_json::Value;

use crate::houses::{ACLED_ACTORS, Cast, Country, acled_disorder, acled_type};
use crate::incident::{IncidentView, days, total};
use crate::publish::{Publishing, disputes};
use crate::rows::{Rows, degrees};

/// ACLED's columns, in its order.
pub const ACLED_COLUMNS: &[&str] = &[
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
];

/// How an ACLED-shaped row is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AcledOptions {
    /// The best figure of the dead instead of the lowest, which is that house's rule.
    pub best: bool,
    /// Kinds of actor as codes, as before 26 September 2024.
    pub numeric: bool,
    /// The profile under which the incidents leave: where it may hold figures back, `fatalities` is empty, not 0.
    pub publishing: Publishing,
}

/// ACLED-shaped rows, and how many incidents have no date and so no row.
pub fn acled(views: &[IncidentView], options: AcledOptions) -> (Rows, usize) {
    let rows: Vec<Vec<Value>> = views.iter().filter_map(|view| row(view, options)).collect();
    let left_out = views.len() - rows.len();
    (Rows { columns: ACLED_COLUMNS.to_vec(), rows }, left_out)
}

/// The one day of a span, and how near it is: the day itself 1; the middle of a week 2, of a longer span 3.
fn day(date: &IncidentDate) -> (Date, u8) {
    let last = (date.end - date.start).get_days();
    let middle = date.start.checked_add((last / 2).days()).unwrap_or(date.start);
    match date.precision {
        DatePrecision::Day if last == 0 => (date.start, 1),
        DatePrecision::Day | DatePrecision::Week if last <= 7 => (middle, 2),
        _ => (middle, 3),
    }
}

const fn place_code(precision: PlacePrecision) -> u8 {
    match precision {
        PlacePrecision::Exact => 1,
        PlacePrecision::Near | PlacePrecision::Admin2 | PlacePrecision::SeaAir => 2,
        PlacePrecision::Admin1 | PlacePrecision::Area | PlacePrecision::Country => 3,
    }
}

/// The parties of an incident on its two sides: first those who struck, then those who were struck; civilians second.
pub(crate) fn sides(view: &IncidentView) -> [Vec<Cast>; 2] {
    let incident = &view.entry.incident;
    let country = incident.place.as_ref().and_then(|place| place.country.as_deref());
    let day = incident.date.as_ref().map(|date| date.start);
    let mut sides = [Vec::new(), Vec::new()];
    let struck = incident.parties.iter().any(|party| matches!(party.role, Role::Defender | Role::Victim));
    for party in &incident.parties {
        let cast = Cast::of(&party.name, country, day);
        let second = match party.role {
            Role::Attacker => false,
            Role::Defender | Role::Victim => true,
            // Who only took part stands on the side that nobody is on yet.
            Role::Other => !struck && !sides[0].is_empty() || cast.is_civilian(),
        };
        sides[usize::from(second)].push(cast);
    }
    if sides[0].is_empty() && !sides[1].iter().all(Cast::is_civilian) {
        let armed = sides[1].iter().position(|cast| !cast.is_civilian()).expect("one is not");
        let first = sides[1].remove(armed);
        sides[0].push(first);
    }
    // The armed before the unarmed: those are whom a row is about, but for violence against civilians.
    sides[1].sort_by_key(Cast::is_civilian);
    sides
}

fn interaction(codes: [Option<usize>; 2], numeric: bool) -> Value {
    let mut codes: Vec<usize> = codes.into_iter().flatten().collect();
    codes.sort_unstable();
    let name = |code: usize| ACLED_ACTORS[code - 1];
    match codes[..] {
        [] => Value::Null,
        [only] if numeric => (only * 10).into(),
        [only] => format!("{} only", name(only)).into(),
        [a, b, ..] if numeric => (a * 10 + b).into(),
        // The one pair that the house prints the other way round.
        [7, 8, ..] => format!("{}-{}", name(8), name(7)).into(),
        [a, b, ..] => format!("{}-{}", name(a), name(b)).into(),
    }
}

/// How near the outlets are to what they tell of.
fn scale(view: &IncidentView) -> String {
    let mut scales: Vec<&str> = view
        .reports
        .iter()
        .map(|report| match report.kind {
            ReportKind::LocalMedia => "Subnational",
            ReportKind::Newspaper | ReportKind::Broadcast => "National",
            ReportKind::Wire => "International",
            ReportKind::Social => "New media",
            ReportKind::Communique | ReportKind::GroupStatement | ReportKind::Un | ReportKind::Ngo | ReportKind::Analysis => "Other",
        })
        .collect();
    scales.sort_by_key(|scale| ["Subnational", "National", "International", "New media", "Other"].iter().position(|s| s == scale));
    scales.dedup();
    scales.join("-")
}

/// Outlets by publication, each once.
pub(crate) fn outlets(view: &IncidentView) -> Vec<&str> {
    let mut outlets: Vec<&str> = Vec::new();
    for report in &view.reports {
        let outlet = if report.outlet.is_empty() { report.kind.as_str() } else { &report.outlet };
        if !outlets.contains(&outlet) {
            outlets.push(outlet);
        }
    }
    outlets
}

/// The short paragraph: when, what, who, where, how many, and who disputes what.
fn notes(view: &IncidentView, sides: &[Vec<Cast>; 2], country: Option<&str>, withheld: bool) -> String {
    let incident = &view.entry.incident;
    let names = |side: &[Cast]| side.iter().map(|cast| cast.acled_name(country)).collect::<Vec<_>>().join(", ");
    let date = incident.date.as_ref().map_or_else(String::new, |date| match date.precision {
        DatePrecision::Day if date.start == date.end => format!("On {}, ", days(date.start, date.end)),
        DatePrecision::Day => format!("Between {}, ", days(date.start, date.end)),
        _ => format!("Around {} (as reported), ", days(date.start, date.end)),
    });
    let place = incident.place.as_ref().map_or_else(String::new, |place| format!(" at {}", place.name));
    let (first, second) = (names(&sides[0]), names(&sides[1]));
    let who = match (first.is_empty(), second.is_empty()) {
        (false, false) => format!(" ({first}; {second})"),
        (false, true) => format!(" ({first})"),
        (true, false) => format!(" ({second})"),
        (true, true) => String::new(),
    };
    let mut notes = format!("{date}{}{place}{who}.", incident.kind);
    for (tolls, what) in [(&incident.deaths, "Fatalities"), (&incident.injured, "Injured"), (&incident.abducted, "Abducted")] {
        if let Some(toll) = total(tolls) {
            notes += &if toll.low == toll.high {
                format!(" {what}: {}.", toll.best)
            } else {
                format!(" {what}: between {} and {}, best estimate {}.", toll.low, toll.high, toll.best)
            };
        }
    }
    if withheld {
        notes += " Fatalities: withheld, as figures of few victims are, or unknown.";
    }
    if incident.place.as_ref().is_some_and(|place| place.precision == PlacePrecision::Country) {
        notes += " Known to the country only.";
    }
    for sentence in disputes(view) {
        notes += &format!(" {sentence}");
    }
    notes + &format!(" Status: {}.", incident.status)
}

fn row(view: &IncidentView, options: AcledOptions) -> Option<Vec<Value>> {
    let incident = &view.entry.incident;
    let (day, time_precision) = day(incident.date.as_ref()?);
    let place = incident.place.as_ref();
    let iso2 = place.and_then(|place| place.country.as_deref());
    let country = iso2.and_then(Country::of);
    let (event, sub) = acled_type(&incident.kind);
    let mut sides = sides(view);
    if event == "Violence against civilians" && !sides[1].iter().any(Cast::is_civilian) {
        sides[1].push(Cast::of("civilians", iso2, Some(day)));
    }
    if event == "Violence against civilians" {
        sides[1].sort_by_key(|cast| !cast.is_civilian());
    }
    let codes = sides.each_ref().map(|side| side.first().map(|cast| cast.acled_code(iso2)));
    let name = |side: usize| sides[side].first().map_or(String::new(), |cast| cast.acled_name(iso2));
    // Civilians in a battle are no associated actor: they are told of in the notes.
    let others = |side: usize| {
        let rest = sides[side].iter().skip(1).filter(|cast| event != "Battles" || !cast.is_civilian());
        rest.map(|cast| cast.acled_name(iso2)).collect::<Vec<_>>().join("; ")
    };
    let inter = |code: Option<usize>| match code {
        Some(code) if options.numeric => code.into(),
        Some(code) => Value::from(ACLED_ACTORS[code - 1]),
        None => Value::from(""),
    };
    let targeted = event == "Violence against civilians"
        || matches!(event, "Explosions/Remote violence" | "Riots") && sides[1].first().is_some_and(Cast::is_civilian)
        || sub == "Excessive force against protesters";
    let withheld = options.publishing.may_withhold(incident);
    let toll = total(&incident.deaths).map_or(0, |toll| if options.best { toll.best } else { toll.low });
    let degree = |value: Option<f64>| place.and_then(|place| Some(degrees(value?, place.precision))).map_or(Value::Null, Value::from);
    let text = |value: Option<&String>| Value::from(value.map_or("", String::as_str));
    Some(vec![
        format!("x-{}", incident.id).into(),
        day.to_string().into(),
        day.year().into(),
        time_precision.into(),
        acled_disorder(event, sub).into(),
        event.into(),
        sub.into(),
        name(0).into(),
        others(0).into(),
        inter(codes[0]),
        name(1).into(),
        others(1).into(),
        inter(codes[1]),
        interaction(codes, options.numeric),
        if targeted { "Civilian targeting" } else { "" }.into(),
        country.and_then(|country| country.number).map_or(Value::Null, Value::from),
        country.map_or("", |country| country.acled_region).into(),
        country.map_or_else(|| iso2.unwrap_or(""), |country| country.name()).into(),
        text(place.and_then(|place| place.admin1.as_ref())),
        text(place.and_then(|place| place.admin2.as_ref())),
        "".into(),
        text(place.map(|place| &place.name)),
        degree(place.and_then(|place| place.lat)),
        degree(place.and_then(|place| place.lon)),
        place.map_or(Value::Null, |place| place_code(place.precision).into()),
        outlets(view).join("; ").into(),
        scale(view).into(),
        notes(view, &sides, iso2, withheld).into(),
        if withheld { Value::Null } else { toll.into() },
        "".into(),
        view.entry.recorded_at.as_second().into(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_middle_of_itself() {
        for (start, end, precision, expected) in [
            ("2025-06-02", "2025-06-02", DatePrecision::Day, ("2025-06-02", 1)),
            ("2025-06-02", "2025-06-03", DatePrecision::Day, ("2025-06-02", 2)),
            ("2025-06-02", "2025-06-08", DatePrecision::Week, ("2025-06-05", 2)),
            ("2025-06-01", "2025-06-30", DatePrecision::Month, ("2025-06-15", 3)),
            ("2025-01-01", "2025-12-31", DatePrecision::Year, ("2025-07-02", 3)),
        ] {
            let date = IncidentDate { start: start.parse().unwrap(), end: end.parse().unwrap(), precision };
            let (middle, code) = day(&date);
            assert_eq!((middle.to_string().as_str(), code), expected);
        }
    }

    #[test]
    fn pairs_are_named_lower_code_first() {
        for (codes, words, number) in [
            ([Some(2), Some(1)], "State forces-Rebel group", 12),
            ([Some(2), None], "Rebel group only", 20),
            ([Some(8), Some(7)], "External/Other forces-Civilians", 78),
            ([Some(8), Some(2)], "Rebel group-External/Other forces", 28),
            ([Some(3), Some(3)], "Political militia-Political militia", 33),
        ] {
            assert_eq!((interaction(codes, false), interaction(codes, true)), (words.into(), number.into()));
        }
        assert_eq!(interaction([None, None], true), Value::Null);
    }
}
