//! The description of these doors, from their table: OpenAPI 3.1, and a page.

use askama::Template;
use serde_json::{Map, Value, json};

use super::routes::{Gives, ROUTES, Route};
use super::{Answer, Call, schema};
use crate::fault::Fault;
use crate::page::Page;

/// What every list has in common, in Markdown.
const ABOUT: &str = "Read-only. Filters are those of the web pages and of `attest list --where`, under the same names. Lists come in pages: \
                     `next` in the body is the `cursor` of the next one, `Link` its address. Every answer has a weak `ETag`; with `If-None-Match` \
                     an unchanged one is 304 without a body. Errors are `application/problem+json` (RFC 9457).";

pub(super) fn whole(_: &Call<'_>) -> Result<Answer, Fault> {
    let mut schemas = schema::records();
    schemas.extend(schema::features(false));
    Ok(Answer::json(&described("3.1.0", "attest", ABOUT, ROUTES.iter(), schemas)))
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

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    if route.path.ends_with("{id}") {
        let schema = json!({ "type": "string", "pattern": "^[0-9A-Za-z]{1,40}$" });
        parameters.push(json!({ "name": "id", "in": "path", "required": true, "description": "Id of the record", "schema": schema }));
    }
    parameters.extend(route.params().map(super::param::Param::described));
    let content: Map<String, Value> = route.content().into_iter().map(|(kind, schema)| (kind.to_owned(), json!({ "schema": schema }))).collect();
    let text = json!({ "schema": { "type": "string" } });
    let mut headers = json!({ "ETag": text });
    if matches!(route.gives, Gives::List(..)) {
        headers["Link"] = text.clone();
    }
    let problem = |about: &str| json!({ "description": about, "content": { "application/problem+json": { "schema": schema::of("Problem") } } });
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
    path: &'static str,
    /// Method and path.
    line: String,
    about: &'static str,
    /// An address to try; empty when there is none that always answers.
    example: String,
    /// Names, how they are written, and what they do.
    params: Vec<(&'static str, String)>,
    /// How many, in words.
    count: String,
}

pub(super) fn page(call: &Call<'_>) -> Result<Answer, Fault> {
    shown(call, "API", ABOUT, &[("OpenAPI 3.1", "/api/v1/openapi.json"), ("OGC API – Features", "/ogc?f=html")], ROUTES.iter())
}

/// The page about some routes.
pub(super) fn shown(
    call: &Call<'_>,
    heading: &'static str,
    about: &str,
    links: &[(&'static str, &'static str)],
    routes: impl Iterator<Item = &'static Route>,
) -> Result<Answer, Fault> {
    let example = |route: &Route| match route.path {
        path if path.ends_with("{id}") => String::new(),
        path => match route.params().find(|param| matches!(param.name, "country" | "since" | "what")) {
            Some(param) => format!("{path}?{}={}", param.name, param.shape.example()),
            None => path.to_owned(),
        },
    };
    let routes = routes.map(|route| RouteShown {
        path: route.path,
        line: format!("GET {}", route.path),
        count: call.ask.words.count("parameters", route.params().count() as u64),
        about: route.about,
        example: example(route),
        params: route.params().map(|param| (param.name, param.told())).collect(),
    });
    let page = ApiPage {
        page: Page::bare(call.ask, heading),
        heading,
        about: about.split(". ").map(|sentence| sentence.trim_end_matches('.').to_owned() + ".").collect(),
        links: links.to_vec(),
        routes: routes.collect(),
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
        let whole = described("3.1.0", "", "", ROUTES.iter(), schemas);
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
