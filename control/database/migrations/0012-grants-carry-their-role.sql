-- Tokens are shown and revoked one by one: each has a name of its own, may end by itself, and tells when it was last used.
ALTER TABLE tokens ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE tokens ADD COLUMN last_used_at INTEGER;
UPDATE tokens SET id = lower(hex(randomblob(8)));

-- A grant carries the role and units of the moment it was given; those that said "the account's own" are written out now.
UPDATE grants SET role = (SELECT u.role FROM users u WHERE u.id = grants.user_id) WHERE role IS NULL;
UPDATE grants SET units = (SELECT u.units FROM users u WHERE u.id = grants.user_id) WHERE units = '[]';
