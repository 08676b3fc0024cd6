//! A small ledger. All names are invented.

#![allow(dead_code, reason = "each test uses its part")]

#[path = "../../../ledger/tests/common/mod.rs"]
pub(crate) mod common;

use common::noon as at;
use ledger::{Act, Filter, Ledger, NewReport, Reading};
use record::{
    Basis, Bound, Certainty, Claim, Count, DatePrecision, Dispute, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PartyName, PlaceName,
    PlacePrecision, Polarity, Report, Role, Source, SourceKind, Stance, Status, Toll, Victims,
};
use views::Listing;

pub(crate) const ARMY: &str = "Army of Northland";
pub(crate) const NLF: &str = "Northern Liberation Front";

pub(crate) fn report(outlet: &str, kind: &str, day: i8, title: &str, text: &str) -> Report {
    let mut report = common::report(outlet, kind, day, text);
    title.clone_into(&mut report.title);
    report.identify();
    report
}

pub(crate) fn claim(report: &Report, kind: Kind, words: &str, source: &[(&str, SourceKind)]) -> Claim {
    Claim {
        source: source.iter().map(|&(name, kind)| Source { name: name.to_owned(), kind }).collect(),
        actor: Some(PartyName { text: "NLF".to_owned(), name: NLF.to_owned() }),
        target: Some(PartyName { text: "soldiers".to_owned(), name: ARMY.to_owned() }),
        place: Some(PlaceName {
            text: "Kardala".to_owned(),
            name: "Kardala".to_owned(),
            country: Some("XN".to_owned()),
            gazetteer: None,
            lat: Some(14.123_456_7),
            lon: Some(-3.25),
        }),
        ..common::claim(report, kind, words)
    }
}

pub(crate) fn dead(report: &Report, words: &str, bounds: (u64, Option<u64>), source: &[(&str, SourceKind)]) -> Claim {
    let mut claim = claim(report, Kind::Deaths, words, source);
    claim.count = Some(Count::new(words, Some(bounds.0), bounds.1, false).unwrap());
    claim.victims = Some(Victims::Military);
    claim.side = Some(ARMY.to_owned());
    claim
}

pub(crate) fn toll(side: &str, [low, best, high]: [u64; 3], because: Vec<Bound>) -> Toll {
    Toll { side: side.to_owned(), low, best, high, because }
}

pub(crate) fn bound(bound: &str, claim: &Claim, rule: &str) -> Bound {
    Bound { bound: bound.to_owned(), claims: vec![claim.id.clone()], rule: rule.to_owned() }
}

pub(crate) struct World {
    _folder: tempfile::TempDir,
    pub(crate) ledger: Ledger,
    pub(crate) ids: Vec<String>,
}

pub(crate) fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(folder.path().join("sample.db")).unwrap();

    let agency = report(
        "Agence Nord",
        "wire",
        3,
        "Army post attacked in the north",
        "Fighters attacked an army post at Kardala overnight. At least six soldiers were killed.\n\nAn army spokesman said there were no losses.",
    );
    let radio = {
        let mut radio = report("Radio Oum", "broadcast", 3, "Post attacked", &format!("{} ", agency.text));
        radio.copy_of = Some(agency.id.clone());
        radio
    };
    let statement =
        report("Northern Liberation Front", "group-statement", 4, "Communiqué 12", "Our fighters took the post at Kardala and killed 21 soldiers.");
    let late = report(
        "Oum Tribune",
        "newspaper",
        5,
        "Eight bodies in hospital",
        "The director of Oum hospital said eight bodies of soldiers were brought in. Some 40 people fled, residents said. A market \"burned\", | they <said>\u{1b}[31m.",
    );

    let mut attack = claim(&agency, Kind::Attack, "Fighters attacked an army post", &[]);
    let mut six = dead(&agency, "At least six soldiers were killed", (6, None), &[]);
    six.count = Some(Count::new("At least six", Some(6), None, false).unwrap());
    let mut none = dead(&agency, "there were no losses", (0, Some(0)), &[("An army spokesman", SourceKind::Military)]);
    (none.count, none.stance, none.polarity) = (None, Stance::Denies, Polarity::Negative);
    let mut again = dead(&radio, "At least six soldiers were killed", (6, None), &[]);
    let mut took = claim(&statement, Kind::Seizure, "took the post", &[]);
    let mut many = dead(&statement, "killed 21 soldiers", (21, Some(21)), &[]);
    (many.count, many.stance) = (Some(Count::new("21", Some(21), Some(21), false).unwrap()), Stance::Alleges);
    let mut eight = dead(&late, "eight bodies of soldiers", (8, Some(8)), &[("The director of Oum hospital", SourceKind::Medical)]);
    eight.count = Some(Count::new("eight", Some(8), Some(8), false).unwrap());
    let mut fled = claim(&late, Kind::Displacement, "Some 40 people fled", &[("residents", SourceKind::Resident)]);
    fled.count = Some(Count::new("Some 40", Some(40), Some(40), true).unwrap());
    fled.certainty = Certainty::Probable;
    let mut market = claim(&late, Kind::Destruction, "A market \"burned\", | they <said>\u{1b}[31m", &[]);
    market.weapon = Some("=fire".to_owned());
    for claim in [&mut attack, &mut six, &mut none, &mut again, &mut took, &mut many, &mut eight, &mut fled, &mut market] {
        claim.identify();
    }

    for (day, report, claims) in [
        (3, &agency, vec![&attack, &six, &none]),
        (3, &radio, vec![&again]),
        (4, &statement, vec![&took, &many]),
        (5, &late, vec![&eight, &fled, &market]),
    ] {
        let mut new = NewReport::new(report.clone(), format!("inbox/{day}.txt"), at(day)).hashed(&ledger::raw_hash(report.text.as_bytes()));
        new.url = (day == 5).then(|| "https://tribune.example/8".to_owned());
        ledger.add(&new, &Reading::new("reader 1", claims.into_iter().cloned().collect(), at(day))).unwrap();
    }

    let mut incident = Incident {
        id: "7K3QFM".to_owned(),
        kind: "armed clash".to_owned(),
        date: Some(IncidentDate { start: "2025-06-02".parse().unwrap(), end: "2025-06-03".parse().unwrap(), precision: DatePrecision::Day }),
        place: Some(IncidentPlace {
            name: "Kardala".to_owned(),
            admin1: Some("North".to_owned()),
            admin2: None,
            country: Some("XN".to_owned()),
            lat: Some(14.123_456_7),
            lon: Some(-3.25),
            precision: PlacePrecision::Near,
        }),
        parties: vec![
            Party { name: NLF.to_owned(), role: Role::Attacker, basis: Basis::Claimed },
            Party { name: ARMY.to_owned(), role: Role::Defender, basis: Basis::Undisputed },
        ],
        deaths: vec![toll(ARMY, [0, 0, 6], vec![]), toll("total", [0, 0, 6], vec![])],
        injured: vec![],
        abducted: vec![],
        displaced: vec![],
        status: Status::Reported,
        disputes: vec![],
        claims: vec![attack.id.clone(), six.id.clone(), none.id.clone(), again.id.clone()],
    };
    ledger.apply_incidents(std::slice::from_ref(&incident), &Act::new("reconcile 1", "", at(3))).unwrap();
    let because = vec![
        bound("low", &six, "least count by a source without a stake"),
        bound("best", &eight, "exact, medical"),
        bound("high", &many, "a party's count of its enemy's losses moves high only"),
    ];
    incident.deaths = vec![toll(ARMY, [6, 8, 21], because), toll("total", [6, 8, 21], vec![])];
    incident.displaced = vec![toll("civilians", [40, 40, 40], vec![])];
    incident.status = Status::Corroborated;
    incident.disputes = vec![
        Dispute { claims: [none.id.clone(), many.id.clone()], over: Over::Deaths },
        Dispute { claims: [none.id.clone(), eight.id.clone()], over: Over::Deaths },
    ];
    incident.claims.extend([&took, &many, &eight, &fled].map(|claim| claim.id.clone()));
    let mut bare = incident.clone();
    bare.id = "Q2M4TZ".to_owned();
    (bare.kind, bare.date, bare.place, bare.status) = ("looting/property destruction".to_owned(), None, None, Status::Claimed);
    (bare.parties, bare.deaths, bare.displaced, bare.disputes) = (vec![], vec![], vec![], vec![]);
    bare.claims = vec![market.id.clone()];
    ledger.apply_incidents(&[incident, bare], &Act::new("reconcile 1", "", at(5))).unwrap();
    let ids = [&attack, &six, &none, &again, &took, &many, &eight, &fled, &market].map(|claim| claim.id.clone()).to_vec();
    World { _folder: folder, ledger, ids }
}

pub(crate) fn listings(ledger: &Ledger) -> [Listing; 3] {
    let all = Filter::default();
    [
        Listing::Incidents(views::incidents(ledger, &all).unwrap()),
        Listing::Claims(views::claims(ledger, &all).unwrap()),
        Listing::Reports(views::reports(ledger, &all).unwrap()),
    ]
}
