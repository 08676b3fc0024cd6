//! Fields of claims and incidents by name, as people give them: `count=6-8`, `date=2025-06-02/2025-06-03`.

use jiff::civil::Date;
use record::{
    Basis, Bound, Claim, Count, DatePrecision, Dated, Incident, IncidentDate, IncidentPlace, Kind, Party, PartyName, PlaceName, PlacePrecision, Role,
    Source, SourceKind, Toll,
};

/// What is wrong with a field.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A field that is none, or that nobody may set.
    #[error("{record} has no field {name:?} that can be set")]
    Unknown {
        /// `a claim` or `an incident`.
        record: &'static str,
        /// As given.
        name: String,
        /// Those there are.
        known: &'static [&'static str],
    },
    /// A value that its field cannot have.
    #[error("{value:?} is no value for {name}: {hint}")]
    Value {
        /// The field.
        name: String,
        /// As given.
        value: String,
        /// What would be one.
        hint: String,
    },
}

/// Fields of an incident. `deaths:civilians` is the toll of one side, `party:NAME` the role of one party.
pub const INCIDENT: &[&str] = &[
    "type",
    "date",
    "date_precision",
    "place",
    "admin1",
    "admin2",
    "country",
    "lat",
    "lon",
    "place_precision",
    "status",
    "party:NAME",
    "deaths",
    "injured",
    "abducted",
    "displaced",
    "deaths:SIDE",
];

/// Fields of a claim. Its report and its words make it what it is and cannot be set.
pub const CLAIM: &[&str] = &[
    "kind",
    "source",
    "stance",
    "certainty",
    "polarity",
    "scope",
    "actor",
    "target",
    "place",
    "country",
    "lat",
    "lon",
    "date",
    "count",
    "victims",
    "side",
    "weapon",
];

/// The rule named by a bound that a person set.
const BY_A_PERSON: &str = "set by a person";

fn bad(name: &str, value: &str, hint: impl Into<String>) -> Error {
    Error::Value { name: name.to_owned(), value: value.to_owned(), hint: hint.into() }
}

/// A word of one of the closed vocabularies.
fn word<T: std::str::FromStr + Copy>(name: &str, value: &str, all: &[T], as_str: impl Fn(T) -> &'static str) -> Result<T, Error> {
    value.parse().map_err(|_| bad(name, value, format!("one of {}", all.iter().map(|&one| as_str(one)).collect::<Vec<_>>().join(" "))))
}

fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn degrees(name: &str, value: &str, most: f64) -> Result<Option<f64>, Error> {
    let hint = || bad(name, value, format!("degrees from -{most} to {most}"));
    some(value).map(|value| value.parse::<f64>().ok().filter(|n| n.abs() <= most).ok_or_else(hint)).transpose()
}

fn country(name: &str, value: &str) -> Result<Option<String>, Error> {
    let fits = value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic());
    if value.is_empty() || fits { Ok(some(&value.to_uppercase())) } else { Err(bad(name, value, "two letters of ISO 3166, such as ML")) }
}

/// `2025-06-02`, `2025-06-02/2025-06-03` or `2025-06-02/03`.
fn days(name: &str, value: &str) -> Result<Option<(Date, Date)>, Error> {
    if value.is_empty() {
        return Ok(None);
    }
    let hint = || bad(name, value, "a day such as 2025-06-02, or two with / between");
    let (first, last) = value.split_once('/').unwrap_or((value, value));
    let start: Date = first.parse().map_err(|_| hint())?;
    let shared = first.len().saturating_sub(last.len());
    let end: Date = format!("{}{last}", first.get(..shared).unwrap_or_default()).parse().map_err(|_| hint())?;
    if start <= end { Ok(Some((start, end))) } else { Err(hint()) }
}

/// `8`, `6-21`, `6-8-21`, with hyphens or dashes.
fn bounds(name: &str, value: &str) -> Result<[u64; 3], Error> {
    let hint = || bad(name, value, "a number, or low-best-high such as 6-8-21");
    let numbers: Vec<u64> = value.split(['-', '–']).map(|n| n.trim().parse().map_err(|_| hint())).collect::<Result<_, _>>()?;
    match numbers[..] {
        [n] => Ok([n; 3]),
        [low, best, high] if low <= best && best <= high => Ok([low, best, high]),
        _ => Err(hint()),
    }
}

/// `8`, `6-8`, `>=6`, `<=15`, `~40`; the printed words stay.
fn count(name: &str, value: &str, printed: Option<&Count>) -> Result<Option<Count>, Error> {
    if value.is_empty() {
        return Ok(None);
    }
    let hint = || bad(name, value, "8, 6-8, >=6, <=15 or ~40");
    let (approx, rest) = value.strip_prefix('~').map_or((false, value), |rest| (true, rest));
    let number = |text: &str| text.trim().parse::<u64>().map(Some).map_err(|_| hint());
    let (low, high) = if let Some(rest) = rest.strip_prefix(">=").or(rest.strip_prefix('≥')) {
        (number(rest)?, None)
    } else if let Some(rest) = rest.strip_prefix("<=").or(rest.strip_prefix('≤')) {
        (None, number(rest)?)
    } else if let Some((low, high)) = rest.split_once(['-', '–']) {
        (number(low)?, number(high)?)
    } else {
        (number(rest)?, number(rest)?)
    };
    Count::new(printed.map_or("", |count| &count.text), low, high, approx).map(Some).map_err(|_| hint())
}

/// `AFP:media > a doctor:medical`, outermost first; empty for the report's own voice.
fn source(name: &str, value: &str) -> Result<Vec<Source>, Error> {
    let link = |link: &str| {
        let kinds = || SourceKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ");
        let (who, kind) =
            link.rsplit_once(':').ok_or_else(|| bad(name, value, format!("NAME:KIND, outermost first, > between; kinds {}", kinds())))?;
        Ok(Source { name: who.trim().to_owned(), kind: word(name, kind.trim(), SourceKind::ALL, SourceKind::as_str)? })
    };
    value.split(['>', '›']).map(str::trim).filter(|part| !part.is_empty()).map(link).collect()
}

fn party(value: &str, printed: Option<&PartyName>) -> Option<PartyName> {
    some(value).map(|name| PartyName { text: printed.map_or_else(String::new, |party| party.text.clone()), name })
}

/// Gives a field of an incident another value; an empty one says that it is not known.
///
/// # Errors
/// [`Error`].
pub fn set_incident(incident: &mut Incident, name: &str, value: &str) -> Result<(), Error> {
    let value = value.trim();
    let (field, part) = name.split_once(':').map_or((name, None), |(field, part)| (field, Some(part)));
    match (field, part) {
        ("type", None) if value.is_empty() => return Err(bad(name, value, "an incident type, such as armed clash")),
        ("type", None) => incident.kind = value.to_lowercase(),
        ("status", None) => incident.status = word(name, value, record::Status::ALL, record::Status::as_str)?,
        ("date", None) => {
            incident.date = days(name, value)?.map(|(start, end)| IncidentDate { start, end, precision: precision(start, end) });
        }
        ("date_precision", None) => {
            let precision = word(name, value, DatePrecision::ALL, DatePrecision::as_str)?;
            incident.date.as_mut().ok_or_else(|| bad(name, value, "there is no date; set date too"))?.precision = precision;
        }
        ("place", None) if value.is_empty() => incident.place = None,
        ("place", None) => place(incident).name = value.to_owned(),
        ("admin1", None) => place(incident).admin1 = some(value),
        ("admin2", None) => place(incident).admin2 = some(value),
        ("country", None) => place(incident).country = country(name, value)?,
        ("lat", None) => place(incident).lat = degrees(name, value, 90.0)?,
        ("lon", None) => place(incident).lon = degrees(name, value, 180.0)?,
        ("place_precision", None) => place(incident).precision = word(name, value, PlacePrecision::ALL, PlacePrecision::as_str)?,
        ("party", Some(party)) => set_party(incident, party, name, value)?,
        ("deaths", side) => set_toll(&mut incident.deaths, side, name, value)?,
        ("injured", side) => set_toll(&mut incident.injured, side, name, value)?,
        ("abducted", side) => set_toll(&mut incident.abducted, side, name, value)?,
        ("displaced", side) => set_toll(&mut incident.displaced, side, name, value)?,
        _ => return Err(Error::Unknown { record: "an incident", name: name.to_owned(), known: INCIDENT }),
    }
    Ok(())
}

/// How near a date is known that is given as a range.
fn precision(start: Date, end: Date) -> DatePrecision {
    match (end - start).get_days() {
        ..=2 => DatePrecision::Day,
        3..=7 => DatePrecision::Week,
        8..=31 => DatePrecision::Month,
        _ => DatePrecision::Year,
    }
}

fn place(incident: &mut Incident) -> &mut IncidentPlace {
    incident.place.get_or_insert_with(|| IncidentPlace {
        name: String::new(),
        admin1: None,
        admin2: None,
        country: None,
        lat: None,
        lon: None,
        precision: PlacePrecision::Country,
    })
}

/// `attacker`, or `attacker/claimed` with the basis; empty for a party that is none.
fn set_party(incident: &mut Incident, party: &str, name: &str, value: &str) -> Result<(), Error> {
    let at = incident.parties.iter().position(|known| known.name == party);
    if value.is_empty() {
        incident.parties.retain(|known| known.name != party);
        return Ok(());
    }
    let (role, basis) = value.split_once('/').map_or((value, None), |(role, basis)| (role, Some(basis)));
    let role = word(name, role, Role::ALL, Role::as_str)?;
    let basis = basis.map(|basis| word(name, basis, Basis::ALL, Basis::as_str)).transpose()?;
    match at {
        Some(at) => {
            incident.parties[at].role = role;
            incident.parties[at].basis = basis.unwrap_or(incident.parties[at].basis);
        }
        None => incident.parties.push(Party { name: party.to_owned(), role, basis: basis.unwrap_or(Basis::Attributed) }),
    }
    Ok(())
}

fn set_toll(tolls: &mut Vec<Toll>, side: Option<&str>, name: &str, value: &str) -> Result<(), Error> {
    // Where there is one side and no total, that one is the total.
    let only = if let [only] = tolls.as_slice() { Some(only.side.clone()) } else { None };
    let side = side.map(str::to_owned).or(only).unwrap_or_else(|| "total".to_owned());
    if value.is_empty() {
        tolls.retain(|toll| toll.side != side);
        return Ok(());
    }
    let [low, best, high] = bounds(name, value)?;
    let because = ["low", "best", "high"].map(|bound| Bound { bound: bound.to_owned(), claims: vec![], rule: BY_A_PERSON.to_owned() }).to_vec();
    let toll = Toll { side, low, best, high, because };
    match tolls.iter_mut().find(|known| known.side == toll.side) {
        Some(known) => *known = toll,
        None => tolls.push(toll),
    }
    Ok(())
}

/// Gives a field of a claim another value; an empty one says that it is not known. Words as printed stay as they are.
///
/// # Errors
/// [`Error`].
pub fn set_claim(claim: &mut Claim, name: &str, value: &str) -> Result<(), Error> {
    let value = value.trim();
    match name {
        "kind" => claim.kind = word(name, value, Kind::ALL, Kind::as_str)?,
        "source" => claim.source = source(name, value)?,
        "stance" => claim.stance = word(name, value, record::Stance::ALL, record::Stance::as_str)?,
        "certainty" => claim.certainty = word(name, value, record::Certainty::ALL, record::Certainty::as_str)?,
        "polarity" => claim.polarity = word(name, value, record::Polarity::ALL, record::Polarity::as_str)?,
        "scope" => claim.scope = word(name, value, record::Scope::ALL, record::Scope::as_str)?,
        "actor" => claim.actor = party(value, claim.actor.as_ref()),
        "target" => claim.target = party(value, claim.target.as_ref()),
        "place" if value.is_empty() => claim.place = None,
        "place" => {
            // Where the other place lies is not known by its name alone.
            let text = claim.place.as_ref().map_or_else(String::new, |place| place.text.clone());
            let country = claim.place.as_ref().and_then(|place| place.country.clone());
            claim.place = Some(PlaceName { text, name: value.to_owned(), country, gazetteer: None, lat: None, lon: None });
        }
        "country" | "lat" | "lon" => {
            let place = claim.place.as_mut().ok_or_else(|| bad(name, value, "there is no place; set place too"))?;
            match name {
                "country" => place.country = country(name, value)?,
                "lat" => place.lat = degrees(name, value, 90.0)?,
                _ => place.lon = degrees(name, value, 180.0)?,
            }
        }
        "date" => {
            let text = claim.date.as_ref().and_then(|date| date.text.clone());
            claim.date = days(name, value)?.map(|(start, end)| Dated { text, start, end });
        }
        "count" => claim.count = count(name, value, claim.count.as_ref())?,
        "victims" => {
            claim.victims = some(value).map(|value| word(name, &value, record::Victims::ALL, record::Victims::as_str)).transpose()?;
        }
        "side" => claim.side = some(value),
        "weapon" => claim.weapon = some(value),
        _ => return Err(Error::Unknown { record: "a claim", name: name.to_owned(), known: CLAIM }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Incident {
        serde_json::from_value(serde_json::json!({
            "id": "7K3QFM", "type": "attack", "date": null, "place": null, "parties": [], "deaths": [], "status": "reported",
            "disputes": [], "claims": [],
        }))
        .unwrap()
    }

    fn claim() -> Claim {
        let report = record::Report::new("wire", "en", "", "Nine died.");
        let quote = record::Quote::cut(&report, record::Field::Text, record::Span::new(0, 9)).unwrap();
        serde_json::from_value(serde_json::json!({
            "id": "C", "report": report.id, "source": [], "stance": "states", "certainty": "certain", "polarity": "positive",
            "kind": "deaths", "scope": "incident", "incident": null, "actor": null, "target": {"text": "troops", "name": "Army"},
            "place": null, "date": null, "count": {"text": "Nine", "low": 9, "high": 9}, "victims": null, "side": null, "weapon": null,
            "quote": quote.text,
        }))
        .unwrap()
    }

    #[test]
    fn incidents_take_values_as_people_write_them() {
        for (name, value, field, expected) in [
            ("type", "Armed Clash", "type", r#""armed clash""#),
            ("date", "2025-06-02/03", "date", r#"{"start":"2025-06-02","end":"2025-06-03","precision":"day"}"#),
            ("date", "2025-06-01/2025-06-30", "date", r#"{"start":"2025-06-01","end":"2025-06-30","precision":"month"}"#),
            ("date", "", "date", "null"),
            ("status", "corroborated", "status", r#""corroborated""#),
            ("party:Northland Army", "defender", "parties", r#"[{"name":"Northland Army","role":"defender","basis":"attributed"}]"#),
        ] {
            let mut incident = incident();
            set_incident(&mut incident, name, value).unwrap();
            let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(&incident).unwrap()).unwrap();
            assert_eq!(json[field], serde_json::from_str::<serde_json::Value>(expected).unwrap(), "{name}={value}");
        }
        let mut incident = incident();
        for (name, value) in [("deaths:civilians", "4"), ("deaths:Army", "6–8–21"), ("deaths", "10-12-25"), ("deaths:Army", "")] {
            set_incident(&mut incident, name, value).unwrap();
        }
        let tolls: Vec<_> = incident.deaths.iter().map(|toll| (toll.side.as_str(), toll.low, toll.best, toll.high)).collect();
        assert_eq!(tolls, [("civilians", 4, 4, 4), ("total", 10, 12, 25)]);
        assert!(incident.deaths.iter().all(|toll| toll.because.len() == 3));
    }

    #[test]
    fn claims_take_values_and_keep_their_words() {
        let counted = |value: &str| {
            let mut claim = claim();
            set_claim(&mut claim, "count", value).map(|()| claim.count.map(|count| (count.text, count.low, count.high, count.approx)))
        };
        let nine = || "Nine".to_owned();
        for (value, expected) in [
            ("8", Some((nine(), Some(8), Some(8), false))),
            ("6-8", Some((nine(), Some(6), Some(8), false))),
            (">=6", Some((nine(), Some(6), None, false))),
            ("≤15", Some((nine(), None, Some(15), false))),
            ("~40", Some((nine(), Some(40), Some(40), true))),
            ("", None),
        ] {
            assert_eq!(counted(value), Ok(expected), "{value}");
        }
        assert!(counted("8-6").is_err() && counted("many").is_err());
        let mut claim = claim();
        for (name, value) in [
            ("source", "AFP:media > a doctor:medical"),
            ("target", "Army of Northland"),
            ("place", "Kardala"),
            ("country", "xn"),
            ("victims", "military"),
        ] {
            set_claim(&mut claim, name, value).unwrap();
        }
        assert_eq!(claim.source.iter().map(|s| (s.name.as_str(), s.kind.as_str())).collect::<Vec<_>>(), [("AFP", "media"), ("a doctor", "medical")]);
        assert_eq!(claim.target, Some(PartyName { text: "troops".to_owned(), name: "Army of Northland".to_owned() }));
        assert_eq!(claim.place.unwrap().country.as_deref(), Some("XN"));
    }

    #[test]
    fn what_makes_no_sense_says_what_would() {
        let mut incident = incident();
        for (name, value, message) in [
            ("deaths", "8-6-4", r#""8-6-4" is no value for deaths: a number, or low-best-high such as 6-8-21"#),
            ("date", "June", r#""June" is no value for date: a day such as 2025-06-02, or two with / between"#),
            ("lat", "91", r#""91" is no value for lat: degrees from -90 to 90"#),
            ("country", "Mali", r#""Mali" is no value for country: two letters of ISO 3166, such as ML"#),
            ("status", "sure", r#""sure" is no value for status: one of claimed reported corroborated contested"#),
            ("claims", "x", r#"an incident has no field "claims" that can be set"#),
        ] {
            assert_eq!(set_incident(&mut incident, name, value).unwrap_err().to_string(), message);
        }
        assert_eq!(set_claim(&mut claim(), "quote", "x").unwrap_err().to_string(), r#"a claim has no field "quote" that can be set"#);
        assert!(set_claim(&mut claim(), "source", "a doctor").unwrap_err().to_string().contains("NAME:KIND"));
    }
}
