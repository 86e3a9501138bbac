import { refuse } from '#core/errors.ts'
import { alertById, OPEN, openAlert, saveAlert } from '../record/alert-record.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { AlertsContext } from '../record/context.ts'
import { noteTurn, withdrawTurn, type Touched } from '../record/touched.ts'
import { incidentById, saveIncident } from '../record/incident-record.ts'
import { tell } from '../record/timeline.ts'

/** An entry that another part writes into the story of an alert, an incident, or both. */
export type TimelineEntry = {
  act: string
  alert?: string | null
  incident?: string | null
  unit?: string
  by?: Actor
  text?: string
  params?: Record<string, string | number>
}

/** Writes the entry and touches what it is about, so that open screens fetch the story anew. */
export function tellOf(context: AlertsContext, entry: TimelineEntry, changes: Touched): void {
  const alert = entry.alert ?? null
  let incident = entry.incident ?? null
  if (alert !== null) {
    const record =
      alertById(context, alert) ?? refuse(404, 'alert.unknown', `there is no alert ${alert}`, { id: alert })
    // An act on an alert of an incident belongs to both stories.
    incident ??= record.incidentId
    saveAlert(context, record, changes)
  }
  if (incident !== null) {
    const id = incident
    const record = incidentById(context, id) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
    saveIncident(context, record, changes)
  }
  tell(context, {
    act: entry.act,
    ...(alert === null ? {} : { alert }),
    incident,
    ...(entry.unit === undefined ? {} : { unit: entry.unit }),
    by: entry.by,
    ...(entry.text === undefined ? {} : { text: entry.text }),
    ...(entry.params === undefined ? {} : { params: entry.params })
  })
}

/**
 * What a built-in alert told of is over. The alert closes as true; a new occurrence within the hour opens it again. Its
 * incident is left to people: it waits for their review once nothing else in it is open.
 */
export function resolveAlert(
  context: AlertsContext,
  fingerprint: string,
  params: Record<string, string | number>,
  changes: Touched
): void {
  const record = openAlert(context, fingerprint)
  if (record === undefined) return
  const now = context.clock.now()
  Object.assign(record, { status: 'closed', verdict: 'true_positive', closedAt: now })
  saveAlert(context, record, changes)
  const { incidentId: id } = record
  tell(context, { act: 'alert.recovered', alert: record.id, incident: id, unit: record.unit, params })
  const incident = id === null ? undefined : incidentById(context, id)
  if (incident === undefined || incident.status === 'closed') return
  const open = context.control.sql(`SELECT 1 FROM alerts WHERE incident_id = ? AND ${OPEN} LIMIT 1`).get(incident.id)
  if (open !== undefined) return
  noteTurn(changes, incident.id, 'recovered')
  const from = incident.status
  if (from === 'review') {
    changes.incidents.add(incident.id)
    return
  }
  incident.status = 'review'
  saveIncident(context, incident, changes)
  // It came back by itself: nobody has taken it up.
  withdrawTurn(changes, incident.id, 'taken')
  tell(context, { act: 'incident.status', incident: incident.id, params: { from, to: 'review' } })
}
