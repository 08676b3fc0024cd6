//! `add` and `extract`: the verbs that read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufWriter, IsTerminal, Read as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use intake::{Column, Hints};
use ledger::{InputStatus, Ledger};
use record::Report;
use views::Format;

use super::{
    Exit, Fault, PATIENT, STOP, Setting, args,
    output::{self, Out},
};
use crate::{
    Pipeline,
    add::{self, Adding, Outcome, Source},
    decide, explain, fetch,
};

/// So many failed inputs are listed on the screen; `--report` writes all.
const LISTED: usize = 20;

/// What is to be read; addresses are fetched here, one after the other.
fn sources(setting: &Setting, given: &args::Sources) -> Result<Vec<Source>, Fault> {
    if given.sources.is_empty() && std::io::stdin().is_terminal() {
        return Err(Fault::usage("nothing to read was named").next("name files, folders or addresses; `-` is stdin"));
    }
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) = given.sources.iter().cloned().partition(|path| path.as_os_str() == "-");
    let (addresses, paths) = parted(setting, paths)?;
    let mut found = Source::walk(&paths);
    found.extend(pages(&addresses, intake_options(setting).max_bytes, &mut Default::default()));
    let paths = [paths, addresses].concat();
    if !stdin.is_empty() || paths.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| Fault::of(Exit::Usage, anyhow::Error::new(error).context("cannot read stdin").as_ref()))?;
        found.push(Source::Bytes { name: "-".to_owned(), bytes });
    }
    Ok(found)
}

/// Addresses, and paths.
///
/// # Errors
/// With an address where nothing is to be fetched.
pub(super) fn parted(setting: &Setting, sources: Vec<PathBuf>) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Fault> {
    let (addresses, paths): (Vec<PathBuf>, Vec<PathBuf>) = sources.into_iter().partition(|source| source.to_str().is_some_and(fetch::is_address));
    match addresses.first().filter(|_| setting.config.is_on("offline")) {
        None => Ok((addresses, paths)),
        Some(address) => {
            let address = fetch::shown(&address.to_string_lossy());
            Err(Fault::new(Exit::Refused, format!("{address} would have to be fetched, and nothing is while `offline` is on"))
                .next("save the page and add the file; `attest config show --origin` tells who set `offline`"))
        }
    }
}

/// Fetches addresses, a second apart where they are of one host; what has not changed since it was seen is left out.
pub(super) fn pages(addresses: &[PathBuf], max_bytes: usize, seen: &mut BTreeMap<String, fetch::Seen>) -> Vec<Source> {
    let mut hosts: BTreeSet<Option<String>> = BTreeSet::new();
    let mut pages = Vec::new();
    for address in addresses.iter().filter_map(|address| address.to_str()) {
        if !hosts.insert(intake::host(address)) {
            std::thread::sleep(Duration::from_secs(1));
        }
        let name = fetch::shown(address);
        match fetch::fetch(address, max_bytes, seen.get(&name)) {
            Ok(Some(page)) => {
                seen.insert(name, fetch::Seen::of(&page.fetched));
                pages.push(Source::Page(Arc::new(page)));
            }
            Ok(None) => {}
            Err(error) => pages.push(Source::Missing { name, why: error.to_string() }),
        }
    }
    pages
}

pub(super) fn hints(given: &args::Sources) -> Result<Hints, Fault> {
    let mut hints = Hints { selector: given.selector.clone(), outlet: given.outlet.clone(), language: given.language.clone(), ..Hints::default() };
    for pair in &given.map {
        let columns = || Column::ALL.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(" ");
        let Some((column, header)) = pair.split_once('=') else {
            return Err(Fault::usage(format!("--map {pair:?} is not COLUMN=HEADER")).next(format!("columns: {}", columns())));
        };
        let known = Column::ALL.iter().find(|known| known.as_str() == column).ok_or_else(|| {
            let near = crate::config::nearest(column, Column::ALL.iter().map(|column| column.as_str()));
            let near = near.map_or_else(String::new, |near| format!("; is {near:?} meant?"));
            Fault::usage(format!("--map names a column {column:?}, which is none{near}")).next(format!("columns: {}", columns()))
        })?;
        hints.columns.push((*known, header.to_owned()));
    }
    if let Some(kind) = &given.outlet_kind {
        hints.kind = Some(kind.parse().expect("checked by the command line"));
    }
    if let Some(published) = &given.published {
        let parsed =
            published.parse().map_err(|error: record::Error| Fault::of(Exit::Usage, &error).next("--published takes a day such as 2025-06-03"))?;
        hints.published = Some(parsed);
    }
    Ok(hints)
}

pub(super) fn intake_options(setting: &Setting) -> intake::Options {
    let mut options = intake::Options::default();
    options.max_bytes = setting.config.whole("max_bytes");
    options
}

/// Loads what reads, with as many threads as the settings say.
pub(super) fn pipeline(setting: &Setting) -> Result<Pipeline, Fault> {
    let threads = setting.config.whole("threads");
    // A second call in one process changes nothing, which is as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    Pipeline::new(&setting.config).map_err(|error| {
        let own = ["model", "rules", "min_score"].into_iter().find(|name| setting.config.is_set(name));
        match own {
            Some(_) => Fault::of(Exit::Usage, error.as_ref()).next("`attest config show --origin` tells where model and rules are set"),
            None => Fault::of(Exit::Bug, error.as_ref()).next("`attest doctor` says more"),
        }
    })
}

/// Opens the database to write to it, or makes it.
pub(super) fn ledger(setting: &Setting) -> Result<Ledger, Fault> {
    let path = setting.config.db()?;
    match Ledger::open(path) {
        Err(ledger::Error::Missing { .. }) => {
            let ledger = Ledger::create(path)?;
            setting.say(&format!("made {}", path.display()));
            Ok(ledger)
        }
        other => Ok(other?),
    }
}

fn bar(setting: &Setting, length: usize) -> ProgressBar {
    if !setting.bars() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} inputs, {elapsed} gone, {eta} to go  {msg}");
    ProgressBar::new(length as u64).with_style(style.expect("a fixed template"))
}

pub(super) fn add(setting: &Setting, asked: &args::Add) -> Result<Exit, Fault> {
    let options =
        add::Options { hints: hints(&asked.sources)?, intake: intake_options(setting), extract: !asked.no_extract, ..add::Options::default() };
    let sources = sources(setting, &asked.sources)?;
    if setting.dry_run {
        return dry_run(setting, &sources, &options);
    }
    let pipeline = pipeline(setting)?;
    let mut ledger = ledger(setting)?;
    let mut report = asked.report.as_deref().map(lines_to).transpose()?;
    take(setting, &pipeline, &mut ledger, sources, options, !asked.no_reconcile, report.as_mut())
}

/// Adds sources and tells what became of them.
pub(super) fn take(
    setting: &Setting,
    pipeline: &Pipeline,
    ledger: &mut Ledger,
    sources: Vec<Source>,
    options: add::Options,
    reconcile: bool,
    mut report: Option<&mut BufWriter<File>>,
) -> Result<Exit, Fault> {
    let extract = options.extract;
    let offline = !sources.is_empty() && sources.iter().all(|source| matches!(source, Source::Missing { .. }));
    let bar = bar(setting, sources.len());
    let total = sources.len();
    let mut failed: Vec<String> = Vec::new();
    let mut trouble = None;
    let mut told = |outcome: &Outcome, left: usize| {
        bar.set_position((total - left) as u64);
        let line = || describe(outcome);
        if outcome.status == InputStatus::Failed && failed.len() < LISTED {
            failed.push(line());
        }
        if setting.verbose > 0 {
            bar.suspend(|| super::say(&line()));
        }
        if let Some(file) = &mut report
            && trouble.is_none()
        {
            trouble = serde_json::to_writer(&mut *file, outcome).map_err(std::io::Error::from).and_then(|()| file.write_all(b"\n")).err();
        }
    };
    PATIENT.store(true, Ordering::Relaxed);
    let summary = Adding { pipeline, ledger: &mut *ledger, options, told: &mut told, stop: &STOP }.run(sources)?;
    if let Some(file) = report {
        trouble = trouble.or(file.flush().err());
    }
    bar.finish_and_clear();
    let new = summary.new + summary.copies > 0 || summary.claims > 0;
    if extract && reconcile && !summary.interrupted && (new || ledger.counts()?.incidents == 0) {
        bar.set_message("reconciling");
        decide::reconcile(ledger, pipeline.options(), "reports were added")?;
    }
    setting.say(&summary.line());
    if setting.verbose < 1 {
        for line in &failed {
            super::say(&format!("  {line}"));
        }
        if summary.failed > failed.len() {
            super::say(&format!("  and {} more; --report FILE writes all of them", summary.failed - failed.len()));
        }
    }
    let counts = ledger.counts()?;
    setting.say(&format!("{} claims, {} incidents, {} disputed", counts.claims, counts.incidents, counts.disputed));
    if setting.verbose > 1 {
        setting.say(&format!("{:?}", summary.times));
    }
    if let Some(error) = trouble {
        let error = anyhow::Error::new(error).context("cannot write the file of --report");
        return Err(Fault::of(Exit::Usage, error.as_ref()).next("the reports themselves were added; run it again for the list"));
    }
    if summary.interrupted {
        super::say("interrupted: what is counted here is kept; run it again for the rest");
        return Ok(Exit::Interrupted);
    }
    Ok(match summary.failed {
        0 => Exit::Done,
        _ if offline => Exit::Network,
        _ => Exit::Part,
    })
}

pub(super) fn lines_to(path: &Path) -> Result<BufWriter<File>, Fault> {
    let file = File::create(path).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("cannot write {}", path.display()));
        Fault::of(Exit::Usage, error.as_ref()).next("name another file with --report FILE")
    })?;
    Ok(BufWriter::new(file))
}

fn describe(outcome: &Outcome) -> String {
    let report = outcome.report.as_deref().map_or_else(String::new, |id| format!(" {id}"));
    match (outcome.status, &outcome.why) {
        (InputStatus::Failed, Some(why)) => format!("cannot read {:?}: {why}", outcome.input),
        (status, Some(why)) => format!("{}{report} {:?}: {why}", status.as_str(), outcome.input),
        (status, None) => format!("{}{report} {:?}", status.as_str(), outcome.input),
    }
}

/// Opens everything and says what it is; nothing is read or written.
fn dry_run(setting: &Setting, sources: &[Source], options: &add::Options) -> Result<Exit, Fault> {
    let (mut reports, mut failed) = (0, 0);
    for source in sources {
        match source.open(&options.hints, &options.intake) {
            Ok(opened) => {
                reports += opened.reports().count();
                failed += opened.failed().count();
                let columns: Vec<String> = opened.columns.iter().map(|(column, header)| format!("{column}={header}")).collect();
                let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(" ")) };
                setting.say(&format!("{:?}: {} {}{columns}", source.name(), opened.reports().count(), opened.format.as_str()));
                for row in opened.failed().chain(&opened.warnings) {
                    super::say(&format!("  {}", row.line()));
                }
            }
            Err(error) => {
                failed += 1;
                super::say(&format!("cannot read {:?}: {error}", source.name()));
            }
        }
    }
    setting.say(&format!("{reports} reports would be added, {failed} unreadable"));
    Ok(if failed > 0 { Exit::Part } else { Exit::Done })
}

pub(super) fn extract(setting: &Setting, asked: &args::Extract) -> Result<Exit, Fault> {
    let (hints, options) = (hints(&asked.sources)?, intake_options(setting));
    let sources = sources(setting, &asked.sources)?;
    let pipeline = pipeline(setting)?;
    let out = Out::to(asked.output.output.as_ref());
    let (format, limit) = (output::format(setting), output::limit(setting).unwrap_or(usize::MAX));
    let width = out.width().unwrap_or(100);
    // One record a line goes out as it comes; what needs all rows, or goes to a file, waits.
    let streams = format == Format::Ndjson && asked.output.fields.is_empty() && asked.output.output.is_none() && !asked.explain;
    let bar = bar(setting, sources.len());
    let mut rows = Vec::new();
    let mut text = String::new();
    let (mut failed, mut said) = (0, 0);
    let mut fail = |line: String| {
        failed += 1;
        bar.suspend(|| super::say(&line));
    };
    'all: for source in &sources {
        let opened = match source.open(&hints, &options) {
            Ok(opened) => opened,
            Err(error) => {
                fail(format!("cannot read {:?}: {error}", source.name()));
                bar.inc(1);
                continue;
            }
        };
        for row in opened.failed() {
            fail(format!("cannot read {:?}: {}", source.name(), row.line()));
        }
        let reports: Vec<&Report> = opened.reports().collect();
        for batch in reports.chunks(16 * rayon::current_num_threads()) {
            let readings = pipeline.read_all(batch);
            for (report, reading) in batch.iter().zip(readings) {
                let claims = match reading {
                    Ok(read) => read.claims,
                    Err(error) => {
                        fail(format!("cannot read {:?}: {error}", source.name()));
                        continue;
                    }
                };
                if asked.explain {
                    let marks: Vec<_> = claims.iter().map(explain::mark).collect();
                    text += &explain::text(report, &marks, width.clamp(40, 100), out.color(setting));
                    text.push('\n');
                    if asked.output.output.is_none() {
                        out.text(&std::mem::take(&mut text))?;
                    }
                    continue;
                }
                for claim in claims {
                    if said == limit {
                        break 'all;
                    }
                    said += 1;
                    if streams {
                        out.text(&(serde_json::to_string(&claim)? + "\n"))?;
                    } else {
                        rows.push(views::ClaimRow {
                            outlet: report.outlet.clone(),
                            outlet_kind: report.kind,
                            published: report.published.as_ref().map(|published| published.as_str().to_owned()),
                            language: report.language.clone(),
                            url: None,
                            entry: claim.into(),
                        });
                    }
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if asked.explain {
        if asked.output.output.is_some() {
            out.text(&text)?;
        }
    } else if !streams {
        output::listing(setting, &asked.output, &views::Listing::Claims(rows))?;
    }
    Ok(if failed > 0 { Exit::Part } else { Exit::Done })
}
