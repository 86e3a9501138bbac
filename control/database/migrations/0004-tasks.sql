-- What the SOC asks a unit to do. Texts are JSON Bilingual, steps a JSON array of them.
CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,                      -- NV-0001
  revision INTEGER NOT NULL,
  unit TEXT NOT NULL,
  origin TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  what TEXT NOT NULL,
  steps TEXT NOT NULL,
  state TEXT NOT NULL,
  incident_id TEXT,
  contact_id TEXT,                              -- of the contact who was asked; its row may be replaced, the name stays
  contact_name TEXT NOT NULL DEFAULT '',
  contact_role TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,                     -- user id
  last_at INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  ended_at INTEGER,
  round INTEGER NOT NULL,                       -- grows with every new deadline: reminders of an old one are not repeated
  round_at INTEGER NOT NULL,
  step INTEGER NOT NULL,                        -- reminders and escalations of this round that are done
  next_at INTEGER,                              -- when the next one is due; null when there is none
  questions INTEGER NOT NULL DEFAULT 0          -- asked and not answered yet
) STRICT;
CREATE INDEX tasks_due ON tasks(next_at) WHERE next_at IS NOT NULL;
CREATE INDEX tasks_open ON tasks(deadline, seq, unit) WHERE ended_at IS NULL;
CREATE INDEX tasks_ended ON tasks(ended_at, seq, unit) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_by_incident ON tasks(incident_id) WHERE incident_id IS NOT NULL;
CREATE TABLE task_alerts (
  task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  alert_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (task_id, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_alerts_by_alert ON task_alerts(alert_id, task_id);

-- The links in messages. The table knows the SHA-256 of the token, never the token.
CREATE TABLE task_links (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  contact_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  device TEXT,                                  -- SHA-256 of the secret of the device that answered first
  bound_at INTEGER
) STRICT;
CREATE INDEX task_links_by_task ON task_links(task_id);

-- Everything that happened to a task, oldest first. `nonce` makes every answer by link single.
CREATE TABLE task_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  side TEXT NOT NULL,                           -- soc, unit or system
  name TEXT NOT NULL DEFAULT '',
  user_id TEXT,
  link_id TEXT,
  nonce TEXT UNIQUE,
  body_hash TEXT
) STRICT;
CREATE INDEX task_entries_by_task ON task_entries(task_id, id);
CREATE TABLE task_files (
  id TEXT PRIMARY KEY,                          -- also its name in the folder `evidence`
  task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  name TEXT NOT NULL,                           -- as the sender called it: text, never a path
  kind TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  sent_by TEXT NOT NULL
) STRICT;
CREATE INDEX task_files_by_task ON task_files(task_id, at);
