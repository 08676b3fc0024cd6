use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

use crate::blob::{Strings, index};
use crate::fold::key;
use crate::places::{Country, french, spanish};
use crate::table::Table;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    countries: Vec<String>,
    #[serde(default)]
    kind: String,
    from: Option<u16>,
    to: Option<u16>,
    /// Which table: 0 curated, 1 state forces by pattern, 2 UCDP, 3 Phoenix.
    #[serde(skip)]
    source: u8,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    actor: Vec<Entry>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Force {
    default: String,
    aliases: Vec<String>,
    names: HashMap<String, String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Forces {
    military: Force,
    police: Force,
    gendarmerie: Force,
    security: Force,
    government: Force,
}

const FILES: [&str; 7] = ["africa", "middle-east", "asia", "americas", "europe", "world", "history"];

/// Order of the kinds of state actor; the crate reads the same order.
const STATE: [&str; 5] = ["military", "police", "gendarmerie", "security", "government"];

pub(crate) fn build(data: &Path, out: &Path, countries: &[Country]) -> Result<(), Box<dyn Error>> {
    let mut actors = Actors::default();
    for file in FILES {
        let path = data.join(format!("{file}.toml"));
        let text = std::fs::read_to_string(&path)?;
        let read: File = toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        read.actor.into_iter().for_each(|entry| actors.add(entry));
    }
    let states = forces(data, countries, &mut actors)?;
    for (file, source) in [("ucdp.tsv", 2), ("phoenix.tsv", 3)] {
        for entry in imported(&data.join(file), source)? {
            actors.add(entry);
        }
    }
    write(&actors.list, &states, out)?;
    write_rebels(data, &actors.list, out)?;
    write_words(data, out)?;
    let regimes = std::fs::read_to_string(data.join("regimes.tsv"))?;
    Ok(std::fs::write(out.join("regimes.tsv"), regimes.split_once('\n').map_or("", |(_, rows)| rows))?)
}

/// The actors so far, and under which keys they stand.
#[derive(Default)]
struct Actors {
    list: Vec<Entry>,
    names: HashMap<String, Vec<usize>>,
    aliases: HashMap<String, Vec<usize>>,
}

impl Actors {
    /// Adds an actor, or its aliases to one that is already there under the same name in a shared country. Where that one's years end
    /// as its own, curated, begin, they are two (insurgents who become a government), and it has the other's aliases too.
    ///
    /// An imported actor also meets one that has its name among the aliases.
    fn add(&mut self, mut entry: Entry) {
        let name = key(&entry.name);
        if name.is_empty() {
            return;
        }
        let shares = |a: &Entry| a.countries.is_empty() || entry.countries.is_empty() || a.countries.iter().any(|c| entry.countries.contains(c));
        let named = self.names.get(&name).into_iter().flatten().copied();
        let also = self.aliases.get(&name).into_iter().flatten().copied().filter(|_| entry.source > 1);
        let follows = |a: &Entry| entry.source == 0 && a.to.zip(entry.from).is_some_and(|(to, from)| to <= from);
        let (before, same): (Vec<usize>, Vec<usize>) = named.chain(also).filter(|&n| shares(&self.list[n])).partition(|&n| follows(&self.list[n]));
        let at = same.first().copied().unwrap_or(self.list.len());
        entry.aliases.extend(before.iter().flat_map(|&n| self.list[n].aliases.clone()));
        for alias in &entry.aliases {
            self.aliases.entry(key(alias)).or_default().push(at);
        }
        self.names.entry(name).or_default().push(at);
        match self.list.get_mut(at) {
            Some(known) => {
                known.aliases.push(entry.name);
                known.aliases.extend(entry.aliases);
            }
            None => self.list.push(entry),
        }
    }

    /// Gives an actor further aliases.
    fn call(&mut self, at: usize, aliases: &[String]) {
        for alias in aliases {
            self.aliases.entry(key(alias)).or_default().push(at);
        }
        self.list[at].aliases.extend_from_slice(aliases);
    }
}

fn imported(path: &Path, source: u8) -> Result<Vec<Entry>, Box<dyn Error>> {
    let table = Table::read(path)?;
    let col = |name: &str| table.column(name);
    let (name, aliases, country, kind, from, to) = (col("name")?, col("aliases")?, col("country")?, col("kind")?, col("from")?, col("to")?);
    let list = |text: &str, by: char| text.split(by).filter(|t| !t.is_empty()).map(str::to_owned).collect();
    Ok(table
        .rows()
        .map(|row| Entry {
            name: row[name].to_owned(),
            aliases: list(row[aliases], '|'),
            countries: list(row[country], ','),
            kind: row[kind].to_owned(),
            from: row[from].parse().ok(),
            to: row[to].parse().ok(),
            source,
        })
        .collect())
}

/// One list of actors a country and kind of state force, best known first.
type States = BTreeMap<String, Vec<u32>>;

/// Finds each country's own forces among the curated ones, makes the missing ones, and gives all the usual aliases.
fn forces(data: &Path, countries: &[Country], actors: &mut Actors) -> Result<States, Box<dyn Error>> {
    let path = data.join("forces.toml");
    let forces: Forces = toml::from_str(&std::fs::read_to_string(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
    let patterns = [&forces.military, &forces.police, &forces.gendarmerie, &forces.security, &forces.government];
    let curated = actors.list.len();
    let mut states = States::new();
    for country in countries.iter().filter(|c| c.iso2.len() == 2) {
        for (kind, force) in STATE.iter().zip(patterns) {
            let own = |a: &Entry| {
                a.countries.first() == Some(&country.iso2)
                    && (a.kind == format!("state forces: {kind}")
                        || *kind == "government" && a.kind == "government" && a.name.starts_with("Government of "))
            };
            let mut list: Vec<u32> = (0..curated).filter(|&n| own(&actors.list[n])).map(|n| n as u32).collect();
            // The whole force before a branch of it that has an entry of its own.
            list.sort_by_key(|&n| {
                let name = actors.list[n as usize].name.to_lowercase();
                let whole: &[&str] = if *kind == "military" { &["armed forces", "army", "defence", "defense"] } else { &[kind] };
                !whole.iter().any(|w| name.contains(w))
            });
            if list.is_empty() {
                let name = force.names.get(&country.iso2).cloned().or_else(|| pattern(&force.default, country).pop());
                list.push(actors.list.len() as u32);
                actors.list.push(Entry {
                    name: name.unwrap_or_default(),
                    aliases: Vec::new(),
                    countries: vec![country.iso2.clone()],
                    kind: if *kind == "government" { "government".to_owned() } else { format!("state forces: {kind}") },
                    from: None,
                    to: None,
                    source: 1,
                });
                let made = actors.list.len() - 1;
                actors.names.entry(key(&actors.list[made].name)).or_default().push(made);
            }
            let aliases: Vec<String> = force.aliases.iter().flat_map(|p| pattern(p, country)).collect();
            for &n in list.iter() {
                if n == list[0] || actors.list[n as usize].to.is_some() {
                    actors.call(n as usize, &aliases);
                }
            }
            states.insert(format!("{}{kind}", country.iso2.to_lowercase()), list);
        }
    }
    Ok(states)
}

/// Writes a pattern out for one country, in each of its adjectives; nothing when the country lacks what it asks for.
fn pattern(text: &str, country: &Country) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out = Vec::new();
    let en = country.demonyms_en.iter().map(|d| vec![d.clone()]);
    let name = std::iter::once(vec![country.name.clone()]);
    let (mark, forms): (&str, Vec<Vec<String>>) = if let Some(mark) = words.iter().find(|w| w.starts_with("DF")) {
        (mark, country.demonyms_fr.iter().map(|d| french(d)).collect())
    } else if let Some(mark) = words.iter().find(|w| w.starts_with("DS")) {
        (mark, country.demonyms_es.iter().map(|d| spanish(d)).collect())
    } else if words.contains(&"D") {
        ("D", if country.demonyms_en.is_empty() { name.collect() } else { en.collect() })
    } else if words.contains(&"NF") {
        ("NF", vec![vec![country.name_fr.clone()]])
    } else {
        ("N", name.collect())
    };
    let which = match mark {
        "DFF" | "DSF" => 1,
        "DFS" | "DSS" => 2,
        "DFFS" | "DSFS" => 3,
        _ => 0,
    };
    for form in forms {
        let Some(form) = form.get(which).or(form.first()) else { continue };
        let written: Vec<&str> = words.iter().map(|w| if *w == mark { form.as_str() } else { w }).collect();
        out.push(written.join(" "));
    }
    out.reverse();
    out
}

/// The kinds a party can be of, in the order of the crate's own list.
fn kind(text: &str) -> u8 {
    let has = |word: &str| text.contains(word);
    match text {
        "state forces: military" => 0,
        "state forces: police" => 1,
        "state forces: gendarmerie" => 2,
        "state forces: security" => 3,
        _ if has("state forces") || has("paramilitary") || has("state-linked") || has("security force") => 3,
        _ if has("UN mission") => 5,
        _ if has("government") && !has("pro-government") && !has("opposition") || has("de facto authority") => 4,
        _ if has("multinational") || has("EU mission") || has("foreign force") || has("regional force") => 0,
        _ if has("criminal") || has("gang") => 7,
        _ if has("political") || has("NGO") => 9,
        _ if has("civilian") => 8,
        _ => 6,
    }
}

fn write(actors: &[Entry], states: &States, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut strings = Strings::default();
    let mut rows = Vec::new();
    let mut pairs: Vec<(String, u32)> = Vec::new();
    for (n, actor) in actors.iter().enumerate() {
        rows.extend_from_slice(&strings.add(&actor.name).to_le_bytes());
        rows.extend_from_slice(&strings.add(&actor.countries.join(",")).to_le_bytes());
        rows.extend_from_slice(&strings.add(&actor.kind).to_le_bytes());
        rows.extend_from_slice(&actor.from.unwrap_or(0).to_le_bytes());
        rows.extend_from_slice(&actor.to.unwrap_or(0).to_le_bytes());
        rows.extend_from_slice(&[kind(&actor.kind), actor.source]);
        for name in actor.aliases.iter().chain([&actor.name]) {
            pairs.push((key(name), n as u32));
            if bare(name).contains(' ') || bare(name).chars().filter(|c| c.is_uppercase()).count() > 1 {
                pairs.push((key(bare(name)), n as u32));
            }
        }
    }
    pairs.retain(|(key, _)| key.len() > 1);
    index(pairs, 1 << 20, &out.join("actors.fst"), &out.join("actors.lists"))?;
    let lists = states.iter().flat_map(|(key, list)| list.iter().map(move |n| (key.clone(), *n))).collect();
    index(lists, 1 << 20, &out.join("states.fst"), &out.join("states.lists"))?;
    std::fs::write(out.join("actors.rows"), rows)?;
    strings.write(&out.join("actors.strings"))
}

/// A name without the bracket that tells it from a namesake: "FAN (Niger)" is printed "FAN".
fn bare(name: &str) -> &str {
    match name.split_once(" (") {
        Some((bare, rest)) if rest.ends_with(')') => bare,
        _ => name,
    }
}

/// Categories of words that name nobody, numbered in the order of the crate's own list.
const WORDS: [&str; 14] = [
    "unidentified",
    "criminals",
    "civilians",
    "military",
    "police",
    "gendarmerie",
    "security",
    "government",
    "peacekeepers",
    "rioters",
    "rebels",
    "people",
    "objects",
    "arms",
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Rebels {
    rebels: Vec<Rebel>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Rebel {
    country: String,
    name: String,
    from: u16,
    to: Option<u16>,
}

/// Lines of country, first and last year (9999 when open), number of the actor.
fn write_rebels(data: &Path, actors: &[Entry], out: &Path) -> Result<(), Box<dyn Error>> {
    let path = data.join("rebels.toml");
    let read: Rebels = toml::from_str(&std::fs::read_to_string(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut text = String::new();
    for rebel in read.rebels {
        let actor = actors.iter().position(|a| a.name == rebel.name);
        let actor = actor.ok_or_else(|| format!("{}: no actor is called {}", path.display(), rebel.name))?;
        text.push_str(&format!("{} {} {} {actor}\n", rebel.country, rebel.from, rebel.to.unwrap_or(9999)));
    }
    Ok(std::fs::write(out.join("rebels.txt"), text)?)
}

fn write_words(data: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let path = data.join("words.toml");
    let lists: BTreeMap<String, Vec<String>> = toml::from_str(&std::fs::read_to_string(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut pairs = Vec::new();
    for (name, words) in &lists {
        let number = WORDS.iter().position(|w| w == name).ok_or_else(|| format!("words.toml: unknown list {name}"))?;
        pairs.extend(words.iter().map(|w| (key(w), number as u32)));
    }
    index(pairs, 1 << 10, &out.join("words.fst"), &out.join("words.lists"))
}
