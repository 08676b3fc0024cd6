//! Tokens: made, shown once, listed, revoked; and what is decided under one, through the real server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Stdio,
};

use regex::Regex;

use crate::{Desk, Ran};

fn made(desk: &Desk, name: &str, scope: &str, more: &[&str]) -> Ran {
    desk.run(&[&["token", "add", "--name", name, "--scope", scope], more].concat())
}

#[test]
fn a_token_is_shown_once() {
    let desk = Desk::new();
    desk.run(&["init"]).ends(0);
    let ran = made(&desk, "Desk", "review", &["--who", "x"]).ends(2);
    assert!(ran.stderr.contains("--who"), "{}", ran.stderr);
    let ran = made(&desk, " Desk ", "review", &["--expires", "never", "--why", "for the week"]).ends(0);
    let secret = ran.stdout.trim().to_owned();
    assert!(Regex::new("^attest_[0-9a-z]{32}$").unwrap().is_match(&secret), "{secret}");
    let id = Regex::new("^token ([0-9A-Z]{10}) of Desk: review for ever").unwrap().captures(&ran.stderr).unwrap()[1].to_owned();
    for (name, scope, more, code, says) in [
        ("Desk", "read", &[][..], 2, "is called \"Desk\" already"),
        (" ", "read", &[], 2, "1 to 60 characters"),
        ("Two", "owner", &[], 2, "possible values: read, propose, review, publish, admin"),
        ("Two", "read", &["--expires", "2020-01-01"], 2, "a time to come"),
        ("Two", "read", &["--dry-run"], 0, "a dry run"),
    ] {
        let ran = made(&desk, name, scope, more).ends(code);
        assert!(ran.stderr.contains(says) && ran.stdout.is_empty(), "{name} {more:?}: {}", ran.stderr);
    }
    let told: serde_json::Value = serde_json::from_str(&made(&desk, "Robot", "propose", &["--format", "json"]).ends(0).stdout).unwrap();
    assert_eq!(
        (&told["name"], &told["scope"], &told["made_by"], &told["revoked_at"]),
        (&"Robot".into(), &"propose".into(), &"somebody".into(), &serde_json::Value::Null)
    );
    assert!(told["token"].as_str().unwrap().starts_with("attest_") && told["expires_at"].is_string());
    // To a file that nobody else reads, and that is not there yet.
    let ran = made(&desk, "File", "read", &["-o", "file.token"]).ends(0);
    assert!(ran.stdout.is_empty() && desk.read("file.token").starts_with("attest_"));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(desk.path("file.token")).unwrap()) & 0o777, 0o600);
    let ran = made(&desk, "Again", "read", &["-o", "file.token"]).ends(2);
    assert!(ran.stderr.contains("attest token revoke"), "{}", ran.stderr);

    let listed = desk.run(&["token", "list"]).ends(0).stdout;
    assert!(listed.starts_with("id") && Regex::new(&format!("{id}  Desk +review +for ever")).unwrap().is_match(&listed), "{listed}");
    let files: Vec<u8> = ["ledger.attest", "ledger.attest-wal"].iter().filter_map(|name| std::fs::read(desk.path(name)).ok()).flatten().collect();
    assert!(!listed.contains(&secret) && !files.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "it is kept nowhere");
    for (args, code, says) in [
        (&["token", "revoke", &id.to_lowercase(), "--dry-run"][..], 0, "a dry run"),
        (&["token", "revoke", &id, "--why", "it got out"], 0, "it lets nothing any more"),
        (&["token", "revoke", &id], 0, "revoked already"),
        (&["token", "revoke", "ZZZ"], 2, "`attest token list` shows ids"),
    ] {
        let ran = desk.run(args).ends(code);
        assert!(ran.stderr.contains(says), "{args:?}: {}", ran.stderr);
    }
    assert!(desk.run(&["token", "list"]).stdout.contains("revoked 20"));
    let log = desk.run(&["log", "--format", "json"]).ends(0).stdout;
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let last = log.as_array().unwrap().first().unwrap();
    assert_eq!((&last["what"], &last["subject"], &last["why"]), (&"revoke".into(), &id.into(), &"it got out".into()));
    assert!(!log.to_string().contains(&secret));
}

/// Asks a server; status, headers and body.
fn asked(address: &str, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
}

#[test]
fn what_is_decided_over_the_api_is_what_the_command_line_decides() {
    let desk = super::decide::desk();
    desk.run(&["reconcile", "--apply"]).ends(0);
    let secret = made(&desk, "Desk", "review", &[]).ends(0).stdout.trim().to_owned();
    let rows: serde_json::Value = serde_json::from_str(&desk.run(&["list", "incidents", "--format", "json"]).ends(0).stdout).unwrap();
    let id = rows[0]["id"].as_str().unwrap();
    let set = ["set", id, "place=Kardala", "deaths=6-8-21", "--why", "two lists", "--dry-run", "--format", "json"];
    let planned: serde_json::Value = serde_json::from_str(&desk.run(&set).ends(0).stdout).unwrap();

    let mut server = desk.command(&["serve", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
    let address = line.split("http://").nth(1).unwrap().trim_end_matches('/').to_owned();
    let path = format!("/api/v1/incidents/{id}");
    let (status, head, _) = asked(&address, "GET", &path, "", "");
    assert_eq!(status, 200, "{head}");
    let tag = Regex::new("(?i)\netag: (\"[^\"]+\")").unwrap().captures(&head).unwrap()[1].to_owned();
    let headers = format!("Authorization: Bearer {secret}\r\nIf-Match: {tag}\r\nContent-Type: application/json\r\nIdempotency-Key: 1\r\n");
    let body = r#"{"fields":{"place":"Kardala","deaths":"6-8-21"},"why":"two lists"}"#;
    let (status, _, first) = asked(&address, "POST", &format!("{path}/set"), &headers, body);
    let again = asked(&address, "POST", &format!("{path}/set"), &headers, body);
    let late = asked(&address, "POST", &format!("{path}/set"), &headers.replace("Key: 1", "Key: 2"), body);
    let wrong =
        asked(&address, "POST", &format!("{path}/set"), &headers.replace(&tag, "*").replace("Key: 1", "Key: 2"), &body.replace("place", "plaice"));
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!((status, again.0, late.0, wrong.0), (200, 200, 412, 422), "{first} {} {}", late.2, wrong.2);
    assert!(wrong.2.contains("plaice"), "{}", wrong.2);
    assert_eq!(again.2, first);
    let done: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(done["effects"], planned["effects"]);
    let people: serde_json::Value = serde_json::from_str(&desk.run(&["log", "--people", "--format", "json"]).ends(0).stdout).unwrap();
    let people = people.as_array().unwrap();
    assert_eq!((people.len(), &people[0]["id"], &people[0]["why"]), (1, &done["event"], &"two lists".into()));
    assert!(people[0]["who"].as_str().unwrap().starts_with("Desk (token "), "{people:?}");
}
