import type { TimelineEntry } from '#core/api/alerts.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { AlertsContext } from './context.ts'

/** Entries of one story that are shown; older ones stay in the database. */
const MAX_SHOWN = 500

type Entry = {
  act: string
  alert?: string
  incident?: string | null
  unit?: string
  by?: Actor | undefined
  text?: string
  params?: Record<string, string | number>
}

/** Writes one entry of the story; an act on an alert that belongs to an incident is an entry of both. */
export function tell(context: AlertsContext, entry: Entry): void {
  context.control
    .sql(
      `INSERT INTO timeline (at, alert_id, incident_id, unit, act, user_id, text, params) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
    )
    .run(
      context.clock.now(),
      entry.alert ?? null,
      entry.incident ?? null,
      entry.unit ?? null,
      entry.act,
      entry.by?.id ?? null,
      entry.text ?? '',
      JSON.stringify(entry.params ?? {})
    )
}

type Row = {
  id: number
  at: number
  act: string
  user_id: string | null
  name: string | null
  text: string
  params: string
  unit: string | null
  incident_id: string | null
}

const whole = 't.incident_id = ?1'
/** What was noted in incidents that are merged into this one, or into one of those, belongs to its story too. */
const withMerged = `(${whole} OR t.act IN ('note', 'note.withdrawn') AND t.incident_id IN (
  WITH RECURSIVE merged(id) AS (
    SELECT id FROM incidents WHERE merged_into = ?1
    UNION SELECT i.id FROM incidents i JOIN merged m ON i.merged_into = m.id
  ) SELECT id FROM merged))`

/**
 * The story of an alert or incident, oldest first. A note that was taken back is left out; that it was, is not. A note of
 * a merged incident says `from` which.
 */
export function story(context: AlertsContext, subject: { alert: string } | { incident: string }): TimelineEntry[] {
  const [where, id] = 'alert' in subject ? ['t.alert_id = ?1', subject.alert] : [withMerged, subject.incident]
  const rows = context.control.all<Row>(
    `SELECT t.id, t.at, t.act, t.user_id, u.name, t.text, t.params, t.unit, t.incident_id
       FROM timeline t
       LEFT JOIN users u ON u.id = t.user_id WHERE ${where} ORDER BY t.id DESC LIMIT ${MAX_SHOWN}`,
    id
  )
  const entries = rows.reverse().map((row): TimelineEntry => ({
    id: String(row.id),
    at: row.at,
    act: row.act,
    by: row.user_id === null ? null : { id: row.user_id, name: row.name ?? row.user_id },
    text: row.text,
    params: {
      ...(JSON.parse(row.params) as Record<string, string | number>),
      ...('incident' in subject && row.incident_id !== null && row.incident_id !== id ? { from: row.incident_id } : {})
    },
    unit: row.unit
  }))
  const withdrawn = new Set(
    entries.filter((entry) => entry.act === 'note.withdrawn').map((entry) => entry.params['note'])
  )
  return entries.filter((entry) => entry.act !== 'note' || !withdrawn.has(Number(entry.id)))
}

/** The newest note of someone on an alert that was not taken back, for taking it back and for not writing it twice. */
export function lastNote(
  context: AlertsContext,
  alert: string,
  by: Actor
): { id: number; at: number; text: string } | undefined {
  return context.control.get<{ id: number; at: number; text: string }>(
    `SELECT id, at, text FROM timeline n WHERE alert_id = ? AND act = 'note' AND user_id = ? AND NOT EXISTS (
       SELECT 1 FROM timeline w WHERE w.alert_id = n.alert_id AND w.act = 'note.withdrawn' AND w.params ->> 'note' = n.id
     ) ORDER BY id DESC LIMIT 1`,
    alert,
    by.id
  )
}
