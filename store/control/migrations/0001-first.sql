-- Accounts -----------------------------------------------------------------
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  units TEXT NOT NULL DEFAULT '[]',             -- JSON array of unit codes; each stands for its subtree
  may_unmask INTEGER NOT NULL DEFAULT 0,
  password TEXT NOT NULL,                       -- argon2id, PHC string
  must_change_password INTEGER NOT NULL DEFAULT 1,
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  last_sign_in_at INTEGER
) STRICT;
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,                  -- SHA-256 of the cookie
  id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  csrf TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions(user_id);

-- Every act, append-only -----------------------------------------------------
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,                           -- username, or 'system'
  act TEXT NOT NULL,
  target TEXT NOT NULL,
  params TEXT NOT NULL DEFAULT '{}',
  address TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_by_time ON audit(at);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- Senders ----------------------------------------------------------------------
CREATE TABLE senders (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,
  networks TEXT NOT NULL DEFAULT '[]',          -- JSON array of CIDR
  speaks_for TEXT NOT NULL DEFAULT '"self"',    -- JSON: "self", "any" or array of unit codes
  utc_offset_minutes INTEGER NOT NULL DEFAULT 420,
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,                        -- SHA-256 hex
  sender_id TEXT NOT NULL REFERENCES senders(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE TABLE contacts (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT ''
) STRICT;

-- Alerts ------------------------------------------------------------------------
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL UNIQUE,                  -- opening order
  revision INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  rule_version TEXT NOT NULL,
  rule TEXT NOT NULL,                           -- JSON RuleSummary as of the newest match
  level TEXT NOT NULL,
  level_rank INTEGER NOT NULL,                  -- index in core/match levels
  origin TEXT NOT NULL,
  unit TEXT NOT NULL,                           -- affected unit
  senders TEXT NOT NULL,                        -- JSON array
  entity_key TEXT NOT NULL,
  entity TEXT NOT NULL,                         -- JSON: field -> value
  vals TEXT NOT NULL,                           -- JSON: values for the sentence
  status TEXT NOT NULL,
  verdict TEXT,
  count INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  received_at INTEGER NOT NULL,                 -- of the first evidence
  matched_at INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  closed_at INTEGER,
  assignee TEXT REFERENCES users(id),
  incident_id TEXT,
  escalated INTEGER NOT NULL DEFAULT 0,
  reopened INTEGER NOT NULL DEFAULT 0,
  previous_id TEXT,                             -- the closed alert of the same fingerprint before it
  many_entities INTEGER NOT NULL DEFAULT 0,     -- stands for more than 200 new entities an hour
  deadline INTEGER
) STRICT;
-- At most one alert that is not closed per fingerprint.
CREATE UNIQUE INDEX alerts_open ON alerts(fingerprint) WHERE status <> 'closed';
CREATE INDEX alerts_by_fingerprint ON alerts(fingerprint, closed_at);
CREATE INDEX alerts_by_status ON alerts(status, level_rank DESC, last_seen DESC);
CREATE INDEX alerts_by_entity ON alerts(entity_key, last_seen);
CREATE INDEX alerts_by_unit ON alerts(unit, last_seen);
CREATE INDEX alerts_by_rule ON alerts(rule_id, unit, raised_at);
CREATE INDEX alerts_by_incident ON alerts(incident_id);
CREATE TABLE alert_evidence (
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  event TEXT NOT NULL,                          -- JSON ECS document
  matched TEXT NOT NULL,                        -- JSON MatchedField[]
  PRIMARY KEY (alert_id, event_id)
) STRICT, WITHOUT ROWID;
-- Counts per alert and five minutes (event time), for the trend.
CREATE TABLE alert_counts (
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,                        -- floor(ms / 300000)
  count INTEGER NOT NULL,
  PRIMARY KEY (alert_id, step)
) STRICT, WITHOUT ROWID;

-- Incidents ---------------------------------------------------------------------
CREATE TABLE incidents (
  id TEXT PRIMARY KEY,                          -- VL-0001
  seq INTEGER NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  title TEXT NOT NULL,                          -- JSON Bilingual
  level TEXT NOT NULL,
  level_rank INTEGER NOT NULL,
  origin TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  detected_at INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  closed_at INTEGER,
  assignee TEXT REFERENCES users(id),
  merged_into TEXT,
  deadline INTEGER
) STRICT;
CREATE INDEX incidents_by_status ON incidents(status, last_seen DESC);
CREATE TABLE incident_units (
  incident_id TEXT NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  PRIMARY KEY (incident_id, unit)
) STRICT, WITHOUT ROWID;

-- The story of alerts and incidents, append-only.
CREATE TABLE timeline (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  alert_id TEXT,
  incident_id TEXT,
  unit TEXT,
  act TEXT NOT NULL,
  user_id TEXT,
  text TEXT NOT NULL DEFAULT '',
  params TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX timeline_by_alert ON timeline(alert_id, at);
CREATE INDEX timeline_by_incident ON timeline(incident_id, at);

-- The link from the data plane ---------------------------------------------------
-- Highest spool offset whose matches are committed, and the correlation state that stands for `checkpoint_offset`.
CREATE TABLE detector_position (
  partition INTEGER PRIMARY KEY,
  spool_id TEXT NOT NULL,
  offset INTEGER NOT NULL,
  checkpoint_offset INTEGER NOT NULL DEFAULT -1,
  checkpoint BLOB
) STRICT;
-- Matches per rule and hour (receive time), for the rules screen.
CREATE TABLE rule_hours (
  rule_id TEXT NOT NULL,
  hour INTEGER NOT NULL,
  origin TEXT NOT NULL,
  matches INTEGER NOT NULL,
  PRIMARY KEY (rule_id, hour, origin)
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
