/**
 * A bound of a range. Dates are milliseconds and already widened to the whole day they name. A number that a double cannot
 * hold is its digits.
 */
export type Bound = { value: string | number; inclusive: boolean }

/** How the two bounds of a range are compared: decided once, from how they are written. */
export type RangeKind = 'number' | 'date' | 'ip' | 'text'

/** One piece of a pattern: text as it stands (folded), `*` or `?`. */
export type GlobPiece = { literal: string } | 'many' | 'one'
export type Glob = GlobPiece[]

/**
 * A query of the query language as every home compiles it. All texts are folded (core/fold.ts): case, accents and đ
 * make no difference anywhere.
 */
export type Query =
  | { kind: 'all' }
  | { kind: 'and'; parts: Query[] }
  | { kind: 'or'; parts: Query[] }
  | { kind: 'not'; part: Query }
  /** Words next to each other, in the search text, or in one text field (`message`). Each word may be a pattern. */
  | { kind: 'words'; field?: string; words: Glob[] }
  /** The field has a value. */
  | { kind: 'exists'; field: string }
  /** The whole value equals. */
  | { kind: 'term'; field: string; value: string }
  /** The whole value has this form. */
  | { kind: 'glob'; field: string; glob: Glob }
  | { kind: 'range'; field: string; as: RangeKind; low?: Bound; high?: Bound }

/** What is wrong with a query, where (0-based character of the text), and what to put into the sentence. */
export type QueryError = { code: QueryErrorCode; position: number; params: Record<string, string | number> }

export const queryErrorCodes = [
  'query.too_long',
  'query.too_deep',
  'query.too_many_terms',
  'query.term_too_long',
  'query.too_many_wildcards',
  'query.unclosed_quote',
  'query.unclosed_parenthesis',
  'query.unexpected',
  'query.missing_operand',
  'query.missing_value',
  'query.no_words',
  'query.bad_range',
  'query.reversed_range',
  'query.mixed_range',
  'query.bad_date',
  'query.bad_address',
  'query.bad_bound',
  'query.write_instead',
  'query.bad_field'
] as const
export type QueryErrorCode = (typeof queryErrorCodes)[number]

/** Ceilings of one query. A query beyond one of them is refused with a code that names it. */
export const queryLimits = {
  /** Bytes of the text, UTF-8. */
  bytes: 4_096,
  /** Parentheses and NOT inside each other. */
  depth: 32,
  /** Leaves: words, fields, ranges. */
  terms: 128,
  /** Characters of one value. */
  termCharacters: 1_024,
  /** `*` and `?` in one value. */
  wildcards: 8
} as const

/** Fields searched by word; every other field is compared whole. */
export const textFields: ReadonlySet<string> = new Set(['message', 'error.message'])

/** The text of a pattern without wildcards, or undefined when it has some. */
export function literalOf(glob: Glob): string | undefined {
  if (glob.length === 0) return ''
  const [piece] = glob
  return glob.length === 1 && typeof piece === 'object' ? piece.literal : undefined
}

/** The text of a pattern whose only wildcard is one `*` at its end, or undefined. */
export function prefixOf(glob: Glob): string | undefined {
  const [piece, star] = glob
  return glob.length === 2 && typeof piece === 'object' && star === 'many' ? piece.literal : undefined
}
