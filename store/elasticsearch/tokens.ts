import type { Json, JsonObject } from '#core/event.ts'
import { stableHash } from '#core/ids.ts'
import type { EncodedEvent } from '#core/store-entry.ts'
import { textFields } from '../query/ast.ts'
import type { Leaf } from '../query/evaluate.ts'
import { asNumber } from '../query/decimals.ts'
import { asAddress, documentMillis } from '../query/range.ts'
import { foldValue, TEXT_CHARACTERS, wordsOf } from '../query/words.ts'

/*
 * What Elasticsearch indexes of an event is made here, with the functions that define the query language, so that no
 * analyser of the server has a say. Every leaf of the document becomes tokens of one keyword field: its dotted path, a sign
 * for what kind of token it is, and the value. The signs cannot occur in a field name that the language knows.
 */
export const signs = {
  /** The folded value, or its start and hash when long. */
  value: '=',
  /** A number, as 16 hexadecimal digits that order like numbers. */
  number: '#',
  /** The same for a text that reads as a number. */
  numericText: '%',
  /** Milliseconds of a text that reads as a date, in the same digits. */
  date: '~',
  /** An address, as 32 hexadecimal digits. */
  address: '/',
  /** The path has something in it. */
  exists: '!',
  /** The path has a value longer than the index keeps. */
  long: '<'
} as const

/** Longest value that is indexed whole, UTF-16 units; a longer one by its start and a hash. */
export const VALUE_UNITS = 256
/** Longest word: the whitespace tokenizer cuts beyond it. */
export const WORD_UNITS = 255
/** Tokens of one event; beyond that the event is odd. A usual event has 60. */
const MAX_TOKENS = 2_000
/** Objects inside objects that are walked; deeper ones make the event odd. */
const MAX_DEPTH = 64
/** Answered by the date field of that name: one token an event would be slow to range over. */
export const TIME_FIELD = '@timestamp'
const askable = /^[@A-Za-z_][A-Za-z0-9_.@-]{0,254}$/

/** What is indexed of one event. */
export type Derived = {
  tokens: string[]
  words: string
  message: string[]
  errorMessage: string[]
  /** Values by dotted path. */
  leaves: ReadonlyMap<string, readonly Leaf[]>
  /** The index cannot tell the whole truth of this event: every search that may find it reads the document. */
  odd: boolean
}

// Elasticsearch orders by code point and `?` takes one, the language orders and counts UTF-16 units; and a lone surrogate is
// no Unicode. So surrogates move, one to one and in order, into U+E000…E7FF. An event that uses those itself is odd.
const surrogates = /[\ud800-\udfff]/g
const hasSurrogate = /[\ud800-\udfff]/
const moved = /[\ue000-\ue7ff]/

/** A text as it is indexed: all of it in the basic plane, in the order of UTF-16 units. */
export function inPlane(text: string): string {
  if (!hasSurrogate.test(text)) return text
  return text.replace(surrogates, (unit) => String.fromCharCode(unit.charCodeAt(0) + 0x800))
}

/** True when the text uses characters that stand for surrogates in the index. */
export const isAmbiguous = (text: string) => moved.test(text)

const bits = new DataView(new ArrayBuffer(8))

/** A number as text that orders like the number. */
export function sortable(value: number): string {
  // −0 equals 0.
  bits.setFloat64(0, value === 0 ? 0 : value)
  const raw = bits.getBigUint64(0)
  const ordered = raw >> 63n === 0n ? raw | (1n << 63n) : raw ^ 0xffff_ffff_ffff_ffffn
  return ordered.toString(16).padStart(16, '0')
}

/** An address, as asAddress gives it, as text that orders like it. */
export const sortableAddress = (value: bigint) => value.toString(16).padStart(32, '0')

/** The token of a whole folded value. */
export function valueToken(path: string, folded: string): string {
  const start = `${path}${signs.value}${inPlane(folded.slice(0, VALUE_UNITS))}`
  return folded.length <= VALUE_UNITS ? start : `${start}…${stableHash([inPlane(folded)])}`
}

/**
 * Makes what is indexed of an event. `time` is what its `@timestamp` will be; where the document says otherwise, only the
 * document can answer.
 */
export function deriveIndex(event: EncodedEvent, document: JsonObject, time: number): Derived {
  const walk = new Walk()
  walk.node(document, '', 0)
  const [stated, ...others] = walk.leaves.get(TIME_FIELD) ?? []
  if (stated === undefined || others.length > 0 || documentMillis(stated) !== time) walk.odd = true
  const texts = (field: string) =>
    (walk.leaves.get(field) ?? []).filter((text) => typeof text === 'string').map((text) => walk.words(text))
  const derived: Derived = {
    tokens: [...walk.tokens],
    words: walk.words(event.text),
    message: texts('message'),
    errorMessage: texts('error.message'),
    leaves: walk.leaves,
    odd: false
  }
  // Looking at the words may have made it odd too.
  return { ...derived, odd: walk.odd }
}

class Walk {
  readonly tokens = new Set<string>()
  readonly leaves = new Map<string, Leaf[]>()
  odd = false

  /** The words of a text, joined by spaces. */
  words(text: string): string {
    const words = wordsOf(text.slice(0, TEXT_CHARACTERS))
    const joined = words.join(' ')
    if (isAmbiguous(joined) || words.some((word) => word.length > WORD_UNITS)) this.odd = true
    return inPlane(joined)
  }

  /** Walks an object or list; true when something is in it. */
  node(node: Json, path: string, depth: number): boolean {
    if (node === null) return false
    if (typeof node !== 'object') {
      this.#leaf(path, node)
      return true
    }
    if (depth > MAX_DEPTH) {
      this.odd = true
      return true
    }
    let something = false
    if (Array.isArray(node)) {
      for (const element of node) if (this.node(element, path, depth + 1)) something = true
      return something
    }
    for (const name of Object.keys(node)) {
      const below = path === '' ? name : `${path}.${name}`
      if (!this.node(node[name]!, below, depth + 1)) continue
      something = true
      this.#add(below, signs.exists, '')
    }
    return something
  }

  #leaf(path: string, value: Leaf) {
    if (!askable.test(path)) return
    const known = this.leaves.get(path)
    if (known === undefined) this.leaves.set(path, [value])
    else if (known.length < MAX_TOKENS) known.push(value)
    else this.odd = true
    if (typeof value === 'number') this.#add(path, signs.number, sortable(value))
    else if (typeof value === 'string') this.#text(path, value)
    if (textFields.has(path)) return
    const folded = foldValue(String(value))
    if (isAmbiguous(folded)) this.odd = true
    if (folded.length > VALUE_UNITS) this.#add(path, signs.long, '')
    this.#push(valueToken(path, folded))
  }

  #text(path: string, value: string) {
    const number = asNumber(value)
    if (number !== undefined) this.#add(path, signs.numericText, sortable(number))
    const millis = documentMillis(value)
    if (millis !== undefined && path !== TIME_FIELD) this.#add(path, signs.date, sortable(millis))
    const address = asAddress(value)
    if (address !== undefined) this.#add(path, signs.address, sortableAddress(address))
  }

  #add(path: string, sign: string, value: string) {
    if (askable.test(path)) this.#push(`${path}${sign}${value}`)
  }

  #push(token: string) {
    if (this.tokens.size < MAX_TOKENS) this.tokens.add(token)
    else if (!this.tokens.has(token)) this.odd = true
  }
}
