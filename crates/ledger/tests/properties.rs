//! What goes in comes out, whatever it is; adding twice is adding once; reconciling twice is reconciling once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;

use std::collections::BTreeSet;

use common::*;
use jiff::civil::Date;
use ledger::{Error, Filter, NewReport, Reading};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use record::{
    Basis, Certainty, Claim, Count, DatePrecision, Dated, Field, Incident, IncidentDate, IncidentPlace, Kind, Over, Party, PartyName, PlaceName,
    PlacePrecision, Polarity, Quote, Report, ReportKind, Role, Scope, Source, SourceKind, Span, Stance, Status, Toll, Victims,
};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-zé']{1,12}( [a-z]{1,8}){0,4}", "[\\PC\\n\"]{0,20}"]
}

fn day() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn a_report() -> impl Strategy<Value = Report> {
    (words(), words(), words(), of(day()), select(ReportKind::ALL)).prop_map(|(outlet, title, text, published, kind)| {
        let mut report = Report::new(kind.as_str(), "fr", &title, &format!("{text}."));
        report.outlet = outlet;
        report.published = published.map(|day| day.to_string().parse().unwrap());
        report.identify();
        report
    })
}

fn party() -> impl Strategy<Value = PartyName> {
    (words(), words()).prop_map(|(text, name)| PartyName { text, name })
}

fn place() -> impl Strategy<Value = PlaceName> {
    (words(), words(), of("[A-Z]{2}"), of(-90.0..90.0), of(-180.0..180.0)).prop_map(|(text, name, country, lat, lon)| PlaceName {
        text,
        name,
        country,
        gazetteer: None,
        lat,
        lon,
    })
}

fn count() -> impl Strategy<Value = Count> {
    (words(), of(any::<u64>()), of(any::<u64>()), any::<bool>()).prop_map(|(text, a, b, approx)| {
        let (low, high) = if let (Some(a), Some(b)) = (a, b) { (Some(a.min(b)), Some(a.max(b))) } else { (a, b) };
        Count::new(text, low, high, approx).unwrap()
    })
}

type What = (Kind, Stance, Certainty, Polarity, Scope, Vec<(String, SourceKind)>);

fn what() -> impl Strategy<Value = What> {
    (
        select(Kind::ALL),
        select(Stance::ALL),
        select(Certainty::ALL),
        select(Polarity::ALL),
        select(Scope::ALL),
        vec((words(), select(SourceKind::ALL)), 0..3),
    )
}

/// A claim on some words of a report.
fn a_claim(report: Report) -> impl Strategy<Value = Claim> {
    let who = (of(party()), of(party()), of(place()), of((of(words()), day(), 0_i32..400)), of(count()));
    let more = (of(select(Victims::ALL)), of(words()), of(words()), of(0.0_f32..1.0), of(any::<u32>()));
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>(), what(), who, more).prop_map(
        move |(from, length, in_title, (kind, stance, certainty, polarity, scope, source), (actor, target, place, date, count), more)| {
            let field = if in_title && !report.title.is_empty() { Field::Title } else { Field::Text };
            let body = report.field(field);
            let starts: Vec<usize> = body.char_indices().map(|(at, _)| at).chain([body.len()]).collect();
            let from = from.index(starts.len() - 1);
            let to = from + 1 + length.index(starts.len() - 1 - from);
            let (victims, side, weapon, score, event) = more;
            let mut claim = Claim {
                id: String::new(),
                report: report.id.clone(),
                quote: Quote::cut(&report, field, Span::new(starts[from], starts[to])).unwrap(),
                source: source.into_iter().map(|(name, kind)| Source { name, kind }).collect(),
                stance,
                certainty,
                polarity,
                kind,
                scope,
                incident: None,
                actor,
                target,
                place,
                date: date.map(|(text, start, days)| Dated { text, start, end: start + jiff::Span::new().days(days) }),
                count,
                victims,
                side,
                weapon,
                score,
                reader: None,
                event,
            };
            claim.identify();
            claim
        },
    )
}

fn told() -> impl Strategy<Value = (Report, Vec<Claim>)> {
    a_report().prop_flat_map(|report| (Just(report.clone()), vec(a_claim(report), 0..4)))
}

fn tolls() -> impl Strategy<Value = Vec<Toll>> {
    vec(
        (words(), any::<[u64; 3]>()).prop_map(|(side, mut n)| {
            n.sort_unstable();
            Toll { side, low: n[0], best: n[1], high: n[2], because: vec![] }
        }),
        0..3,
    )
}

fn an_incident(claims: Vec<String>) -> impl Strategy<Value = Incident> {
    let place = (words(), of(words()), of(words()), of("[A-Z]{2}"), of(-90.0..90.0), of(-180.0..180.0), select(PlacePrecision::ALL));
    let parties = vec((words(), select(Role::ALL), select(Basis::ALL)), 0..3);
    let some = proptest::sample::subsequence(claims.clone(), 0..=claims.len());
    ("[A-E]", words(), of((day(), select(DatePrecision::ALL))), of(place), parties, (tolls(), tolls()), select(Status::ALL), select(Over::ALL), some)
        .prop_map(|(id, kind, date, place, parties, (deaths, injured), status, over, claims)| Incident {
            id: id.repeat(6),
            kind,
            date: date.map(|(start, precision)| IncidentDate { start, end: start, precision }),
            place: place.map(|(name, admin1, admin2, country, lat, lon, precision)| IncidentPlace {
                name,
                admin1,
                admin2,
                country,
                lat,
                lon,
                precision,
            }),
            parties: parties.into_iter().map(|(name, role, basis)| Party { name, role, basis }).collect(),
            deaths,
            injured,
            abducted: vec![],
            displaced: vec![],
            status,
            disputes: claims.windows(2).map(|pair| record::Dispute { claims: [pair[0].clone(), pair[1].clone()], over }).collect(),
            claims,
        })
}

fn unique<T>(items: Vec<T>, id: impl Fn(&T) -> String) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| seen.insert(id(item))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn claims_survive_json((report, claims) in told()) {
        for claim in claims {
            let back: Claim = serde_json::from_str(&serde_json::to_string(&claim).unwrap()).unwrap();
            let found = back.quote.locate(&report).unwrap();
            prop_assert_eq!(found, claim.quote.clone());
            let mut back = back;
            back.quote.span = claim.quote.span;
            prop_assert_eq!(back, claim);
        }
    }

    #[test]
    fn reports_and_claims_survive_the_ledger_and_twice_is_once(told in vec(told(), 1..4)) {
        let told = unique(told, |(report, _)| report.id.clone());
        let (_folder, mut ledger) = ledger();
        let new: Vec<(NewReport, Reading)> = told
            .iter()
            .map(|(report, claims)| (new(report, 3), Reading::new("reader 1", claims.clone(), noon(3))))
            .collect();
        ledger.add_many(new.iter().map(|(new, reading)| (new, reading))).unwrap();
        let counts = ledger.counts().unwrap();
        for (new, reading) in &new {
            // From JSON: without bytes.
            let mut claims = reading.claims.clone();
            claims.iter_mut().for_each(|claim| claim.quote.span = Span::default());
            ledger.add(new, &Reading { claims, ..reading.clone() }).unwrap();
        }
        prop_assert_eq!(ledger.counts().unwrap(), counts);
        prop_assert_eq!(ledger.reports(&Filter::default()).unwrap(), told.iter().map(|(report, _)| report.clone()).collect::<Vec<_>>());
        let expected: Vec<Claim> = told.iter().flat_map(|(_, claims)| unique(claims.clone(), |claim| claim.id.clone())).collect();
        prop_assert_eq!(ledger.claims(&Filter::default()).unwrap(), expected);
        prop_assert_eq!(ledger.check().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn incidents_survive_whatever_reconciliations_follow_one_another(
        (report, claims, rounds) in told().prop_flat_map(|(report, claims)| {
            let claims = unique(claims, |claim| claim.id.clone());
            let ids = claims.iter().map(|claim| claim.id.clone()).collect();
            (Just(report), Just(claims), vec(vec(an_incident(ids), 0..5), 1..5))
        })
    ) {
        let (_folder, mut ledger) = ledger();
        ledger.add(&new(&report, 3), &Reading::new("reader 1", claims, noon(3))).unwrap();
        let mut ever = BTreeSet::new();
        let mut stood = Vec::new();
        for (n, round) in rounds.into_iter().enumerate() {
            let round = unique(round, |incident| incident.id.clone());
            let preview = ledger.preview_incidents(&round).unwrap();
            prop_assert_eq!(ledger.apply_incidents(&round, &act(4 + n as i8)).unwrap(), preview);
            let again = ledger.apply_incidents(&round, &act(4 + n as i8)).unwrap();
            prop_assert!(again.is_empty() && again.unchanged == round.len());
            ever.extend(round.iter().map(|incident| incident.id.clone()));
            for id in &ever {
                match ledger.incident(id) {
                    Ok(incident) => prop_assert!(round.contains(&incident)),
                    Err(Error::Withdrawn { .. }) => {}
                    Err(error) => return Err(TestCaseError::fail(error.to_string())),
                }
            }
            let mut expected = round;
            expected.sort_by(|a, b| a.id.cmp(&b.id));
            stood.push((noon(4 + n as i8), expected));
        }
        // Every earlier state can still be asked for.
        for (moment, expected) in stood {
            let mut found = ledger.incidents(&Filter { as_of: Some(moment), ..Filter::default() }).unwrap();
            found.sort_by(|a, b| a.id.cmp(&b.id));
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn no_words_are_an_error(text in any::<String>()) {
        let (_folder, mut ledger) = ledger();
        let report = report("Agence Nord", "wire", 3, &format!("Soldiers fought. {text}"));
        ledger.add_report(&new(&report, 3)).unwrap();
        let found = ledger.find(&text, 5).unwrap();
        for hit in &found {
            for mark in &hit.marks {
                prop_assert!(hit.snippet.get(mark.clone()).is_some());
            }
        }
        let _ = Filter::parse(&text);
        ledger.reports(&Filter { text: Some(text.clone()), place: vec![text.clone()], outlet: vec![text], ..Filter::default() }).unwrap();
    }
}
