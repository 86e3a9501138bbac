import { isIP, isIPv4 } from 'node:net'
import { DAY_MS, ICT_OFFSET_MS } from '#core/time.ts'
import type { Bound, Query, RangeKind } from './ast.ts'
import { foldValue } from './words.ts'

const numeric = /^[+-]?(\d+(\.\d+)?|\.\d+)$/
const isoDay = /^(\d{4})-(\d{2})-(\d{2})$/
const printedDay = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/
const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i

/** A number as people and logs write it, or undefined. */
export function asNumber(text: string): number | undefined {
  return numeric.test(text) ? Number(text) : undefined
}

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

/** The date or moment a text names: first millisecond and the one after its last. Without a zone it is Vietnamese time. */
function asMoment(text: string): { from: number; to: number } | undefined {
  const day = isoDay.exec(text)
  const printed = printedDay.exec(text)
  if (day !== null || printed !== null) {
    const [year, month, date] = day === null ? [printed![3], printed![2], printed![1]] : [day[1], day[2], day[3]]
    const utc = Date.UTC(Number(year), Number(month) - 1, Number(date))
    // 31/02 would roll over into March: such a day does not exist.
    if (new Date(utc).getUTCDate() !== Number(date)) return undefined
    return { from: utc - ICT_OFFSET_MS, to: utc - ICT_OFFSET_MS + DAY_MS }
  }
  const moment = isoMoment.exec(text)
  if (moment === null) return undefined
  const from = Date.parse(moment[3] === undefined ? `${text}+07:00` : text)
  return Number.isNaN(from) ? undefined : { from, to: from + 1 }
}

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

/**
 * A range from its bounds as written; `*` or undefined leaves a side open. Both bounds decide together how they compare:
 * as numbers, moments, addresses, else as text. Undefined when both sides are open.
 */
export function rangeOf(
  field: string,
  low: { text: string; inclusive: boolean } | undefined,
  high: { text: string; inclusive: boolean } | undefined
): (Query & { kind: 'range' }) | undefined {
  const lowText = low === undefined || low.text === '*' ? undefined : low
  const highText = high === undefined || high.text === '*' ? undefined : high
  const given = [lowText, highText].filter((bound) => bound !== undefined)
  if (given.length === 0) return undefined
  const all = (test: (text: string) => boolean) => given.every((bound) => test(bound.text))
  let as: RangeKind = 'text'
  if (all((text) => asNumber(text) !== undefined)) as = 'number'
  else if (all((text) => asMoment(text) !== undefined)) as = 'date'
  else if (all((text) => isIP(text) !== 0)) as = 'ip'
  const bound = (given: { text: string; inclusive: boolean } | undefined, side: 'low' | 'high'): Bound | undefined => {
    if (given === undefined) return undefined
    const { text, inclusive } = given
    if (as === 'number') return { value: asNumber(text)!, inclusive }
    if (as === 'ip') return { value: text, inclusive }
    if (as === 'text') return { value: foldValue(text), inclusive }
    const { from, to } = asMoment(text)!
    // "> day" starts after its end, "<= day" holds until its end.
    if (side === 'low') return { value: inclusive ? from : to, inclusive: true }
    return { value: inclusive ? to : from, inclusive: false }
  }
  const lowBound = bound(lowText, 'low')
  const highBound = bound(highText, 'high')
  return {
    kind: 'range',
    field,
    as,
    ...(lowBound === undefined ? {} : { low: lowBound }),
    ...(highBound === undefined ? {} : { high: highBound })
  }
}

/** `10.0.0.0/8` as the range of its addresses; undefined when it is no network. */
export function networkRange(field: string, text: string): (Query & { kind: 'range' }) | undefined {
  const [address = '', bits = '', rest] = text.split('/')
  const family = isIP(address)
  const width = family === 4 ? 32 : 128
  if (family === 0 || rest !== undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined
  const host = (1n << BigInt(width - Number(bits))) - 1n
  const first = asAddress(address)! & ~host
  const written = (value: bigint) => (family === 4 ? writtenV4(value) : writtenV6(value))
  return {
    kind: 'range',
    field,
    as: 'ip',
    low: { value: written(first), inclusive: true },
    high: { value: written(first | host), inclusive: true }
  }
}

const writtenV4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
const writtenV6 = (value: bigint) =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(':')
