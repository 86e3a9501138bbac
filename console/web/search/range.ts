import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time.ts'

/** Ranges one click away; the rest by two time fields. */
export const ranges = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS
} as const
export type RangeName = keyof typeof ranges | 'custom'
export const rangeNames = [...(Object.keys(ranges) as (keyof typeof ranges)[]), 'custom'] as const

export type Range = { name: RangeName; from: number; to: number }

/**
 * The range that an address means: explicit bounds win (one alone goes to now, or a day back), else a length back from now;
 * 24 hours when nothing is said.
 */
export function rangeOf(query: { range: string | null; from: string | null; to: string | null }, now: number): Range {
  const given = { from: bound(query.from), to: bound(query.to) }
  if (!Number.isNaN(given.from) || !Number.isNaN(given.to)) {
    const to = Number.isNaN(given.to) ? now : given.to
    const from = Number.isNaN(given.from) ? to - ranges['24h'] : given.from
    if (from < to) return { name: 'custom', from, to }
  }
  const name = rangeNames.find((candidate) => candidate === query.range)
  const length = ranges[name === undefined || name === 'custom' ? '24h' : name]
  return { name: name === undefined || name === 'custom' ? '24h' : name, from: now - length, to: now }
}

const bound = (text: string | null) => (text !== null && /^\d{1,16}$/.test(text) ? Number(text) : NaN)

/** How far ahead clocks that run fast are looked for. */
export const AHEAD_MS = 366 * DAY_MS

/** A query narrowed to one more value, or to everything but it: quoted, so that whatever a log says stays a value. */
export function narrowed(q: string, field: string, value: string, without = false): string {
  const term = `${field}:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const wanted = without ? `NOT ${term}` : term
  const asked = q.trim()
  if (asked === '') return wanted
  const parts = asked.split(' AND ')
  if (parts.includes(wanted)) return q
  return `${/\bOR\b|\|\|/i.test(asked) && !/^\([^()]*\)( AND |$)/.test(asked) ? `(${asked})` : asked} AND ${wanted}`
}
