import type { Level } from '#core/match.ts'
import { DAY_MS, ICT_OFFSET_MS, ictDay, HOUR_MS } from '#core/time.ts'
import { CLOSES_MS, isWorkingDay as isDayWorked, OPENS_MS } from '#province/calendar.ts'

/** Whether agencies work on the Vietnamese day of a moment. */
export const isWorkingDay = (ms: number): boolean => isDayWorked(ictDay(ms))

const startOfDay = (ms: number) => Math.floor((ms + ICT_OFFSET_MS) / DAY_MS) * DAY_MS - ICT_OFFSET_MS

/** The moment `days` working days later at the same time of day; what is asked out of hours counts from the next opening. */
export function addWorkingDays(from: number, days: number): number {
  let day = startOfDay(from)
  let time = from - day
  if (!isWorkingDay(day) || time >= CLOSES_MS) {
    do day += DAY_MS
    while (!isWorkingDay(day))
    time = OPENS_MS
  } else if (time < OPENS_MS) time = OPENS_MS
  // A day asked for at opening ends when that day closes, not at the next opening.
  let left = days
  if (time === OPENS_MS) {
    left -= 1
    time = CLOSES_MS
  }
  while (left > 0) {
    day += DAY_MS
    if (isWorkingDay(day)) left -= 1
  }
  return day + time
}

/** When a unit must have answered: by the clock for what burns, by working days for the rest. */
export function taskDeadline(level: Level, now: number): number {
  if (level === 'critical') return now + HOUR_MS
  if (level === 'high') return now + 4 * HOUR_MS
  return addWorkingDays(now, level === 'medium' ? 1 : 3)
}
