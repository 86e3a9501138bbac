import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { eventOf, randomEvents, randomQueries } from '#testing/store-contract-events.ts'
import { matchesQuery } from '../query/evaluate.ts'
import { parseQuery } from '../query/parse.ts'
import type { EncodedEvent } from '#core/store-entry.ts'
import { compileForElasticsearch, fields, type Clause } from './compile.ts'
import { prepare } from './document.ts'
import { inPlane, sortable } from './tokens.ts'

const NOON = Date.UTC(2026, 10, 20, 12)

/** What Elasticsearch would have in its index for an event. */
type Indexed = Map<string, string[]>

function indexed(event: EncodedEvent): Indexed {
  const source = JSON.parse(prepare(event, 'i', NOON, '0:0').source) as {
    '@timestamp': string
    soc_index: Record<string, string | string[] | boolean>
  }
  const entries = Object.entries(source.soc_index).map(([name, value]): [string, string[]] => [
    `soc_index.${name}`,
    (Array.isArray(value) ? value : [value]).map(String)
  ])
  return new Map([...entries, ['@timestamp', [source['@timestamp']]]])
}

const only = (clause: object): [string, never] => Object.entries(clause)[0] as [string, never]

/** The clauses that the compiler writes, as Elasticsearch documents them: what this says, a real server is asked in the CI tests. */
function satisfies(document: Indexed, clause: Clause): boolean {
  const [kind, body] = only(clause)
  const words = new Set<string>([fields.words, fields.message, fields.errorMessage])
  const values = (field: string) => {
    const found = document.get(field) ?? []
    return words.has(field) ? found.flatMap((text) => text.split(' ').filter((word) => word !== '')) : found
  }
  const [field, asked] = kind === 'bool' || kind.startsWith('match_') ? ['', body] : only(body)
  switch (kind) {
    case 'match_all':
      return true
    case 'match_none':
      return false
    case 'term':
      return values(field).includes(String(asked))
    case 'prefix':
      return values(field).some((value) => value.startsWith(asked))
    case 'match_phrase': {
      const [name, text] = only(body)
      return (document.get(name) ?? []).some((value) => ` ${value} `.includes(` ${String(text)} `))
    }
    case 'wildcard': {
      const { value } = asked as { value: string }
      const pattern = value.replace(/\\(.)|[*?]|[^*?\\]/gs, (piece, escaped: string | undefined) =>
        piece === '*' ? '.*' : piece === '?' ? '.' : (escaped ?? piece).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
      )
      // By code point, as Lucene counts.
      return values(field).some((text) => new RegExp(`^${pattern}$`, 'su').test(text))
    }
    case 'range':
      return values(field).some((value) =>
        Object.entries(asked as Record<string, string>).every(([operator, bound]) => {
          if (operator === 'format') return true
          const order = Buffer.compare(Buffer.from(value), Buffer.from(bound))
          return operator === 'gt'
            ? order > 0
            : operator === 'gte'
              ? order >= 0
              : operator === 'lt'
                ? order < 0
                : order <= 0
        })
      )
    case 'bool': {
      const { filter = [], should, must_not = [] } = body as Record<string, Clause[]>
      const holds = (part: Clause) => satisfies(document, part)
      return filter.every(holds) && !must_not.some(holds) && (should === undefined || should.some(holds))
    }
    default:
      throw new Error(`the compiler wrote ${kind}`)
  }
}

function judge(query: string, event: EncodedEvent, patterns = true) {
  const read = parseQuery(query)
  if ('error' in read) throw new Error(`${query}: ${read.error.code}`)
  const { may, sure } = compileForElasticsearch(read.ast, { patterns })
  const document = indexed(event)
  return {
    may: satisfies(document, may),
    sure: sure !== undefined && satisfies(document, sure),
    found: matchesQuery(read.ast, JSON.parse(event.json) as JsonObject, event.text)
  }
}

describe('a query compiled for Elasticsearch', () => {
  it('finds at least what is asked for, and is certain only of that', () => {
    const events = fc.sample(randomEvents(NOON, 120), { numRuns: 1, seed: 3 })[0]!
    fc.assert(
      fc.property(randomQueries(NOON), fc.constantFrom(...events), fc.boolean(), (query, event, patterns) => {
        const { may, sure, found } = judge(query, event, patterns)
        if (sure) expect(found).toBe(true)
        if (found) expect(may).toBe(true)
      }),
      { numRuns: 1_500 }
    )
  })

  it('keeps to that for values and patterns of hostile senders', () => {
    const piece = fc.constantFrom(
      'a',
      'Đ',
      '🙂',
      '\ud800',
      '\udc00',
      '\ue020',
      '*',
      '?',
      '\\',
      '=',
      '\0',
      ' ',
      '"',
      '…',
      '한',
      '\uffff'
    )
    const value = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.tuple(fc.constantFrom('a', '🙂', 'é'), fc.integer({ min: 250, max: 260 })).map(([one, n]) => one.repeat(n))
    )
    const asked = fc.oneof(
      value.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`),
      fc
        .array(fc.constantFrom('a', '🙂', '?', '*', '\ue020', 'd', '\\?', '한'), { minLength: 1, maxLength: 6 })
        .map((some) => some.join('')),
      fc.constantFrom('*a', '?*a', 'a*aa', '*e', '*🙂', `${'a'.repeat(100)}?*`),
      fc.constantFrom('[a TO "🙂"]', '{"\ue020" TO *]', '[* TO "é"}', `[${'a'.repeat(255)} TO ${'a'.repeat(257)}]`)
    )
    fc.assert(
      fc.property(value, asked, fc.constantFrom('host.name', 'x.y'), (text, ask, field) => {
        const event = eventOf({ id: 'e', time: NOON, message: text, fields: { 'host.name': text, 'x.y': [text, 7] } })
        const { may, sure, found } = judge(`${field}:${ask}`, event)
        if (sure) expect(found).toBe(true)
        if (found) expect(may).toBe(true)
      }),
      { numRuns: 1_500 }
    )
  })

  it('is certain of words, values, prefixes, patterns, numbers, dates and addresses in usual events', () => {
    const event = eventOf({
      id: 'E1',
      time: NOON,
      message: 'Đăng nhập thất bại từ 192.0.2.7',
      fields: {
        'host.name': 'Máy chủ 01',
        'source.ip': '192.0.2.7',
        'http.response.status_code': 404,
        'x.at': '2026-11-20'
      }
    })
    for (const query of [
      'dang',
      '"dang nhap"',
      'nha*',
      'message:"that bai"',
      'host.name:"may chu 01"',
      'host.name:m?y*0?',
      'host.name:may*',
      'event.id:e1',
      'http.response.status_code:[400 TO 499]',
      'source.ip:192.0.2.0/24',
      'x.at:[2026-11-20 TO 2026-11-21]',
      '@timestamp:>2026-11-19',
      'x:*',
      'NOT host.name:web*',
      'host.name:>=may'
    ])
      expect([query, judge(query, event)]).toEqual([query, { may: true, sure: true, found: true }])
  })

  it('leaves an event to its document when the index cannot tell the whole truth of it', () => {
    const many = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`x.f${index}`, `v${index}`]))
    const odd = [
      eventOf({ id: 'pua', time: NOON, fields: { 'host.name': '\ue020' } }),
      eventOf({ id: 'many', time: NOON, fields: many }),
      eventOf({ id: 'word', time: NOON, message: 'w'.repeat(300) }),
      { ...eventOf({ id: 'time', time: NOON }), time: NOON + 5 }
    ]
    for (const event of odd) expect(judge('host.name:nothing', event)).toMatchObject({ may: true, sure: false })
    expect(judge('host.name:nothing', eventOf({ id: 'usual', time: NOON }))).toMatchObject({ may: false })
  })

  it('hands on no more clauses inside each other than the server takes', () => {
    const depth = (clause: unknown): number =>
      typeof clause === 'object' && clause !== null
        ? Math.max(0, ...Object.entries(clause).map(([name, part]) => (name === 'bool' ? 1 : 0) + depth(part)))
        : 0
    const query = Array.from({ length: 31 }, () => 'NOT (a ').join('') + 'near' + ')'.repeat(31)
    // 31 parentheses and 31 NOT are too deep for the language already; what it takes must pass.
    expect(parseQuery(query)).toHaveProperty('error')
    const deep = `${'NOT (a '.repeat(16)}near${')'.repeat(16)}`
    const read = parseQuery(deep)
    if ('error' in read) throw new Error(read.error.code)
    const { may, sure } = compileForElasticsearch(read.ast, { patterns: true })
    expect(Math.max(depth(may), depth(sure))).toBeLessThan(30)
  })

  it('orders numbers and texts as the language does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        expect(sortable(a) < sortable(b)).toBe(a < b)
      })
    )
    const unit = fc.integer({ min: 0, max: 0xffff }).filter((code) => code < 0xe000 || code > 0xe7ff)
    const text = fc.array(unit, { maxLength: 4 }).map((codes) => String.fromCharCode(...codes))
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(inPlane(a).isWellFormed()).toBe(true)
        expect(Math.sign(Buffer.compare(Buffer.from(inPlane(a)), Buffer.from(inPlane(b))))).toBe(
          a < b ? -1 : a > b ? 1 : 0
        )
      })
    )
  })
})
