import { DAY_MS, ictDay, ictDayStart } from './time.ts'

/** Days from and to, both included, in Asia/Ho_Chi_Minh: `2026-11-23`. Browser and server cut their periods alike. */
export type Days = { from: string; to: string }

/** A day of a month that may lie outside 1–12: month 0 is December of the year before, day 0 the last of the month before. */
function dayOf(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)
}

/** Year, month from 1 and day of the month of a day. */
function partsOf(day: string): [year: number, month: number, day: number] {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return [year, month, date]
}

/** The day some days later, or earlier for a negative number. */
export function dayAfter(day: string, days: number): string {
  return ictDay(ictDayStart(day) + days * DAY_MS)
}

/** The week of a day, Monday to Sunday; `back` weeks earlier. */
export function weekOf(day: string, back = 0): Days {
  // Monday is 0.
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
  const monday = dayAfter(day, -weekday - 7 * back)
  return { from: monday, to: dayAfter(monday, 6) }
}

/** The calendar month of a day; `back` months earlier. */
export function monthOf(day: string, back = 0): Days {
  const [year, month] = partsOf(day)
  return { from: dayOf(year, month - back, 1), to: dayOf(year, month - back + 1, 0) }
}

/** The reporting month of a day, which begins on `firstDay` (1–28) of a month; `back` months earlier. */
export function reportMonthOf(day: string, firstDay: number, back = 0): Days {
  const [year, month, date] = partsOf(day)
  const start = (date >= firstDay ? month : month - 1) - back
  return { from: dayOf(year, start, firstDay), to: dayOf(year, start + 1, firstDay - 1) }
}
