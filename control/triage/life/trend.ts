/** An alert's trend: counts of twelve five-minute steps up to its newest one. */
export type Trend = { step: number; counts: readonly number[] }

export const TREND_STEPS = 12
const STEP_MS = 300_000

export const stepOf = (ms: number): number => Math.floor(ms / STEP_MS)

/** Adds to the step of `at`; steps that fall out of the hour before the newest one are in the alert's count only. */
export function addToTrend(trend: Trend, at: number, count: number): Trend {
  const step = stepOf(at)
  if (step <= trend.step - TREND_STEPS) return trend
  const moved = Math.max(0, step - trend.step)
  const steps = moved >= TREND_STEPS ? [] : trend.counts.slice(moved)
  const counts = [...steps, ...new Array<number>(TREND_STEPS - steps.length).fill(0)]
  const newest = trend.step + moved
  const place = TREND_STEPS - 1 - (newest - step)
  counts[place] = (counts[place] ?? 0) + count
  return { step: newest, counts }
}

/** The trend of an alert that has just opened. */
export function newTrend(at: number, count: number): Trend {
  return addToTrend({ step: stepOf(at), counts: new Array<number>(TREND_STEPS).fill(0) }, at, count)
}
