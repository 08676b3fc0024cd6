use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Colours for a terminal, or none. Colour never carries a meaning that the words do not.
#[derive(Clone, Copy)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(crate) fn warn(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn mark(self, text: &str) -> String {
        self.wrap("36", text)
    }
}

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// On one line, and without anything that a terminal would obey: reports are other people's words.
pub(crate) fn clean(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cut to a width, with `…` as the last sign of what was longer.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 0);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > most {
            break;
        }
        used += wide;
        kept.push(c);
    }
    if most > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

/// Cut or filled up with blanks to exactly a width.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    let used = width(&text);
    text.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    text
}

/// The same, against the right edge.
pub(crate) fn fit_right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let blanks = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(blanks))
}

/// Broken at blanks into lines of at most a width; later lines begin with `indent`. Runs of blanks are kept within a line;
/// a word that is longer than a line stands alone.
pub(crate) fn wrapped(text: &str, most: usize, indent: &str) -> Vec<String> {
    let (mut lines, mut line, mut begun) = (Vec::new(), String::new(), false);
    let mut rest = text;
    while !rest.is_empty() {
        let gap = rest.len() - rest.trim_start_matches(' ').len();
        let (blanks, after) = rest.split_at(gap);
        let (word, after) = after.split_at(after.find(' ').unwrap_or(after.len()));
        rest = after;
        if word.is_empty() {
            break;
        }
        if begun && width(&line) + gap + width(word) > most {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        } else {
            line.push_str(blanks);
        }
        line.push_str(word);
        begun = true;
    }
    if begun {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_columns_not_characters() {
        for (text, columns, expected) in
            [("Kardala", 10, "Kardala   "), ("Kardala", 5, "Kard…"), ("军队在北方", 5, "军队…"), ("Ménaka", 6, "Ménaka"), ("x", 0, "")]
        {
            assert_eq!(fit(text, columns), expected);
            assert_eq!(width(&fit(text, columns)), columns);
        }
    }

    #[test]
    fn nothing_printed_is_obeyed() {
        assert_eq!(clean("a\u{1b}[2J\r\nb\tc\u{9b}d"), "a [2J b c d");
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(wrapped("one two three", 8, "  "), ["one two", "  three"]);
        assert_eq!(wrapped("  a  b c", 5, "  "), ["  a", "  b c"]);
        assert_eq!(wrapped("incomprehensible a", 5, ""), ["incomprehensible", "a"]);
    }
}
