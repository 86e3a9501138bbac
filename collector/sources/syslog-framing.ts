import { isUtf8 } from 'node:buffer'
import { frameFlag } from '#core/frame.ts'

/** A longer message is cut here and flagged; reading goes on behind the next line feed. RFC 5425 asks for 8 KiB at least. */
export const MAX_SYSLOG_BYTES = 1024 * 1024

const LF = 10
const CR = 13
const NUL = 0
const SPACE = 32
const LESS = 60
const ZERO = 48
const NINE = 57
/** `9999999 `: more digits are no message length. */
const MAX_DIGITS = 7
const NOTHING: Buffer = Buffer.alloc(0)

type Emit = (raw: Buffer, flags: number) => void

/**
 * Cuts a stream into messages as RFC 6587 has it, both ways, decided anew for each: `123 <13>…` is a counted message,
 * everything else ends at a line feed. Senders put a line feed behind counted messages too, some count it in; NUL bytes
 * at the end of a message are dropped, inside they are content. A count that cannot be right falls back to lines, so
 * that a wrong count costs at most its own message's edges and never the stream.
 */
export class SyslogFramer {
  readonly #max: number
  #buffer: Buffer = NOTHING
  #length = 0
  /** No line feed lies before this place of the buffer. */
  #scanned = 0
  #skipping = false

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

  /** The sender went away: what is left is half a message, kept and flagged. */
  end(emit: Emit) {
    this.#flush(emit, frameFlag.halfFrame)
  }

  /** Gives up waiting for the rest: emits what is there as a truncated message and skips to the next line feed. */
  giveUp(emit: Emit) {
    this.#flush(emit, frameFlag.truncated)
    this.#skipping = true
  }

  #flush(emit: Emit, flags: number) {
    const rest = trim(this.#buffer.subarray(0, this.#length))
    this.#buffer = NOTHING
    this.#length = 0
    this.#scanned = 0
    if (rest.length > 0) emit(rest, flags | flagsOf(rest))
  }

  /** Walks `bytes`; returns how far they are used up. */
  #cut(bytes: Buffer, emit: Emit): number {
    const clean = isUtf8(bytes)
    let at = 0
    for (;;) {
      if (this.#skipping) {
        const feed = bytes.indexOf(LF, at)
        if (feed === -1) return bytes.length
        this.#skipping = false
        at = feed + 1
      }
      while (at < bytes.length && (bytes[at] === LF || bytes[at] === NUL || bytes[at] === CR)) at++
      if (at === bytes.length) return at

      const count = countedAt(bytes, at)
      if (count === 'more') return at
      if (count !== undefined && count.bytes <= this.#max) {
        const end = count.start + count.bytes
        if (end > bytes.length) return at
        if (endsWell(bytes, count.start, end)) {
          const message = trim(bytes.subarray(count.start, end))
          if (message.length > 0) emit(message, flagsOf(message))
          at = end
          continue
        }
      }
      const start = count === undefined ? at : count.start
      const feed = bytes.indexOf(LF, Math.max(start, this.#scanned))
      if (feed === -1 && bytes.length - start <= this.#max) {
        this.#scanned = bytes.length
        return at
      }
      this.#scanned = 0
      const end = feed === -1 ? bytes.length : feed
      const tooLong = end - start > this.#max
      const message = trim(bytes.subarray(start, tooLong ? start + this.#max : end))
      if (message.length > 0) emit(message, (clean ? 0 : flagsOf(message)) | (tooLong ? frameFlag.truncated : 0))
      this.#skipping = feed === -1
      at = feed === -1 ? bytes.length : feed + 1
    }
  }

  /** Keeps what `#cut` left of `bytes`; in memory of its own, because messages were handed out of the old one. */
  #keep(bytes: Buffer, used: number) {
    const left = bytes.length - used
    this.#scanned = left === 0 ? 0 : Math.max(0, this.#scanned - used)
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

/** `123 <`: a counted message of 123 bytes from `start`. `more`: could still become one when more bytes come. */
function countedAt(bytes: Buffer, at: number): { bytes: number; start: number } | 'more' | undefined {
  let digits = 0
  let value = 0
  while (at + digits < bytes.length) {
    const byte = bytes[at + digits]!
    if (byte < ZERO || byte > NINE || digits > MAX_DIGITS) break
    value = value * 10 + byte - ZERO
    digits++
  }
  if (digits === 0 || digits > MAX_DIGITS || bytes[at] === ZERO) return undefined
  const space = at + digits
  if (space >= bytes.length) return 'more'
  if (bytes[space] !== SPACE) return undefined
  if (space + 1 >= bytes.length) return 'more'
  return bytes[space + 1] === LESS ? { bytes: value, start: space + 1 } : undefined
}

/** A count is believed unless the message swallows line feeds and what follows it cannot begin a message. */
function endsWell(bytes: Buffer, start: number, end: number): boolean {
  if (end === bytes.length) return true
  const next = bytes[end]!
  const begins = next === LESS || next === LF || next === CR || next === NUL || (next > ZERO && next <= NINE)
  if (begins) return true
  const feed = bytes.indexOf(LF, start)
  return feed === -1 || feed >= end - 1
}

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
