import type { Json, JsonObject } from '#core/event.ts'
import type { SigmaEvent } from './sigma/parse/types.ts'

/** A field as rules write it, split once: an ECS name (dotted) or a Sigma name such as `TargetUserName`. */
export type Field = { name: string; path: readonly string[] }

/** Longer texts are cut: they are for keys, sentences and lists of distinct values, the event itself stays whole. */
export const MAX_FIELD_TEXT = 256

export function toField(name: string): Field {
  return { name, path: name.split('.') }
}

/** The text of a field of the event: by its ECS name, else as the rules see it; undefined when absent or an object. */
export function readField(event: JsonObject, sigma: SigmaEvent | undefined, field: Field): string | undefined {
  let value: Json | undefined = event
  for (const key of field.path) {
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
    if (value === undefined) break
  }
  return textOf(value) ?? textOf(sigma?.get(field.name))
}

/** The same as a key: lower-case, as Sigma compares, and well-formed, so that it equals itself after being stored. */
export function readKey(event: JsonObject, sigma: SigmaEvent | undefined, field: Field): string | undefined {
  return readField(event, sigma, field)?.toLowerCase().toWellFormed()
}

/** A copy with memory of its own: V8 keeps the whole raw line alive behind a short piece cut out of it. */
export function ownText(text: string): string {
  return Buffer.from(text).toString()
}

/** Lists are joined in order: an event with two addresses is one event with that pair, not two. Empty text is absent. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.slice(0, MAX_FIELD_TEXT)
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (!Array.isArray(value)) return undefined
  // A hostile list has a million elements; what does not fit into the text is not looked at.
  const parts: string[] = []
  for (const element of value.slice(0, 32)) {
    const text = typeof element === 'object' ? undefined : textOf(element)
    if (text !== undefined) parts.push(text)
  }
  return parts.length === 0 ? undefined : parts.join(', ').slice(0, MAX_FIELD_TEXT)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
