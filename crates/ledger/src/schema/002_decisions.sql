-- What people decide. One decision is one event; what it wrote points back at it, so that it can be taken back as one.

ALTER TABLE readings ADD COLUMN event INTEGER REFERENCES events (seq);          -- the decision that made it; NULL: a reader
ALTER TABLE incident_versions ADD COLUMN event INTEGER REFERENCES events (seq); -- the decision; NULL: reconciliation
ALTER TABLE incident_versions ADD COLUMN restores INTEGER REFERENCES incident_versions (seq); -- the version that undoing brought back
ALTER TABLE incident_versions ADD COLUMN fields TEXT;                           -- JSON of the fields that people set

-- The newest of a claim says whether a person has it in hand. A claim that somebody accepted or corrected, and one that a
-- decided incident holds, is in force whatever a later reading says; one that somebody rejected is not.
CREATE TABLE claim_decisions (
  seq         INTEGER PRIMARY KEY,
  claim       TEXT NOT NULL,
  report      TEXT NOT NULL REFERENCES reports (id),
  state       TEXT NOT NULL CHECK (state IN ('accepted', 'corrected', 'rejected', 'held', 'left')),
  version     INTEGER REFERENCES claims (seq),          -- the row decided about; NULL when left to the machine
  origin      INTEGER NOT NULL REFERENCES claims (seq), -- the reader's row under it
  decided_by  TEXT NOT NULL,
  event       INTEGER NOT NULL REFERENCES events (seq),
  restores    INTEGER REFERENCES claim_decisions (seq),
  recorded_at TEXT NOT NULL,
  CHECK ((state = 'left') = (version IS NULL))
) STRICT;
CREATE INDEX claim_decisions_claim ON claim_decisions (claim, seq);
CREATE INDEX claim_decisions_report ON claim_decisions (report);
CREATE INDEX claim_decisions_event ON claim_decisions (event);
CREATE INDEX incident_versions_event ON incident_versions (event) WHERE event IS NOT NULL;

CREATE TRIGGER claim_decisions_kept BEFORE UPDATE ON claim_decisions BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER claim_decisions_stay BEFORE DELETE ON claim_decisions BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
