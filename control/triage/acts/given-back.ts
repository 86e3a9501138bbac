import { alertById, saveAlert } from '../record/alert-record.ts'
import type { AlertsContext } from '../record/context.ts'
import type { Touched } from '../record/touched.ts'
import { incidentById, saveIncident } from '../record/incident-record.ts'
import { tell } from '../record/timeline.ts'

/** What waited for a unit, and why it waits no longer. */
export type GivenBack = {
  alerts: readonly string[]
  incident: string | null
  params?: Record<string, string | number>
}

/**
 * A unit has answered: alerts that waited for it are their analyst's again and stand among the escalated, an incident that
 * waited is being worked on. What does not wait any more, or does not exist, is left as it is.
 */
export function giveBack(context: AlertsContext, { alerts, incident, params = {} }: GivenBack, changes: Touched): void {
  for (const id of alerts) {
    const record = alertById(context, id)
    if (record?.status !== 'waiting') continue
    record.status = record.assignee === null ? 'new' : 'acknowledged'
    record.escalated = true
    saveAlert(context, record, changes)
    tell(context, { act: 'alert.given_back', alert: id, incident: record.incidentId, unit: record.unit, params })
  }
  const waiting = incident === null ? undefined : incidentById(context, incident)
  if (waiting?.status !== 'waiting') return
  waiting.status = 'in_progress'
  saveIncident(context, waiting, changes)
  tell(context, { act: 'incident.status', incident: waiting.id, params: { from: 'waiting', to: 'in_progress' } })
}
