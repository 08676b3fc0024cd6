/// A text as it may stand on a page: what no page shows, or what would turn a line around beyond its own end, becomes a
/// visible `�`. Lines and tabs stay. The number of characters stays too; escaping is the template's.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// [`plain`] on one line.
pub(crate) fn line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
        || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
}

/// Whether a text that somebody sent is an address of these pages. Browsers read `\` as `/`, and pass over what no page shows.
pub(crate) fn is_own_address(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains(|c: char| c == '\\' || c.is_control())
}

/// At most so many characters, the last of a longer text `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// With a capital first.
pub(crate) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Escaped for HTML and SVG, text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mislead_is_made_visible() {
        for (text, shown) in [
            ("sold\u{202e}sreid", "sold\u{fffd}sreid"),
            ("\u{2067}x\u{2069}", "\u{fffd}x\u{fffd}"),
            ("a\u{0}b\u{1b}[31m", "a\u{fffd}b\u{fffd}[31m"),
            ("two\nlines\tand", "two\nlines\tand"),
            ("أغاديس\u{200f}", "أغاديس\u{200f}"),
        ] {
            assert_eq!(plain(text), shown);
        }
        assert_eq!(line(" a \n b "), "a b");
        assert_eq!((cut("soldiers", 5).as_str(), cut("army", 4).as_str()), ("sold…", "army"));
        assert_eq!(escape(r#"<a href="x">'&'"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    }
}
