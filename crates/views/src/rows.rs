use ledger::{Change, Event};
use record::{IncidentPlace, PlacePrecision, Toll};
use serde_json::Value;

use crate::change::{change_words, words};
use crate::format::RenderOptions;
use crate::incident::{title, total};
use crate::lists::{ClaimRow, IncidentRow, Listing, ReportRow};
use crate::{Error, Result};

/// Columns of an incident, in order.
pub const INCIDENT_COLUMNS: &[&str] = &[
    "incident_id",
    "type",
    "date_start",
    "date_end",
    "date_precision",
    "place",
    "admin1",
    "admin2",
    "country",
    "lat",
    "lon",
    "place_precision",
    "party_1",
    "role_1",
    "basis_1",
    "party_2",
    "role_2",
    "basis_2",
    "deaths_low",
    "deaths_best",
    "deaths_high",
    "civilians_low",
    "civilians_best",
    "civilians_high",
    "deaths_by_side",
    "summary",
    "sources",
    "status",
    "disputed_over",
    "n_reports",
    "n_independent",
    "n_claims",
    "reviewed",
    "reviewed_by",
    "first_reported",
    "last_changed",
    "rules",
    "licence",
    "url",
    "injured_low",
    "injured_best",
    "injured_high",
    "abducted_low",
    "abducted_best",
    "abducted_high",
    "displaced_low",
    "displaced_best",
    "displaced_high",
];

/// Columns of a claim, in order.
pub const CLAIM_COLUMNS: &[&str] = &[
    "claim_id",
    "report_id",
    "incident_id",
    "quote",
    "quote_start",
    "quote_end",
    "source_chain",
    "speaker",
    "speaker_kind",
    "stance",
    "certainty",
    "polarity",
    "kind",
    "scope",
    "actor",
    "target",
    "place",
    "date_start",
    "date_end",
    "count_text",
    "count_low",
    "count_high",
    "approx",
    "victims",
    "side",
    "weapon",
    "decision",
    "decided_by",
    "outlet",
    "outlet_kind",
    "published",
    "language",
    "url",
];

/// Columns of a report, in order; `text` only when asked for.
pub const REPORT_COLUMNS: &[&str] =
    &["report_id", "published", "outlet", "outlet_kind", "language", "title", "copy_of", "n_claims", "recorded_at", "raw_hash", "url", "text"];

/// Columns of a line of the log, in order.
pub const EVENT_COLUMNS: &[&str] = &["event", "at", "who", "what", "record_id", "change", "why", "undone_by"];

/// Columns of what a reconciliation changes, in order.
pub const CHANGE_COLUMNS: &[&str] = &["incident_id", "what", "into", "change"];

/// Cells under columns. A cell is a string, a number, a truth value, or null for what is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// As many cells as columns in each.
    pub rows: Vec<Vec<Value>>,
}

impl Rows {
    /// The native columns of a listing: all of them, or those the options name, in their order.
    ///
    /// # Errors
    /// [`Error::Column`].
    pub fn of(listing: &Listing, options: &RenderOptions) -> Result<Rows> {
        let (columns, rows): (&[&'static str], Vec<Vec<Value>>) = match listing {
            Listing::Incidents(rows) => (INCIDENT_COLUMNS, rows.iter().map(|row| incident_cells(row, options)).collect()),
            Listing::Claims(rows) => (CLAIM_COLUMNS, rows.iter().map(claim_cells).collect()),
            Listing::Reports(rows) => (REPORT_COLUMNS, rows.iter().map(report_cells).collect()),
            Listing::Events(rows) => (EVENT_COLUMNS, rows.iter().map(event_cells).collect()),
            Listing::Changes(rows) => (CHANGE_COLUMNS, rows.iter().map(change_cells).collect()),
        };
        debug_assert!(rows.iter().all(|row| row.len() == columns.len()));
        let whole = Rows { columns: columns.to_vec(), rows };
        if options.fields.is_empty() {
            let wanted: Vec<usize> = (0..columns.len()).filter(|&n| columns[n] != "text" || options.with_text).collect();
            return Ok(whole.cut(&wanted));
        }
        whole.chosen(&options.fields)
    }

    /// Only these columns, in this order; all when none is named.
    ///
    /// # Errors
    /// [`Error::Column`].
    pub fn chosen(&self, fields: &[String]) -> Result<Rows> {
        if fields.is_empty() {
            return Ok(self.clone());
        }
        let find = |name: &String| {
            let at = self.columns.iter().position(|column| column == name);
            at.ok_or_else(|| Error::Column { name: name.clone(), known: self.columns.join(" ") })
        };
        Ok(self.cut(&fields.iter().map(find).collect::<Result<Vec<_>>>()?))
    }

    /// The rows in runs of at most so many bytes of words, or of a single row that has more; at least one run.
    pub fn runs(self, most: usize) -> Vec<Rows> {
        let none = || Rows { columns: self.columns.clone(), rows: Vec::new() };
        let (mut runs, mut run, mut size) = (Vec::new(), none(), 0);
        for row in self.rows {
            let bytes: usize = row.iter().filter_map(Value::as_str).map(str::len).sum();
            if size + bytes > most && !run.rows.is_empty() {
                runs.push(std::mem::replace(&mut run, none()));
                size = 0;
            }
            size += bytes;
            run.rows.push(row);
        }
        runs.push(run);
        runs
    }

    fn cut(&self, wanted: &[usize]) -> Rows {
        Rows {
            columns: wanted.iter().map(|&n| self.columns[n]).collect(),
            rows: self.rows.iter().map(|row| wanted.iter().map(|&n| row[n].clone()).collect()).collect(),
        }
    }
}

pub(crate) fn text(text: impl AsRef<str>) -> Value {
    Value::String(text.as_ref().to_owned())
}

pub(crate) fn maybe(value: Option<impl AsRef<str>>) -> Value {
    value.map_or(Value::Null, |value| text(value))
}

fn bounds(toll: Option<&Toll>) -> [Value; 3] {
    toll.map_or([Value::Null, Value::Null, Value::Null], |toll| [toll.low.into(), toll.best.into(), toll.high.into()])
}

/// Degrees as exact as the place is known: five decimals for the place itself, fewer the wider the area it stands for.
pub(crate) fn degrees(value: f64, precision: PlacePrecision) -> f64 {
    let decimals = match precision {
        PlacePrecision::Exact => 5,
        PlacePrecision::Near => 2,
        PlacePrecision::Admin2 | PlacePrecision::SeaAir | PlacePrecision::Area => 1,
        PlacePrecision::Admin1 | PlacePrecision::Country => 0,
    };
    let scale = 10_f64.powi(decimals);
    // Plus zero: no negative zero.
    (value * scale).round() / scale + 0.0
}

/// Its name, units, country, point and precision, in the order of the columns.
pub(crate) fn place_cells(place: Option<&IncidentPlace>) -> [Value; 7] {
    let point = |value: fn(&IncidentPlace) -> Option<f64>| {
        place.and_then(|place| value(place).map(|at| degrees(at, place.precision))).map_or(Value::Null, Value::from)
    };
    [
        maybe(place.map(|place| &place.name)),
        maybe(place.and_then(|place| place.admin1.as_ref())),
        maybe(place.and_then(|place| place.admin2.as_ref())),
        maybe(place.and_then(|place| place.country.as_ref())),
        point(|place| place.lat),
        point(|place| place.lon),
        maybe(place.map(|place| place.precision.as_str())),
    ]
}

fn incident_cells(row: &IncidentRow, options: &RenderOptions) -> Vec<Value> {
    let incident = &row.entry.incident;
    let date = incident.date.as_ref();
    let mut over: Vec<&str> = incident.disputes.iter().map(|dispute| dispute.over.as_str()).collect();
    over.sort_unstable();
    over.dedup();
    let by_side: Vec<String> = incident
        .deaths
        .iter()
        .filter(|toll| toll.side != "total")
        .map(|toll| {
            let side = Value::from(toll.side.as_str());
            format!(r#"{{"side":{side},"low":{},"best":{},"high":{}}}"#, toll.low, toll.best, toll.high)
        })
        .collect();
    let mut cells = vec![
        text(&incident.id),
        text(&incident.kind),
        maybe(date.map(|date| date.start.to_string())),
        maybe(date.map(|date| date.end.to_string())),
        maybe(date.map(|date| date.precision.as_str())),
    ];
    cells.extend(place_cells(incident.place.as_ref()));
    for n in 0..2 {
        let party = incident.parties.get(n);
        cells.push(maybe(party.map(|party| &party.name)));
        cells.push(maybe(party.map(|party| party.role.as_str())));
        cells.push(maybe(party.map(|party| party.basis.as_str())));
    }
    cells.extend(bounds(total(&incident.deaths)));
    cells.extend(bounds(incident.deaths.iter().find(|toll| toll.side == "civilians")));
    cells.extend([
        text(format!("[{}]", by_side.join(","))),
        text(summary(row)),
        text(row.outlets.join(";")),
        text(incident.status.as_str()),
        text(over.join(";")),
        row.n_reports.into(),
        row.n_independent.into(),
        incident.claims.len().into(),
        row.entry.decided_by.is_some().into(),
        maybe(row.entry.decided_by.as_ref()),
        maybe(row.first_reported.as_ref()),
        text(row.entry.recorded_at.to_string()),
        text(&options.rules),
        text(&options.licence),
        if options.base.is_empty() { Value::Null } else { text(format!("{}/incidents/{}", options.base, incident.id)) },
    ]);
    for tolls in [&incident.injured, &incident.abducted, &incident.displaced] {
        cells.extend(bounds(total(tolls)));
    }
    cells
}

/// One line that says what, where, who and how many.
fn summary(row: &IncidentRow) -> String {
    let incident = &row.entry.incident;
    let mut words = title(incident);
    if let Some(date) = &incident.date {
        words.push_str(&format!(", {}", crate::incident::days(date.start, date.end)));
    }
    let parties: Vec<&str> = incident.parties.iter().map(|party| party.name.as_str()).collect();
    if !parties.is_empty() {
        words.push_str(&format!("; {}", parties.join(", ")));
    }
    if let Some(toll) = total(&incident.deaths) {
        words.push_str(&format!("; killed {}–{}–{}", toll.low, toll.best, toll.high));
    }
    words.push_str(&format!("; {}", incident.status));
    words
}

fn claim_cells(row: &ClaimRow) -> Vec<Value> {
    let claim = &row.entry.claim;
    let (count, date) = (claim.count.as_ref(), claim.date.as_ref());
    let chain: Vec<&str> = claim.source.iter().map(|source| source.name.as_str()).collect();
    let at = |character: u32| if claim.quote.stands() { character.into() } else { Value::Null };
    vec![
        text(&claim.id),
        text(&claim.report),
        maybe(claim.incident.as_ref()),
        text(&claim.quote.text),
        at(claim.quote.start),
        at(claim.quote.end),
        text(chain.join(";")),
        maybe(claim.speaker().map(|source| &source.name)),
        maybe(claim.speaker().map(|source| source.kind.as_str())),
        text(claim.stance.as_str()),
        text(claim.certainty.as_str()),
        text(claim.polarity.as_str()),
        text(claim.kind.as_str()),
        text(claim.scope.as_str()),
        maybe(claim.actor.as_ref().map(|actor| &actor.name)),
        maybe(claim.target.as_ref().map(|target| &target.name)),
        maybe(claim.place.as_ref().map(|place| &place.name)),
        maybe(date.map(|date| date.start.to_string())),
        maybe(date.map(|date| date.end.to_string())),
        maybe(count.map(|count| &count.text)),
        count.and_then(|count| count.low).map_or(Value::Null, Value::from),
        count.and_then(|count| count.high).map_or(Value::Null, Value::from),
        count.map_or(Value::Null, |count| count.approx.into()),
        maybe(claim.victims.map(|victims| victims.as_str())),
        maybe(claim.side.as_ref()),
        maybe(claim.weapon.as_ref()),
        maybe(row.entry.decision.map(ledger::ClaimState::as_str)),
        maybe(row.entry.decided_by.as_ref()),
        text(&row.outlet),
        text(row.outlet_kind.as_str()),
        maybe(row.published.as_ref()),
        text(&row.language),
        maybe(row.url.as_ref()),
    ]
}

fn report_cells(row: &ReportRow) -> Vec<Value> {
    let report = &row.entry.report;
    vec![
        text(&report.id),
        maybe(report.published.as_ref().map(|p| p.as_str())),
        text(&report.outlet),
        text(report.kind.as_str()),
        text(&report.language),
        text(&report.title),
        maybe(report.copy_of.as_ref()),
        row.entry.claims.into(),
        text(row.entry.recorded_at.to_string()),
        maybe(row.entry.raw_hash.as_ref()),
        maybe(row.entry.url.as_ref()),
        text(&report.text),
    ]
}

fn event_cells(event: &Event) -> Vec<Value> {
    vec![
        event.id.into(),
        text(event.at.to_string()),
        text(&event.who),
        text(&event.what),
        maybe(event.subject.as_ref()),
        text(words(event.old.as_ref(), event.new.as_ref())),
        text(&event.why),
        event.undone_by.map_or(Value::Null, Value::from),
    ]
}

fn change_cells(change: &Change) -> Vec<Value> {
    vec![text(&change.id), text(change.what.as_str()), maybe(change.into.as_ref()), text(change_words(change))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_every_row_in_order_and_no_more_words_than_asked() {
        let rows = |words: &[&str]| Rows { columns: vec!["words"], rows: words.iter().map(|words| vec![Value::from(*words)]).collect() };
        for (words, expected) in [
            (&[][..], vec![0]),
            (&["a", "b"], vec![2]),
            (&["aaa", "b", "c"], vec![1, 2]),
            (&["aaaaa", "b"], vec![1, 1]),
            (&["b", "aaaaa"], vec![1, 1]),
        ] {
            let runs = rows(words).runs(3);
            assert_eq!(runs.iter().map(|run| run.rows.len()).collect::<Vec<_>>(), expected, "{words:?}");
            assert_eq!(runs.into_iter().flat_map(|run| run.rows).collect::<Vec<_>>(), rows(words).rows);
        }
    }
}
