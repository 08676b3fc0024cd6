//! What may leave: publishing profiles, and a count of what they hold back.
//!
//! After the practice of humanitarian publishers: less detail about where and who, later, and never more than is needed.
//! Jitter is no protection, so places are not shifted but put at the point of their unit, and their precision says so.

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::{Gazetteer, Hints, Want, key};
use jiff::{Span, Timestamp, civil::Date};
use ledger::{Aliases, ClaimEntry, Filter, IncidentEntry, Ledger, ReportEntry, Turn, What};
use record::{Claim, Field, Id, Incident, IncidentPlace, Party, PartyName, PlaceName, PlacePrecision, Quote, Repeats, Report, SourceKind, Toll};
use serde::Serialize;

use crate::Result;
use crate::incident::{ClaimLine, IncidentView, ReportLine, about};
use crate::lists::{ClaimRow, IncidentRow, ReportRow};
use crate::mask::{Mask, is_name};
use crate::side::Side;

/// How much of the ledger an export shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// For everybody: places no nearer than their second-level unit, nothing that is not over for two days, private persons
    /// neither named nor quoted, no small counts of victims of sexual violence.
    Public,
    /// For those who work on it too: whole places at once, private persons not named, no report texts.
    Partner,
    /// Everything: for oneself.
    #[default]
    Private,
}

impl Publishing {
    /// All of them.
    pub const ALL: &'static [Publishing] = &[Publishing::Public, Publishing::Partner, Publishing::Private];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Publishing::Public => "public",
            Publishing::Partner => "partner",
            Publishing::Private => "private",
        }
    }

    /// What it holds back, in a line.
    pub const fn about(self) -> &'static str {
        match self {
            Publishing::Public => {
                "Places no nearer than a district, their names left out of words and addresses, two days' delay, private persons neither named nor quoted, no counts below 3 of sexual violence"
            }
            Publishing::Partner => "Places in full and at once; private persons not named, no report texts",
            Publishing::Private => "Everything",
        }
    }

    /// Whether an incident without figures may have some that are held back. That it has is not told: it would tell that its victims are few.
    pub(crate) fn may_withhold(self, incident: &Incident) -> bool {
        let none = [&incident.deaths, &incident.injured, &incident.abducted].iter().all(|tolls| tolls.is_empty());
        self == Publishing::Public && incident.kind == SEXUAL && none
    }
}

/// How many days after its last day an incident stays out of what is public.
pub const DELAY_DAYS: i64 = 2;

/// Counts below this of victims of sexual violence could point at a person.
const SMALL: u64 = 3;

/// The type of incidents whose small counts are left out.
const SEXUAL: &str = "sexual violence";

/// Two points of one name so near one another are one place's.
const SAME_KM: f64 = 10.0;

/// What was held back: numbers only, never which or where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Incidents left out.
    pub incidents: usize,
    /// Claims left out.
    pub claims: usize,
    /// Reports left out.
    pub reports: usize,
    /// Places put at the point of their unit, or left out.
    pub places: usize,
    /// Names of such places taken out of words and addresses.
    pub mentions: usize,
    /// Tolls left out.
    pub tolls: usize,
    /// Names of private persons replaced by what they are.
    pub names: usize,
    /// Quotes and headlines left out.
    pub quotes: usize,
    /// Texts of reports left out.
    pub texts: usize,
}

impl Withheld {
    /// `3 incidents, 12 places`; `nothing`.
    pub fn words(&self) -> String {
        let one = |n: usize, what: &str| (n > 0).then(|| format!("{n} {}", if n == 1 { what.to_owned() } else { format!("{what}s") }));
        let parts: Vec<String> = [
            one(self.incidents, "incident"),
            one(self.claims, "claim"),
            one(self.reports, "report"),
            one(self.places, "place"),
            one(self.mentions, "mention"),
            one(self.tolls, "toll"),
            one(self.names, "name"),
            one(self.quotes, "quote"),
            one(self.texts, "text"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}

/// One publishing: a profile at a moment, and what it has held back so far.
///
/// What leaves is gone through field by field, with every field named: one that is added to a record does not compile before somebody
/// said here what becomes of it.
#[derive(Clone, Debug)]
pub struct Publisher {
    profile: Publishing,
    now: Timestamp,
    withheld: Withheld,
    mask: Mask,
    /// Incidents that are not over long enough.
    fresh: BTreeSet<Id>,
    /// Incidents of sexual violence with few victims.
    few: BTreeSet<Id>,
    /// Reports that tell of these incidents, with all that they copy and that copies them; and the quotes in each that do.
    telling: BTreeMap<Id, Vec<Quote>>,
    /// Reports of the last days.
    new: BTreeSet<Id>,
}

impl Publisher {
    fn new(profile: Publishing, now: Timestamp) -> Publisher {
        let (fresh, few, telling, new) = Default::default();
        Publisher { profile, now, withheld: Withheld::default(), mask: Mask::default(), fresh, few, telling, new }
    }

    /// A publisher for what is in a ledger that has held nothing back yet; `now` decides what is recent. It knows the names of places that
    /// must not be read in words, which incidents count few victims, and which reports tell of them.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn of(ledger: &Ledger, profile: Publishing, now: Timestamp, as_of: Option<Timestamp>) -> Result<Publisher> {
        let mut publisher = Publisher::new(profile, now);
        if profile == Publishing::Public {
            let everything = Filter { as_of, ..Filter::default() };
            publisher.learn(&ledger.incident_entries(&everything)?, &ledger.claims(&everything)?, &ledger.report_entries(&everything)?);
        }
        Ok(publisher)
    }

    /// Learns what these records must not tell.
    fn learn(&mut self, entries: &[IncidentEntry], claims: &[Claim], reports: &[ReportEntry]) {
        self.mask = mask(entries, claims);
        self.fresh = entries.iter().filter(|entry| self.is_fresh(entry)).map(|entry| entry.incident.id.clone()).collect();
        let sexual: BTreeSet<&Id> = entries.iter().filter(|entry| entry.incident.kind == SEXUAL).map(|entry| &entry.incident.id).collect();
        let of = |claim: &Claim| claim.incident.clone().filter(|id| sexual.contains(id));
        self.few = claims.iter().filter(|claim| counts_few(claim)).filter_map(of).collect();
        self.few.extend(entries.iter().map(|entry| &entry.incident).filter(|incident| has_few(incident)).map(|incident| incident.id.clone()));
        self.new = reports.iter().filter(|entry| self.is_new(entry)).map(|entry| entry.report.id.clone()).collect();
        let repeats = Repeats::among(reports.iter().map(|entry| &entry.report));
        let told = claims.iter().filter(|claim| claim.incident.as_ref().is_some_and(|id| self.few.contains(id)));
        let roots: BTreeSet<&str> = told.map(|claim| repeats.root(&claim.report)).collect();
        let family = reports.iter().map(|entry| &entry.report.id).filter(|id| roots.contains(repeats.root(id)));
        self.telling = family.map(|id| (id.clone(), vec![])).collect();
        for claim in claims.iter().filter(|claim| self.is_of_few(claim)).collect::<Vec<_>>() {
            self.telling.entry(claim.report.clone()).or_default().push(claim.quote.clone());
        }
    }

    /// Whether a claim is of few victims: of an incident that has few, or of none, as those of copies may be, in a report that tells of one.
    fn is_of_few(&self, claim: &Claim) -> bool {
        match &claim.incident {
            Some(incident) => self.few.contains(incident),
            None => self.telling.contains_key(&claim.report) && (claim.count.is_none() || counts_few(claim)),
        }
    }

    /// Whether few victims could be read in a quote of anything else: in a headline, or in words that tell of them too.
    fn quotes_few(&self, claim: &Claim) -> bool {
        let quote = &claim.quote;
        let over = |other: &Quote| other.field == quote.field && other.start < quote.end && quote.start < other.end;
        self.telling.get(&claim.report).is_some_and(|few| quote.field == Field::Title || few.iter().any(over))
    }

    /// Words without the names of places that must not be read in them.
    pub fn words(&mut self, words: &mut String) {
        if self.profile == Publishing::Public {
            let (masked, n) = self.mask.over(words);
            self.withheld.mentions += n;
            *words = masked;
        }
    }

    /// The profile.
    pub fn profile(&self) -> Publishing {
        self.profile
    }

    /// What was held back.
    pub fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    /// An address, unless it spells such a name.
    fn address(&mut self, address: &mut Option<String>) {
        if self.profile == Publishing::Public && address.as_ref().is_some_and(|address| self.mask.is_in(address)) {
            self.withheld.mentions += 1;
            *address = None;
        }
    }

    /// Whether something whose last day is this is recent. What is undated counts from the day it was learnt.
    fn is_recent(&self, last: Date) -> bool {
        let today = self.now.to_zoned(jiff::tz::TimeZone::UTC).date();
        self.profile == Publishing::Public && last.checked_add(Span::new().days(DELAY_DAYS)).is_ok_and(|free| free > today)
    }

    fn is_fresh(&self, entry: &IncidentEntry) -> bool {
        self.is_recent(entry.incident.date.as_ref().map_or_else(|| day(entry.first_recorded_at), |date| date.end))
    }

    fn is_new(&self, entry: &ReportEntry) -> bool {
        self.is_recent(entry.report.published.as_ref().map_or_else(|| day(entry.recorded_at), record::Published::date))
    }

    /// An incident as it may leave, or none of it.
    pub fn incident(&mut self, mut entry: IncidentEntry) -> Option<IncidentEntry> {
        if self.is_fresh(&entry) {
            self.withheld.incidents += 1;
            return None;
        }
        if self.profile == Publishing::Public {
            let IncidentEntry { incident, revision: _, decided_by: _, fields, first_recorded_at: _, recorded_at: _, written_at: _ } = &mut entry;
            // As people typed them: the place itself, a small count.
            fields.clear();
            let few = self.few.contains(&incident.id) || has_few(incident);
            let Incident { id: _, kind: _, date: _, place, parties, deaths, injured, abducted, displaced, status: _, disputes: _, claims: _ } =
                incident;
            place.iter_mut().for_each(|place| self.place(place));
            if few {
                self.withheld.tolls += 1;
                for tolls in [&mut *deaths, &mut *injured, &mut *abducted] {
                    tolls.clear();
                }
            }
            // A party may be named after its village, and a toll after its party.
            for Toll { side, low: _, best: _, high: _, because: _ } in [deaths, injured, abducted, displaced].into_iter().flatten() {
                self.words(side);
            }
            for Party { name, role: _, basis: _ } in parties {
                self.words(name);
            }
        }
        Some(entry)
    }

    fn place(&mut self, place: &mut IncidentPlace) {
        if !is_near(place.precision) {
            return;
        }
        self.withheld.places += 1;
        let country = place.country.as_deref().unwrap_or("");
        let (name, precision, want) = match (&place.admin2, &place.admin1) {
            (Some(name), _) => (name.clone(), PlacePrecision::Admin2, Want::Admin2),
            (None, Some(name)) => (name.clone(), PlacePrecision::Admin1, Want::Admin1),
            (None, None) => (country.to_owned(), PlacePrecision::Country, Want::Country),
        };
        let gazetteer = Gazetteer::embedded();
        let point = if precision == PlacePrecision::Country {
            gazetteer.country_place(country)
        } else {
            let hints = Hints { want, ..Hints::default().country(country, 1.0) };
            let mut units = gazetteer.places(&name, &hints).into_iter().map(|found| found.place);
            units.find(|unit| unit.country == country && unit.precision() == precision)
        };
        place.lat = point.map(|point| point.lat);
        place.lon = point.map(|point| point.lon);
        place.precision = precision;
        place.name = name;
    }

    /// Makes a claim what may leave of it; `false` where nothing may: what an incident held back says, and what is recent by itself.
    fn claim(&mut self, claim: &mut Claim) -> bool {
        // What tells no day and belongs to nothing is as recent as its report.
        let undated = claim.incident.is_none() && self.new.contains(&claim.report);
        let recent = claim.date.as_ref().map_or(undated, |date| self.is_recent(date.end));
        if recent || claim.incident.as_ref().is_some_and(|incident| self.fresh.contains(incident)) {
            self.withheld.claims += 1;
            return false;
        }
        if self.profile == Publishing::Private {
            return true;
        }
        let (few, mut unquoted) = (self.is_of_few(claim), self.quotes_few(claim));
        #[rustfmt::skip]
        let Claim {
            id: _, report: _, quote, source, stance: _, certainty: _, polarity: _, kind: _, scope: _, incident: _, actor, target, place, date, count,
            victims: _, side, weapon, score: _, reader: _, event: _,
        } = claim;
        for source in source.iter_mut().filter(|source| is_private(source.kind)) {
            self.withheld.names += 1;
            source.name = source.kind.as_str().to_owned();
            unquoted = true;
        }
        if self.profile == Publishing::Partner {
            return true;
        }
        if few {
            self.withheld.tolls += usize::from(count.take().is_some());
            *target = None;
            unquoted = true;
        }
        if unquoted {
            self.withheld.quotes += 1;
            quote.text.clear();
            // Of whom they speak is told by usual names only: "two women", "his brother" are words of the quote.
            for party in [&mut *actor, &mut *target] {
                *party = party.take().filter(|party| party.name != party.text || is_name(&party.name));
                party.iter_mut().for_each(|party| party.text.clone_from(&party.name));
            }
        }
        let printed = quote.text.clone();
        let named = [actor, target].into_iter().flatten().flat_map(|PartyName { text, name }| [text, name]);
        let worded = [count.as_mut().map(|count| &mut count.text), date.as_mut().and_then(|date| date.text.as_mut()), side.as_mut(), weapon.as_mut()];
        let speakers = source.iter_mut().map(|source| &mut source.name);
        for words in named.chain(worded.into_iter().flatten()).chain(speakers).chain([&mut quote.text]) {
            self.words(words);
        }
        if unquoted || quote.text != printed {
            // Where words stand that are not given would tell which they are.
            (quote.start, quote.end, quote.occurrence, quote.span) = Default::default();
        }
        if let Some(PlaceName { text, name, country, gazetteer, lat, lon }) = place {
            self.withheld.places += 1;
            *name = Gazetteer::embedded().country_name(country.as_deref().unwrap_or_default()).unwrap_or("").to_owned();
            text.clear();
            (*lat, *lon, *gazetteer) = (None, None, None);
        }
        true
    }

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

    fn line(&mut self, report: &mut ReportLine, labels: &BTreeSet<&str>, few: bool) {
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
            let mut names: Vec<String> = aliases.of(usual).into_iter().map(|alias| alias.name.clone()).collect();
            names.iter_mut().for_each(|name| self.words(name));
            (!names.is_empty()).then(|| (usual.clone(), names))
        };
        names.into_iter().filter_map(&mut of).collect()
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

fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn is_near(precision: PlacePrecision) -> bool {
    matches!(precision, PlacePrecision::Exact | PlacePrecision::Near)
}

/// Whether a claim counts few; "at least two" may be two.
fn counts_few(claim: &Claim) -> bool {
    claim.count.as_ref().and_then(|count| count.high.or(count.low)).is_some_and(|most| most < SMALL)
}

/// Whether a toll of sexual violence could point at a person.
fn has_few(incident: &Incident) -> bool {
    let mut tolls = incident.deaths.iter().chain(&incident.injured).chain(&incident.abducted);
    incident.kind == SEXUAL && tolls.any(|toll| toll.high < SMALL)
}

/// The names that must not be read: of the places that are coarsened and that claims name, as printed and as the gazetteer has them, but
/// for those of units that are shown, and of countries.
fn mask(entries: &[IncidentEntry], claims: &[Claim]) -> Mask {
    let gazetteer = Gazetteer::embedded();
    let places = || entries.iter().filter_map(|entry| entry.incident.place.as_ref());
    let units = places().flat_map(|place| {
        let own = (!is_near(place.precision)).then_some(place.name.as_str());
        [place.admin1.as_deref(), place.admin2.as_deref(), own].into_iter().flatten()
    });
    let shown: BTreeSet<String> = units.map(key).collect();
    let is_hidden = |name: &str| !shown.contains(&key(name)) && gazetteer.country(name).is_none();
    let of_incidents = places().filter(|place| is_near(place.precision)).map(|place| (place.name.as_str(), &place.country, place.lat.zip(place.lon)));
    let named = claims.iter().filter_map(|claim| claim.place.as_ref());
    let of_claims = named.clone().map(|place| (place.name.as_str(), &place.country, place.lat.zip(place.lon)));
    let mut looked_up = BTreeSet::new();
    let mut rows = BTreeSet::new();
    for (name, country, point) in of_incidents.clone().chain(of_claims.clone()).filter(|(name, _, _)| is_hidden(name)) {
        let Some(point) = point else { continue };
        let country = country.as_deref().unwrap_or_default();
        if looked_up.insert((name, country, point.0.to_bits(), point.1.to_bits())) {
            let found = gazetteer.places(name, &Hints::default().country(country, 1.0));
            rows.extend(found.iter().filter(|found| found.edits == 0 && found.place.distance_km(point) < SAME_KM).map(|found| found.place.row));
        }
    }
    let other = gazetteer.keys_of(&rows).into_iter().filter(|key| gazetteer.country(key).is_none()).collect();
    let names = of_incidents.chain(of_claims).map(|(name, _, _)| name).chain(named.map(|place| place.text.as_str()));
    Mask::new(names.filter(|name| gazetteer.country(name).is_none()), other, &shown)
}

/// Whether somebody who speaks as this could be harmed by being known.
fn is_private(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Resident | SourceKind::Witness | SourceKind::Medical | SourceKind::Unnamed | SourceKind::UnnamedOfficial)
}

/// What is disputed in an incident, one sentence a pair: who says what, against whom.
pub(crate) fn disputes(view: &IncidentView) -> Vec<String> {
    let says = |label: &str| {
        let line = view.claims.iter().find(|line| line.label == label)?;
        let claim = &line.entry.claim;
        let mut words = format!("{} {}", line.speaker, crate::incident::verb(claim.stance));
        let count = claim.count.as_ref().map(crate::show::count_words);
        // Whoever denies a thing does not deny that it was not.
        let negative = claim.polarity == record::Polarity::Negative && claim.stance != record::Stance::Denies;
        words += &match (count, negative) {
            (Some(count), false) => format!(" {count}"),
            (Some(count), true) => format!(" not {count}"),
            (None, true) => format!(" no {}", claim.kind),
            (None, false) => format!(" {}", claim.kind),
        };
        let chain = line.chain.len() > 1;
        Some(if chain { format!("{words} (in {})", line.chain[0]) } else { words })
    };
    let mut sentences: Vec<String> = view
        .disputes
        .iter()
        .filter_map(|dispute| {
            let [a, b] = &dispute.claims;
            Some(format!("Disputed, {}: {}; {}.", about(dispute.over), says(a)?, says(b)?))
        })
        .collect();
    sentences.dedup();
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(kind: &str, day: &str, deaths: serde_json::Value) -> IncidentEntry {
        let incident = serde_json::from_value(json!({
            "id": "7K3QFM", "type": kind, "date": {"start": day, "end": day, "precision": "day"},
            "place": {"name": "Labbezanga", "admin1": "Gao", "admin2": "Ansongo", "country": "ML", "lat": 14.95, "lon": 0.7, "precision": "exact"},
            "parties": [], "deaths": deaths, "status": "reported", "disputes": [], "claims": [],
        }));
        let at = "2025-06-10T12:00:00Z".parse().unwrap();
        IncidentEntry {
            incident: incident.unwrap(),
            revision: 1,
            decided_by: None,
            fields: ledger::Fields::default(),
            first_recorded_at: at,
            recorded_at: at,
            written_at: at,
        }
    }

    fn claim() -> Claim {
        serde_json::from_value(json!({
            "id": "C", "report": "R", "quote": "six soldiers died at Labbezanga, near Tin Hama", "start": 4, "end": 50, "occurrence": 1,
            "source": [{"name": "mayor of Labbezanga", "kind": "local-official"}], "stance": "states", "certainty": "certain", "polarity": "positive",
            "kind": "deaths", "scope": "incident", "incident": "7K3QFM", "actor": {"text": "the Tin-Hama militia", "name": "Tin Hama militia"}, "target": null,
            "place": {"text": "Labbézanga", "name": "Labbezanga", "country": "ML", "lat": 14.95, "lon": 0.7},
            "date": null, "count": {"text": "six", "low": 6, "high": 6}, "victims": null, "side": null, "weapon": null,
        }))
        .unwrap()
    }

    fn toll(high: u64) -> serde_json::Value {
        json!([{"side": "civilians", "low": 1, "best": 1, "high": high}])
    }

    fn public() -> Publisher {
        Publisher::new(Publishing::Public, "2025-06-10T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_is_public_is_coarse_late_and_small_counts_are_not() {
        let mut public = public();
        assert!(public.incident(entry("attack", "2025-06-09", toll(9))).is_none());
        let mut set = entry("attack", "2025-06-08", toll(9));
        set.fields.insert("place".to_owned(), "Labbezanga".to_owned());
        let old = public.incident(set).unwrap();
        let place = old.incident.place.as_ref().unwrap();
        assert_eq!((place.name.as_str(), place.precision), ("Ansongo", PlacePrecision::Admin2));
        assert!(place.lat.is_none_or(|lat| (lat - 14.95).abs() > 0.01), "not the place itself");
        assert_eq!((old.incident.deaths.len(), old.fields.len()), (1, 0));
        assert!(public.incident(entry(SEXUAL, "2025-06-01", toll(2))).unwrap().incident.deaths.is_empty());
        assert_eq!(public.incident(entry(SEXUAL, "2025-06-01", toll(3))).unwrap().incident.deaths.len(), 1);
        assert_eq!(public.withheld().words(), "1 incident, 3 places, 1 toll");

        let mut private = Publisher::new(Publishing::Private, public.now);
        let same = entry("attack", "2025-06-10", toll(1));
        assert_eq!(private.incident(same.clone()), Some(same));
        assert_eq!(private.withheld().words(), "nothing");
    }

    #[test]
    fn few_victims_can_be_read_in_no_claim_and_no_headline() {
        let count = |text: &str, low: u64, high: Option<u64>| record::Count::new(text, Some(low), high, false).unwrap();
        let women = Some(PartyName { text: "two women".to_owned(), name: "civilians".to_owned() });
        let mut few = claim();
        (few.quote.text, few.target) = ("two women".to_owned(), women.clone());
        let mut attack = claim();
        (attack.id, attack.count, attack.target) = ("D".to_owned(), None, women);
        let of = |id: &str, report: &str, incident: Option<&str>, field, (start, end)| {
            let mut claim = claim();
            (claim.id, claim.report, claim.incident) = (id.to_owned(), report.to_owned(), incident.map(str::to_owned));
            (claim.quote.field, claim.quote.start, claim.quote.end) = (field, start, end);
            claim
        };
        let mut of_nothing = of("E", "copy", None, Field::Text, (0, 20));
        of_nothing.count = None;
        let row = |claim: &Claim| ClaimRow {
            entry: claim.clone().into(),
            outlet: "Radio Labbezanga".to_owned(),
            outlet_kind: record::ReportKind::Broadcast,
            published: None,
            language: "en".to_owned(),
            url: Some("https://radio.example/labb%C3%A9zanga".to_owned()),
        };
        let report = |id: &str, copy_of: Option<&str>, published: &str| {
            let mut report = Report::new("wire", "en", "Two women raped", "Two women were raped.");
            (report.id, report.copy_of, report.published) = (id.to_owned(), copy_of.map(str::to_owned), published.parse().ok());
            let recorded_at = "2025-06-01T12:00:00Z".parse().unwrap();
            let address = "https://radio.example/labbezanga".to_owned();
            let fetched = ledger::Fetched {
                asked: address.clone(),
                address,
                status: 200,
                content_type: None,
                etag: None,
                last_modified: None,
                raw_hash: String::new(),
                fetched_at: recorded_at,
            };
            ReportEntry { report, url: None, raw_hash: None, fetched: Some(fetched), claims: 1, recorded_at }
        };
        // What tells of them copies another, and is copied; the last two tell of something else, one of them today.
        let reports = [
            report("R", Some("original"), ""),
            report("original", None, ""),
            report("copy", Some("R"), ""),
            report("copy of the copy", Some("copy"), ""),
            report("other copy", Some("original"), ""),
            report("other", None, "2025-06-08"),
            report("of today", None, "2025-06-10"),
        ];
        for (deaths, count) in [(toll(9), Some(count("two", 2, Some(2)))), (toll(9), Some(count("at least two", 2, None))), (toll(2), None)] {
            few.count = count;
            let mut public = public();
            let of_a_copy = Claim { id: "F".to_owned(), count: few.count.clone(), ..of_nothing.clone() };
            let all = [few.clone(), attack.clone(), of_nothing.clone(), of_a_copy.clone()];
            public.learn(&[entry(SEXUAL, "2025-06-01", deaths.clone())], &all, &reports);
            assert!(public.incident(entry(SEXUAL, "2025-06-01", deaths)).unwrap().incident.deaths.is_empty());
            for claim in [&few, &attack, &of_nothing, &of_a_copy] {
                let row = public.claim_row(row(claim)).unwrap();
                assert_eq!((row.entry.claim.quote.text.as_str(), &row.entry.claim.count, row.entry.claim.quote.end), ("", &None, 0));
                assert_eq!((row.outlet.as_str(), row.url), ("Radio [place]", None));
                assert!(!serde_json::to_string(&row.entry).unwrap().contains("women"));
            }
            // What else their reports tell is told, but in no words that tell of them too.
            for (claim, quoted) in [
                (of("G", "R", Some("other"), Field::Text, (49, 60)), false),
                (of("G", "R", Some("other"), Field::Text, (50, 60)), true),
                (of("G", "R", None, Field::Text, (50, 60)), true),
                (of("G", "R", Some("other"), Field::Title, (50, 60)), false),
                (of("G", "copy", Some("other"), Field::Text, (10, 30)), false),
                (of("G", "copy", Some("other"), Field::Text, (20, 30)), true),
                (of("G", "other copy", Some("other"), Field::Title, (0, 9)), false),
                (of("G", "other", Some("other"), Field::Title, (0, 9)), true),
            ] {
                let out = public.claim_row(row(&claim)).unwrap().entry.claim;
                assert_eq!((!out.quote.text.is_empty(), out.count.is_some()), (quoted, true), "{claim:?}");
            }
            for entry in reports.clone() {
                let title = if entry.report.id == "other" { "Two women raped" } else { "" };
                // As another incident lists it, one that the report tells of too.
                let mut line = ReportLine {
                    label: "r1".to_owned(),
                    id: entry.report.id.clone(),
                    outlet: String::new(),
                    kind: entry.report.kind,
                    published: None,
                    language: "en".to_owned(),
                    title: entry.report.title.clone(),
                    claims: vec![],
                    copies: vec![],
                };
                public.line(&mut line, &BTreeSet::new(), false);
                assert_eq!(line.title, title, "{}", line.id);
                let row = public.report_row(ReportRow { entry }, true).map(|row| row.entry);
                assert_eq!(row.is_none(), line.id == "of today");
                let bare = |row: ReportEntry| row.report.title == title && row.report.text.is_empty() && row.fetched.is_none();
                assert!(row.is_none_or(bare), "{}", line.id);
            }
        }
        let undated = |report: &str| of("H", report, None, Field::Text, (0, 9));
        let mut late = public();
        late.learn(&[], &[], &reports);
        assert!(late.claim(&mut undated("other")) && !late.claim(&mut undated("of today")), "it is as recent as its report");

        few.count = Some(count("at least three", 3, None));
        let mut public = public();
        public.learn(&[entry(SEXUAL, "2025-06-01", toll(9))], &[few], &reports);
        assert_eq!(public.incident(entry(SEXUAL, "2025-06-01", toll(9))).unwrap().incident.deaths.len(), 1);
    }

    #[test]
    fn of_what_became_of_incidents_no_more_leaves_than_of_the_incidents() {
        let turn = |cursor: i64, id: &str, what: What, into: Option<&str>| Turn {
            cursor,
            id: id.to_owned(),
            what,
            into: into.map(str::to_owned),
            revision: 1,
            decided_by: Some("ana".to_owned()),
            why: "both at Labbezanga".to_owned(),
            at: "2025-06-01T12:00:00Z".parse().unwrap(),
        };
        let turns = [
            turn(1, "leaves", What::Created, None),
            turn(2, "recent", What::Created, None),
            turn(3, "in it", What::Merged, Some("went into it")),
            turn(4, "went into it", What::Merged, Some("leaves")),
            turn(5, "in what is recent", What::Merged, Some("recent")),
            // Merged, and parted again.
            turn(6, "recent", What::Merged, Some("leaves")),
            turn(7, "recent", What::Created, None),
            turn(8, "leaves", What::Merged, Some("recent")),
            turn(9, "leaves", What::Created, None),
            turn(10, "none", What::Withdrawn, None),
        ];
        let mut leaving = entry("attack", "2025-06-01", toll(9));
        leaving.incident.id = "leaves".to_owned();
        let leaving = [IncidentRow::of(leaving, &[], &[])];
        for (profile, all, cursors) in [
            (Publishing::Public, true, &[1, 3, 4, 8, 9][..]),
            (Publishing::Partner, true, &[1, 3, 4, 8, 9, 10]),
            (Publishing::Private, true, &[1, 3, 4, 8, 9, 10]),
            (Publishing::Private, false, &[1, 3, 4, 8, 9]),
        ] {
            let told = Publisher::new(profile, public().now).turns(turns.to_vec(), &leaving, all);
            assert_eq!(told.iter().map(|turn| turn.cursor).collect::<Vec<_>>(), cursors, "{profile:?}");
            assert!(told.iter().all(|turn| turn.into.as_deref() != Some("recent") && turn.why.is_empty() == (profile != Publishing::Private)));
            assert_eq!(told[1].into.as_deref(), Some("went into it"));
        }
    }

    #[test]
    fn a_village_cannot_be_read_in_words_either() {
        let claim = claim();
        let mut other = claim.clone();
        other.place = Some(PlaceName { text: "Tin Hama".into(), name: "Tin Hama".into(), ..claim.place.clone().unwrap() });
        let mut entry = entry("attack", "2025-06-01", json!([{"side": "Labbezanga militia", "low": 1, "best": 1, "high": 9}]));
        entry.incident.parties = serde_json::from_value(json!([{"name": "Labbezanga militia", "role": "victim", "basis": "undisputed"}])).unwrap();
        let mut public = public();
        public.learn(&[entry.clone()], &[claim.clone(), other], &[]);
        let mut out = claim;
        assert!(public.claim(&mut out));
        assert_eq!(out.quote.text, "six soldiers died at [place], near [place]");
        assert_eq!((out.quote.start, out.quote.end, out.quote.occurrence), (0, 0, 0), "where it stands would tell what it says");
        assert_eq!((out.source[0].name.as_str(), out.actor.as_ref().unwrap().name.as_str()), ("mayor of [place]", "[place] militia"));
        let incident = public.incident(entry).unwrap().incident;
        assert_eq!((incident.parties[0].name.as_str(), incident.deaths[0].side.as_str()), ("[place] militia", "[place] militia"));
        for json in [serde_json::to_string(&out).unwrap(), serde_json::to_string(&incident).unwrap()] {
            assert!(!json.contains("abbezanga") && !json.contains("Hama"), "{json}");
        }
        for (words, expected) in [
            ("Ansongo: Labbezanga attacked", "Ansongo: [place] attacked"),
            // As the gazetteer also has it.
            ("Labézanga, Labbézenga, Labbezangar", "[place], [place], Labbezangar"),
        ] {
            let mut words = words.to_owned();
            public.words(&mut words);
            assert_eq!(words, expected);
        }
        assert_eq!(public.withheld().mentions, 10, "each of those, once");
    }

    #[test]
    fn private_persons_are_neither_named_nor_quoted() {
        let mut claim = claim();
        claim.source = serde_json::from_value(json!([{"name": "Amina Diallo", "kind": "resident"}])).unwrap();
        claim.quote.text = "his brother was shot".to_owned();
        claim.actor = Some(PartyName { text: "his brother".to_owned(), name: "his brother".to_owned() });
        claim.target = Some(PartyName { text: "the brothers".to_owned(), name: "Army of Northland".to_owned() });
        let mut public = public();
        let mut out = claim.clone();
        assert!(public.claim(&mut out));
        let out = serde_json::to_string(&out).unwrap();
        assert!(
            !out.contains("Amina")
                && !out.contains("brother")
                && out.contains("Army of Northland")
                && !out.contains("Labbezanga")
                && out.contains("Mali"),
            "{out}"
        );
        public.learn(&[entry("attack", "2025-06-10", toll(9))], &[], &[]);
        assert!(!public.claim(&mut claim.clone()), "its incident is too fresh");
        assert_eq!(public.withheld().words(), "1 claim, 1 place, 1 name, 1 quote");
        let mut out = claim.clone();
        assert!(Publisher::new(Publishing::Partner, public.now).claim(&mut out));
        assert_eq!((out.source[0].name.as_str(), out.quote.text.as_str()), ("resident", "his brother was shot"));
        assert_eq!(out.place, claim.place);
    }
}
