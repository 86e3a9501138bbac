import type { IncidentRow } from '#core/api/alerts.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { fromText, toText } from './json-text.ts'

/** Why an incident opened. */
export type Reason = 'critical_alert' | 'two_rules_one_entity' | 'by_hand' | 'root_outage' | 'outage_with_alert'

/** An incident as the control plane works with it. Times are milliseconds since the epoch; the title is only replaced. */
export type Incident = {
  /** Number of the series, and the id made of it (`VL-0001`). */
  seq: number
  id: string
  /** Grows with every write, so that an older push never replaces a newer one. */
  revision: number
  title: Readonly<Bilingual>
  level: Level
  levelRank: number
  origin: Origin
  status: IncidentRow['status']
  reason: string
  openedAt: number
  /** When the first of its alerts matched: the legal clocks run from here. */
  detectedAt: number
  lastSeen: number
  closedAt: number | null
  /** User id. */
  assignee: string | null
  /** The incident that took it in. */
  mergedInto: string | null
  deadline: number | null
}

/** One row of the table `incidents`. */
export type IncidentColumns = {
  seq: number
  id: string
  revision: number
  title: string
  level: Level
  level_rank: number
  origin: Origin
  status: IncidentRow['status']
  reason: string
  opened_at: number
  detected_at: number
  last_seen: number
  closed_at: number | null
  assignee: string | null
  merged_into: string | null
  deadline: number | null
}
export type IncidentColumn = keyof IncidentColumns

/** The incident of a statement that selects whole rows of `incidents` and finds one at most. */
export function incidentOf(row: IncidentColumns): Incident
export function incidentOf(row: IncidentColumns | undefined): Incident | undefined
export function incidentOf(row: IncidentColumns | undefined): Incident | undefined {
  if (row === undefined) return undefined
  const { level_rank, opened_at, detected_at, last_seen, closed_at, merged_into, title, ...same } = row
  return {
    ...same,
    title: fromText<Bilingual>(title),
    levelRank: level_rank,
    openedAt: opened_at,
    detectedAt: detected_at,
    lastSeen: last_seen,
    closedAt: closed_at,
    mergedInto: merged_into
  }
}

const columns: { [C in IncidentColumn]: (incident: Incident) => IncidentColumns[C] } = {
  seq: (incident) => incident.seq,
  id: (incident) => incident.id,
  revision: (incident) => incident.revision,
  title: (incident) => toText(incident.title),
  level: (incident) => incident.level,
  level_rank: (incident) => incident.levelRank,
  origin: (incident) => incident.origin,
  status: (incident) => incident.status,
  reason: (incident) => incident.reason,
  opened_at: (incident) => incident.openedAt,
  detected_at: (incident) => incident.detectedAt,
  last_seen: (incident) => incident.lastSeen,
  closed_at: (incident) => incident.closedAt,
  assignee: (incident) => incident.assignee,
  merged_into: (incident) => incident.mergedInto,
  deadline: (incident) => incident.deadline
}
/** Every column of the table. */
export const incidentColumns = Object.keys(columns) as IncidentColumn[]

/** The named columns of an incident, as they are written. */
export function rowOf(incident: Incident, names: readonly IncidentColumn[]): Record<string, string | number | null> {
  const row: Record<string, string | number | null> = {}
  for (const name of names) row[name] = columns[name](incident)
  return row
}
