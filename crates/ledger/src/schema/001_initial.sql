-- The ledger, first version. Nothing in it is ever changed or removed: what was learnt later is added, and the triggers
-- at the end hold everybody to that. Moments are UTC text of fixed width (they sort as they read), days ISO dates.

-- A text that somebody published, once, whatever the number of inputs that held it.
CREATE TABLE reports (
  seq           INTEGER PRIMARY KEY,   -- order of arrival
  id            TEXT NOT NULL UNIQUE,
  published     TEXT,                  -- as the outlet gave it
  published_day TEXT,
  outlet        TEXT NOT NULL,
  outlet_key    TEXT NOT NULL,         -- folded: lower case, no diacritics
  kind          TEXT NOT NULL,
  language      TEXT NOT NULL,
  title         TEXT NOT NULL,
  text          TEXT NOT NULL,
  copy_of       TEXT,
  fingerprint   INTEGER,               -- 64 bits, stored as a signed number
  url           TEXT,
  recorded_at   TEXT NOT NULL
) STRICT;
CREATE INDEX reports_day ON reports (published_day);
CREATE INDEX reports_copy ON reports (copy_of) WHERE copy_of IS NOT NULL;

-- What was handed in, and what became of it. One input may hold several reports, one report may come in several inputs.
CREATE TABLE inputs (
  seq         INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,           -- path or address as given
  raw_hash    TEXT,                    -- of the original bytes
  status      TEXT NOT NULL CHECK (status IN ('new', 'copy', 'unchanged', 'failed')),
  report      TEXT REFERENCES reports (id),
  reason      TEXT,                    -- why it failed
  fetched_at  TEXT,
  recorded_at TEXT NOT NULL,
  CHECK ((status = 'failed') = (report IS NULL)),
  CHECK ((status = 'failed') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX inputs_hash ON inputs (raw_hash, report);
CREATE INDEX inputs_report ON inputs (report);
CREATE INDEX inputs_failed ON inputs (name) WHERE status = 'failed';

-- What one version of the reader made of one report. The newest of a report is the one in force.
CREATE TABLE readings (
  seq         INTEGER PRIMARY KEY,
  report      TEXT NOT NULL REFERENCES reports (id),
  reader      TEXT NOT NULL,
  model       TEXT NOT NULL,           -- hash of its model, '' when it has none
  recorded_at TEXT NOT NULL,
  UNIQUE (report, reader, model)
) STRICT;

CREATE TABLE claims (
  seq          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL,
  reading      INTEGER NOT NULL REFERENCES readings (seq),
  report       TEXT NOT NULL REFERENCES reports (id),
  position     INTEGER NOT NULL,       -- order in the reading
  byte_start   INTEGER NOT NULL,       -- of the quote in its field, UTF-8
  byte_end     INTEGER NOT NULL,
  quote        TEXT NOT NULL,
  kind         TEXT NOT NULL,
  stance       TEXT NOT NULL,
  polarity     TEXT NOT NULL,
  scope        TEXT NOT NULL,
  speaker      TEXT,                   -- innermost, folded; NULL in the report's own voice
  speaker_kind TEXT,
  parties      TEXT NOT NULL,          -- actor, target and side, folded, one a line
  side         TEXT,                   -- folded
  place        TEXT,                   -- names as printed and as resolved, folded, one a line
  country      TEXT,
  date_start   TEXT,
  date_end     TEXT,
  count_low    INTEGER,
  count_high   INTEGER,
  victims      TEXT,
  json         TEXT NOT NULL,          -- the whole claim; its incident is known from incident_claims
  UNIQUE (reading, id)
) STRICT;
CREATE INDEX claims_id ON claims (id, seq);
CREATE INDEX claims_report ON claims (report, reading);

-- Each reconciliation, and each person's decision, appends versions; the newest of an id is the one in force.
CREATE TABLE incident_versions (
  seq         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL,
  revision    INTEGER NOT NULL,        -- 1, 2, … within the id
  state       TEXT NOT NULL CHECK (state IN ('current', 'withdrawn', 'merged')),
  survivor    TEXT,                    -- the id it was merged into
  reason      TEXT NOT NULL,
  decided_by  TEXT,                    -- a person; NULL for the machine
  recorded_at TEXT NOT NULL,
  kind        TEXT,
  status      TEXT,
  date_start  TEXT,
  date_end    TEXT,
  place_name  TEXT,
  place       TEXT,                    -- name, admin2 and admin1, folded, one a line
  admin1      TEXT,                    -- folded
  country     TEXT,
  lat         REAL,
  lon         REAL,
  deaths_low  INTEGER,
  deaths_best INTEGER,
  deaths_high INTEGER,
  disputed    TEXT,                    -- what over, each between spaces; '' when nothing is
  json        TEXT,                    -- the whole incident; NULL unless current
  UNIQUE (id, revision),
  CHECK ((state = 'merged') = (survivor IS NOT NULL)),
  CHECK ((state = 'current') = (json IS NOT NULL))
) STRICT;
CREATE INDEX incident_versions_id ON incident_versions (id, seq);
CREATE INDEX incident_versions_date ON incident_versions (date_start);

CREATE TABLE incident_claims (
  version  INTEGER NOT NULL REFERENCES incident_versions (seq),
  claim    TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (version, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_claims_claim ON incident_claims (claim, version);

CREATE TABLE incident_parties (
  version  INTEGER NOT NULL REFERENCES incident_versions (seq),
  position INTEGER NOT NULL,
  party    TEXT NOT NULL,              -- folded
  PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

-- Who changed what, when and why.
CREATE TABLE events (
  seq     INTEGER PRIMARY KEY,
  at      TEXT NOT NULL,
  who     TEXT NOT NULL,
  what    TEXT NOT NULL,
  subject TEXT,                        -- the id it happened to
  why     TEXT NOT NULL,
  old     TEXT,                        -- JSON of the fields that changed
  new     TEXT
) STRICT;
CREATE INDEX events_subject ON events (subject);

CREATE VIRTUAL TABLE report_words USING fts5 (
  title, text, content = 'reports', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE quote_words USING fts5 (
  quote, content = 'claims', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER reports_indexed AFTER INSERT ON reports BEGIN
  INSERT INTO report_words (rowid, title, text) VALUES (new.seq, new.title, new.text);
END;
CREATE TRIGGER claims_indexed AFTER INSERT ON claims BEGIN
  INSERT INTO quote_words (rowid, quote) VALUES (new.seq, new.quote);
END;

CREATE TRIGGER reports_kept BEFORE UPDATE ON reports BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER reports_stay BEFORE DELETE ON reports BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER inputs_kept BEFORE UPDATE ON inputs BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER inputs_stay BEFORE DELETE ON inputs BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER readings_kept BEFORE UPDATE ON readings BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER readings_stay BEFORE DELETE ON readings BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER claims_kept BEFORE UPDATE ON claims BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER claims_stay BEFORE DELETE ON claims BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_versions_kept BEFORE UPDATE ON incident_versions BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_versions_stay BEFORE DELETE ON incident_versions BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_claims_kept BEFORE UPDATE ON incident_claims BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_claims_stay BEFORE DELETE ON incident_claims BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_parties_kept BEFORE UPDATE ON incident_parties BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER incident_parties_stay BEFORE DELETE ON incident_parties BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER events_kept BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
