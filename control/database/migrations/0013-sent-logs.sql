-- Who sent ---------------------------------------------------------------------------
-- Events per sender, Vietnamese day of receiving and origin: evidence that a unit's own sources sent. `unit` is the unit of
-- the sender at that moment, never a unit that a line names. Summed in the transaction that commits a batch's position.
CREATE TABLE sender_days (
  origin TEXT NOT NULL,
  day TEXT NOT NULL,                            -- 2026-11-23, Asia/Ho_Chi_Minh
  sender TEXT NOT NULL,
  unit TEXT NOT NULL,
  events INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (origin, day, sender, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX sender_days_by_unit ON sender_days(unit, origin, day);
CREATE INDEX sender_days_by_sender ON sender_days(sender, origin, day);

-- The unit of a sender, and whether it is switched on, as they were set; a sender's row knows the newest only.
CREATE TABLE sender_changes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  sender TEXT NOT NULL REFERENCES senders(id) ON DELETE CASCADE,
  origin TEXT NOT NULL,
  unit TEXT NOT NULL,
  enabled INTEGER NOT NULL
) STRICT;
CREATE INDEX sender_changes_by_sender ON sender_changes(sender, at);
INSERT INTO sender_changes (at, sender, origin, unit, enabled)
  SELECT created_at, id, origin, unit, enabled FROM senders ORDER BY created_at, id;
-- An older version counted the units that lines named: of its days nobody can say who sent.
INSERT INTO meta (key, value) SELECT 'figures.sent_since', CAST(MAX(last_at) AS TEXT) FROM unit_days HAVING COUNT(*) > 0;
