import { isIP, isIPv4 } from 'node:net'
import type { Bound, Query, RangeKind } from './ast.ts'
import { asNumber, compareNumber, numberBound } from './decimals.ts'
import { QueryFault } from './fault.ts'
import { holdsAddresses, holdsMoments, holdsNumbers } from './field-kinds.ts'
import { looksLikeDate, readMoment, type Stretch } from './moments.ts'
import { foldValue } from './words.ts'

const isoDay = /^(\d{4})-(\d{2})-(\d{2})$/
const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i

/** An address as a number that orders; IPv4 lies at ::ffff:0:0/96, so both kinds have one order. Undefined for anything else. */
export function asAddress(text: string): bigint | undefined {
  const family = isIP(text)
  if (family === 0) return undefined
  if (family === 4) return 0xffff_0000_0000n + v4(text)
  let address = text.split('%')[0]!
  const dotted = /[^:]+\.[^:]+$/.exec(address)?.[0]
  if (dotted !== undefined && isIPv4(dotted)) {
    const low = v4(dotted)
    address = `${address.slice(0, -dotted.length)}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  }
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

const v4 = (text: string) => text.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n)

/** Milliseconds of a document's value: ISO text (UTC when no zone is written, as ECS has it) or epoch milliseconds. */
export function documentMillis(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return undefined
  if (isoDay.test(value)) return Date.parse(value)
  const moment = isoMoment.exec(value)
  if (moment === null) return undefined
  const ms = Date.parse(moment[3] === undefined ? `${value}Z` : value)
  return Number.isNaN(ms) ? undefined : ms
}

/** A bound as it stands in the query. */
export type Written = { text: string; inclusive: boolean; at: number }

/**
 * A range from its bounds as written; `*` or undefined leaves a side open. Both bounds decide together how they compare:
 * as numbers, moments, addresses, else as text. Undefined when both sides are open. Throws {@link QueryFault} at the bound
 * that is no date, not what the field holds, or of another kind than its partner.
 */
export function rangeOf(
  field: string,
  low: Written | undefined,
  high: Written | undefined,
  now: number
): (Query & { kind: 'range' }) | undefined {
  const lowText = low?.text === '*' ? undefined : low
  const highText = high?.text === '*' ? undefined : high
  const given = [lowText, highText].filter((bound) => bound !== undefined)
  if (given.length === 0) return undefined
  const kinds = given.map((bound) => kindOf(field, bound, now))
  const [as, other = as] = kinds
  if (as !== other) throw new QueryFault('query.mixed_range', given[1]!.at, { field })
  const lowBound = boundOf(as!, lowText, 'low', now)
  const highBound = boundOf(as!, highText, 'high', now)
  if (lowBound !== undefined && highBound !== undefined && isEmpty(as!, lowBound, highBound))
    throw new QueryFault('query.reversed_range', given[0]!.at, { low: lowText!.text, high: highText!.text })
  return {
    kind: 'range',
    field,
    as: as!,
    ...(lowBound === undefined ? {} : { low: lowBound }),
    ...(highBound === undefined ? {} : { high: highBound })
  }
}

function kindOf(field: string, { text, at }: Written, now: number): RangeKind {
  if (holdsMoments(field)) {
    if (momentOf(field, text, now) === undefined)
      throw new QueryFault('query.bad_date', at, { text: text.slice(0, 60) })
    return 'date'
  }
  let kind: RangeKind = 'text'
  if (asNumber(text) !== undefined) kind = 'number'
  else if (isIP(text) !== 0) kind = 'ip'
  else if (readMoment(text, now) !== undefined) kind = 'date'
  else if (looksLikeDate(text)) throw new QueryFault('query.bad_date', at, { text: text.slice(0, 60) })
  const wanted = holdsAddresses(field) ? 'ip' : holdsNumbers(field) ? 'number' : undefined
  if (wanted === 'ip' && kind !== 'ip')
    throw new QueryFault('query.bad_address', at, { text: text.slice(0, 60), field })
  if (wanted === 'number' && kind !== 'number')
    throw new QueryFault('query.bad_bound', at, { text: text.slice(0, 60), field })
  return kind
}

/** In a field of moments 12 or 13 digits are milliseconds since 1970, as APIs write them. */
function momentOf(field: string, text: string, now: number): Stretch | undefined {
  if (holdsMoments(field) && /^\d{12,13}$/.test(text)) return { from: Number(text), to: Number(text) + 1 }
  return readMoment(text, now)
}

function boundOf(as: RangeKind, given: Written | undefined, side: 'low' | 'high', now: number): Bound | undefined {
  if (given === undefined) return undefined
  const { text, inclusive } = given
  if (as === 'number') return { value: numberBound(text), inclusive }
  if (as === 'ip') return { value: text, inclusive }
  if (as === 'text') return { value: foldValue(text), inclusive }
  const { from, to } = momentOf('@timestamp', text, now)!
  // "> day" starts after its end, "<= day" holds until its end.
  if (side === 'low') return { value: inclusive ? from : to, inclusive: true }
  return { value: inclusive ? to : from, inclusive: false }
}

function isEmpty(as: RangeKind, low: Bound, high: Bound): boolean {
  let order: number
  if (as === 'number') order = compareNumber(low.value, high.value)
  else {
    const key = (value: string | number) => (as === 'ip' ? asAddress(String(value))! : value)
    const [a, b] = [key(low.value), key(high.value)]
    order = a < b ? -1 : a > b ? 1 : 0
  }
  return order > 0 || (order === 0 && !(low.inclusive && high.inclusive))
}

/** The whole day or moment a text names, in a field; undefined when it names none. */
export function stretchRange(field: string, text: string, now: number): (Query & { kind: 'range' }) | undefined {
  const stretch = momentOf(field, text, now)
  if (stretch === undefined) return undefined
  const { from, to } = stretch
  return {
    kind: 'range',
    field,
    as: 'date',
    low: { value: from, inclusive: true },
    high: { value: to, inclusive: false }
  }
}

/** An address in whatever spelling the log has it: IPv6 by its number, IPv4 by the ways it is written. */
export function addressQuery(field: string, text: string): Query | undefined {
  const family = isIP(text)
  if (family === 0) return undefined
  const number = asAddress(text)!
  const old = number >> 32n === 0xffffn
  if (!old)
    return {
      kind: 'range',
      field,
      as: 'ip',
      low: { value: text, inclusive: true },
      high: { value: text, inclusive: true }
    }
  // The index answers whole values at once, a range only by looking through all addresses of the day.
  const dotted = writtenV4(number & 0xffff_ffffn)
  const groups = [(number >> 16n) & 0xffffn, number & 0xffffn].map((group) => group.toString(16)).join(':')
  const spellings = [dotted, ...['::ffff:', '0:0:0:0:0:ffff:'].flatMap((head) => [head + dotted, head + groups])]
  return { kind: 'or', parts: spellings.map((value) => ({ kind: 'term', field, value })) }
}

/** `10.0.0.0/8` as the range of its addresses; undefined when it is no network. */
export function networkRange(field: string, text: string): (Query & { kind: 'range' }) | undefined {
  const [address = '', bits = '', rest] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address)
  const width = family === 4 ? 32 : 128
  if (family === 0 || rest !== undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined
  const host = (1n << BigInt(width - Number(bits))) - 1n
  const first = asAddress(address)! & ~host
  const written = (value: bigint) => (family === 4 ? writtenV4(value & 0xffff_ffffn) : writtenV6(value))
  return {
    kind: 'range',
    field,
    as: 'ip',
    low: { value: written(first), inclusive: true },
    high: { value: written(first | host), inclusive: true }
  }
}

/** Is it an address with something behind a slash, a network rightly written or not? */
export const looksLikeNetwork = (text: string) => /^[^/]+\/[^/]*$/.test(text) && isIP(text.split('/')[0]!) !== 0

const writtenV4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
const writtenV6 = (value: bigint) =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(':')
