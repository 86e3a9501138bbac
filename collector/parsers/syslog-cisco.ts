import { readOldSyslogTime } from '../enrich/event-time.ts'
import { readWrittenTime } from '../enrich/written-time.ts'
import type { SyslogEnvelope } from './parser.ts'

/** What stands before the mnemonic (sequence number, origin, time, sequence number) is no longer. */
const MAX_HEAD = 256
/** `%SEC_LOGIN-4-LOGIN_FAILED: `, also with a sub-facility (`%ASA-session-6-302013`). */
const mnemonic = /%[A-Z][A-Za-z0-9_]{1,60}(?:-[A-Za-z0-9_]{1,60}){0,3}-[0-7]-[A-Z0-9_]{1,64} ?: ?/
/** Time since the start in the place of a clock: `2y10w`, `1w2d`, `00:00:35`. */
const uptime = /^(?:\d+[ywdhms])+$|^\d{1,3}:\d{2}:\d{2}$/

/** Names that several zones bear: the sender's own is meant. */
const unclearZones = new Set(['CST', 'IST', 'BST', 'AST', 'MST', 'SST', 'ART', 'CDT', 'local'])

/**
 * Cisco's own header behind the PRI: `[sequence: ][origin: ][sequence: ][time: ]%FACILITY-SEVERITY-NAME: text`, the time with or
 * without year, fraction and zone, a `*` or `.` before it when the clock is not set. False when this is none.
 */
export function readCisco(
  text: string,
  at: number,
  envelope: SyslogEnvelope,
  receivedAt: number,
  utcOffsetMinutes: number
): boolean {
  const window = text.slice(at, at + MAX_HEAD)
  if (!window.includes('%')) return false
  const found = mnemonic.exec(window)
  if (found === null) return false
  // NX-OS names its virtual device between signs: `%$ VDC-1 %$`.
  const head = window.slice(0, found.index).replace(/%\$ [^%]{0,64} %\$/, ' ')
  let host = ''
  let time = Number.NaN
  let zoned = false
  for (const part of head.split(/: |:$/, 8)) {
    const word = part.trim().replace(/^:/, '').trim()
    if (word === '' || /^\d{1,12}$/.test(word) || uptime.test(word)) continue
    const bare = /^[*.]/.test(word) ? word.slice(1) : word
    const old = readOldSyslogTime(bare, 0, receivedAt, utcOffsetMinutes)
    if (old !== undefined) {
      // Behind a relay's time stands the device's own.
      time = old.time
      zoned = old.zoned
      const behind = /^(\S+)(?: \d{1,12})?$/.exec(bare.slice(old.end).trim())?.[1] ?? ''
      if (behind !== '' && !unclearZones.has(behind)) host ||= behind
      continue
    }
    const written = Number.isNaN(time) && /^\d/.test(bare) ? readWrittenTime(bare, utcOffsetMinutes) : Number.NaN
    if (!Number.isNaN(written)) {
      time = written
      zoned = Number.isNaN(readWrittenTime(bare, Number.NaN)) === false
      continue
    }
    if (host !== '' || /\s/.test(word)) return false
    host = word
  }
  if (!Number.isNaN(time)) {
    envelope.time = time
    envelope.localTime = !zoned
  }
  if (host !== '') envelope.host = host
  envelope.program = found[0].replace(/ ?: ?$/, '')
  envelope.message = text.slice(at + found.index + found[0].length)
  return true
}
