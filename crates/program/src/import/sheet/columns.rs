//! What the columns of a table hold: as the user says, or as their headers are called.

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
    pub(super) const fn as_str(self) -> &'static str {
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
pub(super) fn mapping(headers: &[String], said: &[String]) -> Result<Vec<(Field, usize)>, String> {
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
            (Some(found), _) | (None, Some(found)) => {
                if let Some((_, other)) = mapped.iter().find(|(field, _)| *field == found.0) {
                    return Err(format!("--map {pair:?}: {} was read from {:?} already; a field has one column", found.0.as_str(), headers[*other]));
                }
                mapped.push(found);
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_guessed_and_can_be_said() {
        let headers: Vec<String> = ["Date d'incident", "Lieu", "Tués", "Bless\u{e9}s", "Auteur", "Nb"].map(str::to_owned).to_vec();
        let shown = |said: &[&str]| -> Result<Vec<String>, String> {
            let said: Vec<String> = said.iter().map(|pair| (*pair).to_owned()).collect();
            Ok(mapping(&headers, &said)?.into_iter().map(|(field, at)| format!("{}={at}", field.as_str())).collect())
        };
        assert_eq!(shown(&[]).unwrap(), ["date=0", "place=1", "actor=4", "deaths=2", "injured=3"]);
        assert_eq!(shown(&["deaths=nb", "Tués=deaths_low", "-=Auteur"]).unwrap(), ["date=0", "place=1", "deaths=5", "deaths_low=2", "injured=3"]);
        assert!(shown(&["deaths=Nb", "deaths=Tués"]).unwrap_err().contains("was read from \"Nb\" already"));
        assert!(shown(&["deaths=Morts"]).unwrap_err().contains("there is no such column"));
        assert!(shown(&["dead=Nb"]).unwrap_err().contains("names no field; fields: date date_end"));
    }
}
