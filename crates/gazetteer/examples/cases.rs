//! How well the places and parties of coded claims are named:
//!
//!     cargo run -r -p gazetteer --example cases -- [--show] FOLDER...
//!
//! Reads gold cases (see `docs/claims.md`). A claim's place is right within 25 km of its incident's or under the same
//! name; its country when it is the incident's. A party is right when its name shares a word with gold's.

use std::collections::BTreeMap;

use gazetteer::{ActorHints, Gazetteer, Hints, Part, Resolved, Settled, distance_km, plain};
use serde_json::Value;

#[derive(Default)]
struct Share(u32, u32);

impl Share {
    fn count(&mut self, right: bool) {
        self.0 += u32::from(right);
        self.1 += 1;
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
    let show = std::env::args().any(|a| a == "--show");
    for folder in std::env::args().skip(1).filter(|a| a != "--show") {
        let mut files: Vec<_> =
            std::fs::read_dir(&folder)?.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
        files.sort();
        for file in files {
            let case: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
            score(&case, &mut shares, show);
        }
    }
    for (what, Share(right, all)) in shares {
        println!("{what:40} {right:5} of {all:5}  {:5.1} %", 100.0 * f64::from(right) / f64::from(all.max(1)));
    }
    Ok(())
}

fn score(case: &Value, shares: &mut BTreeMap<&str, Share>, show: bool) {
    let gazetteer = Gazetteer::embedded();
    let list = |key: &str| case[key].as_array().cloned().unwrap_or_default();
    let mut contexts: BTreeMap<String, Vec<Resolved>> = BTreeMap::new();
    for report in list("reports") {
        let text = format!("{}\n\n{}", report["title"].as_str().unwrap_or(""), report["text"].as_str().unwrap_or(""));
        contexts.insert(report["id"].as_str().unwrap_or("").to_owned(), gazetteer.locate(&text, &Hints::default()));
    }
    let incidents = list("incidents");
    for claim in list("claims") {
        let context = contexts.get(claim["report"].as_str().unwrap_or("")).cloned().unwrap_or_default();
        let place = &claim["place"];
        let incident = incidents.iter().find(|i| i["id"] == claim["incident"]).map_or(&Value::Null, |i| &i["place"]);
        let country = place["country"].as_str().or(incident["country"].as_str());
        if let (Some(words), Some(lat), Some(lon)) = (place["text"].as_str(), incident["lat"].as_f64(), incident["lon"].as_f64()) {
            let name = place["name"].as_str().unwrap_or("");
            let near =
                |s: &Option<Settled>| s.as_ref().and_then(|s| s.place.or(s.within)).is_some_and(|p| distance_km((p.lat, p.lon), (lat, lon)) <= 25.0);
            let same = |s: &Option<Settled>| {
                s.as_ref().is_some_and(|s| shares_word(&s.name, name) || shares_word(&s.name, incident["name"].as_str().unwrap_or("")))
            };
            let best = gazetteer.settle(words, &context, &Hints::default());
            let land = best.as_ref().is_some_and(|b| b.country == incident["country"].as_str());
            let good = near(&best) || same(&best);
            shares.entry("place within 25 km or same name").or_default().count(good);
            shares.entry("place country").or_default().count(land);
            if matches!(incident["precision"].as_str(), Some("exact" | "near")) {
                shares.entry("place within 25 km, exact or near").or_default().count(near(&best));
            }
            let told = gazetteer.settle(words, &context, &Hints::default().country(country.unwrap_or(""), 1.0));
            shares.entry("place, country told").or_default().count(near(&told) || same(&told));
            shares.entry("place within 25 km, country told").or_default().count(near(&told));
            if show && !(good && land) {
                let b = best.map_or("-".to_owned(), |b| {
                    format!(
                        "{} {:?} {}",
                        b.name,
                        b.country,
                        b.place.map_or("?".to_owned(), |p| format!("{} {} {:.2},{:.2}", p.name, p.code, p.lat, p.lon))
                    )
                });
                println!(
                    "place\t{words}\t{name}\t{}\t{lat:.2},{lon:.2}\t=> {b}\t{:?}",
                    country.unwrap_or("?"),
                    Hints::of(&context).countries.iter().take(3).collect::<Vec<_>>()
                );
            }
        }
        let date = claim["date"]["start"].as_str().and_then(|d| d.parse().ok());
        let countries = match country {
            Some(country) => vec![country.to_owned()],
            None => Hints::of(&context).countries.iter().take(2).map(|(c, _)| c.clone()).collect(),
        };
        for role in ["actor", "target"] {
            let (Some(words), Some(name)) = (claim[role]["text"].as_str(), claim[role]["name"].as_str()) else { continue };
            let part = if role == "actor" { Part::Actor } else { Part::Target };
            let hints = ActorHints { countries: countries.clone(), date, part: Some(part) };
            let guess = gazetteer.party(words, &hints);
            let right = shares_word(&guess.name, name);
            shares.entry(if role == "actor" { "party: actor" } else { "party: target" }).or_default().count(right);
            if show && !right {
                println!("party\t{words}\t{name}\t=> {}\t{:?}\t{}", guess.name, guess.basis, country.unwrap_or("?"));
            }
        }
    }
}

/// Whether two names share a word that is no article or preposition.
fn shares_word(a: &str, b: &str) -> bool {
    const STOP: &[&str] =
        &["the", "a", "an", "of", "in", "and", "for", "to", "by", "from", "on", "at", "de", "la", "le", "les", "du", "des", "et", "l"];
    let (a, b) = (plain(a), plain(b));
    a.split(' ').any(|w| !w.is_empty() && !STOP.contains(&w) && b.split(' ').any(|other| other == w))
}
