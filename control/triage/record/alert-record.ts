import { alertColumns, fromRow, toRow, type Alert, type AlertColumn, type AlertRecord } from './alert.ts'
import { fromText } from './json-text.ts'
import type { AlertsContext } from './context.ts'
import type { Touched } from './touched.ts'

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
] as const satisfies readonly AlertColumn[]
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
] as const satisfies readonly AlertColumn[]
const changing = [...figures, ...turns]

const insertText = `INSERT INTO alerts (${alertColumns.join(', ')}) VALUES (${alertColumns.map((column) => `:${column}`).join(', ')})`
const updateOf = (columns: readonly string[]) =>
  `UPDATE alerts SET ${columns.map((column) => `${column} = :${column}`).join(', ')} WHERE seq = :seq`
const updateText = updateOf(changing)
const updateFiguresText = updateOf(figures)
const writtenAll: readonly AlertColumn[] = ['seq', ...changing]
const writtenFigures: readonly AlertColumn[] = ['seq', ...figures]

export function insertAlert(context: AlertsContext, record: Alert, changes: Touched): void {
  context.control.sql(insertText).run(toRow(record, alertColumns))
  changes.alerts.set(record.seq, record)
}

/** Writes what may change of an alert; its revision grows, so that an older push never replaces a newer one. */
export function saveAlert(context: AlertsContext, record: Alert, changes: Touched): void {
  save(context, record, updateText, writtenAll, changes)
}

/** The same where only matches came: leaves alone the indexes of everything else. */
export function saveFigures(context: AlertsContext, record: Alert, changes: Touched): void {
  save(context, record, updateFiguresText, writtenFigures, changes)
}

function save(context: AlertsContext, record: Alert, text: string, columns: readonly AlertColumn[], changes: Touched) {
  record.revision += 1
  context.control.sql(text).run(toRow(record, columns))
  changes.alerts.set(record.seq, record)
}

/** The alert of a statement that selects whole rows of `alerts` and finds one at most. */
export function alertOf(row: AlertRecord | undefined): Alert | undefined {
  return row && fromRow(row)
}

/** The alerts of a statement that selects whole rows of `alerts`. */
export const alertsOf = (rows: readonly AlertRecord[]): Alert[] => rows.map(fromRow)

export function alertById(context: AlertsContext, id: string): Alert | undefined {
  return alertOf(context.control.get<AlertRecord>('SELECT * FROM alerts WHERE id = ?', id))
}

/** The one alert of a fingerprint that is not closed. */
export function openAlert(context: AlertsContext, fingerprint: string): Alert | undefined {
  return alertOf(
    context.control.get<AlertRecord>(`SELECT * FROM alerts WHERE fingerprint = ? AND status <> 'closed'`, fingerprint)
  )
}

/** Whether a fingerprint has an alert that is not closed. */
export function hasOpenAlert(context: AlertsContext, fingerprint: string): boolean {
  return (
    context.control.sql(`SELECT 1 FROM alerts WHERE fingerprint = ? AND status <> 'closed'`).get(fingerprint) !==
    undefined
  )
}

/** The incident that holds an alert now; undefined when there is no such alert. */
export function incidentOfAlert(context: AlertsContext, id: string): string | null | undefined {
  return context.control.get<{ incident_id: string | null }>('SELECT incident_id FROM alerts WHERE id = ?', id)
    ?.incident_id
}

/** The values of the newest alert of a fingerprint, open or closed. */
export function lastValuesOf(context: AlertsContext, fingerprint: string): Record<string, string> | undefined {
  const row = context.control.get<Pick<AlertRecord, 'vals'>>(
    'SELECT vals FROM alerts WHERE seq = (SELECT MAX(seq) FROM alerts WHERE fingerprint = ?)',
    fingerprint
  )
  return row && fromText<Record<string, string>>(row.vals)
}

/** The alert of a fingerprint that was closed last. */
export function lastClosedAlert(context: AlertsContext, fingerprint: string): Alert | undefined {
  return alertOf(
    context.control.get<AlertRecord>(
      `SELECT * FROM alerts WHERE fingerprint = ? AND status = 'closed' ORDER BY closed_at DESC, seq DESC LIMIT 1`,
      fingerprint
    )
  )
}

/** Open means that somebody may still have to look at it: neither closed nor archived until it escalates. */
export const OPEN = `status IN ('new', 'acknowledged', 'waiting')`
/** Somebody has it in hand; one that came back new waits for everybody, whoever had it before, and counts there alone. */
export const IN_HAND = `status IN ('acknowledged', 'waiting')`
