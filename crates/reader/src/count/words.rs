//! The counting words of a language, from `data/lexicon/<language>/counts.toml`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use record::Kind;
use serde::Deserialize;

use super::token::Phrases;

/// How a word before a number moves its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast,
    MoreThan,
    UpTo,
    FewerThan,
    About,
    Between,
    Plain,
}

/// What a noun names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// People and their bodies.
    People,
    /// What happens to one person at a time: "three kidnappings".
    Acts,
    /// Vehicles, ships and aircraft.
    Vehicles,
    /// Buildings, arms, animals and other things.
    Things,
    /// Attacks, blasts, places: what a number near a death toll may count instead.
    Events,
}

/// One value of a phrase that is worth a number by itself.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Vague {
    pub(crate) low: u64,
    pub(crate) high: Option<u64>,
    #[serde(default)]
    pub(crate) approx: bool,
}

/// What a noun after a number turns it into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Duration,
    Distance,
    Weight,
    Money,
    Percent,
}

#[derive(Deserialize)]
struct Words {
    words: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    units: BTreeMap<String, u64>,
    tens: BTreeMap<String, u64>,
    scales: BTreeMap<String, u64>,
    collectives: BTreeMap<String, u64>,
    round: BTreeMap<String, u64>,
    ordinals: BTreeMap<String, u64>,
    vague: BTreeMap<String, Vague>,
    zero: Words,
    before: Before,
    after: After,
    measures: Measures,
    determiners: Determiners,
    pronouns: Pronouns,
    stops: Stops,
    nouns: Nouns,
    plurals: Plurals,
    cues: BTreeMap<Kind, Vec<String>>,
    suffers: Set,
    safe: Set,
}

#[derive(Deserialize)]
struct Set {
    words: HashSet<String>,
}

#[derive(Deserialize)]
struct Before {
    at_least: Vec<String>,
    more_than: Vec<String>,
    up_to: Vec<String>,
    fewer_than: Vec<String>,
    about: Vec<String>,
    between: Vec<String>,
    plain: Vec<String>,
    change: HashSet<String>,
}

#[derive(Deserialize)]
struct After {
    or_more: Vec<String>,
    or_so: Vec<String>,
    some_more: Vec<String>,
    joins: Vec<String>,
    and: Vec<String>,
}

#[derive(Deserialize)]
struct Measures {
    duration: Vec<String>,
    distance: Vec<String>,
    weight: Vec<String>,
    money: Vec<String>,
    percent: Vec<String>,
    time: HashSet<String>,
    label_before: HashSet<String>,
    label_after: HashSet<String>,
    age_before: HashSet<String>,
    age_after: HashSet<String>,
}

#[derive(Deserialize)]
struct Determiners {
    article: HashSet<String>,
    one: HashSet<String>,
    many: HashSet<String>,
    either: HashSet<String>,
}

#[derive(Deserialize)]
struct Pronouns {
    one: HashSet<String>,
    many: HashSet<String>,
}

#[derive(Deserialize)]
struct Stops {
    words: HashSet<String>,
    and: Vec<String>,
    apposition: HashSet<String>,
}

#[derive(Deserialize)]
struct Nouns {
    people: Vec<String>,
    acts: Vec<String>,
    vehicles: Vec<String>,
    things: Vec<String>,
    events: Vec<String>,
}

#[derive(Deserialize)]
struct Plurals {
    people: Vec<String>,
}

/// What a word after a number does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    OrMore,
    OrSo,
    SomeMore,
}

/// One language's counting words, ready to look up.
pub(crate) struct Lexicon {
    pub(crate) french: bool,
    pub(crate) units: BTreeMap<String, u64>,
    pub(crate) tens: BTreeMap<String, u64>,
    pub(crate) scales: BTreeMap<String, u64>,
    pub(crate) collectives: BTreeMap<String, u64>,
    pub(crate) round: BTreeMap<String, u64>,
    pub(crate) ordinals: BTreeMap<String, u64>,
    pub(crate) vague: Phrases<Vague>,
    pub(crate) zero: Phrases<()>,
    pub(crate) before: Phrases<Bound>,
    /// Words of rising and falling, after which "from 31 to 34" is no range.
    pub(crate) change: HashSet<String>,
    pub(crate) after: Phrases<Tail>,
    pub(crate) joins: Phrases<()>,
    pub(crate) and: Phrases<()>,
    pub(crate) measures: HashMap<String, Measure>,
    pub(crate) time: HashSet<String>,
    pub(crate) label_before: HashSet<String>,
    pub(crate) label_after: HashSet<String>,
    pub(crate) age_before: HashSet<String>,
    pub(crate) age_after: HashSet<String>,
    pub(crate) article: HashSet<String>,
    pub(crate) det_one: HashSet<String>,
    pub(crate) det_many: HashSet<String>,
    pub(crate) det_either: HashSet<String>,
    pub(crate) pronoun_one: HashSet<String>,
    pub(crate) pronoun_many: HashSet<String>,
    pub(crate) stops: HashSet<String>,
    pub(crate) conjunctions: Phrases<()>,
    pub(crate) apposition: HashSet<String>,
    /// Plurals that no rule makes; in French the same as their singulars.
    pub(crate) invariable: HashSet<String>,
    nouns: HashMap<String, (Class, bool)>,
    pub(crate) cues: HashMap<String, Vec<Kind>>,
    /// Cues whose subject is the victim.
    pub(crate) suffers: HashSet<String>,
    /// Words that say that somebody came to no harm.
    pub(crate) safe: HashSet<String>,
}

impl Lexicon {
    /// The words of a language by its ISO 639-1 code; English when there are none for it.
    pub(crate) fn of(language: &str) -> &'static Lexicon {
        static EN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../../../data/lexicon/en/counts.toml"), false));
        static FR: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../../../data/lexicon/fr/counts.toml"), true));
        if language.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("fr")) { &FR } else { &EN }
    }

    /// The class of a noun as printed, in lower case, and whether it is a plural.
    pub(crate) fn noun(&self, word: &str) -> Option<(Class, bool)> {
        self.nouns.get(word).copied()
    }

    fn parse(text: &str, french: bool) -> Lexicon {
        let file: File = toml::from_str(text).expect("the embedded lexicon is read by a test");
        let mut nouns = HashMap::new();
        // Later classes do not overwrite earlier ones: "head" is a person before it is cattle.
        let classes = [
            (Class::People, &file.nouns.people),
            (Class::Acts, &file.nouns.acts),
            (Class::Vehicles, &file.nouns.vehicles),
            (Class::Things, &file.nouns.things),
            (Class::Events, &file.nouns.events),
        ];
        for word in &file.plurals.people {
            nouns.insert(word.clone(), (Class::People, true));
        }
        for (class, words) in classes {
            for word in words {
                nouns.entry(word.clone()).or_insert((class, false));
                nouns.entry(plural(word, french)).or_insert((class, true));
            }
        }
        let before = &file.before;
        let bounds = [
            (Bound::Plain, &before.plain),
            (Bound::Between, &before.between),
            (Bound::AtLeast, &before.at_least),
            (Bound::MoreThan, &before.more_than),
            (Bound::UpTo, &before.up_to),
            (Bound::FewerThan, &before.fewer_than),
            (Bound::About, &before.about),
        ];
        let after = [(Tail::OrMore, &file.after.or_more), (Tail::OrSo, &file.after.or_so), (Tail::SomeMore, &file.after.some_more)];
        let measures = [
            (Measure::Duration, &file.measures.duration),
            (Measure::Distance, &file.measures.distance),
            (Measure::Weight, &file.measures.weight),
            (Measure::Money, &file.measures.money),
            (Measure::Percent, &file.measures.percent),
        ];
        let mut cues: HashMap<String, Vec<Kind>> = HashMap::new();
        for (kind, words) in file.cues {
            for word in words {
                cues.entry(word).or_default().push(kind);
            }
        }
        Lexicon {
            french,
            vague: Phrases::new(file.vague.iter().map(|(phrase, value)| (phrase.as_str(), *value))),
            zero: units(&file.zero.words),
            before: Phrases::new(meanings(&bounds)),
            after: Phrases::new(meanings(&after)),
            joins: units(&file.after.joins),
            and: units(&file.after.and),
            change: file.before.change.clone(),
            measures: meanings(&measures).map(|(word, measure)| (word.to_owned(), measure)).collect(),
            conjunctions: units(&file.stops.and),
            invariable: file.plurals.people.into_iter().collect(),
            nouns,
            cues,
            suffers: file.suffers.words,
            safe: file.safe.words,
            units: file.units,
            tens: file.tens,
            scales: file.scales,
            collectives: file.collectives,
            round: file.round,
            ordinals: file.ordinals,
            time: file.measures.time,
            label_before: file.measures.label_before,
            label_after: file.measures.label_after,
            age_before: file.measures.age_before,
            age_after: file.measures.age_after,
            article: file.determiners.article,
            det_one: file.determiners.one,
            det_many: file.determiners.many,
            det_either: file.determiners.either,
            pronoun_one: file.pronouns.one,
            pronoun_many: file.pronouns.many,
            stops: file.stops.words,
            apposition: file.stops.apposition,
        }
    }
}

fn units(words: &[String]) -> Phrases<()> {
    Phrases::new(words.iter().map(|word| (word.as_str(), ())))
}

fn meanings<'a, T: Copy>(lists: &'a [(T, &'a Vec<String>)]) -> impl Iterator<Item = (&'a str, T)> {
    lists.iter().flat_map(|(meaning, words)| words.iter().map(move |word| (word.as_str(), *meaning)))
}

/// The regular plural.
fn plural(word: &str, french: bool) -> String {
    if french {
        return match word {
            _ if word.ends_with(['s', 'x', 'z']) => word.to_owned(),
            _ if word.ends_with("al") => format!("{}aux", &word[..word.len() - 2]),
            _ if word.ends_with("eau") => format!("{word}x"),
            _ => format!("{word}s"),
        };
    }
    let vowel_y = ["ay", "ey", "oy", "uy"].iter().any(|end| word.ends_with(end));
    match word {
        "wife" | "life" => format!("{}ves", &word[..word.len() - 2]),
        "person" => "persons".to_owned(),
        "child" | "schoolchild" | "grandchild" => format!("{word}ren"),
        "aircraft" | "sheep" => word.to_owned(),
        "passerby" => "passersby".to_owned(),
        "human" | "muslim" | "talib" => format!("{word}s"),
        _ if word.ends_with("man") => format!("{}en", &word[..word.len() - 2]),
        _ if word.ends_with('y') && !vowel_y => format!("{}ies", &word[..word.len() - 1]),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}
