//! Plain text and Markdown: a title line, header lines, paragraphs.

use crate::{
    Column, Error, Failed, Format, Hints, Opened, Place,
    article::Article,
    paragraphs::ends_sentence,
    sniff::{has_front_matter, is_fence},
};

/// Longest first line in characters that is taken for a title.
const LONGEST_TITLE: usize = 200;

/// Longest address in characters of a link.
const LONGEST_ADDRESS: usize = 1000;

/// Header lines that plain text may begin with.
const HEADERS: &[(&str, Column)] = &[
    ("title", Column::Title),
    ("headline", Column::Title),
    ("titre", Column::Title),
    ("date", Column::Published),
    ("published", Column::Published),
    ("outlet", Column::Outlet),
    ("source", Column::Outlet),
    ("kind", Column::Kind),
    ("language", Column::Language),
    ("langue", Column::Language),
    ("url", Column::Url),
    ("link", Column::Url),
];

/// One report of a plain text.
pub(crate) fn open_text(text: &str, hints: &Hints) -> Result<Opened, Error> {
    let mut article = Article::default();
    let mut warnings = Vec::new();
    let body = headers(text, text, &mut article, &mut warnings);
    let body = if article.title.is_empty() { take_title(body, &mut article) } else { body };
    // A title may also stand above the header lines.
    let body = if article.published.is_none() && article.outlet.is_empty() { headers(text, body, &mut article, &mut warnings) } else { body };
    article.text = body.to_owned();
    if body.trim().is_empty() {
        article.text = std::mem::take(&mut article.title);
    }
    finish(Format::Text, article, warnings, hints)
}

fn finish(format: Format, article: Article, warnings: Vec<Failed>, hints: &Hints) -> Result<Opened, Error> {
    let mut opened = Opened::one(format, article.finish(hints)?);
    opened.warnings = warnings;
    Ok(opened)
}

/// Reads the header lines at the top, if there are any, and gives what follows. A lone `Source:` line in front of a
/// text is a header too; a sentence with a colon is not, since only the names above count. `rest` is the end of `text`
/// that is still to be read; lines are counted from the beginning of `text`.
fn headers<'a>(text: &str, rest: &'a str, article: &mut Article, warnings: &mut Vec<Failed>) -> &'a str {
    let mut rest = rest.trim_start();
    let mut number = 1 + text[..text.len() - rest.len()].matches('\n').count() as u64;
    while let Some((column, value, after)) = header(rest) {
        if let Some(why) = article.set(column, value, None) {
            warnings.push(Failed { at: Place::Line(number), why });
        }
        rest = after;
        number += 1;
    }
    rest
}

fn header(text: &str) -> Option<(Column, &str, &str)> {
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    let (name, value) = line.split_once(':')?;
    let name = name.trim().trim_matches('*').to_lowercase();
    let (_, column) = HEADERS.iter().find(|(header, _)| *header == name)?;
    let value = value.trim().trim_matches('*').trim();
    (value.chars().count() <= 300).then_some((*column, value, after))
}

/// A short first line without a full stop that is followed by a blank line, or by header lines, is the title.
fn take_title<'a>(text: &'a str, article: &mut Article) -> &'a str {
    let trimmed = text.trim_start();
    let Some((line, after)) = trimmed.split_once('\n') else { return text };
    let line = line.trim();
    let blank_follows = after.split('\n').next().is_some_and(|next| next.trim().is_empty());
    if (blank_follows || header(after).is_some()) && !after.trim().is_empty() && line.chars().count() <= LONGEST_TITLE && !line.ends_with('.') {
        let question = ends_sentence(line) && line.chars().count() > 120;
        if !question {
            article.title = line.to_owned();
            return after;
        }
    }
    text
}

/// One report of a Markdown file.
pub(crate) fn open_markdown(text: &str, hints: &Hints) -> Result<Opened, Error> {
    let mut article = Article::default();
    let mut warnings = Vec::new();
    let body = if has_front_matter(text) { front_matter(text, &mut article, &mut warnings) } else { text };
    let body = body.trim_start();
    let mut body = body;
    if let Some(rest) = body.strip_prefix("# ") {
        let (title, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if article.title.is_empty() || article.title == title.trim() {
            article.title = inline(title.trim_end().trim_end_matches('#').trim());
            body = after;
        }
    }
    body = headers(text, body, &mut article, &mut warnings);
    article.text = unmark(body);
    finish(Format::Markdown, article, warnings, hints)
}

fn front_matter<'a>(text: &'a str, article: &mut Article, warnings: &mut Vec<Failed>) -> &'a str {
    let start = text.trim_start();
    let mut number = 1 + text[..text.len() - start.len()].matches('\n').count() as u64;
    let mut rest = start.split_once('\n').map_or("", |(_, rest)| rest);
    while let Some((line, after)) = rest.split_once('\n').or((!rest.is_empty()).then_some((rest, ""))) {
        rest = after;
        number += 1;
        if is_fence(line) {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) if value.len() > 1 && value.ends_with(quote) => &value[1..value.len() - 1],
            _ => value,
        };
        if let Ok(column) = name.trim().parse::<Column>()
            && column != Column::Text
            && !line.starts_with([' ', '\t', '-', '#'])
            && let Some(why) = article.set(column, value, None)
        {
            warnings.push(Failed { at: Place::Line(number), why });
        }
    }
    rest
}

/// Drops the marks of Markdown and keeps the words: headings and quotes lose their sign, links their address.
fn unmark(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for line in text.split('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            in_code = !in_code;
            continue;
        }
        let rule = trimmed.len() >= 3
            && ["---", "***", "___"].iter().any(|r| trimmed.trim_end().starts_with(r))
            && trimmed.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
        if in_code {
            out.push_str(line);
        } else if rule || (trimmed.starts_with("<!--") && trimmed.trim_end().ends_with("-->")) {
            out.push('\n');
        } else if trimmed.starts_with('#') && trimmed.trim_start_matches('#').starts_with(' ') {
            out.push('\n');
            out.push_str(&inline(trimmed.trim_start_matches('#').trim().trim_end_matches('#').trim_end()));
            out.push('\n');
        } else {
            let quoted = trimmed.trim_start_matches("> ").trim_start_matches('>');
            out.push_str(&inline(quoted));
        }
        out.push('\n');
    }
    out
}

/// Emphasis, images and links inside a line.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['[', '*', '`', '!', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let sign = rest.as_bytes()[0];
        let image = rest.starts_with("![");
        if (sign == b'[' || image)
            && let Some((words, after)) = link(&rest[usize::from(image)..])
        {
            if !image {
                out.push_str(words);
            }
            rest = after;
        } else if sign == b'\\' && rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) {
            out.push_str(&rest[1..2]);
            rest = &rest[2..];
        } else {
            let digit = |c: char| c.is_ascii_digit();
            // "10*12" multiplies; " * " and a star at the end of nothing are no marks either.
            let times = out.ends_with(digit) && rest[1..].starts_with(digit);
            let opens = !(rest[1..].starts_with(' ') || rest.len() == 1);
            let closes = out.ends_with(|c: char| !c.is_whitespace());
            let emphasis = sign == b'`' || sign == b'*' && !times && (opens || closes);
            if !emphasis {
                out.push_str(&rest[..1]);
            }
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The words of `[words](address)` and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let close = text[1..].find(['[', ']'])? + 1;
    let address = text[close..].strip_prefix("](")?;
    // An address may hold one pair of brackets; the bound keeps a text of nothing but brackets linear.
    let bound = address.char_indices().nth(LONGEST_ADDRESS).map_or(address.len(), |(at, _)| at);
    let end = address[..bound].find(')')?;
    let end = if address[..end].contains('(') { address[..bound][end + 1..].find(')').map_or(end, |more| end + 1 + more) } else { end };
    Some((&text[1..close], &address[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::ReportKind;

    fn text(given: &str) -> record::Report {
        open_text(given, &Hints::default()).unwrap().rows.remove(0).unwrap().report
    }

    fn markdown(given: &str) -> record::Report {
        open_markdown(given, &Hints::default()).unwrap().rows.remove(0).unwrap().report
    }

    #[test]
    fn titles_and_headers_of_plain_text() {
        let titled = text("Five killed near Konna\n\nGunmen killed five people.\n");
        assert_eq!((titled.title.as_str(), titled.text.as_str()), ("Five killed near Konna", "Gunmen killed five people."));

        let sentence = text("Gunmen killed five people.\n\nNobody claimed it.");
        assert_eq!((sentence.title.as_str(), sentence.text.as_str()), ("", "Gunmen killed five people.\n\nNobody claimed it."));

        let headed = text("Title: Five killed\nDate: 3 June 2025\nOutlet: Ministry of Defence\nLanguage: en\n\nWe lost nobody.");
        assert_eq!((headed.title.as_str(), headed.outlet.as_str()), ("Five killed", "Ministry of Defence"));
        assert_eq!((headed.published.unwrap().as_str(), headed.kind), ("2025-06-03", ReportKind::Communique));
        assert_eq!(headed.text, "We lost nobody.");

        let below = text("Five killed near Konna\n\nSource: Agence Nord\nDate: 2025-06-03\n\nGunmen killed five people.");
        assert_eq!((below.title.as_str(), below.outlet.as_str()), ("Five killed near Konna", "Agence Nord"));

        let lone = text("Five killed");
        assert_eq!((lone.title.as_str(), lone.text.as_str()), ("", "Five killed"));
    }

    #[test]
    fn a_date_nobody_understands_is_a_warning() {
        let opened = open_text("Title: Five killed\nDate: last Tuesday\n\nGunmen killed five people.", &Hints::default()).unwrap();
        assert_eq!(opened.warnings[0].line(), "line 2: the published \"last Tuesday\" was not understood");
        let below = open_text("Five killed\n\nDate: last Tuesday\n\nGunmen killed five people.", &Hints::default()).unwrap();
        assert_eq!(below.warnings[0].line(), "line 3: the published \"last Tuesday\" was not understood");
        let marked = open_markdown("# Five killed\n\nDate: last Tuesday\n\nGunmen killed five people.", &Hints::default()).unwrap();
        assert_eq!(marked.warnings[0].line(), "line 3: the published \"last Tuesday\" was not understood");
    }

    #[test]
    fn markdown_loses_its_marks_only() {
        let report = markdown(
            "---\ntitle: \"Five killed\"\ndate: 2025-06-03\noutlet: Radio Oum\nkind: broadcast\nlanguage: en\ntags: [a, b]\n---\n\n\
             ## What happened\n\nGunmen **killed** [five people](https://example.org/a_(b)) at 2 * 3 houses and 10*12 huts.\n\n> We saw *nothing*, he said.\n\n- one\n- two\n",
        );
        assert_eq!((report.title.as_str(), report.outlet.as_str(), report.kind), ("Five killed", "Radio Oum", ReportKind::Broadcast));
        assert!(report.text.starts_with("What happened\n\nGunmen killed five people at 2 * 3 houses and 10*12 huts."), "{}", report.text);
        assert!(report.text.contains("huts.\n\nWe saw nothing, he said.\n\n- one\n- two"), "{}", report.text);
        let report = markdown("# Five killed #\n\nGunmen killed five people.");
        assert_eq!((report.title.as_str(), report.text.as_str()), ("Five killed", "Gunmen killed five people."));
    }
}
