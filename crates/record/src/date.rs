use jiff::civil::Date;
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
            Some(Ok(_)) if text.len() == 10 || text[10..].starts_with(['T', ' ']) => Ok(Published(text)),
            _ => Err(Error::Date(text)),
        }
    }
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
pub struct Dated {
    /// The words that date it, when they stand in the claim's own sentence.
    pub text: Option<String>,
    /// First day it can mean.
    pub start: Date,
    /// Last day it can mean.
    pub end: Date,
}

impl Dated {
    /// How many days the range holds, at least 1.
    pub fn days(&self) -> i64 {
        i64::from((self.end - self.start).get_days()) + 1
    }
}
