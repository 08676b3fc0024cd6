//! Web Annotations of reports that the ledger has: claims that `export claims --format jsonld` wrote, or quotes that somebody marked in
//! an annotation tool and tagged with a claim kind.

use std::collections::{BTreeMap, BTreeSet};

use record::{Claim, Field, Id, Kind, Quote, Report, Span};
use serde_json::Value;

use super::{Imported, Known, push_once};

/// An annotation, or why there is none where one was looked for.
type Found = Result<Value, String>;

/// The annotations of a file: one, a list of them, a page or a collection of pages, or one a line; `None` when it has none.
pub(super) fn found(text: &str) -> Option<Vec<Found>> {
    let values: Vec<Found> = match serde_json::from_str::<Value>(text) {
        Ok(value) => vec![Ok(value)],
        Err(_) => {
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            lines.map(|(n, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", n + 1))).collect()
        }
    };
    let (mut annotations, mut pages) = (Vec::new(), Pages::default());
    for value in values {
        match value {
            Ok(value) => gather(value, &mut annotations, &mut pages),
            Err(why) => annotations.push(Err(why)),
        }
    }
    let missing = pages.named.iter().filter(|(_, page)| !pages.here.contains(page));
    annotations.extend(missing.map(|(which, page)| Err(format!("the page that comes {which} is not in the file ({page})"))));
    annotations.iter().any(Result::is_ok).then_some(annotations)
}

fn is(value: &Value, kind: &str) -> bool {
    match value.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|given| given == kind),
        Some(given) => given == kind,
        None => false,
    }
}

/// Pages of a collection, by their addresses.
#[derive(Default)]
struct Pages {
    here: BTreeSet<String>,
    /// `first` or `next`, and which.
    named: Vec<(&'static str, String)>,
}

fn gather(value: Value, out: &mut Vec<Found>, pages: &mut Pages) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| gather(value, out, pages)),
        value if is(&value, "Annotation") => out.push(Ok(value)),
        Value::Object(mut object) if object.contains_key("items") || object.contains_key("first") => {
            pages.here.extend(object.get("id").and_then(Value::as_str).map(str::to_owned));
            if let Some(items) = object.remove("items") {
                gather(items, out, pages);
            }
            for which in ["first", "next"] {
                match object.remove(which) {
                    Some(Value::String(page)) => pages.named.push((which, page)),
                    None | Some(Value::Null) => {}
                    Some(page) => gather(page, out, pages),
                }
            }
        }
        other => out.push(Err(format!("it is no annotation: {}", beginning(&other)))),
    }
}

/// The first sixty characters of a value, which may be as long as the file.
fn beginning(value: &Value) -> String {
    const MOST: usize = 60;
    let mut bytes = [0; MOST * 4];
    let mut room = &mut bytes[..];
    // It ends where there is no more room.
    let _ = serde_json::to_writer(&mut room, value);
    let free = room.len();
    String::from_utf8_lossy(&bytes[..bytes.len() - free]).chars().take(MOST).collect()
}

/// The claims of annotations, by report, behind those that it has.
pub(super) fn read(annotations: Vec<Found>, known: &Known<'_>) -> Imported {
    let mut imported = Imported { annotations: true, ..Imported::default() };
    let mut reports: BTreeMap<Id, (Report, Vec<Claim>)> = BTreeMap::new();
    for (n, annotation) in annotations.into_iter().enumerate() {
        let taken = annotation.and_then(|annotation| {
            let (report, claims, quote) = target(&annotation, known)?;
            let claim = claim(&annotation, &report, quote)?;
            let (_, claims) = reports.entry(report.id.clone()).or_insert((report, claims));
            push_once(claims, claim)
        });
        if let Err(why) = taken {
            imported.failed.push(format!("annotation {}: {why}", n + 1));
        }
    }
    imported.rows = reports.into_values().collect();
    imported
}

type Target = (Report, Vec<Claim>, Quote);

/// The report and the words that an annotation is about.
fn target(annotation: &Value, known: &Known<'_>) -> Result<Target, String> {
    let target = match annotation.get("target") {
        Some(Value::Array(targets)) => targets.first(),
        other => other,
    };
    let target = target.ok_or("it has no target")?;
    let source = target.get("source").and_then(|source| source.as_str().or_else(|| source.get("id")?.as_str()));
    let source = source.or_else(|| target.as_str()).ok_or("its target names no source")?;
    let (report, mut claims) = known(source).ok_or_else(|| format!("there is no report {source:?}; add it first"))?;
    // Which incident holds them is the ledger's to say.
    claims.iter_mut().for_each(|claim| claim.incident = None);
    let selectors = match target.get("selector") {
        Some(Value::Array(selectors)) => selectors.iter().collect(),
        Some(selector) => vec![selector],
        None => vec![],
    };
    let of = |kind: &str| selectors.iter().find(|selector| is(selector, kind));
    let exact = of("TextQuoteSelector").and_then(|selector| selector.get("exact")?.as_str()).ok_or("it quotes nothing (TextQuoteSelector)")?;
    let side = |name: &str| of("TextQuoteSelector").and_then(|selector| selector.get(name)?.as_str()).unwrap_or("");
    let start = of("TextPositionSelector").and_then(|selector| selector.get("start")?.as_u64());
    let quote = located(&report, exact, side("prefix"), side("suffix"), start)
        .ok_or_else(|| format!("the words {exact:?} are not in report {}", report.id))?;
    Ok((report, claims, quote))
}

/// Where words stand: at the place given, else between the words given, else where they stand first; in the text before the title.
fn located(report: &Report, exact: &str, prefix: &str, suffix: &str, start: Option<u64>) -> Option<Quote> {
    if exact.is_empty() {
        return None;
    }
    let mut best: Option<(u8, Field, usize)> = None;
    for field in [Field::Text, Field::Title] {
        let body = report.field(field);
        let start = start.and_then(|start| body.char_indices().nth(usize::try_from(start).ok()?)).map(|(at, _)| at);
        for (at, _) in body.match_indices(exact) {
            let between = body[..at].ends_with(prefix) && body[at + exact.len()..].starts_with(suffix);
            let fit = u8::from(between && !(prefix.is_empty() && suffix.is_empty())) * 2 + u8::from(start == Some(at));
            if best.is_none_or(|(least, _, _)| fit > least) {
                best = Some((fit, field, at));
            }
        }
    }
    let (_, field, at) = best?;
    Quote::cut(report, field, Span::new(at, at + exact.len())).ok()
}

/// What an annotation claims.
fn claim(annotation: &Value, report: &Report, quote: Quote) -> Result<Claim, String> {
    let bodies: Vec<&Value> = match annotation.get("body") {
        Some(Value::Array(bodies)) => bodies.iter().collect(),
        Some(body) => vec![body],
        None => vec![],
    };
    let whole = bodies.iter().filter(|body| is(body, "Dataset")).find_map(|body| body.get("value"));
    let mut claim = match whole {
        Some(value) => serde_json::from_value::<Claim>(value.clone()).map_err(|error| format!("its body is no claim: {error}"))?,
        None => {
            let words = bodies.iter().filter_map(|body| body.as_str().or_else(|| body.get("value")?.as_str()));
            let kind = words.filter_map(|word| Kind::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(word.trim()))).next();
            Claim::new(report, kind.ok_or("its body is no claim, and no tag of it is a claim kind")?, quote.clone())
        }
    };
    let same = claim.report == report.id && claim.quote.text == quote.text && !claim.id.is_empty();
    claim.report.clone_from(&report.id);
    claim.quote = quote;
    claim.incident = None;
    if !same {
        claim.identify();
    }
    Ok(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotator_s_quotes_come_in() {
        let mut report = Report::new("wire", "en", "Five killed", "Five killed at Oum, the army said. Later, five killed at Konna, a doctor said.");
        report.identify();
        let known = |source: &str| (source == "https://nord.example/1").then(|| (report.clone(), vec![]));
        let annotation = |source: &str, quote: &str, body: &str| {
            format!(
                r#"{{"type":"Annotation","body":{body},"target":{{"source":"{source}","selector":[{{"type":"TextQuoteSelector","exact":"{quote}","prefix":"Later, "}}]}}}}"#
            )
        };
        let tag = r#"[{"type":"TextualBody","purpose":"tagging","value":"deaths"}]"#;
        let page = format!(
            r#"{{"type":"AnnotationPage","items":[{},{},{},{}]}}"#,
            annotation("https://nord.example/1", "five killed", tag),
            annotation("https://nord.example/2", "five killed", tag),
            annotation("https://nord.example/1", "six killed", tag),
            annotation("https://nord.example/1", "five killed", r#""interesting""#),
        );
        let imported = read(found(&page).unwrap(), &known);
        let claim = &imported.rows[0].1[0];
        assert_eq!((claim.kind, claim.quote.start, claim.report.as_str()), (Kind::Deaths, 42, report.id.as_str()));
        assert_eq!(
            imported.failed,
            [
                "annotation 2: there is no report \"https://nord.example/2\"; add it first".to_owned(),
                format!("annotation 3: the words \"six killed\" are not in report {}", report.id),
                "annotation 4: its body is no claim, and no tag of it is a claim kind".to_owned(),
            ]
        );
        assert!(found(r#"{"items":[{"id":1}]}"#).is_none());
        // What is lost is told.
        let lines = format!("{}\n{{broken\n", annotation("https://nord.example/1", "five killed", tag));
        let lost = read(found(&lines).unwrap(), &known);
        assert_eq!((lost.rows.len(), lost.failed.len()), (1, 1));
        assert!(lost.failed[0].starts_with("annotation 2: line 2: "), "{:?}", lost.failed);
        let one = annotation("https://nord.example/1", "five killed", tag);
        let page = format!(r#"{{"first":{{"items":[{one},"https://nord.example/note/2"],"next":"https://nord.example/notes?page=2"}}}}"#);
        assert_eq!(
            read(found(&page).unwrap(), &known).failed,
            [
                "annotation 2: it is no annotation: \"https://nord.example/note/2\"",
                "annotation 3: the page that comes next is not in the file (https://nord.example/notes?page=2)",
            ]
        );
        // Only what is lost: a page may stand before the one that leads to it.
        let second = r#"{"id":"https://nord.example/notes?page=2","items":[7],"next":null}"#;
        let pages = format!(r#"[{second},{page},{{"id":"all","first":"https://nord.example/notes?page=1","items":[]}}]"#);
        assert_eq!(
            read(found(&pages).unwrap(), &known).failed,
            [
                "annotation 1: it is no annotation: 7",
                "annotation 3: it is no annotation: \"https://nord.example/note/2\"",
                "annotation 4: the page that comes first is not in the file (https://nord.example/notes?page=1)",
            ]
        );
        // What says something else under the id of another claim is told, what says the same is not.
        let body = |stance: &str| {
            let mut claim = Claim::new(&report, Kind::Deaths, Quote::cut(&report, Field::Text, Span::new(42, 53)).unwrap());
            claim.id = "C".to_owned();
            let mut body = serde_json::to_value(claim).unwrap();
            body["stance"] = stance.into();
            annotation("https://nord.example/1", "five killed", &format!(r#"{{"type":"Dataset","value":{body}}}"#))
        };
        let twice = format!("[{},{},{}]", body("states"), body("denies"), body("states"));
        let twice = read(found(&twice).unwrap(), &known);
        assert_eq!(twice.failed, ["annotation 2: another claim of its report has the same id"]);
        assert_eq!(twice.rows[0].1.len(), 1);
        let long = Value::String("é".repeat(100));
        assert_eq!(beginning(&long), format!("\"{}", "é".repeat(59)));
    }
}
