import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mask } from '#control/rights/masking.ts'
import type { JsonObject } from '#core/event.ts'
import { hiddenLeaf } from '../store/query/hidden.ts'
import { matchesQuery } from '../store/query/evaluate.ts'
import { parseQuery } from '../store/query/parse.ts'

/*
 * What is masked cannot be asked out: two events that look the same once they are masked must answer every search alike that
 * is not refused, whatever their hidden digits are. So nobody learns a digit, by whatever road.
 */

const eventOf = (number: string): JsonObject => ({
  message: `CCCD ${number} tra cứu bởi 10.20.30.40`,
  event: { original: `so=${number}&x=1`, code: '4625' },
  user: { phone: number, note: `số ${number}`, id: number },
  url: { query: `id=${number}`, path: `/ho-so/${number}/in.pdf` },
  custom: { so: number, list: ['a', number] },
  citizen_id: Number(`1${number}`)
})
const textOf = (event: JsonObject) =>
  `${String(event['message'])} ${String((event['event'] as JsonObject)['original'])}`

function answer(query: string, number: string): boolean | 'refused' | 'unreadable' {
  const read = parseQuery(query)
  if ('error' in read) return 'unreadable'
  if (hiddenLeaf(read.ast) !== undefined) return 'refused'
  const event = eventOf(number)
  return matchesQuery(read.ast, event, textOf(event))
}

const fields = [
  'message',
  'event.original',
  'user.phone',
  'user.note',
  'user.id',
  'url.query',
  'url.path',
  'custom.so',
  'custom.list',
  'citizen_id'
]
const NUMBER = '046201001234'

describe('a masked number', () => {
  it('is not read digit by digit, by any road', () => {
    const roads: ((known: string) => string)[] = [
      (known) => `${known}*`,
      (known) => `"${known}"`,
      (known) => `*${known}*`,
      (known) => `?${known.slice(1)}*`,
      ...fields.flatMap((field) => [
        (known: string) => `${field}:${known}*`,
        (known: string) => `${field}:*${known}*`,
        (known: string) => `${field}:*${known.slice(2)}??????`,
        (known: string) => `NOT ${field}:${known}*`,
        (known: string) => `${field}:(x OR ${known}*)`,
        (known: string) => `${field}:>=${known.padEnd(12, '0')}`,
        (known: string) => `${field}:[${known.padEnd(12, '0')} TO *]`,
        (known: string) => `${field}:[* TO "${known}z"]`,
        (known: string) => `${field}:so=${known}*`,
        (known: string) => `${field}:id=${known}*`,
        (known: string) => `${field}:*${known}&x=1`,
        (known: string) => `${field}:/ho-so/${known}*`
      ])
    ]
    for (const road of roads) {
      // What is shown is known; from there the attacker asks for the fourth digit and onwards.
      for (let length = 4; length <= 10; length++) {
        const answers = Array.from({ length: 10 }, (_, digit) =>
          answer(road(NUMBER.slice(0, length - 1) + digit), NUMBER)
        )
        expect([road('046'), length, new Set(answers).size]).toEqual([road('046'), length, 1])
      }
    }
  })

  it('gives the same answer whatever its hidden digits are, to 12,000 random searches that are not refused', () => {
    const piece = fc.oneof(
      fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 12 })).map(([from, length]) => NUMBER.slice(from, from + length)),
      fc.constantFrom('*', '?', '??', '0', 'so=', 'id=', '/ho-so/', 'x', '-', '.', '&x=1', ' ', 'z')
    )
    const value = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''))
    const leaf = fc.oneof(
      value,
      value.map((text) => `"${text}"`),
      fc.tuple(fc.constantFrom(...fields), value).map(([field, text]) => `${field}:${text.replaceAll(' ', '')}`),
      fc.tuple(fc.constantFrom(...fields), value).map(([field, text]) => `${field}:"${text}"`),
      fc
        .tuple(fc.constantFrom(...fields), value, value, fc.boolean())
        .map(([field, low, high, open]) => `${field}:["${low}" TO ${open ? '*' : `"${high}"`}]`),
      fc
        .tuple(fc.constantFrom(...fields), fc.constantFrom('>', '<='), fc.nat())
        .map(([field, sign, bound]) => `${field}:${sign}${bound * 997}`)
    )
    const query = fc
      .tuple(leaf, leaf, fc.constantFrom('AND', 'OR', 'AND NOT'))
      .map(([one, other, how]) => `${one} ${how} ${other}`)
    const hidden = fc.stringMatching(/^[0-9]{7}$/).map((digits) => `046${digits}34`)
    const seen = { free: 0, refused: 0 }
    fc.assert(
      fc.property(fc.oneof(leaf, query), fc.oneof(fc.constant(NUMBER), hidden), hidden, (asked, one, other) => {
        expect(mask(eventOf(one))).toEqual(mask(eventOf(other)))
        const [first, second] = [answer(asked, one), answer(asked, other)]
        expect([asked, first]).toEqual([asked, second])
        if (typeof first === 'boolean') seen.free += 1
        else seen.refused += 1
      }),
      { seed: 909, numRuns: 12_000 }
    )
    expect(Math.min(seen.free, seen.refused)).toBeGreaterThan(1000)
  })

  it('keeps the searches of everyday work open', () => {
    for (const query of [
      '4625',
      'event.code:4625',
      'source.ip:192.0.2.7',
      'source.ip:192.168.*',
      'source.ip:10.0.0.0/8',
      '192.0.2.7',
      '"192.0.2.7"',
      'source.ip:2001:db8::1',
      'host.name:web0*',
      'host.name:srv-01*',
      'process.pid:1234567',
      'network.bytes:>5000000000',
      'http.response.status_code:[400 TO 499]',
      '@timestamp:>=2023-11-30',
      'message:"2023-11-30"',
      'url.path:*/v2/*',
      'url.path:/a/b.php',
      'file.hash.md5:9e107d9d372bb6826bd81d3542a419d6',
      'file.path:"C:\\log-20231130.txt"',
      'user.name:nguyen* AND NOT event.outcome:success',
      'x*',
      '"failed password"',
      'rule.name:T105*',
      '*'
    ])
      expect([query, hiddenLeaf((parseQuery(query) as { ast: never }).ast)]).toEqual([query, undefined])
  })

  it('says what of the search it was', () => {
    const read = parseQuery('host.name:web01 AND (x OR NOT message:0462*)') as { ast: never }
    expect(hiddenLeaf(read.ast)).toEqual({ field: 'message', text: '0462*' })
  })
})
