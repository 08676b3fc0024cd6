//! Files of a form: `multipart/form-data` after RFC 7578, as much of it as browsers send.

/// A file as sent: its name, which may be anything, and its bytes.
pub(crate) type Sent = (String, Vec<u8>);

/// The files of a body, in its order; parts without a file name or without a byte are left out. `None` when the body is
/// not what its type says.
pub(crate) fn files(content_type: &str, body: &[u8]) -> Option<Vec<Sent>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?.trim_matches('"');
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    // The first delimiter may stand at the very beginning, without the line end that goes with it.
    let mut rest = body.strip_prefix(format!("--{boundary}").as_bytes())?;
    let delimiter = format!("\r\n--{boundary}");
    let mut found = Vec::new();
    while !rest.starts_with(b"--") {
        let part = rest.strip_prefix(b"\r\n")?;
        let end = position(part, delimiter.as_bytes())?;
        let head = position(&part[..end], b"\r\n\r\n")?;
        let (head, bytes) = (String::from_utf8_lossy(&part[..head]).into_owned(), &part[head + 4..end]);
        if let Some(name) = file_name(&head).filter(|name| !name.is_empty() && !bytes.is_empty()) {
            found.push((name, bytes.to_vec()));
        }
        rest = &part[end + delimiter.len()..];
    }
    Some(found)
}

/// The file name of a part's head, without the folders that it may name; browsers write `"` in it as `%22`.
fn file_name(head: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (name, _) = line.split_once("filename=\"")?.1.split_once('"')?;
    let name = name.replace("%22", "\"").replace("%0D", " ").replace("%0A", " ");
    Some(name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
}

fn position(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=xYz";

    fn part(name: &str, content: &str) -> String {
        format!("--xYz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n")
    }

    #[test]
    fn files_come_out_as_they_went_in() {
        let body = format!("{}{}{}--xYz--\r\n", part("a.txt", "one\r\n--xY\r\ntwo"), part("", ""), part("C:\\in\\b%22.html", "\r\n\r\n"));
        let found = files(KIND, body.as_bytes()).unwrap();
        assert_eq!(found, [("a.txt".to_owned(), b"one\r\n--xY\r\ntwo".to_vec()), ("b\".html".to_owned(), b"\r\n\r\n".to_vec())]);
        let field = "--xYz\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\nnothing\r\n--xYz--";
        assert_eq!(files(KIND, field.as_bytes()), Some(vec![]));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let whole = part("a.txt", "one") + "--xYz--";
        for (kind, body) in [
            ("text/plain", whole.as_str()),
            ("multipart/form-data", &whole),
            ("multipart/form-data; boundary=", &whole),
            ("multipart/form-data; boundary=other", &whole),
            (KIND, ""),
            (KIND, "--xYz"),
            (KIND, &whole[..whole.len() - 9]),
            (KIND, "--xYz\r\nno head--xYz--"),
        ] {
            assert_eq!(files(kind, body.as_bytes()), None, "{kind} {body:?}");
        }
    }
}
