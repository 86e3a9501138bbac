import { DAY_MS, HOUR_MS, ICT_OFFSET_MS, MINUTE_MS, twoDigits } from '#core/time.ts'
import { t } from '../i18n/text.svelte.ts'
import { spanWords } from './span-words.ts'

// Vietnam keeps UTC+7 all year, so shifted UTC parts are its wall clock; Intl per row of a long list costs ten times more.
function local(ms: number): Date {
  return new Date(ms + ICT_OFFSET_MS)
}

/** The day number in Asia/Ho_Chi_Minh, to tell today from yesterday. */
function dayNumber(ms: number): number {
  return Math.floor((ms + ICT_OFFSET_MS) / DAY_MS)
}

/** 02:21 */
export function clockTime(ms: number): string {
  const time = local(ms)
  return `${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}`
}

/** 02:21:40 */
export function clockSeconds(ms: number): string {
  return `${clockTime(ms)}:${twoDigits(local(ms).getUTCSeconds())}`
}

/** 02:18:40,1: the hop times of one alert. */
export function clockTenths(ms: number): string {
  return `${clockSeconds(ms)},${Math.floor(local(ms).getUTCMilliseconds() / 100)}`
}

/** 15/10/2023 */
export function date(ms: number): string {
  const time = local(ms)
  return `${twoDigits(time.getUTCDate())}/${twoDigits(time.getUTCMonth() + 1)}/${time.getUTCFullYear()}`
}

/** 02:21:40 15/10/2023, for titles and stories. */
export function moment(ms: number): string {
  return Number.isFinite(ms) ? `${clockSeconds(ms)} ${date(ms)}` : '–'
}

/** The shortest form that is not ambiguous: today 02:21, this year 15/10, else 15/10/2023. */
export function shortTime(ms: number, now: number): string {
  if (dayNumber(ms) === dayNumber(now)) return clockTime(ms)
  const full = date(ms)
  return local(ms).getUTCFullYear() === local(now).getUTCFullYear() ? full.slice(0, 5) : full
}

/** Like {@link shortTime}, but with the clock on other days too: 15/10 02:21. */
export function shortMoment(ms: number, now: number): string {
  const short = shortTime(ms, now)
  return short.includes(':') ? short : `${short} ${clockTime(ms)}`
}

/** From one moment to another: where the day changes between them, both ends say theirs: 23/11 01:15 – 24/11 05:45. */
export function shortPeriod(from: number, to: number, now: number): string {
  const end = dayNumber(from) !== dayNumber(to) && dayNumber(to) === dayNumber(now)
  return `${shortMoment(from, now)} – ${end ? `${date(to).slice(0, 5)} ${clockTime(to)}` : shortMoment(to, now)}`
}

/** A length of time as short as it can be said: 18 s, 42 ph, 3 g 12, 5 g, 1 ng 7 g, 8 ng. Negative lengths lose their sign. */
export function span(ms: number): string {
  const length = Math.abs(ms)
  if (length < MINUTE_MS) return t('span.seconds', Math.floor(length / 1000))
  if (length < HOUR_MS) return t('span.minutes', Math.floor(length / MINUTE_MS))
  if (length < DAY_MS) {
    const hours = Math.floor(length / HOUR_MS)
    const minutes = Math.floor((length % HOUR_MS) / MINUTE_MS)
    return hours < 5 && minutes > 0 ? t('span.hoursMinutes', hours, twoDigits(minutes)) : t('span.hours', hours)
  }
  const days = Math.floor(length / DAY_MS)
  const hours = Math.floor((length % DAY_MS) / HOUR_MS)
  return days < 5 && hours > 0 ? t('span.daysHours', days, hours) : t('span.days', days)
}

/** A length of time in whole words where there is room: 2 ngày, 6 giờ, 41 phút. */
export function longSpan(ms: number): string {
  return spanWords(ms, {
    minutes: (n) => t('span.long.minutes', Math.max(1, n)),
    hours: (n) => t('span.long.hours', n),
    days: (n) => t('span.long.days', n)
  })
}

/** Seconds with one decimal for a hop: 0,3 s; minutes with their seconds, so that hops add up: 1 ph 05 s; longer ones as {@link span}. */
export function hop(ms: number): string {
  if (ms < 0) return `−${hop(-ms)}`
  if (ms < MINUTE_MS) return t('span.tenths', (Math.floor(ms / 100) / 10).toFixed(1))
  if (ms >= HOUR_MS) return span(ms)
  return t('span.minutesSeconds', Math.floor(ms / MINUTE_MS), twoDigits(Math.floor((ms % MINUTE_MS) / 1000)))
}

/** What a `datetime-local` field holds for a moment, in Asia/Ho_Chi_Minh. */
export function toField(ms: number): string {
  return local(ms).toISOString().slice(0, 16)
}

/** The moment that a `datetime-local` field means, in Asia/Ho_Chi_Minh; NaN when it is not a time. */
export function fromField(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(`${text.slice(0, 16)}:00Z`) - ICT_OFFSET_MS : NaN
}
