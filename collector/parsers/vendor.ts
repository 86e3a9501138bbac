import type { Json, JsonObject } from '#core/event.ts'
import { isObject } from '../read-document.ts'

/** Deepest nesting kept as objects inside a flattened field; Elasticsearch refuses more than 20. Deeper parts become JSON text. */
const MAX_FLATTENED_DEPTH = 8

/** What a sender adds beyond ECS, fit for one flattened field: nothing is lost, nothing makes the mapping grow. */
export function keepVendor(source: JsonObject, depth = 1): JsonObject {
  const kept: JsonObject = {}
  for (const [key, value] of Object.entries(source)) kept[key] = keepValue(value, depth)
  return kept
}

function keepValue(value: Json, depth: number): Json {
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_FLATTENED_DEPTH) return JSON.stringify(value)
  return Array.isArray(value) ? value.map((element) => keepValue(element, depth + 1)) : keepVendor(value, depth + 1)
}

/** Fills what `target` does not have, deep; arrays and scalars are never mixed. */
export function fill(target: JsonObject, source: JsonObject): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key]
    if (present === undefined) target[key] = value
    else if (isObject(present) && isObject(value) && present !== value) fill(present, value)
  }
}
