use serde::{Deserialize, Serialize};

use crate::{Field, Id, Published, content_id, vocabulary::vocabulary};

vocabulary!(
    /// What sort of publisher speaks.
    ReportKind, "report kind" {
        /// A news agency.
        Wire = "wire",
        /// A newspaper or general news site.
        Newspaper = "newspaper",
        /// Radio or television.
        Broadcast = "broadcast",
        /// A small local outlet.
        LocalMedia = "local-media",
        /// A statement of a state or army on its own channel.
        Communique = "communique",
        /// A statement of an armed group on its own channel.
        GroupStatement = "group-statement",
        /// A United Nations body.
        Un = "un",
        /// A non-governmental organisation.
        Ngo = "ngo",
        /// A research or analysis house; imported tables too.
        Analysis = "analysis",
        /// A post on a social platform.
        Social = "social",
    }
);

/// A text that somebody published, kept as it came: nothing is ever normalised in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// From the content, see [`Report::identify`]; `r1`, `r2` … inside a gold case.
    pub id: Id,
    /// When; `None` when nobody says.
    pub published: Option<Published>,
    /// Who published it; empty when unknown.
    #[serde(default)]
    pub outlet: String,
    /// What sort of outlet.
    pub kind: ReportKind,
    /// ISO 639-1, such as `en`.
    pub language: String,
    /// Headline, may be empty.
    #[serde(default)]
    pub title: String,
    /// Body; paragraphs are parted by one blank line.
    pub text: String,
    /// The report that this one republishes, wholly or nearly.
    #[serde(default)]
    pub copy_of: Option<Id>,
}

impl Report {
    /// A report without outlet and date, identified by its content; an unknown kind becomes `newspaper`.
    pub fn new(kind: &str, language: &str, title: &str, text: &str) -> Report {
        let mut report = Report {
            id: String::new(),
            published: None,
            outlet: String::new(),
            kind: kind.parse().unwrap_or(ReportKind::Newspaper),
            language: language.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            copy_of: None,
        };
        report.identify();
        report
    }

    /// Sets the id from outlet, publication time, title and text.
    pub fn identify(&mut self) {
        let published = self.published.as_ref().map_or("", Published::as_str);
        self.id = content_id([self.outlet.as_str(), published, &self.title, &self.text]);
    }

    /// Title or text.
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Text => &self.text,
        }
    }
}
