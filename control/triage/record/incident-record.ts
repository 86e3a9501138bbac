import { levels, type Bilingual } from '#core/match.ts'
import { refuse } from '#core/errors.ts'
import type { Alert } from './alert.ts'
import { noteTurn, type Touched } from './touched.ts'
import { nextNumber, numbered, type AlertsContext } from './context.ts'
import { type Actor } from '#control/rights/actor.ts'
import { deadlineFrom, earlierDeadline, laterDeadline } from '../life/deadlines.ts'
import {
  incidentColumns,
  incidentOf,
  rowOf,
  type Incident,
  type IncidentColumn,
  type IncidentColumns,
  type Reason
} from './incident.ts'
import { tell } from './timeline.ts'

/** What may change of an incident; the rest is set when it opens. */
const changing = [
  'revision',
  'title',
  'level',
  'level_rank',
  'status',
  'detected_at',
  'last_seen',
  'closed_at',
  'assignee',
  'merged_into',
  'deadline'
] as const satisfies readonly IncidentColumn[]
const insertText = `INSERT INTO incidents (${incidentColumns.join(', ')}) VALUES (${incidentColumns.map((column) => `:${column}`).join(', ')})`
const updateText = `UPDATE incidents SET ${changing.map((column) => `${column} = :${column}`).join(', ')} WHERE seq = :seq`

export function incidentById(context: AlertsContext, id: string): Incident | undefined {
  return incidentOf(context.control.get<IncidentColumns>('SELECT * FROM incidents WHERE id = ?', id))
}

/** An incident that can still take something in. */
export function openIncidentNamed(context: AlertsContext, id: string): Incident {
  const incident = incidentById(context, id) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
  if (incident.mergedInto !== null) {
    refuse(409, 'incident.merged', `${id} was merged into ${incident.mergedInto}`, { id, into: incident.mergedInto })
  }
  if (incident.status === 'closed') refuse(409, 'incident.closed', `${id} is closed`, { id })
  return incident
}

/** Opens an empty incident; its alerts are put in by {@link putInto}. */
export function openIncident(
  context: AlertsContext,
  first: Alert,
  reason: Reason,
  title: Bilingual,
  changes: Touched,
  by?: Actor
): Incident {
  const now = context.clock.now()
  const seq = nextNumber(context, 'incident')
  const record: Incident = {
    seq,
    id: numbered('VL', seq),
    revision: 1,
    title,
    level: first.level,
    levelRank: first.levelRank,
    origin: first.origin,
    status: 'new',
    reason,
    openedAt: now,
    detectedAt: first.matchedAt,
    lastSeen: first.lastSeen,
    closedAt: null,
    assignee: by?.id ?? null,
    mergedInto: null,
    deadline: deadlineFrom(first.level, now)
  }
  context.control.sql(insertText).run(rowOf(record, incidentColumns))
  changes.incidents.add(record.id)
  noteTurn(changes, record.id, 'opened')
  tell(context, { act: 'incident.opened', incident: record.id, by, params: { reason } })
  return record
}

/** Writes what may change of an incident; its revision grows, and its turns are noted. */
export function saveIncident(context: AlertsContext, record: Incident, changes: Touched): void {
  const before = context.control.get<Pick<IncidentColumns, 'status' | 'level_rank' | 'assignee'>>(
    'SELECT status, level_rank, assignee FROM incidents WHERE seq = ?',
    record.seq
  )
  if (before !== undefined) {
    if (before.status !== 'closed' && record.status === 'closed') noteTurn(changes, record.id, 'closed')
    if (before.status === 'closed' && record.status !== 'closed') noteTurn(changes, record.id, 'reopened')
    if (record.levelRank > before.level_rank) noteTurn(changes, record.id, 'raised')
    const begun = before.status === 'new' && ['in_progress', 'waiting', 'review'].includes(record.status)
    if (begun || (before.assignee === null && record.assignee !== null)) noteTurn(changes, record.id, 'taken')
  }
  record.revision += 1
  context.control.sql(updateText).run(rowOf(record, ['seq', ...changing]))
  changes.incidents.add(record.id)
}

/** Takes an alert's unit, level and times into its incident. The caller saves the incident. */
export function takeIn(context: AlertsContext, incident: Incident, alert: Alert): void {
  context.control
    .sql('INSERT OR IGNORE INTO incident_units (incident_id, unit) VALUES (?, ?)')
    .run(incident.id, alert.unit)
  incident.lastSeen = Math.max(incident.lastSeen, alert.lastSeen)
  incident.detectedAt = Math.min(incident.detectedAt, alert.matchedAt)
  raiseLevel(context, incident, alert)
}

/** An incident is as grave as its gravest alert; a rise shortens the deadline. */
export function raiseLevel(context: AlertsContext, incident: Incident, alert: Alert): void {
  if (alert.levelRank <= incident.levelRank) return
  incident.level = alert.level
  incident.levelRank = alert.levelRank
  incident.deadline = earlierDeadline(incident.deadline, deadlineFrom(alert.level, context.clock.now()))
}

/** Puts an alert into an incident, with an entry in every story it touches. The caller saves both records. */
export function putInto(context: AlertsContext, incident: Incident, alert: Alert, by?: Actor): void {
  if (alert.incidentId !== null) {
    const params = { alert: alert.id, to: incident.id }
    tell(context, { act: 'incident.alert_left', incident: alert.incidentId, unit: alert.unit, by, params })
  }
  alert.incidentId = incident.id
  takeIn(context, incident, alert)
  tell(context, {
    act: 'incident.alert_joined',
    alert: alert.id,
    incident: incident.id,
    unit: alert.unit,
    by,
    params: { alert: alert.id, incident: incident.id }
  })
}

/**
 * Level, units, times and deadline of an incident that alerts have left, from those it still has; without any it closes
 * by itself. Reads all its alerts: only after acts of people.
 */
export function recount(context: AlertsContext, id: string, changes: Touched): void {
  const incident = incidentById(context, id)
  if (incident === undefined) return
  const left = context.control.all<Held>(
    `SELECT unit, level_rank AS rank, MIN(raised_at) AS raised, MIN(matched_at) AS matched, MAX(last_seen) AS seen
       FROM alerts WHERE incident_id = ? GROUP BY unit, level_rank`,
    id
  )
  if (left.length === 0) {
    if (incident.status !== 'closed') {
      incident.status = 'closed'
      incident.closedAt = context.clock.now()
      tell(context, { act: 'incident.emptied', incident: id })
    }
  } else {
    context.control.sql('DELETE FROM incident_units WHERE incident_id = ?').run(id)
    const insert = context.control.sql('INSERT OR IGNORE INTO incident_units (incident_id, unit) VALUES (?, ?)')
    for (const { unit } of left) insert.run(id, unit)
    incident.levelRank = Math.max(...left.map(({ rank }) => rank))
    incident.level = levels[incident.levelRank] ?? incident.level
    incident.detectedAt = Math.min(...left.map(({ matched }) => matched))
    incident.lastSeen = Math.max(...left.map(({ seen }) => seen))
    incident.deadline = laterDeadline(incident.deadline, dueOf(incident, left))
  }
  saveIncident(context, incident, changes)
}

/** Alerts of one unit and level that an incident holds. */
type Held = { unit: string; rank: number; raised: number; matched: number; seen: number }

/** When an incident is due by what it holds: each level counts from its first alert, and none from before the opening. */
function dueOf(incident: Incident, held: readonly Held[]): number | null {
  return held
    .map(({ rank, raised }) => deadlineFrom(levels[rank] ?? incident.level, Math.max(incident.openedAt, raised)))
    .reduce(earlierDeadline, null)
}
