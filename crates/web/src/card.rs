//! A claim as a card: who says what, in which words.

use record::{Certainty, Claim, Count, Kind, Polarity, Stance};

use crate::list::party_name;
use crate::plain::{capital, line};
use crate::words::Words;

/// A claim, ready for a page.
pub(crate) struct Card {
    /// The claim's id, the anchor of its words in the report.
    pub(crate) id: String,
    /// `c3`, as plots and disputes name it.
    pub(crate) label: String,
    /// Which sort of kind: `violence` `people` `outcome` `blame` `other`; the style of its underline.
    pub(crate) sort: &'static str,
    /// What is asserted, with its count: `Deaths ≥ 6`.
    pub(crate) what: String,
    /// How it is said not to be so: `denies`, `not`; empty for what is said to be.
    pub(crate) not: String,
    /// The words.
    pub(crate) quote: String,
    /// The outlet, then who says it, outermost first.
    pub(crate) chain: Vec<Link>,
    /// Stance and certainty, where they are not plain.
    pub(crate) manner: String,
    /// What was read beside: field and value.
    pub(crate) fields: Vec<(String, String)>,
    /// The report.
    pub(crate) report: String,
    /// `r2`.
    pub(crate) report_label: String,
    /// The incident; empty when it has none or the page is about it.
    pub(crate) incident: String,
    /// `copy of r1, not counted`.
    pub(crate) copy: String,
    /// What a person said of it, and who: `accepted, ana`; empty when nobody did.
    pub(crate) state: String,
    /// Where the speaker stands: `s0`, `s1` … for parties, `none`.
    pub(crate) side: String,
}

/// A link of the chain of who says it.
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) kind: String,
}

/// The sort of a kind: marks of different sorts are underlined in different styles.
pub(crate) const fn sort(kind: Kind) -> &'static str {
    use Kind::*;
    match kind {
        Attack | Clash | Explosion | Shelling | Airstrike | Operation => "violence",
        Deaths | Injuries | Missing | Captives | Abduction | Arrest | Displacement => "people",
        Seizure | Recapture | Withdrawal | Repelled | Siege => "outcome",
        Responsibility | Attribution => "blame",
        Looting | Destruction | Materiel => "other",
    }
}

/// A count as its bounds say it: `8`, `~40`, `≥ 6`, `1–15`.
fn counted(count: &Count, words: &Words) -> String {
    let about = if count.approx { "~" } else { "" };
    match (count.low, count.high) {
        (Some(low), Some(high)) if low == high => format!("{about}{}", words.number(low)),
        (Some(low), Some(high)) => format!("{about}{}–{}", words.number(low), words.number(high)),
        (Some(low), None) => format!("≥\u{a0}{about}{}", words.number(low)),
        (None, Some(high)) => format!("≤\u{a0}{about}{}", words.number(high)),
        (None, None) => line(&count.text),
    }
}

/// What a claim asserts, in short.
pub(crate) fn what(claim: &Claim, words: &Words) -> String {
    let kind = capital(words.word("kind", claim.kind.as_str()));
    match &claim.count {
        // "No losses": that there were none needs no number.
        Some(count) if claim.polarity == Polarity::Negative && count.high == Some(0) => kind,
        Some(count) => format!("{kind} {}", counted(count, words)),
        None => kind,
    }
}

/// Whether it is said not to be so without a verb that says it: "not 13".
pub(crate) fn negated(claim: &Claim) -> bool {
    claim.polarity == Polarity::Negative && claim.stance != Stance::Denies
}

/// Makes a card; what the caller's page says elsewhere stays empty.
pub(crate) fn card(claim: &Claim, outlet: &str, outlet_kind: &str, words: &Words) -> Card {
    let denies = claim.stance == Stance::Denies;
    let mut manner = if denies { vec![] } else { vec![words.word("stance", claim.stance.as_str())] };
    if claim.source.is_empty() && claim.stance == Stance::States {
        manner = vec![words.say("own_voice")];
    }
    if claim.certainty != Certainty::Certain {
        manner.push(words.word("certainty", claim.certainty.as_str()));
    }
    let outlet = if outlet.is_empty() { words.say("outlet_unknown").to_owned() } else { line(outlet) };
    let mut chain = vec![Link { name: outlet, kind: words.word("report_kind", outlet_kind).to_owned() }];
    chain.extend(
        claim.source.iter().map(|source| Link { name: line(&source.name), kind: words.word("source_kind", source.kind.as_str()).to_owned() }),
    );
    Card {
        id: claim.id.clone(),
        label: String::new(),
        sort: sort(claim.kind),
        what: what(claim, words),
        not: if denies {
            words.word("stance", claim.stance.as_str()).to_owned()
        } else if negated(claim) {
            words.say("not").to_owned()
        } else {
            String::new()
        },
        quote: line(&claim.quote.text),
        chain,
        manner: manner.join(", "),
        fields: fields(claim, words),
        report: claim.report.clone(),
        report_label: String::new(),
        incident: String::new(),
        copy: String::new(),
        state: String::new(),
        side: "none".to_owned(),
    }
}

/// What a person said of a claim, and who.
pub(crate) fn state(entry: &ledger::ClaimEntry, words: &Words) -> String {
    let said = entry.decision.map(|state| words.word("decision", state.as_str()));
    said.map_or_else(String::new, |said| match &entry.decided_by {
        Some(who) => format!("{said}, {}", line(who)),
        None => said.to_owned(),
    })
}

fn fields(claim: &Claim, words: &Words) -> Vec<(String, String)> {
    let printed = |text: &str, name: &str| {
        if text.is_empty() || line(text) == name { name.to_owned() } else { format!("{name} (“{}”)", line(text)) }
    };
    let party = |party: &record::PartyName| printed(&party.text, &party_name(&party.name, words));
    let scope = (claim.scope != record::Scope::Incident).then(|| words.word("scope", claim.scope.as_str()).to_owned());
    let place = claim.place.as_ref().map(|place| {
        let country = place.country.as_deref().map(|code| words.country(code)).filter(|country| **country != place.name);
        let name = country.map_or_else(|| line(&place.name), |country| format!("{}, {country}", line(&place.name)));
        if line(&place.text) == line(&place.name) { name } else { printed(&place.text, &name) }
    });
    let date = claim.date.as_ref().map(|date| {
        let days = words.days(date.start, date.end);
        date.text.as_ref().map_or_else(|| days.clone(), |text| printed(text, &days))
    });
    let count = claim.count.as_ref().map(|count| printed(&count.text, &counted(count, words)));
    [
        ("scope", scope),
        ("count", count),
        ("victims", claim.victims.map(|victims| words.word("victims", victims.as_str()).to_owned())),
        ("side", claim.side.as_deref().map(|side| party_name(side, words))),
        ("actor", claim.actor.as_ref().map(party)),
        ("target", claim.target.as_ref().map(party)),
        ("place", place),
        ("date", date),
        ("weapon", claim.weapon.as_deref().map(line)),
        ("score", claim.score.map(|score| format!("{score:.2}"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((words.word("field", name).to_owned(), value?)))
    .collect()
}
