//! Web archives as articles, for whoever brings their bytes.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_pyarrow::PyArrowType;
use arrow_schema::DataType;
use intake::{Hints, Options, WebPage, WebPages, web_pages};
use pyo3::prelude::*;
use record::Report;

use crate::errors::ColumnError;
use crate::table::{self, Words};

/// Most articles of a batch.
const ARTICLES: usize = 32;
/// Bytes of text beyond which a batch takes no further article.
const TEXT: usize = 4 << 20;

/// The pages of web archives, read where they lie: an iterator of batches of articles, in columns by the names that `reports_batch` knows,
/// and `failed`, why a record or an archive gave none, with where it is.
#[pyclass]
pub(crate) struct WebArchives(Mutex<Archives>);

struct Archives {
    batch: RecordBatch,
    /// Which of them is read.
    row: usize,
    open: Option<WebPages<'static>>,
    /// Whether it gave anything yet.
    gave: bool,
}

/// An article, or why there is none.
type Row = Result<intake::Row, String>;

#[pymethods]
impl WebArchives {
    /// Of a batch with the columns `path` and `content`, whole files.
    #[new]
    fn new(batch: PyArrowType<RecordBatch>) -> PyResult<WebArchives> {
        let batch = batch.0;
        Words::named(&batch, "path")?;
        match batch.column_by_name("content").map(|column| column.data_type().clone()) {
            Some(DataType::Binary | DataType::LargeBinary) => Ok(WebArchives(Mutex::new(Archives { batch, row: 0, open: None, gave: false }))),
            other => Err(ColumnError::new_err(format!("the column \"content\" is {other:?}, not binary"))),
        }
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyArrowType<RecordBatch>>> {
        py.detach(|| {
            let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner).next()?;
            Ok((!rows.is_empty()).then(|| PyArrowType(articles(&rows))))
        })
    }
}

impl Archives {
    /// The next articles; none at the end.
    fn next(&mut self) -> PyResult<Vec<Row>> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while self.row < self.batch.num_rows() && rows.len() < ARTICLES && bytes < TEXT {
            let path = Words::named(&self.batch, "path")?.get(self.row).unwrap_or_default();
            let pages = self.open.get_or_insert_with(|| opened(&self.batch, self.row));
            if let Some(WebPage { rows: found, .. }) = pages.next() {
                self.gave = true;
                for row in found {
                    bytes += row.as_ref().map_or(0, |row| row.report.text.len());
                    rows.push(row.map_err(|failed| format!("{path}: {}", failed.line())));
                }
            } else {
                if !self.gave {
                    rows.push(Err(format!("{path}: {}", intake::Error::NoText)));
                }
                (self.row, self.open, self.gave) = (self.row + 1, None, false);
            }
        }
        Ok(rows)
    }
}

/// However much is in an archive, a page is bounded as one that is added.
fn opened(batch: &RecordBatch, row: usize) -> WebPages<'static> {
    let content = batch.column_by_name("content").expect("seen to be there");
    let bytes = if let Some(content) = content.as_binary_opt::<i32>() {
        let (from, to) = (content.value_offsets()[row] as usize, content.value_offsets()[row + 1] as usize);
        content.values().slice_with_length(from, to - from)
    } else {
        let content = content.as_binary::<i64>();
        let (from, to) = (content.value_offsets()[row] as usize, content.value_offsets()[row + 1] as usize);
        content.values().slice_with_length(from, to - from)
    };
    let mut options = Options::default();
    options.max_unpacked = usize::MAX;
    web_pages(Cursor::new(bytes), &Hints::default(), &options)
}

fn articles(rows: &[Row]) -> RecordBatch {
    let of = |cell: &dyn Fn(&Report) -> Option<String>| table::words(rows.iter().map(|row| row.as_ref().ok().and_then(|row| cell(&row.report))));
    let columns = vec![
        ("text", of(&|report| Some(report.text.clone()))),
        ("title", of(&|report| Some(report.title.clone()))),
        ("published", of(&|report| report.published.as_ref().map(|published| published.as_str().to_owned()))),
        ("outlet", of(&|report| Some(report.outlet.clone()))),
        ("kind", of(&|report| Some(report.kind.to_string()))),
        ("language", of(&|report| Some(report.language.clone()))),
        ("url", table::words(rows.iter().map(|row| row.as_ref().ok().and_then(|row| row.url.as_ref())))),
        ("failed", table::words(rows.iter().map(|row| row.as_ref().err()))),
    ];
    table::of(columns, rows.len())
}
