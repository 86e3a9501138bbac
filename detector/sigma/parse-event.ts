import type { Json, JsonObject } from '#core/event.ts'

/** Sixteen digits outside of quotes may be more than a double can hold. */
const LONG_NUMBER = /[:,[]\s*-?\d{16}/
const LONG_NUMBERS = /[:,[]\s*(-?\d{16,})(?![\d.eE])/g

/**
 * Parses one event. Whole numbers beyond 2^53 become their digits as text, so that they can be compared exactly; rules
 * compare numbers and their texts alike. Undefined when the JSON is no object; throws when it is no JSON.
 */
export function parseEvent(text: string): JsonObject | undefined {
  const value = JSON.parse(text) as Json
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return LONG_NUMBER.test(text) ? withDigits(value, text) : value
}

/** Puts the digits of the source where numbers lost some. */
function withDigits(document: JsonObject, text: string): JsonObject {
  const sources = new Map<number, string>()
  let ambiguous = false
  for (const [, digits = ''] of text.matchAll(LONG_NUMBERS)) {
    const number = Number(digits)
    const other = sources.get(number)
    if (other !== undefined && other !== digits) ambiguous = true
    sources.set(number, digits)
  }
  // Two numbers that a double cannot tell apart: only the parser knows which stands where, and asking it is slow.
  if (ambiguous) return JSON.parse(text, keepDigits) as JsonObject
  return replaceNumbers(document, sources) as JsonObject
}

function replaceNumbers(value: Json, sources: ReadonlyMap<number, string>): Json {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : (sources.get(value) ?? value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = replaceNumbers(value[index]!, sources)
    return value
  }
  for (const key in value) {
    const inner = value[key]!
    if (typeof inner === 'number' || typeof inner === 'object') {
      const replaced = replaceNumbers(inner, sources)
      // The key may be __proto__, which can only be defined, not assigned.
      if (replaced !== inner) Object.defineProperty(value, key, { value: replaced, enumerable: true })
    }
  }
  return value
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !context?.source) return value
  return /^-?\d+$/.test(context.source) ? context.source : value
}
