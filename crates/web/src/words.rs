//! What pages say, in each language: one table a language, nothing of it in code.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// ISO 639-1.
    pub(crate) code: String,
    /// `ltr` or `rtl`.
    pub(crate) dir: String,
    /// Its own name.
    pub(crate) own: String,
    /// Months, as they stand in a date.
    months: Vec<String>,
    /// Short months, for axes.
    short_months: Vec<String>,
    /// The first of a month, where it has a form of its own (`1er`).
    first: Option<String>,
    /// Sentences and headings by key.
    say: BTreeMap<String, String>,
    /// What is counted: by key, then by plural category.
    count: BTreeMap<String, BTreeMap<String, String>>,
    /// Closed vocabularies: by vocabulary, then by the word as stored.
    vocabulary: BTreeMap<String, BTreeMap<String, String>>,
}

const TABLES: [&str; 3] = [include_str!("../words/en.toml"), include_str!("../words/fr.toml"), include_str!("../words/ar.toml")];
const COUNTRIES: &str = include_str!("../../../data/gazetteer/countries.tsv");

impl Words {
    /// Every language there is, English first.
    pub(crate) fn all() -> &'static [Words] {
        static ALL: OnceLock<Vec<Words>> = OnceLock::new();
        ALL.get_or_init(|| TABLES.iter().map(|table| toml::from_str(table).expect("a test reads every table")).collect())
    }

    /// The language of an ISO 639-1 code.
    pub(crate) fn of(code: &str) -> Option<&'static Words> {
        Words::all().iter().find(|words| words.code == code)
    }

    /// What a browser prefers, by its `Accept-Language`; English when nothing fits.
    pub(crate) fn accepted(header: &str) -> &'static Words {
        let mut wanted: Vec<(f32, &'static Words)> = header
            .split(',')
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
                Some((weight, Words::of(tag.trim().split('-').next()?)?))
            })
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map_or(&Words::all()[0], |(_, words)| words)
    }

    /// A sentence or a heading; English, then the key itself, where the table has none.
    pub(crate) fn say<'a>(&'a self, key: &'a str) -> &'a str {
        self.say.get(key).or_else(|| Words::all()[0].say.get(key)).map_or(key, String::as_str)
    }

    /// A sentence with `{0}`, `{1}` … filled in.
    pub(crate) fn fill(&self, key: &str, with: &[&str]) -> String {
        // One pass: what is filled in is somebody else's words and may hold braces of its own.
        let text = self.say(key);
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            let Some(end) = rest[at..].find('}') else { break };
            let value = rest[at + 1..at + end].parse::<usize>().ok().and_then(|n| with.get(n));
            filled.push_str(value.unwrap_or(&&rest[at..=at + end]));
            rest = &rest[at + end + 1..];
        }
        filled + rest
    }

    /// `9 reports`: a number with what it counts.
    pub(crate) fn count(&self, key: &str, n: u64) -> String {
        let Some(forms) = self.count.get(key) else { return format!("{} {key}", self.number(n)) };
        let form = forms.get(self.plural(n)).or_else(|| forms.get("other"));
        form.map_or_else(|| self.number(n), |form| form.replace("{n}", &self.number(n)))
    }

    /// The plural category of a whole number, after the Unicode CLDR.
    fn plural(&self, n: u64) -> &'static str {
        match (self.code.as_str(), n, n % 100) {
            ("ar", 0, _) => "zero",
            ("ar", 1, _) => "one",
            ("ar", 2, _) => "two",
            ("ar", _, 3..=10) => "few",
            ("ar", _, 11..=99) => "many",
            ("fr", 0 | 1, _) | ("en", 1, _) => "one",
            _ => "other",
        }
    }

    /// A word of a closed vocabulary; as stored where the table has none.
    pub(crate) fn word<'a>(&'a self, vocabulary: &str, word: &'a str) -> &'a str {
        let of = |words: &'a Words| words.vocabulary.get(vocabulary)?.get(word);
        of(self).or_else(|| of(&Words::all()[0])).map_or(word, String::as_str)
    }

    /// A whole number, its thousands parted by a narrow blank.
    pub(crate) fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
                out.push('\u{202f}');
            }
            out.push(digit);
        }
        out
    }

    /// Low, best and high as `6–8–21`; one number when they are one.
    pub(crate) fn range(&self, [low, best, high]: [u64; 3]) -> String {
        if low == high { self.number(best) } else { format!("{}–{}–{}", self.number(low), self.number(best), self.number(high)) }
    }

    /// One thing that leads to another, the arrow in the direction of reading.
    pub(crate) fn onward(&self, from: &str, to: &str) -> String {
        format!("{from} {} {to}", if self.dir == "rtl" { '←' } else { '→' })
    }

    /// The words of a closed vocabulary, as stored.
    pub(crate) fn vocabulary(&self, name: &str) -> impl Iterator<Item = &str> {
        self.vocabulary.get(name).into_iter().flat_map(|words| words.keys().map(String::as_str))
    }

    fn day_number(&self, day: Date) -> String {
        match &self.first {
            Some(first) if day.day() == 1 => first.clone(),
            _ => day.day().to_string(),
        }
    }

    /// `3 June 2025`.
    pub(crate) fn day(&self, day: Date) -> String {
        format!("{} {} {}", self.day_number(day), self.month(day), day.year())
    }

    fn month(&self, day: Date) -> &str {
        &self.months[day.month() as usize - 1]
    }

    /// `3 Jun`.
    pub(crate) fn short_day(&self, day: Date) -> String {
        format!("{} {}", day.day(), self.short_month(day))
    }

    /// `Jun`.
    pub(crate) fn short_month(&self, day: Date) -> &str {
        &self.short_months[day.month() as usize - 1]
    }

    /// `2–3 June 2025`, `30 June – 2 July 2025`.
    pub(crate) fn days(&self, start: Date, end: Date) -> String {
        if start == end {
            self.day(start)
        } else if (start.year(), start.month()) == (end.year(), end.month()) {
            format!("{}–{} {} {}", self.day_number(start), end.day(), self.month(end), end.year())
        } else if start.year() == end.year() {
            format!("{} {} – {}", self.day_number(start), self.month(start), self.day(end))
        } else {
            format!("{} – {}", self.day(start), self.day(end))
        }
    }

    /// `12 June 2025, 09:40 UTC`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let at = at.to_zoned(jiff::tz::TimeZone::UTC);
        format!("{}, {:02}:{:02} UTC", self.day(at.date()), at.hour(), at.minute())
    }

    /// A country by its ISO 3166 alpha-2 code.
    pub(crate) fn country<'a>(&self, code: &'a str) -> &'a str {
        let column = match self.code.as_str() {
            "fr" => "name_fr",
            "ar" => "name_ar",
            _ => "name",
        };
        country_field(code, column).filter(|name| !name.is_empty()).unwrap_or(code)
    }
}

/// The words of a closed vocabulary of the records, as they are stored.
pub(crate) fn stored<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|&one| word(one)).collect()
}

/// A field of the countries' table.
pub(crate) fn country_field(code: &str, column: &str) -> Option<&'static str> {
    static ROWS: OnceLock<BTreeMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| COUNTRIES.lines().map(|line| (line.split('\t').next().unwrap_or(""), line.split('\t').collect())).collect());
    let at = rows.get("iso2")?.iter().position(|name| *name == column)?;
    rows.get(code)?.get(at).copied()
}

/// Codes of all countries of the table.
pub(crate) fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.lines().skip(1).filter_map(|line| line.split('\t').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> &'static Words {
        Words::of("en").unwrap()
    }

    #[test]
    fn every_language_says_everything() {
        for words in Words::all() {
            for key in english().say.keys() {
                let text = words.say.get(key).unwrap_or_else(|| panic!("{} does not say {key}", words.code));
                let holes = |text: &str| (0..4).filter(|n| text.contains(&format!("{{{n}}}"))).count();
                assert_eq!(holes(text), holes(english().say(key)), "{} {key}", words.code);
            }
            assert!(words.say.keys().all(|key| english().say.contains_key(key)), "{} says what English does not", words.code);
            for (key, forms) in &english().count {
                let own = words.count.get(key).unwrap_or_else(|| panic!("{} does not count {key}", words.code));
                assert!(own.contains_key("other") && forms.contains_key("other"), "{} {key}", words.code);
            }
            for (name, vocabulary) in &english().vocabulary {
                for word in vocabulary.keys() {
                    assert!(words.vocabulary.get(name).is_some_and(|own| own.contains_key(word)), "{} lacks {name} {word}", words.code);
                }
            }
            assert_eq!((words.months.len(), words.short_months.len()), (12, 12));
        }
    }

    #[test]
    fn every_closed_vocabulary_has_its_words() {
        use record::*;
        for (name, values) in [
            ("kind", stored(Kind::ALL, Kind::as_str)),
            ("stance", stored(Stance::ALL, Stance::as_str)),
            ("certainty", stored(Certainty::ALL, Certainty::as_str)),
            ("scope", stored(Scope::ALL, Scope::as_str)),
            ("victims", stored(Victims::ALL, Victims::as_str)),
            ("source_kind", stored(SourceKind::ALL, SourceKind::as_str)),
            ("report_kind", stored(ReportKind::ALL, ReportKind::as_str)),
            ("precision", stored(PlacePrecision::ALL, PlacePrecision::as_str)),
            ("role", stored(Role::ALL, Role::as_str)),
            ("basis", stored(Basis::ALL, Basis::as_str)),
            ("status", stored(Status::ALL, Status::as_str)),
            ("over", stored(Over::ALL, Over::as_str)),
            ("polarity", stored(Polarity::ALL, Polarity::as_str)),
            ("decision", stored(ledger::ClaimState::ALL, ledger::ClaimState::as_str)),
            ("event", stored(&ledger::Deed::ALL, ledger::Deed::as_str)),
            ("waits", stored(&ledger::Reason::ALL, ledger::Reason::as_str)),
            ("reason", crate::deciding::REASONS.to_vec()),
            ("alike", stored(views::Alike::ALL, views::Alike::as_str)),
        ] {
            for value in values {
                assert!(english().vocabulary.get(name).is_some_and(|words| words.contains_key(value)), "{name} {value}");
            }
        }
    }

    /// The sources of pages, all that there are.
    fn sources() -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec!["src".into(), "templates".into()];
        while let Some(folder) = folders.pop() {
            let folder: std::path::PathBuf = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join::<std::path::PathBuf>(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("words.rs") {
                    found.push((path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        assert!(found.iter().any(|(name, _)| name == "openapi.rs"), "folders within are read too");
        found
    }

    #[test]
    fn every_key_that_a_page_uses_exists_and_every_key_is_used() {
        let sources = sources();
        let mut seen = 0;
        for (name, text) in &sources {
            for (call, counts) in [("say(\"", false), ("fill(\"", false), ("count(\"", true)] {
                for part in text.split(call).skip(1) {
                    let key = part.split('"').next().unwrap();
                    let known = if counts { english().count.contains_key(key) } else { english().say.contains_key(key) };
                    assert!(known, "{name}: {call}{key}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 100, "{seen}");
        let used = |key: &str| sources.iter().any(|(_, text)| text.contains(&format!("\"{key}\"")));
        let unused: Vec<&String> =
            english().say.keys().chain(english().count.keys()).chain(english().vocabulary.keys()).filter(|key| !used(key)).collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
    }

    /// Words in a template that stand for themselves in every language.
    const SAME_EVERYWHERE: [&str; 6] = ["· attest", "attest", "attest add inbox/", "SHA-256", "95 %", "n"];

    #[test]
    fn no_template_has_words_of_its_own() {
        for (name, text) in sources().iter().filter(|(name, _)| name.ends_with(".html")) {
            // What stands between marks, and what is said of an element aloud.
            let mut bare = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(['{', '<']) {
                bare.push_str(&rest[..at]);
                bare.push('\n');
                let end = match &rest[at..] {
                    part if part.starts_with("{{") => part.find("}}").map(|end| end + 2),
                    part if part.starts_with("{%") => part.find("%}").map(|end| end + 2),
                    part if part.starts_with("<code>/") => part.find("</code>"),
                    part => part.find('>').map(|end| end + 1),
                };
                rest = &rest[at + end.unwrap_or(1)..];
            }
            let words: Vec<&str> = bare.lines().map(str::trim).filter(|line| line.chars().any(char::is_alphabetic)).collect();
            let known = |line: &&str| SAME_EVERYWHERE.contains(line) || line.trim_matches(|c: char| !c.is_alphabetic()).chars().count() < 2;
            let own: Vec<&str> = words.into_iter().filter(|line| !known(line)).collect();
            assert!(own.is_empty(), "{name} says {own:?}");
        }
    }

    #[test]
    fn numbers_days_and_plurals_follow_the_language() {
        let [en, fr, ar] = ["en", "fr", "ar"].map(|code| Words::of(code).unwrap());
        assert_eq!((en.number(999), en.number(1204).as_str(), en.number(12_040).as_str()), ("999".to_owned(), "1204", "12\u{202f}040"));
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (words, start, end, text) in [
            (en, "2025-06-02", "2025-06-03", "2–3 June 2025"),
            (en, "2025-06-30", "2025-07-02", "30 June – 2 July 2025"),
            (fr, "2025-08-01", "2025-08-01", "1er août 2025"),
            (en, "2024-12-31", "2025-01-01", "31 December 2024 – 1 January 2025"),
        ] {
            assert_eq!(words.days(day(start), day(end)), text);
        }
        let forms: Vec<&str> = [0, 1, 2, 3, 11, 100].iter().map(|&n| ar.plural(n)).collect();
        assert_eq!(forms, ["zero", "one", "two", "few", "many", "other"]);
        assert_eq!((fr.plural(0), en.plural(0), fr.plural(2)), ("one", "other", "other"));
        assert_eq!(Words::accepted("de, fr-CA;q=0.8, en;q=0.5").code, "fr");
        assert_eq!(Words::accepted("").code, "en");
        assert_eq!((fr.country("TD"), en.country("TD"), en.country("XN")), ("Tchad", "Chad", "XN"));
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(english().fill("title_at", &["{1}", "x"]), "{1} at x");
    }
}
