import { ICT_OFFSET_MS, twoDigits } from '#core/time.ts'

/** How times without a zone in our sample logs are meant. */
const LOCAL_OFFSET_MS = ICT_OFFSET_MS
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Local calendar parts of a moment at an offset from UTC. */
function parts(ms: number, offsetMs: number) {
  const date = new Date(ms + offsetMs)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    time: `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`
  }
}

/** One way of writing a time: how it is found, read and written again. Years come from `year` where the form has none. */
type TimeForm = {
  pattern: RegExp
  read(match: RegExpMatchArray, year: number): number
  write(ms: number, match: RegExpMatchArray): string
}

const offsetOf = (zone: string) => {
  if (zone === 'Z') return 0
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

const forms: TimeForm[] = [
  {
    // RFC 3339: 2026-11-23T02:18:40.123+07:00
    pattern: /\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)/g,
    read: ([, date, time, fraction, zone]) =>
      Date.parse(`${date}T${time}${(fraction ?? '').slice(0, 4)}Z`) - offsetOf(zone!),
    write: (ms, [, , , fraction, zone]) => {
      const local = parts(ms, offsetOf(zone!))
      return `${local.year}-${twoDigits(local.month + 1)}-${twoDigits(local.day)}T${local.time}${fraction ?? ''}${zone}`
    }
  },
  {
    // Sysmon's UtcTime: 2026-11-22 19:18:40.123
    pattern: /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{3})/g,
    read: ([, date, time, fraction]) => Date.parse(`${date}T${time}${fraction}Z`),
    write: (ms, [, , , fraction]) => {
      const utc = parts(ms, 0)
      return `${utc.year}-${twoDigits(utc.month + 1)}-${twoDigits(utc.day)} ${utc.time}${fraction}`
    }
  },
  {
    // Web server: 23/Nov/2026:02:18:40 +0700
    pattern: /\b(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})/g,
    read: ([, day, month, year, time, zone]) =>
      Date.parse(`${year}-${twoDigits(months.indexOf(month!) + 1)}-${day}T${time}Z`) - offsetOf(zone!),
    write: (ms, [, , , , , zone]) => {
      const local = parts(ms, offsetOf(zone!))
      return `${twoDigits(local.day)}/${months[local.month]}/${local.year}:${local.time} ${zone}`
    }
  },
  {
    // FortiGate: date=2026-11-23 time=02:18:40
    pattern: /\bdate=(\d{4}-\d\d-\d\d) time=(\d\d:\d\d:\d\d)/g,
    read: ([, date, time]) => Date.parse(`${date}T${time}Z`) - LOCAL_OFFSET_MS,
    write: (ms) => {
      const local = parts(ms, LOCAL_OFFSET_MS)
      return `date=${local.year}-${twoDigits(local.month + 1)}-${twoDigits(local.day)} time=${local.time}`
    }
  },
  {
    // FortiGate: eventtime in nanoseconds
    pattern: /\beventtime=(\d{10})(\d{9})/g,
    read: ([, seconds]) => Number(seconds) * 1_000,
    write: (ms, [, , rest]) => `eventtime=${Math.floor(ms / 1_000)}${rest}`
  },
  {
    // RFC 3164: Nov 23 02:18:40
    pattern: /\b([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)\b/g,
    read: ([, month, day, time], year) =>
      Date.parse(`${year}-${twoDigits(months.indexOf(month!) + 1)}-${twoDigits(Number(day))}T${time}Z`) -
      LOCAL_OFFSET_MS,
    write: (ms) => {
      const local = parts(ms, LOCAL_OFFSET_MS)
      return `${months[local.month]} ${String(local.day).padStart(2, ' ')} ${local.time}`
    }
  }
]

/** The newest time written in a text, milliseconds; undefined when there is none. `year` serves forms without one. */
export function newestTime(text: string, year: number): number | undefined {
  let newest: number | undefined
  for (const form of forms) {
    for (const match of text.matchAll(form.pattern)) {
      const ms = form.read(match, year)
      if (!Number.isNaN(ms) && (newest === undefined || ms > newest)) newest = ms
    }
  }
  return newest
}

/** The same text with every time in it moved by `deltaMs`, in the form it was written in. */
export function shiftTimes(text: string, deltaMs: number, year: number): string {
  let shifted = text
  for (const form of forms) {
    shifted = shifted.replace(form.pattern, (...match) => {
      const groups = match.slice(0, -2) as unknown as RegExpMatchArray
      const ms = form.read(groups, year)
      return Number.isNaN(ms) ? groups[0] : form.write(ms + deltaMs, groups)
    })
  }
  return shifted
}
