import type { AlertRow, Verdict } from '#core/api/alerts.ts'
import type { Level, RuleSummary } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { fromText, toText } from './json-text.ts'

/**
 * An alert as the control plane works with it. Times are milliseconds since the epoch. Objects and lists inside are
 * never changed in place, only replaced: {@link toRow} writes the text of one that was not replaced as it was read.
 */
export type Alert = {
  /** Number of the series, and the id made of it (`CB-0001`). */
  seq: number
  id: string
  /** Grows with every write, so that an older push never replaces a newer one. */
  revision: number
  /** Hash of rule × entity × affected unit × origin: one open alert each. */
  fingerprint: string
  ruleId: string
  ruleVersion: string
  /** The rule as it was when it matched last. */
  rule: Readonly<RuleSummary>
  level: Level
  /** Place of `level` among the levels, least first. */
  levelRank: number
  origin: Origin
  /** Code of the affected unit. */
  unit: string
  senders: readonly string[]
  /** Who or what it is about: values joined by `|` in lower case, and by field. */
  entityKey: string
  entity: Readonly<Record<string, string>>
  /** Values that fill the sentence, of the newest match. */
  values: Readonly<Record<string, string>>
  status: AlertRow['status']
  verdict: Verdict | null
  /** Matches so far; for a correlation "at least" (see `addFold`). */
  count: number
  /** The counted window of a correlation; null for other rules. */
  windowCount: number | null
  windowFirst: number | null
  windowLast: number | null
  windowPeak: number | null
  /** Number of the newest five-minute step, and the counts of twelve steps up to it. */
  trendStep: number
  trend: readonly number[]
  /** Hour of receiving that runs (hours since the epoch), its matches, and the most of an hour before it. */
  hour: number
  hourCount: number
  hourPeak: number
  /** Matches of its greatest hour when it was archived. */
  archivedPeak: number | null
  /** Event time of the first and the newest match. */
  firstSeen: number
  lastSeen: number
  /** Hops of its first match. */
  eventAt: number
  receivedAt: number
  matchedAt: number
  raisedAt: number
  acknowledgedAt: number | null
  closedAt: number | null
  /** User id. */
  assignee: string | null
  incidentId: string | null
  escalated: boolean
  /** How often it was opened again. */
  reopened: number
  /** The closed alert of the same fingerprint before it. */
  previousId: string | null
  /** True when it stands for many entities of its rule and unit; `entities` counts them. */
  manyEntities: boolean
  entities: number
  deadline: number | null
}

/** One row of the table `alerts`; its comments are in the migration. */
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
export type AlertColumn = keyof AlertRecord

/** An alert from its row. */
export function fromRow(row: AlertRecord): Alert {
  return {
    seq: row.seq,
    id: row.id,
    revision: row.revision,
    fingerprint: row.fingerprint,
    ruleId: row.rule_id,
    ruleVersion: row.rule_version,
    rule: fromText<RuleSummary>(row.rule),
    level: row.level,
    levelRank: row.level_rank,
    origin: row.origin,
    unit: row.unit,
    senders: fromText<string[]>(row.senders),
    entityKey: row.entity_key,
    entity: fromText<Record<string, string>>(row.entity),
    values: fromText<Record<string, string>>(row.vals),
    status: row.status,
    verdict: row.verdict,
    count: row.count,
    windowCount: row.window_count,
    windowFirst: row.window_first,
    windowLast: row.window_last,
    windowPeak: row.window_peak,
    trendStep: row.trend_step,
    trend: fromText<number[]>(row.trend),
    hour: row.hour,
    hourCount: row.hour_count,
    hourPeak: row.hour_peak,
    archivedPeak: row.archived_peak,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    eventAt: row.event_at,
    receivedAt: row.received_at,
    matchedAt: row.matched_at,
    raisedAt: row.raised_at,
    acknowledgedAt: row.acknowledged_at,
    closedAt: row.closed_at,
    assignee: row.assignee,
    incidentId: row.incident_id,
    escalated: row.escalated === 1,
    reopened: row.reopened,
    previousId: row.previous_id,
    manyEntities: row.many_entities === 1,
    entities: row.entities,
    deadline: row.deadline
  }
}

const columns: { [C in AlertColumn]: (alert: Alert) => AlertRecord[C] } = {
  seq: (alert) => alert.seq,
  id: (alert) => alert.id,
  revision: (alert) => alert.revision,
  fingerprint: (alert) => alert.fingerprint,
  rule_id: (alert) => alert.ruleId,
  rule_version: (alert) => alert.ruleVersion,
  rule: (alert) => toText(alert.rule),
  level: (alert) => alert.level,
  level_rank: (alert) => alert.levelRank,
  origin: (alert) => alert.origin,
  unit: (alert) => alert.unit,
  senders: (alert) => toText(alert.senders),
  entity_key: (alert) => alert.entityKey,
  entity: (alert) => toText(alert.entity),
  vals: (alert) => toText(alert.values),
  status: (alert) => alert.status,
  verdict: (alert) => alert.verdict,
  count: (alert) => alert.count,
  window_count: (alert) => alert.windowCount,
  window_first: (alert) => alert.windowFirst,
  window_last: (alert) => alert.windowLast,
  window_peak: (alert) => alert.windowPeak,
  trend_step: (alert) => alert.trendStep,
  trend: (alert) => toText(alert.trend),
  hour: (alert) => alert.hour,
  hour_count: (alert) => alert.hourCount,
  hour_peak: (alert) => alert.hourPeak,
  archived_peak: (alert) => alert.archivedPeak,
  first_seen: (alert) => alert.firstSeen,
  last_seen: (alert) => alert.lastSeen,
  event_at: (alert) => alert.eventAt,
  received_at: (alert) => alert.receivedAt,
  matched_at: (alert) => alert.matchedAt,
  raised_at: (alert) => alert.raisedAt,
  acknowledged_at: (alert) => alert.acknowledgedAt,
  closed_at: (alert) => alert.closedAt,
  assignee: (alert) => alert.assignee,
  incident_id: (alert) => alert.incidentId,
  escalated: (alert) => Number(alert.escalated),
  reopened: (alert) => alert.reopened,
  previous_id: (alert) => alert.previousId,
  many_entities: (alert) => Number(alert.manyEntities),
  entities: (alert) => alert.entities,
  deadline: (alert) => alert.deadline
}
/** Every column of the table. */
export const alertColumns = Object.keys(columns) as AlertColumn[]

/** The named columns of an alert, as they are written. */
export function toRow(alert: Alert, names: readonly AlertColumn[]): Record<string, string | number | null> {
  const row: Record<string, string | number | null> = {}
  for (const name of names) row[name] = columns[name](alert)
  return row
}
