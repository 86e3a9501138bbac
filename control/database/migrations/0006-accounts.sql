-- Accounts, second half ---------------------------------------------------------
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN password_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN break_glass TEXT NOT NULL DEFAULT '';   -- '' an ordinary account, 'sealed', or 'used'
UPDATE users SET password_set_at = created_at;
ALTER TABLE sessions ADD COLUMN via TEXT NOT NULL DEFAULT 'password'; -- password, oidc, break_glass

-- Newest first by id; kept as long as the policy looks back.
CREATE TABLE password_history (
  id INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  password TEXT NOT NULL
) STRICT;
CREATE INDEX password_history_by_user ON password_history(user_id, id);

CREATE TABLE account_policy (only INTEGER PRIMARY KEY CHECK (only = 1), policy TEXT NOT NULL) STRICT;

CREATE TABLE totp (
  user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  secret TEXT NOT NULL,                         -- sealed with the key file (AES-256-GCM)
  confirmed_at INTEGER,                         -- NULL while it is being set up
  last_step INTEGER NOT NULL DEFAULT 0          -- newest time step that was used: no code counts twice
) STRICT;
CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  hash TEXT NOT NULL,                           -- HMAC with the key file
  used_at INTEGER,
  PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Invitations and password resets by link.
CREATE TABLE account_links (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,                    -- SHA-256 of the token in the link
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                           -- invite or reset
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX account_links_by_user ON account_links(user_id, created_at);

-- Rights for a time.
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role TEXT,                                    -- NULL: the account's own role
  units TEXT NOT NULL DEFAULT '[]',             -- empty: the account's own units
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at INTEGER,
  revoked_by TEXT
) STRICT;
CREATE INDEX grants_by_user ON grants(user_id, to_at);

-- Who may sign in through the identity provider, and as which account.
CREATE TABLE oidc_links (
  user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  issuer TEXT NOT NULL,
  subject TEXT,                                 -- known from the first sign-in, or written down by an administrator
  login TEXT                                    -- verified e-mail or user name at the provider, folded to lower case
) STRICT;
CREATE UNIQUE INDEX oidc_links_by_subject ON oidc_links(issuer, subject) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX oidc_links_by_login ON oidc_links(issuer, login) WHERE login IS NOT NULL;

-- The audit log becomes a chain: each row's hash stands over the one before it (control/database/audit-chain.ts).
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
DROP TRIGGER audit_no_update;
CREATE TEMP TABLE audit_chain (id INTEGER PRIMARY KEY, hash TEXT NOT NULL);
INSERT INTO audit_chain
WITH RECURSIVE chain(id, hash) AS (
  SELECT id, audit_hash('', id, at, user, act, target, params, address) FROM audit WHERE id = (SELECT min(id) FROM audit)
  UNION ALL
  SELECT a.id, audit_hash(chain.hash, a.id, a.at, a.user, a.act, a.target, a.params, a.address)
  FROM chain JOIN audit a ON a.id = (SELECT min(id) FROM audit WHERE id > chain.id)
)
SELECT id, hash FROM chain;
UPDATE audit SET hash = (SELECT c.hash FROM audit_chain c WHERE c.id = audit.id);
DROP TABLE audit_chain;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE INDEX audit_by_user ON audit(user, id);
CREATE INDEX audit_by_user_act ON audit(user, act, id);
CREATE INDEX audit_by_act ON audit(act, id);
CREATE INDEX audit_by_target ON audit(target, id);
