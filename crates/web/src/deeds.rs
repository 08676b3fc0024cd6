//! Decisions as lines: what was done, by whom, and what can be done about it.

use ledger::{Event, Registry};
use record::Toll;

use crate::names::{self, registry};
use crate::plain::line;
use crate::query::Query;
use crate::words::Words;

/// A decision as a line: what was done, to which record, and what can be done about it.
pub(crate) struct Deeds {
    pub(crate) event: i64,
    pub(crate) what: String,
    pub(crate) subject: String,
    pub(crate) href: String,
    pub(crate) when: String,
    pub(crate) who: String,
    pub(crate) why: String,
    pub(crate) fields: Vec<String>,
    /// Whether it stands and can be taken back.
    pub(crate) stands: bool,
    /// Whether it takes back another.
    pub(crate) is_undo: bool,
    /// Where one sees what came of taking it back, from the queue.
    pub(crate) undone_at: String,
}

/// A decision for a page.
pub(crate) fn deeds(event: &Event, words: &Words) -> Deeds {
    let said = event.new.as_ref().and_then(|new| new.get("decision")).and_then(|said| said.as_str());
    let subject = event.subject.clone().unwrap_or_default();
    let names = event.new.as_ref().and_then(|new| new.get("names")?.as_array());
    // What is taken back says in its line what it was.
    let deed = event.new.as_ref().and_then(|new| new.get("what")?.as_str()).unwrap_or(&event.what);
    let of = registry(deed).unwrap_or(Registry::Actors);
    let undone_at = if names.is_some() { "/review".to_owned() } else { Query::default().with("at", &subject).href("/review") };
    Deeds {
        event: event.id,
        what: match (event.what.as_str(), said) {
            ("set" | "reject", Some(said)) => words.word("decision", said).to_owned(),
            (what, _) => words.word("event", what).to_owned(),
        },
        href: match names.is_some() {
            _ if subject.is_empty() => String::new(),
            true => names::address(of, &subject),
            false => format!("/id/{subject}"),
        },
        subject: if of == Registry::Places { names::title(of, &subject, words) } else { line(&subject) },
        when: words.moment(event.at),
        who: line(&event.who),
        why: reason(&event.why, words),
        fields: match names {
            Some(names) => names.iter().filter_map(|name| name.as_str()).map(|name| names::title(of, name, words)).collect(),
            None => changed_fields(event, words),
        },
        stands: event.is_decision() && event.undone_by.is_none(),
        is_undo: event.what == "undo",
        undone_at,
    }
}

/// Why, as the log has it, with the words of a closed list in the page's language.
pub(crate) fn reason(why: &str, words: &Words) -> String {
    let (code, more) = why.split_once(": ").unwrap_or((why, ""));
    let known = words.word("reason", code);
    if more.is_empty() { line(known) } else { line(&format!("{known}: {more}")) }
}

/// Which fields an event changed, old and new where they are short.
fn changed_fields(event: &Event, words: &Words) -> Vec<String> {
    let (Some(old), Some(new)) = (event.old.as_ref().and_then(|old| old.as_object()), event.new.as_ref().and_then(|new| new.as_object())) else {
        return vec![];
    };
    let total = |value: &serde_json::Value| {
        let tolls: Vec<Toll> = serde_json::from_value(value.clone()).ok()?;
        views::total(&tolls).map(|toll| words.range([toll.low, toll.best, toll.high]))
    };
    new.iter()
        // What was decided is said already.
        .filter(|(name, _)| *name != "decision")
        .map(|(name, is)| {
            let field = match words.word("incident_field", name) {
                unknown if unknown == name => words.word("field", name),
                known => known,
            };
            let was = old.get(name).unwrap_or(&serde_json::Value::Null);
            let pair = match (was, is) {
                (serde_json::Value::String(was), serde_json::Value::String(is)) => Some((line(was), line(is))),
                (serde_json::Value::Array(was), serde_json::Value::Array(is)) if matches!(name.as_str(), "claims" | "disputes") => {
                    Some((was.len().to_string(), is.len().to_string()))
                }
                (was, is) if matches!(name.as_str(), "deaths" | "injured" | "abducted" | "displaced") => total(was).zip(total(is)),
                _ => None,
            };
            pair.map_or_else(|| field.to_owned(), |(was, is)| format!("{field} {was} → {is}"))
        })
        .collect()
}
