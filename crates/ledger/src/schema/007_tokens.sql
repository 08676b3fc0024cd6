-- Who may change a ledger over the API, and what was answered to whom may ask twice. That a token was revoked is a line of the log.

CREATE TABLE tokens (
  id         TEXT PRIMARY KEY,                           -- made from the hash
  name       TEXT NOT NULL,
  scope      TEXT NOT NULL CHECK (scope IN ('read', 'propose', 'review', 'publish', 'admin')),
  hash       TEXT NOT NULL,                              -- SHA-256 of the token, which is kept nowhere
  expires_at TEXT,                                       -- NULL: never
  event      INTEGER NOT NULL REFERENCES events (seq)    -- who made it, and when
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tokens_kept BEFORE UPDATE ON tokens BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER tokens_stay BEFORE DELETE ON tokens BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;

-- No record but a memory: the oldest of a token's go when there are too many.
CREATE TABLE answers (
  token   TEXT NOT NULL REFERENCES tokens (id),
  key     TEXT NOT NULL,                                 -- by which it is asked for again
  request TEXT NOT NULL,                                 -- hash of what was asked
  answer  TEXT NOT NULL,
  at      TEXT NOT NULL,
  PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
