import type { Json, JsonObject } from '#core/event.ts'

/** Split field names, remembered; the names are those of rules, so there are few. */
const splits = new Map<string, readonly string[]>()
const MAX_SPLITS = 50_000
/** Values taken from lists on the way of one path. */
const MAX_VALUES = 1_000

/** The value under a key taken as it is; what every object inherits (`constructor`, `__proto__`) is absent. */
export function readWhole(object: JsonObject, key: string): Json | undefined {
  const value = object[key]
  if (value === undefined) return undefined
  // JSON holds no functions, so this one is inherited; __proto__ may be either.
  if (typeof value === 'function' || (key === '__proto__' && !Object.hasOwn(object, key))) return undefined
  return value
}

/** The value under a dotted path. Through a list it is the list of what its elements have there. */
export function readPath(object: JsonObject, name: string): Json | undefined {
  return walk(object, split(name), 0)
}

/** A dotted name as its keys. */
export function split(name: string): readonly string[] {
  const known = splits.get(name)
  if (known) return known
  const keys = name.split('.')
  if (splits.size < MAX_SPLITS) splits.set(name, keys)
  return keys
}

export function walk(from: Json, keys: readonly string[], start: number): Json | undefined {
  let value: Json | undefined = from
  for (let index = start; index < keys.length; index++) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) return walkList(value, keys, index)
    value = readWhole(value, keys[index]!)
  }
  return value
}

function walkList(list: readonly Json[], keys: readonly string[], index: number): Json | undefined {
  const found: Json[] = []
  for (const element of list) {
    const value = walk(element, keys, index)
    if (value === undefined) continue
    if (Array.isArray(value)) found.push(...value.slice(0, MAX_VALUES))
    else found.push(value)
    // A rule that matches on the thousandth element of a list is not worth the memory of a hostile one.
    if (found.length >= MAX_VALUES) break
  }
  return found.length === 0 ? undefined : found
}

/**
 * The object with a second name for every key that has spaces: most rules write Defender's "Threat Name" without, some with.
 * A key that is written so already keeps its own value.
 */
export function withoutSpaces(object: JsonObject): JsonObject {
  if (!hasSpaces(object)) return object
  const spaced = Object.keys(object).filter((key) => key.includes(' '))
  const named: [string, Json][] = spaced.map((key) => [key.replaceAll(' ', ''), object[key]!])
  return Object.fromEntries([...named, ...Object.entries(object)])
}

function hasSpaces(object: JsonObject): boolean {
  for (const key in object) if (key.includes(' ')) return true
  return false
}
