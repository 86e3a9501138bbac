import type { Json, JsonObject } from '#core/event.ts'

/** Digits of a large number that rounding to a double leaves as they were. */
const FIRST_DIGITS = 14

/**
 * Parses one event. Whole numbers beyond 2^53 become their digits as text, so that they can be compared exactly; rules
 * compare numbers and their texts alike. Undefined when the JSON is no object; throws when it is no JSON.
 */
export function parseEvent(text: string): JsonObject | undefined {
  const value = JSON.parse(text) as Json
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const large = new Set<number>()
  collectLarge(value, large)
  if (large.size === 0) return value
  const digits = new Map<number, string>()
  for (const number of large) {
    const source = digitsOf(number, text)
    // Only the parser knows which digits stand where, and asking it is slow.
    if (source === undefined) return JSON.parse(text, keepDigits) as JsonObject
    digits.set(number, source)
  }
  return replaceNumbers(value, digits) as JsonObject
}

const isLarge = (number: number) => Number.isInteger(number) && !Number.isSafeInteger(number)

function collectLarge(value: Json, large: Set<number>): void {
  if (typeof value === 'number') {
    if (isLarge(value)) large.add(value)
  } else if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) for (const element of value) collectLarge(element, large)
    else for (const key in value) collectLarge(value[key]!, large)
  }
}

/** The digits in the text that make this number, undefined when there are none or different ones. */
function digitsOf(number: number, text: string): string | undefined {
  const start = String(number).slice(0, number < 0 ? FIRST_DIGITS + 1 : FIRST_DIGITS)
  if (!/^-?\d+$/.test(start)) return undefined
  let found: string | undefined
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + start.length)) {
    let end = at + start.length
    while (isDigit(text.charCodeAt(end))) end++
    const digits = text.slice(at, end)
    if (Number(digits) !== number) continue
    // A fraction or an exponent follows, digits stand before, or another number rounds to the same: not for certain.
    if (/[.eE]/.test(text[end] ?? '') || /[\d-]/.test(text[at - 1] ?? '')) return undefined
    if (found !== undefined && found !== digits) return undefined
    found = digits
  }
  return found
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

function replaceNumbers(value: Json, digits: ReadonlyMap<number, string>): Json {
  if (typeof value === 'number') return digits.get(value) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = replaceNumbers(value[index]!, digits)
    return value
  }
  for (const key in value) {
    const inner = value[key]!
    if (typeof inner === 'number' || typeof inner === 'object') {
      const replaced = replaceNumbers(inner, digits)
      // The key may be __proto__, which can only be defined, not assigned.
      if (replaced !== inner) Object.defineProperty(value, key, { value: replaced, enumerable: true })
    }
  }
  return value
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || !isLarge(value) || !context?.source) return value
  return /^-?\d+$/.test(context.source) ? context.source : value
}
