//! What an article says about itself, on its way to becoming a report.

use record::{Published, Report};

use crate::{Error, Hints, Row, day, decode::tidy, language, outlet, paragraphs::paragraphs};

/// What a column of a table, or a field of a JSON article, can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The body.
    Text,
    /// The headline.
    Title,
    /// When it was published.
    Published,
    /// Who published it.
    Outlet,
    /// What sort of outlet.
    Kind,
    /// In which language.
    Language,
    /// Its address.
    Url,
}

impl Column {
    /// Every column, the most needed first.
    pub const ALL: &'static [Column] = &[Column::Text, Column::Title, Column::Published, Column::Outlet, Column::Kind, Column::Language, Column::Url];

    /// The word for settings and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Column::Text => "text",
            Column::Title => "title",
            Column::Published => "published",
            Column::Outlet => "outlet",
            Column::Kind => "kind",
            Column::Language => "language",
            Column::Url => "url",
        }
    }

    /// Names that the column goes by, the best first; compared without case, blanks and underscores.
    pub(crate) const fn names(self) -> &'static [&'static str] {
        match self {
            Column::Text => {
                &["text", "body", "content", "articletext", "articlebody", "fulltext", "maintext", "article", "texte", "contenu", "story", "texto"]
            }
            Column::Title => &["title", "headline", "titre", "titulo", "heading", "subject"],
            Column::Published => &[
                "published",
                "publishedat",
                "datepublished",
                "publicationdate",
                "publisheddate",
                "pubdate",
                "date",
                "publishedon",
                "datetime",
                "timestamp",
                "created",
                "fecha",
            ],
            Column::Outlet => &["outlet", "source", "publisher", "sourcename", "sitename", "newspaper", "publication", "media", "journal", "fuente"],
            Column::Kind => &["kind", "outletkind", "sourcekind"],
            Column::Language => &["language", "lang", "langue", "languagecode", "idioma"],
            Column::Url => &["url", "link", "address", "href", "lien", "sourceurl"],
        }
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Column {
    type Err = Error;

    fn from_str(word: &str) -> Result<Column, Error> {
        let plain = plain_name(word);
        let found = Column::ALL.iter().find(|column| column.names().contains(&plain.as_str()));
        found.copied().ok_or_else(|| Error::Field { field: "column", value: shortened(word) })
    }
}

/// A column's name without case, blanks and punctuation.
pub(crate) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Which header is which column: those the hints name, then guesses by name, each header used once.
pub(crate) fn map_columns(headers: &[String], hints: &Hints) -> Result<Vec<(Column, usize)>, Error> {
    let mut mapped: Vec<(Column, usize)> = Vec::new();
    for (column, wanted) in &hints.columns {
        let at = headers
            .iter()
            .position(|header| header.trim() == wanted.trim())
            .or_else(|| headers.iter().position(|header| plain_name(header) == plain_name(wanted)))
            .ok_or_else(|| Error::NoSuchColumn { wanted: wanted.clone(), columns: headers.to_vec() })?;
        mapped.push((*column, at));
    }
    for column in Column::ALL {
        if mapped.iter().any(|(c, _)| c == column) {
            continue;
        }
        let free = |at: &usize| !mapped.iter().any(|(_, used)| used == at);
        let at = column.names().iter().find_map(|name| headers.iter().position(|h| plain_name(h) == *name).filter(free));
        if let Some(at) = at {
            mapped.push((*column, at));
        }
    }
    mapped.sort();
    Ok(mapped)
}

/// A value for a message, at most 60 characters.
pub(crate) fn shortened(value: &str) -> String {
    let mut short: String = value.chars().take(60).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}

/// The parts of an article as they were found.
#[derive(Debug, Default)]
pub(crate) struct Article {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) published: Option<Published>,
    pub(crate) outlet: String,
    pub(crate) url: Option<String>,
    pub(crate) kind: String,
    /// As declared; a page's template may be wrong about it, see `language_checked`.
    pub(crate) language: String,
    /// Whether a safe guess from the text may overrule the declared language.
    pub(crate) language_checked: bool,
}

impl Article {
    /// Sets what belongs to a column; an answer means that the value was not understood and left out.
    pub(crate) fn set(&mut self, column: Column, value: &str, order: Option<day::Order>) -> Option<Error> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let field = column.as_str();
        match column {
            Column::Text => self.text = value.to_owned(),
            Column::Title => self.title = value.to_owned(),
            Column::Outlet => self.outlet = value.to_owned(),
            Column::Kind if kind(value).is_none() => return Some(Error::Field { field, value: shortened(value) }),
            Column::Kind => self.kind = value.to_owned(),
            Column::Language if language::declared(value).is_none() => return Some(Error::Field { field, value: shortened(value) }),
            Column::Language => self.language = value.to_owned(),
            Column::Published => {
                self.published = day::published_in(value, order);
                if self.published.is_none() {
                    return Some(Error::Field { field, value: shortened(value) });
                }
            }
            Column::Url => {
                self.url = address(value);
                if self.outlet.is_empty() {
                    self.outlet = host(value).unwrap_or_default();
                }
                if self.published.is_none() {
                    self.published = day::in_path(value);
                }
            }
        }
        None
    }

    /// The report and its address: hints win, then what was found, then what can be guessed.
    pub(crate) fn finish(self, hints: &Hints) -> Result<Row, Error> {
        let text = paragraphs(&tidy(&self.text));
        if !text.contains(char::is_alphabetic) {
            return Err(Error::NoText);
        }
        let title = one_line(&tidy(&self.title));
        let outlet = hints.outlet.clone().unwrap_or_else(|| one_line(&tidy(&self.outlet)));
        let from_name = || hints.name.as_deref().and_then(day::in_path);
        let in_text = || day::in_dateline(&text);
        let published = hints.published.clone().or(self.published).or_else(in_text).or_else(from_name);
        let declared = hints.language.clone().or_else(|| language::declared(&self.language));
        let language = match declared {
            Some(code) if hints.language.is_some() || !self.language_checked => code,
            declared => match (declared, language::guess(&text)) {
                (Some(code), Some((_, false)) | None) => code,
                (Some(code), Some((guess, true))) if !language::may_overrule(guess, &code) => code,
                (_, Some((code, _))) => code.to_owned(),
                (None, None) => "und".to_owned(),
            },
        };
        let kind = hints.kind.or_else(|| kind(&self.kind)).or_else(|| outlet::kind_of(&outlet));
        let mut report = Report::new("newspaper", &language, &title, &text);
        report.kind = kind.unwrap_or(report.kind);
        report.outlet = outlet;
        report.published = published;
        report.identify();
        Ok(Row { report, url: self.url })
    }
}

/// The report of an article whose fields have names, made as a row of a table or a line of JSON is: columns told by the names that
/// they go by, others left alone, blanks tidied, what is not said guessed from the text. Beside it what was not understood,
/// such as a date; the report is kept without it.
///
/// # Errors
/// [`Error::NoText`] without a letter in a column of text.
pub fn article(fields: &[(&str, &str)], hints: &Hints) -> Result<(Report, Vec<Error>), Error> {
    let filled: Vec<_> = fields.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    let names: Vec<String> = filled.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut article = Article::default();
    let mut warnings = Vec::new();
    for (column, at) in map_columns(&names, hints)? {
        warnings.extend(article.set(column, filled[at].1, None));
    }
    Ok((article.finish(hints)?.report, warnings))
}

fn kind(word: &str) -> Option<record::ReportKind> {
    word.trim().to_lowercase().replace([' ', '_'], "-").parse().ok()
}

/// Blanks of any kind to single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address of a page; whatever else is written in its place is none.
pub(crate) fn address(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) && !rest.is_empty();
    (is_web && !url.contains(|c: char| c.is_whitespace() || c.is_control())).then(|| url.to_owned())
}

/// The host of an address without `www.`, in small letters; `None` where it has no point in it. A name and a password before it are
/// no part of it.
///
/// ```
/// # use intake::host;
/// assert_eq!(host("https://www.Nord.example/1").as_deref(), Some("nord.example"));
/// ```
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = host.trim_start_matches("www.");
    // What stands for a port and is none may be the beginning of a password.
    (host.contains('.') && port.bytes().all(|b| b.is_ascii_digit())).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_a_page_and_names_its_host() {
        for (url, kept, of) in [
            ("https://www.Nord.example:8443/1?x#y", true, Some("nord.example")),
            ("HTTP://nord.example", true, Some("nord.example")),
            ("https://ana.b:s.cret@nord.example/1", true, Some("nord.example")),
            ("https://ana.b:s/cret@nord.example/1", true, None),
            ("http://desk/1", true, None),
            ("javascript://nord.example/%0aalert()", false, Some("nord.example")),
            ("https://nord.example/a b", false, Some("nord.example")),
            ("https://", false, None),
            ("/1", false, None),
            ("n/a", false, None),
        ] {
            assert_eq!((address(url).as_deref(), host(url).as_deref()), (Some(url).filter(|_| kept), of), "{url}");
        }
    }

    #[test]
    fn every_name_of_a_column_can_be_met() {
        for column in Column::ALL {
            for name in column.names() {
                assert_eq!(plain_name(name), *name, "{column}");
            }
        }
        assert_eq!("Published_On".parse::<Column>(), Ok(Column::Published));
    }
}
