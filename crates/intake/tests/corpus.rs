//! Whole files through `open`: what a user would drop on the program, good and bad.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::path::PathBuf;

use intake::{Error, Format, Hints, Options, open, walk};
use record::{Report, ReportKind};

fn bytes(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn reports(name: &str) -> (Format, Vec<Report>) {
    let opened = open(&bytes(name), &Hints::named(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    (opened.format, opened.reports().cloned().collect())
}

/// Milliseconds that this thread has been computing: a busy machine is no reason to fail. Always 0 off Linux.
fn busy_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0) / 1_000_000
}

#[test]
fn files_give_what_they_hold() {
    struct Case {
        name: &'static str,
        format: Format,
        title: &'static str,
        published: Option<&'static str>,
        outlet: &'static str,
        language: &'static str,
        paragraphs: usize,
        begins: &'static str,
    }
    let cases = [
        Case {
            name: "article.html",
            format: Format::Html,
            title: "Five killed as gunmen raid village near Konna",
            published: Some("2025-06-03T08:40:00+00:00"),
            outlet: "Radio Oum",
            language: "en",
            paragraphs: 4,
            begins: "Gunmen on motorcycles killed at least five people in a village near Konna, in central Mali, on Monday evening, three",
        },
        Case {
            name: "linked-data.html",
            format: Format::Html,
            title: "Army retakes base at Kardala & two villages",
            published: Some("2025-06-05T21:10:00+02:00"),
            outlet: "Northland Tribune",
            language: "en",
            paragraphs: 3,
            begins: "The army retook its base at Kardala on Thursday",
        },
        Case {
            name: "old-latin1.html",
            format: Format::Html,
            title: "Quatre civils tués près de Bria",
            published: Some("2014-03-12"),
            outlet: "",
            language: "fr",
            paragraphs: 3,
            begins: "BANGUI, 12 mars 2014 - Quatre civils ont été tués mardi",
        },
        Case {
            name: "french-latin1.txt",
            format: Format::Text,
            title: "Dix soldats tués à Ménaka",
            published: None,
            outlet: "",
            language: "fr",
            paragraphs: 2,
            begins: "Dix soldats ont été tués mercredi à Ménaka",
        },
        Case {
            name: "utf16le.txt",
            format: Format::Text,
            title: "Shelling of Oum market",
            published: Some("2025-06-03"),
            outlet: "Agence Nord",
            language: "en",
            paragraphs: 2,
            begins: "Shells hit the market of Oum",
        },
        Case {
            name: "bulletin.md",
            format: Format::Markdown,
            title: "Weekly bulletin no. 23",
            published: Some("2025-06-06"),
            outlet: "Comité des droits, Northland",
            language: "en",
            paragraphs: 4,
            begins: "Kardala\n\nOn 3 June, four civilians were killed by shells in Oum, according to the hospital.",
        },
        Case {
            name: "wrapped.txt",
            format: Format::Text,
            title: "Rebels say 21 soldiers died at Kardala; army says none",
            published: Some("2025-06-03"),
            outlet: "Agence Nord",
            language: "en",
            paragraphs: 2,
            begins: "The Northland Liberation Front said on Tuesday that it had killed 21 soldiers in a night attack on the army post of Kardala and taken two vehicles.",
        },
    ];
    for case in cases {
        let (format, reports) = reports(case.name);
        let report = &reports[0];
        assert_eq!(format, case.format, "{}", case.name);
        assert!(report.text.starts_with(case.begins), "{}: {}", case.name, report.text);
        assert_eq!(report.text.split("\n\n").count(), case.paragraphs, "{}: {}", case.name, report.text);
        assert_eq!(report.title, case.title, "{}", case.name);
        assert_eq!(report.published.as_ref().map(|p| p.as_str()), case.published, "{}", case.name);
        assert_eq!(report.outlet, case.outlet, "{}", case.name);
        assert_eq!(report.language, case.language, "{}", case.name);
    }
    assert_eq!(reports("utf16be.txt").1, reports("utf16le.txt").1);
    assert_eq!(reports("bulletin.md").1[0].kind, ReportKind::Ngo);
}

#[test]
fn a_page_keeps_its_frame_out() {
    let text = &reports("article.html").1[0].text;
    for frame in ["cookies", "Sport", "correspondent", "Read also", "Market reopens", "Sad news", "rights reserved", "not text"] {
        assert!(!text.contains(frame), "{frame}: {text}");
    }
    assert!(text.contains("“We counted five bodies this morning"), "{text}");
    let (_, cut) = reports("truncated.html");
    assert!(cut[0].text.contains("neutralised"), "{}", cut[0].text);
}

#[test]
fn a_selector_overrides() {
    let hints = Hints { selector: Some("#comments p".into()), ..Hints::default() };
    let opened = open(&bytes("article.html"), &hints).unwrap();
    assert_eq!(opened.reports().next().unwrap().text, "Sad news again.\n\nWhen will it end?");
    let missing = Hints { selector: Some(".none".into()), ..Hints::default() };
    assert_eq!(open(&bytes("article.html"), &missing), Err(Error::SelectorUnmatched(".none".into())));
    let broken = Hints { selector: Some("p[".into()), ..Hints::default() };
    assert_eq!(open(&bytes("article.html"), &broken), Err(Error::Selector("p[".into())));
}

#[test]
fn tables_and_lines() {
    let (format, rows) = reports("articles-bom.csv");
    assert_eq!((format, rows.len()), (Format::Csv, 2));
    assert_eq!(rows[0].text, "Gunmen killed five people near Konna on Monday, residents said.\n\nThe army gave no toll.");
    let opened = open(&bytes("articles.jsonl"), &Hints::default()).unwrap();
    assert_eq!((opened.format, opened.reports().count()), (Format::JsonLines, 2));
    let failed: Vec<String> = opened.failed().map(|failed| failed.line()).collect();
    assert!(failed.len() == 1 && failed[0].starts_with("line 2: it is not valid JSON"), "{failed:?}");
}

#[test]
fn the_unreadable_is_refused_in_one_line() {
    let gzip = [&b"\x1f\x8b\x08\0\0\0\0\0"[..], &[0u8; 100]].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blank", b" \r\n\t\n".to_vec()),
        ("mark only", b"\xef\xbb\xbf".to_vec()),
        ("noise", bytes("noise.bin")),
        ("truncated json", bytes("truncated.json")),
        ("zip", b"PK\x03\x04aaaaaaaaaaaaaa".to_vec()),
        ("gzip", gzip),
        ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec()),
        ("too large", vec![b'a'; 20_000_001]),
        ("deep html", format!("<html><body>{}", "<div>".repeat(1_000_000)).into_bytes()),
        ("deep svg", format!("<html><body><p>a</p><svg>{}", "<td>".repeat(200_000)).into_bytes()),
        ("deep json", "[".repeat(5_000_000).into_bytes()),
        ("empty page", b"<html><head><title>x</title></head><body><script>1</script></body></html>".to_vec()),
    ];
    for (name, input) in cases {
        let started = busy_ms();
        let error = open(&input, &Hints::default()).err().unwrap_or_else(|| panic!("{name} was read"));
        let message = error.to_string();
        assert!(!message.contains('\n') && message.len() < 200, "{name}: {message}");
        assert!(busy_ms() - started < 5_000, "{name} took {} ms", busy_ms() - started);
    }
}

#[test]
fn awkward_files_are_read_or_refused_with_a_reason() {
    /// Title and words of each report.
    type Held = &'static [(&'static str, &'static str)];
    struct Case {
        name: &'static str,
        /// Format, titles and texts of what was read; or why nothing was.
        read: Result<(Format, Held), &'static str>,
        /// What failed of it, and what was not understood.
        told: &'static [&'static str],
    }
    let cases = [
        Case {
            name: "two-columns.pdf",
            read: Ok((
                Format::Pdf,
                &[(
                    "Weekly bulletin of the North",
                    "Gunmen on motorcycles killed five people in a village near Konna on Monday evening, three residents said. The mayor spoke of six \
                     dead and of burnt granaries.\n\nThe army gave no toll. A doctor at the hospital of Sévaré spoke of four bodies and of nine \
                     wounded people on Tuesday. Nobody has claimed the attack.",
                )],
            )),
            told: &[],
        },
        Case { name: "truncated.pdf", read: Err("its PDF is damaged: "), told: &[] },
        Case { name: "scan.pdf", read: Err("it has no text layer; it may be a scan"), told: &[] },
        Case { name: "encrypted.pdf", read: Err("it is encrypted; save a copy of it without a password"), told: &[] },
        Case {
            name: "nested.eml",
            read: Ok((
                Format::Mail,
                &[
                    ("Fwd: two from the north", "Two messages from the north, see below."),
                    ("Cinq tués", "Des hommes armés ont tué cinq personnes."),
                    ("Three hurt", "A mine hurt three people near Oum."),
                ],
            )),
            told: &[],
        },
        Case {
            name: "relative-dates.rss",
            read: Ok((
                Format::Feed,
                &[
                    ("Five killed", "Gunmen killed five people near Konna."),
                    ("Three hurt", "A mine hurt three people near Oum."),
                    ("Calm", "Residents said that the night was calm."),
                ],
            )),
            told: &["item 1: the published \"2 hours ago\" was not understood", "item 2: the published \"yesterday\" was not understood"],
        },
        Case { name: "truncated.csv.gz", read: Err("its gzip is damaged: it is cut off after "), told: &[] },
        Case {
            name: "bad-record.warc",
            read: Ok((
                Format::Warc,
                &[
                    ("Five killed near Konna", "Gunmen killed five people near Konna on Monday evening, three residents said on Tuesday."),
                    ("Three hurt near Oum", "A mine hurt three people near Oum on Wednesday morning, the hospital said on Thursday."),
                ],
            )),
            told: &["item 3: its WARC record is damaged: after its 7 bytes no other begins"],
        },
        Case {
            name: "truncated.warc.gz",
            read: Ok((
                Format::Warc,
                &[("Five killed near Konna", "Gunmen killed five people near Konna on Monday evening, three residents said on Tuesday.")],
            )),
            told: &[
                "item 3: its WARC record is damaged: after its 7 bytes no other begins",
                "item 4: its WARC record is damaged: it says that it has ",
                "the input: its gzip is damaged: it is cut off after ",
            ],
        },
        Case {
            name: "accents.xlsx",
            read: Ok((Format::Workbook, &[("", "Cinq civils ont été tués à Ménaka, selon un élu."), ("", "قتل خمسة مدنيين في كيدال يوم الاثنين.")])),
            told: &[],
        },
    ];
    for Case { name, read, told } in cases {
        match (open(&bytes(name), &Hints::default()), read) {
            (Ok(opened), Ok((format, reports))) => {
                let found: Vec<(&str, &str)> = opened.reports().map(|report| (report.title.as_str(), report.text.as_str())).collect();
                assert_eq!((opened.format, &found[..]), (format, reports), "{name}");
                let lines: Vec<String> = opened.failed().chain(&opened.warnings).map(|failed| failed.line()).collect();
                assert!(lines.len() == told.len() && lines.iter().zip(told).all(|(line, told)| line.starts_with(told)), "{name}: {lines:?}");
            }
            (Err(error), Err(why)) => assert!(error.to_string().starts_with(why), "{name}: {error}"),
            (read, expected) => panic!("{name}: {read:?} and not {expected:?}"),
        }
    }
    let (_, rows) = reports("accents.xlsx");
    assert_eq!(rows.iter().map(|row| row.published.as_ref().unwrap().as_str()).collect::<Vec<_>>(), ["2025-06-03", "2025-06-04"]);
    assert_eq!((rows[0].outlet.as_str(), rows[1].outlet.as_str(), rows[1].language.as_str()), ("Radio Oum", "إذاعة الشمال", "ar"));
    // A date that stands in the address is better than none.
    let (_, items) = reports("relative-dates.rss");
    assert_eq!((items[0].published.as_ref(), items[1].published.as_ref().unwrap().as_str()), (None, "2025-06-05"));
    assert_eq!(reports("articles.csv.gz").1.len(), 58);
    assert_eq!(reports("two-columns.pdf").1[0].published.as_ref().unwrap().as_str(), "2025-06-06");
}

#[test]
fn the_large_but_harmless_is_read_in_time() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a million digits", format!("The army said it killed {} rebels.", "9".repeat(1_000_000)).into_bytes()),
        ("one long word", "a".repeat(5_000_000).into_bytes()),
        ("many paragraphs", "Gunmen killed five people near Konna.\n\n".repeat(200_000).into_bytes()),
        ("a wide page", format!("<html><body>{}</body></html>", "<p>Gunmen killed five people near Konna.</p>".repeat(100_000)).into_bytes()),
        (
            "a page below the extractor's bound",
            format!("<html><body>{}</body></html>", "<p>Gunmen killed five people.</p>".repeat(19_000)).into_bytes(),
        ),
        ("nested lists", format!("<html><body><p>Five people were killed near Konna on Monday.</p>{}", "<ul><li>a".repeat(250)).into_bytes()),
        ("an attribute without end", format!("<html><body><p>Five people were killed.</p><p a=\"{}", "x".repeat(1_000_000)).into_bytes()),
        ("brackets", format!("Brackets\n\n{}a", "[".repeat(1_000_000)).into_bytes()),
        ("many articles", format!("<html><body><p>Gunmen killed five people.</p>{}", "<article></article>".repeat(150_000)).into_bytes()),
        ("a key spelt in every way", every_spelling(50_000).into_bytes()),
        ("open brackets", "![[*[".repeat(100_000).into_bytes()),
        ("markdown brackets", format!("# T\n\n{}", "[a](".repeat(100_000)).into_bytes()),
    ];
    for (name, input) in cases {
        let started = busy_ms();
        let read = open(&input, &Hints::default());
        let took = busy_ms() - started;
        assert!(took < 10_000, "{name} took {took} ms");
        println!("{name}: {took} ms, {:?}", read.as_ref().map(|o| o.rows.len()));
    }
}

/// Lines of JSON, each with another spelling of the key `text`.
fn every_spelling(lines: u32) -> String {
    let marks = |line: u32| (0..16).map(move |bit| if line >> bit & 1 == 0 { '.' } else { '-' });
    (0..lines).map(|line| format!("{{\"text{}\":\"Five killed.\"}}\n", marks(line).collect::<String>())).collect()
}

#[test]
fn the_corpus_can_be_walked() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let inputs = walk(&[folder]);
    assert!(inputs.len() >= 10);
    assert!(inputs.is_sorted_by(|a, b| a.path < b.path));
    for input in &inputs {
        let _ = open(&input.read(&Options::default()).unwrap(), &Hints::named(input.name()));
    }
}

#[test]
fn what_once_crashed_does_not() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/regressions/open");
    for input in walk(&[folder]) {
        let _ = open(&input.read(&Options::default()).unwrap(), &Hints::default());
    }
}

/// The bytes of every file of the corpus, read once.
fn corpus() -> &'static [Vec<u8>] {
    static FILES: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
    FILES.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
        walk(&[folder]).iter().map(|input| input.read(&Options::default()).unwrap()).collect()
    })
}

proptest::proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = open(&bytes, &Hints::default());
    }

    #[test]
    fn pieces_of_formats_never_panic(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "<html>", "<body>", "<p>", "</p>", "<div>", "<b>", "<table>", "<td>", "<svg>", "<!--", "-->", "<script>", "</script>", "<title>",
        "<script type=\"application/ld+json\">", "{", "}", "[", "]", "\"text\":", "\"reports\":", "\"a\"", ",", ":", "\n", "---\n",
        "text,title\n", "\"", "Title: ", "# ", "é", "\u{feff}", "\0", "Gunmen killed five people. ", "\r\n", "&amp;", "&#0;", "<a href=\"",
    ]), 0..40)) {
        let _ = open(pieces.concat().as_bytes(), &Hints::named("2025-06-03.html"));
        let _ = open(pieces.concat().as_bytes(), &Hints::default());
    }

    /// Files of the corpus cut, spliced and with bytes changed, held to the same as the fuzz target `open`.
    #[test]
    fn damaged_files_never_panic(
        at in 0usize..40,
        other in 0usize..40,
        cut in 0.0f64..1.0,
        splice in 0.0f64..1.0,
        changes in proptest::collection::vec((0.0f64..1.0, proptest::num::u8::ANY), 0..6),
    ) {
        let files = corpus();
        let (first, second) = (&files[at % files.len()], &files[other % files.len()]);
        let place = |share: f64, length: usize| (share * length as f64) as usize;
        let mut input = first[..place(cut, first.len())].to_vec();
        input.extend_from_slice(&second[place(splice, second.len())..]);
        for (share, byte) in changes {
            let place = place(share, input.len());
            if let Some(old) = input.get_mut(place) {
                *old = byte;
            }
        }
        if let Ok(opened) = open(&input, &Hints::default()) {
            proptest::prop_assert!(!opened.rows.is_empty());
            for report in opened.reports() {
                proptest::prop_assert!(!report.text.trim().is_empty() && !report.id.is_empty());
                let as_it_came = report.text.contains(['\r', '\0', '\u{feff}']);
                proptest::prop_assert!(opened.format == Format::Case || !as_it_came);
            }
            proptest::prop_assert!(open(&input, &Hints::default()) == Ok(opened), "two answers");
        }
    }

    /// What came out of a text file goes in again as it was.
    #[test]
    fn texts_round_trip(title in "[A-Z][a-z ]{5,40}[a-z]", paragraphs in proptest::collection::vec("[A-Z][a-zé ,]{20,200}[a-z]\\.", 1..5)) {
        let text = paragraphs.iter().map(|p| p.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n\n");
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        for file in [
            format!("{title}\n\n{text}\n"),
            format!("\u{feff}{title}\r\n\r\n{}\r\n", text.replace('\n', "\r\n")),
            format!("# {title}\n\n{text}"),
            serde_json::json!({"title": title, "text": text}).to_string(),
            serde_json::json!([{"headline": title, "body": text}]).to_string(),
            format!("title,text\n\"{title}\",\"{text}\"\n"),
        ] {
            let opened = open(file.as_bytes(), &Hints::default()).unwrap();
            let report = opened.reports().next().unwrap();
            proptest::prop_assert_eq!(&report.text, &text, "{}", file);
            proptest::prop_assert_eq!(&report.title, &title, "{}", file);
        }
    }
}
