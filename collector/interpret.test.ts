import { describe, expect, it } from 'vitest'
import { frameFlag } from '#core/frame.ts'
import { MAX_KEYS } from './read-document.ts'
import { at, commune, eventOf, frameOf, interpreter, pick, rejectionOf, snapshot } from '#testing/frames.ts'
import { createInterpreter } from './interpret.ts'

const line = '<30>Nov 23 07:30:52 web-a app: hello'

describe('one frame in, one outcome out', () => {
  it('puts on what only the frame knows', () => {
    const event = eventOf(line, { origin: 'demonstration', id: 'spool-99' })
    expect(event.event).toMatchObject({
      id: 'spool-99',
      kind: 'event',
      created: '2026-11-23T00:35:00.000Z',
      original: line
    })
    expect(event.organization).toEqual({ id: '19849', name: 'Xã Phong Thu' })
    expect(event.soc).toEqual({
      origin: 'demonstration',
      sender: 'phong-thu',
      sender_unit: '19849',
      listener: 'syslog-tcp',
      peer: '192.0.2.200:40000',
      parser: 'syslog'
    })
  })

  it('gives the same event for the same frame, whenever it is asked', () => {
    const frame = frameOf(line)
    expect(interpreter.interpret(frame)).toEqual(createInterpreter(snapshot).interpret(frame))
  })

  it('uses a new snapshot from the next frame on', () => {
    const changing = createInterpreter(snapshot)
    changing.setSnapshot({ ...snapshot, senders: [{ ...commune, utcOffsetMinutes: 0 }] })
    const outcome = changing.interpret(frameOf(line))
    expect('event' in outcome && outcome.event['@timestamp']).toBe('2026-11-23T07:30:52.000Z')
  })

  it('does not count framing as content', () => {
    expect(at(eventOf(`${line}\n`), 'message')).toBe('hello')
    expect(at(eventOf(`${line}\r\n\0`), 'message')).toBe('hello')
    expect(rejectionOf('')).toBe('parse.empty')
    expect(rejectionOf('\n\0\r\n')).toBe('parse.empty')
  })

  it('tells a clock that is wrong, and by how much', () => {
    expect(eventOf('<30>Nov 23 07:20:00 web-a app: hello').soc.skew_ms).toBe(-15 * 60_000)
    expect(eventOf('<30>Nov 23 07:33:00 web-a app: hello').soc.skew_ms).toBeUndefined()
  })

  it('files events of 1970 and 2099 under their receive time and keeps what they said', () => {
    for (const year of ['1970', '2099']) {
      const event = eventOf(`<30>1 ${year}-01-01T00:00:00Z h a - - - x`)
      expect(event['@timestamp']).toBe('2026-11-23T00:35:00.000Z')
      expect(at(event, 'event.reference_time')).toBe(`${year}-01-01T00:00:00.000Z`)
      expect(event.soc.flags).toEqual(['time_replaced'])
    }
  })

  it('says what happened to the frame on its way', () => {
    expect(eventOf(line, { flags: frameFlag.truncated | frameFlag.halfFrame }).soc.flags).toEqual([
      'truncated',
      'half_frame'
    ])
  })

  it('decodes damaged UTF-8 and keeps the bytes', () => {
    const raw = Buffer.concat([Buffer.from('<30>Nov 23 07:30:52 web-a app: '), Buffer.from([0xff, 0xfe, 0x41])])
    const event = eventOf(raw)
    expect(at(event, 'message')).toBe('\ufffd\ufffdA')
    expect(event.soc.flags).toEqual(['bad_utf8'])
    expect(Buffer.from(String(at(event, 'event.original_base64')), 'base64').equals(raw)).toBe(true)
  })

  it('reads UTF-16 that begins with its mark', () => {
    const raw = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${line}\n`, 'utf16le')])
    expect(at(eventOf(raw), 'message')).toBe('hello')
  })

  it.each(['utf16le', 'utf16be'] as const)(
    'reads every line of a file of %s that was cut at its line feeds',
    (kind) => {
      const lines = ['Đăng nhập thất bại', 'Mật khẩu sai: 3', 'plain text only'].map(
        (message) => `{"@timestamp":"2026-11-23T00:30:52.000Z","message":"${message}"}`
      )
      const little = Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le')
      const file = kind === 'utf16le' ? little : Buffer.from(little).swap16()
      const pieces: Buffer[] = []
      for (let at = 0, feed = file.indexOf(10); feed >= 0; at = feed + 1, feed = file.indexOf(10, at)) {
        pieces.push(file.subarray(at, feed))
      }
      const events = pieces.map((piece) => eventOf(piece))
      expect(events.map((event) => event['message'])).toEqual([
        'Đăng nhập thất bại',
        'Mật khẩu sai: 3',
        'plain text only'
      ])
      expect(events.flatMap((event) => event.soc.flags ?? [])).toEqual([])
      // What ends a frame may be trimmed away together with half a character.
      const trimmed = pieces.map((piece) =>
        piece.subarray(0, piece.findLastIndex((byte) => byte !== 0 && byte !== 13) + 1)
      )
      expect(trimmed.map((piece) => eventOf(piece)['message'])).toEqual(events.map((event) => event['message']))
    }
  )

  it('spells Vietnamese one way, and keeps the original spelling', () => {
    const decomposed = '<30>Nov 23 07:30:52 web-a app: Huế'.normalize('NFD')
    const event = eventOf(decomposed)
    expect(at(event, 'message')).toBe('Huế'.normalize('NFC'))
    expect(at(event, 'event.original')).toBe(decomposed)
  })

  it('cuts fields at 32,766 bytes, not the original', () => {
    const event = eventOf(`<30>Nov 23 07:30:52 web-a app: ${'ế'.repeat(20_000)}`)
    expect(Buffer.byteLength(String(at(event, 'message')))).toBeLessThanOrEqual(32_766)
    expect(String(at(event, 'event.original')).length).toBeGreaterThan(20_000)
    expect(event.soc.flags).toEqual(['cut'])
  })

  it('takes the dataset from the request where the document names none', () => {
    const document = '{"message":"x"}'
    expect(at(eventOf(document, { hint: 'qlvb.audit' }), 'event.dataset')).toBe('qlvb.audit')
    expect(at(eventOf(document, { hint: 'filebeat-8.17.0' }), 'event.dataset')).toBe('generic')
    expect(at(eventOf('<30>x', { hint: 'qlvb.audit' }), 'event.dataset')).toBe('system.syslog')
  })

  it('opens JSON that came by syslog', () => {
    const event = eventOf('<30>Nov 23 07:30:52 web-a app: {"message":"hi","event":{"dataset":"app.log"}}')
    expect(pick(event, 'message', 'event.dataset', 'host.name')).toEqual({
      message: 'hi',
      'event.dataset': 'app.log',
      'host.name': 'web-a'
    })
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    expect(at(eventOf('<30>Nov 23 07:30:52 web-a app: {broken'), 'message')).toBe('{broken')
  })
})

describe('JSON bombs', () => {
  it('nested 100,000 deep are dead letters', () => {
    const depth = 100_000
    expect(rejectionOf(`{"message":"x","a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toBe('parse.too_deep')
    expect(rejectionOf(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toBe('parse.too_deep')
  })

  it('with too many keys are dead letters', () => {
    const keys = Array.from({ length: MAX_KEYS + 1 }, (_, index) => `"k${index}":1`).join()
    expect(rejectionOf(`{${keys}}`)).toBe('parse.too_many_keys')
  })

  it('with too many elements are dead letters', () => {
    expect(rejectionOf(`{"message":"x","a":[${'1,'.repeat(100_000)}1]}`)).toBe('parse.too_many_elements')
  })

  it('with a key of 10,000 dots stay one key', () => {
    const event = eventOf(`{"message":"x","${'a.'.repeat(10_000)}a":1}`)
    expect(event.soc.flags).toContain('cut')
    expect(Object.keys(at(event, 'vendor') as object)).toHaveLength(1)
  })

  it('cannot reach a prototype by any spelling', () => {
    for (const key of [
      '__proto__',
      'constructor',
      'prototype',
      '__proto__.polluted',
      'constructor.prototype.polluted',
      'host.__proto__.polluted'
    ]) {
      const event = eventOf(`{"message":"x",${JSON.stringify(key)}:{"polluted":true}}`)
      expect(event.soc.flags, key).toContain('unsafe_key')
      expect(({} as { polluted?: boolean }).polluted, key).toBeUndefined()
      expect(at(event, 'event.original'), key).toContain(key)
    }
  })

  it('keep integers that a double cannot hold as text', () => {
    const event = eventOf('{"message":"x","ma":9007199254740993,"nho":42,"phan":1.5}')
    expect(at(event, 'vendor')).toEqual({ ma: '9007199254740993', nho: 42, phan: 1.5 })
  })
})
