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
  seq INTEGER PRIMARY KEY,                      -- opening order, never used twice
  id TEXT NOT NULL UNIQUE,                      -- CB-0001
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
  entity_key TEXT NOT NULL,                     -- empty for one that stands for many entities
  entity TEXT NOT NULL,                         -- JSON: field -> value
  vals TEXT NOT NULL,                           -- JSON: values for the sentence
  status TEXT NOT NULL,
  verdict TEXT,
  count INTEGER NOT NULL,
  window_count INTEGER,                         -- correlation: the part of count that its newest window made
  window_first INTEGER,
  window_last INTEGER,
  window_peak INTEGER,                          -- correlation: greatest count of one window, what the sentence says
  trend_step INTEGER NOT NULL,                  -- newest five-minute step: floor(ms / 300000)
  trend TEXT NOT NULL,                          -- JSON: counts of 12 steps up to trend_step, oldest first
  hour INTEGER NOT NULL,                        -- newest hour of receiving, its count, and the greatest hour before it
  hour_count INTEGER NOT NULL,
  hour_peak INTEGER NOT NULL DEFAULT 0,
  archived_peak INTEGER,                        -- greatest hour when it was archived: three times as much brings it back
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  event_at INTEGER NOT NULL,                    -- the first evidence: when it happened, was received, matched, raised
  received_at INTEGER NOT NULL,
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
  entities INTEGER NOT NULL DEFAULT 1,
  deadline INTEGER
) STRICT;
-- At most one alert that is not closed per fingerprint.
CREATE UNIQUE INDEX alerts_open ON alerts(fingerprint) WHERE status <> 'closed';
CREATE INDEX alerts_by_fingerprint ON alerts(fingerprint, closed_at);
-- The queue's pages, counts and filters by unit are answered from these alone. Few, because every match moves a place in them.
CREATE INDEX alerts_by_status ON alerts(status, level_rank, last_seen, seq, unit);
CREATE INDEX alerts_by_assignee ON alerts(assignee, status, level_rank, last_seen, seq, unit) WHERE assignee IS NOT NULL;
CREATE INDEX alerts_escalated ON alerts(level_rank, last_seen, seq, unit)
  WHERE escalated = 1 AND status IN ('new', 'acknowledged', 'waiting');
CREATE INDEX alerts_closed ON alerts(closed_at, seq, unit) WHERE status = 'closed';
CREATE INDEX alerts_by_time ON alerts(last_seen, seq, unit, level_rank);
CREATE INDEX alerts_by_entity ON alerts(entity_key, last_seen);
CREATE INDEX alerts_by_entity_incident ON alerts(entity_key, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alerts_by_unit ON alerts(unit, last_seen);
CREATE INDEX alerts_by_rule ON alerts(rule_id, unit, origin, raised_at);
CREATE INDEX alerts_by_incident ON alerts(incident_id, last_seen) WHERE incident_id IS NOT NULL;
-- What a search over alerts looks through: folded text, apart so that it is small.
CREATE TABLE alert_text (
  seq INTEGER PRIMARY KEY REFERENCES alerts(seq) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE alert_evidence (
  alert_seq INTEGER NOT NULL REFERENCES alerts(seq) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  place INTEGER NOT NULL,                       -- order of arrival within the alert, from 1
  time INTEGER NOT NULL,
  event TEXT NOT NULL,                          -- JSON ECS document
  matched TEXT NOT NULL,                        -- JSON MatchedField[]
  PRIMARY KEY (alert_seq, event_id)
) STRICT, WITHOUT ROWID;
-- The entities that an alert for many of them stands for.
CREATE TABLE alert_entities (
  alert_seq INTEGER NOT NULL REFERENCES alerts(seq) ON DELETE CASCADE,
  entity TEXT NOT NULL,                         -- hash of the key
  first_at INTEGER NOT NULL,
  PRIMARY KEY (alert_seq, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_entities_by_time ON alert_entities(alert_seq, first_at);
-- Acts of people on alerts of the last minutes, with what was before: undo.
CREATE TABLE alert_acts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_seq INTEGER NOT NULL REFERENCES alerts(seq) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  before TEXT NOT NULL,                         -- JSON: columns as they were, and as the act left them
  after TEXT NOT NULL
) STRICT;
CREATE INDEX alert_acts_by_alert ON alert_acts(alert_seq, id);
CREATE INDEX alert_acts_by_time ON alert_acts(at);

-- Incidents ---------------------------------------------------------------------
CREATE TABLE incidents (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,                      -- VL-0001
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
CREATE INDEX incidents_by_status ON incidents(status, last_seen);
CREATE INDEX incidents_by_time ON incidents(last_seen);
CREATE TABLE incident_units (
  incident_id TEXT NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  PRIMARY KEY (incident_id, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_units_by_unit ON incident_units(unit, incident_id);

-- The story of alerts and incidents, append-only. An act on an alert of an incident belongs to both.
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
CREATE INDEX timeline_by_alert ON timeline(alert_id) WHERE alert_id IS NOT NULL;
CREATE INDEX timeline_by_incident ON timeline(incident_id) WHERE incident_id IS NOT NULL;

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
