//! OGC API – Features, Part 1: Core (OGC 17-069r4), with GeoJSON, HTML and OpenAPI 3.0: what desktop GIS reads.

use askama::Template;
use ledger::{Brief, Filter, Noun};
use serde_json::{Value, json};
use views::{Listing, RenderOptions};

use super::routes::{Gives, ROUTES};
use super::{Answer, Call, openapi};
use crate::fault::Fault;
use crate::page::Page;

/// Media type of features.
pub(crate) const GEOJSON: &str = "application/geo+json";
/// Media type of the description.
pub(crate) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Features of a page without `limit`.
const PAGE: usize = 1_000;

/// Longitude and latitude in WGS 84 degrees.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

#[derive(Template)]
#[template(path = "ogc.html")]
struct OgcPage {
    page: Page,
    heading: String,
    links: Vec<(String, String)>,
    text: String,
}

impl Call<'_> {
    fn link(&self, path: &str, rel: &str, kind: &str, title: &str) -> Value {
        json!({ "href": format!("{}{path}", self.ask.base), "rel": rel, "type": kind, "title": title })
    }

    /// Links to a path in both of its forms, the one that is shown as `self`.
    fn both(&self, path: &str, kind: &str, title: &str) -> [Value; 2] {
        let (json, html) = if self.html { ("alternate", "self") } else { ("self", "alternate") };
        let mark = if path.contains('?') { '&' } else { '?' };
        [
            self.link(&format!("{path}{mark}f=json"), json, kind, title),
            self.link(&format!("{path}{mark}f=html"), html, "text/html", &format!("{title}, for people")),
        ]
    }

    /// A resource as JSON, or as a page around it.
    fn resource(&self, kind: &'static str, heading: &str, body: String, links: &[Value]) -> Result<Answer, Fault> {
        if !self.html {
            return Ok(Answer::new(kind, body));
        }
        let text = |link: &Value, name: &str| link.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let pretty = |body: String| serde_json::from_str(&body).and_then(|value: Value| serde_json::to_string_pretty(&value)).unwrap_or(body);
        let page = OgcPage {
            page: Page::bare(self.ask, heading),
            heading: heading.to_owned(),
            links: links.iter().map(|link| (text(link, "href"), text(link, "title"))).collect(),
            text: crate::plain::plain(&pretty(body)),
        };
        Ok(Answer::new("text/html; charset=utf-8", page.render().map_err(|_| Fault::bug())?))
    }
}

pub(super) fn landing(call: &Call<'_>) -> Result<Answer, Fault> {
    let [here, other] = call.both("/ogc", super::JSON, "This page");
    let links = [
        here,
        other,
        call.link("/ogc/api", "service-desc", OPENAPI, "The description, as OpenAPI 3.0"),
        call.link("/ogc/api?f=html", "service-doc", "text/html", "The description, for people"),
        call.link("/ogc/conformance", "conformance", super::JSON, "Conformance classes"),
        call.link("/ogc/collections", "data", super::JSON, "Collections"),
    ];
    let about = "Incidents of armed conflict as the claims about them add up: tolls as ranges, with what is disputed";
    let body = json!({ "title": "attest", "description": about, "links": links });
    call.resource(super::JSON, "OGC API – Features", format!("{body}\n"), &links)
}

pub(super) fn api(call: &Call<'_>) -> Result<Answer, Fault> {
    if call.html {
        let routes = ROUTES.iter().filter(|route| matches!(route.gives, Gives::Ogc(..)));
        let about = "What desktop GIS reads. It asks for /ogc and finds the rest by itself.";
        return openapi::shown(call, "OGC API – Features", about, &[("OpenAPI 3.0", "/ogc/api?f=json"), ("The whole API", "/api/v1/")], routes, &[]);
    }
    Ok(Answer { kind: OPENAPI, ..Answer::json(&openapi::of_features()) })
}

pub(super) fn conformance(call: &Call<'_>) -> Result<Answer, Fault> {
    let classes = ["core", "geojson", "html", "oas30"].map(|class| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{class}"));
    let links = call.both("/ogc/conformance", super::JSON, "This page");
    call.resource(super::JSON, "Conformance", format!("{}\n", json!({ "conformsTo": classes })), &links)
}

pub(super) fn collections(call: &Call<'_>) -> Result<Answer, Fault> {
    let links = call.both("/ogc/collections", super::JSON, "Collections");
    let (incidents, mut all) = (described(call)?, links.to_vec());
    all.extend(incidents["links"].as_array().cloned().unwrap_or_default());
    let body = json!({ "links": links, "collections": [incidents] });
    call.resource(super::JSON, "Collections", format!("{body}\n"), &all)
}

pub(super) fn collection(call: &Call<'_>) -> Result<Answer, Fault> {
    let incidents = described(call)?;
    let mut links = call.both("/ogc/collections/incidents", super::JSON, "Incidents").to_vec();
    links.extend(incidents["links"].as_array().cloned().unwrap_or_default());
    let mut body = incidents;
    body["links"] = json!(links);
    call.resource(super::JSON, "Incidents", format!("{body}\n"), &links)
}

/// The one collection.
fn described(call: &Call<'_>) -> Result<Value, Fault> {
    let briefs = call.ledger.briefs(&Filter::default())?;
    let items = "/ogc/collections/incidents/items";
    let links = [
        call.link(items, "items", GEOJSON, "The incidents, as GeoJSON"),
        call.link(&format!("{items}?f=html"), "items", "text/html", "The incidents, for people"),
    ];
    let mut extent = json!({});
    if let Some(bbox) = bbox(briefs.iter().map(AsRef::as_ref)) {
        extent["spatial"] = json!({ "bbox": [bbox], "crs": CRS84 });
    }
    let days = |day: fn(&Brief) -> Option<jiff::civil::Date>| briefs.iter().filter_map(move |brief| day(brief));
    if let (Some(first), Some(last)) = (days(|brief| brief.start).min(), days(|brief| brief.end).max()) {
        extent["temporal"] = json!({ "interval": [[format!("{first}T00:00:00Z"), format!("{last}T23:59:59Z")]] });
    }
    Ok(json!({
        "id": "incidents",
        "title": "Incidents",
        "description": "One point an incident, no finer than its place is known; without a point when it is not known",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": links,
    }))
}

/// A box in whole degrees around all points: finer than none of them.
fn bbox<'a>(briefs: impl Iterator<Item = &'a Brief>) -> Option<[f64; 4]> {
    briefs.filter_map(|brief| brief.point).fold(None, |bbox, (lat, lon)| {
        let [west, south, east, north] = bbox.unwrap_or([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);
        Some([west.min(lon.floor()), south.min(lat.floor()), east.max(lon.ceil()), north.max(lat.ceil())])
    })
}

pub(super) fn items(call: &Call<'_>) -> Result<Answer, Fault> {
    let limit = call.whole("limit", PAGE);
    let (rows, total, next) = call.incidents(limit, |filter| Ok(views::incidents(call.ledger, filter)?))?;
    let returned = rows.len();
    let form = if call.html { "html" } else { "json" };
    let here = |form: &str| call.at("f", form).split_off(call.ask.base.len());
    let mut links = vec![
        call.link(&here("json"), if call.html { "alternate" } else { "self" }, GEOJSON, "These incidents"),
        call.link(&here("html"), if call.html { "self" } else { "alternate" }, "text/html", "These incidents, for people"),
        call.link("/ogc/collections/incidents", "collection", super::JSON, "The collection"),
    ];
    let mut headers = Vec::new();
    if let Some(next) = next {
        let href = call.at("cursor", &next);
        // What a program follows answers it in the same form.
        let href = if call.get("f").is_some() || !call.html { href } else { format!("{href}&f={form}") };
        links.push(json!({ "href": href, "rel": "next", "type": if call.html { "text/html" } else { GEOJSON }, "title": "The next" }));
        headers.push((href, "next"));
    }
    let collection = collected(call, rows)?;
    let collection = collection.trim_end().strip_suffix('}').ok_or_else(Fault::bug)?;
    let body = format!("{collection},\"links\":{},\"numberMatched\":{total},\"numberReturned\":{returned}}}\n", json!(links));
    let mut answer = call.resource(GEOJSON, "Incidents", body, &links)?;
    answer.links = headers;
    Ok(answer)
}

/// A feature collection, as it is exported.
fn collected(call: &Call<'_>, rows: Vec<views::IncidentRow>) -> Result<String, Fault> {
    let options: RenderOptions = call.options(vec![]);
    Ok(views::geojson(&Listing::Incidents(rows), &options)?)
}

pub(super) fn item(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = call.known(Noun::Incident)?;
    let entry = call.ledger.incident_entry(&id, None)?;
    if let Some(moved) = call.moved(&id, &entry.incident.id) {
        return Ok(moved);
    }
    let rows = views::incidents(call.ledger, &Filter { incident: Some(id.clone()), ..Filter::default() })?;
    let collection: Value = serde_json::from_str(&collected(call, rows)?).map_err(|_| Fault::bug())?;
    let mut feature = collection["features"].get(0).cloned().ok_or_else(|| Fault::unknown(call.id))?;
    let mut links = call.both(&format!("/ogc/collections/incidents/items/{id}"), GEOJSON, "This incident").to_vec();
    links.push(call.link("/ogc/collections/incidents", "collection", super::JSON, "The collection"));
    links.push(call.link(&format!("/incidents/{id}"), "about", "text/html", "Its page, with the claims that it stands on"));
    feature["links"] = json!(links);
    call.resource(GEOJSON, &id, format!("{feature}\n"), &links)
}
