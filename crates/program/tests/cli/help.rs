use crate::Desk;

const VERBS: [&str; 26] = [
    "init",
    "add",
    "watch",
    "reconcile",
    "extract",
    "list",
    "show",
    "find",
    "export",
    "import",
    "compare",
    "sitrep",
    "set",
    "merge",
    "split",
    "reject",
    "log",
    "undo",
    "serve",
    "token",
    "score",
    "demo",
    "doctor",
    "config",
    "completions",
    "man",
];

#[test]
fn help_is_as_reviewed() {
    let desk = Desk::new();
    insta::assert_snapshot!("attest", desk.run(&["--help"]).ends(0).stdout);
    for verb in VERBS {
        let ran = desk.run(&[verb, "--help"]).ends(0);
        assert!(ran.stdout.starts_with("Examples:\n  attest "), "{verb}");
        assert!(ran.stderr.is_empty(), "{verb}");
        insta::assert_snapshot!(verb, ran.stdout);
    }
    for action in ["add", "list", "revoke"] {
        insta::assert_snapshot!(format!("token_{action}"), desk.run(&["token", action, "--help"]).ends(0).stdout);
    }
}

#[test]
fn every_verb_is_tested() {
    let help = Desk::new().run(&["--help"]).stdout;
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .map_while(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert_eq!(listed, VERBS);
}

#[test]
fn man_pages_and_completions_come_from_the_same_source() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.run(&["completions", shell]).ends(0).stdout;
        assert!(VERBS.iter().all(|verb| script.contains(verb)), "{shell}");
    }
    assert!(desk.run(&["man"]).ends(0).stdout.starts_with(".ie"));
    assert!(desk.run(&["man", "add"]).ends(0).stdout.contains("attest\\-add"));
    let ran = desk.run(&["man", "ad"]).ends(2);
    assert!(ran.stderr.contains("is \"add\" meant?"), "{}", ran.stderr);
}
