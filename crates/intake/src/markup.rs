//! Pages as trees: bounds before parsing, and the text of their blocks.

use ego_tree::{NodeRef, iter::Edge};
use scraper::Node;

use crate::{Error, Options};

/// Elements that a parser closes by itself, and those that hold nothing: left open, they nest nothing.
const NOT_NESTING: &[&str] = &[
    "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rp", "rt", "body", "html", "head", "area",
    "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
];

/// Elements that end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "tr",
    "td",
    "th",
    "figure",
    "figcaption",
    "body",
    "hr",
    "address",
    "aside",
    "nav",
    "list",
    "item",
    "quote",
    "head",
];

/// Elements whose words nobody reads as part of an article.
const SILENT: &[&str] = &["script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "iframe", "svg", "title"];

/// Refuses pages that would take a parser quadratic time or memory: too many tags, or too many left open.
///
/// It counts what a tokenizer would see without building anything: one pass, one small table.
pub(crate) fn check(page: &str, options: &Options) -> Result<(), Error> {
    if page.len() > options.max_page_bytes {
        return Err(Error::TooLarge { bytes: page.len() as u64, limit: options.max_page_bytes as u64 });
    }
    let bytes = page.as_bytes();
    // Open elements by name; names beyond a bound share one counter.
    let mut open: Vec<(&[u8], usize)> = Vec::new();
    let (mut tags, mut depth, mut at) = (0usize, 0usize, 0usize);
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'<')) {
        at += found + 1;
        let closing = bytes.get(at) == Some(&b'/');
        at += usize::from(closing);
        let end = at + bytes[at..].iter().take(24).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        let name = &bytes[at..end];
        at = end;
        if name.is_empty() {
            continue;
        }
        tags += 1;
        if tags > options.max_page_tags {
            return Err(Error::TooManyTags { limit: options.max_page_tags });
        }
        if !closing && [&b"script"[..], b"style"].iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
            at = after_raw(page, at, name);
            continue;
        }
        if NOT_NESTING.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
            continue;
        }
        let slot = match open.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some(slot) => slot,
            None if open.len() < 64 => {
                open.push((name, 0));
                open.len() - 1
            }
            None => 63,
        };
        if closing {
            depth -= usize::from(open[slot].1 > 0);
            open[slot].1 = open[slot].1.saturating_sub(1);
        } else {
            open[slot].1 += 1;
            depth += 1;
            // Pages forget to close things; twice the bound is no accident.
            if depth > options.max_page_depth * 2 {
                return Err(Error::TooDeep { limit: options.max_page_depth });
            }
        }
    }
    Ok(())
}

/// One past the end of a script or style that begins at `from`.
fn after_raw(page: &str, from: usize, name: &[u8]) -> usize {
    let bytes = page.as_bytes();
    let mut at = from;
    while let Some(found) = bytes[at..].windows(2).position(|pair| pair == b"</") {
        at += found + 2;
        if bytes.get(at..at + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return at;
        }
    }
    bytes.len()
}

/// Whether any element lies deeper than `limit`; needs no stack itself.
pub(crate) fn deeper_than(root: NodeRef<'_, Node>, limit: usize) -> bool {
    let mut depth = 0usize;
    root.traverse().any(|edge| {
        match edge {
            Edge::Open(_) => depth += 1,
            Edge::Close(_) => depth -= 1,
        }
        depth > limit
    })
}

/// The words below a node, blocks parted by blank lines and `<br>` shown as a line end; menus, scripts and forms are
/// left out.
pub(crate) fn text(root: NodeRef<'_, Node>) -> String {
    let mut out = String::new();
    let mut silent = 0usize;
    let mut pre = 0usize;
    for edge in root.traverse() {
        let (node, opening) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Element(element) => {
                let name = element.name();
                if SILENT.contains(&name) && node.id() != root.id() {
                    if opening { silent += 1 } else { silent -= 1 }
                }
                if name == "pre" {
                    if opening { pre += 1 } else { pre -= 1 }
                }
                if silent > 0 {
                    continue;
                }
                if matches!(name, "br" | "lb") && opening {
                    end_line(&mut out);
                    out.push('\n');
                } else if BLOCKS.contains(&name) {
                    end_line(&mut out);
                    if !out.is_empty() && !out.ends_with("\n\n") {
                        out.push_str("\n\n");
                    }
                }
            }
            Node::Text(words) if opening && silent == 0 => {
                if pre > 0 {
                    out.push_str(words);
                } else {
                    push_collapsed(&mut out, words);
                }
            }
            _ => {}
        }
    }
    out
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
}

/// Appends words with every run of blanks as one space, as a browser shows them.
fn push_collapsed(out: &mut String, words: &str) {
    for c in words.chars() {
        if matches!(c, ' ' | '\n' | '\t') {
            if !out.is_empty() && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_paragraphs() {
        let page = scraper::Html::parse_document(
            "<body><nav>Menu</nav><p>One  <b>two</b>\nthree.</p><p>Four.<br>Five.</p><ul><li>six</li><li>seven</li></ul><script>x</script></body>",
        );
        let text = crate::paragraphs::paragraphs(&text(page.tree.root()));
        assert_eq!(text, "One two three.\n\nFour.\n\nFive.\n\nsix\n\nseven");
    }

    #[test]
    fn hostile_pages_are_refused_before_parsing() {
        let options = Options::default();
        let cases = [
            ("deep divs", "<div>".repeat(100_000)),
            ("formatting left open", (0..50_000).map(|i| format!("<p><b id={i}>")).collect()),
            ("many names", (0..50_000).map(|i| format!("<x{i}>")).collect()),
        ];
        for (name, page) in cases {
            assert_eq!(check(&page, &options), Err(Error::TooDeep { limit: 256 }), "{name}");
        }
        let many = "<p>a</p>".repeat(300_000);
        assert_eq!(check(&many, &options), Err(Error::TooManyTags { limit: 400_000 }));
        for fine in ["<", "</", "<p", "a < b", "<script>if (a<b) '<div>'</script>", "<style>", "<div></div>", "<é>"] {
            assert_eq!(check(fine, &options), Ok(()), "{fine}");
        }
    }
}
