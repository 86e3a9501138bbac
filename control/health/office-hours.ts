import { DAY_MS, ICT_OFFSET_MS, ictDay } from '#core/time.ts'
import { isWorkingDay } from '#province/calendar.ts'

/** Office hours of Vietnamese agencies, 07:30 to 17:00 on working days. */
const OPENS = 7.5 * 3_600_000
const CLOSES = 17 * 3_600_000
/** Longest wait that is looked for: a beat is due within a week, and Tết is two weeks at most. */
const MAX_DAYS = 120

/** When `wait` milliseconds of office time have passed since `from`. */
export function afterOfficeTime(from: number, wait: number): number {
  let left = wait
  const day = Math.floor((from + ICT_OFFSET_MS) / DAY_MS)
  for (let place = 0; place < MAX_DAYS; place += 1) {
    const midnight = (day + place) * DAY_MS - ICT_OFFSET_MS
    if (!isWorkingDay(ictDay(midnight))) continue
    const begin = Math.max(from, midnight + OPENS)
    const open = Math.max(0, midnight + CLOSES - begin)
    if (left <= open) return begin + left
    left -= open
  }
  return from + MAX_DAYS * DAY_MS
}
