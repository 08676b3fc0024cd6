use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::Error;

/// When a report was published, as its outlet gave it: an ISO 8601 date, with time and zone if known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Published(String);

impl Published {
    /// The civil day at the outlet's own clock.
    pub fn date(&self) -> Date {
        self.0[..10].parse().expect("checked when it was made")
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Published {
    type Error = Error;

    fn try_from(text: String) -> Result<Published, Error> {
        match text.get(..10).map(str::parse::<Date>) {
            Some(Ok(_)) if text.len() == 10 || is_time(&text[10..]) => Ok(Published(text)),
            _ => Err(Error::Date(text)),
        }
    }
}

/// Whether this is `T10:15`, with seconds and a zone if known; a blank may stand for the `T`.
fn is_time(text: &str) -> bool {
    let Some(text) = text.strip_prefix(['T', ' ']) else { return false };
    let end = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let zoned = match zone.as_bytes() {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', _, _] | [b'+' | b'-', _, _, _, _] => digits(&zone[1..]),
        [b'+' | b'-', _, _, b':', _, _] => digits(&zone[1..3]) && digits(&zone[4..]),
        _ => false,
    };
    zoned && clock.contains(':') && clock.parse::<Time>().is_ok()
}

impl From<Published> for String {
    fn from(published: Published) -> String {
        published.0
    }
}

impl std::str::FromStr for Published {
    type Err = Error;

    fn from_str(text: &str) -> Result<Published, Error> {
        text.to_owned().try_into()
    }
}

impl std::fmt::Display for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The days a claim speaks of, resolved against the publication date; `start <= end`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Dated {
    /// The words that date it, when they stand in the claim's own sentence.
    pub text: Option<String>,
    /// First day it can mean.
    pub start: Date,
    /// Last day it can mean.
    pub end: Date,
}

/// Days as written, not compared yet.
#[derive(Deserialize)]
struct Unchecked {
    text: Option<String>,
    start: Date,
    end: Date,
}

impl TryFrom<Unchecked> for Dated {
    type Error = Error;

    fn try_from(Unchecked { text, start, end }: Unchecked) -> Result<Dated, Error> {
        if start <= end { Ok(Dated { text, start, end }) } else { Err(Error::Date(format!("{start} to {end}"))) }
    }
}

impl Dated {
    /// How many days the range holds, at least 1.
    pub fn days(&self) -> i64 {
        i64::from((self.end - self.start).get_days()) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_published_when() {
        let good =
            ["2025-06-03", "2025-06-03T10:15", "2025-06-03 10:15:30", "2025-06-03T10:15:00Z", "2025-06-03T10:15:00.5+01:00", "2025-06-03T10:15-0500"];
        for text in good {
            assert_eq!(text.parse::<Published>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "2025-06",
            "2025-02-30",
            "2025-06-03 rubbish",
            "2025-06-03T",
            "2025-06-03T25:00",
            "2025-06-03T10:15+1",
            "2025-06-03T10:15Z12",
            "2025-06-03é",
        ] {
            assert!(text.parse::<Published>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_ends_where_it_begins_or_later() {
        let read = |json: &str| serde_json::from_str::<Dated>(json);
        assert_eq!(read(r#"{"text":null,"start":"2025-06-01","end":"2025-06-03"}"#).unwrap().days(), 3);
        let error = read(r#"{"text":null,"start":"2025-06-03","end":"2025-06-01"}"#).unwrap_err().to_string();
        assert!(error.contains("2025-06-03 to 2025-06-01"), "{error}");
    }
}
