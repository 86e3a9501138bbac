import { ICT_OFFSET_MS } from '#core/time.ts'
import { clockTime, date } from './time.ts'

/** 16:00 30/11/2023: a minute as people here write it. */
export function dayMinute(ms: number): string {
  return `${clockTime(ms)} ${date(ms)}`
}

/** The moment that `16:00 30/11/2023` means in Asia/Ho_Chi_Minh, the day before the month; `30/11/2023 16:00` too. NaN when it is none. */
export function fromDayMinute(text: string): number {
  const trimmed = text.trim()
  const timeFirst = /^(\d{1,2})[:hg](\d{2})\s+(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(trimmed)
  const dayFirst = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})\s+(\d{1,2})[:hg](\d{2})$/.exec(trimmed)
  const numbers = (timeFirst ?? dayFirst)?.slice(1).map(Number)
  if (numbers === undefined) return NaN
  const [hour, minute, day, month, year] = (
    timeFirst === null ? [numbers[3], numbers[4], numbers[0], numbers[1], numbers[2]] : numbers
  ) as [number, number, number, number, number]
  const ms = Date.UTC(year, month - 1, day, hour, minute)
  const read = new Date(ms)
  // 31/02 would silently become another day.
  const same = read.getUTCDate() === day && read.getUTCMonth() === month - 1 && hour < 24 && minute < 60
  return same ? ms - ICT_OFFSET_MS : NaN
}

/** The day that `05/03/2026` means, as `2026-03-05`; null when it is none. */
export function readDayFirst(text: string): string | null {
  const ms = fromDayMinute(`00:00 ${text.trim()}`)
  return Number.isNaN(ms) ? null : new Date(ms + ICT_OFFSET_MS).toISOString().slice(0, 10)
}
