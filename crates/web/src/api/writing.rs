//! What changes something: the decisions of the pages and of the command line, for programs that show a token.
//!
//! One table ([`DEEDS`]) says which there are. Each is a `POST` to the address of a record and a verb, with `If-Match` and the tag
//! of the record as it was seen, and a reason; whether it is still so and what is decided are one transaction. What an
//! `Idempotency-Key` was answered is remembered in that transaction too, so that who asks again changes nothing again.

use axum::body::{Body as Sent, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use ledger::{Act, Ledger, Registry, Scope, Token, raw_hash};
use record::content_id;
use serde_json::json;
use views::Effect;

use super::body::{self, Body, Member};
use super::param::{self, Param};
use super::{Answer, Call, routes, tag, token, understood, written};
use crate::adding::{self, Mark, Refused};
use crate::ask::Ask;
use crate::desk::{Paste, Wish};
use crate::fault::Fault;
use crate::guard::comes_from;
use crate::plain::line;
use crate::site::Site;

/// Something that can be done.
pub(crate) struct Deed {
    /// As an OpenAPI path; `{id}` is one part.
    pub(crate) path: &'static str,
    /// Its name in the description.
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) about: &'static str,
    /// What a token must let one do.
    pub(crate) needs: Scope,
    /// The name of the route that gives the record that it is done to; empty when there is none.
    pub(crate) of: &'static str,
    /// What is said of it.
    pub(crate) body: &'static [Member],
    does: Does,
}

enum Does {
    /// What a person can want of a record too.
    Wish(fn(String, &Body) -> Wish),
    /// Takes a decision back.
    Undo,
    /// Says that names are one actor's.
    Same,
    /// Says that they are not.
    Apart,
    /// Revokes a token.
    Revoke,
    /// Adds a report, which takes its time.
    Add,
}

/// All of them.
pub(crate) const DEEDS: &[Deed] = &[
    Deed {
        path: "/api/v1/reports",
        name: "addReport",
        about: "Adds a report: it is read, and everything is added up again. `Location` says where to ask what became of it. The same report again \
                is `unchanged`",
        needs: Scope::Propose,
        of: "",
        body: body::REPORT,
        does: Does::Add,
    },
    Deed {
        path: "/api/v1/claims/{id}/accept",
        name: "acceptClaim",
        about: "Says that a claim is right as it was read",
        needs: Scope::Review,
        of: "claim",
        body: body::REASON,
        does: Does::Wish(accept),
    },
    Deed {
        path: "/api/v1/claims/{id}/set",
        name: "setClaim",
        about: "Corrects fields of a claim",
        needs: Scope::Review,
        of: "claim",
        body: body::SET,
        does: Does::Wish(set),
    },
    Deed {
        path: "/api/v1/claims/{id}/reject",
        name: "rejectClaim",
        about: "Says that the report does not say so",
        needs: Scope::Review,
        of: "claim",
        body: body::REASON,
        does: Does::Wish(|id, _| Wish::Reject { id }),
    },
    Deed {
        path: "/api/v1/incidents/{id}/accept",
        name: "acceptIncident",
        about: "Agrees with an incident as it is",
        needs: Scope::Review,
        of: "incident",
        body: body::REASON,
        does: Does::Wish(accept),
    },
    Deed {
        path: "/api/v1/incidents/{id}/set",
        name: "setIncident",
        about: "Corrects fields of an incident",
        needs: Scope::Review,
        of: "incident",
        body: body::SET,
        does: Does::Wish(set),
    },
    Deed {
        path: "/api/v1/incidents/{id}/merge",
        name: "mergeIncidents",
        about: "Makes one incident of several; this one stays",
        needs: Scope::Review,
        of: "incident",
        body: body::MERGE,
        does: Does::Wish(|id, body| Wish::Merge { ids: std::iter::once(id).chain(body.list("with")).collect() }),
    },
    Deed {
        path: "/api/v1/incidents/{id}/split",
        name: "splitIncident",
        about: "Makes some claims of an incident an incident of their own",
        needs: Scope::Review,
        of: "incident",
        body: body::SPLIT,
        does: Does::Wish(|id, body| Wish::Split { id, claims: body.list("claims") }),
    },
    Deed {
        path: "/api/v1/incidents/{id}/reject",
        name: "rejectIncident",
        about: "Says that there is no such incident",
        needs: Scope::Review,
        of: "incident",
        body: body::REASON,
        does: Does::Wish(|id, _| Wish::Reject { id }),
    },
    Deed {
        path: "/api/v1/events/{id}/undo",
        name: "undo",
        about: "Takes a decision back: every record that it touched is as it was before. One about names needs the scope `publish`, as it did",
        needs: Scope::Review,
        of: "event",
        body: body::REASON,
        does: Does::Undo,
    },
    Deed {
        path: "/api/v1/actors/{id}/same",
        name: "mergeActors",
        about: "Says that names are one actor's, who is called as in the address",
        needs: Scope::Publish,
        of: "actor",
        body: body::SAME,
        does: Does::Same,
    },
    Deed {
        path: "/api/v1/actors/{id}/apart",
        name: "splitActor",
        about: "Says that a name is not another's",
        needs: Scope::Publish,
        of: "actor",
        body: body::APART,
        does: Does::Apart,
    },
    Deed {
        path: "/api/v1/tokens/{id}/revoke",
        name: "revokeToken",
        about: "Revokes a token",
        needs: Scope::Admin,
        of: "token",
        body: body::REASON,
        does: Does::Revoke,
    },
];

/// Of every deed about a record.
pub(crate) const PARAMS: &[Param] = &[param::DRY_RUN];

/// What a tag looks like, and a key, in the description.
pub(crate) const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#;
pub(crate) const KEY: &str = "^[!-~]{1,255}$";

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

fn accept(id: String, _: &Body) -> Wish {
    Wish::Set { id, fields: vec!["reviewed=yes".to_owned()] }
}

fn set(id: String, body: &Body) -> Wish {
    Wish::Set { id, fields: body.fields() }
}

impl Deed {
    /// Whether it is done at once, and not begun.
    pub(crate) fn is_decision(&self) -> bool {
        !matches!(self.does, Does::Add)
    }

    /// What may be asked of it in the address.
    pub(crate) fn params(&self) -> impl Iterator<Item = &'static Param> + use<> {
        PARAMS.iter().filter(|_| self.is_decision()).collect::<Vec<_>>().into_iter()
    }

    fn find_in(&self, path: &str) -> Option<String> {
        match self.path.split_once("{id}") {
            None => (self.path == path).then(String::new),
            Some((before, after)) => routes::one_part(path.strip_prefix(before)?.strip_suffix(after)?),
        }
    }
}

/// The deed of a path, and what stands there for `{id}`.
pub(super) fn find(path: &str) -> Option<(&'static Deed, String)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    DEEDS.iter().find_map(|deed| deed.find_in(path).map(|id| (deed, id)))
}

/// Under which key the outcome of a job is remembered: one that no program can send.
pub(super) fn job_key(id: &str) -> String {
    format!("job {id}")
}

fn bad(status: StatusCode, detail: impl Into<String>) -> Fault {
    Fault::program(status, detail)
}

/// The key under which a request is done once.
fn key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut all = headers.get_all("idempotency-key").iter();
    let Some(first) = all.next() else { return Ok(None) };
    let fits = |key: &&str| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = first.to_str().ok().filter(|_| all.next().is_none()).filter(fits);
    let told = "Idempotency-Key must stand there once, 1 to 255 letters, digits and signs without blanks";
    key.map(|key| Some(key.to_owned())).ok_or_else(|| bad(StatusCode::BAD_REQUEST, told))
}

/// The tags of which the record must have one; `*` for any.
fn seen(headers: &HeaderMap) -> Result<Vec<String>, Fault> {
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        for tag in value.to_str().unwrap_or("?").split(',').map(str::trim) {
            let quoted = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            if tag != "*" && quoted.is_none_or(|tag| tag.contains('"')) {
                return Err(bad(StatusCode::BAD_REQUEST, "If-Match must be the ETag of the record, with its quotes"));
            }
            tags.push(tag.to_owned());
        }
    }
    if tags.is_empty() {
        return Err(bad(StatusCode::PRECONDITION_REQUIRED, "If-Match is missing: send the ETag that GET gave for the record as you saw it"));
    }
    Ok(tags)
}

pub(super) async fn respond(site: &Site, request: &Parts, sent: Sent, ask: Ask, deed: &'static Deed, id: String) -> Response {
    match answer(site, request, sent, ask, deed, id).await {
        Ok(response) => response,
        Err(fault) => fault.problem(),
    }
}

async fn answer(site: &Site, request: &Parts, sent: Sent, ask: Ask, deed: &'static Deed, id: String) -> Result<Response, Fault> {
    if comes_from(site, &request.headers) == Some(false) {
        return Err(bad(StatusCode::FORBIDDEN, "no page of another site may change anything"));
    }
    let shown = token::shown(&request.headers)?;
    let asked = shown.clone();
    let known = site.read(move |site, ledger| token::allowed(site, ledger, asked.as_deref(), Some(deed.needs))).await?;
    let (Some(token), Some(shown)) = (known, shown) else { return Err(Fault::bug()) };
    if !(if deed.is_decision() { site.decides() } else { site.adds() }) {
        return Err(Fault::read_only());
    }
    let query = request.uri.query().unwrap_or("");
    let params = understood(|| deed.params(), query)?;
    let kind = request.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind != "application/json" && (deed.is_decision() || kind != "text/plain") {
        let kinds = if deed.is_decision() { "application/json" } else { "application/json or text/plain" };
        return Err(bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("the body must be {kinds}, and Content-Type say so")));
    }
    let too_large = || bad(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {} MB", crate::LARGEST >> 20));
    let bytes = to_bytes(sent, crate::LARGEST).await.map_err(|_| too_large())?;
    let body = if kind == "text/plain" {
        let text = std::str::from_utf8(&bytes).map_err(|_| bad(StatusCode::UNPROCESSABLE_ENTITY, "the text is not UTF-8"))?;
        body::understood(deed.body, json!({ "text": text }).to_string().as_bytes())?
    } else {
        body::understood(deed.body, &bytes)?
    };
    let key = key(&request.headers)?;
    let request_hash = raw_hash(&[request.uri.path().as_bytes(), b"?", query.as_bytes(), b"\n", &bytes[..]].concat());
    if !deed.is_decision() {
        return add(site, &ask, token, key, request_hash, &body).await;
    }
    let doing =
        Doing { deed, id, body, is_dry: params.iter().any(|(_, value)| matches!(value.as_str(), "yes" | "true" | "1")), key, request: request_hash };
    let seen = seen(&request.headers)?;
    let done = site.write(move |site, ledger| {
        ledger.as_one(|ledger| {
            // Again, as it may have been revoked meanwhile.
            let token = token::allowed(site, ledger, Some(&shown), Some(deed.needs))?.ok_or_else(Fault::bug)?;
            doing.once(site, ledger, &ask, &token, &seen)
        })
    });
    let (answer, is_replayed) = done.await?;
    let mut response = written(Answer::new(super::JSON, answer + "\n"));
    if is_replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// One deed, asked for.
struct Doing {
    deed: &'static Deed,
    id: String,
    body: Body,
    /// Whether it is only told what would change.
    is_dry: bool,
    key: Option<String>,
    /// What was asked, hashed.
    request: String,
}

impl Doing {
    /// Does it unless it was done under this key; what is answered, and whether it was before.
    fn once(&self, site: &Site, ledger: &mut Ledger, ask: &Ask, token: &Token, seen: &[String]) -> Result<(String, bool), Fault> {
        if let Some(answer) = replayed(ledger, token, self.key.as_deref(), &self.request)? {
            return Ok((answer, true));
        }
        let now = current(site, ledger, self.deed, &self.id, ask)?;
        if !seen.iter().any(|tag| tag == "*" || *tag == now) {
            let told = "it changed since you saw it: ask for it again, and decide about what is there now";
            return Err(bad(StatusCode::PRECONDITION_FAILED, told));
        }
        let act = Act::new(token.who(), line(self.body.words("why").trim()), Timestamp::now());
        let (event, effects) = self.done(site, ledger, token, &act)?;
        let answer = json!({ "event": event, "effects": effects }).to_string();
        if let Some(key) = self.key.as_ref().filter(|_| !self.is_dry) {
            ledger.remember(&token.id, key, &self.request, &answer, act.at)?;
        }
        Ok((answer, false))
    }

    /// The event, if there is one, and what becomes of which records.
    fn done(&self, site: &Site, ledger: &mut Ledger, token: &Token, act: &Act) -> Result<(Option<i64>, Vec<Effect>), Fault> {
        let form = |detail: String| bad(StatusCode::UNPROCESSABLE_ENTITY, detail);
        let is_real = !self.is_dry;
        Ok(match &self.deed.does {
            Does::Wish(wish) => {
                let wish = wish(self.id.clone(), &self.body);
                let Some(decision) = site.desk().decision(ledger, &wish).map_err(form)? else { return Ok((None, vec![])) };
                let effects = views::effects(ledger, &decision)?;
                (is_real.then(|| ledger.decide(&decision, act)).transpose()?, effects)
            }
            Does::Undo => {
                let decision = ledger.undoable(self.id.parse().ok())?;
                if decision.new.as_ref().is_some_and(|new| new.get("names").is_some()) && token.scope < Scope::Publish {
                    return Err(bad(StatusCode::FORBIDDEN, "a decision about names is taken back with the scope publish"));
                }
                let effects = vec![views::undone(&decision)];
                (is_real.then(|| ledger.undo(Some(decision.id), act)).transpose()?.map(|undone| undone.event), effects)
            }
            Does::Same => {
                let usual = actor(ledger, &self.id)?;
                let others = self.body.list("with").iter().map(|name| actor(ledger, name)).collect::<Result<Vec<_>, _>>()?;
                let effects = views::joined(ledger, Registry::Actors, &usual, &others)?.effects();
                let say = || ledger.say_same(Registry::Actors, &usual, &others, i64::MAX, act);
                (is_real.then(say).transpose()?, effects)
            }
            Does::Apart => {
                let effects = vec![Effect { id: self.id.clone(), what: "is an actor of its own".to_owned(), change: String::new() }];
                let say = || ledger.say_apart(Registry::Actors, &self.id, self.body.words("from"), i64::MAX, act);
                (is_real.then(say).transpose()?, effects)
            }
            Does::Revoke => {
                let token = ledger.token(&self.id)?;
                let effects = match token.revoked_at {
                    None => vec![Effect { id: token.id, what: "revoked".to_owned(), change: token.name }],
                    Some(_) => vec![],
                };
                (is_real.then(|| ledger.revoke_token(&self.id, act)).transpose()?.flatten(), effects)
            }
            Does::Add => return Err(Fault::bug()),
        })
    }
}

/// The usual name of an actor that was named.
fn actor(ledger: &Ledger, name: &str) -> Result<String, Fault> {
    let found = views::actor(ledger, name)?;
    found.map(|found| found.row.name).ok_or_else(|| bad(StatusCode::UNPROCESSABLE_ENTITY, format!("no incident has a party called {name:?}")))
}

/// What was answered to the same request before; none when it was not asked.
fn replayed(ledger: &Ledger, token: &Token, key: Option<&str>, request: &str) -> Result<Option<String>, Fault> {
    let answered = key.map(|key| ledger.answered(&token.id, key)).transpose()?.flatten();
    match answered {
        Some((asked, _)) if asked != request => Err(other_request()),
        answered => Ok(answered.map(|(_, answer)| answer)),
    }
}

fn other_request() -> Fault {
    bad(StatusCode::UNPROCESSABLE_ENTITY, "this Idempotency-Key was sent with another request: take a new one")
}

/// The tag that the record has now.
fn current(site: &Site, ledger: &Ledger, deed: &Deed, id: &str, ask: &Ask) -> Result<String, Fault> {
    let route = routes::named(deed.of);
    let call = Call { site, ledger, route, id, sent: &[], ask, html: false, token: None };
    let answer = (route.answer)(&call)?;
    match answer.status {
        StatusCode::OK => Ok(tag(&answer.body)),
        _ => Err(bad(StatusCode::CONFLICT, format!("{id} was merged into another: decide about {}", answer.location.unwrap_or_default()))),
    }
}

/// Begins to read a report.
async fn add(site: &Site, ask: &Ask, token: Token, key: Option<String>, request: String, body: &Body) -> Result<Response, Fault> {
    let paste = Paste {
        title: line(body.words("title")),
        text: body.words("text").replace("\r\n", "\n").trim().to_owned(),
        outlet: line(body.words("outlet")),
        kind: body.words("kind").parse().ok(),
        published: body.words("published").to_owned(),
        url: body.words("url").to_owned(),
        language: body.words("language").to_owned(),
        by: token.who(),
    };
    let now = Timestamp::now();
    let id = match &key {
        Some(key) => content_id([token.id.as_str(), "key", key]),
        None => content_id([token.id.as_str(), &request, &now.as_nanosecond().to_string()]),
    };
    let answer = json!({ "id": id }).to_string();
    let (asked, by, hash) = (key.clone(), token.clone(), request.clone());
    let mut is_replayed = site.read(move |_, ledger| replayed(ledger, &by, asked.as_deref(), &hash)).await?.is_some();
    if !is_replayed {
        let mark = Mark { id: id.clone(), token: token.id.clone(), request: request.clone() };
        let (answered, job_key, sent) = (answer.clone(), job_key(&id), request.clone());
        // What was done is remembered; what was not can be asked for anew.
        let keep = move |site: &Site, job: &adding::Job| {
            let kept = site.write_here(|_, ledger| {
                ledger.as_one(|ledger| {
                    let told = serde_json::to_string(job).map_err(|_| Fault::bug())?;
                    ledger.remember(&token.id, &job_key, &sent, &told, now)?;
                    key.map_or(Ok(()), |key| ledger.remember(&token.id, &key, &sent, &answered, now))?;
                    Ok(())
                })
            });
            if let Err(fault) = kept {
                fault.log();
            }
        };
        match adding::begin_marked(site, paste, mark, keep) {
            Ok(()) => {}
            Err(Refused::Begun(other)) if other == request => is_replayed = true,
            Err(Refused::Begun(_)) => return Err(other_request()),
            Err(Refused::Full) => return Err(bad(StatusCode::TOO_MANY_REQUESTS, "too many reports wait to be read: send it again in a minute")),
        }
    }
    let location = format!("{}/api/v1/jobs/{id}", ask.base);
    let mut response = written(Answer { status: StatusCode::ACCEPTED, location: Some(location), ..Answer::new(super::JSON, answer + "\n") });
    if is_replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
