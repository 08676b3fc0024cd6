//! `/api/v1`: lists of records, and single ones.

use axum::http::StatusCode;
use ledger::{Filter, Noun, Top};
use record::Id;
use serde::Serialize;
use serde_json::{Value, json};
use views::{Format, Listing, Step};

use super::{Answer, Call, writing};
use crate::fault::Fault;

/// Columns of an actor.
pub(crate) const ACTOR: &[&str] = &["name", "incidents", "aliases", "printed"];
/// Of a place.
pub(crate) const PLACE: &[&str] = &["name", "country", "incidents", "precision", "point", "aliases"];
/// Of an outlet or a speaker.
pub(crate) const SOURCE: &[&str] = &["what", "name", "kind", "reports", "claims", "copies", "latest", "deaths", "denials"];
/// Of a change.
pub(crate) const CHANGE: &[&str] = &["cursor", "id", "what", "into", "revision", "decided_by", "why", "at"];
/// Of a bin.
pub(crate) const BIN: &[&str] = &["start", "end", "incidents", "uncertain", "low", "best", "high"];

/// Items of a page without `limit`.
const PAGE: usize = 100;
/// Most bins of a series.
const BINS: usize = 50_000;

/// The part of a list that is asked for.
struct Page {
    limit: usize,
    /// Items before it.
    offset: usize,
}

impl Call<'_> {
    fn page(&self) -> Page {
        Page { limit: self.whole("limit", PAGE), offset: self.cursor().map_or(0, |(before, _)| before) }
    }

    /// The cursor of the page after this one, of so many items; none when there is none. The list goes on as of the newest moment
    /// that its first page knew, not as of the clock's: what was recorded before the page was asked for may be written after.
    fn next(&self, page: &Page, shown: usize, total: usize) -> Result<Option<String>, Fault> {
        let before = page.offset + shown;
        if shown == 0 || before >= total {
            return Ok(None);
        }
        let begun = match self.cursor() {
            Some((_, begun)) => Some(begun),
            None => self.ledger.newest()?,
        };
        Ok(begun.map(|begun| format!("{before}-{}", begun.as_nanosecond())))
    }

    /// Incidents of the page, of how many, and the cursor of the next.
    pub(super) fn incidents<T>(
        &self,
        limit: usize,
        records: impl FnOnce(&Filter) -> Result<Vec<T>, Fault>,
    ) -> Result<(Vec<T>, usize, Option<String>), Fault> {
        let (page, mut filter) = (self.page(), self.filter()?);
        let total = self.ledger.total(Noun::Incident, &filter)? as usize;
        (filter.limit, filter.offset) = (Some(limit), page.offset);
        let records = records(&filter)?;
        let next = self.next(&page, records.len(), total)?;
        Ok((records, total, next))
    }

    /// Where an incident went, when it is not itself that was found: for now, as a merger can be undone.
    pub(super) fn moved(&self, id: &str, found: &str) -> Option<Answer> {
        let to = format!("{}{found}", self.route.path.trim_end_matches("{id}"));
        let told = || Answer::json(&json!({ "merged_into": found }));
        (id != found).then(|| Answer { status: StatusCode::TEMPORARY_REDIRECT, location: Some(self.same(&to)), ..told() })
    }

    /// Records of the ledger as they are defined, or some columns of them.
    fn listed(&self, listing: &Listing, total: usize, next: Option<String>) -> Result<Answer, Fault> {
        let lines = views::render(listing, Format::Ndjson, &self.options(self.fields()))?;
        Ok(self.items(lines.lines(), total, next, None))
    }

    /// The page of a list that is at hand as a whole.
    fn cut<T: Serialize>(&self, all: Vec<T>) -> Result<Answer, Fault> {
        let (page, total) = (self.page(), all.len());
        let some: Vec<T> = all.into_iter().skip(page.offset).take(page.limit).collect();
        let next = self.next(&page, some.len(), total)?;
        self.small(&some, total, next, None)
    }

    /// Other items, or some columns of them.
    fn small<T: Serialize>(&self, items: &[T], total: usize, next: Option<String>, last: Option<String>) -> Result<Answer, Fault> {
        let fields = self.fields();
        let written = |item: &T| -> Result<String, serde_json::Error> {
            if fields.is_empty() {
                return serde_json::to_string(item);
            }
            let value = serde_json::to_value(item)?;
            let cell = |name: &String| format!("{}:{}", json!(name), value.get(name).unwrap_or(&Value::Null));
            Ok(format!("{{{}}}", fields.iter().map(cell).collect::<Vec<_>>().join(",")))
        };
        let lines: Vec<String> = items.iter().map(written).collect::<Result<_, _>>().map_err(|_| Fault::bug())?;
        Ok(self.items(lines.iter().map(String::as_str), total, next, last))
    }

    fn items<'a>(&self, lines: impl Iterator<Item = &'a str>, total: usize, next: Option<String>, last: Option<String>) -> Answer {
        let items = lines.collect::<Vec<_>>().join(",\n");
        let last = last.map_or_else(String::new, |last| format!(",\"last\":{}", json!(last)));
        let mut answer = Answer::new(super::JSON, format!("{{\"items\":[{items}],\"next\":{},\"total\":{total}{last}}}\n", json!(next)));
        let goes_on = if self.route.name == "changes" { "since" } else { "cursor" };
        answer.links.extend(next.map(|next| (self.at(goes_on, &next), "next")));
        answer.links.push((format!("{}/api/v1/openapi.json", self.ask.base), "service-desc"));
        answer
    }

    /// The id as it is stored, which people type in many ways.
    pub(super) fn known(&self, noun: Noun) -> Result<Id, Fault> {
        match self.ledger.noun(self.id)? {
            Some((found, id)) if found == noun => Ok(id),
            _ => Err(Fault::unknown(self.id)),
        }
    }

    fn one(&self, listing: &Listing) -> Result<Answer, Fault> {
        let options = views::RenderOptions { with_text: true, ..self.options(vec![]) };
        match views::render(listing, Format::Ndjson, &options)? {
            // Not known yet at that moment.
            line if line.is_empty() => Err(Fault::unknown(self.id)),
            line => Ok(Answer::new(super::JSON, line)),
        }
    }
}

fn record(record: &impl Serialize) -> Result<Answer, Fault> {
    Ok(Answer::new(super::JSON, serde_json::to_string(record).map_err(|_| Fault::bug())? + "\n"))
}

pub(super) fn incidents(call: &Call<'_>) -> Result<Answer, Fault> {
    let limit = call.page().limit;
    if call.fields().is_empty() {
        let (entries, total, next) = call.incidents(limit, |filter| Ok(views::incident_entries(call.ledger, filter)?))?;
        return call.small(&entries, total, next, None);
    }
    let (rows, total, next) = call.incidents(limit, |filter| Ok(views::incidents(call.ledger, filter)?))?;
    call.listed(&Listing::Incidents(rows), total, next)
}

pub(super) fn incident(call: &Call<'_>) -> Result<Answer, Fault> {
    let id = call.known(Noun::Incident)?;
    let entry = views::incident_entry(call.ledger, &id, call.filter()?.as_of)?;
    call.moved(&id, &entry.incident.id).map_or_else(|| record(&entry), Ok)
}

pub(super) fn claims(call: &Call<'_>) -> Result<Answer, Fault> {
    let (page, mut filter) = (call.page(), call.filter()?);
    let total = call.ledger.total(Noun::Claim, &filter)? as usize;
    (filter.limit, filter.offset) = (Some(page.limit), page.offset);
    if call.fields().is_empty() {
        let entries = views::claim_entries(call.ledger, &filter)?;
        return call.small(&entries, total, call.next(&page, entries.len(), total)?, None);
    }
    let rows = views::claims(call.ledger, &filter)?;
    let next = call.next(&page, rows.len(), total)?;
    call.listed(&Listing::Claims(rows), total, next)
}

pub(super) fn claim(call: &Call<'_>) -> Result<Answer, Fault> {
    record(&views::claim_entry(call.ledger, &call.known(Noun::Claim)?, call.filter()?.as_of)?)
}

pub(super) fn reports(call: &Call<'_>) -> Result<Answer, Fault> {
    let (page, mut filter) = (call.page(), call.filter()?);
    let total = call.ledger.total(Noun::Report, &filter)? as usize;
    (filter.limit, filter.offset) = (Some(page.limit), page.offset);
    let rows = views::reports(call.ledger, &filter)?;
    let next = call.next(&page, rows.len(), total)?;
    call.listed(&Listing::Reports(rows), total, next)
}

pub(super) fn report(call: &Call<'_>) -> Result<Answer, Fault> {
    let filter = Filter { report: Some(call.known(Noun::Report)?), ..call.filter()? };
    call.one(&Listing::Reports(views::reports(call.ledger, &filter)?))
}

pub(super) fn actors(call: &Call<'_>) -> Result<Answer, Fault> {
    let page = call.page();
    let Top { items, total } = views::actor_rows(call.ledger, &call.filter()?, page.offset, page.limit)?;
    call.small(&items, total, call.next(&page, items.len(), total)?, None)
}

pub(super) fn actor(call: &Call<'_>) -> Result<Answer, Fault> {
    let found = views::actor(call.ledger, call.id)?.ok_or_else(|| Fault::unknown(call.id))?;
    record(&found.row)
}

pub(super) fn places(call: &Call<'_>) -> Result<Answer, Fault> {
    call.cut(views::place_rows(call.ledger, &call.filter()?)?)
}

/// An outlet or a speaker.
#[derive(Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Source {
    Outlet(ledger::Outlet),
    Speaker(ledger::Speaker),
}

pub(super) fn sources(call: &Call<'_>) -> Result<Answer, Fault> {
    let mut sources = Vec::new();
    if call.get("what") != Some("speaker") {
        sources.extend(call.ledger.outlets(usize::MAX)?.items.into_iter().map(Source::Outlet));
    }
    if call.get("what") != Some("outlet") {
        sources.extend(call.ledger.speakers(usize::MAX)?.items.into_iter().map(Source::Speaker));
    }
    call.cut(sources)
}

pub(super) fn changes(call: &Call<'_>) -> Result<Answer, Fault> {
    let since = call.get("since").and_then(|since| since.parse().ok()).unwrap_or(0);
    let Top { items, total } = call.ledger.turns(since, call.page().limit, call.filter()?.as_of)?;
    let last = items.last().map_or(since, |turn| turn.cursor).to_string();
    let next = (items.len() < total).then(|| last.clone());
    call.small(&items, total, next, Some(last))
}

pub(super) fn events(call: &Call<'_>) -> Result<Answer, Fault> {
    call.cut(call.ledger.events(None, call.filter()?.as_of)?)
}

pub(super) fn event(call: &Call<'_>) -> Result<Answer, Fault> {
    let number = call.id.parse().ok();
    let found = number.map(|number| call.ledger.event(number)).transpose()?.flatten();
    record(&found.ok_or_else(|| Fault::unknown(call.id))?)
}

pub(super) fn tokens(call: &Call<'_>) -> Result<Answer, Fault> {
    call.cut(call.ledger.tokens()?)
}

pub(super) fn token(call: &Call<'_>) -> Result<Answer, Fault> {
    record(&call.ledger.token(call.id)?)
}

/// One that runs, or was done since the program began; else what the ledger remembers of it.
pub(super) fn job(call: &Call<'_>) -> Result<Answer, Fault> {
    let token = call.token.ok_or_else(Fault::bug)?;
    if let Some(job) = call.site.jobs().marked(&token.id, call.id) {
        return record(&job);
    }
    let remembered = call.ledger.answered(&token.id, &writing::job_key(call.id))?;
    remembered.map(|(_, answer)| Answer::new(super::JSON, answer + "\n")).ok_or_else(|| Fault::unknown(call.id))
}

pub(super) fn series(call: &Call<'_>) -> Result<Answer, Fault> {
    let briefs = call.ledger.briefs(&call.filter()?)?;
    let mut series = views::series(&briefs);
    if let (Some(step), Some(first), Some(last)) = (call.get("step").and_then(Step::named), series.bins.first(), series.bins.last()) {
        let (first, last) = (first.start, last.end);
        let days = match step {
            Step::Day => 1,
            Step::Week => 7,
            Step::Month => 28,
            Step::Year => 365,
        };
        let bins = (last - first).get_days() / days;
        if bins as usize > BINS {
            return Err(Fault::parameter(format!("{bins} bins are too many: ask for a longer step, or for fewer years with from and to")));
        }
        series = views::binned(&briefs, step, first, last);
    }
    call.cut(series.bins)
}
