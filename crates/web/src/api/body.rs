//! What the body of a request may say: from the same table it is understood and described.

use axum::http::StatusCode;
use record::{Published, ReportKind};
use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::words::stored;

/// One member of an object.
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: &'static str,
    shape: Shape,
    /// Whether it must be there.
    required: bool,
    /// What it says, for people.
    pub(crate) about: &'static str,
}

/// What a member looks like.
enum Shape {
    /// Words, at most so many characters.
    Words(usize),
    /// Ids of records.
    Ids,
    /// Names of actors.
    Names,
    /// Fields of a record by name, null for what is not known.
    Fields,
    /// What sort of outlet.
    Kind,
    /// A day, or a moment.
    Published,
    /// Where something is published.
    Address,
    /// ISO 639-1.
    Language,
}

/// Most characters of a name or a value.
const LONGEST: usize = 200;
/// Most members of a list.
const MOST: usize = 100;

const fn member(name: &'static str, shape: Shape, about: &'static str) -> Member {
    Member { name, shape, required: true, about }
}

const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Member {
    Member { required: false, ..member(name, shape, about) }
}

const WHY: Member = member("why", Shape::Words(2_000), "The reason, which the log keeps");

pub(crate) const REASON: &[Member] = &[WHY];
pub(crate) const SET: &[Member] = &[
    member(
        "fields",
        Shape::Fields,
        "Values by the name of the field, as `attest set` takes them; null for what is not known; `reviewed: yes` agrees",
    ),
    WHY,
];
pub(crate) const MERGE: &[Member] = &[member("with", Shape::Ids, "The incidents that are the same, which lead to this one from now on"), WHY];
pub(crate) const SPLIT: &[Member] = &[member("claims", Shape::Ids, "The claims that leave for an incident of their own"), WHY];
pub(crate) const SAME: &[Member] = &[member("with", Shape::Names, "Names of the same actor"), WHY];
pub(crate) const APART: &[Member] = &[member("from", Shape::Words(LONGEST), "The actor that this name was said to be"), WHY];
pub(crate) const REPORT: &[Member] = &[
    member("text", Shape::Words(1_000_000), "The text; paragraphs are parted by a blank line"),
    optional("title", Shape::Words(LONGEST), "Headline"),
    optional("outlet", Shape::Words(LONGEST), "Who published it"),
    optional("kind", Shape::Kind, "What sort of outlet"),
    optional("published", Shape::Published, "Day or moment of publication, ISO 8601"),
    optional("url", Shape::Address, "Where it is published"),
    optional("language", Shape::Language, "Its language, ISO 639-1; found when it is left out"),
];

/// What the address of a published report looks like, for JSON Schema and for people.
const ADDRESS: &str = "^https?://[!-~]{1,1000}$";

impl Shape {
    fn schema(&self) -> Value {
        let words = |most: usize| json!({ "type": "string", "maxLength": most, "pattern": r"\S" });
        let list = |of: Value| json!({ "type": "array", "items": of, "minItems": 1, "maxItems": MOST });
        match self {
            Shape::Words(most) => words(*most),
            Shape::Ids => list(json!({ "type": "string", "pattern": "^[0-9A-Za-z]{1,40}$" })),
            Shape::Names => list(words(LONGEST)),
            Shape::Fields => json!({
                "type": "object", "minProperties": 1, "maxProperties": MOST,
                "propertyNames": { "pattern": r"^[^=\s][^=]*$", "maxLength": LONGEST },
                "additionalProperties": { "anyOf": [{ "type": "string", "maxLength": 10 * LONGEST }, { "type": "number" }, { "type": "null" }] },
            }),
            Shape::Kind => json!({ "type": "string", "enum": stored(ReportKind::ALL, ReportKind::as_str) }),
            Shape::Published => json!({ "type": "string", "pattern": format!("^{}$", super::param::moment()) }),
            Shape::Address => json!({ "type": "string", "pattern": ADDRESS }),
            Shape::Language => json!({ "type": "string", "pattern": "^[a-z]{2}$" }),
        }
    }

    /// What would fit; none when a value does.
    fn misfit(&self, value: &Value) -> Option<String> {
        let words = |value: &Value, most: usize| value.as_str().is_some_and(|text| !text.trim().is_empty() && text.chars().count() <= most);
        let list = |one: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|all| (1..=MOST).contains(&all.len()) && all.iter().all(one));
        let ascii = |text: &str, most: usize, is: fn(u8) -> bool| (1..=most).contains(&text.len()) && text.bytes().all(is);
        let (fits, hint) = match self {
            Shape::Words(most) => (words(value, *most), format!("words, at most {most} characters")),
            Shape::Ids => {
                let id = |id: &Value| id.as_str().is_some_and(|id| ascii(id, 40, |byte| byte.is_ascii_alphanumeric()));
                (list(&id), format!("a list of 1 to {MOST} ids"))
            }
            Shape::Names => (list(&|name| words(name, LONGEST)), format!("a list of 1 to {MOST} names")),
            Shape::Fields => {
                let name =
                    |name: &str| !name.contains('=') && !name.starts_with(char::is_whitespace) && (1..=LONGEST).contains(&name.chars().count());
                let value_fits = |value: &Value| match value {
                    Value::String(text) => text.chars().count() <= 10 * LONGEST,
                    value => value.is_number() || value.is_null(),
                };
                let fits = value
                    .as_object()
                    .is_some_and(|fields| (1..=MOST).contains(&fields.len()) && fields.iter().all(|(field, value)| name(field) && value_fits(value)));
                (fits, "an object of fields, each a string, a number or null".to_owned())
            }
            Shape::Kind => {
                let kinds = stored(ReportKind::ALL, ReportKind::as_str);
                (value.as_str().is_some_and(|word| kinds.contains(&word)), format!("one of {}", kinds.join(" ")))
            }
            Shape::Published => {
                let known = |text: &str| super::param::is_moment(text) && text.parse::<Published>().is_ok();
                (value.as_str().is_some_and(known), "a day such as 2025-06-03, or a moment such as 2025-06-03T09:40:00Z".to_owned())
            }
            Shape::Address => {
                let rest = |text: &str| ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme).map(str::to_owned));
                let known = |text: &str| rest(text).is_some_and(|rest| ascii(&rest, 1000, |byte| byte.is_ascii_graphic()));
                (value.as_str().is_some_and(known), "an address that begins with http:// or https://".to_owned())
            }
            Shape::Language => {
                (value.as_str().is_some_and(|text| text.len() == 2 && ascii(text, 2, |b| b.is_ascii_lowercase())), "two letters".to_owned())
            }
        };
        (!fits).then_some(hint)
    }

    fn example(&self) -> Value {
        match self {
            Shape::Words(_) => json!("read both reports"),
            Shape::Ids => json!(["Q2M4TZ"]),
            Shape::Names => json!(["FLN"]),
            Shape::Fields => json!({ "place": "Kardala", "deaths": "6-8-21" }),
            Shape::Kind => json!("wire"),
            Shape::Published => json!("2025-06-03"),
            Shape::Address => json!("https://example.org/1"),
            Shape::Language => json!("en"),
        }
    }
}

/// JSON Schema of an object with these members and no others.
pub(crate) fn schema(members: &[Member]) -> Value {
    let required: Vec<&str> = members.iter().filter(|member| member.required).map(|member| member.name).collect();
    let described = |member: &Member| {
        let mut schema = member.shape.schema();
        schema["description"] = json!(member.about);
        (member.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = members.iter().map(described).collect();
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// An object that is understood.
pub(crate) fn example(members: &[Member]) -> Value {
    let text = "Fighters attacked an army post at Kardala on Monday. At least six soldiers were killed, the army said.";
    let value = |member: &Member| if member.name == "text" { json!(text) } else { member.shape.example() };
    Value::Object(members.iter().map(|member| (member.name.to_owned(), value(member))).collect())
}

/// What a request says.
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Words; empty where there are none.
    pub(super) fn words(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// The strings of a list.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let all = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Fields as the command line has them, `name=value`.
    pub(super) fn fields(&self) -> Vec<String> {
        let fields = self.0.get("fields").and_then(Value::as_object).into_iter().flatten();
        let pair = |(name, value): (&String, &Value)| match value {
            Value::String(text) => format!("{name}={text}"),
            Value::Null => format!("{name}="),
            other => format!("{name}={other}"),
        };
        fields.map(pair).collect()
    }
}

/// The body of a request, each member checked.
pub(super) fn understood(members: &[Member], bytes: &[u8]) -> Result<Body, Fault> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| Fault::program(StatusCode::BAD_REQUEST, format!("the body is no JSON: {error}")))?;
    let bad = |detail: String| Fault::program(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let Value::Object(object) = value else { return Err(bad("the body must be an object".to_owned())) };
    let known = || members.iter().map(|member| member.name).collect::<Vec<_>>().join(" ");
    for (name, value) in &object {
        let Some(member) = members.iter().find(|member| member.name == name) else {
            return Err(bad(format!("there is no member {name:?} here; there are {}", known())));
        };
        if let Some(hint) = member.shape.misfit(value) {
            return Err(bad(format!("{name:?} must be {hint}")));
        }
    }
    match members.iter().find(|member| member.required && !object.contains_key(member.name)) {
        Some(missing) => Err(bad(format!("{:?} is missing: {}", missing.name, missing.about))),
        None => Ok(Body(object)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_understood() {
        for members in [REASON, SET, MERGE, SPLIT, SAME, APART, REPORT] {
            assert!(understood(members, example(members).to_string().as_bytes()).is_ok());
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (members, body, says) in [
            (REASON, "{", "no JSON"),
            (REASON, "[]", "an object"),
            (REASON, "{}", "\"why\" is missing"),
            (REASON, r#"{"why":" \n"}"#, "words"),
            (REASON, r#"{"why":7}"#, "words"),
            (REASON, r#"{"why":"x","how":"y"}"#, "there are why"),
            (SET, r#"{"why":"x","fields":{}}"#, "an object of fields"),
            (SET, r#"{"why":"x","fields":{"a=b":"c"}}"#, "an object of fields"),
            (SET, r#"{"why":"x","fields":{"a":["b"]}}"#, "an object of fields"),
            (MERGE, r#"{"why":"x","with":[]}"#, "1 to 100 ids"),
            (MERGE, r#"{"why":"x","with":["A/B"]}"#, "1 to 100 ids"),
            (REPORT, r#"{"text":"x","kind":"gossip"}"#, "one of"),
            (REPORT, r#"{"text":"x","published":"yesterday"}"#, "a day such as"),
            (REPORT, r#"{"text":"x","url":"javascript:alert(1)"}"#, "http"),
            (REPORT, r#"{"text":"x","language":"english"}"#, "two letters"),
        ] {
            let Err(fault) = understood(members, body.as_bytes()) else { panic!("{body} is understood") };
            assert!(format!("{fault:?}").replace("\\\"", "\"").contains(says), "{body}: {fault:?}");
        }
    }

    #[test]
    fn fields_are_as_on_the_command_line() {
        let body = understood(SET, br#"{"why":"x","fields":{"count":12,"lat":1.5,"place":"A=B","side":null}}"#);
        assert_eq!(body.map(|body| body.fields()).ok().unwrap(), ["count=12", "lat=1.5", "place=A=B", "side="]);
    }
}
