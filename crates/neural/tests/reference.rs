//! The program's network gives what the Python that made it gives: the same tokens, and the same best spans with scores that
//! eight-bit weights move only a little.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::path::Path;

use neural::Network;

#[test]
fn tokens_and_best_spans_are_those_of_the_makers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/reader");
    let network = Network::open(&folder).unwrap();
    let samples: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("reference.json")).unwrap()).unwrap();
    for sample in samples.as_array().unwrap() {
        let report = &sample["report"];
        let text = |field: &str| report[field].as_str().unwrap();
        let lead = network.lead(&format!("{} : {}", text("kind"), text("outlet")), 24);
        let tokens = lead.join(&network.tokens(text("title"), 1)).join(&network.end()).join(&network.tokens(text("text"), 2)).join(&network.end());
        let ids: Vec<i64> = sample["ids"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect();
        assert_eq!(tokens.ids().iter().map(|&id| i64::from(id)).collect::<Vec<_>>(), ids, "tokens of {:?}", text("text"));
        let scan = network.scan(tokens).unwrap();
        let best = &sample["best"][0];
        let (start, width, kind) = (best[0].as_u64().unwrap() as usize, best[1].as_u64().unwrap() as usize, best[2].as_u64().unwrap() as usize);
        let expected = 1.0 / (1.0 + (-best[3].as_f64().unwrap()).exp());
        let found = scan.candidates.iter().find(|c| c.start == start && c.end == start + width && c.kind == kind);
        let found = found.unwrap_or_else(|| panic!("{best} is not among {} candidates", scan.candidates.len()));
        assert!((f64::from(found.score) - expected).abs() < 0.15, "score {} for {expected}", found.score);
    }
}

#[test]
fn a_changed_file_is_named() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/reader");
    let folder = tempfile::tempdir().unwrap();
    for name in ["encoder.onnx", "heads.onnx", "classes.onnx", "tokenizer.json", "labels.json", "manifest.toml"] {
        std::fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    let labels = std::fs::read_to_string(from.join("labels.json")).unwrap();
    std::fs::write(folder.path().join("labels.json"), labels.replacen("attack", "attacq", 1)).unwrap();
    let error = Network::open(folder.path()).err().expect("the hash differs").to_string();
    assert!(error.starts_with("labels.json does not match the manifest"), "{error}");
}
