use serde::Serialize;

use crate::Gazetteer;
use crate::fold::key;
use crate::tables::number;

/// What a word says about a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Country {
    /// ISO 3166 alpha-2.
    pub iso2: &'static str,
    /// Whether the word is an adjective or a people's name ("Malian", "malienne", "Nigériens"), not the country's own.
    pub is_demonym: bool,
}

impl Gazetteer {
    /// The country a word names, in English, French, Spanish and some other languages; `None` for any other word.
    ///
    /// ```
    /// let g = gazetteer::Gazetteer::embedded();
    /// assert_eq!(g.country("Nigeriens").unwrap().iso2, "NE");
    /// assert_eq!(g.country("nigérianes").unwrap().iso2, "NG");
    /// assert!(!g.country("RDC").unwrap().is_demonym);
    /// assert!(g.country("Gao").is_none());
    /// ```
    pub fn country(&self, word: &str) -> Option<Country> {
        let found = self.country_key(&key(word))?;
        // "us", "car" and the like are words; a country's short form is printed in capitals.
        let short = word.chars().filter(|c| c.is_alphanumeric()).count() <= 3;
        let small = word.chars().any(char::is_lowercase);
        if short && small && !found.is_demonym { None } else { Some(found) }
    }

    pub(crate) fn country_key(&self, key: &str) -> Option<Country> {
        let value = self.tables.countries.get(key).min_by_key(|v| (v & 1, v >> 1))?;
        Some(Country { iso2: self.country_code((value >> 1) as u8), is_demonym: value & 1 == 1 })
    }

    /// English name of a country by its ISO 3166 alpha-2 code.
    pub fn country_name(&self, iso2: &str) -> Option<&'static str> {
        let row = self.country_row(iso2)?;
        Some(self.tables.strings.get(number(&row[2..6])))
    }

    /// English adjective of a country, such as `Malian`; `None` when the table has none.
    pub fn demonym(&self, iso2: &str) -> Option<&'static str> {
        let row = self.country_row(iso2)?;
        Some(self.tables.strings.get(number(&row[10..14]))).filter(|d| !d.is_empty())
    }

    /// Whether two countries share a land border.
    pub fn are_neighbours(&self, a: &str, b: &str) -> bool {
        self.country_row(a).is_some_and(|row| self.tables.strings.get(number(&row[6..10])).split(',').any(|n| n == b))
    }

    fn country_row(&self, iso2: &str) -> Option<&'static [u8]> {
        let rows = self.tables.country_rows;
        (0..rows.len()).map(|n| rows.get(n)).find(|row| &row[..2] == iso2.as_bytes())
    }

    /// Code of the country a place row refers to by number, empty for 0.
    pub(crate) fn country_code(&self, number: u8) -> &'static str {
        match number.checked_sub(1) {
            Some(row) if u32::from(row) < self.tables.country_rows.len() => {
                std::str::from_utf8(&self.tables.country_rows.get(u32::from(row))[..2]).unwrap_or("")
            }
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Gazetteer;

    #[test]
    fn names_and_adjectives_tell_the_country() {
        let cases = [
            ("Nigerien", Some(("NE", true))),
            ("nigérienne", Some(("NE", true))),
            ("nigérians", Some(("NG", true))),
            ("Nigerians", Some(("NG", true))),
            ("Burkinabè", Some(("BF", true))),
            ("maliennes", Some(("ML", true))),
            ("salvadoreños", Some(("SV", true))),
            ("South Sudanese", Some(("SS", true))),
            ("Congo", Some(("CD", false))),
            ("Congo-Brazzaville", Some(("CG", false))),
            ("RDC", Some(("CD", false))),
            ("US", Some(("US", false))),
            ("us", None),
            ("Niger", Some(("NE", false))),
            ("Gao", None),
            ("grenade", None),
        ];
        for (word, want) in cases {
            assert_eq!(Gazetteer::embedded().country(word).map(|c| (c.iso2, c.is_demonym)), want, "{word}");
        }
    }

    #[test]
    fn neighbours_share_a_border() {
        let gazetteer = Gazetteer::embedded();
        assert!(gazetteer.are_neighbours("ML", "NE") && !gazetteer.are_neighbours("ML", "FR"));
        assert_eq!((gazetteer.country_name("ML"), gazetteer.demonym("ML")), (Some("Mali"), Some("Malian")));
    }
}
