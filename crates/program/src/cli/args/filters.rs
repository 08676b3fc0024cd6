//! Which records: the filters of every verb that lists or hands out.

use clap::{Args, builder::PossibleValuesParser};

/// Which records.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Filters {
    /// ISO 3166 country, such as ML; several with commas
    #[arg(long, value_name = "XX")]
    pub country: Vec<String>,
    /// Not over before this day
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Begun by this day
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// Part of a party's name
    #[arg(long, value_name = "NAME")]
    pub actor: Vec<String>,
    /// Part of a place's name
    #[arg(long, value_name = "NAME")]
    pub place: Vec<String>,
    /// Incident type, such as "armed clash"
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// Claim kind
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(record::Kind::ALL.iter().map(|kind| kind.as_str())), hide_possible_values = true)]
    pub kind: Vec<String>,
    /// An incident's standing
    #[arg(long, value_name = "STATUS", value_parser = PossibleValuesParser::new(record::Status::ALL.iter().map(|status| status.as_str())))]
    pub status: Vec<String>,
    /// Only what is disputed
    #[arg(long)]
    pub disputed: bool,
    /// At least so many dead (best figure)
    #[arg(long, value_name = "N")]
    pub deaths_min: Option<u64>,
    /// Words that the report or the quote must hold
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// Any filter by name, such as 'country=ML deaths>=10 speaker_kind=medical'
    #[arg(long = "where", value_name = "FILTER")]
    pub condition: Option<String>,
    /// Order: date, deaths, place, type, recorded or outlet; with - before it, descending
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// As the ledger stood on this day or at this moment
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
}

impl Filters {
    /// What was asked for, as it was typed; empty for everything. The order is that of the help.
    pub fn words(&self) -> String {
        let many = |name: &'static str, values: &[String]| values.iter().map(|value| format!("--{name} {value}")).collect::<Vec<_>>();
        let one = |name: &'static str, value: &Option<String>| value.iter().map(|value| format!("--{name} {value}")).collect::<Vec<_>>();
        let parts = [
            many("country", &self.country),
            one("from", &self.from),
            one("to", &self.to),
            many("actor", &self.actor),
            many("place", &self.place),
            many("type", &self.types),
            many("kind", &self.kind),
            many("status", &self.status),
            if self.disputed { vec!["--disputed".to_owned()] } else { vec![] },
            one("deaths-min", &self.deaths_min.map(|n| n.to_string())),
            one("text", &self.text),
            one("where", &self.condition),
            one("as-of", &self.as_of),
        ];
        parts.concat().join(" ")
    }
}
