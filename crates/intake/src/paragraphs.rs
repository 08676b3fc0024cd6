//! Paragraphs, parted by one blank line each, whatever the file's own way of showing them.

/// Width in characters beyond which a line was not broken by hand.
const WIDEST_WRAP: usize = 120;
/// Width from which a line break is taken for a wrap rather than meant.
const NARROWEST_WRAP: usize = 45;

/// Brings a text into the record's form: trimmed lines, paragraphs parted by one blank line, wrapped lines joined.
///
/// Where a text has no blank lines but its lines are paragraphs (too long to be wrapped, or each a full sentence),
/// each line becomes a paragraph. Doing it twice changes nothing.
pub(crate) fn paragraphs(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    for line in text.split('\n').map(str::trim).chain([""]) {
        if line.is_empty() {
            flush(&mut block, &mut out);
        } else {
            block.push(line);
        }
    }
    out.join("\n\n")
}

fn flush(block: &mut Vec<&str>, out: &mut Vec<String>) {
    let Some((last, before)) = block.split_last() else { return };
    let long = |line: &str| line.chars().nth(WIDEST_WRAP).is_some();
    if long(last) || before.iter().any(|line| long(line)) || (!before.is_empty() && block.iter().all(|l| ends_sentence(l))) {
        out.extend(block.iter().map(|line| (*line).to_owned()));
        block.clear();
        return;
    }
    // Lines that belong together: joined where they were wrapped, parted where a short line ended what was wrapped.
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut wrapped = false;
    for line in block.drain(..) {
        match groups.last_mut().and_then(|group| group.last_mut()) {
            Some(previous) if wrapped && !begins_item(line) => {
                previous.push(' ');
                previous.push_str(line);
            }
            Some(previous) if wide(previous) && !begins_item(line) => groups.push(vec![line.to_owned()]),
            Some(_) => groups.last_mut().expect("it has a last line").push(line.to_owned()),
            None => groups.push(vec![line.to_owned()]),
        }
        wrapped = wide(line);
    }
    for lines in groups {
        // A list or an address stays as it is, unless that would be read differently again.
        if lines.iter().any(|line| long(line)) || lines.iter().all(|line| ends_sentence(line)) {
            out.extend(lines);
        } else {
            out.push(lines.join("\n"));
        }
    }
}

/// Whether a line is wide enough to have been wrapped.
fn wide(line: &str) -> bool {
    line.chars().nth(NARROWEST_WRAP).is_some()
}

/// Whether a line could be the end of a paragraph.
pub(crate) fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', ' ', '\u{a0}']).ends_with(['.', '!', '?', '…', '؟', '۔', '。'])
}

/// Whether a line begins an entry of a list.
fn begins_item(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('-' | '*' | '•' | '–' | '—' | '·') => chars.next().is_some_and(char::is_whitespace),
        Some(c) if c.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            line.len() - rest.len() <= 2 && (rest.starts_with(". ") || rest.starts_with(") "))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn forms_of_paragraphs() {
        let cases = [
            ("blank lines", "One.\n\n\n\nTwo.\n", "One.\n\nTwo."),
            ("blank lines with spaces", "One. \n \t\n  Two.", "One.\n\nTwo."),
            (
                "wrapped by hand",
                "The army said on Tuesday that it had killed 14 fighters\nnear Konna.\n\nNobody else has said so.",
                "The army said on Tuesday that it had killed 14 fighters near Konna.\n\nNobody else has said so.",
            ),
            ("a sentence a line", "One came.\nTwo fled.", "One came.\n\nTwo fled."),
            ("a list", "Dead:\n- two soldiers\n- one child", "Dead:\n- two soldiers\n- one child"),
        ];
        for (name, given, expected) in cases {
            assert_eq!(paragraphs(given), expected, "{name}");
            assert_eq!(paragraphs(expected), expected, "{name}, again");
        }
    }

    proptest::proptest! {
        #[test]
        fn twice_is_once(text in "([a-z]{1,30}[.! ]{0,2}|\n|- |\n\n){0,60}") {
            let once = paragraphs(&text);
            proptest::prop_assert_eq!(paragraphs(&once), once);
        }
    }
}
