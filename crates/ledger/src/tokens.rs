//! Tokens: who may change a ledger over the API, and what was answered to whom may ask twice.

use jiff::Timestamp;
use record::{Id, content_id};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::json;

use crate::events::{Act, note};
use crate::text::{stamp, unstamp};
use crate::{Error, Ledger, Result};

/// What a token lets a program do: what its word says, and all that the words before it say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Read.
    Read,
    /// Add reports.
    Propose,
    /// Decide about claims and incidents, and take decisions back.
    Review,
    /// Decide which names are one actor's, under which everything is shown and exported.
    Publish,
    /// See tokens and revoke them.
    Admin,
}

impl Scope {
    /// All of them, the narrowest first.
    pub const ALL: &'static [Scope] = &[Scope::Read, Scope::Propose, Scope::Review, Scope::Publish, Scope::Admin];

    /// The word on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Propose => "propose",
            Scope::Review => "review",
            Scope::Publish => "publish",
            Scope::Admin => "admin",
        }
    }

    /// The scope of a word.
    pub fn of(word: &str) -> Option<Scope> {
        Scope::ALL.iter().copied().find(|scope| scope.as_str() == word)
    }
}

/// What is known of a token. Its secret is kept nowhere, only [`raw_hash`](crate::raw_hash) of it, which is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Made from its hash: names it without being it.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// What it lets a program do.
    pub scope: Scope,
    /// From when on it lets nothing; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Why it lets nothing at a moment, for a person; `None` when it does.
    pub fn refusal(&self, now: Timestamp) -> Option<String> {
        match (self.revoked_at, self.expires_at) {
            (Some(at), _) => Some(format!("it was revoked at {at}")),
            (None, Some(at)) if at <= now => Some(format!("it expired at {at}")),
            _ => None,
        }
    }

    /// Who decides where it was shown, for the log.
    pub fn who(&self) -> String {
        format!("{} (token {})", self.name, self.id)
    }
}

/// Answers that are remembered of each token.
const REMEMBERED: i64 = 1000;

const TOKEN: &str = "SELECT t.id, t.name, t.scope, t.expires_at, e.who, e.at,
                       (SELECT o.at FROM events o WHERE o.subject = t.id AND o.what = 'revoke')
                     FROM tokens t JOIN events e ON e.seq = t.event ";

fn id_of(hash: &str) -> Id {
    content_id(["token", hash])
}

fn token_of(row: &Row<'_>) -> Result<Token> {
    let moment = |text: Option<String>| text.as_deref().map(unstamp).transpose();
    let (id, scope): (Id, String) = (row.get(0)?, row.get(2)?);
    Ok(Token {
        scope: Scope::of(&scope).ok_or_else(|| Error::stored("token", &id, format!("no scope is called {scope}")))?,
        id,
        name: row.get(1)?,
        expires_at: moment(row.get(3)?)?,
        made_by: row.get(4)?,
        made_at: unstamp(&row.get::<_, String>(5)?)?,
        revoked_at: moment(row.get(6)?)?,
    })
}

impl Ledger {
    /// Adds a token by [`raw_hash`](crate::raw_hash) of its secret, which must be too long to be guessed. A line of the audit trail says so.
    ///
    /// # Errors
    /// [`Error::SameToken`] when one in force is called so; those of the database.
    pub fn add_token(&mut self, name: &str, scope: Scope, expires_at: Option<Timestamp>, hash: &str, act: &Act) -> Result<Token> {
        if let Some(other) = self.tokens()?.into_iter().find(|token| token.name == name && token.refusal(act.at).is_none()) {
            return Err(Error::SameToken { name: other.name, id: other.id });
        }
        let id = id_of(hash);
        self.write(|conn| {
            let told = json!({ "name": name, "scope": scope, "expires_at": expires_at });
            let event = note(conn, "token", Some(&id), None, Some(&told), act)?;
            conn.prepare_cached("INSERT INTO tokens (id, name, scope, hash, expires_at, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![id, name, scope.as_str(), hash, expires_at.map(stamp), event])?;
            Ok(())
        })?;
        self.token(&id)
    }

    /// All tokens in the order in which they were made, those that let nothing any more included.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tokens(&self) -> Result<Vec<Token>> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&format!("{TOKEN}ORDER BY t.event"))?;
            let mut rows = statement.query([])?;
            let mut tokens = Vec::new();
            while let Some(row) = rows.next()? {
                tokens.push(token_of(row)?);
            }
            Ok(tokens)
        })
    }

    /// One token.
    ///
    /// # Errors
    /// [`Error::Unknown`]; those of the database.
    pub fn token(&self, id: &str) -> Result<Token> {
        self.tokens()?.into_iter().find(|token| token.id.eq_ignore_ascii_case(id)).ok_or_else(|| Error::Unknown { what: "token", id: id.to_owned() })
    }

    /// The token whose secret has this hash, whether it still lets anything or not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn token_of_hash(&self, hash: &str) -> Result<Option<Token>> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(&format!("{TOKEN}WHERE t.id = ?1 AND t.hash = ?2"))?;
            let mut rows = statement.query([&id_of(hash), hash])?;
            rows.next()?.map(token_of).transpose()
        })
    }

    /// Revokes a token; the number of the event that says so, or `None` when it is revoked already.
    ///
    /// # Errors
    /// As for [`Ledger::token`].
    pub fn revoke_token(&mut self, id: &str, act: &Act) -> Result<Option<i64>> {
        let id = self.token(id)?.id;
        self.write(|conn| {
            let sql = "SELECT name FROM tokens WHERE id = ?1 AND id NOT IN (SELECT subject FROM events WHERE what = 'revoke' AND subject = ?1)";
            let name: Option<String> = conn.prepare_cached(sql)?.query_row([&id], |row| row.get(0)).optional()?;
            name.map(|name| note(conn, "revoke", Some(&id), None, Some(&json!({ "name": name })), act)).transpose()
        })
    }

    /// What was answered to a token under a key: the hash of what it had asked, and the answer. `None` when nothing was, or when it was long
    /// ago: the last thousand of each token are remembered.
    ///
    /// # Errors
    /// Those of the database.
    pub fn answered(&self, token: &str, key: &str) -> Result<Option<(String, String)>> {
        self.read(|conn| {
            let sql = "SELECT request, answer FROM answers WHERE token = ?1 AND key = ?2";
            Ok(conn.prepare_cached(sql)?.query_row([token, key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
        })
    }

    /// Remembers what is answered, for [`Ledger::answered`]. Within [`Ledger::as_one`] it is remembered if and only if it was done.
    ///
    /// # Errors
    /// Those of the database: also when something else is remembered under the key.
    pub fn remember(&mut self, token: &str, key: &str, request: &str, answer: &str, at: Timestamp) -> Result<()> {
        self.write(|conn| {
            conn.prepare_cached("INSERT INTO answers (token, key, request, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
                token,
                key,
                request,
                answer,
                stamp(at)
            ])?;
            let sql = "DELETE FROM answers WHERE token = ?1
                       AND key IN (SELECT key FROM answers WHERE token = ?1 ORDER BY at DESC, key LIMIT -1 OFFSET ?2)";
            conn.prepare_cached(sql)?.execute(params![token, REMEMBERED])?;
            Ok(())
        })
    }
}
