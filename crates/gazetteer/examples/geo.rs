//! Predictions of place names for texts, one JSON record a line:
//!
//!     zcat texts.jsonl.gz | cargo run -r -p gazetteer --example geo > predictions.jsonl
//!
//! Reads `{"id", "text", ...}`, writes `{"id", "toponyms": [{"start", "end", "text", "lat", "lon", ...}]}` with offsets
//! in characters. With `--gold` the toponyms of the input are resolved instead of spotted.

use std::io::{BufRead, Write};

use gazetteer::{Gazetteer, Hints, Toponym, ToponymKind};
use record::Span;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let gold = std::env::args().any(|a| a == "--gold");
    let gazetteer = Gazetteer::embedded();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let record: Value = serde_json::from_str(&line?)?;
        let text = record["text"].as_str().unwrap_or("");
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let toponyms = if gold { given(gazetteer, text, &record, &bytes) } else { gazetteer.spot(text) };
        let resolved = gazetteer.resolve_all(text, &toponyms, &Hints::default());
        let found: Vec<Value> = resolved
            .iter()
            .map(|r| {
                let at = |byte: u32| bytes.partition_point(|&b| b < byte as usize);
                let place = r.best.map(|c| c.place);
                json!({
                    "start": at(r.toponym.span.start), "end": at(r.toponym.span.end), "text": r.toponym.text,
                    "lat": place.map(|p| p.lat), "lon": place.map(|p| p.lon), "score": r.toponym.score,
                    "place": place.map(|p| format!("{} {} {} {}", p.name, p.country, p.code, p.id())),
                })
            })
            .collect();
        writeln!(out, "{}", json!({"id": record["id"], "toponyms": found}))?;
    }
    Ok(())
}

/// The toponyms a record gives.
fn given(gazetteer: &Gazetteer, text: &str, record: &Value, bytes: &[usize]) -> Vec<Toponym> {
    let offset = |t: &Value, key: &str| bytes[t[key].as_u64().unwrap_or(0) as usize];
    let list = record["toponyms"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|t| {
            let (start, end) = (offset(t, "start"), offset(t, "end"));
            let country = gazetteer.country(&text[start..end]);
            let demonym = country.is_some_and(|c| c.is_demonym);
            Toponym {
                span: Span::new(start, end),
                text: text[start..end].to_owned(),
                kind: if demonym { ToponymKind::Demonym } else { ToponymKind::Name },
                score: 9.0,
                country: country.map(|c| c.iso2),
            }
        })
        .collect()
}
