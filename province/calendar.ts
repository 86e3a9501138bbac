import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS, ICT_OFFSET_MS, ictDay, ictDayStart, MINUTE_MS } from '#core/time.ts'

type Year = {
  year: number
  announced: boolean
  off: { from: string; to: string; name: string }[]
  worked: string[]
}
const file = join(import.meta.dirname, 'calendar.json')
const { years } = JSON.parse(readFileSync(file, 'utf8')) as { years: Year[] }

const holidays = new Map<string, string>()
const worked = new Set<string>()
for (const year of years) {
  for (const day of year.worked) worked.add(day)
  for (const { from, to, name } of year.off)
    for (let at = ictDayStart(from); at <= ictDayStart(to); at += DAY_MS) holidays.set(ictDay(at), name)
}

/** Office hours of Vietnamese agencies, 07:30 to 17:00 in Asia/Ho_Chi_Minh; milliseconds after midnight. */
export const OPENS_MS = 7.5 * HOUR_MS
export const CLOSES_MS = 17 * HOUR_MS

/** Name of the public holiday on a Vietnamese day (`2026-02-17`), weekends inside it included; undefined on other days. */
export function holidayName(day: string): string | undefined {
  return holidays.get(day)
}

/** Whether the year's days off are announced, or what the Labour Code gives stands in; false for years not in the table. */
export function isAnnounced(year: number): boolean {
  return years.find((known) => known.year === year)?.announced ?? false
}

/** 0 Sunday … 6 Saturday of a Vietnamese day. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

/** Whether agencies work on a Vietnamese day: Monday to Friday and Saturdays worked in exchange, no holidays. */
export function isWorkingDay(day: string): boolean {
  if (worked.has(day)) return true
  if (holidays.has(day)) return false
  const weekday = weekdayOf(day)
  return weekday >= 1 && weekday <= 5
}

/** Minutes after midnight in Asia/Ho_Chi_Minh. */
export function ictMinute(ms: number): number {
  return Math.floor(((ms + ICT_OFFSET_MS) % DAY_MS) / MINUTE_MS)
}

/** The moment itself when agencies are open then, else when they open next. */
export function nextWorkingMoment(ms: number): number {
  const time = (ms + ICT_OFFSET_MS) % DAY_MS
  if (isWorkingDay(ictDay(ms)) && time >= OPENS_MS && time < CLOSES_MS) return ms
  // The longest pause, Tết with its weekends, is under two weeks; beyond the table only weekends are left out.
  for (let start = ictDayStart(ictDay(ms)), days = 0; days < 30; start += DAY_MS, days++) {
    const opens = start + OPENS_MS
    if (opens >= ms && isWorkingDay(ictDay(start))) return opens
  }
  return ms
}
