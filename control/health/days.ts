import type { Uptime, UptimeWindows } from '#core/api/health.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { addMillis, noMillis, sumStates, type Intervals, type StateMillis } from './intervals.ts'
import { REWIND_MS } from './settings.ts'

/** Below this share of known time no figure is printed (docs/health.md). */
const MIN_COVERAGE = 0.9
/** Days of sums that are kept: five years. */
const KEEP_DAYS = 5 * 366

/** Start of the window "n d": the n Vietnamese days up to now, today included. */
export const windowStart = (now: number, days: number) => ictDayStart(ictDay(now)) - (days - 1) * DAY_MS

/** The figure over sums: what is degraded still answers; what is planned or unknown is no time of service. */
export function uptimeOf(from: number, to: number, ms: StateMillis): Uptime {
  const answered = ms.UP + ms.DEGRADED
  const known = answered + ms.DOWN
  const asked = to - from - ms.MAINTENANCE
  const coverage = asked > 0 ? known / asked : 0
  return { from, to, ms, uptime: known > 0 && coverage >= MIN_COVERAGE ? answered / known : null, coverage }
}

type DayRow = { day: string; up: number; degraded: number; down: number; maintenance: number; unknown: number }
const millisOf = (row: Omit<DayRow, 'day'>): StateMillis => ({
  UP: row.up,
  DEGRADED: row.degraded,
  DOWN: row.down,
  MAINTENANCE: row.maintenance,
  UNKNOWN: row.unknown
})

/**
 * Sums over Vietnamese days. A day is written down once it is finished and nothing can change it any more; a window is its
 * whole finished days from there, and its edges exactly from the intervals.
 */
export type Days = ReturnType<typeof openDays>

export function openDays(control: Control, origin: Origin, intervals: Intervals) {
  let until = ''
  /** Sums of the finished days of a window, per node; they change at midnight only. */
  const finished = new Map<string, { until: string; sums: Map<string, StateMillis> }>()

  function finishedSums(node: string, from: string, to: string): StateMillis {
    let cache = finished.get(node)
    if (cache?.until !== until) finished.set(node, (cache = { until, sums: new Map() }))
    const key = `${from} ${to}`
    let sums = cache.sums.get(key)
    if (sums === undefined) {
      const row = control.single<Omit<DayRow, 'day'> & { days: number }>(
        `SELECT COUNT(*) AS days, COALESCE(SUM(up), 0) AS up, COALESCE(SUM(degraded), 0) AS degraded, COALESCE(SUM(down), 0) AS down,
           COALESCE(SUM(maintenance), 0) AS maintenance, COALESCE(SUM(unknown), 0) AS unknown
           FROM health_days WHERE origin = ? AND node = ? AND day >= ? AND day < ?`,
        origin,
        node,
        from,
        to
      )
      sums = millisOf(row)
      // Days before the node was first known have no row.
      sums.UNKNOWN += ictDayStart(to) - ictDayStart(from) - row.days * DAY_MS
      // A handful of windows are asked again and again; other ranges are not worth keeping.
      if (cache.sums.size < 4) cache.sums.set(key, sums)
    }
    return { ...sums }
  }

  /** Exact milliseconds per state in [from, to). */
  function sums(node: string, from: number, to: number): StateMillis {
    if (to <= from) return noMillis()
    const edge = (begin: number, end: number) => sumStates(intervals.within(node, begin, end), begin, end)
    const firstWhole = ictDay(from + DAY_MS - 1)
    const end = ictDay(to) < until ? ictDay(to) : until
    if (firstWhole >= end) return edge(from, to)
    const total = finishedSums(node, firstWhole, end)
    if (from < ictDayStart(firstWhole)) addMillis(total, edge(from, ictDayStart(firstWhole)))
    if (ictDayStart(end) < to) addMillis(total, edge(ictDayStart(end), to))
    return total
  }

  return {
    sums,
    /** Reads how far the days are written down. */
    load() {
      const row = control.get<{ days_until: string }>('SELECT days_until FROM health_life WHERE origin = ?', origin)
      until = row?.days_until ?? ''
      finished.clear()
    },
    /** Whether a day has become unchangeable since the last call: cheap, for every tick. */
    due: (now: number) => ictDay(now - REWIND_MS - 60_000) > until,
    /** Writes down every day that has become unchangeable. Runs inside a transaction. */
    finish(now: number, nodes: Iterable<string>, firstDay: string) {
      const newUntil = ictDay(now - REWIND_MS - 60_000)
      const insert = control.sql(
        `INSERT OR REPLACE INTO health_days (origin, node, day, up, degraded, down, maintenance, unknown) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
      )
      const begin = ictDayStart(until === '' ? firstDay : until)
      const end = ictDayStart(newUntil)
      for (const node of nodes) {
        const entries = begin < end ? intervals.within(node, begin, end) : []
        const first = entries[0]
        if (first === undefined) continue
        for (let start = begin; start < end; start += DAY_MS) {
          if (first.from >= start + DAY_MS) continue
          const ms = sumStates(entries, start, start + DAY_MS)
          insert.run(origin, node, ictDay(start), ms.UP, ms.DEGRADED, ms.DOWN, ms.MAINTENANCE, ms.UNKNOWN)
        }
      }
      control.sql('UPDATE health_life SET days_until = ? WHERE origin = ?').run(newUntil, origin)
      control.sql('DELETE FROM health_days WHERE origin = ? AND day < ?').run(origin, ictDay(now - KEEP_DAYS * DAY_MS))
      until = newUntil
      finished.clear()
    },
    uptime: (node: string, from: number, to: number) => uptimeOf(from, Math.max(from, to), sums(node, from, to)),
    windows: (node: string, now: number): UptimeWindows => ({
      h24: uptimeOf(now - DAY_MS, now, sums(node, now - DAY_MS, now)),
      d30: uptimeOf(windowStart(now, 30), now, sums(node, windowStart(now, 30), now)),
      d90: uptimeOf(windowStart(now, 90), now, sums(node, windowStart(now, 90), now))
    }),
    /** The last `count` Vietnamese days, oldest first; today as far as it has come. */
    list(node: string, now: number, count: number): { day: string; ms: StateMillis }[] {
      const start = windowStart(now, count)
      const rows = control.all<DayRow>(
        'SELECT day, up, degraded, down, maintenance, unknown FROM health_days WHERE origin = ? AND node = ? AND day >= ? AND day < ?',
        origin,
        node,
        ictDay(start),
        until
      )
      const known = new Map(rows.map((row) => [row.day, millisOf(row)]))
      return Array.from({ length: count }, (_none, place) => {
        const begin = start + place * DAY_MS
        const day = ictDay(begin)
        const end = Math.min(now, begin + DAY_MS)
        return { day, ms: known.get(day) ?? sums(node, begin, end) }
      })
    },
    forgetNode(node: string) {
      control.sql('DELETE FROM health_days WHERE origin = ? AND node = ?').run(origin, node)
      finished.delete(node)
    }
  }
}
