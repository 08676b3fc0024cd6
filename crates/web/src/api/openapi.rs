//! The description of these doors, from their table: OpenAPI 3.1, and a page.

use askama::Template;
use ledger::Scope;
use serde_json::{Map, Value, json};

use super::routes::{Gives, ROUTES, Route};
use super::writing::{self, DEEDS, Deed};
use super::{Answer, Call, body, schema};
use crate::fault::Fault;
use crate::page::Page;

/// What every list has in common, in Markdown.
const ABOUT: &str = "Filters are those of the web pages and of `attest list --where`, under the same names. Lists come in pages: \
                     `next` in the body is the `cursor` of the next one, `Link` its address. Every answer has an `ETag`; with `If-None-Match` \
                     an unchanged one is 304 without a body. What changes something needs a token, `If-Match` with the `ETag` of the record \
                     as it was seen, and a reason; 412 says that it changed since. With an `Idempotency-Key` a request that is sent again is \
                     answered as before and changes nothing again. Errors are `application/problem+json` (RFC 9457).";

pub(super) fn whole(_: &Call<'_>) -> Result<Answer, Fault> {
    let mut schemas = schema::records();
    schemas.extend(schema::features(false));
    Ok(Answer::json(&with_deeds(described("3.1.0", "attest", ABOUT, ROUTES.iter(), schemas))))
}

/// OGC API – Features alone, in the version of OpenAPI that its clients know.
pub(super) fn of_features() -> Value {
    let about = "OGC API – Features: core, GeoJSON, HTML. The whole interface is described at /api/v1/openapi.json.";
    let routes = ROUTES.iter().filter(|route| matches!(route.gives, Gives::Ogc(..)));
    described("3.0.3", "attest, as OGC API – Features", about, routes, schema::features(true))
}

fn described(version: &str, title: &str, about: &str, routes: impl Iterator<Item = &'static Route>, schemas: Map<String, Value>) -> Value {
    let paths: Map<String, Value> = routes.map(|route| (route.path.to_owned(), json!({ "get": operation(route) }))).collect();
    json!({
        "openapi": version,
        "info": { "title": title, "version": env!("CARGO_PKG_VERSION"), "description": about },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// The same with what changes something, and with what a token is asked for.
fn with_deeds(mut whole: Value) -> Value {
    for route in ROUTES {
        let token = |scope: Scope| json!({ "token": [scope.as_str()] });
        let operation = &mut whole["paths"][route.path]["get"];
        operation["security"] = route.needs.map_or_else(|| json!([{}, token(Scope::Read)]), |scope| json!([token(scope)]));
        operation["responses"]["401"] = problem("The token is unknown, expired or revoked; or none is shown, and one is needed");
    }
    for deed in DEEDS {
        whole["paths"][deed.path]["post"] = doing(deed);
    }
    let scopes = Scope::ALL.iter().map(|scope| format!("`{}`", scope.as_str())).collect::<Vec<_>>().join(", ");
    let about = format!(
        "`attest token add` makes one. Its scope is one of {scopes}; each lets one do what those before it do. On the machine that serves, reading \
         needs none."
    );
    whole["components"]["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer", "description": about } });
    whole
}

/// The parameter that stands in the path.
fn id_of(path: &str) -> Option<Value> {
    let schema = if path.starts_with("/api/v1/actors/") {
        json!({ "type": "string", "minLength": 1, "maxLength": 200 })
    } else {
        json!({ "type": "string", "pattern": "^[0-9A-Za-z]{1,40}$" })
    };
    path.contains("{id}").then(|| json!({ "name": "id", "in": "path", "required": true, "description": "Which record", "schema": schema }))
}

fn problem(about: &str) -> Value {
    json!({ "description": about, "content": { "application/problem+json": { "schema": schema::of("Problem") } } })
}

fn doing(deed: &Deed) -> Value {
    let header = |name: &str, required: bool, pattern: &str, about: &str, example: &str| {
        let schema = json!({ "type": "string", "pattern": pattern });
        json!({ "name": name, "in": "header", "required": required, "description": about, "schema": schema, "example": example })
    };
    let mut parameters: Vec<Value> = id_of(deed.path).into_iter().collect();
    if deed.is_decision() {
        let about = "The `ETag` of the record as it was seen; `*` for however it is";
        parameters.push(header("If-Match", true, writing::TAGS, about, "\"7K3QFM2P9A\""));
    }
    let about = "Of your own making: the same request again, under the same key, is answered as before and changes nothing again";
    parameters.push(header("Idempotency-Key", false, writing::KEY, about, "2025-06-12/17"));
    parameters.extend(deed.params().map(super::param::Param::described));
    let mut content = json!({ "application/json": { "schema": body::schema(deed.body), "example": body::example(deed.body) } });
    let mut responses = json!({
        "400": problem("The body is no JSON, or a header or parameter makes no sense"),
        "401": problem("The token is missing, unknown, expired or revoked"),
        "403": problem("The scope of the token does not reach so far, or nothing can be changed here"),
        "413": problem("The body is too large"),
        "415": problem("The body is of a type that is not read"),
        "422": problem("The body cannot be taken as it is; it says why. Or the `Idempotency-Key` was sent with another request"),
        "503": problem("Somebody else is writing"),
    });
    let text = json!({ "schema": { "type": "string" } });
    let replayed = json!({ "description": "`true` where it was answered before", "schema": { "type": "string", "enum": ["true"] } });
    let json = |name: &str| json!({ "application/json": { "schema": schema::of(name) } });
    if deed.is_decision() {
        responses["200"] = json!({ "description": "Done; or nothing changes, and the event is null", "headers": { "Idempotent-Replayed": replayed },
            "content": json("Done") });
        responses["404"] = problem("No such record");
        responses["409"] = problem("It cannot be done any more: the record was merged into another, or somebody decided about it since");
        responses["410"] = problem("The record was withdrawn; it says why");
        responses["412"] = problem("The record changed since it was seen");
        responses["428"] = problem("`If-Match` is missing");
    } else {
        let text_alone = json!({ "type": "string", "pattern": r"\S", "maxLength": 1_000_000 });
        content["text/plain"] = json!({ "schema": text_alone, "example": body::example(deed.body)["text"] });
        responses["202"] = json!({ "description": "Taken; `Location` says where to ask what became of it",
            "headers": { "Location": text, "Idempotent-Replayed": replayed }, "content": json("Begun") });
        responses["429"] = problem("Too many reports wait to be read");
    }
    json!({
        "operationId": deed.name, "summary": deed.about, "parameters": parameters, "requestBody": { "required": true, "content": content },
        "responses": responses, "security": [{ "token": [deed.needs.as_str()] }],
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = id_of(route.path).into_iter().collect();
    parameters.extend(route.params().map(super::param::Param::described));
    let content: Map<String, Value> = route.content().into_iter().map(|(kind, schema)| (kind.to_owned(), json!({ "schema": schema }))).collect();
    let text = json!({ "schema": { "type": "string" } });
    let mut headers = json!({ "ETag": text });
    if matches!(route.gives, Gives::List(..)) {
        headers["Link"] = text.clone();
    }
    let mut responses = json!({
        "200": { "description": "Found", "headers": headers, "content": content },
        "304": { "description": "Not changed since" },
        "400": problem("A parameter that does not exist here, or a value that makes no sense; it says what would"),
        "403": problem("Asked under another host's name"),
        "503": problem("Somebody else is writing"),
    });
    if route.path.ends_with("{id}") {
        responses["404"] = problem("No such record");
    }
    if route.path.ends_with("incidents/{id}") || route.path.ends_with("items/{id}") {
        responses["410"] = problem("It was withdrawn; it says why");
        responses["307"] = json!({ "description": "It was merged into another", "headers": { "Location": text } });
    }
    json!({ "operationId": route.name, "summary": route.about, "parameters": parameters, "responses": responses })
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    page: Page,
    heading: &'static str,
    about: Vec<String>,
    links: Vec<(&'static str, &'static str)>,
    routes: Vec<RouteShown>,
}

struct RouteShown {
    /// Method and path.
    line: String,
    about: String,
    /// An address to try; empty when there is none that always answers.
    example: String,
    /// Names, how they are written, and what they do.
    params: Vec<(&'static str, String)>,
    /// How many, in words.
    count: String,
}

pub(super) fn page(call: &Call<'_>) -> Result<Answer, Fault> {
    shown(call, "API", ABOUT, &[("OpenAPI 3.1", "/api/v1/openapi.json"), ("OGC API – Features", "/ogc?f=html")], ROUTES.iter(), DEEDS)
}

/// The page about some routes.
pub(super) fn shown(
    call: &Call<'_>,
    heading: &'static str,
    about: &str,
    links: &[(&'static str, &'static str)],
    routes: impl Iterator<Item = &'static Route>,
    deeds: &'static [Deed],
) -> Result<Answer, Fault> {
    let example = |route: &Route| match route.path {
        _ if route.needs.is_some() => String::new(),
        path if path.ends_with("{id}") => String::new(),
        path => match route.params().find(|param| matches!(param.name, "country" | "since" | "what")) {
            Some(param) => format!("{path}?{}={}", param.name, param.shape.example()),
            None => path.to_owned(),
        },
    };
    let routes = routes.map(|route| RouteShown {
        line: format!("GET {}", route.path),
        count: call.ask.words.count("parameters", route.params().count() as u64),
        about: route.needs.map_or_else(|| route.about.to_owned(), |scope| format!("{}. Scope: {}", route.about, scope.as_str())),
        example: example(route),
        params: route.params().map(|param| (param.name, param.told())).collect(),
    });
    let deeds = deeds.iter().map(|deed| {
        let body = deed.body.iter().map(|member| (member.name, member.about.to_owned()));
        let params: Vec<(&'static str, String)> = body.chain(deed.params().map(|param| (param.name, param.told()))).collect();
        RouteShown {
            line: format!("POST {}", deed.path),
            count: call.ask.words.count("parameters", params.len() as u64),
            about: format!("{}. Scope: {}", deed.about, deed.needs.as_str()),
            example: String::new(),
            params,
        }
    });
    let page = ApiPage {
        page: Page::bare(call.ask, heading),
        heading,
        about: about.split(". ").map(|sentence| sentence.trim_end_matches('.').to_owned() + ".").collect(),
        links: links.to_vec(),
        routes: routes.chain(deeds).collect(),
    };
    Ok(Answer::new("text/html; charset=utf-8", page.render().map_err(|_| Fault::bug())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value in a document.
    fn walk<'a>(value: &'a Value, see: &mut dyn FnMut(&'a Value)) {
        see(value);
        match value {
            Value::Array(list) => list.iter().for_each(|value| walk(value, see)),
            Value::Object(members) => members.values().for_each(|value| walk(value, see)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let mut schemas = schema::records();
        schemas.extend(schema::features(false));
        let whole = with_deeds(described("3.1.0", "", "", ROUTES.iter(), schemas));
        for document in [whole, of_features()] {
            let mut found = 0;
            walk(&document, &mut |value| {
                if let Some(to) = value.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to}");
                    found += 1;
                }
            });
            assert!(found > 10);
        }
    }

    #[test]
    fn the_description_for_old_clients_uses_old_words() {
        let document = of_features();
        walk(&document, &mut |value| {
            for new in ["const", "examples", "$defs", "prefixItems"] {
                assert!(value.get(new).is_none(), "{value}");
            }
            assert!(!value.get("type").is_some_and(|of| of.is_array() || of == "null"), "{value}");
        });
        assert!(document["paths"].as_object().is_some_and(|paths| paths.keys().all(|path| path.starts_with("/ogc"))));
    }
}
