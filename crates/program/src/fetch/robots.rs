//! The rules of a `robots.txt`, after RFC 9309.

/// The name that a file may know this program by.
const NAME: &str = "attest";

/// Whether a file lets this program have a path: the longest rule of its own group decides, else of the group for all; without one it may.
pub(super) fn allows(text: &str, path: &str) -> bool {
    let mut own: Vec<(bool, &str)> = Vec::new();
    let mut all = own.clone();
    let (mut for_own, mut for_all, mut has_own, mut naming) = (false, false, false, false);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let Some((field, value)) = line.split('#').next().unwrap_or_default().split_once(':') else { continue };
        let value = value.trim();
        match field.trim().to_ascii_lowercase().as_str() {
            "user-agent" => {
                if !naming {
                    (for_own, for_all) = (false, false);
                }
                naming = true;
                for_own |= value.eq_ignore_ascii_case(NAME);
                for_all |= value == "*";
                has_own |= for_own;
            }
            rule @ ("allow" | "disallow") => {
                naming = false;
                // A rule without a path forbids nothing.
                if !value.is_empty() {
                    let rule = (rule == "allow", value);
                    own.extend(for_own.then_some(rule));
                    all.extend(for_all.then_some(rule));
                }
            }
            _ => naming = false,
        }
    }
    let rules = if has_own { own } else { all };
    let longest = rules.into_iter().filter(|(_, pattern)| fits(pattern, path)).max_by_key(|(allow, pattern)| (pattern.len(), *allow));
    longest.is_none_or(|(allow, _)| allow)
}

/// Whether a pattern fits the beginning of a path; `*` is anything, `$` at its end the path's end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (n, part) in parts.iter().enumerate() {
        if whole && n + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    !whole || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_of_the_nearest_group_decides() {
        let text = "# ours\nUser-agent: other\nUser-agent: *\nDisallow: /private # not here\nAllow: /private/open\nDisallow: /*.pdf$\n\nUser-agent: gone\nDisallow: /\n";
        for (path, may) in [("/", true), ("/private/x", false), ("/private/open/1", true), ("/a/b.pdf", false), ("/a/b.pdf?x", true)] {
            assert_eq!(allows(text, path), may, "{path}");
        }
        let own = "User-agent: *\nDisallow: /\n\nUser-agent: Attest\nDisallow: /x\nCrawl-delay: 5\n";
        assert!(allows(own, "/y") && !allows(own, "/x/1"));
        assert!(!allows(&format!("\u{feff}{own}"), "/x"));
        assert!(allows("", "/") && allows("User-agent: *\nDisallow:\n", "/"));
    }
}
