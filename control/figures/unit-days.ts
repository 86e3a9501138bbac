import type { Places } from './catalogue.ts'
import type { Span } from './period.ts'
import type { Reads } from '#control/database/reads.ts'

type Days = Pick<Span, 'from' | 'to'>

/** What the sources of each present unit sent in a span: present code → days with at least one event, and events. */
export type Sent = Map<string, { days: number; events: number }>

/** Sums the days of senders by their own unit; codes that have ended count for the unit they became part of. */
export function sentIn(database: Reads, origin: string, span: Days, places: Places): Sent {
  const rows = database.all<{ unit: string; day: string; events: number }>(
    `SELECT unit, day, SUM(events) AS events FROM sender_days
       WHERE origin = ? AND day BETWEEN ? AND ? AND events > 0 GROUP BY unit, day`,
    origin,
    span.from,
    span.to
  )
  const days = new Map<string, Set<string>>()
  const sent: Sent = new Map()
  for (const { unit, day, events } of rows) {
    if (!places.inside(unit)) continue
    const code = places.home(unit)
    const known = days.get(code) ?? new Set()
    days.set(code, known.add(day))
    // Days on which both an ended unit and its successor sent count once.
    sent.set(code, { days: known.size, events: events + (sent.get(code)?.events ?? 0) })
  }
  return sent
}

/** Events of each present unit in a span, whoever sent them. */
export function eventsIn(database: Reads, origin: string, span: Days, places: Places): Map<string, number> {
  const rows = database.all<{ unit: string; events: number }>(
    'SELECT unit, SUM(events) AS events FROM unit_days WHERE origin = ? AND day BETWEEN ? AND ? GROUP BY unit',
    origin,
    span.from,
    span.to
  )
  const events = new Map<string, number>()
  for (const row of rows) {
    if (!places.inside(row.unit)) continue
    const code = places.home(row.unit)
    events.set(code, row.events + (events.get(code) ?? 0))
  }
  return events
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

/** Since when it is counted who sent: 0 where it always was, later where an older version counted before. */
export function sentSince(database: Reads): number {
  const row = database.get<{ value: string }>(`SELECT value FROM meta WHERE key = 'figures.sent_since'`)
  return Number(row?.value ?? 0)
}
