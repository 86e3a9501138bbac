import type { Json, JsonObject } from '#core/event.ts'
import type { Refusal } from './parsers/parser.ts'
import { MAX_STRING_BYTES, cutText } from './bounds.ts'

/** Deepest nesting of a JSON document. Deeper ones are bombs and become dead letters. */
export const MAX_DEPTH = 64
/** Most keys of a JSON document, all levels together. */
export const MAX_KEYS = 4_096
/** Most elements of all arrays together. */
export const MAX_ELEMENTS = 65_536
/** Longest key, characters. */
export const MAX_KEY_LENGTH = 256
/** `a.b.c` keys are opened up to this many parts; longer ones stay as they are. */
const MAX_DOTTED_PARTS = 16

/** A JSON object made safe to build on, and what had to be done for that. */
export type ReadDocument = { document: JsonObject; flags: string[] }

/** Keys that mean something to JavaScript itself: they never become properties of ours. */
const unsafeKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** True for a key that must not become a property: whoever makes keys out of a sender's words asks this. */
export function isUnsafeKey(key: string): boolean {
  return unsafeKeys.has(key)
}

/** Integers a double cannot hold are kept as text: record ids must not change their last digits. */
const longInteger = /[:[,\s]-?\d{16,}/

/**
 * Text → JSON object: bounded in depth and keys, dotted keys opened (`"host.name"` → host { name }), strings in NFC and cut at
 * 32,766 bytes, keys that could pollute a prototype left out. Refuses what is no JSON object or breaks a bound.
 */
export function readDocument(text: string): ReadDocument | Refusal {
  let parsed: Json
  try {
    parsed = longInteger.test(text) ? parseKeepingLongIntegers(text) : (JSON.parse(text) as Json)
  } catch (error) {
    return { code: 'parse.bad_json', detail: error instanceof Error ? error.message.slice(0, 200) : 'not JSON' }
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return { code: 'parse.not_an_object', detail: 'a JSON event must be an object' }
  }
  const reading = new Reading()
  const document = reading.object(parsed, 1)
  if (reading.refusal !== undefined) return reading.refusal
  return { document, flags: [...reading.flags] }
}

function parseKeepingLongIntegers(text: string): Json {
  type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown
  const keep: Reviver = (_key, value, context) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? context.source : value
  return (JSON.parse as (text: string, reviver: Reviver) => Json)(text, keep)
}

/** One walk over a document with its budgets. */
class Reading {
  refusal: Refusal | undefined = undefined
  readonly flags = new Set<string>()
  #keys = 0
  #elements = 0

  object(source: JsonObject, depth: number): JsonObject {
    const target: JsonObject = {}
    if (!this.#deepEnough(depth)) return target
    for (const key of Object.keys(source)) {
      if (++this.#keys > MAX_KEYS) {
        this.refusal ??= { code: 'parse.too_many_keys', detail: `more than ${MAX_KEYS} keys` }
        return target
      }
      const value = this.#value(source[key]!, depth)
      if (this.refusal !== undefined) return target
      this.#place(target, key, value, depth)
    }
    return target
  }

  #value(value: Json, depth: number): Json {
    if (typeof value === 'string') return this.#text(value)
    if (value === null || typeof value !== 'object') return value
    if (!Array.isArray(value)) return this.object(value, depth + 1)
    if (!this.#deepEnough(depth + 1)) return []
    this.#elements += value.length
    if (this.#elements > MAX_ELEMENTS) {
      this.refusal ??= { code: 'parse.too_many_elements', detail: `more than ${MAX_ELEMENTS} array elements` }
      return []
    }
    return value.map((element) => (this.refusal === undefined ? this.#value(element, depth + 1) : null))
  }

  #deepEnough(depth: number): boolean {
    if (depth <= MAX_DEPTH) return true
    this.refusal ??= { code: 'parse.too_deep', detail: `nested deeper than ${MAX_DEPTH}` }
    return false
  }

  #text(value: string): string {
    const normal = normalText(value)
    const kept = cutText(normal, MAX_STRING_BYTES)
    if (kept.length !== normal.length) this.flags.add('cut')
    return kept
  }

  /** Puts a value under a key that may be dotted; what cannot be merged keeps its whole key, so nothing is overwritten. */
  #place(target: JsonObject, key: string, value: Json, depth: number): void {
    if (key.length > MAX_KEY_LENGTH) {
      this.flags.add('cut')
      key = key.slice(0, MAX_KEY_LENGTH)
    }
    if (!key.includes('.')) return this.#merge(target, key, value)
    const parts = key.split('.')
    if (parts.length > MAX_DOTTED_PARTS || depth + parts.length > MAX_DEPTH || parts.includes('')) {
      return this.#merge(target, key, value)
    }
    let place = target
    for (const part of parts.slice(0, -1)) {
      if (unsafeKeys.has(part)) {
        this.flags.add('unsafe_key')
        return
      }
      const next = place[part]
      if (next === undefined) place[part] = {}
      else if (!isObject(next)) return this.#merge(target, key, value)
      place = place[part] as JsonObject
    }
    this.#merge(place, parts.at(-1)!, value)
  }

  #merge(target: JsonObject, key: string, value: Json): void {
    if (unsafeKeys.has(key)) {
      this.flags.add('unsafe_key')
      return
    }
    const present = target[key]
    if (present === undefined) target[key] = value
    else if (isObject(present) && isObject(value)) {
      for (const [inner, innerValue] of Object.entries(value)) this.#merge(present, inner, innerValue)
    } else if (target[`${key}.value`] === undefined) target[`${key}.value`] = value
    else this.flags.add('cut')
  }
}

/** True for a JSON object, not an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const beyondAscii = /[^\x00-\x7f]/

/** Text in NFC, without lone surrogates: one spelling of a Vietnamese name, whoever typed it. */
export function normalText(text: string): string {
  return beyondAscii.test(text) ? text.normalize('NFC').toWellFormed() : text
}
