import { Readable, Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRules, matchLines, parseEvent, parseSigma } from '../index.ts'
import type { DetectionRule } from '../parse/types.ts'

const rule = (id: string, detection: string) =>
  `title: ${id}\nid: ${id}\nlogsource:\n  product: p\ndetection:\n  sel:\n    ${detection}\n  condition: sel\n`
const set = compileRules(
  parseSigma([rule('big', 'f: 9007199254740993'), rule('word', 'g|contains: w')].join('---\n'), 'a.yml')
    .rules as DetectionRule[]
)

/** Runs the lines in chunks of the given sizes and gives everything that came out. */
async function run(bytes: Buffer, chunkSize: number) {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize))
  const written: string[] = []
  const output = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      setImmediate(done)
    }
  })
  const reports: string[] = []
  const result = await matchLines(set, Readable.from(chunks), output, (line) => reports.push(line))
  const lines = written
    .join('')
    .split('\n')
    .filter((line) => line !== '')
  return { result, reports, lines: lines.map((line) => JSON.parse(line) as { event: number; rules: string[] }) }
}

describe('matching lines', () => {
  it('counts every line, names bad ones and goes on', async () => {
    const lines = [
      '{"product":"p","g":"w"}',
      '',
      'not json',
      '[1]',
      '{"product":"p","g":"\u00a0wữ"}\r',
      '{"product":"p"}',
      '7'
    ]
    for (const chunkSize of [1, 7, 1_000]) {
      const { result, reports, lines: found } = await run(Buffer.from(lines.join('\n')), chunkSize)
      expect(found).toEqual([
        { event: 0, rules: ['word'] },
        { event: 4, rules: ['word'] }
      ])
      expect(result).toEqual({ events: 3, matched: 2, bad: 3 })
      expect(reports.map((line) => line.split(':')[0])).toEqual(['line 3', 'line 4', 'line 7'])
    }
  })

  it('reports no more than the first faults of a file that is none', async () => {
    const { result, reports } = await run(Buffer.from('x\n'.repeat(1_000)), 64)
    expect(result.bad).toBe(1_000)
    expect(reports).toHaveLength(21)
    expect(reports.at(-1)).toContain('1000')
  })

  it('passes over a line too long to be an event without keeping it', async () => {
    const long = Buffer.concat([Buffer.alloc(17 * 1024 * 1024, 'x'), Buffer.from('\n{"product":"p","g":"w"}\n')])
    const { result, lines } = await run(long, 1024 * 1024)
    expect(result).toEqual({ events: 1, matched: 1, bad: 1 })
    expect(lines).toEqual([{ event: 1, rules: ['word'] }])
  })

  it('compares numbers beyond 2^53 by their digits', async () => {
    const numbers = ['9007199254740993', '9007199254740992', '"9007199254740993"']
    const text = numbers.map((number) => `{"product":"p","f":${number}}`).join('\n')
    const { lines } = await run(Buffer.from(text), 1_000)
    expect(lines.map((line) => line.event)).toEqual([0, 2])
  })
})

describe('parsing an event', () => {
  it('keeps the digits of large whole numbers, wherever they stand', () => {
    expect(parseEvent('{"a":9007199254740993,"b":[-9223372036854775808],"c":{"d":12345678901234567890}}')).toEqual({
      a: '9007199254740993',
      b: ['-9223372036854775808'],
      c: { d: '12345678901234567890' }
    })
    expect(parseEvent('{"a":1234567890123456,"b":"x:9007199254740993,","c":12345678901234567.5}')).toEqual({
      a: 1234567890123456,
      b: 'x:9007199254740993,',
      c: 12345678901234567.5
    })
    expect(parseEvent('{"a":9007199254740993,"b":9007199254740992}')).toEqual({
      a: '9007199254740993',
      b: '9007199254740992'
    })
    expect(parseEvent('[1]')).toBeUndefined()
  })

  it('knows digits in numbers from digits in texts', () => {
    expect(parseEvent('{"s":"9007199254740993","a":9007199254740992}')).toEqual({
      s: '9007199254740993',
      a: '9007199254740992'
    })
    expect(parseEvent('{"a":9007199254740993.0,"b":1e300,"c":9999999999999999999,"d":-9007199254740993}')).toEqual({
      a: 9007199254740992,
      b: 1e300,
      c: '9999999999999999999',
      d: '-9007199254740993'
    })
  })

  it('gives what a parser that keeps every digit gives', () => {
    const digits = fc.stringMatching(/^-?[1-9]\d{12,20}$/)
    const inner = fc.oneof(
      digits,
      digits.map((text) => `"${text}"`),
      fc.constantFrom('1.5', '"x"', 'null', '1e20')
    )
    const list = fc.array(inner, { maxLength: 4 })
    fc.assert(
      fc.property(list, list, (a, b) => {
        const text = `{"a":[${a.join()}],"b":{"c":[${b.join(', ')}]}}`
        const exact = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
          typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
            ? context!.source
            : value
        ) as unknown
        expect(parseEvent(text)).toEqual(exact)
      })
    )
  })

  it('changes nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
        const text = JSON.stringify(document)
        const plain = JSON.parse(text) as unknown
        const unsafe = /\d{16}/.test(text)
        if (!unsafe) expect(parseEvent(text)).toEqual(plain)
        else expect(Object.keys(parseEvent(text)!)).toEqual(Object.keys(plain as object))
      })
    )
  })
})
