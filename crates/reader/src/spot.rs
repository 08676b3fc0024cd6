//! Sentences to drafts: runs the network over a report in windows and keeps the spans that are claims.

use neural::{Candidate, Description, Network, Pointer, Scan, Tokens};
use record::{Certainty, Field, Kind, Polarity, Report, Scope, SourceKind, Span, Stance, Victims};

use crate::{Error, layout::Layout, places, voice};

/// Tokens of the outlet's kind and name that lead every window.
const LEAD: usize = 24;
/// Tokens of the text before a window that are read again, for what "he" and "the attack" stand for.
const OVERLAP: usize = 96;
/// Candidates given a second look per window.
const SECOND_LOOK: usize = 80;
/// Least first score of a candidate that is given one; chosen on the cases held out.
const FLOOR: f32 = 0.08;

/// Words of a report.
pub(crate) type Words = (Field, Span);

/// Whether words stand in a sentence.
pub(crate) fn is_in(words: Words, sentence: Words) -> bool {
    words.0 == sentence.0 && sentence.1.contains(words.1)
}

/// A claim before its words are resolved: what the network said, in the report's own bytes.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) field: Field,
    pub(crate) span: Span,
    pub(crate) kind: Kind,
    /// Calibrated, 0 to 1.
    pub(crate) score: f32,
    pub(crate) stance: Stance,
    pub(crate) certainty: Certainty,
    pub(crate) polarity: Polarity,
    /// Set by [`crate::scope`].
    pub(crate) scope: Scope,
    /// Each scope with its probability.
    pub(crate) scopes: Vec<(Scope, f32)>,
    /// Who the victims were, each with its probability; empty for kinds that have none.
    pub(crate) victims: Vec<(Victims, f32)>,
    /// What sort of speaker the source is, each with its probability; the outer one likewise.
    pub(crate) source_kind: Vec<(SourceKind, f32)>,
    pub(crate) outer_kind: Vec<(SourceKind, f32)>,
    pub(crate) source: Option<Words>,
    pub(crate) outer: Option<Words>,
    pub(crate) actor: Option<Words>,
    pub(crate) target: Option<Words>,
    pub(crate) place: Option<Words>,
    pub(crate) date: Option<Words>,
    pub(crate) count: Option<Words>,
    pub(crate) weapon: Option<Words>,
    /// Close to the vectors of drafts about the same event.
    pub(crate) vector: Vec<f32>,
}

/// The drafts of a report, in order of their words.
pub(crate) fn spot(network: &Network, report: &Report, layout: &Layout, threshold: f32) -> Result<Vec<Draft>, Error> {
    let mut drafts = Vec::new();
    for window in windows(network, report) {
        let scan = network.scan(window.tokens)?;
        let chosen: Vec<Candidate> = distinct(&scan, window.from, window.to);
        for (candidate, description) in chosen.iter().zip(scan.describe(&chosen)?) {
            let score = calibrated(&network.labels().calibration, (candidate.score * description.real).sqrt());
            if score >= threshold {
                drafts.extend(draft(network, report, layout, &scan, candidate, &description, score));
            }
        }
    }
    drafts.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.field, a.span, a.kind).cmp(&(b.field, b.span, b.kind))));
    let mut kept: Vec<Draft> = Vec::new();
    for draft in drafts {
        if !kept.iter().any(|k| k.field == draft.field && is_same(k, &draft)) {
            kept.push(draft);
        }
    }
    kept.sort_by_key(|d| (d.field, d.span, d.kind));
    Ok(kept)
}

/// A raw score bent along the points (raw score, share right) that were measured; as it is when there are none.
fn calibrated(points: &[(f32, f32)], raw: f32) -> f32 {
    let after = points.partition_point(|&(x, _)| x < raw);
    match (after.checked_sub(1).map(|at| points[at]), points.get(after)) {
        (None, None) => raw,
        (Some((_, y)), None) | (None, Some(&(_, y))) => y,
        (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (raw - x0) / (x1 - x0).max(1e-6),
    }
}

/// Whether two drafts with overlapping words say one thing: of one kind, or two kinds of violence told by the same words.
fn is_same(kept: &Draft, other: &Draft) -> bool {
    let shared = kept.span.end.min(other.span.end).saturating_sub(kept.span.start.max(other.span.start)) as usize;
    let shorter = kept.span.len().min(other.span.len());
    if kept.kind == other.kind {
        return shared * 10 >= shorter * 3;
    }
    let violence = kept.kind.is_violence() && other.kind.is_violence();
    violence && kept.span.overlap(other.span) >= 0.5
}

/// Candidates of a window that begin in its own part, best first, without neighbours that say the same.
fn distinct(scan: &Scan<'_>, from: usize, to: usize) -> Vec<Candidate> {
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in &scan.candidates {
        let same = |c: &Candidate| {
            let shared = (c.end.min(candidate.end) + 1).saturating_sub(c.start.max(candidate.start));
            let shorter = (c.end - c.start).min(candidate.end - candidate.start) + 1;
            c.kind == candidate.kind && shared * 10 >= shorter * 3 && shared > 0
        };
        if candidate.score >= FLOOR && candidate.start >= from && candidate.start < to && !chosen.iter().any(same) {
            chosen.push(*candidate);
            if chosen.len() == SECOND_LOOK {
                break;
            }
        }
    }
    chosen
}

struct Window {
    tokens: Tokens,
    /// Tokens in which its claims may begin.
    from: usize,
    to: usize,
}

/// The report in windows of what the network takes at once: kind and outlet, headline, then a stretch of text.
fn windows(network: &Network, report: &Report) -> Vec<Window> {
    let lead = network.lead(&format!("{} : {}", report.kind, report.outlet), LEAD);
    let title = network.tokens(&report.title, 1);
    let title = title.slice(0, title.len().min(Network::LIMIT / 3)).join(&network.end());
    let head = lead.join(&title);
    let text = network.tokens(&report.text, 2);
    let room = Network::LIMIT - head.len() - 1;
    let mut windows = Vec::new();
    let mut start = 0;
    loop {
        let end = text.len().min(start + room);
        let (first, last) = (start == 0, end == text.len());
        // A claim belongs to the window that shows most around it: half of each overlap goes to either side.
        let from = if first { 0 } else { head.len() + OVERLAP / 2 };
        let tokens = head.clone().join(&text.slice(start, end)).join(&network.end());
        let to = if last { tokens.len() } else { tokens.len() - 1 - OVERLAP / 2 };
        windows.push(Window { tokens, from, to });
        if last {
            return windows;
        }
        start = end - OVERLAP;
    }
}

fn draft(
    network: &Network,
    report: &Report,
    layout: &Layout,
    scan: &Scan<'_>,
    candidate: &Candidate,
    description: &Description,
    score: f32,
) -> Option<Draft> {
    let labels = network.labels();
    let class = |name: &str| -> Option<(&str, f32, &[f32], &[String])> {
        let at = labels.classes.iter().position(|(n, _)| n == name)?;
        let values = &labels.classes[at].1;
        let probabilities = &description.classes[at];
        let best = (0..values.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]))?;
        Some((values[best].as_str(), probabilities[best], probabilities, values))
    };
    let role = |name: &str| labels.roles.iter().position(|n| n == name).map(|at| &description.roles[at]);
    let words = |pointer: Option<&Pointer>| pointer.and_then(Pointer::words).and_then(|(a, b)| words_of(report, scan.tokens(), a, b));
    let answers = |pointer: &Pointer| -> Vec<(Words, f32)> {
        pointer.answers.iter().filter_map(|&((a, b), likely)| Some((words_of(report, scan.tokens(), a, b)?, likely))).collect()
    };
    let (field, span) = words_of(report, scan.tokens(), candidate.start, candidate.end)?;
    // A speaker needs a name and a kind; both heads say whether there is one.
    let home = (field, layout.around((field, span)));
    let speaker = |kinds: &str, role_name: &str| -> (Option<Words>, Vec<(SourceKind, f32)>) {
        let (Some((_, _, probabilities, values)), Some(pointer)) = (class(kinds), role(role_name)) else { return (None, Vec::new()) };
        let own = f32::midpoint(probabilities[0], pointer.none);
        match voice::speaker(report, home, &answers(pointer), own) {
            Some(name) => (Some(name), values.iter().zip(probabilities).filter_map(|(value, &p)| Some((value.parse().ok()?, p))).collect()),
            None => (None, Vec::new()),
        }
    };
    let kind: Kind = labels.kinds[candidate.kind].parse().ok()?;
    let (source, source_kind) = speaker("source", "source");
    let (outer, outer_kind) = if source.is_some() { speaker("outer", "outer") } else { (None, Vec::new()) };
    let stance: Stance = class("stance")?.0.parse().ok()?;
    let polarity = class("polarity")?.0.parse().ok()?;
    // Who the victims were is always answered, if only by "unknown", and only where there can be any.
    let victims = class("victims").filter(|_| kind.has_victims()).map_or_else(Vec::new, |(_, _, probabilities, values)| {
        values.iter().zip(probabilities).filter_map(|(value, &p)| Some((value.parse().ok()?, p))).collect()
    });
    let (_, _, probabilities, values) = class("scope")?;
    let scopes = values.iter().zip(probabilities).filter_map(|(value, &p)| Some((value.parse().ok()?, p))).collect();
    Some(Draft {
        field,
        span,
        kind,
        score,
        stance,
        certainty: class("certainty")?.0.parse().ok()?,
        polarity: if stance == Stance::Denies { Polarity::Negative } else { polarity },
        scope: Scope::Incident,
        scopes,
        victims,
        source_kind,
        outer_kind,
        source,
        outer,
        actor: words(role("actor")),
        target: words(role("target")),
        // Everything happens somewhere: the likeliest words, even when none is likelier.
        place: role("place").and_then(|pointer| places::pointed(&answers(pointer), home)),
        date: words(role("date")),
        count: words(role("count")),
        weapon: words(role("weapon")),
        vector: description.vector.clone(),
    })
}

/// The words of tokens `first..=last`, grown to whole words and freed of blanks and punctuation at their ends.
fn words_of(report: &Report, tokens: &Tokens, first: usize, last: usize) -> Option<Words> {
    let (part, start, _) = tokens.at(first);
    let (_, _, end) = tokens.at(last);
    let field = match part {
        1 => Field::Title,
        2 => Field::Text,
        _ => return None,
    };
    let body = report.field(field);
    let (mut start, mut end) = (start as usize, end as usize);
    let inner = |c: char| c.is_alphanumeric();
    while body[..start].chars().next_back().is_some_and(inner) && body[start..].starts_with(inner) {
        start -= body[..start].chars().next_back().map_or(0, char::len_utf8);
    }
    while body[end..].starts_with(inner) && body[..end].ends_with(inner) {
        end += body[end..].chars().next().map_or(0, char::len_utf8);
    }
    let edge = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '"' | '“' | '”' | '«' | '»' | '–' | '—' | '…' | '!' | '?');
    let trimmed = body[start..end].trim_start_matches(edge);
    start = end - trimmed.len();
    let mut trimmed = trimmed.trim_end_matches(edge);
    // A bracket without its other half is no part of the words; an initialism keeps its last stop.
    if trimmed.ends_with(')') && !trimmed.contains('(') {
        trimmed = &trimmed[..trimmed.len() - 1];
    }
    if trimmed.starts_with('(') && !trimmed.contains(')') {
        trimmed = &trimmed[1..];
        start += 1;
    }
    let end = start + trimmed.len();
    (start < end).then(|| (field, Span::new(start, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_bend_along_what_was_measured() {
        let points = [(0.2, 0.1), (0.6, 0.5), (0.8, 0.9)];
        for (raw, expected) in [(0.1, 0.1), (0.2, 0.1), (0.4, 0.3), (0.7, 0.7), (0.95, 0.9)] {
            assert!((calibrated(&points, raw) - expected).abs() < 1e-5, "{raw}");
        }
        assert_eq!(calibrated(&[], 0.42), 0.42);
    }
}
