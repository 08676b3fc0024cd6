//! What may leave: publishing profiles, and a count of what they hold back.
//!
//! After the practice of humanitarian publishers: less detail about where and who, later, and never more than is needed.
//! Jitter is no protection, so places are not shifted but put at the point of their unit, and their precision says so.

use gazetteer::{Gazetteer, Hints, Want};
use jiff::{Span, Timestamp, civil::Date};
use ledger::{Filter, IncidentEntry, Ledger};
use record::{Claim, Incident, PlacePrecision, SourceKind};
use serde::Serialize;

use crate::Result;
use crate::incident::{IncidentView, ReportLine, about};
use crate::mask::Mask;

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
                "Places no nearer than a district, also in quotes and headlines, two days' delay, private persons neither named nor quoted, no counts below 3 of sexual violence"
            }
            Publishing::Partner => "Places in full and at once; private persons not named, no report texts",
            Publishing::Private => "Everything",
        }
    }
}

/// How many days after its last day an incident stays out of what is public.
pub const DELAY_DAYS: i64 = 2;

/// Counts below this of victims of sexual violence could point at a person.
const SMALL: u64 = 3;

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
    /// Names of such places taken out of quotes, headlines and names.
    pub mentions: usize,
    /// Tolls left out.
    pub tolls: usize,
    /// Names of private persons replaced by what they are.
    pub names: usize,
    /// Quotes of private persons left out.
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
#[derive(Clone, Debug)]
pub struct Publisher {
    profile: Publishing,
    now: Timestamp,
    withheld: Withheld,
    mask: Mask,
}

impl Publisher {
    /// A publisher that has held nothing back yet; `now` decides what is recent.
    pub fn new(profile: Publishing, now: Timestamp) -> Publisher {
        Publisher { profile, now, withheld: Withheld::default(), mask: Mask::default() }
    }

    /// A publisher for what is in a ledger: it knows the names of places that must not be read in quotes and headlines.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn of(ledger: &Ledger, profile: Publishing, now: Timestamp, as_of: Option<Timestamp>) -> Result<Publisher> {
        let mut publisher = Publisher::new(profile, now);
        if profile == Publishing::Public {
            let everything = Filter { as_of, ..Filter::default() };
            publisher.learn(&ledger.incidents(&everything)?, &ledger.claims(&everything)?);
        }
        Ok(publisher)
    }

    /// Learns which names of places stand in these records and must not be read: all but those of units that are shown, and of countries.
    pub(crate) fn learn(&mut self, incidents: &[Incident], claims: &[Claim]) {
        let gazetteer = Gazetteer::embedded();
        let places = || incidents.iter().filter_map(|incident| incident.place.as_ref());
        let near = |precision: PlacePrecision| matches!(precision, PlacePrecision::Exact | PlacePrecision::Near);
        let of_claims = claims.iter().filter_map(|claim| claim.place.as_ref()).flat_map(|place| [place.name.as_str(), place.text.as_str()]);
        let of_incidents = places().filter(|place| near(place.precision)).map(|place| place.name.as_str());
        let units = places().flat_map(|place| {
            let own = (!near(place.precision)).then_some(place.name.as_str());
            [place.admin1.as_deref(), place.admin2.as_deref(), own].into_iter().flatten()
        });
        let is_no_country = |name: &&str| gazetteer.country(name).is_none();
        self.mask = Mask::new(of_incidents.chain(of_claims).filter(is_no_country), units);
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
    pub fn address(&mut self, address: &mut Option<String>) {
        let spells = |address: &String| self.profile == Publishing::Public && self.mask.over(address).1 > 0;
        if address.as_ref().is_some_and(spells) {
            self.withheld.mentions += 1;
            *address = None;
        }
    }

    /// Whether something whose last day is this is recent. What is undated counts from the day it was learnt.
    fn is_recent(&self, last: Date) -> bool {
        let today = self.now.to_zoned(jiff::tz::TimeZone::UTC).date();
        self.profile == Publishing::Public && last.checked_add(Span::new().days(DELAY_DAYS)).is_ok_and(|free| free > today)
    }

    fn day(at: Timestamp) -> Date {
        at.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// An incident as it may leave, or none of it.
    pub fn incident(&mut self, entry: &IncidentEntry) -> Option<Incident> {
        let last = entry.incident.date.as_ref().map_or_else(|| Self::day(entry.first_recorded_at), |date| date.end);
        if self.is_recent(last) {
            self.withheld.incidents += 1;
            return None;
        }
        let mut incident = entry.incident.clone();
        if self.profile == Publishing::Public {
            self.place(&mut incident);
            // A party may be named after its village, and a toll after its party.
            let tolls = [&mut incident.deaths, &mut incident.injured, &mut incident.abducted, &mut incident.displaced];
            for side in tolls.into_iter().flatten().map(|toll| &mut toll.side) {
                self.words(side);
            }
            for party in &mut incident.parties {
                self.words(&mut party.name);
            }
            let small = incident.deaths.iter().chain(&incident.injured).chain(&incident.abducted).any(|toll| toll.high < SMALL);
            if incident.kind == "sexual violence" && small {
                self.withheld.tolls += 1;
                for tolls in [&mut incident.deaths, &mut incident.injured, &mut incident.abducted] {
                    tolls.clear();
                }
            }
        }
        Some(incident)
    }

    fn place(&mut self, incident: &mut Incident) {
        let Some(place) = &mut incident.place else { return };
        if !matches!(place.precision, PlacePrecision::Exact | PlacePrecision::Near) {
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

    /// A claim as it may leave, or none of it: what an incident held back says, and what is recent by itself, stays.
    pub fn claim(&mut self, claim: &Claim, held_back: &dyn Fn(&str) -> bool) -> Option<Claim> {
        let recent = claim.date.as_ref().is_some_and(|date| self.is_recent(date.end));
        if recent || claim.incident.as_deref().is_some_and(held_back) {
            self.withheld.claims += 1;
            return None;
        }
        let mut claim = claim.clone();
        if self.profile == Publishing::Private {
            return Some(claim);
        }
        let private = claim.source.iter().any(|source| is_private(source.kind));
        for source in claim.source.iter_mut().filter(|source| is_private(source.kind)) {
            self.withheld.names += 1;
            source.name = source.kind.as_str().to_owned();
        }
        if self.profile == Publishing::Public {
            if private {
                self.withheld.quotes += 1;
                claim.quote.text.clear();
                (claim.quote.start, claim.quote.end, claim.quote.occurrence) = (0, 0, 0);
            }
            let named = [&mut claim.actor, &mut claim.target].into_iter().flatten().flat_map(|party| [&mut party.text, &mut party.name]);
            let counted = claim.count.as_mut().map(|count| &mut count.text);
            let rest = [&mut claim.side, &mut claim.weapon].into_iter().flatten();
            let sources = claim.source.iter_mut().map(|source| &mut source.name);
            for words in named.chain(counted).chain(rest).chain(sources).chain([&mut claim.quote.text]) {
                self.words(words);
            }
            if let Some(place) = &mut claim.place {
                self.withheld.places += 1;
                let country = place.country.clone().unwrap_or_default();
                place.name = Gazetteer::embedded().country_name(&country).unwrap_or("").to_owned();
                place.text.clear();
                (place.lat, place.lon, place.gazetteer) = (None, None, None);
            }
        }
        Some(claim)
    }

    /// Whether a report of this day may leave.
    pub fn report(&mut self, published: Option<Date>, recorded: Timestamp) -> bool {
        let recent = self.is_recent(published.unwrap_or_else(|| Self::day(recorded)));
        self.withheld.reports += usize::from(recent);
        !recent
    }

    /// A text that stays here.
    pub fn text(&mut self) {
        self.withheld.texts += 1;
    }

    /// An incident with its claims as it may leave, or none of it.
    pub fn view(&mut self, mut view: IncidentView) -> Option<IncidentView> {
        view.entry.incident = self.incident(&view.entry)?;
        view.title = crate::incident::title(&view.entry.incident);
        if self.profile == Publishing::Private {
            return Some(view);
        }
        if self.profile == Publishing::Public {
            // They tell of what was there before.
            view.decisions.clear();
            view.proposal = None;
            view.reports.iter_mut().for_each(|report| self.headlines(report));
            for dispute in &mut view.disputes {
                self.words(&mut dispute.words);
            }
            for voice in &mut view.voices {
                self.words(&mut voice.name);
            }
        }
        view.claims.retain_mut(|line| {
            let Some(claim) = self.claim(&line.entry.claim, &|_| false) else { return false };
            line.chain.truncate(1);
            line.chain.extend(claim.source.iter().map(|source| source.name.clone()));
            line.speaker = line.chain.last().cloned().unwrap_or_default();
            line.entry.claim = claim;
            true
        });
        Some(view)
    }
}

impl Publisher {
    fn headlines(&mut self, report: &mut ReportLine) {
        self.words(&mut report.title);
        report.copies.iter_mut().for_each(|copy| self.headlines(copy));
    }
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
        }
    }

    #[test]
    fn what_is_public_is_coarse_late_and_small_counts_are_not() {
        let now = "2025-06-10T12:00:00Z".parse().unwrap();
        let toll = |high: u64| json!([{"side": "civilians", "low": 1, "best": 1, "high": high}]);
        let mut public = Publisher::new(Publishing::Public, now);
        assert!(public.incident(&entry("attack", "2025-06-09", toll(9))).is_none());
        let old = public.incident(&entry("attack", "2025-06-08", toll(9))).unwrap();
        let place = old.place.as_ref().unwrap();
        assert_eq!((place.name.as_str(), place.precision), ("Ansongo", PlacePrecision::Admin2));
        assert!(place.lat.is_none_or(|lat| (lat - 14.95).abs() > 0.01), "not the place itself");
        assert_eq!(old.deaths.len(), 1);
        assert!(public.incident(&entry("sexual violence", "2025-06-01", toll(2))).unwrap().deaths.is_empty());
        assert_eq!(public.incident(&entry("sexual violence", "2025-06-01", toll(3))).unwrap().deaths.len(), 1);
        assert_eq!(public.withheld().words(), "1 incident, 3 places, 1 toll");

        let mut private = Publisher::new(Publishing::Private, now);
        let same = entry("attack", "2025-06-10", toll(1));
        assert_eq!(private.incident(&same), Some(same.incident));
        assert_eq!(private.withheld().words(), "nothing");
    }

    #[test]
    fn a_village_cannot_be_read_in_words_either() {
        let claim: Claim = serde_json::from_value(json!({
            "id": "C", "report": "R", "quote": "six soldiers died at Labbezanga, near Tin Hama", "start": 4, "end": 50,
            "source": [{"name": "mayor of Labbezanga", "kind": "local-official"}], "stance": "states", "certainty": "certain", "polarity": "positive",
            "kind": "deaths", "scope": "incident", "incident": "7K3QFM", "actor": {"text": "the Tin-Hama militia", "name": "Tin Hama militia"}, "target": null,
            "place": {"text": "Labbézanga", "name": "Labbezanga", "country": "ML", "lat": 14.95, "lon": 0.7},
            "date": null, "count": {"text": "six", "low": 6, "high": 6}, "victims": null, "side": null, "weapon": null,
        }))
        .unwrap();
        let mut other = claim.clone();
        other.place = Some(record::PlaceName { text: "Tin Hama".into(), name: "Tin Hama".into(), ..claim.place.clone().unwrap() });
        let mut entry = entry("attack", "2025-06-01", json!([{"side": "Labbezanga militia", "low": 1, "best": 1, "high": 9}]));
        entry.incident.parties = serde_json::from_value(json!([{"name": "Labbezanga militia", "role": "victim", "basis": "undisputed"}])).unwrap();
        let mut public = Publisher::new(Publishing::Public, "2025-06-10T12:00:00Z".parse().unwrap());
        public.learn(&[entry.incident.clone()], &[claim.clone(), other]);
        let out = public.claim(&claim, &|_| false).unwrap();
        assert_eq!(out.quote.text, "six soldiers died at [place], near [place]");
        assert_eq!((out.source[0].name.as_str(), out.actor.as_ref().unwrap().name.as_str()), ("mayor of [place]", "[place] militia"));
        let incident = public.incident(&entry).unwrap();
        assert_eq!((incident.parties[0].name.as_str(), incident.deaths[0].side.as_str()), ("[place] militia", "[place] militia"));
        for json in [serde_json::to_string(&out).unwrap(), serde_json::to_string(&incident).unwrap()] {
            assert!(!json.contains("abbezanga") && !json.contains("Hama"), "{json}");
        }
        let mut title = "Ansongo: Labbezanga attacked".to_owned();
        public.words(&mut title);
        assert_eq!(title, "Ansongo: [place] attacked");
        assert_eq!(public.withheld().mentions, 8);
    }

    #[test]
    fn private_persons_are_neither_named_nor_quoted() {
        let claim: Claim = serde_json::from_value(json!({
            "id": "C", "report": "R", "quote": "his brother was shot", "start": 4, "end": 24,
            "source": [{"name": "Amina Diallo", "kind": "resident"}], "stance": "states", "certainty": "certain", "polarity": "positive",
            "kind": "deaths", "scope": "incident", "incident": "7K3QFM", "actor": null, "target": null,
            "place": {"text": "Labbezanga", "name": "Labbezanga", "country": "ML", "lat": 14.95, "lon": 0.7},
            "date": null, "count": null, "victims": null, "side": null, "weapon": null,
        }))
        .unwrap();
        let now = "2025-06-10T12:00:00Z".parse().unwrap();
        let free = |_: &str| false;
        let mut public = Publisher::new(Publishing::Public, now);
        let out = serde_json::to_string(&public.claim(&claim, &free).unwrap()).unwrap();
        assert!(!out.contains("Amina") && !out.contains("brother") && !out.contains("Labbezanga") && out.contains("Mali"), "{out}");
        assert!(public.claim(&claim, &|incident| incident == "7K3QFM").is_none());
        assert_eq!(public.withheld().words(), "1 claim, 1 place, 1 name, 1 quote");
        let out = Publisher::new(Publishing::Partner, now).claim(&claim, &free).unwrap();
        assert_eq!((out.source[0].name.as_str(), out.quote.text.as_str()), ("resident", "his brother was shot"));
        assert_eq!(out.place, claim.place);
    }
}
