import type { Level } from '#core/match.ts'

const MINUTE_MS = 60_000

/**
 * Minutes until an alert should be judged, by level: an hour for critical, half a shift for high, a day for medium,
 * three for low. Service targets of a SOC, not law; the clocks of the law are in legal-clocks.ts.
 */
const minutesToJudge: Record<Level, number | undefined> = {
  critical: 60,
  high: 240,
  medium: 1_440,
  low: 4_320,
  informational: undefined
}

/** When an alert or incident of this level, raised now, is due; null for what nobody waits for. */
export function deadlineFrom(level: Level, now: number): number | null {
  const minutes = minutesToJudge[level]
  return minutes === undefined ? null : now + minutes * MINUTE_MS
}

/** The earlier of two deadlines, as when a level rises: it never gives more time than was left. */
export function earlierDeadline(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
