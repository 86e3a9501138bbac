import { isUtf8 } from 'node:buffer'
import { frameFlag } from '#core/frame.ts'
import {
  CR,
  LF,
  NUL,
  countedAt,
  endsInStart,
  isHeader,
  isPriority,
  judge,
  judgeLate,
  nextStart,
  numberAt,
  type Count
} from './syslog-starts.ts'

/** A longer message is cut here and flagged; reading goes on behind the next line feed. RFC 5425 asks for 8 KiB at least. */
export const MAX_SYSLOG_BYTES = 1024 * 1024

const NOTHING: Buffer = Buffer.alloc(0)

type Emit = (raw: Buffer, flags: number) => void

/** So many whole headers in one unended message: its sender ends messages with nothing. */
const MANY_HEADERS = 8
/** So many inside a counted message that is not here yet: its count is absurd. A bundle of lines holds fewer. */
const MANY_IN_COUNT = 64
/** So many right counts in a row make up for a wrong one. */
const TRUST = 8

/**
 * Cuts a stream into messages as RFC 6587 has it, both ways, decided anew for each: `123 <13>…` is a counted message,
 * everything else ends at a line feed. Senders put a line feed behind counted messages too, some count it in; NUL bytes
 * at the end of a message are dropped, inside they are content.
 *
 * A stream that breaks these rules shows it, and only then other rules count: a NUL or CR with a new message behind it ends
 * messages from there on; a count behind which no message can begin is wrong, and the next header is looked for instead;
 * headers that follow one another without any end between them are messages.
 */
export class SyslogFramer {
  readonly #max: number
  #buffer: Buffer = NOTHING
  #length = 0
  /** No line feed lies before this place of the buffer. */
  #scanned = 0
  #skipping = false
  /** Bytes that end a message beside LF, once this sender has shown it. */
  #nulEnds = false
  #crEnds = false
  /** It ends messages with nothing. */
  #bare = false
  /** It counts messages that have no priority. */
  #countsText = false
  /** Right counts still owed after a wrong one; a count is believed at once only at 0. */
  #doubt = 0
  /** A count whose message ended with the last byte that had come: what comes next proves it. 0 when there is none. */
  #unproven = 0
  /** What the count of the message at hand should say when it turns out wrong: -1 unknown, 0 what it does say. */
  #claim = 0
  /** Headers seen in the message that is not whole yet, and up to where they were looked for. */
  #headers = 0
  #looked = 0

  constructor(maxBytes = MAX_SYSLOG_BYTES) {
    this.#max = maxBytes
  }

  /** Bytes held because their message is not whole yet. */
  get pending(): number {
    return this.#length
  }

  /** Emits every message that is whole now. What is emitted is never written over. */
  push(chunk: Buffer, emit: Emit) {
    if (this.#length === 0) {
      this.#keep(chunk, this.#cut(chunk, emit))
      return
    }
    this.#append(chunk)
    const held = this.#buffer.subarray(0, this.#length)
    this.#keep(held, this.#cut(held, emit))
  }

  /** The sender went away: what is left is cut where messages begin; the last part is half a message, kept and flagged. */
  end(emit: Emit) {
    let rest = this.#buffer.subarray(0, this.#length)
    this.#clear()
    const send = (message: Buffer, flags: number) => {
      const whole = trim(message)
      if (whole.length > 0) emit(whole, flags | flagsOf(whole))
    }
    let parts = this.#doubt
    while (rest.length > 0) {
      const count = countedAt(rest, 0)
      const from = count === undefined || count === 'more' ? 0 : count.start
      const claimed = typeof count === 'object' ? count.bytes : -1
      const whole = from + claimed === rest.length || judge(rest, from, from + claimed, true) === 'right'
      if (claimed > 0 && whole) {
        send(rest.subarray(from, from + claimed), 0)
        rest = rest.subarray(from + claimed)
        while (rest.length > 0 && isBetween(rest[0]!)) rest = rest.subarray(1)
        continue
      }
      const stop = this.#stopAtEnd(rest, from, claimed)
      if (stop === undefined) {
        const last = rest[rest.length - 1]
        // A sender that was caught miscounting has told nothing with its count; and what ends in NUL or CR is whole.
        const ended = (parts > 0 && this.#doubt > 0) || ((last === NUL || last === CR) && from === 0)
        send(parts > 0 ? rest.subarray(from) : rest, ended ? 0 : frameFlag.halfFrame)
        return
      }
      send(rest.subarray(from, stop), 0)
      parts++
      rest = rest.subarray(stop)
      while (rest.length > 0 && isBetween(rest[0]!)) rest = rest.subarray(1)
    }
  }

  /** Gives up waiting for the rest: emits what is there as a truncated message and skips to the next line feed. */
  giveUp(emit: Emit) {
    const rest = trim(this.#buffer.subarray(0, this.#length))
    this.#clear()
    if (rest.length > 0) emit(rest, frameFlag.truncated | flagsOf(rest))
    this.#skipping = true
  }

  #clear() {
    this.#buffer = NOTHING
    this.#length = 0
    this.#scanned = 0
    this.#headers = 0
    this.#looked = 0
  }

  /** Walks `bytes`; returns how far they are used up. */
  #cut(bytes: Buffer, emit: Emit): number {
    const clean = isUtf8(bytes)
    const ends = new Ends(bytes)
    let at = 0
    for (;;) {
      if (this.#skipping) {
        const feed = bytes.indexOf(LF, at)
        if (feed === -1) return bytes.length
        this.#skipping = false
        at = feed + 1
      }
      while (at < bytes.length && isBetween(bytes[at]!)) at++
      if (at === bytes.length) return at
      if (this.#unproven > 0) {
        const verdict = at === 0 ? judgeLate(bytes, at, this.#unproven) : 'right'
        if (verdict === 'open') return at
        this.#unproven = 0
        if (verdict === 'wrong') {
          this.#doubt = TRUST
          this.#claim = -1
        } else if (typeof verdict === 'number') this.#claim = verdict
      }

      const count = countedAt(bytes, at)
      if (count === 'more') return at
      const cut =
        (count !== undefined && count.bytes <= this.#max
          ? this.#counted(bytes, count, ends)
          : this.#countedText(bytes, at, count)) ?? this.#line(bytes, count?.start ?? at, ends)
      if (cut === 'wait') return at
      const { start, end, next } = cut
      const tooLong = end - start > this.#max
      const message = trim(bytes.subarray(start, tooLong ? start + this.#max : end))
      if (message.length > 0) emit(message, (clean ? 0 : flagsOf(message)) | (tooLong ? frameFlag.truncated : 0))
      this.#skipping = next === -1
      at = next === -1 ? bytes.length : next
      this.#scanned = 0
      this.#headers = 0
      this.#looked = 0
      this.#claim = 0
    }
  }

  /** A message by its count, or, when the count is wrong, up to where the next one begins; undefined when a line feed decides. */
  #counted(bytes: Buffer, count: Count, ends: Ends): Cut | 'wait' | undefined {
    const { start } = count
    const end = start + count.bytes
    if (end > bytes.length) {
      if (this.#doubt === 0 && this.#lookFor(bytes, start, MANY_IN_COUNT)) return 'wait'
      this.#doubt = TRUST
    } else if (end === bytes.length) {
      if (this.#doubt > 0 || this.#claim > 0 || endsInStart(bytes, start, end)) return 'wait'
      this.#unproven = count.bytes
      return { start, end, next: end }
    } else {
      const strict = this.#doubt > 0 || this.#claim > 0 || endsInStart(bytes, start, end)
      const verdict = judge(bytes, start, end, strict)
      if (verdict === 'open' && bytes.length - start <= this.#max) return 'wait'
      if (verdict === 'right') {
        if (this.#doubt > 0) this.#doubt--
        return { start, end, next: end }
      }
      this.#doubt = TRUST
    }
    const feed = ends.after(LF, start)
    const nul = ends.after(NUL, start)
    const stop = Math.min(
      feed === -1 ? bytes.length : feed,
      nul !== -1 && isPriority(bytes, nul + 1) ? nul : bytes.length
    )
    const next = nextStart(bytes, start, stop, { start, claimed: this.#claim || count.bytes, final: false })
    if (typeof next === 'object') return { start, end: next.end, next: next.end }
    if (next === undefined && stop < bytes.length) return { start, end: stop, next: stop + 1 }
    return bytes.length - start > this.#max ? undefined : 'wait'
  }

  /** `9 một hai8 ba bốn`: counts before texts without a priority, believed when one count leads to the next. */
  #countedText(bytes: Buffer, at: number, counted: Count | undefined): Cut | undefined {
    const count = counted === undefined ? numberAt(bytes, at) : undefined
    if (count === undefined || count === 'more' || count.bytes > this.#max || count.bytes === 0) return undefined
    const { start } = count
    const end = start + count.bytes
    if (end > bytes.length) return undefined
    if (!this.#countsText) {
      const next = numberAt(bytes, end)
      const feed = bytes.indexOf(LF, start)
      if (next === undefined || next === 'more' || (feed !== -1 && feed < end)) return undefined
      const behind = next.start + next.bytes
      if (behind > bytes.length || (behind < bytes.length && typeof numberAt(bytes, behind) !== 'object'))
        return undefined
      this.#countsText = true
    }
    return { start, end, next: end }
  }

  /** A message that ends at a line feed, or at what else this sender ends messages with. */
  #line(bytes: Buffer, start: number, ends: Ends): Cut | 'wait' {
    const feed = ends.feed(start, this.#scanned)
    const limit = feed === -1 ? bytes.length : feed
    const other = this.#otherEnd(bytes, start, limit, ends)
    if (other !== undefined) return other
    if (feed === -1 && !this.#lookFor(bytes, start, MANY_HEADERS)) this.#bare = true
    if (this.#bare || this.#doubt > 0) {
      const next = nextStart(bytes, start, limit, { start, claimed: -1, final: false })
      if (typeof next === 'object') return { start, end: next.end, next: next.end }
      if (next === 'wait' && feed === -1 && bytes.length - start <= this.#max) return 'wait'
    }
    if (feed === -1) {
      if (bytes.length - start <= this.#max) {
        this.#scanned = bytes.length
        return 'wait'
      }
      return { start, end: bytes.length, next: -1 }
    }
    return { start, end: feed, next: feed + 1 }
  }

  /** A NUL or CR that ends a message: a new one follows it, or this sender was seen to end messages so. */
  #otherEnd(bytes: Buffer, start: number, limit: number, ends: Ends): Cut | undefined {
    let nul = ends.after(NUL, start)
    while (nul !== -1 && nul < limit && !this.#nulEnds) {
      if (nul + 1 < bytes.length && bytes[nul + 1] === 60 && nul + 5 < bytes.length && isPriority(bytes, nul + 1))
        this.#nulEnds = true
      else nul = bytes.indexOf(NUL, nul + 1)
    }
    let cr = ends.after(CR, start)
    while (cr !== -1 && cr < limit && !this.#crEnds) {
      if (isHeader(bytes, cr + 1)) this.#crEnds = true
      else cr = bytes.indexOf(CR, cr + 1)
    }
    const first = Math.min(this.#nulEnds && nul !== -1 ? nul : limit, this.#crEnds && cr !== -1 ? cr : limit)
    return first < limit ? { start, end: first, next: first + 1 } : undefined
  }

  /** Where a message in the leftover of a connection ends; undefined when it is all one. */
  #stopAtEnd(rest: Buffer, from: number, claimed: number): number | undefined {
    const feed = rest.indexOf(LF, from)
    let stop = feed === -1 ? rest.length : feed
    for (const sign of [NUL, CR]) {
      let at = rest.indexOf(sign, from)
      const ends = sign === NUL ? this.#nulEnds : this.#crEnds
      while (at !== -1 && at < stop && !ends && !isHeader(rest, at + 1)) at = rest.indexOf(sign, at + 1)
      if (at !== -1 && at < stop) stop = at
    }
    const next = nextStart(rest, from, stop, { start: from, claimed, final: true })
    if (typeof next === 'object') stop = next.end
    return stop >= rest.length - 1 && typeof next !== 'object' ? undefined : stop
  }

  /** Counts the headers inside a message that is not whole; false when there are too many for one. */
  #lookFor(bytes: Buffer, start: number, most: number): boolean {
    let at = Math.max(start, this.#looked)
    const situation = { start, claimed: -1, final: true }
    for (;;) {
      const next = nextStart(bytes, at, bytes.length - 8, situation)
      if (typeof next !== 'object') break
      this.#headers++
      at = next.start
      if (this.#headers >= most) return false
    }
    // A header may lie half in the bytes to come.
    this.#looked = Math.max(at, bytes.length - 16)
    return true
  }

  /** Keeps what `#cut` left of `bytes`; in memory of its own, because messages were handed out of the old one. */
  #keep(bytes: Buffer, used: number) {
    const left = bytes.length - used
    this.#scanned = left === 0 ? 0 : Math.max(0, this.#scanned - used)
    this.#looked = left === 0 ? 0 : Math.max(0, this.#looked - used)
    if (used > 0 || this.#length === 0) this.#buffer = left === 0 ? NOTHING : Buffer.from(bytes.subarray(used))
    this.#length = left
  }

  #append(chunk: Buffer) {
    const needed = this.#length + chunk.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length = needed
  }
}

/** Where a message lies and where the next one begins; -1 when the rest of it is to be skipped. */
type Cut = { start: number; end: number; next: number }

/** Finds ends of messages in one chunk; a byte that does not occur in it is looked for once. */
class Ends {
  readonly #bytes: Buffer
  readonly #next: Record<number, number>
  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#next = { [NUL]: -2, [CR]: -2, [LF]: -2 }
  }

  /** The first `sign` from `from` on, or -1. */
  after(sign: typeof LF | typeof CR | typeof NUL, from: number): number {
    const known = this.#next[sign]!
    if (known === -1 || known >= from) return known
    return (this.#next[sign] = this.#bytes.indexOf(sign, from))
  }

  /** The first line feed from `from` on; none lies before `scanned`. */
  feed(from: number, scanned: number): number {
    return this.after(LF, Math.max(from, scanned))
  }
}

const isBetween = (byte: number) => byte === LF || byte === NUL || byte === CR

function trim(message: Buffer): Buffer {
  let end = message.length
  while (end > 0 && (message[end - 1] === LF || message[end - 1] === CR || message[end - 1] === NUL)) end--
  return end === message.length ? message : message.subarray(0, end)
}

const flagsOf = (message: Buffer) => (isUtf8(message) ? 0 : frameFlag.badUtf8)

/** A datagram as one message: what senders put behind it (line feed, NUL) dropped, cut at the limit and flagged. */
export function datagram(bytes: Buffer): { raw: Buffer; flags: number } {
  const whole = trim(bytes)
  const raw = whole.subarray(0, MAX_SYSLOG_BYTES)
  return { raw, flags: flagsOf(raw) | (raw.length < whole.length ? frameFlag.truncated : 0) }
}
