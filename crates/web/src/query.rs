//! The state of a page: its query string.

use form_urlencoded::Serializer;
use ledger::Filter;

/// Names and values in the order of the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

/// What says how a page looks, not which records are on it.
const LOOKS: &[&str] = &["view", "lang", "map", "by", "step", "split", "rules", "without", "at"];

impl Query {
    /// From the part of an address after `?`. Empty values, which forms send, are as good as none.
    pub(crate) fn parse(text: &str) -> Query {
        let pairs = form_urlencoded::parse(text.as_bytes()).filter(|(_, value)| !value.trim().is_empty());
        Query(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The filter, of what is not about looks.
    ///
    /// # Errors
    /// [`ledger::Error::Filter`], which says what would make sense.
    pub(crate) fn filter(&self) -> Result<Filter, ledger::Error> {
        let mut filter = Filter::default();
        for (name, value) in self.filters() {
            filter.set(name, value)?;
        }
        Ok(filter)
    }

    /// The pairs that are filters.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| !LOOKS.contains(name))
    }

    /// With one more value; from the first page on.
    pub(crate) fn with(&self, name: &str, value: &str) -> Query {
        let mut query = self.without_all("offset");
        query.0.push((name.to_owned(), value.to_owned()));
        query
    }

    /// With this value in place of others of the name.
    pub(crate) fn set(&self, name: &str, value: &str) -> Query {
        self.without_all(name).with(name, value)
    }

    /// With this value as the only one of the name that will do; what must not be stays.
    pub(crate) fn only(&self, name: &str, value: &str) -> Query {
        let mut query = self.clone();
        query.0.retain(|(own, other)| own != name || other.starts_with('!'));
        query.with(name, value)
    }

    /// Without one value.
    pub(crate) fn without(&self, name: &str, value: &str) -> Query {
        let mut query = self.without_all("offset");
        query.0.retain(|(own, other)| own != name || other != value);
        query
    }

    /// Without any value of a name.
    pub(crate) fn without_all(&self, name: &str) -> Query {
        Query(self.0.iter().filter(|(own, _)| own != name).cloned().collect())
    }

    /// Whether a name has this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|own| own == value)
    }

    /// As an address under a path.
    pub(crate) fn href(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", Serializer::new(String::new()).extend_pairs(&self.0).finish())
    }

    /// The filters as the command line takes them, quoted for a shell.
    pub(crate) fn condition(&self) -> String {
        let quoted = |value: &str| {
            let plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:,/".contains(c));
            if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "")) }
        };
        self.filters()
            .filter(|(name, _)| !matches!(*name, "limit" | "offset"))
            .map(|(name, value)| match value.strip_prefix('!') {
                Some(value) => format!("{name}!={}", quoted(value)),
                None => format!("{name}={}", quoted(value)),
            })
            .collect::<Vec<_>>()
            .join(" ")
            .replace('\'', "’")
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn an_address_survives_its_changes() {
        let query = Query::parse("country=ML&country=NE&text=&actor=Army+of+%3Cb%3E&offset=50&view=map");
        assert_eq!(query.all("country").collect::<Vec<_>>(), ["ML", "NE"]);
        for (changed, address) in [
            (query.without("country", "ML"), "/incidents?country=NE&actor=Army+of+%3Cb%3E&view=map"),
            (query.with("type", "armed clash"), "/incidents?country=ML&country=NE&actor=Army+of+%3Cb%3E&view=map&type=armed+clash"),
            (query.with("country", "!BF").only("country", "NE").without_all("actor"), "/incidents?view=map&country=%21BF&country=NE"),
            (query.set("country", "BF").without_all("actor"), "/incidents?view=map&country=BF"),
            (Query::default(), "/incidents"),
        ] {
            assert_eq!(changed.href("/incidents"), address);
        }
        assert_eq!(query.filter().unwrap().country, ["ML", "NE"]);
        assert_eq!(Query::parse("actor=!Army&disputed=deaths&type=armed+clash").condition(), "actor!=Army disputed=deaths type=\"armed clash\"");
        assert!(Query::parse("colour=red").filter().is_err());
    }
}
