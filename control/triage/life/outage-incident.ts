import type { EcsEvent, Json, JsonObject } from '#core/event.ts'
import type { Evidence } from '#core/match.ts'
import { saveAlert } from '../record/alert-record.ts'
import { type AlertRecord } from '../record/alert.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from '../record/context.ts'
import { type Changes } from '../record/changes.ts'
import { incidentById, openIncident, putInto, saveIncident, type IncidentRecord } from '../record/incident-record.ts'
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
export function hostsOf(fields: Record<string, string>, evidence: readonly Pick<Evidence, 'json'>[]): Set<string> {
  const hosts = new Set(Object.values(fields).map((value) => value.toLowerCase()))
  for (const { json } of evidence) {
    const event = JSON.parse(json) as EcsEvent
    for (const [group, name] of hostFields) {
      const value = (event[group] as JsonObject | undefined)?.[name]
      for (const one of Array.isArray(value) ? value : [value]) addHost(hosts, one)
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
 * both stand in one, and its story says which came first. Changes the alert; the caller saves it.
 */
export function considerOutage(context: AlertsContext, outage: AlertRecord, changes: Changes): void {
  const hosts = hostsOfOutage(outage)
  const other = hosts.size === 0 ? undefined : alertOnHosts(context, outage, hosts)
  const incident =
    openIncidentOf(context, other) ??
    openIncident(
      context,
      outage,
      other === undefined ? 'root_outage' : 'outage_with_alert',
      titleOf(context, outage),
      changes
    )
  if (other !== undefined && other.incident_id === null) {
    putInto(context, incident, other)
    saveAlert(context, other, changes)
  }
  putInto(context, incident, outage)
  if (other !== undefined) tellOrder(context, incident, outage, other)
  saveIncident(context, incident, changes)
}

/** The same from the other side: an alert about the hosts of an outage that is open, or began within the hour, joins its incident. */
export function joinOutage(
  context: AlertsContext,
  alert: AlertRecord,
  hosts: ReadonlySet<string>,
  changes: Changes
): boolean {
  const outages = context.control
    .sql(
      `SELECT * FROM alerts WHERE rule_id = '${OUTAGE_RULE}' AND origin = ? AND incident_id IS NOT NULL
       AND (status <> 'closed' OR closed_at >= ?) ORDER BY seq DESC LIMIT 100`
    )
    .all(alert.origin, context.clock.now() - HOUR_MS) as AlertRecord[]
  for (const outage of outages) {
    if (Math.abs(alert.last_seen - outage.first_seen) > HOUR_MS) continue
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

function hostsOfOutage(outage: AlertRecord): Set<string> {
  const values = JSON.parse(outage.vals) as Record<string, string>
  return new Set((values[OUTAGE_HOSTS] ?? '').split(' ').filter((host) => host !== ''))
}

function alertOnHosts(
  context: AlertsContext,
  outage: AlertRecord,
  hosts: ReadonlySet<string>
): AlertRecord | undefined {
  const near = context.control
    .sql(
      `SELECT * FROM alerts WHERE last_seen BETWEEN ? AND ? AND origin = ? AND status <> 'closed' AND rule_id NOT LIKE 'soc.%'
       AND level_rank > 0 ORDER BY last_seen DESC, seq DESC LIMIT ${MAX_LOOKED_AT}`
    )
    .all(outage.first_seen - HOUR_MS, outage.first_seen + HOUR_MS, outage.origin) as AlertRecord[]
  let read = 0
  return near.find((alert) => {
    const fields = JSON.parse(alert.entity) as Record<string, string>
    const ofUnit = alert.unit === outage.unit && read++ < MAX_EVIDENCE_READ
    const named = hostsOf(fields, ofUnit ? evidenceOf(context, alert) : [])
    return [...hosts].some((host) => named.has(host))
  })
}

function evidenceOf(context: AlertsContext, alert: AlertRecord): Pick<Evidence, 'json'>[] {
  return context.control
    .sql('SELECT event AS json FROM alert_evidence WHERE alert_seq = ? ORDER BY place LIMIT 8')
    .all(alert.seq) as { json: string }[]
}

function openIncidentOf(context: AlertsContext, alert: AlertRecord | undefined): IncidentRecord | undefined {
  const id = alert?.incident_id ?? null
  const incident = id === null ? undefined : incidentById(context, id)
  return incident?.status === 'closed' ? undefined : incident
}

/** "Ngừng 3 phút sau cảnh báo CB-0007": the order in which it happened, by the time of the events. */
function tellOrder(context: AlertsContext, incident: IncidentRecord, outage: AlertRecord, alert: AlertRecord) {
  const gap = outage.first_seen - alert.first_seen
  tell(context, {
    act: gap >= 0 ? 'incident.outage_after_alert' : 'incident.alert_after_outage',
    incident: incident.id,
    unit: outage.unit,
    params: { outage: outage.id, alert: alert.id, minutes: Math.round(Math.abs(gap) / 60_000) }
  })
}
