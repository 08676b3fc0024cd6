//! Rows as Arrow columns, and Arrow columns read in place.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_array::{LargeStringArray, StringViewArray};
use arrow_schema::{DataType, Field, Schema};
use pyo3::PyResult;
use serde_json::Value;
use views::{About, Holds, Rows, holds, since_1970, whole};

use crate::errors::ColumnError;

/// A column beside the native ones.
pub(crate) type More = (&'static str, ArrayRef);

/// Most bytes of words in one batch of [`batches`]; Arrow's plain strings end at 2 GiB a column.
const MOST: usize = 1 << 30;

/// Native rows as a batch, typed as in exported Parquet ([`views::holds`]). Every column may hold nulls.
pub(crate) fn batch(rows: &Rows, about: &[About], more: Vec<More>) -> RecordBatch {
    let held = holds(rows, about).into_iter().enumerate();
    let native = held.map(|(n, holds)| (rows.columns[n], column(holds, rows.rows.iter().map(|row| &row[n]))));
    of(native.chain(more).collect(), rows.rows.len())
}

/// Native rows as one batch or more, none with more words than a column of strings can hold.
pub(crate) fn batches(rows: Rows, about: &[About]) -> Vec<RecordBatch> {
    rows.runs(MOST).iter().map(|rows| batch(rows, about, Vec::new())).collect()
}

/// Columns as a batch of so many rows.
pub(crate) fn of(columns: Vec<More>, rows: usize) -> RecordBatch {
    let fields: Vec<Field> = columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let arrays = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).expect("columns are made with a cell a row")
}

fn column<'v>(holds: Holds, cells: impl Iterator<Item = &'v Value>) -> ArrayRef {
    match holds {
        Holds::Words => Arc::new(cells.map(Value::as_str).collect::<StringArray>()),
        Holds::Day => Arc::new(cells.map(since_1970).collect::<Date32Array>()),
        Holds::Whole => Arc::new(cells.map(whole).collect::<Int32Array>()),
        Holds::Long => Arc::new(cells.map(Value::as_i64).collect::<Int64Array>()),
        Holds::Number => Arc::new(cells.map(Value::as_f64).collect::<Float64Array>()),
        Holds::Truth => Arc::new(cells.map(Value::as_bool).collect::<BooleanArray>()),
    }
}

/// A column of words.
pub(crate) fn words<T: AsRef<str>>(cells: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(cells.into_iter().collect::<StringArray>())
}

/// A column of strings as it came, read where it lies.
#[derive(Clone, Copy)]
pub(crate) enum Words<'b> {
    /// 32-bit offsets.
    Small(&'b StringArray),
    /// 64-bit offsets, as pandas and polars write them.
    Large(&'b LargeStringArray),
    /// Views.
    View(&'b StringViewArray),
    /// Not there, or null throughout.
    Absent,
}

impl<'b> Words<'b> {
    /// The column of this name; [`Words::Absent`] when there is none.
    ///
    /// # Errors
    /// [`ColumnError`] for a column of another type than strings.
    pub(crate) fn maybe(batch: &'b RecordBatch, name: &str) -> PyResult<Words<'b>> {
        let Some(column) = batch.column_by_name(name) else { return Ok(Words::Absent) };
        Ok(match column.data_type() {
            DataType::Utf8 => Words::Small(column.as_string()),
            DataType::LargeUtf8 => Words::Large(column.as_string()),
            DataType::Utf8View => Words::View(column.as_string_view()),
            DataType::Null => Words::Absent,
            other => return Err(ColumnError::new_err(format!("column {name:?} is {other}, not string: cast it first"))),
        })
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`ColumnError`] when there is none, or of another type than strings.
    pub(crate) fn named(batch: &'b RecordBatch, name: &str) -> PyResult<Words<'b>> {
        if batch.column_by_name(name).is_none() {
            let schema = batch.schema();
            let there: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            return Err(ColumnError::new_err(format!("there is no column {name:?}; there are {}", there.join(" "))));
        }
        Words::maybe(batch, name)
    }

    /// The words of a row; `None` for a null.
    pub(crate) fn get(self, row: usize) -> Option<&'b str> {
        match self {
            Words::Small(column) => column.is_valid(row).then(|| column.value(row)),
            Words::Large(column) => column.is_valid(row).then(|| column.value(row)),
            Words::View(column) => column.is_valid(row).then(|| column.value(row)),
            Words::Absent => None,
        }
    }
}
