-- Which names are one place's is decided as it is of actors: lines of the log are all that it needs.

DROP INDEX events_decisions;
CREATE INDEX events_decisions ON events (what, seq) WHERE what IN ('set', 'merge', 'split', 'reject', 'same', 'apart', 'same-place', 'apart-place', 'undo');

-- What makes a place: its country and its folded name, as ledger::place_key writes them.
ALTER TABLE incident_versions ADD COLUMN placed TEXT
  GENERATED ALWAYS AS (lower(coalesce(country, '-')) || '/' || substr(place, 1, instr(place || char(10), char(10)) - 1)) VIRTUAL;
ALTER TABLE claims ADD COLUMN placed TEXT
  GENERATED ALWAYS AS (lower(coalesce(country, '-')) || '/' || substr(place, 1, instr(place || char(10), char(10)) - 1)) VIRTUAL;
CREATE INDEX incident_versions_placed ON incident_versions (placed) WHERE placed IS NOT NULL;
CREATE INDEX claims_placed ON claims (placed) WHERE placed IS NOT NULL;
