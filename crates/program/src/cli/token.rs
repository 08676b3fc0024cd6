//! `token`: who may change the ledger over the API.

use std::io::Write;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use ledger::{Act, Ledger, Scope, raw_hash};
use serde_json::json;
use views::Format;

use super::{
    Exit, Fault, Setting,
    args::{self, TokenAction},
    decide::who,
    look::open,
    output::{self, Out},
};

/// Before every token, so that it is known for one where it turns up.
const PREFIX: &str = "attest_";
/// Digits of a token, each of five bits that nobody can guess.
const LENGTH: usize = 32;
/// Most characters of a name.
const LONGEST: usize = 60;

pub(super) fn token(setting: &Setting, asked: &args::Token) -> Result<Exit, Fault> {
    match &asked.verb {
        TokenAction::Add(asked) => add(setting, asked),
        TokenAction::List(asked) => list(setting, asked),
        TokenAction::Revoke(asked) => revoke(setting, asked),
    }
}

fn act(setting: &Setting, why: &str) -> Act {
    Act::new(who(&setting.config), why.trim(), Timestamp::now())
}

fn add(setting: &Setting, asked: &args::TokenAdd) -> Result<Exit, Fault> {
    let act = act(setting, &asked.why);
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(Fault::usage(format!("--name takes 1 to {LONGEST} characters")).next("name who will show it: the log tells decisions by it"));
    }
    let scope = Scope::of(&asked.scope).expect("one of these");
    let expires_at = expiry(&asked.expires, act.at).ok_or_else(|| {
        Fault::usage(format!("--expires takes a time to come, not {:?}", asked.expires)).next("write, for example, 12h, 30d, 2030-12-31 or never")
    })?;
    if setting.dry_run {
        drop(open(setting)?);
        setting.say("a dry run: nothing was written");
        return Ok(Exit::Done);
    }
    let secret = secret()?;
    let token = Ledger::open(setting.config.db()?)?.add_token(name, scope, expires_at, &raw_hash(secret.as_bytes()), &act)?;
    let text = match output::format(setting) {
        Format::Json | Format::Ndjson => {
            let mut told = serde_json::to_value(&token)?;
            told["token"] = json!(secret);
            format!("{told}\n")
        }
        _ => format!("{secret}\n"),
    };
    match &asked.output {
        None => Out::stdout().text(&text)?,
        Some(file) => own(file, &text).map_err(|error| {
            let error = anyhow::Error::new(error).context(format!("cannot write {}", file.display()));
            Fault::of(Exit::Usage, error.as_ref())
                .next(format!("name a file that is not there yet; `attest token revoke {}` takes this one back", token.id))
        })?,
    }
    let until = expires_at.map_or_else(|| "for ever".to_owned(), |at| format!("until {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    setting.say(&format!("token {} of {name}: {} {until}; it is shown this once, `attest token revoke {0}` ends it", token.id, scope.as_str()));
    Ok(Exit::Done)
}

/// Writes a new file that only its owner may read.
fn own(file: &std::path::Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

fn list(setting: &Setting, asked: &args::TokenList) -> Result<Exit, Fault> {
    let tokens = open(setting)?.tokens()?;
    let out = Out::to(asked.output.as_ref());
    match output::format(setting) {
        Format::Json => out.text(&(serde_json::to_string_pretty(&tokens)? + "\n"))?,
        Format::Ndjson => {
            let lines: Result<Vec<String>, _> = tokens.iter().map(serde_json::to_string).collect();
            out.text(&lines?.iter().map(|line| format!("{line}\n")).collect::<String>())?;
        }
        _ => out.text(&views::tokens_table(&tokens, Timestamp::now(), out.width().unwrap_or(usize::MAX), out.color(setting)))?,
    }
    if tokens.is_empty() {
        setting.say("nobody may change this ledger over the API; `attest token add` makes a token");
    }
    Ok(Exit::Done)
}

fn revoke(setting: &Setting, asked: &args::TokenRevoke) -> Result<Exit, Fault> {
    if setting.dry_run {
        open(setting)?.token(&asked.id)?;
        setting.say("a dry run: nothing was written");
        return Ok(Exit::Done);
    }
    match Ledger::open(setting.config.db()?)?.revoke_token(&asked.id, &act(setting, &asked.why))? {
        Some(_) => setting.say("it lets nothing any more"),
        None => setting.say("it was revoked already"),
    }
    Ok(Exit::Done)
}

/// A token that nobody can guess.
fn secret() -> Result<String, Fault> {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| Fault::new(Exit::Usage, format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().fold(PREFIX.to_owned(), |token, byte| token + char::from(DIGITS[usize::from(byte & 31)]).encode_utf8(&mut [0; 4])))
}

/// When a token ends, `None` for never; `None` outside for what is no time to come. A day is over at its end, UTC.
fn expiry(text: &str, now: Timestamp) -> Option<Option<Timestamp>> {
    let text = text.trim();
    if text == "never" {
        return Some(None);
    }
    let spell = || {
        let (number, hours) = [("h", 1), ("d", 24), ("w", 24 * 7)].into_iter().find_map(|(unit, hours)| Some((text.strip_suffix(unit)?, hours)))?;
        let number: u32 = number.parse().ok().filter(|n| *n <= 100_000)?;
        now.checked_add(SignedDuration::from_hours(i64::from(number) * hours)).ok()
    };
    let day = || text.parse::<Date>().ok().filter(|_| text.len() == 10)?.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let at = spell().or_else(day).or_else(|| text.parse().ok())?;
    (at > now).then_some(Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_when_it_is_said_to() {
        let now: Timestamp = "2025-06-03T12:00:00Z".parse().unwrap();
        for (text, until) in [
            ("never", Some(None)),
            ("12h", Some(Some("2025-06-04T00:00:00Z"))),
            ("30d", Some(Some("2025-07-03T12:00:00Z"))),
            ("2w", Some(Some("2025-06-17T12:00:00Z"))),
            ("2025-06-03", Some(Some("2025-06-04T00:00:00Z"))),
            ("2025-06-03T13:00:00+00:00", Some(Some("2025-06-03T13:00:00Z"))),
            ("2025-06-02", None),
            ("0d", None),
            ("-1d", None),
            ("30", None),
            ("d", None),
            ("4000000000d", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(expiry(text, now), until.map(|at| at.map(|at| at.parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn no_two_tokens_are_one() {
        let tokens: std::collections::BTreeSet<String> = (0..100).map(|_| secret().unwrap()).collect();
        assert_eq!(tokens.len(), 100);
        assert!(tokens.iter().all(|token| token.len() == PREFIX.len() + LENGTH && token.starts_with(PREFIX)));
        let digits: std::collections::BTreeSet<char> = tokens.iter().flat_map(|token| token[PREFIX.len()..].chars()).collect();
        assert_eq!(digits.len(), 32, "all digits are in use");
    }
}
