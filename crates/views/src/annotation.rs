//! Claims as [Web Annotations](https://www.w3.org/TR/annotation-model/): what annotation tools read and write.
//!
//! One annotation a claim: its body the claim as it is defined, its target the report with the quote, 32 characters on either side of it,
//! and where it stands in Unicode characters. A page of them is JSON-LD and JSON.

use std::collections::BTreeMap;

use record::{Id, Report};
use serde_json::{Map, Value, json};

use crate::format::RenderOptions;
use crate::lists::ClaimRow;

/// The vocabulary.
pub const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";
/// Characters on either side of a quote.
const AROUND: usize = 32;

/// A name that stays the same wherever the ledger is served.
fn name(base: &str, what: &str, id: &str) -> String {
    if base.is_empty() { format!("urn:attest:{what}:{id}") } else { format!("{base}/{what}s/{id}") }
}

/// Claims as a page of annotations. Without its report's text an annotation has the quote alone; a
/// quote that was left out or changed stands nowhere, and its annotation points at the report.
pub fn annotations(rows: &[ClaimRow], reports: &BTreeMap<Id, Report>, options: &RenderOptions) -> String {
    let items: Vec<Value> = rows.iter().map(|row| annotation(row, reports.get(&row.entry.claim.report), options)).collect();
    let page = json!({"@context": CONTEXT, "id": "urn:attest:claims", "type": "AnnotationPage", "items": items});
    serde_json::to_string_pretty(&page).expect("values hold nothing that JSON cannot") + "\n"
}

fn annotation(row: &ClaimRow, report: Option<&Report>, options: &RenderOptions) -> Value {
    let claim = &row.entry.claim;
    let source = row.url.clone().unwrap_or_else(|| name(&options.base, "report", &claim.report));
    let mut target = json!({"source": source});
    if claim.quote.stands() {
        let mut exact = Map::from_iter([("type".to_owned(), json!("TextQuoteSelector")), ("exact".to_owned(), json!(claim.quote.text))]);
        let (start, end) = (claim.quote.span.start as usize, claim.quote.span.end as usize);
        let field = report.map(|report| report.field(claim.quote.field));
        if let Some((before, after)) = field.and_then(|field| field.get(..start).zip(field.get(end..))) {
            let before: Vec<char> = before.chars().rev().take(AROUND).collect();
            exact.insert("prefix".to_owned(), json!(before.into_iter().rev().collect::<String>()));
            exact.insert("suffix".to_owned(), json!(after.chars().take(AROUND).collect::<String>()));
        }
        let place = json!({"type": "TextPositionSelector", "start": claim.quote.start, "end": claim.quote.end});
        target["selector"] = json!([Value::Object(exact), place]);
    }
    let creator = match &row.entry.decided_by {
        Some(who) => json!({"type": "Person", "nickname": who}),
        None => json!({"type": "Software", "name": claim.reader.as_deref().unwrap_or("attest")}),
    };
    json!({
        "@context": CONTEXT,
        "id": name(&options.base, "claim", &claim.id),
        "type": "Annotation",
        "motivation": "describing",
        "creator": creator,
        "body": {"type": "Dataset", "value": claim},
        "target": target,
    })
}
