//! What changed, in few words: `deaths 0–0–6 → 6–8–21, claims 4 → 8`.

use ledger::{Change, Decision, Event, Ledger, Verdict, What};
use record::{Id, Incident};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Result;
use crate::paint::clean;

/// What a decision makes of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The record.
    pub id: Id,
    /// `changed`, `created`, `merged into …`, `withdrawn`, `accepted`, `corrected`, `rejected` or `undone`.
    pub what: String,
    /// The fields that differ, in words.
    pub change: String,
}

/// What a decision makes of each record, before it is taken.
///
/// # Errors
/// Those of the ledger.
pub fn effects(ledger: &Ledger, decision: &Decision) -> Result<Vec<Effect>> {
    let standing = |id: &str| match ledger.incident(id) {
        Ok(incident) if incident.id == id => Ok(Some(incident)),
        Ok(_) | Err(ledger::Error::Unknown { .. } | ledger::Error::Withdrawn { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    let effect = |verdict: &Verdict| {
        Ok(match verdict {
            Verdict::Incident { incident, .. } => {
                let old = standing(&incident.id)?;
                let what = if old.is_some() { What::Changed } else { What::Created };
                let change = Change { id: incident.id.clone(), what, into: None, old, new: vec![incident.clone()] };
                Effect { id: incident.id.clone(), what: what.as_str().to_owned(), change: change_words(&change) }
            }
            Verdict::Merged { id, into } => Effect { id: id.clone(), what: format!("merged into {into}"), change: gone(standing(id)?) },
            Verdict::Withdrawn { id, .. } => Effect { id: id.clone(), what: "withdrawn".to_owned(), change: gone(standing(id)?) },
            Verdict::Claim { claim, state } => {
                let old = serde_json::to_value(ledger.claim(&claim.id)?).unwrap_or_default();
                let change = differences(&old, &serde_json::to_value(claim).unwrap_or_default());
                Effect { id: claim.id.clone(), what: state.as_str().to_owned(), change }
            }
        })
    };
    decision.verdicts.iter().map(effect).collect()
}

/// What taking a decision back makes of its record.
pub fn undone(decision: &Event) -> Effect {
    let change = format!("{} of event {}: {}", decision.what, decision.id, words(decision.old.as_ref(), decision.new.as_ref()));
    Effect { id: decision.subject.clone().unwrap_or_default(), what: "undone".to_owned(), change }
}

fn gone(incident: Option<Incident>) -> String {
    incident.map_or_else(String::new, |incident| brief(&serde_json::to_value(incident).unwrap_or_default()))
}

/// The fields in which two records differ, in words.
fn differences(old: &Value, new: &Value) -> String {
    let differs = |of: &Value, other: &Value| -> Value {
        let fields = of.as_object().into_iter().flatten();
        Value::Object(fields.filter(|(field, value)| other.get(*field) != Some(*value)).map(|(f, v)| (f.clone(), v.clone())).collect())
    };
    let (was, is) = (differs(old, new), differs(new, old));
    // JSON leaves out some fields that are empty.
    let with = |these: &Value, those: &Value| {
        let fields = those.as_object().into_iter().flatten().map(|(field, _)| (field.clone(), Value::Array(vec![])));
        Value::Object(fields.chain(these.as_object().cloned().into_iter().flatten()).collect::<Map<_, _>>())
    };
    words(Some(&with(&was, &is)), Some(&with(&is, &was)))
}

/// The fields that differ, as they were and as they are; only as they are where nothing was there before.
pub(crate) fn words(old: Option<&Value>, new: Option<&Value>) -> String {
    let empty = Map::new();
    let old = old.and_then(Value::as_object).unwrap_or(&empty);
    match new {
        Some(Value::Array(incidents)) if incidents.is_empty() => "no incident".to_owned(),
        Some(Value::Array(incidents)) => incidents.iter().map(brief).collect::<Vec<_>>().join("; "),
        Some(Value::Object(new)) => {
            let changed = |(field, is): (&String, &Value)| {
                let (name, is) = (field.replace('_', " "), said(field, is));
                match old.get(field).map(|was| said(field, was)) {
                    // What differs is too small for a word: the receipt of a figure, the precision of a date.
                    Some(was) if was == is => name,
                    Some(was) => format!("{name} {was} → {is}"),
                    None => format!("{name} {is}"),
                }
            };
            new.iter().map(changed).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

/// What a reconciliation makes of one incident.
pub(crate) fn change_words(change: &Change) -> String {
    let json = |incident: &Incident| serde_json::to_value(incident).unwrap_or_default();
    match (change.what, &change.old, change.new.as_slice()) {
        (What::Changed, Some(old), [new]) => differences(&json(old), &json(new)),
        (What::Proposed | What::Agreed, _, new) => words(None, Some(&Value::Array(new.iter().map(json).collect()))),
        (_, Some(incident), []) | (_, _, [incident, ..]) => brief(&json(incident)),
        _ => String::new(),
    }
}

/// An incident in a line: `7K3QFM armed clash, Kardala, 2025-06-02/2025-06-03, deaths 6–8–21, 8 claims`.
fn brief(incident: &Value) -> String {
    let field = |name: &str| said(name, incident.get(name).unwrap_or(&Value::Null));
    let claims = incident.get("claims").and_then(Value::as_array).map_or(0, Vec::len);
    let some = |name: &str| incident.get(name).is_some_and(|value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    let mut parts = vec![format!("{} {}", field("id"), field("type"))];
    parts.extend(["place", "date"].into_iter().filter(|name| some(name)).map(field));
    parts.extend(some("deaths").then(|| format!("deaths {}", field("deaths"))));
    parts.push(format!("{claims} {}", if claims == 1 { "claim" } else { "claims" }));
    parts.join(", ")
}

/// One value of one field.
fn said(field: &str, value: &Value) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(clean);
    match value {
        Value::Null => "unknown".to_owned(),
        Value::String(text) => clean(text),
        Value::Array(list) if matches!(field, "claims" | "disputes") => list.len().to_string(),
        Value::Array(list) => match toll(list) {
            Some(toll) => toll,
            None if list.is_empty() => "none".to_owned(),
            None => list.iter().map(|item| text(item, "name").unwrap_or_else(|| said("", item))).collect::<Vec<_>>().join(" › "),
        },
        Value::Object(_) => match (text(value, "start"), text(value, "end")) {
            (Some(start), Some(end)) if start == end => start,
            (Some(start), Some(end)) => format!("{start}/{end}"),
            _ if field == "count" => match serde_json::from_value(value.clone()) {
                Ok(count) => crate::show::count_words(&count),
                Err(_) => text(value, "text").unwrap_or_default(),
            },
            _ => text(value, "name").unwrap_or_else(|| value.to_string()),
        },
        other => other.to_string(),
    }
}

/// The total of a toll, or its sides when there is none.
fn toll(list: &[Value]) -> Option<String> {
    let range = |toll: &Value| {
        let n = |name: &str| toll.get(name).and_then(Value::as_u64);
        Some(format!("{}–{}–{}", n("low")?, n("best")?, n("high")?))
    };
    let total = list.iter().find(|toll| toll.get("side").and_then(Value::as_str) == Some("total"));
    match (total, list) {
        (Some(total), _) => range(total),
        (None, []) => None,
        (None, [only]) => range(only),
        (None, sides) => {
            let side = |toll: &Value| Some(format!("{} {}", clean(toll.get("side")?.as_str()?), range(toll)?));
            sides.iter().map(side).collect::<Option<Vec<_>>>().map(|sides| sides.join(" and "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_said_in_their_own_way() {
        let toll =
            |low, best, high| json!([{"side": "Army", "low": 0, "best": 0, "high": 1}, {"side": "total", "low": low, "best": best, "high": high}]);
        for (old, new, expected) in [
            (json!({"deaths": toll(0, 0, 6)}), json!({"deaths": toll(6, 8, 21)}), "deaths 0–0–6 → 6–8–21"),
            (json!({"claims": ["a"]}), json!({"claims": ["a", "b"], "merged": ["B", "C"]}), "claims 1 → 2, merged B › C"),
            (json!({"place": {"name": "Gao"}}), json!({"place": null}), "place Gao → unknown"),
            (
                json!({"date": {"start": "2025-06-02", "end": "2025-06-02", "precision": "day"}}),
                json!({"date": {"start": "2025-06-02", "end": "2025-06-03", "precision": "day"}}),
                "date 2025-06-02 → 2025-06-02/2025-06-03",
            ),
            (json!({"source": []}), json!({"source": [{"name": "a doctor", "kind": "medical"}]}), "source none → a doctor"),
            (
                json!({"count": {"text": "some 40", "low": 40, "high": 40, "approx": true}}),
                json!({"count": {"text": "≥6", "low": 6, "high": null}}),
                "count ~40 → ≥ 6",
            ),
            (json!({"injured": []}), json!({"injured": [{"side": "civilians", "low": 1, "best": 2, "high": 2}]}), "injured none → 1–2–2"),
            (json!(null), json!([]), "no incident"),
        ] {
            assert_eq!(words(Some(&old), Some(&new)), expected);
        }
    }
}
