//! Any table of events: which column is what is guessed from the header, shown, and changed by the user.
//!
//! A row becomes a report of its cells, `Killed: 6`, in the columns' own names, and the cells become claims by that table, as rows of
//! other houses do. A cell that should be a day or a number and is none fails its row.

mod columns;

use gazetteer::{Gazetteer, Hints};
use intake::Sheet;
use jiff::civil::Date;
use record::{Certainty, Claim, Count, Dated, Kind, PartyName, PlaceName, Report, ReportKind, Span, Victims};

use super::{Imported, Told, kind_of, party, victims};
use columns::{Field, mapping};

/// The rows of a table as reports with their claims.
///
/// # Errors
/// When no column could be a day, or none says anything, in words that complete "cannot import FILE: …".
pub(super) fn rows(sheet: Sheet, outlet: &str, said: &[String]) -> Result<Imported, String> {
    let mapped = mapping(&sheet.headers, said)?;
    let at = |field: Field| mapped.iter().find(|(known, _)| *known == field).map(|(_, at)| *at);
    let shown = mapped.iter().map(|(field, at)| (field.as_str().to_owned(), sheet.headers[*at].clone())).collect();
    if at(Field::Date).is_none() {
        return Err(format!("no column of it is a date; --map date=HEADER says which (its columns: {})", sheet.headers.join(", ")));
    }
    if ![Field::Type, Field::Deaths, Field::Low, Field::High, Field::Civilians, Field::Injured, Field::Actor].iter().any(|field| at(*field).is_some())
    {
        return Err(format!(
            "no column of it says what happened; --map deaths=HEADER or type=HEADER says which (its columns: {})",
            sheet.headers.join(", ")
        ));
    }
    let column = |field: Field| -> Vec<&str> {
        let at = at(field);
        sheet.rows.iter().map(|(_, cells)| at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())).collect()
    };
    let (starts, ends) = (days(&column(Field::Date)), days(&column(Field::End)));
    let mut imported = Imported { columns: shown, ..Imported::default() };
    for (n, (place, cells)) in sheet.rows.iter().enumerate() {
        let row = if cells.len() == sheet.headers.len() {
            row(&sheet.headers, cells, &mapped, starts[n], ends[n], outlet)
        } else {
            Err(format!("the row has {} cells, the header {}", cells.len(), sheet.headers.len()))
        };
        match row {
            Ok(row) => imported.rows.push(row),
            Err(why) => imported.failed.push(format!("{place}: {why}")),
        }
    }
    Ok(imported)
}

/// Days of a column; those that can be read in two ways are read as the others are.
fn days(cells: &[&str]) -> Vec<Option<Date>> {
    intake::published_all(cells).into_iter().map(|day| day.map(|day| day.date())).collect()
}

fn row(
    headers: &[String],
    cells: &[String],
    mapped: &[(Field, usize)],
    start: Option<Date>,
    end: Option<Date>,
    outlet: &str,
) -> Result<(Report, Vec<Claim>), String> {
    let of = |field: Field| mapped.iter().find(|(known, _)| *known == field).map(|(_, at)| cells[*at].trim()).filter(|cell| !cell.is_empty());
    let misread = |field: Field, cell: &str| format!("the {} {cell:?} was not understood", field.as_str());
    if let (None, Some(cell)) = (start, of(Field::Date)) {
        return Err(misread(Field::Date, cell));
    }
    if let (None, Some(cell)) = (end, of(Field::End)) {
        return Err(misread(Field::End, cell));
    }
    if end.zip(start).is_some_and(|(end, start)| end < start) {
        return Err(misread(Field::End, of(Field::End).unwrap_or_default()));
    }
    let number = |field: Field| of(field).map(|cell| count(cell).ok_or_else(|| misread(field, cell))).transpose();
    let counts = [Field::Deaths, Field::Low, Field::High, Field::Civilians, Field::Injured].map(|field| number(field).map(|count| (field, count)));
    let counts = counts.into_iter().collect::<Result<Vec<_>, String>>()?;
    let degrees = |field: Field, most: f64| match of(field) {
        None => Ok(None),
        Some(cell) => {
            cell.replace(',', ".").parse::<f64>().ok().filter(|degrees| degrees.abs() <= most).map(Some).ok_or_else(|| misread(field, cell))
        }
    };
    let point = degrees(Field::Lat, 90.0)?.zip(degrees(Field::Lon, 180.0)?);

    // Its text: the notes as prose, then every cell under its own name.
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = of(Field::Notes).map_or_else(String::new, |notes| flat(notes) + "\n");
    let mut spans = vec![None; cells.len()];
    for (n, cell) in cells.iter().enumerate() {
        let is_notes = mapped.contains(&(Field::Notes, n));
        if !is_notes && !cell.trim().is_empty() {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            let from = text.len();
            text += &format!("{}: {}", flat(&headers[n]), flat(cell));
            spans[n] = Some(Span::new(from, text.len()));
        }
    }
    let span = |field: Field| mapped.iter().find(|(known, _)| *known == field).and_then(|(_, at)| spans[*at]);
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let title = [of(Field::Type), of(Field::Place)].into_iter().flatten().map(flat).collect::<Vec<_>>().join(", ");
    let mut report = Report::new(ReportKind::Analysis.as_str(), &intake::language(&text), &title, &text);
    outlet.clone_into(&mut report.outlet);
    report.identify();

    let country = of(Field::Country).and_then(country);
    let day = start.unwrap_or(Date::constant(2000, 1, 1));
    let sides = [of(Field::Actor), of(Field::Target)].map(|side| side.and_then(|side| party(side, country, day)));
    let date = start.map(|start| Dated { text: None, start, end: end.unwrap_or(start) });
    let place = of(Field::Place).map(|place| place_of(place, country, point));
    let told = Told { report: &report, sides: &sides, place, date };
    Ok((report.clone(), claims(&told, of(Field::Type), &counts, &span)))
}

/// Least and most that a cell counts.
type Counted = (u64, Option<u64>);

fn claims(told: &Told<'_>, kind: Option<&str>, counts: &[(Field, Option<Counted>)], span: &dyn Fn(Field) -> Option<Span>) -> Vec<Claim> {
    let sides: &[Option<PartyName>; 2] = told.sides;
    let civilian = sides[1].as_ref().is_some_and(|side| side.name == "civilians");
    let happened = kind.and_then(kind_of).or(if civilian {
        Some(Kind::Attack)
    } else {
        sides[0].as_ref().map(|_| if sides[1].is_some() { Kind::Clash } else { Kind::Attack })
    });
    let said = [Field::Type, Field::Actor, Field::Target].into_iter().find_map(span);
    let mut claims: Vec<Claim> = happened.zip(said).and_then(|(kind, span)| told.claim(kind, span)).into_iter().collect();
    for (field, count) in counts {
        let (Some((low, high)), Some(span)) = (count, span(*field)) else { continue };
        let kind = if *field == Field::Injured { Kind::Injuries } else { Kind::Deaths };
        let Some(mut claim) = told.claim(kind, span) else { continue };
        let (low, high) = match field {
            Field::Low => (*low, None),
            _ => (*low, *high),
        };
        let words = match high {
            Some(high) if high == low => low.to_string(),
            Some(high) => format!("{low} to {high}"),
            None => format!("at least {low}"),
        };
        claim.count = Count::new(words, Some(low), high, false).ok();
        claim.certainty = if *field == Field::High { Certainty::Possible } else { Certainty::Certain };
        let of_target = sides[1].as_ref().filter(|_| civilian && *field != Field::Civilians);
        claim.victims = Some(match (field, of_target) {
            (Field::Civilians, _) => Victims::Civilian,
            (_, Some(side)) => victims(&side.text, &side.name),
            _ => Victims::Unknown,
        });
        claims.push(claim);
    }
    for claim in &mut claims {
        claim.identify();
    }
    claims
}

/// `6`, `1 200`, `10-12`, `5+`: the least and the most that a cell means; `None` for the most where it is open.
fn count(cell: &str) -> Option<(u64, Option<u64>)> {
    let whole = |text: &str| -> Option<u64> {
        let text = text.trim();
        let text = text.strip_suffix(".0").unwrap_or(text);
        let groups: Vec<&str> = text.split([' ', ',', '\u{a0}', '\u{202f}', '\'']).collect();
        let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
        let digits = groups.concat();
        (grouped && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    if let Some(n) = whole(cell) {
        return Some((n, Some(n)));
    }
    if let Some(n) = cell.strip_suffix('+').and_then(whole) {
        return Some((n, None));
    }
    let (low, high) = cell.split_once(['-', '–', '—'])?;
    let (low, high) = (whole(low)?, whole(high)?);
    (low <= high).then_some((low, Some(high)))
}

/// A country by its code or its name.
fn country(cell: &str) -> Option<&'static str> {
    let plain = cell.split(" (").next().unwrap_or_default().trim();
    let gazetteer = Gazetteer::embedded();
    let coded =
        views::houses::Country::all().iter().find(|country| country.iso2.eq_ignore_ascii_case(plain) || country.iso3.eq_ignore_ascii_case(plain));
    coded.map(|country| country.iso2).or_else(|| gazetteer.country(plain).map(|country| country.iso2))
}

/// A place at its own point, or at that of its name in its country.
fn place_of(printed: &str, country: Option<&'static str>, point: Option<(f64, f64)>) -> PlaceName {
    let name = super::place_name(printed).to_owned();
    let hints = country.map_or_else(Hints::default, |iso2| Hints::default().country(iso2, 1.0));
    let found = Gazetteer::embedded().places(&name, &hints).into_iter().map(|found| found.place);
    let found = point.is_none().then_some(found).into_iter().flatten().find(|place| country.is_none_or(|iso2| place.country == iso2));
    PlaceName {
        text: printed.to_owned(),
        name: found.as_ref().map_or(name, |place| place.name.to_owned()),
        country: country.or(found.as_ref().map(|place| place.country).filter(|iso2| !iso2.is_empty())).map(str::to_owned),
        gazetteer: found.as_ref().map(gazetteer::Place::id),
        lat: point.map(|(lat, _)| lat).or(found.as_ref().map(|place| place.lat)),
        lon: point.map(|(_, lon)| lon).or(found.as_ref().map(|place| place.lon)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(csv: &str) -> Sheet {
        intake::sheets(csv.as_bytes(), &intake::Options::default()).unwrap().unwrap().remove(0)
    }

    #[test]
    fn counts_of_cells() {
        for (cell, expected) in [
            ("6", Some((6, Some(6)))),
            ("6.0", Some((6, Some(6)))),
            ("1 200", Some((1200, Some(1200)))),
            ("1,200", Some((1200, Some(1200)))),
            ("1,2", None),
            ("10-12", Some((10, Some(12)))),
            ("12-10", None),
            ("5+", Some((5, None))),
            ("several", None),
            ("-3", None),
        ] {
            assert_eq!(count(cell), expected, "{cell}");
        }
    }

    #[test]
    fn a_row_is_a_report_of_its_cells_and_a_bad_cell_fails_it() {
        let table = "Date,Lieu,Pays,Auteur,Victimes,Tués,Blessés,Notes\n\
            13/06/2024,Labbezanga,Mali,JNIM,Civilians (Mali),6,3+,\"Des hommes armés, la nuit.\"\n\
            02/06/2024,Gao,ML,,,4,,\n\
            14/06/2024,Gao,ML,,,beaucoup,,\n";
        let imported = rows(sheet(table), "Registre", &[]).unwrap();
        assert_eq!(imported.failed, ["line 4: the deaths \"beaucoup\" was not understood"]);
        let (report, claims) = &imported.rows[0];
        assert_eq!(report.outlet, "Registre");
        assert_eq!(
            report.text,
            "Des hommes armés, la nuit.\n\nDate: 13/06/2024\nLieu: Labbezanga\nPays: Mali\nAuteur: JNIM\nVictimes: Civilians (Mali)\nTués: 6\nBlessés: 3+"
        );
        let lines: Vec<String> = claims
            .iter()
            .map(|claim| {
                assert_eq!(claim.quote.span.slice(&report.text), claim.quote.text);
                format!("{} {} “{}”", claim.kind, claim.count.as_ref().map_or("", |count| &count.text), claim.quote.text)
            })
            .collect();
        assert_eq!(lines, ["attack  “Auteur: JNIM”", "deaths 6 “Tués: 6”", "injuries at least 3 “Blessés: 3+”"]);
        let place = claims[0].place.as_ref().unwrap();
        assert!(place.country.as_deref() == Some("ML") && place.lat.is_some(), "{place:?}");
        assert_eq!(imported.rows[1].1[0].date.as_ref().unwrap().start.to_string(), "2024-06-02");
        assert!(rows(sheet("Lieu,Tués\nGao,4\n"), "x", &[]).unwrap_err().starts_with("no column of it is a date"));
    }
}
