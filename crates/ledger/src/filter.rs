use jiff::Timestamp;
use jiff::civil::Date;
use record::{DatePrecision, Kind, Over, ReportKind, Scope, SourceKind, Stance, Status};

use crate::{ClaimState, Error, Result};

/// Which records: the one filter language of web address, command line and API.
///
/// Every field that holds words means *any of them*; a word that begins with `!` means *not this*. Names of places,
/// actors, speakers and outlets match in part, without regard to case and diacritics. A field that has no meaning for
/// the records asked for is ignored (a report has no status); what holds for claims holds for an incident when one
/// claim of it fulfils all of it.
///
/// ```
/// # use ledger::Filter;
/// let filter = Filter::parse("country=XN deaths>=10 from=2025-06-01 actor='Army of Northland' sort=-date")?;
/// assert_eq!(filter.deaths_min, Some(10));
/// assert_eq!(filter.actor, ["Army of Northland"]);
/// # Ok::<(), ledger::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// ISO 3166 alpha-2.
    pub country: Vec<String>,
    /// First-level unit, of incidents.
    pub admin1: Vec<String>,
    /// Part of the name of a place; of an incident's admin units too.
    pub place: Vec<String>,
    /// West, south, east, north in degrees; of incidents. A box over the date line has west > east.
    pub bbox: Option<[f64; 4]>,
    /// Longitude and latitude in degrees, and kilometres: incidents at most so far from there. Reckoned on the plane that
    /// touches there, which is good to two percent up to 500 km, away from the poles.
    pub near: Option<[f64; 3]>,
    /// Not over before this day. Undated records match no range.
    pub from: Option<Date>,
    /// Begun by this day.
    pub to: Option<Date>,
    /// How near an incident's day is known.
    pub date_precision: Vec<String>,
    /// Incident type, whole.
    pub types: Vec<String>,
    /// Claim kind.
    pub kind: Vec<String>,
    /// Part of a party's name, or [all of it](crate::whole); of an actor's, target's or side's for claims.
    pub actor: Vec<String>,
    /// Part of the name of the party that the victims belong to, or all of it.
    pub side: Vec<String>,
    /// Part of the innermost speaker's name.
    pub speaker: Vec<String>,
    /// Kind of the innermost speaker.
    pub speaker_kind: Vec<String>,
    /// Stance.
    pub stance: Vec<String>,
    /// Scope.
    pub scope: Vec<String>,
    /// Part of the outlet's name.
    pub outlet: Vec<String>,
    /// Kind of outlet.
    pub outlet_kind: Vec<String>,
    /// ISO 639-1.
    pub language: Vec<String>,
    /// An incident's standing.
    pub status: Vec<String>,
    /// With or without dispute.
    pub disputed: Option<bool>,
    /// Disputed over this.
    pub over: Vec<String>,
    /// Best figure of an incident's dead in total at least this; for claims, a count of the dead that allows it.
    pub deaths_min: Option<u64>,
    /// At most this.
    pub deaths_max: Option<u64>,
    /// Decided by a person or not yet.
    pub reviewed: Option<bool>,
    /// What a person said of a claim; finds rejected ones too, which are not in force.
    pub decision: Vec<String>,
    /// Decided by a person, and the machine would have it otherwise; of incidents.
    pub proposed: Option<bool>,
    /// Copies only, or originals only.
    pub copies: Option<bool>,
    /// Full text, as for [`Ledger::find`](crate::Ledger::find): all words must stand in the report, or in the quote.
    pub text: Option<String>,
    /// Claims of this report.
    pub report: Option<String>,
    /// Claims of this incident.
    pub incident: Option<String>,
    /// Learnt at or after this moment.
    pub added_since: Option<Timestamp>,
    /// As the ledger stood at this moment.
    pub as_of: Option<Timestamp>,
    /// In this order; else as they arrived, incidents by day.
    pub sort: Option<Sort>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Leave out the first so many.
    pub offset: usize,
}

/// An order. Ties are broken by arrival, so that it is always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Largest or latest first. What has no value comes last either way.
    pub descending: bool,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// First day, or publication.
    Date,
    /// Best figure of the dead; a claim's count.
    Deaths,
    /// Place.
    Place,
    /// Incident type, claim kind, kind of outlet.
    Kind,
    /// When it was learnt.
    Recorded,
    /// Outlet, of reports and claims.
    Outlet,
}

impl std::str::FromStr for Sort {
    type Err = Error;

    fn from_str(text: &str) -> Result<Sort> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let key = match name {
            "date" | "published" => SortKey::Date,
            "deaths" | "count" => SortKey::Deaths,
            "place" => SortKey::Place,
            "type" | "kind" => SortKey::Kind,
            "recorded" | "changed" | "added" => SortKey::Recorded,
            "outlet" => SortKey::Outlet,
            _ => return Err(bad("sort", text, "date, deaths, place, type, recorded or outlet, with - for descending")),
        };
        Ok(Sort { key, descending })
    }
}

impl Filter {
    /// Every name that [`Filter::set`] knows.
    pub const NAMES: &'static [&'static str] = &[
        "country",
        "admin1",
        "place",
        "bbox",
        "near",
        "from",
        "to",
        "date_precision",
        "type",
        "kind",
        "actor",
        "side",
        "speaker",
        "speaker_kind",
        "stance",
        "scope",
        "outlet",
        "outlet_kind",
        "language",
        "status",
        "disputed",
        "deaths_min",
        "deaths_max",
        "reviewed",
        "decision",
        "proposed",
        "copies",
        "text",
        "report",
        "incident",
        "added_since",
        "as_of",
        "sort",
        "limit",
        "offset",
    ];

    /// A filter from `name=value` pairs with blanks between; values with blanks stand in `'…'` or `"…"`. Besides `=`
    /// there are `!=`, and `>=` and `<=` for `deaths` and `date`.
    ///
    /// # Errors
    /// [`Error::Filter`] for an unknown name or a value that makes no sense.
    pub fn parse(text: &str) -> Result<Filter> {
        let mut filter = Filter::default();
        for pair in pairs(text) {
            let at = pair.find(['=', '!', '<', '>']).unwrap_or(pair.len());
            let (name, rest) = pair.split_at(at);
            let operator = ["!=", ">=", "<=", "="].into_iter().find(|operator| rest.starts_with(operator));
            let Some(operator) = operator else {
                return Err(bad(name, &pair, "name=value"));
            };
            let value = &rest[operator.len()..];
            match (name, operator) {
                ("deaths", "=") => {
                    filter.set("deaths_min", value)?;
                    filter.set("deaths_max", value)?;
                }
                ("deaths", ">=") => filter.set("deaths_min", value)?,
                ("deaths", "<=") => filter.set("deaths_max", value)?,
                ("date", "=") => {
                    filter.set("from", value)?;
                    filter.set("to", value)?;
                }
                ("date", ">=") => filter.set("from", value)?,
                ("date", "<=") => filter.set("to", value)?,
                (_, "=") => filter.set(name, value)?,
                (_, "!=") => filter.set(name, &format!("!{value}"))?,
                _ => return Err(bad(name, &pair, "only deaths and date can be compared")),
            }
        }
        Ok(filter)
    }

    /// Sets or, for words, adds to the field called `name` in web address, API and settings. A comma parts several
    /// words of a closed vocabulary.
    ///
    /// # Errors
    /// [`Error::Filter`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "country" => self.country.extend(listed(value).map(str::to_uppercase)),
            "admin1" => self.admin1.push(value.to_owned()),
            "place" => self.place.push(value.to_owned()),
            "bbox" => self.bbox = Some(bbox(value)?),
            "near" => self.near = Some(near(value)?),
            "from" => self.from = Some(day(name, value)?),
            "to" => self.to = Some(day(name, value)?),
            "date_precision" => vocabulary(&mut self.date_precision, name, value, DatePrecision::ALL, DatePrecision::as_str)?,
            // Some types have a comma of their own in no codebook, but a slash: "air/drone strike".
            "type" => self.types.extend(listed(value).map(str::to_lowercase)),
            "kind" => vocabulary(&mut self.kind, name, value, Kind::ALL, Kind::as_str)?,
            "actor" => self.actor.push(value.to_owned()),
            "side" => self.side.push(value.to_owned()),
            "speaker" => self.speaker.push(value.to_owned()),
            "speaker_kind" => vocabulary(&mut self.speaker_kind, name, value, SourceKind::ALL, SourceKind::as_str)?,
            "stance" => vocabulary(&mut self.stance, name, value, Stance::ALL, Stance::as_str)?,
            "scope" => vocabulary(&mut self.scope, name, value, Scope::ALL, Scope::as_str)?,
            "outlet" => self.outlet.push(value.to_owned()),
            "outlet_kind" => vocabulary(&mut self.outlet_kind, name, value, ReportKind::ALL, ReportKind::as_str)?,
            "language" => self.language.extend(listed(value).map(str::to_lowercase)),
            "status" => vocabulary(&mut self.status, name, value, Status::ALL, Status::as_str)?,
            "disputed" => match yes(value) {
                Some(disputed) => self.disputed = Some(disputed),
                None => vocabulary(&mut self.over, name, value, Over::ALL, Over::as_str)?,
            },
            "deaths_min" => self.deaths_min = Some(number(name, value)?),
            "deaths_max" => self.deaths_max = Some(number(name, value)?),
            "reviewed" => self.reviewed = Some(yes(value).ok_or_else(|| bad(name, value, "yes or no"))?),
            "decision" => vocabulary(&mut self.decision, name, value, ClaimState::ALL, ClaimState::as_str)?,
            "proposed" => self.proposed = Some(yes(value).ok_or_else(|| bad(name, value, "yes or no"))?),
            "copies" => self.copies = Some(yes(value).ok_or_else(|| bad(name, value, "yes or no"))?),
            "text" => self.text = Some(value.to_owned()),
            "report" => self.report = Some(value.to_owned()),
            "incident" => self.incident = Some(value.to_owned()),
            "added_since" => self.added_since = Some(moment(name, value, false)?),
            "as_of" => self.as_of = Some(moment(name, value, true)?),
            "sort" => self.sort = Some(value.parse()?),
            "limit" => self.limit = Some(number(name, value)? as usize),
            "offset" => self.offset = number(name, value)? as usize,
            _ => return Err(bad(name, value, &format!("the filters are {}", Filter::NAMES.join(" ")))),
        }
        Ok(())
    }
}

fn bad(name: &str, value: &str, hint: &str) -> Error {
    Error::Filter { name: name.to_owned(), value: value.to_owned(), hint: hint.to_owned() }
}

fn listed(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn vocabulary<T: Copy>(field: &mut Vec<String>, name: &str, value: &str, all: &[T], word_of: impl Fn(T) -> &'static str) -> Result<()> {
    for word in listed(value) {
        let known = word.strip_prefix('!').unwrap_or(word);
        if !all.iter().any(|&one| word_of(one) == known) {
            let words: Vec<&str> = all.iter().map(|&one| word_of(one)).collect();
            return Err(bad(name, known, &format!("one of {}", words.join(" "))));
        }
        field.push(word.to_owned());
    }
    Ok(())
}

fn yes(value: &str) -> Option<bool> {
    match value {
        "yes" | "true" | "1" | "" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn number(name: &str, value: &str) -> Result<u64> {
    value.parse().map_err(|_| bad(name, value, "a whole number"))
}

fn day(name: &str, value: &str) -> Result<Date> {
    value.parse().map_err(|_| bad(name, value, "a day such as 2025-06-03"))
}

/// A moment, or a day: its last instant when `end` (as it stood on that day), else its first, in UTC.
fn moment(name: &str, value: &str, end: bool) -> Result<Timestamp> {
    if let Ok(moment) = value.parse() {
        return Ok(moment);
    }
    let hint = "a moment such as 2025-06-03T09:40:00Z, or a day";
    let day: Date = value.parse().map_err(|_| bad(name, value, hint))?;
    let time = if end { day.at(23, 59, 59, 999_999_999) } else { day.at(0, 0, 0, 0) };
    time.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| bad(name, value, hint))
}

fn bbox(value: &str) -> Result<[f64; 4]> {
    let hint = "west,south,east,north in degrees";
    let numbers: Vec<f64> = value.split(',').map(|n| n.trim().parse()).collect::<Result<_, _>>().map_err(|_| bad("bbox", value, hint))?;
    let bbox: [f64; 4] = numbers.try_into().map_err(|_| bad("bbox", value, hint))?;
    let [west, south, east, north] = bbox;
    let fits = south <= north && [west, east].iter().all(|x| x.abs() <= 180.0) && [south, north].iter().all(|y| y.abs() <= 90.0);
    if fits { Ok(bbox) } else { Err(bad("bbox", value, hint)) }
}

/// Largest distance of [`Filter::near`], in kilometres.
const FARTHEST: f64 = 1_000.0;

fn near(value: &str) -> Result<[f64; 3]> {
    let hint = "longitude,latitude,kilometres, the last at most 1000";
    let numbers: Vec<f64> = value.split(',').map(|n| n.trim().parse()).collect::<Result<_, _>>().map_err(|_| bad("near", value, hint))?;
    let near: [f64; 3] = numbers.try_into().map_err(|_| bad("near", value, hint))?;
    let [lon, lat, far] = near;
    let fits = lon.abs() <= 180.0 && lat.abs() <= 90.0 && (0.0..=FARTHEST).contains(&far);
    if fits { Ok(near) } else { Err(bad("near", value, hint)) }
}

/// Kilometres of a degree of latitude, and of a degree of longitude at this latitude.
pub(crate) fn degree_km(lat: f64) -> [f64; 2] {
    const DEGREE: f64 = 111.195;
    [DEGREE, DEGREE * lat.to_radians().cos()]
}

/// Whether a point, latitude and longitude, lies in a [`Filter::bbox`].
pub(crate) fn in_box([west, south, east, north]: [f64; 4], (lat, lon): (f64, f64)) -> bool {
    let sides = if west <= east { lon >= west && lon <= east } else { lon >= west || lon <= east };
    sides && lat >= south && lat <= north
}

/// Whether a point, latitude and longitude, is as near as a [`Filter::near`] asks.
pub(crate) fn is_near([lon, lat, far]: [f64; 3], (own_lat, own_lon): (f64, f64)) -> bool {
    let [km_lat, km_lon] = degree_km(lat);
    let apart = (own_lon - lon).abs();
    let (north, east) = ((own_lat - lat) * km_lat, apart.min(360.0 - apart) * km_lon);
    north * north + east * east <= far * far
}

/// Parts at blanks outside of quotation marks; the marks themselves go.
fn pairs(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut mark = None;
    for c in text.chars() {
        match mark {
            Some(open) if c == open => mark = None,
            None if c == '\'' || c == '"' => mark = Some(c),
            None if c.is_whitespace() => found.push(String::new()),
            _ => found.last_mut().expect("never empty").push(c),
        }
    }
    found.retain(|pair| !pair.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_fields() {
        let filter = Filter::parse("country=xn,xs deaths>=10 date=2025-06-03 actor!=Army disputed=deaths as_of=2025-06-04").unwrap();
        assert_eq!(filter.country, ["XN", "XS"]);
        assert_eq!((filter.deaths_min, filter.deaths_max), (Some(10), None));
        assert_eq!((filter.from, filter.to), (Some(jiff::civil::date(2025, 6, 3)), Some(jiff::civil::date(2025, 6, 3))));
        assert_eq!((filter.actor, filter.over, filter.disputed), (vec!["!Army".to_owned()], vec!["deaths".to_owned()], None));
        assert_eq!(filter.as_of.unwrap().to_string(), "2025-06-04T23:59:59.999999999Z");
    }

    #[test]
    fn what_makes_no_sense_says_what_would() {
        for (text, message) in [
            ("deaths>=many", r#""many" is not a value for filter "deaths_min": a whole number"#),
            ("colour", r#""colour" is not a value for filter "colour": name=value"#),
            ("country>=XX", r#""country>=XX" is not a value for filter "country": only deaths and date can be compared"#),
            ("near=1,2", r#""1,2" is not a value for filter "near": longitude,latitude,kilometres, the last at most 1000"#),
            ("bbox=1,2,3", r#""1,2,3" is not a value for filter "bbox": west,south,east,north in degrees"#),
        ] {
            assert_eq!(Filter::parse(text).unwrap_err().to_string(), message);
        }
        assert!(Filter::parse("status=sure").unwrap_err().to_string().ends_with("one of claimed reported corroborated contested"));
        assert!(Filter::parse("color=red").unwrap_err().to_string().contains("the filters are country"));
    }

    #[test]
    fn every_name_is_known() {
        for name in Filter::NAMES {
            let error = Filter::default().set(name, "?").err().map_or_else(String::new, |error| error.to_string());
            assert!(!error.contains("the filters are"), "{name}");
        }
    }
}
