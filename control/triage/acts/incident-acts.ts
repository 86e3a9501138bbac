import type { IncidentAct } from '#core/api/alerts.ts'
import { refuse } from '#core/errors.ts'
import { requireUser } from './alert-acts.ts'
import { closeIncident, conclusionOf } from './closing.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { AlertsContext } from '../record/context.ts'
import type { Touched } from '../record/touched.ts'
import { mergeFrom, release, unmerge } from './incident-merging.ts'
import { incidentById, saveIncident } from '../record/incident-record.ts'
import { type Incident } from '../record/incident.ts'
import { tell } from '../record/timeline.ts'

/** Applies one act of a person to an incident, inside the caller's transaction. An act that changes nothing may be sent twice. */
export function actOnIncident(
  context: AlertsContext,
  id: string,
  act: IncidentAct,
  actor: Actor,
  changes: Touched
): void {
  const incident = incidentById(context, id) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
  if (incident.mergedInto !== null && act.kind !== 'note') {
    refuse(409, 'incident.merged', `${id} was merged into ${incident.mergedInto}`, { id, into: incident.mergedInto })
  }
  switch (act.kind) {
    case 'status':
      return setStatus(context, incident, act, actor, changes)
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
      if (incident.title.vi === act.title && incident.title.en === act.title) return
      incident.title = { vi: act.title, en: act.title }
      saveIncident(context, incident, changes)
      return tell(context, { act: 'incident.title', incident: id, by: actor, text: act.title })
    }
    case 'merge':
      return mergeFrom(context, incident, act.from, actor, changes)
    case 'unmerge':
      return unmerge(context, incident, act.from, actor, changes)
    case 'release':
      return release(context, incident, act.alerts, act.into, actor, changes)
  }
}

function setStatus(
  context: AlertsContext,
  incident: Incident,
  act: Extract<IncidentAct, { kind: 'status' }>,
  actor: Actor,
  changes: Touched
) {
  const { status, note } = act
  if (incident.status === status) return
  if (status === 'closed') {
    return closeIncident(context, incident, conclusionOf(incident.id, act), actor, changes)
  }
  const from = incident.status
  incident.status = status
  incident.closedAt = null
  saveIncident(context, incident, changes)
  tell(context, {
    act: 'incident.status',
    incident: incident.id,
    by: actor,
    text: note ?? '',
    params: { from, to: status }
  })
}
