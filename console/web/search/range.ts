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

/** The range that an address means: explicit bounds win, else a length back from now; 24 hours when nothing is said. */
export function rangeOf(query: { range: string | null; from: string | null; to: string | null }, now: number): Range {
  const from = Number(query.from ?? NaN)
  const to = Number(query.to ?? NaN)
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return { name: 'custom', from, to }
  const name = rangeNames.find((candidate) => candidate === query.range)
  const length = ranges[name === undefined || name === 'custom' ? '24h' : name]
  return { name: name === undefined || name === 'custom' ? '24h' : name, from: now - length, to: now }
}

/** A query narrowed to one more value: quoted, so that whatever a log says stays a value. */
export function narrowed(q: string, field: string, value: string): string {
  const term = `${field}:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  if (q.trim() === '') return term
  return q.includes(term) ? q : `${/\bOR\b/.test(q) ? `(${q.trim()})` : q.trim()} AND ${term}`
}
