//! Words, numbers and marks of a text with their bytes: enough for counts and dates, no more.

use record::Span;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Letters (and combining marks).
    Word,
    /// ASCII digits.
    Digits,
    /// One other character.
    Mark,
}

/// A run of letters, a run of digits, or one mark. "twenty-two" is three tokens, "d'une" three, "32nd" two.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Lower case; typographic apostrophes and dashes made plain.
    pub(crate) low: String,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    /// Made of what.
    pub(crate) sort: Sort,
    /// Whether it follows the token before without a gap.
    pub(crate) glued: bool,
    /// Whether the gap before it is one blank of any width, so that "1 200" can be one number.
    pub(crate) spaced: bool,
    /// Whether the first letter is upper case.
    pub(crate) capital: bool,
    /// Whether it has two letters or more and all are upper case.
    pub(crate) shouted: bool,
}

impl Token {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.low == word
    }

    pub(crate) fn is_word(&self) -> bool {
        self.sort == Sort::Word
    }

    pub(crate) fn is_digits(&self) -> bool {
        self.sort == Sort::Digits
    }

    /// A dash of any length.
    pub(crate) fn is_dash(&self) -> bool {
        self.low == "-"
    }

    /// The digits as a number; saturates.
    pub(crate) fn number(&self) -> u64 {
        self.low.bytes().fold(0_u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')))
    }
}

/// The bytes from token `from` up to but not including token `to`.
pub(crate) fn span(tokens: &[Token], from: usize, to: usize) -> Span {
    Span::new(tokens[from].start, tokens[to - 1].end)
}

/// Splits a text, in one pass.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let sort = sort(first);
        let mut end = start + first.len_utf8();
        if sort != Sort::Mark {
            while let Some(&(at, next)) = chars.peek() {
                if self::sort(next) != sort && !(sort == Sort::Word && is_combining(next)) {
                    break;
                }
                end = at + next.len_utf8();
                chars.next();
            }
        }
        let word = &text[start..end];
        let before = out.last().map_or(0, |token| token.end);
        let gap = &text[before..start];
        out.push(Token {
            low: low(word, sort),
            start,
            end,
            sort,
            glued: gap.is_empty() && !out.is_empty(),
            spaced: matches!(gap, " " | "\u{a0}" | "\u{202f}" | "\u{2009}"),
            capital: first.is_uppercase(),
            shouted: sort == Sort::Word && word.chars().nth(1).is_some() && !word.chars().any(char::is_lowercase),
        });
    }
    out
}

fn sort(c: char) -> Sort {
    if c.is_ascii_digit() {
        Sort::Digits
    } else if c.is_alphabetic() {
        Sort::Word
    } else {
        Sort::Mark
    }
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn low(word: &str, sort: Sort) -> String {
    match (sort, word) {
        (Sort::Mark, "’" | "‘" | "`" | "´") => "'".to_owned(),
        (Sort::Mark, "‐" | "‑" | "–" | "—" | "−") => "-".to_owned(),
        _ => word.to_lowercase(),
    }
}

/// Phrases of one or more tokens, each with what it means; the longest that fits wins.
#[derive(Clone, Debug)]
pub(crate) struct Phrases<T> {
    by_first: std::collections::HashMap<String, Vec<(Vec<String>, T)>>,
}

impl<T: Copy> Phrases<T> {
    pub(crate) fn new<'a>(entries: impl IntoIterator<Item = (&'a str, T)>) -> Phrases<T> {
        let mut by_first: std::collections::HashMap<String, Vec<(Vec<String>, T)>> = std::collections::HashMap::new();
        for (phrase, meaning) in entries {
            let mut words = tokens(phrase).into_iter().map(|token| token.low);
            if let Some(first) = words.next() {
                let list = by_first.entry(first).or_default();
                list.push((words.collect(), meaning));
                list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
            }
        }
        Phrases { by_first }
    }

    /// The meaning of the longest phrase at token `at`, and the token after it.
    pub(crate) fn at(&self, tokens: &[Token], at: usize) -> Option<(T, usize)> {
        let list = self.by_first.get(&tokens.get(at)?.low)?;
        list.iter().find_map(|(rest, meaning)| {
            let end = at + 1 + rest.len();
            let fits = end <= tokens.len() && tokens[at + 1..end].iter().zip(rest).all(|(token, word)| token.low == *word);
            fits.then_some((*meaning, end))
        })
    }
}
