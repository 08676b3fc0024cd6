//! Incidents with HXL hashtags: the second row says what each column holds, in the humanitarians' own tags.

use serde_json::Value;

use crate::rows::Rows;

/// Native columns of an incident that have a hashtag, in order, each with it.
pub const HXL_TAGS: &[(&str, &str)] = &[
    ("incident_id", "#event+code"),
    ("type", "#event+type"),
    ("date_start", "#date+start"),
    ("date_end", "#date+end"),
    ("party_1", "#group+name+first"),
    ("party_2", "#group+name+second"),
    ("place", "#loc+name"),
    ("admin1", "#adm1+name"),
    ("admin2", "#adm2+name"),
    ("country", "#country+code+iso2"),
    ("lat", "#geo+lat"),
    ("lon", "#geo+lon"),
    ("deaths_low", "#affected+killed+min"),
    ("deaths_best", "#affected+killed"),
    ("deaths_high", "#affected+killed+max"),
    ("status", "#status"),
    ("sources", "#meta+source"),
    ("url", "#meta+url"),
    ("summary", "#description"),
];

/// Native rows of incidents cut down to the columns that have a tag, the row of tags first.
pub fn hxl(rows: &Rows) -> Rows {
    let kept: Vec<usize> = HXL_TAGS.iter().filter_map(|(column, _)| rows.columns.iter().position(|name| name == column)).collect();
    let tag = |&n: &usize| Value::from(HXL_TAGS.iter().find(|(column, _)| *column == rows.columns[n]).map_or("", |(_, tag)| *tag));
    let tags = kept.iter().map(tag).collect();
    Rows {
        columns: kept.iter().map(|&n| rows.columns[n]).collect(),
        rows: std::iter::once(tags).chain(rows.rows.iter().map(|row| kept.iter().map(|&n| row[n].clone()).collect())).collect(),
    }
}
