import { DAY_MS, HOUR_MS, ICT_OFFSET_MS, MINUTE_MS } from '#core/time.ts'

/** A stretch of time that a text names: its first millisecond and the one after its last. */
export type Stretch = { from: number; to: number }

const day = String.raw`(?:(?<year>\d{4})-(?<month>\d{2})-(?<date>\d{2})|(?<date2>\d{1,2})(?<sign>[/-])(?<month2>\d{1,2})\k<sign>(?<year2>\d{4}))`
const clock = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>Z|[+-]\d{2}:?\d{2})?`
const dayFirst = new RegExp(`^${day}(?:(?:T|\\s+)${clock})?$`, 'i')
const clockFirst = new RegExp(`^${clock}\\s+${day}$`, 'i')
const relative = /^now(?:([+-])(\d{1,6})([smhdw]))?(\/d)?$/i
const units = new Map([
  ['s', 1_000],
  ['m', MINUTE_MS],
  ['h', HOUR_MS],
  ['d', DAY_MS],
  ['w', 7 * DAY_MS]
])

/**
 * The day or moment a text names, or undefined: `2026-11-30`, `30/11/2026`, either with a clock before or behind it, ISO,
 * `now-1h`. Without a zone it is Vietnamese time. A day is the whole day, a minute the whole minute.
 */
export function readMoment(text: string, now: number): Stretch | undefined {
  const ago = relative.exec(text)
  if (ago !== null) return fromNow(ago, now)
  const parts = (dayFirst.exec(text) ?? clockFirst.exec(text))?.groups
  if (parts === undefined) return undefined
  const year = Number(parts['year'] ?? parts['year2'])
  const month = Number(parts['month'] ?? parts['month2'])
  const date = Number(parts['date'] ?? parts['date2'])
  const midnight = Date.UTC(year, month - 1, date)
  const calendar = new Date(midnight)
  // 31/02 and month 13 would roll over: such a day does not exist.
  if (calendar.getUTCFullYear() !== year || calendar.getUTCMonth() !== month - 1 || calendar.getUTCDate() !== date)
    return undefined
  if (parts['hour'] === undefined) return { from: midnight - ICT_OFFSET_MS, to: midnight - ICT_OFFSET_MS + DAY_MS }
  const [hour, minute, second] = [Number(parts['hour']), Number(parts['minute']), Number(parts['second'] ?? 0)]
  const offset = offsetOf(parts['zone'])
  if (hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined
  const fraction = parts['fraction']
  const millis = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const from = midnight + hour * HOUR_MS + minute * MINUTE_MS + second * 1_000 + millis - offset
  const length = parts['second'] === undefined ? MINUTE_MS : fraction === undefined ? 1_000 : 1
  return { from, to: from + length }
}

/** Is it written like a date, valid or not? Such a text is never compared as a text. */
export function looksLikeDate(text: string): boolean {
  return (
    /^now\b/i.test(text) ||
    /^(\d{1,2}:\d{2}(:\d{2})?\s+)?(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}\/\d{1,2}\/\d{2})(?!\d)/.test(
      text
    )
  )
}

function fromNow([, sign, amount, unit, whole]: RegExpExecArray, now: number): Stretch {
  const moved = sign === undefined ? 0 : Number(amount) * units.get(unit!.toLowerCase())!
  const at = sign === '-' ? now - moved : now + moved
  if (whole === undefined) return { from: at, to: at + 1 }
  const midnight = Math.floor((at + ICT_OFFSET_MS) / DAY_MS) * DAY_MS - ICT_OFFSET_MS
  return { from: midnight, to: midnight + DAY_MS }
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return ICT_OFFSET_MS
  if (/^z$/i.test(zone)) return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS)
}
