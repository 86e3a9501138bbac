import type { IncidentAct } from '#core/api.ts'
import { saveAlert, type AlertRecord } from './alert-record.ts'
import { openIncidentNamed, requireUser } from './alert-acts.ts'
import type { Actor, AlertsContext, Changes } from './context.ts'
import { incidentById, recount, saveIncident, takeIn, type IncidentRecord } from './incident-record.ts'
import { refuse } from './refusals.ts'
import { tell } from './timeline.ts'

/** Applies one act of a person to an incident, inside the caller's transaction. An act that changes nothing may be sent twice. */
export function actOnIncident(
  context: AlertsContext,
  id: string,
  act: IncidentAct,
  actor: Actor,
  changes: Changes
): void {
  const incident = incidentById(context, id) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
  if (incident.merged_into !== null && act.kind !== 'note') {
    refuse(409, 'incident.merged', `${id} was merged into ${incident.merged_into}`, { id, into: incident.merged_into })
  }
  switch (act.kind) {
    case 'status':
      return setStatus(context, incident, act.status, act.note, actor, changes)
    case 'assign':
      if (act.userId !== null) requireUser(context, act.userId)
      if (incident.assignee === act.userId) return
      incident.assignee = act.userId
      // Somebody has taken it up: it is no longer new.
      if (act.userId !== null && incident.status === 'new') incident.status = 'in_progress'
      saveIncident(context, incident, changes)
      return tell(context, { act: 'incident.assigned', incident: id, by: actor, params: { user: act.userId ?? '' } })
    case 'note':
      saveIncident(context, incident, changes)
      return tell(context, { act: 'note', incident: id, by: actor, text: act.text })
    case 'title': {
      const title = JSON.stringify({ vi: act.title, en: act.title })
      if (incident.title === title) return
      incident.title = title
      saveIncident(context, incident, changes)
      return tell(context, { act: 'incident.title', incident: id, by: actor, text: act.title })
    }
    case 'merge':
      return mergeFrom(context, incident, act.from, actor, changes)
  }
}

function setStatus(
  context: AlertsContext,
  incident: IncidentRecord,
  status: IncidentRecord['status'],
  note: string | undefined,
  actor: Actor,
  changes: Changes
) {
  if (incident.status === status) return
  const from = incident.status
  incident.status = status
  incident.closed_at = status === 'closed' ? context.clock.now() : null
  saveIncident(context, incident, changes)
  tell(context, {
    act: 'incident.status',
    incident: incident.id,
    by: actor,
    text: note ?? '',
    params: { from, to: status }
  })
}

/** The other incident's alerts move here; it closes and points here. */
function mergeFrom(context: AlertsContext, into: IncidentRecord, fromId: string, actor: Actor, changes: Changes) {
  if (fromId === into.id) refuse(409, 'incident.itself', 'an incident cannot be merged into itself', { id: fromId })
  const from =
    incidentById(context, fromId) ?? refuse(404, 'incident.unknown', `there is no incident ${fromId}`, { id: fromId })
  if (from.merged_into === into.id) return
  openIncidentNamed(context, into.id)
  if (from.merged_into !== null) {
    refuse(409, 'incident.merged', `${fromId} was merged into ${from.merged_into}`, {
      id: fromId,
      into: from.merged_into
    })
  }
  if (from.origin !== into.origin) refuse(409, 'incident.origins', 'incidents of different origins never mix')
  const alerts = context.control.sql('SELECT * FROM alerts WHERE incident_id = ?').all(fromId) as AlertRecord[]
  for (const alert of alerts) {
    alert.incident_id = into.id
    takeIn(context, into, alert)
    saveAlert(context, alert, changes)
  }
  from.status = 'closed'
  from.closed_at ??= context.clock.now()
  from.merged_into = into.id
  into.detected_at = Math.min(into.detected_at, from.detected_at)
  saveIncident(context, from, changes)
  saveIncident(context, into, changes)
  if (alerts.length > 0) recount(context, into.id, changes)
  const params = { from: fromId, into: into.id, alerts: alerts.length }
  tell(context, { act: 'incident.merged', incident: into.id, by: actor, params })
  tell(context, { act: 'incident.merged', incident: fromId, by: actor, params })
}
