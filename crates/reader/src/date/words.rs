//! The dating words of a language, from `data/lexicon/<language>/dates.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Anchor, Expr, Part};
use crate::count::token::Phrases;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Under a day.
    Minute,
    /// Under a day; 24 make one.
    Hour,
    /// A day or a night.
    Day,
    /// Monday to Sunday, or seven days.
    Week,
    /// Saturday and Sunday.
    Weekend,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// What a fixed phrase does with its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    #[default]
    Shift,
    Whole,
    SoFar,
    Since,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Fixed {
    unit: Unit,
    from: i32,
    to: i32,
    #[serde(default)]
    shape: Shape,
    #[serde(skip)]
    context: bool,
}

impl Fixed {
    pub(crate) fn expr(self) -> Expr {
        let anchor = if self.context { Anchor::Context } else { Anchor::Published };
        let shift = Expr::Shift { anchor, unit: self.unit, from: self.from, to: self.to };
        match self.shape {
            Shape::Shift => shift,
            Shape::Since => Expr::Since(Box::new(shift)),
            Shape::Whole | Shape::SoFar => Expr::Period { anchor, unit: self.unit, away: self.from, so_far: self.shape == Shape::SoFar },
        }
    }
}

#[derive(Deserialize)]
struct File {
    months: HashMap<String, i8>,
    weekdays: HashMap<String, i8>,
    seasons: HashMap<String, i8>,
    numbers: HashMap<String, i32>,
    units: BTreeMap<Unit, Vec<String>>,
    lead: Lead,
    part: PartWords,
    after: After,
    recent: Recent,
    published: BTreeMap<String, Fixed>,
    context: BTreeMap<String, Fixed>,
    clock: Clock,
}

#[derive(Deserialize)]
struct Lead {
    words: Vec<String>,
    since: Vec<String>,
    so_far: Vec<String>,
    between: Vec<String>,
    to: Vec<String>,
    month_lead: Vec<String>,
    next: Vec<String>,
    last: Vec<String>,
    this: Vec<String>,
}

#[derive(Deserialize)]
struct PartWords {
    early: Vec<String>,
    mid: Vec<String>,
    late: Vec<String>,
}

#[derive(Deserialize)]
struct After {
    ago: Vec<String>,
    earlier: Vec<String>,
    later: Vec<String>,
    time: Vec<String>,
    last: Vec<String>,
    this: Vec<String>,
}

#[derive(Deserialize)]
struct Recent {
    openers: Vec<String>,
    few: Vec<String>,
}

#[derive(Deserialize)]
struct Clock {
    words: Vec<String>,
    hours: Vec<String>,
}

/// One language's dating words, ready to look up.
pub(crate) struct Words {
    pub(crate) french: bool,
    pub(crate) months: HashMap<String, i8>,
    pub(crate) weekdays: HashMap<String, i8>,
    pub(crate) seasons: HashMap<String, i8>,
    pub(crate) numbers: HashMap<String, i32>,
    pub(crate) units: Phrases<Unit>,
    pub(crate) lead: Phrases<()>,
    pub(crate) since: Phrases<()>,
    pub(crate) so_far: Phrases<()>,
    pub(crate) between: Phrases<()>,
    pub(crate) to: Phrases<()>,
    pub(crate) month_lead: Vec<String>,
    pub(crate) next: Vec<String>,
    pub(crate) last: Phrases<()>,
    pub(crate) this: Phrases<()>,
    pub(crate) part: Phrases<Part>,
    pub(crate) ago: Phrases<()>,
    pub(crate) earlier: Phrases<()>,
    pub(crate) later: Phrases<()>,
    pub(crate) time: Phrases<()>,
    pub(crate) after_last: Phrases<()>,
    pub(crate) after_this: Phrases<()>,
    pub(crate) recent: Phrases<()>,
    pub(crate) few: Phrases<()>,
    pub(crate) fixed: Phrases<Fixed>,
    pub(crate) clock: Phrases<()>,
    pub(crate) hours: Phrases<()>,
}

impl Words {
    /// The words of a language by its ISO 639-1 code; English when there are none for it.
    pub(crate) fn of(language: &str) -> &'static Words {
        static EN: LazyLock<Words> = LazyLock::new(|| Words::parse(include_str!("../../../../data/lexicon/en/dates.toml"), false));
        static FR: LazyLock<Words> = LazyLock::new(|| Words::parse(include_str!("../../../../data/lexicon/fr/dates.toml"), true));
        if language.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("fr")) { &FR } else { &EN }
    }

    fn parse(text: &str, french: bool) -> Words {
        let file: File = toml::from_str(text).expect("the embedded lexicon is read by a test");
        let units = file.units.iter().flat_map(|(unit, words)| words.iter().map(move |word| (word.as_str(), *unit)));
        let parts = [(Part::Early, &file.part.early), (Part::Mid, &file.part.mid), (Part::Late, &file.part.late)];
        let parts = parts.iter().flat_map(|(part, words)| words.iter().map(move |word| (word.as_str(), *part)));
        let published = file.published.iter().map(|(phrase, fixed)| (phrase.as_str(), *fixed));
        let context = file.context.iter().map(|(phrase, fixed)| (phrase.as_str(), Fixed { context: true, ..*fixed }));
        Words {
            french,
            units: Phrases::new(units),
            lead: phrases(&file.lead.words),
            since: phrases(&file.lead.since),
            so_far: phrases(&file.lead.so_far),
            between: phrases(&file.lead.between),
            to: phrases(&file.lead.to),
            last: phrases(&file.lead.last),
            this: phrases(&file.lead.this),
            part: Phrases::new(parts),
            ago: phrases(&file.after.ago),
            earlier: phrases(&file.after.earlier),
            later: phrases(&file.after.later),
            time: phrases(&file.after.time),
            after_last: phrases(&file.after.last),
            after_this: phrases(&file.after.this),
            recent: phrases(&file.recent.openers),
            few: phrases(&file.recent.few),
            fixed: Phrases::new(published.chain(context)),
            clock: phrases(&file.clock.words),
            hours: phrases(&file.clock.hours),
            months: file.months,
            weekdays: file.weekdays,
            seasons: file.seasons,
            numbers: file.numbers,
            month_lead: file.lead.month_lead,
            next: file.lead.next,
        }
    }
}

fn phrases(words: &[String]) -> Phrases<()> {
    Phrases::new(words.iter().map(|word| (word.as_str(), ())))
}
