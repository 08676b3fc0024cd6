-- Which names are one actor's is decided too: lines of the log are all that it needs.

DROP INDEX events_decisions;
CREATE INDEX events_decisions ON events (what, seq) WHERE what IN ('set', 'merge', 'split', 'reject', 'same', 'apart', 'undo');

-- Who is quoted with what, without the claims themselves: a filter by speaker reads this, not every claim.
CREATE INDEX claims_said ON claims (speaker, speaker_kind, kind, stance, scope, side, report, id);
