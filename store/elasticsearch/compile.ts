import { literalOf, prefixOf, textFields, type Bound, type Glob, type Query } from '../query/ast.ts'
import { asAddress } from '../query/range.ts'
import {
  inPlane,
  isAmbiguous,
  signs,
  sortable,
  sortableAddress,
  TIME_FIELD,
  VALUE_UNITS,
  valueToken,
  WORD_UNITS
} from './tokens.ts'

/** A clause of Elasticsearch's query language. */
export type Clause = Record<string, unknown>

/**
 * A query as Elasticsearch can answer it. Every event found satisfies `may`; every event that satisfies `sure` is found.
 * What lies between must be compared with the document. `undefined` for `sure`: nothing is certain.
 */
export type Compiled = { may: Clause; sure: Clause | undefined }

/** Where our own derived fields live. */
export const fields = {
  tokens: 'soc_index.tokens',
  words: 'soc_index.words',
  message: 'soc_index.message',
  errorMessage: 'soc_index.error_message',
  units: 'soc_index.units',
  odd: 'soc_index.odd',
  id: 'soc_index.id'
} as const

/** Clauses or, instead, a certainty. Keeping them apart saves the server clauses that say nothing. */
type Side = Clause | boolean
type Part = { may: Side; sure: Side }

/**
 * Compiles a query. `patterns` false leaves patterns inside values to the comparison: some are too much work for the server,
 * and only it knows which.
 */
export function compileForElasticsearch(query: Query, options: { patterns: boolean }): Compiled {
  const { may, sure } = partOf(query, options.patterns, 0)
  const odd: Clause = { term: { [fields.odd]: true } }
  const settled = and([sure, not(odd)])
  return { may: clauseOf(or([may, odd])), sure: settled === false ? undefined : clauseOf(settled) }
}

const exactly = (side: Side): Part => ({ may: side, sure: side })
const perhaps = (may: Side): Part => ({ may, sure: false })
const nothing = exactly(false)

/**
 * AND, OR and NOT inside each other that are handed on. Elasticsearch refuses more than 30 clauses inside each other
 * (indices.query.bool.max_nested_depth); what lies deeper is left to the comparison.
 */
const MAX_DEPTH = 20

function partOf(query: Query, patterns: boolean, depth: number): Part {
  if (depth > MAX_DEPTH) return perhaps(true)
  switch (query.kind) {
    case 'all':
      return exactly(true)
    case 'and':
    case 'or': {
      const parts = query.parts.map((part) => partOf(part, patterns, depth + 1))
      const join = query.kind === 'and' ? and : or
      return { may: join(parts.map(({ may }) => may)), sure: join(parts.map(({ sure }) => sure)) }
    }
    case 'not': {
      if (query.part.kind === 'not') return partOf(query.part.part, patterns, depth)
      const { may, sure } = partOf(query.part, patterns, depth + 1)
      return { may: not(sure), sure: not(may) }
    }
    case 'words':
      return wordsPart(query.field, query.words, patterns)
    case 'exists':
      return exactly(token(query.field, signs.exists, ''))
    case 'term':
      // A field of words has no whole values in the index.
      if (textFields.has(query.field)) return perhaps(token(query.field, signs.exists, ''))
      return isAmbiguous(query.value) ? nothing : exactly(term(fields.tokens, valueToken(query.field, query.value)))
    case 'glob':
      return globPart(query.field, query.glob, patterns)
    case 'range':
      return rangePart(query)
  }
}

const wordFields = new Map<string | undefined, string>([
  [undefined, fields.words],
  ['message', fields.message],
  ['error.message', fields.errorMessage]
])

function wordsPart(field: string | undefined, words: Glob[], patterns: boolean): Part {
  const index = wordFields.get(field)
  if (index === undefined) return perhaps(token(field!, signs.exists, ''))
  if (words.some(impossible)) return nothing
  const literals = words.map(literalOf)
  // Longer words stand only in odd events.
  if (literals.some((word) => word !== undefined && (word.length > WORD_UNITS || word === ''))) return nothing
  if (literals.every((word) => word !== undefined)) {
    const text = inPlane(literals.join(' '))
    return exactly(words.length === 1 ? term(index, text) : { match_phrase: { [index]: text } })
  }
  const each = words.map((word): Part => {
    const literal = literalOf(word)
    if (literal !== undefined) return exactly(term(index, inPlane(literal)))
    return patternPart(index, '', word, patterns)
  })
  // Together they say that the words are there, not that they stand beside each other.
  return each.length === 1 ? each[0]! : perhaps(and(each.map(({ may }) => may)))
}

function globPart(field: string, glob: Glob, patterns: boolean): Part {
  if (textFields.has(field)) return perhaps(token(field, signs.exists, ''))
  if (impossible(glob)) return nothing
  const head = `${field}${signs.value}`
  const literal = literalOf(glob)
  if (literal !== undefined) return exactly(term(fields.tokens, valueToken(field, literal)))
  const prefix = prefixOf(glob)
  if (prefix !== undefined && prefix.length <= VALUE_UNITS)
    return exactly({ prefix: { [fields.tokens]: head + inPlane(prefix) } })
  const { may, sure } = patternPart(fields.tokens, head, glob, patterns)
  // Of a long value the index has only the start.
  const long = token(field, signs.long, '')
  return { may: or([may, long]), sure: and([sure, not(long)]) }
}

/** Patterns whose automaton is certainly small; others are narrowed by their start only. */
const MAX_PATTERN_UNITS = 64

function patternPart(index: string, head: string, glob: Glob, patterns: boolean): Part {
  const units = glob.reduce((sum, piece) => sum + (typeof piece === 'object' ? piece.literal.length : 1), 0)
  const prefix = prefixOf(glob)
  if (prefix !== undefined && units <= VALUE_UNITS) return exactly({ prefix: { [index]: head + inPlane(prefix) } })
  if (!patterns || units > MAX_PATTERN_UNITS) {
    const [first] = glob
    const start = typeof first === 'object' ? inPlane(first.literal.slice(0, VALUE_UNITS)) : ''
    return perhaps(head + start === '' ? true : { prefix: { [index]: head + start } })
  }
  const written = glob.map((piece) =>
    piece === 'many' ? '*' : piece === 'one' ? '?' : inPlane(piece.literal).replace(/[*?\\]/g, '\\$&')
  )
  const clause: Clause = { wildcard: { [index]: { value: head + written.join('') } } }
  return exactly(clause)
}

/** A pattern with characters that stand for something else in the index is found in odd events only. */
const impossible = (glob: Glob) => glob.some((piece) => typeof piece === 'object' && isAmbiguous(piece.literal))

function rangePart(query: Query & { kind: 'range' }): Part {
  const { field, low, high } = query
  const between = (sign: string, write: (value: string | number) => string, end: string) =>
    tokenRange(
      field,
      sign,
      low && { ...low, value: write(low.value) },
      high && { ...high, value: write(high.value) },
      end
    )
  if (query.as === 'date' && field === TIME_FIELD)
    return exactly(or([timeClause(query), between(signs.number, (value) => sortable(Number(value)), 'g')]))
  const digits = (value: string | number) => sortable(Number(value))
  switch (query.as) {
    case 'number': {
      const numbers = (from: Bound | undefined, to: Bound | undefined) =>
        or(
          [signs.number, signs.numericText].map((sign) =>
            tokenRange(
              field,
              sign,
              from && { ...from, value: digits(from.value) },
              to && { ...to, value: digits(to.value) },
              'g'
            )
          )
        )
      // Digits beyond a double: what rounds to the bound itself is told apart by the document.
      const edge = (bound: Bound | undefined, inclusive: boolean) =>
        typeof bound?.value === 'string' ? { ...bound, inclusive } : bound
      return { may: numbers(edge(low, true), edge(high, true)), sure: numbers(edge(low, false), edge(high, false)) }
    }
    case 'date':
      return exactly(or([between(signs.number, digits, 'g'), between(signs.date, digits, 'g')]))
    case 'ip': {
      const key = (value: string | number) => sortableAddress(asAddress(String(value)) ?? 0n)
      return exactly(between(signs.address, key, 'g'))
    }
    case 'text': {
      if (textFields.has(field)) return perhaps(token(field, signs.exists, ''))
      const bounds = [low, high].map((bound) => String(bound?.value ?? ''))
      // Characters that the index uses otherwise, or a bound longer than what it keeps, leave the order open.
      if (bounds.some((text) => isAmbiguous(text) || text.length > VALUE_UNITS))
        return perhaps(token(field, signs.exists, ''))
      return exactly(between(signs.value, (value) => inPlane(String(value)), ''))
    }
  }
}

/** Tokens of one kind between two bounds; without a bound, to the end of the kind. */
function tokenRange(field: string, sign: string, low: Bound | undefined, high: Bound | undefined, end: string): Clause {
  const head = field + sign
  const from = low === undefined ? { gte: head } : { [low.inclusive ? 'gte' : 'gt']: head + String(low.value) }
  // `=` is followed by `>`, which begins no token.
  const last = end === '' ? field + String.fromCharCode(sign.charCodeAt(0) + 1) : head + end
  const to = high === undefined ? { lt: last } : { [high.inclusive ? 'lte' : 'lt']: head + String(high.value) }
  return { range: { [fields.tokens]: { ...from, ...to } } }
}

/** First and last moment that both servers read in ISO form. */
export const timeLimits = {
  least: Date.parse('0001-01-01T00:00:00Z'),
  greatest: Date.parse('9999-12-31T23:59:59.999Z')
}

/** Event time between two moments, milliseconds. */
export function timeClause({ low, high }: { low?: Bound; high?: Bound }): Clause {
  const iso = (value: string | number) =>
    new Date(Math.min(Math.max(Math.ceil(Number(value)), timeLimits.least), timeLimits.greatest)).toISOString()
  const bounds: Record<string, string> = { format: 'strict_date_optional_time' }
  if (low !== undefined) bounds[low.inclusive ? 'gte' : 'gt'] = iso(low.value)
  if (high !== undefined && Number(high.value) <= timeLimits.greatest)
    bounds[high.inclusive ? 'lte' : 'lt'] = iso(high.value)
  return { range: { [TIME_FIELD]: bounds } }
}

const term = (field: string, value: string): Clause => ({ term: { [field]: value } })
const token = (path: string, sign: string, value: string) => term(fields.tokens, `${path}${sign}${value}`)

function and(sides: Side[]): Side {
  if (sides.includes(false)) return false
  const clauses = sides.filter((side) => typeof side === 'object')
  if (clauses.length === 0) return true
  return clauses.length === 1 ? clauses[0]! : { bool: { filter: clauses } }
}

function or(sides: Side[]): Side {
  if (sides.includes(true)) return true
  const clauses = sides.filter((side) => typeof side === 'object')
  if (clauses.length === 0) return false
  return clauses.length === 1 ? clauses[0]! : { bool: { should: clauses, minimum_should_match: 1 } }
}

function not(side: Side): Side {
  return typeof side === 'boolean' ? !side : { bool: { must_not: [side] } }
}

function clauseOf(side: Side): Clause {
  return typeof side === 'object' ? side : side ? { match_all: {} } : { match_none: {} }
}
