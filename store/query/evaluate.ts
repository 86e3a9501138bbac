import type { Json, JsonObject } from '#core/event.ts'
import type { Bound, Glob, Query } from './ast.ts'
import { asNumber, compareNumber } from './decimals.ts'
import { asAddress, documentMillis } from './range.ts'
import { foldValue, TEXT_CHARACTERS, wordsOf } from './words.ts'

/** A leaf value of a document. */
export type Leaf = string | number | boolean
/** True when the document, with the search text that goes with it, is what the query asks for. */
export type Predicate = (document: JsonObject, text: string) => boolean

/** Values of one field that are looked at; a longer list is cut, a document is bounded anyway. */
const MAX_VALUES = 4_096

/**
 * What the query language means, said as plainly as possible: every home must find what this finds. `text` is the search
 * text of the event ({@link EncodedEvent}). For many documents use {@link compileQuery} once.
 */
export function matchesQuery(query: Query, document: JsonObject, text: string): boolean {
  return compileQuery(query)(document, text)
}

/** The query as a function. */
export function compileQuery(query: Query): Predicate {
  switch (query.kind) {
    case 'all':
      return () => true
    case 'and': {
      const parts = query.parts.map(compileQuery)
      return (document, text) => parts.every((part) => part(document, text))
    }
    case 'or': {
      const parts = query.parts.map(compileQuery)
      return (document, text) => parts.some((part) => part(document, text))
    }
    case 'not': {
      const part = compileQuery(query.part)
      return (document, text) => !part(document, text)
    }
    case 'words': {
      const { field, words } = query
      if (field === undefined) return (_, text) => containsWords(wordsOf(text.slice(0, TEXT_CHARACTERS)), words)
      return (document) =>
        valuesAt(document, field).some(
          (value) => typeof value === 'string' && containsWords(wordsOf(value.slice(0, TEXT_CHARACTERS)), words)
        )
    }
    case 'exists':
      return (document) => hasValue(document, query.field)
    default: {
      const test = valueTest(query)
      return (document) => valuesAt(document, query.field).some(test)
    }
  }
}

/** Does one value of a field satisfy this leaf? */
export function valueTest(query: Query & { kind: 'term' | 'glob' | 'range' }): (value: Leaf) => boolean {
  if (query.kind === 'term') return (value) => foldValue(String(value)) === query.value
  if (query.kind === 'glob') return (value) => globMatches(query.glob, foldValue(String(value)))
  const { low, high } = query
  switch (query.as) {
    case 'number':
      return (value) => isNumber(value) && reaches(value, low, 1) && reaches(value, high, -1)
    case 'date':
      return (value) => within(documentMillis(value), low, high, Number)
    case 'ip': {
      const asKey = (value: string | number) => asAddress(String(value)) ?? -1n
      const lowKey = low && { ...low, key: asKey(low.value) }
      const highKey = high && { ...high, key: asKey(high.value) }
      return (value) => {
        const key = typeof value === 'string' ? asAddress(value) : undefined
        return key !== undefined && above(key, lowKey) && below(key, highKey)
      }
    }
    case 'text':
      return (value) => within(foldValue(String(value)), low, high, String)
  }
}

const isNumber = (value: Leaf): value is number | string =>
  typeof value === 'string' ? asNumber(value) !== undefined : typeof value === 'number'

/** Does the number lie on this side of the bound? 1 is above, -1 below. */
function reaches(value: number | string, bound: Bound | undefined, side: 1 | -1): boolean {
  if (bound === undefined) return true
  const order = compareNumber(value, bound.value) * side
  return order > 0 || (bound.inclusive && order === 0)
}

function within<T extends string | number>(
  value: T | undefined,
  low: Bound | undefined,
  high: Bound | undefined,
  read: (value: string | number) => T
): boolean {
  if (value === undefined) return false
  return (
    above(value, low && { inclusive: low.inclusive, key: read(low.value) }) &&
    below(value, high && { inclusive: high.inclusive, key: read(high.value) })
  )
}

type Edge<T> = { inclusive: boolean; key: T } | undefined
const above = <T>(value: T, edge: Edge<T>) =>
  edge === undefined || value > edge.key || (edge.inclusive && value === edge.key)
const below = <T>(value: T, edge: Edge<T>) =>
  edge === undefined || value < edge.key || (edge.inclusive && value === edge.key)

/** Are these words (patterns) next to each other somewhere in the list? */
export function containsWords(words: string[], patterns: Glob[]): boolean {
  for (let start = 0; start + patterns.length <= words.length; start++) {
    if (patterns.every((pattern, index) => globMatches(pattern, words[start + index]!))) return true
  }
  return false
}

/**
 * Does the whole text have this form? Greedy with one place to come back to (the last `*`), so the time is at most
 * text × pattern and both are bounded.
 */
export function globMatches(glob: Glob, text: string): boolean {
  let piece = 0
  let at = 0
  let starPiece = -1
  let starAt = 0
  while (at < text.length || piece < glob.length) {
    const current = glob[piece]
    if (current === 'many') {
      if (piece === glob.length - 1) return true
      starPiece = piece++
      starAt = at
      continue
    }
    if (current === 'one' && at < text.length) {
      piece++
      at++
      continue
    }
    if (typeof current === 'object' && text.startsWith(current.literal, at)) {
      piece++
      at += current.literal.length
      continue
    }
    if (starPiece < 0 || starAt >= text.length) return false
    // The star takes at least one character more; a literal behind it tells how many.
    const next = glob[starPiece + 1]
    const jump = typeof next === 'object' ? text.indexOf(next.literal, starAt + 1) : starAt + 1
    if (jump < 0) return false
    starAt = jump
    at = jump
    piece = starPiece + 1
  }
  return true
}

/**
 * Every value of a dotted field: nested objects, objects with dots in their keys (both are ECS), and lists of either.
 * Only own properties are seen; objects and null are no values.
 */
export function valuesAt(document: JsonObject, field: string): Leaf[] {
  const found: Leaf[] = []
  visit(document, field, (value) => {
    collectLeaves(value, found)
    return false
  })
  return found
}

/** Has the field a value, or, for an object, anything in it a value? */
export function hasValue(document: JsonObject, field: string): boolean {
  return visit(document, field, somethingIn)
}

/** Calls `see` for what lies at the path until it says true. */
function visit(node: Json, path: string, see: (value: Json) => boolean): boolean {
  if (node === null || typeof node !== 'object') return false
  if (Array.isArray(node)) return node.some((element) => visit(element, path, see))
  if (Object.hasOwn(node, path) && see(node[path]!)) return true
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (Object.hasOwn(node, head) && visit(node[head]!, path.slice(dot + 1), see)) return true
  }
  return false
}

function collectLeaves(value: Json, into: Leaf[]) {
  if (value === null || into.length >= MAX_VALUES) return
  if (Array.isArray(value)) for (const element of value) collectLeaves(element, into)
  else if (typeof value !== 'object') into.push(value)
}

function somethingIn(value: Json): boolean {
  if (value === null) return false
  if (typeof value !== 'object') return true
  return (Array.isArray(value) ? value : Object.values(value)).some(somethingIn)
}
