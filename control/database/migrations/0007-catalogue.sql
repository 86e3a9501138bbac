-- Merges of whole incidents, so that one can be taken back: which alerts came, and how the other stood.
CREATE TABLE incident_merges (
  from_id TEXT PRIMARY KEY REFERENCES incidents(id) ON DELETE CASCADE,
  into_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,                         -- status of the merged incident before
  alerts TEXT NOT NULL                          -- JSON array of alert seq that moved
) STRICT;
CREATE INDEX incident_merges_by_into ON incident_merges(into_id);

-- What administrators changed of the catalogue, over the files of province/. Append-only; a revert is another change.
CREATE TABLE catalogue_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  origin TEXT NOT NULL DEFAULT 'real',          -- rows of a demonstration end with it
  kind TEXT NOT NULL,                           -- model, system, dependency
  target TEXT NOT NULL,                         -- 22, hue-s, M22>hue-s
  change TEXT NOT NULL,                         -- JSON, see control/catalogue/catalogue.ts
  reason TEXT NOT NULL,
  reverted_by INTEGER                           -- id of the change that took this one back
) STRICT;
