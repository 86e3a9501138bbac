-- Notifications: a transactional outbox ---------------------------------------------
-- What is told; written in the transaction of the change it announces, once per key.
CREATE TABLE announcements (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  priority INTEGER NOT NULL,
  origin TEXT NOT NULL,
  subject TEXT NOT NULL,
  unit TEXT NOT NULL,
  code TEXT NOT NULL,
  title TEXT NOT NULL,                          -- JSON Bilingual
  body TEXT NOT NULL,                           -- JSON Bilingual
  link TEXT NOT NULL,
  audience TEXT NOT NULL,                       -- JSON Audience[]
  acknowledged_at INTEGER,                      -- taken up: nothing of it goes out any more
  acknowledged_by TEXT
) STRICT;
CREATE INDEX announcements_by_subject ON announcements(subject, id);
CREATE INDEX announcements_by_time ON announcements(at);
CREATE INDEX announcements_by_origin ON announcements(origin) WHERE origin <> 'real';
CREATE TABLE announcement_files (
  announcement_id INTEGER NOT NULL REFERENCES announcements(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (announcement_id, place)
) STRICT;

-- One message to one recipient through one channel. `message_id` is fixed before the first send: what is sent again after a
-- crash carries the same one, so that a receiver who can tell takes it once.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  announcement_id INTEGER NOT NULL REFERENCES announcements(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,                        -- 0 the first telling, then each step of the escalation
  recipient TEXT NOT NULL,                      -- user:<id>, contact:<hash>, address:<e-mail>, webhook, group:<channel>
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  composed_as TEXT NOT NULL,                    -- the channel its text is made for; differs from `channel` in the local outbox
  next TEXT NOT NULL DEFAULT '[]',              -- JSON: channels with addresses to try after this one
  status TEXT NOT NULL,
  code TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  hold TEXT NOT NULL DEFAULT '',                -- 'storm' or 'digest': waits to be folded into one message
  folded_into INTEGER,                          -- delivery that carries it in its digest
  attempts INTEGER NOT NULL DEFAULT 0,
  provider_id TEXT,
  due_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  receipt_by INTEGER,                           -- no receipt until then: the next channel is tried
  queued_at INTEGER NOT NULL,
  begun_at INTEGER,                             -- first try, what the storm guard counts
  sent_at INTEGER,                              -- taken by the provider
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  UNIQUE (announcement_id, recipient, channel, step, composed_as)
) STRICT;
CREATE INDEX deliveries_due ON deliveries(channel, due_at, id) WHERE status IN ('queued', 'deferred');
CREATE INDEX deliveries_sending ON deliveries(id) WHERE status = 'sending';
CREATE INDEX deliveries_receipt ON deliveries(receipt_by) WHERE receipt_by IS NOT NULL;
CREATE INDEX deliveries_by_status ON deliveries(status, id);
CREATE INDEX deliveries_by_channel ON deliveries(channel, id);
CREATE INDEX deliveries_by_recipient ON deliveries(recipient, begun_at);
CREATE INDEX deliveries_held ON deliveries(recipient, hold, due_at) WHERE hold <> '' AND status = 'deferred';
CREATE INDEX deliveries_by_announcement ON deliveries(announcement_id);
CREATE INDEX deliveries_by_provider ON deliveries(channel, provider_id) WHERE provider_id IS NOT NULL;

-- Every change of a message's fate.
CREATE TABLE delivery_history (
  delivery_id INTEGER NOT NULL REFERENCES deliveries(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (delivery_id, seq)
) STRICT, WITHOUT ROWID;

-- Running escalations; gone with the acknowledgement.
CREATE TABLE escalations (
  announcement_id INTEGER PRIMARY KEY REFERENCES announcements(id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  step INTEGER NOT NULL,                        -- next step of the policy
  repeats INTEGER NOT NULL,                     -- rounds told after the last step
  due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX escalations_due ON escalations(due_at);
CREATE INDEX escalations_by_subject ON escalations(subject);
-- Steps per priority as an administrator set them; absent: the built-in ones.
CREATE TABLE escalation_policy (priority INTEGER PRIMARY KEY, policy TEXT NOT NULL) STRICT;

-- How people are reached ----------------------------------------------------------------
CREATE TABLE user_contacts (
  user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  zalo_user TEXT NOT NULL DEFAULT '',           -- id of the person at the province's Zalo OA
  zalo_chat TEXT NOT NULL DEFAULT '',           -- chat with the Zalo bot
  telegram_chat TEXT NOT NULL DEFAULT '',
  channels TEXT NOT NULL DEFAULT '[]'           -- JSON: preferred order
) STRICT;
ALTER TABLE contacts ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';
-- Addresses a provider said for good that they cannot be reached.
CREATE TABLE unreachable_addresses (
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  code TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;

-- Duty roster -------------------------------------------------------------------------------
CREATE TABLE duty_shifts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  start_min INTEGER NOT NULL,                   -- minutes after midnight in Asia/Ho_Chi_Minh; an end before the start is of the next day
  end_min INTEGER NOT NULL
) STRICT;
INSERT INTO duty_shifts VALUES ('day', 'Ca ngày', 420, 1140), ('night', 'Ca đêm', 1140, 420);
-- weekday: 0 Sunday … 6 Saturday, 7 for holidays (empty: as the weekday).
CREATE TABLE duty_weekly (
  weekday INTEGER NOT NULL,
  shift TEXT NOT NULL REFERENCES duty_shifts(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  PRIMARY KEY (weekday, shift, place)
) STRICT, WITHOUT ROWID;
-- A day set apart from the week: JSON user ids in order.
CREATE TABLE duty_overrides (
  day TEXT NOT NULL,                            -- 2026-11-23 in Asia/Ho_Chi_Minh, the day a shift begins
  shift TEXT NOT NULL REFERENCES duty_shifts(id) ON DELETE CASCADE,
  users TEXT NOT NULL,
  PRIMARY KEY (day, shift)
) STRICT, WITHOUT ROWID;

-- Channels ------------------------------------------------------------------------------------
CREATE TABLE channel_state (
  channel TEXT PRIMARY KEY,
  last_success_at INTEGER,
  last_failure_at INTEGER,
  last_code TEXT NOT NULL DEFAULT '',
  last_class TEXT NOT NULL DEFAULT '',
  blocked_until INTEGER NOT NULL DEFAULT 0,     -- after a fault of its settings: others take over until then
  quota_left INTEGER
) STRICT;
CREATE TABLE channel_days (
  channel TEXT NOT NULL,
  day TEXT NOT NULL,
  sent INTEGER NOT NULL,
  PRIMARY KEY (channel, day)
) STRICT, WITHOUT ROWID;
