//! A data set to keep and to cite: all native tables with their schema, codebook, licence and citation, in one ZIP file.
//!
//! A [Frictionless data package](https://specs.frictionlessdata.io/data-package/): `datapackage.json` tells every column and how
//! the tables hang together; and an [RO-Crate](https://www.researchobject.org/ro-crate/specification/1.2/): `ro-crate-metadata.json` tells
//! what made it, of what, and every file's checksum. The same input gives the same bytes; nothing in it comes from a clock.

use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::columns::About;
use crate::format::{Format, RenderOptions, file, render};
use crate::lists::Listing;
use crate::native::{Sheet, Tables, sheets};
use crate::publish::{Publishing, Withheld};
use crate::{Error, Result};

/// What is to be known of a bundle besides its rows.
#[derive(Clone, Debug)]
pub struct BundleAbout {
    /// The publishing profile.
    pub publishing: Publishing,
    /// What it held back.
    pub withheld: Withheld,
    /// The rules in force, as a section in Markdown.
    pub rules: String,
    /// Which records were asked for, in words; empty for all.
    pub filter: String,
    /// The program's version.
    pub version: String,
}

/// The bundle as a ZIP file.
///
/// # Errors
/// [`Error::Column`] never happens here; [`Error::Workbook`] or [`Error::File`] when the archive or a table cannot be made.
pub fn bundle(tables: &Tables, about: &BundleAbout, options: &RenderOptions) -> Result<Vec<u8>> {
    let options = RenderOptions { fields: vec![], ..options.clone() };
    let tables = tables.closed();
    let sheets = sheets(&tables, &options)?;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for sheet in &sheets {
        files.push((
            format!("{}.csv", sheet.name),
            file(sheet.name, &sheet.rows, Format::Csv, &RenderOptions { excel: false, ..options.clone() }, &[])?,
        ));
        let facts = [("rules".to_owned(), options.rules.clone()), ("licence".to_owned(), options.licence.clone())];
        files.push((format!("{}.parquet", sheet.name), file(sheet.name, &sheet.rows, Format::Parquet, &options, &facts)?));
    }
    let incidents = Listing::Incidents(tables.incidents.clone());
    files.push(("incidents.geojson".to_owned(), render(&incidents, Format::Geojson, &options)?.into_bytes()));
    files.push(("datapackage.json".to_owned(), (json_text(&package(&sheets, about, &options)) + "\n").into_bytes()));
    files.push(("CODEBOOK.md".to_owned(), codebook(&sheets, about, &options).into_bytes()));
    files.push(("CITATION.cff".to_owned(), citation(&tables, about, &options).into_bytes()));
    files.push(("LICENSE.txt".to_owned(), licence(&options).into_bytes()));
    files.push(("ro-crate-metadata.json".to_owned(), (json_text(&crate_of(&files, &tables, about, &options)) + "\n").into_bytes()));
    archive(&files).map_err(|error| Error::Workbook(error.to_string()))
}

/// Files as a ZIP file, in this order, with the archive's first day as their date.
pub(crate) fn archive(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).last_modified_time(zip::DateTime::DEFAULT);
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// JSON in the order in which it was written down; a map would sort it, and does, which is as well for bytes that stay the same.
fn json_text(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn about_column<'s>(sheet: &'s Sheet, name: &str) -> &'s About {
    sheet.about.iter().find(|(column, _, _)| *column == name).expect("a test sees to it that every column is told of")
}

fn package(sheets: &[Sheet], about: &BundleAbout, options: &RenderOptions) -> Value {
    let resource = |sheet: &Sheet| {
        let field = |name: &&'static str| {
            let (name, kind, what) = about_column(sheet, name);
            json!({"name": name, "type": kind, "description": what})
        };
        let fields = |names: &[&str]| if let [only] = names { json!(only) } else { json!(names) };
        let foreign = |(columns, table, keys): &(&[&str], &str, &[&str])| json!({"fields": fields(columns), "reference": {"resource": table, "fields": fields(keys)}});
        json!({
            "name": sheet.name,
            "path": format!("{}.csv", sheet.name),
            "profile": "tabular-data-resource",
            "scheme": "file", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "schema": {
                "fields": sheet.rows.columns.iter().map(field).collect::<Vec<_>>(),
                "primaryKey": sheet.key,
                "foreignKeys": sheet.points.iter().map(foreign).collect::<Vec<_>>(),
            },
        })
    };
    json!({
        "profile": "tabular-data-package",
        "name": "attest-export",
        "title": "Incidents of armed conflict and the claims that they rest on",
        "description": format!(
            "Made with attest {}, rules {}, publishing {} (held back: {}).",
            about.version, options.rules, about.publishing.as_str(), about.withheld.words()
        ),
        "licenses": [licence_object(&options.licence)],
        "resources": sheets.iter().map(resource).collect::<Vec<_>>(),
    })
}

/// What an RO-Crate tells: the files with their checksums, what made them, of what.
fn crate_of(files: &[(String, Vec<u8>)], tables: &Tables, about: &BundleAbout, options: &RenderOptions) -> Value {
    let id = |id: &str| json!({"@id": id});
    let file = |(name, bytes): &(String, Vec<u8>)| {
        let kind = match name.rsplit('.').next().unwrap_or_default() {
            "csv" => "text/csv",
            "parquet" => "application/vnd.apache.parquet",
            "geojson" => "application/geo+json",
            "json" => "application/json",
            "md" => "text/markdown",
            "cff" => "application/yaml",
            _ => "text/plain",
        };
        json!({"@id": name, "@type": "File", "name": name, "encodingFormat": kind, "contentSize": bytes.len().to_string(), "sha256": ledger::raw_hash(bytes)})
    };
    let licence = address(&options.licence).unwrap_or("LICENSE.txt");
    let filter = if about.filter.is_empty() { "all records" } else { &about.filter };
    let mut root = json!({
        "@id": "./", "@type": "Dataset",
        "name": "Incidents of armed conflict and the claims that they rest on",
        "description": format!("{} incidents, {} claims and {} reports; held back: {}.", tables.incidents.len(), tables.claims.len(), tables.reports.len(), about.withheld.words()),
        "license": id(licence),
        "hasPart": files.iter().map(|(name, _)| id(name)).collect::<Vec<_>>(),
        "mentions": id("#export"),
    });
    if let Some(day) = day(tables) {
        root["datePublished"] = json!(day.to_string());
    }
    let mut graph = vec![
        json!({"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "conformsTo": id("https://w3id.org/ro/crate/1.2"), "about": id("./")}),
        root,
        json!({"@id": "#export", "@type": "CreateAction", "name": "Export", "instrument": id("#attest"), "result": id("./"),
            "description": format!("Filter: {filter}. Rules: {}. Publishing: {} ({}).", options.rules, about.publishing.as_str(), about.publishing.about())}),
        json!({"@id": "#attest", "@type": "SoftwareApplication", "name": "attest", "softwareVersion": about.version}),
    ];
    if let Some(address) = address(&options.licence) {
        graph.push(json!({"@id": address, "@type": "CreativeWork", "name": options.licence}));
    }
    graph.extend(files.iter().map(file));
    json!({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})
}

/// The licence as a data package tells it.
fn licence_object(licence: &str) -> Value {
    match address(licence) {
        Some(address) => json!({"name": spdx(licence), "title": licence, "path": address}),
        None => json!({"name": spdx(licence), "title": licence}),
    }
}

fn spdx(licence: &str) -> String {
    match licence {
        "CC0" => "CC0-1.0".to_owned(),
        other => other.replace(' ', "-"),
    }
}

fn address(licence: &str) -> Option<&'static str> {
    Some(match spdx(licence).as_str() {
        "CC-BY-4.0" => "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-SA-4.0" => "https://creativecommons.org/licenses/by-sa/4.0/",
        "CC-BY-NC-4.0" => "https://creativecommons.org/licenses/by-nc/4.0/",
        "CC0-1.0" => "https://creativecommons.org/publicdomain/zero/1.0/",
        "ODbL-1.0" => "https://opendatacommons.org/licenses/odbl/1-0/",
        _ => return None,
    })
}

fn licence(options: &RenderOptions) -> String {
    let at = address(&options.licence).map_or_else(String::new, |address| format!("\n{address}\n"));
    format!(
        "These tables are licensed under {}.\n{at}\nThe quotes in them are short extracts from the reports named beside them, whose rights are their publishers'.\n",
        options.licence
    )
}

/// When the newest of its records was written.
fn day(tables: &Tables) -> Option<jiff::civil::Date> {
    let newest = tables.incidents.iter().map(|row| row.entry.recorded_at).chain(tables.reports.iter().map(|row| row.entry.recorded_at)).max();
    newest.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn citation(tables: &Tables, about: &BundleAbout, options: &RenderOptions) -> String {
    let day = day(tables).map_or_else(String::new, |day| format!("date-released: {day}\n"));
    format!(
        "cff-version: 1.2.0\nmessage: Please cite this data set as below; put your names in the place of the author.\ntype: dataset\n\
         title: Incidents of armed conflict and the claims that they rest on\nauthors:\n  - name: (whoever compiled this data set)\n\
         {day}license: {}\nabstract: >-\n  {} incidents, {} claims and {} reports, made with attest {}, rules {}, publishing {}.\n",
        spdx(&options.licence),
        tables.incidents.len(),
        tables.claims.len(),
        tables.reports.len(),
        about.version,
        options.rules,
        about.publishing.as_str()
    )
}

fn codebook(sheets: &[Sheet], about: &BundleAbout, options: &RenderOptions) -> String {
    let mut text = format!(
        "# Codebook\n\nMade with attest {}. A **report** is a text somebody published. A **claim** is one thing that a report says, with who says it. An \
         **incident** is one thing that happened, as the claims about it add up; nothing in it exists without a claim.\n\nLow, best and high are bounds of \
         what is credibly said, not a confidence interval. Publishing profile: **{}** ({}). Held back: {}. Licence: {}.\n\n",
        about.version,
        about.publishing.as_str(),
        about.publishing.about(),
        about.withheld.words(),
        options.licence
    );
    text += "Each table is there as CSV and, with typed columns, as Parquet; the Parquet table of incidents has their points in `geometry` (GeoParquet).\n\n";
    text += &about.rules;
    for sheet in sheets {
        text += &format!(
            "\n## {}\n\n{} rows; key: {}.\n\n| column | type | holds |\n| --- | --- | --- |\n",
            sheet.name,
            sheet.rows.rows.len(),
            sheet.key.join(", ")
        );
        for name in &sheet.rows.columns {
            let (name, kind, what) = about_column(sheet, name);
            text += &format!("| `{name}` | {kind} | {what} |\n");
        }
    }
    text
}
