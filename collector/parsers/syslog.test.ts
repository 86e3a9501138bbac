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

  it('does not take a word in brackets, or a date without a program, for an envelope', () => {
    for (const line of ['<a>x', '<1a>x', '<13', '<12345678901>x', '2026-11-23T07:30:02Z just a note']) {
      expect(rejectionOf(line), line).toBe('parse.no_parser')
    }
  })

  it.each(['<192>Nov 23 07:30:52 h a: b', '<>Nov 23 07:30:52 h a: b', '<0001>x', '<999>x'])(
    'keeps a priority that is none as part of the text: %s',
    (line) => {
      const event = eventOf(line)
      expect(pick(event, 'message', 'host.name', 'log.syslog.priority')).toEqual({
        message: line,
        'host.name': undefined,
        'log.syslog.priority': undefined
      })
    }
  )

  it('names the auth facilities’ dataset even for programs nobody knows', () => {
    expect(at(eventOf('<86>Nov 23 07:30:52 h my-login[3]: someone came'), 'event.dataset')).toBe('system.auth')
  })

  it('cannot be made to write a prototype through structured data', () => {
    const event = eventOf('<14>1 2026-11-23T00:30:52Z h a - - [__proto__ polluted="1"][a __proto__="1"] x')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    expect(at(event, 'log.syslog.structured_data')).toEqual({ a: {} })
  })
})

describe('headers of network devices', () => {
  const utc = '2026-11-23T00:30:52.000Z'
  it.each([
    [
      'sequence number and zone',
      '<189>81: Nov 23 07:30:52 ICT: %SYS-5-CONFIG_I: done',
      utc,
      undefined,
      '%SYS-5-CONFIG_I'
    ],
    ['clock not set', '<189>81: *Nov 23 07:30:52: %SYS-5-CONFIG_I: done', utc, undefined, '%SYS-5-CONFIG_I'],
    ['origin and UTC', '<189>81: SW-02: Nov 23 00:30:52 UTC: %SYS-5-CONFIG_I: x', utc, 'SW-02', '%SYS-5-CONFIG_I'],
    ['a year in front', '<189>81: 2026 Nov 23 07:30:52 ICT: %ETHPORT-5-IF_UP: x', utc, undefined, '%ETHPORT-5-IF_UP'],
    ['a zone of many meanings', '<189>81: Nov 23 07:30:52 CST: %SYS-5-CONFIG_I: x', utc, undefined, '%SYS-5-CONFIG_I'],
    ['ASA with year and host', '<166>Nov 23 2026 07:30:52 fw-1 : %ASA-6-302013: Built', utc, 'fw-1', '%ASA-6-302013'],
    ['ASA with year', '<166>Nov 23 2026 07:30:52: %ASA-6-302013: Built', utc, undefined, '%ASA-6-302013'],
    ['a relay in front', '<189>Nov 23 07:30:52 192.0.2.3 81: %SYS-5-CONFIG_I: x', utc, '192.0.2.3', '%SYS-5-CONFIG_I']
  ])('are read: %s', (_name, line, time, host, program) => {
    const event = eventOf(line)
    expect([event['@timestamp'], at(event, 'host.name'), at(event, 'process.name')]).toEqual([time, host, program])
  })

  it('that count from their start keep the receive time', () => {
    const event = eventOf('<189>81: RT-1: 000082: 1w2d: %LINK-3-UPDOWN: Interface down')
    expect(pick(event, 'host.name', 'process.name', 'message', 'soc.flags')).toEqual({
      'host.name': 'RT-1',
      'process.name': '%LINK-3-UPDOWN',
      message: 'Interface down',
      'soc.flags': ['no_time']
    })
  })
})

describe('other spellings of a header’s time', () => {
  it.each([
    '<13>Nov 23 07:30:52 +0700 may-a app[1]: x',
    '<13>Nov 23 00:30:52 UTC may-a app[1]: x',
    '<13>Nov 23 07:30:52 2026 may-a app[1]: x',
    '<13>Nov 23 07:30:52 ICT 2026 may-a app[1]: x',
    '<13>2026-11-23 07:30:52 may-a app[1]: x',
    '<13>2026-11-23 07:30:52 +07:00 may-a app[1]: x',
    '<13>2026-11-23 00:30:52 UTC may-a app[1]: x',
    '<13> Nov 23 07:30:52 may-a app[1]: x'
  ])('%s', (line) => {
    const event = eventOf(line)
    expect([event['@timestamp'], at(event, 'host.name'), at(event, 'process.name')]).toEqual([
      '2026-11-23T00:30:52.000Z',
      'may-a',
      'app'
    ])
  })

  it('a host that bears the name of a zone stays a host', () => {
    expect(at(eventOf('<13>Nov 23 07:30:52 EST app[1]: x'), 'host.name')).toBe('EST')
  })
})

describe('structured data', () => {
  it('keeps parameters and elements that come twice', () => {
    const event = eventOf('<34>1 2026-11-23T00:30:52Z h app - - [a k="1" k="2" k="3"][b x="1"][b y="2"] hi')
    expect(at(event, 'log.syslog.structured_data')).toEqual({ a: { k: ['1', '2', '3'] }, b: { x: '1', y: '2' } })
  })
})

it('a whole older line inside a header that says nothing is opened', () => {
  const event = eventOf(
    '<14>1 2026-11-23T00:31:00Z - - - - - \ufeff<38>Nov 23 07:30:52 may-a sshd[1]: Failed password for root from 192.0.2.9 port 4 ssh2'
  )
  expect(pick(event, 'host.name', 'source.ip', 'log.syslog.priority')).toEqual({
    'host.name': 'may-a',
    'source.ip': '192.0.2.9',
    'log.syslog.priority': 38
  })
})
