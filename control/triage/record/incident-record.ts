import type { IncidentRow } from '#core/api/alerts.ts'
import { levels, type Bilingual, type Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { AlertRecord } from './alert.ts'
import { happened, type Changes } from './changes.ts'
import { nextNumber, numbered, type AlertsContext } from './context.ts'
import { type Actor } from '#control/rights/actor.ts'
import { deadlineFrom, earlierDeadline } from '../life/deadlines.ts'
import { refuse } from './refusals.ts'
import { tell } from './timeline.ts'

/** One row of the table `incidents`; the title as JSON text. */
export type IncidentRecord = {
  seq: number
  id: string
  revision: number
  title: string
  level: Level
  level_rank: number
  origin: Origin
  status: IncidentRow['status']
  reason: string
  opened_at: number
  detected_at: number
  last_seen: number
  closed_at: number | null
  assignee: string | null
  merged_into: string | null
  deadline: number | null
}
export type Reason = 'critical_alert' | 'two_rules_one_entity' | 'by_hand' | 'root_outage' | 'outage_with_alert'

export function incidentById(context: AlertsContext, id: string): IncidentRecord | undefined {
  return context.control.sql('SELECT * FROM incidents WHERE id = ?').get(id) as IncidentRecord | undefined
}

/** An incident that can still take something in. */
export function openIncidentNamed(context: AlertsContext, id: string): IncidentRecord {
  const incident = incidentById(context, id) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
  if (incident.merged_into !== null) {
    refuse(409, 'incident.merged', `${id} was merged into ${incident.merged_into}`, { id, into: incident.merged_into })
  }
  if (incident.status === 'closed') refuse(409, 'incident.closed', `${id} is closed`, { id })
  return incident
}

/** Opens an empty incident; its alerts are put in by {@link putInto}. */
export function openIncident(
  context: AlertsContext,
  first: AlertRecord,
  reason: Reason,
  title: Bilingual,
  changes: Changes,
  by?: Actor
): IncidentRecord {
  const now = context.clock.now()
  const seq = nextNumber(context, 'incident')
  const record: IncidentRecord = {
    seq,
    id: numbered('VL', seq),
    revision: 1,
    title: JSON.stringify(title),
    level: first.level,
    level_rank: first.level_rank,
    origin: first.origin,
    status: 'new',
    reason,
    opened_at: now,
    detected_at: first.matched_at,
    last_seen: first.last_seen,
    closed_at: null,
    assignee: by?.id ?? null,
    merged_into: null,
    deadline: deadlineFrom(first.level, now)
  }
  const columns = Object.keys(record)
  context.control
    .sql(`INSERT INTO incidents (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`)
    .run(record)
  changes.incidents.add(record.id)
  happened(changes, record.id, 'opened')
  tell(context, { act: 'incident.opened', incident: record.id, by, params: { reason } })
  return record
}

/** Writes what may change of an incident; its revision grows, and its turns are noted. */
export function saveIncident(context: AlertsContext, record: IncidentRecord, changes: Changes): void {
  const before = context.control
    .sql('SELECT status, level_rank, assignee FROM incidents WHERE seq = ?')
    .get(record.seq) as Pick<IncidentRecord, 'status' | 'level_rank' | 'assignee'> | undefined
  if (before !== undefined) {
    if (before.status !== 'closed' && record.status === 'closed') happened(changes, record.id, 'closed')
    if (before.status === 'closed' && record.status !== 'closed') happened(changes, record.id, 'reopened')
    if (record.level_rank > before.level_rank) happened(changes, record.id, 'raised')
    const begun = before.status === 'new' && ['in_progress', 'waiting', 'review'].includes(record.status)
    if (begun || (before.assignee === null && record.assignee !== null)) happened(changes, record.id, 'taken')
  }
  record.revision += 1
  context.control
    .sql(
      `UPDATE incidents SET revision = :revision, title = :title, level = :level, level_rank = :level_rank, status = :status,
       detected_at = :detected_at, last_seen = :last_seen, closed_at = :closed_at, assignee = :assignee,
       merged_into = :merged_into, deadline = :deadline WHERE seq = :seq`
    )
    .run({
      seq: record.seq,
      revision: record.revision,
      title: record.title,
      level: record.level,
      level_rank: record.level_rank,
      status: record.status,
      detected_at: record.detected_at,
      last_seen: record.last_seen,
      closed_at: record.closed_at,
      assignee: record.assignee,
      merged_into: record.merged_into,
      deadline: record.deadline
    })
  changes.incidents.add(record.id)
}

/** Takes an alert's unit, level and times into its incident. The caller saves the incident. */
export function takeIn(context: AlertsContext, incident: IncidentRecord, alert: AlertRecord): void {
  context.control
    .sql('INSERT OR IGNORE INTO incident_units (incident_id, unit) VALUES (?, ?)')
    .run(incident.id, alert.unit)
  incident.last_seen = Math.max(incident.last_seen, alert.last_seen)
  incident.detected_at = Math.min(incident.detected_at, alert.matched_at)
  raiseLevel(context, incident, alert)
}

/** An incident is as grave as its gravest alert; a rise shortens the deadline. */
export function raiseLevel(context: AlertsContext, incident: IncidentRecord, alert: AlertRecord): void {
  if (alert.level_rank <= incident.level_rank) return
  incident.level = alert.level
  incident.level_rank = alert.level_rank
  incident.deadline = earlierDeadline(incident.deadline, deadlineFrom(alert.level, context.clock.now()))
}

/** Puts an alert into an incident, with an entry in every story it touches. The caller saves both records. */
export function putInto(context: AlertsContext, incident: IncidentRecord, alert: AlertRecord, by?: Actor): void {
  if (alert.incident_id !== null) {
    const params = { alert: alert.id, to: incident.id }
    tell(context, { act: 'incident.alert_left', incident: alert.incident_id, unit: alert.unit, by, params })
  }
  alert.incident_id = incident.id
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
 * Level and units of an incident that alerts have left, from those it still has; without any it closes by itself.
 * Reads all its alerts: only after acts of people.
 */
export function recount(context: AlertsContext, id: string, changes: Changes): void {
  const incident = incidentById(context, id)
  if (incident === undefined) return
  const left = context.control
    .sql('SELECT unit, MAX(level_rank) AS rank FROM alerts WHERE incident_id = ? GROUP BY unit')
    .all(id) as { unit: string; rank: number }[]
  if (left.length === 0) {
    if (incident.status !== 'closed') {
      incident.status = 'closed'
      incident.closed_at = context.clock.now()
      tell(context, { act: 'incident.emptied', incident: id })
    }
  } else {
    context.control.sql('DELETE FROM incident_units WHERE incident_id = ?').run(id)
    const insert = context.control.sql('INSERT INTO incident_units (incident_id, unit) VALUES (?, ?)')
    for (const { unit } of left) insert.run(id, unit)
    incident.level_rank = Math.max(...left.map(({ rank }) => rank))
    incident.level = levels[incident.level_rank] ?? incident.level
  }
  saveIncident(context, incident, changes)
}
