//! What may leave: publishing profiles, and a count of what they hold back.
//!
//! After the practice of humanitarian publishers: less detail about where and who, later, and never more than is needed.
//! Jitter is no protection, so places are not shifted but put at the point of their unit, and their precision says so.

use gazetteer::{Gazetteer, Hints, Want};
use jiff::{Span, Timestamp, civil::Date};
use ledger::IncidentEntry;
use record::{Claim, Incident, PlacePrecision, SourceKind};
use serde::Serialize;

use crate::incident::{IncidentView, about};

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
                "Places no nearer than a district, two days' delay, private persons neither named nor quoted, no counts below 3 of sexual violence"
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
}

impl Publisher {
    /// A publisher that has held nothing back yet; `now` decides what is recent.
    pub fn new(profile: Publishing, now: Timestamp) -> Publisher {
        Publisher { profile, now, withheld: Withheld::default() }
    }

    /// The profile.
    pub fn profile(&self) -> Publishing {
        self.profile
    }

    /// What was held back.
    pub fn withheld(&self) -> &Withheld {
        &self.withheld
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
