//! PDF with a text layer: glyphs to lines, lines to columns, columns to paragraphs.
//!
//! A PDF says where each letter stands and not what a line, a column or a paragraph is; that is worked out in [`layout`] from the
//! white between letters. The parser is not ours and takes damaged files badly, so it is given only what concerns text (no
//! pictures, no colours, no loops), on a thread of its own with a stack, a clock and a count of letters; a page at which it
//! stumbles is told of, and the others are kept.

mod layout;
mod tame;

use std::{
    io::Read,
    sync::atomic::{AtomicBool, Ordering},
};

use pdf_extract::{Document, MediaBox, Object, OutputDev, OutputError, Transform, output_doc_page};

use crate::{
    Error, Failed, Format, Hints, Opened, Options, Place, Row,
    article::one_line,
    guard::{caught, guarded, stumbled},
    plain,
};
use layout::Glyph;

/// Most bytes in LZW, which swells up to fourteen hundred times and cannot be tried out in little memory.
const MOST_LZW: usize = 256_000;

fn damaged(why: impl std::fmt::Display) -> Error {
    Error::Damaged { what: "PDF", why: one_line(&why.to_string()) }
}

/// Opens a PDF as one report; a page without text, or one that cannot be read, is a warning as long as another has some.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let (bytes, within) = (bytes.to_vec(), options.clone());
    let read = guarded("PDF", options, move |stop| pages(&bytes, &within, stop))?;
    let mut opened = plain::open_text(&read.text, hints)?;
    opened.format = Format::Pdf;
    if let [Ok(Row { report, .. })] = &mut opened.rows[..]
        && report.title.is_empty()
        && !read.title.is_empty()
    {
        report.title = read.title;
        report.identify();
    }
    opened.warnings.extend(read.warnings);
    Ok(opened)
}

/// What was made of a file.
struct Pages {
    title: String,
    text: String,
    warnings: Vec<Failed>,
}

fn pages(bytes: &[u8], options: &Options, stop: &AtomicBool) -> Result<Pages, Error> {
    swells(bytes, options)?;
    let mut document = Document::load_mem(bytes).map_err(|error| match error {
        pdf_extract::Error::Decryption(_) | pdf_extract::Error::InvalidPassword => Error::Encrypted,
        other => damaged(other),
    })?;
    if document.is_encrypted() {
        document.decrypt("").map_err(|_| Error::Encrypted)?;
    }
    let count = document.page_iter().take(options.max_pages + 1).count();
    if count == 0 {
        return Err(damaged("it has no pages"));
    }
    if count > options.max_pages {
        return Err(Error::TooManyPages { limit: options.max_pages });
    }
    let title = title(&document);
    tame::tame(&mut document);
    let (mut blocks, mut warnings, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = options.max_bytes;
    for number in 1..=count as u32 {
        let at = Place::Page(u64::from(number));
        let mut glyphs = Glyphs { glyphs: Vec::new(), left, stop };
        let read = caught(|| output_doc_page(&document, &mut glyphs, number));
        if stop.load(Ordering::Relaxed) {
            return Err(Error::TooSlow { seconds: options.max_seconds });
        }
        if glyphs.left == 0 {
            return Err(Error::TooLarge { bytes: options.max_bytes as u64 + 1, limit: options.max_bytes as u64 });
        }
        left = glyphs.left;
        let why = match read {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(damaged(error)),
            None => Some(stumbled("PDF")),
        };
        let page = layout::blocks(glyphs.glyphs, stop);
        match why {
            Some(why) => warnings.push(Failed { at, why }),
            None if page.is_empty() => empty.push(Failed { at, why: Error::NoTextLayer }),
            None => {}
        }
        blocks.push(page);
    }
    let text = layout::joined(blocks);
    if !text.contains(char::is_alphabetic) {
        return Err(warnings.into_iter().next().map_or(Error::NoTextLayer, |failed| failed.why));
    }
    let of_right_to_left = text.chars().filter(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')).count();
    if of_right_to_left * 2 > text.chars().filter(|c| c.is_alphabetic()).count() {
        return Err(Error::Unsupported("a PDF whose letters run from right to left, in no order that can be relied on; copy its text out"));
    }
    warnings.extend(empty);
    warnings.sort_by_key(|failed| failed.at);
    Ok(Pages { title, text, warnings })
}

/// The title that its maker gave it, unless that is the name of a file.
fn title(document: &Document) -> String {
    let info = document.trailer.get(b"Info").ok().and_then(|info| document.dereference(info).ok()).and_then(|(_, info)| info.as_dict().ok());
    let Some(Object::String(bytes, _)) = info.and_then(|info| info.get(b"Title").ok()) else { return String::new() };
    let words = match bytes.strip_prefix(b"\xfe\xff") {
        Some(wide) => encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned(),
        None => {
            std::str::from_utf8(bytes).map_or_else(|_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), str::to_owned)
        }
    };
    let words = one_line(&words);
    let of_a_file = ["Microsoft ", "untitled", "Untitled"].iter().any(|sign| words.starts_with(sign))
        || words.rsplit_once('.').is_some_and(|(_, ending)| (2..=4).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric));
    if of_a_file || !words.contains(' ') { String::new() } else { words }
}

/// Tries out how far its packed parts swell, before the parser holds them in memory; pictures it does not unpack, so each counts alone.
fn swells(bytes: &[u8], options: &Options) -> Result<(), Error> {
    let too_large = || Error::TooLarge { bytes: options.max_unpacked as u64 + 1, limit: options.max_unpacked as u64 };
    let (mut left, mut lzw) = (options.max_unpacked as u64, 0);
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], b"stream").map(|at| from + at) {
        from = at + b"stream".len();
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let near = &bytes[at.saturating_sub(1000)..at];
        let begins = rfind(near, b"obj");
        let head = &near[begins.unwrap_or(0)..];
        let has = |word: &[u8]| find(head, word).is_some();
        let is_picture = has(b"/Image") && !has(b"/ObjStm") && !has(b"/XRef");
        let length = find(&bytes[from..], b"endstream").unwrap_or(bytes.len() - from);
        let body = &bytes[from..from + length];
        lzw += if has(b"/LZW") && !is_picture { length } else { 0 };
        if head.windows(6).filter(|window| window == b"/Flate").count() > 1 || lzw > MOST_LZW {
            return Err(too_large());
        }
        let start = body.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        // What says of itself nothing that is understood here may be packed all the same: zlib is known by its first two bytes.
        let is_zlib = matches!(body[start..], [a, b, ..] if a & 15 == 8 && (u16::from(a) * 256 + u16::from(b)) % 31 == 0);
        if begins.is_none() || is_zlib || has(b"/Fl") {
            let most = if is_picture { options.max_unpacked as u64 } else { left };
            let mut inflated = flate2::read::ZlibDecoder::new(&bytes[from + start..]).take(most + 1);
            let mut counted = Counted(0);
            // Damage is for the parser to find: what came until then counts.
            let _ = std::io::copy(&mut inflated, &mut counted);
            let rest = most.checked_sub(counted.0).ok_or_else(too_large)?;
            left = if is_picture { left } else { rest };
        }
        from += length;
    }
    Ok(())
}

/// Counts what is written.
struct Counted(u64);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

/// Takes the letters of a page as the parser meets them.
struct Glyphs<'a> {
    glyphs: Vec<Glyph>,
    /// How many bytes of letters may still come.
    left: usize,
    stop: &'a AtomicBool,
}

impl OutputDev for Glyphs<'_> {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(&mut self, at: &Transform, width: f64, _: f64, font_size: f64, letters: &str) -> Result<(), OutputError> {
        self.left = self.left.saturating_sub(letters.len().max(1));
        if self.left == 0 || self.stop.load(Ordering::Relaxed) {
            return Err(OutputError::FormatError(std::fmt::Error));
        }
        let glyph = Glyph {
            x: at.m31,
            y: at.m32,
            end: at.m31 + width * font_size * at.m11.hypot(at.m12),
            size: font_size.abs() * at.m21.hypot(at.m22),
            letters: letters.to_owned(),
        };
        // What stands on its side is a margin's note.
        let upright = at.m11.abs() > at.m12.abs();
        if upright && [glyph.x, glyph.y, glyph.end, glyph.size].iter().all(|number| number.is_finite() && number.abs() < 1e6) {
            self.glyphs.push(glyph);
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A PDF of pages with lines of Helvetica, each at a place: x, y, size, words.
    pub(crate) fn made(pages: &[&[(f64, f64, f64, &str)]]) -> Vec<u8> {
        let streams: Vec<String> = pages
            .iter()
            .map(|lines| lines.iter().map(|(x, y, size, words)| format!("BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET\n")).collect())
            .collect();
        of_streams(&streams)
    }

    pub(crate) fn of_streams(streams: &[String]) -> Vec<u8> {
        let kids: Vec<String> = (0..streams.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 595 842] >>", kids.join(" "), streams.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        ];
        for (n, stream) in streams.iter().enumerate() {
            let content = 5 + 2 * n;
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> /XObject << /X1 {content} 0 R >> >> /Contents {content} 0 R >>"
            ));
            objects.push(format!("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> /XObject << /X1 {content} 0 R >> >> /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
        }
        file(&objects, "")
    }

    pub(crate) fn file(objects: &[String], trailer: &str) -> Vec<u8> {
        let mut out = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (n, object) in objects.iter().enumerate() {
            places.push(out.len());
            out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
        }
        let xref = out.len();
        out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
        for place in places {
            out.extend(format!("{place:010} 00000 n \n").bytes());
        }
        out.extend(format!("trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1).bytes());
        out
    }

    fn text(bytes: &[u8]) -> Result<String, Error> {
        open(bytes, &Hints::default(), &Options::default()).map(|opened| {
            let report = opened.reports().next().unwrap().clone();
            assert_eq!(opened.format, Format::Pdf);
            format!("{}|{}", report.title, report.text)
        })
    }

    #[test]
    fn columns_are_read_one_after_the_other() {
        let mut lines = vec![(60.0, 780.0, 20.0, "Weekly bulletin of the North")];
        let left = ["Gunmen on motorcycles killed five", "people in a village near Konna on", "Monday evening, three resi-", "dents said."];
        let right = ["The army gave no toll. A doctor at", "the hospital of Mopti spoke of four", "bodies and of nine wounded people", "on Tuesday."];
        for n in 0..4 {
            lines.push((60.0, 740.0 - 14.0 * n as f64, 11.0, left[n]));
            lines.push((310.0, 740.0 - 14.0 * n as f64, 11.0, right[n]));
        }
        lines.push((290.0, 30.0, 9.0, "Page 1 of 1"));
        assert_eq!(
            text(&made(&[&lines])).unwrap(),
            "Weekly bulletin of the North|Gunmen on motorcycles killed five people in a village near Konna on Monday evening, three residents said.\n\n\
             The army gave no toll. A doctor at the hospital of Mopti spoke of four bodies and of nine wounded people on Tuesday."
        );
    }

    #[test]
    fn what_has_no_text_is_refused_and_an_empty_page_told_of() {
        assert_eq!(text(&made(&[&[]])), Err(Error::NoTextLayer));
        let opened = open(&made(&[&[(60.0, 700.0, 11.0, "Five people were killed.")], &[]]), &Hints::default(), &Options::default()).unwrap();
        assert_eq!(opened.warnings.iter().map(Failed::line).collect::<Vec<_>>(), ["page 2: it has no text layer; it may be a scan"]);
        let whole = made(&[&[(60.0, 700.0, 11.0, "Five people were killed.")]]);
        assert!(matches!(text(&whole[..whole.len() / 2]), Err(Error::Damaged { what: "PDF", .. })), "{:?}", text(&whole[..whole.len() / 2]));
        assert_eq!(
            open(&made(&[&[], &[], &[]]), &Hints::default(), &Options { max_pages: 2, ..Options::default() }),
            Err(Error::TooManyPages { limit: 2 })
        );
        let locked = file(
            &[
                "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
                "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
                format!("<< /Filter /Standard /V 1 /R 2 /O <{0}> /U <{0}> /P -4 >>", "41".repeat(32)),
            ],
            "/Encrypt 3 0 R /ID [<41414141414141414141414141414141> <41414141414141414141414141414141>]",
        );
        assert_eq!(text(&locked), Err(Error::Encrypted));
    }

    #[test]
    fn forms_that_draw_themselves_are_not_followed() {
        let endless = of_streams(&["BT /F1 11 Tf 60 700 Td (Five people were killed near Konna.) Tj ET /X1 Do".to_owned()]);
        assert_eq!(text(&endless).unwrap(), "|Five people were killed near Konna.");
    }

    #[test]
    fn what_swells_is_refused() {
        use std::io::Write;
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![b' '; 3_000_000]).unwrap();
        let packed = packed.finish().unwrap();
        let mut bomb = format!("%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n", packed.len()).into_bytes();
        bomb.extend(packed);
        bomb.extend(b"\nendstream\nendobj\n");
        let options = Options { max_unpacked: 1_000_000, ..Options::default() };
        assert_eq!(open(&bomb, &Hints::default(), &options), Err(Error::TooLarge { bytes: 1_000_001, limit: 1_000_000 }));
    }
}
