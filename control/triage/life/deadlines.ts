import { MINUTE_MS } from '#core/time.ts'
import type { Level } from '#core/match.ts'
import { targetMinutes } from '#core/targets.ts'

/** When an alert or incident of this level, raised now, is due; null for what nobody waits for. */
export function deadlineFrom(level: Level, now: number): number | null {
  const minutes = targetMinutes[level]
  return minutes === undefined ? null : now + minutes * MINUTE_MS
}

/** The later of two deadlines, as when what had shortened one is gone; none is the latest. */
export function laterDeadline(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b)
}

/** The earlier of two deadlines, as when a level rises: it never gives more time than was left. */
export function earlierDeadline(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
