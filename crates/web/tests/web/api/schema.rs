//! Whether an answer is what the description says.

use serde_json::{Value, json};

/// What does not fit a schema; of JSON Schema what the description uses.
pub(crate) fn misfit(value: &Value, schema: &Value, all: &Value) -> Option<String> {
    let of = |name: &str| schema.get(name);
    if let Some(to) = of("$ref").and_then(Value::as_str) {
        return misfit(value, all.pointer(to.trim_start_matches('#')).unwrap(), all);
    }
    if let Some(any) = of("anyOf").and_then(Value::as_array) {
        let misfits: Vec<String> = any.iter().filter_map(|one| misfit(value, one, all)).collect();
        return (misfits.len() == any.len()).then(|| misfits.join(" and "));
    }
    let fits = match of("type").and_then(Value::as_str) {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("{other}"),
    };
    if !fits || of("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
        return Some(format!("{value} is not {schema}"));
    }
    if let (Some(items), Some(item)) = (value.as_array(), of("items")) {
        return items.iter().find_map(|value| misfit(value, item, all));
    }
    let members = value.as_object()?;
    let required = of("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let missing = required.map(str::to_owned).find(|name| !members.contains_key(name)).map(|name| format!("{name} is missing in {value}"));
    missing.or_else(|| {
        members.iter().find_map(|(name, value)| match of("properties").and_then(|properties| properties.get(name)) {
            Some(schema) => misfit(value, schema, all).map(|misfit| format!("{name}: {misfit}")),
            None => (of("additionalProperties") == Some(&json!(false))).then(|| format!("{name} is not told of")),
        })
    })
}
