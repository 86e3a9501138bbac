import { DAY_MS } from '#core/time.ts'
import { digitsAt, monthAt, moment, readZone } from './calendar.ts'
import { readWrittenTime, readZoneAt } from './written-time.ts'

/** Clocks further apart than this are told: `soc.skew_ms`. */
export const SKEW_TOLERANCE_MS = 5 * 60_000
/** An event further ahead of, or behind, its arrival than this is filed under its receive time. */
export const MAX_AHEAD_MS = DAY_MS
export const MAX_BEHIND_MS = 30 * DAY_MS

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
export type OldSyslogTime = {
  time: number
  end: number
  /** It named its zone; else the sender's offset was used. */
  zoned: boolean
}

/**
 * `Nov 23 07:30:52` (one or two spaces before a one-digit day, an optional year before or behind the time, fraction, zone) at
 * `at`; undefined when the text does not start with one. A missing year is the one that brings the date nearest to `receivedAt`.
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
  let millis = 0
  if (text[cursor] === '.' || text[cursor] === ',') {
    let weight = 100
    for (let digit = digitsAt(text, ++cursor, 1); digit >= 0; digit = digitsAt(text, ++cursor, 1)) {
      millis += digit * weight
      weight = Math.trunc(weight / 10)
    }
  }
  let offset = utcOffsetMinutes
  let zoned = false
  const tail = readTail(text, cursor, year)
  if (tail !== undefined) {
    cursor = tail.end
    year = tail.year
    zoned = tail.zone !== undefined
    offset = tail.zone ?? offset
  }
  const after = text[cursor]
  if (after === ':') cursor++
  else if (after !== ' ' && after !== undefined) return undefined
  const inYear = (value: number) => moment(value, month, day, hour, minute, second, offset) + millis
  if (year >= 0) return { time: inYear(year), end: cursor, zoned }
  const received = new Date(receivedAt + offset * 60_000).getUTCFullYear()
  let nearest = inYear(received)
  // 29 February does not exist in most years: then a neighbour is the only candidate.
  if (Number.isNaN(nearest) || Math.abs(nearest - receivedAt) > 182 * DAY_MS) {
    for (const candidate of [received - 1, received + 1]) {
      const other = inYear(candidate)
      const gain = Math.abs(nearest - receivedAt) - Math.abs(other - receivedAt)
      if (gain > 0 || (Number.isNaN(nearest) && !Number.isNaN(other))) nearest = other
    }
  }
  return { time: nearest, end: cursor, zoned }
}

/**
 * What may stand between a time and its host: ` ICT`, ` +07:00`, ` 2026`, or zone and year (RFC 3164 §5.4). A word that is a
 * zone's name is one only where a host can still follow: before a colon, a year, or a word that is no tag.
 */
function readTail(text: string, at: number, year: number): { end: number; year: number; zone?: number } | undefined {
  if (text.charCodeAt(at) !== 32) return undefined
  const first = text.charCodeAt(at + 1)
  // Digits, a sign, or an upper-case letter; the common host name begins otherwise or is no zone.
  if (first >= 48 && first <= 57) {
    const behind = year < 0 ? yearAt(text, at + 1) : -1
    return behind < 0 ? undefined : { end: at + 5, year: behind }
  }
  // Zones are written in capitals; most hosts are not.
  if (first >= 97) return undefined
  const zone = readZoneAt(text, at + 1)
  if (zone === undefined || Number.isNaN(zone.offset)) return undefined
  const behind = year < 0 && text[zone.end] === ' ' ? yearAt(text, zone.end + 1) : -1
  if (behind >= 0) return { end: zone.end + 5, year: behind, zone: zone.offset }
  if (zone.named && zone.end < text.length && text[zone.end] !== ':') {
    const end = text.indexOf(' ', zone.end + 1)
    const last = end < 0 ? '' : text[end - 1]
    if (text[zone.end] !== ' ' || end < 0 || last === ':' || last === ']') return undefined
  }
  return { end: zone.end, year, zone: zone.offset }
}

/** A year of this age at `at` with a blank or a colon behind it; -1 when there is none. */
function yearAt(text: string, at: number): number {
  const year = digitsAt(text, at, 4)
  const after = text[at + 4]
  return year >= 1970 && year < 2100 && (after === ' ' || after === ':' || after === undefined) ? year : -1
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

/** A time in a JSON document: text in any common spelling, or a number since 1970; milliseconds, NaN when it is neither. */
export function readDocumentTime(value: unknown, zoneless = 0): number {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? readEpoch(plainNumber(value)) : Number.NaN
  if (typeof value !== 'string' || value.length > 64) return Number.NaN
  const text = value.trim()
  const time = readRfc3339(text, 0, text.length, zoneless)
  if (!Number.isNaN(time)) return time
  const epoch = readEpoch(text)
  // 14 digits of milliseconds would lie beyond the year 2286: they are a date and a time without signs between.
  return Number.isNaN(epoch) || /^20\d{12}$/.test(text) ? readWrittenTime(text, zoneless) : epoch
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
