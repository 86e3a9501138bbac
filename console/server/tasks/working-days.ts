import type { Level } from '#core/match.ts'
import { DAY_MS, ICT_OFFSET_MS, ictDay } from '#core/time.ts'

const HOUR_MS = 3_600_000
/** Office hours of Vietnamese agencies, 07:30 to 17:00, as milliseconds into the day. */
const OPENS_MS = 7.5 * HOUR_MS
const CLOSES_MS = 17 * HOUR_MS

/** Holidays on the solar calendar (Labour Code 2019, article 112), month-day. */
const fixedHolidays = new Set(['01-01', '04-30', '05-01', '09-01', '09-02'])
/**
 * First day of the lunar year and the tenth of its third month, by the Vietnamese calendar (UTC+7: not always the Chinese day).
 * Beyond the table only solar holidays count; a deadline can be changed by hand.
 */
const lunar: Readonly<Record<string, { tet: string; kings: string }>> = {
  2023: { tet: '2023-01-22', kings: '2023-04-29' },
  2024: { tet: '2024-02-10', kings: '2024-04-18' },
  2025: { tet: '2025-01-29', kings: '2025-04-07' },
  2026: { tet: '2026-02-17', kings: '2026-04-26' },
  2027: { tet: '2027-02-06', kings: '2027-04-16' },
  2028: { tet: '2028-01-26', kings: '2028-04-04' },
  2029: { tet: '2029-02-13', kings: '2029-04-23' },
  2030: { tet: '2030-02-02', kings: '2030-04-12' }
}

/** Whether agencies work on a Vietnamese day: no weekend, no public holiday (Tết: its eve and the four days after). */
export function isWorkingDay(ms: number): boolean {
  const day = ictDay(ms)
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  if (weekday === 0 || weekday === 6 || fixedHolidays.has(day.slice(5))) return false
  const year = lunar[day.slice(0, 4)]
  if (year === undefined) return true
  const fromTet = (Date.parse(day) - Date.parse(year.tet)) / DAY_MS
  return day !== year.kings && (fromTet < -1 || fromTet > 3)
}

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
