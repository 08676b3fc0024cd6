//! The native tables of what leaves: their columns, their keys, and how they hang together.
//!
//! Some follow from others. They are made of rows as they may leave and of nothing else, so that they can tell no more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ledger::{Turn, place_key};
use record::{Id, Incident, content_id};
use serde_json::Value;

use crate::Result;
use crate::actors::kind;
use crate::columns::{ACTOR, About, CHANGE, CLAIM, INCIDENT, INCIDENT_CLAIM, PLACE, REPORT, SIDE};
use crate::format::RenderOptions;
use crate::lists::{ClaimRow, IncidentRow, Listing, ReportRow};
use crate::rows::{Rows, maybe, place_cells, text};

/// Forms in which claims print an actor, at most.
const PRINTED: usize = 8;

/// What leaves, as it may.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Incidents.
    pub incidents: Vec<IncidentRow>,
    /// Claims.
    pub claims: Vec<ClaimRow>,
    /// Reports.
    pub reports: Vec<ReportRow>,
    /// Other names of actors, as people said that they are theirs, by the usual name.
    pub aliases: BTreeMap<String, Vec<String>>,
    /// The same of places, by the [key](ledger::place_key) of the usual name.
    pub place_aliases: BTreeMap<String, Vec<String>>,
    /// What became of the incidents, in the order in which it was written; `None` where no ledger knows.
    pub turns: Option<Vec<Turn>>,
}

/// One table.
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) about: &'static [About],
    pub(crate) key: &'static [&'static str],
    /// Columns, and the table and the columns that they point at; no name for the table itself.
    pub(crate) points: &'static [Pointer],
    pub(crate) rows: Rows,
}

type Pointer = (&'static [&'static str], &'static str, &'static [&'static str]);

/// What makes a place.
const PLACED: &[&str] = &["place", "admin1", "admin2", "country", "place_precision"];

pub(crate) fn sheets(tables: &Tables, options: &RenderOptions) -> Result<Vec<Sheet>> {
    let of = |listing: Listing| Rows::of(&listing, options);
    let mut sheets = vec![
        Sheet {
            name: "incidents",
            about: INCIDENT,
            key: &["incident_id"],
            points: &[(&["party_1"], "actors", &["actor"]), (&["party_2"], "actors", &["actor"]), (PLACED, "places", PLACED)],
            rows: of(Listing::Incidents(tables.incidents.clone()))?,
        },
        Sheet {
            name: "reports",
            about: REPORT,
            key: &["report_id"],
            points: &[(&["copy_of"], "", &["report_id"])],
            rows: of(Listing::Reports(tables.reports.clone()))?,
        },
        Sheet {
            name: "claims",
            about: CLAIM,
            key: &["claim_id"],
            points: &[(&["report_id"], "reports", &["report_id"]), (&["incident_id"], "incidents", &["incident_id"])],
            rows: of(Listing::Claims(tables.claims.clone()))?,
        },
        Sheet {
            name: "incident_claims",
            about: INCIDENT_CLAIM,
            key: &["incident_id", "claim_id"],
            points: &[(&["incident_id"], "incidents", &["incident_id"]), (&["claim_id"], "claims", &["claim_id"])],
            rows: tables.incident_claims(),
        },
        Sheet {
            name: "sides",
            about: SIDE,
            key: &["incident_id", "what", "side"],
            points: &[(&["incident_id"], "incidents", &["incident_id"])],
            rows: tables.sides(),
        },
        Sheet { name: "actors", about: ACTOR, key: &["actor"], points: &[], rows: tables.actors() },
        Sheet { name: "places", about: PLACE, key: &["place_id"], points: &[], rows: tables.places() },
    ];
    if tables.turns.is_some() {
        // What was merged away or withdrawn is no incident of the first table.
        sheets.push(Sheet { name: "changes", about: CHANGE, key: &["cursor"], points: &[(&["into"], "", &["incident_id"])], rows: tables.changes() });
    }
    Ok(sheets)
}

/// Incidents counted, and between which days they can have been.
#[derive(Clone, Debug, Default)]
struct Seen {
    incidents: u64,
    start: Option<Date>,
    end: Option<Date>,
    countries: BTreeSet<String>,
}

impl Seen {
    fn see(&mut self, incident: &Incident) {
        self.incidents += 1;
        let date = incident.date.as_ref();
        self.start = self.start.into_iter().chain(date.map(|date| date.start)).min();
        self.end = self.end.into_iter().chain(date.map(|date| date.end)).max();
        self.countries.extend(incident.place.as_ref().and_then(|place| place.country.clone()));
    }

    fn cells(&self) -> [Value; 3] {
        [self.incidents.into(), maybe(self.start.map(|day| day.to_string())), maybe(self.end.map(|day| day.to_string()))]
    }
}

fn table(about: &[About], rows: Vec<Vec<Value>>) -> Rows {
    debug_assert!(rows.iter().all(|row| row.len() == about.len()));
    Rows { columns: about.iter().map(|(name, _, _)| *name).collect(), rows }
}

impl Tables {
    /// The tables without references that lead out of them.
    #[must_use]
    pub fn closed(&self) -> Tables {
        let incidents: BTreeSet<&Id> = self.incidents.iter().map(|row| &row.entry.incident.id).collect();
        let reports: BTreeSet<&Id> = self.reports.iter().map(|row| &row.entry.report.id).collect();
        let mut out = self.clone();
        out.claims.retain(|row| reports.contains(&row.entry.claim.report));
        for row in &mut out.claims {
            row.entry.claim.incident = row.entry.claim.incident.take().filter(|id| incidents.contains(id));
        }
        for row in &mut out.reports {
            row.entry.report.copy_of = row.entry.report.copy_of.take().filter(|id| reports.contains(id));
        }
        out
    }

    /// Which claims an incident stands on, and which bounds each set.
    pub fn incident_claims(&self) -> Rows {
        let known: BTreeSet<&Id> = self.claims.iter().map(|row| &row.entry.claim.id).collect();
        let mut rows = Vec::new();
        for incident in self.incidents.iter().map(|row| &row.entry.incident) {
            let mut sets: BTreeMap<&Id, Vec<String>> = BTreeMap::new();
            for (what, tolls) in incident.tolls() {
                for (toll, bound) in tolls.iter().flat_map(|toll| toll.because.iter().map(move |bound| (toll, bound))) {
                    for claim in &bound.claims {
                        sets.entry(claim).or_default().push(format!("{what} {} {}", toll.side, bound.bound));
                    }
                }
            }
            for (n, claim) in incident.claims.iter().enumerate().filter(|(_, claim)| known.contains(claim)) {
                let sets = sets.get(claim).map_or_else(String::new, |sets| sets.join(";"));
                rows.push(vec![incident.id.as_str().into(), claim.as_str().into(), (n + 1).into(), sets.into()]);
            }
        }
        table(INCIDENT_CLAIM, rows)
    }

    /// The tolls of incidents, a side a row.
    pub fn sides(&self) -> Rows {
        let mut rows = Vec::new();
        for incident in self.incidents.iter().map(|row| &row.entry.incident) {
            for (what, toll) in incident.tolls().into_iter().flat_map(|(what, tolls)| tolls.iter().map(move |toll| (what, toll))) {
                let rule = |name: &str| Value::from(toll.because.iter().find(|bound| bound.bound == name).map_or("", |bound| bound.rule.as_str()));
                let mut cells: Vec<Value> = vec![incident.id.as_str().into(), what.into(), toll.side.as_str().into()];
                cells.extend([toll.low, toll.best, toll.high].map(Value::from));
                cells.extend(["low", "best", "high"].map(rule));
                rows.push(cells);
            }
        }
        table(SIDE, rows)
    }

    /// Who takes part in the incidents, most incidents first.
    pub fn actors(&self) -> Rows {
        let mut actors: BTreeMap<&str, Seen> = BTreeMap::new();
        for incident in self.incidents.iter().map(|row| &row.entry.incident) {
            for name in incident.parties.iter().map(|party| party.name.as_str()).collect::<BTreeSet<_>>() {
                actors.entry(name).or_default().see(incident);
            }
        }
        let mut printed: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for party in self.claims.iter().flat_map(|row| [&row.entry.claim.actor, &row.entry.claim.target]).flatten() {
            if !party.text.is_empty() && party.text != party.name {
                *printed.entry(&party.name).or_default().entry(&party.text).or_default() += 1;
            }
        }
        let mut actors: Vec<(&str, Seen)> = actors.into_iter().collect();
        // As sorted: by name.
        actors.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.incidents));
        let row = |(name, seen): (&str, Seen)| {
            let mut forms: Vec<(&str, usize)> = printed.get(name).into_iter().flatten().map(|(form, n)| (*form, *n)).collect();
            forms.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            let forms: Vec<&str> = forms.into_iter().take(PRINTED).map(|(form, _)| form).collect();
            let mut cells = vec![text(name), text(kind(name))];
            cells.extend(seen.cells());
            cells.extend([
                text(seen.countries.iter().map(String::as_str).collect::<Vec<_>>().join(";")),
                text(self.aliases.get(name).map_or_else(String::new, |names| names.join(";"))),
                text(forms.join(";")),
            ]);
            cells
        };
        table(ACTOR, actors.into_iter().map(row).collect())
    }

    /// Where the incidents were, as near as they are known, most incidents first.
    pub fn places(&self) -> Rows {
        let mut places: BTreeMap<Id, ([Value; 7], String, Seen)> = BTreeMap::new();
        for (incident, place) in self.incidents.iter().filter_map(|row| Some((&row.entry.incident, row.entry.incident.place.as_ref()?))) {
            let cells = place_cells(Some(place));
            // Of what is printed, so that it gives away no more.
            let id = content_id(cells.each_ref().map(Value::to_string).iter().map(String::as_str));
            let new = || (cells, place_key(place.country.as_deref(), &place.name), Seen::default());
            places.entry(id).or_insert_with(new).2.see(incident);
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_cached_key(|(_, (cells, _, seen))| (std::cmp::Reverse(seen.incidents), cells.each_ref().map(Value::to_string)));
        let row = |(id, (cells, key, seen)): (Id, ([Value; 7], String, Seen))| {
            let mut row = vec![text(id)];
            row.extend(cells);
            row.extend(seen.cells());
            row.push(text(self.place_aliases.get(&key).map_or_else(String::new, |names| names.join(";"))));
            row
        };
        table(PLACE, places.into_iter().map(row).collect())
    }

    /// What became of the incidents, in the order in which it was written.
    pub fn changes(&self) -> Rows {
        let row = |turn: &Turn| {
            vec![
                turn.cursor.into(),
                text(&turn.id),
                text(turn.what.as_str()),
                maybe(turn.into.as_ref()),
                turn.revision.into(),
                maybe(turn.decided_by.as_ref()),
                text(&turn.why),
                text(turn.at.to_string()),
            ]
        };
        table(CHANGE, self.turns.iter().flatten().map(row).collect())
    }
}
