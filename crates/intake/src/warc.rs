//! Web archives: WARC records, in gzip or not, and the responses in them that are pages.
//!
//! ISO 28500: a record is a line `WARC/1.x`, named fields, a blank line, `Content-Length` bytes, two blank lines. Responses with a
//! page, a PDF or text that a server sent with success are opened as if they had been files; pictures, scripts and styles, requests and
//! what only tells of the crawl are passed over. A record that does not hold what it says is a failed row, and the next one is looked for.
//! An archive is read as a stream: of whatever length, no more than its largest page is held.

use std::io::{Cursor, ErrorKind, Read};

use flate2::read::MultiGzDecoder;

use crate::{Error, Failed, Format, Hints, Opened, Options, Place, Row, article, guard::caught, gzip, pdf::find};

/// How a record begins.
const BEGIN: &[u8] = b"WARC/";
/// Most bytes of the named fields of a record, or of a response.
const MOST_HEAD: usize = 64_000;
/// Bytes after a record in which the next one begins, blank lines before it.
const BETWEEN: usize = 1_000;
/// Bytes read at once.
const READ: usize = 64_000;

/// Whether bytes begin as a record does.
pub(crate) fn is_warc(bytes: &[u8]) -> bool {
    bytes.starts_with(b"WARC/1.") || bytes.starts_with(b"WARC/0.")
}

/// Whether gzip holds a web archive.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    let mut first = Vec::new();
    // What is wrong with it is told when it is opened.
    let _ = MultiGzDecoder::new(bytes).take(7).read_to_end(&mut first);
    is_warc(&first)
}

fn damaged(why: impl Into<String>) -> Error {
    Error::Damaged { what: "WARC record", why: why.into() }
}

/// Opens an archive: a page a row.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let mut opened = Opened { format: Format::Warc, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    let mut pages = web_pages(bytes, hints, options);
    for page in &mut pages {
        opened.rows.extend(page.rows);
        opened.warnings.extend(page.warnings);
    }
    if pages.number > options.max_rows {
        return Err(Error::TooManyRows { limit: options.max_rows });
    }
    if opened.rows.is_empty() { Err(Error::NoText) } else { Ok(opened) }
}

/// What one record of a web archive gave.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WebPage {
    /// Where the page was; empty for a record that cannot be read.
    pub address: String,
    /// Its reports, each read or failed; never empty.
    pub rows: Vec<Result<Row, Failed>>,
    /// What was read but not understood.
    pub warnings: Vec<Failed>,
}

/// The pages of a web archive, in gzip or not, one after another as they are read. However long the archive is, no more than a page of it
/// is held: some three times [`Options::max_bytes`]. [`Options::max_unpacked`] bounds the whole. What is damaged is a failed row and the
/// rest goes on; what is cut off, or goes beyond the bound, ends with one.
///
/// ```
/// use intake::{Hints, Options, web_pages};
/// let archive = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://nord.example/1\r\nContent-Type: text/html\r\n\
///     Content-Length: 51\r\n\r\n<p>Gunmen killed five people near Konna on Monday.\n\r\n\r\n";
/// let mut pages = web_pages(&archive[..], &Hints::default(), &Options::default());
/// let page = pages.next().unwrap();
/// assert_eq!((page.address.as_str(), page.rows[0].as_ref().unwrap().report.outlet.as_str()), ("https://nord.example/1", "nord.example"));
/// assert!(pages.next().is_none());
/// ```
pub fn web_pages<'r>(mut read: impl Read + Send + 'r, hints: &Hints, options: &Options) -> WebPages<'r> {
    let mut first = Vec::new();
    let damage = read.by_ref().take(3).read_to_end(&mut first).err().map(|error| Error::Io(error.to_string()));
    let packed = gzip::is_gzip(&first);
    let whole = Cursor::new(first).chain(read);
    let read: Box<dyn Read + Send + 'r> = if packed { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
    let window = Window { read, packed, held: Vec::new(), start: 0, taken: 0, most: options.max_unpacked, ended: damage.is_some(), damage };
    WebPages { window, number: 0, left: options.max_unpacked, hints: hints.clone(), options: options.clone() }
}

/// See [`web_pages`].
pub struct WebPages<'r> {
    window: Window<'r>,
    /// How many records were looked at.
    number: usize,
    /// How many bytes the pages may still have.
    left: usize,
    hints: Hints,
    options: Options,
}

impl Iterator for WebPages<'_> {
    type Item = WebPage;

    fn next(&mut self) -> Option<WebPage> {
        let mut found = WebPage { address: String::new(), rows: Vec::new(), warnings: Vec::new() };
        while found.rows.is_empty() && !self.window.held(1).is_empty() {
            self.number += 1;
            let at = Place::Item(self.number as u64);
            match record(&mut self.window, self.options.max_bytes) {
                Ok(record) => {
                    page(&record, &self.hints, &self.options, &mut self.left, at, &mut found);
                    let (length, held) = (record.length, record.content.len());
                    let used = record.used;
                    found.address = record.address;
                    if held == length {
                        self.window.pass(used + length);
                    } else {
                        let follow = self.window.pass_to_next().saturating_sub(used);
                        if follow < length {
                            found.rows = vec![Err(Failed { at, why: short(length, follow) })];
                        }
                    }
                    self.window.pass_blanks();
                }
                Err(why) => {
                    found.rows.push(Err(Failed { at, why }));
                    self.window.pass_to_next();
                }
            }
        }
        if found.rows.is_empty() {
            found.address.clear();
            found.rows.push(Err(Failed { at: Place::Whole, why: self.window.damage.take()? }));
        }
        Some(found)
    }
}

/// What of an archive is held while it is read.
struct Window<'r> {
    read: Box<dyn Read + Send + 'r>,
    packed: bool,
    held: Vec<u8>,
    /// Where in `held` what was not passed yet begins.
    start: usize,
    /// Bytes read.
    taken: usize,
    /// Most bytes that are read.
    most: usize,
    ended: bool,
    /// Why it ended before its end.
    damage: Option<Error>,
}

impl Window<'_> {
    /// What comes next: so many bytes, or as many as there are.
    fn held(&mut self, most: usize) -> &[u8] {
        while !self.ended && self.held.len() - self.start < most {
            self.held.drain(..self.start);
            self.start = 0;
            let have = self.held.len();
            self.held.resize(have + READ, 0);
            let read = self.read.read(&mut self.held[have..]);
            self.held.truncate(have + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => self.ended = true,
                Ok(read) => self.taken += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.end(if self.packed { gzip::damaged(&error, self.taken) } else { Error::Io(error.to_string()) }),
            }
            if self.taken > self.most {
                self.end(Error::TooLarge { bytes: self.taken as u64, limit: self.most as u64 });
            }
        }
        &self.held[self.start..self.held.len().min(self.start + most)]
    }

    fn end(&mut self, why: Error) {
        self.ended = true;
        self.damage = Some(why);
    }

    fn pass(&mut self, bytes: usize) {
        self.start = self.held.len().min(self.start + bytes);
    }

    fn pass_blanks(&mut self) {
        let blank = self.held(BETWEEN).iter().take_while(|byte| is_blank(**byte)).count();
        self.pass(blank);
    }

    /// To the next beginning of a record; how many bytes were passed.
    fn pass_to_next(&mut self) -> usize {
        self.pass(1);
        let mut passed = 1;
        loop {
            let held = self.held(READ);
            let found = next(held);
            let bytes = found.unwrap_or_else(|| if held.len() < READ { held.len() } else { held.len() - BEGIN.len() - 3 });
            let done = found.is_some() || held.len() < READ;
            self.pass(bytes);
            passed += bytes;
            if done {
                return passed;
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Where the next record begins.
fn next(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], b"\nWARC/").map(|at| from + at + 1) {
        if is_warc(&bytes[at..]) {
            return Some(at);
        }
        from = at;
    }
    None
}

fn short(length: usize, follow: usize) -> Error {
    damaged(format!("it says that it has {length} bytes, and {follow} follow"))
}

/// One record.
struct Record<'w> {
    kind: String,
    address: String,
    content_type: String,
    /// The first of its bytes, and all of them unless they are more than a page may have.
    content: &'w [u8],
    /// How many bytes it says that it has.
    length: usize,
    /// How many bytes stand before them.
    used: usize,
}

impl Record<'_> {
    /// All of its bytes.
    fn whole(&self, most: usize) -> Result<&[u8], Error> {
        if self.content.len() < self.length { Err(Error::TooLarge { bytes: self.length as u64, limit: most as u64 }) } else { Ok(self.content) }
    }
}

/// The record that comes next; of one larger than a page may be only the beginning.
fn record<'w>(window: &'w mut Window<'_>, most: usize) -> Result<Record<'w>, Error> {
    let (head, used) = head(window.held(MOST_HEAD)).map(|(head, body)| (head.to_vec(), body)).ok_or_else(|| damaged("its fields do not end"))?;
    if !head.starts_with(BEGIN) {
        return Err(damaged("it does not begin as one"));
    }
    let field = |name: &str| field(&head, name);
    let length = field("Content-Length").and_then(|length| length.parse::<usize>().ok()).ok_or_else(|| damaged("it does not say how long it is"))?;
    // A response of the largest page, its fields before it.
    let whole = length <= most.saturating_add(MOST_HEAD);
    let wanted = if whole { length + BETWEEN } else { MOST_HEAD };
    let body = &window.held(used + wanted)[used..];
    if whole {
        if length > body.len() {
            return Err(short(length, body.len()));
        }
        let after = &body[length..];
        let after = &after[after.iter().take_while(|byte| is_blank(**byte)).count()..];
        if !after.is_empty() && !after.starts_with(&BEGIN[..BEGIN.len().min(after.len())]) {
            return Err(damaged(format!("after its {length} bytes no other begins")));
        }
    }
    Ok(Record {
        kind: field("WARC-Type").unwrap_or_default().to_ascii_lowercase(),
        address: field("WARC-Target-URI").unwrap_or_default().trim_matches(['<', '>']).to_owned(),
        content_type: field("Content-Type").unwrap_or_default().to_ascii_lowercase(),
        content: &body[..body.len().min(length)],
        length,
        used,
    })
}

/// Named fields, and where what follows the blank line after them begins.
fn head(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let within = &bytes[..bytes.len().min(MOST_HEAD)];
    let (at, blank) = match (find(within, b"\r\n\r\n"), find(within, b"\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => (lf, 2),
        (Some(crlf), _) => (crlf, 4),
        (None, Some(lf)) => (lf, 2),
        (None, None) => return None,
    };
    Some((&bytes[..at], at + blank))
}

fn field(head: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    text.lines().skip(1).find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// Opens the page that a record holds, if it holds one.
fn page(record: &Record<'_>, hints: &Hints, options: &Options, left: &mut usize, at: Place, found: &mut WebPage) {
    let most = options.max_bytes.min(*left);
    let (content_type, content) = match record.kind.as_str() {
        "response" if record.content_type.starts_with("application/http") || record.content_type.is_empty() => {
            let Some((head, body)) = head(record.content) else {
                return found.rows.push(Err(inside(record, at, &damaged("its response has no fields"))));
            };
            let status = String::from_utf8_lossy(head).split_whitespace().nth(1).map(str::to_owned).unwrap_or_default();
            if !status.starts_with('2') {
                return;
            }
            let content_type = field(head, "Content-Type").unwrap_or_default().to_ascii_lowercase();
            if !is_page(&content_type) {
                return;
            }
            match record.whole(most).and_then(|content| sent(head, &content[body..], most)) {
                Ok(content) => (content_type, content),
                Err(why) => return found.rows.push(Err(inside(record, at, &why))),
            }
        }
        "resource" | "response" if is_page(&record.content_type) => match record.whole(most) {
            Ok(content) => (record.content_type.clone(), content.to_vec()),
            Err(why) => return found.rows.push(Err(inside(record, at, &why))),
        },
        _ => return,
    };
    if !is_page(&content_type) || record.address.starts_with("dns:") {
        return;
    }
    *left = left.saturating_sub(content.len());
    let hints = Hints { name: Some(record.address.clone()), ..hints.clone() };
    // A depth at which nothing more is unpacked.
    match caught(|| crate::open_at(&content, &hints, options, crate::DEEPEST + 1)).unwrap_or(Err(Error::Stumbled)) {
        Ok(inner) => {
            // The address of a list is not that of what it tells of.
            let address = article::address(&record.address).filter(|_| inner.rows.len() == 1);
            for row in inner.rows {
                found.rows.push(row.map_err(|failed| inside(record, at, &failed.why)).map(|Row { mut report, url }| {
                    if report.outlet.is_empty() {
                        report.outlet = article::host(&record.address).unwrap_or_default();
                        report.kind = crate::kind_of(&report.outlet).unwrap_or(report.kind);
                        report.identify();
                    }
                    Row { report, url: url.or_else(|| address.clone()) }
                }));
            }
            found.warnings.extend(inner.warnings.iter().map(|failed| inside(record, at, &failed.why)));
        }
        Err(why) => found.rows.push(Err(inside(record, at, &why))),
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

    /// Gives its bytes a few at a time, as a network does.
    struct Drops<'b>(&'b [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let some = into.len().min(7).min(self.0.len());
            into[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    #[test]
    fn however_it_comes_and_whatever_lies_between_every_page_is_found() {
        let noise = |kind: &str, bytes: usize| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n");
            record("response", "https://nord.example/large", &[head.as_bytes(), &vec![b'.'; bytes]].concat())
        };
        let page = |n: u32| record("response", &format!("https://nord.example/{n}"), &response("", PAGE.as_bytes()));
        let lies = |page: Vec<u8>| String::from_utf8(page).unwrap().replace("Content-Length: ", "Content-Length: 9000").into_bytes();
        let options = Options { max_bytes: 10_000, max_unpacked: usize::MAX, ..Options::default() };
        let archive = [page(1), noise("video/mp4", 300_000), page(2), noise("text/html", 200_000), page(3), lies(page(4)), page(5)].concat();
        let told = |read: &mut dyn Iterator<Item = WebPage>| -> Vec<String> {
            read.flat_map(|page| page.rows.into_iter().map(move |row| row.map_or_else(|failed| failed.line(), |_| page.address.clone()))).collect()
        };
        let length = response("", PAGE.as_bytes()).len();
        let whole = told(&mut web_pages(&archive[..], &Hints::default(), &options));
        assert_eq!(
            whole,
            [
                "https://nord.example/1",
                "https://nord.example/2",
                "item 4: \"https://nord.example/large\": it has 200044 bytes, more than the 10000 allowed",
                "https://nord.example/3",
                &format!("item 6: its WARC record is damaged: it says that it has 9000{length} bytes, and {} follow", length + 4),
                "https://nord.example/5",
            ]
        );
        assert_eq!(told(&mut web_pages(Drops(&archive), &Hints::default(), &options)), whole);
        assert_eq!(told(&mut web_pages(Drops(&crate::gzip::tests::packed(&archive)), &Hints::default(), &options)), whole);
        let least = Options { max_unpacked: 150_000, ..options };
        let bounded = told(&mut web_pages(&archive[..], &Hints::default(), &least));
        assert_eq!(bounded.first(), whole.first());
        assert!(bounded.last().unwrap().starts_with("the input: it has "), "{bounded:?}");
    }
}
