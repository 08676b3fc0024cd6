//! Tables of coded events by other houses: rows of UCDP GED and Candidate files, and of ACLED-shaped ones, old headers and new.
//!
//! A coded row is no report of what happened but of what a coder made of reports. It becomes a text of its cells, so that what
//! is claimed of it can point at words: `fatalities: 12`. What a cell means is decided where rows become claims.

use jiff::civil::Date;
use record::{Published, Report, ReportKind, Span};

use crate::{Error, Failed, Options, sheet};

/// Who coded a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum House {
    /// Uppsala Conflict Data Program: Georeferenced Event Dataset, or Candidate Events.
    Ucdp,
    /// Armed Conflict Location & Event Data, or a table in its shape.
    Acled,
}

impl House {
    /// The outlet of its rows when nobody says more.
    pub const fn outlet(self) -> &'static str {
        match self {
            House::Ucdp => "UCDP GED",
            House::Acled => "ACLED",
        }
    }

    /// Its terms, and whether they let rows be passed on.
    pub const fn licence(self) -> (&'static str, bool) {
        match self {
            House::Ucdp => ("CC BY 4.0", true),
            House::Acled => ("ACLED EULA", false),
        }
    }
}

/// How near a coded date or place is known, in the house's own code.
pub type Precision = u8;

/// One coded event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Coded {
    /// Its id at its house.
    pub id: String,
    /// Who coded it.
    pub house: House,
    /// The row as a report: its cells as lines `column: value`, a house's own prose before them.
    pub report: Report,
    /// First day.
    pub start: Date,
    /// Last day, not before the first.
    pub end: Date,
    /// The house's code for the date, 1 the nearest.
    pub date_precision: Precision,
    /// Sub-event name (ACLED), or `1`, `2`, `3` (UCDP type of violence).
    pub kind: String,
    /// Side A or actor 1, side B or actor 2, as the house names them; empty where there is none.
    pub sides: [String; 2],
    /// Place, second-level and first-level unit, as the house names them; empty where it gives none.
    pub place: [String; 3],
    /// Country as the house names it.
    pub country: String,
    /// ISO 3166 numeric (ACLED) or Gleditsch–Ward number (UCDP).
    pub country_number: Option<u16>,
    /// Latitude and longitude in WGS 84 degrees.
    pub point: Option<(f64, f64)>,
    /// The house's code for the place, 1 the nearest.
    pub place_precision: Precision,
    /// The dead: low, best, high, in this order whatever the cells say; the same three times where the house has one figure.
    pub deaths: [u64; 3],
    /// UCDP's best figures of side A, side B, civilians and others; `None` at ACLED.
    pub split: Option<[u64; 4]>,
}

impl Coded {
    /// Where the cell of a column stands in the report's text; `None` where it is empty.
    pub fn cell(&self, column: &str) -> Option<Span> {
        let mut at = 0;
        for line in self.report.text.split('\n') {
            if line.strip_prefix(column).is_some_and(|rest| rest.starts_with(": ")) {
                return Some(Span::new(at, at + line.len()));
            }
            at += line.len() + 1;
        }
        None
    }
}

/// A table of coded events, row by row.
#[derive(Clone, Debug)]
pub struct CodedTable {
    /// Who coded it.
    pub house: House,
    /// In the order of the file.
    pub rows: Vec<Result<Coded, Failed>>,
}

/// The cells that make the text of a row, in this order; others stay out of it.
const UCDP: &[&str] = &[
    "id",
    "relid",
    "code_status",
    "type_of_violence",
    "conflict_name",
    "dyad_name",
    "side_a",
    "side_b",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "country",
    "where_prec",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "low",
    "best",
    "high",
    "source_office",
    "source_original",
];

const ACLED: &[&str] = &[
    "event_id_cnty",
    "event_date",
    "time_precision",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "actor2",
    "assoc_actor_2",
    "civilian_targeting",
    "location",
    "admin1",
    "admin2",
    "country",
    "geo_precision",
    "fatalities",
    "source",
];

/// What became of one header's name in the files of other years.
fn usual(header: &str) -> String {
    let name = header.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
    match name.as_str() {
        "event_type_old" => "event_type".to_owned(),
        "ally_actor_1" => "assoc_actor_1".to_owned(),
        "ally_actor_2" => "assoc_actor_2".to_owned(),
        "geo_precis" => "geo_precision".to_owned(),
        _ => name,
    }
}

/// Whether a header is that of a table of coded events, and whose.
fn house(headers: &[String]) -> Option<House> {
    let has = |name: &str| headers.iter().any(|header| header == name);
    if has("event_id_cnty") && has("event_date") && has("fatalities") {
        Some(House::Acled)
    } else if has("type_of_violence") && has("deaths_civilians") && has("best") {
        Some(House::Ucdp)
    } else {
        None
    }
}

/// Reads a table of coded events, CSV or a workbook; `None` when the bytes are none. A bad row is a failed row with its place and the reason.
///
/// # Errors
/// When the bytes are no text, or hold more than the bounds allow.
pub fn coded(bytes: &[u8], outlet: Option<&str>, options: &Options) -> Result<Option<CodedTable>, Error> {
    let Some(sheet) = sheet::first(bytes, options)? else { return Ok(None) };
    let headers: Vec<String> = sheet.headers.iter().map(|header| usual(header)).collect();
    let Some(house) = house(&headers) else { return Ok(None) };
    let outlet = outlet.unwrap_or(house.outlet());
    let mut rows = Vec::new();
    for (at, record) in sheet.rows {
        if record.len() != headers.len() {
            rows.push(Err(Failed { at, why: Error::Cells { found: record.len(), expected: headers.len() } }));
            continue;
        }
        let cell = |name: &str| headers.iter().position(|header| header == name).and_then(|at| record.get(at)).map_or("", |cell| cell.trim());
        let row = match house {
            House::Ucdp => ucdp(&cell, outlet),
            House::Acled => acled(&cell, outlet),
        };
        rows.push(row.map_err(|why| Failed { at, why }));
    }
    Ok(Some(CodedTable { house, rows }))
}

type Cell<'c> = &'c dyn Fn(&str) -> &'c str;

fn field(field: &'static str, value: &str) -> Error {
    Error::Field { field, value: crate::article::shortened(value) }
}

fn number<T: std::str::FromStr>(cell: Cell<'_>, name: &'static str) -> Result<T, Error> {
    let value = cell(name);
    value.parse().or_else(|_| value.strip_suffix(".0").unwrap_or(value).parse()).map_err(|_| field(name, value))
}

/// A day, as the houses write it: ISO, with or without a time, or `03 January 2022`.
fn day(cell: Cell<'_>, name: &'static str) -> Result<Date, Error> {
    let value = cell(name);
    let iso = value.get(..10).and_then(|day| day.parse().ok());
    iso.or_else(|| crate::day::published(value).map(|day| day.date())).ok_or_else(|| field(name, value))
}

fn point(cell: Cell<'_>) -> Option<(f64, f64)> {
    let degrees = |name: &str, most: f64| cell(name).parse::<f64>().ok().filter(|degrees| degrees.abs() <= most);
    degrees("latitude", 90.0).zip(degrees("longitude", 180.0))
}

/// One blank where there were any: a line stays a line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn report(cell: Cell<'_>, columns: &[&str], outlet: &str, title: &str, prose: &str) -> Report {
    let lines: Vec<String> = columns
        .iter()
        .map(|column| (column, flat(cell(column))))
        .filter(|(_, value)| !value.is_empty())
        .map(|(column, value)| format!("{column}: {value}"))
        .collect();
    let prose = flat(prose);
    let text = if prose.is_empty() { lines.join("\n") } else { format!("{prose}\n\n{}", lines.join("\n")) };
    let mut report = Report::new(ReportKind::Analysis.as_str(), "en", &flat(title), &text);
    outlet.clone_into(&mut report.outlet);
    report
}

fn ucdp<'c>(cell: Cell<'c>, outlet: &str) -> Result<Coded, Error> {
    let (start, end) = (day(cell, "date_start")?, day(cell, "date_end")?);
    if end < start {
        return Err(field("date_end", cell("date_end")));
    }
    let (low, best, high): (u64, u64, u64) = (number(cell, "low")?, number(cell, "best")?, number(cell, "high")?);
    // In some rows of the published files the bounds cross the best figure, which is the sum of the sides and so holds.
    let deaths = [low.min(best), best, high.max(best)];
    let split = [number(cell, "deaths_a")?, number(cell, "deaths_b")?, number(cell, "deaths_civilians")?, number(cell, "deaths_unknown")?];
    let mut report = report(cell, UCDP, outlet, &format!("{}, {}", cell("dyad_name"), cell("where_coordinates")), "");
    report.identify();
    Ok(Coded {
        id: cell("id").to_owned(),
        house: House::Ucdp,
        report,
        start,
        end,
        date_precision: number(cell, "date_prec")?,
        kind: cell("type_of_violence").to_owned(),
        sides: [cell("side_a").to_owned(), cell("side_b").to_owned()],
        place: [cell("where_coordinates"), cell("adm_2"), cell("adm_1")].map(str::to_owned),
        country: cell("country").to_owned(),
        country_number: number(cell, "country_id").ok(),
        point: point(cell),
        place_precision: number(cell, "where_prec")?,
        deaths,
        split: Some(split),
    })
}

fn acled<'c>(cell: Cell<'c>, outlet: &str) -> Result<Coded, Error> {
    let start = day(cell, "event_date")?;
    let kind = if cell("sub_event_type").is_empty() { "event_type" } else { "sub_event_type" };
    if cell(kind).is_empty() {
        return Err(field("sub_event_type", ""));
    }
    let deaths = number(cell, "fatalities")?;
    let (half, date_precision) = match number(cell, "time_precision")? {
        1 => (0, 1),
        // The middle of a week, or of a month.
        2 => (3, 2),
        other => (15, other),
    };
    let around = |days: i64| start.checked_add(jiff::Span::new().days(days)).unwrap_or(start);
    let mut report = report(cell, ACLED, outlet, &format!("{}, {}", cell(kind), cell("location")), cell("notes"));
    let uploaded = cell("timestamp").parse().ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
    report.published = uploaded.and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string().parse::<Published>().ok());
    report.identify();
    Ok(Coded {
        id: cell("event_id_cnty").to_owned(),
        house: House::Acled,
        report,
        start: around(-half),
        end: around(half),
        date_precision,
        kind: cell(kind).to_owned(),
        sides: [cell("actor1").to_owned(), cell("actor2").to_owned()],
        place: [cell("location"), cell("admin2"), cell("admin1")].map(str::to_owned),
        country: cell("country").to_owned(),
        country_number: number(cell, "iso").ok(),
        point: point(cell),
        place_precision: number(cell, "geo_precision")?,
        deaths: [deaths; 3],
        split: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GED: &str = "id,relid,code_status,type_of_violence,conflict_name,dyad_name,side_a,side_b,source_office,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,longitude,country,country_id,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low\n\
        17,NOR-1,Clear,1,,Government of Northland - NLF,Government of Northland,NLF,Agence Nord,\"army, a doctor\",1,Kardala town,in Kardala,Oum,,14.1,-3.2,Northland,999,1,2,2025-06-02 00:00:00.000,2025-06-03 00:00:00.000,6,14,0,1,21,30,6\n\
        18,NOR-2,Clear,1,,X,A,B,,,1,K,,,,14.1,-3.2,Northland,999,1,1,2025-06-03,2025-06-02,0,1,0,0,1,1,1\n\
        19,short\n";

    #[test]
    fn a_ucdp_row_is_a_text_of_its_cells() {
        let table = coded(GED.as_bytes(), None, &Options::default()).unwrap().unwrap();
        assert_eq!(table.house, House::Ucdp);
        let row = table.rows[0].as_ref().unwrap();
        assert_eq!(row.cell("best").unwrap().slice(&row.report.text), "best: 21");
        assert!(row.cell("adm_2").is_none());
        assert_eq!((row.deaths, row.split, row.point), ([6, 21, 30], Some([6, 14, 0, 1]), Some((14.1, -3.2))));
        assert_eq!((row.report.outlet.as_str(), row.report.kind), ("UCDP GED", ReportKind::Analysis));
        let failed: Vec<String> = table.rows.iter().filter_map(|row| row.as_ref().err()).map(Failed::line).collect();
        assert_eq!(failed, ["line 3: the date_end \"2025-06-02\" was not understood", "line 4: the row has 2 cells, the header 30"]);
    }

    #[test]
    fn acled_rows_have_old_headers_or_new() {
        let new = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,iso,country,admin1,location,latitude,longitude,geo_precision,source,notes,fatalities,timestamp\n\
            XNO1,2025-06-02,1,Battles,Armed clash,NLF,Military Forces of Northland (2021-),999,Northland,Oum,Kardala,14.1,-3.2,1,Agence Nord,\"On 2 June 2025, NLF attacked a post. 6 fatalities.\",6,1749000000\n";
        let old = "DATA_ID;ISO;EVENT_ID_CNTY;EVENT_DATE;TIME_PRECISION;EVENT_TYPE;SUB_EVENT_TYPE;ACTOR1;ACTOR2;COUNTRY;ADMIN1;LOCATION;LATITUDE;LONGITUDE;GEO_PRECISION;SOURCE;NOTES;FATALITIES;TIMESTAMP\n\
            5;999;XNO1;02 June 2025;1;Battles;Armed clash;NLF;Military Forces of Northland (2021-);Northland;Oum;Kardala;14.1;-3.2;1;Agence Nord;\"On 2 June 2025, NLF attacked a post. 6 fatalities.\";6;1749000000\n";
        let row = |text: &str| coded(text.as_bytes(), None, &Options::default()).unwrap().unwrap().rows.remove(0).unwrap();
        let (new, old) = (row(new), row(old));
        assert_eq!((&new.id, new.start, new.end, &new.kind, new.deaths), (&old.id, old.start, old.end, &old.kind, old.deaths));
        assert!(new.report.text.starts_with("On 2 June 2025, NLF attacked a post. 6 fatalities.\n\nevent_id_cnty: XNO1\n"));
        assert_eq!(new.report.published.as_ref().unwrap().as_str(), "2025-06-04");
    }

    #[test]
    fn other_tables_are_none() {
        assert!(coded(b"id,text\n1,Five killed\n", None, &Options::default()).unwrap().is_none());
        assert!(coded(b"Five killed near Konna.\n", None, &Options::default()).unwrap().is_none());
    }
}
