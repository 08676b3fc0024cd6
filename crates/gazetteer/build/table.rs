use std::error::Error;
use std::io::Read;
use std::path::Path;

/// A tab-separated table with a header line, held whole.
pub(crate) struct Table {
    text: String,
    head: Vec<String>,
    name: String,
}

impl Table {
    /// Reads `path`, unpacking it when its name ends in `.gz`.
    pub(crate) fn read(path: &Path) -> Result<Table, Box<dyn Error>> {
        let fail = |e: std::io::Error| format!("cannot read {}: {e}", path.display());
        let bytes = std::fs::read(path).map_err(fail)?;
        let mut text = String::new();
        if path.extension().is_some_and(|e| e == "gz") {
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).map_err(fail)?;
        } else {
            text = String::from_utf8(bytes).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        }
        let head = text.lines().next().unwrap_or("").split('\t').map(str::to_owned).collect();
        Ok(Table { text, head, name: path.display().to_string() })
    }

    /// Position of a column.
    pub(crate) fn column(&self, name: &str) -> Result<usize, Box<dyn Error>> {
        self.head.iter().position(|h| h == name).ok_or_else(|| format!("{}: no column {name}", self.name).into())
    }

    /// Rows as slices of the text; a missing last field reads as absent.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Vec<&str>> {
        self.text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
    }
}
