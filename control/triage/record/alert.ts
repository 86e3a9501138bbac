import type { AlertRow, Verdict } from '#core/api/alerts.ts'
import type { Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'

/** One row of the table `alerts`; JSON columns as text. Its comments are in the migration. */
export type AlertRecord = {
  seq: number
  id: string
  revision: number
  fingerprint: string
  rule_id: string
  rule_version: string
  rule: string
  level: Level
  level_rank: number
  origin: Origin
  unit: string
  senders: string
  entity_key: string
  entity: string
  vals: string
  status: AlertRow['status']
  verdict: Verdict | null
  count: number
  window_count: number | null
  window_first: number | null
  window_last: number | null
  window_peak: number | null
  trend_step: number
  trend: string
  hour: number
  hour_count: number
  hour_peak: number
  archived_peak: number | null
  first_seen: number
  last_seen: number
  event_at: number
  received_at: number
  matched_at: number
  raised_at: number
  acknowledged_at: number | null
  closed_at: number | null
  assignee: string | null
  incident_id: string | null
  escalated: number
  reopened: number
  previous_id: string | null
  many_entities: number
  entities: number
  deadline: number | null
}
