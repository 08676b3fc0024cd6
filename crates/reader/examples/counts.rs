//! Measures counts against gold cases: `cargo run --release -p reader --example counts -- DIRECTORY... [--show]`.
//!
//! Three figures: how often [`parse`] gives the gold bounds from the gold words, how often [`in_quote`] gives them
//! from the quote and the kind, and how often it stays silent where the gold claim has no count.
#![expect(clippy::print_stdout, reason = "a report for people")]

use std::path::Path;

use reader::count::{in_quote, parse};
use record::{Count, Kind};
use serde_json::Value;

#[derive(Default)]
struct Tally {
    hit: usize,
    all: usize,
}

impl Tally {
    fn add(&mut self, hit: bool) -> bool {
        self.all += 1;
        self.hit += usize::from(hit);
        hit
    }

    fn print(&self, what: &str) {
        println!("{what}: {:.1} % ({} of {})", 100.0 * self.hit as f64 / self.all.max(1) as f64, self.hit, self.all);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, directories): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let show = flags.iter().any(|flag| flag == "--show");
    for directory in directories {
        let (mut words, mut quotes, mut silent) = (Tally::default(), Tally::default(), Tally::default());
        for case in cases(Path::new(&directory))? {
            for claim in case["claims"].as_array().into_iter().flatten() {
                let Ok(kind) = claim["kind"].as_str().unwrap_or_default().parse::<Kind>() else { continue };
                let language = language(&case, claim);
                let quote = claim["quote"].as_str().unwrap_or_default();
                let picked = in_quote(quote, kind, language);
                let Ok(gold) = serde_json::from_value::<Count>(claim["count"].clone()) else {
                    if kind.is_countable() && !silent.add(picked.is_none()) && show {
                        println!("NULL\t{kind}\t{quote}\t{}", bounds(picked.as_ref()));
                    }
                    continue;
                };
                let parsed = parse(&gold.text, language);
                if !words.add(same(parsed.as_ref(), &gold)) && show {
                    println!("PARSE\t{language}\t{}\t{}\t{}", gold.text, bounds(Some(&gold)), bounds(parsed.as_ref()));
                }
                if !quotes.add(same(picked.as_ref(), &gold)) && show {
                    println!("QUOTE\t{kind}\t{quote}\t{} {}\t{}", gold.text, bounds(Some(&gold)), bounds(picked.as_ref()));
                }
            }
        }
        println!("{directory}");
        words.print("  bounds from the counting words");
        quotes.print("  bounds from the quote and the kind");
        silent.print("  silent where the claim has no count");
    }
    Ok(())
}

fn same(found: Option<&Count>, gold: &Count) -> bool {
    found.is_some_and(|found| (found.low, found.high) == (gold.low, gold.high))
}

fn bounds(count: Option<&Count>) -> String {
    count.map_or_else(
        || "-".to_owned(),
        |count| format!("{}..{}", count.low.map_or_else(String::new, |n| n.to_string()), count.high.map_or_else(String::new, |n| n.to_string())),
    )
}

fn language<'a>(case: &'a Value, claim: &Value) -> &'a str {
    let report = case["reports"].as_array().into_iter().flatten().find(|report| report["id"] == claim["report"]);
    report.and_then(|report| report["language"].as_str()).unwrap_or("en")
}

fn cases(directory: &Path) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let mut paths: Vec<_> = std::fs::read_dir(directory)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().map(|path| Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)).collect()
}
