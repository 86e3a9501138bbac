import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeEvent } from './encode.ts'
import { parsers } from './parsers/index.ts'
import { frameOf, interpreter } from '#testing/frames.ts'

/** Bytes of JSON that one byte of a frame may become: escapes (`\u0000` is six), the original, the message and parts of it. */
const GROWTH = 40
/** Envelope, ids, names and empty objects. */
const FIXED = 6_000

/** Whatever the bytes: an event that encodes and is bounded, or a dead letter with a short reason. Never an exception. */
function holds(raw: Buffer): void {
  const outcome = interpreter.interpret(frameOf(raw))
  if ('rejected' in outcome) {
    expect(outcome.rejected.code).toMatch(/^parse\.[a-z_]+$/)
    // An exception inside a parser ends as parse.failed: none may.
    expect(outcome.rejected.code, outcome.rejected.detail).not.toBe('parse.failed')
    expect(outcome.rejected.detail.length).toBeLessThanOrEqual(220)
    return
  }
  const { event } = outcome
  const encoded = encodeEvent(event)
  expect(encoded.json.length).toBeLessThanOrEqual(FIXED + GROWTH * raw.length)
  expect(encoded.time).not.toBeNaN()
  expect(event.event.id).toBe('spool-7')
  expect(event.organization.id).toBe('19849')
  expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}

const sampleFiles = [...parsers.flatMap((parser) => parser.samples.map(({ file }) => file)), 'ecs.ndjson']
const samples = sampleFiles.map((file) => ({
  file,
  lines: readFileSync(join(import.meta.dirname, '../sample-logs', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line))
}))

/** Pieces that parsers look for, in any order: far more telling than random bytes. */
const pieces = fc.constantFrom(
  ...`<38>|<13>1 |Nov 23 07:30:52 |2026-11-23T00:30:52Z |- |[a b="c"]|host |sshd[1]: |sudo: |CRON[2]: |pam_unix(x:auth): |Failed password for |invalid user | from |192.0.2.1|::1| port 22| ssh2|message repeated 9 times: [ |]|session opened for user a by b(uid=0)| : TTY=a ; COMMAND=|date=2026-11-23 |devid=|type=|"|\\|=|=" |eventtime=1795393852 | - - |[23/Nov/2026:07:30:52 +0700] "GET / HTTP/1.1" 200 1|"-" "-"|%|%E1|{"|"}|{"@timestamp":|"message":"|"winlog":{|"EventID":1,|"Channel":"Security",|"Event":{"System":{|__proto__|constructor|null|1e999|,|:|<Event><System>|</System>|<EventID>4625</EventID>|<Data Name='x'>|</Data></Event>|<![CDATA[|&lt;|&#0;|CEF:0\|Fortinet\|F\|1\|2\|x:y z\|3\||MSWinEventLog\t1\tSecurity\t|4625\t|7662: |%SYS-5-X: |ICT 2026 |ssh2: RSA-CERT SHA256:a ID |(serial 1) CA RSA b|\\x22|\\u00|from 192.0.2.1 port 2 |Account Name: |rhost=|COMMAND=|\u0000|ế|\ufeff`.split(
    '|'
  )
)

describe('hostile frames', () => {
  it('of any bytes end in an outcome', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => holds(Buffer.from(bytes))),
      { numRuns: 500 }
    )
  })

  it('made of the words that parsers look for end in an outcome', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => holds(Buffer.from(parts.join('')))),
      { numRuns: 3_000 }
    )
  })

  it.each(samples)('valid lines of $file, cut, doubled and overwritten, end in an outcome', ({ lines }) => {
    const mutation = fc.record({
      line: fc.constantFrom(...lines),
      at: fc.nat(2_000),
      remove: fc.nat(40),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
        pieces.map((piece) => Buffer.from(piece))
      )
    })
    fc.assert(
      fc.property(mutation, ({ line, at, remove, insert }) => {
        const place = at % (line.length + 1)
        holds(Buffer.concat([line.subarray(0, place), insert, line.subarray(place + remove)]))
      }),
      { numRuns: 400 }
    )
  })

  it('of any JSON document end in an outcome', () => {
    const names = fc.constantFrom(
      ...'@timestamp message host event source user winlog event_data EventID Channel Event System schema times technical log process ip port name id vendor organization labels tags time PROGRAM MESSAGE a.b host.name'.split(
        ' '
      )
    )
    const { document } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom(
          '192.0.2.1',
          'Security',
          'Microsoft-Windows-Sysmon',
          '2026-11-23T00:30:52Z',
          'vong_lau.exchange/1'
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('document')
      ),
      document: fc.dictionary(names, tie('value'), { maxKeys: 6 })
    }))
    fc.assert(
      fc.property(document, (value) => holds(Buffer.from(JSON.stringify(value)))),
      { numRuns: 1_500 }
    )
  })

  it('of 250 KB of one repeated piece are read in linear time', () => {
    for (const piece of [
      '=',
      '"',
      '\\',
      ' ',
      '[',
      '{',
      'a=""',
      '="" ',
      'a.',
      ' from ',
      '] "',
      ' - ',
      ':',
      ';',
      '%',
      '\\"',
      ' ; ',
      '<a>',
      '<a b="c"/>',
      '&lt;',
      '\\x22',
      ' x=',
      '\t',
      ' ssh2: A-CERT b ID ',
      ' from 192.0.2.1 port 2 ssh2: RSA-CERT a ID (serial 1) CA b c',
      'Account Name: ',
      '1: ',
      '] '
    ]) {
      for (const head of [
        '',
        '<38>Nov 23 07:30:52 h sshd[1]: ',
        'date=1 devid=x type=',
        'date=1,devid=x,type=',
        'CEF:0|Fortinet|F|1|2|x:y z|3|',
        'MSWinEventLog\t1\tSecurity\t1\tx\t4625\t',
        '<Event><System><Channel>Security</Channel>',
        '<38>Nov 23 07:30:52 h sshd[1]: Failed publickey for ',
        '<189>1: ',
        '192.0.2.1 - - [23/Nov/2026:07:30:52 +0700] "',
        '<13>1 2026-11-23T00:30:52Z h a - - [',
        '{"message":"'
      ]) {
        const raw = Buffer.from(head + piece.repeat(Math.floor(250_000 / piece.length)))
        const before = process.threadCpuUsage()
        holds(raw)
        const spent = process.threadCpuUsage(before)
        // Quadratic readers need minutes for this; a loaded machine does not.
        expect(spent.user, `${head}${piece}`).toBeLessThan(2_000_000)
      }
    }
  })
})
