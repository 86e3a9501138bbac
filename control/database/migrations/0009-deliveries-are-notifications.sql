-- One message to one recipient through one channel is a notification; it was called a delivery until now. Rows keep their
-- ids and their history; the audit log keeps the words it was written with.
ALTER TABLE deliveries RENAME TO notifications;
ALTER TABLE delivery_history RENAME TO notification_history;
ALTER TABLE notification_history RENAME COLUMN delivery_id TO notification_id;
DROP INDEX deliveries_due;
DROP INDEX deliveries_sending;
DROP INDEX deliveries_receipt;
DROP INDEX deliveries_by_status;
DROP INDEX deliveries_by_channel;
DROP INDEX deliveries_by_recipient;
DROP INDEX deliveries_held;
DROP INDEX deliveries_by_announcement;
DROP INDEX deliveries_by_provider;
CREATE INDEX notifications_due ON notifications(channel, due_at, id) WHERE status IN ('queued', 'deferred');
CREATE INDEX notifications_sending ON notifications(id) WHERE status = 'sending';
CREATE INDEX notifications_receipt ON notifications(receipt_by) WHERE receipt_by IS NOT NULL;
CREATE INDEX notifications_by_status ON notifications(status, id);
CREATE INDEX notifications_by_channel ON notifications(channel, id);
CREATE INDEX notifications_by_recipient ON notifications(recipient, begun_at);
CREATE INDEX notifications_held ON notifications(recipient, hold, due_at) WHERE hold <> '' AND status = 'deferred';
CREATE INDEX notifications_by_announcement ON notifications(announcement_id);
CREATE INDEX notifications_by_provider ON notifications(channel, provider_id) WHERE provider_id IS NOT NULL;

-- Addresses of a person as rows: a channel brings its own kind of address without a column of its own. The name of a kind
-- is that of the column it had.
ALTER TABLE user_contacts RENAME TO contact_columns;
CREATE TABLE user_contacts (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  address_kind TEXT NOT NULL,                   -- phone, email, zalo_user, …: `AddressKind` in control/notifications/channels/
  address TEXT NOT NULL CHECK (address <> ''),
  PRIMARY KEY (user_id, address_kind)
) STRICT, WITHOUT ROWID;
INSERT INTO user_contacts (user_id, address_kind, address)
  SELECT user_id, 'phone', phone FROM contact_columns WHERE phone <> ''
  UNION ALL SELECT user_id, 'email', email FROM contact_columns WHERE email <> ''
  UNION ALL SELECT user_id, 'zalo_user', zalo_user FROM contact_columns WHERE zalo_user <> ''
  UNION ALL SELECT user_id, 'zalo_chat', zalo_chat FROM contact_columns WHERE zalo_chat <> ''
  UNION ALL SELECT user_id, 'telegram_chat', telegram_chat FROM contact_columns WHERE telegram_chat <> '';
CREATE TABLE preferred_channels (
  user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  channels TEXT NOT NULL                        -- JSON: preferred order
) STRICT;
INSERT INTO preferred_channels (user_id, channels) SELECT user_id, channels FROM contact_columns WHERE channels <> '[]';
DROP TABLE contact_columns;
