import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { literalOf, queryErrorCodes, queryLimits, type Glob } from './ast.ts'
import { globMatches, matchesQuery, valuesAt } from './evaluate.ts'
import { requiredLiterals } from './literals.ts'
import { queryErrorText } from './messages.ts'
import { parseQuery } from './parse.ts'
import { asAddress } from './range.ts'

const found = (query: string, document: JsonObject, text = '') => {
  const read = parseQuery(query)
  if ('error' in read) throw new Error(`${query}: ${read.error.code} at ${read.error.position}`)
  return matchesQuery(read.ast, document, text)
}
const refused = (query: string) => {
  const read = parseQuery(query)
  return 'error' in read ? `${read.error.code} at ${read.error.position}` : 'accepted'
}

describe('the query language', () => {
  const event: JsonObject = {
    '@timestamp': '2026-11-20T05:00:00.000Z',
    message: 'Failed password for root from 192.0.2.15 port 22',
    host: { name: 'Web-01' },
    user: { name: ['root', 'Nguyễn Văn A'] },
    source: { ip: '192.0.2.15', port: 4444 },
    http: { response: { status_code: 404 } },
    process: { executable: 'C:\\Windows\\System32\\cmd.exe' },
    'vendor.flat': { deep: [{ x: 1 }, { x: 'hai' }] },
    empty: '',
    flags: [true, null]
  }
  const text = 'Failed password for root from 192.0.2.15 đăng nhập thất bại powershell.exe'

  it.each([
    ['', true],
    ['*', true],
    ['failed', true],
    ['FAILED đăng', true],
    ['dang nhap', true],
    ['"đăng nhập thất bại"', true],
    ['"nhập đăng"', false],
    ['fail*', true],
    ['f?iled', true],
    ['*shell.exe', true],
    ['192.0.2.15', true],
    ['192.0.2.1', false],
    ['failed AND NOT root', false],
    ['nothing OR (failed root)', true],
    ['nothing failed OR root', true],
    ['host.name:web-01', true],
    ['host.name:web', false],
    ['host.name:web*', true],
    ['host.name:(db OR web-0?)', true],
    ['host.name:(NOT db)', true],
    ['user.name:root', true],
    ['user.name:"nguyen van a"', true],
    ['user.name:*văn*', true],
    ['message:"failed password"', true],
    ['message:pass', false],
    ['message:pass*', true],
    ['http.response.status_code:404', true],
    ['http.response.status_code:>=400', true],
    ['http.response.status_code:<404', false],
    ['http.response.status_code:[400 TO 404}', false],
    ['http.response.status_code:{403 TO *]', true],
    ['source.ip:192.0.2.0/24', true],
    ['source.ip:192.0.2.16/28', false],
    ['source.ip:[192.0.2.9 TO 192.0.2.20]', true],
    ['source.port:[4444 TO 4444]', true],
    ['@timestamp:2026-11-20T05:00:00.000Z', true],
    ['@timestamp:>=2026-11-20', true],
    ['@timestamp:[20/11/2026 TO 20/11/2026]', true],
    ['@timestamp:>20/11/2026', false],
    ['@timestamp:<"2026-11-20T12:00:01"', true],
    ['@timestamp:<"2026-11-20T12:00:00"', false],
    ['process.executable:"C:\\Windows\\System32\\cmd.exe"', true],
    ['process.executable:c:\\windows\\\\*\\cmd.exe', true],
    ['process.executable:*CMD.EXE', true],
    ['vendor.flat.deep.x:1', true],
    ['vendor.flat.deep.x:HAI', true],
    ['vendor.flat:*', true],
    ['flags:true', true],
    ['flags:*', true],
    ['empty:*', true],
    ['empty:""', true],
    ['absent:*', false],
    ['constructor:*', false],
    ['__proto__.x:*', false],
    ['C:\\Windows', false],
    ['http://192.0.2.15/a?b', false]
  ])('understands %s', (query, expected) => {
    expect(found(query, event, text)).toBe(expected)
  })

  it.each([
    ['(a', 'query.unclosed_parenthesis at 0'],
    ['a)', 'query.unexpected at 1'],
    ['a "b', 'query.unclosed_quote at 2'],
    ['a AND', 'query.missing_operand at 5'],
    ['OR a', 'query.missing_operand at 0'],
    ['a AND OR b', 'query.missing_operand at 6'],
    ['NOT', 'query.missing_operand at 3'],
    ['()', 'query.missing_operand at 1'],
    ['host.name:', 'query.missing_value at 10'],
    ['host.name: web', 'query.missing_value at 10'],
    ['host.name:()', 'query.missing_operand at 11'],
    ['host.name:(a:b)', 'query.unexpected at 11'],
    ['n:>', 'query.missing_value at 2'],
    ['n:[1 TO 2', 'query.bad_range at 2'],
    ['n:[1 2]', 'query.bad_range at 2'],
    ['a..b:1', 'query.bad_field at 0'],
    ['x !!!', 'query.no_words at 2'],
    ['a:*b*c*d*e*f*g*h*i*j', 'query.too_many_wildcards at 2'],
    ['x'.repeat(1_025), 'query.term_too_long at 0'],
    ['x '.repeat(2_049), 'query.too_long at 0'],
    ['a '.repeat(queryLimits.terms + 1), `query.too_many_terms at ${queryLimits.terms * 2}`],
    ['('.repeat(33) + 'a', 'query.too_deep at 32']
  ])('refuses %s with its place', (query, expected) => {
    expect(refused(query)).toBe(expected)
  })

  it('reads a day as the whole day in Vietnam', () => {
    const at = (iso: string) => ({ '@timestamp': iso })
    expect(found('@timestamp:[2026-11-20 TO 2026-11-20]', at('2026-11-19T17:00:00.000Z'))).toBe(true)
    expect(found('@timestamp:[2026-11-20 TO 2026-11-20]', at('2026-11-19T16:59:59.999Z'))).toBe(false)
    expect(found('@timestamp:<=2026-11-20', at('2026-11-20T16:59:59.999Z'))).toBe(true)
    expect(found('@timestamp:{2026-11-20 TO *]', at('2026-11-20T17:00:00.000Z'))).toBe(true)
  })

  it('says each refusal in both languages', () => {
    const params = { limit: 3, found: 'x', field: 'f', text: 't', low: 'b', high: 'a', instead: 'y' }
    for (const code of queryErrorCodes) {
      const { vi, en } = queryErrorText({ code, position: 0, params })
      expect([vi.length > 5, en.length > 5, vi === en, /undefined/.test(vi + en)]).toEqual([true, true, false, false])
    }
  })

  it('never throws and never answers with a place outside the text', () => {
    const alphabet = fc.constantFrom(
      ...'ab:*?"\\()[]{}<>= TO AND OR NOT đ🙂\0.@-/'.split(''),
      ' TO ',
      ' AND ',
      ' NOT ',
      'f:',
      'f:['
    )
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.array(alphabet).map((parts) => parts.join(''))
    )
    fc.assert(
      fc.property(hostile, (query) => {
        const read = parseQuery(query)
        if ('error' in read) {
          expect(queryErrorCodes).toContain(read.error.code)
          expect(read.error.position).toBeGreaterThanOrEqual(0)
          expect(read.error.position).toBeLessThanOrEqual(query.length)
        } else expect(typeof matchesQuery(read.ast, event, text)).toBe('boolean')
      }),
      { numRuns: 2_000 }
    )
  })

  it('finds any value that is quoted, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (value) => {
        const written = `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
        expect(found(`vendor.value:${written}`, { vendor: { value } })).toBe(true)
      })
    )
  })
})

describe('patterns', () => {
  const glob = fc.array(
    fc.oneof(
      fc.constantFrom<'many' | 'one'>('many', 'one'),
      fc.constantFrom('a', 'ab', 'b', 'aab').map((literal) => ({ literal }))
    ),
    { maxLength: 6 }
  )

  it('match what the same regular expression matches', () => {
    fc.assert(
      fc.property(glob, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }), (pattern: Glob, text) => {
        const source = pattern
          .map((piece) => (piece === 'many' ? '.*' : piece === 'one' ? '.' : piece.literal))
          .join('')
        expect(globMatches(pattern, text)).toBe(new RegExp(`^${source}$`).test(text))
      }),
      { numRuns: 2_000 }
    )
  })

  it('stay quick on texts made to be slow', () => {
    const slow: Glob = Array.from({ length: 8 }, (): Glob => ['many', { literal: 'a' }]).flat()
    const steps = { literal: 'b' }
    expect(globMatches([...slow, steps], 'a'.repeat(32_768))).toBe(false)
  })

  it('without wildcards are texts', () => {
    expect(literalOf([{ literal: 'x' }])).toBe('x')
    expect(literalOf([{ literal: 'x' }, 'many'])).toBeUndefined()
  })
})

describe('addresses', () => {
  it('have one order over both families', () => {
    const ordered = [
      '::',
      '::1',
      '10.0.0.1',
      '10.0.0.2',
      '192.0.2.255',
      '2001:db8::1',
      '2001:db8:0:1::',
      'ffff::192.0.2.1'
    ]
    const keys = ordered.map((text) => asAddress(text)!)
    expect(keys.every((key, index) => index === 0 || key > keys[index - 1]!)).toBe(true)
    expect(asAddress('::ffff:10.0.0.1')).toBe(asAddress('10.0.0.1'))
    expect(asAddress('10.0.0.256')).toBeUndefined()
  })
})

describe('texts required in the stored JSON', () => {
  it('are in every document that is found', () => {
    const documents = fc.record({
      a: fc.record({ 'b.c': fc.oneof(fc.integer(), fc.double(), fc.ipV4(), fc.string()) })
    })
    fc.assert(
      fc.property(documents, (document) => {
        const value = String(valuesAt(document as unknown as JsonObject, 'a.b.c')[0])
        const read = parseQuery(`a.b.c:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
        if ('error' in read) throw new Error(read.error.code)
        const json = JSON.stringify(document)
        expect(matchesQuery(read.ast, JSON.parse(json) as JsonObject, '')).toBe(
          valuesAt(JSON.parse(json) as JsonObject, 'a.b.c').length > 0
        )
        if (valuesAt(JSON.parse(json) as JsonObject, 'a.b.c').length > 0)
          for (const literal of requiredLiterals(read.ast)) expect(json).toContain(literal)
      })
    )
  })
})
