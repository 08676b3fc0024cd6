use std::collections::BTreeSet;

use record::{Claim, Id, Incident};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::add::add_claim;
use crate::events::{Act, last_about, note};
use crate::incidents::{Fields, entry};
use crate::read::{report, row_of_claim, unknown};
use crate::text::stamp;
use crate::versions::{Hand, difference, newest, remove, to_json, write};
use crate::{Error, Ledger, Result};

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Gave fields of a record other values, or agreed with those it has.
    Set,
    /// Made one incident of several.
    Merge,
    /// Made several incidents of one.
    Split,
    /// Said that a claim or an incident is none.
    Reject,
    /// Said that several names are one actor's.
    Same,
    /// Said that two names are two actors'.
    Apart,
    /// Said that several names are one place's.
    SamePlace,
    /// Said that two names are two places'.
    ApartPlace,
    /// Took a decision back.
    Undo,
}

impl Deed {
    /// All of them.
    #[rustfmt::skip]
    pub const ALL: [Deed; 9] = [
        Deed::Set, Deed::Merge, Deed::Split, Deed::Reject, Deed::Same, Deed::Apart, Deed::SamePlace, Deed::ApartPlace, Deed::Undo,
    ];

    /// The deed of a word of the log; `None` for what the machine did.
    pub fn of(word: &str) -> Option<Deed> {
        Deed::ALL.into_iter().find(|deed| deed.as_str() == word)
    }

    /// The word on the command line and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Deed::Set => "set",
            Deed::Merge => "merge",
            Deed::Split => "split",
            Deed::Reject => "reject",
            Deed::Same => "same",
            Deed::Apart => "apart",
            Deed::SamePlace => "same-place",
            Deed::ApartPlace => "apart-place",
            Deed::Undo => "undo",
        }
    }
}

/// What a person said of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimState {
    /// It is right as the reader has it.
    Accepted,
    /// Some fields were wrong.
    Corrected,
    /// The report does not say so.
    Rejected,
}

impl ClaimState {
    /// All of them.
    pub const ALL: &'static [ClaimState] = &[ClaimState::Accepted, ClaimState::Corrected, ClaimState::Rejected];

    /// The word in JSON and filters.
    pub const fn as_str(self) -> &'static str {
        match self {
            ClaimState::Accepted => "accepted",
            ClaimState::Corrected => "corrected",
            ClaimState::Rejected => "rejected",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<ClaimState> {
        ClaimState::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}

/// What a decision makes of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The incident is so.
    Incident {
        /// All of it; an id that is not there yet makes a new one.
        incident: Incident,
        /// Those of its fields that people set, this time or before.
        fields: Fields,
        /// Whether reconciliation has to leave it alone from now on; it does not where the incident only follows from a
        /// decision about a claim.
        stands: bool,
    },
    /// The incident is the same as another, to which its id leads from now on.
    Merged {
        /// The one that is gone.
        id: Id,
        /// The survivor.
        into: Id,
    },
    /// There is no such incident.
    Withdrawn {
        /// Which.
        id: Id,
        /// As for [`Verdict::Incident`].
        stands: bool,
    },
    /// What there is to say of a claim; its id, report and words stay what they were.
    Claim {
        /// All of it.
        claim: Claim,
        /// Right, put right, or wrong.
        state: ClaimState,
    },
}

/// One decision of a person: one line of the log, however many records it touches.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What was done.
    pub deed: Deed,
    /// The record that it was done to.
    pub subject: Id,
    /// What becomes of each record.
    pub verdicts: Vec<Verdict>,
    /// The incidents that it was made on, each in the revision that was looked at.
    pub seen: Vec<(Id, u64)>,
}

impl Ledger {
    /// Appends a decision, all of it or nothing, and returns the number of its event. Reconciliation and new readings
    /// leave alone what it says: an incident that [stands](Verdict::Incident) and the claims in it, and every claim that
    /// somebody accepted, corrected or rejected.
    ///
    /// # Errors
    /// [`Error::Changed`] when an incident is not as it was seen, or holds a claim that the decision puts elsewhere without
    /// saying what becomes of that incident; [`Error::Unknown`] for a claim or report that the ledger does not hold; those
    /// of the database.
    pub fn decide(&mut self, decision: &Decision, act: &Act) -> Result<i64> {
        self.decide_seen(decision, i64::MAX, act)
    }

    /// [`Ledger::decide`] by somebody who saw the ledger as it was after event `last`: refused when anything happened since
    /// to a record that the decision is about, so that two people at once do not overrule each other unseen.
    ///
    /// # Errors
    /// As there; [`Error::Changed`] names the record.
    pub fn decide_seen(&mut self, decision: &Decision, last: i64, act: &Act) -> Result<i64> {
        self.write(|conn| {
            for verdict in &decision.verdicts {
                let id = match verdict {
                    Verdict::Incident { incident, .. } => &incident.id,
                    Verdict::Merged { id, .. } | Verdict::Withdrawn { id, .. } => id,
                    Verdict::Claim { claim, .. } => &claim.id,
                };
                if last < i64::MAX && last_about(conn, id)? > last {
                    return Err(Error::Changed { id: id.clone() });
                }
            }
            for (id, revision) in &decision.seen {
                match entry(conn, id, None) {
                    Ok(entry) if entry.incident.id == *id && entry.revision == *revision => {}
                    Ok(_) | Err(Error::Withdrawn { .. } | Error::Unknown { .. }) => return Err(Error::Changed { id: id.clone() }),
                    Err(error) => return Err(error),
                }
            }
            in_one_incident(conn, decision)?;
            let (old, new) = told(conn, decision)?;
            let event = note(conn, decision.deed.as_str(), Some(&decision.subject), old.as_ref(), new.as_ref(), act)?;
            for verdict in &decision.verdicts {
                take(conn, verdict, event, act)?;
            }
            Ok(event)
        })
    }
}

/// A claim belongs to one incident: one that a decision takes out of another must come with a verdict on that one.
fn in_one_incident(conn: &Connection, decision: &Decision) -> Result<()> {
    let decided: BTreeSet<&str> = decision
        .verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Incident { incident, .. } => Some(incident.id.as_str()),
            Verdict::Merged { id, .. } | Verdict::Withdrawn { id, .. } => Some(id.as_str()),
            Verdict::Claim { .. } => None,
        })
        .collect();
    for verdict in &decision.verdicts {
        let Verdict::Incident { incident, .. } = verdict else { continue };
        for id in &incident.claims {
            let held = crate::read::claim(conn, id, &crate::Filter::default())?.and_then(|entry| entry.claim.incident);
            if let Some(other) = held.filter(|other| !decided.contains(other.as_str())) {
                return Err(Error::Changed { id: other });
            }
        }
    }
    Ok(())
}

fn take(conn: &Connection, verdict: &Verdict, event: i64, act: &Act) -> Result<()> {
    let hand = |person| Hand { act, event: Some(event), person, fields: None };
    match verdict {
        Verdict::Incident { incident, fields, stands } => {
            let fields = (!fields.is_empty()).then(|| json!(fields).to_string());
            let hand = Hand { fields: fields.as_deref(), ..hand(*stands) };
            write(conn, incident, &to_json(incident)?, newest(conn, &incident.id)?.as_ref(), &hand)?;
            if *stands {
                hold(conn, &incident.claims, event, act)?;
            }
        }
        Verdict::Merged { id, into } => remove(conn, id, Some(into), &hand(true))?,
        Verdict::Withdrawn { id, stands } => {
            if *stands {
                hold(conn, &entry(conn, id, None)?.incident.claims, event, act)?;
            }
            remove(conn, id, None, &hand(*stands))?;
        }
        Verdict::Claim { claim, state } => {
            let version = match state {
                ClaimState::Corrected => correct(conn, claim, event, act)?,
                ClaimState::Accepted | ClaimState::Rejected => row_of_claim(conn, &claim.id)?.ok_or_else(|| unknown("claim", &claim.id))?,
            };
            decide_claim(conn, &claim.id, state.as_str(), version, event, act)?;
        }
    }
    Ok(())
}

/// Adds a person's version of a claim, beside those of the readers.
fn correct(conn: &Connection, claim: &Claim, event: i64, act: &Act) -> Result<i64> {
    let report = report(conn, &claim.report)?;
    let position = conn
        .prepare_cached("SELECT position FROM claims WHERE id = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([&claim.id], |row| row.get::<_, i64>(0))
        .optional()?
        .ok_or_else(|| unknown("claim", &claim.id))?;
    conn.prepare_cached("INSERT INTO readings (report, reader, model, recorded_at, event) VALUES (?1, 'person', ?2, ?3, ?4)")?.execute(params![
        report.id,
        event.to_string(),
        stamp(act.at),
        event
    ])?;
    add_claim(conn, &report, conn.last_insert_rowid(), usize::try_from(position).unwrap_or(0), claim)?;
    Ok(conn.query_row("SELECT max(seq) FROM claims WHERE id = ?1", [&claim.id], |row| row.get(0))?)
}

/// Keeps the claims of a decided incident as they are, those that nobody has in hand yet.
fn hold(conn: &Connection, claims: &[Id], event: i64, act: &Act) -> Result<()> {
    for claim in claims {
        let sql = "SELECT state <> 'left' FROM claim_decisions WHERE claim = ?1 ORDER BY seq DESC LIMIT 1";
        let in_hand: Option<bool> = conn.prepare_cached(sql)?.query_row([claim], |row| row.get(0)).optional()?;
        if in_hand != Some(true) {
            let version = row_of_claim(conn, claim)?.ok_or_else(|| unknown("claim", claim))?;
            decide_claim(conn, claim, "held", version, event, act)?;
        }
    }
    Ok(())
}

fn decide_claim(conn: &Connection, claim: &str, state: &str, version: i64, event: i64, act: &Act) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO claim_decisions (claim, report, state, version, origin, decided_by, event, recorded_at)
         SELECT c.id, c.report, ?2, ?3, c.seq, ?4, ?5, ?6 FROM claims c JOIN readings g ON g.seq = c.reading
         WHERE c.id = ?1 AND g.event IS NULL ORDER BY c.seq DESC LIMIT 1",
    )?
    .execute(params![claim, state, version, act.who, event, stamp(act.at)])?;
    Ok(())
}

/// What changes, for the log: the fields of the record that it was done to, before and after, and what went with it.
fn told(conn: &Connection, decision: &Decision) -> Result<(Option<Value>, Option<Value>)> {
    let (mut old, mut new) = (Map::new(), Map::new());
    let mut take_over = |was: &str, is: &str| {
        if let (Value::Object(before), Value::Object(after)) = difference(was, is) {
            old.extend(before);
            new.extend(after);
        }
    };
    let (mut merged, mut parts, mut state) = (BTreeSet::new(), BTreeSet::new(), None);
    for verdict in &decision.verdicts {
        match verdict {
            Verdict::Incident { incident, .. } if incident.id == decision.subject => {
                if let Some(was) = newest(conn, &incident.id)?.and_then(|newest| newest.json) {
                    take_over(&was, &to_json(incident)?);
                }
            }
            Verdict::Incident { incident, .. } if decision.deed == Deed::Split => {
                parts.insert(incident.id.as_str());
            }
            Verdict::Merged { id, .. } => {
                merged.insert(id.as_str());
            }
            Verdict::Withdrawn { id, .. } if *id == decision.subject => state = Some("withdrawn"),
            Verdict::Claim { claim, state: said } if claim.id == decision.subject => {
                state = Some(said.as_str());
                let json = |claim: &Claim| {
                    let claim = Claim { incident: None, ..claim.clone() };
                    serde_json::to_string(&claim).map_err(|source| Error::stored("claim", &claim.id, source))
                };
                let was = crate::read::claim(conn, &claim.id, &crate::Filter::default())?.ok_or_else(|| unknown("claim", &claim.id))?;
                take_over(&json(&was.claim)?, &json(claim)?);
            }
            _ => {}
        }
    }
    for (name, ids) in [("merged", merged), ("split_off", parts)] {
        if !ids.is_empty() {
            new.insert(name.to_owned(), json!(ids));
        }
    }
    if let Some(state) = state.or(new.is_empty().then_some("accepted")) {
        new.insert("decision".to_owned(), json!(state));
    }
    Ok(((!old.is_empty()).then_some(Value::Object(old)), Some(Value::Object(new))))
}
