//! Which counting expression of a claim's quote is the claim's own.
//!
//! Every expression is scored: a number before a bare plural, a noun of the right class, a word nearby that names the
//! kind of claim ("killed", "blessés"), a place where victims stand. Where none will do, the quote names somebody.

use record::{Count, Kind};

use super::noun::{head, is_determiner, is_state};
use super::token::{Token, span, tokens};
use super::whole::{bounds, ordinal};
use super::words::{Class, Lexicon};
use super::{Form, Found, Role, find};

/// A candidate below this is not taken. A number alone has 12, one whose noun is of a wrong class -2.
const ENOUGH: i32 = 5;

/// How far a phrase may reach, in words.
pub(super) const PHRASE: usize = 40;

/// How many expressions around one are looked at.
const WINDOW: usize = 12;

/// How many words may part two expressions that "and" joins.
const GAP: usize = 8;

pub(crate) fn pick(quote: &str, kind: Kind, language: &str) -> Option<Found> {
    if !kind.is_countable() {
        return None;
    }
    let tokens = tokens(quote);
    let scene = Scene::new(quote, &tokens, kind, language);
    let best = (0..scene.found.len()).map(|index| (scene.score(index), index)).max_by_key(|(score, index)| (*score, std::cmp::Reverse(*index)));
    match best {
        Some((score, index)) if score >= ENOUGH => Some(scene.summed(index)),
        _ => scene.named(),
    }
}

/// A quote with what was found in it.
pub(super) struct Scene<'a> {
    pub(super) quote: &'a str,
    pub(super) tokens: &'a [Token],
    found: Vec<Found>,
    /// First token, and the token after, of each expression.
    at: Vec<(usize, usize)>,
    /// The first word that names the claim's kind.
    pub(super) cue: Option<usize>,
    /// For each token: no cue, a cue of the claim's kind, a cue of other kinds only.
    cues: Vec<Option<bool>>,
    pub(super) kind: Kind,
    /// Whether somebody came to no harm.
    pub(super) safe: bool,
    language: &'a str,
    pub(super) lexicon: &'static Lexicon,
}

impl<'a> Scene<'a> {
    fn new(quote: &'a str, tokens: &'a [Token], kind: Kind, language: &'a str) -> Scene<'a> {
        let lexicon = Lexicon::of(language);
        let found = find(quote, language);
        let safe = tokens.iter().any(|token| lexicon.safe.contains(&token.low));
        let cues: Vec<Option<bool>> = tokens.iter().map(|token| lexicon.cues.get(&token.low).map(|kinds| kinds.contains(&kind))).collect();
        let cue = cues.iter().position(|cue| *cue == Some(true));
        let token = |byte: u32| tokens.partition_point(|token| token.start < byte as usize);
        let at = found.iter().map(|found| (token(found.span.start), token(found.span.end))).collect();
        Scene { quote, tokens, found, at, cue, cues, kind, safe, language, lexicon }
    }

    pub(super) fn people(&self) -> bool {
        !matches!(self.kind, Kind::Destruction | Kind::Looting | Kind::Materiel | Kind::Explosion | Kind::Seizure)
    }

    /// Whether an expression starts at a token.
    fn starts(&self, at: usize) -> bool {
        self.at.binary_search_by_key(&at, |(first, _)| *first).is_ok()
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.low.as_str())
    }

    /// How well an expression suits as the claim's count; the minimum when it cannot be it.
    fn score(&self, index: usize) -> i32 {
        let candidate = &self.found[index];
        let class = candidate.noun.map(|(_, class)| class);
        if !matches!(candidate.role, Role::Quantity | Role::Ordinal) {
            return i32::MIN;
        }
        let form = match candidate.form {
            Form::Number | Form::Zero => 12,
            // "another bomb", "the second blast" are one among several.
            Form::Vague | Form::Ordinal if self.kind == Kind::Explosion && candidate.count.high.is_some_and(|high| high < 2) => return i32::MIN,
            Form::Vague => 11,
            Form::Ordinal => 6,
            // Singulars count for people, vehicles and things, plurals for people; neither for blasts and places.
            Form::Article if self.people() && class == Some(Class::People) => 4,
            Form::Article if matches!(self.kind, Kind::Destruction | Kind::Materiel) && matches!(class, Some(Class::Vehicles | Class::Things)) => 3,
            Form::Article if self.kind == Kind::Materiel => 2,
            Form::Plural if self.people() => 3,
            _ => return i32::MIN,
        };
        let weak = matches!(candidate.form, Form::Article | Form::Plural);
        if weak && (self.is_agent(index) || self.safe || class == Some(Class::Acts)) {
            return i32::MIN;
        }
        let doer = if !weak && self.does(index) { -20 } else { 0 };
        let aside = if weak { self.aside(index) } else { 0 };
        form + doer + aside + suits(self.kind, class) + self.near(index) + self.place(index)
    }

    fn is_strong(&self, index: usize) -> bool {
        let found = &self.found[index];
        matches!(found.form, Form::Number | Form::Vague | Form::Zero) && found.role == Role::Quantity
    }

    /// Whether the words nearby name the claim's kind or another: ahead up to the next number, else behind.
    fn near(&self, index: usize) -> i32 {
        let (first, after) = self.at[index];
        let next = (index + 1..self.found.len()).take(WINDOW).find(|&other| self.is_strong(other)).map(|other| self.at[other].0);
        let right = next.unwrap_or(self.tokens.len()).min(after + PHRASE);
        let left = (0..index).rev().take(WINDOW).find(|&other| self.is_strong(other)).map_or(0, |other| self.at[other].1);
        // Before another number a comma or "and" ends what belongs to this one.
        let boundary = |at: usize| next.is_some() && (matches!(self.word(at), "," | ";") || self.lexicon.conjunctions.at(self.tokens, at).is_some());
        let ahead: Vec<bool> = (after..right).take_while(|&at| !boundary(at)).filter_map(|at| self.cues[at]).collect();
        let behind = (left..first).rev().take(14).find_map(|at| self.cues[at]);
        match ahead.first().copied() {
            Some(true) => 5,
            Some(false) if ahead.contains(&true) => 3,
            Some(false) if behind == Some(true) => 2,
            Some(false) => -3,
            None => behind.map_or(0, |cue| if cue { 4 } else { -3 }),
        }
    }

    /// What stands just before and after: a share, a correction, a phrase of place or doer.
    fn place(&self, index: usize) -> i32 {
        let (first, after) = self.at[index];
        let before = first.checked_sub(1).map_or("", |at| self.word(at));
        let two = first.checked_sub(2).map_or("", |at| self.word(at));
        let share = index > 0 && matches!(self.word(after), "of") && matches!(self.word(after + 1), "them" | "whom" | "these");
        let of_cue = first >= 2 && self.cues[first - 2].is_some();
        let value = |index: usize| self.found[index].count.low;
        // "three persons, two officers and a guard": what follows the comma only breaks it down.
        let parted = index > 0 && before == "," && self.is_strong(index) && self.is_strong(index - 1) && value(index - 1) > value(index) && {
            let (from, to) = (self.at[index - 1].1, first);
            to - from <= PHRASE && (from..to).all(|at| self.cues[at].is_none()) && self.found[index - 1].noun.is_some()
        };
        let within = index > 0
            && self.tokens[first.saturating_sub(8)..first]
                .iter()
                .any(|token| matches!(token.low.as_str(), "including" | "among" | "dont" | "notamment"));
        match before {
            _ if share || within => -8,
            _ if parted => -6,
            _ if matches!(self.word(first), "from" | "de") && matches!(self.word(after), "to" | "à") => -8,
            "them" | "whom" if two == "among" || two == "of" => -8 * i32::from(index > 0),
            "not" | "non" => {
                if index > 0 {
                    -9
                } else {
                    -5
                }
            }
            "by" | "par" if self.people() && self.cue.is_some_and(|cue| cue < first) => -18,
            "with" | "avec" => -9,
            // "on some pretext"
            word if self.found[index].form == Form::Vague
                && self.found[index].noun.is_none()
                && self.lexicon.stops.contains(word)
                && word != "of" =>
            {
                -9
            }
            "in" | "dans" | "from" | "near" => {
                if index > 0 {
                    -9
                } else {
                    -4
                }
            }
            // "two of the nine travellers hurt"
            "of" | "the"
                if index > 0
                    && self.is_strong(index - 1)
                    && (self.at[index - 1].1 + 1 == first || self.at[index - 1].1 + 2 == first)
                    && (before == "of" || two == "of") =>
            {
                -9
            }
            "," if self.found[index].form == Form::Article => -2,
            "of" | "de" if matches!(two, "number" | "nombre" | "toll" | "total") && self.found[index].form == Form::Plural => -7,
            "of" | "de" | "d" | "'" if !of_cue && index > 0 => -3,
            _ => 0,
        }
    }

    /// Whether a number is of those who do it: "15 gunmen abducted him".
    fn does(&self, index: usize) -> bool {
        let after = self.at[index].1;
        let Some(cue) = self.cue.filter(|cue| *cue > after) else { return false };
        let at = self.object_at(cue);
        let Some(next) = self.tokens.get(at) else { return false };
        let number = self.found[index].form == Form::Vague && self.starts(at);
        let object = number
            || is_determiner(next, self.lexicon) && !next.is("s") && !next.is("that") && !next.is("this")
            || matches!(next.low.as_str(), "him" | "her" | "them")
            || next.shouted && self.lexicon.noun(&next.low).is_none() && !is_adverb(&next.low)
            || next.capital && !next.shouted && !self.tokens[cue].capital && next.is_word();
        object && self.has_object(cue) && !self.is_of(at) && self.people()
    }

    /// What a phrase without a number loses for standing behind a preposition.
    fn aside(&self, index: usize) -> i32 {
        let first = self.at[index].0;
        let from = self.cue.filter(|cue| *cue < first).map_or(0, |cue| cue + 1).max(first.saturating_sub(PHRASE));
        let aside = (from..first).any(|at| self.lexicon.stops.contains(self.word(at)) && !(self.is_of(at) && at == from));
        -9 * i32::from(aside)
    }

    /// Whether a phrase without a number does it rather than suffers it: before an active verb, behind "by".
    fn is_agent(&self, index: usize) -> bool {
        let (first, _) = self.at[index];
        let by = self.tokens[first.saturating_sub(4)..first].iter().any(|token| matches!(token.low.as_str(), "by" | "par"));
        by || self.cue.is_some_and(|cue| first < cue && self.has_object(cue))
    }

    /// Where those who suffer stand behind a cue: "killed X", "shot dead X".
    pub(super) fn object_at(&self, cue: usize) -> usize {
        cue + 1 + usize::from(is_state(self.word(cue + 1)))
    }

    /// Whether a cue is an active verb, or "murder of", with those who suffer it behind it.
    pub(super) fn has_object(&self, cue: usize) -> bool {
        let at = self.object_at(cue);
        let passive = |token: &Token| {
            matches!(
                token.low.as_str(),
                "was" | "were" | "been" | "being" | "be" | "is" | "are" | "été" | "est" | "sont" | "found" | "reported" | "feared" | "get" | "got"
            )
        };
        if self.tokens[cue.saturating_sub(3)..cue].iter().any(passive) && !self.is_of(at) {
            return false;
        }
        let Some(next) = self.tokens.get(at) else { return false };
        if self.lexicon.suffers.contains(&self.tokens[cue].low) {
            return false;
        }
        if crate::date::is_day_word(&next.low, self.language) {
            return false;
        }
        let plain = next.is_word() && !self.lexicon.stops.contains(&next.low) && self.lexicon.conjunctions.at(self.tokens, at).is_none();
        let number = self.starts(at);
        let noun = self.lexicon.noun(&next.low).is_some_and(|(class, _)| class == Class::People);
        self.is_of(at)
            || number
            || is_determiner(next, self.lexicon) && !next.is("s")
            || matches!(next.low.as_str(), "him" | "her" | "them" | "himself" | "herself")
            || plain && (next.capital && !next.shouted || noun || next.shouted && !is_adverb(&next.low))
    }

    pub(super) fn is_of(&self, at: usize) -> bool {
        matches!(self.word(at), "of" | "de" | "du" | "d" | "des")
    }

    /// The picked expression with those that "and" joins to it: "two policemen and a soldier" is three.
    fn summed(&self, index: usize) -> Found {
        let found = self.found[index].clone();
        let (mut start, after) = self.at[index];
        if found.form == Form::Ordinal && found.count.low == found.count.high {
            let value = found.count.low.map(|value| ordinal(self.tokens, start, value, self.lexicon));
            let count = Count { low: value, high: value, ..found.count.clone() };
            return Found { count, ..found };
        }
        if !self.people() && self.kind != Kind::Destruction || found.form == Form::Zero {
            return found;
        }
        // "Senator Orvato and the three farmers": names before the number belong to it.
        let from = self.cue.filter(|cue| *cue < start).map_or(0, |cue| cue + 1);
        let det = usize::from(start > from && is_determiner(&self.tokens[start - 1], self.lexicon));
        let and = start.checked_sub(1 + det).filter(|at| *at > from && self.lexicon.conjunctions.at(self.tokens, *at).is_some());
        if let Some(and) = and.filter(|_| self.people()) {
            let plain = (from..and).all(|at| self.cues[at].is_none() && (self.is_of(at) || !self.lexicon.stops.contains(self.word(at))));
            let pronoun = self.lexicon.pronoun_one.contains(&self.tokens[from].low);
            let opens = pronoun || is_determiner(&self.tokens[from], self.lexicon) || self.tokens[from].capital;
            let known = head(self.tokens, from, and, self.lexicon);
            let unnumbered = self.at.iter().zip(&self.found).all(|((at, _), found)| !(from..and).contains(at) || found.role != Role::Quantity);
            if plain && opens && unnumbered && known.map_or(pronoun || self.tokens[from].capital, |known| known.class == Class::People) {
                start = from;
            }
        }
        let class = found.noun.map(|(_, class)| class);
        let mut first = index;
        while let Some(before) = first.checked_sub(1)
            && self.is_joined(before, first, class)
        {
            (first, start) = (before, self.at[before].0);
        }
        let end = self.phrase_end(after);
        let joined = (after..end).any(|at| self.lexicon.conjunctions.at(self.tokens, at).is_some());
        if first == index && !joined && start == self.at[index].0 || end <= start {
            return found;
        }
        let Some((low, high, approx)) = bounds(&self.tokens[start..end], self.lexicon) else { return found };
        let words = span(self.tokens, start, end);
        match Count::new(words.slice(self.quote), low, high, approx && high.is_some()) {
            Ok(count) => Found { span: words, count, ..found },
            Err(_) => found,
        }
    }

    /// Whether only nouns and "and" stand between two expressions that count alike.
    fn is_joined(&self, before: usize, after: usize, class: Option<Class>) -> bool {
        let (from, to) = (self.at[before].1, self.at[after].0);
        if to - from > GAP {
            return false;
        }
        let other = &self.found[before];
        let alike = other.role == Role::Quantity && class.is_some() && other.noun.map(|(_, class)| class) == class;
        let and = (from..to).any(|at| self.lexicon.conjunctions.at(self.tokens, at).is_some());
        let clean = (from..to).all(|at| self.cues[at].is_none() && !matches!(self.word(at), "," | ";" | "in" | "by" | "who" | "qui"));
        alike && and && clean && other.form != Form::Zero
    }

    /// The end of the noun phrase that a number opens, lists included.
    fn phrase_end(&self, from: usize) -> usize {
        let stop = |at: usize| {
            let token = &self.tokens[at];
            let and = self.lexicon.conjunctions.at(self.tokens, at).is_some();
            let possessive = at > from && self.lexicon.conjunctions.at(self.tokens, at - 1).is_some();
            let mark = !token.is_word() && !token.is_digits() && !token.is_dash();
            let cue = self.cues[at].is_some() && self.lexicon.noun(&token.low).is_none();
            // "and wounded 20", "and others": what follows must be people again.
            let breaks = and && !self.resumes(at + 1);
            mark || breaks || cue || self.lexicon.stops.contains(&token.low) && !possessive && !token.is("of") && !and
        };
        (from..self.tokens.len()).find(|&at| stop(at)).unwrap_or(self.tokens.len())
    }

    /// Whether people go on at a place: "a soldier", "his wife", "three others".
    fn resumes(&self, at: usize) -> bool {
        let number = self.at.iter().zip(&self.found).any(|((first, _), found)| *first == at && found.role == Role::Quantity);
        let Some(token) = self.tokens.get(at) else { return false };
        let noun = head(self.tokens, at + 1, self.tokens.len().min(at + 4), self.lexicon);
        let class = if self.people() { Class::People } else { Class::Things };
        let fits = noun.is_some_and(|noun| noun.class == class || !self.people() && noun.class == Class::Vehicles);
        fits && (number || is_determiner(token, self.lexicon)) || number && self.people() && self.is_others(at)
    }

    fn is_others(&self, at: usize) -> bool {
        (at..at + 3).any(|at| matches!(self.word(at), "other" | "others" | "autres"))
    }
}

/// "KILLED INSTANTLY" has no object.
fn is_adverb(word: &str) -> bool {
    word.ends_with("ly") || matches!(word, "today" | "yesterday" | "tonight" | "here" | "there" | "instantly" | "when")
}

/// How well a noun suits what is claimed.
fn suits(kind: Kind, class: Option<Class>) -> i32 {
    use Class::*;
    use Kind::*;
    let Some(class) = class else { return 0 };
    match (kind, class) {
        (Deaths | Injuries | Arrest | Abduction | Missing | Captives | Displacement, People) => 3,
        (Deaths | Injuries | Arrest | Abduction | Missing | Captives, Acts) => 3,
        (Destruction | Looting, People) => -5,
        (Destruction | Looting | Materiel, Things | Vehicles) => 3,
        (Materiel, Events) => 1,
        (Explosion, Events) => 3,
        (Explosion, Things) => 2,
        (Explosion, Vehicles) => 0,
        (Seizure, Things) => 3,
        _ => -14,
    }
}
