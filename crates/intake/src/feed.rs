//! Feeds: RSS (all its versions) and Atom. Each entry is a report as far as the feed tells it.

use crate::{
    Column, Error, Failed, Format, Hints, Opened, Options, Place,
    article::Article,
    html,
    xml::{self, Piece},
};

/// Whether a text is a feed, by its first element.
pub(crate) fn is_feed(text: &str) -> bool {
    let mut root = text.trim_start();
    while root.starts_with("<?") || root.starts_with("<!--") {
        let Some((_, after)) = root.split_once(if root.starts_with("<?") { "?>" } else { "-->" }) else { break };
        root = after.trim_start();
    }
    ["<rss", "<feed", "<rdf:RDF"].iter().any(|tag| root.starts_with(tag))
}

/// What an entry tells of itself.
#[derive(Default)]
struct Entry {
    title: String,
    published: String,
    updated: String,
    /// The addresses told for it; blank are those of something else than its page.
    links: Vec<String>,
    summary: String,
    content: String,
    outlet: String,
}

/// Opens a feed: an entry a row, in the order of the feed; one without words is a failed row.
pub(crate) fn open(text: &str, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let (mut entries, mut channel): (Vec<Entry>, String) = (Vec::new(), String::new());
    let mut path: Vec<String> = Vec::new();
    let mut too_many = false;
    // Markup inside an entry's content, where it is not escaped.
    let mut inline = 0_usize;
    xml::each(text, |piece| match piece {
        Piece::Start("item" | "entry", _) if inline == 0 => {
            too_many |= entries.len() >= options.max_rows;
            if !too_many {
                entries.push(Entry::default());
            }
            path.push("item".to_owned());
        }
        Piece::Start(name, attributes) => {
            let within = path.last().is_some_and(|outer| matches!(outer.as_str(), "content" | "summary" | "encoded" | "description"));
            inline += usize::from(within || inline > 0);
            if let Some(entry) = entries.last_mut().filter(|_| path.iter().any(|outer| outer == "item")) {
                if inline > 0 {
                    entry.content.push_str(if matches!(name, "p" | "br" | "div" | "li") { "\n\n" } else { " " });
                }
                let attribute = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
                if name == "link" {
                    let is_page = matches!(attribute("rel"), None | Some("alternate"));
                    entry.links.push(attribute("href").filter(|_| is_page).unwrap_or_default().to_owned());
                }
            }
            path.push(name.to_owned());
        }
        Piece::End(_) => {
            path.pop();
            inline = inline.saturating_sub(1);
        }
        Piece::Words(words) => {
            let name = path.last().map_or("", String::as_str);
            let inside = path.iter().any(|outer| outer == "item");
            match entries.last_mut().filter(|_| inside) {
                Some(entry) if inline > 0 => entry.content.push_str(words),
                Some(entry) => match name {
                    "title" => entry.title.push_str(words),
                    "pubDate" | "published" | "issued" | "date" => entry.published.push_str(words),
                    "updated" | "modified" => entry.updated.push_str(words),
                    "link" => entry.links.last_mut().into_iter().for_each(|link| link.push_str(words)),
                    "description" | "summary" => entry.summary.push_str(words),
                    "encoded" | "content" => entry.content.push_str(words),
                    "source" => entry.outlet.push_str(words),
                    _ => {}
                },
                None if name == "title" && path.len() <= 3 && !path.iter().any(|outer| outer == "image") => channel.push_str(words),
                None => {}
            }
        }
    })?;
    if too_many {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    let mut opened = Opened { format: Format::Feed, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    for (n, entry) in entries.into_iter().enumerate() {
        let at = Place::Item(n as u64 + 1);
        let mut article = Article { language_checked: true, ..Article::default() };
        let published = if entry.published.trim().is_empty() { &entry.updated } else { &entry.published };
        let outlet = if entry.outlet.trim().is_empty() { &channel } else { &entry.outlet };
        let words = if entry.content.trim().len() > entry.summary.trim().len() { &entry.content } else { &entry.summary };
        let text = html::words(words);
        let link = entry.links.iter().find(|link| !link.trim().is_empty()).map_or("", String::as_str);
        let title = html::words(&entry.title);
        for (column, value) in
            [(Column::Title, title.as_str()), (Column::Outlet, outlet), (Column::Published, published), (Column::Url, link), (Column::Text, &text)]
        {
            opened.warnings.extend(article.set(column, value, None).map(|why| Failed { at, why }));
        }
        opened.rows.push(article.finish(hints).map_err(|why| Failed { at, why }));
    }
    if opened.rows.is_empty() { Err(Error::NoText) } else { Ok(opened) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_every_kind_of_feed_are_reports() {
        let rss = "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<rss version=\"2.0\" xmlns:content=\"c\"><channel><title>Agence Nord</title>\
            <image><title>logo</title></image><item><title>Five killed &amp; three hurt</title><atom:link rel=\"self\" href=\"https://nord.example/self\"/>\
            <atom:link href=\"https://nord.example/1\"/><link>https://nord.example/one</link>\
            <pubDate>Tue, 03 Jun 2025 10:15:00 +0200</pubDate><description>Short.</description>\
            <content:encoded><![CDATA[<p>Gunmen killed five people near Konna.</p><p>Nobody claimed it.</p>]]></content:encoded></item>\
            <item><title>Nothing</title></item></channel></rss>";
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Agence Nord</title><entry><title>Five killed &amp; three hurt</title>\
            <link rel=\"alternate\" href=\"https://nord.example/1\"/><link href=\"https://nord.example/1?amp\"/><published>2025-06-03T10:15:00+02:00</published>\
            <content type=\"xhtml\"><div><p>Gunmen killed five people near <b>Konna</b>.</p><p>Nobody claimed it.</p></div></content></entry></feed>";
        for (feed, rows) in [(rss, 2), (atom, 1)] {
            let opened = crate::open(feed.as_bytes(), &Hints::default()).unwrap();
            assert_eq!((opened.format, opened.rows.len()), (Format::Feed, rows));
            assert_eq!(opened.rows[0].as_ref().unwrap().url.as_deref(), Some("https://nord.example/1"));
            let report = opened.reports().next().unwrap();
            assert_eq!((report.title.as_str(), report.outlet.as_str()), ("Five killed & three hurt", "Agence Nord"));
            assert_eq!(report.published.as_ref().unwrap().date().to_string(), "2025-06-03");
            assert_eq!(crate::article::one_line(&report.text).replace(" .", "."), "Gunmen killed five people near Konna. Nobody claimed it.");
        }
        let opened = crate::open(rss.as_bytes(), &Hints::default()).unwrap();
        assert_eq!(opened.failed().map(Failed::line).collect::<Vec<_>>(), ["item 2: no article text was found in it"]);
        assert_eq!(crate::open(b"<rss version=\"2.0\"><channel><title>Five killed</title></channel></rss>", &Hints::default()), Err(Error::NoText));
        assert!(matches!(crate::open(b"<rss><channel><item></channel>", &Hints::default()), Err(Error::Damaged { .. })));
    }
}
