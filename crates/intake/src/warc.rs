//! Web archives: WARC records, in gzip or not, and the responses in them that are pages.
//!
//! ISO 28500: a record is a line `WARC/1.x`, named fields, a blank line, `Content-Length` bytes, two blank lines. Responses with a
//! page, a PDF or text that a server sent with success are opened as if they had been files; pictures, scripts and styles, requests and
//! what only tells of the crawl are passed over. A record that does not hold what it says is a failed row, and the next one is looked for.

use std::io::Read;

use crate::{Error, Failed, Format, Hints, Opened, Options, Place, Row, article, pdf::find};

/// How a record begins.
const BEGIN: &[u8] = b"WARC/";
/// Most bytes of the named fields of a record, or of a response.
const MOST_HEAD: usize = 64_000;

/// Whether bytes begin as a record does.
pub(crate) fn is_warc(bytes: &[u8]) -> bool {
    bytes.starts_with(b"WARC/1.") || bytes.starts_with(b"WARC/0.")
}

fn damaged(why: impl Into<String>) -> Error {
    Error::Damaged { what: "WARC record", why: why.into() }
}

/// Opens an archive: a page a row. `damage` is what is known to be wrong with the whole of it.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options, damage: Option<Failed>) -> Result<Opened, Error> {
    let mut opened = Opened { format: Format::Warc, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    let (mut rest, mut number) = (bytes, 0);
    let mut left = options.max_unpacked;
    while !rest.is_empty() {
        number += 1;
        if number > options.max_rows {
            return Err(Error::TooManyRows { limit: options.max_rows });
        }
        let at = Place::Item(number as u64);
        match record(rest) {
            Ok((record, after)) => {
                rest = after;
                page(&record, hints, options, &mut left, at, &mut opened);
            }
            Err(why) => {
                opened.rows.push(Err(Failed { at, why }));
                rest = next(&rest[1..]);
            }
        }
    }
    opened.rows.extend(damage.map(Err));
    if opened.rows.is_empty() { Err(Error::NoText) } else { Ok(opened) }
}

/// From the next beginning of a record on.
fn next(bytes: &[u8]) -> &[u8] {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], b"\nWARC/").map(|at| from + at + 1) {
        if is_warc(&bytes[at..]) {
            return &bytes[at..];
        }
        from = at;
    }
    &[]
}

/// One record.
struct Record<'w> {
    kind: String,
    address: String,
    content_type: String,
    content: &'w [u8],
}

/// The record that bytes begin with, and what comes after it.
fn record(bytes: &[u8]) -> Result<(Record<'_>, &[u8]), Error> {
    if !bytes.starts_with(BEGIN) {
        return Err(damaged("it does not begin as one"));
    }
    let (head, body) = head(bytes).ok_or_else(|| damaged("its fields do not end"))?;
    let field = |name: &str| field(head, name);
    let length = field("Content-Length").and_then(|length| length.parse::<usize>().ok()).ok_or_else(|| damaged("it does not say how long it is"))?;
    if length > body.len() {
        return Err(damaged(format!("it says that it has {length} bytes, and {} follow", body.len())));
    }
    let (content, after) = body.split_at(length);
    let blank = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let after = &after[blank..];
    if !after.is_empty() && !after.starts_with(BEGIN) {
        return Err(damaged(format!("after its {length} bytes no other begins")));
    }
    let record = Record {
        kind: field("WARC-Type").unwrap_or_default().to_ascii_lowercase(),
        address: field("WARC-Target-URI").unwrap_or_default().trim_matches(['<', '>']).to_owned(),
        content_type: field("Content-Type").unwrap_or_default().to_ascii_lowercase(),
        content,
    };
    Ok((record, after))
}

/// Named fields, and what follows the blank line after them.
fn head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let within = &bytes[..bytes.len().min(MOST_HEAD)];
    let (at, blank) = match (find(within, b"\r\n\r\n"), find(within, b"\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => (lf, 2),
        (Some(crlf), _) => (crlf, 4),
        (None, Some(lf)) => (lf, 2),
        (None, None) => return None,
    };
    Some((&bytes[..at], &bytes[at + blank..]))
}

fn field(head: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    text.lines().skip(1).find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// Opens the page that a record holds, if it holds one.
fn page(record: &Record<'_>, hints: &Hints, options: &Options, left: &mut usize, at: Place, opened: &mut Opened) {
    let (content_type, content) = match record.kind.as_str() {
        "response" if record.content_type.starts_with("application/http") || record.content_type.is_empty() => {
            let Some((head, body)) = head(record.content) else {
                return opened.rows.push(Err(inside(record, at, &damaged("its response has no fields"))));
            };
            let status = String::from_utf8_lossy(head).split_whitespace().nth(1).map(str::to_owned).unwrap_or_default();
            if !status.starts_with('2') {
                return;
            }
            let content_type = field(head, "Content-Type").unwrap_or_default().to_ascii_lowercase();
            if !is_page(&content_type) {
                return;
            }
            match sent(head, body, options.max_bytes.min(*left)) {
                Ok(content) => (content_type, content),
                Err(why) => return opened.rows.push(Err(inside(record, at, &why))),
            }
        }
        "resource" | "response" => (record.content_type.clone(), record.content.to_vec()),
        _ => return,
    };
    if !is_page(&content_type) || record.address.starts_with("dns:") {
        return;
    }
    *left = left.saturating_sub(content.len());
    let hints = Hints { name: Some(record.address.clone()), ..hints.clone() };
    // A depth at which nothing more is unpacked.
    match crate::open_at(&content, &hints, options, crate::DEEPEST + 1) {
        Ok(inner) => {
            // The address of a list is not that of what it tells of.
            let address = article::address(&record.address).filter(|_| inner.rows.len() == 1);
            for row in inner.rows {
                opened.rows.push(row.map_err(|failed| inside(record, at, &failed.why)).map(|Row { mut report, url }| {
                    if report.outlet.is_empty() {
                        report.outlet = article::host(&record.address).unwrap_or_default();
                        report.kind = crate::kind_of(&report.outlet).unwrap_or(report.kind);
                        report.identify();
                    }
                    Row { report, url: url.or_else(|| address.clone()) }
                }));
            }
            opened.warnings.extend(inner.warnings.iter().map(|failed| inside(record, at, &failed.why)));
        }
        Err(why) => opened.rows.push(Err(inside(record, at, &why))),
    }
}

fn inside(record: &Record<'_>, at: Place, why: &Error) -> Failed {
    Failed { at, why: Error::Inside { file: article::shortened(&record.address), why: why.to_string() } }
}

fn is_page(content_type: &str) -> bool {
    ["text/html", "application/xhtml", "application/pdf"].iter().any(|kind| content_type.starts_with(kind))
}

/// What a server sent, without the wrappings of the way.
fn sent(head: &[u8], body: &[u8], most: usize) -> Result<Vec<u8>, Error> {
    let too_large = |bytes: usize| Error::TooLarge { bytes: bytes as u64, limit: most as u64 };
    let chunked = field(head, "Transfer-Encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked"));
    // Some archives keep the field and not the chunks.
    let body = if chunked { unchunked(body).unwrap_or_else(|| body.to_vec()) } else { body.to_vec() };
    let mut out = Vec::new();
    match field(head, "Content-Encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "identity" => out = body,
        "gzip" | "x-gzip" if crate::gzip::is_gzip(&body) => out = crate::gzip::inflated(&body, most)?.into_owned(),
        "gzip" | "x-gzip" => out = body,
        "deflate" => {
            let read = flate2::read::ZlibDecoder::new(&body[..]).take(most as u64 + 1).read_to_end(&mut out);
            read.map_err(|error| damaged(error.to_string()))?;
        }
        other => return Err(damaged(format!("its page is encoded as {:?}, which this version does not unpack", article::shortened(other)))),
    }
    if out.len() > most { Err(too_large(out.len())) } else { Ok(out) }
}

/// The chunks put together; `None` where it is not in chunks.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let line = find(&body[..body.len().min(100)], b"\r\n")?;
        let size = std::str::from_utf8(&body[..line]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        body = body.get(line + 2..)?;
        out.extend_from_slice(body.get(..size)?);
        body = body.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn record(kind: &str, address: &str, content: &[u8]) -> Vec<u8> {
        let mut out = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Type: application/http; msgtype={kind}\r\nContent-Length: {}\r\n\r\n",
            content.len()
        )
        .into_bytes();
        out.extend(content);
        out.extend(b"\r\n\r\n");
        out
    }

    const PAGE: &str = "<html><head><title>Five killed near Konna</title></head><body><p>Gunmen killed five people near Konna on Monday, residents said.</p></body></html>";

    fn response(fields: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{fields}\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn pages_are_reports_and_a_bad_record_fails_alone() {
        let packed = crate::gzip::tests::packed(PAGE.as_bytes());
        let (a, b) = PAGE.split_at(40);
        let chunks = format!("{:x}\r\n{a}\r\n{:x};x=1\r\n{b}\r\n0\r\n\r\n", a.len(), b.len());
        let broken = String::from_utf8(record("response", "https://nord.example/broken", &response("", PAGE.as_bytes()))).unwrap();
        let archive = [
            record("warcinfo", "", b"software: made by hand\r\n"),
            record("request", "https://nord.example/1", b"GET /1 HTTP/1.1\r\n\r\n"),
            record("response", "https://www.nord.example/2025/06/03/konna", &response("", PAGE.as_bytes())),
            broken.replace("Content-Length: ", "Content-Length: 9").into_bytes(),
            record("response", "https://nord.example/logo", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"),
            record("response", "https://nord.example/gone", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>Gone, gone, gone</p>"),
            record("response", "https://nord.example/2", &response("Content-Encoding: gzip\r\n", &packed)),
            record("response", "https://nord.example/3", &response("Transfer-Encoding: chunked\r\n", chunks.as_bytes())),
            record("response", "https://nord.example/4", &response("Content-Encoding: br\r\n", b"\x0b\x02")),
        ]
        .concat();
        let opened = crate::open(&archive, &Hints::default()).unwrap();
        let reports: Vec<_> = opened.reports().collect();
        assert_eq!((opened.format, reports.len()), (Format::Warc, 3));
        assert_eq!((reports[0].title.as_str(), reports[0].outlet.as_str()), ("Five killed near Konna", "nord.example"));
        assert_eq!(reports[0].published.as_ref().unwrap().as_str(), "2025-06-03");
        assert!(reports.iter().all(|report| report.text == reports[0].text));
        let urls: Vec<_> = opened.rows.iter().flatten().filter_map(|row| row.url.as_deref()).collect();
        assert_eq!(urls, ["https://www.nord.example/2025/06/03/konna", "https://nord.example/2", "https://nord.example/3"]);
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert!(failed[0].starts_with("item 4: its WARC record is damaged: it says that it has 9"), "{failed:?}");
        assert_eq!(
            failed[1],
            "item 9: \"https://nord.example/4\": its WARC record is damaged: its page is encoded as \"br\", which this version does not unpack"
        );
        assert_eq!(failed.len(), 2);
    }

    #[test]
    fn what_came_before_a_cut_is_kept() {
        let one = |n: u32| crate::gzip::tests::packed(&record("response", &format!("https://nord.example/{n}"), &response("", PAGE.as_bytes())));
        let whole = [one(1), one(2)].concat();
        assert_eq!(crate::open(&whole, &Hints::default()).unwrap().reports().count(), 2);
        let opened = crate::open(&whole[..whole.len() - 20], &Hints::default()).unwrap();
        assert_eq!(opened.reports().count(), 1);
        let failed: Vec<String> = opened.failed().map(Failed::line).collect();
        assert!(failed.last().unwrap().contains("gzip is damaged: it is cut off after"), "{failed:?}");
    }
}
