use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use ledger::{Brief, Filter, Ledger, Share, Top};
use record::{DatePrecision, Status};
use serde::Serialize;

use crate::Result;
use crate::lists::{IncidentRow, incidents};

/// A page of incidents with what stands around it: counts for every filter, sums, and what map and timeline draw.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// What all incidents of the filter add up to.
    pub figures: Figures,
    /// What they can be told apart by.
    pub facets: Vec<Facet>,
    /// Their days.
    pub series: Series,
    /// All of them, in brief.
    #[serde(skip)]
    pub briefs: Vec<Arc<Brief>>,
    /// Those of the page.
    pub items: Vec<IncidentRow>,
    /// How many come before.
    pub offset: usize,
    /// The offset of the next page.
    pub next: Option<usize>,
}

/// Sums over incidents. A sum of bounds is an outer limit, not a confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// How many incidents.
    pub incidents: usize,
    /// The dead, least.
    pub low: u64,
    /// Most likely.
    pub best: u64,
    /// Most.
    pub high: u64,
    /// Incidents that no source gives a toll for.
    pub without_toll: usize,
    /// Incidents without coordinates: on no map.
    pub without_place: usize,
    /// Incidents without a day: on no timeline.
    pub without_day: usize,
}

/// Something that incidents can be told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// Name of the filter.
    pub name: &'static str,
    /// Its values, most incidents first. They are counted as if this one filter were not set, so that another value can
    /// be chosen.
    pub values: Vec<Share>,
    /// How many values there are.
    pub total: usize,
}

/// Incidents along time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Series {
    /// How long a bin is.
    pub step: Step,
    /// One after the other, empty ones too; none when no incident has a day.
    pub bins: Vec<Bin>,
}

/// How long a bin of a series is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A day.
    #[default]
    Day,
    /// A week from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

/// One stretch of time: incidents that began in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// How many incidents.
    pub incidents: usize,
    /// Those of them whose day is known to the week or worse.
    pub uncertain: usize,
    /// The dead, least.
    pub low: u64,
    /// Most likely.
    pub best: u64,
    /// Most.
    pub high: u64,
}

/// A page of a filter's incidents: `limit` of them from `offset` on.
///
/// # Errors
/// Those of the ledger.
pub fn overview(ledger: &Ledger, filter: &Filter) -> Result<Overview> {
    ledger.snapshot(|ledger| {
        let briefs = ledger.briefs(filter)?;
        let items = incidents(ledger, filter)?;
        let after = filter.offset + items.len();
        Ok(Overview {
            figures: figures(&briefs),
            facets: facets(ledger, filter, &briefs)?,
            series: series(&briefs),
            next: (after < briefs.len() && !items.is_empty()).then_some(after),
            offset: filter.offset,
            briefs,
            items,
        })
    })
}

/// What incidents add up to.
pub fn figures(briefs: &[Arc<Brief>]) -> Figures {
    let mut sum = Figures { incidents: briefs.len(), ..Figures::default() };
    for brief in briefs {
        let [low, best, high] = brief.deaths.unwrap_or_default();
        sum.low = sum.low.saturating_add(low);
        sum.best = sum.best.saturating_add(best);
        sum.high = sum.high.saturating_add(high);
        sum.without_toll += usize::from(brief.deaths.is_none());
        sum.without_place += usize::from(brief.point.is_none());
        sum.without_day += usize::from(brief.start.is_none());
    }
    sum
}

/// Most values of a facet that are worth a page.
const VALUES: usize = 60;

/// Tells of the values that an incident has.
type Values = dyn for<'a> Fn(&'a Brief, &mut dyn FnMut(&'a str));

fn facets(ledger: &Ledger, filter: &Filter, briefs: &[Arc<Brief>]) -> Result<Vec<Facet>> {
    let mut facets = Vec::new();
    // A facet that is filtered by shows what else could be chosen.
    let counted = |open: bool, cleared: Filter, of: &Values| -> Result<Top<Share>> {
        let others = if open { None } else { Some(ledger.briefs(&cleared)?) };
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for brief in others.as_deref().unwrap_or(briefs) {
            of(brief, &mut |value| *counts.entry(value).or_default() += 1);
        }
        let mut items: Vec<Share> = counts.into_iter().map(|(value, incidents)| Share { value: value.to_owned(), incidents }).collect();
        items.sort_by(|a, b| b.incidents.cmp(&a.incidents).then_with(|| a.value.cmp(&b.value)));
        let total = items.len();
        items.truncate(VALUES);
        Ok(Top { items, total })
    };
    let mut add = |name, top: Top<Share>| facets.push(Facet { name, values: top.items, total: top.total });
    let by = |change: &dyn Fn(&mut Filter)| {
        let mut other = filter.clone();
        change(&mut other);
        other
    };
    add(
        "country",
        counted(filter.country.is_empty(), by(&|f| f.country.clear()), &|brief, say| brief.country.iter().for_each(|country| say(country)))?,
    );
    add("type", counted(filter.types.is_empty(), by(&|f| f.types.clear()), &|brief, say| say(&brief.kind))?);
    add("actor", ledger.party_shares(&by(&|f| f.actor.clear()), VALUES)?);
    add("status", in_order(counted(filter.status.is_empty(), by(&|f| f.status.clear()), &|brief, say| say(brief.status.as_str()))?));
    let over = counted(
        filter.over.is_empty() && filter.disputed.is_none(),
        by(&|f| {
            f.over.clear();
            f.disputed = None;
        }),
        &|brief, say| brief.disputed.split_whitespace().for_each(say),
    )?;
    add("disputed", over);
    add("outlet", ledger.outlet_shares(&by(&|f| f.outlet.clear()), VALUES)?);
    add("reviewed", counted(filter.reviewed.is_none(), by(&|f| f.reviewed = None), &|brief, say| say(if brief.reviewed { "yes" } else { "no" }))?);
    Ok(facets)
}

/// Standings from the weakest to the strongest.
fn in_order(mut top: Top<Share>) -> Top<Share> {
    top.items.sort_by_key(|share| Status::ALL.iter().position(|status| status.as_str() == share.value));
    top
}

/// Bins of a length that fits the stretch from the first incident to the last.
pub fn series(briefs: &[Arc<Brief>]) -> Series {
    let days = || briefs.iter().filter_map(|brief| brief.start);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Series::default() };
    let step = match (last - first).get_days() {
        ..=62 => Step::Day,
        63..=400 => Step::Week,
        401..=3_000 => Step::Month,
        _ => Step::Year,
    };
    binned(briefs, step, first, last)
}

/// Bins of one length over a stretch of days, which is widened to whole bins.
pub fn binned(briefs: &[Arc<Brief>], step: Step, first: Date, last: Date) -> Series {
    let mut bins: Vec<Bin> = Vec::new();
    let mut start = step.floor(first);
    while start <= last {
        let next = step.next(start);
        let end = next.and_then(|next| next.yesterday().ok()).unwrap_or(last);
        bins.push(Bin { start, end, incidents: 0, uncertain: 0, low: 0, best: 0, high: 0 });
        match next {
            Some(next) => start = next,
            None => break,
        }
    }
    for brief in briefs {
        let Some(day) = brief.start else { continue };
        let at = bins.partition_point(|bin| bin.end < day);
        let Some(bin) = bins.get_mut(at).filter(|bin| bin.start <= day) else { continue };
        let [low, best, high] = brief.deaths.unwrap_or_default();
        bin.incidents += 1;
        bin.uncertain += usize::from(brief.date_precision != Some(DatePrecision::Day));
        bin.low = bin.low.saturating_add(low);
        bin.best = bin.best.saturating_add(best);
        bin.high = bin.high.saturating_add(high);
    }
    Series { step, bins }
}

impl Step {
    /// All of them, the shortest first.
    pub const ALL: [Step; 4] = [Step::Day, Step::Week, Step::Month, Step::Year];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Step::Day => "day",
            Step::Week => "week",
            Step::Month => "month",
            Step::Year => "year",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == name)
    }

    fn floor(self, day: Date) -> Date {
        match self {
            Step::Day => day,
            Step::Week => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                day.checked_sub(back.days()).unwrap_or(day)
            }
            Step::Month => day.first_of_month(),
            Step::Year => day.first_of_year(),
        }
    }

    fn next(self, start: Date) -> Option<Date> {
        let span = match self {
            Step::Day => 1.day(),
            Step::Week => 1.week(),
            Step::Month => 1.month(),
            Step::Year => 1.year(),
        };
        start.checked_add(span).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(day: &str, precision: DatePrecision, deaths: Option<[u64; 3]>) -> Arc<Brief> {
        Arc::new(Brief {
            id: "A".to_owned(),
            kind: "attack".to_owned(),
            status: Status::Reported,
            start: (!day.is_empty()).then(|| day.parse().unwrap()),
            end: None,
            date_precision: Some(precision),
            place: None,
            country: None,
            point: None,
            place_precision: None,
            deaths,
            disputed: String::new(),
            reviewed: false,
        })
    }

    #[test]
    fn bins_are_whole_and_hold_every_dated_incident() {
        for (days, step, first, count) in [
            (&["2025-06-03", "2025-06-05", ""][..], Step::Day, "2025-06-03", 3),
            (&["2025-01-01", "2025-06-05"], Step::Week, "2024-12-30", 23),
            (&["2024-02-29", "2026-01-31"], Step::Month, "2024-02-01", 24),
            (&["1989-11-12", "2025-06-05"], Step::Year, "1989-01-01", 37),
        ] {
            let briefs: Vec<Arc<Brief>> = days.iter().map(|day| brief(day, DatePrecision::Day, Some([1, 2, 3]))).collect();
            let series = series(&briefs);
            assert_eq!((series.step, series.bins.len()), (step, count), "{days:?}");
            assert_eq!(series.bins[0].start.to_string(), first);
            assert!(series.bins.windows(2).all(|pair| pair[0].end.tomorrow().unwrap() == pair[1].start));
            let dated = days.iter().filter(|day| !day.is_empty()).count();
            assert_eq!(series.bins.iter().map(|bin| bin.incidents).sum::<usize>(), dated);
            assert_eq!(series.bins.iter().map(|bin| bin.high).sum::<u64>(), 3 * dated as u64);
        }
        assert!(series(&[brief("", DatePrecision::Day, None)]).bins.is_empty());
    }

    #[test]
    fn what_is_missing_is_counted() {
        let sum = figures(&[brief("2025-06-03", DatePrecision::Day, Some([1, 2, 3])), brief("", DatePrecision::Week, None)]);
        assert_eq!((sum.incidents, sum.low, sum.best, sum.high), (2, 1, 2, 3));
        assert_eq!((sum.without_toll, sum.without_place, sum.without_day), (1, 2, 1));
    }
}
