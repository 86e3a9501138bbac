import { digitsAt, monthAt, moment, readZone } from './calendar.ts'

/** Zones by the names that devices print, minutes east of UTC. Names that mean several zones (CST, IST) are not here. */
const zones: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['UCT', 0],
  ['WET', 0],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['MSK', 180],
  ['ICT', 420],
  ['WIB', 420],
  ['SGT', 480],
  ['HKT', 480],
  ['PHT', 480],
  ['MYT', 480],
  ['JST', 540],
  ['KST', 540],
  ['AEST', 600],
  ['EDT', -240],
  ['EST', -300],
  ['CDT', -300],
  ['MDT', -360],
  ['PDT', -420],
  ['PST', -480]
])

/** A zone at `at`: its minutes east of UTC, where it ends, and whether it is a name instead of a number. */
type ZoneAt = { offset: number; end: number; named: boolean }

/** Reads `Z`, `ICT`, `UTC+7`, `+07:00`, `+0700`, `+07` or `+7` at `at`; undefined when no zone stands there. */
export function readZoneAt(text: string, at: number): ZoneAt | undefined {
  let end = at
  while (end < text.length && end - at < 6 && isLetter(text.charCodeAt(end))) end++
  if (end > at) {
    const name = text.slice(at, end).toUpperCase()
    if (name === 'Z') return { offset: 0, end, named: false }
    const offset = zones.get(name)
    if (offset === undefined || name.length !== end - at) return undefined
    const further = offset === 0 ? readSigned(text, end) : undefined
    // Only as it is printed: a host may well be called "est".
    return further ?? (text.slice(at, end) === name ? { offset, end, named: true } : undefined)
  }
  return readSigned(text, at)
}

function readSigned(text: string, at: number): ZoneAt | undefined {
  const sign = text[at]
  if (sign !== '+' && sign !== '-') return undefined
  let end = at + 1
  while (end < text.length && end - at < 6 && (isDigit(text.charCodeAt(end)) || text[end] === ':')) end++
  if (text[end - 1] === ':') end--
  const digits = end - at - 1
  const offset = digits === 1 ? readZone(`${sign}0${text[at + 1]!}`, 0, 3) : readZone(text, at, end)
  return Number.isNaN(offset) ? undefined : { offset, end, named: false }
}

const isDigit = (code: number) => code >= 48 && code <= 57
const isLetter = (code: number) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

const days = new Set(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

/** Walks over one written time; every reader leaves `at` behind what it took. */
class Walk {
  at = 0
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  get code(): number {
    return this.text.charCodeAt(this.at)
  }
  /** True when the character is one of `signs`; it is passed over. */
  skip(signs: string): boolean {
    const sign = this.text[this.at]
    if (sign === undefined || !signs.includes(sign)) return false
    this.at++
    return true
  }
  blanks() {
    while (this.code === 32 || this.code === 9) this.at++
  }
  /** How many digits stand here. */
  digits(): number {
    let end = this.at
    while (isDigit(this.text.charCodeAt(end))) end++
    return end - this.at
  }
  number(count: number): number {
    const value = digitsAt(this.text, this.at, count)
    this.at += count
    return value
  }
  /** A month by name (`Nov`, `November`), 0–11; -1 when none stands here. */
  monthName(): number {
    if (!isLetter(this.code)) return -1
    const month = monthAt(this.text, this.at)
    if (month >= 0) while (isLetter(this.code)) this.at++
    return month
  }
}

type Day = { year: number; month: number; day: number }

/**
 * A date with a time of day over the whole of `text`, in the spellings that logs use beside RFC 3339: a blank before the zone,
 * ISO 8601 basic, no seconds, slashes, dots, month names, weekday first, year last, AM and PM, zones by name. Milliseconds, NaN
 * when it is none. `23/11/2026` is day first, as it is written here, unless AM or PM or the numbers say otherwise.
 */
export function readWrittenTime(text: string, zoneless: number): number {
  const walk = new Walk(text)
  if (isLetter(walk.code) && days.has(text.slice(0, 3).toLowerCase())) {
    while (isLetter(walk.code)) walk.at++
    walk.skip(',')
    walk.blanks()
  }
  const date = readDay(walk)
  if (date === undefined) return Number.NaN
  if (walk.skip('Tt:_') || (walk.skip(',') && walk.code === 32)) walk.blanks()
  else if (walk.code === 32 || walk.code === 9) walk.blanks()
  else if (walk.digits() !== 6) return Number.NaN
  const time = readTimeOfDay(walk)
  if (time === undefined) return Number.NaN
  const numeric = date.day
  if (time.half && numeric <= 12 && /^\d{1,2}\//.test(text)) {
    // The American order: AM and PM are written with it.
    date.day = date.month + 1
    date.month = numeric - 1
  }
  walk.blanks()
  let offset = zoneless
  if (walk.at < text.length && !isDigit(walk.code)) {
    const zone = readZoneAt(text, walk.at)
    if (zone !== undefined) {
      offset = zone.offset
      walk.at = zone.end
    } else if (/^[A-Z]{2,5}(?![A-Za-z])/.test(text.slice(walk.at, walk.at + 6))) {
      // A name that several zones bear is that of the sender's own.
      while (isLetter(walk.code)) walk.at++
    } else return Number.NaN
    walk.blanks()
  }
  if (date.year < 0) {
    if (walk.digits() !== 4) return Number.NaN
    date.year = walk.number(4)
  }
  // `+0700 (ICT)`: mail puts the name behind the number.
  if (walk.skip('(')) walk.at = text.indexOf(')', walk.at) + 1
  if (walk.at !== text.length) return Number.NaN
  return moment(date.year, date.month, date.day, time.hour, time.minute, time.second, offset) + time.millis
}

function readDay(walk: Walk): Day | undefined {
  const named = walk.monthName()
  if (named >= 0) {
    if (!walk.skip(' -/')) return undefined
    walk.blanks()
    const count = walk.digits()
    if (count < 1 || count > 2) return undefined
    const day = walk.number(count)
    const comma = walk.skip(',')
    const before = walk.at
    if (comma || walk.skip(' -/')) walk.blanks()
    if (walk.digits() === 4) return { year: walk.number(4), month: named, day }
    walk.at = before
    return { year: -1, month: named, day }
  }
  const count = walk.digits()
  if (count === 8 || count === 14) return { year: walk.number(4), month: walk.number(2) - 1, day: walk.number(2) }
  if (count === 4) {
    const year = walk.number(4)
    if (!walk.skip('-/. ')) return undefined
    const month = readMonth(walk)
    if (!walk.skip('-/. ')) return undefined
    walk.blanks()
    const size = walk.digits()
    return size < 1 || size > 2 ? undefined : { year, month, day: walk.number(size) }
  }
  if (count < 1 || count > 2) return undefined
  const day = walk.number(count)
  if (!walk.skip('-/. ')) return undefined
  const month = readMonth(walk)
  if (!walk.skip('-/. ') || walk.digits() !== 4) return undefined
  const year = walk.number(4)
  return month > 11 && day <= 12 ? { year, month: day - 1, day: month + 1 } : { year, month, day }
}

function readMonth(walk: Walk): number {
  const named = walk.monthName()
  if (named >= 0) return named
  const count = walk.digits()
  return count < 1 || count > 2 ? -1 : walk.number(count) - 1
}

type TimeOfDay = { hour: number; minute: number; second: number; millis: number; half: boolean }

function readTimeOfDay(walk: Walk): TimeOfDay | undefined {
  const count = walk.digits()
  const time: TimeOfDay = { hour: -1, minute: -1, second: 0, millis: 0, half: false }
  if (count === 6 || count === 4) {
    time.hour = walk.number(2)
    time.minute = walk.number(2)
    if (count === 6) time.second = walk.number(2)
  } else {
    if (count < 1 || count > 2) return undefined
    time.hour = walk.number(count)
    if (!walk.skip(':') || walk.digits() < 2) return undefined
    time.minute = walk.number(2)
    if (walk.skip(':')) {
      if (walk.digits() < 2) return undefined
      time.second = walk.number(2)
    }
  }
  if ((walk.code === 46 || walk.code === 44 || walk.code === 58) && isDigit(walk.text.charCodeAt(walk.at + 1))) {
    walk.at++
    const digits = walk.digits()
    time.millis = Math.trunc(Number(`0.${walk.text.slice(walk.at, walk.at + digits)}`) * 1_000 + 1e-6)
    walk.at += digits
  }
  const before = walk.at
  walk.blanks()
  const half = walk.text.slice(walk.at, walk.at + 2).toUpperCase()
  if ((half === 'AM' || half === 'PM') && !isLetter(walk.text.charCodeAt(walk.at + 2))) {
    if (time.hour < 1 || time.hour > 12) return undefined
    time.half = true
    time.hour = (time.hour % 12) + (half === 'PM' ? 12 : 0)
    walk.at += 2
  } else walk.at = before
  return time
}
