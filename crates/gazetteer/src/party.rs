//! Whom words mean as a party: an actor by name, a state's force, or nobody in particular.

use serde::Serialize;

use crate::actor::{Actor, ActorHints, Origin, Part};
use crate::fold::key;
use crate::tokens::{Token, tokens};
use crate::{Gazetteer, words};

/// What sort of party somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PartyKind {
    /// An army, or foreign or multinational forces.
    Military,
    /// Police.
    Police,
    /// Gendarmes.
    Gendarmerie,
    /// Other or undivided security forces.
    Security,
    /// A government.
    Government,
    /// A United Nations mission.
    Peacekeepers,
    /// A rebel, jihadist or communal group, named or not.
    ArmedGroup,
    /// A gang or criminal group.
    Criminal,
    /// Civilians.
    Civilians,
    /// A party, a movement, a body without arms.
    Political,
    /// A crowd.
    Rioters,
    /// Not known.
    Unknown,
}

impl PartyKind {
    /// Whether it is a state or one of its forces.
    pub const fn is_state(self) -> bool {
        matches!(self, PartyKind::Military | PartyKind::Police | PartyKind::Gendarmerie | PartyKind::Security | PartyKind::Government)
    }

    /// All of them, in the order of the compiled table.
    pub const ALL: [PartyKind; 12] = [
        PartyKind::Military,
        PartyKind::Police,
        PartyKind::Gendarmerie,
        PartyKind::Security,
        PartyKind::Government,
        PartyKind::Peacekeepers,
        PartyKind::ArmedGroup,
        PartyKind::Criminal,
        PartyKind::Civilians,
        PartyKind::Political,
        PartyKind::Rioters,
        PartyKind::Unknown,
    ];

    /// Whether it has arms, or a state that has.
    pub const fn is_armed(self) -> bool {
        use PartyKind::*;
        matches!(self, Military | Police | Gendarmerie | Security | Government | Peacekeepers | ArmedGroup | Criminal)
    }
}

/// What a guess rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PartyBasis {
    /// The words name an actor of the tables.
    Named,
    /// The words name a state's force and its country: "Malian troops".
    State,
    /// The words name a kind of force; the country is a hint's: "soldiers".
    Hinted,
    /// The words name nobody: "gunmen", "villagers".
    Generic,
    /// Nothing is known of them; the name is the words as printed.
    Printed,
}

/// Who is probably meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyGuess {
    /// Usual full name, "Unidentified armed group", "civilians" or "Rioters"; the words themselves when nothing is known.
    pub name: String,
    /// What sort of party.
    pub kind: PartyKind,
    /// What the guess rests on.
    pub basis: PartyBasis,
}

/// The categories of `words.toml`, in the order of the compiled table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Category {
    Unidentified,
    Criminals,
    Civilians,
    Military,
    Police,
    Gendarmerie,
    Security,
    Government,
    Peacekeepers,
    Rioters,
    Rebels,
    People,
    Objects,
    Arms,
}

const CATEGORIES: [Category; 14] = [
    Category::Unidentified,
    Category::Criminals,
    Category::Civilians,
    Category::Military,
    Category::Police,
    Category::Gendarmerie,
    Category::Security,
    Category::Government,
    Category::Peacekeepers,
    Category::Rioters,
    Category::Rebels,
    Category::People,
    Category::Objects,
    Category::Arms,
];

const ARTICLES: &[&str] = &["the", "a", "an", "le", "la", "les", "l", "el", "los", "las"];

/// Longest name of an actor or generic phrase, in words.
const LONGEST: usize = 12;

impl Gazetteer {
    /// Who is meant by words such as "suspected Boko Haram fighters", "l'armée malienne", "gunmen", "two soldiers".
    ///
    /// An actor named in the words is found first, then a state's force with its country in the words or hinted, then a
    /// kind of people. Gunmen, attackers, rebels and the like become "Unidentified armed group", villagers and passengers
    /// "civilians". A caller who knows better whom "the rebels" stands for looks at [`PartyBasis::Generic`].
    ///
    /// ```
    /// # use gazetteer::{ActorHints, Gazetteer};
    /// let party = |words| Gazetteer::embedded().party(words, &ActorHints::country("NE")).name;
    /// assert_eq!(party("des soldats"), "Niger Armed Forces");
    /// assert_eq!(party("heavily armed gunmen on motorbikes"), "Unidentified armed group");
    /// assert_eq!(party("at least 12 villagers"), "civilians");
    /// ```
    pub fn party(&self, text: &str, hints: &ActorHints) -> PartyGuess {
        let found = tokens(text);
        if let Some(actor) = self.actor_in(text, &found, hints) {
            let basis = if actor.origin == Origin::State || actor.kind.starts_with("state forces") { PartyBasis::State } else { PartyBasis::Named };
            return PartyGuess { name: actor.name.to_owned(), kind: actor.party, basis };
        }
        let nation = self.nation(text, &found);
        let turn = found.iter().skip(1).position(|w| words::is_turn(&w.plain)).map_or(found.len(), |n| n + 1);
        let category = category(self, text, &found[..turn]).or_else(|| category(self, text, &found));
        if let Some(name) = new_name(text, &found) {
            return PartyGuess { name, kind: PartyKind::ArmedGroup, basis: PartyBasis::Printed };
        }
        match category {
            Some(category) => self.of_category(category, nation, hints, text),
            // "Israel", "two Russians": the state, or those of its people who have arms.
            None if nation.is_some() && found.len() <= 3 && hints.part != Some(Part::Target) => {
                self.of_category(Category::Military, nation, hints, text)
            }
            None if hints.part == Some(Part::Target) && nation.is_none() => {
                PartyGuess { name: "civilians".to_owned(), kind: PartyKind::Civilians, basis: PartyBasis::Generic }
            }
            None => PartyGuess { name: trimmed(text), kind: PartyKind::Unknown, basis: PartyBasis::Printed },
        }
    }

    /// The first country that the words name or point at, the longest name first: "South Sudan's army" is not Sudan's.
    fn nation(&self, text: &str, found: &[Token]) -> Option<&'static str> {
        (0..found.len()).find_map(|from| {
            (from + 1..=found.len().min(from + 4)).rev().find_map(|to| {
                let words = &text[found[from].start..found[to - 1].end];
                let known = if to - from == 1 && found[from].plain.len() > 3 { self.country_key(&key(words)) } else { self.country(words) };
                known.map(|c| c.iso2)
            })
        })
    }

    /// The one group that has the word "rebels" to itself in a country and year.
    fn rebels(&self, hints: &ActorHints, nation: Option<&str>) -> Option<Actor> {
        let country = nation.or(hints.countries.first().map(String::as_str))?;
        let year = hints.date?.year();
        self.tables
            .rebels
            .lines()
            .find_map(|line| {
                let mut fields = line.split(' ');
                let (iso2, from, to, row) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
                let within = from.parse::<i16>().ok()? <= year && year <= to.parse::<i16>().ok()?;
                (iso2 == country && within).then(|| row.parse().ok()).flatten()
            })
            .map(|row| self.actor(row))
    }

    fn of_category(&self, category: Category, nation: Option<&str>, hints: &ActorHints, text: &str) -> PartyGuess {
        let generic = |name: &str, kind| PartyGuess { name: name.to_owned(), kind, basis: PartyBasis::Generic };
        let (force, kind) = match category {
            Category::Unidentified => return generic("Unidentified armed group", PartyKind::ArmedGroup),
            Category::Criminals => return generic("Unidentified armed group", PartyKind::Criminal),
            Category::Civilians => return generic("civilians", PartyKind::Civilians),
            Category::Rioters => return generic("Rioters", PartyKind::Rioters),
            Category::Peacekeepers => {
                let mission = hints.countries.first().and_then(|c| self.mission(c, hints));
                return match mission {
                    Some(actor) => PartyGuess { name: actor.name.to_owned(), kind: PartyKind::Peacekeepers, basis: PartyBasis::Hinted },
                    None => generic("United Nations peacekeepers", PartyKind::Peacekeepers),
                };
            }
            Category::Rebels => {
                return match self.rebels(hints, nation) {
                    Some(actor) => PartyGuess { name: actor.name.to_owned(), kind: PartyKind::ArmedGroup, basis: PartyBasis::Hinted },
                    None => generic("Unidentified armed group", PartyKind::ArmedGroup),
                };
            }
            Category::People if hints.part == Some(Part::Actor) => return generic("Unidentified armed group", PartyKind::ArmedGroup),
            Category::People | Category::Objects => return generic("civilians", PartyKind::Civilians),
            Category::Military | Category::Arms => ("military", PartyKind::Military),
            Category::Police => ("police", PartyKind::Police),
            Category::Gendarmerie => ("gendarmerie", PartyKind::Gendarmerie),
            Category::Security => ("security", PartyKind::Security),
            Category::Government => ("government", PartyKind::Government),
        };
        let basis = if nation.is_some() { PartyBasis::State } else { PartyBasis::Hinted };
        let country = nation.or(hints.countries.first().map(String::as_str));
        match country.and_then(|c| self.state_actor(c, force, hints.date)) {
            Some(actor) => PartyGuess { name: actor.name.to_owned(), kind, basis },
            None => PartyGuess { name: trimmed(text), kind, basis: PartyBasis::Generic },
        }
    }

    /// The United Nations mission in a country at the hinted date.
    fn mission(&self, iso2: &str, hints: &ActorHints) -> Option<Actor> {
        let rows = self.tables.actor_rows.len();
        let fits = |a: &Actor| {
            let year = hints.date.map(|d| d.year() as u16);
            a.kind == "UN mission"
                && a.countries.split(',').any(|c| c == iso2)
                && year.is_none_or(|y| a.from.is_none_or(|f| f <= y) && a.to.is_none_or(|t| y <= t))
        };
        (0..rows).map(|row| self.actor(row)).find(fits)
    }

    /// The best actor whose name stands in the words: the longest, then the best fitting, then the first.
    fn actor_in(&self, text: &str, found: &[Token], hints: &ActorHints) -> Option<Actor> {
        let capitals = found.iter().all(|w| !w.cap || w.upper || w.text.len() == 1) && found.iter().any(|w| w.upper);
        let mut best: Option<(f32, Actor)> = None;
        for from in 0..found.len() {
            for to in (from + 1..=found.len().min(from + LONGEST)).rev() {
                let name = &text[found[from].start..found[to - 1].end];
                let run = &found[from..to];
                if !is_name(self, run, name, capitals) {
                    continue;
                }
                let Some(top) = self.actors(name, hints).into_iter().next() else { continue };
                let letters: usize = run.iter().map(|w| w.plain.len()).sum();
                let proper = run.iter().filter(|w| !ARTICLES.contains(&w.plain.as_str())).count();
                let everyday = run.iter().all(|w| !w.cap || capitals) && run.iter().all(|w| w.text.is_ascii());
                // Every state has a "Ministry of Defence".
                let everyday = everyday || top.actor.party.is_state() && run.iter().all(|w| w.plain.len() < 4 || words::is_common(&w.plain));
                // What is also an ordinary phrase must be at home where it is said.
                let least = if everyday {
                    2.6
                } else if proper == 1 {
                    1.6
                } else {
                    0.0
                };
                if top.score < least {
                    continue;
                }
                // What comes first is who it is about: "M23 rebels backed by the Rwandan army".
                let score = top.score + (letters as f32).min(40.0) / 10.0 - 0.15 * from as f32;
                if best.is_none_or(|(known, _)| score > known) {
                    best = Some((score, top.actor));
                }
            }
        }
        best.map(|(_, actor)| actor)
    }
}

/// Whether a run of words can be an actor's name: acronyms in capitals, single words no everyday ones.
fn is_name(gazetteer: &Gazetteer, run: &[Token], name: &str, capitals: bool) -> bool {
    if let [word] = run {
        let folded = word.plain.as_str();
        // Peoples stand in the tables as communal groups; a country's people is no party by that.
        if gazetteer.country_key(&key(word.text)).is_some() {
            return false;
        }
        if folded.len() <= 4 && !folded.is_empty() {
            let upper = name.chars().filter(|c| c.is_uppercase() || c.is_ascii_digit()).count();
            return (upper >= 2 || !name.is_ascii()) && !(capitals && words::is_common(folded));
        }
        return (word.cap || !name.is_ascii() || folded.len() > 6) && !words::is_common(folded);
    }
    run.iter().any(|w| w.cap || !w.text.is_ascii()) || run.len() > 1
}

/// The category of the generic words in a run: state forces before people, people before nobody; the first of each.
fn category(gazetteer: &Gazetteer, text: &str, run: &[Token]) -> Option<Category> {
    let mut seen: Vec<Category> = Vec::new();
    let mut at = 0;
    while at < run.len() {
        let mut step = 1;
        for to in (at + 1..=run.len().min(at + 4)).rev() {
            let words = &text[run[at].start..run[to - 1].end];
            if let Some(number) = gazetteer.tables.words.get(&key(words)).next() {
                seen.push(CATEGORIES[number as usize]);
                step = to - at;
                break;
            }
        }
        at += step;
    }
    let first = |wanted: &[Category]| seen.iter().find(|c| wanted.contains(c)).copied();
    use Category::*;
    first(&[Unidentified, Criminals, Rioters, Rebels, Peacekeepers, Gendarmerie])
        .filter(|_| !seen.contains(&Military) || seen.first() != Some(&Military))
        .or_else(|| first(&[Peacekeepers, Gendarmerie, Police, Security, Military]))
        .or_else(|| first(&[Civilians]))
        .or_else(|| first(&[Government]))
        .or_else(|| first(&[Arms]))
        .or_else(|| first(&[People, Objects]))
}

/// The name of a group that the tables lack: two or more capitalised words with one that such names have, its short form in
/// brackets left out: "Heavily armed United Example Liberation Army (UELA) militants".
fn new_name(text: &str, found: &[Token]) -> Option<String> {
    if found.iter().all(|w| !w.cap || w.upper) {
        return None;
    }
    let named = |w: &Token| w.cap && !ARTICLES.contains(&w.plain.as_str());
    let from = found
        .iter()
        .enumerate()
        .position(|(n, w)| named(w) && found.get(n + 1).is_some_and(|next| named(next) && w.linked) && (n > 0 || !words::is_common(&w.plain)))?;
    let mut to = from + 1;
    while to < found.len() && found[to - 1].linked && (named(&found[to]) || words::is_link(&found[to].plain) && found.get(to + 1).is_some_and(named))
    {
        to += 1;
    }
    let run = &found[from..to];
    let head = run.iter().any(|w| words::is_group(&w.text.to_lowercase()));
    (head && run.len() > 1).then(|| text[run[0].start..run[run.len() - 1].end].to_owned())
}

/// The words without quotation marks and articles around them.
fn trimmed(text: &str) -> String {
    let text = text.trim().trim_matches(|c: char| matches!(c, '"' | '“' | '”' | '«' | '»' | '\'' | ',' | '.'));
    let lower = text.to_lowercase();
    let cut = ["the ", "a ", "an ", "le ", "la ", "les ", "un ", "une ", "des "].iter().find(|a| lower.starts_with(**a)).map_or(0, |a| a.len());
    text[cut..].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_down_to_a_party() {
        use Part::{Actor, Target};
        let cases = [
            ("gunmen", "ML", Actor, "Unidentified armed group"),
            ("hommes armés non identifiés", "BF", Actor, "Unidentified armed group"),
            ("a dozen villagers", "NE", Target, "civilians"),
            ("passagers d'un bus", "BF", Target, "civilians"),
            ("two men", "PK", Actor, "Unidentified armed group"),
            ("two men", "PK", Target, "civilians"),
            ("soldiers", "ML", Target, "Malian Armed Forces"),
            ("des gendarmes", "BF", Target, "Burkina Faso National Gendarmerie"),
            ("l'armée", "TD", Actor, "Chadian Armed Forces"),
            ("South Sudan's army", "SD", Actor, "South Sudan People's Defence Forces"),
            ("suspected Boko Haram fighters", "NG", Actor, "Boko Haram"),
            ("Taliban militants", "AF", Actor, "Taliban"),
            ("un poste avancé", "TG", Target, "Togolese Armed Forces"),
            ("THE POLICE", "PE", Actor, "National Police of Peru"),
            ("Ministry of Defence", "ML", Actor, "Government of Mali"),
            ("Ministry of Defence", "SY", Actor, "New Syrian Army"),
            ("Heavily armed United Example Liberation Army (UELA) militants", "IN", Actor, "United Example Liberation Army"),
        ];
        let gazetteer = Gazetteer::embedded();
        let wrong: Vec<_> = cases
            .iter()
            .map(|(words, country, part, want)| (words, gazetteer.party(words, &ActorHints::country(country).part(*part)).name, want))
            .filter(|(_, got, want)| got != *want)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_rebels_of_a_country_and_year_may_be_known() {
        let at = |date: &str| ActorHints::country("NP").on(date.parse().unwrap());
        let gazetteer = Gazetteer::embedded();
        assert_eq!(gazetteer.party("the rebels", &at("2002-02-17")).name, "Communist Party of Nepal (Maoist)");
        assert_eq!(gazetteer.party("the rebels", &at("2015-02-17")).basis, PartyBasis::Generic);
    }
}
