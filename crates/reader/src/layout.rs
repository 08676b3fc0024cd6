//! A report laid out in sentences, with what later steps ask of each.

use jiff::civil::Date;
use record::{Field, Report, Span};

use crate::spot::Words;
use crate::{date, phrase, sentence};

/// A sentence of a report.
pub(crate) struct Sentence {
    pub(crate) span: Span,
    /// Number of its paragraph in its field.
    pub(crate) paragraph: usize,
    /// In small letters.
    pub(crate) words: Vec<String>,
    /// The days of its first date, where the day of publication is known.
    pub(crate) days: Option<(Date, Date)>,
}

impl Sentence {
    /// Whether one of some phrases stands in it, see [`phrase`].
    pub(crate) fn has(&self, phrases: &[String]) -> bool {
        phrase::any(phrases, &self.words)
    }
}

/// What one field of a report holds, in order.
pub(crate) struct Body {
    pub(crate) sentences: Vec<Sentence>,
    /// Its dating expressions.
    pub(crate) dates: Vec<date::Mention>,
}

/// Title and text.
pub(crate) struct Layout {
    title: Body,
    text: Body,
}

impl Layout {
    pub(crate) fn of(report: &Report) -> Layout {
        Layout { title: body(report, Field::Title), text: body(report, Field::Text) }
    }

    pub(crate) fn field(&self, field: Field) -> &Body {
        match field {
            Field::Title => &self.title,
            Field::Text => &self.text,
        }
    }

    /// All sentences, the title's first.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.title.sentences.iter().chain(&self.text.sentences)
    }

    /// How many words title and text have.
    pub(crate) fn words(&self) -> usize {
        self.sentences().map(|s| s.words.len()).sum()
    }

    /// The sentence in which some words begin, and its number.
    pub(crate) fn home(&self, (field, span): Words) -> Option<(usize, &Sentence)> {
        let sentences = &self.field(field).sentences;
        let at = sentences.partition_point(|s| s.span.start <= span.start).checked_sub(1)?;
        Some((at, &sentences[at]))
    }

    /// That sentence's span; the words' own when they stand in none.
    pub(crate) fn around(&self, words: Words) -> Span {
        self.home(words).map_or(words.1, |(_, home)| home.span)
    }
}

fn body(report: &Report, field: Field) -> Body {
    let body = report.field(field);
    let published = report.published.as_ref().map(|p| p.date());
    let dates = date::find(body, &report.language);
    let mut mentions = dates.iter().filter(|m| m.expr.is_date()).peekable();
    let (mut paragraph, mut end) = (0, 0);
    let sentences = sentence::split(body)
        .into_iter()
        .map(|span| {
            paragraph += usize::from(body[end..span.start as usize].contains('\n'));
            end = span.end as usize;
            let mut days = None;
            while let Some(mention) = mentions.next_if(|m| m.span.start < span.end) {
                days = days.or_else(|| date::resolve(&mention.expr, published?, None).filter(|_| span.contains(mention.span)));
            }
            Sentence { span, paragraph, words: phrase::words(span.slice(body)), days }
        })
        .collect();
    Body { sentences, dates }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_sentence_whatever_letters_are_before() {
        let text = "Été à Ménaka : l’armée a été attaquée à l’aube « près de l’école ». Dix soldats ont été tués lundi.\n\nL’armée a nié.";
        let mut report = Report::new("wire", "fr", "", text);
        report.published = Some("2025-06-03".parse().unwrap());
        let layout = Layout::of(&report);
        for (words, sentence, paragraph, dated) in [
            ("attaquée", 0, 0, None),
            ("Dix soldats", 1, 0, Some("2025-06-02")),
            ("soldats ont été tués", 1, 0, Some("2025-06-02")),
            ("a nié", 2, 1, None),
        ] {
            let (at, home) = layout.home((Field::Text, Span::find(text, words).unwrap())).unwrap();
            let day = home.days.map(|(start, _)| start.to_string());
            assert_eq!((at, home.paragraph, day.as_deref()), (sentence, paragraph, dated), "{words}");
        }
        assert!(layout.home((Field::Title, Span::new(0, 1))).is_none());
    }
}
