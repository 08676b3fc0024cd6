-- Which claims somebody should look at first: what each does to its incident, so that the queue is read from an index.

ALTER TABLE incident_claims ADD COLUMN rank INTEGER NOT NULL DEFAULT 4;  -- of ledger::Reason, the most consequential 0
ALTER TABLE incident_claims ADD COLUMN stake INTEGER NOT NULL DEFAULT 0; -- the larger, the sooner, within a rank

-- Versions from before know what set their bounds and what is disputed.
DROP TRIGGER incident_claims_kept;
UPDATE incident_claims SET rank = 1, stake = 0 WHERE EXISTS (
  SELECT 1 FROM incident_versions v, json_each(v.json, '$.disputes') d, json_each(d.value, '$.claims') c
  WHERE v.seq = incident_claims.version AND c.value = incident_claims.claim);
UPDATE incident_claims SET rank = 0, stake = found.stake FROM (
  SELECT v.seq AS version, c.value AS claim, max(t.value ->> '$.high') AS stake
  FROM incident_versions v, json_each(v.json, '$.deaths') t, json_each(t.value, '$.because') b, json_each(b.value, '$.claims') c
  WHERE v.json IS NOT NULL GROUP BY v.seq, c.value) AS found
WHERE incident_claims.version = found.version AND incident_claims.claim = found.claim;
CREATE TRIGGER incident_claims_kept BEFORE UPDATE ON incident_claims BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;

CREATE INDEX incident_claims_rank ON incident_claims (rank, stake DESC, version, claim);

-- Decisions are few among the events of a large ledger.
CREATE INDEX events_decisions ON events (what, seq) WHERE what IN ('set', 'merge', 'split', 'reject', 'undo');
