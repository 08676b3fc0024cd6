//! How often the nouns of a claim's own words say who its victims were: `cargo run --example victims -- DIR…` over gold cases.

use std::collections::BTreeMap;

use gazetteer::{ActorHints, Gazetteer};

fn main() {
    let mut table: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut shown = 0;
    for folder in std::env::args().skip(1) {
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        files.sort();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "json")) {
            let case: serde_json::Value = serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("a case");
            for claim in case["claims"].as_array().expect("claims") {
                let (Some(victims), Ok(kind)) = (claim["victims"].as_str(), claim["kind"].as_str().unwrap_or("").parse::<record::Kind>()) else {
                    continue;
                };
                let quote = claim["quote"].as_str().unwrap_or("");
                let report = case["reports"].as_array().expect("reports").iter().find(|r| r["id"] == claim["report"]).expect("its report");
                let language = report["language"].as_str().unwrap_or("en");
                let country = claim["place"]["country"].as_str().unwrap_or("");
                let found = reader::victims_in(Gazetteer::embedded(), quote, kind, language, &ActorHints::country(country));
                let said = found.map_or("-".to_owned(), |v| v.to_string());
                if said != "-" && said != victims && shown < 60 {
                    println!("{victims} not {said}: {quote}");
                    shown += 1;
                }
                *table.entry((said, victims.to_owned())).or_default() += 1;
            }
        }
    }
    for ((said, gold), n) in table {
        println!("said {said:12} gold {gold:12} {n}");
    }
}
