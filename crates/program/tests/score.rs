//! `program::score` gives the shared scorer's figures, on predictions that are wrong in every way we could think of.
//!
//! With `ATTEST_SCORER` naming that scorer (and `python3` at hand) each figure is compared; without it, with those
//! committed in the snapshot. `ATTEST_CASES` names a folder of more gold cases to perturb.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use program::score::{Case, Tally, files};
use serde::Serialize;
use serde_json::{Value, json};

/// A small generator, so that the perturbed predictions are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

/// A prediction made from a gold case by spoiling it here and there.
fn perturbed(gold: &Value, seed: u64) -> Value {
    let mut dice = Dice(seed);
    let mut claims = Vec::new();
    let ids: Vec<Value> = gold["incidents"].as_array().unwrap().iter().map(|i| i["id"].clone()).collect();
    for claim in gold["claims"].as_array().unwrap() {
        if dice.chance(15) {
            continue;
        }
        let mut claim = claim.clone();
        claim["id"] = json!(format!("p{}", 900 - claims.len()));
        spoil(&mut claim, &ids, &mut dice);
        if dice.chance(12) {
            let mut twin = claim.clone();
            twin["id"] = json!(format!("q{}", claims.len()));
            spoil(&mut twin, &ids, &mut dice);
            claims.push(twin);
        }
        claims.push(claim);
    }
    if dice.chance(60)
        && let Some(report) = gold["reports"].as_array().unwrap().first()
    {
        let text: String = report["text"].as_str().unwrap().chars().skip(3).take(20).collect();
        claims.push(json!({"id": "x1", "report": report["id"], "kind": "deaths", "quote": text, "count": {"text": "3", "low": 3, "high": 3}}));
        claims.push(json!({"id": "x2", "report": "r99", "kind": "attack", "quote": "nowhere", "incident": "j9"}));
    }
    let said: Vec<Value> = claims.iter().map(|c| c["id"].clone()).collect();
    let mut incidents = Vec::new();
    for incident in gold["incidents"].as_array().unwrap() {
        if dice.chance(10) {
            continue;
        }
        let mut incident = incident.clone();
        incident["id"] = json!(format!("j{}", incident["id"].as_str().unwrap()));
        spoil_incident(&mut incident, &said, &mut dice);
        incidents.push(incident);
    }
    json!({"claims": claims, "incidents": incidents})
}

fn spoil(claim: &mut Value, incidents: &[Value], dice: &mut Dice) {
    if dice.chance(25) {
        let quote: Vec<char> = claim["quote"].as_str().unwrap().chars().collect();
        let (cut, keep) = (dice.below(6) as usize, 4 + dice.below(20) as usize);
        claim["quote"] = json!(quote.iter().skip(cut).take(keep).collect::<String>());
    }
    if dice.chance(12) {
        claim["kind"] = json!(dice.pick(&["attack", "clash", "deaths", "shelling", "seizure", "responsibility"]));
    }
    if dice.chance(8) {
        claim["occurrence"] = json!(dice.below(4));
    }
    if dice.chance(30) {
        claim["source"] = dice
            .pick(&[
                json!([]),
                json!(null),
                json!([{"name": "the residents of Béta", "kind": "witness"}]),
                json!([{"name": "an army officer", "kind": "unnamed-official"}]),
                json!([{"name": "", "kind": "military"}]),
                json!([{"name": "l'Est", "kind": "local-official"}]),
            ])
            .clone();
    }
    if dice.chance(20) && !claim["count"].is_null() {
        claim["count"] = dice.pick(&[json!(null), json!({"low": 6, "high": null}), json!({"text": "8", "low": 8, "high": 8})]).clone();
    }
    if dice.chance(20) {
        claim["place"] = dice.pick(&[json!(null), json!({"text": "Béta", "name": "Oum"}), json!({"name": "Sérane"})]).clone();
    }
    for key in ["actor", "target"] {
        if dice.chance(20) {
            claim[key] = dice.pick(&[json!(null), json!({"text": "the armed men", "name": "Army of Northland"}), json!("civilians")]).clone();
        }
    }
    for (key, word) in [("stance", "alleges"), ("scope", "background"), ("victims", "civilian")] {
        if dice.chance(12) {
            claim[key] = json!(word);
        }
    }
    if dice.chance(15) {
        claim["date"] = dice.pick(&[json!(null), json!({"start": "2025-06-01"}), json!({"start": "2025-06"}), json!({})]).clone();
    }
    if !claim["incident"].is_null() {
        claim["incident"] = json!(format!("j{}", claim["incident"].as_str().unwrap()));
    }
    if dice.chance(15) && !incidents.is_empty() {
        let other = dice.pick(incidents).as_str().unwrap();
        claim["incident"] = dice.pick(&[json!(null), json!(format!("j{other}")), json!("j7")]).clone();
    }
}

fn spoil_incident(incident: &mut Value, claims: &[Value], dice: &mut Dice) {
    if dice.chance(25) {
        incident["type"] = json!("armed clash");
    }
    if dice.chance(25) {
        incident["date"] = dice.pick(&[json!(null), json!({"start": "2025-06-01"}), json!({"start": "2025-05-14"})]).clone();
    }
    if dice.chance(40) {
        incident["place"] = dice
            .pick(&[
                json!(null),
                json!({"name": "Camp", "lat": 12.6, "lon": 3.3}),
                json!({"name": "Camp", "lat": 13.6, "lon": 3.3}),
                json!({"name": "Béta"}),
            ])
            .clone();
    }
    if dice.chance(40) {
        incident["deaths"] = dice
            .pick(&[
                json!(null),
                json!([]),
                json!([{"side": "total", "low": 4, "best": 8, "high": 12}]),
                json!([{"side": "total", "low": null, "best": 10, "high": 12}]),
                json!([{"side": "civilians", "low": 1, "best": 2, "high": 30}, {"side": "unknown", "low": 5, "best": null, "high": 6}]),
            ])
            .clone();
    }
    if dice.chance(20) {
        incident["status"] = json!("claimed");
    }
    let mut disputes = Vec::new();
    for _ in 0..dice.below(5) {
        let (a, b) = (dice.pick(claims).clone(), dice.pick(claims).clone());
        disputes.push(if dice.chance(70) { json!({"claims": [a, b], "over": "deaths"}) } else { json!([a, b]) });
    }
    incident["disputes"] = json!(disputes);
}

fn gold_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score")
}

/// Scores of `said` for every gold case, printed as the binary prints them and as JSON, to the last digit.
fn ours(gold: &Path, said: &Path) -> (String, String) {
    let mut tally = Tally::default();
    for file in files(gold).unwrap() {
        let answer = said.join(file.file_name().unwrap());
        let answer = if answer.exists() { Case::read(&answer).unwrap() } else { Case::default() };
        tally.add(file.file_stem().unwrap().to_str().unwrap(), &Case::read(&file).unwrap(), &answer);
    }
    let scores = tally.scores();
    let mut json = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b" ");
    scores.serialize(&mut serde_json::Serializer::with_formatter(&mut json, indent)).unwrap();
    (program::score::text(&scores), String::from_utf8(json).unwrap())
}

fn write_perturbed(gold: &Path, to: &Path, seed: u64) {
    for (n, file) in files(gold).unwrap().iter().enumerate() {
        if seed % 4 == 3 && n == 1 {
            continue; // a case without a prediction counts as empty
        }
        let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let said = if seed == 0 { case } else { perturbed(&case, seed * 1000 + n as u64) };
        std::fs::write(to.join(file.file_name().unwrap()), said.to_string()).unwrap();
    }
}

#[test]
fn figures_are_those_committed() {
    let mut all = String::new();
    for seed in 0..6 {
        let dir = tempfile::tempdir().unwrap();
        write_perturbed(&gold_dir(), dir.path(), seed);
        all += &format!("seed {seed}\n{}\n", ours(&gold_dir(), dir.path()).0);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn figures_are_those_of_the_shared_scorer() {
    let Some(scorer) = std::env::var_os("ATTEST_SCORER") else { return };
    let golds = [Some(gold_dir()), std::env::var_os("ATTEST_CASES").map(PathBuf::from)];
    for gold in golds.into_iter().flatten() {
        for seed in 0..24 {
            let dir = tempfile::tempdir().unwrap();
            write_perturbed(&gold, dir.path(), seed);
            let theirs = |flag: &[&str]| {
                let run = Command::new("python3").arg(&scorer).arg(&gold).arg(dir.path()).args(flag).output().unwrap();
                assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
                String::from_utf8(run.stdout).unwrap()
            };
            let (text, json) = ours(&gold, dir.path());
            assert_eq!(text, theirs(&[]), "seed {seed} of {}", gold.display());
            assert_eq!(json, theirs(&["--json"]).replace("NaN", "null").trim_end(), "seed {seed} of {}", gold.display());
        }
    }
}
