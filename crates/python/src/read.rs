//! Reports in, claims out.

use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use intake::Hints;
use program::in_lanes;
use pyo3::prelude::*;
use record::{Claim, Report, ReportKind};
use views::{ABOUT_CLAIM, ClaimRow, Listing, RenderOptions, Rows};

use crate::errors::{ReadError, ReportError};
use crate::table::{self, Words};
use crate::{json, pipeline, report_of};

/// A report out of an article's fields, as `attest add` makes it: JSON.
#[pyfunction]
#[pyo3(signature = (text, title=None, published=None, outlet=None, kind=None, language=None, url=None))]
pub(crate) fn report(
    text: &str,
    title: Option<&str>,
    published: Option<&str>,
    outlet: Option<&str>,
    kind: Option<&str>,
    language: Option<&str>,
    url: Option<&str>,
) -> PyResult<String> {
    let fields =
        [("text", Some(text)), ("title", title), ("published", published), ("outlet", outlet), ("kind", kind), ("language", language), ("url", url)];
    let given: Vec<(&str, &str)> = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let (report, warnings) = intake::article(&given, &Hints::default()).map_err(|error| ReportError::new_err(error.to_string()))?;
    warnings.first().map_or_else(|| Ok(json(&report)), |first| Err(ReportError::new_err(first.to_string())))
}

/// A report of a text as it stands: JSON.
#[pyfunction]
pub(crate) fn report_as_it_is(
    text: &str,
    title: &str,
    published: Option<&str>,
    outlet: &str,
    kind: &str,
    language: Option<&str>,
) -> PyResult<String> {
    if let Some(language) =
        language.filter(|language| language.is_empty() || language.len() > 3 || !language.bytes().all(|byte| byte.is_ascii_lowercase()))
    {
        return Err(ReportError::new_err(format!("{language:?} is no language: ISO 639-1 says `en` or `fr`")));
    }
    let report = Told { text, title: Some(title), published, outlet: Some(outlet), kind: Some(kind), language, ..Told::default() };
    report.report().map(|report| json(&report)).map_err(ReportError::new_err)
}

/// What is told of a report, its words as they stand.
#[derive(Default)]
struct Told<'t> {
    id: Option<&'t str>,
    published: Option<&'t str>,
    outlet: Option<&'t str>,
    kind: Option<&'t str>,
    language: Option<&'t str>,
    title: Option<&'t str>,
    text: &'t str,
    copy_of: Option<&'t str>,
}

impl Told<'_> {
    /// The report, with what is not told found or left empty; why not, where something makes none.
    fn report(&self) -> Result<Report, String> {
        let said = |error: record::Error| error.to_string();
        let words = |words: Option<&str>| words.unwrap_or_default().to_owned();
        let mut report = Report {
            id: words(self.id),
            published: self.published.map(str::parse).transpose().map_err(said)?,
            outlet: words(self.outlet),
            kind: self.kind.map(str::parse).transpose().map_err(said)?.unwrap_or(ReportKind::Newspaper),
            language: self.language.map_or_else(|| intake::language(self.text), str::to_owned),
            title: words(self.title),
            text: self.text.to_owned(),
            copy_of: self.copy_of.map(str::to_owned),
        };
        if self.id.is_none() {
            report.identify();
        }
        Ok(report)
    }
}

/// The claims of one report: JSON in, JSON array out. It works on every core.
#[pyfunction]
pub(crate) fn read(py: Python<'_>, report: &str) -> PyResult<String> {
    py.detach(|| {
        let reading = pipeline()?.read(&report_of(report)?).map_err(|error| ReadError::new_err(format!("{error:#}")))?;
        Ok(json(&reading.claims))
    })
}

/// The native columns of reports, as they came.
pub(crate) struct Reports<'b> {
    rows: usize,
    id: Words<'b>,
    published: Words<'b>,
    outlet: Words<'b>,
    kind: Words<'b>,
    language: Words<'b>,
    title: Words<'b>,
    text: Words<'b>,
    copy_of: Words<'b>,
    url: Words<'b>,
}

impl<'b> Reports<'b> {
    pub(crate) fn of(batch: &'b RecordBatch) -> PyResult<Reports<'b>> {
        let column = |name| Words::maybe(batch, name);
        Ok(Reports {
            rows: batch.num_rows(),
            id: column("report_id")?,
            published: column("published")?,
            outlet: column("outlet")?,
            kind: column("outlet_kind")?,
            language: column("language")?,
            title: column("title")?,
            text: Words::named(batch, "text")?,
            copy_of: column("copy_of")?,
            url: column("url")?,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn url(&self, row: usize) -> Option<&'b str> {
        self.url.get(row)
    }

    /// The report of a row, its words as they stand there; why not, where a cell makes none. An empty cell tells nothing.
    pub(crate) fn get(&self, row: usize) -> Result<Report, String> {
        let cell = |column: Words<'b>| column.get(row).filter(|words| !words.is_empty());
        let told = Told {
            id: cell(self.id),
            published: cell(self.published),
            outlet: cell(self.outlet),
            kind: cell(self.kind),
            language: cell(self.language),
            title: cell(self.title),
            text: cell(self.text).unwrap_or_default(),
            copy_of: cell(self.copy_of),
        };
        told.report()
    }
}

/// The claims of the reports of a batch, in their order, in native columns and as whole records; `threads` reports at once.
#[pyfunction]
pub(crate) fn read_batch(py: Python<'_>, batch: PyArrowType<RecordBatch>, threads: usize) -> PyResult<PyArrowType<RecordBatch>> {
    py.detach(|| {
        let pipeline = pipeline()?;
        let reports = Reports::of(&batch.0)?;
        let made = in_lanes(reports.len(), threads, |row| {
            let report = reports.get(row).map_err(|why| ReportError::new_err(format!("row {row}: {why}")))?;
            let reading = pipeline.read(&report).map_err(|error| ReadError::new_err(format!("row {row}: {error:#}")))?;
            Ok(reading.claims.into_iter().map(|claim| claim_row(claim, &report, reports.url(row))).collect())
        });
        let rows: Vec<Vec<ClaimRow>> = made.into_iter().collect::<PyResult<_>>()?;
        claims(rows.into_iter().flatten().collect()).map(PyArrowType)
    })
}

pub(crate) fn claim_row(claim: Claim, report: &Report, url: Option<&str>) -> ClaimRow {
    ClaimRow {
        entry: claim.into(),
        outlet: report.outlet.clone(),
        outlet_kind: report.kind,
        published: report.published.as_ref().map(|published| published.as_str().to_owned()),
        language: report.language.clone(),
        url: url.map(str::to_owned),
    }
}

/// Claims in native columns, and a column `record` with the whole of each as JSON.
pub(crate) fn claims(rows: Vec<ClaimRow>) -> PyResult<RecordBatch> {
    let records: Vec<String> = rows.iter().map(|row| json(&row.entry.claim)).collect();
    if records.iter().map(String::len).sum::<usize>() > i32::MAX as usize {
        return Err(ReadError::new_err("the claims of this batch are more than 2 GiB, more than a column holds: cut it (batch.slice)"));
    }
    let records = table::words(records.iter().map(Some));
    let rows = Rows::of(&Listing::Claims(rows), &RenderOptions::default()).expect("no column is asked for by name");
    Ok(table::batch(&rows, ABOUT_CLAIM, vec![("record", records)]))
}
