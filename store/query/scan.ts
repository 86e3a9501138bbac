import { isIP } from 'node:net'
import { queryLimits } from './ast.ts'
import { refuseDialect } from './dialects.ts'
import { QueryFault } from './fault.ts'
import { holdsMoments } from './field-kinds.ts'
import type { Written } from './range.ts'

/** One character of a value, with what the writer of the query meant by it. */
export type ValueText = { text: string; wild: boolean }[]

/** A piece of the query. `at` is its first character, `end` the one after its last. */
export type Token = { at: number; end: number } & (
  | { kind: 'open' | 'close' | 'and' | 'or' | 'not' }
  /** `quoted` values have no wildcards. */
  | { kind: 'value'; value: ValueText; quoted: boolean }
  /** `field:`; what it asks for is the next token. */
  | { kind: 'field'; name: string }
  | { kind: 'range'; low: Written; high: Written }
  | { kind: 'compare'; operator: '>' | '>=' | '<' | '<='; value: Written }
)

const fieldName = /[@A-Za-z_][A-Za-z0-9_.@-]{0,254}:/y
const hardwareAddress = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i
const space = /\s/
const escapable = new Set(['*', '?', '"', '\\', '(', ')', ':', ' '])
const keywords = new Map<string, 'and' | 'or' | 'not'>([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not']
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
  if (character === ')') return { kind: 'close', at, end: at + 1 }
  if (before?.end === at) refuseBehind(text, at, before)
  if (character === '(') return { kind: 'open', at, end: at + 1 }
  const valueOf = before?.kind === 'field' && before.end === at ? before.name : undefined
  if (valueOf !== undefined) return scanValue(text, at, character, valueOf)
  if (character === '"') return scanQuoted(text, at)
  if (isExclusion(text, at)) return { kind: 'not', at, end: at + 1 }
  const field = scanField(text, at)
  if (field !== undefined) return { kind: 'field', name: field, at, end: at + field.length + 1 }
  rangePattern.lastIndex = at
  if (rangePattern.test(text)) throw new QueryFault('query.bad_range', at)
  const word = scanBare(text, at)
  const raw = text.slice(at, word.end)
  const keyword = keywords.get(raw.toUpperCase())
  if (keyword !== undefined) return { kind: keyword, at, end: word.end }
  refuseDialect(raw, at, undefined)
  return word
}

/** What a field is asked for. */
function scanValue(text: string, at: number, character: string, field: string): Token {
  if (character === '[' || character === '{') return scanBracketed(text, at) ?? scanRange(text, at)
  if (character === '>' || character === '<') return scanCompare(text, at)
  if (character === '"') return scanQuoted(text, at)
  if (holdsMoments(field)) {
    spacedMoment.lastIndex = at
    const moment = spacedMoment.exec(text)?.[0]
    if (moment !== undefined) {
      const value = [...moment].map((letter) => ({ text: letter, wild: false }))
      return { kind: 'value', value, quoted: false, at, end: at + moment.length }
    }
  }
  const word = scanBare(text, at)
  refuseDialect(text.slice(at, word.end), at, field)
  return word
}

/** Refuses what is glued to the end of something whole: `"a b"~3`, `(a b)^2`, `n:[1 TO 2]x`. */
function refuseBehind(text: string, at: number, before: Token) {
  const whole = before.kind === 'range' || before.kind === 'compare' || (before.kind === 'value' && before.quoted)
  const glued = /^\S[^\s()]*/.exec(text.slice(at, at + 60))?.[0] ?? text[at]!
  if ((whole || before.kind === 'close') && /^[~^][\d.]*$/.test(glued))
    throw new QueryFault('query.write_instead', at, { found: glued, instead: text.slice(before.at, at).slice(0, 60) })
  if (whole || (text[at] === '"' && before.kind === 'value'))
    throw new QueryFault('query.unexpected', at, { found: glued })
}

/** `-x` and `!x`: the sign stands at the start of a word and something follows it at once. */
function isExclusion(text: string, at: number): boolean {
  if (text[at] !== '-' && text[at] !== '!') return false
  return /^[ (]?$/.test((text[at - 1] ?? '').replace(/\s/, ' ')) && /^[^\s)\-!=~]/.test(text.slice(at + 1, at + 2))
}

/**
 * The name before a colon. `http://…`, `C:\…`, `std::string` and `fe80::1` are texts people paste, not fields; a value may
 * begin with any of these signs behind a name that has a dot.
 */
function scanField(text: string, at: number): string | undefined {
  fieldName.lastIndex = at
  const found = fieldName.exec(text)?.[0]
  if (found === undefined) return undefined
  const name = found.slice(0, -1)
  const word = /^[^\s()"]*/.exec(text.slice(at))![0]
  if (isIP(word) !== 0 || hardwareAddress.test(word)) return undefined
  const rest = word.slice(found.length)
  if (rest.startsWith('\\') && /^[A-Za-z]$/.test(name)) return undefined
  if (name.includes('.')) return name
  if (rest.startsWith('//') || (rest.startsWith(':') && isIP(rest) === 0)) return undefined
  return name
}

function scanBare(text: string, at: number): Token & { kind: 'value' } {
  const value: ValueText = []
  let end = at
  // A pasted `\\server\share` keeps both of its backslashes.
  if (/^\\\\[\p{L}\p{N}]/u.test(text.slice(at, at + 4))) {
    value.push({ text: '\\', wild: false }, { text: '\\', wild: false })
    end += 2
  }
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
  const { value, end } = readEscaped(text, at) ?? readPasted(text, at)
  return { kind: 'value', value: bounded(value, at), quoted: true, at, end }
}

type Quoted = { value: ValueText; end: number }

/** A quoted text in which a backslash stands before `"` and `\` only; undefined when it is not written so. */
function readEscaped(text: string, at: number): Quoted | undefined {
  const value: ValueText = []
  for (let end = at + 1; end < text.length; end++) {
    const character = text[end]!
    if (character === '"') return { value, end: end + 1 }
    if (character !== '\\') {
      value.push({ text: character, wild: false })
      continue
    }
    const next = text[end + 1]
    const driveRoot =
      next === '"' && value.length === 2 && /^[A-Za-z]:$/.test(value.map((piece) => piece.text).join(''))
    if ((next !== '"' && next !== '\\') || driveRoot) return undefined
    value.push({ text: next, wild: false })
    end++
  }
  return undefined
}

/**
 * A quoted text as pasted from Windows: every backslash is itself, also one before the closing quotation mark. Two there
 * are one, as who knows of escaping writes it; a quotation mark inside has one before it and no space behind it.
 */
function readPasted(text: string, at: number): Quoted {
  const value: ValueText = []
  for (let end = at + 1; end < text.length; end++) {
    const character = text[end]!
    if (character === '"') {
      if (text[end - 1] !== '\\' || /^[\s)]?$/.test(text[end + 1] ?? '')) {
        if (text.slice(at + 1, end).endsWith('\\\\')) value.pop()
        return { value, end: end + 1 }
      }
      value.pop()
    }
    value.push({ text: character, wild: false })
  }
  throw new QueryFault('query.unclosed_quote', at)
}

function bounded(value: ValueText, at: number): ValueText {
  if (value.length > queryLimits.termCharacters)
    throw new QueryFault('query.term_too_long', at, { limit: queryLimits.termCharacters })
  if (value.filter((piece) => piece.wild).length > queryLimits.wildcards)
    throw new QueryFault('query.too_many_wildcards', at, { limit: queryLimits.wildcards })
  return value
}

const dayWritten = String.raw`(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/-]\d{1,2}[/-]\d{4})`
const clockWritten = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?`
/** A day and a clock with a space between them: one moment also without quotation marks. */
const momentWritten = `(?:${dayWritten} +${clockWritten}|${clockWritten} +${dayWritten})(?![^\\s)\\]}])`
const spacedMoment = new RegExp(momentWritten, 'y')
const boundWritten = String.raw`("[^"]*"|${momentWritten}|[^\s"\]}]+)`
const rangePattern = new RegExp(String.raw`[[{](\s*)${boundWritten}(\s+TO\s+)${boundWritten}\s*[\]}]`, 'iy')

function scanRange(text: string, at: number): Token {
  rangePattern.lastIndex = at
  const found = rangePattern.exec(text)
  if (found === null) throw new QueryFault('query.bad_range', at)
  const [all, before = '', low = '', to = '', high = ''] = found
  const end = at + all.length
  const lowAt = at + 1 + before.length
  return {
    kind: 'range',
    low: { text: unquoted(low), inclusive: text[at] === '[', at: lowAt },
    high: { text: unquoted(high), inclusive: text[end - 1] === ']', at: lowAt + low.length + to.length },
    at,
    end
  }
}

/** `[2001:db8::1]`, as addresses stand before a port. */
function scanBracketed(text: string, at: number): Token | undefined {
  const address = /^\[([0-9a-f:.]+)\](?=[\s)]|$)/i.exec(text.slice(at, at + 64))?.[1]
  if (address === undefined || isIP(address) !== 6) return undefined
  const value = [...address].map((letter) => ({ text: letter, wild: false }))
  return { kind: 'value', value, quoted: true, at, end: at + address.length + 2 }
}

const comparePattern = new RegExp(String.raw`(>=|<=|>|<)("[^"]*"|${momentWritten}|[^\s"()<>=]+)`, 'y')

function scanCompare(text: string, at: number): Token {
  comparePattern.lastIndex = at
  const found = comparePattern.exec(text)
  if (found === null) throw new QueryFault('query.missing_value', at)
  const [all, operator = '', value = ''] = found
  return {
    kind: 'compare',
    operator: operator as '>' | '>=' | '<' | '<=',
    value: { text: unquoted(value), inclusive: operator.endsWith('='), at: at + operator.length },
    at,
    end: at + all.length
  }
}

const unquoted = (value: string) => (value.startsWith('"') ? value.slice(1, -1) : value)
