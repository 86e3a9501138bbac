-- One request of a person is one deed, however many alerts it changed: an undo takes back exactly what it did.
ALTER TABLE alert_acts ADD COLUMN deed TEXT NOT NULL DEFAULT '';
UPDATE alert_acts SET deed = 'act-' || id;
CREATE INDEX alert_acts_by_deed ON alert_acts(deed);
-- The notes of incidents that were merged into another stand in its story.
CREATE INDEX incidents_by_merge ON incidents(merged_into) WHERE merged_into IS NOT NULL;
