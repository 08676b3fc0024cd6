use crate::{Desk, REPORT, Ran};

#[test]
fn exit_codes_and_what_to_do_next() {
    let desk = Desk::new();
    desk.write("not.attest", "this is no database, whatever its name says").write("report.txt", REPORT);
    let cases: &[(&[&str], i32, &str)] = &[
        (&["lst"], 2, "a similar subcommand exists: 'list'"),
        (&["list"], 2, "<WHAT>"),
        (&["list", "incident"], 2, "a similar value exists: 'incidents'"),
        (&["list", "claims", "--format", "tabel"], 2, "a similar value exists: 'table'"),
        (&["list", "claims", "--formt", "table"], 2, "a similar argument exists: '--format'"),
        (&["list", "incidents", "--status", "sure", "--db", "x.attest"], 2, "possible values: claimed, reported"),
        (&["list", "incidents", "--from", "monday", "--db", "x.attest"], 2, "a day such as 2025-06-03"),
        (&["list", "incidents", "--where", "contry=ML", "--db", "x.attest"], 2, "is \"country\" meant?"),
        (&["list", "incidents", "--db", "x.attest"], 4, "attest init"),
        (&["find", "x", "--db", "x.attest"], 4, "attest init"),
        (&["show", "x", "--db", "not.attest"], 4, "not.attest"),
        (&["add", "report.txt", "--db", "not.attest"], 4, "not.attest"),
        (&["add", "nowhere", "--db", "x.attest"], 3, "cannot read \"nowhere\": it cannot be read: no such file or folder"),
        (&["extract", "nowhere", "--format", "ndjson"], 3, "no such file or folder"),
        (&["extract", "report.txt", "--map", "texte"], 2, "COLUMN=HEADER"),
        (&["extract", "report.txt", "--map", "titel=A"], 2, "is \"title\" meant?"),
        (&["extract", "report.txt", "--published", "tuesday"], 2, "--published takes a day"),
        (&["score", "nowhere"], 2, "name a folder of cases"),
        (&["serve", "--address", "records.example.org"], 2, "http or https and a host alone"),
        (&["serve", "--address", "https://records.example.org"], 2, "can be reached by others"),
        (&["serve", "--tokens", "--address", "http://records.example.org"], 2, "in the clear"),
        (&["serve", "--tokens", "--listen", "0.0.0.0"], 2, "in the clear"),
        (&["serve", "--tokens", "--publishing", "public"], 2, "a published copy knows no tokens"),
        (&["token", "list", "--db", "none.attest"], 4, "attest init"),
        (&["demo", "report.txt"], 2, "name another folder"),
        (&["config", "shw"], 2, "a similar subcommand exists: 'show'"),
    ];
    for (args, code, said) in cases {
        let ran = desk.run(args);
        assert_eq!(ran.code, Some(*code), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
        let errors: Vec<&str> = ran.stderr.lines().skip_while(|line| !line.starts_with("error:")).collect();
        assert!(errors.len() <= 3, "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn causes_are_shown_on_request() {
    let desk = Desk::new();
    desk.write("not.attest", "this is no database, whatever its name says");
    let short = desk.run(&["list", "claims", "--db", "not.attest"]).ends(4).stderr;
    let long = desk.run(&["-v", "list", "claims", "--db", "not.attest"]).ends(4).stderr;
    assert!(!short.contains("cause:") && long.contains("  cause: "), "{short}{long}");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let desk = Desk::new();
    desk.write("reports.jsonl", (0..3).map(|n| format!("{{\"text\": \"The army killed {n} fighters near Konna.\"}}\n")).collect::<String>());
    for args in [&["--help"][..], &["completions", "bash"], &["extract", "reports.jsonl", "--format", "ndjson"], &["config", "show"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(desk.command(args).stdout(writer).output().unwrap()).ends(0);
        assert_eq!(ran.stderr, "", "{args:?}");
    }
}

#[test]
fn settings_say_who_set_them() {
    let desk = Desk::new();
    desk.run(&["init"]).ends(0);
    desk.write("home/.config/attest/config.toml", "limit = 5\nformat = \"md\"\n");
    desk.write("attest.toml", desk.read("attest.toml").replace("#format = \"table\"", "format = \"csv\""));
    let ran = Ran::of(desk.command(&["--color", "never", "config", "show", "--origin"]).env("ATTEST_MIN_SCORE", "0.5").output().unwrap()).ends(0);
    let line = |name: &str| ran.stdout.lines().find(|line| line.starts_with(&format!("{name} ="))).unwrap_or_default().to_owned();
    assert!(line("format").contains("csv") && line("format").contains("project file"), "{}", ran.stdout);
    assert!(line("limit").contains("= 5") && line("limit").contains("user file"), "{}", ran.stdout);
    assert!(line("min_score").ends_with("# variable ATTEST_MIN_SCORE"), "{}", ran.stdout);
    assert!(line("color").ends_with("# option"), "{}", ran.stdout);
    assert!(line("threads").contains("ATTEST_THREADS"), "{}", ran.stdout);

    desk.write("attest.toml", "formt = \"csv\"\n");
    let ran = desk.run(&["list", "claims"]).ends(2);
    assert!(ran.stderr.contains("attest.toml has an unknown setting \"formt\"; is \"format\" meant?"), "{}", ran.stderr);
    desk.write("attest.toml", "rules = \"carefull\"\n");
    assert!(desk.run(&["extract", "x"]).ends(2).stderr.contains("careful"));
}

#[test]
fn init_makes_a_database_and_a_manual_once() {
    let desk = Desk::new();
    desk.run(&["init", "week", "--dry-run"]).ends(0);
    assert!(!desk.path("week").exists());
    let ran = desk.run(&["init", "week"]).ends(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("made week/ledger.attest"), "{}", ran.stderr);
    insta::assert_snapshot!(desk.read("week/attest.toml"));
    desk.run(&["init", "week"]).ends(2);
    let listed = Ran::of(desk.command(&["list", "reports", "--format", "json"]).current_dir(desk.path("week")).output().unwrap()).ends(0);
    assert_eq!(listed.stdout, "[]\n");
}

#[test]
fn doctor_finds_a_whole_program_and_a_broken_database() {
    let desk = Desk::new();
    let ran = desk.run(&["doctor"]).ends(0);
    assert!(ran.stdout.lines().all(|line| line.starts_with("ok ")), "{}", ran.stdout);
    desk.write("not.attest", "no database");
    let ran = desk.run(&["doctor", "--db", "not.attest", "--format", "ndjson"]).ends(1);
    let database = ran.rows().into_iter().find(|row| row["name"] == "database").unwrap();
    assert_eq!(database["ok"], false);
    desk.write("attest.toml", "colour = 1\n");
    let ran = desk.run(&["doctor"]).ends(1);
    assert!(ran.stdout.contains("problem  settings"), "{}", ran.stdout);
}
