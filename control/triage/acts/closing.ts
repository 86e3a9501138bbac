import type { IncidentAct, Verdict } from '#core/api/alerts.ts'
import { refuse } from '#core/errors.ts'
import type { Actor } from '#control/rights/actor.ts'
import { alertsOf, OPEN, saveAlert } from '../record/alert-record.ts'
import { type Alert, type AlertRecord } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { saveIncident } from '../record/incident-record.ts'
import type { Incident } from '../record/incident.ts'
import { tell } from '../record/timeline.ts'
import type { Touched } from '../record/touched.ts'
import { beginDeed, CLOSED_WITH_INCIDENT, rememberAct } from './undo.ts'

/** What an incident came to, in the words of whoever closes it. */
type Conclusion = { verdict: Verdict; conclusion: string }

/** The conclusion of an act that closes; refused when the verdict or the sentence is missing. */
export function conclusionOf(id: string, act: Extract<IncidentAct, { kind: 'status' }>): Conclusion {
  const { verdict, conclusion = '' } = act
  if (verdict === undefined) refuse(422, 'incident.verdict_needed', `${id} closes with a verdict only`, { id })
  if (!/\p{L}/u.test(conclusion)) {
    refuse(422, 'incident.conclusion_needed', `${id} closes with a sentence that says what came of it`, { id })
  }
  return { verdict, conclusion: conclusion.trim() }
}

/** Closes an incident and whatever alert in it is open, by the same verdict. */
export function closeIncident(
  context: AlertsContext,
  incident: Incident,
  { verdict, conclusion }: Conclusion,
  actor: Actor,
  changes: Touched
): void {
  const now = context.clock.now()
  const open = context.control.all<AlertRecord>(
    `SELECT * FROM alerts WHERE incident_id = ? AND ${OPEN} ORDER BY seq`,
    incident.id
  )
  const deed = beginDeed(context, actor)
  for (const alert of alertsOf(open)) {
    const before: Alert = { ...alert }
    Object.assign(alert, {
      status: 'closed',
      verdict,
      closedAt: now,
      assignee: alert.assignee ?? actor.id,
      acknowledgedAt: alert.acknowledgedAt ?? now
    } satisfies Partial<Alert>)
    saveAlert(context, alert, changes)
    rememberAct(context, deed, CLOSED_WITH_INCIDENT, before, alert)
    const about = { alert: alert.id, incident: incident.id, unit: alert.unit, by: actor }
    tell(context, { act: 'alert.verdict', ...about, params: { verdict } })
  }
  const from = incident.status
  incident.status = 'closed'
  incident.closedAt = now
  saveIncident(context, incident, changes)
  const params = { from, to: 'closed', verdict }
  tell(context, { act: 'incident.status', incident: incident.id, by: actor, text: conclusion, params })
}
