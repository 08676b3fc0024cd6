//! The table of addresses.

use ledger::Scope;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::param::{self, Param};
use super::{Answer, Call, features, feed, lists, openapi, schema};
use crate::fault::Fault;

/// One address, or one for each record: what may be asked of it, and what answers.
pub(crate) struct Route {
    /// As an OpenAPI path; `{id}` is one part.
    pub(crate) path: &'static str,
    /// Its name in the description.
    pub(crate) name: &'static str,
    /// What it gives, in a line.
    pub(crate) about: &'static str,
    /// Of what records the filters have a meaning here ([`param::INCIDENTS`] and its like); 0 for none.
    pub(crate) filters: u8,
    /// What else may be asked.
    pub(crate) own: &'static [Param],
    /// What the token must let one do that it cannot be asked without; none where it can.
    pub(crate) needs: Option<Scope>,
    /// What it gives.
    pub(crate) gives: Gives,
    /// What answers.
    pub(crate) answer: fn(&Call<'_>) -> Result<Answer, Fault>,
}

/// What an address gives.
pub(crate) enum Gives {
    /// A page of a list of these, or of these columns if there are any.
    List(&'static str, &'static [&'static str]),
    /// One record.
    One(&'static str),
    /// A page for people.
    Html,
    /// Some other media type.
    Other(&'static str),
    /// A part of OGC API – Features, as JSON of this media type or for people.
    Ogc(&'static str, &'static str),
}

/// All of them. What has a fixed part comes before what has any.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/v1/incidents",
        name: "incidents",
        about: "Incidents in force, with their tolls, disputes and the claims that they stand on",
        filters: param::INCIDENTS,
        own: &[
            param::sort(&["date", "-date", "deaths", "-deaths", "place", "-place", "type", "-type", "recorded", "-recorded"]),
            param::fields(views::INCIDENT_COLUMNS),
            param::LIMIT,
            param::CURSOR,
        ],
        needs: None,
        gives: Gives::List("Incident", views::INCIDENT_COLUMNS),
        answer: lists::incidents,
    },
    Route {
        path: "/api/v1/incidents/{id}",
        name: "incident",
        about: "One incident. That of a merged one leads to its survivor (307); one that was withdrawn is gone (410), with the reason",
        filters: param::MOMENT,
        own: &[],
        needs: None,
        gives: Gives::One("Incident"),
        answer: lists::incident,
    },
    Route {
        path: "/api/v1/claims",
        name: "claims",
        about: "Claims in force: what was said, by whom, in which words",
        filters: param::CLAIMS,
        own: &[
            param::sort(&["date", "-date", "deaths", "-deaths", "place", "-place", "kind", "-kind", "recorded", "-recorded", "outlet", "-outlet"]),
            param::fields(views::CLAIM_COLUMNS),
            param::LIMIT,
            param::CURSOR,
        ],
        needs: None,
        gives: Gives::List("Claim", views::CLAIM_COLUMNS),
        answer: lists::claims,
    },
    Route {
        path: "/api/v1/claims/{id}",
        name: "claim",
        about: "One claim",
        filters: param::MOMENT,
        own: &[],
        needs: None,
        gives: Gives::One("Claim"),
        answer: lists::claim,
    },
    Route {
        path: "/api/v1/reports",
        name: "reports",
        about: "Reports, without their texts",
        filters: param::REPORTS,
        own: &[
            param::sort(&["date", "-date", "kind", "-kind", "recorded", "-recorded", "outlet", "-outlet"]),
            param::fields(views::REPORT_COLUMNS),
            param::LIMIT,
            param::CURSOR,
        ],
        needs: None,
        gives: Gives::List("Report", views::REPORT_COLUMNS),
        answer: lists::reports,
    },
    Route {
        path: "/api/v1/reports/{id}",
        name: "report",
        about: "One report, with its text",
        filters: param::MOMENT,
        own: &[],
        needs: None,
        gives: Gives::One("Report"),
        answer: lists::report,
    },
    Route {
        path: "/api/v1/actors",
        name: "actors",
        about: "Parties to the incidents of a filter, most incidents first, with the names that they are printed by",
        filters: param::INCIDENTS,
        own: &[param::fields(lists::ACTOR), param::LIMIT, param::CURSOR],
        needs: None,
        gives: Gives::List("Actor", lists::ACTOR),
        answer: lists::actors,
    },
    Route {
        path: "/api/v1/actors/{id}",
        name: "actor",
        about: "One actor, by any of its names",
        filters: 0,
        own: &[],
        needs: None,
        gives: Gives::One("Actor"),
        answer: lists::actor,
    },
    Route {
        path: "/api/v1/places",
        name: "places",
        about: "Places of the incidents of a filter, most incidents first",
        filters: param::INCIDENTS,
        own: &[param::fields(lists::PLACE), param::LIMIT, param::CURSOR],
        needs: None,
        gives: Gives::List("Place", lists::PLACE),
        answer: lists::places,
    },
    Route {
        path: "/api/v1/sources",
        name: "sources",
        about: "Outlets and speakers, those with most reports and claims first",
        filters: 0,
        own: &[param::WHAT, param::fields(lists::SOURCE), param::LIMIT, param::CURSOR],
        needs: None,
        gives: Gives::List("Source", lists::SOURCE),
        answer: lists::sources,
    },
    Route {
        path: "/api/v1/changes",
        name: "changes",
        about: "What became of incidents, in the order in which it was written: created, changed, merged, withdrawn. A copy elsewhere \
                that asks on with `last` stays right",
        filters: param::MOMENT,
        own: &[param::SINCE, param::fields(lists::CHANGE), param::LIMIT],
        needs: None,
        gives: Gives::List("Change", lists::CHANGE),
        answer: lists::changes,
    },
    Route {
        path: "/api/v1/series",
        name: "series",
        about: "The incidents of a filter along time: how many began in each bin, and the sums of their lowest, best and highest figures of \
                the dead. Sums of bounds are outer limits, not confidence intervals",
        filters: param::INCIDENTS,
        own: &[param::STEP, param::fields(lists::BIN), param::LIMIT, param::CURSOR],
        needs: None,
        gives: Gives::List("Bin", lists::BIN),
        answer: lists::series,
    },
    Route {
        path: "/api/v1/events",
        name: "events",
        about: "The log: who did what to which record, when and why, from the first on",
        filters: param::MOMENT,
        own: &[param::LIMIT, param::CURSOR],
        needs: None,
        gives: Gives::List("Event", &[]),
        answer: lists::events,
    },
    Route {
        path: "/api/v1/events/{id}",
        name: "event",
        about: "One line of the log, by its number",
        filters: 0,
        own: &[],
        needs: None,
        gives: Gives::One("Event"),
        answer: lists::event,
    },
    Route {
        path: "/api/v1/jobs/{id}",
        name: "job",
        about: "What became of a report that was sent with this token",
        filters: 0,
        own: &[],
        needs: Some(Scope::Propose),
        gives: Gives::One("Job"),
        answer: lists::job,
    },
    Route {
        path: "/api/v1/tokens",
        name: "tokens",
        about: "Who may ask for what: all tokens, those that let nothing any more included. Their secrets are kept nowhere",
        filters: 0,
        own: &[param::LIMIT, param::CURSOR],
        needs: Some(Scope::Admin),
        gives: Gives::List("Token", &[]),
        answer: lists::tokens,
    },
    Route {
        path: "/api/v1/tokens/{id}",
        name: "token",
        about: "One token",
        filters: 0,
        own: &[],
        needs: Some(Scope::Admin),
        gives: Gives::One("Token"),
        answer: lists::token,
    },
    Route {
        path: "/api/v1/openapi.json",
        name: "openapi",
        about: "This description, as OpenAPI 3.1",
        filters: 0,
        own: &[],
        needs: None,
        gives: Gives::Other("application/json"),
        answer: openapi::whole,
    },
    Route {
        path: "/api/v1",
        name: "help",
        about: "This description, for people",
        filters: 0,
        own: &[],
        needs: None,
        gives: Gives::Html,
        answer: openapi::page,
    },
    Route {
        path: "/incidents.atom",
        name: "atom",
        about: "The incidents of a filter as an Atom feed, what changed last first",
        filters: param::INCIDENTS,
        own: &[param::LIMIT_ENTRIES],
        needs: None,
        gives: Gives::Other("application/atom+xml"),
        answer: feed::atom,
    },
    Route {
        path: "/incidents.feed.json",
        name: "jsonFeed",
        about: "The same as a JSON Feed",
        filters: param::INCIDENTS,
        own: &[param::LIMIT_ENTRIES],
        needs: None,
        gives: Gives::Other("application/feed+json"),
        answer: feed::json,
    },
    Route {
        path: "/ogc",
        name: "landing",
        about: "OGC API – Features: the landing page",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc("application/json", "Landing"),
        answer: features::landing,
    },
    Route {
        path: "/ogc/api",
        name: "api",
        about: "OGC API – Features: its description, as OpenAPI 3.0",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc(features::OPENAPI, ""),
        answer: features::api,
    },
    Route {
        path: "/ogc/conformance",
        name: "conformance",
        about: "OGC API – Features: the classes that it conforms to",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc("application/json", "Conformance"),
        answer: features::conformance,
    },
    Route {
        path: "/ogc/collections",
        name: "collections",
        about: "OGC API – Features: its collections, of which there is one",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc("application/json", "Collections"),
        answer: features::collections,
    },
    Route {
        path: "/ogc/collections/incidents",
        name: "collection",
        about: "OGC API – Features: the incidents",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc("application/json", "Collection"),
        answer: features::collection,
    },
    Route {
        path: "/ogc/collections/incidents/items",
        name: "items",
        about: "OGC API – Features: incidents as GeoJSON, no finer than each place is known",
        filters: param::FEATURES,
        own: &[param::DATETIME, param::LIMIT_FEATURES, param::CURSOR, param::FORM],
        needs: None,
        gives: Gives::Ogc(features::GEOJSON, "Features"),
        answer: features::items,
    },
    Route {
        path: "/ogc/collections/incidents/items/{id}",
        name: "item",
        about: "OGC API – Features: one incident as GeoJSON",
        filters: 0,
        own: &[param::FORM],
        needs: None,
        gives: Gives::Ogc(features::GEOJSON, "Feature"),
        answer: features::item,
    },
];

impl Route {
    /// All parameters.
    pub(crate) fn params(&self) -> impl Iterator<Item = &'static Param> {
        let (filters, own) = (self.filters, self.own);
        param::FILTERS.iter().filter(move |param| param.of & filters != 0).chain(own)
    }

    /// Whether there is a form for people, alone or beside the one for programs.
    pub(crate) fn may_be_html(&self) -> bool {
        matches!(self.gives, Gives::Html | Gives::Ogc(..))
    }

    /// Whether it gives one record, which has a tag of its own: as long as that is the same, so is the record.
    pub(crate) fn is_record(&self) -> bool {
        matches!(self.gives, Gives::One(_))
    }

    /// Media types and schemas of what is answered.
    pub(crate) fn content(&self) -> Vec<(&'static str, Value)> {
        match self.gives {
            Gives::List(name, columns) => {
                let whole = schema::of(name);
                let item = if columns.is_empty() { whole } else { serde_json::json!({ "anyOf": [whole, schema::columns(columns)] }) };
                vec![(super::JSON, schema::page(item, self.name == "changes"))]
            }
            Gives::One(name) => vec![(super::JSON, schema::of(name))],
            Gives::Html => vec![("text/html", serde_json::json!({ "type": "string" }))],
            Gives::Other(kind) => vec![(kind, serde_json::json!({}))],
            Gives::Ogc(kind, "") => vec![(kind, serde_json::json!({ "type": "object" })), ("text/html", serde_json::json!({ "type": "string" }))],
            Gives::Ogc(kind, name) => vec![(kind, schema::of(name)), ("text/html", serde_json::json!({ "type": "string" }))],
        }
    }
}

/// The route of a path, and what stands there for `{id}`.
pub(crate) fn find(path: &str) -> Option<(&'static Route, String)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    ROUTES.iter().find_map(|route| match route.path.strip_suffix("{id}") {
        None => (route.path == path).then(|| (route, String::new())),
        Some(folder) => path.strip_prefix(folder).and_then(one_part).map(|id| (route, id)),
    })
}

/// What stands in one part of a path, decoded; none for nothing, or for more.
pub(super) fn one_part(part: &str) -> Option<String> {
    (!part.is_empty() && !part.contains('/')).then(|| percent_decode_str(part).decode_utf8_lossy().into_owned())
}

/// The route of a name.
pub(super) fn named(name: &str) -> &'static Route {
    ROUTES.iter().find(|route| route.name == name).expect("a name of the table")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_order() {
        let names: BTreeSet<&str> = ROUTES.iter().map(|route| route.name).collect();
        assert_eq!(names.len(), ROUTES.len(), "names are told apart");
        for route in ROUTES {
            let params: Vec<&str> = route.params().map(|param| param.name).collect();
            assert_eq!(BTreeSet::from_iter(&params).len(), params.len(), "{}", route.path);
            let path = route.path.replace("{id}", "7K3QFM");
            assert_eq!(find(&path).map(|(found, _)| found.path), Some(route.path));
            assert!(super::super::serves(&path), "{path}");
        }
        for path in ["/api", "/api/v1/incidents/", "/api/v2/incidents", "/api/v1/incidents/A/B", "/ogc/collections/reports", "/incidents"] {
            assert_eq!(find(path).is_some(), path == "/api/v1/incidents/", "{path}");
        }
    }
}
