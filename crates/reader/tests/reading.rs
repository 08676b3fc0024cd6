//! Runs the literate tests in `tests/reading/*.md`: prose, a report, what must be read.
//!
//! A `report` fence gives kind, language and date; its first line is the headline when it begins with `# `. The `claims` fence after it
//! holds one line a claim: kind, words in quotes, then fields that must hold (`count=14/14 victims=armed-group source=military:army
//! place=Konna date=2025-06-03 stance= scope= polarity= certainty=`). A claim answers a line when kind and words meet; the words need not be
//! cut exactly alike. `nothing` alone means that the report holds no claim. A fence `claims wanted` says what the reader cannot do yet: the
//! test fails when it can, so that the word is taken away.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::{fmt::Write as _, path::Path};

use reader::Reader;
use record::{Claim, Report};

#[test]
fn what_the_pages_say_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reading");
    let mut pages: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "md") && !p.ends_with("README.md"))
        .collect();
    pages.sort();
    assert!(!pages.is_empty(), "no pages in {}", folder.display());
    let reader = Reader::embedded().unwrap();
    let mut failures = String::new();
    let mut checked = 0;
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for (line, report, expected, wanted) in sections(&text) {
            let claims = reader.read(&report).unwrap().claims;
            checked += 1;
            let problems = problems(&expected, &claims);
            if wanted {
                if problems.is_empty() {
                    writeln!(failures, "{}:{line}: is read now; take `wanted` away", page.file_name().unwrap().to_string_lossy()).unwrap();
                }
                continue;
            }
            for problem in problems {
                writeln!(failures, "{}:{line}: {problem}", page.file_name().unwrap().to_string_lossy()).unwrap();
            }
        }
    }
    assert!(checked > 0, "no reports in the pages");
    assert!(failures.is_empty(), "\n{failures}");
}

/// Every report of a page with the lines that say what must be read, and the line it starts on.
fn sections(page: &str) -> Vec<(usize, Report, Vec<String>, bool)> {
    let mut sections = Vec::new();
    let mut report = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let mut words = info.split_whitespace();
        match words.next() {
            Some("report") => {
                let (kind, language, date) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
                let title = body.first().and_then(|l| l.strip_prefix("# "));
                let text = body[usize::from(title.is_some())..].join("\n");
                let mut made = Report::new(kind, language, title.unwrap_or(""), text.trim());
                made.published = Some(date.parse().unwrap());
                report = Some((number + 1, made));
            }
            Some("claims") => {
                let (at, report) = report.take().expect("a claims fence follows a report fence");
                let lines: Vec<String> = body.iter().filter(|l| !l.trim().is_empty()).map(|l| (*l).to_owned()).collect();
                assert!(!lines.is_empty(), "the claims fence in line {at} is empty; \"nothing\" expects no claim");
                sections.push((at, report, lines, words.next() == Some("wanted")));
            }
            _ => {}
        }
    }
    sections
}

fn problems(expected: &[String], claims: &[Claim]) -> Vec<String> {
    if expected == ["nothing"] {
        return claims.iter().map(|c| format!("invented {} {:?}", c.kind, c.quote.text)).collect();
    }
    expected
        .iter()
        .filter_map(|line| {
            let mut parts = line.splitn(3, '"');
            let (Some(kind), Some(words), Some(fields)) = (parts.next(), parts.next(), parts.next()) else {
                panic!("{line:?} is not KIND \"WORDS\" FIELD=VALUE …");
            };
            let (kind, fields) = (kind.trim(), fields.trim());
            let near = |c: &&Claim| c.kind.as_str() == kind && shares(&c.quote.text, words) > 0;
            let Some(claim) = claims.iter().filter(near).max_by_key(|c| shares(&c.quote.text, words)) else {
                let read: Vec<String> = claims.iter().map(|c| format!("{} {:?}", c.kind, c.quote.text)).collect();
                return Some(format!("missed {line}\n    read {}", read.join(", ")));
            };
            let wrong: Vec<String> = fields.split_whitespace().filter_map(|field| wrong(claim, field)).collect();
            (!wrong.is_empty()).then(|| format!("{kind} {:?}: {}", claim.quote.text, wrong.join("; ")))
        })
        .collect()
}

/// How many of a hundred words two quotes share, of all that either has; 0 when it is less than a third.
fn shares(one: &str, other: &str) -> usize {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split_whitespace().collect(), other.split_whitespace().collect());
    let shared = one.iter().filter(|w| other.contains(w)).count();
    let share = shared * 100 / (one.len() + other.len()).saturating_sub(shared).max(1);
    if share < 33 { 0 } else { share }
}

fn wrong(claim: &Claim, field: &str) -> Option<String> {
    let (key, value) = field.split_once('=').unwrap_or_else(|| panic!("{field:?} is not FIELD=VALUE"));
    let bound = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    let found = match key {
        "count" => claim.count.as_ref().map_or("none".to_owned(), |c| format!("{}/{}", bound(c.low), bound(c.high))),
        "victims" => claim.victims.map_or("none".to_owned(), |v| v.to_string()),
        "source" => claim.speaker().map_or("own".to_owned(), |s| format!("{}:{}", s.kind, s.name.replace(' ', "_"))),
        "actor" => claim.actor.as_ref().map_or("none".to_owned(), |a| a.name.replace(' ', "_")),
        "target" => claim.target.as_ref().map_or("none".to_owned(), |t| t.name.replace(' ', "_")),
        "place" => claim.place.as_ref().map_or("none".to_owned(), |p| p.text.replace(' ', "_")),
        "date" => claim.date.as_ref().map_or("none".to_owned(), |d| d.start.to_string()),
        "stance" => claim.stance.to_string(),
        "scope" => claim.scope.to_string(),
        "polarity" => claim.polarity.to_string(),
        "certainty" => claim.certainty.to_string(),
        _ => panic!("no field {key}"),
    };
    (found != value).then(|| format!("{key} is {found}, not {value}"))
}
