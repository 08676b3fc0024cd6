use serde::{Deserialize, Serialize};

use crate::{Error, Report, vocabulary::vocabulary};

/// Where something stands in a report's title or text: bytes `start..end`, UTF-8, half-open, both ends on character
/// boundaries of the field they were cut from.
///
/// ```
/// # use record::Span;
/// let text = "au moins 12 morts à Ménaka";
/// assert_eq!(Span::find(text, "Ménaka").unwrap().slice(text), "Ménaka");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets of a text shorter than 4 GiB.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end);
        Span { start: start as u32, end: end as u32 }
    }

    /// The first place where `words` stand in `text`.
    pub fn find(text: &str, words: &str) -> Option<Span> {
        text.find(words).map(|at| Span::new(at, at + words.len()))
    }

    /// The words, or the empty string when the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// As a range for indexing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes; 0 for one whose end stands before its start.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Shared bytes over the bytes of both together, 0 to 1.
    pub fn overlap(self, other: Span) -> f32 {
        let shared = self.end.min(other.end).saturating_sub(self.start.max(other.start)) as f32;
        let union = self.len() as f32 + other.len() as f32 - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

vocabulary!(
    /// Which part of a report some words stand in.
    Field, "field" {
        /// The headline.
        Title = "title",
        /// The body.
        Text = "text",
    }
);

/// The words that make a claim, and where they stand: no claim exists without one.
///
/// In JSON (flattened into the claim) it is `quote`, `in` when the words stand in the title, `occurrence` when the
/// same words stand there before, and `start`/`end` in Unicode characters. Bytes stay inside the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words, exactly as printed.
    #[serde(rename = "quote")]
    pub text: String,
    /// Title or text.
    #[serde(rename = "in", default = "Quote::text_field", skip_serializing_if = "Quote::is_text_field")]
    pub field: Field,
    /// How many times the same words stand in the field before.
    #[serde(default, skip_serializing_if = "Quote::is_zero")]
    pub occurrence: u32,
    /// First Unicode character.
    #[serde(default)]
    pub start: u32,
    /// One past the last Unicode character.
    #[serde(default)]
    pub end: u32,
    /// The same place in bytes; empty after reading JSON, until [`Quote::locate`].
    #[serde(skip)]
    pub span: Span,
}

impl Quote {
    fn text_field() -> Field {
        Field::Text
    }

    fn is_text_field(field: &Field) -> bool {
        *field == Field::Text
    }

    fn is_zero(n: &u32) -> bool {
        *n == 0
    }

    /// Whether it says where it stands: words that were left out or changed stand nowhere.
    pub fn stands(&self) -> bool {
        self.start < self.end
    }

    /// Cuts the words at `span` out of a report.
    ///
    /// # Errors
    /// [`Error::Span`] when the span is empty, out of bounds or splits a character.
    pub fn cut(report: &Report, field: Field, span: Span) -> Result<Quote, Error> {
        let body = report.field(field);
        let text = body.get(span.range()).filter(|text| !text.is_empty()).ok_or_else(|| Error::Span {
            report: report.id.clone(),
            field,
            start: span.start,
            end: span.end,
        })?;
        let occurrence = starts(body, text).take_while(|&at| at < span.start as usize).count() as u32;
        let start = body[..span.start as usize].chars().count() as u32;
        let end = start + text.chars().count() as u32;
        Ok(Quote { text: text.to_owned(), field, occurrence, start, end, span })
    }

    /// Finds a quote read from JSON in its report again, by its words and occurrence.
    ///
    /// # Errors
    /// [`Error::Quote`] when the words do not stand there that often.
    pub fn locate(&self, report: &Report) -> Result<Quote, Error> {
        let at = starts(report.field(self.field), &self.text).nth(self.occurrence as usize).ok_or_else(|| Error::Quote {
            report: report.id.clone(),
            field: self.field,
            quote: self.text.clone(),
        })?;
        Quote::cut(report, self.field, Span::new(at, at + self.text.len()))
    }
}

/// Every byte offset where `words` begin in `body`, overlapping ones included.
fn starts<'a>(body: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        if words.is_empty() {
            return None;
        }
        let at = from + body.get(from..)?.find(words)?;
        from = at + body[at..].chars().next().map_or(1, char::len_utf8);
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_knows_its_occurrence_and_counts_characters() {
        let report = Report::new("wire", "fr", "", "Dix tués à Ménaka, dix tués à Gao.");
        let second = report.text.rfind("tués").unwrap();
        let quote = Quote::cut(&report, Field::Text, Span::new(second, second + "tués".len())).unwrap();
        assert_eq!((quote.occurrence, quote.start, quote.end, quote.stands()), (1, 23, 27, true));
        let json = serde_json::to_string(&quote).unwrap();
        let back: Quote = serde_json::from_str(&json).unwrap();
        assert_eq!(back.locate(&report).unwrap(), quote);
        let bare: Quote = serde_json::from_str(r#"{"quote":"tués"}"#).unwrap();
        assert!(!bare.stands());
    }

    #[test]
    fn a_span_from_elsewhere_may_be_the_wrong_way_round() {
        let span: Span = serde_json::from_str(r#"{"start":5,"end":2}"#).unwrap();
        assert_eq!((span.len(), span.slice("Dix tués")), (0, ""));
    }

    #[test]
    fn a_span_that_splits_a_character_is_refused() {
        let report = Report::new("wire", "fr", "", "é");
        assert!(matches!(Quote::cut(&report, Field::Text, Span::new(0, 1)), Err(Error::Span { .. })));
    }
}
