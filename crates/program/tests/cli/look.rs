use crate::{Desk, REPORT};

#[test]
fn what_was_added_can_be_listed_shown_and_found() {
    let desk = Desk::new();
    desk.write("2025-06-03-konna.txt", REPORT);
    desk.run(&["add", "2025-06-03-konna.txt"]).ends(0);
    let incident = desk.run(&["list", "incidents", "--format", "ndjson"]).ends(0).rows().remove(0);
    let id = incident["id"].as_str().unwrap();
    let text = desk.run(&["show", id]).ends(0).stdout;
    assert!(text.contains(id) && text.contains("“14"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&desk.run(&["show", &id.to_lowercase(), "--format", "json"]).ends(0).stdout).unwrap();
    assert!(json.to_string().contains(id));
    let claim = desk.run(&["list", "claims", "--kind", "deaths", "--format", "ndjson"]).ends(0).rows().remove(0);
    assert!(desk.run(&["show", claim["id"].as_str().unwrap()]).ends(0).stdout.starts_with("deaths"));
    let report = desk.run(&["show", claim["report"].as_str().unwrap()]).ends(0).stdout;
    assert!(report.contains("Fighters killed near Konna"), "{report}");
    desk.run(&["show", "nothing"]).ends(2);
    desk.run(&["show", id, "--format", "csv"]).ends(2);

    let found = desk.run(&["find", "fighters", "konna"]).ends(0);
    assert!(found.stdout.contains("[Fighters] killed near [Konna]"), "{}", found.stdout);
    let none = desk.run(&["find", "zebra"]).ends(1);
    assert!(none.stdout.is_empty() && none.stderr == "nothing holds \"zebra\"\n", "{}", none.stderr);
    desk.run(&["-q", "find", "zebra"]).ends(1);
    assert_eq!(desk.run(&["find", "konna", "--limit", "1", "--format", "ndjson"]).ends(0).rows().len(), 1);
}

#[test]
fn formats_do_not_depend_on_the_pipe_and_errors_stay_off_stdout() {
    let desk = Desk::new();
    desk.write("a.txt", REPORT);
    desk.run(&["add", "a.txt"]).ends(0);
    for (format, starts) in [
        ("table", "id "),
        ("json", "[\n{"),
        ("ndjson", "{"),
        ("csv", "claim_id,"),
        ("tsv", "claim_id\t"),
        ("geojson", "{\"type\":\"FeatureCollection\""),
        ("md", "| claim_id |"),
    ] {
        let ran = desk.run(&["list", "claims", "--format", format]).ends(0);
        assert!(ran.stdout.starts_with(starts), "{format}: {}", ran.stdout);
        assert!(ran.stderr.is_empty(), "{format}: {}", ran.stderr);
    }
    let ran = desk.run(&["list", "claims", "--fields", "claim,kind"]).ends(2);
    assert!(ran.stderr.contains("is \"claim_id\" meant?"), "{}", ran.stderr);
    let ran = desk.run(&["list", "claims", "--country", "XX", "--format", "csv"]).ends(0);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, "no claims fit; `attest list claims` without filters lists all\n"));
    assert!(desk.run(&["list", "claims", "--color", "always"]).ends(0).stdout.contains('\u{1b}'));
    assert!(desk.run(&["list", "reports", "--as-of", "2020-01-01", "--format", "ndjson"]).ends(0).stdout.is_empty());
}
