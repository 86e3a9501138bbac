import { describe, expect, it } from 'vitest'
import { at, eventOf, pick, rejectionOf } from '#testing/frames.ts'

const document = (fields: object) => eventOf(JSON.stringify({ '@timestamp': '2026-11-23T00:30:00Z', ...fields }))

describe('ECS documents as they come', () => {
  it('stay as they are', () => {
    const fields = {
      message: 'hello',
      event: { category: ['web'], dataset: 'igate.access', outcome: 'success' },
      source: { ip: '192.0.2.1', port: 5 },
      tags: ['a'],
      labels: { vung: 'bac' }
    }
    const event = document(fields)
    expect(event).toMatchObject(fields)
    expect(event['@timestamp']).toBe('2026-11-23T00:30:00.000Z')
    expect(pick(event, 'vendor', 'event.original')).toEqual({ vendor: undefined, 'event.original': undefined })
  })

  it('have their dotted names opened', () => {
    expect(at(document({ 'host.name': 'vm', 'host.ip': ['192.0.2.1'] }), 'host')).toEqual({
      name: 'vm',
      hostname: 'vm',
      ip: ['192.0.2.1']
    })
  })

  it('keep fields of their own below vendor, however deep', () => {
    const event = document({ ung_dung: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } } })
    expect(JSON.stringify(at(event, 'vendor'))).toContain('\\"i\\":1')
    expect(at(event, 'ung_dung')).toBeUndefined()
  })

  it('lose no value of a wrong kind: it moves to vendor', () => {
    const event = document({
      source: { ip: 'không rõ', port: '443', bytes: 'many' },
      process: { pid: 'x', parent: 'init' },
      user: { name: { first: 'Lan' } },
      message: { text: 'x' },
      related: { ip: ['192.0.2.1', 'nobody'] }
    })
    expect(pick(event, 'source', 'process', 'user', 'message', 'related.ip')).toEqual({
      source: { port: 443 },
      process: undefined,
      user: undefined,
      message: undefined,
      'related.ip': ['192.0.2.1']
    })
    expect(at(event, 'vendor')).toEqual({
      'source.ip': 'không rõ',
      'source.bytes': 'many',
      'process.pid': 'x',
      'process.parent': 'init',
      'user.name': { first: 'Lan' },
      message: { text: 'x' },
      'related.ip': ['192.0.2.1', 'nobody']
    })
  })

  it('cannot say what only we say', () => {
    const event = document({
      event: { id: 'mine', created: '1999-01-01T00:00:00Z', kind: 'alert' },
      soc: { origin: 'canary', sender: 'x' },
      organization: { id: '19792', name: 'x' }
    })
    expect(event.event).toMatchObject({ id: 'spool-7', created: '2026-11-23T00:35:00.000Z', kind: 'event' })
    expect(event.soc).toMatchObject({ origin: 'real', sender: 'phong-thu' })
    expect(event.organization.id).toBe('19849')
    expect(at(event, 'vendor')).toMatchObject({ 'event.id': 'mine', 'event.kind': 'alert', soc: { origin: 'canary' } })
  })

  it('may call host, user and the like by one word', () => {
    const event = document({ host: 'qlvb-01', user: 'cb-0171', service: { name: 'qlvb' }, message: 'x' })
    expect(pick(event, 'host.name', 'user.name', 'service.name', 'vendor')).toEqual({
      'host.name': 'qlvb-01',
      'user.name': 'cb-0171',
      'service.name': 'qlvb',
      vendor: undefined
    })
  })
})

describe('JSON of other tools', () => {
  it('by syslog-ng, with a line that a parser knows', () => {
    const event = eventOf(
      '{"PROGRAM":"sshd","MESSAGE":"Failed password for root from 203.0.113.9 port 4 ssh2","ISODATE":"2026-11-23T07:30:00+07:00","HOST":"web-a","PID":"9","FACILITY":"auth"}'
    )
    expect(event['@timestamp']).toBe('2026-11-23T00:30:00.000Z')
    expect(pick(event, 'event.dataset', 'user.name', 'source.ip', 'host.name', 'process', 'vendor')).toEqual({
      'event.dataset': 'system.auth',
      'user.name': 'root',
      'source.ip': '203.0.113.9',
      'host.name': 'web-a',
      process: { name: 'sshd', pid: 9 },
      vendor: { FACILITY: 'auth' }
    })
  })

  it('by Fluent Bit and journald, with their own clocks', () => {
    expect(eventOf('{"date":1795393852.25,"log":"hello"}')['@timestamp']).toBe('2026-11-23T00:30:52.250Z')
    const journal = eventOf(
      '{"MESSAGE":"x","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"app","__REALTIME_TIMESTAMP":"1795393852250000"}'
    )
    expect(journal['@timestamp']).toBe('2026-11-23T00:30:52.250Z')
    expect(pick(journal, 'host.name', 'process.name')).toEqual({ 'host.name': 'h', 'process.name': 'app' })
  })

  it('with a whole syslog line as the message: the line is read, and kept', () => {
    const line = 'Nov 23 07:30:08 web-a sudo:  lan : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls'
    const event = document({ message: line, event: { dataset: 'system.auth', module: 'system' } })
    expect(event['@timestamp']).toBe('2026-11-23T00:30:08.000Z')
    expect(pick(event, 'event.action', 'user.name', 'host.name', 'event.original')).toEqual({
      'event.action': 'sudo_command',
      'user.name': 'lan',
      'host.name': 'web-a',
      'event.original': line
    })
  })

  it('without a time, a message or a known form is a dead letter', () => {
    expect(rejectionOf('{"gia_tri":17}')).toBe('parse.unknown_document')
    expect(rejectionOf('{}')).toBe('parse.unknown_document')
  })
})

describe('documents that only lack a message or wrap it up', () => {
  const time = '2026-11-23T00:30:52.000Z'
  it.each([
    '{"timestamp":"2026-11-23T07:30:52.000000+0700","event_type":"alert","src_ip":"192.0.2.9"}',
    '{"time":"2026-11-23T00:30:52Z","event":"join"}',
    '{"eventTime":"2026-11-23T00:30:52Z","eventName":"ConsoleLogin"}',
    '{"message":{"a":1},"ts":1795393852}',
    '{"@timestamp":"khong ro","timestamp":"2026-11-23T00:30:52Z"}'
  ])('are events by their time: %s', (line) => {
    expect(eventOf(line)['@timestamp']).toBe(time)
  })

  it('name both ends of a connection, under the tool’s own names too', () => {
    const event = eventOf(
      '{"timestamp":"2026-11-23T00:30:52Z","src_ip":"192.0.2.9","src_port":5,"dest_ip":"203.0.113.1","dest_port":53}'
    )
    expect(pick(event, 'source', 'destination.ip', 'destination.port', 'vendor.src_ip')).toEqual({
      source: { address: '192.0.2.9', ip: '192.0.2.9', port: 5 },
      'destination.ip': '203.0.113.1',
      'destination.port': 53,
      'vendor.src_ip': '192.0.2.9'
    })
  })

  const failed = 'Failed password for root from 192.0.2.9 port 4 ssh2'
  it.each([
    [
      'journald’s bytes',
      {
        __REALTIME_TIMESTAMP: '1795393852000000',
        _HOSTNAME: 'may-a',
        SYSLOG_IDENTIFIER: 'sshd',
        _PID: '9',
        MESSAGE: [...Buffer.from(`${failed}\r`)]
      }
    ],
    [
      'rsyslog’s template',
      { timestamp: time, host: 'may-a', severity: 'info', facility: 'auth', syslogtag: 'sshd[9]:', message: failed }
    ],
    [
      'OpenTelemetry',
      {
        '@timestamp': time,
        body: { text: failed },
        severity_text: 'INFO',
        resource: { attributes: { 'host.name': 'may-a' } },
        attributes: { appname: 'sshd', procid: '9' }
      }
    ],
    [
      'OpenTelemetry, a whole line',
      {
        '@timestamp': time,
        body: { text: `Nov 23 07:30:52 may-a sshd[9]: ${failed}` },
        attributes: { 'log.file.name': 'auth.log' }
      }
    ]
  ])('are read as the line they carry: %s', (_name, fields) => {
    const event = eventOf(JSON.stringify(fields))
    expect(event['@timestamp']).toBe(time)
    expect(pick(event, 'source.ip', 'event.outcome', 'host.name', 'process.name', 'process.pid')).toEqual({
      'source.ip': '192.0.2.9',
      'event.outcome': 'failure',
      'host.name': 'may-a',
      'process.name': 'sshd',
      'process.pid': 9
    })
  })

  it.each([
    ['fe80::1%eth0', 'fe80::1'],
    ['::FFFF:192.0.2.9', '192.0.2.9'],
    ['::ffff:c000:0209', '192.0.2.9'],
    ['[2001:DB8::A]:443', '2001:db8::a'],
    ['192.0.2.9:443', '192.0.2.9'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1']
  ])('have one spelling of an address: %s', (ip, plain) => {
    expect(at(document({ message: 'x', source: { ip } }), 'source.ip')).toBe(plain)
  })
})
