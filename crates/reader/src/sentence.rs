//! Where sentences begin and end: by rule, good enough to say which words share a sentence.

use record::Span;

/// Words before a full stop that do not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "gen", "lt", "col", "maj", "capt", "sgt", "cpl", "brig", "cmdr", "adm", "rev", "hon", "sen", "rep", "gov", "pres", "st",
    "no", "nos", "vs", "jr", "sr", "inc", "ltd", "co", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "approx",
    "mme", "mlle", "m", "mm", "dép", "janv", "févr", "juil", "déc", "av", "env", "art", "cf", "p", "pp", "vol", "fig", "al", "etc",
];

/// The sentences of a text in order; together they cover all of it but blanks between them.
///
/// ```
/// let text = "Gen. Oumar spoke on Sunday. \"We lost 3 men.\" He left.\n\nThe end";
/// let sentences: Vec<&str> = reader::sentence::split(text).into_iter().map(|s| s.slice(text)).collect();
/// assert_eq!(sentences, ["Gen. Oumar spoke on Sunday.", "\"We lost 3 men.\"", "He left.", "The end"]);
/// ```
pub fn split(text: &str) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut i = 0;
    while i < chars.len() {
        let (at, c) = chars[i];
        let mut end = None;
        if c == '\n' {
            end = Some(at);
        } else if is_mark(c) {
            let mut j = i + 1;
            while j < chars.len() && (is_mark(chars[j].1) || matches!(chars[j].1, '"' | '”' | '’' | '\'' | ')' | ']')) {
                j += 1;
            }
            if j + 1 < chars.len() && matches!(chars[j].1, ' ' | '\u{a0}' | '\u{202f}') && chars[j + 1].1 == '»' {
                j += 2;
            }
            let stop = chars.get(j).map_or(text.len(), |&(at, _)| at);
            let blank = chars.get(j).is_none_or(|(_, c)| c.is_whitespace());
            let next = chars[j.min(chars.len())..].iter().map(|&(_, c)| c).find(|c| !c.is_whitespace());
            let opens = next.is_none_or(|c| !c.is_lowercase());
            // Several marks in a row end it even after an abbreviation.
            let lone = c == '.' && chars[i + 1..j].iter().all(|&(_, c)| !is_mark(c));
            if blank && opens && !(lone && is_abbreviation(&text[start..at])) {
                end = Some(stop);
            }
            i = j - 1;
        }
        if let Some(end) = end {
            push(&mut sentences, text, start, end);
            start = end;
        }
        i += 1;
    }
    push(&mut sentences, text, start, text.len());
    sentences
}

/// Whether a character can end a sentence.
fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '。')
}

/// Whether the word right before a full stop is an abbreviation or an initial.
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '«' | '-')).next().unwrap_or("");
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    initial || dotted || ABBREVIATIONS.contains(&lower.as_str())
}

fn push(sentences: &mut Vec<Span>, text: &str, start: usize, end: usize) {
    let body = &text[start..end];
    let trimmed = body.trim();
    if !trimmed.is_empty() {
        let from = start + (body.len() - body.trim_start().len());
        sentences.push(Span::new(from, from + trimmed.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_stops_is_looked_at_once() {
        let text = format!("{}a. {}", ".".repeat(300_000), "M.".repeat(50_000));
        assert_eq!(split(&text).len(), 1);
    }

    #[test]
    fn french_quotes_and_abbreviations_hold() {
        let cases = [
            ("« Rien à signaler. » Il est parti.", 2),
            ("M. Diallo a dit non. Le col. Ba aussi.", 2),
            ("U.S. troops left at 5 p.m. on Monday.", 1),
            ("Twelve died... Others fled.", 2),
            ("Twelve died... or fled.", 1),
            ("Is it M. Diallo?! No.", 2),
            ("He fled (at 5 p.m.) Others died.", 1),
            ("They took arms, cars, etc... Others fled.", 2),
            ("", 0),
        ];
        for (text, sentences) in cases {
            assert_eq!(split(text).len(), sentences, "{text}: {:?}", split(text).iter().map(|s| s.slice(text)).collect::<Vec<_>>());
        }
    }
}
