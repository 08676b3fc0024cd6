//! ZIP: archives of inputs, and the documents that are archives themselves.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::{
    Column, Error, Failed, Format, Hints, Opened, Options, Place,
    article::Article,
    xml::{self, Piece},
};

fn damaged(error: impl std::fmt::Display) -> Error {
    Error::Damaged { what: "ZIP", why: error.to_string() }
}

/// Opens an archive: a Word document is one report, a workbook a table of them, a WACZ file the pages of its web archives, any other
/// archive all that its files hold. A file of it that cannot be read is a failed row; an archive inside an archive is not opened.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options, depth: usize) -> Result<Opened, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let names: Vec<Vec<u8>> = archive.file_names_raw().map(<[u8]>::to_vec).collect();
    let has = |name: &str| names.iter().any(|file| file == name.as_bytes());
    if has("word/document.xml") {
        return document(&mut archive, hints, options);
    }
    if crate::sheet::is_workbook(bytes) {
        return crate::sheet::open(bytes, hints, options);
    }
    for (name, what) in [
        ("xl/workbook.bin", "a binary Excel workbook; save it as XLSX"),
        ("ppt/presentation.xml", "a presentation"),
        ("content.xml", "an OpenDocument text; save it as DOCX"),
        ("META-INF/container.xml", "an e-book"),
    ] {
        if has(name) {
            return Err(Error::Unsupported(what));
        }
    }
    if depth >= crate::DEEPEST {
        return Err(Error::Archive("zip"));
    }
    let is_page = |name: &str| name.starts_with("archive/") && [".warc", ".warc.gz"].iter().any(|ending| name.ends_with(ending));
    let is_wacz = has("datapackage.json") && names.iter().any(|name| std::str::from_utf8(name).is_ok_and(is_page));
    if archive.len() > options.max_rows {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    let format = if is_wacz { Format::Warc } else { Format::Zip };
    let mut opened = Opened { format, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    let mut left = options.max_unpacked;
    for n in 0..archive.len() {
        let file = archive.by_index(n);
        let at = Place::Item(n as u64 + 1);
        let name = match &file {
            Ok(file) => file.name().map_or_else(|_| String::new(), |name| name.into_owned()),
            Err(_) => String::new(),
        };
        if name.ends_with('/') || hidden(&name) || is_wacz && !is_page(&name) {
            continue;
        }
        let read = file.map_err(damaged).and_then(|file| unpacked(file, left.min(options.max_bytes)));
        let inner = read.and_then(|bytes| {
            left -= bytes.len();
            let hints = Hints { name: Some(name.clone()), ..hints.clone() };
            if bytes.starts_with(b"PK\x03\x04") && !is_document(&bytes) && !crate::sheet::is_workbook(&bytes) {
                Err(Error::Archive("zip"))
            } else {
                crate::open_at(&bytes, &hints, options, depth + 1)
            }
        });
        let inside = |why: &Error| Error::Inside { file: crate::article::shortened(&name), why: why.to_string() };
        match inner {
            Ok(inner) => {
                opened.rows.extend(inner.rows.into_iter().map(|row| row.map_err(|failed| Failed { at, why: inside(&failed.why) })));
                opened.warnings.extend(inner.warnings.iter().map(|failed| Failed { at, why: inside(&failed.why) }));
            }
            Err(why) => opened.rows.push(Err(Failed { at, why: inside(&why) })),
        }
        if opened.rows.len() > options.max_rows {
            return Err(Error::TooManyRows { limit: options.max_rows });
        }
    }
    if opened.rows.is_empty() { Err(Error::Empty) } else { Ok(opened) }
}

/// Files that systems leave behind, and that nobody packed.
fn hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

fn is_document(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names_raw().any(|file| file == b"word/document.xml"))
}

/// The bytes of a file, never more than `most`: what an archive says of its sizes is not believed.
pub(crate) fn unpacked(file: impl Read, most: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() > most { Err(Error::TooLarge { bytes: bytes.len() as u64, limit: most as u64 }) } else { Ok(bytes) }
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, options: &Options) -> Result<String, Error> {
    let bytes = unpacked(archive.by_name(name).map_err(damaged)?, options.max_bytes)?;
    crate::decode::decode(&bytes)
}

/// A Word document: its paragraphs, those of tables too, as they stand; deleted words are left out.
fn document(archive: &mut ZipArchive<Cursor<&[u8]>>, hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let mut article = Article::default();
    if let Ok(core) = part(archive, "docProps/core.xml", options) {
        let mut inside = String::new();
        xml::each(&core, |piece| match piece {
            Piece::Start(name, _) => name.clone_into(&mut inside),
            Piece::End(_) => inside.clear(),
            Piece::Words(words) if inside == "title" => article.title.push_str(words),
            Piece::Words(_) => {}
        })?;
    }
    let body = part(archive, "word/document.xml", options)?;
    let mut paragraphs: Vec<String> = Vec::new();
    let (mut line, mut in_words, mut title) = (String::new(), false, false);
    let mut titles: Vec<String> = Vec::new();
    xml::each(&body, |piece| match piece {
        Piece::Start("t", _) => in_words = true,
        Piece::End("t") => in_words = false,
        Piece::Start("tab" | "br", _) => line.push(' '),
        Piece::Start("pStyle", attributes) => title = attributes.iter().any(|(name, value)| name == "val" && value == "Title"),
        Piece::Words(words) if in_words => line.push_str(words),
        Piece::End("p") => {
            let done = std::mem::take(&mut line);
            let done = done.trim();
            if !done.is_empty() {
                if title { titles.push(done.to_owned()) } else { paragraphs.push(done.to_owned()) }
            }
            title = false;
        }
        _ => {}
    })?;
    if !titles.is_empty() {
        article.title = titles.join(" ");
    }
    if article.title.trim().is_empty() {
        // As in plain text: header lines and a title at the top are known by their form.
        let opened = crate::plain::open_text(&paragraphs.join("\n\n"), hints)?;
        return Ok(Opened { format: Format::Docx, ..opened });
    }
    let warnings = article.set(Column::Text, &paragraphs.join("\n\n"), None).map(|why| Failed { at: Place::Whole, why });
    let mut opened = Opened::one(Format::Docx, article.finish(hints)?);
    opened.warnings.extend(warnings);
    Ok(opened)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;

    pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_is_all_that_its_files_hold() {
        let archive = zipped(&[
            ("2025-06-03-konna.txt", b"Five killed near Konna\n\nGunmen killed five people near Konna on Monday."),
            ("__MACOSX/._x", b"\0\x05"),
            ("noise.bin", b"\0\x01\x02"),
            ("inner.zip", &zipped(&[("a.txt", b"Gunmen killed five people.")])),
            ("articles.jsonl", b"{\"text\":\"Five killed.\"}\n{\"text\":\"Three hurt.\"}\n"),
        ]);
        let opened = crate::open(&archive, &Hints::default()).unwrap();
        assert_eq!((opened.format, opened.reports().count()), (Format::Zip, 3));
        assert_eq!(opened.reports().next().unwrap().published.as_ref().unwrap().as_str(), "2025-06-03");
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert!(failed[0].starts_with("item 3: \"noise.bin\": it is not text"), "{failed:?}");
        assert!(failed[1].starts_with("item 4: \"inner.zip\": it is a zip archive"), "{failed:?}");
    }

    #[test]
    fn an_archive_swells_no_further_than_its_bound() {
        let bomb = zipped(&[("a.txt", &vec![b'a'; 3_000_000]), ("b.txt", &vec![b'b'; 3_000_000])]);
        assert!(bomb.len() < 20_000);
        let options = Options { max_unpacked: 4_000_000, ..Options::default() };
        let opened = crate::open_within(&bomb, &Hints::default(), &options).unwrap();
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert_eq!(failed, ["item 2: \"b.txt\": it has 1000001 bytes, more than the 1000000 allowed"]);
        assert!(matches!(crate::open(b"PK\x03\x04aaaaaaaaaaaaaa", &Hints::default()), Err(Error::Damaged { what: "ZIP", .. })));
    }

    #[test]
    fn a_word_document_is_its_paragraphs() {
        let body = "<?xml version=\"1.0\"?><w:document xmlns:w=\"x\"><w:body>\
            <w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>Cinq morts à Konna</w:t></w:r></w:p>\
            <w:p><w:r><w:t xml:space=\"preserve\">Des hommes armés ont tué </w:t></w:r><w:del><w:r><w:delText>six</w:delText></w:r></w:del>\
            <w:r><w:t>cinq personnes &amp; brûlé le marché.</w:t></w:r></w:p><w:p/>\
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>L'armée n'a pas réagi.</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
        let opened = crate::open(&zipped(&[("word/document.xml", body.as_bytes())]), &Hints::named("2025-06-03.docx")).unwrap();
        let report = opened.reports().next().unwrap();
        assert_eq!((opened.format, report.title.as_str(), report.language.as_str()), (Format::Docx, "Cinq morts à Konna", "fr"));
        assert_eq!(report.text, "Des hommes armés ont tué cinq personnes & brûlé le marché.\n\nL'armée n'a pas réagi.");
        let broken = zipped(&[("word/document.xml", b"<w:document><w:p>")]);
        assert!(crate::open(&broken, &Hints::default()).is_err());
        assert_eq!(
            crate::open(&zipped(&[("xl/workbook.bin", b"\0")]), &Hints::default()).unwrap_err().to_string(),
            "it is a binary Excel workbook; save it as XLSX, which this version does not read"
        );
    }
}
