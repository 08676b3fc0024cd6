use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};
use record::{Claim, Field, Report, Span};

/// Words of a report to underline, and what to say about them.
pub(crate) struct Mark {
    pub(crate) field: Field,
    pub(crate) span: Span,
    pub(crate) label: String,
    /// Whether it is the first thing to look at.
    pub(crate) loud: bool,
}

/// A claim's kind, count, speaker and score under its words.
pub(crate) fn mark(claim: &Claim) -> Mark {
    let chain: Vec<&str> = claim.source.iter().map(|source| source.name.as_str()).collect();
    let speaker = if chain.is_empty() { "own voice".to_owned() } else { format!("{} ({})", chain.join(" › "), claim.source[chain.len() - 1].kind) };
    let count = claim.count.as_ref().map_or_else(String::new, |count| {
        let bound = |n: Option<u64>| n.map_or_else(|| "…".to_owned(), |n| n.to_string());
        if count.low == count.high { format!(" {}", bound(count.low)) } else { format!(" {}–{}", bound(count.low), bound(count.high)) }
    });
    let not = if claim.polarity == record::Polarity::Negative { "no " } else { "" };
    let score = claim.score.map_or_else(String::new, |score| format!("  {score:.2}"));
    let label = format!("{not}{}{count} · {speaker}, {}{score}", claim.kind, claim.stance);
    Mark { field: claim.quote.field, span: claim.quote.span, label, loud: true }
}

/// A report with words underlined, `width` columns wide.
pub(crate) fn text(report: &Report, marks: &[Mark], width: usize, color: bool) -> String {
    let outlet = if report.outlet.is_empty() { "outlet unknown" } else { &report.outlet };
    let published = report.published.as_ref().map_or("undated", |published| published.as_str());
    let title = clean(&format!("{} · {outlet}, {published}, {}", report.id, report.language));
    let title_text = wrapped(&report.title, width);
    let body = wrapped(&report.text, width);
    let mut elements: Vec<Element<'_>> = Vec::new();
    for (field, text) in [(Field::Title, &title_text), (Field::Text, &body)] {
        if !text.trim().is_empty() {
            let underlined = marks.iter().filter(|mark| mark.field == field).flat_map(|mark| pieces(text, mark));
            elements.push(Snippet::source(text.as_str()).line_numbering(false).fold(false).annotations(underlined).into());
        }
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let heading = Level::NOTE.no_name().secondary_title(title.as_str());
    renderer.term_width(width.max(60) + 120).render(&[Group::with_title(heading).elements(elements)]) + "\n"
}

/// A mark, line by line; what it says stands under its last one.
fn pieces<'a>(text: &str, mark: &'a Mark) -> Vec<Annotation<'a>> {
    let kind = if mark.loud { AnnotationKind::Primary } else { AnnotationKind::Context };
    let Some(words) = text.get(mark.span.range()) else { return Vec::new() };
    let mut start = mark.span.start as usize;
    let mut found = Vec::new();
    for line in words.split_inclusive('\n') {
        let end = start + line.trim_end_matches('\n').len();
        if end > start {
            found.push(start..end);
        }
        start += line.len();
    }
    let last = found.len().saturating_sub(1);
    let piece = |(at, range)| {
        let annotation = kind.span(range);
        if at == last { annotation.label(mark.label.as_str()) } else { annotation }
    };
    found.into_iter().enumerate().map(piece).collect()
}

/// Breaks long lines at blanks. Every byte keeps its place: a blank becomes a line break, and what would move the cursor
/// or turn the direction of writing becomes blanks.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = clean(text).into_bytes();
    let (mut column, mut blank) = (0, None);
    for (at, c) in clean(text).char_indices() {
        match c {
            '\n' => (column, blank) = (0, None),
            _ => {
                column += 1;
                if c == ' ' {
                    blank = Some((at, column));
                }
                if column > width
                    && let Some((place, before)) = blank
                {
                    out[place] = b'\n';
                    (column, blank) = (column - before, None);
                }
            }
        }
    }
    String::from_utf8(out).expect("a blank and a line break are one byte each")
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let moves = c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if moves { out.extend(std::iter::repeat_n(' ', c.len_utf8())) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_their_place() {
        let text = "Des hommes armés\u{1b}[31m ont tué\u{202e} dix personnes à Ménaka dimanche";
        let lines = wrapped(text, 20);
        assert_eq!(lines.len(), text.len());
        assert_eq!(lines.find("Ménaka"), text.find("Ménaka"));
        assert!(!lines.contains(['\u{1b}', '\u{202e}']));
        assert!(lines.lines().all(|line| line.chars().count() <= 20), "{lines}");
    }

    #[test]
    fn each_claim_is_underlined() {
        let report = Report::new("wire", "en", "Attack near Konna", "The army said that 14 fighters were killed near Konna on Tuesday night.");
        let span = Span::find(&report.text, "14 fighters were killed near Konna").unwrap();
        let mark = Mark { field: Field::Text, span, label: "deaths 14 · the army".into(), loud: true };
        insta::assert_snapshot!(text(&report, &[mark], 40, false));
    }
}
