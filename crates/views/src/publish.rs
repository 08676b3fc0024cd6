//! What may leave: publishing profiles, and a count of what they hold back.
//!
//! After the practice of humanitarian publishers: less detail about where and who, later, and never more than is needed.
//! Jitter is no protection, so places are not shifted but put at the point of their unit, and their precision says so.

mod tables;

use std::collections::{BTreeMap, BTreeSet};

use gazetteer::{Gazetteer, Hints, Want, key};
use jiff::{Span, Timestamp, civil::Date};
use ledger::{Filter, IncidentEntry, Ledger, ReportEntry};
use record::{Claim, Field, Id, Incident, IncidentPlace, Party, PartyName, PlaceName, PlacePrecision, Quote, Repeats, SourceKind, Toll};
use serde::Serialize;

use crate::Result;
use crate::incident::{IncidentView, about};
use crate::mask::{Mask, is_name};

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
            let (mut entries, claims) = (ledger.incident_entries(&everything)?, ledger.claims(&everything)?);
            publisher.learn(&entries, &claims, &ledger.report_entries(&everything)?);
            let aliases = ledger.aliases(as_of)?;
            if !aliases.places.names.is_empty() {
                // As they were read, and as they are shown.
                let mut named = entries.clone();
                named.iter_mut().for_each(|entry| aliases.name_incident(&mut entry.incident));
                entries.append(&mut named);
                publisher.mask = mask(&entries, &claims, aliases.places.all().map(|(_, name)| name));
            }
        }
        Ok(publisher)
    }

    /// Learns what these records must not tell.
    fn learn(&mut self, entries: &[IncidentEntry], claims: &[Claim], reports: &[ReportEntry]) {
        self.mask = mask(entries, claims, std::iter::empty());
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
/// for those of units that are shown, and of countries; and `others`.
fn mask<'n>(entries: &'n [IncidentEntry], claims: &'n [Claim], others: impl Iterator<Item = &'n str>) -> Mask {
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
    let names = of_incidents.chain(of_claims).map(|(name, _, _)| name).chain(named.map(|place| place.text.as_str())).chain(others);
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
mod tests;
