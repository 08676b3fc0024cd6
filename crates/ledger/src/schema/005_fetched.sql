-- What a host answered when a page was fetched, and the bytes that it sent: the page may be gone tomorrow.

CREATE TABLE fetched (
  seq           INTEGER PRIMARY KEY,
  asked         TEXT NOT NULL,         -- the address that was named, without a name and a password
  address       TEXT NOT NULL,         -- the one that answered, after redirects
  status        INTEGER NOT NULL,
  content_type  TEXT,                  -- these as the host wrote them
  etag          TEXT,
  last_modified TEXT,
  raw_hash      TEXT NOT NULL,         -- of the bytes
  fetched_at    TEXT NOT NULL,
  UNIQUE (raw_hash, address, fetched_at)
) STRICT;

-- Of pages that brought a report which nobody had.
CREATE TABLE pages (
  raw_hash TEXT PRIMARY KEY,
  gzip     BLOB NOT NULL
) STRICT;

ALTER TABLE inputs ADD COLUMN fetched INTEGER REFERENCES fetched (seq);

CREATE TRIGGER fetched_kept BEFORE UPDATE ON fetched BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER fetched_stay BEFORE DELETE ON fetched BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER pages_kept BEFORE UPDATE ON pages BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER pages_stay BEFORE DELETE ON pages BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
