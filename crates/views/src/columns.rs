//! What each native column holds: for the codebook of a bundle and the schemas of its tables.

use jiff::civil::Date;
use serde_json::Value;

use crate::rows::Rows;

/// A column: its name, its type in a Frictionless table schema, what it holds.
pub type About = (&'static str, &'static str, &'static str);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Words,
    /// A day.
    Day,
    /// A whole number of 32 bits; a larger one is the largest.
    Whole,
    /// A whole number of 64 bits.
    Long,
    /// A number.
    Number,
    /// Yes or no.
    Truth,
}

/// What each column of a table holds, by what is told of it, or by its cells.
pub fn holds(rows: &Rows, about: &[About]) -> Vec<Holds> {
    let seen = |n: usize| {
        let cells = || rows.rows.iter().map(|row| &row[n]).filter(|cell| !cell.is_null() && cell.as_str() != Some(""));
        let fits = |n: &Value| n.as_i64().is_some_and(|n| i32::try_from(n).is_ok());
        match cells().next() {
            None => Holds::Words,
            Some(_) if cells().all(Value::is_boolean) => Holds::Truth,
            Some(_) if cells().all(fits) => Holds::Whole,
            Some(_) if cells().all(Value::is_i64) => Holds::Long,
            Some(_) if cells().all(Value::is_number) => Holds::Number,
            Some(_) => Holds::Words,
        }
    };
    let told = |(n, name): (usize, &&'static str)| match about.iter().find(|(column, _, _)| column == name).map(|(_, kind, _)| *kind) {
        Some("date") => Holds::Day,
        Some("integer") => Holds::Whole,
        Some("number") => Holds::Number,
        Some("boolean") => Holds::Truth,
        Some(_) => Holds::Words,
        None => seen(n),
    };
    rows.columns.iter().enumerate().map(told).collect()
}

/// A day of a cell.
pub(crate) fn day(cell: &Value) -> Option<Date> {
    cell.as_str()?.get(..10)?.parse().ok()
}

/// The day of a cell, in days since 1 January 1970.
pub fn since_1970(cell: &Value) -> Option<i32> {
    day(cell).map(|day| (day - Date::constant(1970, 1, 1)).get_days())
}

/// The number of a cell that holds a [`Holds::Whole`].
pub fn whole(cell: &Value) -> Option<i32> {
    cell.as_i64().map(|n| i32::try_from(n).unwrap_or(i32::MAX))
}

/// Of a native table by its name; nothing of any other.
pub(crate) fn of(name: &str) -> &'static [About] {
    match name {
        "incidents" => INCIDENT,
        "claims" => CLAIM,
        "reports" => REPORT,
        "sides" => SIDE,
        "incident_claims" => INCIDENT_CLAIM,
        "actors" => ACTOR,
        "places" => PLACE,
        "changes" => CHANGE,
        _ => &[],
    }
}

/// Of an incident.
pub const INCIDENT: &[About] = &[
    ("incident_id", "string", "Id of the incident; carries no meaning"),
    ("type", "string", "ACLED's sub-event name in lower case"),
    ("date_start", "date", "First day it can have been"),
    ("date_end", "date", "Last day it can have been"),
    ("date_precision", "string", "day, week, month or year"),
    ("place", "string", "Usual name of the place"),
    ("admin1", "string", "First-level unit"),
    ("admin2", "string", "Second-level unit"),
    ("country", "string", "ISO 3166 alpha-2"),
    ("lat", "number", "Latitude, WGS 84 degrees, no finer than the place is known"),
    ("lon", "number", "Longitude, WGS 84 degrees"),
    ("place_precision", "string", "exact, near, admin2, admin1, country, area or sea-air"),
    ("party_1", "string", "First party, usual full name"),
    ("role_1", "string", "attacker, defender, victim or other"),
    ("basis_1", "string", "claimed (by itself), attributed (by others) or undisputed"),
    ("party_2", "string", "Second party"),
    ("role_2", "string", "Its role"),
    ("basis_2", "string", "Its basis"),
    ("deaths_low", "integer", "Fewest dead in total"),
    ("deaths_best", "integer", "Most likely number of dead in total"),
    ("deaths_high", "integer", "Most dead in total"),
    ("civilians_low", "integer", "Fewest civilians dead"),
    ("civilians_best", "integer", "Most likely number of civilians dead"),
    ("civilians_high", "integer", "Most civilians dead"),
    ("deaths_by_side", "array", "The same per side, as JSON; table sides has them as rows"),
    ("summary", "string", "The incident in a line"),
    ("sources", "string", "Outlets that tell of it, copies left out, parted by semicolons"),
    ("status", "string", "claimed (by a party only), reported (by somebody without a stake), corroborated (independently) or contested"),
    ("disputed_over", "string", "What claims contradict one another about, parted by semicolons"),
    ("n_reports", "integer", "Reports that tell of it, copies included"),
    ("n_independent", "integer", "Sources independent of one another"),
    ("n_claims", "integer", "Its claims"),
    ("reviewed", "boolean", "Whether a person decided this version"),
    ("reviewed_by", "string", "Who"),
    ("first_reported", "string", "Earliest publication among its reports, ISO 8601"),
    ("last_changed", "string", "When this version was written, UTC"),
    ("rules", "string", "Rule set that resolved the figures"),
    ("licence", "string", "Licence of this row"),
    ("url", "string", "Where it can be opened"),
    ("injured_low", "integer", "Fewest hurt"),
    ("injured_best", "integer", "Most likely number of hurt"),
    ("injured_high", "integer", "Most hurt"),
    ("abducted_low", "integer", "Fewest taken"),
    ("abducted_best", "integer", "Most likely number of taken"),
    ("abducted_high", "integer", "Most taken"),
    ("displaced_low", "integer", "Fewest driven from home"),
    ("displaced_best", "integer", "Most likely number driven from home"),
    ("displaced_high", "integer", "Most driven from home"),
];

/// Of a claim.
pub const CLAIM: &[About] = &[
    ("claim_id", "string", "Id of the claim, from its content"),
    ("report_id", "string", "The report that makes it"),
    ("incident_id", "string", "The incident it belongs to; empty for totals over a period and for what is recalled"),
    ("quote", "string", "The words that make it, exactly as printed"),
    ("quote_start", "integer", "First Unicode character of the quote in the report; empty where words of it were left out"),
    ("quote_end", "integer", "One past its last"),
    ("source_chain", "string", "Who says it, outermost first, parted by semicolons; empty in the report's own voice"),
    ("speaker", "string", "The innermost of them"),
    ("speaker_kind", "string", "What sort of speaker"),
    ("stance", "string", "states, confirms, denies, does-not-confirm, estimates, alleges or shows"),
    ("certainty", "string", "What the words commit to: certain, probable or possible"),
    ("polarity", "string", "positive, or negative: said not to have happened"),
    ("kind", "string", "What is asserted"),
    ("scope", "string", "incident, period or background"),
    ("actor", "string", "Who did it"),
    ("target", "string", "To whom or what"),
    ("place", "string", "Where"),
    ("date_start", "date", "First day it can mean"),
    ("date_end", "date", "Last day it can mean"),
    ("count_text", "string", "The counting words as printed"),
    ("count_low", "integer", "Fewest they allow"),
    ("count_high", "integer", "Most they allow; empty is open"),
    ("approx", "boolean", "Whether they round"),
    ("victims", "string", "Who the victims were"),
    ("side", "string", "The party that they belong to"),
    ("weapon", "string", "As printed"),
    ("decision", "string", "What a person said of the claim"),
    ("decided_by", "string", "Who"),
    ("outlet", "string", "Who published the report"),
    ("outlet_kind", "string", "What sort of publisher"),
    ("published", "string", "When, ISO 8601"),
    ("language", "string", "ISO 639-1"),
    ("url", "string", "Where the report is published"),
];

/// Of a report.
pub const REPORT: &[About] = &[
    ("report_id", "string", "Id of the report, from its content"),
    ("published", "string", "When, ISO 8601, as the outlet gave it"),
    ("outlet", "string", "Who published it"),
    ("outlet_kind", "string", "What sort of publisher"),
    ("language", "string", "ISO 639-1"),
    ("title", "string", "Headline"),
    ("copy_of", "string", "The report that it republishes"),
    ("n_claims", "integer", "Claims in it"),
    ("recorded_at", "string", "When it was learnt, UTC"),
    ("raw_hash", "string", "Hash of the bytes it came in"),
    ("url", "string", "Where it is published"),
    ("text", "string", "Its whole text"),
];

/// Of a toll of one side.
pub(crate) const SIDE: &[About] = &[
    ("incident_id", "string", "The incident"),
    ("what", "string", "deaths, injured, abducted or displaced"),
    ("side", "string", "A party, civilians, unknown, or total"),
    ("low", "integer", "Fewest"),
    ("best", "integer", "Most likely"),
    ("high", "integer", "Most"),
    ("low_rule", "string", "The rule by which the fewest stand there"),
    ("best_rule", "string", "The rule by which the most likely stand there"),
    ("high_rule", "string", "The rule by which the most stand there"),
];

/// Of a claim in an incident.
pub(crate) const INCIDENT_CLAIM: &[About] = &[
    ("incident_id", "string", "The incident"),
    ("claim_id", "string", "The claim"),
    ("position", "integer", "Its place among the incident's claims, from 1"),
    ("sets", "string", "The bounds that it set, such as deaths total high, parted by semicolons"),
];

/// Of an actor.
pub(crate) const ACTOR: &[About] = &[
    ("actor", "string", "Usual name of a party of the incidents"),
    (
        "kind",
        "string",
        "military, police, gendarmerie, security, government, peacekeepers, armed-group, criminal, civilians, political, rioters or unknown",
    ),
    ("incidents", "integer", "Incidents of this file that it takes part in, under any of its names"),
    ("date_start", "date", "First day that one of them can have been"),
    ("date_end", "date", "Last day that one of them can have been"),
    ("countries", "string", "ISO 3166 alpha-2 of where they were, parted by semicolons"),
    ("aliases", "string", "Other names that people said are its own, parted by semicolons"),
    ("printed", "string", "How else claims of this file print it, up to eight forms, the most frequent first, parted by semicolons"),
];

/// Of a place.
pub(crate) const PLACE: &[About] = &[
    ("place_id", "string", "Id of the place, from the seven columns that follow"),
    ("place", "string", "Usual name of a place of incidents"),
    ("admin1", "string", "First-level unit"),
    ("admin2", "string", "Second-level unit"),
    ("country", "string", "ISO 3166 alpha-2"),
    ("lat", "number", "Latitude, WGS 84 degrees, no finer than the place is known"),
    ("lon", "number", "Longitude, WGS 84 degrees"),
    ("place_precision", "string", "exact, near, admin2, admin1, country, area or sea-air"),
    ("incidents", "integer", "Incidents of this file at it"),
    ("date_start", "date", "First day that one of them can have been"),
    ("date_end", "date", "Last day that one of them can have been"),
    ("aliases", "string", "Other names that people said are its own, parted by semicolons; none in what is made public"),
];

/// Of a turn in the life of an incident.
pub(crate) const CHANGE: &[About] = &[
    ("cursor", "integer", "Its place in the order in which changes were written; grows"),
    ("incident_id", "string", "The incident; one that was merged or withdrawn is in no other table"),
    ("what", "string", "created, changed, merged or withdrawn"),
    ("into", "string", "The incident that it was merged into, where that one is told of"),
    ("revision", "integer", "How often its record was written by then, from 1"),
    ("decided_by", "string", "The person who decided it; empty for the machine"),
    ("why", "string", "Why, in the words of whoever did it; empty in what is published or shared with partners"),
    ("at", "string", "When, UTC"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_column_is_told_of_in_its_order() {
        for (columns, about) in
            [(crate::INCIDENT_COLUMNS, super::INCIDENT), (crate::CLAIM_COLUMNS, super::CLAIM), (crate::REPORT_COLUMNS, super::REPORT)]
        {
            assert_eq!(columns, about.iter().map(|(name, _, _)| *name).collect::<Vec<_>>());
        }
    }
}
