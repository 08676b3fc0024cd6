//! Tables as [Parquet](https://parquet.apache.org/docs/file-format/): typed columns for R, Python and DuckDB, which need not guess.
//!
//! Whole numbers are 32 bits wide and may be missing, days are days, truths truths; a table with `lat` and `lon` has its points as
//! well-known binary too, as [GeoParquet 1.1](https://geoparquet.org/releases/v1.1.0/) wants them. The same rows give the same bytes.

use std::sync::Arc;

use ::parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::{ParquetError, Result},
    file::{metadata::KeyValue, properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};
use serde_json::{Value, json};

use crate::columns::{About, Holds, holds, since_1970, whole};
use crate::rows::Rows;

/// Rows in one group; a reader holds one at a time.
const GROUP: usize = 100_000;

/// Longitude and latitude of each row; `None` where the table has no such columns.
pub(crate) fn points(rows: &Rows) -> Option<Vec<Option<[f64; 2]>>> {
    let column = |names: [&str; 2]| rows.columns.iter().position(|column| names.contains(column));
    let (lon, lat) = (column(["lon", "longitude"])?, column(["lat", "latitude"])?);
    Some(rows.rows.iter().map(|row| Some([row[lon].as_f64()?, row[lat].as_f64()?])).collect())
}

/// A point as well-known binary, little end first.
pub(crate) fn wkb([lon, lat]: [f64; 2]) -> Vec<u8> {
    let mut bytes = vec![1, 1, 0, 0, 0];
    bytes.extend(lon.to_le_bytes());
    bytes.extend(lat.to_le_bytes());
    bytes
}

/// A table as a file; `made` is told as who wrote it, `facts` of how.
///
/// # Errors
/// Those of the writer, in its words.
pub(crate) fn parquet(name: &str, rows: &Rows, about: &[About], made: &str, facts: &[(String, String)]) -> Result<Vec<u8>, String> {
    written(name, rows, about, made, facts).map_err(|error| error.to_string())
}

fn written(name: &str, rows: &Rows, about: &[About], made: &str, facts: &[(String, String)]) -> Result<Vec<u8>> {
    let holds = holds(rows, about);
    let points = points(rows);
    let mut fields: Vec<Arc<Type>> = rows.columns.iter().zip(&holds).map(|(name, holds)| field(name, *holds)).collect::<Result<_>>()?;
    if points.is_some() {
        fields.push(Arc::new(Type::primitive_type_builder("geometry", Physical::BYTE_ARRAY).with_repetition(Repetition::OPTIONAL).build()?));
    }
    let schema = Type::group_type_builder(name).with_fields(fields).build()?;
    let mut told: Vec<KeyValue> = facts.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    told.extend(points.as_ref().map(|points| KeyValue::new("geo".to_owned(), geo(points))));
    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(Default::default()))
        .set_created_by(made.to_owned())
        .set_key_value_metadata(Some(told))
        .build();
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, Arc::new(schema), Arc::new(properties))?;
    let starts = (0..rows.rows.len()).step_by(GROUP);
    for start in starts {
        let end = rows.rows.len().min(start + GROUP);
        let mut group = writer.next_row_group()?;
        for (n, holds) in holds.iter().enumerate() {
            let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column is missing".to_owned()))?;
            write(column.untyped(), *holds, rows.rows[start..end].iter().map(|row| &row[n]))?;
            column.close()?;
        }
        if let Some(points) = &points {
            let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column is missing".to_owned()))?;
            if let ColumnWriter::ByteArrayColumnWriter(writer) = column.untyped() {
                let (values, there) = split(points[start..end].iter().map(|point| point.map(|point| ByteArray::from(wkb(point)))));
                writer.write_batch(&values, Some(&there), None)?;
            }
            column.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(out)
}

fn field(name: &str, holds: Holds) -> Result<Arc<Type>> {
    let (physical, logical, converted) = match holds {
        Holds::Words => (Physical::BYTE_ARRAY, Some(LogicalType::String), ConvertedType::UTF8),
        Holds::Day => (Physical::INT32, Some(LogicalType::Date), ConvertedType::DATE),
        Holds::Whole => (Physical::INT32, None, ConvertedType::NONE),
        Holds::Long => (Physical::INT64, None, ConvertedType::NONE),
        Holds::Number => (Physical::DOUBLE, None, ConvertedType::NONE),
        Holds::Truth => (Physical::BOOLEAN, None, ConvertedType::NONE),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(builder.with_logical_type(logical).with_converted_type(converted).build()?))
}

/// Values that are there, and for each place whether one is.
fn split<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut there) = (Vec::new(), Vec::new());
    for cell in cells {
        there.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (values, there)
}

fn write<'c>(writer: &mut ColumnWriter<'_>, holds: Holds, cells: impl Iterator<Item = &'c Value>) -> Result<()> {
    match writer {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let words = |cell: &Value| match cell {
                Value::Null => None,
                Value::String(words) => Some(ByteArray::from(words.as_str())),
                other => Some(ByteArray::from(other.to_string().into_bytes())),
            };
            let (values, there) = split(cells.map(words));
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let (values, there) = split(cells.map(|cell| if holds == Holds::Day { since_1970(cell) } else { whole(cell) }));
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let (values, there) = split(cells.map(Value::as_i64));
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let (values, there) = split(cells.map(Value::as_f64));
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::BoolColumnWriter(writer) => {
            let (values, there) = split(cells.map(Value::as_bool));
            writer.write_batch(&values, Some(&there), None)?;
        }
        _ => return Err(ParquetError::General("a column of a type that is not written".to_owned())),
    }
    Ok(())
}

/// The metadata of GeoParquet; the reference system is its default, longitude and latitude on WGS 84.
fn geo(points: &[Option<[f64; 2]>]) -> String {
    let mut column = json!({"encoding": "WKB", "geometry_types": ["Point"]});
    let known = || points.iter().flatten();
    if known().next().is_some() {
        let bound = |n: usize, pick: fn(f64, f64) -> f64| known().map(|point| point[n]).reduce(pick).unwrap_or(0.0);
        column["bbox"] = json!([bound(0, f64::min), bound(1, f64::min), bound(0, f64::max), bound(1, f64::max)]);
    }
    json!({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}).to_string()
}

#[cfg(test)]
mod tests {
    use ::parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };

    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_is_always_the_same() {
        let about: &[About] = &[
            ("id", "string", ""),
            ("start", "date", ""),
            ("dead", "integer", ""),
            ("lat", "number", ""),
            ("lon", "number", ""),
            ("seen", "boolean", ""),
        ];
        let rows = Rows {
            columns: about.iter().map(|(name, _, _)| *name).collect(),
            rows: vec![
                vec!["Ménaka · ميناكا".into(), "2025-06-03".into(), 6.into(), 15.9.into(), 2.4.into(), true.into()],
                vec!["x".into(), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null],
                vec!["y".into(), "1969-12-31".into(), 5_000_000_000_u64.into(), (-0.5).into(), (-3.0).into(), false.into()],
            ],
        };
        let bytes = parquet("incidents", &rows, about, "attest", &[("rules".to_owned(), "careful-1".to_owned())]).unwrap();
        assert_eq!(bytes, parquet("incidents", &rows, about, "attest", &[("rules".to_owned(), "careful-1".to_owned())]).unwrap());
        let opened = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, bytes).unwrap();
            SerializedFileReader::new(file).unwrap()
        };
        let reader = opened(&bytes);
        let facts = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let geo = facts.iter().find(|fact| fact.key == "geo").and_then(|fact| fact.value.clone()).unwrap();
        assert!(geo.contains("\"bbox\":[-3.0,-0.5,2.4,15.9]"), "{geo}");
        let read: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(read[0].get_string(0).unwrap(), "Ménaka · ميناكا");
        assert_eq!((read[0].get_int(2).unwrap(), read[0].get_bool(5).unwrap()), (6, true));
        assert_eq!(read[0].get_bytes(6).unwrap().data(), wkb([2.4, 15.9]));
        assert!(read[1].get_int(2).is_err() && read[2].get_int(2).unwrap() == i32::MAX);
        assert!(read[2].to_string().contains("1969-12-31"), "{}", read[2]);
        let none = Rows { columns: rows.columns.clone(), rows: vec![] };
        assert_eq!(opened(&parquet("incidents", &none, about, "attest", &[]).unwrap()).metadata().file_metadata().num_rows(), 0);
    }
}
