use crate::{Model, RuleSet};

/// How claims are added up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The rules by which tolls are resolved; `careful` unless said otherwise.
    pub rules: RuleSet,
    /// The weights by which claims and groups are linked.
    pub model: Model,
    /// Whether an incident over whose occurrence or actor there is a dispute gets the status `contested`.
    pub contested: bool,
    /// Speakers whose claims set no bound and raise no dispute, by their name as printed, in any case; for "what if".
    pub leave_out: Vec<String>,
    /// Least score at which a claim that stands alone becomes an incident; chosen so that lone doubtful claims of a
    /// trained reader do not. Claims without a score always pass.
    pub lone_score: f32,
    /// Most kilometres between two exactly known places of one incident; wide, for a reader takes a place for a namesake now and then, and a
    /// misplaced report is not another incident.
    pub apart_km: f64,
    /// Most days between two reports' exact days of one incident; two leave room for nights, time zones and a date misread.
    pub apart_days: i64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            rules: RuleSet::careful(),
            model: Model::carried(),
            contested: false,
            leave_out: Vec::new(),
            lone_score: 0.6,
            apart_km: 200.0,
            apart_days: 2,
        }
    }
}

impl Options {
    /// These options under another rule set.
    pub fn with_rules(mut self, rules: RuleSet) -> Options {
        self.rules = rules;
        self
    }

    /// These options without the claims of a speaker.
    pub fn without(mut self, speaker: &str) -> Options {
        self.leave_out.push(speaker.to_owned());
        self
    }
}
