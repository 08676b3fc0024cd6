//! What figures for sides, and for the dead as a whole, come to: who says what on which day, and low, best, high in total.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use reconcile::{Options, reconcile};
use record::{Claim, Count, Dated, Field, Kind, Over, PartyName, PlaceName, Polarity, Quote, Report, Source, SourceKind, Span, Stance, Victims};

/// Day of June, outlet, speaker if it is not the outlet, status of the dead, how many at least and at most.
type Said = (i8, &'static str, Option<(&'static str, SourceKind)>, Victims, u64, Option<u64>);

fn told(n: usize, &(day, outlet, speaker, victims, low, high): &Said) -> (Report, Claim) {
    let mut report = Report::new("newspaper", "en", "", &format!("Report {n} tells what happened at Ansongo."));
    (report.outlet, report.published) = (outlet.to_owned(), Some(format!("2025-06-{day:02}").parse().unwrap()));
    report.identify();
    let quote = Quote::cut(&report, Field::Text, Span::find(&report.text, "what happened").unwrap()).unwrap();
    let mut claim = Claim::new(&report, Kind::Deaths, quote);
    let party = |name: &str| Some(PartyName { text: name.to_owned(), name: name.to_owned() });
    claim.place = Some(PlaceName {
        text: "Ansongo".into(),
        name: "Ansongo".into(),
        country: Some("ML".into()),
        gazetteer: None,
        lat: Some(15.66),
        lon: Some(0.5),
    });
    let date = jiff::civil::date(2025, 6, 1);
    claim.date = Some(Dated { text: None, start: date, end: date });
    claim.source = speaker.map(|(name, kind)| Source { name: name.to_owned(), kind }).into_iter().collect();
    claim.count = Some(Count::new(low.to_string(), Some(low), high, false).unwrap());
    claim.victims = Some(victims);
    (claim.actor, claim.side) = match victims {
        Victims::ArmedGroup => (party("Malian Armed Forces"), Some("Jama'at Nusrat al-Islam wal-Muslimin".to_owned())),
        Victims::Military => (party("Jama'at Nusrat al-Islam wal-Muslimin"), Some("Malian Armed Forces".to_owned())),
        _ => (party("Jama'at Nusrat al-Islam wal-Muslimin"), None),
    };
    claim.identify();
    (report, claim)
}

#[test]
fn tolls_come_to_their_rules() {
    use SourceKind::*;
    let army = Some(("The army", Military));
    let cases: &[(&str, &[Said], [u64; 3])] = &[
        (
            "an outlet's later figure replaces its own",
            &[(2, "A", None, Victims::Civilian, 10, Some(10)), (4, "A", None, Victims::Civilian, 12, Some(12))],
            [12, 12, 12],
        ),
        (
            "two outlets nobody names are two",
            &[(2, "", None, Victims::Civilian, 10, Some(10)), (4, "", None, Victims::Civilian, 12, Some(12))],
            [10, 12, 12],
        ),
        (
            "residents whom two outlets heard are not one speaker",
            &[
                (2, "A", Some(("residents", Resident)), Victims::Civilian, 10, Some(10)),
                (4, "B", Some(("residents", Resident)), Victims::Civilian, 12, Some(12)),
            ],
            [10, 12, 12],
        ),
        (
            "offices of a state speak with one voice",
            &[
                (2, "A", Some(("The defence ministry", Government)), Victims::Military, 10, Some(10)),
                (4, "B", Some(("The army", Military)), Victims::Military, 12, Some(12)),
            ],
            [12, 12, 12],
        ),
        (
            "an open whole leaves room for what a party says of its enemy",
            &[
                (2, "A", army, Victims::Military, 34, Some(34)),
                (3, "B", army, Victims::ArmedGroup, 24, Some(24)),
                (3, "C", Some(("A councillor", LocalOfficial)), Victims::Unknown, 35, None),
            ],
            [34, 58, 58],
        ),
        (
            "a closed whole without a stake leaves none",
            &[
                (2, "A", army, Victims::Military, 34, Some(34)),
                (3, "B", army, Victims::ArmedGroup, 24, Some(24)),
                (3, "C", Some(("The hospital", Medical)), Victims::Unknown, 35, Some(35)),
            ],
            [35, 35, 58],
        ),
        (
            "an older whole gives way to newer figures for the sides",
            &[(2, "A", Some(("A trader", Witness)), Victims::Unknown, 50, Some(50)), (5, "B", army, Victims::Military, 34, Some(34))],
            [34, 34, 50],
        ),
        (
            "unless they are a mere part of it",
            &[(2, "A", Some(("A trader", Witness)), Victims::Unknown, 90, Some(90)), (5, "B", army, Victims::Military, 34, Some(34))],
            [90, 90, 90],
        ),
        (
            "a channel close to a party is its voice",
            &[(2, "A", army, Victims::Military, 20, Some(20)), (3, "B", Some(("channels close to JNIM", Media)), Victims::Military, 200, Some(200))],
            [20, 20, 200],
        ),
    ];
    for (what, said, want) in cases {
        let (reports, claims): (Vec<_>, Vec<_>) = said.iter().enumerate().map(|(n, s)| told(n, s)).unzip();
        let made = reconcile(&reports, &claims, &Options::default()).incidents;
        assert_eq!(made.len(), 1, "{what}");
        let total = made[0].deaths.iter().find(|toll| toll.side == "total").unwrap();
        assert_eq!([total.low, total.best, total.high], *want, "{what}: {:?}", made[0].deaths);
    }
}

#[test]
fn a_claim_is_in_two_disputes_at_most() {
    let said = |n: usize, low| told(n, &(2, ["A", "B", "C", "D"][n], None, Victims::Civilian, low, Some(low)));
    let (reports, mut claims): (Vec<_>, Vec<_>) = [said(0, 0), said(1, 9), said(2, 30), said(3, 70)].into_iter().unzip();
    (claims[0].stance, claims[0].polarity) = (Stance::Denies, Polarity::Negative);
    claims[0].identify();
    let made = reconcile(&reports, &claims, &Options::default()).incidents;
    let disputes = &made[0].disputes;
    assert!(!disputes.is_empty() && disputes.iter().all(|dispute| dispute.over == Over::Deaths), "{disputes:?}");
    for claim in &claims {
        assert!(disputes.iter().filter(|dispute| dispute.claims.contains(&claim.id)).count() <= 2, "{disputes:?}");
    }
    assert_eq!(disputes.iter().filter(|dispute| dispute.claims.contains(&claims[0].id)).count(), 2, "{disputes:?}");
}
