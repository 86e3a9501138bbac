import { literalOf, prefixOf, type Glob, type Query } from '../query/ast.ts'
import { valueTest } from '../query/evaluate.ts'
import {
  cutWord,
  EVERY_EVENT,
  idToken,
  letterOf,
  senderUnitToken,
  unitToken,
  valueOfToken,
  valuePrefix,
  valueToken,
  WORD_CHARACTERS
} from './index-tokens.ts'

/** What the full-text index can say of a query. */
export type Plan = {
  /** FTS5 expression that every event found satisfies; undefined when the index cannot narrow anything. */
  match?: string
  /** False when what the index finds must still be compared with the documents. */
  exact: boolean
}

/** All tokens of one field in this file that satisfy a test, or undefined when there are too many to be worth it. */
export type FieldTokens = (letter: string, accepts: (token: string) => boolean) => string[] | undefined

/** The index's view of a part. `match` undefined: any event may satisfy it; `never`: none does. */
type Part = { match?: string; exact: boolean; never?: true }

const anything: Part = { exact: false }
const everything: Part = { exact: true }
const nothing: Part = { exact: true, never: true }

/**
 * Compiles a query for one day file. Correct whatever the index can say: the expression is never too narrow, and `exact`
 * is claimed only when index and documents cannot differ.
 */
export function planQuery(
  query: Query,
  units: readonly string[] | undefined,
  fieldTokens: FieldTokens
): Plan | 'nothing' {
  const asked = partOf(query, fieldTokens)
  const part = units === undefined ? asked : both([unitsPart(units), asked])
  if (part.never === true) return 'nothing'
  return part.match === undefined ? { exact: part.exact } : { match: part.match, exact: part.exact }
}

/** Affected or sender unit is among these. */
function unitsPart(units: readonly string[]): Part {
  if (units.length === 0) return nothing
  return exactly(anyOf(units.flatMap((unit) => [unitToken(unit), senderUnitToken(unit)])))
}

function partOf(query: Query, fieldTokens: FieldTokens): Part {
  switch (query.kind) {
    case 'all':
      return everything
    case 'and':
      return both(query.parts.map((part) => partOf(part, fieldTokens)))
    case 'or':
      return either(query.parts.map((part) => partOf(part, fieldTokens)))
    case 'not':
      return without(partOf(query.part, fieldTokens))
    case 'words':
      // The search text begins with the message, so its words are there (as far as 8 KiB reach). Of the other text
      // fields it may hold only a part.
      if (query.field !== undefined && query.field !== 'message') return anything
      return wordsPart(query.words, query.field === undefined)
    case 'exists':
      return anything
    case 'term': {
      if (query.field === 'event.id') return { match: quoted(idToken(query.value)), exact: false }
      const letter = letterOf(query.field)
      // An empty column means absent, so the index knows nothing of empty values.
      return letter === undefined || query.value === '' ? anything : exactly(quoted(valueToken(letter, query.value)))
    }
    case 'glob':
    case 'range': {
      const letter = letterOf(query.field)
      if (letter === undefined) return anything
      const prefix = query.kind === 'glob' ? prefixOf(query.glob) : undefined
      const start = prefix === undefined ? undefined : valuePrefix(letter, prefix)
      // The full-text index folds the space at a value's end away; such a prefix is compared with the documents.
      if (start !== undefined && !prefix!.endsWith(' ')) return exactly(`${quoted(start)} *`)
      return expanded(query, letter, fieldTokens)
    }
  }
}

/** A pattern or range over an indexed field: the values that occur in this file and satisfy it. */
function expanded(query: Query & { kind: 'glob' | 'range' }, letter: string, fieldTokens: FieldTokens): Part {
  const test = valueTest(query)
  let exact = true
  const tokens = fieldTokens(letter, (token) => {
    const value = valueOfToken(token)
    if (value !== undefined) return test(value)
    exact = false
    return true
  })
  if (tokens === undefined) return anything
  return tokens.length === 0 ? nothing : { match: anyOf(tokens), exact }
}

function wordsPart(words: Glob[], wholeText: boolean): Part {
  const literals = words.map(literalOf)
  // A long word stands in the index by its start, so others may share it.
  const short = (word: string) => word.length < WORD_CHARACTERS
  const simple = literals.every((word) => word !== undefined && short(word))
  if (simple) return { match: quoted(literals.join(' ')), exact: wholeText }
  const last = prefixOf(words.at(-1)!)
  const start = literals.slice(0, -1)
  if (last !== undefined && short(last) && start.every((word) => word !== undefined && short(word)))
    return { match: `${quoted([...start, last].join(' '))} *`, exact: wholeText }
  const known = literals.filter((word) => word !== undefined).map((word) => quoted(cutWord(word)))
  return known.length === 0 ? anything : { match: `(${known.join(' AND ')})`, exact: false }
}

const exactly = (match: string): Part => ({ match, exact: true })

function both(parts: Part[]): Part {
  if (parts.some((part) => part.never)) return nothing
  const matches = parts.flatMap((part) => part.match ?? [])
  const exact = parts.every((part) => part.exact)
  return matches.length === 0 ? { exact } : { match: bracketed(matches, 'AND'), exact }
}

function either(parts: Part[]): Part {
  const possible = parts.filter((part) => !part.never)
  if (possible.length === 0) return nothing
  const matches = possible.flatMap((part) => part.match ?? [])
  if (matches.length === possible.length)
    return { match: bracketed(matches, 'OR'), exact: possible.every((part) => part.exact) }
  // One part may be true for any event: for all of them when that is certain.
  return possible.some((part) => part.exact && part.match === undefined) ? everything : anything
}

function without(part: Part): Part {
  if (part.never) return everything
  if (!part.exact) return anything
  return part.match === undefined ? nothing : exactly(`(${quoted(EVERY_EVENT)} NOT ${part.match})`)
}

const bracketed = (matches: string[], operator: 'AND' | 'OR') =>
  matches.length === 1 ? matches[0]! : `(${matches.join(` ${operator} `)})`
const anyOf = (tokens: string[]) => bracketed(tokens.map(quoted), 'OR')
/** Tokens hold no quotation mark (index-tokens.ts), so nothing can leave the string. */
const quoted = (text: string) => `"${text}"`
