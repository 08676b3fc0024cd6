use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};
use reader::{Reader, Reading};
use reconcile::{PeriodTotal, RuleSet};
use record::{Claim, Id, Incident, Report};

use crate::{Config, quietly};

/// The path from report to incidents, with everything that it needs loaded; shared between threads.
pub struct Pipeline {
    reader: Held,
    options: reconcile::Options,
}

/// Where a reader is kept.
enum Held {
    /// In the program, for all.
    Carried(&'static Reader),
    /// Here, with a model or options of its own.
    Own(Box<Reader>),
}

/// What was made of some reports.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// In order of report and place in the text, each with its incident.
    pub claims: Vec<Claim>,
    /// What they add up to.
    pub incidents: Vec<Incident>,
    /// Totals over a period beside the incidents that they cover.
    pub periods: Vec<PeriodTotal>,
    /// Reports that could not be read: the id, and why.
    pub failed: Vec<(Id, String)>,
}

impl Made {
    /// What the claims of some reports add up to.
    pub fn of(reports: &[Report], mut claims: Vec<Claim>, options: &reconcile::Options) -> Made {
        let reconciled = reconcile::reconcile(reports, &claims, options);
        for claim in &mut claims {
            claim.incident = reconciled.of.get(&claim.id).cloned();
        }
        let periods = reconcile::period_totals(reports, &claims, &reconciled.incidents);
        Made { claims, incidents: reconciled.incidents, periods, failed: Vec::new() }
    }
}

/// Works on `0..count`, on so many `threads` at once; the answers come in that order.
///
/// Each lane is a pool of one thread: a worker of a common pool would begin other reports while it waits for the
/// network, and hold all of them in memory.
pub fn in_lanes<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let lanes: Vec<ThreadPool> = (0..threads.min(count)).filter_map(|_| ThreadPoolBuilder::new().num_threads(1).build().ok()).collect();
    if lanes.is_empty() {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for lane in &lanes {
            let (work, next, done) = (&work, &next, &done);
            scope.spawn(move || {
                while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count) {
                    let made = lane.install(|| work(at));
                    done.lock().expect("nobody panics while holding it").push((at, made));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("nobody panics while holding it");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

/// How claims are added up under the rules that the settings name.
///
/// # Errors
/// When nobody wrote rules of that name.
pub fn rules(config: &Config) -> anyhow::Result<reconcile::Options> {
    Ok(reconcile::Options::default().with_rules(RuleSet::named(config.get("rules"))?))
}

impl Pipeline {
    /// Loads the reader and the rules that the settings name; those that the program carries unless they say otherwise.
    ///
    /// # Errors
    /// When the model is damaged or missing, or nobody wrote rules of that name.
    pub fn new(config: &Config) -> anyhow::Result<Pipeline> {
        let (model, min_score) = (config.get("model"), config.min_score());
        let mut options = reader::Options::default();
        if min_score > 0.0 {
            options.threshold = Some(min_score);
        }
        let reader = if !model.is_empty() {
            Held::Own(Box::new(Reader::open(Path::new(model), options).with_context(|| format!("the model in {model:?} cannot be used"))?))
        } else if min_score > 0.0 {
            Held::Own(Box::new(Reader::with_options(options)?))
        } else {
            Held::Carried(Reader::embedded()?)
        };
        Ok(Pipeline { reader, options: rules(config)? })
    }

    /// How it adds claims up.
    pub fn options(&self) -> &reconcile::Options {
        &self.options
    }

    fn reader(&self) -> &Reader {
        match &self.reader {
            Held::Carried(reader) => reader,
            Held::Own(reader) => reader,
        }
    }

    /// Version of the reader and hash of its model.
    pub fn version(&self) -> &str {
        self.reader().version()
    }

    /// Reads one report. A fault of the reader, a panic included, is an error of this report only.
    ///
    /// # Errors
    /// When the reader fails on it.
    pub fn read(&self, report: &Report) -> anyhow::Result<Reading> {
        let read = || self.reader().read(report);
        let reading = quietly(|| catch_unwind(AssertUnwindSafe(read)));
        let reading = reading.map_err(|_| anyhow::anyhow!("the reader stumbled over report {}", report.id))?;
        // On one line, whoever prints it: which report, what failed, and why.
        reading.map_err(|error| anyhow::anyhow!("report {}: {:#}", report.id, anyhow::Error::new(error)))
    }

    /// Reads many, as many at once as there are threads; the answers come in the order of the reports.
    pub fn read_all(&self, reports: &[&Report]) -> Vec<anyhow::Result<Reading>> {
        if let [only] = reports {
            return vec![self.read(only)];
        }
        in_lanes(reports.len(), rayon::current_num_threads(), |at| self.read(reports[at]))
    }

    /// What happened, as the claims add up. The order of reports and claims does not matter.
    pub fn reconcile(&self, reports: &[Report], claims: &[Claim]) -> Vec<Incident> {
        reconcile::reconcile(reports, claims, &self.options).incidents
    }

    /// Some reports, from texts to incidents. Copies are found among them; what they say of copies is not looked at.
    pub fn make(&self, mut reports: Vec<Report>) -> Made {
        for report in &mut reports {
            report.copy_of = None;
        }
        intake::mark_copies(&mut reports);
        let (mut claims, mut failed) = (Vec::new(), Vec::new());
        let readings = self.read_all(&reports.iter().collect::<Vec<_>>());
        for (report, reading) in reports.iter().zip(readings) {
            match reading {
                Ok(reading) => claims.extend(reading.claims),
                Err(error) => failed.push((report.id.clone(), format!("{error:#}"))),
            }
        }
        Made { failed, ..Made::of(&reports, claims, &self.options) }
    }
}
