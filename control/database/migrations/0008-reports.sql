-- Reports as they were made: figures, hashes and who; the files lie in SOC_DATA/reports under their hash.
CREATE TABLE reports (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,                      -- BC-0001
  kind TEXT NOT NULL,                           -- daily, weekly, monthly, unit_weekly
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL,
  unit TEXT NOT NULL,                           -- '' for the province
  origin TEXT NOT NULL,
  version INTEGER NOT NULL,
  draft INTEGER NOT NULL,                       -- 1: the period had not ended
  reason TEXT NOT NULL,                         -- why a new version was made; '' for the first
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,                        -- user name, or 'system'
  figures TEXT NOT NULL,                        -- JSON PeriodFigures
  figures_hash TEXT NOT NULL,                   -- SHA-256, hex
  pdf_hash TEXT NOT NULL,
  docx_hash TEXT NOT NULL,
  pdf_bytes INTEGER NOT NULL,
  docx_bytes INTEGER NOT NULL,
  UNIQUE (kind, from_day, to_day, unit, origin, version)
) STRICT;
CREATE INDEX reports_by_time ON reports(made_at DESC, seq DESC);
CREATE TRIGGER reports_no_update BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;

-- What the agency prints on every report, and when reports are made. One row.
CREATE TABLE report_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL,                       -- JSON, see control/reports/settings.ts
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE report_subscribers (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL,                           -- '' for the province
  user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
  address TEXT NOT NULL,                        -- '' when it is a user
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;
CREATE INDEX report_subscribers_by_kind ON report_subscribers(kind, unit);

-- Scheduled reports that were made: none is made twice, and one that was missed is made up.
CREATE TABLE report_slots (
  slot TEXT PRIMARY KEY,                        -- kind:from:to:unit
  report_id TEXT NOT NULL,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
