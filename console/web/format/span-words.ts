import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time.ts'

/** Words for a length of time; `hours` hears the minutes beyond the whole hours. */
export type SpanWords = {
  minutes: (minutes: number) => string
  hours: (hours: number, minutes: number) => string
  days: (days: number) => string
}

/** A length of time in the fewest words: minutes below an hour, days from 48 hours on. Negative lengths lose their sign. */
export function spanWords(ms: number, words: SpanWords): string {
  const length = Math.abs(ms)
  if (length < HOUR_MS) return words.minutes(Math.floor(length / MINUTE_MS))
  if (length < 2 * DAY_MS) {
    return words.hours(Math.floor(length / HOUR_MS), Math.floor((length % HOUR_MS) / MINUTE_MS))
  }
  return words.days(Math.floor(length / DAY_MS))
}
