import type { Reads } from '#control/database/reads.ts'
import { OUTAGE_RULE, OUTAGE_SYSTEM } from './life/outage-incident.ts'

/** More outages in one incident are no planned work any more. */
const MOST = 50

/**
 * The systems whose outages are all that an incident is about; none when it is about anything else too, so that planned
 * work on a system silences no attack. `subject` as notifications name it: `incident:VL-0001`.
 */
export function outageSystemsOf(control: Reads, subject: string): string[] {
  const incident = /^incident:(.+)$/.exec(subject)?.[1]
  if (incident === undefined) return []
  const open = control.all<{ rule_id: string; system: string | null }>(
    `SELECT rule_id, json_extract(vals, '$."${OUTAGE_SYSTEM}"') AS system FROM alerts
       WHERE incident_id = ? AND status <> 'closed' LIMIT ${MOST}`,
    incident
  )
  if (open.length === MOST || open.some(({ rule_id: rule }) => rule !== OUTAGE_RULE)) return []
  return open.flatMap(({ system }) => system ?? [])
}
