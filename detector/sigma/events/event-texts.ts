import type { Json, JsonObject } from '#core/event.ts'

/** Values of one event that keywords look through; what lies beyond, or deeper, is not searched. */
const MAX_TEXTS = 20_000
const MAX_DEPTH = 40

/**
 * Every text and number of an event, as keywords search them: values, not keys, nested ones too. Top-level keys that start
 * with `_` are notes of whoever shipped the event, and `without` names keys that are not the log's own words.
 */
export function collectTexts(document: JsonObject, without?: ReadonlySet<string>): string[] {
  const texts: string[] = []
  for (const key in document) {
    if (key.startsWith('_') || without?.has(key)) continue
    collect(document[key]!, texts, 0)
  }
  return texts
}

function collect(value: Json, texts: string[], depth: number): void {
  if (typeof value === 'string') texts.push(value)
  else if (typeof value === 'number') texts.push(String(value))
  else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
    if (texts.length >= MAX_TEXTS) return
    if (Array.isArray(value)) for (const element of value) collect(element, texts, depth + 1)
    else for (const key in value) collect(value[key]!, texts, depth + 1)
  }
}
