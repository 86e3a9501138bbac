import { describe, expect, it } from 'vitest'
import { at, eventOf, pick, rejectionOf } from '#testing/frames.ts'

describe('syslog envelopes', () => {
  it('opens RFC 3164 with the sender’s zone', () => {
    const event = eventOf('<30>Nov 23 07:30:52 web-phongan systemd[4179]: Stopped target Paths.')
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    expect(
      pick(event, 'message', 'host.name', 'process.name', 'process.pid', 'event.dataset', 'event.timezone', 'log.level')
    ).toEqual({
      message: 'Stopped target Paths.',
      'host.name': 'web-phongan',
      'process.name': 'systemd',
      'process.pid': 4179,
      'event.dataset': 'system.syslog',
      'event.timezone': '+07:00',
      'log.level': 'info'
    })
    expect(at(event, 'log.syslog')).toMatchObject({
      priority: 30,
      facility: { code: 3, name: 'system' },
      severity: { code: 6, name: 'Informational' },
      appname: 'systemd',
      procid: '4179'
    })
  })

  it('opens RFC 5424 with structured data, escapes and a BOM', () => {
    const event = eventOf(
      '<165>1 2026-11-23T00:30:52.003Z host.example app 8710 ID47 [ex@32473 iut="3" said="a \\"b\\" \\] c\\\\"][z@1 k="v"] \ufeffXin chào'
    )
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.003Z')
    expect(at(event, 'message')).toBe('Xin chào')
    expect(at(event, 'log.syslog')).toMatchObject({
      version: '1',
      msgid: 'ID47',
      structured_data: { 'ex@32473': { iut: '3', said: 'a "b" ] c\\' }, 'z@1': { k: 'v' } }
    })
  })

  it('leaves fields out that RFC 5424 writes as a dash', () => {
    const event = eventOf('<14>1 2026-11-23T00:30:52Z - - - - - msg-1- line')
    expect(pick(event, 'message', 'host', 'process', 'log.syslog.msgid')).toEqual({
      message: 'msg-1- line',
      host: undefined,
      process: undefined,
      'log.syslog.msgid': undefined
    })
  })

  it('takes the sender’s zone where RFC 5424 or RFC 3339 leaves it out', () => {
    for (const line of ['<14>1 2026-11-23T07:30:52 h a - - - x', '<14>2026-11-23T07:30:52 h a: x']) {
      const event = eventOf(line)
      expect(event['@timestamp'], line).toBe('2026-11-23T00:30:52.000Z')
      expect(at(event, 'event.timezone'), line).toBe('+07:00')
    }
  })

  it('keeps broken structured data in the message', () => {
    expect(at(eventOf('<14>1 2026-11-23T00:30:52Z h a - - [broken k=v hello'), 'message')).toBe('[broken k=v hello')
  })

  it('opens the older form with an RFC 3339 time, as rsyslog forwards it', () => {
    const event = eventOf('<13>2026-11-23T07:30:52.514616+07:00 vm app: hello')
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.514Z')
    expect(pick(event, 'host.name', 'process.name', 'message', 'event.timezone')).toEqual({
      'host.name': 'vm',
      'process.name': 'app',
      message: 'hello',
      'event.timezone': undefined
    })
  })

  it('leaves rsyslog’s escapes of control characters as they are', () => {
    const event = eventOf('<13>2026-11-23T00:30:52+00:00 no header here just text#000nul#012second line\n')
    expect(pick(event, 'host.name', 'message')).toEqual({
      'host.name': 'no',
      message: 'header here just text#000nul#012second line'
    })
  })

  it('takes a priority alone as an envelope, and the receive time with it', () => {
    const event = eventOf('<13>no header here just text')
    expect(event['@timestamp']).toBe('2026-11-23T00:35:00.000Z')
    expect(at(event, 'message')).toBe('no header here just text')
    expect(event.soc.flags).toEqual(['no_time'])
    expect(at(eventOf('<38>sshd[123]: hello'), 'process.pid')).toBe(123)
  })

  it('finds no host where none is written', () => {
    for (const line of [
      'Apr 4 03:39:57 --- last message repeated 1 time ---',
      'Feb  9 21:20:08  sshd[8317]: last message repeated 2 times',
      'Nov 23 07:30:52 sshd[8317]: Server listening'
    ]) {
      expect(at(eventOf(line), 'host.name'), line).toBeUndefined()
    }
  })

  it('reads lines of a log file, which have no priority', () => {
    const event = eventOf('2026-11-23T07:30:02.203151+07:00 linux-a systemd[4179]: Stopped target Paths.')
    expect(pick(event, 'host.name', 'process.name', 'log.syslog.priority')).toEqual({
      'host.name': 'linux-a',
      'process.name': 'systemd',
      'log.syslog.priority': undefined
    })
  })

  it('does not take a priority out of range, or a date without a program, for an envelope', () => {
    for (const line of ['<192>Nov 23 07:30:52 h a: b', '<>x', '<1a>x', '<0001>x', '2026-11-23T07:30:02Z just a note']) {
      expect(rejectionOf(line), line).toBe('parse.no_parser')
    }
  })

  it('names the auth facilities’ dataset even for programs nobody knows', () => {
    expect(at(eventOf('<86>Nov 23 07:30:52 h my-login[3]: someone came'), 'event.dataset')).toBe('system.auth')
  })

  it('cannot be made to write a prototype through structured data', () => {
    const event = eventOf('<14>1 2026-11-23T00:30:52Z h a - - [__proto__ polluted="1"][a __proto__="1"] x')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    expect(at(event, 'log.syslog.structured_data')).toEqual({ a: {} })
  })
})
