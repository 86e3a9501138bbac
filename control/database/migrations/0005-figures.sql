-- Figures of a period ---------------------------------------------------------------
-- Events per affected unit, Vietnamese day of receiving and origin: evidence that a unit was watched. Summed in the
-- transaction that commits a batch's position, so that every event counts once.
CREATE TABLE unit_days (
  origin TEXT NOT NULL,
  day TEXT NOT NULL,                            -- 2026-11-23, Asia/Ho_Chi_Minh
  unit TEXT NOT NULL,
  events INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (origin, day, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_days_by_unit ON unit_days(unit, origin, day);

-- An alert as it was when it opened. The alert's own row follows its rule (title, level, tags); a finished period does not.
CREATE TABLE alert_openings (
  seq INTEGER PRIMARY KEY REFERENCES alerts(seq) ON DELETE CASCADE,
  id TEXT NOT NULL,
  origin TEXT NOT NULL,
  unit TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,                          -- JSON Bilingual, the rule's
  tags TEXT NOT NULL                            -- JSON array
) STRICT;
CREATE INDEX alert_openings_by_time ON alert_openings(origin, raised_at);
CREATE TRIGGER alert_openings_kept AFTER INSERT ON alerts BEGIN
  INSERT INTO alert_openings (seq, id, origin, unit, rule_id, raised_at, received_at, level, title, tags)
  VALUES (NEW.seq, NEW.id, NEW.origin, NEW.unit, NEW.rule_id, NEW.raised_at, NEW.received_at, NEW.level,
    coalesce(json_extract(NEW.rule, '$.title'), '{"vi":"","en":""}'), coalesce(json_extract(NEW.rule, '$.tags'), '[]'));
END;
INSERT INTO alert_openings (seq, id, origin, unit, rule_id, raised_at, received_at, level, title, tags)
  SELECT seq, id, origin, unit, rule_id, raised_at, received_at, level,
    coalesce(json_extract(rule, '$.title'), '{"vi":"","en":""}'), coalesce(json_extract(rule, '$.tags'), '[]') FROM alerts;
CREATE INDEX incidents_by_opening ON incidents(origin, opened_at);
-- Deadlines of tasks as they were set; a task's row knows the newest only.
CREATE INDEX timeline_task_deadlines ON timeline(at) WHERE act IN ('task.sent', 'task.extended', 'task.reopened');
