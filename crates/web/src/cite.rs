//! How a record is cited: as text, and as BibTeX, CSL-JSON and RIS.

use jiff::civil::Date;
use serde_json::json;

use crate::plain::line;

/// What is cited.
pub(crate) struct Work<'a> {
    /// A record of the ledger, or a report that somebody published.
    pub(crate) sort: Sort,
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// The outlet; empty when it is not known.
    pub(crate) publisher: &'a str,
    pub(crate) issued: Option<Date>,
    /// When it was read.
    pub(crate) accessed: Date,
    pub(crate) url: &'a str,
    pub(crate) note: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Record,
    Report,
}

/// A citation in the forms that programs read, by name.
pub(crate) fn forms(work: &Work) -> Vec<(&'static str, String)> {
    vec![("BibTeX", bibtex(work)), ("CSL-JSON", csl(work)), ("RIS", ris(work))]
}

fn bibtex(work: &Work) -> String {
    // An unpaired brace, escaped or not, ends a field early.
    let plain = |text: &str| line(text).chars().filter(|c| !matches!(c, '{' | '}' | '\\')).collect::<String>();
    let tex = |text: &str| plain(text).chars().map(in_tex).collect::<String>();
    let mut fields = vec![("title", tex(work.title))];
    if !work.publisher.is_empty() {
        fields.push(("organization", tex(work.publisher)));
    }
    if let Some(issued) = work.issued {
        fields.push(("year", issued.year().to_string()));
        fields.push(("date", issued.to_string()));
    }
    fields.push(("note", tex(work.note)));
    fields.push(("urldate", work.accessed.to_string()));
    // An address is taken as it stands.
    fields.push(("url", plain(work.url)));
    let fields: Vec<String> =
        fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
    format!("@misc{{attest-{},\n{}\n}}", plain(work.id), fields.join(",\n"))
}

/// A character that TeX sets as it is.
fn in_tex(c: char) -> String {
    match c {
        '&' | '%' | '$' | '#' | '_' => format!("\\{c}"),
        '~' => "\\textasciitilde{}".to_owned(),
        '^' => "\\textasciicircum{}".to_owned(),
        c => c.to_string(),
    }
}

fn csl(work: &Work) -> String {
    let parts = |date: Date| json!({ "date-parts": [[date.year(), date.month(), date.day()]] });
    let mut item = json!({
        "id": format!("attest-{}", work.id),
        "type": if work.sort == Sort::Record { "dataset" } else { "article-newspaper" },
        "title": line(work.title),
        "accessed": parts(work.accessed),
    });
    if let Some(issued) = work.issued {
        item["issued"] = parts(issued);
    }
    for (name, value) in
        [(if work.sort == Sort::Record { "publisher" } else { "container-title" }, work.publisher), ("URL", work.url), ("note", work.note)]
    {
        if !value.is_empty() {
            item[name] = json!(line(value));
        }
    }
    serde_json::to_string_pretty(&json!([item])).expect("text and numbers")
}

fn ris(work: &Work) -> String {
    let slashed = |date: Date| format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day());
    let of_record = work.sort == Sort::Record;
    let mut lines = vec![("TY", if of_record { "DATA" } else { "NEWS" }.to_owned()), ("ID", format!("attest-{}", work.id)), ("TI", line(work.title))];
    lines.push((if of_record { "PB" } else { "T2" }, line(work.publisher)));
    if let Some(issued) = work.issued {
        lines.extend([("PY", issued.year().to_string()), ("DA", slashed(issued))]);
    }
    lines.extend([("Y2", slashed(work.accessed)), ("UR", line(work.url)), ("N1", line(work.note))]);
    let lines: Vec<String> = lines.into_iter().filter(|(_, value)| !value.is_empty()).map(|(tag, value)| format!("{tag}  - {value}\n")).collect();
    format!("{}ER  - ", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_cited_in_every_form() {
        let work = Work {
            sort: Sort::Record,
            id: "7K3QFM",
            title: "Armed clash at Kardala {x}\nTY  - BOOK",
            publisher: "attest",
            issued: Some("2025-06-05".parse().unwrap()),
            accessed: "2025-06-05".parse().unwrap(),
            url: "http://127.0.0.1:8017/incidents/7K3QFM?as_of=2025-06-05T08:00:00Z",
            note: "",
        };
        let url = "http://127.0.0.1:8017/incidents/7K3QFM?as_of=2025-06-05T08:00:00Z";
        assert_eq!(
            bibtex(&work),
            format!(
                "@misc{{attest-7K3QFM,\n  title = {{Armed clash at Kardala x TY - BOOK}},\n  organization = {{attest}},\n  year = {{2025}},\n  \
                 date = {{2025-06-05}},\n  urldate = {{2025-06-05}},\n  url = {{{url}}}\n}}"
            )
        );
        assert_eq!(
            ris(&work),
            format!(
                "TY  - DATA\nID  - attest-7K3QFM\nTI  - Armed clash at Kardala {{x}} TY - BOOK\nPB  - attest\nPY  - 2025\nDA  - 2025/06/05\n\
                 Y2  - 2025/06/05\nUR  - {url}\nER  - "
            )
        );
        let csl: serde_json::Value = serde_json::from_str(&csl(&work)).unwrap();
        assert_eq!(
            (&csl[0]["type"], &csl[0]["issued"]["date-parts"][0][1], &csl[0]["URL"], csl[0].get("note")),
            (&"dataset".into(), &6.into(), &url.into(), None)
        );
        // No line of somebody else's makes a field of its own.
        assert_eq!(ris(&work).matches("\nTY  - ").count(), 0);
    }

    #[test]
    fn tex_is_given_words_and_no_commands() {
        let work = Work {
            sort: Sort::Report,
            id: "7K3QFM",
            title: "50 % of R&D_2 cost $5 #1 ~ ^ \\input{x} } é",
            publisher: "A & B",
            issued: None,
            accessed: "2025-06-05".parse().unwrap(),
            url: "https://example.org/a_b?c=1&d=%20",
            note: "",
        };
        assert_eq!(
            bibtex(&work),
            "@misc{attest-7K3QFM,\n  title = {50 \\% of R\\&D\\_2 cost \\$5 \\#1 \\textasciitilde{} \\textasciicircum{} inputx  é},\n  \
             organization = {A \\& B},\n  urldate = {2025-06-05},\n  url = {https://example.org/a_b?c=1&d=%20}\n}"
        );
    }
}
