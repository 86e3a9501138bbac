import { DAY_MS } from '#core/time.ts'

/*
 * An event's key in its day file is its time: (time − base) × 8192 + number within the millisecond, below 2^52. So a range
 * of time is a range of keys, and the full-text index, which is ordered by key, gives the newest first.
 * What does not fit is odd: a time further from the receive day than the window, or the 8193rd event of one millisecond
 * (log formats with whole seconds put a second's events on one). Odd events count up from 2^52 in order of arrival, and
 * the table `odd` orders them by time. Keys stay below 2^53, so they are exact as JavaScript numbers.
 */

/** Events of one millisecond that fit. */
export const PER_MS = 8_192
/** First key of odd events. */
export const FIRST_ODD = 2 ** 52
/** Milliseconds before the receive day where the window begins; it is 2^39 ms (17.4 years) long. */
const BEFORE_MS = 8 * 365 * DAY_MS
const WINDOW_MS = 2 ** 39

/** The window of one day file. */
export type KeyWindow = {
  /** Key of the first event of this millisecond; undefined outside the window. */
  first(time: number): number | undefined
  /** Key of the start of a time, also outside the window. */
  at(time: number): number
  /** Keys from here on belong to this time or later; outside the window it is its nearer edge. */
  atOrAfter(time: number): number
  timeOf(key: number): number
}

/** Keys of the file of this receive day (`2026-11-23`). */
export function keyWindow(day: string): KeyWindow {
  const base = Date.parse(`${day}T00:00:00Z`) - BEFORE_MS
  return {
    first: (time) => (time >= base && time < base + WINDOW_MS ? (time - base) * PER_MS : undefined),
    at: (time) => (time - base) * PER_MS,
    atOrAfter: (time) => Math.min(Math.max(time - base, 0), WINDOW_MS) * PER_MS,
    timeOf: (key) => Math.floor(key / PER_MS) + base
  }
}
