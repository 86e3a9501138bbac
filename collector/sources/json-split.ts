/** One event is cut here and flagged; the record of the spool and a dead letter must hold it. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024
/** Deeper nesting is refused: no log needs it, and it is how JSON bombs are built. */
export const MAX_DEPTH = 512
/** One request gives at most this many events; a body of 100 MB with lines of ten bytes would give ten million objects. */
export const MAX_EVENTS = 1_000_000

/** Where a body stopped making sense, for the answer to its sender. */
export type Unframeable = { at: number; problem: string }

const LF = 10
const CR = 13
const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

const isSpace = (byte: number) => byte === 32 || byte === LF || byte === CR || byte === 9

/** First byte at or after `at` that is not white space. */
export function skipSpace(body: Buffer, at: number): number {
  while (at < body.length && isSpace(body[at]!)) at++
  return at
}

/** A byte order mark at the front belongs to nobody. */
export const afterMark = (body: Buffer) => (body.subarray(0, 3).equals(BOM) ? 3 : 0)

/** One event a line: the bytes of each line as they are, without its line end; blank lines are nothing. */
export function splitLines(body: Buffer): Buffer[] | Unframeable {
  const events: Buffer[] = []
  for (let at = afterMark(body); at < body.length;) {
    let end = body.indexOf(LF, at)
    if (end === -1) end = body.length
    const stop = end > at && body[end - 1] === CR ? end - 1 : end
    if (skipSpace(body, at) < stop) {
      if (events.length === MAX_EVENTS) return tooMany(at)
      events.push(body.subarray(at, stop))
    }
    at = end + 1
  }
  return events
}

/**
 * JSON values one after another, or the elements of one array: the bytes of each as they are. Only brackets and strings
 * are looked at, so an event that is framed here may still turn out not to be JSON: then it is a dead letter.
 */
export function splitJson(body: Buffer): Buffer[] | Unframeable {
  const first = skipSpace(body, afterMark(body))
  if (body[first] === OPEN_LIST) return splitList(body, first)
  const events: Buffer[] = []
  for (let at = first; at < body.length; at = skipSpace(body, at)) {
    if (body[at] === COMMA || body[at] === CLOSE_LIST) return { at, problem: 'a value was expected' }
    const end = valueEnd(body, at)
    if (typeof end !== 'number') return end
    if (events.length === MAX_EVENTS) return tooMany(at)
    events.push(body.subarray(at, end))
    at = end
  }
  return events
}

function splitList(body: Buffer, open: number): Buffer[] | Unframeable {
  const events: Buffer[] = []
  let at = skipSpace(body, open + 1)
  if (body[at] === CLOSE_LIST) return atEnd(body, at + 1) ?? events
  for (;;) {
    if (at >= body.length) return { at, problem: 'the array is not closed' }
    if (body[at] === COMMA || body[at] === CLOSE_LIST) return { at, problem: 'a value was expected' }
    const end = valueEnd(body, at)
    if (typeof end !== 'number') return end
    if (events.length === MAX_EVENTS) return tooMany(at)
    events.push(body.subarray(at, end))
    at = skipSpace(body, end)
    if (body[at] === CLOSE_LIST) return atEnd(body, at + 1) ?? events
    if (body[at] !== COMMA) return { at, problem: 'expected , or ] after a value' }
    at = skipSpace(body, at + 1)
  }
}

function atEnd(body: Buffer, at: number): Unframeable | undefined {
  const rest = skipSpace(body, at)
  return rest < body.length ? { at: rest, problem: 'something follows the array' } : undefined
}

const tooMany = (at: number): Unframeable => ({ at, problem: `more than ${MAX_EVENTS} events in one request` })

/** Where the value that begins at `at` ends; no recursion, and a stack of at most {@link MAX_DEPTH} brackets. */
export function valueEnd(body: Buffer, at: number): number | Unframeable {
  const first = body[at]!
  if (first === QUOTE) return stringEnd(body, at) ?? { at, problem: 'a string is not closed' }
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    let end = at
    while (end < body.length && !isSpace(body[end]!) && !isPunctuation(body[end]!)) end++
    return end === at ? { at, problem: 'a value was expected' } : end
  }
  const closers = new Uint8Array(MAX_DEPTH)
  let depth = 0
  for (let index = at; index < body.length; index++) {
    const byte = body[index]!
    if (byte === QUOTE) {
      const end = stringEnd(body, index)
      if (end === undefined) return { at: index, problem: 'a string is not closed' }
      index = end - 1
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === MAX_DEPTH) return { at: index, problem: `nested deeper than ${MAX_DEPTH}` }
      closers[depth++] = byte + 2
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (closers[--depth] !== byte) return { at: index, problem: 'a bracket does not match' }
      if (depth === 0) return index + 1
    }
  }
  return { at: body.length, problem: 'the body ends inside a value' }
}

const isPunctuation = (byte: number) =>
  byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte === OPEN_LIST || byte === OPEN_OBJECT

/** Just behind the closing quote; undefined when there is none. */
function stringEnd(body: Buffer, open: number): number | undefined {
  for (let at = open + 1; ;) {
    const quote = body.indexOf(QUOTE, at)
    if (quote === -1) return undefined
    let slashes = 0
    while (body[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** The bytes of one member's value of the object that begins at `at`; undefined when there is no such member. */
export function memberBytes(body: Buffer, at: number, name: string): Buffer | undefined {
  const key = JSON.stringify(name)
  let index = skipSpace(body, at + 1)
  while (index < body.length && body[index] === QUOTE) {
    const keyEnd = stringEnd(body, index)
    if (keyEnd === undefined) return undefined
    const found = body.toString('utf8', index, keyEnd) === key
    const colon = skipSpace(body, keyEnd)
    const start = skipSpace(body, colon + 1)
    if (start >= body.length) return undefined
    const end = valueEnd(body, start)
    if (typeof end !== 'number') return undefined
    if (found) return body.subarray(start, end)
    const next = skipSpace(body, end)
    if (body[next] !== COMMA) return undefined
    index = skipSpace(body, next + 1)
  }
  return undefined
}
