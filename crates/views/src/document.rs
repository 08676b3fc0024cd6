//! A short document of headings, paragraphs, lists and tables, as Markdown, as a page to print, as a Word file.

use crate::bundle::archive;
use crate::paint::clean;

/// A piece of a document. Texts are plain; marks of the format are made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The title of it all.
    Title(String),
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// A table: heads, then rows of as many cells.
    Table {
        /// Over the columns; the first column is of words, the others of figures.
        heads: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
}

/// As Markdown, with a line break at the end.
pub fn markdown(blocks: &[Block]) -> String {
    let plain = |text: &str| {
        let mut out = String::new();
        for c in clean(text).chars() {
            if matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '|' | '#') {
                out.push('\\');
            }
            match c {
                '<' => out.push_str("&lt;"),
                c => out.push(c),
            }
        }
        out
    };
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join(" | "));
    let pieces: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Block::Title(text) => format!("# {}\n", plain(text)),
            Block::Heading(text) => format!("## {}\n", plain(text)),
            Block::Text(text) => plain(text) + "\n",
            Block::List(items) => items.iter().map(|item| format!("- {}\n", plain(item))).collect(),
            Block::Table { heads, rows } => {
                let rule: Vec<&str> = heads.iter().enumerate().map(|(n, _)| if n == 0 { "---" } else { "---:" }).collect();
                line(heads) + &format!("| {} |\n", rule.join(" | ")) + &rows.iter().map(|row| line(row)).collect::<String>()
            }
        })
        .collect();
    pieces.join("\n")
}

/// Text as it may stand in HTML and XML: marks escaped, characters left out that neither can hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// As one page of HTML for print: no script, nothing loaded from anywhere, black on white, names in their own direction.
pub fn html(blocks: &[Block]) -> String {
    const STYLE: &str = "body{font:11pt/1.45 Georgia,serif;color:#000;background:#fff;max-width:46em;margin:2em auto;padding:0 1em}\
        h1{font-size:1.6em}h2{font-size:1.15em;margin-top:1.6em;break-after:avoid}table{border-collapse:collapse;width:100%;break-inside:avoid}\
        th,td{border-bottom:1px solid #999;padding:.25em .5em;text-align:end;vertical-align:top}th:first-child,td:first-child{text-align:start}\
        li{break-inside:avoid;margin:.3em 0}@page{margin:2cm}@media print{body{margin:0;max-width:none}}";
    let title = blocks.iter().find_map(|block| if let Block::Title(text) = block { Some(escaped(text)) } else { None }).unwrap_or_default();
    let mut body = String::new();
    for block in blocks {
        body += &match block {
            Block::Title(text) => format!("<h1 dir=\"auto\">{}</h1>\n", escaped(text)),
            Block::Heading(text) => format!("<h2>{}</h2>\n", escaped(text)),
            Block::Text(text) => format!("<p dir=\"auto\">{}</p>\n", escaped(text)),
            Block::List(items) => {
                let items: String = items.iter().map(|item| format!("<li dir=\"auto\">{}</li>\n", escaped(item))).collect();
                format!("<ul>\n{items}</ul>\n")
            }
            Block::Table { heads, rows } => {
                let cells = |tag: &str, cells: &[String]| -> String {
                    let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
                    format!("<tr>{cells}</tr>\n")
                };
                format!(
                    "<table>\n<thead>{}</thead>\n<tbody>\n{}</tbody>\n</table>\n",
                    cells("th", heads),
                    rows.iter().map(|row| cells("td", row)).collect::<String>()
                )
            }
        };
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    )
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// As a Word file. The same blocks give the same bytes.
///
/// # Errors
/// When the archive cannot be made, which needs more than 4 GB.
pub fn docx(blocks: &[Block]) -> Result<Vec<u8>, String> {
    let mut body = String::new();
    for block in blocks {
        match block {
            Block::Title(text) => body += &paragraph(Some("Title"), text),
            Block::Heading(text) => body += &paragraph(Some("Heading1"), text),
            Block::Text(text) => body += &paragraph(None, text),
            Block::List(items) => items.iter().for_each(|item| body += &paragraph(Some("ListBullet"), item)),
            Block::Table { heads, rows } => {
                body += "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/></w:tblPr><w:tblGrid>";
                body += &"<w:gridCol/>".repeat(heads.len());
                body += "</w:tblGrid>";
                body += &row(heads, true);
                rows.iter().for_each(|cells| body += &row(cells, false));
                body += "</w:tbl>";
                // A table at the end of a document, or before another, needs a paragraph behind it.
                body += "<w:p/>";
            }
        }
    }
    let document = format!(
        "{XML}<w:document {WORD}><w:body>{body}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"709\" w:footer=\"709\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let part = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    let relations = |relations: &[(&str, &str)]| {
        let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let lines: String = relations
            .iter()
            .enumerate()
            .map(|(n, (kind, target))| format!("<Relationship Id=\"rId{}\" Type=\"{kinds}/{kind}\" Target=\"{target}\"/>", n + 1))
            .collect();
        format!("{XML}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{lines}</Relationships>")
    };
    let files = [
        part("[Content_Types].xml", types()),
        part("_rels/.rels", relations(&[("officeDocument", "word/document.xml")])),
        part("word/document.xml", document),
        part("word/_rels/document.xml.rels", relations(&[("styles", "styles.xml"), ("numbering", "numbering.xml")])),
        part("word/styles.xml", styles()),
        part("word/numbering.xml", numbering()),
    ];
    archive(&files).map_err(|error| error.to_string())
}

fn types() -> String {
    let kind = |part: &str, kind: &str| {
        format!("<Override PartName=\"/word/{part}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>")
    };
    format!(
        "{XML}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}{}{}</Types>",
        kind("document", "document.main"),
        kind("styles", "styles"),
        kind("numbering", "numbering")
    )
}

fn styles() -> String {
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let line = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"999999\"/>");
    let lines: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(line).concat();
    format!(
        "{XML}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"120\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>{}{}{}\
         <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style></w:styles>",
        style("Title", "Title", "<w:spacing w:after=\"240\"/>", "<w:b/><w:sz w:val=\"36\"/>"),
        style(
            "Heading1",
            "heading 1",
            "<w:keepNext/><w:spacing w:before=\"280\" w:after=\"100\"/><w:outlineLvl w:val=\"0\"/>",
            "<w:b/><w:sz w:val=\"26\"/>"
        ),
        style("ListBullet", "List Bullet", "<w:numPr><w:numId w:val=\"1\"/></w:numPr><w:ind w:left=\"360\" w:hanging=\"360\"/>", "")
    )
}

fn numbering() -> String {
    format!(
        "{XML}<w:numbering {WORD}><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"bullet\"/>\
         <w:lvlText w:val=\"•\"/><w:lvlJc w:val=\"left\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
    )
}

fn run(text: &str, bold: bool) -> String {
    let marks = if bold { "<w:rPr><w:b/></w:rPr>" } else { "" };
    format!("<w:r>{marks}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
}

fn paragraph(style: Option<&str>, text: &str) -> String {
    let style = style.map_or_else(String::new, |style| format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>"));
    format!("<w:p>{style}{}</w:p>", run(text, false))
}

fn row(cells: &[String], head: bool) -> String {
    let cell = |(n, text): (usize, &String)| {
        let side = if n == 0 { "" } else { "<w:pPr><w:jc w:val=\"right\"/></w:pPr>" };
        format!("<w:tc><w:tcPr/><w:p>{side}{}</w:p></w:tc>", run(text, head))
    };
    let repeat = if head { "<w:trPr><w:tblHeader/></w:trPr>" } else { "" };
    format!("<w:tr>{repeat}{}</w:tr>", cells.iter().enumerate().map(cell).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn sample() -> Vec<Block> {
        vec![
            Block::Title("Mali: 2–8 June".to_owned()),
            Block::Text("A <b> & \"c\" | d".to_owned()),
            Block::List(vec!["قتل 12".to_owned(), "deux *blessés*".to_owned()]),
            Block::Table { heads: vec!["area".to_owned(), "killed".to_owned()], rows: vec![vec!["Gao".to_owned(), "6–8–21".to_owned()]] },
        ]
    }

    #[test]
    fn nothing_in_a_text_is_taken_for_a_mark() {
        assert_eq!(
            markdown(&sample()),
            "# Mali: 2–8 June\n\nA &lt;b> & \"c\" \\| d\n\n- قتل 12\n- deux \\*blessés\\*\n\n| area | killed |\n| --- | ---: |\n| Gao | 6–8–21 |\n"
        );
        let page = html(&sample());
        assert!(page.contains("<p dir=\"auto\">A &lt;b&gt; &amp; &quot;c&quot; | d</p>") && !page.contains("http"), "{page}");
    }

    #[test]
    fn a_word_file_holds_the_words_and_no_clock() {
        let bytes = docx(&sample()).unwrap();
        assert_eq!(bytes, docx(&sample()).unwrap());
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("A &lt;b&gt; &amp; &quot;c&quot; | d") && text.contains("قتل 12") && text.contains("6–8–21"));
        assert_eq!(text.matches("<w:tr>").count(), 2);
    }
}
