//! A claim's quote without a number: whom it names.

use record::{Count, Kind};

use super::noun::{head, is_determiner};
use super::quote::{PHRASE, Scene};
use super::token::span;
use super::whole::bounds;
use super::words::Class;
use super::{Form, Found, Role};

impl Scene<'_> {
    /// Whether a quote is little more than a name: two to six capitals up to a comma.
    fn is_name(&self, from: usize, to: usize) -> bool {
        let end = (from..to).find(|&at| !self.tokens[at].is_word()).unwrap_or(to);
        let plain = |at: usize| {
            let word = self.word(at);
            self.tokens[at].capital
                && !self.lexicon.stops.contains(word)
                && !self.lexicon.cues.contains_key(word)
                && self.lexicon.noun(word).is_none_or(|(class, _)| class == Class::People)
        };
        (2..=6).contains(&(end - from)) && (from..end).all(plain)
    }

    /// A quote without a number: a name, "his son", "him", "the vehicle", "X, Y and Z".
    pub(super) fn named(&self) -> Option<Found> {
        let people = matches!(self.kind, Kind::Deaths | Kind::Injuries | Kind::Arrest | Kind::Abduction | Kind::Missing | Kind::Captives);
        if !people && !matches!(self.kind, Kind::Destruction | Kind::Materiel) {
            return None;
        }
        let cue = self.cue;
        if cue.is_some_and(|cue| cue > 0 && self.lexicon.noun(self.word(cue)) == Some((Class::Acts, true)) && !self.is_of(cue + 1)) {
            return None;
        }
        // "shot him dead", "leaving her injured"
        let object = (0..self.tokens.len()).find(|&at| {
            self.word(at) == "him" || self.word(at) == "her" && self.tokens.get(at + 1).is_none_or(|next| self.lexicon.noun(&next.low).is_none())
        });
        if let Some(at) = object.filter(|_| people && !self.safe) {
            let words = span(self.tokens, at, at + 1);
            let and = self.tokens[at..].len() > 1 && self.lexicon.conjunctions.at(self.tokens, at + 1).is_some();
            if !and {
                let count = Count::new(words.slice(self.quote), Some(1), Some(1), false).ok()?;
                return Some(Found { span: words, count, role: Role::Quantity, form: Form::One, noun: None });
            }
        }
        let (from, to) = match cue {
            Some(cue) if self.has_object(cue) => {
                let at = self.object_at(cue);
                (at + usize::from(self.is_of(at)), self.tokens.len())
            }
            Some(0) => return None,
            Some(cue) => (0, cue),
            None => (0, self.tokens.len()),
        };
        let verb = |at: usize| matches!(self.word(at), "was" | "were" | "is" | "are" | "has" | "have" | "had" | "a" | "ont" | "est" | "sont" if at > from && !(self.lexicon.article.contains(self.word(at))));
        let stop = |at: usize| {
            at > from && self.lexicon.stops.contains(self.word(at)) && !self.is_of(at) && self.lexicon.conjunctions.at(self.tokens, at - 1).is_none()
        };
        let to = to.min(from + PHRASE);
        let to = (from..to).find(|&at| verb(at) || stop(at)).unwrap_or(to);
        let first = self.tokens.get(from).filter(|_| from < to)?;
        let one = self.lexicon.pronoun_one.contains(&first.low);
        let many = self.lexicon.pronoun_many.contains(&first.low);
        let known = head(self.tokens, from, to, self.lexicon);
        let pronoun = (one || many) && known.is_none();
        let determined = usize::from(is_determiner(first, self.lexicon));
        let name = self.tokens.get(from + determined).is_some_and(|token| token.capital && token.is_word());
        let fits = if people {
            // "a fruit seller died": an article makes one of whatever noun it is.
            let article = self.lexicon.article.contains(&first.low);
            pronoun
                || known.is_some_and(|known| known.class == Class::People)
                || (name || article || determined == 1 && from > 0) && known.is_none() && (cue.is_some() || self.is_name(from, to))
        } else {
            known.is_some_and(|known| known.class == Class::Vehicles && !known.plural)
        };
        let subject = one && !matches!(first.low.as_str(), "it" | "who") || matches!(first.low.as_str(), "them" | "their" | "those" | "eux");
        if !fits
            || self.safe
            || pronoun && !subject
            || self.lexicon.stops.contains(&first.low) && !pronoun && !is_determiner(first, self.lexicon) && !first.low.ends_with("ed")
        {
            return None;
        }
        let (low, high, approx) = match (pronoun, many) {
            (true, true) => (Some(2), None, false),
            (true, false) => (Some(1), Some(1), false),
            _ => bounds(&self.tokens[from..to], self.lexicon)?,
        };
        let end = if pronoun { from + 1 } else { known.map_or(to, |known| known.at + 1) };
        let words = span(self.tokens, from, end.clamp(from + 1, to));
        let count = Count::new(words.slice(self.quote), low, high, approx && high.is_some()).ok()?;
        let noun = known.map(|known| (span(self.tokens, known.at, known.at + 1), known.class));
        let form = if high.is_some() { Form::One } else { Form::Plural };
        Some(Found { span: words, count, role: Role::Quantity, form, noun })
    }
}
