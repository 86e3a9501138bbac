import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameFlag } from '#core/frame.ts'
import { datagram, SyslogFramer } from './syslog-framing.ts'

type Message = [text: string, flags: number]

/** What a stream becomes when it arrives in these pieces and the sender then goes away. */
function framed(pieces: Buffer[], max = 1000): Message[] {
  const framer = new SyslogFramer(max)
  const seen: [raw: Buffer, flags: number][] = []
  const emit = (raw: Buffer, flags: number) => seen.push([raw, flags])
  for (const piece of pieces) {
    framer.push(piece, emit)
    // A connection never holds more than one message and the piece that came last.
    expect(framer.pending).toBeLessThanOrEqual(max + 10)
  }
  framer.end(emit)
  return seen.map(([raw, flags]) => [raw.toString('latin1'), flags])
}
const texts = (stream: string, max?: number) => framed([Buffer.from(stream, 'latin1')], max)

it('lines and counted messages are told apart one by one', () => {
  expect(texts('<13>one\n9 <14>t\nwo!<15>three\r\n12 <16>counted\n8 <17>four\n')).toEqual([
    ['<13>one', 0],
    ['<14>t\nwo!', 0],
    ['<15>three', 0],
    ['<16>counted', 0],
    ['<17>four', 0]
  ])
})

it('a line that begins with a number is a line', () => {
  expect(texts('2023 was a year\n12345678 <13>too many digits\n0 <13>x\n7\n')).toEqual([
    ['2023 was a year', 0],
    ['12345678 <13>too many digits', 0],
    ['0 <13>x', 0],
    ['7', 0]
  ])
})

it('empty lines and NUL bytes between messages are nothing, NUL bytes inside are content', () => {
  expect(texts('\n\0\n<13>a\0b\0\n\0\r\n<14>c\n')).toEqual([
    ['<13>a\0b', 0],
    ['<14>c', 0]
  ])
})

it('a wrong count does not matter where a line feed or the next message shows the end', () => {
  expect(texts('5 <13>hello\n<14>next\n')).toEqual([
    ['<13>hello', 0],
    ['<14>next', 0]
  ])
  expect(texts('25 <13>short\nnot a start <14>next\n<15>last\n')).toEqual([
    ['<13>short', 0],
    ['not a start <14>next', 0],
    ['<15>last', 0]
  ])
  expect(texts('9999999 <13>no such length\n<14>next\n')).toEqual([
    ['<13>no such length', 0],
    ['<14>next', 0]
  ])
})

it('a message over the limit is cut and flagged, and the stream goes on at the next line', () => {
  const long = `<13>${'x'.repeat(3000)}`
  expect(texts(`${long}\n<14>next\n`)).toEqual([
    [long.slice(0, 1000), frameFlag.truncated],
    ['<14>next', 0]
  ])
  const pieces = [long.slice(0, 500), long.slice(500, 1500), long.slice(1500), '\n<14>next\n']
  expect(framed(pieces.map((piece) => Buffer.from(piece)))[1]).toEqual(['<14>next', 0])
})

it('half a message at disconnect is kept and flagged, whether counted or a line', () => {
  expect(texts('<13>whole\n<14>ha')).toEqual([
    ['<13>whole', 0],
    ['<14>ha', frameFlag.halfFrame]
  ])
  expect(texts('50 <14>half')).toEqual([['50 <14>half', frameFlag.halfFrame]])
  expect(texts('12')).toEqual([['12', frameFlag.halfFrame]])
})

it('bytes that are not UTF-8 are kept as they are and flagged on their own message only', () => {
  expect(texts('<13>good\n<14>b\xff\xfed\n')).toEqual([
    ['<13>good', 0],
    ['<14>b\xff\xfed', frameFlag.badUtf8]
  ])
  expect(framed([Buffer.from('<13>một\n')])).toEqual([[Buffer.from('<13>một').toString('latin1'), 0]])
})

it('however a stream is cut into pieces, the same messages come out', () => {
  const line = fc.stringMatching(/^<[0-9]{1,3}>[ -~]{0,30}$/)
  const message = fc.record({ text: line, counted: fc.boolean(), feed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 40 }), (messages, cuts) => {
      const stream = messages
        .map(({ text, counted, feed }) =>
          counted ? `${text.length + (feed ? 1 : 0)} ${text}${feed ? '\n' : ''}` : `${text}\n`
        )
        .join('')
      const bytes = Buffer.from(stream)
      const pieces: Buffer[] = []
      for (let at = 0, index = 0; at < bytes.length; index++) {
        const size = (cuts[index % Math.max(1, cuts.length)] ?? 7) + 1
        pieces.push(Buffer.from(bytes.subarray(at, at + size)))
        at += size
      }
      expect(framed(pieces)).toEqual(messages.map(({ text }) => [text, 0]))
    })
  )
})

it('no bytes in any pieces make it throw, lose a visible byte or hold more than its limit', () => {
  const piece = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
  const syslogish = fc
    .array(fc.constantFrom('<13>', '5 ', '12 <', '\n', '\0', 'abc', '999 <1>', '\xff'), { maxLength: 20 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'))
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, syslogish), { maxLength: 10 }), (pieces) => {
      const seen = framed(pieces, 40)
      for (const [text] of seen) expect(text.length).toBeGreaterThan(0)
      if (!seen.some(([, flags]) => flags & frameFlag.truncated)) {
        // Only counts and the bytes between messages may disappear.
        const strip = (text: string) => text.replace(/[0-9 \n\r\0]/g, '')
        expect(strip(seen.map(([text]) => text).join(''))).toBe(strip(Buffer.concat(pieces).toString('latin1')))
      }
    }),
    { numRuns: 500 }
  )
})

it('a datagram loses its trailing line feed and NUL and nothing else', () => {
  expect(datagram(Buffer.from('<13>a\nb\n\0'))).toEqual({ raw: Buffer.from('<13>a\nb'), flags: 0 })
  expect(datagram(Buffer.alloc(0)).raw).toHaveLength(0)
  expect(datagram(Buffer.from([0xff])).flags).toBe(frameFlag.badUtf8)
})

const messages = Array.from(
  { length: 24 },
  (_, index) => `<13>Nov 23 07:30:52 may-a app: lần ${index} đăng nhập từ cổng 22`
)
const size = (text: string) => Buffer.byteLength(text)
const counted = (count: (text: string) => number, behind = '') =>
  messages.map((text) => `${count(text)} ${text}${behind}`).join('')
const broken: [string, string][] = [
  ['NUL behind each message', messages.map((text) => `${text}\0`).join('')],
  ['CR behind each message', messages.map((text) => `${text}\r`).join('')],
  ['nothing behind each message', messages.join('')],
  ['counts in characters', counted((text) => text.length)],
  ['counts in characters, LF behind', counted((text) => text.length, '\n')],
  ['counts in characters, NUL behind', counted((text) => text.length, '\0')],
  ['counts one too large', counted((text) => size(text) + 1)],
  ['counts three too large', counted((text) => size(text) + 3)],
  ['counts five too large, LF behind', counted((text) => size(text) + 5, '\n')],
  ['counts one too small', counted((text) => size(text) - 1)],
  ['counts nine too small', counted((text) => size(text) - 9)],
  ['absurd counts', counted(() => 99_999)],
  ['absurd counts, LF behind', counted(() => 99_999, '\n')],
  ['one absurd count, then lines', `99999 ${messages.join('\n')}\n`],
  ['right counts, NUL behind', counted(size, '\0')],
  [
    'counts and lines by turns',
    messages.map((text, index) => (index % 2 ? `${text}\n` : `${size(text)} ${text}`)).join('')
  ]
]

it.each(broken)('%s: every message is found, however the stream is cut', (_name, stream) => {
  const bytes = Buffer.from(stream)
  for (let piece = 1; piece <= bytes.length; piece = piece < 200 ? piece + 1 : piece * 2) {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; at += piece) pieces.push(Buffer.from(bytes.subarray(at, at + piece)))
    const seen = framed(pieces, 100_000).map(([text]) => Buffer.from(text, 'latin1').toString())
    // A piece may end where a wrong count does: that message alone may lose its edge.
    const found = messages.filter((text) => seen.includes(text)).length
    expect(found, `pieces of ${piece}`).toBeGreaterThanOrEqual(messages.length - 2)
    if (piece >= bytes.length) expect(found).toBe(messages.length)
  }
})

it('what is counted rightly is never cut, whatever it holds', () => {
  const text = fc
    .array(
      fc.constantFrom(
        '<13>Nov 23 07:30:52 x y: z',
        '\n',
        '\0<14>',
        '\r<13>Nov 23 07:30:52 a',
        '12 <13>1 2026-',
        '99 ',
        '5',
        'ế',
        ' ',
        '<',
        'a b'
      ),
      { maxLength: 12 }
    )
    .map((parts) => `<13>Nov 23 07:30:52 h app: ${parts.join('')}.`)
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      (texts, piece, feed) => {
        const bytes = Buffer.from(texts.map((one) => `${size(one)} ${one}${feed ? '\n' : ''}`).join(''))
        const pieces: Buffer[] = []
        for (let at = 0; at < bytes.length; at += piece) pieces.push(Buffer.from(bytes.subarray(at, at + piece)))
        const seen = framed(pieces, 100_000).map(([one]) => Buffer.from(one, 'latin1').toString())
        expect(seen).toEqual(texts)
      }
    ),
    { numRuns: 400 }
  )
})

it('a line that quotes another message stays whole', () => {
  const line =
    '<14>1 2026-11-23T00:30:52Z relay - - - - <38>Nov 23 07:30:52 may-a sshd[1]: said "<13>Nov 23 07:30:52 x: y"'
  for (let piece = 1; piece < 40; piece++) {
    const bytes = Buffer.from(`${line}\n${line}\n`)
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; at += piece) pieces.push(Buffer.from(bytes.subarray(at, at + piece)))
    expect(framed(pieces).map(([text]) => text)).toEqual([line, line])
  }
})

it('counts before texts without a priority lead from one to the next', () => {
  expect(texts('5 a b c6 d e fg3 h i')).toEqual([
    ['a b c', 0],
    ['d e fg', 0],
    ['h i', 0]
  ])
  expect(texts('12 monkeys\n14 cats\n')).toEqual([
    ['12 monkeys', 0],
    ['14 cats', 0]
  ])
})
