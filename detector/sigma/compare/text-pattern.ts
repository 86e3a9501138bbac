import { DASH, MANY, ONE, type PatternPart } from '../parse/detection.ts'

/**
 * Reads the wildcards of a Sigma value: `*` and `?` are wildcards, `\*`, `\?` and `\\` are the characters themselves, any
 * other backslash is a backslash. (So `C:\Windows\*` ends in a star, not in a wildcard, as the specification has it.)
 */
export function readPattern(value: string): PatternPart[] {
  const parts: PatternPart[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push(literal)
    literal = ''
  }
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!
    const next = value[at + 1]
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      at++
    } else if (char === '*' || char === '?') {
      flush()
      // Two stars mean what one means.
      if (char === '?') parts.push(ONE)
      else if (parts.at(-1) !== MANY) parts.push(MANY)
    } else literal += char
  }
  flush()
  return parts
}

/** The text of a pattern without wildcards, or undefined when it has some. */
export function literalOf(parts: readonly PatternPart[]): string | undefined {
  if (parts.length === 0) return ''
  return parts.length === 1 && typeof parts[0] === 'string' ? parts[0] : undefined
}

/** A pattern that also matches when text stands before (start) or after (end) it. */
export function unanchor(parts: readonly PatternPart[], start: boolean, end: boolean): PatternPart[] {
  const open = [...parts]
  if (start && open[0] !== MANY) open.unshift(MANY)
  if (end && open.at(-1) !== MANY) open.push(MANY)
  return open
}

/**
 * Makes every option dash of a pattern match all dashes: a `-` or `/` that stands before a letter, digit or underscore
 * and after none. So `-` in `-foo` and `a -b` counts, in `a-b` and `- x` not.
 */
export function widenDashes(parts: readonly PatternPart[]): PatternPart[] {
  const isWord = (char: string | undefined) => char !== undefined && /^[\p{L}\p{N}_]$/u.test(char)
  const widened: PatternPart[] = []
  for (const part of parts) {
    if (typeof part !== 'string') {
      widened.push(part)
      continue
    }
    let literal = ''
    for (let at = 0; at < part.length; at++) {
      const char = part[at]!
      // A wildcard before or after stands for no letter, as in the text of the rule.
      if ((char === '-' || char === '/') && !isWord(part[at - 1]) && isWord(part[at + 1])) {
        if (literal !== '') widened.push(literal)
        literal = ''
        widened.push(DASH)
      } else literal += char
    }
    if (literal !== '') widened.push(literal)
  }
  return widened
}

/** What a widened dash matches: hyphen, slash, en dash, em dash, horizontal bar. */
export const DASHES = '-/\u2013\u2014\u2015'

/** One part of a segment: literal text, ONE or DASH. */
type SegmentPart = Exclude<PatternPart, typeof MANY>

/** A pattern ready to run: its segments in order, `*` between them. Never a regular expression. */
export type Glob = { segments: SegmentPart[][]; openStart: boolean; openEnd: boolean }

/** Splits a pattern at its `*`. */
export function compileGlob(parts: readonly PatternPart[]): Glob {
  const segments: SegmentPart[][] = [[]]
  for (const part of parts) {
    if (part === MANY) segments.push([])
    else segments.at(-1)!.push(part)
  }
  const openStart = parts[0] === MANY
  const openEnd = parts.at(-1) === MANY
  return { segments: segments.filter((segment) => segment.length > 0), openStart, openEnd }
}

/** True when the whole text fits the pattern. Text and pattern are both folded, or both as written. */
export function fitsGlob(glob: Glob, text: string): boolean {
  const { segments, openStart, openEnd } = glob
  let first = 0
  let last = segments.length
  let from = 0
  let to = text.length
  if (last === 0) return openStart || text === ''
  if (!openStart) {
    from = fitsAt(segments[0]!, text, 0)
    if (from < 0) return false
    first++
    if (first === last) return openEnd || from === to
  }
  if (!openEnd) {
    last--
    to = fitsBefore(segments[last]!, text, text.length)
    if (to < from) return false
  }
  for (; first < last; first++) {
    from = findSegment(segments[first]!, text, from, to)
    if (from < 0) return false
  }
  return true
}

/** Where the segment ends when it starts at `at`, or -1. `?` takes a whole character, surrogate pairs too. */
function fitsAt(segment: readonly SegmentPart[], text: string, at: number): number {
  for (const part of segment) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return -1
      at += part.length
    } else {
      if (at >= text.length) return -1
      if (part === DASH && !DASHES.includes(text[at]!)) return -1
      at += isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1)) ? 2 : 1
    }
  }
  return at
}

/** Where the segment starts when it ends before `end`, or -1. */
function fitsBefore(segment: readonly SegmentPart[], text: string, end: number): number {
  for (let index = segment.length - 1; index >= 0; index--) {
    const part = segment[index]!
    if (typeof part === 'string') {
      end -= part.length
      if (end < 0 || !text.startsWith(part, end)) return -1
    } else {
      if (end <= 0) return -1
      if (part === DASH && !DASHES.includes(text[end - 1]!)) return -1
      end -= isLow(text.charCodeAt(end - 1)) && isHigh(text.charCodeAt(end - 2)) ? 2 : 1
    }
  }
  return end
}

/** The earliest end of the segment within the text from `from` to `to`, or -1. */
function findSegment(segment: readonly SegmentPart[], text: string, from: number, to: number): number {
  const anchor = segment.findIndex((part) => typeof part === 'string')
  if (anchor < 0) {
    for (let at = from; at < to; at++) {
      const end = fitsAt(segment, text, at)
      if (end > to) return -1
      if (end >= 0) return end
    }
    return -1
  }
  const literal = segment[anchor] as string
  const before = segment.slice(0, anchor)
  const after = segment.slice(anchor + 1)
  for (let at = text.indexOf(literal, from); at >= 0; at = text.indexOf(literal, at + 1)) {
    if (fitsBefore(before, text, at) >= from) {
      const end = fitsAt(after, text, at + literal.length)
      if (end > to) return -1
      if (end >= 0) return end
    } else if (at >= to) return -1
  }
  return -1
}

const isHigh = (code: number) => code >= 0xd800 && code <= 0xdbff
const isLow = (code: number) => code >= 0xdc00 && code <= 0xdfff
