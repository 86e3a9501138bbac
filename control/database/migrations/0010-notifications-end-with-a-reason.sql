-- What ends an announcement has its own name: only a person's answer is an acknowledgement. Recovery, closing and merging
-- end one too, and nobody is said to have answered.
ALTER TABLE announcements ADD COLUMN ended_at INTEGER;               -- nothing of it goes out any more
ALTER TABLE announcements ADD COLUMN ended_code TEXT NOT NULL DEFAULT '';  -- acknowledged, recovered, over, merged
UPDATE announcements SET ended_at = acknowledged_at, ended_code = CASE WHEN acknowledged_by = '' THEN 'over' ELSE 'acknowledged' END
  WHERE acknowledged_at IS NOT NULL;
UPDATE announcements SET acknowledged_at = NULL, acknowledged_by = NULL WHERE acknowledged_by = '';
-- The sentence of an SMS where the title is not enough; '' for the title.
ALTER TABLE announcements ADD COLUMN sms TEXT NOT NULL DEFAULT '';
-- The messages a digest carries: whether it arrives is their fate too.
CREATE INDEX notifications_by_digest ON notifications(folded_into) WHERE folded_into IS NOT NULL;

-- When the first message of a task reached somebody; null: nobody knows of it, so nobody is late.
ALTER TABLE tasks ADD COLUMN told_at INTEGER;
UPDATE tasks SET told_at = created_at WHERE state <> 'sent' OR EXISTS (
  SELECT 1 FROM announcements a JOIN notifications n ON n.announcement_id = a.id
    WHERE a.subject = 'task:' || tasks.id AND n.status IN ('accepted', 'delivered', 'read', 'answered') AND n.recipient NOT LIKE 'nobody:%');

-- Planned work that comes back every week at the same hour: until then; null for work that happens once.
ALTER TABLE health_maintenance ADD COLUMN weekly_until INTEGER;
