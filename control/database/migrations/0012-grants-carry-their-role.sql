-- A grant carries the role and units of the moment it was given; those that said "the account's own" are written out now.
UPDATE grants SET role = (SELECT u.role FROM users u WHERE u.id = grants.user_id) WHERE role IS NULL;
UPDATE grants SET units = (SELECT u.units FROM users u WHERE u.id = grants.user_id) WHERE units = '[]';
