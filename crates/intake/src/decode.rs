//! Bytes to text: byte order marks, UTF-8, then whatever the statistics of the bytes say.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::Error;

/// Control characters that any text may hold by accident; beyond them, one in a hundred characters is too many.
const FEW_CONTROLS: usize = 8;

/// Decodes text of any common encoding; the byte order mark is dropped, line ends become `\n`, and control characters
/// that no text needs (a terminal might obey them) are removed. A nil, or many of them, make it no text; an odd one does not.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Error> {
    let marked = Encoding::for_bom(bytes).or_else(|| unmarked_utf16(bytes).map(|encoding| (encoding, 0)));
    let text = match (marked, std::str::from_utf8(bytes)) {
        (Some((encoding, mark)), _) => encoding.decode_without_bom_handling(&bytes[mark..]).0,
        (None, Ok(text)) => text.into(),
        (None, Err(_)) => guess(bytes).decode_without_bom_handling(bytes).0,
    };
    let controls = text.chars().filter(|c| is_binary(*c)).count();
    if text.contains('\0') || controls > FEW_CONTROLS && controls * 100 > text.chars().count() {
        // In every other encoding a control character is that byte and no part of another character.
        let wide = marked.filter(|(encoding, _)| *encoding == UTF_16LE || *encoding == UTF_16BE);
        let at = text.find(is_binary).unwrap_or(0);
        let plain = || bytes.iter().position(|byte| is_binary(char::from(*byte))).unwrap_or(at);
        let offset = wide.map_or_else(plain, |(_, mark)| mark + 2 * text[..at].encode_utf16().count());
        return Err(Error::Binary { byte: text[at..].bytes().next().unwrap_or(0), offset });
    }
    let replaced = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    if replaced > 8 && replaced * 20 > text.chars().count() {
        let offset = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), |_| 0);
        return Err(Error::Binary { byte: bytes[offset], offset });
    }
    Ok(tidy(&text))
}

/// UTF-16 without a mark: the high bytes of Latin text are nil, so nearly every other byte is, and no pair is.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let pairs = head.len() / 2;
    let nil = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    if pairs < 4 || head.chunks(2).any(|pair| pair == [0, 0]) {
        return None;
    }
    match (nil(0), nil(1)) {
        (even, 0) if even * 10 > pairs * 7 => Some(UTF_16BE),
        (0, odd) if odd * 10 > pairs * 7 => Some(UTF_16LE),
        _ => None,
    }
}

/// Characters that occur in no text file of any kind.
fn is_binary(c: char) -> bool {
    matches!(c, '\0'..='\u{6}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}')
}

/// A page's own declaration, else a guess from the bytes.
fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(encoding) = declared(bytes) {
        return encoding;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// The `charset=` of an HTML or XML declaration in the first kilobyte.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    if !head.contains('<') {
        return None;
    }
    let at = head.find("charset=").map(|at| at + 8).or_else(|| head.find("encoding=").map(|at| at + 9))?;
    let label: String =
        head[at..].trim_start_matches(['"', '\'', ' ']).chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')).collect();
    // The bytes were found not to be UTF-8, and readable ASCII is not UTF-16: such a declaration is wrong.
    Encoding::for_label(label.as_bytes()).filter(|e| *e != UTF_8 && *e != UTF_16LE && *e != UTF_16BE)
}

/// Line ends to `\n`, stray control characters and inner byte order marks away.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{c}' | '\u{b}' | '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' => out.push_str("\n\n"),
            '\n' | '\t' => out.push(c),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let french = "Dix tués à Ménaka, où l’armée s’est retirée après l’attaque de la garnison, selon des témoins.";
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(french.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let utf16be: Vec<u8> = [0xFE, 0xFF].into_iter().chain(french.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let latin1 = encoding_rs::WINDOWS_1252.encode(french).0.into_owned();
        let marked = format!("\u{feff}{french}").into_bytes();
        let cases =
            [("utf-16le, no mark", utf16[2..].to_vec()), ("utf-16le", utf16), ("utf-16be", utf16be), ("latin-1", latin1), ("utf-8 mark", marked)];
        for (name, bytes) in cases {
            assert_eq!(decode(&bytes).unwrap(), french, "{name}");
        }
    }

    #[test]
    fn line_ends_and_controls() {
        assert_eq!(tidy("a\r\nb\rc\u{1b}[31md\u{2029}e"), "a\nb\nc[31md\n\ne");
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert!(matches!(decode(b"abc\0def"), Err(Error::Binary { byte: 0, offset: 3 })));
        assert!(matches!(decode(b"\xef\xbb\xbfabc\0def"), Err(Error::Binary { byte: 0, offset: 6 })));
        assert!(matches!(decode(b"\xff\xfea\0b\0\0\0d\0"), Err(Error::Binary { byte: 0, offset: 6 })));
        assert!(matches!(decode(&b"ab\x02".repeat(20)), Err(Error::Binary { byte: 2, offset: 2 })));
        assert_eq!(decode(b"Five\x02 killed").unwrap(), "Five killed");
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(decode(&noise).is_err());
    }
}
