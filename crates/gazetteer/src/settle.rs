//! The place of a claim: its own words, read beside the settled names of the report.

use record::PlacePrecision;
use serde::Serialize;

use crate::fold::{key, plain};
use crate::rank::{inside, wanted};
use crate::reduce::{Reading, reduce};
use crate::spot::ToponymKind;
use crate::words::is_common;
use crate::{Candidate, Gazetteer, Hints, Place, Resolved, Want};

/// Where words put something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settled {
    /// Usual name; the name as printed for a place that the gazetteer lacks.
    pub name: String,
    /// ISO 3166 alpha-2 of the country; for a place that the gazetteer lacks, that of the report's other places.
    pub country: Option<&'static str>,
    /// The place, when the gazetteer has it.
    pub place: Option<Place>,
    /// For a place that the gazetteer lacks: the place the words put it in or near.
    pub within: Option<Place>,
    /// How near the words put it; for a place that the gazetteer lacks, `Near` or that of [`Settled::within`].
    pub precision: PlacePrecision,
}

/// A place this well known is believed in a country that the report does not speak of.
const WELL_KNOWN: f32 = 4.5;

impl Gazetteer {
    /// Where a claim's words put it, given the settled names of its report and what else is known; `None` for words that
    /// name nothing ("the mosque", "there").
    ///
    /// A name that the report settles elsewhere means the same here. "The capital" is the one of the report's country. A
    /// name that is only known from a far country is taken for a place that the gazetteer lacks.
    ///
    /// ```
    /// # use gazetteer::{Gazetteer, Hints};
    /// let g = Gazetteer::embedded();
    /// let report = g.locate("In Mali, fighters attacked Ménaka and a village called Zzarha.", &Hints::default());
    /// let at = |words| g.settle(words, &report, &Hints::default()).unwrap();
    /// assert_eq!(at("near Ménaka").place.unwrap().country, "ML");
    /// assert_eq!((at("village of Zzarha").name.as_str(), at("village of Zzarha").country), ("Zzarha", Some("ML")));
    /// assert_eq!(at("the capital").name, "Bamako");
    /// ```
    pub fn settle(&self, words: &str, report: &[Resolved], hints: &Hints) -> Option<Settled> {
        let mut context = Hints::of(report);
        context.near.extend(&hints.near);
        context.want = hints.want;
        for (country, weight) in &hints.countries {
            match context.countries.iter_mut().find(|(c, _)| c == country) {
                Some((_, w)) => *w = w.max(*weight),
                None => context.countries.push((country.clone(), *weight)),
            }
        }
        context.countries.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let home = context.home().and_then(|country| self.code(country));
        if matches!(
            plain(words).as_str(),
            "capital" | "the capital" | "la capitale" | "la capital" | "capital city" | "the capital city" | "in the capital"
        ) {
            return self.capital(home?).map(|place| self.settled(place, PlacePrecision::Exact, place.name));
        }
        let readings = reduce(words);
        let within = readings.last().map_or(&[][..], |r| &r.within[..]);
        let outer = within.iter().find_map(|w| self.settle(w, report, hints).filter(|s| s.place.is_some()));
        let fits = |best: &Candidate| {
            outer
                .as_ref()
                .and_then(|o| o.place)
                .is_none_or(|o| best.place.row == o.row || inside(&best.place, &o) > 0.0 || best.place.distance_km((o.lat, o.lon)) < 100.0)
        };
        for reading in &readings {
            if let Some(known) = same_name(reading, report).filter(|known| self.is_likely(known, &context) && fits(known)) {
                return Some(self.settled(known.place, reading.precision_of(&known.place), &reading.core));
            }
            if self.tables.places.get(&key(&reading.core)).next().is_some() {
                break;
            }
        }
        let best = self.places(words, &context).into_iter().next();
        if let Some(best) = best.filter(|best| self.is_likely(best, &context) && fits(best)) {
            let core = readings.iter().find(|r| self.tables.places.get(&key(&r.core)).any(|row| row == best.place.row));
            let printed = core.or(readings.last()).map_or(words, |r| r.core.as_str());
            let mut settled = self.settled(best.place, best.precision, printed);
            if best.edits > 0 {
                settled.name = printed.to_owned();
            }
            return Some(settled);
        }
        let core = unknown(&readings, words)?;
        if let Some(country) = self.country(core).and_then(|c| self.country_place(c.iso2)) {
            return Some(self.settled(country, PlacePrecision::Country, country.name));
        }
        let country = outer.as_ref().and_then(|s| s.country).or(home);
        let precision = match &outer {
            Some(outer) if outer.precision != PlacePrecision::Exact => outer.precision,
            _ => PlacePrecision::Near,
        };
        Some(Settled { name: core.to_owned(), country, place: None, within: outer.and_then(|s| s.place), precision })
    }

    /// Whether a place may be believed in this context: the report speaks of its country, or everybody knows it.
    fn is_likely(&self, best: &Candidate, context: &Hints) -> bool {
        let told = context.countries.iter().find(|(c, _)| c == best.place.country).map_or(0.0, |(_, w)| *w);
        let bordering = || context.countries.iter().any(|(c, w)| *w > 0.3 && self.are_neighbours(c, best.place.country));
        context.countries.is_empty()
            || told >= 0.15
            || best.place.country.is_empty()
            || best.place.importance() >= WELL_KNOWN + if bordering() { -2.5 } else { 0.0 }
    }

    fn settled(&self, place: Place, precision: PlacePrecision, printed: &str) -> Settled {
        let name = usual(&place, printed).to_owned();
        Settled { name, country: Some(place.country).filter(|c| !c.is_empty()), place: Some(place), within: None, precision }
    }

    /// The seat of a country's government.
    pub fn capital(&self, iso2: &str) -> Option<Place> {
        // Rows are in order of importance: capitals come among the first.
        (0..self.len().min(20_000)).map(|row| self.place(row)).find(|p| p.code == "PPLC" && p.country == iso2)
    }

    /// The same code, living as long as the tables.
    fn code(&self, iso2: &str) -> Option<&'static str> {
        (1..=u8::MAX).map(|n| self.country_code(n)).take_while(|c| !c.is_empty()).find(|c| *c == iso2)
    }
}

/// The name inside words that the gazetteer knows nothing of; `None` when they are no name.
fn unknown<'a>(readings: &'a [Reading], words: &str) -> Option<&'a str> {
    let name = |core: &&str| core.chars().any(char::is_uppercase) || !core.is_ascii();
    let found = readings.iter().rev().map(|r| r.core.as_str()).find(name);
    // A text without capitals: the last word that is no everyday one.
    let small = words.chars().all(|c| !c.is_uppercase());
    found.or_else(|| {
        readings.last().map(|r| r.core.as_str()).filter(|core| small && !core.contains(' ') && core.len() > 4 && !is_common(&plain(core)))
    })
}

/// What the report settles the same name as, unless the words ask for another kind of place.
fn same_name(reading: &Reading, report: &[Resolved]) -> Option<Candidate> {
    let folded = key(&reading.core);
    let fits = |c: &Candidate| matches!(reading.want, Want::Any) || wanted(reading.want, &c.place) > 0.0;
    report.iter().filter(|r| r.toponym.kind == ToponymKind::Name && key(&r.toponym.text) == folded).find_map(|r| r.best.filter(fits))
}

/// The name to print: the gazetteer's, unless it is spelt with marks that no paper prints; then the report's own.
fn usual<'a>(place: &'a Place, printed: &'a str) -> &'a str {
    let marks = |c: char| matches!(c, 'ā' | 'ī' | 'ū' | 'Ā' | 'Ī' | 'Ū' | '‘' | '’' | 'ʼ' | 'ʿ' | 'ʾ' | '\u{1e00}'..='\u{1eff}' | '\u{0300}'..='\u{036f}' | 'ŏ' | 'ŭ' | '`');
    let spot = !matches!(place.class, 'P' | 'A' | 'L');
    if (spot || place.name.chars().any(marks)) && !printed.is_empty() { printed } else { place.name }
}
