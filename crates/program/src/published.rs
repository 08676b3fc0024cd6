//! A ledger of what may leave another: what it does not hold, no page, feed, query or search of it can tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use ledger::{Filter, IncidentEntry, Ledger, NewReport, Reading};
use record::{Claim, Field, Id, Quote, Repeats, Report, Span};
use views::{ReportRow, Tables};

/// Who made it.
const WHO: &str = concat!("attest ", env!("CARGO_PKG_VERSION"));
/// What stands where words may not be read.
const UNQUOTED: &str = "[…]";

/// Makes it at `path`, of rows as they may leave. A report's text is the words of its claims, one under the other; actors have their usual
/// names, as the rows do. Ids and the moments at which records were written stay, and history does not.
///
/// # Errors
/// Those of both ledgers.
pub fn copy(ledger: &Ledger, tables: Tables, path: &Path) -> Result<Ledger, ledger::Error> {
    let mut said: BTreeMap<Id, Vec<Claim>> = BTreeMap::new();
    for row in tables.claims {
        said.entry(row.entry.claim.report.clone()).or_default().push(row.entry.claim);
    }
    let mut rows = tables.reports;
    rehang(ledger, &mut rows)?;
    let mut held: BTreeSet<Id> = BTreeSet::new();
    let made: Vec<(NewReport, Reading)> = rows
        .into_iter()
        .map(|ReportRow { entry }| {
            let mut report = entry.report;
            let mut claims = said.remove(&report.id).unwrap_or_default();
            quote(&mut report, &mut claims);
            held.extend(claims.iter().map(|claim| claim.id.clone()));
            let mut new = NewReport::new(report, "", entry.recorded_at);
            (new.url, new.raw_hash) = (entry.url, entry.raw_hash);
            (new, Reading::new(WHO, claims, entry.recorded_at))
        })
        .collect();
    let incidents: Vec<IncidentEntry> = tables.incidents.into_iter().filter_map(|row| resting(row.entry, &held)).collect();
    let mut copy = Ledger::create(path)?;
    copy.add_many(made.iter().map(|(new, reading)| (new, reading)))?;
    copy.copy_incidents(&incidents, WHO)?;
    Ok(copy)
}

/// Copies of a report that does not leave copy the first of them that does: they stay one voice.
fn rehang(ledger: &Ledger, rows: &mut [ReportRow]) -> Result<(), ledger::Error> {
    let all = Repeats::among(&ledger.reports(&Filter::default())?);
    for row in rows.iter_mut() {
        row.entry.report.copy_of = all.original(&row.entry.report.id).cloned();
    }
    let left = Repeats::among(rows.iter().map(|row| &row.entry.report));
    for row in rows {
        row.entry.report.copy_of = left.original(&row.entry.report.id).cloned();
    }
    Ok(())
}

/// Makes a report's text of the words of its claims.
fn quote(report: &mut Report, claims: &mut [Claim]) {
    report.text.clear();
    let mut spans = Vec::new();
    for claim in &*claims {
        if !report.text.is_empty() {
            report.text.push_str("\n\n");
        }
        let start = report.text.len();
        report.text.push_str(if claim.quote.text.is_empty() { UNQUOTED } else { &claim.quote.text });
        spans.push(Span::new(start, report.text.len()));
    }
    for (claim, span) in claims.iter_mut().zip(spans) {
        claim.quote = Quote::cut(report, Field::Text, span).expect("it was just put there");
    }
}

/// An incident with those of its claims that are there; none where it has none.
fn resting(mut entry: IncidentEntry, held: &BTreeSet<Id>) -> Option<IncidentEntry> {
    let incident = &mut entry.incident;
    incident.claims.retain(|id| held.contains(id));
    incident.disputes.retain(|dispute| dispute.claims.iter().all(|id| held.contains(id)));
    for bound in incident.tolls_mut().into_iter().flatten().flat_map(|toll| &mut toll.because) {
        bound.claims.retain(|id| held.contains(id));
    }
    (!entry.incident.claims.is_empty()).then_some(entry)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ledger::{Act, Registry};
    use serde_json::json;
    use views::{Publisher, Publishing};

    use super::*;

    fn report(outlet: &str, day: &str, text: &str, copy_of: Option<&Id>) -> Report {
        let mut report = Report::new("wire", "en", "Deaths at Konna", text);
        (report.outlet, report.published, report.copy_of) = (outlet.to_owned(), day.parse().ok(), copy_of.cloned());
        report.identify();
        report
    }

    fn claim(report: &Report, words: &str, kind: &str, speaker: [&str; 2]) -> Claim {
        let quote = Quote::cut(report, Field::Text, Span::find(&report.text, words).unwrap()).unwrap();
        let mut claim: Claim = serde_json::from_value(json!({
            "id": "", "report": report.id, "source": [{ "name": speaker[0], "kind": speaker[1] }], "stance": "states", "certainty": "certain",
            "polarity": "positive", "kind": kind, "scope": "incident", "incident": null, "actor": null, "target": null,
            "place": { "text": "Konna", "name": "Konna", "country": "ML" }, "date": null, "count": null, "victims": null, "side": null,
            "weapon": null, "quote": quote.text,
        }))
        .unwrap();
        claim.quote = quote;
        claim.identify();
        claim
    }

    #[test]
    fn the_copy_holds_what_may_leave_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let at = |day: &str| -> Timestamp { format!("2025-06-{day}T12:00:00Z").parse().unwrap() };
        let text = "Six soldiers died at Konna, the army said. Awa Traore saw it.";
        let first = report("Agence Nord", "2025-06-03", text, None);
        let today = report("Radio Konna", "2025-06-09", "Six soldiers died there.", None);
        let [one, two] =
            ["Oum Tribune", "Radio Oum"].map(|outlet| report(outlet, "2025-06-04", &format!("{outlet}: six soldiers died."), Some(&today.id)));
        let army = ["the army", "military"];
        let said = [
            (
                &first,
                vec![claim(&first, "Six soldiers died at Konna", "deaths", army), claim(&first, "saw it", "attack", ["Awa Traore", "resident"])],
            ),
            (&today, vec![claim(&today, "Six soldiers died", "deaths", army)]),
            (&one, vec![claim(&one, "six soldiers died", "deaths", army)]),
            (&two, vec![claim(&two, "six soldiers died", "deaths", army)]),
        ];
        let mut ledger = Ledger::create(folder.path().join("own.attest")).unwrap();
        for (report, claims) in &said {
            let new = NewReport::new((*report).clone(), "inbox/konna.txt", at("05"));
            ledger.add(&new, &Reading::new("reader 1", claims.clone(), at("05"))).unwrap();
        }
        let ids: Vec<&Id> = said.iter().flat_map(|(_, claims)| claims).map(|claim| &claim.id).collect();
        let incident = serde_json::from_value(json!({
            "id": "AAAAAA", "type": "attack", "date": { "start": "2025-06-02", "end": "2025-06-02", "precision": "day" },
            "place": { "name": "Konna", "admin1": "Mopti", "country": "ML", "lat": 14.94, "lon": -3.89, "precision": "exact" },
            "parties": [{ "name": "FN", "role": "attacker", "basis": "attributed" }, { "name": "Front", "role": "attacker", "basis": "attributed" }],
            "deaths": [{ "side": "total", "low": 6, "best": 6, "high": 6,
                "because": [{ "bound": "low", "claims": [ids[0], ids[2]], "rule": "r" }] }],
            "injured": [], "abducted": [], "displaced": [], "status": "reported",
            "disputes": [{ "claims": [ids[0], ids[2]], "over": "deaths" }, { "claims": [ids[0], ids[3]], "over": "place" }], "claims": ids,
        }))
        .unwrap();
        ledger.apply_incidents(&[incident], &Act::new("attest", "", at("06"))).unwrap();
        ledger.say_same(Registry::Actors, "Front", &["FN".to_owned()], i64::MAX, &Act::new("ana", "of Konna", at("07"))).unwrap();

        let all = Filter::default();
        let mut publisher = Publisher::of(&ledger, Publishing::Public, at("10"), None).unwrap();
        let tables = Tables {
            incidents: views::incidents(&ledger, &all).unwrap().into_iter().filter_map(|row| publisher.incident_row(row)).collect(),
            claims: views::claims(&ledger, &all).unwrap().into_iter().filter_map(|row| publisher.claim_row(row)).collect(),
            reports: views::reports(&ledger, &all).unwrap().into_iter().filter_map(|row| publisher.report_row(row, false)).collect(),
            ..Tables::default()
        };
        let path = folder.path().join("public.attest");
        let copy = copy(&ledger, tables, &path).unwrap();
        assert_eq!(copy.check().unwrap(), Vec::<String>::new());
        let entry = copy.incident_entry("AAAAAA", None).unwrap();
        let left: Vec<Id> = ids.iter().enumerate().filter(|(n, _)| *n != 2).map(|(_, id)| (*id).clone()).collect();
        assert_eq!((&entry.incident.claims, entry.written_at), (&left, at("06")));
        assert_eq!((&entry.incident.deaths[0].because[0].claims, entry.incident.disputes.len()), (&vec![ids[0].clone()], 1));
        assert!(entry.incident.parties.iter().all(|party| party.name == "Front"));
        let text = |report: &Report| copy.report(&report.id).map(|report| report.text);
        assert_eq!(text(&first).unwrap(), "Six soldiers died at [place]\n\n[…]");
        assert!(text(&today).is_err());
        let original = |report: &Report| copy.report(&report.id).unwrap().copy_of;
        let rest = [&one.id, &two.id].into_iter().min().unwrap();
        assert_eq!([original(&one), original(&two)].into_iter().flatten().collect::<Vec<_>>(), std::slice::from_ref(rest), "they are one voice");
        drop(copy);
        let bytes = std::fs::read(&path).unwrap();
        let holds = |words: &str| bytes.windows(words.len()).any(|bytes| bytes.eq_ignore_ascii_case(words.as_bytes()));
        assert!(holds("agence nord"));
        for words in ["Konna", "Traore", "Six soldiers died there", "inbox", "14.94"] {
            assert!(!holds(words), "{words}");
        }
    }

    #[test]
    fn a_hamlet_that_was_said_to_be_its_district_is_not_told_by_its_other_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |day: &str| -> Timestamp { format!("2025-06-{day}T12:00:00Z").parse().unwrap() };
        let report = report("Agence Nord", "2025-06-03", "Six soldiers died at Oumdala. Two died in Kardo, of which Oumdala is a part.", None);
        let army = ["the army", "military"];
        let mut claims = [claim(&report, "Six soldiers died at Oumdala", "deaths", army), claim(&report, "Two died in Kardo", "deaths", army)];
        for (claim, name) in claims.iter_mut().zip(["Oumdala", "Kardo"]) {
            let place = claim.place.as_mut().unwrap();
            (place.text, place.name) = (name.to_owned(), name.to_owned());
            claim.identify();
        }
        let incident = |id: &str, claim: &Claim, name: &str, precision: &str| -> record::Incident {
            serde_json::from_value(json!({
                "id": id, "type": "attack", "date": { "start": "2025-06-02", "end": "2025-06-02", "precision": "day" },
                "place": { "name": name, "admin1": "Mopti", "admin2": "Kardo", "country": "ML", "lat": 14.94, "lon": -3.89, "precision": precision },
                "parties": [], "deaths": [], "injured": [], "abducted": [], "displaced": [], "status": "reported", "disputes": [], "claims": [claim.id],
            }))
            .unwrap()
        };
        let mut incidents = [incident("AAAAAA", &claims[0], "Oumdala", "exact"), incident("BBBBBB", &claims[1], "Kardo", "admin2")];
        let mut ledger = Ledger::create(folder.path().join("own.attest")).unwrap();
        ledger.add(&NewReport::new(report, "inbox/kardo.txt", at("05")), &Reading::new("reader 1", claims.to_vec(), at("05"))).unwrap();
        ledger.apply_incidents(&incidents, &Act::new("attest", "", at("06"))).unwrap();
        let act = Act::new("ana", "Oumdala is in it", at("07"));
        ledger.say_same(Registry::Places, "ML/Kardo", &["ML/Oumdala".to_owned()], i64::MAX, &act).unwrap();

        let tables = |ledger: &Ledger, profile| {
            let all = Filter::default();
            let mut publisher = Publisher::of(ledger, profile, at("10"), None).unwrap();
            let incidents: Vec<_> = views::incidents(ledger, &all).unwrap().into_iter().filter_map(|row| publisher.incident_row(row)).collect();
            Tables {
                place_aliases: publisher.place_aliases(&ledger.aliases(None).unwrap(), &incidents),
                claims: views::claims(ledger, &all).unwrap().into_iter().filter_map(|row| publisher.claim_row(row)).collect(),
                reports: views::reports(ledger, &all).unwrap().into_iter().filter_map(|row| publisher.report_row(row, false)).collect(),
                incidents,
                ..Tables::default()
            }
        };
        // Once as it was read, and once more when the next reconciliation has written the district's name.
        for name in ["own", "again"] {
            let places = |profile| tables(&ledger, profile).places().rows;
            let (own, public) = (places(Publishing::Private), places(Publishing::Public));
            assert_eq!([own.len(), public.len()], [1, 1], "one place with two incidents");
            assert_eq!((own[0][8].as_u64(), own[0].last().unwrap().as_str()), (Some(2), Some("Oumdala")));
            assert_eq!((public[0][1].as_str(), public[0].last().unwrap().as_str()), (Some("Kardo"), Some("")));
            let path = folder.path().join(format!("public of {name}.attest"));
            let copy = copy(&ledger, tables(&ledger, Publishing::Public), &path).unwrap();
            assert!(copy.aliases(None).unwrap().places.names.is_empty());
            assert_eq!(copy.incident("AAAAAA").unwrap().place.unwrap().name, "Kardo");
            drop(copy);
            let bytes = std::fs::read(&path).unwrap();
            let holds = |words: &str| bytes.windows(words.len()).any(|bytes| bytes.eq_ignore_ascii_case(words.as_bytes()));
            assert!(holds("six soldiers died at [place]") && !holds("oumdala"));
            "Kardo".clone_into(&mut incidents[0].place.as_mut().unwrap().name);
            incidents[0].place.as_mut().unwrap().precision = record::PlacePrecision::Admin2;
            ledger.apply_incidents(&incidents, &Act::new("attest", "", at("08"))).unwrap();
        }
    }
}
