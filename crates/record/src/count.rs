use serde::{Deserialize, Serialize};

use crate::Error;

/// How many, as the words say it: never more exact than the source.
///
/// "at least 20" is 20 to open; "up to 15" is 1 to 15; "some 40" is 40 to 40 and `approx`. What "dozens" is worth in a
/// table is a rule set's business, not this record's: here it is its literal bound.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Count {
    /// The counting words as printed.
    pub text: String,
    /// Fewest the words allow.
    pub low: Option<u64>,
    /// Most the words allow; `None` is open.
    pub high: Option<u64>,
    /// Whether the words round.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approx: bool,
}

/// A count as written, its bounds not compared yet.
#[derive(Deserialize)]
struct Unchecked {
    text: String,
    low: Option<u64>,
    high: Option<u64>,
    #[serde(default)]
    approx: bool,
}

impl TryFrom<Unchecked> for Count {
    type Error = Error;

    fn try_from(written: Unchecked) -> Result<Count, Error> {
        Count::new(written.text, written.low, written.high, written.approx)
    }
}

impl Count {
    /// A count from its words and bounds.
    ///
    /// # Errors
    /// [`Error::Count`] when `low > high`.
    pub fn new(text: impl Into<String>, low: Option<u64>, high: Option<u64>, approx: bool) -> Result<Count, Error> {
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            return Err(Error::Count { low, high });
        }
        Ok(Count { text: text.into(), low, high, approx })
    }

    /// Whether the words give one number.
    pub fn is_exact(&self) -> bool {
        self.low.is_some() && self.low == self.high && !self.approx
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_compared_when_read_too() {
        let read = |json: &str| serde_json::from_str::<Count>(json);
        assert_eq!(read(r#"{"text":"at least 20","low":20,"high":null}"#).unwrap(), Count::new("at least 20", Some(20), None, false).unwrap());
        assert!(read(r#"{"text":"20 to 10","low":20,"high":10}"#).is_err());
    }
}
