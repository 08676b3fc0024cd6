use jiff::Timestamp;
use ledger::{ClaimEntry, Event, Fetched, Filter, Found, Hit, Input, Ledger, ReportEntry};
use record::{Count, DatePrecision, Incident, PlacePrecision, Report, Status};
use serde::Serialize;

use crate::Result;
use crate::change::words;
use crate::incident::{ClaimLine, IncidentView, ReportLine, days};
use crate::lists::{claim_entries, claim_entry};
use crate::paint::{Paint, clean, cut, wrapped};
use crate::plot::plots_text;
use crate::side::Side;

/// Narrower than this no plot can be drawn.
const NARROWEST: usize = 40;
/// Lines longer than this are hard to read.
const WIDEST: usize = 140;

/// A report with its claims.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// The report and its arrival.
    #[serde(flatten)]
    pub entry: ReportEntry,
    /// What it says, and what people said of that.
    pub claims: Vec<ClaimEntry>,
    /// Reports that republish it.
    pub copies: Vec<Report>,
    /// What it came in.
    pub inputs: Vec<Input>,
}

/// A claim with its report.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimView {
    /// The claim, and what people said of it.
    #[serde(rename = "claim")]
    pub entry: ClaimEntry,
    /// The report that holds its words.
    pub report: Report,
    /// What people decided about it.
    pub decisions: Vec<Event>,
}

/// One report.
///
/// # Errors
/// [`ledger::Error::Unknown`].
pub fn report(ledger: &Ledger, id: &str, as_of: Option<Timestamp>) -> Result<ReportView> {
    ledger.snapshot(|ledger| {
        let filter = Filter { report: Some(id.to_owned()), as_of, ..Filter::default() };
        let entry = ledger.report_entries(&filter)?.pop();
        let entry = entry.ok_or_else(|| ledger::Error::Unknown { what: "report", id: id.to_owned() })?;
        Ok(ReportView { entry, claims: claim_entries(ledger, &filter)?, copies: ledger.copies_of(id, as_of)?, inputs: ledger.inputs_of_report(id)? })
    })
}

/// One claim, as the ledger stood then.
///
/// # Errors
/// [`ledger::Error::Unknown`].
pub fn claim(ledger: &Ledger, id: &str, as_of: Option<Timestamp>) -> Result<ClaimView> {
    ledger.snapshot(|ledger| {
        let entry = claim_entry(ledger, id, as_of)?;
        let report = ledger.report(&entry.claim.report)?;
        let mut decisions = ledger.events(Some(id), as_of)?;
        // What is decided about an incident only holds the claims in it.
        decisions.retain(|event| event.is_decision() && event.subject.as_deref() == Some(id));
        Ok(ClaimView { entry, report, decisions })
    })
}

/// `corrected by ana`.
pub(crate) fn decided(entry: &ClaimEntry) -> Option<String> {
    let by = entry.decided_by.as_ref().map(|who| format!(" by {}", clean(who))).unwrap_or_default();
    entry.decision.map(|decision| format!("{}{by}", decision.as_str()))
}

/// Decisions, a line each and the latest last: number, day, who, what was changed, and why.
fn decision_lines(decisions: &[Event], columns: usize, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for event in decisions {
        let change = words(event.old.as_ref(), event.new.as_ref());
        let undone = event.undone_by.map(|by| format!("  (undone by event {by})")).unwrap_or_default();
        let why = if event.why.is_empty() { String::new() } else { format!("  “{}”", clean(&event.why)) };
        let at = event.at.strftime("%Y-%m-%d %H:%M");
        let text = format!(
            "{:>3}  {at}  {}  {} {}: {change}{why}{undone}",
            event.id,
            clean(&event.who),
            event.what,
            event.subject.as_deref().unwrap_or("—")
        );
        let wrapped = wrapped(&text, columns, "     ");
        lines.extend(if undone.is_empty() { wrapped } else { wrapped.iter().map(|line| paint.dim(line)).collect() });
    }
    lines
}

/// An incident for a terminal of some columns: heading, tolls as interval plots with their reasons, disputes in words,
/// claims by side, reports with copies folded.
pub fn incident_text(view: &IncidentView, width: usize, color: bool) -> String {
    let (columns, paint) = (width.clamp(NARROWEST, WIDEST), Paint(color));
    let mut lines = heading(view, columns, paint);
    lines.push(String::new());
    lines.extend(plots_text(view, columns, paint));
    if view.known.len() > 1 {
        lines.push(String::new());
        let steps: Vec<String> = view
            .known
            .iter()
            .map(|known| {
                let day = known.recorded_at.to_zoned(jiff::tz::TimeZone::UTC).date();
                format!("{day} {}–{}–{}", known.low, known.best, known.high)
            })
            .collect();
        lines.extend(wrapped(&format!("toll as it became known  {}", steps.join(" → ")), columns, "  "));
    }
    if lines.last().is_some_and(|line| !line.is_empty()) {
        lines.push(String::new());
    }
    if !view.disputes.is_empty() {
        lines.push(paint.bold("DISPUTES"));
        for dispute in &view.disputes {
            let words = wrapped(&format!("⚑ {}: {}", dispute.over, dispute.words), columns, "  ");
            lines.extend(words.iter().map(|line| paint.warn(line)));
        }
        lines.push(String::new());
    }
    lines.extend(proposal_lines(view, columns, paint));
    if !view.decisions.is_empty() {
        lines.push(paint.bold("DECISIONS"));
        lines.extend(decision_lines(&view.decisions, columns, paint));
        lines.push(String::new());
    }
    if view.voices.len() > 1 {
        lines.push(paint.bold("SOURCES, each independent of the others"));
        for voice in &view.voices {
            lines.extend(wrapped(&format!("  {}  {}", voice.name, voice.claims.join(" ")), columns, "     "));
        }
        lines.push(String::new());
    }
    lines.push(paint.bold("CLAIMS"));
    for group in &view.sides {
        let stake = if matches!(group.side, Side::Party(_)) { " (party)" } else { "" };
        lines.push(format!("{}{stake}", clean(group.side.label())));
        for &n in &group.claims {
            lines.extend(claim_lines(&view.claims[n], columns, paint));
        }
    }
    lines.push(String::new());
    lines.push(paint.bold("REPORTS"));
    for report in &view.reports {
        lines.extend(report_lines(report, "", columns, paint));
        for copy in &report.copies {
            lines.extend(report_lines(copy, "  ┆ copy  ", columns, paint));
        }
    }
    finish(&lines)
}

fn proposal_lines(view: &IncidentView, columns: usize, paint: Paint) -> Vec<String> {
    let Some(proposal) = &view.proposal else { return vec![] };
    let mut lines = vec![paint.bold("WAITING"), "the machine would have it otherwise; what people decided stands".to_owned()];
    let json = serde_json::to_value(&proposal.incidents).unwrap_or_default();
    lines.extend(wrapped(&format!("  {}  {}", proposal.at.strftime("%Y-%m-%d"), words(None, Some(&json))), columns, "     "));
    lines.push(String::new());
    lines
}

fn finish(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn heading(view: &IncidentView, columns: usize, paint: Paint) -> Vec<String> {
    let incident = &view.entry.incident;
    let mut lines = Vec::new();
    for step in &view.redirects {
        let by = step.decided_by.as_ref().map(|who| format!(" by {}", clean(who))).unwrap_or_default();
        let why = if step.why.is_empty() { String::new() } else { format!(": {}", clean(&step.why)) };
        let text = format!("{} was merged into {} on {}{by}{why}", step.id, step.into, step.at.strftime("%Y-%m-%d"));
        lines.extend(wrapped(&text, columns, "  ").iter().map(|line| paint.warn(line)));
    }
    lines.push(format!("{}  {}", paint.bold(&cut(&view.title, columns.saturating_sub(12))), paint.dim(&incident.id)));
    let about = [Some(when(incident)), Some(place_words(incident)), Some(standing(incident.status))];
    lines.extend(wrapped(&about.into_iter().flatten().collect::<Vec<_>>().join("   "), columns, "  "));
    lines.extend(wrapped(&parties_words(incident), columns, "  "));
    let decided = view.entry.decided_by.as_ref().map(|who| format!("   decided by {}", clean(who))).unwrap_or_default();
    let (n, m) = (view.n_reports, view.n_independent);
    let reports = if n == 1 { "report" } else { "reports" };
    let sources = if m == 1 { "source" } else { "independent sources" };
    let claims = if view.claims.len() == 1 { "claim" } else { "claims" };
    lines.extend(wrapped(&format!("{n} {reports} → {m} {sources}   {} {claims}{decided}", view.claims.len()), columns, "  "));
    lines
}

/// The days of an incident, in words.
pub(crate) fn when(incident: &Incident) -> String {
    match &incident.date {
        None => "day unknown".to_owned(),
        Some(date) => {
            let about = match date.precision {
                DatePrecision::Day => "",
                DatePrecision::Week => " (to the week)",
                DatePrecision::Month => " (to the month)",
                DatePrecision::Year => " (to the year)",
            };
            format!("{}{about}", days(date.start, date.end))
        }
    }
}

/// The place of an incident with what it lies in and how near it is known: `Kardala, North, XN ±near`.
pub(crate) fn place_words(incident: &Incident) -> String {
    let Some(place) = &incident.place else { return "place unknown".to_owned() };
    let parts = [Some(&place.name), place.admin2.as_ref(), place.admin1.as_ref(), place.country.as_ref()];
    let mut names: Vec<String> = Vec::new();
    for name in parts.into_iter().flatten().map(|name| clean(name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    if place.precision == PlacePrecision::Exact { names } else { format!("{names} ±{}", place.precision) }
}

/// A status with its sign.
pub(crate) fn standing(status: Status) -> String {
    let sign = match status {
        Status::Corroborated => '●',
        Status::Reported => '○',
        Status::Claimed => '◌',
        Status::Contested => '⚑',
    };
    format!("{sign} {status}")
}

/// `NLF (attacker, claimed) › Army (defender, undisputed)`.
fn parties_words(incident: &Incident) -> String {
    if incident.parties.is_empty() {
        return "parties unknown".to_owned();
    }
    let parties: Vec<String> = incident.parties.iter().map(|party| format!("{} ({}, {})", clean(&party.name), party.role, party.basis)).collect();
    parties.join(" › ")
}

fn claim_lines(line: &ClaimLine, columns: usize, paint: Paint) -> Vec<String> {
    let claim = &line.entry.claim;
    let count = claim.count.as_ref().map(|count| format!(" {}", count_words(count))).unwrap_or_default();
    let not = if claim.polarity == record::Polarity::Negative { "no " } else { "" };
    let copy = line.copy_of.as_ref().map(|original| format!(", copy of {original}")).unwrap_or_default();
    let decided = decided(&line.entry).map(|decided| format!("  {decided}")).unwrap_or_default();
    let certainty = if claim.certainty == record::Certainty::Certain { String::new() } else { format!(", {}", claim.certainty) };
    let text = format!(
        "{} {not}{}{count}  “{}”  {}, {}{certainty}  [{}{copy}] {}{decided}",
        line.label,
        claim.kind,
        clean(&claim.quote.text),
        line.chain.join(" › "),
        claim.stance,
        line.report_label,
        claim.id,
    );
    let lines = wrapped(&format!("  {text}"), columns, "     ");
    if line.copy_of.is_some() { lines.iter().map(|line| paint.dim(line)).collect() } else { lines }
}

/// A count as its bounds say it: `8`, `~40`, `≥ 6`, `1–15`.
pub(crate) fn count_words(count: &Count) -> String {
    let about = if count.approx { "~" } else { "" };
    match (count.low, count.high) {
        (Some(low), Some(high)) if low == high => format!("{about}{low}"),
        (Some(low), Some(high)) => format!("{about}{low}–{high}"),
        (Some(low), None) => format!("≥ {about}{low}"),
        (None, Some(high)) => format!("≤ {about}{high}"),
        (None, None) => clean(&count.text),
    }
}

fn report_lines(report: &ReportLine, before: &str, columns: usize, paint: Paint) -> Vec<String> {
    let outlet = if report.outlet.is_empty() { "outlet unknown" } else { &report.outlet };
    let title = if report.title.is_empty() { String::new() } else { format!("  “{}”", report.title) };
    let published = report.published.as_deref().unwrap_or("undated");
    let claims = if report.claims.is_empty() { String::new() } else { format!("  {}", report.claims.join(" ")) };
    let text = format!("{} {outlet}, {}, {published}, {}{title}{claims}  {}", report.label, report.kind, report.language, report.id);
    let lines = wrapped(&format!("{before}{text}"), columns, "     ");
    if before.is_empty() { lines } else { lines.iter().map(|line| paint.dim(line)).collect() }
}

/// A report for a terminal: where it is from, its text with the claims' words marked, and the claims.
pub fn report_text(view: &ReportView, width: usize, color: bool) -> String {
    let (columns, paint) = (width.clamp(NARROWEST, WIDEST), Paint(color));
    let report = &view.entry.report;
    let title = clean(&report.title);
    let mut lines = vec![format!("{}  {}", paint.bold(if title.is_empty() { "(no title)" } else { &title }), paint.dim(&report.id))];
    let outlet = if report.outlet.is_empty() { "outlet unknown".to_owned() } else { clean(&report.outlet) };
    let published = report.published.as_ref().map_or("undated", |p| p.as_str());
    lines.push(format!("{outlet}, {}, {published}, {}", report.kind, report.language));
    if let Some(original) = &report.copy_of {
        lines.push(format!("copy of {original}"));
    }
    if let Some(url) = &view.entry.url {
        lines.push(clean(url));
    }
    for input in &view.inputs {
        let hash = input.raw_hash.as_ref().map(|hash| format!("  sha256 {hash}")).unwrap_or_default();
        lines.push(paint.dim(&format!("{}{hash}", clean(&input.input))));
        let fetched = input.fetched.as_ref().map(|fetched| format!("fetched {}: {}", fetched.fetched_at, answer(fetched)));
        lines.extend(fetched.map(|fetched| wrapped(&clean(&fetched), columns, "  ")).unwrap_or_default().iter().map(|line| paint.dim(line)));
    }
    for copy in &view.copies {
        lines.push(paint.dim(&format!("┆ copy {}  {}", copy.id, clean(&copy.outlet))));
    }
    lines.push(String::new());
    for paragraph in report.text.split("\n\n").map(clean).filter(|paragraph| !paragraph.is_empty()) {
        lines.extend(wrapped(&paragraph, columns, ""));
        lines.push(String::new());
    }
    lines.push(paint.bold(if view.claims.is_empty() { "NO CLAIMS" } else { "CLAIMS" }));
    for entry in &view.claims {
        lines.extend(one_claim(entry, &outlet, columns));
    }
    finish(&lines)
}

/// What a host answered, in the words of the protocol.
pub fn answer(fetched: &Fetched) -> String {
    let way = if fetched.asked == fetched.address { String::new() } else { format!("{} → ", fetched.asked) };
    let fields = [("Content-Type", &fetched.content_type), ("ETag", &fetched.etag), ("Last-Modified", &fetched.last_modified)];
    let told: String = fields.iter().filter_map(|(name, value)| Some(format!("; {name}: {}", value.as_ref()?))).collect();
    format!("{way}{}; {}{told}", fetched.address, fetched.status)
}

fn one_claim(entry: &ClaimEntry, outlet: &str, columns: usize) -> Vec<String> {
    let claim = &entry.claim;
    let decided = decided(entry).map(|decided| format!("  {decided}")).unwrap_or_default();
    let chain: Vec<String> = std::iter::once(outlet).chain(claim.source.iter().map(|s| s.name.as_str())).map(clean).collect();
    let count = claim.count.as_ref().map(|count| format!(" {}", count_words(count))).unwrap_or_default();
    let not = if claim.polarity == record::Polarity::Negative { "no " } else { "" };
    let incident = claim.incident.as_ref().map(|id| format!("  in {id}")).unwrap_or_default();
    let text = format!(
        "{} {not}{}{count}  “{}”  {}, {}, {}{incident}{decided}",
        claim.id,
        claim.kind,
        clean(&claim.quote.text),
        chain.join(" › "),
        claim.stance,
        claim.certainty
    );
    wrapped(&text, columns, "    ")
}

/// A claim for a terminal: every field that says something, and the sentence around its words.
pub fn claim_text(view: &ClaimView, width: usize, color: bool) -> String {
    let (columns, paint) = (width.clamp(NARROWEST, WIDEST), Paint(color));
    let (claim, report) = (&view.entry.claim, &view.report);
    let mut lines = vec![format!("{}  {}", paint.bold(claim.kind.as_str()), paint.dim(&claim.id))];
    let body = report.field(claim.quote.field);
    let span = claim.quote.span.range();
    let before = body.get(..span.start).unwrap_or("");
    let from = before.char_indices().rev().nth(119).map_or(0, |(at, _)| at);
    let from = before[from..].rfind("\n\n").map_or(from, |at| from + at + 2);
    let after = body.get(span.end..).unwrap_or("");
    let to = after.char_indices().nth(120).map_or(after.len(), |(at, _)| at);
    let to = after[..to].find("\n\n").unwrap_or(to);
    let around = format!("{}[{}]{}", &before[from..], claim.quote.text, &after[..to]);
    lines.extend(wrapped(&clean(&around), columns, ""));
    lines.push(String::new());
    let party = |name: &str, party: &record::PartyName| {
        if name == party.text || party.text.is_empty() { party.name.clone() } else { format!("{} (“{}”)", party.name, party.text) }
    };
    let outlet = if report.outlet.is_empty() { report.kind.as_str() } else { &report.outlet };
    let chain: Vec<String> = std::iter::once(outlet.to_owned()).chain(claim.source.iter().map(|s| format!("{} ({})", s.name, s.kind))).collect();
    let fields = [
        ("source", Some(chain.join(" › "))),
        ("stance", Some(format!("{}, {}, {}", claim.stance, claim.certainty, claim.polarity))),
        ("scope", Some(claim.scope.to_string())),
        ("actor", claim.actor.as_ref().map(|actor| party(&actor.name, actor))),
        ("target", claim.target.as_ref().map(|target| party(&target.name, target))),
        ("count", claim.count.as_ref().map(|count| format!("{} (“{}”)", count_words(count), count.text))),
        ("victims", claim.victims.map(|victims| victims.to_string())),
        ("side", claim.side.clone()),
        (
            "place",
            claim.place.as_ref().map(|place| {
                let country = place.country.as_ref().map(|country| format!(", {country}")).unwrap_or_default();
                format!("{}{country} (“{}”)", place.name, place.text)
            }),
        ),
        (
            "date",
            claim.date.as_ref().map(|date| {
                let printed = date.text.as_ref().map(|text| format!(" (“{text}”)")).unwrap_or_default();
                format!("{}{printed}", days(date.start, date.end))
            }),
        ),
        ("weapon", claim.weapon.clone()),
        ("score", claim.score.map(|score| format!("{score:.2}"))),
        ("reader", claim.reader.clone()),
        ("report", Some(report.id.clone())),
        ("incident", claim.incident.clone()),
        ("decision", decided(&view.entry)),
    ];
    for (name, value) in fields {
        let Some(value) = value else { continue };
        lines.extend(wrapped(&format!("{name:<9}{}", clean(&value)), columns, "         "));
    }
    if !view.decisions.is_empty() {
        lines.push(String::new());
        lines.push(paint.bold("DECISIONS"));
        lines.extend(decision_lines(&view.decisions, columns, paint));
    }
    finish(&lines)
}

/// What a search found, two lines a hit, with the matched words marked.
pub fn hits_text(hits: &[Hit], width: usize, color: bool) -> String {
    let (columns, paint) = (width.max(NARROWEST), Paint(color));
    let mut text = String::new();
    for hit in hits {
        let (what, id) = match &hit.found {
            Found::Report(id) => ("report", id),
            Found::Claim(id) => ("claim", id),
        };
        let day = hit.published.as_deref().and_then(|p| p.get(..10)).unwrap_or("undated");
        let about = cut(&format!("{what:<6}  {day}  {}  {}", clean(&hit.outlet), clean(&hit.title)), columns.saturating_sub(id.len() + 2));
        text.push_str(&format!("{}  {}\n    ", paint.bold(id), about.trim_end()));
        let (mut line, mut at) = (String::new(), 0);
        for mark in &hit.marks {
            line.push_str(&flat(&hit.snippet[at..mark.start]));
            let word = flat(&hit.snippet[mark.clone()]);
            line.push_str(&if color { paint.mark(&word) } else { format!("[{word}]") });
            at = mark.end;
        }
        line.push_str(&flat(&hit.snippet[at..]));
        text.push_str(line.trim());
        text.push('\n');
    }
    text
}

/// [`clean`] for a part of a line: a blank at either end stays one.
fn flat(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for c in text.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }) {
        if c != ' ' || !flat.ends_with(' ') {
            flat.push(c);
        }
    }
    flat
}
