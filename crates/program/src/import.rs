//! What others have coded or told, into the ledger: every row a report whose cells are claims by that data set.
//!
//! A data set is a speaker like any other: it says, in its own voice, what its cells say, in the cells' words. Nothing of it
//! becomes an incident but by reconciliation.

mod annotation;
mod sheet;

use std::collections::BTreeMap;

use gazetteer::{ActorHints, Gazetteer, PartyKind};
use intake::{Coded, House};
use jiff::civil::Date;
use record::{Certainty, Claim, Count, Dated, Field, Id, Kind, PartyName, PlaceName, Quote, Report, Span, Victims};
use serde::Deserialize;
use serde_json::Value;
use views::houses::Country;

/// What a file held.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Reports, each with its claims.
    pub rows: Vec<(Report, Vec<Claim>)>,
    /// What could not be taken: where, and why.
    pub failed: Vec<String>,
    /// Whose table it was; `None` for native records, cases and tables of nobody in particular.
    pub house: Option<House>,
    /// Of any other table: which field was read from which column, to be shown before anything is written.
    pub columns: Vec<(String, String)>,
    /// Whether the claims are of reports that the ledger has already.
    pub annotations: bool,
    /// Where reports are published, as native records say.
    pub urls: BTreeMap<Id, String>,
}

/// Finds a report that the ledger has by its id or address, with its claims.
pub type Known<'a> = dyn Fn(&str) -> Option<(Report, Vec<Claim>)> + 'a;

/// What is known of a file besides its bytes.
pub struct Options<'a> {
    /// Name of the data set; the house's own when there is none.
    pub outlet: Option<&'a str>,
    /// What the file is called, for a table that says nothing of itself.
    pub name: &'a str,
    /// `FIELD=HEADER` for columns that are not to be guessed; then the table is read as one of nobody in particular.
    pub map: &'a [String],
    /// What the ledger has.
    pub known: &'a Known<'a>,
    /// Bounds on what is read.
    pub intake: &'a intake::Options,
}

/// Reads a file of coded events, of native records, a gold case, Web Annotations, or any table of events.
///
/// # Errors
/// When it is none of these, in words that complete "cannot import FILE: …".
pub fn read(bytes: &[u8], options: &Options<'_>) -> Result<Imported, String> {
    let said = |error: intake::Error| error.to_string();
    if let Some(table) = intake::coded(bytes, options.outlet, options.intake).map_err(said)?.filter(|_| options.map.is_empty()) {
        let mut imported = Imported { house: Some(table.house), ..Imported::default() };
        for row in table.rows {
            match row {
                Ok(row) => {
                    let claims = claims(&row);
                    imported.rows.push((row.report, claims));
                }
                Err(failed) => imported.failed.push(failed.line()),
            }
        }
        return Ok(imported);
    }
    if let Some(sheets) = intake::sheets(bytes, options.intake).map_err(said)? {
        let sheet = sheets.into_iter().next().ok_or("it is empty")?;
        return sheet::rows(sheet, options.outlet.unwrap_or(options.name), options.map);
    }
    let inflated = intake::inflated(bytes, options.intake.max_bytes).map_err(said)?;
    let text = std::str::from_utf8(&inflated).map_err(|_| "it is neither a table nor JSON in UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    if let Some(annotations) = annotation::found(text) {
        return Ok(annotation::read(annotations, options.known));
    }
    records(text)
}

/// A gold case; only what the ledger has use for.
#[derive(Deserialize)]
struct Case {
    reports: Vec<Report>,
    #[serde(default)]
    claims: Vec<Claim>,
}

/// Native records: JSON Lines or an array of reports and claims, or a case.
fn records(text: &str) -> Result<Imported, String> {
    let mut imported = Imported::default();
    let (mut reports, mut claims) = (Vec::new(), Vec::new());
    if let Ok(case) = serde_json::from_str::<Case>(text) {
        (reports, claims) = (case.reports, case.claims);
    } else {
        let values: Vec<(String, Result<Value, serde_json::Error>)> = match serde_json::from_str::<Vec<Value>>(text) {
            Ok(values) => values.into_iter().enumerate().map(|(n, value)| (format!("item {}", n + 1), Ok(value))).collect(),
            Err(_) => {
                let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
                lines.map(|(n, line)| (format!("line {}", n + 1), serde_json::from_str(line))).collect()
            }
        };
        for (at, value) in values {
            let taken = value.and_then(|value| {
                if value.get("quote").is_some() {
                    serde_json::from_value(value).map(|claim| claims.push(claim))
                } else {
                    let url = value.get("url").and_then(Value::as_str).map(crate::fetch::shown);
                    serde_json::from_value(value).map(|report: Report| {
                        imported.urls.extend(url.map(|url| (report.id.clone(), url)));
                        reports.push(report);
                    })
                }
            });
            if let Err(error) = taken {
                imported.failed.push(format!("{at}: it is neither a report with its text nor a claim: {error}"));
            }
        }
    }
    if reports.is_empty() {
        let why = imported.failed.first().map_or_else(String::new, |first| format!(" ({first})"));
        return Err(format!("it holds no coded events, no reports with their text and no gold case{why}"));
    }
    join(reports, claims, &mut imported);
    Ok(imported)
}

/// Gives reports the ids of their content, and each its claims, whose words must stand in it.
fn join(reports: Vec<Report>, claims: Vec<Claim>, imported: &mut Imported) {
    let mut ids: BTreeMap<Id, Id> = BTreeMap::new();
    let mut order: Vec<Report> = Vec::new();
    for mut report in reports {
        let old = report.id.clone();
        report.identify();
        ids.insert(old, report.id.clone());
        order.push(report);
    }
    imported.urls = std::mem::take(&mut imported.urls).into_iter().filter_map(|(old, url)| Some((ids.get(&old)?.clone(), url))).collect();
    for report in &mut order {
        report.copy_of = report.copy_of.take().and_then(|original| ids.get(&original).cloned());
    }
    // Originals first: no copy is on the disk without what it copies.
    order.sort_by_key(|report| report.copy_of.is_some());
    let places: BTreeMap<&Id, &Report> = order.iter().map(|report| (&report.id, report)).collect();
    let mut of: BTreeMap<Id, Vec<Claim>> = BTreeMap::new();
    for mut claim in claims {
        let Some(report) = ids.get(&claim.report).and_then(|id| places.get(id)) else {
            imported.failed.push(format!("claim {}: its report {} is not in the file", claim.id, claim.report));
            continue;
        };
        match claim.quote.locate(report) {
            Ok(quote) => {
                let moved = claim.report != report.id;
                claim.quote = quote;
                claim.report.clone_from(&report.id);
                claim.incident = None;
                if moved {
                    claim.identify();
                }
                let id = claim.id.clone();
                if let Err(why) = push_once(of.entry(report.id.clone()).or_default(), claim) {
                    imported.failed.push(format!("claim {id}: {why}"));
                }
            }
            Err(error) => imported.failed.push(format!("claim {}: {error}", claim.id)),
        }
    }
    for report in order {
        let claims = of.remove(&report.id).unwrap_or_default();
        imported.rows.push((report, claims));
    }
}

/// Puts a claim to the others of its report, once. One id is one claim: what says something else under it is refused.
fn push_once(claims: &mut Vec<Claim>, claim: Claim) -> Result<(), String> {
    match claims.iter().find(|there| there.id == claim.id) {
        Some(there) if *there == claim => {}
        Some(_) => return Err("another claim of its report has the same id".to_owned()),
        None => claims.push(claim),
    }
    Ok(())
}

/// The country of a row.
pub(crate) fn country(row: &Coded) -> Option<&'static str> {
    let number = row.country_number;
    let found = match row.house {
        House::Ucdp => number.and_then(Country::state),
        House::Acled => number.and_then(Country::numbered),
    };
    let plain = row.country.split(" (").next().unwrap_or_default();
    found.map(|country| country.iso2).or_else(|| Gazetteer::embedded().country(plain).map(|country| country.iso2))
}

/// A side of a row as a party, by its usual name; `None` where there is nobody.
pub(crate) fn party(printed: &str, country: Option<&str>, day: Date) -> Option<PartyName> {
    let gazetteer = Gazetteer::embedded();
    let plain = printed.split(" (").next().unwrap_or_default().trim();
    if plain.is_empty() {
        return None;
    }
    let hints = ActorHints { countries: country.map(str::to_owned).into_iter().collect(), date: Some(day), part: None };
    let army = |iso2: &str| gazetteer.state_actor(iso2, "military", Some(day)).map(|actor| actor.name.to_owned());
    let state = ["Government of ", "Military Forces of "].iter().find_map(|lead| plain.strip_prefix(lead)).and_then(|name| gazetteer.country(name));
    let name = if let Some(found) = state.and_then(|state| army(state.iso2)) {
        found
    } else if plain.eq_ignore_ascii_case("civilians") || plain.starts_with("Civilians") {
        "civilians".to_owned()
    } else if plain.starts_with("Unidentified") || plain.starts_with("XXX") {
        "Unidentified armed group".to_owned()
    } else {
        // `JNIM: Group for Support of Islam and Muslims`: either half may be the known one.
        let halves = plain.split_once(": ").map_or([plain, plain], |(short, long)| [long, short]);
        let known = halves.iter().find_map(|half| gazetteer.actors(half, &hints).first().map(|found| found.actor.name.to_owned()));
        known.unwrap_or_else(|| plain.to_owned())
    };
    Some(PartyName { text: printed.to_owned(), name })
}

/// Whom the victims of a side are.
fn victims(printed: &str, name: &str) -> Victims {
    let state = ["Government of ", "Military Forces", "Police Forces"].iter().any(|lead| printed.starts_with(lead));
    if name == "civilians" {
        Victims::Civilian
    } else if printed.starts_with("Police Forces") {
        Victims::Police
    } else if state || matches!(views::houses::Cast::of(name, None, None).kind, PartyKind::Military | PartyKind::Government) {
        Victims::Military
    } else {
        Victims::ArmedGroup
    }
}

/// What a row tells of its event, whatever the cell.
struct Told<'r> {
    report: &'r Report,
    /// Who did it, and to whom.
    sides: &'r [Option<PartyName>; 2],
    place: Option<PlaceName>,
    date: Option<Dated>,
}

impl Told<'_> {
    /// A claim in the data set's own voice, in the words of a cell.
    fn claim(&self, kind: Kind, cell: Span) -> Option<Claim> {
        Some(Claim {
            actor: self.sides[0].clone(),
            target: self.sides[1].clone(),
            place: self.place.clone(),
            date: self.date.clone(),
            // A row is one event.
            event: Some(0),
            ..Claim::new(self.report, kind, Quote::cut(self.report, Field::Text, cell).ok()?)
        })
    }
}

/// The claim kind of a row; `None` where it is of no kind that claims have.
pub(crate) fn kind(row: &Coded) -> Option<Kind> {
    kind_of(&row.kind)
}

/// The claim kind of what a table calls an event.
fn kind_of(event: &str) -> Option<Kind> {
    Some(match event.trim().to_lowercase().as_str() {
        "1" | "2" | "armed clash" | "battles" => Kind::Clash,
        "3" | "attack" | "sexual violence" | "mob violence" | "violence against civilians" | "excessive force against protesters" => Kind::Attack,
        "government regains territory" => Kind::Recapture,
        "non-state actor overtakes territory" => Kind::Seizure,
        "suicide bomb" | "remote explosive/landmine/ied" | "grenade" => Kind::Explosion,
        "shelling/artillery/missile attack" => Kind::Shelling,
        "air/drone strike" => Kind::Airstrike,
        "abduction/forced disappearance" => Kind::Abduction,
        "arrests" => Kind::Arrest,
        "looting/property destruction" => Kind::Looting,
        other => return Kind::ALL.iter().copied().find(|kind| kind.as_str() == other),
    })
}

/// What a row claims: that it happened, by whom and to whom, and how many died of each side. A low figure is an "at least", a high one
/// only possible.
fn claims(row: &Coded) -> Vec<Claim> {
    let country = country(row);
    let sides = row.sides.each_ref().map(|side| party(side, country, row.start));
    let place = (!row.place[0].is_empty()).then(|| PlaceName {
        text: row.place[0].clone(),
        name: place_name(&row.place[0]).to_owned(),
        country: country.map(str::to_owned),
        gazetteer: None,
        lat: row.point.map(|(lat, _)| lat),
        lon: row.point.map(|(_, lon)| lon),
    });
    let date = Some(Dated { text: None, start: row.start, end: row.end });
    let told = Told { report: &row.report, sides: &sides, place, date };
    let happened = match row.house {
        House::Ucdp => row.cell("dyad_name").or_else(|| row.cell("type_of_violence")),
        House::Acled => row.cell("sub_event_type").or_else(|| row.cell("event_type")),
    };
    let mut claims: Vec<Claim> = kind(row).zip(happened).and_then(|(kind, span)| told.claim(kind, span)).into_iter().collect();
    let mut dead = |column: &str, low: u64, high: Option<u64>, certainty: Certainty, victims: Victims, side: Option<&PartyName>| {
        let Some(mut claim) = row.cell(column).and_then(|span| told.claim(Kind::Deaths, span)) else { return };
        claim.certainty = certainty;
        claim.count = Count::new(if high.is_some() { low.to_string() } else { format!("at least {low}") }, Some(low), high, false).ok();
        claim.victims = Some(victims);
        claim.side = side.map(|side| side.name.clone());
        claims.push(claim);
    };
    let [low, best, high] = row.deaths;
    let one_sided = row.kind == "3" || sides[1].as_ref().is_some_and(|side| side.name == "civilians");
    let whole = if one_sided { Victims::Civilian } else { Victims::Unknown };
    let sure = Certainty::Certain;
    if let Some([a, b, civilians, unknown]) = row.split {
        for (column, n, side) in [("deaths_a", a, &sides[0]), ("deaths_b", b, &sides[1])] {
            if let Some(side) = side.as_ref().filter(|_| n > 0) {
                dead(column, n, Some(n), sure, victims(&side.text, &side.name), Some(side));
            }
        }
        for (column, n, who) in [("deaths_civilians", civilians, Victims::Civilian), ("deaths_unknown", unknown, Victims::Unknown)] {
            if n > 0 {
                dead(column, n, Some(n), sure, who, None);
            }
        }
        let parts = [a, b, civilians, unknown].iter().filter(|n| **n > 0).count();
        let whole = if parts > 1 { Victims::Mixed } else { whole };
        // What the sides do not say: the total of several, and the bounds around it.
        if parts != 1 || low < best || best < high {
            dead("best", best, Some(best), sure, whole, None);
        }
        if low < best {
            dead("low", low, None, sure, whole, None);
        }
        if best < high {
            dead("high", high, Some(high), Certainty::Possible, whole, None);
        }
    } else if best > 0 {
        dead("fatalities", best, Some(best), sure, whole, None);
    }
    for claim in &mut claims {
        claim.identify();
    }
    claims
}

/// `Kardala town` is called Kardala; `Mopti - Sevare` is a part of Mopti.
pub(crate) fn place_name(printed: &str) -> &str {
    let whole = printed.split(" - ").next().unwrap_or(printed);
    [" town", " village", " city"].iter().find_map(|kind| whole.strip_suffix(kind)).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GED: &str = "id,relid,type_of_violence,dyad_name,side_a,side_b,where_prec,where_coordinates,adm_1,adm_2,latitude,longitude,country,country_id,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low\n\
        17,MLI-1,1,Government of Mali - JNIM,Government of Mali,JNIM,1,Labbezanga village,Gao,Ansongo,14.95,0.7,Mali,432,1,2024-06-02,2024-06-02,6,14,1,0,21,30,6\n\
        18,MLI-2,3,IS - Civilians,IS,Civilians,1,Gao town,Gao,,16.27,-0.04,Mali,432,1,2024-06-03,2024-06-03,0,0,4,0,4,4,4\n";

    fn read(bytes: &[u8]) -> Result<Imported, String> {
        let options = Options { outlet: None, name: "x", map: &[], known: &|_| None, intake: &intake::Options::default() };
        super::read(bytes, &options)
    }

    #[test]
    fn the_cells_of_a_row_are_claims_in_their_own_words() {
        let imported = read(GED.as_bytes()).unwrap();
        let lines = |(report, claims): &(Report, Vec<Claim>)| -> Vec<String> {
            let line = |claim: &Claim| {
                assert_eq!(claim.quote.span.slice(&report.text), claim.quote.text);
                let count = claim.count.as_ref().map_or_else(String::new, |count| format!(" {}", count.text));
                let side = claim.side.as_deref().map_or_else(String::new, |side| format!(" of {side}"));
                let victims = claim.victims.map_or_else(String::new, |victims| format!(" {victims}"));
                format!("{}{count}{victims}{side} “{}”", claim.kind, claim.quote.text.replace('\n', " / "))
            };
            claims.iter().map(line).collect()
        };
        assert_eq!(
            lines(&imported.rows[0]),
            [
                "clash “dyad_name: Government of Mali - JNIM”",
                "deaths 6 military of Malian Armed Forces “deaths_a: 6”",
                "deaths 14 armed-group of Jama'at Nusrat al-Islam wal-Muslimin “deaths_b: 14”",
                "deaths 1 civilian “deaths_civilians: 1”",
                "deaths 21 mixed “best: 21”",
                "deaths at least 6 mixed “low: 6”",
                "deaths 30 mixed “high: 30”",
            ]
        );
        assert_eq!(lines(&imported.rows[1]), ["attack “dyad_name: IS - Civilians”", "deaths 4 civilian “deaths_civilians: 4”"]);
        let place = imported.rows[0].1[0].place.as_ref().unwrap();
        assert_eq!((place.name.as_str(), place.country.as_deref(), place.lat), ("Labbezanga", Some("ML"), Some(14.95)));
    }

    #[test]
    fn records_of_a_case_get_ids_of_their_content() {
        let case = r#"{"case":"c","about":"","incidents":[],"reports":[
            {"id":"r2","published":"2025-06-03","outlet":"B","kind":"wire","language":"en","title":"","text":"Five died at Kardala.","copy_of":"r1"},
            {"id":"r1","published":"2025-06-02","outlet":"A","kind":"wire","language":"en","title":"","text":"Five died at Kardala.","copy_of":null}],
          "claims":[{"id":"c1","report":"r1","quote":"Five died","source":[],"stance":"states","certainty":"certain","polarity":"positive",
            "kind":"deaths","scope":"incident","incident":"i1","actor":null,"target":null,"place":null,"date":null,
            "count":{"text":"Five","low":5,"high":5},"victims":"unknown","side":null,"weapon":null},
           {"id":"c2","report":"r1","quote":"Nine died","source":[],"stance":"states","certainty":"certain","polarity":"positive",
            "kind":"deaths","scope":"incident","incident":"i1","actor":null,"target":null,"place":null,"date":null,
            "count":null,"victims":"unknown","side":null,"weapon":null}]}"#;
        let imported = read(case.as_bytes()).unwrap();
        let [(first, claims), (second, none)] = &imported.rows[..] else { panic!("two reports") };
        assert_eq!((first.outlet.as_str(), second.copy_of.as_ref()), ("A", Some(&first.id)));
        assert!(none.is_empty() && claims[0].id.len() == 10 && claims[0].report == first.id && claims[0].incident.is_none());
        assert_eq!(imported.failed.len(), 1, "{:?}", imported.failed);
        assert!(imported.failed[0].starts_with("claim c2: the words \"Nine died\" are not in the text"));
        assert!(read(b"{\"a\":1}").unwrap_err().contains("no gold case"));

        // One id is one claim of a report: what says something else under it is not dropped unseen.
        let (first, second) = case.rsplit_once("\"stance\":\"states\"").unwrap();
        let twice = format!("{first}\"stance\":\"denies\"{second}").replace("Nine died", "Five died");
        let twice = twice.replace("\"count\":null", "\"count\":{\"text\":\"Five\",\"low\":5,\"high\":5}");
        let imported = read(twice.as_bytes()).unwrap();
        assert_eq!(imported.rows[0].1.len(), 1);
        assert!(imported.failed[0].ends_with("another claim of its report has the same id"), "{:?}", imported.failed);
    }
}
