import { isIP } from 'node:net'
import type { Bound, Glob, Query } from './ast.ts'

/*
 * Citizens' numbers are masked on the way out: of a number in text the first three and the last two digits are shown. Whoever
 * may not see the rest must not be able to ask for it either, digit by digit. A leaf of a query is refused when some of its digits
 * could stand where a digit is hidden; what can only meet shown digits, or has too few for a number, is free:
 *
 *  - a digit is harmless when its run (digits with spaces, dots, hyphens, parentheses between) is closed on both sides by
 *    something else and has fewer than six: nothing shorter is ever masked;
 *  - a run open to the right may have three digits, one open to the left two: those are shown;
 *  - in searched words every word may be a group of a number that is written in groups, so both ends of a word are open.
 */

/** Digits of the shortest number that is masked, and of the shortest that is masked whatever stands before it. */
const SHORTEST = 6
const SHORTEST_ALONE = 9
const SHOWN_FIRST = 3
const SHOWN_LAST = 2
/** Numbers below it are no citizen, phone or account number, so a bound there tells nothing of one. */
const SMALLEST = 1e8

/** What announces a number, folded: in a value, or as a field's name. */
const announcing =
  /cccd|cmnd|cmt|dinh[_ -]?danh|tai[_ -]?khoan|(?:^|[^a-z])s?tk(?:$|[^a-z])|account|card|iban|bhxh|bhyt|ho[_ -]?chieu|passport|citizen|identity|national|phone|mobile|dien[_ -]?thoai|sdt/
/** Fields whose digits are never a citizen's number, as ECS defines them. */
const counted =
  /(?:^|\.)(?:bytes|packets|port|pid|ppid|size|count|duration|sequence|offset|severity|status_code|line|number_of_\w+)$|^(?:event\.code|event\.id|rule\.id|organization\.id|soc\.\w+)$/

const digitsIn = (text: string) => text.replace(/\D/g, '').length

/** The first leaf that could match inside masked digits, as the person wrote it; undefined when the query is free. */
export function hiddenLeaf(query: Query): { field: string; text: string } | undefined {
  switch (query.kind) {
    case 'all':
      return undefined
    case 'and':
    case 'or':
      for (const part of query.parts) {
        const found = hiddenLeaf(part)
        if (found !== undefined) return found
      }
      return undefined
    case 'not':
      return hiddenLeaf(query.part)
    case 'words':
      return asksWords(query.words) ? { field: query.field ?? '', text: query.words.map(textOf).join(' ') } : undefined
    default: {
      const asks = digitsIn(query.field) >= SHORTEST || asksField(query)
      return asks ? { field: query.field, text: writtenOf(query) } : undefined
    }
  }
}

type FieldLeaf = Extract<Query, { field: string }>

function asksField(query: FieldLeaf): boolean {
  switch (query.kind) {
    case 'exists':
      return false
    case 'term':
      return !counted.test(query.field) && asksTerm(query.field, query.value)
    case 'glob':
      return !counted.test(query.field) && !isAddressGlob(query) && asksGlob(query.glob, false)
    case 'range':
      return !counted.test(query.field) && asksRange(query)
    default:
      return false
  }
}

const textOf = (glob: Glob) =>
  glob.map((piece) => (piece === 'many' ? '*' : piece === 'one' ? '?' : piece.literal)).join('')

function writtenOf(query: FieldLeaf): string {
  if (query.kind === 'term') return query.value
  if (query.kind === 'glob') return textOf(query.glob)
  if (query.kind !== 'range') return ''
  const side = (bound: Bound | undefined) => (bound === undefined ? '*' : String(bound.value))
  return `[${side(query.low)} TO ${side(query.high)}]`
}

/** Words beside each other. */
function asksWords(words: readonly Glob[]): boolean {
  const texts = words.map(textOf)
  if (words.some((word) => word.some((piece) => typeof piece === 'string')))
    return words.some((word) => asksGlob(word, true))
  const phrase = texts.join(' ')
  return (
    (phrase.match(/\d+(?: \d+)*/g) ?? []).some((run) => digitsIn(run) >= SHORTEST && !isPlainRun(run)) &&
    !isHash(phrase)
  )
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
/** An address with a port or length behind it, or a date with a time, as words: 192 0 2 1 443; 2023 11 30 08 15. */
const plainRuns = [
  new RegExp(`^${octet} ${octet} ${octet} ${octet}(?: \\d{1,5})?$`),
  /^(?:19|20)\d\d (?:0?[1-9]|1[0-2]) (?:0?[1-9]|[12]\d|3[01])(?: \d{1,2}){0,3}$/,
  /^(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[0-2]) (?:19|20)\d\d(?: \d{1,2}){0,3}$/
]
const isPlainRun = (run: string) => plainRuns.some((form) => form.test(run))
const isHash = (word: string) => /^(?=.*[a-f])[0-9a-f]+$/.test(word) && [32, 40, 56, 64, 96, 128].includes(word.length)

/** A whole value: only who guesses all of a number learns something, so it counts when it could be one. */
function asksTerm(field: string, value: string): boolean {
  if (isIP(value) !== 0 || isHash(value)) return false
  const rest = value
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, ' # ')
    .replace(/(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)/g, (found) => (isIP(found) === 4 ? ' # ' : found))
    .replace(/(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?:[t ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?(?!\d)/g, ' # ')
  const least = announcing.test(field.toLowerCase()) || announcing.test(value) ? SHORTEST : SHORTEST_ALONE
  return (rest.match(/\d(?:[ .()-]{0,2}\d)*/g) ?? []).some((run) => digitsIn(run) >= least)
}

const addressField = /(?:^|\.)ip$/
/** `192.168.*` in a field of addresses. */
const isAddressGlob = ({ field, glob }: FieldLeaf & { kind: 'glob' }) =>
  addressField.test(field) && /^\d{1,3}(?:\.\d{1,3}){0,3}\.?\*$/.test(textOf(glob))

/** Whether a pattern can tell hidden digits apart. `word`: its ends are no ends, for the next group may follow. */
function asksGlob(glob: Glob, word: boolean): boolean {
  const signs = glob.flatMap((piece): (string | undefined)[] =>
    typeof piece === 'string' ? [undefined] : [...piece.literal]
  )
  const inRun = (sign: string | undefined) => sign !== undefined && /[\d .()-]/.test(sign)
  for (let at = 0; at < signs.length; at++) {
    if (!inRun(signs[at])) continue
    let end = at
    let digits = 0
    while (end < signs.length && inRun(signs[end])) digits += /\d/.test(signs[end++]!) ? 1 : 0
    const openLeft = at === 0 ? word : signs[at - 1] === undefined
    const openRight = end === signs.length ? word : signs[end] === undefined
    const free = openLeft ? (openRight ? 0 : SHOWN_LAST) : openRight ? SHOWN_FIRST : SHORTEST - 1
    if (digits > free) return true
    at = end
  }
  return false
}

/** Bounds split the values in two: where they stand among numbers they can be moved until one is found. */
function asksRange({ field, as, low, high }: FieldLeaf & { kind: 'range' }): boolean {
  const bounds = [low, high].filter((bound) => bound !== undefined)
  if (announcing.test(field.toLowerCase())) return true
  if (as === 'ip' || as === 'date') return false
  if (as === 'number') return bounds.some(({ value }) => Math.abs(Number(value)) >= SMALLEST)
  // A text is compared from its start, so that each run stands as if it were open to the right.
  const runs = bounds.flatMap(({ value }) => String(value).match(/\d[\d .()-]*/g) ?? [])
  return runs.some((run) => digitsIn(run) > SHOWN_FIRST)
}
