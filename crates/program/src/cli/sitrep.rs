//! `sitrep`: what happened in an area in a period, on paper.

use gazetteer::Gazetteer;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use views::{Period, Publisher, document};

use super::{
    Exit, Fault, Setting,
    args::{self, Paper},
    look::{filter, may_be_told, open},
    output::Out,
};

pub(super) fn sitrep(setting: &Setting, asked: &args::Sitrep) -> Result<Exit, Fault> {
    let filter = filter(setting, &asked.filters)?;
    let now = filter.as_of.unwrap_or_else(Timestamp::now);
    let to = filter.to.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
    let from = match filter.from {
        Some(from) => from,
        None => to.checked_sub(i64::from(asked.days.max(1) - 1).days()).map_err(|error| Fault::usage(format!("--days {}: {error}", asked.days)))?,
    };
    if to < from {
        return Err(Fault::usage(format!("the period ends ({to}) before it begins ({from})")).next("--from and --to are its first and last day"));
    }
    let ledger = open(setting)?;
    let mut publisher = Publisher::of(&ledger, asked.publishing.into(), now, filter.as_of)?;
    let area = asked.area.clone().unwrap_or_else(|| {
        let country = |iso2: &String| Gazetteer::embedded().country_name(iso2).unwrap_or(iso2).to_owned();
        let told = may_be_told(&filter, publisher.profile());
        let places = if told { filter.place.clone() } else { vec!["a part that is not named".to_owned()] };
        let named: Vec<String> = places.into_iter().chain(filter.admin1.iter().cloned()).chain(filter.country.iter().map(country)).collect();
        if named.is_empty() { "all areas".to_owned() } else { named.join(", ") }
    });
    let report = views::sitrep(&ledger, &filter, &area, Period { from, to }, setting.config.get("rules"), &mut publisher)?;
    let ending = asked.output.as_ref().and_then(|file| file.extension()).and_then(|ending| ending.to_str()).unwrap_or("");
    let paper = asked.format.unwrap_or(match ending.to_ascii_lowercase().as_str() {
        "html" | "htm" => Paper::Html,
        "docx" => Paper::Docx,
        "json" => Paper::Json,
        _ => Paper::Md,
    });
    let out = Out::to(asked.output.as_ref());
    match paper {
        Paper::Md => out.text(&document::markdown(&report.blocks()))?,
        Paper::Html => out.text(&document::html(&report.blocks()))?,
        Paper::Json => out.text(&(serde_json::to_string_pretty(&report)? + "\n"))?,
        Paper::Docx if out.is_terminal() => {
            return Err(Fault::usage("a Word file is nothing for a terminal").next("write it to a file: -o FILE.docx"));
        }
        Paper::Docx => out.bytes(&document::docx(&report.blocks()).map_err(|error| Fault::new(Exit::Bug, error))?)?,
    }
    Ok(Exit::Done)
}
