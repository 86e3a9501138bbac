import type { Json, JsonObject } from '#core/event.ts'

const MAX_KEYS = 20

/** A document with its dotted top-level keys nested as well: `winlog.channel` becomes `{ winlog: { channel } }`. */
export function expandDots(document: JsonObject): JsonObject {
  const nested: JsonObject = {}
  for (const [key, value] of Object.entries(document)) {
    const keys = key.split('.')
    if (keys.length === 1 || keys.length > MAX_KEYS || keys.includes('__proto__') || !put(nested, keys, value)) {
      // defineProperty, because assigning to __proto__ would change what the object inherits.
      Object.defineProperty(nested, key, { value, enumerable: true, configurable: true, writable: true })
    }
  }
  return nested
}

/** False when a value stands in the way. */
function put(root: JsonObject, keys: readonly string[], value: Json): boolean {
  let object = root
  for (const key of keys.slice(0, -1)) {
    const inner: Json | undefined = Object.hasOwn(object, key) ? object[key] : undefined
    if (inner !== undefined && (typeof inner !== 'object' || inner === null || Array.isArray(inner))) return false
    // A copy, so that the sender's own nested object is not changed.
    const next: JsonObject = { ...inner }
    object[key] = next
    object = next
  }
  object[keys.at(-1)!] = value
  return true
}
