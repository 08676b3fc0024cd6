//! A claim beside its report, with place, days and parties made comparable.

use std::collections::BTreeMap;

use record::{Claim, Id, Report, Scope};

use crate::atlas::{Atlas, Where, Who};

/// A claim made comparable.
pub(crate) struct Fact<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) report: &'a Report,
    /// Where.
    pub(crate) place: Option<Where>,
    /// First and last day, counted from an arbitrary one.
    pub(crate) days: Option<(i64, i64)>,
    pub(crate) actor: Option<Who>,
    pub(crate) target: Option<Who>,
    pub(crate) side: Option<Who>,
}

/// Number of a day.
pub(crate) fn day(date: jiff::civil::Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// The day of a number made by [`day`].
pub(crate) fn date(day: i64) -> jiff::civil::Date {
    let span = jiff::Span::new().days(day);
    jiff::civil::date(1970, 1, 1).checked_add(span).expect("it came from a date")
}

impl Fact<'_> {
    /// Where the words stand: titles first.
    pub(crate) fn position(&self) -> (bool, u32) {
        (self.claim.quote.field == record::Field::Text, self.claim.quote.start)
    }

    /// When its report was published, empty when nobody says.
    pub(crate) fn published(&self) -> &str {
        self.report.published.as_ref().map_or("", |p| p.as_str())
    }

    /// Whether it is said to have happened in this incident.
    pub(crate) fn is_recalled(&self) -> bool {
        self.claim.scope == Scope::Background
    }
}

/// Claims beside their reports, in an order that their content alone decides: by publication, report, place in the text,
/// id. Totals over a period and claims without a report are left out; the same id counts once.
pub(crate) fn facts<'a>(reports: &BTreeMap<&str, &'a Report>, claims: &'a [Claim], atlas: &mut Atlas) -> Vec<Fact<'a>> {
    let mut known: BTreeMap<&Id, Fact> = BTreeMap::new();
    for claim in claims.iter().filter(|c| c.scope != Scope::Period) {
        if let Some(report) = reports.get(claim.report.as_str()) {
            known.insert(&claim.id, fact(claim, report, atlas));
        }
    }
    let mut facts: Vec<Fact> = known.into_values().collect();
    facts.sort_by(|a, b| {
        let order = |f: &Fact<'a>| (f.published().to_owned(), f.claim.report.clone(), f.position(), f.claim.id.clone());
        order(a).cmp(&order(b))
    });
    facts
}

pub(crate) fn fact<'a>(claim: &'a Claim, report: &'a Report, atlas: &mut Atlas) -> Fact<'a> {
    let place = claim.place.as_ref().map(|p| atlas.place(p));
    let country = place.as_ref().map_or("", |p| p.country.as_str()).to_owned();
    let date = claim.date.as_ref().map(|d| d.start).or(report.published.as_ref().map(|p| p.date()));
    let mut who = |name: &str| atlas.who(name, &country, date);
    let actor = claim.actor.as_ref().map(|a| who(&a.name));
    let target = claim.target.as_ref().map(|a| who(&a.name));
    let side = claim.side.as_ref().map(|a| who(a));
    let days = claim.date.as_ref().map(|d| (day(d.start), day(d.end)));
    Fact { claim, report, place, days, actor, target, side }
}
