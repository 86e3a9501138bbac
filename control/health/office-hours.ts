import { DAY_MS, ICT_OFFSET_MS, ictDay } from '#core/time.ts'
import { CLOSES_MS, isWorkingDay, OPENS_MS } from '#province/calendar.ts'

/** Longest wait that is looked for: a heartbeat is due within a week, and Tết is two weeks at most. */
const MAX_DAYS = 120

/** When `wait` milliseconds of office time have passed since `from`. */
export function afterOfficeTime(from: number, wait: number): number {
  let left = wait
  const day = Math.floor((from + ICT_OFFSET_MS) / DAY_MS)
  for (let place = 0; place < MAX_DAYS; place += 1) {
    const midnight = (day + place) * DAY_MS - ICT_OFFSET_MS
    if (!isWorkingDay(ictDay(midnight))) continue
    const begin = Math.max(from, midnight + OPENS_MS)
    const open = Math.max(0, midnight + CLOSES_MS - begin)
    if (left <= open) return begin + left
    left -= open
  }
  return from + MAX_DAYS * DAY_MS
}
