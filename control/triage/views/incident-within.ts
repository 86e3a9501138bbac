import type { IncidentRow } from '#core/api/alerts.ts'
import { levels } from '#core/match.ts'
import type { Scope } from '#control/rights/scope.ts'
import { fromRow, type AlertRecord } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { words } from '../words.ts'
import { titleOf } from './incident-title.ts'

type Part = { n: number; rank: number; seen: number; raised: number; matched: number; due: number | null }

/** An incident as some units see it: everything is made from their own alerts. `detectedAt` is that of those alerts. */
export type IncidentPart = { row: IncidentRow; detectedAt: number }

/**
 * The header for a scope that holds some of the units only: title, level, count, times and deadline of the whole speak of
 * others, so they are made anew from the alerts inside. Why it was opened is told when it shows in them. Undefined when none of
 * its units is inside.
 */
export function incidentWithin(context: AlertsContext, row: IncidentRow, scope: Scope): IncidentPart | undefined {
  const units = row.units.filter((unit) => scope === undefined || scope.has(unit.code))
  if (units.length === 0) return undefined
  const codes = JSON.stringify(units.map(({ code }) => code))
  const part = context.control.single<Part>(
    `SELECT COUNT(*) AS n, COALESCE(MAX(level_rank), 0) AS rank, COALESCE(MAX(last_seen), 0) AS seen,
       COALESCE(MIN(raised_at), 0) AS raised, COALESCE(MIN(matched_at), 0) AS matched, MIN(deadline) AS due
     FROM alerts WHERE incident_id = ? AND unit IN (SELECT value FROM json_each(?))`,
    row.id,
    codes
  )
  if (units.length === row.units.length) return { row, detectedAt: part.matched }
  if (part.n === 0) {
    const { shared } = words.incidentTitle
    return {
      row: { ...row, units, title: shared, level: 'informational', alerts: 0, reason: 'shared', deadline: null },
      detectedAt: row.openedAt
    }
  }
  const worst = context.control.single<AlertRecord>(
    `SELECT * FROM alerts WHERE incident_id = ? AND unit IN (SELECT value FROM json_each(?)) ORDER BY level_rank DESC, seq LIMIT 1`,
    row.id,
    codes
  )
  const level = levels[part.rank] ?? 'informational'
  return {
    row: {
      ...row,
      units,
      level,
      title: titleOf(context, fromRow(worst)),
      alerts: part.n,
      openedAt: Math.max(row.openedAt, part.raised),
      lastSeen: part.seen,
      deadline: part.due,
      reason: level === 'critical' ? 'critical_alert' : 'shared'
    },
    detectedAt: part.matched
  }
}
