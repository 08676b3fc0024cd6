//! What tells of what scope claims are and which are about one event, for training: `cargo run -r -p reader --example signs -- DIR…` over gold cases.
//!
//! One JSON line a report: the case, the report's id, its claims as read, the features of each and those of each pair.

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
                let signs = reader.signs(&report)?;
                let case = file.file_stem().and_then(|s| s.to_str());
                println!("{}", json!({"case": case, "report": report.id, "claims": signs.claims, "scopes": signs.scopes, "pairs": signs.pairs}));
            }
        }
    }
    Ok(())
}
