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
