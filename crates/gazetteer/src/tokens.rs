//! Words of running text with what a spotter must know of each.

/// A word and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: &'a str,
    /// Folded.
    pub(crate) plain: String,
    /// Whether it begins with a capital, or its script has none.
    pub(crate) cap: bool,
    /// Whether it has two letters or more and all are capitals.
    pub(crate) upper: bool,
    /// Whether it may belong to one name with the word after it: only a blank, hyphen or apostrophe parts them.
    pub(crate) linked: bool,
    /// Whether it opens a sentence, line or quotation.
    pub(crate) opens: bool,
    /// What stands between it and the next word.
    pub(crate) gap: &'a str,
}

/// Cuts text into words. Hyphens part words, apostrophes do not, except after a French elided article ("l'Azawad") and
/// before a possessive; dotted capitals ("U.S.") are one word with their last dot.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut part = start;
        while let Some(&(at, c)) = chars.peek() {
            let next = text[at + c.len_utf8()..].chars().next();
            if c.is_alphanumeric() || is_mark(c) {
                end = at + c.len_utf8();
            } else if matches!(c, '\'' | '’' | '‘' | 'ʼ') && next.is_some_and(char::is_alphabetic) {
                if elides(&text[part..at], next) {
                    spans.push((part, at));
                    part = at + c.len_utf8();
                    end = part;
                } else if is_possessive(&text[at + c.len_utf8()..]) {
                    break;
                } else {
                    end = at + c.len_utf8();
                }
            } else if c == '.' && is_initial(text, part, at) {
                end = at + 1;
            } else {
                break;
            }
            chars.next();
        }
        if end > part {
            spans.push((part, end));
        }
        // The s of a possessive is no word.
        if let Some(&(at, c)) = chars.peek()
            && matches!(c, '\'' | '’' | '‘')
            && is_possessive(&text[at + c.len_utf8()..])
        {
            chars.next();
            chars.next();
        }
    }
    dress(text, &spans)
}

fn dress<'a>(text: &'a str, spans: &[(usize, usize)]) -> Vec<Token<'a>> {
    let mut out = Vec::with_capacity(spans.len());
    let mut opens = true;
    for (n, &(start, end)) in spans.iter().enumerate() {
        let word = &text[start..end];
        let gap = &text[end..spans.get(n + 1).map_or(text.len(), |next| next.0)];
        let folded = crate::fold::plain(word);
        let short = matches!(
            folded.as_str(),
            "st" | "ste" | "mt" | "ft" | "dr" | "gen" | "gov" | "sen" | "rep" | "mr" | "mrs" | "col" | "lt" | "sgt" | "const" | "capt" | "maj"
        );
        let linked = matches!(gap, " " | "-" | "'" | "’" | "‐" | "\u{a0}" | "\u{2011}") || gap == ". " && short;
        let first = word.chars().next().unwrap_or(' ');
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        out.push(Token {
            start,
            end,
            text: word,
            plain: folded,
            cap: first.is_uppercase() || first.is_alphabetic() && !first.is_lowercase() && !first.is_uppercase(),
            upper: letters > 1 && !word.chars().any(char::is_lowercase) && word.chars().any(char::is_uppercase),
            linked,
            opens,
            gap,
        });
        opens = !linked && (gap.contains(['!', '?', '\n', '"', '“', '«', ':', '•', ';']) || gap.contains('.') && !short);
    }
    out
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}')
}

/// Whether what stands before the apostrophe is an elided word of French.
fn elides(head: &str, next: Option<char>) -> bool {
    let small = matches!(head, "l" | "d" | "qu" | "j" | "m" | "s" | "t" | "c" | "n" | "jusqu" | "lorsqu" | "puisqu");
    let large = matches!(head, "L" | "D" | "Qu" | "S" | "C" | "J" | "Jusqu" | "Lorsqu");
    small || large && next.is_some_and(char::is_alphabetic) && !(head == "S" && next == Some('s'))
}

/// Whether a possessive `s` follows.
fn is_possessive(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(char::is_alphanumeric)
}

/// Whether the dot at `at` closes a single capital, so that "U.S." stays whole.
fn is_initial(text: &str, part: usize, at: usize) -> bool {
    let word = &text[part..at];
    let last = word.rsplit('.').next().unwrap_or("");
    let one = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    let more = text[at + 1..].chars().next().is_some_and(char::is_uppercase) && text[at + 1..].chars().nth(1) == Some('.');
    one && (word.contains('.') || more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_names_need_it() {
        let cases: [(&str, &[&str]); 7] = [
            ("l'Azawad et d'Ansongo", &["l", "Azawad", "et", "d", "Ansongo"]),
            ("N'Djamena's market", &["N'Djamena", "market"]),
            ("a U.S. drone", &["a", "U.S.", "drone"]),
            ("Sana'a fell.", &["Sana'a", "fell"]),
            ("Mazar-e Sharif", &["Mazar", "e", "Sharif"]),
            ("Turkey’s south", &["Turkey", "south"]),
            ("St. Thomas, Ont.", &["St", "Thomas", "Ont"]),
        ];
        for (text, words) in cases {
            let found: Vec<&str> = tokens(text).iter().map(|t| t.text).collect();
            assert_eq!(found, words, "{text}");
        }
    }

    #[test]
    fn every_token_slices_the_text() {
        let text = "À Ménaka, l’armée a tué 12 hommes (AFP).";
        assert!(tokens(text).iter().all(|t| &text[t.start..t.end] == t.text));
    }
}
