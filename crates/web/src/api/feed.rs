//! A feed of every filter: its address is the filter.

use std::fmt::Write as _;

use serde_json::{Value, json};
use views::{Listing, Rows};

use super::{Answer, Call};
use crate::fault::Fault;
use crate::plain::{escape, line};

/// Entries without `limit`.
const ENTRIES: usize = 50;

/// Before the id of every feed and entry, which stay the same wherever the ledger is served.
const TAG: &str = "tag:attest,2025:";

struct Feed {
    /// `attest: incidents, country=ML`.
    title: String,
    id: String,
    /// Its own address, and that of the page with the same filter.
    here: String,
    page: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    href: String,
    /// What, where, when.
    title: String,
    /// The same with who, how many and how sure, what is disputed, and by how many it is told.
    summary: String,
    published: String,
    updated: String,
    tags: Vec<String>,
}

/// What changed last comes first.
fn feed(call: &Call<'_>) -> Result<Feed, Fault> {
    let mut filter = call.filter()?;
    filter.set("sort", "-recorded")?;
    filter.limit = Some(call.whole("limit", ENTRIES));
    let rows = views::incidents(call.ledger, &filter)?;
    let fields = ["summary", "disputed_over", "n_independent", "n_reports"].map(str::to_owned).to_vec();
    let cells = Rows::of(&Listing::Incidents(rows.clone()), &call.options(fields))?;
    let mut entries = Vec::with_capacity(rows.len());
    for (row, cells) in rows.iter().zip(&cells.rows) {
        let incident = &row.entry.incident;
        let text = |n: usize| cells[n].as_str().map(line).unwrap_or_default();
        let over = if text(1).is_empty() { String::new() } else { format!("; disputed: {}", text(1).replace(';', ", ")) };
        let count = |n: usize, what: &str| format!("{} {what}{}", cells[n], if cells[n] == 1 { "" } else { "s" });
        entries.push(Entry {
            id: format!("{TAG}incidents/{}", incident.id),
            href: format!("{}/incidents/{}", call.ask.base, incident.id),
            title: text(0).split("; ").next().unwrap_or_default().to_owned(),
            summary: format!("{}{over}; {} in {}", text(0), count(2, "independent source"), count(3, "report")),
            published: row.entry.first_recorded_at.to_string(),
            // What was taken back changed too.
            updated: row.entry.written_at.to_string(),
            tags: vec![line(&incident.kind), incident.status.as_str().to_owned()],
        });
    }
    let page = call.same("/incidents");
    let asked = page.split_once('?').map_or("", |(_, asked)| asked);
    let condition = call.ask.query.without_all("limit").condition();
    Ok(Feed {
        title: if condition.is_empty() { "attest: incidents".to_owned() } else { format!("attest: incidents, {}", line(&condition)) },
        id: if asked.is_empty() { format!("{TAG}incidents") } else { format!("{TAG}incidents?{asked}") },
        here: call.same(call.route.path),
        // An empty feed was last changed when the record began.
        updated: entries.iter().map(|entry| &entry.updated).max().cloned().unwrap_or_else(|| "2025-01-01T00:00:00Z".to_owned()),
        page,
        entries,
    })
}

pub(super) fn atom(call: &Call<'_>) -> Result<Answer, Fault> {
    let feed = feed(call)?;
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    let mut element = |indent: &str, name: &str, text: &str| {
        let _ = writeln!(xml, "{indent}<{name}>{}</{name}>", escape(text));
    };
    element("  ", "title", &feed.title);
    element("  ", "id", &feed.id);
    element("  ", "updated", &feed.updated);
    element("  ", "generator", "attest");
    let _ = writeln!(xml, "  <author><name>attest</name></author>");
    let _ = writeln!(xml, "  <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escape(&feed.here));
    let _ = writeln!(xml, "  <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escape(&feed.page));
    for entry in &feed.entries {
        xml.push_str("  <entry>\n");
        for (name, text) in
            [("title", &entry.title), ("id", &entry.id), ("published", &entry.published), ("updated", &entry.updated), ("summary", &entry.summary)]
        {
            let _ = writeln!(xml, "    <{name}>{}</{name}>", escape(text));
        }
        for tag in &entry.tags {
            let _ = writeln!(xml, "    <category term=\"{}\"/>", escape(tag));
        }
        let _ = writeln!(xml, "    <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escape(&entry.href));
        xml.push_str("  </entry>\n");
    }
    xml.push_str("</feed>\n");
    Ok(Answer::new("application/atom+xml", xml))
}

pub(super) fn json(call: &Call<'_>) -> Result<Answer, Fault> {
    let feed = feed(call)?;
    let items: Vec<Value> = feed
        .entries
        .iter()
        .map(|entry| {
            json!({ "id": entry.id, "url": entry.href, "title": entry.title, "content_text": entry.summary, "summary": entry.summary,
                "date_published": entry.published, "date_modified": entry.updated, "tags": entry.tags })
        })
        .collect();
    let body = json!({ "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.page, "feed_url": feed.here,
        "authors": [{ "name": "attest" }], "items": items });
    Ok(Answer { kind: "application/feed+json", ..Answer::json(&body) })
}
