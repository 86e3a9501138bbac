import type { EcsEvent, Json, JsonObject } from '#core/event.ts'
import type { Evidence } from '#core/match.ts'
import { alertsOf, saveAlert } from '../record/alert-record.ts'
import { type Alert, type AlertRecord } from '../record/alert.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from '../record/context.ts'
import { type Touched } from '../record/touched.ts'
import { incidentById, openIncident, putInto, saveIncident } from '../record/incident-record.ts'
import { type Incident } from '../record/incident.ts'
import { firstEvents } from '../record/evidence.ts'
import { titleOf } from '../views/incident-title.ts'
import { tell } from '../record/timeline.ts'

/** The built-in rule of a root outage, and the values of its folds that name the system and the hosts it answers on. */
export const OUTAGE_RULE = 'soc.outage'
export const OUTAGE_SYSTEM = 'soc.system'
/** Host names and addresses of the system's probes, separated by spaces, lower-case. */
export const OUTAGE_HOSTS = 'soc.hosts'

/** Alerts of the window that are looked at, newest first. In a storm beyond it two stories stay apart; a person can merge them. */
const MAX_LOOKED_AT = 500
/** Of those, alerts at the system's own unit whose evidence is read too. */
const MAX_EVIDENCE_READ = 50

/** Fields of an event that name the machine or site it is about. */
const hostFields = [
  ['host', 'name'],
  ['host', 'hostname'],
  ['host', 'ip'],
  ['url', 'domain'],
  ['destination', 'ip'],
  ['destination', 'domain'],
  ['server', 'address'],
  ['server', 'ip']
] as const

/** Every host that an alert's entity and evidence name, lower-case. */
export function hostsOf(
  fields: Readonly<Record<string, string>>,
  evidence: readonly Pick<Evidence, 'json'>[]
): Set<string> {
  const hosts = new Set(Object.values(fields).map((value) => value.toLowerCase()))
  for (const { json } of evidence) {
    const event = JSON.parse(json) as EcsEvent
    for (const [group, name] of hostFields) {
      const value = (event[group] as JsonObject | undefined)?.[name]
      for (const item of Array.isArray(value) ? value : [value]) addHost(hosts, item)
    }
  }
  hosts.delete('')
  return hosts
}

function addHost(hosts: Set<string>, value: Json | undefined) {
  if (typeof value === 'string') hosts.add(value.toLowerCase())
}

/**
 * A root outage opens its own incident, unless a security alert of the hour before or after is about the same hosts: then
 * both stand in one, and its story says which came first. Touched the alert; the caller saves it.
 */
export function considerOutage(context: AlertsContext, outage: Alert, changes: Touched): void {
  const hosts = hostsOfOutage(outage)
  const related = hosts.size === 0 ? undefined : alertOnHosts(context, outage, hosts)
  const incident =
    openIncidentOf(context, related) ??
    openIncident(
      context,
      outage,
      related === undefined ? 'root_outage' : 'outage_with_alert',
      titleOf(context, outage),
      changes
    )
  if (related !== undefined && related.incidentId === null) {
    putInto(context, incident, related)
    saveAlert(context, related, changes)
  }
  putInto(context, incident, outage)
  if (related !== undefined) tellOrder(context, incident, outage, related)
  saveIncident(context, incident, changes)
}

/** The same from the other side: an alert about the hosts of an outage that is open, or began within the hour, joins its incident. */
export function joinOutage(
  context: AlertsContext,
  alert: Alert,
  hosts: ReadonlySet<string>,
  changes: Touched
): boolean {
  const outages = alertsOf(
    context.control.all<AlertRecord>(
      `SELECT * FROM alerts WHERE rule_id = '${OUTAGE_RULE}' AND origin = ? AND incident_id IS NOT NULL
         AND (status <> 'closed' OR closed_at >= ?) ORDER BY seq DESC LIMIT 100`,
      alert.origin,
      context.clock.now() - HOUR_MS
    )
  )
  for (const outage of outages) {
    if (Math.abs(alert.lastSeen - outage.firstSeen) > HOUR_MS) continue
    const shared = [...hostsOfOutage(outage)].some((host) => hosts.has(host))
    const incident = shared ? openIncidentOf(context, outage) : undefined
    if (incident === undefined) continue
    putInto(context, incident, alert)
    tellOrder(context, incident, outage, alert)
    saveIncident(context, incident, changes)
    return true
  }
  return false
}

function hostsOfOutage(outage: Alert): Set<string> {
  return new Set((outage.values[OUTAGE_HOSTS] ?? '').split(' ').filter((host) => host !== ''))
}

function alertOnHosts(context: AlertsContext, outage: Alert, hosts: ReadonlySet<string>): Alert | undefined {
  const near = alertsOf(
    context.control.all<AlertRecord>(
      `SELECT * FROM alerts WHERE last_seen BETWEEN ? AND ? AND origin = ? AND status <> 'closed' AND rule_id NOT LIKE 'soc.%'
         AND level_rank > 0 ORDER BY last_seen DESC, seq DESC LIMIT ${MAX_LOOKED_AT}`,
      outage.firstSeen - HOUR_MS,
      outage.firstSeen + HOUR_MS,
      outage.origin
    )
  )
  let read = 0
  return near.find((alert) => {
    const ofUnit = alert.unit === outage.unit && read++ < MAX_EVIDENCE_READ
    const named = hostsOf(alert.entity, ofUnit ? firstEvents(context, alert) : [])
    return [...hosts].some((host) => named.has(host))
  })
}

function openIncidentOf(context: AlertsContext, alert: Alert | undefined): Incident | undefined {
  const id = alert?.incidentId ?? null
  const incident = id === null ? undefined : incidentById(context, id)
  return incident?.status === 'closed' ? undefined : incident
}

/** "Ngừng 3 phút sau cảnh báo CB-0007": the order in which it happened, by the time of the events. */
function tellOrder(context: AlertsContext, incident: Incident, outage: Alert, alert: Alert) {
  const gap = outage.firstSeen - alert.firstSeen
  tell(context, {
    act: gap >= 0 ? 'incident.outage_after_alert' : 'incident.alert_after_outage',
    incident: incident.id,
    unit: outage.unit,
    params: { outage: outage.id, alert: alert.id, minutes: Math.round(Math.abs(gap) / 60_000) }
  })
}
