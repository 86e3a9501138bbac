import type { Places } from './catalogue.ts'
import type { Span } from './period.ts'
import type { Database } from './states.ts'

/** What was heard of each present unit in a span. */
export type Heard = {
  events: number
  /** Present code → days with at least one event, and events. */
  units: Map<string, { days: number; events: number }>
}

/** Sums the days of a span; codes that have ended count for the unit they became part of. */
export function heardIn(database: Database, origin: string, span: Pick<Span, 'from' | 'to'>, places: Places): Heard {
  const rows = database
    .sql('SELECT day, unit, events FROM unit_days WHERE origin = ? AND day BETWEEN ? AND ? ORDER BY day')
    .iterate(origin, span.from, span.to) as Iterable<{ day: string; unit: string; events: number }>
  const heard: Heard = { events: 0, units: new Map() }
  const lastDay = new Map<string, string>()
  for (const { day, unit, events } of rows) {
    if (events === 0 || !places.inside(unit)) continue
    heard.events += events
    const code = places.home(unit)
    const sum = heard.units.get(code) ?? { days: 0, events: 0 }
    sum.events += events
    if (lastDay.get(code) !== day) sum.days += 1
    lastDay.set(code, day)
    heard.units.set(code, sum)
  }
  return heard
}

/** First moment that anything is known of an origin; undefined when nothing is. */
export function firstKnown(database: Database, origin: string): number | undefined {
  const { at } = database
    .sql(
      `SELECT MIN(at) AS at FROM (
         SELECT first_at AS at FROM (SELECT first_at FROM unit_days WHERE origin = :origin ORDER BY day LIMIT 1)
         UNION ALL SELECT MIN(raised_at) FROM alert_openings WHERE origin = :origin
         UNION ALL SELECT MIN(opened_at) FROM incidents WHERE origin = :origin)`
    )
    .get({ origin }) as { at: number | null }
  return at ?? undefined
}
