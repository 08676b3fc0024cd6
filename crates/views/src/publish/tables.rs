//! Views, rows and tables as they may leave.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aliases, ClaimEntry, ReportEntry, Turn, What, place_key, place_of_key};
use record::{Id, Report};

use super::{Publisher, Publishing, has_few};
use crate::incident::{ClaimLine, IncidentView, ReportLine};
use crate::lists::{ClaimRow, IncidentRow, ReportRow};
use crate::side::Side;

impl Publisher {
    /// An incident with its claims as it may leave, or none of it.
    pub fn view(&mut self, mut view: IncidentView) -> Option<IncidentView> {
        let few = self.profile == Publishing::Public && (self.few.contains(&view.entry.incident.id) || has_few(&view.entry.incident));
        view.entry = self.incident(view.entry)?;
        if self.profile == Publishing::Private {
            return Some(view);
        }
        #[rustfmt::skip]
        let IncidentView {
            title: _, entry: _, n_reports: _, n_independent: _, claims, sides: _, reports, disputes: _, voices: _, known, redirects, decisions,
            proposal,
        } = &mut view;
        // They tell of what was there before, and in whose words.
        (*redirects, *decisions, *proposal) = Default::default();
        if few {
            known.clear();
        }
        claims.retain_mut(|line| {
            let ClaimLine { label: _, entry, chain, speaker: _, side, relation: _, report_label: _, copy_of: _ } = line;
            let ClaimEntry { claim, decision: _, decided_by: _ } = entry;
            let mut outlet = chain.first().cloned().unwrap_or_default();
            let leaves = self.claim(claim);
            self.words(&mut outlet);
            if let Side::Party(name) = side {
                self.words(name);
            }
            line.speak(&outlet);
            leaves
        });
        let labels: BTreeSet<&str> = claims.iter().map(|line| line.label.as_str()).collect();
        reports.iter_mut().for_each(|report| self.line(report, &labels, few));
        // Title, sides, disputes and voices say in words what is left.
        view.tell();
        Some(view)
    }

    pub(super) fn line(&mut self, report: &mut ReportLine, labels: &BTreeSet<&str>, few: bool) {
        let ReportLine { label: _, id, outlet, kind: _, published: _, language: _, title, claims, copies } = report;
        claims.retain(|label| labels.contains(label.as_str()));
        self.headline(id, title, few);
        self.words(outlet);
        copies.iter_mut().for_each(|copy| self.line(copy, labels, few));
    }

    fn headline(&mut self, report: &Id, title: &mut String, few: bool) {
        if (few || self.telling.contains_key(report) || self.new.contains(report)) && !title.is_empty() {
            self.withheld.quotes += 1;
            title.clear();
        }
        self.words(title);
    }

    /// An incident's row as it may leave, or none of it.
    pub fn incident_row(&mut self, row: IncidentRow) -> Option<IncidentRow> {
        let IncidentRow { entry, mut outlets, n_reports, n_independent, first_reported } = row;
        outlets.iter_mut().for_each(|outlet| self.words(outlet));
        Some(IncidentRow { entry: self.incident(entry)?, outlets, n_reports, n_independent, first_reported })
    }

    /// Other names of the parties of incidents that leave, by the usual name.
    pub fn aliases(&mut self, aliases: &Aliases, leaving: &[IncidentRow]) -> BTreeMap<String, Vec<String>> {
        let names: BTreeSet<&String> = leaving.iter().flat_map(|row| &row.entry.incident.parties).map(|party| &party.name).collect();
        let mut of = |usual: &String| {
            let mut names: Vec<String> = aliases.actors.of(usual).into_iter().map(|alias| alias.name.clone()).collect();
            names.iter_mut().for_each(|name| self.words(name));
            (!names.is_empty()).then(|| (usual.clone(), names))
        };
        names.into_iter().filter_map(&mut of).collect()
    }

    /// Other names of the places of incidents that leave, by the key of the usual name; not for everybody, as they may be
    /// those of hamlets where no more than a district is shown.
    pub fn place_aliases(&self, aliases: &Aliases, leaving: &[IncidentRow]) -> BTreeMap<String, Vec<String>> {
        if self.profile == Publishing::Public || aliases.places.names.is_empty() {
            return BTreeMap::new();
        }
        let places = leaving.iter().filter_map(|row| row.entry.incident.place.as_ref());
        let keys: BTreeMap<String, Option<&str>> =
            places.map(|place| (place_key(place.country.as_deref(), &place.name), place.country.as_deref())).collect();
        let of = |(key, country): (String, Option<&str>)| {
            let own = |other: &str| place_of_key(other).filter(|(of, _)| *of == country).map_or(other, |(_, name)| name).to_owned();
            let names: Vec<String> = aliases.places.names.of(&key).into_iter().map(|alias| own(&alias.name)).collect();
            (!names.is_empty()).then_some((key, names))
        };
        keys.into_iter().filter_map(of).collect()
    }

    /// What became of incidents, as far as it may leave: of those that leave themselves, and of those that went into them; where `all`
    /// are asked for, also of those that were withdrawn, but not to everybody. Reasons are for oneself.
    pub fn turns(&self, mut turns: Vec<Turn>, leaving: &[IncidentRow], all: bool) -> Vec<Turn> {
        let mut told: BTreeSet<Id> = leaving.iter().map(|row| row.entry.incident.id.clone()).collect();
        let last: BTreeMap<Id, i64> = turns.iter().map(|turn| (turn.id.clone(), turn.cursor)).collect();
        // Backwards: an incident goes into one that is still there.
        for turn in turns.iter().rev().filter(|turn| last[&turn.id] == turn.cursor) {
            let goes = match turn.what {
                What::Merged => turn.into.as_ref().is_some_and(|into| told.contains(into)),
                What::Withdrawn => all && self.profile != Publishing::Public,
                _ => false,
            };
            if goes {
                told.insert(turn.id.clone());
            }
        }
        turns.retain(|turn| told.contains(&turn.id));
        for Turn { cursor: _, id: _, what: _, into, revision: _, decided_by: _, why, at: _ } in &mut turns {
            *into = into.take().filter(|into| told.contains(into));
            if self.profile != Publishing::Private {
                why.clear();
            }
        }
        turns
    }

    /// A claim's row as it may leave, or none of it.
    pub fn claim_row(&mut self, mut row: ClaimRow) -> Option<ClaimRow> {
        let ClaimRow { entry, outlet, outlet_kind: _, published: _, language: _, url } = &mut row;
        let ClaimEntry { claim, decision: _, decided_by: _ } = entry;
        if !self.claim(claim) {
            return None;
        }
        self.words(outlet);
        self.address(url);
        Some(row)
    }

    /// A report's row as it may leave, or none of it; its text goes with it where it is asked for and may.
    pub fn report_row(&mut self, mut row: ReportRow, with_text: bool) -> Option<ReportRow> {
        if self.is_new(&row.entry) {
            self.withheld.reports += 1;
            return None;
        }
        let ReportRow { entry: ReportEntry { report, url, raw_hash: _, fetched, claims: _, recorded_at: _ } } = &mut row;
        let Report { id, published: _, outlet, kind: _, language: _, title, text, copy_of: _ } = report;
        if self.profile != Publishing::Private {
            self.withheld.texts += usize::from(with_text);
            text.clear();
            // Addresses again, with more in them than where it is published.
            *fetched = None;
        }
        self.headline(id, title, false);
        self.words(outlet);
        self.address(url);
        Some(row)
    }
}
