import { DAY_MS, HOUR_MS, ICT_OFFSET_MS, MINUTE_MS } from '#core/time.ts'

const SECOND = 1_000
/** Widths a person reads easily, milliseconds. Beyond the last one it is doubled. */
const widths = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY_MS)
]
/** More buckets than a screen has columns are not drawn. */
export const MAX_BUCKETS = 1_000

/**
 * How a stretch of time is cut: at most `buckets` of one readable width, beginning where Vietnamese clocks show round
 * times. The first begins at or before `from`, the last ends at or after `to`; only events in between count. Every home
 * cuts alike.
 */
export function cutTime(from: number, to: number, buckets: number): { intervalMs: number; starts: number[] } {
  const most = Math.min(Math.max(Math.trunc(buckets) || 1, 1), MAX_BUCKETS)
  if (!(to > from)) return { intervalMs: MINUTE_MS, starts: [] }
  let step = 0
  let width = widths[0]!
  // One bucket can always be had by doubling, but a border in the middle may need a second one.
  const needed = () => Math.ceil((to - firstOf(from, width)) / width)
  while (needed() > most && needed() > 2) {
    step++
    width = widths[step] ?? width * 2
  }
  const first = firstOf(from, width)
  return { intervalMs: width, starts: Array.from({ length: needed() }, (_, index) => first + index * width) }
}

const firstOf = (from: number, width: number) => Math.floor((from + ICT_OFFSET_MS) / width) * width - ICT_OFFSET_MS
