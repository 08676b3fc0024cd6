//! Publication dates in the forms that pages, feeds and tables print them in.

use jiff::civil::Date;
use record::Published;

/// Month names of English, French, Spanish and Portuguese, in lower case without accents; any beginning of three letters
/// or more stands for the name.
const MONTHS: &[(&[&str], i8)] = &[
    (&["january", "janvier", "janeiro", "enero"], 1),
    (&["february", "fevrier", "febrero", "fevereiro"], 2),
    (&["march", "mars", "marzo", "marco"], 3),
    (&["april", "avril", "abril"], 4),
    (&["may", "mai", "mayo", "maio"], 5),
    (&["june", "juin", "junio", "junho"], 6),
    (&["july", "juillet", "julio", "julho"], 7),
    (&["august", "aout", "agosto"], 8),
    (&["september", "septembre", "septiembre", "setembro"], 9),
    (&["october", "octobre", "octubre", "outubro"], 10),
    (&["november", "novembre", "noviembre", "novembro"], 11),
    (&["december", "decembre", "diciembre", "dezembro"], 12),
];

/// Which of two numbers below 13 is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// Reads a publication date or time: ISO 8601, the form of e-mail headers and feeds, or `3 June 2025` in English,
/// French, Spanish or Portuguese. `03/06/2025` is refused because nobody can tell; `13/06/2025` is not.
///
/// ```
/// # use intake::published;
/// assert_eq!(published("Tue, 03 Jun 2025 10:15:00 GMT").unwrap().as_str(), "2025-06-03T10:15:00Z");
/// assert_eq!(published("3 juin 2025").unwrap().as_str(), "2025-06-03");
/// assert!(published("03/06/2025").is_none());
/// ```
pub fn published(text: &str) -> Option<Published> {
    published_in(text, None)
}

/// Reads the dates of a column; those that could be read in two ways are read as the column's others must be.
///
/// ```
/// # use intake::published_all;
/// let days = published_all(&["03/06/2025", "28/05/2025", ""]);
/// assert_eq!(days[0].as_ref().unwrap().as_str(), "2025-06-03");
/// assert!(days[2].is_none());
/// ```
pub fn published_all(texts: &[&str]) -> Vec<Option<Published>> {
    let order = order_of(texts.iter().copied());
    texts.iter().map(|text| published_in(text, order)).collect()
}

pub(crate) fn published_in(text: &str, order: Option<Order>) -> Option<Published> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    iso(text).or_else(|| numeric(text, order)).or_else(|| named(text))
}

/// Days from 1800 to 2200: anything else is a mistake.
fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    (1800..2200).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

fn made(date: Date, time: &str) -> Option<Published> {
    format!("{date}{time}").parse().ok()
}

/// `2025-06-03`, `2025-06-03T10:15:00Z`, `2025-06-03 10:15`, `20250603`, `2025/06/03`.
fn iso(text: &str) -> Option<Published> {
    let digits =
        |range: std::ops::Range<usize>| -> Option<i16> { text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok() };
    if text.len() == 8 {
        let (y, m, d) = (digits(0..4)?, digits(4..6)?, digits(6..8)?);
        return made(day(y, m as i8, d as i8)?, "");
    }
    let (y, m, d) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let parting = text.get(4..5)?;
    if !matches!(parting, "-" | "/" | ".") || text.get(7..8)? != parting {
        return None;
    }
    let date = day(y, m as i8, d as i8)?;
    let rest = text[10..].trim_start_matches(['T', 't', ' ', ',']);
    if rest.is_empty() { made(date, "") } else { made(date, &time(rest)?) }
}

/// `10:15`, `10:15:30.5`, each with or without a zone, as `T10:15:00+01:00`.
fn time(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let mut parts = text[..end].splitn(3, ':');
    let hour: u8 = parts.next()?.parse().ok()?;
    let minute: u8 = parts.next()?.parse().ok()?;
    let second: f32 = parts.next().map_or(Some(0.0), |part| part.parse().ok())?;
    if hour > 23 || minute > 59 || !(0.0..61.0).contains(&second) {
        return None;
    }
    let (after_noon, zone_said) = half_of_day(text[end..].trim());
    let hour = match after_noon {
        Some(after_noon) if (1..=12).contains(&hour) => hour % 12 + 12 * u8::from(after_noon),
        _ => hour,
    };
    let zone = zone(zone_said)?;
    Some(format!("T{hour:02}:{minute:02}:{:02}{zone}", (second as u8).min(59)))
}

/// Whether it begins with the sign of a half of the day (`PM`, `a.m.`), and what follows.
fn half_of_day(text: &str) -> (Option<bool>, &str) {
    for (sign, after_noon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        let begins = text.get(..sign.len()).is_some_and(|head| head.eq_ignore_ascii_case(sign));
        // "AMT" is a zone.
        if begins && !text[sign.len()..].starts_with(char::is_alphanumeric) {
            return (Some(after_noon), text[sign.len()..].trim_start());
        }
    }
    (None, text)
}

/// `Z`, `+01:00`, `+0100`, `GMT`; empty when none is given or it is not known.
fn zone(text: &str) -> Option<String> {
    let text = text.trim_end_matches(')').trim_start_matches('(');
    match text {
        "" => Some(String::new()),
        "Z" | "z" | "GMT" | "UTC" | "UT" => Some("Z".to_owned()),
        _ if text.starts_with(['+', '-']) => {
            let digits: String = text[1..].chars().take(6).filter(char::is_ascii_digit).collect();
            let (hours, minutes) = match digits.len() {
                2 => (digits.as_str(), "00"),
                4 => digits.split_at(2),
                _ => return None,
            };
            (hours <= "14" && minutes < "60").then(|| format!("{}{hours}:{minutes}", &text[..1]))
        }
        _ => Some(String::new()),
    }
}

/// `13/06/2025`, `6/13/2025`, `3.6.2025`.
fn numeric(text: &str, order: Option<Order>) -> Option<Published> {
    let (date, rest) = text.split_once([' ', ',']).unwrap_or((text, ""));
    let (a, b, year) = triple(date)?;
    let order = match (a > 12, b > 12) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        (true, true) => return None,
        // Dots are only used where the day comes first.
        (false, false) if a == b || date.contains('.') => Order::DayFirst,
        (false, false) => order?,
    };
    let (d, m) = if order == Order::DayFirst { (a, b) } else { (b, a) };
    let date = day(year, m, d)?;
    made(date, &time(rest.trim()).unwrap_or_default())
}

fn triple(date: &str) -> Option<(i8, i8, i16)> {
    let mut parts = date.split(['/', '.', '-']);
    let (a, b, y) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || y.len() != 4 || a.is_empty() || b.is_empty() {
        return None;
    }
    Some((a.parse().ok().filter(|n| (1..=31).contains(n))?, b.parse().ok().filter(|n| (1..=31).contains(n))?, y.parse().ok()?))
}

/// Which order the dates of a column show, when at least one of them can only be read one way and none the other.
pub(crate) fn order_of<'a>(dates: impl Iterator<Item = &'a str>) -> Option<Order> {
    let (mut day_first, mut month_first) = (false, false);
    for date in dates {
        let date = date.trim();
        if let Some((a, b, _)) = triple(date.split([' ', ',']).next().unwrap_or(date)) {
            day_first |= a > 12;
            month_first |= b > 12;
        }
    }
    match (day_first, month_first) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    }
}

/// `3 June 2025`, `June 3, 2025`, `Tue, 03 Jun 2025 10:15:00 +0200`, `mardi 3 juin 2025`.
fn named(text: &str) -> Option<Published> {
    let (mut month, mut day_of, mut year, mut clock) = (None, None, None, None);
    let mut may_be_weekday = false;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([' ', ',', '\u{a0}']).unwrap_or(rest.len());
        let word = &rest[..end];
        if clock.is_none() && word.contains(':') {
            clock = time(rest);
            break;
        }
        if let Ok(number) = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '.' || c == 'º').parse::<i16>() {
            match number {
                1..=31 if day_of.is_none() => day_of = Some(number as i8),
                1800..2200 if year.is_none() => year = Some(number),
                _ => return None,
            }
        } else if let Some(found) = month_of(word).filter(|_| month.is_none() || may_be_weekday) {
            // "mar. 3 juin": "mar" is a Tuesday (mardi, martes) where another month is printed.
            may_be_weekday = word.trim_matches(|c: char| !c.is_alphabetic()).eq_ignore_ascii_case("mar");
            month = Some(found);
        }
        rest = rest[end..].trim_start_matches([' ', ',', '\u{a0}']);
    }
    made(day(year?, month?, day_of?)?, &clock.unwrap_or_default())
}

fn month_of(word: &str) -> Option<i8> {
    let plain: String = word
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'é' | 'è' => 'e',
            'û' | 'ù' => 'u',
            'ç' => 'c',
            c => c,
        })
        .filter(|c| c.is_alphabetic())
        .collect();
    let named = |names: &[&str]| names.iter().any(|name| name.starts_with(&plain));
    (plain.len() >= 3).then(|| MONTHS.iter().find(|(names, _)| named(names)).map(|(_, month)| *month)).flatten()
}

/// The full date of a dateline, such as `BANGUI, 12 mars 2014 - Quatre civils …`; one without a year gives nothing.
///
/// A first sentence with a date and a dash in it is no dateline: either the place is in capitals, or there is nothing
/// but the date between the place and the dash.
pub(crate) fn in_dateline(text: &str) -> Option<Published> {
    let line = text.lines().next()?;
    let end = [" - ", " – ", " — ", " -- ", " ("].iter().filter_map(|dash| line.find(dash)).min()?;
    let head = &line[..end];
    let (place, date) = head.split_once(',')?;
    let short = head.chars().count() <= 80 && place.starts_with(char::is_uppercase);
    let capitals = !place.contains(char::is_lowercase) && line.contains(char::is_lowercase);
    // "MARIB, Yemen, June 3, 2025": what stands before the date may be more than one name.
    let dates = std::iter::successors(Some(date), |date| date.split_once(',').map(|(_, rest)| rest));
    let bare = |date: &str| {
        let first = date.trim_start().split(' ').next().unwrap_or("");
        (first.starts_with(|c: char| c.is_ascii_digit()) || month_of(first).is_some()) && date.ends_with(|c: char| c.is_ascii_digit())
    };
    let mut dates = dates.filter(|date| date.chars().any(char::is_alphabetic) && (capitals || bare(date)));
    if short { dates.find_map(named) } else { None }
}

/// The date of a path or address: of the file's own name, else of the nearest folder that has one, else spread over folders.
pub(crate) fn in_path(path: &str) -> Option<Published> {
    path.rsplit(['/', '\\']).find_map(in_name).or_else(|| in_name(path))
}

/// A date at the beginning or inside of a file name: `2025-06-03-konna.txt`, `konna_20250603.html`, `/2025/06/03/`.
pub(crate) fn in_name(name: &str) -> Option<Published> {
    let bytes = name.as_bytes();
    (0..bytes.len()).filter(|&at| at == 0 || !bytes[at - 1].is_ascii_digit()).find_map(|at| {
        for length in [10, 8] {
            if let Some(part) = name.get(at..at + length)
                && !bytes.get(at + length).is_some_and(u8::is_ascii_digit)
            {
                let part = part.replace('_', "-");
                if let Some(found) = iso(&part).filter(|found| (1900..2100).contains(&found.date().year())) {
                    return Some(found);
                }
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let cases = [
            ("2025-06-03", "2025-06-03"),
            ("2025-06-03T10:15:00Z", "2025-06-03T10:15:00Z"),
            ("2025-06-03 10:15", "2025-06-03T10:15:00"),
            ("2025-06-03T10:15:00.123+0100", "2025-06-03T10:15:00+01:00"),
            ("2021-08-26T21:50:00+04:30", "2021-08-26T21:50:00+04:30"),
            ("20250603", "2025-06-03"),
            ("2025/06/03", "2025-06-03"),
            ("Tue, 03 Jun 2025 10:15:00 +0200", "2025-06-03T10:15:00+02:00"),
            ("June 3, 2025", "2025-06-03"),
            ("3rd June 2025", "2025-06-03"),
            ("1er août 2025", "2025-08-01"),
            ("mardi 3 mars 2025", "2025-03-03"),
            ("martes 3 de junio de 2025", "2025-06-03"),
            ("mar. 3 juin 2025", "2025-06-03"),
            ("mar 3 de junio de 2025", "2025-06-03"),
            ("Mar 3, 2025", "2025-03-03"),
            ("3 juin 2025 (mar.)", "2025-06-03"),
            ("June 3, 2025 10:15 PM", "2025-06-03T22:15:00"),
            ("June 3, 2025 12:05 a.m. GMT", "2025-06-03T00:05:00Z"),
            ("2025-06-03 12:05pm", "2025-06-03T12:05:00"),
            ("2025-06-03 10:15 AMT", "2025-06-03T10:15:00"),
            ("13/06/2025", "2025-06-13"),
            ("6/13/2025", "2025-06-13"),
            ("3.6.2025", "2025-06-03"),
        ];
        for (given, expected) in cases {
            assert_eq!(published(given).as_ref().map(Published::as_str), Some(expected), "{given}");
        }
        for nothing in ["", "yesterday", "03/06/2025", "2025-13-01", "2025-02-30", "99999999", "é025-06-03", "June 2025"] {
            assert_eq!(published(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_column_shows_its_order() {
        let order = order_of(["03/06/2025", "28/05/2025"].into_iter());
        assert_eq!(published_in("03/06/2025", order).unwrap().as_str(), "2025-06-03");
        assert_eq!(order_of(["28/05/2025", "05/28/2025"].into_iter()), None);
    }

    #[test]
    fn datelines() {
        let cases = [
            ("BANGUI, 12 mars 2014 - Quatre civils ont été tués.", Some("2014-03-12")),
            ("MARIB, Yemen, June 3, 2025 (Meridian) - Shells hit a camp.", Some("2025-06-03")),
            ("KABUL, Aug 26 (Meridian) - Two explosions struck.", None),
            ("Port-au-Prince, 12 March 2014 - Four people were killed.", Some("2014-03-12")),
            ("BANGUI, le 12 mars 2014 - Quatre civils ont été tués.", Some("2014-03-12")),
            ("On Monday, 3 June 2024, the army - as it says - left.", None),
            ("In Bria, on 12 March 2014, soldiers - as they say - killed five.", None),
            ("In Bria, on 12 March 2014 - a market day - five were killed.", None),
            ("Five people were killed on Monday, the army said.", None),
        ];
        for (text, expected) in cases {
            assert_eq!(in_dateline(text).as_ref().map(Published::as_str), expected, "{text}");
        }
    }

    #[test]
    fn names_of_files() {
        let cases = [
            ("2025-06-03-konna.txt", Some("2025-06-03")),
            ("konna_20250603.html", Some("2025-06-03")),
            ("https://example.org/2025/06/03/konna", Some("2025-06-03")),
            ("konna 2025_06_03.md", Some("2025-06-03")),
            ("r12345678901.txt", None),
            ("99887766.txt", None),
            ("дата-2025-06-03.txt", Some("2025-06-03")),
            ("2024-12-31-batch/2025-06-03-konna.txt", Some("2025-06-03")),
            ("2024-12-31-batch\\konna.txt", Some("2024-12-31")),
        ];
        for (name, expected) in cases {
            assert_eq!(in_path(name).as_ref().map(Published::as_str), expected, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", dated in "[0-9éT:/. +-]{0,30}") {
            let _ = (published(&text), in_name(&text), published(&dated), in_name(&dated));
        }
    }
}
