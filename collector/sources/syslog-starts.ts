/** Byte values of the framing of syslog streams. */
export const LF = 10
export const CR = 13
export const NUL = 0
export const SPACE = 32
const LESS = 60
const GREATER = 62
const ZERO = 48
const NINE = 57
/** `9999999 `: more digits are no message length. */
const MAX_DIGITS = 7
/** `<0>` is the shortest message there can be. */
const SHORTEST = 3
/** `<0>1 - - - - - -` is the shortest message with a whole header. */
const SHORTEST_WITH_HEADER = 15

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= ZERO && byte <= NINE

/** A count of bytes and where the counted message starts. */
export type Count = { bytes: number; start: number }

/** `123 ` at `at`: a count, whatever follows. `more`: could still become one when more bytes come. */
export function numberAt(bytes: Buffer, at: number): Count | 'more' | undefined {
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
  return { bytes: value, start: space + 1 }
}

/** `123 <`: a counted message of 123 bytes from `start`. */
export function countedAt(bytes: Buffer, at: number): Count | 'more' | undefined {
  const count = numberAt(bytes, at)
  if (count === undefined || count === 'more') return count
  if (count.start >= bytes.length) return 'more'
  return bytes[count.start] === LESS ? count : undefined
}

/** Where the `>` of a `<PRI>` at `at` stands; -1 when there is none. */
function priorityEnd(bytes: Buffer, at: number): number {
  let end = at + 1
  while (end - at <= 3 && isDigit(bytes[end])) end++
  return end > at + 1 && bytes[end] === GREATER ? end : -1
}

/** True when a `<PRI>` stands at `at`, as far as the bytes go. */
export function isPriority(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== LESS) return false
  let end = at + 1
  while (end - at <= 3 && isDigit(bytes[end])) end++
  return end >= bytes.length || priorityEnd(bytes, at) > 0
}

/** True when a whole header begins at `at`: a priority with a version, a year or a month's name behind it. */
export function isHeader(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== LESS) return false
  const end = priorityEnd(bytes, at)
  if (end < 0) return false
  const text = bytes.toString('latin1', end + 1, end + 7)
  return /^(?:1 [\d-]|\d{4}-\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d])/.test(text)
}

/** A place where a next message begins: the bytes before `end` are the last one's, the new one starts at `start`. */
export type Start = { end: number; start: number }

/** What is known of the message that the next one ends: where it starts, what its count said, whether more can come. */
export type Situation = { start: number; claimed: number; final: boolean }

/**
 * The first place behind `from` and before `to` where a new message can begin with nothing but a count, or nothing at all,
 * before it; `wait` when only more bytes can tell. A header behind a blank or a quote is quoted, not begun.
 */
export function nextStart(bytes: Buffer, from: number, to: number, situation: Situation): Start | 'wait' | undefined {
  for (let at = bytes.indexOf(LESS, from + 1); at >= 0 && at < to; at = bytes.indexOf(LESS, at + 1)) {
    const before = bytes[at - 1]!
    if (before === SPACE && isDigit(bytes[at - 2])) {
      if (priorityEnd(bytes, at) < 0) {
        if (!situation.final && isPriority(bytes, at)) return 'wait'
        continue
      }
      let first = at - 2
      while (first > from && at - 2 - first < MAX_DIGITS - 1 && isDigit(bytes[first - 1])) first--
      const end = countBegin(bytes, first, at, situation)
      return end === 'wait' ? 'wait' : { end, start: at }
    }
    // Letters, digits, closing signs and bytes beyond ASCII end a text; blanks, quotes and opening signs precede a quotation.
    if (!quoting.includes(before) && isHeader(bytes, at)) return { end: at, start: at }
  }
  return undefined
}
const quoting = [...Buffer.from(' "\'([{=:\t<>,')]

/**
 * A message may end in digits, and then the count of the next one runs on: `port 2261 <13>…`. A sender that miscounts does so
 * alike each time: of all readings the one counts that is as wrong as this message's own count, by the length of the next.
 */
function countBegin(bytes: Buffer, first: number, at: number, { start, claimed, final }: Situation): number | 'wait' {
  const readings: Count[] = []
  const shortest = isHeader(bytes, at) ? SHORTEST_WITH_HEADER : SHORTEST
  for (let begin = first; begin < at - 1; begin++) {
    const count = numberAt(bytes, begin)
    if (typeof count === 'object' && count.bytes >= shortest) readings.push({ bytes: count.bytes, start: begin })
  }
  if (readings.length < 2) return readings[0]?.start ?? first
  const length = lengthAt(bytes, at, final)
  if (length < 0) return 'wait'
  let best = first
  let nearest = Number.POSITIVE_INFINITY
  for (const { bytes: value, start: begin } of readings) {
    const error = claimed < 0 ? 0 : claimed - (begin - start)
    const distance = Math.abs(value - (length + error))
    if (distance < nearest) {
      best = begin
      nearest = distance
    }
  }
  return best
}

/** About how long the message at `at` is; -1 when its end is not here yet. */
function lengthAt(bytes: Buffer, at: number, final: boolean): number {
  for (let next = bytes.indexOf(LESS, at + 1); next >= 0; next = bytes.indexOf(LESS, next + 1)) {
    const counted = bytes[next - 1] === SPACE && isDigit(bytes[next - 2])
    if (!counted && !isHeader(bytes, next)) continue
    let end = next - (counted ? 1 : 0)
    // The next count has about as many digits as this one.
    if (counted) while (next - end < 4 && isDigit(bytes[end - 1])) end--
    return end - at
  }
  const feed = bytes.indexOf(LF, at)
  return feed >= 0 ? feed - at : final ? bytes.length - at : -1
}

/** What the bytes behind a counted message say of its count; `open` when too few of them are here. */
export type Judgement = 'right' | 'wrong' | 'open'

/** Judges a count by what stands at the end that it names; `strict` does not give it the benefit of the doubt. */
export function judge(bytes: Buffer, start: number, end: number, strict: boolean): Judgement {
  if (end >= bytes.length) return 'open'
  const next = bytes[end]!
  if (next === LF || next === CR || next === NUL) return 'right'
  if (next === LESS) return isPriority(bytes, end) && !swallowsCount(bytes, start, end) ? 'right' : 'wrong'
  const count = countedAt(bytes, end)
  if (count === 'more') return 'open'
  if (count === undefined || !isPriority(bytes, count.start)) return 'wrong'
  const short = judgeShort(bytes, count)
  if (short !== 'right' || !isDigit(bytes[end - 1])) return short
  // The message ends in a digit: its own, or the first of the next count.
  const behind = count.start + count.bytes
  if (behind >= bytes.length) return strict || alikeCount(bytes, end, end - start) > 0 ? 'open' : 'right'
  return begins(bytes, behind) ? 'right' : 'wrong'
}

/** A count that would end within the header it stands before is none. */
function judgeShort(bytes: Buffer, { bytes: value, start }: Count): Judgement {
  if (value < SHORTEST) return 'wrong'
  if (value >= SHORTEST_WITH_HEADER) return 'right'
  if (bytes.length < Math.min(start + 12, start + value)) return 'open'
  return isHeader(bytes, start) || headerBegun.test(bytes.toString('latin1', start, start + value)) ? 'wrong' : 'right'
}
const headerBegun = /^<\d{1,3}>(?:1 |\d{4}|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$/

/** The count at `at` without its first digits, when it is then like `claimed`; 0 when it never is. */
function alikeCount(bytes: Buffer, at: number, claimed: number): number {
  for (let begin = at + 1; isDigit(bytes[begin]); begin++) {
    const shorter = numberAt(bytes, begin)
    if (typeof shorter === 'object' && Math.abs(shorter.bytes - claimed) < ALIKE) return shorter.bytes
  }
  return 0
}
/** Counts of neighbours that differ by less are alike. */
const ALIKE = 16

/**
 * Judges a count of which the message ended with the last byte that had come, by what came then at `at`: `wrong` when that is no
 * beginning; a number when the digits there make more sense without the first ones, which then were the message's own.
 */
export function judgeLate(bytes: Buffer, at: number, claimed: number): Judgement | number {
  const next = numberAt(bytes, at)
  if (next === 'more') return 'open'
  if (next === undefined) return bytes[at] === LESS ? 'right' : 'wrong'
  const short = judgeShort(bytes, next)
  return short === 'right' ? alikeCount(bytes, at, claimed) || 'right' : short
}

/** True when the last bytes of a message could be the first ones of the next: its count may reach too far. */
export function endsInStart(bytes: Buffer, start: number, end: number): boolean {
  const last = bytes[end - 1]!
  // Digits, blank, and the signs of a priority; most messages end otherwise.
  if (last !== SPACE && last !== LESS && last !== GREATER && !isDigit(last)) return false
  const tail = bytes.toString('latin1', Math.max(start, end - 14), end)
  return /(?:\n[1-9]\d{0,6}|[1-9]\d{0,6} (?:<\d{0,3}>?)?|\n<\d{0,3}>?)$/.test(tail)
}

/**
 * `…text63 ` and then a message: the count reached over the next one's. A text that merely ends so is followed by a line, which
 * ends before that many bytes are over.
 */
function swallowsCount(bytes: Buffer, start: number, end: number): boolean {
  const tail = /([1-9]\d{0,6}) $/.exec(bytes.toString('latin1', Math.max(start, end - 8), end))
  if (tail === null || Number(tail[1]) < 8) return false
  return !bytes.subarray(end, end + Number(tail[1])).includes(LF)
}

/** True when something that can follow a message stands at `at`. */
function begins(bytes: Buffer, at: number): boolean {
  const byte = bytes[at]!
  if (byte === LF || byte === CR || byte === NUL) return true
  if (byte === LESS) return isPriority(bytes, at)
  const count = countedAt(bytes, at)
  return count === 'more' || (count !== undefined && count.bytes >= SHORTEST)
}
