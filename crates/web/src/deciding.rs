//! `/decide`: what a person would change, said before it is done; and doing it.
//!
//! Every way to decide is one form that posts here. It carries `seen`, the last event that its page knew of: a decision
//! about a record that changed since is refused, so that two windows do not overrule each other unseen.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use ledger::{Act, Filter, Ledger, Noun, Registry, Verdict};
use record::Incident;

use crate::ask::{Ask, Form};
use crate::deeds::{Deeds, deeds};
use crate::desk::Wish;
use crate::effects::{Effect, effects};
use crate::fault::Fault;
use crate::fields::{Field, changed, claim_fields, fields, incident_values};
use crate::incident::{address, title};
use crate::names::{self, registry};
use crate::page::{Page, html, json_text, redirect};
use crate::plain::{capital, cut, is_own_address, line, plain};
use crate::query::Query;
use crate::site::Site;
use crate::words::Words;

/// Reasons to reject, by their digit from 1; the word in the log.
pub(crate) const REASONS: [&str; 7] = ["not said", "wrong count", "wrong speaker", "wrong event", "background", "duplicate", "other"];

/// What a form asks for; `None` when it does not say enough yet.
fn wish(form: &Query) -> Option<Wish> {
    let id = form.get("id").unwrap_or("").trim().to_owned();
    let all = |name| form.all(name).map(|id| id.trim().to_owned()).collect::<Vec<String>>();
    match form.get("do")? {
        "accept" => Some(Wish::Set { id, fields: vec!["reviewed=yes".to_owned()] }),
        "set" => Some(Wish::Set { id, fields: changed(form) }).filter(|wish| !matches!(wish, Wish::Set { fields, .. } if fields.is_empty())),
        "reject" => Some(Wish::Reject { id }),
        "merge" => {
            let with = all("with");
            (!with.is_empty()).then(|| Wish::Merge { ids: std::iter::once(id).chain(with).collect() })
        }
        "split" => {
            let claims = all("claim");
            (!claims.is_empty()).then_some(Wish::Split { id, claims })
        }
        _ => None,
    }
}

/// An address of these pages to go to, from a form.
fn back(form: &Query, other: &str) -> String {
    plain(form.get("back").filter(|back| is_own_address(back)).unwrap_or(other))
}

/// With the number of the event that the page is to tell of.
fn telling(back: &str, event: i64) -> String {
    let (address, anchor) = back.split_once('#').map_or((back, String::new()), |(address, anchor)| (address, format!("#{anchor}")));
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut query = Query::parse(query).without_all("told");
    query.0.push(("told".to_owned(), event.to_string()));
    query.href(path) + &anchor
}

/// Takes a decision.
pub(crate) async fn decide(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let ask = Ask::new(&site, "/decide", "", &headers);
    if !site.decides() {
        return Fault::read_only().response(&ask);
    }
    let form = Query::parse(&String::from_utf8_lossy(&body));
    let again = match (form.get("do"), form.get("id")) {
        (_, None) => "/review".to_owned(),
        (Some(deed), Some(id)) => match registry(deed) {
            Some(of) => back(&form, names::home(of)),
            None => Query::default().with("at", id).href("/review"),
        },
        (None, Some(id)) => Query::default().with("at", id).href("/review"),
    };
    let told = site.write(move |site, ledger| done(site, ledger, &form)).await;
    match told {
        Ok(to) => redirect(&to),
        Err(fault) => fault.again(again).response(&ask),
    }
}

/// Does what a form says; where to go then.
fn done(site: &Site, ledger: &mut Ledger, form: &Query) -> Result<String, Fault> {
    let said = [form.get("reason").unwrap_or(""), form.get("why").unwrap_or("").trim()];
    let why = said.into_iter().filter(|part| !part.is_empty()).map(line).collect::<Vec<_>>().join(": ");
    let deed = form.get("do").unwrap_or("");
    let act = |other: &str| Act::new(site.desk().who(), if why.is_empty() { other } else { &why }, Timestamp::now());
    if deed == "undo" {
        let number = form.get("event").and_then(|event| event.parse().ok());
        let number = number.ok_or_else(|| Fault::form("event"))?;
        let undone = ledger.undo(Some(number), &act("taken back"))?;
        return Ok(telling(&back(form, "/review"), undone.event));
    }
    let seen = form.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or(i64::MAX);
    if let Some(of) = registry(deed) {
        let name = form.get("id").unwrap_or("");
        let (others, same) = (names::asked(of, name, form), deed == of.same().as_str());
        let event = match others.first() {
            None => return Err(Fault::form(deed)),
            Some(_) if same && why.is_empty() => return Err(Fault::form("why")),
            Some(_) if same => ledger.say_same(of, name, &others, seen, &act(""))?,
            Some(other) => ledger.say_apart(of, name, other, seen, &act("not the same"))?,
        };
        return Ok(telling(&back(form, names::home(of)), event));
    }
    let wish = wish(form).ok_or_else(|| Fault::form(deed))?;
    let other = match wish {
        Wish::Set { .. } if deed == "accept" => "right as read",
        Wish::Set { .. } => "corrected after the report",
        // Nobody should have to guess later why records came together, parted or went.
        Wish::Merge { .. } | Wish::Split { .. } | Wish::Reject { .. } if why.is_empty() => return Err(Fault::form("why")),
        _ => "",
    };
    let Some(decision) = site.desk().decision(ledger, &wish).map_err(Fault::form)? else { return Ok(back(form, "/review")) };
    let event = ledger.decide_seen(&decision, seen, &act(other))?;
    // The page of an incident that is gone has nothing to show.
    let gone = decision.verdicts.iter().find_map(|verdict| match verdict {
        Verdict::Withdrawn { id, .. } => Some(format!("/incidents/{id}")),
        _ => None,
    });
    let to = back(form, "/review");
    Ok(telling(if gone.is_some_and(|gone| to.starts_with(&gone)) { "/incidents" } else { &to }, event))
}

#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage {
    page: Page,
    heading: String,
    lead: String,
    /// What is to be done.
    deed: String,
    id: String,
    subject: String,
    subject_href: String,
    /// Incidents to merge with: id, title, how near, chosen.
    others: Vec<Other>,
    /// What is asked for where none of these is meant.
    another: String,
    /// Claims that could leave: id, what, quote, chosen.
    claims: Vec<(String, String, String, bool)>,
    fields: Vec<Field>,
    reasons: Vec<(String, String)>,
    undo: Option<Deeds>,
    effects: Vec<Effect>,
    /// Whether it says enough to be done.
    ready: bool,
    /// Why it cannot be done.
    problem: String,
    seen: i64,
    back: String,
}

/// A record that could be the same: id or name, title, what is known of it, whether it was chosen.
pub(crate) struct Other {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) chosen: bool,
}

/// `/decide`: what would change.
pub(crate) fn preview(site: &Site, ledger: &Ledger, ask: &Ask) -> Result<Response, Fault> {
    if !site.decides() {
        return Err(Fault::read_only());
    }
    let (words, form) = (ask.words, &ask.query);
    let deed = form.get("do").filter(|deed| matches!(*deed, "set" | "merge" | "split" | "reject" | "undo" | "accept") || registry(deed).is_some());
    let deed = deed.ok_or_else(|| Fault::no_page(&ask.address))?.to_owned();
    let mut page = DecidePage {
        heading: words.word("deed", &deed).to_owned(),
        lead: words.word("deed_note", &deed).to_owned(),
        id: String::new(),
        subject: String::new(),
        subject_href: String::new(),
        others: vec![],
        another: words
            .say(match registry(&deed) {
                Some(Registry::Actors) => "another_name",
                Some(Registry::Places) => "another_place",
                None => "another_id",
            })
            .to_owned(),
        claims: vec![],
        fields: vec![],
        reasons: vec![],
        undo: None,
        effects: vec![],
        ready: false,
        problem: String::new(),
        seen: ledger.last_event()?,
        back: back(form, ""),
        page: Page::new(
            site,
            ledger,
            &ask.without_query(),
            registry(&deed).map_or("review", |of| names::home(of).trim_start_matches('/')),
            words.word("deed", &deed),
        )?,
        deed: deed.clone(),
    };
    if deed == "undo" {
        let number = form.get("event").and_then(|event| event.parse().ok()).ok_or_else(|| Fault::no_page(&ask.address))?;
        page.undo = Some(deeds(&ledger.undoable(Some(number))?, words));
        page.ready = true;
        if page.back.is_empty() {
            page.back = "/review?reviewed=yes".to_owned();
        }
        return Ok(html(&page));
    }
    if let Some(of) = registry(&deed) {
        return about_names(ledger, of, ask, page);
    }
    let id = form.get("id").unwrap_or("").trim();
    let (noun, id) = ledger.noun(id)?.ok_or_else(|| Fault::unknown(id))?;
    match noun {
        Noun::Report => return Err(Fault::unknown(&id)),
        Noun::Claim => {
            let claim = ledger.claim(&id)?;
            page.subject = format!("“{}”", cut(&line(&claim.quote.text), 140));
            if deed == "set" {
                page.fields = claim_fields(&claim, form, words);
            }
        }
        Noun::Incident => {
            let incident = ledger.incident(&id)?;
            page.subject = title(&incident, words);
            match deed.as_str() {
                "merge" => page.others = others(ledger, &incident, form, words)?,
                "split" => {
                    for claim in ledger.claims_of_incident(&incident.id)? {
                        let chosen = form.has("claim", &claim.id);
                        page.claims.push((claim.id.clone(), crate::card::what(&claim, words), cut(&line(&claim.quote.text), 160), chosen));
                    }
                }
                "set" => page.fields = fields(incident_values(&incident), "incident_field", form, words),
                _ => {}
            }
        }
    }
    page.subject_href = address(noun, &id);
    if page.back.is_empty() {
        page.back.clone_from(&page.subject_href);
    }
    if deed == "reject" {
        page.reasons = REASONS.iter().map(|reason| ((*reason).to_owned(), words.word("reason", reason).to_owned())).collect();
    }
    page.id.clone_from(&id);
    if let Some(wish) = wish(&form.set("id", &id)) {
        match site.desk().decision(ledger, &wish) {
            Ok(Some(decision)) => {
                page.effects = effects(ledger, &decision, words)?;
                page.ready = true;
            }
            Ok(None) => page.problem = words.say("so_already").to_owned(),
            Err(problem) => page.problem = capital(&line(&problem)),
        }
    }
    if ask.form != Form::Html {
        return Ok(json_text(&page.effects));
    }
    Ok(html(&page))
}

/// `/decide` about names of actors or of places.
fn about_names(ledger: &Ledger, of: Registry, ask: &Ask, mut page: DecidePage) -> Result<Response, Fault> {
    let (words, form) = (ask.words, &ask.query);
    let name = form.get("id").unwrap_or("");
    let Some(usual) = views::usual(ledger, of, name)? else { return Err(Fault::unknown(name)) };
    let others = names::asked(of, &usual, form);
    page.subject_href = names::address(of, &usual);
    if page.back.is_empty() {
        page.back.clone_from(&page.subject_href);
    }
    if page.deed == of.same().as_str() {
        page.subject = names::title(of, &usual, words);
        page.id.clone_from(&usual);
        page.others = names::others(ledger, of, &usual, &others, words)?;
        for other in &others {
            if views::usual(ledger, of, other)?.is_none() {
                page.problem = words.fill(if of == Registry::Actors { "no_actor" } else { "no_place" }, &[&line(other)]);
            }
        }
        if !others.is_empty() && page.problem.is_empty() {
            page.effects = names::joining(ledger, of, &usual, &others, words)?;
        }
    } else if let Some(other) = others.first() {
        page.subject = format!("{} · {}", names::title(of, name, words), names::title(of, other, words));
        name.clone_into(&mut page.id);
        page.others = vec![Other { id: other.clone(), title: names::title(of, other, words), about: String::new(), chosen: true }];
        page.effects = names::parting(ledger, of, name, other, words)?;
    }
    page.ready = !others.is_empty() && page.problem.is_empty();
    if ask.form != Form::Html {
        return Ok(json_text(&page.effects));
    }
    Ok(html(&page))
}

/// Most incidents that a page offers to merge with.
const NEAR: usize = 8;

/// Incidents that could be the same: near in time and place, the nearest first; before them those that were asked for.
fn others(ledger: &Ledger, incident: &Incident, form: &Query, words: &Words) -> Result<Vec<Other>, Fault> {
    let mut filter = Filter::default();
    if let Some(date) = &incident.date {
        (filter.from, filter.to) = (date.start.checked_sub(jiff::Span::new().days(4)).ok(), date.end.checked_add(jiff::Span::new().days(4)).ok());
    }
    if let Some(country) = incident.place.as_ref().and_then(|place| place.country.clone()) {
        filter.country = vec![country];
    }
    let here = incident.place.as_ref().and_then(|place| place.lat.zip(place.lon));
    // Kilometres on a sphere, near enough for an order; a day weighs as much as fifteen of them.
    let apart = |brief: &ledger::Brief| -> Option<f64> {
        let ((lat, lon), (a, b)) = here.zip(brief.point)?;
        let (dy, dx) = ((a - lat) * 111.2, (b - lon) * 111.2 * lat.to_radians().cos());
        Some(dx.hypot(dy))
    };
    let days = |brief: &ledger::Brief| {
        let (date, start) = incident.date.as_ref().zip(brief.start)?;
        Some((start - date.start).get_days().abs())
    };
    let mut briefs = ledger.briefs(&filter)?;
    // Where nothing is near, what is far is better than nothing.
    for wider in [Filter { country: filter.country, ..Filter::default() }, Filter::default()] {
        if briefs.iter().all(|brief| brief.id == incident.id) {
            briefs = ledger.briefs(&wider)?;
        }
    }
    let mut near: Vec<(f64, std::sync::Arc<ledger::Brief>)> = briefs
        .into_iter()
        .filter(|brief| brief.id != incident.id)
        .map(|brief| (apart(&brief).unwrap_or(500.0) + 15.0 * f64::from(days(&brief).unwrap_or(5)), brief))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
    near.truncate(NEAR);
    let mut found: Vec<Other> = near
        .into_iter()
        .map(|(_, brief)| {
            let what = capital(words.word("type", &brief.kind));
            let when = brief.start.zip(brief.end).map_or_else(|| words.say("day_unknown").to_owned(), |(start, end)| words.days(start, end));
            let far = apart(&brief).map(|km| format!("{} km", words.number(km.round() as u64)));
            let toll = brief.deaths.map(|deaths| words.fill("killed_range", &[&words.range(deaths)]));
            Other {
                title: brief
                    .place
                    .as_ref()
                    .map_or_else(|| words.fill("title_nowhere", &[&what]), |place| words.fill("title_at", &[&what, &line(place)])),
                about: [Some(when), far, toll].into_iter().flatten().collect::<Vec<_>>().join(" · "),
                chosen: form.has("with", &brief.id),
                id: brief.id.clone(),
            }
        })
        .collect();
    for id in form.all("with") {
        if found.iter().all(|other| other.id != *id)
            && let Some((Noun::Incident, id)) = ledger.noun(id)?
        {
            let named = ledger.incident(&id)?;
            found.insert(0, Other { title: title(&named, words), about: String::new(), chosen: true, id });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_changed() {
        for (form, expected) in [
            ("do=set&id=C&f-count=9&was-count=8&f-place=Gao&was-place=Gao", Some(Wish::Set { id: "C".into(), fields: vec!["count=9".into()] })),
            // A field that was emptied is not sent.
            ("do=set&id=C&f-side=&was-side=Army", Some(Wish::Set { id: "C".into(), fields: vec!["side=".into()] })),
            ("do=set&id=C&f-count=8&was-count=8", None),
            ("do=accept&id=+C+", Some(Wish::Set { id: "C".into(), fields: vec!["reviewed=yes".into()] })),
            ("do=reject&id=C", Some(Wish::Reject { id: "C".into() })),
            ("do=merge&id=A", None),
            ("do=merge&id=A&with=B&with=", Some(Wish::Merge { ids: vec!["A".into(), "B".into()] })),
            ("do=split&id=A&claim=C", Some(Wish::Split { id: "A".into(), claims: vec!["C".into()] })),
            ("do=nothing&id=A", None),
            ("", None),
        ] {
            assert_eq!(wish(&Query::parse(form)), expected, "{form}");
        }
    }

    #[test]
    fn one_leads_back_to_these_pages_only() {
        for (form, to) in [
            ("back=%2Freview%3Fat%3DC%26told%3D3", "/review?at=C&told=9"),
            ("back=%2Fincidents%2FA%23history", "/incidents/A?told=9#history"),
            ("back=%2F%2Fevil.example", "/review?told=9"),
            ("back=https%3A%2F%2Fevil.example", "/review?told=9"),
            ("back=%2F%09%2Fevil.example", "/review?told=9"),
            ("", "/review?told=9"),
        ] {
            assert_eq!(telling(&back(&Query::parse(form), "/review"), 9), to, "{form}");
        }
    }
}
