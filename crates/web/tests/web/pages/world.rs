//! The ledger that the pages are of, and the desk that they are asked at. All names are invented.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use ledger::{Act, ClaimState, Decision, Deed, Ledger, NewReport, Reading, Verdict};
use reconcile::RuleSet;
use record::{Claim, Count, Dated, Field, Incident, Kind, PartyName, PlaceName, Polarity, Quote, Report, Source, SourceKind, Span, Stance, Victims};
use web::{Desk, Paste, Site, Told, Wish};

use crate::at;

pub(crate) const ARMY: &str = "Army of Northland";
pub(crate) const NLF: &str = "Northern Liberation Front";
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"><img src=x onerror=alert(2)>";

fn report(outlet: &str, kind: &str, day: i8, title: &str, text: &str) -> Report {
    let mut report = Report::new(kind, "en", title, text);
    report.outlet = outlet.to_owned();
    report.published = Some(format!("2025-06-{day:02}").parse().unwrap());
    report.identify();
    report
}

fn claim(report: &Report, kind: Kind, words: &str, source: &[(&str, SourceKind)]) -> Claim {
    let span = Span::find(&report.text, words).expect("the words stand in the report");
    let named = |text: &str, name: &str| Some(PartyName { text: text.to_owned(), name: name.to_owned() });
    let mut claim = Claim {
        source: source.iter().map(|&(name, kind)| Source { name: name.to_owned(), kind }).collect(),
        actor: named("NLF", NLF),
        target: named("soldiers", ARMY),
        place: Some(PlaceName {
            text: "Ménaka".to_owned(),
            name: "Ménaka".to_owned(),
            country: Some("ML".to_owned()),
            gazetteer: None,
            lat: Some(15.918),
            lon: Some(2.402),
        }),
        date: Some(Dated { text: None, start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap() }),
        ..Claim::new(report, kind, Quote::cut(report, Field::Text, span).unwrap())
    };
    claim.identify();
    claim
}

fn dead(report: &Report, words: &str, (text, low, high): (&str, u64, Option<u64>), source: &[(&str, SourceKind)]) -> Claim {
    let mut claim = claim(report, Kind::Deaths, words, source);
    claim.count = Some(Count::new(text, Some(low), high, false).unwrap());
    claim.victims = Some(Victims::Military);
    claim.side = Some(ARMY.to_owned());
    claim.identify();
    claim
}

/// A desk that does what the program's does, with the simplest means.
pub(crate) struct Sums;

impl Desk for Sums {
    fn rules(&self) -> Vec<String> {
        RuleSet::names().map(str::to_owned).collect()
    }

    fn what_if(&self, reports: &[Report], claims: &[Claim], rules: &str, without: &[String]) -> Option<Incident> {
        let options = reconcile::Options::default().with_rules(RuleSet::named(rules).ok()?);
        reconcile::incident(reports, claims, &without.iter().fold(options, |options, speaker| options.without(speaker)))
    }

    fn adds(&self) -> bool {
        true
    }

    fn add(&self, paste: &Paste) -> Result<Told, String> {
        match paste.text.as_str() {
            "broken" => Err("the model is missing".to_owned()),
            text => Ok(Told { status: "new".to_owned(), claims: text.lines().count(), ..Told::default() }),
        }
    }

    fn decides(&self) -> bool {
        true
    }

    fn who(&self) -> String {
        "ana".to_owned()
    }

    /// Of claims only; an incident follows from those that are left.
    fn decision(&self, ledger: &Ledger, wish: &Wish) -> Result<Option<Decision>, String> {
        let (id, state, deed) = match wish {
            Wish::Reject { id } => (id, ClaimState::Rejected, Deed::Reject),
            Wish::Set { id, fields } if fields == &["reviewed=yes"] => (id, ClaimState::Accepted, Deed::Set),
            _ => return Err("this desk cannot".to_owned()),
        };
        let entry = ledger.claim_entry(id, None).map_err(|error| error.to_string())?;
        if entry.decision == Some(state) {
            return Ok(None);
        }
        let mut verdicts = vec![Verdict::Claim { claim: entry.claim.clone(), state }];
        if let Some(incident) = entry.claim.incident.as_ref().filter(|_| state == ClaimState::Rejected) {
            let mut left = ledger.claims_of_incident(incident).unwrap();
            left.retain(|claim| claim.id != *id);
            let reports = ledger.reports(&ledger::Filter::default()).unwrap();
            verdicts.push(match reconcile::incident(&reports, &left, &reconcile::Options::default()) {
                Some(made) => Verdict::Incident { incident: Incident { id: incident.clone(), ..made }, fields: ledger::Fields::new(), stands: false },
                None => Verdict::Withdrawn { id: incident.clone(), stands: false },
            });
        }
        Ok(Some(Decision { deed, subject: id.clone(), verdicts, seen: vec![] }))
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) app: Router,
    pub(crate) incident: String,
    pub(crate) agency: String,
    pub(crate) hostile: String,
}

fn fill(path: &Path) -> (String, String) {
    let mut ledger = Ledger::create(path).unwrap();
    let agency = report(
        "Agence Nord",
        "wire",
        3,
        "Army post attacked in the north",
        "Fighters attacked an army post at Ménaka overnight. At least six soldiers were killed.\n\nAn army spokesman said there were no losses.",
    );
    let mut radio = report("Radio Oum", "broadcast", 3, "Post attacked", &agency.text.replace("overnight", "last night"));
    radio.copy_of = Some(agency.id.clone());
    let statement = report(NLF, "group-statement", 4, "Communiqué 12", "Our fighters took the post at Ménaka and killed 21 soldiers.");
    let late = report("Oum Tribune", "newspaper", 5, "Eight bodies", "The director of the hospital said eight bodies of soldiers were brought in.");
    let hostile = report(HOSTILE, "social", 6, HOSTILE, &format!("Gunmen {HOSTILE} killed two traders near Gao. {}", "long ".repeat(210_000)));

    let attack = claim(&agency, Kind::Attack, "Fighters attacked an army post", &[]);
    let six = dead(&agency, "At least six soldiers were killed", ("At least six", 6, None), &[]);
    let mut none = dead(&agency, "there were no losses", ("no", 0, Some(0)), &[("An army spokesman", SourceKind::Military)]);
    (none.stance, none.polarity) = (Stance::Denies, Polarity::Negative);
    let again = dead(&radio, "At least six soldiers were killed", ("At least six", 6, None), &[]);
    let took = claim(&statement, Kind::Seizure, "took the post", &[]);
    let many = dead(&statement, "killed 21 soldiers", ("21", 21, Some(21)), &[]);
    let eight = dead(&late, "eight bodies of soldiers", ("eight", 8, Some(8)), &[("The director of the hospital", SourceKind::Medical)]);
    let mut traders = dead(&hostile, "killed two traders", ("two", 2, Some(2)), &[(HOSTILE, SourceKind::Unnamed)]);
    traders.place = Some(PlaceName { text: HOSTILE.into(), name: HOSTILE.into(), country: None, gazetteer: None, lat: None, lon: None });
    (traders.side, traders.victims, traders.target) = (Some("civilians".to_owned()), Some(Victims::Civilian), None);
    traders.actor = Some(PartyName { text: HOSTILE.into(), name: HOSTILE.into() });
    traders.date = None;
    let mut gunmen = traders.clone();
    (gunmen.kind, gunmen.count, gunmen.victims, gunmen.side) = (Kind::Attack, None, None, None);
    for claim in [&mut traders, &mut gunmen] {
        claim.identify();
    }

    let rows = [
        (3, &agency, vec![attack, six, none]),
        (3, &radio, vec![again]),
        (4, &statement, vec![took, many]),
        (5, &late, vec![eight]),
        (6, &hostile, vec![traders, gunmen]),
    ];
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    for (day, report, own) in rows {
        let mut new = NewReport::new(report.clone(), format!("inbox/{day}.txt"), at(day)).hashed(&ledger::raw_hash(report.text.as_bytes()));
        new.url = Some(if day == 6 { "javascript:alert(3)".to_owned() } else { format!("https://example.org/{day}") });
        ledger.add(&new, &Reading::new("reader 1", own.clone(), at(day))).unwrap();
        reports.push(report.clone());
        claims.extend(own);
        let made = reconcile::reconcile(&reports, &claims, &reconcile::Options::default());
        ledger.apply_incidents(&made.incidents, &Act::new("attest 0.1.0", "reports were added", at(day))).unwrap();
    }
    (agency.id, hostile.id)
}

pub(crate) fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.attest");
    let (agency, hostile) = fill(&path);
    let ledger = Ledger::open_read_only(&path).unwrap();
    let incident = ledger.incidents(&ledger::Filter::parse("place=Ménaka").unwrap()).unwrap().remove(0).id;
    World { app: web::app(Site::new(&path, Arc::new(Sums))), folder, incident, agency, hostile }
}
