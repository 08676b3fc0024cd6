//! Small documents in XML, read piece by piece: nothing outside of them is ever looked up, and no entity but XML's own is known.

use quick_xml::{Reader, events::Event};

use crate::Error;

/// A piece of a document; names are without their prefix.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'x> {
    /// An element begins; the pairs are its attributes.
    Start(&'x str, Vec<(String, String)>),
    /// It ends.
    End(&'x str),
    /// Words, with references resolved.
    Words(&'x str),
}

/// Deepest nesting of elements.
const DEEPEST: usize = 256;

/// Hands a document over piece by piece; an empty element begins and ends.
///
/// # Errors
/// [`Error::Damaged`] where it is not well formed, [`Error::TooDeep`].
pub(crate) fn each(text: &str, mut take: impl FnMut(Piece<'_>)) -> Result<(), Error> {
    let damaged = |why: String| Error::Damaged { what: "XML", why };
    let mut reader = Reader::from_str(text);
    let mut depth = 0;
    loop {
        let event = reader.read_event().map_err(|error| damaged(error.to_string()))?;
        match event {
            Event::Start(_) if depth >= DEEPEST => return Err(Error::TooDeep { limit: DEEPEST }),
            Event::Start(start) => {
                depth += 1;
                take(Piece::Start(start.local_name().as_ref(), attributes(&start)));
            }
            Event::Empty(start) => {
                take(Piece::Start(start.local_name().as_ref(), attributes(&start)));
                take(Piece::End(start.local_name().as_ref()));
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Piece::End(end.local_name().as_ref()));
            }
            Event::Text(words) => take(Piece::Words(&words.xml10_content())),
            Event::CData(words) => take(Piece::Words(&words.xml10_content())),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten().map(String::from);
                let words = character.or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned));
                // What is no reference of XML's own stays as it is printed.
                take(Piece::Words(&words.unwrap_or_else(|| format!("&{};", &*name))));
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn attributes(start: &quick_xml::events::BytesStart<'_>) -> Vec<(String, String)> {
    let pairs = start.attributes().filter_map(Result::ok);
    pairs.map(|pair| (pair.key.local_name().as_ref().to_owned(), pair.value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_their_order_and_damage_is_told() {
        let mut seen = String::new();
        let text = "<a:b x=\"1\">A &amp; B<c/>&#233;<![CDATA[<d>]]>&unknown;</a:b>";
        each(text, |piece| match piece {
            Piece::Start(name, attributes) => seen += &format!("<{name} {}>", attributes.len()),
            Piece::End(name) => seen += &format!("</{name}>"),
            Piece::Words(words) => seen += words,
        })
        .unwrap();
        assert_eq!(seen, "<b 1>A & B<c 0></c>é<d>&unknown;</b>");
        assert!(matches!(each("<a><b></a>", |_| ()), Err(Error::Damaged { what: "XML", .. })));
        assert_eq!(each(&"<a>".repeat(1000), |_| ()), Err(Error::TooDeep { limit: 256 }));
    }
}
