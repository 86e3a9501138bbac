import { DAY_MS } from '#core/time.ts'

/** Clocks further apart than this are told: `soc.skew_ms`. */
export const SKEW_TOLERANCE_MS = 5 * 60_000
/** An event further ahead of, or behind, its arrival than this is filed under its receive time. */
export const MAX_AHEAD_MS = DAY_MS
export const MAX_BEHIND_MS = 30 * DAY_MS

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Month 0–11 of a three-letter English name at `at`, any case; -1 when it is none. */
function monthAt(text: string, at: number): number {
  return MONTHS.indexOf(text.slice(at, at + 3).toLowerCase())
}

/** `count` digits at `at` as a number, or -1. */
function digitsAt(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 48
    // NaN beyond the end compares false both ways, hence the negated form.
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** UTC milliseconds of calendar parts (month 0–11), NaN when there is no such moment. A leap second counts as :59. */
function moment(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  offsetMinutes: number
): number {
  if (year < 0 || month < 0 || month > 11 || day < 1 || day > DAYS_IN_MONTH[month]!) return Number.NaN
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return Number.NaN
  if (month === 1 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return Number.NaN
  return Date.UTC(year, month, day, hour, minute, second === 60 ? 59 : second) - offsetMinutes * 60_000
}

/** Minutes east of UTC written as `Z`, `+07:00`, `+0700` or `+07` over exactly `start`…`end`; NaN when it is none. */
export function readZone(text: string, start: number, end: number): number {
  const length = end - start
  const sign = text[start]
  if (length === 1 && (sign === 'Z' || sign === 'z')) return 0
  if (sign !== '+' && sign !== '-') return Number.NaN
  const hours = digitsAt(text, start + 1, 2)
  let minutes = 0
  if (length === 6 && text[start + 3] === ':') minutes = digitsAt(text, start + 4, 2)
  else if (length === 5) minutes = digitsAt(text, start + 3, 2)
  else if (length !== 3) return Number.NaN
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return Number.NaN
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes)
}

/**
 * `2026-11-23T07:30:52.123456+07:00` (or with a space) over exactly `start`…`end`, in milliseconds; NaN when it is none.
 * Without a zone `zoneless` (minutes east of UTC) is used; NaN there means that a zone is required.
 */
export function readRfc3339(text: string, start: number, end: number, zoneless = Number.NaN): number {
  if (end - start < 19 || text[start + 4] !== '-' || text[start + 7] !== '-') return Number.NaN
  const between = text[start + 10]
  if ((between !== 'T' && between !== ' ' && between !== 't') || text[start + 13] !== ':' || text[start + 16] !== ':') {
    return Number.NaN
  }
  let at = start + 19
  let millis = 0
  if (text[at] === '.' || text[at] === ',') {
    at++
    let weight = 100
    for (; at < end; at++) {
      const digit = text.charCodeAt(at) - 48
      if (digit < 0 || digit > 9) break
      millis += digit * weight
      weight /= 10
    }
  }
  const offset = at === end ? zoneless : readZone(text, at, end)
  if (Number.isNaN(offset)) return Number.NaN
  const seconds = moment(
    digitsAt(text, start, 4),
    digitsAt(text, start + 5, 2) - 1,
    digitsAt(text, start + 8, 2),
    digitsAt(text, start + 11, 2),
    digitsAt(text, start + 14, 2),
    digitsAt(text, start + 17, 2),
    offset
  )
  return seconds + Math.trunc(millis + 1e-6)
}

/** `23/Nov/2026:14:30:52 +0700` (web servers' access logs) at `at`, in milliseconds; NaN when it is none. */
export function readAccessLogTime(text: string, at: number): number {
  if (text[at + 2] !== '/' || text[at + 6] !== '/' || text[at + 11] !== ':' || text[at + 20] !== ' ') return Number.NaN
  const offset = readZone(text, at + 21, at + 26)
  if (Number.isNaN(offset)) return Number.NaN
  return moment(
    digitsAt(text, at + 7, 4),
    monthAt(text, at + 3),
    digitsAt(text, at, 2),
    digitsAt(text, at + 12, 2),
    digitsAt(text, at + 15, 2),
    digitsAt(text, at + 18, 2),
    offset
  )
}

/** Where an RFC 3164 time ends and what it says. */
export type OldSyslogTime = { time: number; end: number }

/**
 * `Nov 23 07:30:52` (one or two spaces before a one-digit day, an optional year, optional fraction) at `at`; undefined
 * when the text does not start with one. The missing year is the one that brings the date nearest to `receivedAt`.
 */
export function readOldSyslogTime(
  text: string,
  at: number,
  receivedAt: number,
  utcOffsetMinutes: number
): OldSyslogTime | undefined {
  const month = monthAt(text, at)
  if (month < 0 || text[at + 3] !== ' ') return undefined
  let cursor = at + 4
  if (text[cursor] === ' ') cursor++
  const twoDigits = digitsAt(text, cursor, 2)
  const day = twoDigits >= 0 ? twoDigits : digitsAt(text, cursor, 1)
  cursor += twoDigits >= 0 ? 2 : 1
  if (day < 1 || text[cursor] !== ' ') return undefined
  cursor++
  let year = -1
  if (text[cursor + 4] === ' ') {
    year = digitsAt(text, cursor, 4)
    if (year < 0) return undefined
    cursor += 5
  }
  if (text[cursor + 2] !== ':' || text[cursor + 5] !== ':') return undefined
  const hour = digitsAt(text, cursor, 2)
  const minute = digitsAt(text, cursor + 3, 2)
  const second = digitsAt(text, cursor + 6, 2)
  cursor += 8
  if (text[cursor] === '.') {
    cursor++
    while (digitsAt(text, cursor, 1) >= 0) cursor++
  }
  const after = text[cursor]
  if (after === ':') cursor++
  else if (after !== ' ' && after !== undefined) return undefined
  if (year >= 0) return { time: moment(year, month, day, hour, minute, second, utcOffsetMinutes), end: cursor }
  const received = new Date(receivedAt + utcOffsetMinutes * 60_000).getUTCFullYear()
  let nearest = moment(received, month, day, hour, minute, second, utcOffsetMinutes)
  // 29 February does not exist in most years: then a neighbour is the only candidate.
  if (Number.isNaN(nearest) || Math.abs(nearest - receivedAt) > 182 * DAY_MS) {
    for (const candidate of [received - 1, received + 1]) {
      const other = moment(candidate, month, day, hour, minute, second, utcOffsetMinutes)
      const gain = Math.abs(nearest - receivedAt) - Math.abs(other - receivedAt)
      if (gain > 0 || (Number.isNaN(nearest) && !Number.isNaN(other))) nearest = other
    }
  }
  return { time: nearest, end: cursor }
}

/** A number since 1970 in seconds, milli-, micro- or nanoseconds, told apart by its count of digits; milliseconds, or NaN. */
export function readEpoch(text: string): number {
  if (!/^\d{9,19}(\.\d{1,9})?$/.test(text)) return Number.NaN
  const dot = text.indexOf('.')
  const digits = dot < 0 ? text.length : dot
  const value = Number(text)
  if (digits <= 11) return Math.trunc(value * 1_000)
  if (digits <= 14) return Math.trunc(value)
  if (digits <= 17) return Math.trunc(value / 1_000)
  return Math.trunc(value / 1_000_000)
}

/** A time in a JSON document: RFC 3339 text, or a number since 1970; milliseconds, NaN when it is neither. */
export function readDocumentTime(value: unknown, zoneless = 0): number {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? readEpoch(plainNumber(value)) : Number.NaN
  if (typeof value !== 'string' || value.length > 64) return Number.NaN
  const text = value.trim()
  const time = readRfc3339(text, 0, text.length, zoneless)
  return Number.isNaN(time) ? readEpoch(text) : time
}

/** Large numbers print with an exponent otherwise. */
function plainNumber(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(6)
}

/** The time under which an event is filed. */
export type SettledTime = {
  /** Milliseconds since the epoch. */
  time: number
  /** Event time minus receive time when more than 5 minutes apart, else 0. */
  skewMs: number
  /** The event's own time was beyond belief: `time` is the receive time. */
  replaced: boolean
}

/** Files an event by its own time unless that lies more than a day ahead of, or 30 days behind, its arrival. */
export function settleTime(time: number, receivedAt: number): SettledTime {
  if (Number.isNaN(time)) return { time: receivedAt, skewMs: 0, replaced: false }
  const skew = time - receivedAt
  const skewMs = Math.abs(skew) > SKEW_TOLERANCE_MS ? skew : 0
  if (skew > MAX_AHEAD_MS || skew < -MAX_BEHIND_MS) return { time: receivedAt, skewMs, replaced: true }
  return { time, skewMs, replaced: false }
}

/** `+07:00` for 420. */
export function zoneName(utcOffsetMinutes: number): string {
  const size = Math.abs(utcOffsetMinutes)
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${utcOffsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}
