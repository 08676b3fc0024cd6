use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use record::{Claim, Incident, Report};

use crate::{Config, quietly};

/// What was made of one report, and how long it took.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// In order of their words.
    pub claims: Vec<Claim>,
    /// Time in the network.
    pub spotting: Duration,
    /// Time in resolving speakers, counts, places, dates and actors.
    pub resolving: Duration,
}

/// The path from report to incidents, with everything that it needs loaded; shared between threads.
pub struct Pipeline {
    min_score: f32,
}

impl Pipeline {
    /// Loads the reader that the program carries.
    ///
    /// # Errors
    /// When the model is damaged.
    pub fn new(config: &Config) -> anyhow::Result<Pipeline> {
        Ok(Pipeline { min_score: config.min_score() })
    }

    /// Version of the reader and hash of its model.
    pub fn version(&self) -> &str {
        "stand-in"
    }

    /// Reads one report. A fault of the reader, a panic included, is an error of this report only.
    ///
    /// # Errors
    /// When the reader fails on it.
    pub fn read(&self, report: &Report) -> anyhow::Result<Read> {
        let read = || crate::stand_in::read(report);
        let reading = quietly(|| catch_unwind(AssertUnwindSafe(read)))
            .map_err(|_| anyhow::anyhow!("the reader stumbled over report {}", report.id))??;
        let claims = reading.into_iter().filter(|claim| claim.score.is_none_or(|score| score >= self.min_score)).collect();
        Ok(Read { claims, ..Read::default() })
    }

    /// What happened, as the claims add up. The order of reports and claims does not matter.
    pub fn reconcile(&self, reports: &[Report], claims: &[Claim]) -> Vec<Incident> {
        crate::stand_in::reconcile(reports, claims)
    }

    /// Reads a case: its reports in, claims with their incidents and incidents out. Copies are found here; what a case
    /// says of them is not looked at.
    ///
    /// # Errors
    /// When the reader fails on a report.
    pub fn case(&self, mut reports: Vec<Report>) -> anyhow::Result<(Vec<Claim>, Vec<Incident>)> {
        for report in &mut reports {
            report.copy_of = None;
        }
        intake::mark_copies(&mut reports);
        let mut claims = Vec::new();
        for report in &reports {
            claims.extend(self.read(report)?.claims);
        }
        let incidents = self.reconcile(&reports, &claims);
        for claim in &mut claims {
            claim.incident = incidents.iter().find(|incident| incident.claims.contains(&claim.id)).map(|incident| incident.id.clone());
        }
        Ok((claims, incidents))
    }
}
