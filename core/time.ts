/** Milliseconds of a minute, an hour, a day. */
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Asia/Ho_Chi_Minh is UTC+7 all year, without daylight saving. */
export const ICT_OFFSET_MS = 7 * 3_600_000

/** 7 as "07": hours, minutes, days, months. */
export const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** The UTC day of a moment, `2026-11-23`: how day files and indices are named. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** The Vietnamese day of a moment, `2026-11-23`: how figures and reports are cut. */
export function ictDay(ms: number): string {
  return utcDay(ms + ICT_OFFSET_MS)
}

/** The first millisecond of a Vietnamese day written `2026-11-23`; NaN for what is no day. */
export function ictDayStart(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - ICT_OFFSET_MS
}
