import type { JsonObject } from '#core/event.ts'
import type { Refusal } from './parser.ts'
import { readRendered } from './windows-rendered.ts'
import type { Header, Reading } from './windows-shapes.ts'

const MARK = 'MSWinEventLog'
/** More parts than this are no line of Snare's: it parts the message by blanks at most. */
const MAX_FIELDS = 2_000

/** True for a line of Snare for Windows and of the many agents that speak its form. */
export function isSnare(text: string): boolean {
  const at = text.slice(0, 300).indexOf(MARK)
  if (at < 0 || (at > 0 && !/[\s\t1]/.test(text[at - 1]!) && text[at - 1] !== '\t')) return false
  return /^(?:\t|#011|;|,| )/.test(text.slice(at + MARK.length, at + MARK.length + 4))
}

/**
 * `[HOST ]MSWinEventLog CRITICALITY LOG COUNTER TIME ID SOURCE USER SIDTYPE TYPE COMPUTER CATEGORY DATA MESSAGE [NUMBER]`, parted
 * by tabs, which relays may have written as `#011`.
 */
export function readSnare(text: string): Reading | Refusal {
  const start = text.indexOf(MARK)
  const line = text.slice(start + MARK.length)
  const plain = line.startsWith('#011') ? line.replaceAll('#011', '\t') : line
  const sign = plain[0]!
  const fields = plain.slice(1).split(sign === ' ' ? /\s/ : sign, MAX_FIELDS)
  const at = (index: number) => (fields[index] ?? '').trim()
  const id = at(4)
  if (!/^\d{1,6}$/.test(id)) return { code: 'parse.broken_line', detail: 'Snare: no event id in its place' }
  const host = text.slice(0, start).trim()
  // Old agents write no empty DATA field, new ones a number behind the message.
  const rest = fields.slice(11, MAX_FIELDS)
  if (/^\s{0,8}\d{1,10}\s{0,8}$/.test(rest.at(-1) ?? '')) rest.pop()
  const message = rest.join(' ').trim()
  const header: Header = {
    channel: at(1),
    provider: at(5),
    providerGuid: '',
    id,
    computer: at(9) || host,
    recordId: '',
    time: at(3),
    pid: '',
    threadId: '',
    level: '',
    task: at(10),
    opcode: '',
    keywords: /^(?:success|failure) audit$/i.test(at(8)) ? at(8) : '',
    version: '',
    userSid: '',
    message
  }
  const data: JsonObject = header.channel === 'Security' ? readRendered(rest.join('   ')) : {}
  const user = at(6)
  if (user !== '' && user !== 'N/A') data['AccountName'] ??= user
  return { header, data }
}
