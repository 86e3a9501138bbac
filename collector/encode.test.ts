import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_SEARCH_BYTES, encodeEvent } from './encode.ts'
import { eventOf } from '#testing/frames.ts'

describe('an event as the stores take it', () => {
  it('has its columns, its time and its units', () => {
    const event = eventOf('<38>Nov 23 07:30:52 web-a sshd[9]: Failed password for root from 203.0.113.9 port 4 ssh2')
    const encoded = encodeEvent(event)
    expect(encoded).toMatchObject({
      id: 'spool-7',
      time: Date.parse('2026-11-23T00:30:52Z'),
      unit: '19849',
      senderUnit: '19849',
      columns: {
        'host.name': 'web-a',
        'user.name': 'root',
        'source.ip': '203.0.113.9',
        'destination.ip': '',
        'event.code': '',
        'event.action': 'ssh_login',
        'event.outcome': 'failure',
        'event.dataset': 'system.auth',
        'process.name': 'sshd',
        'url.path': '',
        'rule.name': ''
      }
    })
    expect(JSON.parse(encoded.json)).toEqual(event)
  })

  it('is found by what people type: host, address, user, message', () => {
    const text = encodeEvent(
      eventOf('<38>Nov 23 07:30:52 web-a sshd[9]: Failed password for root from 203.0.113.9 port 4 ssh2')
    ).text
    for (const word of ['web-a', '203.0.113.9', 'root', 'Failed password', 'Xã Phong Thu']) expect(text).toContain(word)
  })

  it('keeps an address that only begins like another one', () => {
    const event = eventOf('<38>Nov 23 07:30:52 web-a app: peer 192.0.2.15 said so')
    event['source'] = { ip: '192.0.2.1' }
    expect(encodeEvent(event).text).toMatch(/192\.0\.2\.15 said so.* 192\.0\.2\.1( |$)/)
  })

  it('never has more than 8 KiB of search text, and no NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 200 }), (word, times) => {
        const event = eventOf(`<13>x ${word.repeat(times)}`)
        const { text } = encodeEvent(event)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_SEARCH_BYTES)
        expect(text).not.toContain('\0')
      }),
      { numRuns: 60 }
    )
  })
})
