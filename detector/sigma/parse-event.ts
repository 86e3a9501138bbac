import type { Json, JsonObject } from '#core/event.ts'

/** Sixteen digits outside of quotes may be more than a double can hold. */
const LONG_NUMBER = /[:,[]\s*-?\d{16}/

/**
 * Parses one event. Whole numbers beyond 2^53 become their digits as text, so that they can be compared exactly; rules
 * compare numbers and their texts alike. Undefined when the JSON is no object; throws when it is no JSON.
 */
export function parseEvent(text: string): JsonObject | undefined {
  const value = (LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)) as Json
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !context?.source) return value
  return /^-?\d+$/.test(context.source) ? context.source : value
}
