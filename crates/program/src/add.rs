//! Reports into a ledger: opened, told apart, read in parallel, committed in batches.
//!
//! What a batch has committed is acknowledged and stays, whatever happens to the process. Only what has changed is
//! done: bytes that the ledger has seen are not opened again, reports that this reader has read are not read again. Bytes
//! of which something could not be read count as not seen, so that every run tells of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use intake::{Copies, Hints};
use jiff::Timestamp;
use ledger::{Filter, InputStatus, Ledger, NewReport, Page};
use rayon::prelude::*;
use record::{Id, Report};

use reader::Reading;

use crate::{Pipeline, fetch};

mod outcome;
mod source;
pub use outcome::{Outcome, Summary, Times};
pub use source::Source;
use source::open;

/// How to add.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What is known of every input.
    pub hints: Hints,
    /// Bounds on what is read.
    pub intake: intake::Options,
    /// Extract claims.
    pub extract: bool,
    /// Reports read and committed together, per thread: an interruption loses no more reading than this. At a fifth of a
    /// second a report, 16 are some three seconds.
    pub batch: usize,
    /// Bytes of opened text held at once; copies are told from originals inside such a window by day of publication. 16 MB
    /// are some five thousand news stories.
    pub window_bytes: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { hints: Hints::default(), intake: intake::Options::default(), extract: true, batch: 16, window_bytes: 16_000_000 }
    }
}

/// One adding of sources to a ledger.
pub struct Adding<'a> {
    /// Reads.
    pub pipeline: &'a Pipeline,
    /// Keeps.
    pub ledger: &'a mut Ledger,
    /// How.
    pub options: Options,
    /// Told of every input, once what became of it is on the disk; the number is how many inputs are left.
    pub told: &'a mut dyn FnMut(&Outcome, usize),
    /// Set from elsewhere to end after the batch at hand.
    pub stop: &'a AtomicBool,
}

/// One report on its way.
struct Row {
    input: String,
    raw_hash: String,
    report: Report,
    /// Where it is published.
    url: Option<String>,
    /// What of it was not understood.
    misread: Option<String>,
    /// The page that it was fetched as.
    page: Option<Arc<Page>>,
}

/// What is carried from window to window.
struct State {
    summary: Summary,
    copies: Option<Copies>,
    hashes: BTreeSet<String>,
    /// Inputs of which something could not be read.
    flawed: BTreeSet<String>,
    /// Inputs with the bytes of one that is on its way.
    twins: Vec<(String, String)>,
    ids: BTreeSet<Id>,
    unread: BTreeSet<Id>,
    left: usize,
}

impl Adding<'_> {
    /// Adds them all, or as many as there are before [`Adding::stop`].
    ///
    /// # Errors
    /// Those of the ledger. What cannot be read is no error: it is recorded, told and counted.
    pub fn run(mut self, sources: Vec<Source>) -> Result<Summary, ledger::Error> {
        let unread = self.ledger.unread(self.pipeline.version(), "")?.into_iter().collect();
        let mut state = State {
            summary: Summary::default(),
            copies: None,
            hashes: BTreeSet::new(),
            flawed: BTreeSet::new(),
            twins: Vec::new(),
            ids: BTreeSet::new(),
            unread,
            left: sources.len(),
        };
        let mut window: Vec<Row> = Vec::new();
        let mut bytes = 0;
        for chunk in sources.chunks(8 * rayon::current_num_threads()) {
            if self.stopped(&mut state) {
                break;
            }
            for row in self.opened(chunk, &mut state)? {
                bytes += row.report.text.len() + row.report.title.len();
                window.push(row);
            }
            if bytes > self.options.window_bytes {
                self.window(std::mem::take(&mut window), &mut state)?;
                bytes = 0;
            }
        }
        self.window(window, &mut state)?;
        self.twins(&mut state)?;
        Ok(state.summary)
    }

    /// What became of the inputs whose bytes another input of this run has.
    fn twins(&mut self, state: &mut State) -> Result<(), ledger::Error> {
        for (input, hash) in std::mem::take(&mut state.twins) {
            match self.ledger.known(&hash)? {
                Some(report) => self.tell(state, &Outcome { input, status: InputStatus::Unchanged, report: Some(report), why: None }),
                None if state.summary.interrupted => {}
                None => self.fail(state, input, None, "it has the same bytes as another input, which failed, in part or altogether".to_owned())?,
            }
        }
        Ok(())
    }

    fn stopped(&self, state: &mut State) -> bool {
        state.summary.interrupted |= self.stop.load(Ordering::Relaxed);
        state.summary.interrupted
    }

    fn tell(&mut self, state: &mut State, outcome: &Outcome) {
        let counted = match outcome.status {
            InputStatus::New => &mut state.summary.new,
            InputStatus::Copy => &mut state.summary.copies,
            InputStatus::Unchanged => &mut state.summary.unchanged,
            InputStatus::Failed => &mut state.summary.failed,
        };
        *counted += 1;
        (self.told)(outcome, state.left);
    }

    fn fail(&mut self, state: &mut State, input: String, report: Option<Id>, why: String) -> Result<(), ledger::Error> {
        self.ledger.add_failed(&input, &why, Timestamp::now())?;
        self.tell(state, &Outcome { input, status: InputStatus::Failed, report, why: Some(why) });
        Ok(())
    }

    /// The reports of some sources that are not known by their bytes.
    fn opened(&mut self, sources: &[Source], state: &mut State) -> Result<Vec<Row>, ledger::Error> {
        let began = Instant::now();
        let bytes: Vec<_> =
            sources.par_iter().map(|source| source.bytes(&self.options.intake).map(|bytes| (ledger::raw_hash(&bytes), bytes))).collect();
        let mut fresh = Vec::new();
        for (source, bytes) in sources.iter().zip(bytes) {
            state.left -= 1;
            let name = source.name();
            match bytes {
                Err(error) => self.fail(state, name, None, error.to_string())?,
                Ok((hash, bytes)) => {
                    let known = self.ledger.known(&hash)?.filter(|id| !self.options.extract || !state.unread.contains(id));
                    if known.is_some() {
                        let said = Hints { name: None, ..self.options.hints.clone() };
                        state.summary.retold += usize::from(said != Hints::default());
                        self.tell(state, &Outcome { input: name, status: InputStatus::Unchanged, report: known, why: None });
                    } else if !state.hashes.insert(hash.clone()) {
                        state.twins.push((name, hash));
                    } else {
                        let page = if let Source::Page(page) = source { Some(Arc::clone(page)) } else { None };
                        fresh.push((name, hash, bytes, page));
                    }
                }
            }
        }
        let (hints, options) = (&self.options.hints, &self.options.intake);
        let opened: Vec<_> = fresh.par_iter().map(|(name, _, bytes, _)| open(bytes, name, hints, options)).collect();
        let mut rows = Vec::new();
        for ((name, hash, _, page), opened) in fresh.into_iter().zip(opened) {
            match opened {
                Err(error) => self.fail(state, name, None, error.to_string())?,
                Ok(opened) => self.rows(state, &mut rows, (name, hash, page), opened)?,
            }
        }
        state.summary.times.intake += began.elapsed();
        Ok(rows)
    }

    fn rows(
        &mut self,
        state: &mut State,
        rows: &mut Vec<Row>,
        (name, hash, page): (String, String, Option<Arc<Page>>),
        opened: intake::Opened,
    ) -> Result<(), ledger::Error> {
        state.summary.misread += opened.warnings.len();
        if let (None, Some(first)) = (&state.summary.first_misread, opened.warnings.first()) {
            state.summary.first_misread = Some(format!("{name}: {}", first.line()));
        }
        let alone = opened.rows.len() == 1 && !opened.warnings.is_empty();
        let misread = alone.then(|| opened.warnings.iter().map(intake::Failed::line).collect::<Vec<_>>().join("; "));
        let mut reports = Vec::new();
        for row in opened.rows {
            match row {
                Ok(intake::Row { mut report, url }) => {
                    // A case numbers its reports from r1 on; outside of it a report is known by its content.
                    report.identify();
                    report.copy_of = None;
                    reports.push((report, url.map(|url| fetch::shown(&url))));
                }
                Err(failed) => {
                    state.flawed.insert(name.clone());
                    self.fail(state, name.clone(), None, failed.line())?;
                }
            }
        }
        // A page that says nothing of its address is where it was fetched; a list is not where its articles are.
        let fetched = page.is_some() && reports.len() == 1;
        let url = |own: Option<String>| own.or_else(|| fetched.then(|| name.clone()));
        let row =
            |(report, own)| Row { input: name.clone(), raw_hash: hash.clone(), report, url: url(own), misread: misread.clone(), page: page.clone() };
        rows.extend(reports.into_iter().map(row));
        Ok(())
    }

    fn batch(&self) -> usize {
        self.options.batch.max(1) * rayon::current_num_threads()
    }

    /// Reads and commits what was opened.
    fn window(&mut self, mut rows: Vec<Row>, state: &mut State) -> Result<(), ledger::Error> {
        let began = Instant::now();
        self.mark_copies(&mut rows, state)?;
        state.summary.times.intake += began.elapsed();
        // Originals first: no copy is on the disk without what it copies.
        rows.sort_by_key(|row| row.report.copy_of.is_some());
        let last: BTreeMap<String, usize> = rows.iter().enumerate().map(|(at, row)| (row.input.clone(), at)).collect();
        let mut start = 0;
        while start < rows.len() && !self.stopped(state) {
            let end = rows.len().min(start + self.batch());
            // Bytes count as seen once the last report made of them is on the disk; a batch goes there whole.
            let hashed = |row: &Row| last[&row.input] < end;
            self.commit(&rows[start..end], &hashed, state)?;
            start = end;
        }
        Ok(())
    }

    /// Sets `copy_of` where a report that is not in the ledger copies an earlier one.
    fn mark_copies(&mut self, rows: &mut [Row], state: &mut State) -> Result<(), ledger::Error> {
        let mut order = Vec::new();
        let mut first = BTreeSet::new();
        for (at, row) in rows.iter().enumerate() {
            let id = &row.report.id;
            if !state.ids.contains(id) && first.insert(id.clone()) && !self.has(id)? {
                order.push(at);
            }
        }
        if order.is_empty() {
            return Ok(());
        }
        if state.copies.is_none() {
            state.copies = Some(self.known()?);
        }
        let copies = state.copies.as_mut().expect("just made");
        order.sort_by_cached_key(|&at| intake::rank(&rows[at].report));
        let mut original_of: BTreeMap<Id, Id> = BTreeMap::new();
        for at in order {
            let report = &rows[at].report;
            if let Some(original) = copies.add(report).filter(|original| *original != report.id) {
                original_of.insert(report.id.clone(), original);
            }
        }
        for row in rows {
            row.report.copy_of = original_of.get(&row.report.id).cloned();
        }
        Ok(())
    }

    /// The reports that the ledger has, a page at a time, as they arrived: they come before whatever is added now, whenever it was
    /// published, and what they copy stays as it is.
    fn known(&self) -> Result<Copies, ledger::Error> {
        const PAGE: usize = 500;
        let mut copies = Copies::new();
        let mut filter = Filter { limit: Some(PAGE), ..Filter::default() };
        loop {
            let reports = self.ledger.reports(&filter)?;
            for report in &reports {
                copies.add_known(report);
            }
            if reports.len() < PAGE {
                return Ok(copies);
            }
            filter.offset += PAGE;
        }
    }

    fn has(&self, id: &Id) -> Result<bool, ledger::Error> {
        match self.ledger.report(id) {
            Ok(_) => Ok(true),
            Err(ledger::Error::Unknown { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn commit(&mut self, rows: &[Row], hashed: &dyn Fn(&Row) -> bool, state: &mut State) -> Result<(), ledger::Error> {
        let known = |state: &State, row: &Row| -> Result<bool, ledger::Error> {
            let there = state.ids.contains(&row.report.id) || self.has(&row.report.id)?;
            Ok(there && !state.unread.contains(&row.report.id))
        };
        let mut seen = BTreeSet::new();
        let mut skip = Vec::with_capacity(rows.len());
        for row in rows {
            skip.push(known(state, row)? || !seen.insert(&row.report.id));
        }
        let wanted = |skip: bool| !skip && self.options.extract;
        let unread: Vec<&Report> = rows.iter().zip(&skip).filter(|(_, skip)| wanted(**skip)).map(|(row, _)| &row.report).collect();
        let mut fresh = self.pipeline.read_all(&unread).into_iter();
        let nothing = || Ok(Reading::default());
        let readings: Vec<anyhow::Result<Reading>> =
            skip.iter().map(|skip| if wanted(*skip) { fresh.next().unwrap_or_else(nothing) } else { nothing() }).collect();
        let began = Instant::now();
        let at = Timestamp::now();
        let mut good = Vec::new();
        let mut bad = Vec::new();
        // Two inputs may hold one report; where it could not be read, neither was.
        let broken: BTreeMap<&Id, String> =
            rows.iter().zip(&readings).filter_map(|(row, reading)| Some((&row.report.id, format!("{:#}", reading.as_ref().err()?)))).collect();
        state.flawed.extend(rows.iter().filter(|row| broken.contains_key(&row.report.id)).map(|row| row.input.clone()));
        let mut misread: BTreeMap<&Id, &String> = BTreeMap::new();
        for (row, reading) in rows.iter().zip(readings) {
            misread.extend(row.misread.as_ref().map(|misread| (&row.report.id, misread)));
            let mut new = NewReport::new(row.report.clone(), row.input.clone(), at);
            new.raw_hash = (hashed(row) && !state.flawed.contains(&row.input)).then(|| row.raw_hash.clone());
            new.fingerprint = Some(intake::fingerprint(&row.report.text).0);
            new.page.clone_from(&row.page);
            new.url.clone_from(&row.url);
            match (reading, broken.get(&row.report.id)) {
                (Ok(read), None) => {
                    state.summary.times.spotting += read.spotting;
                    state.summary.times.resolving += read.resolving;
                    good.push((new, ledger::Reading::new(self.pipeline.version(), read.claims, at)));
                }
                (_, why) => bad.push((new, why.cloned().unwrap_or_default())),
            }
        }
        let added = if self.options.extract {
            match self.ledger.add_many(good.iter().map(|(new, reading)| (new, reading))) {
                Err(ledger::Error::Claim { .. } | ledger::Error::Stray { .. }) => self.one_by_one(&mut good, &mut bad)?,
                added => added?,
            }
        } else {
            self.ledger.add_reports(good.iter().map(|(new, _)| new))?
        };
        for (new, why) in &bad {
            self.ledger.add_report(new)?;
            state.unread.insert(new.report.id.clone());
            state.summary.times.database += began.elapsed();
            self.fail(state, new.input.clone(), Some(new.report.id.clone()), why.clone())?;
        }
        state.summary.times.database += began.elapsed();
        for (added, (new, _)) in added.into_iter().zip(&good) {
            state.summary.claims += added.claims;
            state.unread.remove(&added.id);
            state.ids.insert(added.id.clone());
            let copies = new.report.copy_of.as_ref().filter(|_| added.status == InputStatus::Copy).map(|id| format!("copies {id}"));
            let why = copies.or_else(|| misread.get(&added.id).map(|misread| (*misread).clone()));
            self.tell(state, &Outcome { input: new.input.clone(), status: added.status, report: Some(added.id), why });
        }
        Ok(())
    }

    /// A batch with a reading that does not fit its report: the others are kept.
    fn one_by_one(
        &mut self,
        good: &mut Vec<(NewReport, ledger::Reading)>,
        bad: &mut Vec<(NewReport, String)>,
    ) -> Result<Vec<ledger::Added>, ledger::Error> {
        let mut added = Vec::new();
        let mut kept = Vec::new();
        for (new, reading) in std::mem::take(good) {
            match self.ledger.add(&new, &reading) {
                Ok(receipt) => {
                    added.push(receipt);
                    kept.push((new, reading));
                }
                Err(error @ (ledger::Error::Claim { .. } | ledger::Error::Stray { .. })) => bad.push((new, error.to_string())),
                Err(error) => return Err(error),
            }
        }
        *good = kept;
        Ok(added)
    }
}
