import type { AlertDetail, AlertList, AlertRow, QueueTab } from '#core/api/alerts.ts'
import { type Level, levels } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { IN_HAND, OPEN } from '../record/alert-record.ts'
import { alertRow, namedAlert, selectAlerts, type NamedAlert, type NamedAlertRecord } from './alert-row.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from '../record/context.ts'
import { type Scope } from '#control/rights/scope.ts'
import { OUTAGE_SYSTEM } from '../life/outage-incident.ts'
import { evidenceOf } from '../record/evidence.ts'
import {
  decodeCursor,
  encodeCursor,
  filterSql,
  isPlain,
  MAX_PAGE,
  placesText,
  type AlertFilter
} from './queue-filter.ts'
import { story } from '../record/timeline.ts'

/** Related alerts shown beside one. */
const MAX_RELATED = 20
/** Alerts of one entity looked at for its rarity; beyond it the figures mean "at least". */
const MAX_RARITY = 5_000

/** One page of the queue with the counts of every tab, all within the filter's scope. */
export function listAlerts(context: AlertsContext, filter: AlertFilter): AlertList {
  const sql = filterSql(filter)
  const { from, where, order, params } = sql
  const limit = Math.min(Math.max(1, Math.trunc(filter.limit)), MAX_PAGE)
  const paged: Record<string, string | number> = { ...params, limit: limit + 1 }
  const after = filter.cursor !== undefined && filter.cursor !== ''
  if (after) {
    const keys = decodeCursor(filter.cursor ?? '', order.length)
    order.forEach((key, index) => (paged[key] = keys[index] ?? 0))
  }
  // Two steps: the page's places are found first, then only its rows are read.
  const places = context.control.all<Record<string, number>>(placesText(sql, after), paged)
  const page = places.slice(0, limit)
  const last = page.at(-1)
  const counts = tabCounts(context, filter.scope, filter.userId)
  return {
    items: rowsOf(
      context,
      page.map((place) => place['seq'] ?? 0)
    ),
    total: isPlain(filter) ? counts[filter.tab] : countOf(context, from, where, params),
    counts,
    cursor: places.length > limit && last !== undefined ? encodeCursor(order.map((key) => last[key] ?? 0)) : null
  }
}

/** Alerts by seq, in that order, those that were `made` already as they are; those that are gone are left out. */
export function rowsOf(
  context: AlertsContext,
  seqs: readonly number[],
  made?: ReadonlyMap<number, AlertRow>
): AlertRow[] {
  return seqs.flatMap((seq) => {
    const ready = made?.get(seq)
    if (ready !== undefined) return [ready]
    const row = context.control.get<NamedAlertRecord>(`${selectAlerts} WHERE a.seq = ?`, seq)
    return row === undefined ? [] : [alertRow(context, namedAlert(row))]
  })
}

function countOf(context: AlertsContext, from: string, where: string, params: Record<string, string | number>): number {
  const row = context.control.single<{ n: number }>(`SELECT COUNT(*) AS n FROM ${from} WHERE ${where}`, params)
  return row.n
}

/** How many alerts each tab holds within a scope; from indexes alone. */
export function tabCounts(context: AlertsContext, scope: Scope, userId: string): Record<QueueTab, number> {
  const inScope = scope === undefined ? '1' : 'unit IN (SELECT value FROM json_each(:units))'
  const units: Record<string, string> = scope === undefined ? {} : { units: JSON.stringify([...scope]) }
  const byStatus = context.control.all<{ status: AlertRow['status']; n: number }>(
    `SELECT status, COUNT(*) AS n FROM alerts WHERE ${inScope} GROUP BY status`,
    units
  )
  const count = (status: AlertRow['status']) => byStatus.find((row) => row.status === status)?.n ?? 0
  const countOn = (index: string, where: string, more: Record<string, string> = {}) =>
    context.control.single<{ n: number }>(
      `SELECT COUNT(*) AS n FROM alerts INDEXED BY ${index} WHERE ${where} AND ${inScope}`,
      { ...units, ...more }
    ).n
  return {
    new: count('new'),
    mine: countOn('alerts_by_assignee', `assignee = :user AND ${IN_HAND}`, { user: userId }),
    waiting: count('waiting'),
    escalated: countOn('alerts_escalated', `escalated = 1 AND ${OPEN}`),
    archived: count('archived'),
    closed: count('closed'),
    all: byStatus.reduce((sum, row) => sum + row.n, 0)
  }
}

/** Everything the panel shows of one alert; undefined when there is none. How rare its entity is, is counted in the scope. */
export function alertDetail(context: AlertsContext, id: string, scope: Scope): AlertDetail | undefined {
  const row = context.control.get<NamedAlertRecord>(`${selectAlerts} WHERE a.id = ?`, id)
  if (row === undefined) return undefined
  const record = namedAlert(row)
  const { rule } = record
  return {
    alert: alertRow(context, record),
    rule: {
      id: rule.id,
      version: rule.version,
      title: rule.title,
      tags: rule.tags,
      falsePositives: { vi: rule.falsePositivesVi ?? [], en: rule.falsePositives }
    },
    system: record.values[OUTAGE_SYSTEM] ?? null,
    evidence: evidenceOf(context, record),
    hops: {
      event: record.eventAt,
      received: record.receivedAt,
      matched: record.matchedAt,
      raised: record.raisedAt,
      acknowledged: record.acknowledgedAt
    },
    history: historyOf(context, record),
    related: relatedTo(context, record),
    rarity: rarityOf(context, record, scope),
    previous: record.previousId,
    timeline: story(context, { alert: id })
  }
}

/** Earlier alerts of the same fingerprint, by verdict. */
function historyOf(context: AlertsContext, record: NamedAlert): AlertDetail['history'] {
  const rows = context.control.all<{ verdict: string | null; n: number }>(
    "SELECT verdict, COUNT(*) AS n FROM alerts WHERE fingerprint = ? AND status = 'closed' AND seq < ? GROUP BY verdict",
    record.fingerprint,
    record.seq
  )
  const byVerdict: Record<string, number> = {}
  for (const { verdict, n } of rows) if (verdict !== null) byVerdict[verdict] = n
  return { total: rows.reduce((sum, row) => sum + row.n, 0), byVerdict }
}

function relatedTo(context: AlertsContext, record: NamedAlert): AlertRow[] {
  const near = (column: 'entity_key' | 'unit', value: string) =>
    context.control.all<{ seq: number }>(
      `SELECT seq FROM alerts WHERE ${column} = ? AND last_seen BETWEEN ? AND ? AND origin = ? AND seq <> ?
         ORDER BY last_seen DESC LIMIT ${MAX_RELATED}`,
      value,
      record.lastSeen - HOUR_MS,
      record.lastSeen + HOUR_MS,
      record.origin,
      record.seq
    )
  const sameEntity = record.entityKey === '' ? [] : near('entity_key', record.entityKey)
  const seqs = new Set([...sameEntity, ...near('unit', record.unit)].map((row) => row.seq))
  return rowsOf(context, [...seqs].slice(0, MAX_RELATED))
}

function rarityOf(context: AlertsContext, record: NamedAlert, scope: Scope): AlertDetail['rarity'] {
  if (record.entityKey === '') return { firstSeen: record.firstSeen, units: 1, alerts: 1 }
  const row = context.control.single<AlertDetail['rarity']>(
    `SELECT MIN(first_seen) AS firstSeen, COUNT(DISTINCT unit) AS units, COUNT(*) AS alerts FROM
       (SELECT first_seen, unit FROM alerts WHERE entity_key = ?1 AND origin = ?2 AND (?3 IS NULL OR unit IN (SELECT value FROM json_each(?3))) LIMIT ${MAX_RARITY})`,
    record.entityKey,
    record.origin,
    scope === undefined ? null : JSON.stringify([...scope])
  )
  return { firstSeen: row.firstSeen, units: row.units, alerts: row.alerts }
}

/** Affected unit of each of these alerts that exists. */
export function unitsOf(context: AlertsContext, ids: readonly string[]): Map<string, string> {
  const rows = context.control.all<{ id: string; unit: string }>(
    'SELECT id, unit FROM alerts WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(ids)
  )
  return new Map(rows.map(({ id, unit }) => [id, unit]))
}

/** What is open at one unit; `notable` leaves informational alerts out. */
export type OpenAtUnit = { alerts: number; notable: number; incidents: number; worst: Level | null }

/** Open alerts and incidents of an origin per affected unit; units without any are left out. An emptied incident has none. */
export function openByUnit(context: AlertsContext, origin: Origin): Map<string, OpenAtUnit> {
  const alerts = context.control.all<{ unit: string; n: number; notable: number; rank: number }>(
    `SELECT unit, COUNT(*) AS n, SUM(level_rank > 0) AS notable, MAX(level_rank) AS rank FROM alerts
       WHERE ${OPEN} AND origin = ? GROUP BY unit`,
    origin
  )
  const incidents = context.control.all<{ unit: string; n: number }>(
    `SELECT u.unit, COUNT(*) AS n FROM incidents i JOIN incident_units u ON u.incident_id = i.id
       WHERE i.status <> 'closed' AND i.origin = ? AND EXISTS (SELECT 1 FROM alerts a WHERE a.incident_id = i.id)
       GROUP BY u.unit`,
    origin
  )
  const units = new Map<string, OpenAtUnit>()
  for (const { unit, n, notable, rank } of alerts)
    units.set(unit, { alerts: n, notable, incidents: 0, worst: levels[rank] ?? null })
  for (const { unit, n } of incidents) {
    units.set(unit, { ...(units.get(unit) ?? { alerts: 0, notable: 0, worst: null }), incidents: n })
  }
  return units
}
