-- Browsers in which a person has signed in before: their tries are counted apart from those of strangers.
CREATE TABLE known_devices (
  device TEXT NOT NULL,                         -- SHA-256 of the device's cookie, hex
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  address TEXT NOT NULL,                        -- where the last sign-in came from; an IPv6 one as its /64
  last_at INTEGER NOT NULL,
  PRIMARY KEY (device, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_devices_of_user ON known_devices(user_id, last_at);
