import type { Places } from './catalogue.ts'
import type { Span } from './period.ts'
import type { Reads } from '#control/database/reads.ts'

/** What was heard of each present unit in a span. */
export type Heard = {
  events: number
  /** Present code → days with at least one event, and events. */
  units: Map<string, { days: number; events: number }>
}

/** Sums the days of a span; codes that have ended count for the unit they became part of. */
export function heardIn(database: Reads, origin: string, span: Pick<Span, 'from' | 'to'>, places: Places): Heard {
  const rows = database.all<{ unit: string; events: number; days: number }>(
    `SELECT unit, SUM(events) AS events, COUNT(*) AS days FROM unit_days
       WHERE origin = ? AND day BETWEEN ? AND ? AND events > 0 GROUP BY unit`,
    origin,
    span.from,
    span.to
  )
  const heard: Heard = { events: 0, units: new Map() }
  const codes = new Map<string, string[]>()
  for (const { unit, events, days } of rows) {
    if (!places.inside(unit)) continue
    heard.events += events
    const code = places.home(unit)
    const known = heard.units.get(code)
    heard.units.set(code, { days, events: events + (known?.events ?? 0) })
    codes.set(code, [...(codes.get(code) ?? []), unit])
  }
  // Days on which both an ended unit and its successor were heard count once.
  const together = `SELECT COUNT(DISTINCT day) AS days FROM unit_days
     WHERE origin = ? AND day BETWEEN ? AND ? AND events > 0 AND unit IN (SELECT value FROM json_each(?))`
  for (const [code, members] of codes) {
    const sum = heard.units.get(code)
    if (members.length < 2 || sum === undefined) continue
    sum.days = database.single<{ days: number }>(together, origin, span.from, span.to, JSON.stringify(members)).days
  }
  return heard
}

/** First moment that anything is known of an origin; undefined when nothing is. */
export function firstKnown(database: Reads, origin: string): number | undefined {
  const { at } = database.single<{ at: number | null }>(
    `SELECT MIN(at) AS at FROM (
         SELECT first_at AS at FROM (SELECT first_at FROM unit_days WHERE origin = :origin ORDER BY day LIMIT 1)
         UNION ALL SELECT MIN(raised_at) FROM alert_openings WHERE origin = :origin
         UNION ALL SELECT MIN(opened_at) FROM incidents WHERE origin = :origin)`,
    { origin }
  )
  return at ?? undefined
}
