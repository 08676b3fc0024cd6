//! E-mail: one message, or a box of them. What a message quotes of others is left out; messages attached to it, and those attached to
//! them, are reports of their own.

use mail_parser::{Message, MessageParser, PartType, mailbox::mbox::MessageIterator};

use crate::{Column, Error, Failed, Format, Hints, Opened, Options, Place, article::Article, guard::guarded, html};

/// Whether bytes begin as a message or a box of messages does.
pub(crate) fn is_mail(bytes: &[u8]) -> bool {
    let head: String = String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
    let mut lines = head.trim_start().lines();
    let first = lines.next().unwrap_or("");
    let names = ["Return-Path:", "Received:", "Delivered-To:", "MIME-Version:", "Message-ID:", "Message-Id:"];
    let field = |line: &str| names.iter().any(|name| line.starts_with(name));
    // A message may begin with any of its lines: then several that only mail has stand together.
    let usual = |line: &str| ["From:", "To:", "Subject:", "Date:"].iter().any(|name| line.starts_with(name));
    let several = usual(first) && head.lines().take_while(|line| !line.trim().is_empty()).filter(|line| usual(line) || field(line)).count() >= 3;
    field(first) || several || is_box(&head)
}

fn is_box(head: &str) -> bool {
    let first = head.lines().next().unwrap_or("");
    first.starts_with("From ")
        && first.contains('@')
        && head.lines().take(20).any(|line| line.starts_with("Message-ID:") || line.starts_with("From:") || line.starts_with("Received:"))
}

/// Opens a message or a box: a message a row.
pub(crate) fn open(bytes: &[u8], hints: &Hints, options: &Options) -> Result<Opened, Error> {
    let mut opened = Opened { format: Format::Mail, rows: Vec::new(), columns: Vec::new(), warnings: Vec::new() };
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let bytes = &bytes[start..];
    let mut add = |bytes: &[u8], at: Place| match parsed(bytes, options) {
        Ok(message) => messages(&message, hints, at, 0, options, &mut opened),
        Err(why) => opened.rows.push(Err(Failed { at, why })),
    };
    if bytes.starts_with(b"From ") {
        for (n, message) in MessageIterator::new(bytes).enumerate() {
            if n >= options.max_rows {
                return Err(Error::TooManyRows { limit: options.max_rows });
            }
            match message {
                Ok(message) => add(message.contents(), Place::Item(n as u64 + 1)),
                Err(_) => return Err(Error::Damaged { what: "mailbox", why: format!("message {} does not begin as one", n + 1) }),
            }
        }
    } else {
        add(bytes, Place::Whole);
    }
    if opened.rows.is_empty() { Err(Error::Empty) } else { Ok(opened) }
}

fn parsed(bytes: &[u8], options: &Options) -> Result<Message<'static>, Error> {
    let bytes = bytes.to_vec();
    guarded("e-mail", options, move |_| {
        let message = MessageParser::default().parse(&bytes).map(Message::into_owned);
        message.ok_or_else(|| Error::Damaged { what: "e-mail", why: "it has no header".to_owned() })
    })
}

/// How deep messages in messages are followed.
const DEEPEST: usize = 8;

/// A message, and those attached to it. A message that only carries others is no failed row.
fn messages(message: &Message<'_>, hints: &Hints, at: Place, depth: usize, options: &Options, opened: &mut Opened) {
    let attached: Vec<&Message<'_>> =
        message.parts.iter().filter_map(|part| if let PartType::Message(inner) = &part.body { Some(inner) } else { None }).collect();
    let own = article(message, hints, at, &mut opened.warnings);
    if attached.is_empty() || own != Err(Error::NoText) {
        opened.rows.push(own.map_err(|why| Failed { at, why }));
    }
    for inner in attached {
        if depth == DEEPEST || opened.rows.len() >= options.max_rows {
            opened.rows.push(Err(Failed { at, why: Error::TooDeep { limit: DEEPEST } }));
            return;
        }
        messages(inner, hints, at, depth + 1, options, opened);
    }
}

fn article(message: &Message<'_>, hints: &Hints, at: Place, warnings: &mut Vec<Failed>) -> Result<record::Report, Error> {
    let text = if matches!(message.text_part(0).map(|part| &part.body), Some(PartType::Html(_))) {
        html::words(&message.body_html(0).unwrap_or_default())
    } else {
        message.body_text(0).unwrap_or_default().into_owned()
    };
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with('>')).take_while(|line| line.trim_end() != "--").collect();
    let own = own.join("\n");
    let from = message.from().and_then(|from| from.first()).map(|from| from.name().or_else(|| from.address()).unwrap_or_default().to_owned());
    let date = message.date().map(mail_parser::DateTime::to_rfc3339);
    let mut article = Article { language_checked: true, ..Article::default() };
    for (column, value) in [
        (Column::Title, message.subject().unwrap_or_default()),
        (Column::Outlet, from.as_deref().unwrap_or_default()),
        (Column::Published, date.as_deref().unwrap_or_default()),
        (Column::Text, &own),
    ] {
        warnings.extend(article.set(column, value, None).map(|why| Failed { at, why }));
    }
    article.finish(hints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_report_and_a_box_many() {
        let one = "From: Agence Nord <desk@nord.example>\r\nTo: list@example.org\r\nSubject: =?utf-8?q?Cinq_tu=C3=A9s?=\r\nDate: Tue, 3 Jun 2025 10:15:00 +0200\r\n\
            Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            Des hommes arm=E9s ont tu=E9 cinq personnes.\r\n\r\n> On a dit hier que six.\r\n-- \r\nLe bureau\r\n";
        let opened = crate::open(one.as_bytes(), &Hints::default()).unwrap();
        let report = opened.reports().next().unwrap();
        assert_eq!((opened.format, report.title.as_str(), report.outlet.as_str()), (Format::Mail, "Cinq tués", "Agence Nord"));
        assert_eq!(report.text, "Des hommes armés ont tué cinq personnes.");
        assert_eq!(report.published.as_ref().unwrap().date().to_string(), "2025-06-03");

        let page = "MIME-Version: 1.0\nMessage-ID: <1@example.org>\nSubject: Five killed\nContent-Type: text/html\n\n<p>Gunmen killed five people.</p><p>Nobody claimed it.</p>\n";
        let opened = crate::open(page.as_bytes(), &Hints::default()).unwrap();
        assert_eq!(opened.reports().next().unwrap().text, "Gunmen killed five people.\n\nNobody claimed it.");

        let many = format!(
            "From desk@example.org Tue Jun  3 10:15:00 2025\nMessage-ID: <1@example.org>\nSubject: A\n\nGunmen killed five people.\n\n\
            From desk@example.org Tue Jun  3 10:16:00 2025\nSubject: B\n\n\n\nFrom desk@example.org Tue Jun  3 10:17:00 2025\n{}",
            page
        );
        let opened = crate::open(many.as_bytes(), &Hints::default()).unwrap();
        assert_eq!(opened.reports().count(), 2);
        assert_eq!(opened.failed().map(Failed::line).collect::<Vec<_>>(), ["item 2: no article text was found in it"]);
        let nested = "From: Desk <desk@example.org>\r\nTo: list@example.org\r\nSubject: Fwd: two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n\
            --a\r\nContent-Type: text/plain\r\n\r\n-- \r\nThe desk\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n\
            From: Agence Nord <desk@nord.example>\r\nDate: Tue, 3 Jun 2025 10:15:00 +0200\r\nSubject: Five killed\r\n\r\nGunmen killed five people.\r\n--a--\r\n";
        let opened = crate::open(nested.as_bytes(), &Hints::default()).unwrap();
        let reports: Vec<_> = opened.reports().collect();
        assert_eq!((opened.rows.len(), reports[0].title.as_str(), reports[0].outlet.as_str()), (1, "Five killed", "Agence Nord"));
        assert!(crate::open(b"From the market to the bridge\n\nGunmen killed five people.", &Hints::default()).unwrap().format == Format::Text);
    }
}
