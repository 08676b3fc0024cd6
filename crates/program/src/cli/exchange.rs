//! The verbs that hand out and take in: `export`, `import`, `compare`.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use ledger::{Act, Filter, Ledger, NewReport, Reading};
use record::{Claim, Id, Report};
use serde_json::json;
use views::{Format, IncidentView, Listing, Publisher, RenderOptions, Rows};

use super::{
    Exit, Fault, Setting,
    add::{intake_options, ledger as writable},
    args::{self, Fatalities, Shape, Table},
    decide::{options as rules, who},
    look::{filter, may_be_told, open},
    output::{self, Out},
};
use crate::{codebook, compare, decide, import};

/// What the log calls an import.
const IMPORTED: &str = "imported";

/// Reports committed together.
const BATCH: usize = 1000;

/// Outlets of imported rows that may not be passed on.
fn restricted(ledger: &Ledger) -> Result<BTreeSet<String>, Fault> {
    let events = ledger.events(None, None)?;
    let field = |value: &serde_json::Value, name: &str| value.get(name).cloned();
    let closed = events.iter().filter(|event| event.what == IMPORTED).filter_map(|event| {
        let new = event.new.as_ref()?;
        (field(new, "passed_on")? == json!(false)).then_some(())?;
        Some(field(new, "outlet")?.as_str()?.to_owned())
    });
    Ok(closed.collect())
}

/// How a file is written, by its name unless somebody says.
fn format_of(asked: &args::Export) -> Format {
    let ending = asked.output.as_ref().and_then(|file| file.extension()).and_then(|ending| ending.to_str()).unwrap_or("");
    asked.format.unwrap_or(match ending.to_ascii_lowercase().as_str() {
        "xlsx" => Format::Xlsx,
        "parquet" => Format::Parquet,
        "gpkg" => Format::Gpkg,
        "jsonld" => Format::Jsonld,
        "json" => Format::Json,
        "jsonl" | "ndjson" => Format::Ndjson,
        "geojson" => Format::Geojson,
        "tsv" => Format::Tsv,
        "md" => Format::Md,
        _ => Format::Csv,
    })
}

/// What leaves, and what is said about it.
pub(super) struct Leaving {
    pub(super) publisher: Publisher,
    /// Outlets whose rows may not be passed on.
    closed: BTreeSet<String>,
    /// Left out for resting on such rows.
    pub(super) shut: usize,
    /// Left out for want of a date, or of anybody dead.
    rowless: usize,
}

impl Leaving {
    pub(super) fn of(ledger: &Ledger, publishing: args::Publishing, as_of: Option<Timestamp>) -> Result<Leaving, Fault> {
        let publisher = Publisher::of(ledger, publishing.into(), as_of.unwrap_or_else(Timestamp::now), as_of)?;
        Ok(Leaving { publisher, closed: restricted(ledger)?, shut: 0, rowless: 0 })
    }

    fn is_closed<'o>(&mut self, mut outlets: impl Iterator<Item = &'o str>) -> bool {
        let closed = !self.closed.is_empty() && outlets.any(|outlet| self.closed.contains(outlet));
        self.shut += usize::from(closed);
        closed
    }

    fn incidents(&mut self, ledger: &Ledger, filter: &Filter) -> Result<Vec<views::IncidentRow>, Fault> {
        let mut rows = views::incidents(ledger, filter)?;
        rows.retain(|row| !self.is_closed(row.outlets.iter().map(String::as_str)));
        Ok(rows.into_iter().filter_map(|row| self.publisher.incident_row(row)).collect())
    }

    /// The rows of a filter, with all claims and reports that are about the same.
    pub(super) fn tables(&mut self, ledger: &Ledger, filter: &Filter, with_text: bool) -> Result<views::Tables, Fault> {
        let incidents = self.incidents(ledger, filter)?;
        let known = ledger.aliases(filter.as_of)?;
        let (aliases, place_aliases) = (self.publisher.aliases(&known, &incidents), self.publisher.place_aliases(&known, &incidents));
        let all = Filter { as_of: None, sort: None, ..filter.clone() } == Filter::default();
        let turns = self.publisher.turns(ledger.turns(0, usize::MAX, filter.as_of)?.items, &incidents, all);
        Ok(views::Tables {
            claims: self.claims(ledger, &all_of(filter))?,
            reports: self.reports(ledger, &all_of(filter), with_text)?,
            incidents,
            aliases,
            place_aliases,
            turns: Some(turns),
        })
    }

    fn views(&mut self, ledger: &Ledger, filter: &Filter) -> Result<Vec<IncidentView>, Fault> {
        let mut kept = Vec::new();
        for entry in ledger.incident_entries(filter)? {
            let view = views::incident_at(ledger, &entry.incident.id, filter.as_of)?;
            let outlets = view.reports.iter().flat_map(|report| std::iter::once(report).chain(&report.copies)).map(|report| report.outlet.as_str());
            if !self.is_closed(outlets) {
                kept.extend(self.publisher.view(view));
            }
        }
        Ok(kept)
    }

    fn claims(&mut self, ledger: &Ledger, filter: &Filter) -> Result<Vec<views::ClaimRow>, Fault> {
        let mut rows = views::claims(ledger, filter)?;
        rows.retain(|row| !self.is_closed(std::iter::once(row.outlet.as_str())));
        Ok(rows.into_iter().filter_map(|row| self.publisher.claim_row(row)).collect())
    }

    fn reports(&mut self, ledger: &Ledger, filter: &Filter, with_text: bool) -> Result<Vec<views::ReportRow>, Fault> {
        let mut rows = views::reports(ledger, filter)?;
        rows.retain(|row| !self.is_closed(std::iter::once(row.entry.report.outlet.as_str())));
        Ok(rows.into_iter().filter_map(|row| self.publisher.report_row(row, with_text)).collect())
    }
}

/// Which records were asked for, as far as it may be told.
fn told(asked: &args::Filters, filter: &Filter, publisher: &mut Publisher) -> String {
    if !may_be_told(filter, publisher.profile()) {
        return "some records (by place or by words, which are not told)".to_owned();
    }
    let mut words = asked.words();
    publisher.words(&mut words);
    words
}

pub(super) fn export(setting: &Setting, asked: &args::Export) -> Result<Exit, Fault> {
    let filter = filter(setting, &asked.filters)?;
    let ledger = open(setting)?;
    let mut leaving = Leaving::of(&ledger, asked.publishing, filter.as_of)?;
    let options = RenderOptions {
        fields: asked.fields.clone(),
        with_text: asked.with_text,
        excel: asked.excel,
        rules: setting.config.get("rules").to_owned(),
        licence: setting.config.get("licence").to_owned(),
        ..RenderOptions::default()
    };
    let wrong = |what: &str| Fault::usage(format!("{what} holds incidents")).next("leave out the word after `export`");
    if asked.table != Table::Incidents && (asked.hxl || asked.profile != Shape::Native) {
        return Err(wrong(if asked.hxl { "an HXL file" } else { "a file of another house's shape" }));
    }
    let format = format_of(asked);
    if asked.hxl && !matches!(format, Format::Csv | Format::Tsv | Format::Md | Format::Xlsx) {
        return Err(Fault::usage(format!("HXL hashtags are a row of a sheet, and {} has none", format.as_str())).next("use csv, tsv, md or xlsx"));
    }
    let (name, bytes, n) = if asked.bundle {
        let tables = leaving.tables(&ledger, &filter, asked.with_text)?;
        let n = tables.incidents.len();
        // Before it is said what was held back: that counts too.
        let filter = told(&asked.filters, &filter, &mut leaving.publisher);
        let about = views::BundleAbout {
            publishing: asked.publishing.into(),
            withheld: *leaving.publisher.withheld(),
            rules: codebook::rules(&rules(setting)?.rules),
            filter,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        ("bundle", views::bundle(&tables, &about, &options)?, n)
    } else if asked.profile == Shape::Native {
        let listing = match asked.table {
            Table::Incidents => Some(Listing::Incidents(leaving.incidents(&ledger, &filter)?)),
            Table::Claims => Some(Listing::Claims(leaving.claims(&ledger, &filter)?)),
            Table::Reports => Some(Listing::Reports(leaving.reports(&ledger, &filter, asked.with_text)?)),
            _ => None,
        };
        let rows = match &listing {
            Some(listing) => Rows::of(listing, &RenderOptions { fields: vec![], ..options.clone() })?,
            None => {
                let tables = leaving.tables(&ledger, &all_of(&filter), false)?.closed();
                let mut rows = match asked.table {
                    Table::IncidentClaims => tables.incident_claims(),
                    Table::Sides => tables.sides(),
                    Table::Actors => tables.actors(),
                    Table::Places => tables.places(),
                    _ => tables.changes(),
                };
                rows.rows = rows.rows.into_iter().skip(filter.offset).take(filter.limit.unwrap_or(usize::MAX)).collect();
                rows
            }
        };
        let name = output::word(asked.table);
        let about = about(&leaving, &options, "native");
        let bytes = match &listing {
            _ if asked.hxl => views::file(&name, &views::hxl(&rows), format, &options, &about)?,
            Some(Listing::Claims(rows)) if format == Format::Jsonld => {
                views::annotations(rows, &texts(&ledger, &leaving, rows)?, &options).into_bytes()
            }
            Some(listing) if !matches!(format, Format::Xlsx | Format::Parquet | Format::Gpkg) => {
                views::render(listing, format, &options)?.into_bytes()
            }
            _ => views::file(&name, &rows, format, &options, &about)?,
        };
        ("native", bytes, rows.rows.len())
    } else {
        let views = leaving.views(&ledger, &filter)?;
        let (name, (rows, left_out)) = match asked.profile {
            Shape::UcdpGed => ("ucdp-ged", views::ged(&views)),
            _ => {
                let acled = views::AcledOptions {
                    best: asked.fatalities == Fatalities::Best,
                    numeric: asked.inter_numeric,
                    publishing: leaving.publisher.profile(),
                };
                ("acled", views::acled(&views, acled))
            }
        };
        leaving.rowless = left_out;
        let about = about(&leaving, &options, name);
        (name, views::file("incidents", &rows, format, &options, &about)?, rows.rows.len())
    };
    if leaving.shut > 0 && !asked.shareable {
        let names: Vec<&str> = leaving.closed.iter().map(String::as_str).collect();
        let rest = if leaving.shut == 1 { "1 record rests" } else { &format!("{} records rest", leaving.shut) };
        return Err(Fault::new(Exit::Refused, format!("{rest} on imported rows that may not be passed on ({})", names.join(", ")))
            .next("--shareable leaves them out; if the rights are yours, import the file again with --mine"));
    }
    if matches!(format, Format::Xlsx | Format::Parquet | Format::Gpkg) && asked.output.is_none() && Out::stdout().is_terminal() {
        return Err(
            Fault::usage(format!("{} is nothing for a terminal", format.as_str())).next(format!("write it to a file: -o FILE.{}", format.as_str()))
        );
    }
    Out::to(asked.output.as_ref()).bytes(&bytes)?;
    let what = if asked.bundle { "incidents".to_owned() } else { output::word(asked.table) };
    let mut line = format!("{n} {what} written, shape {name}, rules {}, publishing {}", options.rules, leaving.publisher.profile().as_str());
    if asked.publishing != args::Publishing::Private {
        line += &format!("; held back: {}", leaving.publisher.withheld().words());
    }
    if leaving.rowless > 0 {
        line += &format!("; {} left out, without a date{}", leaving.rowless, if asked.profile == Shape::UcdpGed { " or anybody dead" } else { "" });
    }
    if leaving.shut > 0 {
        line += &format!("; {} left out, on rows that may not be passed on", leaving.shut);
    }
    setting.say(&line);
    Ok(Exit::Done)
}

/// The reports around quotes; for oneself only, since what stands around a quote is not checked.
fn texts(ledger: &Ledger, leaving: &Leaving, rows: &[views::ClaimRow]) -> Result<BTreeMap<Id, Report>, Fault> {
    let mut reports = BTreeMap::new();
    if leaving.publisher.profile() == views::Publishing::Private {
        for id in rows.iter().map(|row| &row.entry.claim.report) {
            if !reports.contains_key(id) {
                reports.insert(id.clone(), ledger.report(id)?);
            }
        }
    }
    Ok(reports)
}

/// What goes with a workbook: its shape, rules, licence and what was held back.
fn about(leaving: &Leaving, options: &RenderOptions, shape: &str) -> Vec<(String, String)> {
    [
        ("made with", format!("attest {}", env!("CARGO_PKG_VERSION"))),
        ("shape", shape.to_owned()),
        ("rules", options.rules.clone()),
        ("licence", options.licence.clone()),
        ("publishing", format!("{}: {}", leaving.publisher.profile().as_str(), leaving.publisher.profile().about())),
        ("held back", leaving.publisher.withheld().words()),
    ]
    .map(|(what, is)| (what.to_owned(), is))
    .to_vec()
}

fn bytes_of(path: &std::path::Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("cannot read {}", path.display()));
        Fault::of(Exit::Usage, error.as_ref()).next("name a file that is there")
    })
}

/// Whether bytes are records, one JSON object a line.
fn is_lines(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    serde_json::from_slice::<serde_json::Value>(first).is_ok_and(|value| value.is_object() && value.get("reports").is_none())
}

/// The report of an id, an address of ours, or the address it is published at, with its claims; `urls` are filled when first asked.
fn report_of(ledger: &Ledger, urls: &OnceCell<BTreeMap<String, Id>>, name: &str) -> Option<(Report, Vec<Claim>)> {
    let id = name.rsplit(['/', ':']).next().unwrap_or(name);
    let published = || {
        let entries = |ledger: &Ledger| ledger.report_entries(&Filter::default()).unwrap_or_default();
        let urls = urls.get_or_init(|| entries(ledger).into_iter().rev().filter_map(|entry| Some((entry.url?, entry.report.id))).collect());
        ledger.report(urls.get(name)?).ok()
    };
    let report = ledger.report(id).ok().or_else(published)?;
    let claims = ledger.claims(&Filter { report: Some(report.id.clone()), ..Filter::default() }).ok()?;
    Some((report, claims))
}

pub(super) fn import(setting: &Setting, asked: &args::Import) -> Result<Exit, Fault> {
    let mut opened = Vec::new();
    let mut bytes = Vec::new();
    for file in &asked.files {
        bytes.push((file, bytes_of(file)?));
    }
    // Reports in one file may have their claims in another.
    let native = bytes.len() > 1 && bytes.iter().all(|(_, bytes)| is_lines(bytes));
    if native {
        let joined = bytes.iter().flat_map(|(_, bytes)| bytes.iter().copied().chain([b'\n'])).collect();
        bytes = vec![(&asked.files[0], joined)];
    }
    let there = open(setting).ok();
    let urls = OnceCell::new();
    let known = |name: &str| there.as_ref().and_then(|ledger| report_of(ledger, &urls, name));
    for (file, bytes) in bytes {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let intake = intake_options(setting);
        let options = import::Options { outlet: asked.outlet.as_deref(), name: &name, map: &asked.map, known: &known, intake: &intake };
        let imported = crate::quietly(|| import::read(&bytes, &options)).map_err(|why| {
            Fault::usage(format!("cannot import {}: {why}", file.display()))
                .next("import reads tables of events, native JSON Lines, Web Annotations and gold cases; `attest add` reads reports")
        })?;
        if !imported.columns.is_empty() {
            let pairs: Vec<String> = imported.columns.iter().map(|(field, header)| format!("{field}={header:?}")).collect();
            setting.say(&format!("{}: columns {}; --map FIELD=HEADER changes them", file.display(), pairs.join(" ")));
        }
        opened.push((file, bytes, imported));
    }
    drop(there);
    let failed: usize = opened.iter().map(|(_, _, imported)| imported.failed.len()).sum();
    for (file, _, imported) in &opened {
        for line in imported.failed.iter().take(20) {
            super::say(&format!("  {}: {line}", file.display()));
        }
        if imported.failed.len() > 20 {
            super::say(&format!("  and {} more in {}", imported.failed.len() - 20, file.display()));
        }
    }
    if setting.dry_run {
        for (file, _, imported) in &opened {
            let claims: usize = imported.rows.iter().map(|(_, claims)| claims.len()).sum();
            setting.say(&format!("{}: {} rows with {claims} claims would be imported", file.display(), imported.rows.len()));
        }
        return Ok(if failed > 0 { Exit::Part } else { Exit::Done });
    }
    let rules = rules(setting)?;
    let mut ledger = writable(setting)?;
    let (mut new, mut claims, mut there) = (0, 0, 0);
    for (file, bytes, imported) in opened {
        let hash = ledger::raw_hash(&bytes);
        let of_rows = || imported.rows.first().filter(|_| !imported.columns.is_empty()).map(|(report, _)| report.outlet.clone());
        let outlet = asked.outlet.clone().or(imported.house.map(|house| house.outlet().to_owned())).or_else(of_rows);
        let (terms, passed_on) = imported.house.map_or(("", true), intake::House::licence);
        let rows = imported.rows.len();
        let last = rows.saturating_sub(1);
        let whole = imported.failed.is_empty();
        let annotations = imported.annotations;
        let mut urls = imported.urls;
        let name = file.display().to_string();
        let mut numbered = imported.rows.into_iter().enumerate();
        loop {
            // Each batch has its own moment: whoever reads meanwhile knows by it which of them they saw.
            let at = Timestamp::now();
            let made = |(n, (report, claims))| {
                let mut new = NewReport::new(report, name.clone(), at);
                new.url = urls.remove(&new.report.id);
                new.fingerprint = Some(intake::fingerprint(&new.report.text).0);
                new.raw_hash = (n == last && whole && !annotations).then(|| hash.clone());
                let mut reading = Reading::new(format!("attest import {}", env!("CARGO_PKG_VERSION")), claims, at);
                if annotations {
                    // Another file of annotations of the same report is another reading of it.
                    reading.model.clone_from(&hash);
                }
                (new, reading)
            };
            let batch: Vec<(NewReport, Reading)> = numbered.by_ref().take(BATCH).map(made).collect();
            if batch.is_empty() {
                break;
            }
            for added in ledger.add_many(batch.iter().map(|(new, reading)| (new, reading)))? {
                new += usize::from(added.status != ledger::InputStatus::Unchanged);
                there += usize::from(added.status == ledger::InputStatus::Unchanged);
                claims += added.claims;
            }
        }
        let licence = asked.licence.clone().unwrap_or_else(|| terms.to_owned());
        let note = json!({"file": name, "outlet": outlet, "licence": licence, "passed_on": passed_on || asked.mine, "rows": rows});
        ledger.note(IMPORTED, None, None, Some(&note), &Act::new(who(&setting.config), "import", Timestamp::now()))?;
        if !passed_on && !asked.mine {
            setting.say(&format!(
                "{}: its terms ({licence}) forbid passing rows on: they are kept and compared, and `export` refuses them; --mine if the rights are yours",
                file.display()
            ));
        }
    }
    if !asked.no_reconcile && claims > 0 {
        decide::reconcile(&mut ledger, &rules, "rows were imported")?;
    }
    setting.say(&format!("{new} rows imported with {claims} claims, {there} there already, {failed} failed"));
    let counts = ledger.counts()?;
    setting.say(&format!("{} claims, {} incidents, {} disputed", counts.claims, counts.incidents, counts.disputed));
    Ok(if failed > 0 { Exit::Part } else { Exit::Done })
}

pub(super) fn compare(setting: &Setting, asked: &args::Compare) -> Result<Exit, Fault> {
    let filter = filter(setting, &asked.filters)?;
    let file = asked.file.display();
    let table = intake::coded(&bytes_of(&asked.file)?, None, &intake_options(setting)).map_err(|error| Fault::of(Exit::Usage, &error))?;
    let table =
        table.ok_or_else(|| Fault::usage(format!("{file} is no table of coded events")).next("compare reads UCDP GED and ACLED-shaped CSV"))?;
    let mut failed = 0_usize;
    let mut rows = Vec::new();
    for row in table.rows {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                failed += 1;
                super::say(&format!("  {file}: {}", error.line()));
            }
        }
    }
    // What the filters say of time and country holds for both.
    rows.retain(|row| filter.from.is_none_or(|from| row.end >= from) && filter.to.is_none_or(|to| row.start <= to));
    rows.retain(|row| filter.country.is_empty() || import::country(row).is_some_and(|country| filter.country.iter().any(|wanted| wanted == country)));
    let ledger = open(setting)?;
    let incidents: Vec<record::Incident> = views::incident_entries(&ledger, &filter)?.into_iter().map(|entry| entry.incident).collect();
    let comparison = compare::compare(&incidents, &rows, compare::Options { km: asked.km, days: asked.days });
    let out = Out::to(asked.output.output.as_ref());
    let format = output::format(setting);
    let options = RenderOptions {
        fields: asked.output.fields.clone(),
        width: out.width().unwrap_or(usize::MAX),
        color: out.color(setting),
        ..RenderOptions::default()
    };
    match format {
        Format::Json if options.fields.is_empty() => out.text(&(serde_json::to_string_pretty(&comparison)? + "\n"))?,
        Format::Geojson => return Err(Fault::usage("a comparison has no place of its own").next("use table, json, ndjson, csv, tsv or md")),
        _ => out.bytes(&views::file("comparison", &comparison.rows(), format, &options, &[])?)?,
    }
    setting.say(&comparison.line());
    Ok(match (comparison.is_same(), failed) {
        (_, 1..) => Exit::Part,
        (true, 0) => Exit::Done,
        (false, 0) => Exit::Nothing,
    })
}

/// A filter without order and cut.
fn all_of(filter: &Filter) -> Filter {
    Filter { sort: None, limit: None, offset: 0, ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_by_place_is_not_told_to_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::create(folder.path().join("x.attest")).unwrap();
        let said = |condition: &str, profile| {
            let asked = args::Filters { condition: Some(condition.to_owned()), ..args::Filters::default() };
            told(&asked, &Filter::parse(condition).unwrap(), &mut Publisher::of(&ledger, profile, Timestamp::UNIX_EPOCH, None).unwrap())
        };
        for condition in [
            "place=Konn",
            "near=-4.1,14.9,5",
            "bbox=-5,14,-4,15",
            "text=Konna",
            "country=ML place=Konn",
            "actor!=Konn",
            "side=Konn",
            "speaker=Konn",
            "outlet=Konn",
        ] {
            assert_eq!(said(condition, views::Publishing::Public), "some records (by place or by words, which are not told)", "{condition}");
            assert_eq!(said(condition, views::Publishing::Partner), format!("--where {condition}"));
        }
        assert_eq!(said("country=ML", views::Publishing::Public), "--where country=ML");
    }
}
