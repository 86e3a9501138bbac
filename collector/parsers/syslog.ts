import { isIP } from 'node:net'
import type { JsonObject } from '#core/event.ts'
import { readOldSyslogTime, readRfc3339 } from '../enrich/event-time.ts'
import { readZoneAt } from '../enrich/written-time.ts'
import { isUnsafeKey } from '../read-document.ts'
import { draftOf, type Content, type Draft, type Parser, type SyslogEnvelope } from './parser.ts'
import { readCisco } from './syslog-cisco.ts'

/** RFC 5424 §6.2.1, names as ECS writes them. */
const facilities = [
  'kernel',
  'user-level',
  'mail',
  'system',
  'security/authorization',
  'syslogd',
  'line printer',
  'network news',
  'UUCP',
  'clock',
  'security/authorization',
  'FTP',
  'NTP',
  'log audit',
  'log alert',
  'clock',
  ...Array.from({ length: 8 }, (_, index) => `local${index}`)
]
const severities = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug']
const levelNames = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug']

/** Facilities auth (4) and authpriv (10): `system.auth` even when the program is unknown. */
const AUTH_FACILITIES = new Set([4, 10])
/** Most parameters of RFC 5424 structured data that are kept. */
const MAX_SD_PARAMS = 64
/** RFC 5424 allows 48 characters of APP-NAME; older daemons write paths. */
const MAX_TAG = 128

function emptyEnvelope(priority: number): SyslogEnvelope {
  return {
    priority,
    version: 0,
    time: Number.NaN,
    localTime: false,
    host: '',
    program: '',
    pid: '',
    messageId: '',
    structuredData: undefined,
    message: ''
  }
}

/** The priority of `<PRI>` and where it ends; -1 for digits that are no priority (RFC 3164 §4.3.3: then all is content). */
function readPriority(text: string): { priority: number; end: number } | undefined {
  const close = text.indexOf('>')
  if (close < 1 || close > 11) return undefined
  let priority = close === 1 ? -1 : 0
  for (let index = 1; index < close; index++) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return undefined
    priority = priority * 10 + digit
  }
  return { priority: priority > 191 || close > 4 ? -1 : priority, end: close + 1 }
}

/**
 * Opens a syslog line: RFC 5424, RFC 3164, RFC 3164 with an ISO 8601 time (rsyslog's forward format), and Cisco's own header.
 * Without `<PRI>` a line counts only when it starts with a time and, for ISO 8601, a `program:` tag follows: that is how log
 * files look. Undefined when this is no syslog line.
 */
export function readEnvelope(text: string, receivedAt: number, utcOffsetMinutes: number): SyslogEnvelope | undefined {
  let at = 0
  let priority = -1
  if (text.charCodeAt(0) === 60) {
    const read = readPriority(text)
    if (read === undefined) return undefined
    priority = read.priority
    if (priority < 0) return { ...emptyEnvelope(-1), message: text }
    at = read.end
    if (text[at] === '1' && text[at + 1] === ' ') {
      return openInner(readNewForm(text, at + 2, priority, utcOffsetMinutes), receivedAt, utcOffsetMinutes)
    }
    // Relays put a blank behind the priority.
    while (text[at] === ' ') at++
  }
  const envelope = emptyEnvelope(priority)
  const first = text.charCodeAt(at)
  if (first >= 48 && first <= 57) {
    const end = isoEnd(text, at, priority >= 0)
    const time = end < 0 ? Number.NaN : readRfc3339(text, at, end, utcOffsetMinutes)
    if (!Number.isNaN(time)) {
      envelope.time = time
      envelope.localTime = Number.isNaN(readRfc3339(text, at, end))
      const zone = envelope.localTime && text[end] === ' ' ? readZoneAt(text, end + 1) : undefined
      const zoned = zone !== undefined && text[zone.end] === ' '
      if (zoned) {
        envelope.time = time + (utcOffsetMinutes - zone.offset) * 60_000
        envelope.localTime = false
      }
      readHostAndTag(text, (zoned ? zone.end : end) + 1, envelope, receivedAt, utcOffsetMinutes)
      return priority < 0 && envelope.program === '' ? undefined : envelope
    }
  } else {
    const old = readOldSyslogTime(text, at, receivedAt, utcOffsetMinutes)
    if (old !== undefined) {
      envelope.time = old.time
      envelope.localTime = !old.zoned
      readHostAndTag(text, text[old.end] === ' ' ? old.end + 1 : old.end, envelope, receivedAt, utcOffsetMinutes)
      // `Nov 23 2026 07:30:52 ASA01 : %ASA-6-…`: the mnemonic tells what is the program.
      if (priority >= 0 && envelope.program === '' && envelope.message.slice(0, 4).includes('%')) {
        readCisco(text, at, envelope, receivedAt, utcOffsetMinutes)
      }
      return envelope
    }
  }
  if (priority < 0) return undefined
  if (readCisco(text, at, envelope, receivedAt, utcOffsetMinutes)) return envelope
  readTag(text, at, envelope)
  return envelope
}

/** Where an ISO 8601 time ends that starts at `at`: at the next blank, or at the one behind it for a date with a blank. */
function isoEnd(text: string, at: number, dateAlone: boolean): number {
  const space = text.indexOf(' ', at)
  if (space !== at + 10 || !dateAlone || text[at + 13] !== ':') return space
  const end = text.indexOf(' ', space + 1)
  return end < 0 ? text.length : end
}

/** A relay's RFC 5424 header without host and program around a whole RFC 3164 line: the line's own header is the sender's. */
function openInner(outer: SyslogEnvelope, receivedAt: number, utcOffsetMinutes: number): SyslogEnvelope {
  if (outer.program !== '' || outer.message.charCodeAt(0) !== 60) return outer
  const inner = readEnvelope(outer.message, receivedAt, utcOffsetMinutes)
  if (inner === undefined || inner.priority < 0) return outer
  if (Number.isNaN(inner.time)) {
    inner.time = outer.time
    inner.localTime = outer.localTime
  }
  if (inner.host === '') inner.host = outer.host
  inner.structuredData ??= outer.structuredData
  return inner
}

/** `HOST TAG: message`. HOST is missing after a doubled space, before "--- last message repeated", or when the tag comes at once. */
function readHostAndTag(
  text: string,
  at: number,
  envelope: SyslogEnvelope,
  receivedAt: number,
  utcOffsetMinutes: number
): void {
  if (text[at] === ' ' || text.startsWith('--- ', at)) return readTag(text, text[at] === ' ' ? at + 1 : at, envelope)
  const space = text.indexOf(' ', at)
  if (space < 0) {
    envelope.message = text.slice(at)
    return
  }
  const last = text[space - 1]
  const first = text.slice(at, space)
  const tab = first.indexOf('\t')
  if (tab > 0) {
    // Snare parts all its fields by tabs, the host too.
    envelope.host = first.slice(0, tab)
    envelope.message = text.slice(at + tab + 1)
    return
  }
  // An IPv6 address may end in a colon; a tag that comes at once does, or carries [pid].
  if ((last === ':' || first.endsWith(']')) && isIP(first) === 0) return readTag(text, at, envelope)
  envelope.host = first
  readTag(text, space + 1, envelope)
  // A relay keeps Cisco's sequence number, which then looks like a program.
  const begins = (envelope.program === '' ? envelope.message : envelope.program).charCodeAt(0)
  if ((begins >= 48 && begins <= 58) || begins === 42 || begins === 46) {
    readCisco(text, space + 1, envelope, receivedAt, utcOffsetMinutes)
  }
}

/** `program[pid]: message`, `program: message`; anything else is all message. */
function readTag(text: string, at: number, envelope: SyslogEnvelope): void {
  const limit = Math.min(text.length, at + MAX_TAG)
  let end = at
  for (; end < limit; end++) {
    const code = text.charCodeAt(end)
    // '[' ':' ' ' end a tag; quotes and braces never occur in one.
    if (code === 91 || code === 58 || code <= 32 || code === 34 || code === 123 || code === 61) break
  }
  const mark = text[end]
  let next = end
  let pid = ''
  if (end > at && mark === '[') {
    const close = text.indexOf(']', end)
    if (close > end && close - end <= 32) {
      pid = text.slice(end + 1, close)
      next = close + 1
    }
  }
  const after = text[next]
  if (end > at && (after === ':' || (pid !== '' && (after === ' ' || after === undefined)))) {
    const following = text[next + 1]
    // "key:value" without a space is a message, not a tag, unless a pid stands there.
    if (pid !== '' || following === ' ' || following === undefined || after !== ':') {
      envelope.program = text.slice(at, end)
      envelope.pid = pid
      next++
      if (after === ':' && text[next] === ' ') next++
      envelope.message = text.slice(next)
      return
    }
  }
  envelope.message = text.slice(at)
}

/** RFC 5424: `TIMESTAMP HOST APP PROCID MSGID SD MSG`, every one of them may be `-`. */
function readNewForm(text: string, start: number, priority: number, utcOffsetMinutes: number): SyslogEnvelope {
  let at = start
  const word = () => {
    const space = text.indexOf(' ', at)
    const value = space < 0 ? text.slice(at) : text.slice(at, space)
    at = space < 0 ? text.length : space + 1
    return value === '-' ? '' : value
  }
  const timestamp = word()
  const host = word()
  const program = word()
  const pid = word()
  const messageId = word()
  const zoned = readRfc3339(timestamp, 0, timestamp.length)
  // RFC 5424 demands a zone; devices that leave it out mean their own.
  const local = Number.isNaN(zoned) ? readRfc3339(timestamp, 0, timestamp.length, utcOffsetMinutes) : Number.NaN
  const data = readStructuredData(text, at)
  at = data.end
  if (text[at] === ' ') at++
  if (text.charCodeAt(at) === 0xfeff) at++
  return {
    priority,
    version: 1,
    time: Number.isNaN(zoned) ? local : zoned,
    localTime: !Number.isNaN(local),
    host,
    program,
    pid,
    messageId,
    structuredData: data.fields,
    message: text.slice(at)
  }
}

/** `[id name="value" …]…` or `-`; inside a value `\"`, `\\` and `\]` are escapes. Broken data stays in the message. */
function readStructuredData(text: string, start: number): { fields: JsonObject | undefined; end: number } {
  if (text[start] === '-') return { fields: undefined, end: start + 1 }
  if (text[start] !== '[') return { fields: undefined, end: start }
  const fields: Record<string, JsonObject> = Object.create(null) as Record<string, JsonObject>
  let at = start
  let params = 0
  while (text[at] === '[') {
    const nameEnd = endOf(text, at + 1, ' ]')
    if (nameEnd < 0) return { fields: undefined, end: start }
    const id = text.slice(at + 1, nameEnd)
    // An element may come twice: RFC 5424 forbids it, devices do it.
    const values: JsonObject = fields[id] ?? {}
    at = nameEnd
    while (text[at] === ' ') {
      const equals = endOf(text, at + 1, '= ]')
      if (equals < 0 || text[equals] !== '=' || text[equals + 1] !== '"') return { fields: undefined, end: start }
      let close = equals + 2
      while (close < text.length && text[close] !== '"') close += text[close] === '\\' ? 2 : 1
      if (close >= text.length) return { fields: undefined, end: start }
      const key = text.slice(at + 1, equals)
      if (params++ < MAX_SD_PARAMS && key !== '' && !isUnsafeKey(key) && key.length <= MAX_TAG) {
        const value = text.slice(equals + 2, close).replace(/\\(["\\\]])/g, '$1')
        const before = Object.hasOwn(values, key) ? values[key] : undefined
        values[key] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
      }
      at = close + 1
    }
    if (text[at] !== ']') return { fields: undefined, end: start }
    if (!isUnsafeKey(id) && id.length <= MAX_TAG && params <= MAX_SD_PARAMS) fields[id] = values
    at++
  }
  return { fields: { ...fields }, end: at }
}

/** Index of the first of `stops` from `at` on, or -1. */
function endOf(text: string, at: number, stops: string): number {
  for (let index = at; index < text.length; index++) if (stops.includes(text[index]!)) return index
  return -1
}

/** `log.syslog.*`, `host.name`, `process.*` and `log.level` of an envelope, laid under the fields a parser already made. */
export function layEnvelope(fields: JsonObject, envelope: SyslogEnvelope): void {
  const log = object(fields, 'log')
  const syslog: JsonObject = {}
  if (envelope.priority >= 0) {
    const facility = envelope.priority >> 3
    const severity = envelope.priority & 7
    syslog['priority'] = envelope.priority
    syslog['facility'] = { code: facility, name: facilities[facility]! }
    syslog['severity'] = { code: severity, name: severities[severity]! }
    log['level'] ??= levelNames[severity]!
  }
  if (envelope.version > 0) syslog['version'] = String(envelope.version)
  if (envelope.messageId !== '') syslog['msgid'] = envelope.messageId
  if (envelope.program !== '') syslog['appname'] = envelope.program
  if (envelope.pid !== '') syslog['procid'] = envelope.pid
  if (envelope.structuredData !== undefined) syslog['structured_data'] = envelope.structuredData
  if (envelope.host !== '') {
    syslog['hostname'] = envelope.host
    const host = object(fields, 'host')
    host['name'] ??= envelope.host
    host['hostname'] ??= envelope.host
    const related = object(fields, 'related')
    const hosts = Array.isArray(related['hosts']) ? related['hosts'] : []
    if (!hosts.includes(envelope.host)) related['hosts'] = [...hosts, envelope.host]
  }
  log['syslog'] = syslog
  if (envelope.program !== '') {
    const process = object(fields, 'process')
    if (process['name'] === undefined) {
      process['name'] = envelope.program
      const pid = /^\d{1,10}$/.test(envelope.pid) ? Number(envelope.pid) : 0
      if (pid > 0) process['pid'] = pid
    }
  }
}

function object(parent: JsonObject, key: string): JsonObject {
  const present = parent[key]
  if (typeof present === 'object' && present !== null && !Array.isArray(present)) return present
  const made: JsonObject = {}
  parent[key] = made
  return made
}

/** Any syslog message that no special parser knows: still an event. */
export const syslog: Parser = {
  name: 'syslog',
  samples: [],
  fieldSets: ['system'],
  accepts: (content) => content.envelope !== undefined,
  parse(content: Content): Draft {
    const auth = AUTH_FACILITIES.has((content.envelope?.priority ?? -1) >> 3)
    return draftOf({
      event: { dataset: auth ? 'system.auth' : 'system.syslog', module: 'system' },
      service: { type: 'system' },
      message: content.text
    })
  }
}
