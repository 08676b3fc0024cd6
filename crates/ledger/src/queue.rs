use std::collections::BTreeSet;

use record::{Id, Incident};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde::Serialize;

use crate::filter::Filter;
use crate::read::unknown;
use crate::text::clamp;
use crate::{Ledger, Result, query};

/// Why somebody should look at a claim: the reason that weighs most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It sets a bound of how many died.
    Bound,
    /// It is one side of a dispute.
    Dispute,
    /// It counts ten people or more.
    Count,
    /// Its reader was not sure of it.
    Unsure,
    /// None of these.
    Rest,
}

/// From here on a count is large.
const MANY: i64 = 10;
/// Below, a reader's score says that it was not sure.
const UNSURE: f64 = 0.6;

/// A claim id that ends below this is in the sample for spot checks: 51 of the 1024 endings, about one claim in twenty.
/// Ids come from content, so that the sample is random and always the same.
const SAMPLE: &str = "1K";

impl Reason {
    /// All of them, the weightiest first.
    pub const ALL: [Reason; 5] = [Reason::Bound, Reason::Dispute, Reason::Count, Reason::Unsure, Reason::Rest];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Bound => "bound",
            Reason::Dispute => "dispute",
            Reason::Count => "count",
            Reason::Unsure => "unsure",
            Reason::Rest => "rest",
        }
    }

    pub(crate) const fn rank(self) -> i64 {
        self as i64
    }

    fn of(rank: i64) -> Reason {
        Reason::ALL.into_iter().find(|reason| reason.rank() == rank).unwrap_or(Reason::Rest)
    }
}

/// A claim of which nobody said anything yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The claim.
    pub claim: Id,
    /// The incident in force that holds it.
    pub incident: Id,
    /// Why it should be looked at.
    pub reason: Reason,
}

/// How the sample for spot checks came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Precision {
    /// Claims of the sample that somebody decided about.
    pub n: u64,
    /// Of them, those that were right as read.
    pub right: u64,
}

impl Precision {
    /// The share that is right, with the 95 % interval after Wilson (1927): low, share, high, each from 0 to 1. `None`
    /// while nothing is decided.
    pub fn interval(self) -> Option<[f64; 3]> {
        if self.n == 0 {
            return None;
        }
        let (n, z) = (self.n as f64, 1.959_964);
        let share = self.right as f64 / n;
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Some([(middle - half).max(0.0), share, (middle + half).min(1.0)])
    }
}

/// The claims of the incidents in force, `ic` and `v`, of which no person said anything.
const UNDECIDED: &str = "v.state = 'current' AND v.seq = (SELECT max(n.seq) FROM incident_versions n WHERE n.id = v.id)
    AND coalesce((SELECT d.state IN ('accepted', 'corrected', 'rejected') FROM claim_decisions d
                  WHERE d.claim = ic.claim ORDER BY d.seq DESC LIMIT 1), 0) = 0";
const COLUMNS: &str = "SELECT ic.claim, v.id, ic.rank FROM incident_claims ic";

impl Ledger {
    /// The claims of a filter's incidents that wait for a person, the most consequential first, at most so many: those that
    /// set a bound of the dead, by the figure; sides of disputes; large counts; what the reader was not sure of; the rest.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waiting(&self, filter: &Filter, most: usize) -> Result<Vec<Waiting>> {
        let everything = Filter { limit: None, offset: 0, sort: None, ..filter.clone() } == Filter::default();
        let mut params = Vec::new();
        let (join, only) = if everything {
            // In the order of the index, until there are enough.
            ("CROSS JOIN", String::new())
        } else {
            let (filter, places) = self.widened(filter)?;
            let clause = query::incidents(&Filter { limit: None, offset: 0, sort: None, reviewed: None, ..filter }, &places);
            params = clause.params;
            ("JOIN", format!("AND v.seq IN (SELECT v.seq FROM incident_versions v {})", clause.sql))
        };
        params.push(Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
        let sql = format!(
            "{COLUMNS} {join} incident_versions v ON v.seq = ic.version WHERE {UNDECIDED} {only}
             ORDER BY ic.rank, ic.stake DESC, ic.version, ic.claim LIMIT ?"
        );
        self.read(|conn| waiting(conn, &sql, params))
    }

    /// The next claim of the sample for spot checks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn spot_check(&self) -> Result<Option<Waiting>> {
        let sql = format!(
            "{COLUMNS} CROSS JOIN incident_versions v ON v.seq = ic.version WHERE substr(ic.claim, -2) < '{SAMPLE}' AND {UNDECIDED}
             ORDER BY ic.claim, ic.version LIMIT 1"
        );
        Ok(self.read(|conn| waiting(conn, &sql, vec![]))?.pop())
    }

    /// What the spot checks say of the readers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn precision(&self) -> Result<Precision> {
        self.read(|conn| {
            let sql = format!(
                "SELECT count(*), coalesce(sum(d.state = 'accepted'), 0) FROM claim_decisions d
                 WHERE d.state IN ('accepted', 'corrected', 'rejected') AND substr(d.claim, -2) < '{SAMPLE}'
                 AND d.seq = (SELECT max(n.seq) FROM claim_decisions n WHERE n.claim = d.claim)"
            );
            let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            let (n, right) = conn.prepare_cached(&sql)?.query_row([], read)?;
            Ok(Precision { n: n.cast_unsigned(), right: right.cast_unsigned() })
        })
    }

    /// How many claims people accepted, corrected or rejected.
    ///
    /// # Errors
    /// Those of the database.
    pub fn decided_claims(&self) -> Result<u64> {
        self.read(|conn| {
            let sql = "SELECT count(*) FROM claim_decisions d WHERE d.state IN ('accepted', 'corrected', 'rejected')
                       AND d.seq = (SELECT max(n.seq) FROM claim_decisions n WHERE n.claim = d.claim)";
            Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
        })
    }
}

fn waiting(conn: &Connection, sql: &str, params: Vec<Value>) -> Result<Vec<Waiting>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement
        .query_map(params_from_iter(params), |row| Ok(Waiting { claim: row.get(0)?, incident: row.get(1)?, reason: Reason::of(row.get(2)?) }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// For each claim of an incident, why it should be looked at, and how soon.
pub(crate) fn stakes(conn: &Connection, incident: &Incident) -> Result<Vec<(Reason, i64)>> {
    let disputed: BTreeSet<&str> = incident.disputes.iter().flat_map(|dispute| dispute.claims.iter()).map(String::as_str).collect();
    let most = incident.deaths.iter().map(|toll| toll.high).max().map_or(0, clamp);
    let stake = |id: &Id| {
        let sql =
            "SELECT max(coalesce(count_low, 0), coalesce(count_high, 0)), json ->> '$.score' FROM claims WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<f64>>(1)?));
        let (count, score) = conn.prepare_cached(sql)?.query_row([id], read).optional()?.ok_or_else(|| unknown("claim", id))?;
        let sets = incident.deaths.iter().filter(|toll| toll.because.iter().any(|bound| bound.claims.contains(id))).map(|toll| toll.high).max();
        Ok(match (sets, score) {
            (Some(high), _) => (Reason::Bound, clamp(high)),
            _ if disputed.contains(id.as_str()) => (Reason::Dispute, most),
            _ if count >= MANY => (Reason::Count, count),
            // Thousandths, the least sure first.
            (None, Some(score)) if score < UNSURE => (Reason::Unsure, 1_000 - (score * 1_000.0) as i64),
            _ => (Reason::Rest, 0),
        })
    };
    incident.claims.iter().map(stake).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_an_interval_that_narrows() {
        let at = |right, n| Precision { n, right }.interval().map(|bounds| bounds.map(|share| (share * 1_000.0).round() as i64));
        for (right, n, expected) in [
            (0, 0, None),
            (1, 1, Some([207, 1000, 1000])),
            (0, 10, Some([0, 0, 278])),
            (9, 10, Some([596, 900, 982])),
            (113, 120, Some([884, 942, 971])),
        ] {
            assert_eq!(at(right, n), expected, "{right} of {n}");
        }
    }

    #[test]
    fn reasons_are_known_by_their_rank() {
        assert!(Reason::ALL.iter().all(|&reason| Reason::of(reason.rank()) == reason));
        assert!(Reason::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
