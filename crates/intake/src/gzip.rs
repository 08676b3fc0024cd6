//! Gzip: whatever it holds, taken out of it within a bound.

use std::{borrow::Cow, io::Read};

use crate::{Error, Hints, Opened, Options, warc};

/// Whether bytes begin as gzip does.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08")
}

/// The bytes, taken out of gzip where they are in it; never more than `most` of them.
///
/// # Errors
/// [`Error::TooLarge`]; [`Error::Damaged`] for gzip that is cut short or broken.
pub fn inflated(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>, Error> {
    if !is_gzip(bytes) {
        return if bytes.len() > most { Err(too_large(bytes.len(), most)) } else { Ok(bytes.into()) };
    }
    inflate(bytes, most).map(Cow::Owned)
}

fn too_large(bytes: usize, most: usize) -> Error {
    Error::TooLarge { bytes: bytes as u64, limit: most as u64 }
}

fn inflate(bytes: &[u8], most: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(most as u64 + 1).read_to_end(&mut out);
    if out.len() > most {
        return Err(too_large(out.len(), most));
    }
    read.map_err(|error| damaged(&error, out.len()))?;
    Ok(out)
}

/// What was wrong with gzip after so many bytes of its content.
pub(crate) fn damaged(error: &std::io::Error, after: usize) -> Error {
    let cut = error.kind() == std::io::ErrorKind::UnexpectedEof;
    Error::Damaged { what: "gzip", why: if cut { format!("it is cut off after {after} bytes of content") } else { error.to_string() } }
}

/// Opens what is in gzip. Of a web archive that is cut off, the records before are kept; anything else cut off is refused, since
/// nobody could tell what is missing.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options, depth: usize) -> Result<Opened, Error> {
    if warc::is_packed(bytes) {
        return warc::open(bytes, hints, options);
    }
    let inner = inflate(bytes, options.max_unpacked)?;
    let ending = |name: &String| name.len() > 3 && name.is_char_boundary(name.len() - 3) && name[name.len() - 3..].eq_ignore_ascii_case(".gz");
    let name = hints.name.as_ref().map(|name| if ending(name) { name[..name.len() - 3].to_owned() } else { name.clone() });
    let hints = Hints { name, ..hints.clone() };
    crate::open_at(&inner, &hints, options, depth + 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;

    pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn gzip_is_bounded_and_damage_is_told() {
        let many = packed(&[b'a'; 10_000]);
        assert_eq!(inflated(&many, 10_000).unwrap().len(), 10_000);
        assert_eq!(inflated(&many, 9_999), Err(Error::TooLarge { bytes: 10_000, limit: 9_999 }));
        let cut = inflated(&many[..many.len() - 9], 10_000).unwrap_err().to_string();
        assert!(cut.starts_with("its gzip is damaged: it is cut off after "), "{cut}");
    }

    #[test]
    fn anything_may_be_in_gzip_but_not_for_ever() {
        let table = packed(b"title,text\nFive,Gunmen killed five people.\n");
        let opened = crate::open(&table, &Hints::named("2025-06-03.csv.gz")).unwrap();
        assert_eq!((opened.format, opened.reports().count()), (crate::Format::Csv, 1));
        assert_eq!(opened.reports().next().unwrap().published.as_ref().unwrap().as_str(), "2025-06-03");
        assert_eq!(crate::open(&packed(&table), &Hints::default()).unwrap().reports().count(), 1);
        assert_eq!(crate::open(&packed(&packed(&table)), &Hints::default()), Err(Error::Archive("gzip")));
    }
}
