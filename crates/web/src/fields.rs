//! The fields of a record as a form has them, written as the command line takes them.

use record::{Claim, Count, Incident};

use crate::plain::{capital, line};
use crate::query::Query;
use crate::words::{Words, stored};

/// A field that can be given another value.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    /// As it is.
    pub(crate) was: String,
    /// As the form has it.
    pub(crate) value: String,
    /// What it can be; empty for a text.
    pub(crate) choices: Vec<(String, String)>,
    pub(crate) hint: &'static str,
}

/// A count as the command line takes it.
fn count_value(count: &Count) -> String {
    let about = if count.approx { "~" } else { "" };
    match (count.low, count.high) {
        (Some(low), Some(high)) if low == high => format!("{about}{low}"),
        (Some(low), Some(high)) => format!("{about}{low}-{high}"),
        (Some(low), None) => format!("{about}>={low}"),
        (None, Some(high)) => format!("{about}<={high}"),
        (None, None) => String::new(),
    }
}

fn days_value(start: jiff::civil::Date, end: jiff::civil::Date) -> String {
    if start == end { start.to_string() } else { format!("{start}/{end}") }
}

/// The fields of a claim that a page offers, as the command line takes them.
pub(crate) fn claim_values(claim: &Claim) -> Vec<(&'static str, String)> {
    let party = |party: &Option<record::PartyName>| party.as_ref().map_or_else(String::new, |party| party.name.clone());
    let place = claim.place.as_ref();
    let chain = claim.source.iter().map(|source| format!("{}:{}", source.name, source.kind.as_str())).collect::<Vec<_>>().join(" > ");
    vec![
        ("kind", claim.kind.as_str().to_owned()),
        ("count", claim.count.as_ref().map_or_else(String::new, count_value)),
        ("victims", claim.victims.map_or_else(String::new, |victims| victims.as_str().to_owned())),
        ("side", claim.side.clone().unwrap_or_default()),
        ("actor", party(&claim.actor)),
        ("target", party(&claim.target)),
        ("place", place.map_or_else(String::new, |place| place.name.clone())),
        ("country", place.and_then(|place| place.country.clone()).unwrap_or_default()),
        ("date", claim.date.as_ref().map_or_else(String::new, |date| days_value(date.start, date.end))),
        ("source", chain),
        ("stance", claim.stance.as_str().to_owned()),
        ("certainty", claim.certainty.as_str().to_owned()),
        ("polarity", claim.polarity.as_str().to_owned()),
        ("scope", claim.scope.as_str().to_owned()),
        ("weapon", claim.weapon.clone().unwrap_or_default()),
    ]
}

/// The same of an incident.
pub(crate) fn incident_values(incident: &Incident) -> Vec<(&'static str, String)> {
    let place = incident.place.as_ref();
    let deaths = views::total(&incident.deaths).map_or_else(String::new, |toll| format!("{}-{}-{}", toll.low, toll.best, toll.high));
    vec![
        ("type", incident.kind.clone()),
        ("date", incident.date.as_ref().map_or_else(String::new, |date| days_value(date.start, date.end))),
        ("place", place.map_or_else(String::new, |place| place.name.clone())),
        ("country", place.and_then(|place| place.country.clone()).unwrap_or_default()),
        ("deaths", deaths),
        ("status", incident.status.as_str().to_owned()),
    ]
}

fn choices(name: &str, words: &Words) -> Vec<(String, String)> {
    use record::{Certainty, Kind, Polarity, Scope, Stance, Status, Victims};
    let all: Vec<&str> = match name {
        "kind" => stored(Kind::ALL, Kind::as_str),
        "victims" => std::iter::once("").chain(stored(Victims::ALL, Victims::as_str)).collect(),
        "stance" => stored(Stance::ALL, Stance::as_str),
        "certainty" => stored(Certainty::ALL, Certainty::as_str),
        "polarity" => stored(Polarity::ALL, Polarity::as_str),
        "scope" => stored(Scope::ALL, Scope::as_str),
        "status" => stored(Status::ALL, Status::as_str),
        "type" => words.vocabulary("type").collect(),
        _ => vec![],
    };
    all.into_iter().map(|value| (value.to_owned(), if value.is_empty() { "—".to_owned() } else { words.word(name, value).to_owned() })).collect()
}

/// The fields of a record for a form; `given` are values that were sent before. What could mislead is made visible in them as
/// everywhere; a value that nobody changes is not sent on, and stays as it is stored.
pub(crate) fn fields(values: Vec<(&'static str, String)>, vocabulary: &str, given: &Query, words: &Words) -> Vec<Field> {
    let one = |(name, was): (&'static str, String)| {
        let was = line(&was);
        let sent = given.get("do").is_some() && asked_for(given, name);
        Field {
            name,
            label: capital(words.word(vocabulary, name)),
            value: if sent { line(given.get(&format!("f-{name}")).unwrap_or("")) } else { was.clone() },
            choices: choices(name, words),
            hint: match name {
                "count" => "8 · 6-8 · >=6 · <=15 · ~40",
                "deaths" => "6-8-21",
                "date" => "2025-06-02/2025-06-03",
                "country" => "ML",
                "source" => "AFP:media > a doctor:medical",
                _ => "",
            },
            was,
        }
    };
    values.into_iter().map(one).collect()
}

/// Whether a form had this field; an empty value, which is not sent on, counts.
fn asked_for(form: &Query, name: &str) -> bool {
    form.get(&format!("f-{name}")).is_some() || form.get(&format!("was-{name}")).is_some()
}

pub(crate) fn claim_fields(claim: &Claim, given: &Query, words: &Words) -> Vec<Field> {
    fields(claim_values(claim), "field", given, words)
}

/// The fields of a form that differ from what its page had, as the command line takes them.
pub(crate) fn changed(form: &Query) -> Vec<String> {
    let mut names: Vec<&str> = form.0.iter().filter_map(|(name, _)| name.strip_prefix("f-").or(name.strip_prefix("was-"))).collect();
    names.sort_unstable();
    names.dedup();
    let value = |name: String| form.get(&name).unwrap_or("").trim().to_owned();
    let pairs = names.into_iter().map(|name| (name, value(format!("was-{name}")), value(format!("f-{name}"))));
    pairs.filter(|(_, was, is)| was != is).map(|(name, _, is)| format!("{name}={is}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_as_they_are_taken() {
        for (low, high, approx, text) in [
            (Some(8), Some(8), false, "8"),
            (Some(6), Some(8), false, "6-8"),
            (Some(6), None, false, ">=6"),
            (None, Some(15), false, "<=15"),
            (Some(40), Some(40), true, "~40"),
            (None, None, false, ""),
        ] {
            assert_eq!(count_value(&Count::new("", low, high, approx).unwrap()), text);
        }
    }
}
