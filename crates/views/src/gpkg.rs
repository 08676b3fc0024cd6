//! A table as a [GeoPackage](https://www.geopackage.org/spec140/): one SQLite file that QGIS, GDAL and R open as a layer.
//!
//! A table with points is a layer of features, those without a place among them with no geometry; any other is a table of attributes. The
//! same rows give the same bytes: the date of the contents is that of the newest row.

use rusqlite::{Connection, MAIN_DB, ToSql, params_from_iter, types::Value as Cell};
use serde_json::Value;

use crate::columns::{About, Holds, day, holds};
use crate::parquet::{points, wkb};
use crate::rows::Rows;

/// "GPKG", and version 1.4.0 of the standard.
const HEAD: &str = "PRAGMA application_id = 1196444487; PRAGMA user_version = 10400; PRAGMA page_size = 4096;";

/// The tables that every GeoPackage has, and the reference systems that it must know.
const TABLES: &str = r#"
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"#;

/// A table as a GeoPackage of one layer.
///
/// # Errors
/// Those of SQLite, in its words.
pub(crate) fn gpkg(name: &str, rows: &Rows, about: &[About], description: &str) -> Result<Vec<u8>, String> {
    written(name, rows, about, description).map_err(|error| error.to_string())
}

fn written(name: &str, rows: &Rows, about: &[About], description: &str) -> rusqlite::Result<Vec<u8>> {
    let mut conn = Connection::open_in_memory()?;
    conn.execute_batch(HEAD)?;
    let write = conn.transaction()?;
    write.execute_batch(TABLES)?;
    let (holds, points) = (holds(rows, about), points(rows));
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut columns = vec!["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL".to_owned()];
    columns.extend(points.is_some().then(|| "geom POINT".to_owned()));
    columns.extend(rows.columns.iter().zip(&holds).map(|(column, holds)| format!("{} {}", quoted(column), kind(*holds))));
    write.execute_batch(&format!("CREATE TABLE {} ({});", quoted(name), columns.join(", ")))?;
    let marks = vec!["?"; columns.len()].join(", ");
    {
        let mut insert = write.prepare(&format!("INSERT INTO {} VALUES ({marks})", quoted(name)))?;
        for (n, row) in rows.rows.iter().enumerate() {
            let mut cells: Vec<Cell> = vec![Cell::Integer(n as i64 + 1)];
            cells.extend(points.as_ref().map(|points| points[n].map_or(Cell::Null, |point| Cell::Blob(geometry(point)))));
            cells.extend(row.iter().zip(&holds).map(|(value, holds)| cell(value, *holds)));
            insert.execute(params_from_iter(cells))?;
        }
    }
    let known = || points.iter().flatten().flatten();
    let bound = |n: usize, pick: fn(f64, f64) -> f64| known().map(|point| point[n]).reduce(pick);
    let data_type = if points.is_some() { "features" } else { "attributes" };
    let (changed, srs) = (newest(rows), points.as_ref().map(|_| 4326));
    let bounds = (bound(0, f64::min), bound(1, f64::min), bound(0, f64::max), bound(1, f64::max));
    let contents: [&dyn ToSql; 10] = [&name, &data_type, &name, &description, &changed, &bounds.0, &bounds.1, &bounds.2, &bounds.3, &srs];
    write.execute("INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &contents[..])?;
    if points.is_some() {
        write.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 4326, 0, 0)", [name])?;
    }
    write.commit()?;
    Ok(conn.serialize(MAIN_DB)?.to_vec())
}

fn kind(holds: Holds) -> &'static str {
    match holds {
        Holds::Words => "TEXT",
        Holds::Day => "DATE",
        Holds::Whole => "MEDIUMINT",
        Holds::Long => "INTEGER",
        Holds::Number => "DOUBLE",
        Holds::Truth => "BOOLEAN",
    }
}

fn cell(value: &Value, holds: Holds) -> Cell {
    match (holds, value) {
        (_, Value::Null) => Cell::Null,
        (Holds::Truth, Value::Bool(truth)) => Cell::Integer((*truth).into()),
        (Holds::Whole | Holds::Long, value) => value.as_i64().map_or(Cell::Null, Cell::Integer),
        (Holds::Number, value) => value.as_f64().map_or(Cell::Null, Cell::Real),
        (Holds::Day, value) => day(value).map_or(Cell::Null, |day| Cell::Text(day.to_string())),
        (_, Value::String(words)) => Cell::Text(words.clone()),
        (_, other) => Cell::Text(other.to_string()),
    }
}

/// A point in the standard's wrapping: "GP", version 0, little end first and without an envelope, the reference system, well-known binary.
fn geometry(point: [f64; 2]) -> Vec<u8> {
    let mut bytes = b"GP\0\x01".to_vec();
    bytes.extend(4326_i32.to_le_bytes());
    bytes.extend(wkb(point));
    bytes
}

/// When the newest row was written, to the millisecond.
fn newest(rows: &Rows) -> String {
    let column = rows.columns.iter().position(|column| matches!(*column, "last_changed" | "recorded_at"));
    let times = column.map(|n| rows.rows.iter().filter_map(|row| row[n].as_str()?.parse::<jiff::Timestamp>().ok()).max());
    let time = times.flatten().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_every_row_and_is_always_the_same() {
        let rows = Rows {
            columns: vec!["incident_id", "lat", "lon", "deaths_low", "date_start", "last_changed"],
            rows: vec![
                // A day as UCDP writes it.
                vec!["A".into(), 15.9.into(), 2.4.into(), 6.into(), "2025-06-02 00:00:00.000".into(), "2025-06-03T10:00:00.5Z".into()],
                vec!["B".into(), Value::Null, Value::Null, Value::Null, Value::Null, "2025-06-04T10:00:00Z".into()],
            ],
        };
        let bytes = gpkg("incidents", &rows, crate::columns::INCIDENT, "Rules careful-1").unwrap();
        assert_eq!(bytes, gpkg("incidents", &rows, crate::columns::INCIDENT, "Rules careful-1").unwrap());
        assert_eq!(&bytes[68..72], b"GPKG");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let conn = Connection::open(file.path()).unwrap();
        let read: Vec<(String, Option<Vec<u8>>, Option<i64>)> = conn
            .prepare("SELECT incident_id, geom, deaths_low FROM incidents ORDER BY fid")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(read, [("A".to_owned(), Some(geometry([2.4, 15.9])), Some(6)), ("B".to_owned(), None, None)]);
        let contents = conn.query_row("SELECT data_type, last_change, min_x FROM gpkg_contents", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, f64>(2)?))
        });
        assert_eq!(contents.unwrap(), ("features".to_owned(), "2025-06-04T10:00:00.000Z".to_owned(), 2.4));
        let day: (String, String) = conn
            .query_row("SELECT date_start, (SELECT type FROM pragma_table_info('incidents') WHERE name = 'date_start') FROM incidents", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(day, ("2025-06-02".to_owned(), "DATE".to_owned()));
    }

    #[test]
    fn a_table_without_points_is_one_of_attributes() {
        let bytes = gpkg("sides", &Rows { columns: vec!["side"], rows: vec![vec!["total".into()]] }, &[], "").unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let conn = Connection::open(file.path()).unwrap();
        let read = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!([read("SELECT data_type FROM gpkg_contents"), read("SELECT side FROM sides")], ["attributes", "total"]);
        assert_eq!(read("SELECT CAST(COUNT(*) AS TEXT) FROM gpkg_geometry_columns"), "0");
    }
}
