//! Any table of events: which column is what is guessed from the header, shown, and changed by the user.
//!
//! A row becomes a report of its cells, `Killed: 6`, in the columns' own names, and the cells become claims by that table, as rows of
//! other houses do. A cell that should be a day or a number and is none fails its row.

use gazetteer::{Gazetteer, Hints};
use intake::Sheet;
use jiff::civil::Date;
use record::{Certainty, Claim, Count, Dated, Kind, PartyName, PlaceName, Report, ReportKind, Span, Victims};

use super::{Imported, Told, kind_of, party, victims};

/// What a column of such a table can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// The day, or the first.
    Date,
    /// The last day.
    End,
    /// The place.
    Place,
    /// ISO 3166, or its name.
    Country,
    /// Degrees.
    Lat,
    /// Degrees.
    Lon,
    /// What happened.
    Type,
    /// Who did it.
    Actor,
    /// To whom.
    Target,
    /// The dead.
    Deaths,
    /// The dead at least.
    Low,
    /// The dead at most.
    High,
    /// Civilians among them.
    Civilians,
    /// The hurt.
    Injured,
    /// Prose.
    Notes,
}

impl Field {
    /// All of them.
    const ALL: &'static [Field] = &[
        Field::Date,
        Field::End,
        Field::Place,
        Field::Country,
        Field::Lat,
        Field::Lon,
        Field::Type,
        Field::Actor,
        Field::Target,
        Field::Deaths,
        Field::Low,
        Field::High,
        Field::Civilians,
        Field::Injured,
        Field::Notes,
    ];

    /// Its name.
    const fn as_str(self) -> &'static str {
        match self {
            Field::Date => "date",
            Field::End => "date_end",
            Field::Place => "place",
            Field::Country => "country",
            Field::Lat => "lat",
            Field::Lon => "lon",
            Field::Type => "type",
            Field::Actor => "actor",
            Field::Target => "target",
            Field::Deaths => "deaths",
            Field::Low => "deaths_low",
            Field::High => "deaths_high",
            Field::Civilians => "civilians",
            Field::Injured => "injured",
            Field::Notes => "notes",
        }
    }

    /// Header names that it goes by in English, French, Spanish, Portuguese and Arabic, folded; the best first.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Field::Date => &[
                "date",
                "datestart",
                "startdate",
                "eventdate",
                "incidentdate",
                "day",
                "dateofincident",
                "dateincident",
                "datedincident",
                "jour",
                "fecha",
                "data",
                "التاريخ",
            ],
            Field::End => &["dateend", "enddate", "datefin", "until", "fechafin"],
            Field::Place => &[
                "place",
                "location",
                "locality",
                "town",
                "village",
                "city",
                "site",
                "lieu",
                "localite",
                "ville",
                "lugar",
                "local",
                "المكان",
                "wherecoordinates",
            ],
            Field::Country => &["country", "countrycode", "iso", "iso2", "iso3", "pays", "pais", "البلد"],
            Field::Lat => &["lat", "latitude", "y", "latitud"],
            Field::Lon => &["lon", "long", "lng", "longitude", "x", "longitud"],
            Field::Type => &["type", "eventtype", "subeventtype", "incidenttype", "category", "kind", "typeincident", "tipo", "النوع"],
            Field::Actor => &["actor", "actor1", "perpetrator", "attacker", "sidea", "party1", "auteur", "acteur", "autor", "perpetrador", "الفاعل"],
            Field::Target => {
                &["target", "actor2", "victim", "victims", "sideb", "party2", "cible", "victime", "victimes", "objetivo", "victima", "الضحية"]
            }
            Field::Deaths => &[
                "deaths",
                "killed",
                "dead",
                "fatalities",
                "deathsbest",
                "best",
                "totaldeaths",
                "totalkilled",
                "numberkilled",
                "morts",
                "tues",
                "deces",
                "muertos",
                "muertes",
                "mortos",
                "القتلى",
            ],
            Field::Low => &["deathslow", "low", "mindeaths", "deathsmin", "minkilled", "killedmin", "minimum", "min"],
            Field::High => &["deathshigh", "high", "maxdeaths", "deathsmax", "maxkilled", "killedmax", "maximum", "max"],
            Field::Civilians => &["civilians", "civiliandeaths", "civilianskilled", "deathscivilians", "civils", "civilstues", "civiles", "civis"],
            Field::Injured => &["injured", "wounded", "injuries", "hurt", "blesses", "heridos", "feridos", "الجرحى"],
            Field::Notes => {
                &["notes", "description", "summary", "details", "narrative", "comment", "comments", "remarques", "resume", "descripcion", "الوصف"]
            }
        }
    }

    fn named(word: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.as_str() == word)
    }
}

/// A header's name as it is compared: small letters and digits without accents.
fn folded(header: &str) -> String {
    let is_latin = header.chars().all(|c| !c.is_alphabetic() || c < '\u{250}');
    if is_latin {
        gazetteer::plain(header).replace(' ', "")
    } else {
        header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    }
}

/// Which column is what: what the user says (`FIELD=HEADER`, or the other way round), then guesses, each column once.
///
/// # Errors
/// For a pair that names no field or no column, in words.
fn mapping(headers: &[String], said: &[String]) -> Result<Vec<(Field, usize)>, String> {
    let column = |name: &str| {
        let exact = headers.iter().position(|header| header == name);
        exact.or_else(|| headers.iter().position(|header| folded(header) == folded(name)))
    };
    let fields = || Field::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" ");
    let mut mapped: Vec<(Field, usize)> = Vec::new();
    let mut unused: Vec<usize> = Vec::new();
    for pair in said {
        let (left, right) = pair.split_once('=').ok_or_else(|| format!("--map {pair:?} is not FIELD=HEADER; fields: {}", fields()))?;
        let (left, right) = (left.trim(), right.trim());
        match (Field::named(left).zip(column(right)), Field::named(right).zip(column(left))) {
            (Some(found), _) | (None, Some(found)) => mapped.push(found),
            (None, None) if left == "-" && column(right).is_some() => unused.extend(column(right)),
            (None, None) if Field::named(left).is_some() || Field::named(right).is_some() => {
                return Err(format!("--map {pair:?}: there is no such column (its columns: {})", headers.join(", ")));
            }
            (None, None) => return Err(format!("--map {pair:?} names no field; fields: {}", fields())),
        }
    }
    for field in Field::ALL {
        if mapped.iter().any(|(known, _)| known == field) {
            continue;
        }
        let free = |at: &usize| !unused.contains(at) && !mapped.iter().any(|(_, used)| used == at);
        let guess = field.names().iter().find_map(|name| headers.iter().position(|header| folded(header) == *name).filter(free));
        mapped.extend(guess.map(|at| (*field, at)));
    }
    mapped.sort();
    Ok(mapped)
}

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
    fn columns_are_guessed_and_can_be_said() {
        let headers: Vec<String> = ["Date d'incident", "Lieu", "Tués", "Bless\u{e9}s", "Auteur", "Nb"].map(str::to_owned).to_vec();
        let shown = |said: &[&str]| -> Result<Vec<String>, String> {
            let said: Vec<String> = said.iter().map(|pair| (*pair).to_owned()).collect();
            Ok(mapping(&headers, &said)?.into_iter().map(|(field, at)| format!("{}={at}", field.as_str())).collect())
        };
        assert_eq!(shown(&[]).unwrap(), ["date=0", "place=1", "actor=4", "deaths=2", "injured=3"]);
        assert_eq!(shown(&["deaths=nb", "Tués=deaths_low", "-=Auteur"]).unwrap(), ["date=0", "place=1", "deaths=5", "deaths_low=2", "injured=3"]);
        assert!(shown(&["deaths=Morts"]).unwrap_err().contains("there is no such column"));
        assert!(shown(&["dead=Nb"]).unwrap_err().contains("names no field; fields: date date_end"));
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
