import { isIP } from 'node:net'
import { foldText } from '#core/fold.ts'
import { queryLimits, textFields, type Glob, type Query, type QueryError } from './ast.ts'
import { QueryFault } from './fault.ts'
import { holdsAddresses, holdsMoments } from './field-kinds.ts'
import { readMoment } from './moments.ts'
import { addressQuery, looksLikeNetwork, networkRange, rangeOf, stretchRange } from './range.ts'
import { scanQuery, type Token, type ValueText } from './scan.ts'
import { foldValue, wordsOf } from './words.ts'

/**
 * Reads a query: `field:value`, `"phrases"`, `*` and `?`, `field:[a TO b]`, `field:>=n`, `field:10.0.0.0/8`,
 * `field:(a OR b)`, `AND OR NOT` in any case, `-x`, `!x`, parentheses; terms beside each other are joined by AND; an empty
 * query is everything. A backslash takes the meaning from `* ? " \ ( ) :` and the space; before anything else it stands for
 * itself. `now` is what `now-1h` counts from.
 */
export function parseQuery(text: string, now = Date.now()): { ast: Query } | { error: QueryError } {
  try {
    const bytes = Buffer.byteLength(text)
    if (bytes > queryLimits.bytes) throw new QueryFault('query.too_long', 0, { limit: queryLimits.bytes, bytes })
    return { ast: new Parser(text, now).parse() }
  } catch (error) {
    if (error instanceof QueryFault) return { error: error.fault }
    throw error
  }
}

/** Recursive descent; OR binds least, then AND (written or implied), then NOT. */
class Parser {
  readonly #text: string
  readonly #now: number
  readonly #tokens: Token[]
  #next = 0
  #terms = 0
  #depth = 0

  constructor(text: string, now: number) {
    this.#text = text
    this.#now = now
    this.#tokens = scanQuery(text)
  }

  parse(): Query {
    if (this.#tokens.length === 0) return { kind: 'all' }
    const query = this.#or(undefined)
    const left = this.#tokens[this.#next]
    if (left !== undefined) throw this.#unexpected(left)
    return query
  }

  #or(field: string | undefined): Query {
    const parts = [this.#and(field)]
    while (this.#peek('or')) {
      this.#next++
      parts.push(this.#and(field))
    }
    return joined('or', parts)
  }

  #and(field: string | undefined): Query {
    const parts = [this.#not(field)]
    for (;;) {
      if (this.#peek('and')) this.#next++
      else if (this.#next >= this.#tokens.length || this.#peek('or') || this.#peek('close')) break
      parts.push(this.#not(field))
    }
    return joined('and', parts)
  }

  #not(field: string | undefined): Query {
    if (!this.#peek('not')) return this.#primary(field)
    const sign = this.#tokens[this.#next++]!
    // In `n:(-5)` the sign may be the number's or an exclusion.
    if (field !== undefined && this.#text[sign.at] === '-' && /^[\d.]/.test(this.#text.slice(sign.end)))
      throw new QueryFault('query.write_instead', sign.at, { found: '-', instead: '"-5", NOT 5' })
    return this.#deeper(() => ({ kind: 'not', part: this.#not(field) }))
  }

  #primary(field: string | undefined): Query {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new QueryFault('query.missing_operand', this.#text.length)
    if (token.kind === 'open') return this.#group(token, field)
    this.#next++
    if (token.kind === 'value') return this.#leaf(field, token)
    if (token.kind !== 'field' || field !== undefined) throw this.#unexpected(token)
    const value = this.#tokens[this.#next]
    if (value === undefined || value.at !== token.end)
      throw new QueryFault('query.missing_value', token.end, { field: token.name })
    if (token.name.split('.').some((part) => part === '')) throw new QueryFault('query.bad_field', token.at)
    this.#refuseName(token, value)
    if (value.kind === 'open') return this.#group(value, token.name)
    this.#next++
    if (value.kind === 'value') return this.#leaf(token.name, value)
    if (value.kind === 'range' || value.kind === 'compare') return this.#range(token.name, value)
    throw new QueryFault('query.missing_value', token.end, { field: token.name })
  }

  #group(open: Token, field: string | undefined): Query {
    this.#next++
    const query = this.#deeper(() => {
      if (this.#peek('close')) throw new QueryFault('query.missing_operand', open.end)
      return this.#or(field)
    })
    if (!this.#peek('close')) throw new QueryFault('query.unclosed_parenthesis', open.at)
    this.#next++
    return query
  }

  #range(field: string, token: Token & { kind: 'range' | 'compare' }): Query {
    this.#count(token)
    const { low, high } =
      token.kind === 'range'
        ? token
        : token.operator.startsWith('>')
          ? { low: token.value, high: undefined }
          : { low: undefined, high: token.value }
    return rangeOf(field, low, high, this.#now) ?? { kind: 'exists', field }
  }

  /** `_exists_:x` of another language is no field. */
  #refuseName(token: Token & { kind: 'field' }, value: Token) {
    if (token.name !== '_exists_' && token.name !== '_missing_') return
    const asked = value.kind === 'value' ? value.value.map((piece) => piece.text).join('') : '…'
    throw new QueryFault('query.write_instead', token.at, {
      found: token.name,
      instead: `${token.name === '_exists_' ? '' : 'NOT '}${asked.slice(0, 60)}:*`
    })
  }

  #leaf(field: string | undefined, token: Token & { kind: 'value' }): Query {
    this.#count(token)
    const plain = token.value.map((piece) => piece.text).join('')
    // In a pasted address `?` begins the query part; it is no wildcard.
    const pasted = field === undefined && plain.includes('://')
    const wild = !pasted && token.value.some((piece) => piece.wild)
    if (wild && /^\*+$/.test(plain)) return field === undefined ? { kind: 'all' } : { kind: 'exists', field }
    if (field === undefined || textFields.has(field)) {
      const words = wild ? wordGlobs(token.value) : wordsOf(plain).map((word): Glob => [{ literal: word }])
      if (words.length === 0) throw new QueryFault('query.no_words', token.at, { text: plain.slice(0, 60) })
      return field === undefined ? { kind: 'words', words } : { kind: 'words', field, words }
    }
    if (holdsMoments(field)) return this.#moment(field, plain, token, wild)
    if (wild) return { kind: 'glob', field, glob: valueGlob(token.value) }
    return this.#value(field, plain, token)
  }

  #moment(field: string, plain: string, token: Token, wild: boolean): Query {
    const stretch = wild || /^now(?!.*\/d$)/i.test(plain) ? undefined : stretchRange(field, plain, this.#now)
    if (stretch === undefined) throw new QueryFault('query.bad_date', token.at, { text: plain.slice(0, 60) })
    return stretch
  }

  /** A whole value; networks, addresses and days are more than their spelling. */
  #value(field: string, plain: string, token: Token & { kind: 'value' }): Query {
    const term: Query = { kind: 'term', field, value: foldValue(plain) }
    const addresses = holdsAddresses(field)
    if (looksLikeNetwork(plain) && (addresses || !token.quoted)) {
      const network = networkRange(field, plain)
      if (network === undefined)
        throw new QueryFault('query.bad_address', token.at, { text: plain.slice(0, 60), field })
      return addresses ? network : { kind: 'or', parts: [network, term] }
    }
    if (isIP(plain) === 6 || (addresses && isIP(plain) === 4)) return addressQuery(field, plain)!
    if (addresses && !token.quoted && /^([\d.]+|[0-9a-f:.]*:[0-9a-f:.]*)(\/.*)?$/i.test(plain))
      throw new QueryFault('query.bad_address', token.at, { text: plain.slice(0, 60), field })
    const day = token.quoted || !/^\d/.test(plain) || readMoment(plain, this.#now) === undefined
    return day ? term : { kind: 'or', parts: [term, stretchRange(field, plain, this.#now)!] }
  }

  #peek(kind: Token['kind']): boolean {
    return this.#tokens[this.#next]?.kind === kind
  }

  #count(token: Token) {
    if (++this.#terms > queryLimits.terms)
      throw new QueryFault('query.too_many_terms', token.at, { limit: queryLimits.terms })
  }

  #deeper<T>(act: () => T): T {
    if (++this.#depth > queryLimits.depth)
      throw new QueryFault('query.too_deep', this.#tokens[this.#next - 1]?.at ?? 0, { limit: queryLimits.depth })
    const result = act()
    this.#depth--
    return result
  }

  #unexpected(token: Token): QueryFault {
    if (token.kind === 'and' || token.kind === 'or') return new QueryFault('query.missing_operand', token.at)
    return new QueryFault('query.unexpected', token.at, { found: this.#text.slice(token.at, token.end).slice(0, 60) })
  }
}

function joined(kind: 'and' | 'or', parts: Query[]): Query {
  return parts.length === 1 ? parts[0]! : { kind, parts }
}

/** A value with wildcards as a pattern. Folding works on the literal stretches, so a space at their edge is kept as one space. */
function valueGlob(value: ValueText): Glob {
  const glob: Glob = []
  let literal = ''
  const flush = () => {
    if (literal !== '') glob.push({ literal: foldPart(literal) })
    literal = ''
  }
  for (const piece of value) {
    if (!piece.wild) {
      literal += piece.text
      continue
    }
    flush()
    const wild = piece.text === '*' ? 'many' : 'one'
    // `**` says nothing more than `*`.
    if (!(wild === 'many' && glob.at(-1) === 'many')) glob.push(wild)
  }
  flush()
  return glob.filter((piece) => typeof piece !== 'object' || piece.literal !== '')
}

function foldPart(text: string): string {
  const folded = foldText(text)
  const head = /^\s/.test(text) ? ' ' : ''
  const tail = /\s$/.test(text) && folded !== '' ? ' ' : ''
  return head + folded + tail
}

/** The words of a value with wildcards: a pattern stays one word, `pow*shell.exe` is the word `pow*shell` and the word `exe`. */
function wordGlobs(value: ValueText): Glob[] {
  const words: Glob[] = []
  let current: ValueText = []
  const flush = () => {
    const glob = valueGlob(current)
    current = []
    // A lone `*` between separators would match any word: it says nothing, so it is no word.
    if (glob.some((piece) => typeof piece === 'object' || piece === 'one')) words.push(glob)
  }
  for (const piece of value) {
    if (piece.wild || /^[\p{L}\p{N}\p{M}]$/u.test(piece.text)) current.push(piece)
    else flush()
  }
  flush()
  return words
}
