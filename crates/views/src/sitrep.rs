//! What happened in an area in a period, as a document that somebody can sign: figures as ranges with their change, highlights each
//! with its sources, what is contested, a table by admin area, method and limits.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use ledger::{Filter, Ledger};
use record::{Incident, Toll};
use serde::Serialize;

use crate::Result;
use crate::acled::outlets;
use crate::document::Block;
use crate::houses::Country;
use crate::incident::{IncidentView, days, incident_at, title, total};
use crate::publish::{Publisher, disputes};
use crate::show::{place_words, when};

/// A period by its first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day, not before the first.
    pub to: Date,
}

impl Period {
    /// As many days just before it.
    pub fn before(self) -> Period {
        let length = (self.to - self.from).get_days() + 1;
        let back = |day: Date| day.checked_sub(length.days()).unwrap_or(day);
        Period { from: back(self.from), to: back(self.to) }
    }

    fn holds(self, incident: &Incident) -> bool {
        // An incident belongs to the period in which it can have begun, and so to one only.
        incident.date.as_ref().is_some_and(|date| self.from <= date.start && date.start <= self.to)
    }
}

/// A figure of the period and of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyFigure {
    /// What is counted.
    pub what: &'static str,
    /// Low, best and high: sums of bounds, so outer limits.
    pub now: [u64; 3],
    /// The same in the period before.
    pub before: [u64; 3],
}

/// An incident that stands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Highlight {
    /// The incident.
    pub id: String,
    /// It in words.
    pub text: String,
    /// Who tells of it, and when.
    pub sources: Vec<String>,
}

/// What is contested in an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contested {
    /// The incident.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Who says what against whom.
    pub words: Vec<String>,
}

/// An admin area's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Its name, with its country.
    pub name: String,
    /// Incidents in it.
    pub incidents: usize,
    /// The dead.
    pub killed: [u64; 3],
    /// The dead among civilians.
    pub civilians: [u64; 3],
    /// The hurt.
    pub injured: [u64; 3],
}

/// A situation report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sitrep {
    /// Which area, in the words of whoever asked.
    pub area: String,
    /// Which days.
    pub period: Period,
    /// Incidents of the period.
    pub incidents: usize,
    /// Incidents of the period before.
    pub incidents_before: usize,
    /// Key figures.
    pub figures: Vec<KeyFigure>,
    /// The deadliest, then those that most is said about.
    pub highlights: Vec<Highlight>,
    /// Where claims contradict one another.
    pub contested: Vec<Contested>,
    /// By first-level unit, the deadliest first.
    pub areas: Vec<Area>,
    /// How it was made, and what it cannot tell.
    pub method: Vec<String>,
}

/// Most highlights in a report.
const HIGHLIGHTS: usize = 8;

/// The report of an area, which the filter tells, and a period. `area` names it; the publisher decides what may leave.
///
/// # Errors
/// Those of the ledger.
pub fn sitrep(ledger: &Ledger, filter: &Filter, area: &str, period: Period, rules: &str, publisher: &mut Publisher) -> Result<Sitrep> {
    let now = views(ledger, filter, period, publisher)?;
    let before = views(ledger, filter, period.before(), &mut publisher.clone())?;
    let incidents: Vec<&Incident> = now.iter().map(|view| &view.entry.incident).collect();
    let earlier: Vec<&Incident> = before.iter().map(|view| &view.entry.incident).collect();
    let figure = |what: &'static str, of: fn(&Incident) -> Option<&Toll>| KeyFigure { what, now: sum(&incidents, of), before: sum(&earlier, of) };
    let mut by_weight: Vec<&IncidentView> = now.iter().collect();
    by_weight.sort_by_key(|view| {
        let toll = total(&view.entry.incident.deaths).map_or((0, 0), |toll| (toll.best, toll.high));
        (std::cmp::Reverse(toll), std::cmp::Reverse(view.claims.len()), view.entry.incident.id.clone())
    });
    let contested = now.iter().filter_map(|view| {
        let words = disputes(view);
        (!words.is_empty()).then(|| Contested { id: view.entry.incident.id.clone(), heading: heading(view), words })
    });
    let mut area = area.to_owned();
    publisher.words(&mut area);
    Ok(Sitrep {
        area,
        period,
        incidents: now.len(),
        incidents_before: before.len(),
        figures: vec![
            figure("Killed", |incident| total(&incident.deaths)),
            figure("Civilians killed", civilians),
            figure("Injured", |incident| total(&incident.injured)),
            figure("Abducted", |incident| total(&incident.abducted)),
            figure("Displaced", |incident| total(&incident.displaced)),
        ],
        highlights: by_weight.iter().take(HIGHLIGHTS).map(|view| highlight(view)).collect(),
        contested: contested.collect(),
        areas: areas(&incidents),
        method: method(&now, rules, publisher),
    })
}

fn views(ledger: &Ledger, filter: &Filter, period: Period, publisher: &mut Publisher) -> Result<Vec<IncidentView>> {
    let filter = Filter { from: Some(period.from), to: Some(period.to), limit: None, offset: 0, ..filter.clone() };
    let mut found = Vec::new();
    for entry in ledger.incident_entries(&filter)?.into_iter().filter(|entry| period.holds(&entry.incident)) {
        found.extend(publisher.view(incident_at(ledger, &entry.incident.id, filter.as_of)?));
    }
    Ok(found)
}

fn civilians(incident: &Incident) -> Option<&Toll> {
    incident.deaths.iter().find(|toll| toll.side == "civilians")
}

fn sum(incidents: &[&Incident], of: fn(&Incident) -> Option<&Toll>) -> [u64; 3] {
    incidents.iter().filter_map(|incident| of(incident)).fold([0; 3], |sum, toll| [sum[0] + toll.low, sum[1] + toll.best, sum[2] + toll.high])
}

fn heading(view: &IncidentView) -> String {
    let incident = &view.entry.incident;
    let date = incident.date.as_ref().map_or_else(String::new, |date| format!(", {}", days(date.start, date.end)));
    format!("{}{date}", title(incident))
}

fn range([low, best, high]: [u64; 3]) -> String {
    if low == high { best.to_string() } else { format!("{low}–{best}–{high}") }
}

fn toll_words(incident: &Incident) -> String {
    let words = incident
        .tolls()
        .into_iter()
        .map(|(what, tolls)| (if what == "deaths" { "killed" } else { what }, tolls))
        .filter_map(|(what, tolls)| total(tolls).map(|toll| format!("{what} {}", range([toll.low, toll.best, toll.high]))))
        .collect::<Vec<_>>();
    if words.is_empty() { "no toll given".to_owned() } else { words.join(", ") }
}

fn highlight(view: &IncidentView) -> Highlight {
    let incident = &view.entry.incident;
    let parties: Vec<&str> = incident.parties.iter().map(|party| party.name.as_str()).collect();
    let parties = if parties.is_empty() { String::new() } else { format!(" {}.", parties.join("; ")) };
    let disputed = if view.disputes.is_empty() { "" } else { ", disputed" };
    let text = format!(
        "{}, {} ({}).{parties} {}. Status: {}{disputed}.",
        crate::incident::capital(&incident.kind),
        place_words(incident),
        when(incident),
        crate::incident::capital(&toll_words(incident)),
        incident.status
    );
    let sources = view.reports.iter().map(|report| {
        let outlet = if report.outlet.is_empty() { report.kind.as_str() } else { &report.outlet };
        report.published.as_ref().map_or_else(|| outlet.to_owned(), |day| format!("{outlet}, {}", day.get(..10).unwrap_or(day)))
    });
    Highlight { id: incident.id.clone(), text, sources: sources.collect() }
}

fn areas(incidents: &[&Incident]) -> Vec<Area> {
    let mut by_name: BTreeMap<String, Vec<&Incident>> = BTreeMap::new();
    for incident in incidents {
        let place = incident.place.as_ref();
        let country = place.and_then(|place| place.country.as_deref());
        let country = country.map_or("country unknown", |iso2| Country::of(iso2).map_or(iso2, |country| country.name()));
        let name = place
            .and_then(|place| place.admin1.as_deref())
            .map_or_else(|| format!("{country}, area unknown"), |admin1| format!("{admin1}, {country}"));
        by_name.entry(name).or_default().push(incident);
    }
    let mut areas: Vec<Area> = by_name
        .into_iter()
        .map(|(name, of)| Area {
            name,
            incidents: of.len(),
            killed: sum(&of, |incident| total(&incident.deaths)),
            civilians: sum(&of, civilians),
            injured: sum(&of, |incident| total(&incident.injured)),
        })
        .collect();
    areas.sort_by(|a, b| (b.killed[1], b.incidents).cmp(&(a.killed[1], a.incidents)).then(a.name.cmp(&b.name)));
    areas
}

fn method(now: &[IncidentView], rules: &str, publisher: &Publisher) -> Vec<String> {
    let reports: usize = now.iter().map(|view| view.n_reports).sum();
    let mut told: Vec<&str> = now.iter().flat_map(outlets).collect();
    told.sort_unstable();
    told.dedup();
    let claims: usize = now.iter().map(|view| view.claims.len()).sum();
    let alone = now.iter().filter(|view| view.n_independent < 2).count();
    let mut method = vec![
        format!("Made with attest from {claims} claims in {reports} reports of {} outlets; figures resolved by the rules “{rules}”.", told.len()),
        "A range is low–best–high: what is credibly said at least, most likely and at most. It is no confidence interval, and sums of ranges are outer limits.".to_owned(),
        format!("{alone} of {} incidents rest on a single independent source. Copies of a report count once.", now.len()),
        "An incident counts in the period in which it can have begun. Reports of the last days are still coming in, so the latest figures tend to rise.".to_owned(),
        "What is not reported is not counted: few reports from an area may mean little violence or little access.".to_owned(),
    ];
    let profile = publisher.profile();
    if profile != crate::Publishing::Private {
        method.push(format!("Publishing profile {}: {}. Held back: {}.", profile.as_str(), profile.about(), publisher.withheld().words()));
    }
    method
}

impl Sitrep {
    /// As a document.
    pub fn blocks(&self) -> Vec<Block> {
        let strings = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let Period { from, to } = self.period;
        let before = self.period.before();
        let mut blocks = vec![Block::Title(format!("Situation report: {}, {}", self.area, days(from, to)))];
        let deaths = &self.figures[0];
        blocks.push(Block::Text(if self.incidents == 0 {
            format!("No incident is known that began in this period; {} in the one before ({}).", self.incidents_before, days(before.from, before.to))
        } else {
            format!(
                "{} {} known, {} killed; in the period before ({}) {} and {}.",
                self.incidents,
                if self.incidents == 1 { "incident is" } else { "incidents are" },
                range(deaths.now),
                days(before.from, before.to),
                self.incidents_before,
                range(deaths.before)
            )
        }));
        blocks.push(Block::Heading("Key figures".to_owned()));
        let mut rows = vec![vec![
            "Incidents".to_owned(),
            self.incidents.to_string(),
            self.incidents_before.to_string(),
            signed(self.incidents as u64, self.incidents_before as u64),
        ]];
        rows.extend(
            self.figures
                .iter()
                .map(|figure| vec![figure.what.to_owned(), range(figure.now), range(figure.before), signed(figure.now[1], figure.before[1])]),
        );
        blocks.push(Block::Table { heads: strings(&["", "this period", "period before", "change of best"]), rows });
        if !self.highlights.is_empty() {
            blocks.push(Block::Heading("Highlights".to_owned()));
            blocks.push(Block::List(self.highlights.iter().map(|h| format!("{} Sources: {}. [{}]", h.text, h.sources.join("; "), h.id)).collect()));
        }
        blocks.push(Block::Heading("Contested".to_owned()));
        if self.contested.is_empty() {
            blocks.push(Block::Text("Nothing in this period is contested by what is known.".to_owned()));
        } else {
            blocks.push(Block::List(self.contested.iter().map(|c| format!("{} [{}]. {}", c.heading, c.id, c.words.join(" "))).collect()));
        }
        if !self.areas.is_empty() {
            blocks.push(Block::Heading("By area".to_owned()));
            let row =
                |area: &Area| vec![area.name.clone(), area.incidents.to_string(), range(area.killed), range(area.civilians), range(area.injured)];
            blocks.push(Block::Table {
                heads: strings(&["area", "incidents", "killed", "civilians killed", "injured"]),
                rows: self.areas.iter().map(row).collect(),
            });
        }
        blocks.push(Block::Heading("Method and limits".to_owned()));
        blocks.push(Block::List(self.method.clone()));
        blocks
    }
}

/// `+3`, `−2`, `0`.
fn signed(now: u64, before: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", now - before),
        std::cmp::Ordering::Less => format!("−{}", before - now),
        std::cmp::Ordering::Equal => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_before_is_as_long_and_just_before() {
        let period = Period { from: "2025-06-02".parse().unwrap(), to: "2025-06-08".parse().unwrap() };
        let before = period.before();
        assert_eq!((before.from.to_string(), before.to.to_string()), ("2025-05-26".to_owned(), "2025-06-01".to_owned()));
        assert_eq!([signed(3, 1), signed(1, 3), signed(2, 2)], ["+2", "−2", "0"]);
    }
}
