//! Web pages: the article's own words, and what the page says about them.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::{
    Error, Format, Hints, Opened, Options,
    article::{Article, host, one_line},
    day,
    guard::caught,
    markup,
    paragraphs::paragraphs,
};

/// Fewest characters of body that are believed to be an article before the plainer ways are tried too.
const SHORTEST_BODY: usize = 80;

/// Most elements that the extractor is given: it is slower than linear, and no article page has more.
const MOST_ELEMENTS: usize = 20_000;

/// One report of a page.
pub(crate) fn open(page: &str, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    markup::check(page, options)?;
    let document = caught(|| Html::parse_document(page)).ok_or(Error::NoText)?;
    if markup::deeper_than(document.tree.root(), options.max_page_depth) {
        return Err(Error::TooDeep { limit: options.max_page_depth });
    }
    let about = About::of(&document);
    let mut article = Article { language_checked: true, ..Article::default() };
    let extracted = match &hints.selector {
        Some(selector) => {
            article.text = selected(&document, selector)?;
            None
        }
        None => extract(page, &document),
    };
    if let Some(extracted) = &extracted {
        article.text.clone_from(&extracted.text);
    }
    if hints.selector.is_none() && article.text.chars().count() < SHORTEST_BODY {
        let plain = plain_body(&document);
        let longest = [about.body.clone(), plain].into_iter().max_by_key(String::len).unwrap_or_default();
        if longest.len() > article.text.len() * 2 {
            article.text = longest;
        }
    }
    let extracted = extracted.unwrap_or_default();
    article.title = first([&about.title, &extracted.title]);
    article.outlet = first([&about.outlet, &extracted.outlet, &about.host]);
    article.language = about.language;
    article.published = about.published.or_else(|| day::in_path(&about.url));
    article.text = without_title(&paragraphs(&article.text), &article.title);
    Ok(Opened::one(Format::Html, article.finish(hints)?))
}

/// The words of a piece of markup, paragraphs kept; of plain words, themselves. Nothing when it is out of all bounds.
pub(crate) fn words(piece: &str) -> String {
    if !piece.contains('<') {
        return unescape(piece);
    }
    let options = Options::default();
    if markup::check(piece, &options).is_err() {
        return String::new();
    }
    let Some(document) = caught(|| Html::parse_document(piece)) else { return String::new() };
    if markup::deeper_than(document.tree.root(), options.max_page_depth) {
        return String::new();
    }
    all(&document, "body").map(|el| markup::text(*el)).next().unwrap_or_default()
}

fn first<const N: usize>(candidates: [&String; N]) -> String {
    candidates.into_iter().find(|text| !text.trim().is_empty()).cloned().unwrap_or_default()
}

/// What the extractor found.
#[derive(Debug, Default)]
struct Extracted {
    text: String,
    title: String,
    outlet: String,
}

/// The main text by the extractor, or nothing when it fails, finds the page too large, or trips over it.
fn extract(page: &str, document: &Html) -> Option<Extracted> {
    if document.tree.values().filter(|node| node.is_element()).count() > MOST_ELEMENTS {
        return None;
    }
    let options = trafilatura::Options::default().with_fallback(true).with_exclude_comments(true);
    let result = caught(|| trafilatura::extract(page, &options))?.ok()?;
    let content = caught(|| Html::parse_fragment(&result.content_html))?;
    Some(Extracted { text: markup::text(content.tree.root()), title: result.metadata.title, outlet: result.metadata.sitename })
}

/// The words of the elements that a selector matches; one inside another counts once.
fn selected(document: &Html, selector: &str) -> Result<String, Error> {
    let parsed = Selector::parse(selector).map_err(|_| Error::Selector(selector.to_owned()))?;
    let matched: Vec<ElementRef<'_>> = document.select(&parsed).collect();
    let ids: HashSet<_> = matched.iter().map(|el| el.id()).collect();
    let outer = matched.iter().filter(|el| !el.ancestors().any(|up| ids.contains(&up.id())));
    let text = outer.map(|el| markup::text(**el)).collect::<Vec<_>>().join("\n\n");
    if text.trim().is_empty() { Err(Error::SelectorUnmatched(selector.to_owned())) } else { Ok(text) }
}

/// The plainest way: the element that says it is the article, else the paragraphs of the page, else all of it.
fn plain_body(document: &Html) -> String {
    for selector in ["[itemprop=articleBody]", "article", "main", "[role=main]"] {
        if let Ok(text) = selected(document, selector)
            && text.chars().count() >= SHORTEST_BODY
        {
            return text;
        }
    }
    let prose: Vec<String> = all(document, "p").map(|el| one_line(&markup::text(*el))).filter(|p| !p.is_empty()).collect();
    let prose = prose.join("\n\n");
    if prose.chars().count() >= SHORTEST_BODY {
        return prose;
    }
    all(document, "body").map(|el| markup::text(*el)).next().unwrap_or_default()
}

fn without_title(text: &str, title: &str) -> String {
    match text.split_once("\n\n") {
        Some((head, rest)) if !title.is_empty() && one_line(head) == one_line(title) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

fn all<'a>(document: &'a Html, selector: &str) -> std::vec::IntoIter<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors of this file are valid");
    document.select(&selector).collect::<Vec<_>>().into_iter()
}

/// What a page says about its article.
#[derive(Debug, Default)]
struct About {
    title: String,
    published: Option<record::Published>,
    outlet: String,
    host: String,
    url: String,
    language: String,
    body: String,
}

impl About {
    fn of(document: &Html) -> About {
        let mut about = About::default();
        for script in all(document, "script[type=\"application/ld+json\"]") {
            let json: String = script.text().collect();
            if let Ok(value) = serde_json::from_str::<Value>(json.trim()) {
                about.take_linked_data(&value);
            }
        }
        about.take_meta(document);
        if about.title.is_empty() {
            about.title = title(document, &about.outlet);
        }
        if about.published.is_none() {
            let times = all(document, "[itemprop=datePublished], time[pubdate], article time[datetime], time[datetime]");
            about.published = times
                .filter_map(|el| el.attr("content").or(el.attr("datetime")).map(str::to_owned).or_else(|| Some(el.text().collect())))
                .find_map(|text| day::published(&text));
        }
        about.host = host(&about.url).unwrap_or_default();
        about
    }

    /// Linked data: the first object that is an article.
    fn take_linked_data(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.take_linked_data(item)),
            Value::Object(object) => {
                let kinds = match object.get("@type") {
                    Some(Value::String(kind)) => vec![kind.as_str()],
                    Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
                    _ => Vec::new(),
                };
                if kinds.iter().any(|kind| kind.ends_with("Article") || kind.ends_with("Posting") || *kind == "Report") {
                    let string = |key: &str| object.get(key).and_then(Value::as_str).map(unescape).unwrap_or_default();
                    if self.title.is_empty() {
                        self.title = one_line(&string("headline"));
                    }
                    if self.published.is_none() {
                        self.published = day::published(&string("datePublished"));
                    }
                    if self.language.is_empty() {
                        self.language = string("inLanguage");
                    }
                    if self.body.is_empty() {
                        self.body = string("articleBody");
                    }
                    let publisher = match object.get("publisher") {
                        Some(Value::Array(publishers)) => publishers.first(),
                        other => other,
                    };
                    if self.outlet.is_empty()
                        && let Some(name) = publisher.and_then(|p| p.get("name").unwrap_or(p).as_str())
                    {
                        self.outlet = one_line(&unescape(name));
                    }
                } else if let Some(graph) = object.get("@graph") {
                    self.take_linked_data(graph);
                }
            }
            _ => {}
        }
    }

    fn take_meta(&mut self, document: &Html) {
        let metas: Vec<(String, &str)> = all(document, "meta[content]")
            .filter_map(|el| {
                let key = el.attr("property").or(el.attr("name")).or(el.attr("itemprop")).or(el.attr("http-equiv"))?;
                Some((key.trim().to_ascii_lowercase(), el.attr("content")?.trim()))
            })
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let find = |keys: &[&str]| keys.iter().find_map(|key| metas.iter().find(|(k, _)| k == key)).map(|(_, value)| *value);
        if self.outlet.is_empty() {
            self.outlet = one_line(find(&["og:site_name", "dc.publisher", "publisher", "application-name"]).unwrap_or(""));
        }
        if self.title.is_empty() {
            let outlet = self.outlet.clone();
            self.title = without_outlet(&one_line(find(&["og:title", "dc.title", "twitter:title"]).unwrap_or("")), &outlet);
        }
        if self.published.is_none() {
            let keys = [
                "article:published_time",
                "og:article:published_time",
                "datepublished",
                "pubdate",
                "publishdate",
                "publish-date",
                "publication_date",
                "dc.date.issued",
                "dcterms.created",
                "dc.date",
                "parsely-pub-date",
                "sailthru.date",
                "date",
            ];
            self.published = keys.iter().find_map(|key| metas.iter().find(|(k, _)| k == key).and_then(|(_, v)| day::published(v)));
        }
        if self.language.is_empty() {
            let html = all(document, "html").find_map(|el| el.attr("lang").or(el.attr("xml:lang")));
            self.language = html.or(find(&["og:locale", "content-language", "dc.language"])).unwrap_or("").to_owned();
        }
        let canonical = all(document, "link[rel=canonical]").find_map(|el| el.attr("href"));
        self.url = canonical.or(find(&["og:url"])).unwrap_or("").to_owned();
    }
}

/// The heading if there is just one, else the page's title without the outlet's name.
fn title(document: &Html, outlet: &str) -> String {
    let words = |el: ElementRef<'_>| one_line(&el.text().collect::<String>());
    let headings: Vec<String> = all(document, "h1").map(words).filter(|h| !h.is_empty()).collect();
    let title = all(document, "title").map(words).find(|t| !t.is_empty()).unwrap_or_default();
    match headings.as_slice() {
        [only] => only.clone(),
        many => many.iter().find(|h| title.contains(h.as_str())).cloned().unwrap_or_else(|| without_outlet(&title, outlet)),
    }
}

/// `Five killed | Radio Oum` without what follows the bar, when that is the outlet.
fn without_outlet(title: &str, outlet: &str) -> String {
    for bar in [" | ", " - ", " — ", " – ", " :: ", " · "] {
        if let Some((head, tail)) = title.rsplit_once(bar)
            && !outlet.is_empty()
            && tail.trim().eq_ignore_ascii_case(outlet)
        {
            return head.trim().to_owned();
        }
    }
    title.to_owned()
}

/// Entities in linked data, which sites often escape once too often.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let entities = [("&quot;", "\""), ("&#039;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_its_outlet_only() {
        assert_eq!(without_outlet("Five killed - residents | Radio Oum", "radio oum"), "Five killed - residents");
        assert_eq!(without_outlet("Five killed - residents", "Radio Oum"), "Five killed - residents");
    }
}
