//! What a decision comes to, said before it is taken.

use ledger::{Decision, Ledger, Verdict};
use record::{Claim, Incident, Toll};
use serde::Serialize;

use crate::fault::Fault;
use crate::fields::claim_values;
use crate::incident::title;
use crate::list::party_name;
use crate::plain::{capital, cut, line};
use crate::words::Words;

/// What becomes of one record, in the reader's language.
#[derive(Serialize)]
pub(crate) struct Effect {
    /// `changed`, `created`, `merged`, `withdrawn`, or what is said of a claim.
    pub(crate) what: String,
    /// The record.
    pub(crate) title: String,
    /// Its page; empty when it has none.
    pub(crate) href: String,
    /// The fields that differ.
    pub(crate) lines: Vec<Differs>,
}

/// A field as it was and as it is.
#[derive(Serialize)]
pub(crate) struct Differs {
    pub(crate) name: String,
    pub(crate) was: String,
    pub(crate) is: String,
}

/// What a decision makes of incidents and claims, before it is taken.
pub(crate) fn effects(ledger: &Ledger, decision: &Decision, words: &Words) -> Result<Vec<Effect>, Fault> {
    let standing = |id: &str| match ledger.incident(id) {
        Ok(incident) if incident.id == id => Ok(Some(incident)),
        Ok(_) | Err(ledger::Error::Unknown { .. } | ledger::Error::Withdrawn { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    let named = |id: &str, incident: Option<&Incident>| incident.map_or_else(|| id.to_owned(), |incident| title(incident, words));
    let mut found = Vec::new();
    for verdict in &decision.verdicts {
        found.push(match verdict {
            Verdict::Incident { incident, .. } => {
                let old = standing(&incident.id)?;
                let what = if old.is_some() { "changed" } else { "created" };
                Effect {
                    what: words.word("event", what).to_owned(),
                    title: title(incident, words),
                    href: if old.is_some() { format!("/incidents/{}", incident.id) } else { String::new() },
                    lines: differences(old.as_ref(), incident, words),
                }
            }
            Verdict::Merged { id, into } => Effect {
                what: format!("{} {into}", words.say("goes_into")),
                title: named(id, standing(id)?.as_ref()),
                href: format!("/incidents/{id}"),
                lines: vec![],
            },
            Verdict::Withdrawn { id, .. } => Effect {
                what: words.word("decision", "withdrawn").to_owned(),
                title: named(id, standing(id)?.as_ref()),
                href: format!("/incidents/{id}"),
                lines: vec![],
            },
            Verdict::Claim { claim, state } => {
                let old = ledger.claim(&claim.id)?;
                Effect {
                    what: words.word("decision", state.as_str()).to_owned(),
                    title: format!("“{}”", cut(&line(&claim.quote.text), 90)),
                    href: format!("/claims/{}", claim.id),
                    lines: claim_differences(&old, claim, words),
                }
            }
        });
    }
    Ok(found)
}

/// `6–8–21`.
fn range(toll: &Toll, words: &Words) -> String {
    words.range([toll.low, toll.best, toll.high])
}

/// The fields in which an incident differs from what it was; all that it has when it is new.
pub(crate) fn differences(old: Option<&Incident>, new: &Incident, words: &Words) -> Vec<Differs> {
    let mut lines = Vec::new();
    let mut add = |name: String, was: String, is: String| {
        if was != is {
            lines.push(Differs { name, was, is });
        }
    };
    let none = "—".to_owned();
    let before = old.map(Incident::tolls);
    for (n, (what, now)) in new.tolls().into_iter().enumerate() {
        let was: &[Toll] = before.map_or(&[], |before| before[n].1);
        let mut sides: Vec<&str> = now.iter().chain(was).map(|toll| toll.side.as_str()).collect();
        sides.sort_unstable();
        sides.dedup();
        for side in sides {
            let of = |tolls: &[Toll]| tolls.iter().find(|toll| toll.side == side).map_or_else(|| none.clone(), |toll| range(toll, words));
            add(format!("{} · {}", words.word("toll", what), party_name(side, words)), of(was), of(now));
        }
    }
    let field = |name: &str| capital(words.word("incident_field", name));
    type Get<'a> = &'a dyn Fn(&Incident) -> Option<String>;
    let of = |get: Get| (old.and_then(get).unwrap_or_else(|| none.clone()), get(new).unwrap_or_else(|| none.clone()));
    let all: [(&str, Get); 7] = [
        ("type", &|incident| Some(words.word("type", &incident.kind).to_owned())),
        ("date", &|incident| incident.date.as_ref().map(|date| words.days(date.start, date.end))),
        ("place", &|incident| incident.place.as_ref().map(|place| line(&place.name))),
        ("parties", &|incident| Some(incident.parties.iter().map(|party| party_name(&party.name, words)).collect::<Vec<_>>().join(" › "))),
        ("status", &|incident| Some(words.word("status", incident.status.as_str()).to_owned())),
        ("disputes", &|incident| Some(incident.disputes.len().to_string())),
        ("claims", &|incident| Some(incident.claims.len().to_string())),
    ];
    for (name, get) in all {
        let (was, is) = of(get);
        add(field(name), was, is);
    }
    lines
}

fn claim_differences(old: &Claim, new: &Claim, words: &Words) -> Vec<Differs> {
    let (was, is) = (claim_values(old), claim_values(new));
    let differ = was.into_iter().zip(is).filter(|((_, was), (_, is))| was != is);
    let shown = |text: String| if text.is_empty() { "—".to_owned() } else { line(&text) };
    differ.map(|((name, was), (_, is))| Differs { name: words.word("field", name).to_owned(), was: shown(was), is: shown(is) }).collect()
}
