//! JSON Schemas of what is answered.

use record::{Basis, Certainty, DatePrecision, Kind, Over, PlacePrecision, Polarity, ReportKind, Role, Scope, SourceKind, Stance, Status, Victims};
use serde_json::{Map, Value, json};

use crate::words::stored;

/// An object with these members; a name that ends in `?` may be left out.
fn object(members: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = members.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    let properties: Map<String, Value> = members.iter().map(|(name, schema)| (name.trim_end_matches('?').to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// The schema of a name.
pub(crate) fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn described(mut schema: Value, about: &str) -> Value {
    schema["description"] = json!(about);
    schema
}

fn maybe(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Value {
    json!({ "type": "string", "enum": stored(all, word) })
}

/// The schemas of the records, by name.
pub(crate) fn records() -> Map<String, Value> {
    let (text, whole, number, flag) =
        (json!({ "type": "string" }), json!({ "type": "integer", "minimum": 0 }), json!({ "type": "number" }), json!({ "type": "boolean" }));
    let day = json!({ "type": "string", "format": "date" });
    let moment = json!({ "type": "string", "format": "date-time" });
    let party = object(&[("text", text.clone()), ("name", text.clone())]);
    let (id, texts) = (text.clone(), list(text.clone()));
    let toll = object(&[
        ("side", text.clone()),
        ("low", whole.clone()),
        ("best", whole.clone()),
        ("high", whole.clone()),
        ("because?", list(object(&[("bound", json!({ "enum": ["low", "best", "high"] })), ("claims", texts.clone()), ("rule", text.clone())]))),
    ]);
    let place = object(&[
        ("name", text.clone()),
        ("admin1", maybe(text.clone())),
        ("admin2?", text.clone()),
        ("country", maybe(text.clone())),
        ("lat", maybe(number.clone())),
        ("lon", maybe(number.clone())),
        ("precision", words(PlacePrecision::ALL, PlacePrecision::as_str)),
    ]);
    let incident = object(&[
        ("id", id.clone()),
        ("type", text.clone()),
        ("date", maybe(object(&[("start", day.clone()), ("end", day.clone()), ("precision", words(DatePrecision::ALL, DatePrecision::as_str))]))),
        ("place", maybe(place)),
        ("parties", list(object(&[("name", text.clone()), ("role", words(Role::ALL, Role::as_str)), ("basis", words(Basis::ALL, Basis::as_str))]))),
        ("deaths", list(of("Toll"))),
        ("injured?", list(of("Toll"))),
        ("abducted?", list(of("Toll"))),
        ("displaced?", list(of("Toll"))),
        ("status", words(Status::ALL, Status::as_str)),
        ("disputes", list(object(&[("claims", texts.clone()), ("over", words(Over::ALL, Over::as_str))]))),
        ("claims", texts.clone()),
        ("revision", whole.clone()),
        ("decided_by", maybe(text.clone())),
        ("fields?", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
        ("first_recorded_at", moment.clone()),
        ("recorded_at", moment.clone()),
    ]);
    let claim = object(&[
        ("id", id.clone()),
        ("report", id.clone()),
        ("quote", text.clone()),
        ("in?", json!({ "enum": ["title", "text"] })),
        ("occurrence?", whole.clone()),
        ("start", whole.clone()),
        ("end", whole.clone()),
        ("source", list(object(&[("name", text.clone()), ("kind", words(SourceKind::ALL, SourceKind::as_str))]))),
        ("stance", words(Stance::ALL, Stance::as_str)),
        ("certainty", words(Certainty::ALL, Certainty::as_str)),
        ("polarity", words(Polarity::ALL, Polarity::as_str)),
        ("kind", words(Kind::ALL, Kind::as_str)),
        ("scope", words(Scope::ALL, Scope::as_str)),
        ("incident", maybe(id.clone())),
        ("actor", maybe(party.clone())),
        ("target", maybe(party)),
        (
            "place",
            maybe(object(&[
                ("text", text.clone()),
                ("name", text.clone()),
                ("country", maybe(text.clone())),
                ("gazetteer?", text.clone()),
                ("lat?", number.clone()),
                ("lon?", number.clone()),
            ])),
        ),
        ("date", maybe(object(&[("text", maybe(text.clone())), ("start", day.clone()), ("end", day.clone())]))),
        ("count", maybe(object(&[("text", text.clone()), ("low", maybe(whole.clone())), ("high", maybe(whole.clone())), ("approx?", flag.clone())]))),
        ("victims", maybe(words(Victims::ALL, Victims::as_str))),
        ("side", maybe(text.clone())),
        ("weapon", maybe(text.clone())),
        ("score?", json!({ "type": "number", "minimum": 0, "maximum": 1 })),
        ("reader?", text.clone()),
        ("event?", whole.clone()),
        ("decision?", words(ledger::ClaimState::ALL, ledger::ClaimState::as_str)),
        ("decided_by?", text.clone()),
    ]);
    let fetched = object(&[
        ("asked", text.clone()),
        ("address", text.clone()),
        ("status", whole.clone()),
        ("content_type", maybe(text.clone())),
        ("etag", maybe(text.clone())),
        ("last_modified", maybe(text.clone())),
        ("raw_hash", text.clone()),
        ("fetched_at", moment.clone()),
    ]);
    let report = object(&[
        ("id", id.clone()),
        ("published", maybe(text.clone())),
        ("outlet", text.clone()),
        ("kind", words(ReportKind::ALL, ReportKind::as_str)),
        ("language", text.clone()),
        ("title", text.clone()),
        ("text?", text.clone()),
        ("copy_of", maybe(id.clone())),
        ("n_claims", whole.clone()),
        ("url", maybe(text.clone())),
        ("raw_hash", maybe(text.clone())),
        ("fetched?", fetched),
        ("recorded_at", moment.clone()),
    ]);
    let alias = object(&[("name", text.clone()), ("of", text.clone()), ("event", whole.clone())]);
    let actor = object(&[("name", text.clone()), ("incidents", whole.clone()), ("aliases", list(alias.clone())), ("printed", texts)]);
    let known_place = object(&[
        ("name", text.clone()),
        ("country", maybe(text.clone())),
        ("incidents", whole.clone()),
        ("precision", maybe(words(PlacePrecision::ALL, PlacePrecision::as_str))),
        (
            "point",
            maybe(json!({ "type": "array", "description": "Latitude, longitude", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })),
        ),
        ("aliases", list(alias)),
    ]);
    let source = object(&[
        ("what", json!({ "type": "string", "enum": ["outlet", "speaker"] })),
        ("name", text.clone()),
        ("kind", text.clone()),
        ("reports", whole.clone()),
        ("claims", whole.clone()),
        ("copies?", whole.clone()),
        ("latest?", maybe(day.clone())),
        ("deaths?", whole.clone()),
        ("denials?", whole.clone()),
    ]);
    let change = object(&[
        ("cursor", whole.clone()),
        ("id", id.clone()),
        ("what", json!({ "type": "string", "enum": ["created", "changed", "merged", "withdrawn"] })),
        ("into", maybe(id)),
        ("revision", whole.clone()),
        ("decided_by", maybe(text.clone())),
        ("why", text.clone()),
        ("at", moment.clone()),
    ]);
    let bin = object(&[
        ("start", day.clone()),
        ("end", day),
        ("incidents", whole.clone()),
        ("uncertain", whole.clone()),
        ("low", whole.clone()),
        ("best", whole.clone()),
        ("high", whole.clone()),
    ]);
    let event = object(&[
        ("id", whole.clone()),
        ("at", moment.clone()),
        ("who", text.clone()),
        ("what", text.clone()),
        ("subject", maybe(text.clone())),
        ("why", text.clone()),
        ("old", json!({})),
        ("new", json!({})),
        ("undone_by?", whole.clone()),
    ]);
    let effect = object(&[("id", text.clone()), ("what", text.clone()), ("change", text.clone())]);
    let done = object(&[
        ("event", described(maybe(whole.clone()), "Its number in the log, by which it is taken back; null when nothing was written")),
        ("effects", described(list(effect), "What becomes of each record")),
    ]);
    let begun = object(&[("id", described(text.clone(), "For `/api/v1/jobs/{id}`"))]);
    let ids = || list(text.clone());
    let job = object(&[
        ("id", text.clone()),
        ("name", text.clone()),
        ("state", json!({ "type": "string", "enum": ["running", "done", "failed"] })),
        ("report?", maybe(text.clone())),
        ("status?", json!({ "type": "string", "enum": ["new", "copy", "unchanged"] })),
        ("reports?", whole.clone()),
        ("claims?", whole.clone()),
        ("created?", described(ids(), "Incidents that are new")),
        ("changed?", described(ids(), "Incidents that changed")),
        ("why?", described(text.clone(), "Why it failed")),
    ]);
    let token = object(&[
        ("id", text.clone()),
        ("name", text.clone()),
        ("scope", words(ledger::Scope::ALL, ledger::Scope::as_str)),
        ("expires_at", maybe(moment.clone())),
        ("made_by", text.clone()),
        ("made_at", moment.clone()),
        ("revoked_at", maybe(moment.clone())),
    ]);
    let problem = json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": { "type": text, "title": text, "status": whole, "detail": text },
    });
    let all = [
        ("Incident", incident),
        ("Claim", claim),
        ("Report", report),
        ("Actor", actor),
        ("Place", known_place),
        ("Source", source),
        ("Change", change),
        ("Bin", bin),
        ("Event", event),
        ("Done", done),
        ("Begun", begun),
        ("Job", job),
        ("Token", token),
        ("Toll", toll),
        ("Problem", problem),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// Some columns of a record, under `fields`.
pub(crate) fn columns(columns: &[&str]) -> Value {
    let cells: Map<String, Value> = columns.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({ "type": "object", "description": "With `fields`: these columns", "properties": cells, "additionalProperties": false, "minProperties": 1 })
}

/// A page of a list.
pub(crate) fn page(item: Value, with_last: bool) -> Value {
    let next = json!({ "anyOf": [{ "type": "string" }, { "type": "null" }], "description": "For `cursor`, or `since`; null on the last page" });
    let total = json!({ "type": "integer", "minimum": 0, "description": "How many there are on all pages" });
    let last = json!({ "type": "string", "description": "For `since`, to ask later what came after" });
    let mut members = vec![("items", list(item)), ("next", next), ("total", total)];
    if with_last {
        members.push(("last", last));
    }
    object(&members)
}

/// The schemas of OGC API – Features, in words that OpenAPI 3.0 has too; only there null is said in another way.
pub(crate) fn features(old: bool) -> Map<String, Value> {
    let (text, whole) = (json!({ "type": "string" }), json!({ "type": "integer", "minimum": 0 }));
    let link = json!({
        "type": "object", "required": ["href", "rel", "type"],
        "properties": { "href": text, "rel": text, "type": text, "title": text },
    });
    let mut point = json!({
        "type": "object", "required": ["type", "coordinates"],
        "properties": { "type": { "type": "string", "enum": ["Point"] },
            "coordinates": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 } },
    });
    if old {
        point["nullable"] = json!(true);
    } else {
        point = maybe(point);
    }
    let feature = json!({
        "type": "object", "required": ["type", "id", "geometry", "properties"],
        "properties": { "type": { "type": "string", "enum": ["Feature"] }, "id": text, "geometry": point, "properties": { "type": "object" },
            "links": list(of("Link")) },
    });
    let collection = json!({
        "type": "object", "required": ["id", "links"],
        "properties": { "id": text, "title": text, "description": text, "itemType": text, "crs": list(text.clone()), "extent": { "type": "object" },
            "links": list(of("Link")) },
    });
    let all = [
        ("Link", link),
        (
            "Landing",
            json!({ "type": "object", "required": ["title", "links"], "properties": { "title": text, "description": text, "links": list(of("Link")) } }),
        ),
        ("Conformance", json!({ "type": "object", "required": ["conformsTo"], "properties": { "conformsTo": list(text.clone()) } })),
        (
            "Collections",
            json!({ "type": "object", "required": ["links", "collections"],
                "properties": { "links": list(of("Link")), "collections": list(of("Collection")) } }),
        ),
        ("Collection", collection),
        ("Feature", feature),
        (
            "Features",
            json!({ "type": "object", "required": ["type", "features", "links", "numberMatched", "numberReturned"],
                "properties": { "type": { "type": "string", "enum": ["FeatureCollection"] }, "features": list(of("Feature")),
                    "links": list(of("Link")), "numberMatched": whole, "numberReturned": whole } }),
        ),
        (
            "Problem",
            json!({ "type": "object", "required": ["type", "title", "status", "detail"],
                "properties": { "type": text, "title": text, "status": whole, "detail": text } }),
        ),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
