import type { IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import type { Bilingual } from '#core/match.ts'
import { refuse } from '#core/errors.ts'
import { alertById, alertsOf, saveAlert } from '../record/alert-record.ts'
import { noteTurn, withdrawTurn, type Touched } from '../record/touched.ts'
import { type Actor } from '#control/rights/actor.ts'
import { type AlertsContext } from '../record/context.ts'
import {
  incidentById,
  openIncident,
  openIncidentNamed,
  putInto,
  recount,
  saveIncident,
  takeIn
} from '../record/incident-record.ts'
import type { AlertRecord } from '../record/alert.ts'
import { type Incident } from '../record/incident.ts'
import { titleOf } from '../views/incident-title.ts'
import { fromText, toText } from '../record/json-text.ts'
import { tell } from '../record/timeline.ts'

/** The other incident's alerts move here; it closes and points here. */
export function mergeFrom(
  context: AlertsContext,
  into: Incident,
  fromId: string,
  actor: Actor,
  changes: Touched
): void {
  if (fromId === into.id) refuse(409, 'incident.itself', 'an incident cannot be merged into itself', { id: fromId })
  const from =
    incidentById(context, fromId) ?? refuse(404, 'incident.unknown', `there is no incident ${fromId}`, { id: fromId })
  if (from.mergedInto === into.id) return
  openIncidentNamed(context, into.id)
  if (from.mergedInto !== null) {
    refuse(409, 'incident.merged', `${fromId} was merged into ${from.mergedInto}`, {
      id: fromId,
      into: from.mergedInto
    })
  }
  if (from.origin !== into.origin) refuse(409, 'incident.origins', 'incidents of different origins never mix')
  const alerts = alertsOf(context.control.all<AlertRecord>('SELECT * FROM alerts WHERE incident_id = ?', fromId))
  for (const alert of alerts) {
    alert.incidentId = into.id
    takeIn(context, into, alert)
    saveAlert(context, alert, changes)
  }
  context.control
    .sql('INSERT OR REPLACE INTO incident_merges (from_id, into_id, at, status, alerts) VALUES (?, ?, ?, ?, ?)')
    .run(fromId, into.id, context.clock.now(), from.status, toText(alerts.map((alert) => alert.seq)))
  from.status = 'closed'
  from.closedAt ??= context.clock.now()
  from.mergedInto = into.id
  into.detectedAt = Math.min(into.detectedAt, from.detectedAt)
  saveIncident(context, from, changes)
  // Its work goes on in the other: whoever was told of it reads where, and nobody is woken for it any more.
  withdrawTurn(changes, from.id, 'closed')
  noteTurn(changes, from.id, 'merged')
  changes.mergedInto.set(from.id, into.id)
  saveIncident(context, into, changes)
  if (alerts.length > 0) recount(context, into.id, changes)
  const params = { from: fromId, into: into.id, alerts: alerts.length }
  tell(context, { act: 'incident.merged', incident: into.id, by: actor, params })
  tell(context, { act: 'incident.merged', incident: fromId, by: actor, params })
}

/** Incidents that can be taken out of this one again, newest merge first. */
export function mergedInto(context: AlertsContext, id: string): IncidentDetail['merged'] {
  const rows = context.control.all<{ from_id: string; at: number; alerts: string; title: string }>(
    `SELECT m.from_id, m.at, m.alerts, i.title FROM incident_merges m JOIN incidents i ON i.id = m.from_id
       WHERE m.into_id = ? AND i.merged_into = m.into_id ORDER BY m.at DESC LIMIT 100`,
    id
  )
  return rows.map((row) => ({
    id: row.from_id,
    title: fromText<Bilingual>(row.title),
    at: row.at,
    alerts: fromText<number[]>(row.alerts).length
  }))
}

/**
 * Takes a merge back: the other incident stands as it did before, with those of its alerts that are still here. What a
 * person has moved elsewhere since stays where it is. Sent twice it changes nothing the second time.
 */
export function unmerge(context: AlertsContext, into: Incident, fromId: string, actor: Actor, changes: Touched): void {
  const from =
    incidentById(context, fromId) ?? refuse(404, 'incident.unknown', `there is no incident ${fromId}`, { id: fromId })
  const merge = context.control.get<{ status: IncidentRow['status']; alerts: string }>(
    'SELECT status, alerts FROM incident_merges WHERE from_id = ? AND into_id = ?',
    fromId,
    into.id
  )
  if (merge === undefined) {
    refuse(409, 'incident.not_merged', `${fromId} was not merged into ${into.id}`, { id: fromId, into: into.id })
  }
  if (from.mergedInto !== into.id) return
  const alerts = alertsOf(
    context.control.all<AlertRecord>(
      'SELECT * FROM alerts WHERE incident_id = ? AND seq IN (SELECT value FROM json_each(?))',
      into.id,
      merge.alerts
    )
  )
  for (const alert of alerts) {
    alert.incidentId = from.id
    takeIn(context, from, alert)
    saveAlert(context, alert, changes)
  }
  from.mergedInto = null
  from.status = merge.status
  if (merge.status !== 'closed') from.closedAt = null
  saveIncident(context, from, changes)
  recount(context, into.id, changes)
  if (alerts.length > 0) recount(context, from.id, changes)
  // It was never over, so it is not opened again either: it stands for itself again.
  withdrawTurn(changes, from.id, 'reopened')
  if (merge.status !== 'closed') noteTurn(changes, from.id, 'unmerged')
  const params = { from: fromId, into: into.id, alerts: alerts.length }
  tell(context, { act: 'incident.unmerged', incident: into.id, by: actor, params })
  tell(context, { act: 'incident.unmerged', incident: fromId, by: actor, params })
}

/** Alerts leave this incident, into a new one of their own or into none; those that are not in it are left alone. */
export function release(
  context: AlertsContext,
  incident: Incident,
  ids: readonly string[],
  into: 'new' | null,
  actor: Actor,
  changes: Touched
): void {
  const records = [...new Set(ids)]
    .map((id) => alertById(context, id) ?? refuse(404, 'alert.unknown', `there is no alert ${id}`, { id }))
    .filter((record) => record.incidentId === incident.id)
  const [first] = records
  if (first === undefined) return
  const target =
    into === 'new' ? openIncident(context, first, 'by_hand', titleOf(context, first), changes, actor) : undefined
  for (const record of records) {
    if (target !== undefined) putInto(context, target, record, actor)
    else {
      record.incidentId = null
      const params = { alert: record.id, to: '' }
      tell(context, {
        act: 'incident.alert_left',
        alert: record.id,
        incident: incident.id,
        unit: record.unit,
        by: actor,
        params
      })
    }
    saveAlert(context, record, changes)
  }
  if (target !== undefined) saveIncident(context, target, changes)
  recount(context, incident.id, changes)
}
