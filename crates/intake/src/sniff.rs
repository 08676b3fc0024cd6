//! What an input is, by its content; its name only breaks ties.

use crate::{Error, Hints, table};

/// What an input was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown, with or without front matter.
    Markdown,
    /// A web page.
    Html,
    /// A table of articles, parted by commas, semicolons or tabs.
    Csv,
    /// One article, or a list of them, as JSON.
    Json,
    /// One article a line.
    JsonLines,
    /// A gold case: only its reports are read.
    Case,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// An e-mail, or a box of them.
    Mail,
    /// A Word document.
    Docx,
    /// A PDF with a text layer.
    Pdf,
    /// A table of articles in a workbook: Excel or OpenDocument.
    Workbook,
    /// A web archive: WARC, or WACZ.
    Warc,
    /// A ZIP archive of inputs.
    Zip,
}

impl Format {
    /// The word for messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::JsonLines => "jsonl",
            Format::Case => "case",
            Format::Feed => "feed",
            Format::Mail => "mail",
            Format::Docx => "docx",
            Format::Pdf => "pdf",
            Format::Workbook => "workbook",
            Format::Warc => "web archive",
            Format::Zip => "zip",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Formats that begin with fixed bytes and that this version refuses, with what to tell the user.
const ARCHIVES: &[(&[u8], &str)] =
    &[(b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar")];

const OTHERS: &[(&[u8], &str)] = &[
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "rich text"),
    (b"SQLite format 3\0", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet table"),
];

/// Refuses what is known to be no text by its first bytes, so that the message can say what it is.
pub(crate) fn refuse_known_binaries(bytes: &[u8]) -> Result<(), Error> {
    if let Some((_, what)) = ARCHIVES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        // "BZh" could begin a word; the format has a digit and six fixed bytes after it.
        if *what != "bzip2" || bytes.get(4..10) == Some(b"1AY&SY") {
            return Err(Error::Archive(what));
        }
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Err(Error::Archive("tar"));
    }
    match OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        Some((_, what)) => Err(Error::Unsupported(what)),
        None => Ok(()),
    }
}

/// What a text is.
pub(crate) fn format(text: &str, hints: &Hints) -> Format {
    let name = hints.name.as_deref().unwrap_or("").to_ascii_lowercase();
    let named = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let start = text.trim_start();
    if start.starts_with('{') || start.starts_with('[') {
        if let Some(format) = json_kind(start) {
            return format;
        }
        if named(&[".jsonl", ".ndjson"]) {
            return Format::JsonLines;
        }
        if named(&[".json"]) {
            return Format::Json;
        }
    }
    if is_html(start, named(&[".html", ".htm", ".xhtml"])) {
        return Format::Html;
    }
    if named(&[".jsonl", ".ndjson"]) && text.lines().any(|line| line.trim_start().starts_with('{')) {
        return Format::JsonLines;
    }
    if table::looks_like_table(text, hints, named(&[".csv", ".tsv"])) {
        return Format::Csv;
    }
    if has_front_matter(text) || is_markdown(text) || (named(&[".md", ".markdown"])) {
        return Format::Markdown;
    }
    Format::Text
}

/// Which kind of JSON, judged by its beginning only: what is wrong further on is for the reader to say.
fn json_kind(start: &str) -> Option<Format> {
    let mut stream = serde_json::Deserializer::from_str(start).into_iter::<serde::de::IgnoredAny>();
    match stream.next() {
        Some(Ok(_)) => {
            let rest = start[stream.byte_offset()..].trim_start();
            if rest.is_empty() {
                Some(Format::Json)
            } else if rest.starts_with('{') || start[..stream.byte_offset()].starts_with('{') {
                Some(Format::JsonLines)
            } else {
                None
            }
        }
        // Cut off, or broken: JSON all the same if some line stands on its own, or if it begins like an object.
        _ => {
            let whole = |line: &str| line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
            let mut rest = start[1..].trim_start().chars();
            if start.starts_with('{') && start.lines().take(50).any(|line| whole(line.trim())) {
                Some(Format::JsonLines)
            } else if matches!((start.as_bytes()[0], rest.next()), (b'{', Some('"' | '}') | None) | (b'[', Some('{' | '[') | None)) {
                Some(Format::Json)
            } else {
                None
            }
        }
    }
}

/// Whether it begins like a page, or has the tags of one.
fn is_html(start: &str, named: bool) -> bool {
    let head: String = start.chars().take(4096).collect::<String>().to_ascii_lowercase();
    let head = head.trim_start_matches("<?xml").trim_start();
    if ["<!doctype html", "<html", "<head", "<body", "<article"].iter().any(|tag| head.starts_with(tag)) {
        return true;
    }
    let tags = ["<html", "<head", "<body", "<meta ", "<title>", "<p>", "<p ", "<div", "<article", "</p>", "<h1", "<br"];
    let found = tags.iter().filter(|tag| head.contains(**tag)).count();
    (found >= 1 && (named || head.starts_with('<'))) || (start.starts_with("<?xml") && head.contains("<html"))
}

/// Whether it begins with a block of `key: value` lines between lines of three dashes.
pub(crate) fn has_front_matter(text: &str) -> bool {
    let mut lines = text.trim_start().lines();
    lines.next().is_some_and(|line| line.trim_end() == "---")
        && lines.take(100).take_while(|line| !is_fence(line)).any(|line| line.contains(':'))
        && text.trim_start().lines().skip(1).take(101).any(is_fence)
}

pub(crate) fn is_fence(line: &str) -> bool {
    matches!(line.trim_end(), "---" | "...")
}

/// Whether it begins with a `# Title` line.
fn is_markdown(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    first.starts_with("# ") && text.trim_start().lines().nth(1).is_none_or(|line| line.trim().is_empty())
}
