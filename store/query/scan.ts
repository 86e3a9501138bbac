import { queryLimits, type QueryError, type QueryErrorCode } from './ast.ts'

/** One character of a value, with what the writer of the query meant by it. */
export type ValueText = { text: string; wild: boolean }[]

/** A piece of the query. `at` is its first character, `end` the one after its last. */
export type Token = { at: number; end: number } & (
  | { kind: 'open' | 'close' | 'and' | 'or' | 'not' }
  /** `quoted` values have no wildcards. `spaced` is true when a space stands before it. */
  | { kind: 'value'; value: ValueText; quoted: boolean }
  /** `field:`; what it asks for is the next token. */
  | { kind: 'field'; name: string }
  | { kind: 'range'; low: string; high: string; lowInclusive: boolean; highInclusive: boolean }
  | { kind: 'compare'; operator: '>' | '>=' | '<' | '<='; value: string }
)

/** Thrown inside the parser only; `parseQuery` makes a value of it. */
export class QueryFault extends Error {
  readonly fault: QueryError
  constructor(code: QueryErrorCode, position: number, params: Record<string, string | number> = {}) {
    super(code)
    this.fault = { code, position, params }
  }
}

const fieldName = /[@A-Za-z_][A-Za-z0-9_.@-]{0,254}:/y
const space = /\s/
const escapable = new Set(['*', '?', '"', '\\', '(', ')', ':', ' '])
const keywords = new Map<string, 'and' | 'or' | 'not'>([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
  ['&&', 'and'],
  ['||', 'or']
])

/** Splits a query into tokens. Throws {@link QueryFault} with the position of what it cannot read. */
export function scanQuery(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (space.test(character)) {
      at++
      continue
    }
    const token = scanToken(text, at, character, tokens.at(-1))
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function scanToken(text: string, at: number, character: string, before: Token | undefined): Token {
  if (character === '(') return { kind: 'open', at, end: at + 1 }
  if (character === ')') return { kind: 'close', at, end: at + 1 }
  const valueOf = before?.kind === 'field' && before.end === at
  if (valueOf && (character === '[' || character === '{')) return scanRange(text, at)
  if (valueOf && (character === '>' || character === '<')) return scanCompare(text, at)
  if (character === '"') return scanQuoted(text, at)
  const field = valueOf ? undefined : scanField(text, at)
  if (field !== undefined) return { kind: 'field', name: field, at, end: at + field.length + 1 }
  const word = scanBare(text, at)
  const raw = text.slice(at, word.end)
  const keyword = valueOf ? undefined : keywords.get(raw)
  return keyword === undefined ? word : { kind: keyword, at, end: word.end }
}

/**
 * The name before a colon. `http://…`, `C:\…` and `fe80::1` are texts people paste, not fields: a name followed by `//`,
 * `\` or `:` is none.
 */
function scanField(text: string, at: number): string | undefined {
  fieldName.lastIndex = at
  const found = fieldName.exec(text)?.[0]
  if (found === undefined) return undefined
  const rest = text.slice(at + found.length, at + found.length + 2)
  if (rest === '//' || rest.startsWith('\\') || rest.startsWith(':')) return undefined
  return found.slice(0, -1)
}

function scanBare(text: string, at: number): Token & { kind: 'value' } {
  const value: ValueText = []
  let end = at
  while (end < text.length) {
    const character = text[end]!
    if (space.test(character) || character === '(' || character === ')' || character === '"') break
    if (character === '\\' && escapable.has(text[end + 1] ?? '')) {
      value.push({ text: text[end + 1]!, wild: false })
      end += 2
      continue
    }
    // Whole code points: a letter beyond the basic plane is one letter.
    const letter = String.fromCodePoint(text.codePointAt(end)!)
    value.push({ text: letter, wild: letter === '*' || letter === '?' })
    end += letter.length
  }
  return { kind: 'value', value: bounded(value, at), quoted: false, at, end }
}

function scanQuoted(text: string, at: number): Token {
  const value: ValueText = []
  let end = at + 1
  for (;;) {
    const character = text[end]
    if (character === undefined) throw new QueryFault('query.unclosed_quote', at)
    if (character === '"') break
    const next = text[end + 1]
    if (character === '\\' && (next === '"' || next === '\\')) {
      value.push({ text: next, wild: false })
      end += 2
    } else {
      value.push({ text: character, wild: false })
      end++
    }
  }
  return { kind: 'value', value: bounded(value, at), quoted: true, at, end: end + 1 }
}

function bounded(value: ValueText, at: number): ValueText {
  if (value.length > queryLimits.termCharacters)
    throw new QueryFault('query.term_too_long', at, { limit: queryLimits.termCharacters })
  if (value.filter((piece) => piece.wild).length > queryLimits.wildcards)
    throw new QueryFault('query.too_many_wildcards', at, { limit: queryLimits.wildcards })
  return value
}

const rangePattern = /[[{]\s*("[^"]*"|[^\s"\]}]+)\s+TO\s+("[^"]*"|[^\s"\]}]+)\s*[\]}]/y

function scanRange(text: string, at: number): Token {
  rangePattern.lastIndex = at
  const found = rangePattern.exec(text)
  if (found === null) throw new QueryFault('query.bad_range', at)
  const end = at + found[0].length
  return {
    kind: 'range',
    low: unquoted(found[1]!),
    high: unquoted(found[2]!),
    lowInclusive: text[at] === '[',
    highInclusive: text[end - 1] === ']',
    at,
    end
  }
}

const comparePattern = /(>=|<=|>|<)("[^"]*"|[^\s"()<>=]+)/y

function scanCompare(text: string, at: number): Token {
  comparePattern.lastIndex = at
  const found = comparePattern.exec(text)
  if (found === null) throw new QueryFault('query.missing_value', at)
  const operator = found[1] as '>' | '>=' | '<' | '<='
  return { kind: 'compare', operator, value: unquoted(found[2]!), at, end: at + found[0].length }
}

const unquoted = (value: string) => (value.startsWith('"') ? value.slice(1, -1) : value)
