//! What tells whether two claims are about one event, for training: `cargo run -r -p reader --example pairs -- DIR…` over gold cases.
//!
//! One JSON line a report: the case, the report's id, its claims as read, and each pair of them with its features.

use record::Report;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reader = reader::Reader::embedded()?;
    for folder in std::env::args().skip(1) {
        let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "json")) {
            let case: Value = serde_json::from_slice(&std::fs::read(file)?)?;
            let reports: Vec<Report> = serde_json::from_value(case["reports"].clone())?;
            for report in reports {
                let (claims, pairs) = reader.pairs(&report)?;
                println!("{}", json!({"case": file.file_stem().and_then(|s| s.to_str()), "report": report.id, "claims": claims, "pairs": pairs}));
            }
        }
    }
    Ok(())
}
