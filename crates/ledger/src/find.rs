use std::ops::Range;

use record::Id;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

use crate::{Ledger, Result};

/// What a search found, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// A report, or a claim by its words.
    pub found: Found,
    /// The report, or the claim's report.
    pub report: Id,
    /// Its outlet.
    pub outlet: String,
    /// When it was published, as the outlet gave it.
    pub published: Option<String>,
    /// Its headline.
    pub title: String,
    /// Some words around the first match, as printed.
    pub snippet: String,
    /// Bytes of the snippet that matched.
    pub marks: Vec<Range<usize>>,
    /// Relevance, larger is better; only good for comparing within one answer.
    pub score: f64,
}

/// What a hit is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "record", content = "id")]
pub enum Found {
    /// A report's title or text matched.
    Report(Id),
    /// A claim's quote matched.
    Claim(Id),
}

/// Around a match in what SQLite hands back; taken out again at once.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

impl Ledger {
    /// Full-text search over titles, texts and quotes, without regard to case and diacritics: all words must stand
    /// there, words in quotation marks side by side. Nothing else in `text` has a meaning, so no text is an error; one
    /// without any letter or digit finds nothing. Words of scripts that part no words (Chinese, Burmese, Thai …) are
    /// looked for as they are typed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, text: &str, limit: usize) -> Result<Vec<Hit>> {
        let phrases = phrases(text);
        if phrases.is_empty() || limit == 0 {
            return Ok(vec![]);
        }
        self.read(|conn| {
            let mut hits = Vec::new();
            for reports in [false, true] {
                let (sql, params) = statement(&phrases, reports, limit);
                let mut statement = conn.prepare_cached(&sql)?;
                let mut rows = statement.query(params_from_iter(params))?;
                while let Some(row) = rows.next()? {
                    hits.push(hit(row, reports, &phrases)?);
                }
            }
            // The sort is stable: among equals a claim comes before its report.
            hits.sort_by(|a: &Hit, b: &Hit| b.score.total_cmp(&a.score));
            hits.truncate(limit);
            Ok(hits)
        })
    }
}

/// One search: rows of id, report, outlet, published, title, snippet or whole text, score.
fn statement(phrases: &[String], reports: bool, limit: usize) -> (String, Vec<Value>) {
    let in_force = crate::query::in_force(None);
    let limit = Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
    let head = if reports { "r.id, r.id" } else { "c.id, c.report" };
    let about = "r.outlet, r.published, r.title";
    if phrases.iter().any(|phrase| unparted(phrase)) {
        let (words, from) =
            if reports { ("r.title || char(10) || r.text", "reports r") } else { ("c.quote", "claims c JOIN reports r ON r.id = c.report") };
        let tests = vec![format!("instr({words}, ?) > 0"); phrases.len()].join(" AND ");
        let current = if reports { "1" } else { in_force.as_str() };
        let sql = format!("SELECT {head}, {about}, {words}, 0.0 FROM {from} WHERE {tests} AND {current} ORDER BY r.seq LIMIT ?");
        return (sql, phrases.iter().cloned().map(Value::Text).chain([limit]).collect());
    }
    let (words, columns, rank, from) = if reports {
        ("report_words", -1, "bm25(report_words, 2.0, 1.0)", "report_words JOIN reports r ON r.seq = report_words.rowid")
    } else {
        let from = "quote_words JOIN claims c ON c.seq = quote_words.rowid JOIN reports r ON r.id = c.report";
        ("quote_words", 0, "bm25(quote_words)", from)
    };
    let current = if reports { "1" } else { in_force.as_str() };
    let sql = format!(
        "SELECT {head}, {about}, snippet({words}, {columns}, char(2), char(3), '…', 24), -{rank} FROM {from}
         WHERE {words} MATCH ? AND {current} ORDER BY {rank}, r.seq LIMIT ?"
    );
    (sql, vec![Value::Text(expression(phrases)), limit])
}

fn hit(row: &Row<'_>, reports: bool, phrases: &[String]) -> Result<Hit> {
    let id: Id = row.get(0)?;
    let words: String = row.get(5)?;
    let (snippet, marks) = if phrases.iter().any(|phrase| unparted(phrase)) { excerpt(&words, phrases) } else { unmark(&words) };
    Ok(Hit {
        found: if reports { Found::Report(id) } else { Found::Claim(id) },
        report: row.get(1)?,
        outlet: row.get(2)?,
        published: row.get(3)?,
        title: row.get(4)?,
        snippet,
        marks,
        score: row.get(6)?,
    })
}

/// The condition that a report `r` holds all words of `text`; never true when it has none.
pub(crate) fn in_report(text: &str) -> (String, Vec<Value>) {
    condition(text, "r.title || char(10) || r.text", "r.seq IN (SELECT rowid FROM report_words WHERE report_words MATCH ?)")
}

/// The same of a claim's quote, `c`.
pub(crate) fn in_quote(text: &str) -> (String, Vec<Value>) {
    condition(text, "c.quote", "c.seq IN (SELECT rowid FROM quote_words WHERE quote_words MATCH ?)")
}

fn condition(text: &str, words: &str, matching: &str) -> (String, Vec<Value>) {
    let phrases = phrases(text);
    if phrases.is_empty() {
        ("0".to_owned(), vec![])
    } else if phrases.iter().any(|phrase| unparted(phrase)) {
        let tests = vec![format!("instr({words}, ?) > 0"); phrases.len()].join(" AND ");
        (format!("({tests})"), phrases.into_iter().map(Value::Text).collect())
    } else {
        (matching.to_owned(), vec![Value::Text(expression(&phrases))])
    }
}

/// The words of a search; those within quotation marks together. A mark that is never closed reaches to the end.
fn phrases(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in text.split(['"', '“', '”', '«', '»']).enumerate() {
        if at % 2 == 1 {
            found.push(part.split_whitespace().collect::<Vec<_>>().join(" "));
        } else {
            found.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    found.iter_mut().for_each(|phrase| phrase.retain(|c| c != '\0'));
    found.retain(|phrase| phrase.chars().any(char::is_alphanumeric));
    found
}

/// Each phrase as an FTS5 string, which has no syntax inside but the doubled mark; all must match.
fn expression(phrases: &[String]) -> String {
    let quoted = |phrase: &String| format!("\"{}\"", phrase.replace('"', "\"\""));
    let any = |phrase: &String| match spellings(phrase) {
        spellings if spellings.len() == 1 => quoted(phrase),
        spellings => format!("({})", spellings.iter().map(quoted).collect::<Vec<_>>().join(" OR ")),
    };
    phrases.iter().map(any).collect::<Vec<_>>().join(" AND ")
}

/// Arabic letters that are written one for another; the tokeniser, which folds Latin accents, keeps them apart.
const ALIKE: [&[char]; 3] = [&['ا', 'أ', 'إ', 'آ'], &['ي', 'ى'], &['ه', 'ة']];

/// A phrase in every spelling that means the same, itself first; at most 64.
fn spellings(phrase: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for c in phrase.chars() {
        let others: Vec<char> = match ALIKE.iter().find(|set| set.contains(&c)) {
            Some(set) if found.len() * set.len() <= 64 => set.iter().copied().filter(|other| *other != c).collect(),
            _ => vec![],
        };
        let ends: Vec<char> = std::iter::once(c).chain(others).collect();
        found = ends.iter().flat_map(|end| found.iter().map(move |start| format!("{start}{end}"))).collect();
    }
    found
}

/// Whether it holds a letter of a script that does not part words by blanks: the tokeniser would take a sentence as a word.
fn unparted(phrase: &str) -> bool {
    phrase.chars().any(|c| {
        matches!(c,
            '\u{0e00}'..='\u{0eff}' // Thai, Lao
            | '\u{1000}'..='\u{109f}' // Burmese
            | '\u{1780}'..='\u{17ff}' // Khmer
            | '\u{3040}'..='\u{30ff}' // Kana
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' // Han
        )
    })
}

fn unmark(marked: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut marks, mut open) = (String::with_capacity(marked.len()), Vec::new(), None);
    for c in marked.chars() {
        match c {
            OPEN => open = Some(plain.len()),
            CLOSE => marks.extend(open.take().filter(|&start| start < plain.len()).map(|start| start..plain.len())),
            c => plain.push(c),
        }
    }
    (plain, marks)
}

/// Forty characters to each side of the first phrase.
fn excerpt(words: &str, phrases: &[String]) -> (String, Vec<Range<usize>>) {
    let Some((at, phrase)) = phrases.iter().filter_map(|phrase| words.find(phrase.as_str()).map(|at| (at, phrase))).min() else {
        return (words.chars().take(80).collect(), vec![]);
    };
    let end = at + phrase.len();
    let from = words[..at].char_indices().rev().nth(39).map_or(0, |(i, _)| i);
    let to = words[end..].char_indices().nth(40).map_or(words.len(), |(i, _)| end + i);
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < words.len() { "…" } else { "" });
    let start = before.len() + at - from;
    let mark = start..start + phrase.len();
    (format!("{before}{}{after}", &words[from..to]), vec![mark])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quotation_marks_mean_something() {
        for (text, expected) in [
            ("army killed", r#""army" AND "killed""#),
            (r#"army "killed 14" OR NOT (x*"#, r#""army" AND "killed 14" AND "OR" AND "NOT" AND "(x*""#),
            (r#"title:konna ^a -b {c} "unclosed phrase"#, r#""title:konna" AND "^a" AND "-b" AND "{c}" AND "unclosed phrase""#),
            ("l'armée «à Gao»", r#""l'armée" AND "à Gao""#),
            ("-- \" \" ***", ""),
        ] {
            assert_eq!(expression(&phrases(text)), expected);
        }
    }

    #[test]
    fn arabic_letters_that_stand_for_one_another_are_all_looked_for() {
        assert_eq!(spellings("غزة"), ["غزة", "غزه"]);
        assert_eq!(spellings("army"), ["army"]);
        assert!(spellings(&"ا".repeat(50)).len() <= 64);
    }

    #[test]
    fn marks_are_ranges_of_the_snippet() {
        let (plain, marks) = unmark("…the \u{2}army\u{3} in \u{2}Ménaka\u{3}\u{3}");
        assert_eq!(marks.iter().map(|mark| &plain[mark.clone()]).collect::<Vec<_>>(), ["army", "Ménaka"]);
    }
}
