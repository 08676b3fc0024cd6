//! JSON: one article, a list of them, one a line, or a gold case.

use record::Report;
use serde_json::{Map, Value};

use crate::{
    Column, Error, Failed, Format, Hints, Opened, Options, Place, Row,
    article::{Article, map_columns, plain_name},
};

/// Keys under which services put their list of articles.
const LISTS: &[&str] = &["articles", "items", "results", "documents", "docs", "entries", "data", "stories", "reports"];

/// Most columns told of: lines of JSON may each spell their keys in another way.
const MOST_COLUMNS: usize = 40;

/// Reads JSON of any of these shapes.
pub(crate) fn open(text: &str, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => whole(value, hints, options),
        Err(error) => match lines(text, hints, options)? {
            Some(opened) => Ok(opened),
            None => Err(Error::Json(error.to_string())),
        },
    }
}

fn whole(value: Value, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    match value {
        Value::Array(items) => list(Format::Json, numbered(items), hints, options),
        Value::Object(mut object) => {
            if object.get("version").and_then(Value::as_str).is_some_and(|version| version.starts_with("https://jsonfeed.org/version/")) {
                return feed(object, hints, options);
            }
            let of_case = |report: &Value| report.get("id").is_some() && report.get("text").is_some();
            if let Some(Value::Array(reports)) = object.get_mut("reports").filter(|reports| reports.as_array().is_some_and(|r| r.iter().any(of_case)))
            {
                return case(std::mem::take(reports), hints, options);
            }
            if has_text(&object, hints) {
                return list(Format::Json, vec![(Place::Whole, Ok(Value::Object(object)))], hints, options);
            }
            for key in LISTS {
                match object.remove(*key) {
                    Some(Value::Array(items)) => return list(Format::Json, numbered(items), hints, options),
                    Some(Value::Object(mut inner)) => {
                        if let Some(Value::Array(items)) = LISTS.iter().find_map(|key| inner.remove(*key)) {
                            return list(Format::Json, numbered(items), hints, options);
                        }
                    }
                    _ => {}
                }
            }
            let names: Vec<String> = object.keys().take(20).cloned().collect();
            Err(Error::NoTextColumn(names))
        }
        other => Err(Error::NotArticles(name(&other))),
    }
}

/// A [JSON Feed](https://jsonfeed.org/version/1.1): an item a row, its outlet the feed's title.
fn feed(mut feed: Map<String, Value>, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let Some(Value::Array(items)) = feed.remove("items") else { return Err(Error::NoText) };
    if items.len() > options.max_rows {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    let words = |object: &Map<String, Value>, names: &[&str]| -> String {
        names.iter().find_map(|name| object.get(*name)?.as_str().filter(|words| !words.trim().is_empty())).unwrap_or_default().to_owned()
    };
    let (outlet, language) = (words(&feed, &["title"]), words(&feed, &["language"]));
    let mut opened = Opened { format: Format::Feed, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    for (at, item) in numbered(items) {
        let Ok(Value::Object(item)) = item else {
            opened.rows.push(Err(Failed { at, why: Error::NotArticles("something that is no item of a feed") }));
            continue;
        };
        let own = words(&item, &["language"]);
        let page = crate::html::words(&words(&item, &["content_html"]));
        let mut article = Article { language_checked: true, ..Article::default() };
        for (column, value) in [
            (Column::Title, words(&item, &["title"])),
            (Column::Outlet, outlet.clone()),
            (Column::Published, words(&item, &["date_published", "date_modified"])),
            (Column::Language, if own.is_empty() { language.clone() } else { own }),
            (Column::Url, words(&item, &["url", "external_url"])),
            (Column::Text, if page.trim().is_empty() { words(&item, &["content_text", "summary"]) } else { page }),
        ] {
            opened.warnings.extend(article.set(column, &value, None).map(|why| Failed { at, why }));
        }
        opened.rows.push(article.finish(hints).map_err(|why| Failed { at, why }));
    }
    if opened.rows.is_empty() { Err(Error::NoText) } else { Ok(opened) }
}

fn numbered(items: Vec<Value>) -> Vec<(Place, Result<Value, Error>)> {
    items.into_iter().enumerate().map(|(i, item)| (Place::Item(i as u64 + 1), Ok(item))).collect()
}

/// One article a line; `None` when no line is JSON.
fn lines(text: &str, hints: &Hints, options: &Options) -> Result<Option<Opened>, Error> {
    let mut items = Vec::new();
    for (i, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if items.len() >= options.max_rows {
            return Err(Error::TooManyRows { limit: options.max_rows });
        }
        let value = serde_json::from_str::<Value>(line.trim()).map_err(|e| Error::Json(e.to_string()));
        items.push((Place::Line(i as u64 + 1), value));
    }
    if !items.iter().any(|(_, value)| matches!(value, Ok(Value::Object(_)))) {
        return Ok(None);
    }
    list(Format::JsonLines, items, hints, options).map(Some)
}

fn list(format: Format, items: Vec<(Place, Result<Value, Error>)>, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    if items.len() > options.max_rows {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    if items.is_empty() {
        return Err(Error::NoText);
    }
    let mut opened = Opened { format, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    for (at, value) in items {
        let row = match value {
            Ok(Value::Object(object)) => article(&object, hints, at, &mut opened),
            Ok(other) => Err(Error::NotArticles(name(&other))),
            Err(why) => Err(why),
        };
        opened.rows.push(row.map_err(|why| Failed { at, why }));
    }
    Ok(opened)
}

/// One object to a report.
fn article(object: &Map<String, Value>, hints: &Hints, at: Place, opened: &mut Opened) -> Result<Row, Error> {
    // A field without words hides none that has some: {"text": null, "content": "Five killed"}.
    let filled = object.iter().filter(|(_, value)| string(value).is_some_and(|words| !words.trim().is_empty()));
    let names: Vec<String> = filled.map(|(key, _)| key.clone()).collect();
    // Lines may differ in their fields: a column that the user named need not be in each of them.
    let present: Vec<_> =
        hints.columns.iter().filter(|(_, wanted)| names.iter().any(|name| plain_name(name) == plain_name(wanted))).cloned().collect();
    let columns = map_columns(&names, &Hints { columns: present, ..Hints::default() })?;
    if !columns.iter().any(|(column, _)| *column == Column::Text) {
        let empty = object.keys().any(|key| is_text(key, hints));
        return Err(if empty { Error::NoText } else { Error::NoTextColumn(object.keys().cloned().collect()) });
    }
    let mut article = Article::default();
    for (column, index) in columns {
        let key = &names[index];
        if let Some(value) = string(&object[key.as_str()]) {
            opened.warnings.extend(article.set(column, &value, None).map(|why| Failed { at, why }));
        }
        if opened.columns.len() < MOST_COLUMNS && !opened.columns.iter().any(|(c, k)| *c == column && k == key) {
            opened.columns.push((column, key.clone()));
        }
    }
    article.finish(hints)
}

/// A field's words: a string, a number, a list of paragraphs, or an object with a name in it.
fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(|part| part.as_str().map(str::to_owned)).collect();
            (!parts.is_empty()).then(|| parts.join("\n\n"))
        }
        Value::Object(object) => ["name", "title", "code", "text"].iter().find_map(|key| object.get(*key)?.as_str().map(str::to_owned)),
        Value::Null | Value::Bool(_) => None,
    }
}

fn has_text(object: &Map<String, Value>, hints: &Hints) -> bool {
    object.iter().any(|(key, value)| is_text(key, hints) && string(value).is_some())
}

/// Whether a key names the text of an article, by the hints or by itself.
fn is_text(key: &str, hints: &Hints) -> bool {
    let key = plain_name(key);
    let wanted = hints.columns.iter().any(|(column, name)| *column == Column::Text && plain_name(name) == key);
    wanted || Column::Text.names().contains(&key.as_str())
}

/// A gold case: its reports only, with their ids and `copy_of`, as they stand: claims point into their words, so that
/// not even control characters are taken out of them.
fn case(reports: Vec<Value>, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    if reports.len() > options.max_rows {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    let rows: Vec<_> = reports
        .into_iter()
        .enumerate()
        .map(|(i, value)| {
            let at = Place::Item(i as u64 + 1);
            let report: Result<Report, _> = serde_json::from_value(value);
            let report = report.map_err(|e| Failed { at, why: Error::CaseReport(e.to_string()) })?;
            if report.text.trim().is_empty() {
                return Err(Failed { at, why: Error::NoText });
            }
            Ok(overridden(report, hints).into())
        })
        .collect();
    if rows.is_empty() {
        return Err(Error::NoText);
    }
    Ok(Opened { format: Format::Case, rows, columns: Vec::new(), warnings: Vec::new() })
}

fn overridden(mut report: Report, hints: &Hints) -> Report {
    if let Some(published) = &hints.published {
        report.published = Some(published.clone());
    }
    if let Some(outlet) = &hints.outlet {
        report.outlet.clone_from(outlet);
    }
    if let Some(language) = &hints.language {
        report.language.clone_from(language);
    }
    report.kind = hints.kind.unwrap_or(report.kind);
    if report.id.is_empty() {
        report.identify();
    }
    report
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Result<Opened, Error> {
        open(text, &Hints::default(), &Options::default())
    }

    #[test]
    fn shapes() {
        let article = r#"{"headline":"Five killed","body":["Gunmen killed five.","Nobody claimed it."],"source":{"name":"Radio Oum"},"publishedAt":"2025-06-03T10:00:00Z","lang":"en","link":"https://oum.example/1"}"#;
        let cases = [
            ("one", article.to_owned(), Format::Json, 1),
            ("list", format!("[{article},{article}]"), Format::Json, 2),
            ("service", format!(r#"{{"status":"ok","articles":[{article}]}}"#), Format::Json, 1),
            ("lines", format!("{article}\n\n{article}\n"), Format::JsonLines, 2),
            ("no case", format!(r#"{{"reports":[{article}]}}"#), Format::Json, 1),
            ("a null before", format!("[{}]", article.replace(r#"{"h"#, r#"{"text":null,"article":" ","h"#)), Format::Json, 1),
        ];
        for (name, text, format, count) in cases {
            let opened = opened(&text).unwrap();
            assert_eq!((opened.format, opened.reports().count()), (format, count), "{name}");
            let report = opened.reports().next().unwrap();
            assert_eq!(report.text, "Gunmen killed five.\n\nNobody claimed it.", "{name}");
            assert_eq!(opened.rows[0].as_ref().unwrap().url.as_deref(), Some("https://oum.example/1"), "{name}");
            assert_eq!((report.outlet.as_str(), report.published.as_ref().unwrap().as_str()), ("Radio Oum", "2025-06-03T10:00:00Z"));
        }
    }

    #[test]
    fn a_json_feed_is_a_feed() {
        let feed = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Agence Nord","language":"en-GB","items":[
            {"id":"1","url":"https://nord.example/1","title":"Five killed","content_html":"<p>Gunmen killed five people.</p><p>Nobody claimed it.</p>","date_published":"2025-06-03T10:15:00+02:00"},
            {"id":"2","content_text":"Three were hurt.","date_published":"yesterday"},
            {"id":"3","title":"Nothing"}, 7]}"#;
        let opened = opened(feed).unwrap();
        let reports: Vec<_> = opened.reports().collect();
        assert_eq!((opened.format, reports.len()), (Format::Feed, 2));
        assert_eq!(opened.rows[0].as_ref().unwrap().url.as_deref(), Some("https://nord.example/1"));
        assert_eq!((reports[0].outlet.as_str(), reports[0].text.as_str()), ("Agence Nord", "Gunmen killed five people.\n\nNobody claimed it."));
        assert_eq!(reports[0].published.as_ref().unwrap().date().to_string(), "2025-06-03");
        assert_eq!(opened.warnings.iter().map(Failed::line).collect::<Vec<_>>(), ["item 2: the published \"yesterday\" was not understood"]);
        assert_eq!(opened.failed().map(|failed| failed.at).collect::<Vec<_>>(), [Place::Item(3), Place::Item(4)]);
    }

    #[test]
    fn a_bad_line_fails_alone() {
        let opened = opened("{\"text\":\"Five killed.\"}\n{\"text\": broken\n{\"title\":\"no text\"}\n7\n{\"text\":\"Three hurt.\"}").unwrap();
        assert_eq!(opened.reports().count(), 2);
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert_eq!(failed.len(), 3);
        assert!(failed[0].starts_with("line 2: it is not valid JSON"), "{failed:?}");
        assert_eq!(failed[1], "line 3: no column is named text, body or content (its columns: title)");
        assert_eq!(failed[2], "line 4: expected an article or a list of articles, found a number");
    }

    #[test]
    fn a_case_gives_its_reports_only() {
        let case = r#"{"case":"x","reports":[
            {"id":"r1","published":"2025-06-03","outlet":"Radio Oum","kind":"broadcast","language":"fr","title":"","text":"Cinq  morts.\nUn blessé."},
            {"id":"r2","published":null,"outlet":"","kind":"wire","language":"fr","text":"Cinq morts.","copy_of":"r1"},
            {"id":"r3","kind":"rumour","language":"fr","text":"Cinq morts."}],
            "claims":[{"id":"c1","report":"r1"}],"incidents":[]}"#;
        let opened = opened(case).unwrap();
        let reports: Vec<_> = opened.reports().collect();
        assert_eq!((reports[0].id.as_str(), reports[0].text.as_str()), ("r1", "Cinq  morts.\nUn blessé."));
        assert_eq!(reports[1].copy_of.as_deref(), Some("r1"));
        let failed = opened.failed().next().unwrap().line();
        assert!(failed.starts_with("item 3: it is no report of a case: unknown variant `rumour`"), "{failed}");
    }

    #[test]
    fn a_text_of_nothing_is_no_missing_column() {
        let opened = opened("{\"text\":\"Five killed.\"}\n{\"text\":null,\"title\":\"Five\"}").unwrap();
        assert_eq!(opened.failed().map(Failed::line).collect::<Vec<_>>(), ["line 2: no article text was found in it"]);
    }

    #[test]
    fn hostile_json() {
        let deep = "[".repeat(100_000);
        assert!(matches!(opened(&deep), Err(Error::Json(_))));
        let digits = format!("{{\"text\": {}}}", "9".repeat(1_000_000));
        assert!(opened(&digits).is_err());
        assert!(opened("null").is_err());
        assert!(opened("[]").is_err());
        assert!(opened("{\"reports\":[]}").is_err());
        assert!(opened("{\"a\":1}").is_err());
    }
}
