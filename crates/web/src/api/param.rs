//! What an address may say: one table of parameters, from which requests are understood and the description is written.

use ledger::{ClaimState, Filter};
use record::{DatePrecision, Kind, Over, ReportKind, Scope, SourceKind, Stance, Status};
use serde_json::{Value, json};
use views::Step;

use crate::words::stored;

/// Most times that a filter may be repeated.
const REPEATED: usize = 20;
/// Most characters of a text.
const LONGEST: usize = 200;

/// One parameter of the query string.
#[derive(Debug)]
pub(crate) struct Param {
    /// Its name.
    pub(crate) name: &'static str,
    /// What its values look like.
    pub(crate) shape: Shape,
    /// Whether it may stand there several times, any of which will do.
    pub(crate) many: bool,
    /// For what records it has a meaning, as a filter.
    pub(crate) of: u8,
    /// What it does, for people.
    pub(crate) about: &'static str,
}

/// Incidents, and what is counted over them.
pub(crate) const INCIDENTS: u8 = 1;
/// Claims.
pub(crate) const CLAIMS: u8 = 2;
/// Reports.
pub(crate) const REPORTS: u8 = 4;
/// Features, where `datetime` is `from` and `to`. A filter that is called like a column must mean the same value, or GIS is misled: `place` and
/// `admin1` are not among them.
pub(crate) const FEATURES: u8 = 8;
/// What has no filter but the moment as of which it is told.
pub(crate) const MOMENT: u8 = 16;

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any words.
    Text,
    /// ISO 3166 alpha-2, several with commas between.
    Country,
    /// ISO 639, likewise.
    Language,
    /// Words of a closed vocabulary, likewise.
    Words(fn() -> Vec<&'static str>),
    /// Exactly one of these.
    OneOf(&'static [&'static str]),
    /// Some of these, with commas between.
    Fields(&'static [&'static str]),
    /// Yes or no.
    YesNo,
    /// Yes, no, or what over.
    Dispute,
    /// The id of a record.
    Id,
    /// A day.
    Day,
    /// A moment or a day.
    Moment,
    /// A moment or day, or two with `/` between, either of which may be open.
    Interval,
    /// A whole number.
    Whole(u64, u64),
    /// A whole number from 1; a larger one than this is as good as this (OGC 17-069r4, 7.15.2).
    AtMost(u64),
    /// West, south, east, north.
    Bbox,
    /// Longitude, latitude, kilometres.
    Near,
    /// Where a list goes on: how many records are before, and the newest moment that its first page knew, in nanoseconds since 1970.
    Cursor,
    /// The number of a change.
    Since,
}

const fn one(name: &'static str, shape: Shape, about: &'static str) -> Param {
    Param { name, shape, many: false, of: 0, about }
}

const fn many(name: &'static str, shape: Shape, about: &'static str) -> Param {
    Param { many: true, ..one(name, shape, about) }
}

impl Param {
    const fn of(self, of: u8) -> Param {
        Param { of, ..self }
    }
}

/// Every filter of the ledger, under its own name.
pub(crate) const FILTERS: &[Param] = &[
    many("country", Shape::Country, "ISO 3166 alpha-2").of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    many("admin1", Shape::Text, "Part of the name of a first-level unit").of(INCIDENTS),
    many("place", Shape::Text, "Part of the name of a place or of a unit that it lies in").of(INCIDENTS | CLAIMS | REPORTS),
    one("bbox", Shape::Bbox, "West, south, east, north in degrees; over the date line west is larger than east").of(INCIDENTS | FEATURES),
    one("near", Shape::Near, "Longitude, latitude, and at most so many kilometres away").of(INCIDENTS | FEATURES),
    one("from", Shape::Day, "Not over before this day").of(INCIDENTS | CLAIMS | REPORTS),
    one("to", Shape::Day, "Begun by this day").of(INCIDENTS | CLAIMS | REPORTS),
    many("date_precision", Shape::Words(|| stored(DatePrecision::ALL, DatePrecision::as_str)), "How near the day is known").of(INCIDENTS | FEATURES),
    many("type", Shape::Text, "Incident type, whole, such as `armed clash`").of(INCIDENTS | FEATURES),
    many("kind", Shape::Words(|| stored(Kind::ALL, Kind::as_str)), "Kind of claim").of(INCIDENTS | CLAIMS | REPORTS),
    many("actor", Shape::Text, "Part of the name of a party; of an actor's, target's or side's for claims")
        .of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    many("side", Shape::Text, "Part of the name of the party that the victims belong to").of(INCIDENTS | CLAIMS | REPORTS),
    many("speaker", Shape::Text, "Part of the name of the innermost speaker").of(INCIDENTS | CLAIMS | REPORTS),
    many("speaker_kind", Shape::Words(|| stored(SourceKind::ALL, SourceKind::as_str)), "What sort of speaker").of(INCIDENTS | CLAIMS | REPORTS),
    many("stance", Shape::Words(|| stored(Stance::ALL, Stance::as_str)), "What the speaker does with the assertion").of(INCIDENTS | CLAIMS | REPORTS),
    many("scope", Shape::Words(|| stored(Scope::ALL, Scope::as_str)), "What stretch of events the claim covers").of(INCIDENTS | CLAIMS | REPORTS),
    many("outlet", Shape::Text, "Part of the name of the outlet").of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    many("outlet_kind", Shape::Words(|| stored(ReportKind::ALL, ReportKind::as_str)), "What sort of outlet")
        .of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    many("language", Shape::Language, "ISO 639-1, of the report").of(INCIDENTS | CLAIMS | REPORTS),
    many("status", Shape::Words(|| stored(Status::ALL, Status::as_str)), "Standing of the incident").of(INCIDENTS | FEATURES),
    many("disputed", Shape::Dispute, "With or without dispute, or what it is over").of(INCIDENTS | FEATURES),
    one("deaths_min", Shape::Whole(0, 1_000_000_000), "Best figure of the dead at least this; of a claim, a count that allows it")
        .of(INCIDENTS | CLAIMS | FEATURES),
    one("deaths_max", Shape::Whole(0, 1_000_000_000), "At most this").of(INCIDENTS | CLAIMS | FEATURES),
    one("reviewed", Shape::YesNo, "Whether a person decided it").of(INCIDENTS | CLAIMS | FEATURES),
    many("decision", Shape::Words(|| stored(ClaimState::ALL, ClaimState::as_str)), "What a person said of the claim; finds rejected ones too")
        .of(CLAIMS),
    one("proposed", Shape::YesNo, "Decided by a person, and the machine would have it otherwise").of(INCIDENTS),
    one("copies", Shape::YesNo, "Told by copies only, or by originals only").of(INCIDENTS | CLAIMS | REPORTS),
    one("text", Shape::Text, "Full text: all words must stand in the report, or in the quote of a claim").of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    one("report", Shape::Id, "Of this report").of(INCIDENTS | CLAIMS),
    one("incident", Shape::Id, "Of this incident").of(INCIDENTS | CLAIMS | REPORTS),
    one("added_since", Shape::Moment, "Written at or after this moment").of(INCIDENTS | CLAIMS | REPORTS | FEATURES),
    one("as_of", Shape::Moment, "As the ledger stood then").of(INCIDENTS | CLAIMS | REPORTS | FEATURES | MOMENT),
];

pub(crate) const CURSOR: Param = one("cursor", Shape::Cursor, "Where the list goes on: `next` of the page before");
pub(crate) const LIMIT: Param = one("limit", Shape::Whole(1, 1_000), "At most so many items; 100 without");
pub(crate) const SINCE: Param = one("since", Shape::Since, "Only what was written after this: `next`, or `last`, of the page before");
const STEPS: [&str; Step::ALL.len()] = {
    let [day, week, month, year] = Step::ALL;
    [day.as_str(), week.as_str(), month.as_str(), year.as_str()]
};
pub(crate) const STEP: Param = one("step", Shape::OneOf(&STEPS), "How long a bin is; without, what fits the stretch");
pub(crate) const WHAT: Param = one("what", Shape::OneOf(&["outlet", "speaker"]), "Only outlets, or only speakers");
pub(crate) const FORM: Param = one("f", Shape::OneOf(&["json", "html"]), "In which form; without, as `Accept` says");
pub(crate) const DATETIME: Param = one("datetime", Shape::Interval, "A day or moment, or two with `/` between, `..` for open");
pub(crate) const DRY_RUN: Param = one("dry_run", Shape::YesNo, "Only say what would change");
pub(crate) const LIMIT_FEATURES: Param = one("limit", Shape::AtMost(10_000), "At most so many features; 1000 without, and never more than 10000");
pub(crate) const LIMIT_ENTRIES: Param = one("limit", Shape::Whole(1, 500), "At most so many entries; 50 without");

/// The columns to give, in their order, in place of the whole record.
pub(crate) const fn fields(columns: &'static [&'static str]) -> Param {
    one("fields", Shape::Fields(columns), "Only these columns, in this order, in place of the whole record")
}

/// The order.
pub(crate) const fn sort(keys: &'static [&'static str]) -> Param {
    one("sort", Shape::OneOf(keys), "By what; `-` for descending. What has no value comes last")
}

const NUMBER: &str = r"(\.[0-9]{1,9})?";
/// Of two millennia; the 29th of February is understood too.
const DAY: &str = r"[12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
const TIME: &str = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])";

/// What a day or a moment looks like, as a regular expression.
pub(super) fn moment() -> String {
    format!("{DAY}({TIME})?")
}

impl Param {
    /// What the description says of it.
    pub(crate) fn described(&self) -> Value {
        let schema = self.shape.schema();
        let schema = if self.many { json!({ "type": "array", "items": schema, "minItems": 1, "maxItems": REPEATED }) } else { schema };
        let mut about = json!({ "name": self.name, "in": "query", "description": self.told(), "schema": schema, "style": "form" });
        about["explode"] = json!(!matches!(self.shape, Shape::Fields(_)));
        about["example"] = match self.shape {
            _ if self.many => json!([self.shape.example()]),
            Shape::Fields(columns) => json!(columns[..1]),
            Shape::Whole(least, most) => json!(10.clamp(least, most)),
            Shape::AtMost(most) => json!(most.min(10)),
            _ => json!(self.shape.example()),
        };
        about
    }

    /// What it does, and how it is written.
    pub(crate) fn told(&self) -> String {
        let mut text = self.about.to_owned();
        match self.shape {
            Shape::Words(words) => text.push_str(&format!(": {}", words().join(", "))),
            Shape::OneOf(words) if words.len() < 20 => text.push_str(&format!(": {}", words.join(", "))),
            Shape::Dispute => text.push_str(&format!(": yes, no, {}", stored(Over::ALL, Over::as_str).join(", "))),
            Shape::Fields(columns) => text.push_str(&format!(": {}", columns.join(","))),
            _ => {}
        }
        if self.many {
            text.push_str(". Repeated: any of them; with ! before it: not this");
        }
        text
    }

    /// Whether it may stand there once more.
    pub(crate) fn most(&self) -> usize {
        if self.many { REPEATED } else { 1 }
    }
}

impl Shape {
    /// JSON Schema of a value.
    fn schema(self) -> Value {
        let pattern = |pattern: &str| json!({ "type": "string", "pattern": format!("^{pattern}$") });
        let listed = |word: &str| pattern(&format!("!?{word}(,!?{word})*"));
        match self {
            Shape::Text => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST }),
            Shape::Country => listed("[A-Za-z]{2}"),
            Shape::Language => listed("[A-Za-z]{2,3}"),
            Shape::Words(words) => listed(&format!("({})", words().join("|"))),
            Shape::OneOf(words) => json!({ "type": "string", "enum": words }),
            Shape::Fields(columns) => {
                json!({ "type": "array", "items": { "type": "string", "enum": columns }, "minItems": 1, "maxItems": columns.len() })
            }
            Shape::YesNo => json!({ "type": "string", "enum": ["yes", "no", "true", "false", "1", "0"] }),
            Shape::Dispute => {
                let over = format!("!?({})", stored(Over::ALL, Over::as_str).join("|"));
                pattern(&format!("(yes|no|true|false|1|0|{over}(,{over})*)"))
            }
            Shape::Id => pattern("[0-9A-Za-z]{1,40}"),
            Shape::Day => pattern(DAY),
            Shape::Moment => pattern(&moment()),
            Shape::Interval => {
                let end = format!(r"({DAY}(T|{TIME})?|\.\.|)");
                pattern(&format!("({DAY}(T|{TIME})?|{end}/{end})"))
            }
            Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            // Without a maximum: what is larger is no mistake.
            Shape::AtMost(_) => json!({ "type": "integer", "minimum": 1 }),
            Shape::Bbox => {
                let (lon, lat) = degrees();
                pattern(&format!("{lon},{lat},{lon},{lat}"))
            }
            Shape::Near => {
                let (lon, lat) = degrees();
                pattern(&format!("{lon},{lat},[0-9]{{1,3}}{NUMBER}"))
            }
            Shape::Cursor => pattern("[0-9]{1,9}-[0-9]{1,19}"),
            Shape::Since => pattern("[0-9]{1,15}"),
        }
    }

    /// Whether a value looks like it; else what would.
    pub(crate) fn check(self, value: &str) -> Result<(), String> {
        let fits = |fits: bool, hint: &str| if fits { Ok(()) } else { Err(hint.to_owned()) };
        let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = |text: &str| (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let all = |word: &dyn Fn(&str) -> bool| value.split(',').all(|part| word(part.strip_prefix('!').unwrap_or(part)));
        let letters = |text: &str, most: usize| (2..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let numbers = |hint: &str| {
            let plain = |n: &str| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            fits(value.split(',').all(plain), hint)
        };
        match self {
            Shape::Text => fits((1..=LONGEST).contains(&value.chars().count()), "1 to 200 characters"),
            Shape::Country => fits(all(&|word| letters(word, 2)), "two letters, ISO 3166 alpha-2"),
            Shape::Language => fits(all(&|word| letters(word, 3)), "two or three letters, ISO 639"),
            Shape::Words(words) => fits(all(&|word| words().contains(&word)), &format!("one of {}", words().join(" "))),
            Shape::OneOf(words) => fits(words.contains(&value), &format!("one of {}", words.join(" "))),
            Shape::Fields(columns) => {
                let parts = || value.split(',');
                let known = parts().all(|part| columns.contains(&part)) && parts().count() <= columns.len();
                fits(known, &format!("some of {}, with commas between", columns.join(" ")))
            }
            Shape::YesNo => fits(["yes", "no", "true", "false", "1", "0"].contains(&value), "yes or no"),
            Shape::Dispute => {
                let over = stored(Over::ALL, Over::as_str);
                let known = Shape::YesNo.check(value).is_ok() || all(&|word| over.contains(&word));
                fits(known, &format!("yes, no, or some of {}", over.join(" ")))
            }
            Shape::Id => fits(id(value), "letters and digits, at most 40"),
            Shape::Day => fits(is_day(value), "a day such as 2025-06-03"),
            Shape::Moment => fits(is_moment(value), "a moment such as 2025-06-03T09:40:00Z, or a day"),
            Shape::Interval => {
                // GDAL puts a T after a day and nothing after the T.
                let moment = |text: &str| is_moment(text) || text.strip_suffix('T').is_some_and(is_day);
                let end = |end: &str| matches!(end, "" | "..") || moment(end);
                let known = moment(value) || value.split_once('/').is_some_and(|(from, to)| end(from) && end(to));
                fits(known, "a day or moment, or two with / between, .. for open")
            }
            Shape::Whole(least, most) => {
                let known = digits(value, 15) && value.parse().is_ok_and(|n: u64| (least..=most).contains(&n));
                fits(known, &format!("a whole number from {least} to {most}"))
            }
            Shape::AtMost(_) => fits(digits(value, usize::MAX) && value.bytes().any(|digit| digit != b'0'), "a whole number from 1"),
            // What the numbers may be, the filter knows.
            Shape::Bbox => numbers("west,south,east,north in degrees"),
            Shape::Near => numbers("longitude,latitude,kilometres, the last at most 1000"),
            Shape::Cursor => {
                let known = value.split_once('-').is_some_and(|(before, begun)| digits(before, 9) && digits(begun, 19));
                fits(known, "next of the page before")
            }
            Shape::Since => fits(digits(value, 15), "next or last of the page before"),
        }
    }

    /// A number that was checked, as it counts.
    pub(crate) fn cap(self, number: usize) -> usize {
        if let Shape::AtMost(most) = self { number.min(most as usize) } else { number }
    }

    /// A value that will do.
    pub(crate) fn example(self) -> String {
        match self {
            Shape::Text => "a".to_owned(),
            Shape::Country => "ML".to_owned(),
            Shape::Language => "en".to_owned(),
            Shape::Words(words) => words()[0].to_owned(),
            Shape::OneOf(words) | Shape::Fields(words) => words[0].to_owned(),
            Shape::YesNo => "no".to_owned(),
            Shape::Dispute => "deaths".to_owned(),
            Shape::Id => "7K3QFM".to_owned(),
            Shape::Day => "2025-06-03".to_owned(),
            Shape::Moment => "2025-06-30T09:40:00Z".to_owned(),
            Shape::Interval => "2025-01-01/2025-12-31".to_owned(),
            Shape::Whole(least, most) => 10.clamp(least, most).to_string(),
            Shape::AtMost(most) => most.min(10).to_string(),
            Shape::Bbox => "-17.5,4,16,25".to_owned(),
            Shape::Near => "2.4,15.92,100".to_owned(),
            Shape::Cursor => "0-1748943600000000000".to_owned(),
            Shape::Since => "0".to_owned(),
        }
    }
}

fn degrees() -> (String, String) {
    (format!(r"-?(180|(1[0-7][0-9]|[1-9]?[0-9]){NUMBER})"), format!(r"-?(90|[1-8]?[0-9]{NUMBER})"))
}

fn is_day(text: &str) -> bool {
    let shaped = text.len() == 10 && text.bytes().enumerate().all(|(n, byte)| if matches!(n, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    shaped && text.starts_with(['1', '2']) && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether it is a day, or a moment with its zone.
pub(super) fn is_moment(text: &str) -> bool {
    is_day(text) || (text.get(..10).is_some_and(is_day) && text[10..].starts_with('T') && text.parse::<jiff::Timestamp>().is_ok())
}

/// First and last day of an interval, as checked.
pub(crate) fn interval(value: &str) -> [Option<&str>; 2] {
    let (from, to) = value.split_once('/').unwrap_or((value, value));
    [from, to].map(|end| end.get(..10))
}

/// The filter of some parameters.
///
/// # Errors
/// [`ledger::Error::Filter`] for what the shape alone does not tell.
pub(crate) fn filter<'a>(sent: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Filter, ledger::Error> {
    let mut filter = Filter::default();
    for (name, value) in sent {
        match name {
            "datetime" => {
                for (name, day) in ["from", "to"].into_iter().zip(interval(value)) {
                    if let Some(day) = day {
                        filter.set(name, day)?;
                    }
                }
            }
            name => filter.set(name, value)?,
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_of_the_ledger_is_offered() {
        let own = ["sort", "limit", "offset"];
        let names: Vec<&str> = Filter::NAMES.iter().copied().filter(|name| !own.contains(name)).collect();
        for name in &names {
            assert!(FILTERS.iter().any(|param| param.name == *name), "{name}");
        }
        assert_eq!(FILTERS.len(), names.len());
        for param in FILTERS {
            assert!(names.contains(&param.name) && param.of != 0, "{}", param.name);
        }
    }

    #[test]
    fn what_a_shape_lets_pass_the_filter_understands() {
        for param in FILTERS {
            let value = param.shape.example();
            assert_eq!(param.shape.check(&value), Ok(()), "{}", param.name);
            assert!(filter([(param.name, value.as_str())].into_iter()).is_ok(), "{}", param.name);
        }
    }

    #[test]
    fn values_fit_or_are_refused() {
        for (shape, good, bad) in [
            (Shape::Text, &["a", "!", " "][..], &[""][..]),
            (Shape::Country, &["ml", "!ML", "ML,BF"], &["", "MLI", "M1", "ML,", "!!ML"]),
            (Shape::Day, &["2025-06-03", "2024-02-29"], &["2025-02-29", "2025-6-3", "20250603", "2025-06-03T00:00", "0025-06-03", "tomorrow"]),
            (Shape::Moment, &["2025-06-03", "2025-06-03T09:40:00Z", "2025-06-03T09:40:00.5+02:00"], &["2025-06-03T09:40", "2025-06-03 09:40:00Z"]),
            (
                Shape::Interval,
                &["2025-06-03", "2025-06-03T", "../2025-06-03", "2025-06-03/..", "2025-06-03/", "/", "2025-06-01T00:00:00Z/2025-06-03"],
                &["", "..", "a/b"],
            ),
            (Shape::Whole(1, 1000), &["1", "1000", "007"], &["0", "1001", "+5", "-1", "1.0", "99999999999999999999"]),
            (Shape::Bbox, &["-17.5,4,16,25"], &["1;2;3;4", "a,b,c,d", "1e3,2,3,4", "NaN,1,2,3"]),
            (Shape::Dispute, &["yes", "0", "deaths", "!deaths,actor"], &["", "maybe", "yes,no"]),
            (Shape::AtMost(9), &["1", "9", "10", "99999999999999999999999999999999"], &["", "0", "000", "-1", "1.0"]),
            (Shape::Cursor, &["0-0", "100-1748943600000000000"], &["", "100", "-1", "100-", "100-A", "1234567890-1", "1-12345678901234567890"]),
            (Shape::Fields(&["a", "b"]), &["a", "b,a", "a,a"], &["", "c", "a,", "a,b,a"]),
        ] {
            for value in good {
                assert_eq!(shape.check(value), Ok(()), "{shape:?} {value}");
            }
            for value in bad {
                assert!(shape.check(value).is_err(), "{shape:?} {value}");
            }
        }
        assert_eq!([3, 9, 10].map(|n| Shape::AtMost(9).cap(n)), [3, 9, 9]);
        assert_eq!(interval("2025-06-03T10:00:00Z"), [Some("2025-06-03"), Some("2025-06-03")]);
        assert_eq!(interval("../2025-06-03"), [None, Some("2025-06-03")]);
    }
}
