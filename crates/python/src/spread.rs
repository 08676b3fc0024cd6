//! What a distributed engine calls, batch by batch: every function depends on nothing but its batch, so that it may be called
//! again, elsewhere, or on other cuts of the same rows. See `python/attest/spark.py` for how they hang together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::ledger::IncidentEntry;
use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow_pyarrow::PyArrowType;
use intake::{Bands, Column, Compared, Hints, Member};
use program::in_lanes;
use pyo3::prelude::*;
use reconcile::Part;
use record::{Claim, Id, Incident, Repeats, Report};
use serde::{Deserialize, Serialize};
use views::{ABOUT_INCIDENT, IncidentRow, Listing, RenderOptions, Rows};

use crate::errors::{ClaimError, ColumnError};
use crate::read::{Reports, claim_row, claims};
use crate::table::{self, Words};
use crate::{json, options, pipeline};

/// What one report tells: the column `told`, as JSON. The text stays behind; nothing that comes after looks at it.
#[derive(Serialize, Deserialize)]
struct Told {
    report: Report,
    claims: Vec<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

fn told(batch: &RecordBatch) -> PyResult<Vec<Told>> {
    let column = Words::named(batch, "told")?;
    let read = |row| {
        let json = column.get(row).unwrap_or_default();
        serde_json::from_str(json).map_err(|error| ClaimError::new_err(format!("row {row}: column \"told\" is not what a reading wrote: {error}")))
    };
    (0..batch.num_rows()).map(read).collect()
}

fn parted(told: Vec<Told>) -> (Vec<Report>, Vec<Claim>) {
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    for told in told {
        reports.push(told.report);
        claims.extend(told.claims);
    }
    (reports, claims)
}

/// The column of this name, which has a number in every row.
fn whole_numbers<'b>(batch: &'b RecordBatch, name: &str) -> PyResult<&'b Int64Array> {
    let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int64Type>());
    column
        .filter(|column| column.null_count() == 0)
        .ok_or_else(|| ColumnError::new_err(format!("there is no column {name:?} of whole numbers in every row")))
}

fn numbers(lists: impl Iterator<Item = Option<impl Iterator<Item = i64>>>) -> ArrayRef {
    let mut column = ListBuilder::new(Int64Builder::new());
    for list in lists {
        let some = list.is_some();
        list.into_iter().flatten().for_each(|number| column.values().append_value(number));
        column.append(some);
    }
    Arc::new(column.finish())
}

fn texts(lists: impl Iterator<Item = Vec<String>>) -> ArrayRef {
    let mut column = ListBuilder::new(StringBuilder::new());
    for list in lists {
        list.into_iter().for_each(|item| column.values().append_value(item));
        column.append(true);
    }
    Arc::new(column.finish())
}

/// Articles as reports, as `attest add` makes them of JSON Lines: columns by the names that it knows, others left alone. One row an
/// article: native columns of reports with the text, what copies are looked for by (`rank`, `whole`, `coarse`, `fine`), and `failed`,
/// why no report could be made of it, or null. A row that comes with a `failed` keeps it.
#[pyfunction]
pub(crate) fn reports_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let batch = &batch.0;
        let schema = batch.schema();
        let is_known = |name: &str| name.parse::<Column>().is_ok();
        let names = schema.fields().iter().map(|field| field.name().as_str()).filter(|name| is_known(name));
        let columns: Vec<(&str, Words)> = names.map(|name| Ok((name, Words::maybe(batch, name)?))).collect::<PyResult<_>>()?;
        if columns.iter().all(|(name, _)| name.parse() != Ok(Column::Text)) {
            Words::named(batch, "text")?;
        }
        let failed = Words::maybe(batch, "failed")?;
        let rows: Vec<Result<(Report, Option<&str>), String>> = (0..batch.num_rows())
            .map(|row| {
                if let Some(why) = failed.get(row) {
                    return Err(why.to_owned());
                }
                let fields: Vec<(&str, &str)> = columns.iter().filter_map(|(name, words)| Some((*name, words.get(row)?))).collect();
                let url = fields.iter().find(|(name, _)| name.parse() == Ok(Column::Url)).map(|(_, url)| *url);
                intake::article(&fields, &Hints::default()).map(|(report, _)| (report, url)).map_err(|error| error.to_string())
            })
            .collect();
        let of =
            |cell: &dyn Fn(&Report) -> Option<String>| table::words(rows.iter().map(|row| row.as_ref().ok().and_then(|(report, _)| cell(report))));
        let bands: Vec<Option<Bands>> = rows.iter().map(|row| row.as_ref().ok().map(|(report, _)| Bands::of(report))).collect();
        let kind =
            |of: fn(&Bands) -> &Vec<u32>| numbers(bands.iter().map(|bands| bands.as_ref().map(|bands| of(bands).iter().copied().map(i64::from))));
        // Bits as they are: only equality counts.
        let whole: Int64Array = bands.iter().map(|bands| bands.as_ref().map(|bands| bands.whole.cast_signed())).collect();
        let columns = vec![
            ("report_id", of(&|report| Some(report.id.clone()))),
            ("published", of(&|report| report.published.as_ref().map(|published| published.as_str().to_owned()))),
            ("outlet", of(&|report| Some(report.outlet.clone()))),
            ("outlet_kind", of(&|report| Some(report.kind.to_string()))),
            ("language", of(&|report| Some(report.language.clone()))),
            ("title", of(&|report| Some(report.title.clone()))),
            ("url", table::words(rows.iter().map(|row| row.as_ref().ok().and_then(|(_, url)| *url)))),
            ("text", of(&|report| Some(report.text.clone()))),
            ("rank", of(&|report| Some(intake::rank(report)))),
            ("whole", Arc::new(whole) as ArrayRef),
            ("coarse", kind(|bands| &bands.coarse)),
            ("fine", kind(|bands| &bands.fine)),
            ("failed", table::words(rows.iter().map(|row| row.as_ref().err()))),
        ];
        Ok(PyArrowType(table::of(columns, batch.num_rows())))
    })
}

/// Which pairs of reports, a row of each batch, are such that the new one copies the old one: their `place`s as `new` and `old`, and
/// how many shingles they share.
#[pyfunction]
pub(crate) fn compared_batch(py: Python<'_>, new: PyArrowType<RecordBatch>, old: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let (news, olds) = (Reports::of(&new.0)?, Reports::of(&old.0)?);
        let places = [whole_numbers(&new.0, "place")?, whole_numbers(&old.0, "place")?];
        let mut found = Vec::new();
        for row in 0..news.len().min(olds.len()) {
            let (new, old) = (news.get(row).map_err(ColumnError::new_err)?, olds.get(row).map_err(ColumnError::new_err)?);
            if let Some(shared) = (Compared { new: &new, old: &old }).shared() {
                found.push([places[0].value(row), places[1].value(row), shared as i64]);
            }
        }
        let column = |n: usize| Arc::new(found.iter().map(|row| Some(row[n])).collect::<Int64Array>()) as ArrayRef;
        Ok(PyArrowType(table::of(vec![("new", column(0)), ("old", column(1)), ("shared", column(2))], found.len())))
    })
}

/// Which of the reports that hang together copy which, one row a copy: `report_id` and `copy_of`. A row of the batch is a report:
/// `place`, `report_id`, `whole`, the places of those before it that it was found to copy (`like`), and how many shingles it
/// shares with each (`shared`); null or empty where there are none.
#[pyfunction]
pub(crate) fn copies_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let batch = &batch.0;
        let (place, whole, id) = (whole_numbers(batch, "place")?, whole_numbers(batch, "whole")?, Words::named(batch, "report_id")?);
        let lists = |name: &str| -> PyResult<Vec<Vec<i64>>> {
            let wrong = || ColumnError::new_err(format!("there is no column {name:?} of lists of whole numbers"));
            let column = batch.column_by_name(name).and_then(|column| column.as_list_opt::<i32>()).ok_or_else(wrong)?;
            let values = |list: Option<ArrayRef>| {
                let list = list.unwrap_or_else(|| Arc::new(Int64Array::from(Vec::<i64>::new())));
                Ok(list.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?.values().to_vec())
            };
            column.iter().map(values).collect()
        };
        let (like, shared) = (lists("like")?, lists("shared")?);
        let members: Vec<Member> = (0..batch.num_rows())
            .map(|row| {
                let like = like[row].iter().zip(&shared[row]).map(|(like, shared)| (like.cast_unsigned(), shared.cast_unsigned() as usize));
                Member { place: place.value(row).cast_unsigned(), whole: whole.value(row).cast_unsigned(), like: like.collect() }
            })
            .collect();
        let ids: BTreeMap<u64, &str> = members.iter().enumerate().filter_map(|(row, member)| Some((member.place, id.get(row)?))).collect();
        let copies = intake::decide(&members);
        let column = |of: fn((&u64, &u64)) -> u64| table::words(copies.iter().map(|pair| ids.get(&of(pair))));
        let columns = vec![("report_id", column(|(copy, _)| *copy)), ("copy_of", column(|(_, original)| *original))];
        Ok(PyArrowType(table::of(columns, copies.len())))
    })
}

/// What each report of a batch tells, one row a report: `report_id`, `n_claims`, `told`, and `failed`, why it could not be read, or
/// null. With `copies` false, reports with a `copy_of` are not read and tell nothing.
#[pyfunction]
pub(crate) fn readings_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>, threads: usize, copies: bool) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let pipeline = pipeline()?;
        let reports = Reports::of(&batch.0)?;
        Words::named(&batch.0, "report_id")?;
        let made = in_lanes(reports.len(), threads, |row| {
            let mut report = reports.get(row).map_err(ColumnError::new_err)?;
            let read = if report.copy_of.is_some() && !copies { Ok(Vec::new()) } else { pipeline.read(&report).map(|reading| reading.claims) };
            report.text.clear();
            let url = reports.url(row).map(str::to_owned);
            let (claims, failed) = read.map_or_else(|error| (Vec::new(), Some(format!("{error:#}"))), |claims| (claims, None));
            let n = i64::try_from(claims.len()).expect("a report has fewer claims than that");
            Ok((report.id.clone(), n, json(&Told { report, claims, url }), failed))
        });
        let made: Vec<(Id, i64, String, Option<String>)> = made.into_iter().collect::<PyResult<_>>()?;
        let columns = vec![
            ("report_id", table::words(made.iter().map(|row| Some(&row.0)))),
            ("n_claims", Arc::new(made.iter().map(|row| Some(row.1)).collect::<Int64Array>()) as ArrayRef),
            ("told", table::words(made.iter().map(|row| Some(&row.2)))),
            ("failed", table::words(made.iter().map(|row| row.3.as_ref()))),
        ];
        Ok(PyArrowType(table::of(columns, made.len())))
    })
}

/// Claims out of a column `told`, in native columns and as whole records; in no incident yet.
#[pyfunction]
pub(crate) fn claims_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let mut rows = Vec::new();
        for told in told(&batch.0)? {
            rows.extend(told.claims.into_iter().map(|claim| claim_row(claim, &told.report, told.url.as_deref())));
        }
        claims(rows).map(PyArrowType)
    })
}

/// The groups of claims of each report, one row a group: `report_id`, `group` and `keys`, the blocks that it belongs to.
#[pyfunction]
pub(crate) fn groups_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let options = reconcile::Options::default();
        let mut rows = Vec::new();
        for told in told(&batch.0)? {
            let handles = reconcile::handles(&told.report, &told.claims, &options);
            rows.extend(handles.into_iter().map(|handle| (told.report.id.clone(), handle)));
        }
        let columns = vec![
            ("report_id", table::words(rows.iter().map(|(report, _)| Some(report)))),
            ("group", table::words(rows.iter().map(|(_, handle)| Some(&handle.group)))),
            ("keys", texts(rows.iter().map(|(_, handle)| handle.keys.iter().cloned().collect()))),
        ];
        Ok(PyArrowType(table::of(columns, rows.len())))
    })
}

/// Which groups of the reports of a batch are linked: one row a pair, `a` and `b`, the lesser first.
#[pyfunction]
pub(crate) fn links_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let (reports, claims) = parted(told(&batch.0)?);
        let links = reconcile::links(&reports, &claims, &reconcile::Options::default());
        let columns = vec![("a", table::words(links.iter().map(|link| Some(&link.0)))), ("b", table::words(links.iter().map(|link| Some(&link.1))))];
        Ok(PyArrowType(table::of(columns, links.len())))
    })
}

/// The incidents of the parts of a batch. A row is a report of a part: `part`, `told`, and `groups`, those of the report that
/// belong to the part. Native columns without `last_changed`, and the whole record as JSON, both with whole ids.
#[pyfunction]
#[pyo3(signature = (batch, rules, licence, own=None))]
pub(crate) fn incidents_batch(
    py: Python<'_>,
    batch: PyArrowType<RecordBatch>,
    rules: &str,
    licence: &str,
    own: Option<&str>,
) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let batch = &batch.0;
        let options = options(rules, own)?;
        let part = Words::named(batch, "part")?;
        let groups = batch.column_by_name("groups").and_then(|column| column.as_list_opt::<i32>());
        let groups = groups.ok_or_else(|| ColumnError::new_err("there is no column \"groups\" of lists of strings"))?;
        let mut parts: BTreeMap<&str, (BTreeSet<Id>, BTreeMap<Id, Told>)> = BTreeMap::new();
        for (row, told) in told(batch)?.into_iter().enumerate() {
            let part = parts.entry(part.get(row).unwrap_or_default()).or_default();
            if groups.is_valid(row) {
                let own = groups.value(row);
                let own = own.as_string_opt::<i32>().ok_or_else(|| ColumnError::new_err("column \"groups\" holds no strings"))?;
                part.0.extend(own.iter().flatten().map(str::to_owned));
            }
            part.1.insert(told.report.id.clone(), told);
        }
        let mut rows = Vec::new();
        for (groups, told) in parts.into_values() {
            let (reports, claims) = parted(told.into_values().collect());
            let part = Part { groups: &groups, reports: &reports, claims: &claims };
            rows.extend(part.incidents(&options).into_iter().map(|incident| row(incident, &reports, &claims)));
        }
        rows.sort_by(|a, b| a.entry.incident.id.cmp(&b.entry.incident.id));
        let records = table::words(rows.iter().map(|row| Some(json(&row.entry.incident))));
        let members = texts(rows.iter().map(|row| row.entry.incident.claims.clone()));
        let named = if own.is_some() { &options.rules.name } else { rules };
        let render = RenderOptions { rules: named.to_owned(), licence: licence.to_owned(), ..RenderOptions::default() };
        let mut native = Rows::of(&Listing::Incidents(rows), &render).expect("no column is asked for by name");
        let changed = native.columns.iter().position(|column| *column == "last_changed").expect("a native column");
        native.rows.iter_mut().for_each(|row| row[changed] = serde_json::Value::Null);
        Ok(PyArrowType(table::batch(&native, ABOUT_INCIDENT, vec![("record", records), ("claims", members)])))
    })
}

/// The row of an incident that no ledger keeps.
fn row(incident: Incident, reports: &[Report], claims: &[Claim]) -> IncidentRow {
    let by_id: BTreeMap<&Id, &Claim> = claims.iter().map(|claim| (&claim.id, claim)).collect();
    let own: Vec<Claim> = incident.claims.iter().filter_map(|id| by_id.get(id).map(|claim| (*claim).clone())).collect();
    let told: BTreeSet<&Id> = own.iter().map(|claim| &claim.report).collect();
    let repeats = Repeats::among(reports);
    let of: BTreeMap<&str, &Report> = reports.iter().map(|report| (report.id.as_str(), report)).collect();
    let roots: BTreeSet<&str> = told.iter().map(|report| repeats.root(report)).collect();
    let mut telling: Vec<&Report> = reports.iter().filter(|report| roots.contains(repeats.root(&report.id))).collect();
    telling.sort_by_key(|report| {
        let when = |report: &Report| (report.published.is_none(), report.published.clone(), report.id.clone());
        (when(of[repeats.root(&report.id)]), repeats.has(&report.id), when(report))
    });
    let telling: Vec<Report> = telling.into_iter().cloned().collect();
    let entry = IncidentEntry {
        incident,
        revision: 1,
        decided_by: None,
        fields: ::ledger::Fields::default(),
        first_recorded_at: jiff::Timestamp::UNIX_EPOCH,
        recorded_at: jiff::Timestamp::UNIX_EPOCH,
        written_at: jiff::Timestamp::UNIX_EPOCH,
    };
    IncidentRow::of(entry, &own, &telling)
}
