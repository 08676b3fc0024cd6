use serde::Serialize;
use serde_json::Value;

use crate::columns;
use crate::lists::Listing;
use crate::paint::clean;
use crate::rows::{Rows, degrees};
use crate::table::{changes_table, claims_table, events_table, incidents_table, reports_table};
use crate::{Error, Result};

/// How a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Aligned text for people.
    Table,
    /// One JSON array, of the records as they are defined; of native columns when fields are chosen.
    Json,
    /// The same, one a line.
    Ndjson,
    /// Native columns, RFC 4180: commas, CRLF, UTF-8 without a mark.
    Csv,
    /// Native columns with tabs between; tabs and line breaks inside a cell become blanks.
    Tsv,
    /// A feature collection, native columns as properties.
    Geojson,
    /// A Markdown table of native columns.
    Md,
    /// A workbook for Excel and its like; no text.
    Xlsx,
    /// Typed columns for R, Python and DuckDB; no text.
    Parquet,
    /// A layer for QGIS and its like; no text.
    Gpkg,
    /// Web Annotations, of claims only.
    Jsonld,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Format] = &[Format::Table, Format::Json, Format::Ndjson, Format::Csv, Format::Tsv, Format::Geojson, Format::Md];
    /// Those of files that leave.
    pub const FILES: &'static [Format] = &[
        Format::Csv,
        Format::Tsv,
        Format::Json,
        Format::Ndjson,
        Format::Geojson,
        Format::Md,
        Format::Xlsx,
        Format::Parquet,
        Format::Gpkg,
        Format::Jsonld,
    ];
    /// Those in which one record, or a few figures, are written.
    pub const PLAIN: &'static [Format] = &[Format::Table, Format::Json, Format::Ndjson];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Geojson => "geojson",
            Format::Md => "md",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
            Format::Gpkg => "gpkg",
            Format::Jsonld => "jsonld",
        }
    }

    /// What it is, in a word or two.
    pub const fn about(self) -> &'static str {
        match self {
            Format::Table => "For people",
            Format::Json => "One JSON value",
            Format::Ndjson => "One JSON value a line",
            Format::Csv => "Comma-separated, RFC 4180",
            Format::Tsv => "Tab-separated",
            Format::Geojson => "GeoJSON, RFC 7946",
            Format::Md => "Markdown",
            Format::Xlsx => "Excel workbook",
            Format::Parquet => "Parquet, typed; with points as GeoParquet",
            Format::Gpkg => "GeoPackage, one layer",
            Format::Jsonld => "Web Annotations; claims only",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format> {
        Format::ALL.iter().chain(Format::FILES).copied().find(|format| format.as_str() == name).ok_or_else(|| Error::Format(name.to_owned()))
    }
}

/// What the formats cannot know from the rows.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Columns, in this order; all when empty.
    pub fields: Vec<String>,
    /// For tables: columns of the terminal, `usize::MAX` for no cut.
    pub width: usize,
    /// For tables: with colours.
    pub color: bool,
    /// Reports with their whole text.
    pub with_text: bool,
    /// CSV for Excel: a byte order mark, and cells that it would take for formulas guarded by `'`.
    pub excel: bool,
    /// The name of the rule set that resolved the figures.
    pub rules: String,
    /// The licence of the data.
    pub licence: String,
    /// Where it is served, without a slash at the end; empty when it is not.
    pub base: String,
}

impl Default for RenderOptions {
    fn default() -> RenderOptions {
        RenderOptions {
            fields: vec![],
            width: usize::MAX,
            color: false,
            with_text: false,
            excel: false,
            rules: String::new(),
            licence: String::new(),
            base: String::new(),
        }
    }
}

/// A listing in a format, with a line break at the end.
///
/// # Errors
/// [`Error::Column`] for a field that does not exist.
pub fn render(listing: &Listing, format: Format, options: &RenderOptions) -> Result<String> {
    Ok(match format {
        Format::Table if !options.fields.is_empty() => crate::table::rows_table(&Rows::of(listing, options)?, options.width, options.color),
        Format::Table => match listing {
            Listing::Incidents(rows) => incidents_table(rows, options.width, options.color),
            Listing::Claims(rows) => claims_table(rows, options.width, options.color),
            Listing::Reports(rows) => reports_table(rows, options.width, options.color),
            Listing::Events(rows) => events_table(rows, options.width, options.color),
            Listing::Changes(rows) => changes_table(rows, options.width, options.color),
        },
        Format::Json => {
            let objects = objects(listing, options)?;
            if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
        }
        Format::Ndjson => objects(listing, options)?.iter().map(|object| format!("{object}\n")).collect(),
        Format::Csv => csv(&Rows::of(listing, options)?, options.excel),
        Format::Tsv => tsv(&Rows::of(listing, options)?),
        Format::Geojson => geojson(listing, options)?,
        Format::Md => markdown(&Rows::of(listing, options)?),
        Format::Xlsx | Format::Parquet | Format::Gpkg => return Err(Error::NotText(format.as_str())),
        Format::Jsonld => match listing {
            Listing::Claims(rows) => crate::annotation::annotations(rows, &Default::default(), options),
            _ => return Err(Error::NotClaims),
        },
    })
}

/// Rows of any columns as a file: text in UTF-8, or a workbook of one sheet with `about` behind it.
///
/// # Errors
/// [`Error::Column`] for a field that does not exist, [`Error::Workbook`] for more rows than a workbook holds.
pub fn file(name: &str, rows: &Rows, format: Format, options: &RenderOptions, about: &[(String, String)]) -> Result<Vec<u8>> {
    let cut = rows.chosen(&options.fields)?;
    let text = match format {
        Format::Table => crate::table::rows_table(&cut, options.width, options.color),
        Format::Csv => csv(&cut, options.excel),
        Format::Tsv => tsv(&cut),
        Format::Md => markdown(&cut),
        Format::Json => {
            let objects: Vec<String> = cut.rows.iter().map(|row| object(&cut.columns, row)).collect();
            if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
        }
        Format::Ndjson => cut.rows.iter().map(|row| object(&cut.columns, row) + "\n").collect(),
        Format::Geojson => {
            let column = |names: [&str; 2]| rows.columns.iter().position(|column| names.contains(column));
            let (lat, lon) = (column(["lat", "latitude"]), column(["lon", "longitude"]));
            let cell = |row: &[Value], column: Option<usize>| row.get(column?)?.as_f64();
            let points = rows.rows.iter().map(|row| (plain(&row[0]), cell(row, lon).zip(cell(row, lat)).map(<[f64; 2]>::from))).collect();
            features(points, &cut)
        }
        Format::Xlsx => return crate::xlsx::xlsx(name, &cut, about).map_err(Error::Workbook),
        Format::Parquet => {
            return crate::parquet::parquet(name, &cut, columns::of(name), &made(), about).map_err(|why| Error::File("Parquet table", why));
        }
        Format::Gpkg => {
            let said: Vec<String> = about.iter().map(|(what, is)| format!("{what}: {is}")).collect();
            return crate::gpkg::gpkg(name, &cut, columns::of(name), &said.join("; ")).map_err(|why| Error::File("GeoPackage", why));
        }
        Format::Jsonld => return Err(Error::NotClaims),
    };
    Ok(text.into_bytes())
}

/// Who writes files.
pub(crate) fn made() -> String {
    format!("attest {}", env!("CARGO_PKG_VERSION"))
}

/// Each record as a JSON object on one line.
fn objects(listing: &Listing, options: &RenderOptions) -> Result<Vec<String>> {
    if !options.fields.is_empty() {
        let rows = Rows::of(listing, options)?;
        return Ok(rows.rows.iter().map(|row| object(&rows.columns, row)).collect());
    }
    fn line(record: &impl Serialize) -> String {
        serde_json::to_string(record).expect("records hold nothing that JSON cannot")
    }
    Ok(match listing {
        Listing::Incidents(rows) => rows.iter().map(|row| line(&row.entry)).collect(),
        Listing::Claims(rows) => rows.iter().map(|row| line(&row.entry)).collect(),
        Listing::Events(rows) => rows.iter().map(line).collect(),
        Listing::Changes(rows) => rows.iter().map(line).collect(),
        Listing::Reports(rows) => rows
            .iter()
            .map(|row| {
                let (entry, report) = (&row.entry, &row.entry.report);
                line(&ReportObject {
                    id: &report.id,
                    published: report.published.as_ref().map(|p| p.as_str()),
                    outlet: &report.outlet,
                    kind: report.kind,
                    language: &report.language,
                    title: &report.title,
                    text: options.with_text.then_some(&report.text),
                    copy_of: report.copy_of.as_deref(),
                    n_claims: entry.claims,
                    url: entry.url.as_deref(),
                    raw_hash: entry.raw_hash.as_deref(),
                    fetched: entry.fetched.as_ref(),
                    recorded_at: entry.recorded_at,
                })
            })
            .collect(),
    })
}

/// A report in JSON: the record, with or without its text, and its arrival.
#[derive(Serialize)]
struct ReportObject<'a> {
    id: &'a str,
    published: Option<&'a str>,
    outlet: &'a str,
    kind: record::ReportKind,
    language: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a String>,
    copy_of: Option<&'a str>,
    n_claims: u64,
    url: Option<&'a str>,
    raw_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched: Option<&'a ledger::Fetched>,
    recorded_at: jiff::Timestamp,
}

/// Columns in their order, which a map of values would not keep.
fn object(columns: &[&str], cells: &[Value]) -> String {
    let fields: Vec<String> = columns.iter().zip(cells).map(|(name, cell)| format!("{}:{cell}", Value::from(*name))).collect();
    format!("{{{}}}", fields.join(","))
}

fn plain(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn csv(rows: &Rows, excel: bool) -> String {
    let cell = |text: String| {
        let text = if excel && text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() { format!("'{text}") } else { text };
        if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let mut out = String::from(if excel { "\u{feff}" } else { "" });
    out.push_str(&rows.columns.join(","));
    out.push_str("\r\n");
    for row in &rows.rows {
        let cells: Vec<String> = row.iter().map(|value| cell(plain(value))).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn tsv(rows: &Rows) -> String {
    let mut out = rows.columns.join("\t") + "\n";
    for row in &rows.rows {
        let cells: Vec<String> = row.iter().map(|value| plain(value).replace(['\t', '\r', '\n'], " ")).collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

fn markdown(rows: &Rows) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(rows.columns.iter().map(|name| (*name).to_owned()).collect());
    out.push_str(&line(vec!["---".to_owned(); rows.columns.len()]));
    for row in &rows.rows {
        let escaped = |text: String| clean(&text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
        out.push_str(&line(row.iter().map(|value| escaped(plain(value))).collect()));
    }
    out
}

/// A feature collection (RFC 7946): native columns as properties, longitude before latitude, no finer than the place
/// is known, geometry null when it is not.
///
/// # Errors
/// [`Error::Column`].
pub fn geojson(listing: &Listing, options: &RenderOptions) -> Result<String> {
    let rows = Rows::of(listing, options)?;
    let points: Vec<(String, Option<[f64; 2]>)> = match listing {
        Listing::Incidents(rows) => rows
            .iter()
            .map(|row| {
                let place = row.entry.incident.place.as_ref();
                let point = place.and_then(|place| Some([place.lon?, place.lat?].map(|at| degrees(at, place.precision))));
                (row.entry.incident.id.clone(), point)
            })
            .collect(),
        Listing::Claims(rows) => rows
            .iter()
            .map(|row| {
                let place = row.entry.claim.place.as_ref();
                let point = place.and_then(|place| Some([place.lon?, place.lat?].map(|at| degrees(at, record::PlacePrecision::Exact))));
                (row.entry.claim.id.clone(), point)
            })
            .collect(),
        Listing::Reports(rows) => rows.iter().map(|row| (row.entry.report.id.clone(), None)).collect(),
        Listing::Events(rows) => rows.iter().map(|event| (event.id.to_string(), None)).collect(),
        Listing::Changes(rows) => rows.iter().map(|change| (change.id.clone(), None)).collect(),
    };
    Ok(features(points, &rows))
}

/// Ids, points and cells as a feature collection.
fn features(points: Vec<(String, Option<[f64; 2]>)>, rows: &Rows) -> String {
    let features: Vec<String> = points
        .into_iter()
        .zip(&rows.rows)
        .map(|((id, point), cells)| {
            let geometry = point.map_or_else(
                || "null".to_owned(),
                |[lon, lat]| format!(r#"{{"type":"Point","coordinates":[{},{}]}}"#, Value::from(lon), Value::from(lat)),
            );
            format!(r#"{{"type":"Feature","id":{},"geometry":{geometry},"properties":{}}}"#, Value::from(id), object(&rows.columns, cells))
        })
        .collect();
    let features = if features.is_empty() { String::new() } else { format!("\n{}\n", features.join(",\n")) };
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}\n")
}
