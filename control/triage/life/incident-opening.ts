import { UNASSIGNED } from '#core/frame.ts'
import { levels, type Bilingual } from '#core/match.ts'
import { alertOf, saveAlert } from '../record/alert-record.ts'
import { type Alert, type AlertRecord } from '../record/alert.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from '../record/context.ts'
import { noteTurn, type Touched } from '../record/touched.ts'
import { incidentById, openIncident, putInto, raiseLevel, saveIncident, takeIn } from '../record/incident-record.ts'
import { incidentOf, type Incident, type IncidentColumns } from '../record/incident.ts'
import { titleOf } from '../views/incident-title.ts'
import { fillWords, unitText } from '#core/words.ts'
import { words } from '../words.ts'
import { considerOutage, joinOutage, OUTAGE_RULE } from './outage-incident.ts'
import { tell } from '../record/timeline.ts'

const CRITICAL = levels.indexOf('critical')

/**
 * Decides whether an alert opens or joins an incident by itself: when it is critical and has just `risen`
 * (opened, reopened or gained its level), or when another rule has an open alert on the same entity within an hour.
 * A root outage always does; an alert about its hosts joins it. Touched the alert; the caller saves it. Informational
 * alerts are context: two of them are no incident.
 */
export function considerIncident(
  context: AlertsContext,
  alert: Alert,
  risen: boolean,
  changes: Touched,
  hosts: ReadonlySet<string> = new Set()
): void {
  if (alert.incidentId !== null) {
    const current = incidentById(context, alert.incidentId)
    if (current !== undefined && (current.status !== 'closed' || comesBack(context, current, alert, changes))) return
  }
  if (alert.ruleId === OUTAGE_RULE) return considerOutage(context, alert, changes)
  if (hosts.size > 0 && alert.levelRank > 0 && joinOutage(context, alert, hosts, changes)) return
  if (risen && alert.levelRank === CRITICAL) {
    const joined = openIncidentFor(context, alert)
    const incident = joined ?? openIncident(context, alert, 'critical_alert', titleOf(context, alert), changes)
    putInto(context, incident, alert)
    saveIncident(context, incident, changes)
    return
  }
  const related = otherRuleOnEntity(context, alert)
  if (related === undefined) return
  const joined = openIncidentOf(context, related) ?? openIncidentFor(context, alert)
  const first = related.incidentId === null ? related : alert
  const incident = joined ?? openIncident(context, first, 'two_rules_one_entity', titleOfTwo(context, alert), changes)
  // What a closed incident was about stays with it.
  if (related.incidentId === null) {
    putInto(context, incident, related)
    saveAlert(context, related, changes)
  }
  putInto(context, incident, alert)
  saveIncident(context, incident, changes)
}

/** An incident that was closed within the hour opens again with its alert, as the alert itself did. */
function comesBack(context: AlertsContext, incident: Incident, alert: Alert, changes: Touched): boolean {
  if (context.clock.now() - (incident.closedAt ?? 0) > HOUR_MS) return false
  incident.status = 'new'
  incident.closedAt = null
  takeIn(context, incident, alert)
  saveIncident(context, incident, changes)
  tell(context, { act: 'incident.reopened', incident: incident.id, unit: alert.unit, params: { alert: alert.id } })
  return true
}

/** What an incident told of was over and came back: it no longer waits for the review that closes it. */
export function backToWork(context: AlertsContext, alert: Alert, changes: Touched): void {
  const incident = alert.incidentId === null ? undefined : incidentById(context, alert.incidentId)
  if (incident?.status !== 'review') return
  incident.status = incident.assignee === null ? 'new' : 'in_progress'
  saveIncident(context, incident, changes)
  noteTurn(changes, incident.id, 'again')
  tell(context, { act: 'incident.status', incident: incident.id, params: { from: 'review', to: incident.status } })
}

/** An alert of an incident has new matches: the incident's last sight and level follow it. */
export function followAlert(context: AlertsContext, alert: Alert, changes: Touched): void {
  const incident = alert.incidentId === null ? undefined : incidentById(context, alert.incidentId)
  if (incident === undefined || incident.status === 'closed') return
  if (alert.lastSeen <= incident.lastSeen && alert.levelRank <= incident.levelRank) return
  incident.lastSeen = Math.max(incident.lastSeen, alert.lastSeen)
  raiseLevel(context, incident, alert)
  saveIncident(context, incident, changes)
}

function otherRuleOnEntity(context: AlertsContext, alert: Alert): Alert | undefined {
  if (alert.entityKey === '' || alert.levelRank === 0) return undefined
  return alertOf(
    context.control.get<AlertRecord>(
      `SELECT * FROM alerts WHERE entity_key = ? AND last_seen BETWEEN ? AND ? AND rule_id <> ? AND origin = ?
       AND status <> 'closed' AND level_rank > 0 ORDER BY incident_id IS NULL, last_seen DESC LIMIT 1`,
      alert.entityKey,
      alert.lastSeen - HOUR_MS,
      alert.lastSeen + HOUR_MS,
      alert.ruleId,
      alert.origin
    )
  )
}

function openIncidentOf(context: AlertsContext, alert: Alert): Incident | undefined {
  const incident = alert.incidentId === null ? undefined : incidentById(context, alert.incidentId)
  return incident?.status === 'closed' ? undefined : incident
}

/** The open incident of the alert's entity, else one of its unit that was active within the hour; origins never mix. */
function openIncidentFor(context: AlertsContext, alert: Alert): Incident | undefined {
  if (alert.entityKey !== '') {
    const ofEntity = context.control.get<IncidentColumns>(
      `SELECT i.* FROM alerts a JOIN incidents i ON i.id = a.incident_id WHERE a.entity_key = ? AND a.incident_id IS NOT NULL
         AND i.status <> 'closed' AND i.origin = ? ORDER BY i.last_seen DESC LIMIT 1`,
      alert.entityKey,
      alert.origin
    )
    if (ofEntity !== undefined) return incidentOf(ofEntity)
  }
  // Unknown senders have nothing in common but that nobody knows them.
  if (alert.unit === UNASSIGNED) return undefined
  return incidentOf(
    context.control.get<IncidentColumns>(
      `SELECT i.* FROM incident_units u JOIN incidents i ON i.id = u.incident_id WHERE u.unit = ?
       AND i.status <> 'closed' AND i.origin = ? AND i.last_seen >= ? ORDER BY i.last_seen DESC LIMIT 1`,
      alert.unit,
      alert.origin,
      alert.lastSeen - HOUR_MS
    )
  )
}

function titleOfTwo(context: AlertsContext, alert: Alert): Bilingual {
  const entity = Object.values(alert.entity).join(', ')
  return fillWords(words.incidentTitle.twoRules, { entity, place: unitText(context.inventory.label(alert.unit)) })
}
