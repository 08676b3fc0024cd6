//! What holds for any claims: the order they come in, copies of what is known, and one report more.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;
use reconcile::{Blocks, Options, Part, Reconciled, RuleSet, Touched, handles, links, reconcile, told_apart};
use record::*;

const PLACES: [(&str, f64, f64); 4] = [("Gao", 16.27, -0.04), ("Ansongo", 15.66, 0.50), ("Kidal", 18.44, 1.41), ("Niamey", 13.51, 2.11)];
const SPEAKERS: [(&str, SourceKind); 4] =
    [("the army", SourceKind::Military), ("JNIM", SourceKind::ArmedGroup), ("a nurse", SourceKind::Medical), ("residents", SourceKind::Resident)];

/// Numbers that make a claim: report, kind, place, day, count and how open it is, speaker, side, event, scope.
type Seed = (u8, usize, usize, i8, u64, u8, usize, usize, Option<u32>, u8);

fn seed() -> impl Strategy<Value = Seed> {
    (0..6u8, 0..Kind::ALL.len(), 0..5usize, 0..6i8, 0..40u64, 0..3u8, 0..5usize, 0..4usize, proptest::option::of(0..3u32), 0..8u8)
}

fn report(n: u8) -> Report {
    let kind = ReportKind::ALL[usize::from(n) % ReportKind::ALL.len()].as_str();
    let mut report = Report::new(kind, "en", "", &format!("Report {n}. {}", "word ".repeat(60)));
    report.outlet = format!("Outlet {n}");
    report.published = Some(format!("2025-06-{:02}", 2 + n).parse().unwrap());
    report.identify();
    report
}

fn claim(at: usize, seed: &Seed) -> Claim {
    let &(n, kind, place, day, count, open, speaker, side, event, scope) = seed;
    let report = report(n);
    let start = 10 + 5 * (at % 50);
    let kind = Kind::ALL[kind];
    let day = date(2025, 6, 1 + day);
    let party = |name: &str| PartyName { text: name.to_owned(), name: name.to_owned() };
    let side = ["Malian Armed Forces", "Jama'at Nusrat al-Islam wal-Muslimin", "civilians", ""][side];
    let mut claim = Claim {
        id: String::new(),
        report: report.id.clone(),
        quote: Quote::cut(&report, Field::Text, Span::new(start, start + 4)).unwrap(),
        source: SPEAKERS.get(speaker).map(|(name, kind)| Source { name: (*name).to_owned(), kind: *kind }).into_iter().collect(),
        stance: if open == 2 { Stance::Denies } else { Stance::States },
        certainty: Certainty::Certain,
        polarity: if open == 2 { Polarity::Negative } else { Polarity::Positive },
        kind,
        scope: [Scope::Period, Scope::Background].get(usize::from(scope)).copied().unwrap_or(Scope::Incident),
        incident: None,
        actor: (speaker % 2 == 0).then(|| party("Jama'at Nusrat al-Islam wal-Muslimin")),
        target: (speaker % 2 == 1).then(|| party("Malian Armed Forces")),
        place: PLACES.get(place).map(|(name, lat, lon)| PlaceName {
            text: (*name).to_owned(),
            name: (*name).to_owned(),
            country: Some(if *name == "Niamey" { "NE" } else { "ML" }.to_owned()),
            gazetteer: None,
            lat: Some(*lat),
            lon: Some(*lon),
        }),
        date: Some(Dated { text: None, start: day, end: day }),
        count: kind.is_countable().then(|| Count::new(count.to_string(), Some(count), (open != 1).then_some(count + 2), false).unwrap()),
        victims: kind.has_victims().then_some(Victims::ALL[count as usize % Victims::ALL.len()]),
        side: (kind.has_victims() && !side.is_empty()).then(|| side.to_owned()),
        weapon: None,
        score: (count % 3 == 0).then_some(count as f32 / 40.0),
        reader: None,
        event,
    };
    claim.identify();
    claim
}

fn claims(seeds: &[Seed]) -> Vec<Claim> {
    let made: Vec<Claim> = seeds.iter().enumerate().map(|(at, seed)| claim(at, seed)).collect();
    let mut seen = BTreeSet::new();
    made.into_iter().filter(|c| seen.insert(c.id.clone())).collect()
}

/// Reports kept without an index: everything shares every key.
struct Shelf(Vec<(Report, Vec<Claim>)>);

impl Blocks for Shelf {
    type Error = std::convert::Infallible;

    fn under(&mut self, keys: &BTreeSet<String>) -> Result<Vec<(Report, Vec<Claim>)>, Self::Error> {
        let options = Options::default();
        let shares = |(r, c): &&(Report, Vec<Claim>)| !Touched::keys(r, c, &options).is_disjoint(keys);
        Ok(self.0.iter().filter(shares).cloned().collect())
    }
}

#[test]
fn a_misread_place_does_not_part_what_the_reader_took_for_one_event() {
    let attack = Kind::ALL.iter().position(|k| *k == Kind::Attack).unwrap();
    let told = |event: Option<u32>| {
        let at = |place| (0, attack, place, 1, 5, 0, 4, 0, event, 7);
        reconcile(&[report(0)], &claims(&[at(0), at(0), at(2)]), &Options::default()).incidents.len()
    };
    assert_eq!(told(Some(1)), 1);
    assert_eq!(told(None), 2, "Gao and Kidal are far apart");
}

#[test]
fn rows_of_one_data_set_stay_apart_and_a_report_joins_them_to_none_twice() {
    let attack = Kind::ALL.iter().position(|k| *k == Kind::Attack).unwrap();
    let told = |reader: Option<&str>| {
        let mut rows: Vec<Report> = (0..3).map(report).collect();
        for (n, row) in rows.iter_mut().enumerate() {
            (row.kind, row.outlet) = (ReportKind::Analysis, "A data set".to_owned());
            row.text = format!("Row {n}. {}", "word ".repeat(60));
            row.identify();
        }
        let mut cells = claims(&[0, 1, 2].map(|n| (n, attack, 0, 1, 5, 0, 4, 0, Some(0), 7)));
        for (cell, row) in cells.iter_mut().zip(&rows) {
            (cell.report, cell.reader) = (row.id.clone(), reader.map(str::to_owned));
            cell.identify();
        }
        reconcile(&rows, &cells, &Options::default()).incidents.len()
    };
    assert_eq!(told(None), 3, "each row is an event, though place, day and deed are the same");
    assert_eq!(told(Some("reader-1")), 1, "three readings of analyses of one house are not rows");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn order_does_not_matter(seeds in proptest::collection::vec(seed(), 0..40), turn in 0usize..40) {
        let (mut reports, mut claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        let made = reconcile(&reports, &claims, &Options::default());
        claims.reverse();
        reports.rotate_left(turn % 6);
        if !claims.is_empty() {
            let at = turn % claims.len();
            claims.rotate_left(at);
        }
        prop_assert_eq!(made, reconcile(&reports, &claims, &Options::default()));
    }

    #[test]
    fn bounds_are_in_order_and_every_bound_has_its_claims(seeds in proptest::collection::vec(seed(), 0..40)) {
        let (reports, claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        for name in reconcile::RuleSet::names() {
            let options = Options::default().with_rules(reconcile::RuleSet::named(name).unwrap());
            for incident in reconcile(&reports, &claims, &options).incidents {
                prop_assert_eq!(incident.deaths.iter().filter(|t| t.side == "total").count(), 1);
                for toll in incident.deaths.iter().chain(&incident.injured).chain(&incident.abducted).chain(&incident.displaced) {
                    prop_assert!(toll.low <= toll.best && toll.best <= toll.high, "{toll:?}");
                    prop_assert!(toll.high == 0 || toll.because.iter().any(|b| b.bound == "high" && !b.claims.is_empty()), "{toll:?}");
                    prop_assert!(toll.because.iter().flat_map(|b| &b.claims).all(|c| incident.claims.contains(c)));
                }
            }
        }
    }

    #[test]
    fn a_copy_changes_nothing_but_the_lists(seeds in proptest::collection::vec(seed(), 1..30), which in 0..6u8) {
        let (mut reports, mut claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        let before = reconcile(&reports, &claims, &Options::default());
        let mut copy = report(which);
        copy.outlet = "Another outlet".into();
        copy.copy_of = Some(copy.id.clone());
        copy.identify();
        let repeated: Vec<Claim> = claims.iter().filter(|c| Some(&c.report) == copy.copy_of.as_ref()).map(|c| {
            let mut again = c.clone();
            again.report = copy.id.clone();
            again.identify();
            again
        }).collect();
        let added: BTreeSet<Id> = repeated.iter().map(|c| c.id.clone()).collect();
        reports.push(copy);
        claims.extend(repeated);
        let mut after = reconcile(&reports, &claims, &Options::default());
        for incident in &mut after.incidents {
            incident.claims.retain(|c| !added.contains(c));
        }
        prop_assert_eq!(before.incidents, after.incidents);
    }

    #[test]
    fn one_report_more_touches_its_block_only(seeds in proptest::collection::vec(seed(), 1..30), which in 0..6u8) {
        let (reports, claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        let whole = reconcile(&reports, &claims, &Options::default());
        let of = |r: &Report| (r.clone(), claims.iter().filter(|c| c.report == r.id).cloned().collect::<Vec<_>>());
        let mut shelf = Shelf(reports.iter().filter(|r| r.id != report(which).id).map(of).collect());
        let (new, own) = of(&report(which));
        let Reconciled { incidents, of } = match Touched::by(&new, &own, &mut shelf, &Options::default()) {
            Ok(touched) => touched.reconciled,
            Err(never) => match never {},
        };
        for incident in &incidents {
            prop_assert!(whole.incidents.contains(incident), "{incident:?}");
        }
        let wanted: Vec<_> = own.iter().map(|c| whole.of.get(&c.id)).collect();
        prop_assert_eq!(own.iter().map(|c| of.get(&c.id)).collect::<Vec<_>>(), wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_total_over_a_period_is_set_beside_what_it_covers(seeds in proptest::collection::vec(seed(), 0..40)) {
        let (reports, claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        let made = reconcile(&reports, &claims, &Options::default());
        for total in reconcile::period_totals(&reports, &claims, &made.incidents) {
            let claim = claims.iter().find(|c| c.id == total.claim).unwrap();
            prop_assert_eq!(claim.scope, Scope::Period);
            prop_assert!(!made.of.contains_key(&claim.id), "a total is added to no incident");
            prop_assert!(total.low <= total.best && total.best <= total.high);
            let said = claim.count.as_ref().and_then(|c| c.low).unwrap();
            prop_assert_eq!(total.difference, said as i64 - total.best as i64);
            for id in &total.incidents {
                let date = made.incidents.iter().find(|i| i.id == *id).unwrap().date.as_ref().unwrap();
                let days = claim.date.as_ref().unwrap();
                prop_assert!(days.start <= date.start && date.end <= days.end);
            }
        }
    }
}

/// Incidents by parts, each as small as links allow, links looked for under one key at a time.
fn in_parts(reports: &[Report], claims: &[Claim], options: &Options) -> Vec<Incident> {
    let of = |report: &Report| claims.iter().filter(|claim| claim.report == report.id).cloned().collect::<Vec<_>>();
    let (originals, copies): (Vec<&Report>, Vec<&Report>) = reports.iter().partition(|report| report.copy_of.is_none());
    let mut under: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut part: BTreeMap<Id, (Id, usize)> = BTreeMap::new();
    for (n, report) in originals.iter().enumerate() {
        for handle in handles(report, &of(report), options) {
            part.insert(handle.group.clone(), (handle.group, n));
            for key in handle.keys {
                under.entry(key).or_default().insert(n);
            }
        }
    }
    for shelf in under.values() {
        let reports: Vec<Report> = shelf.iter().map(|&n| originals[n].clone()).collect();
        let claims: Vec<Claim> = reports.iter().flat_map(of).collect();
        for (a, b) in links(&reports, &claims, options) {
            let (a, b) = (part[&a].0.clone(), part[&b].0.clone());
            part.values_mut().filter(|at| at.0 == b).for_each(|at| at.0.clone_from(&a));
        }
    }
    let mut parts: BTreeMap<Id, (BTreeSet<Id>, BTreeSet<usize>)> = BTreeMap::new();
    for (group, (name, n)) in part {
        let part = parts.entry(name).or_default();
        part.0.insert(group);
        part.1.insert(n);
    }
    let mut incidents = Vec::new();
    for (groups, own) in parts.values() {
        let mut reports: Vec<Report> = own.iter().map(|&n| originals[n].clone()).collect();
        let with: Vec<Report> =
            copies.iter().filter(|copy| reports.iter().any(|r| copy.copy_of.as_ref() == Some(&r.id))).map(|r| (*r).clone()).collect();
        reports.extend(with);
        let claims: Vec<Claim> = reports.iter().flat_map(of).collect();
        incidents.extend(Part { groups, reports: &reports, claims: &claims }.incidents(options));
    }
    told_apart(&mut incidents);
    incidents.sort_by_key(|i| (i.date.is_none(), i.date.as_ref().map(|d| d.start), i.id.clone()));
    incidents
}

/// Reports and claims of the gold cases, all in one heap, each report known by its content.
fn cases() -> (Vec<Report>, Vec<Claim>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "json")).step_by(24).take(6) {
        let case: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let own: Vec<Report> = serde_json::from_value(case["reports"].clone()).unwrap();
        let told: Vec<Claim> = serde_json::from_value(case["claims"].clone()).unwrap();
        let named = |id: &str| format!("{}/{id}", file.display());
        reports.extend(own.into_iter().map(|mut report| {
            report.id = named(&report.id);
            report.copy_of = report.copy_of.as_deref().map(named);
            report
        }));
        claims.extend(told.into_iter().map(|mut claim| {
            (claim.id, claim.report) = (named(&claim.id), named(&claim.report));
            claim
        }));
    }
    (reports, claims)
}

#[test]
fn what_is_added_up_in_parts_is_what_is_added_up_at_once() {
    let (reports, claims) = cases();
    for options in [Options::default(), Options::default().with_rules(RuleSet::named("envelope").unwrap())] {
        let whole = reconcile(&reports, &claims, &options).incidents;
        assert!(whole.iter().any(|i| i.claims.len() > 8), "the cases hold incidents of several reports");
        assert_eq!(in_parts(&reports, &claims, &options), whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn parts_of_any_claims_add_up_to_the_whole(seeds in proptest::collection::vec(seed(), 0..40), copy in proptest::option::of(1..6usize)) {
        let (mut reports, claims) = ((0..6).map(report).collect::<Vec<_>>(), claims(&seeds));
        if let Some(copy) = copy {
            reports[copy].copy_of = Some(reports[0].id.clone());
        }
        let options = Options::default();
        prop_assert_eq!(in_parts(&reports, &claims, &options), reconcile(&reports, &claims, &options).incidents);
    }
}
