import type { AlertRecord } from './alert.ts'
import type { AlertsContext } from './context.ts'
import type { Changes } from './changes.ts'

/** Set when an alert opens and never after. */
const fixed = [
  'seq',
  'id',
  'fingerprint',
  'rule_id',
  'origin',
  'unit',
  'entity_key',
  'entity',
  'event_at',
  'received_at',
  'matched_at',
  'raised_at',
  'previous_id',
  'many_entities'
] as const
/** What matches change; the rest changes by acts of people and turns of its life. */
const figures = [
  'revision',
  'rule_version',
  'rule',
  'senders',
  'vals',
  'count',
  'window_count',
  'window_first',
  'window_last',
  'window_peak',
  'trend_step',
  'trend',
  'hour',
  'hour_count',
  'hour_peak',
  'first_seen',
  'last_seen',
  'entities'
] as const
const turns = [
  'level',
  'level_rank',
  'status',
  'verdict',
  'archived_peak',
  'acknowledged_at',
  'closed_at',
  'assignee',
  'incident_id',
  'escalated',
  'reopened',
  'deadline'
] as const
const changing = [...figures, ...turns]
const all = [...fixed, ...changing]

const insertText = `INSERT INTO alerts (${all.join(', ')}) VALUES (${all.map((column) => `:${column}`).join(', ')})`
const updateOf = (columns: readonly string[]) =>
  `UPDATE alerts SET ${columns.map((column) => `${column} = :${column}`).join(', ')} WHERE seq = :seq`
const updateText = updateOf(changing)
const updateFiguresText = updateOf(figures)

export function insertAlert(context: AlertsContext, record: AlertRecord, changes: Changes): void {
  context.control.sql(insertText).run(record)
  changes.alerts.set(record.seq, record)
}

/** Writes what may change of an alert; its revision grows, so that an older push never replaces a newer one. */
export function saveAlert(context: AlertsContext, record: AlertRecord, changes: Changes): void {
  save(context, record, updateText, changing, changes)
}

/** The same where only matches came: leaves alone the indexes of everything else. */
export function saveFigures(context: AlertsContext, record: AlertRecord, changes: Changes): void {
  save(context, record, updateFiguresText, figures, changes)
}

function save(
  context: AlertsContext,
  record: AlertRecord,
  text: string,
  columns: readonly (keyof AlertRecord)[],
  changes: Changes
) {
  record.revision += 1
  const values: Record<string, string | number | null> = { seq: record.seq }
  for (const column of columns) values[column] = record[column]
  context.control.sql(text).run(values)
  changes.alerts.set(record.seq, record)
}

const read = (row: unknown) => row as AlertRecord | undefined

export function alertById(context: AlertsContext, id: string): AlertRecord | undefined {
  return read(context.control.sql('SELECT * FROM alerts WHERE id = ?').get(id))
}

/** The one alert of a fingerprint that is not closed. */
export function openAlert(context: AlertsContext, fingerprint: string): AlertRecord | undefined {
  return read(context.control.sql(`SELECT * FROM alerts WHERE fingerprint = ? AND status <> 'closed'`).get(fingerprint))
}

/** Whether a fingerprint has an alert that is not closed. */
export function hasOpenAlert(context: AlertsContext, fingerprint: string): boolean {
  return (
    context.control.sql(`SELECT 1 FROM alerts WHERE fingerprint = ? AND status <> 'closed'`).get(fingerprint) !==
    undefined
  )
}

/** The values of the newest alert of a fingerprint, open or closed. */
export function lastValuesOf(context: AlertsContext, fingerprint: string): Record<string, string> | undefined {
  const row = context.control
    .sql('SELECT vals FROM alerts WHERE seq = (SELECT MAX(seq) FROM alerts WHERE fingerprint = ?)')
    .get(fingerprint) as { vals: string } | undefined
  return row && (JSON.parse(row.vals) as Record<string, string>)
}

/** The alert of a fingerprint that was closed last. */
export function lastClosedAlert(context: AlertsContext, fingerprint: string): AlertRecord | undefined {
  return read(
    context.control
      .sql(`SELECT * FROM alerts WHERE fingerprint = ? AND status = 'closed' ORDER BY closed_at DESC, seq DESC LIMIT 1`)
      .get(fingerprint)
  )
}

/** Open means that somebody may still have to look at it: neither closed nor archived until it escalates. */
export const OPEN = `status IN ('new', 'acknowledged', 'waiting')`
