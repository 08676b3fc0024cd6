use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::{Desk, REPORT, Ran, examples};

/// Reports that differ enough to be no copies of one another: each ends in a paragraph of words of its own.
fn stories(n: usize) -> Vec<String> {
    let towns = ["Konna", "Gao", "Zaria", "Butembo", "Hodeida", "Djibo", "Menaka", "Beni"];
    let who = ["soldiers", "traders", "pupils", "fighters", "herders", "drivers"];
    (0..n)
        .map(|at| {
            let (town, what, dead) = (towns[at % towns.len()], who[at % who.len()], at + 2);
            let own: Vec<String> = (0..24).map(|word| invented(at * 24 + word)).collect();
            format!("Dead in {town}\n\nGunmen killed {dead} {what} in {town} on Monday, the army said.\n\n{}.\n", own.join(" "))
        })
        .collect()
}

/// A word that stands nowhere else.
fn invented(mut number: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ko", "ni", "du", "se", "ra", "mo", "li", "ve", "ta"];
    let mut word = String::new();
    for _ in 0..5 {
        word += SYLLABLES[number % 10];
        number /= 10;
    }
    word
}

#[test]
fn a_folder_is_added_once_and_what_fails_is_listed() {
    let desk = Desk::new();
    for (n, story) in stories(4).iter().enumerate() {
        desk.write(&format!("inbox/2025-06-0{}-{n}.txt", n + 1), story);
    }
    desk.write("inbox/twin.txt", desk.read("inbox/2025-06-02-1.txt"));
    desk.write("inbox/empty.txt", "").write("inbox/noise.bin", [0u8, 159, 146, 150, 7, 0, 1, 2].repeat(40));
    desk.write("inbox/table.csv", "title,text\nA,Eight soldiers died in Gao on Friday.\nB\n");
    let ran = desk.run(&["add", "inbox", "--report", "done.ndjson"]).ends(3);
    assert!(ran.stdout.is_empty());
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("made ") && lines[0].ends_with("ledger.attest"), "{}", ran.stderr);
    assert_eq!(lines[1], "9 reports: 5 new, 1 there already, 3 unreadable (listed)");
    assert!(lines.iter().any(|line| line.contains("table.csv\": line 3: the row has 1 cells")), "{}", ran.stderr);
    let done: Vec<serde_json::Value> = desk.read("done.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(done.len(), 9);
    for (input, status) in [("inbox/twin.txt", "unchanged"), ("inbox/empty.txt", "failed"), ("inbox/2025-06-01-0.txt", "new")] {
        let row = done.iter().find(|row| row["input"] == input).unwrap();
        assert_eq!(row["status"], status, "{row}");
        assert_eq!(row["report"].is_null(), status == "failed", "{row}");
        assert_eq!(row["why"].is_null(), status != "failed", "{row}");
    }
    let before = desk.run(&["list", "claims", "--format", "json"]).ends(0).stdout;
    assert!(before.contains("\"kind\":\"deaths\""), "{before}");
    let again = desk.run(&["add", "inbox"]).ends(3);
    assert!(again.stderr.starts_with("9 reports: 0 new, 6 there already, 3 unreadable (listed)\n"), "{}", again.stderr);
    assert_eq!(desk.run(&["list", "claims", "--format", "json"]).stdout, before);
    assert!(desk.run(&["-q", "add", "inbox/twin.txt"]).ends(0).stderr.is_empty());
}

#[test]
fn a_report_of_a_table_or_a_feed_keeps_its_address_and_no_password() {
    let desk = Desk::new();
    let flat = |story: &String| story.replace(',', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let told: Vec<String> = stories(4).iter().map(flat).collect();
    desk.write("t.csv", format!("title,text,url\nA,{},https://ana:secret@nord.example/1\nB,{},on paper\n", told[0], told[1]));
    desk.write("l.jsonl", format!("{{\"title\":\"C\",\"text\":\"{}\",\"link\":\"https://ana:se/cret@nord.example/2#top\"}}\n", told[2]));
    desk.write("f.xml", format!("<rss><channel><title>Nord</title><item><title>D</title><link>https://nord.example/3</link><description>{}</description></item></channel></rss>", told[3]));
    desk.run(&["add", "t.csv", "l.jsonl", "f.xml", "--no-extract"]).ends(0);
    let listed = desk.run(&["list", "reports", "--format", "ndjson"]).ends(0);
    assert!(!listed.stdout.contains("ana") && !listed.stdout.contains("cret"), "{}", listed.stdout);
    let rows = listed.rows();
    let url = |title: &str| rows.iter().find(|row| row["title"] == title).unwrap()["url"].as_str();
    assert_eq!(
        ["A", "B", "C", "D"].map(url),
        [Some("https://nord.example/1"), None, Some("https://nord.example/2#top"), Some("https://nord.example/3")]
    );
}

#[test]
fn what_was_not_understood_is_told_every_time() {
    let desk = Desk::new();
    desk.write("t.csv", "text,date\nEight soldiers died in Gao on Friday.,03/06/2025\nTwo traders were hurt in Konna on Monday.,04/05/2025\n");
    desk.write("a.txt", "Five dead\n\nDate: last Tuesday\n\nGunmen killed five people near Konna, the army said.\n");
    let ran = desk.run(&["add", "t.csv", "a.txt", "--report", "done.ndjson"]).ends(0);
    let told = "3 reports: 3 new; 3 fields were not understood and left out, first a.txt: line 3: the published \"last Tuesday\" was not understood";
    assert!(ran.stderr.lines().any(|line| line == told), "{}", ran.stderr);
    let done: Vec<serde_json::Value> = desk.read("done.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = done.iter().find(|row| row["input"] == "a.txt").unwrap();
    assert_eq!(text["why"], "line 3: the published \"last Tuesday\" was not understood");
    let again = desk.run(&["add", "t.csv", "--published", "2025-06-05"]).ends(0);
    let told = "1 report: 0 new, 1 there already; what was there already keeps its date, outlet and text, whatever the options say";
    assert!(again.stderr.lines().any(|line| line == told), "{}", again.stderr);
}

#[test]
fn steps_can_be_left_out_and_made_up_for() {
    let desk = Desk::new();
    desk.write("a.txt", REPORT);
    desk.run(&["add", "a.txt", "--no-extract"]).ends(0);
    assert_eq!(desk.run(&["list", "claims", "--format", "ndjson"]).stdout, "");
    desk.run(&["add", "a.txt", "--no-reconcile"]).ends(0);
    assert_ne!(desk.run(&["list", "claims", "--format", "ndjson"]).stdout, "");
    assert_eq!(desk.run(&["list", "incidents", "--format", "ndjson"]).stdout, "");
    desk.run(&["add", "a.txt"]).ends(0);
    assert_eq!(desk.run(&["list", "incidents", "--format", "ndjson"]).rows().len(), 1);
    assert_eq!(desk.run(&["list", "reports", "--format", "ndjson"]).rows().len(), 1);
}

#[test]
fn copies_are_marked_whatever_the_order() {
    let desk = Desk::new();
    let story = "Gunmen killed at least five people in a village near Konna on Monday, residents and an official said. The attackers \
                 came on motorcycles at dawn and set fire to granaries before soldiers arrived from the town of Sevare.";
    desk.write("inbox/a.txt", format!("Five dead near Konna\n\n{story} (With agency)\n")).write("inbox/b.txt", format!("Konna attack\n\n{story}\n"));
    let args = |name: &'static str, day: &'static str| ["add", name, "--published", day];
    desk.run(&args("inbox/b.txt", "2025-06-03")).ends(0);
    let ran = desk.run(&args("inbox/a.txt", "2025-06-04")).ends(0);
    assert!(ran.stderr.starts_with("1 report: 0 new, 1 copy of another\n"), "{}", ran.stderr);
    let rows = desk.run(&["list", "reports", "--format", "ndjson"]).rows();
    assert_eq!(rows[1]["copy_of"], rows[0]["id"]);
}

#[test]
fn the_gold_of_a_case_is_not_read() {
    let desk = Desk::new();
    let gold = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score/kardala.json")).unwrap();
    desk.write("case.json", gold);
    desk.run(&["add", "case.json"]).ends(0);
    let rows = desk.run(&["list", "reports", "--format", "ndjson"]).rows();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["id"].as_str().unwrap().len() == 10));
    assert!(!desk.run(&["list", "claims", "--format", "ndjson"]).stdout.contains("\"c1\""));
}

#[test]
fn dry_runs_write_nothing() {
    let desk = Desk::new();
    desk.write("t.csv", "headline,body\nA,Eight soldiers died in Gao on Friday.\n");
    let ran = desk.run(&["add", "t.csv", "--dry-run"]).ends(0);
    assert!(ran.stderr.contains("text=body") && ran.stderr.contains("1 reports would be added"), "{}", ran.stderr);
    assert!(!desk.path("ledger.attest").exists());
}

/// A folder that takes a while, its `add` running, and the ids that it has acknowledged so far.
fn started(desk: &Desk) -> (std::process::Child, BufReader<std::process::ChildStderr>, BTreeSet<String>) {
    for (n, story) in stories(120).iter().enumerate() {
        desk.write(&format!("inbox/{n:03}.txt"), story);
    }
    let mut child = desk.command(&["add", "inbox", "-v"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut kept = BTreeSet::new();
    let mut line = String::new();
    while kept.is_empty() && stderr.read_line(&mut line).unwrap() > 0 {
        kept.extend(acknowledged(&line));
        line.clear();
    }
    (child, stderr, kept)
}

/// The id in a line of `add -v`.
fn acknowledged(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    matches!(words.next(), Some("new" | "copy")).then(|| words.next().unwrap().to_owned())
}

#[test]
fn killed_at_any_moment_it_keeps_what_it_acknowledged() {
    let desk = Desk::new();
    let (mut child, stderr, mut kept) = started(&desk);
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    kept.extend(stderr.lines().filter_map(|line| acknowledged(&line.ok()?)));
    assert!(!kept.is_empty() && kept.len() < 120, "{}", kept.len());

    let rows = desk.run(&["list", "reports", "--format", "ndjson"]).ends(0).rows();
    let there: BTreeSet<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert!(kept.is_subset(&there), "{:?}", kept.difference(&there));
    assert!(desk.run(&["doctor"]).stdout.contains("whole: "));
    // Run again, it comes to what an undisturbed run comes to.
    desk.run(&["add", "inbox"]).ends(0);
    let other = Desk::new();
    for (n, story) in stories(120).iter().enumerate() {
        other.write(&format!("inbox/{n:03}.txt"), story);
    }
    other.run(&["add", "inbox"]).ends(0);
    for what in ["claims", "incidents"] {
        let sorted = |desk: &Desk| {
            let mut ids: Vec<String> =
                desk.run(&["list", what, "--format", "ndjson"]).ends(0).rows().iter().map(|row| row["id"].to_string()).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(&desk), sorted(&other), "{what}");
    }
}

#[cfg(unix)]
#[test]
fn interrupted_it_ends_after_the_batch_at_hand() {
    let desk = Desk::new();
    let (mut child, mut stderr, _) = started(&desk);
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted: what is counted here is kept"), "{rest}");
}

#[test]
fn extract_is_a_filter() {
    let desk = Desk::new();
    let ran = desk.fed(&["extract", "-", "--format", "ndjson"], REPORT).ends(0);
    let rows = ran.rows();
    assert!(rows.iter().any(|row| row["kind"] == "deaths" && row["count"]["low"] == 14), "{}", ran.stdout);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    let table = desk.fed(&["extract"], REPORT).ends(0).stdout;
    assert!(table.starts_with("id "), "a table, though stdout is a pipe: {table}");
    let csv = desk.fed(&["extract", "--format", "csv", "--fields", "kind,count_low", "-o", "c.csv"], REPORT).ends(0);
    assert!(csv.stdout.is_empty() && desk.read("c.csv").starts_with("kind,count_low\r\n"));
    assert!(!desk.path("ledger.attest").exists());
}

#[test]
fn explained_claims_stand_under_their_words() {
    let desk = Desk::new();
    let plain = desk.fed(&["extract", "--explain"], REPORT).ends(0).stdout;
    assert!(plain.contains("deaths 14") && plain.contains("^^^"), "{plain}");
    assert!(!plain.contains('\u{1b}'));
    let colored = desk.fed(&["extract", "--explain", "--color", "always"], REPORT).ends(0).stdout;
    assert!(colored.contains('\u{1b}'));
}

#[test]
fn the_demo_shows_a_disputed_incident() {
    let desk = Desk::new();
    let ran = desk.run(&["demo", "sample"]).ends(0);
    assert!(ran.stderr.starts_with("14 reports: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("Try next:\n  attest --db sample/ledger.attest show "), "{}", ran.stderr);
    assert!(ran.stdout.contains("DEATHS") && ran.stdout.contains("DISPUTES"), "{}", ran.stdout);
    assert!(desk.path("sample/reports/01-agence-nord.txt").exists());
    desk.run(&["demo", "sample"]).ends(2);
    let added = desk.run(&["--db", "sample/ledger.attest", "add", examples().to_str().unwrap()]);
    assert!(added.stderr.contains("14 there already"), "{}", added.stderr);
}

#[test]
fn ran_is_what_it_says() {
    assert_eq!(Ran::of(Desk::new().command(&["--version"]).output().unwrap()).ends(0).stdout, format!("attest {}\n", env!("CARGO_PKG_VERSION")));
}
