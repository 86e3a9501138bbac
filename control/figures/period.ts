import type { Period } from '#core/api/posture.ts'
import { refuse } from '#core/errors.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'

/** Longest period: a year and its leap day, with room for reporting months that begin on the 15th. */
export const MAX_PERIOD_DAYS = 400

/** A moment that figures speak of, and the days before it that they count. */
export type Span = {
  /** Vietnamese days, both included. */
  from: string
  to: string
  fromMs: number
  /** Exclusive: what is at or after this moment did not happen yet. */
  asOf: number
}

/** A period with the one it is compared to: equally long, directly before; as far into it while the period runs. */
export type Spans = {
  period: Period
  fromMs: number
  toMs: number
  running: boolean
  current: Span
  before: Span
}

/** Bounds of a period seen from `now`. Throws 400 `posture.*` for what is no period of days, too long, or not begun yet. */
export function spansOf(period: Period, now: number): Spans {
  const fromMs = startOf(period.from)
  const toMs = startOf(period.to) + DAY_MS
  const length = toMs - fromMs
  if (length <= 0) refuse(400, 'posture.backwards', 'the period ends before it begins', {})
  if (length > MAX_PERIOD_DAYS * DAY_MS)
    refuse(400, 'posture.too_long', `a period has at most ${MAX_PERIOD_DAYS} days`, { max: MAX_PERIOD_DAYS })
  if (fromMs > now) refuse(400, 'posture.future', 'the period has not begun', { from: period.from })
  const running = now < toMs
  const asOf = running ? now : toMs
  return {
    period,
    fromMs,
    toMs,
    running,
    current: spanOf(fromMs, asOf),
    before: spanOf(fromMs - length, asOf - length)
  }
}

function spanOf(fromMs: number, asOf: number): Span {
  // A span of a period that has only just begun still names its first day.
  return { from: ictDay(fromMs), to: ictDay(Math.max(fromMs, asOf - 1)), fromMs, asOf }
}

function startOf(day: string): number {
  const start = ictDayStart(day)
  // Date.parse takes 2023-02-30 for 2 March in some engines: a day must come back as it was written.
  if (Number.isNaN(start) || ictDay(start) !== day) refuse(400, 'posture.no_day', `${day} is no day`, { day })
  return start
}
