//! Who asks, as the token says that a program shows.

use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use ledger::{Ledger, Scope, Token, raw_hash};

use crate::fault::Fault;
use crate::site::Site;

fn refused(detail: impl Into<String>) -> Fault {
    Fault::program(StatusCode::UNAUTHORIZED, detail)
}

/// The hash of the token that a request shows, as it is kept; none where it shows none.
pub(super) fn shown(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = all.next() else { return Ok(None) };
    let told = || refused("show a token as `Authorization: Bearer TOKEN`; `attest token add` makes one");
    let text = first.to_str().ok().filter(|_| all.next().is_none()).ok_or_else(told)?;
    let (scheme, token) = text.trim().split_once(' ').ok_or_else(told)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(raw_hash(token.trim().as_bytes()))) } else { Err(told()) }
}

/// The token with a hash, if it lets one do what is needed; none where none is shown and none is needed.
pub(super) fn allowed(site: &Site, ledger: &Ledger, shown: Option<&str>, needed: Option<Scope>) -> Result<Option<Token>, Fault> {
    let Some(hash) = shown else {
        let is_needed = needed.is_some() || site.asks_tokens();
        return if is_needed { Err(refused("this needs a token: `Authorization: Bearer TOKEN`; `attest token add` makes one")) } else { Ok(None) };
    };
    let token = ledger.token_of_hash(hash)?.ok_or_else(|| refused("this token is unknown here"))?;
    if let Some(why) = token.refusal(Timestamp::now()) {
        return Err(refused(format!("this token lets nothing any more: {why}")));
    }
    match needed.filter(|needed| *needed > token.scope) {
        None => Ok(Some(token)),
        Some(needed) => {
            let detail = format!("this needs a token with the scope {}, and that of {} is {}", needed.as_str(), token.name, token.scope.as_str());
            Err(Fault::program(StatusCode::FORBIDDEN, detail))
        }
    }
}
