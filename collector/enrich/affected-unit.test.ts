import { describe, expect, it } from 'vitest'
import { at, commune, eventOf, interpreter, platform, snapshot, frameOf } from '#testing/frames.ts'
import { createInterpreter } from '../interpret.ts'

const fromPlatform = { sender: platform.id, unit: platform.unit }
const vhost = (name: string) =>
  `${name} 192.0.2.30 - - [23/Nov/2026:07:30:01 +0700] "GET / HTTP/1.1" 200 41 "-" "curl/8.5.0"`

describe('the affected unit', () => {
  it('is the sender’s own for a sender that speaks for itself only, whatever the log names', () => {
    const event = eventOf(vhost('xuanphu.example'))
    expect(event.organization).toEqual({ id: '19849', name: 'Xã Phong Thu' })
    expect(event.soc.sender_unit).toBe('19849')
  })

  it('is the virtual host’s unit for a shared host that may speak for others, and the sender keeps standing', () => {
    const event = eventOf(vhost('xuanphu.example'), fromPlatform)
    expect(event.organization).toEqual({ id: '19792', name: 'Phường Xuân Phú' })
    expect(event.soc).toMatchObject({ sender: 'lgsp', sender_unit: 'H57.stttt' })
  })

  it('is found by the nearest listed domain above a host', () => {
    expect(eventOf(vhost('www.xuanphu.example:443'), fromPlatform).organization.id).toBe('19792')
    expect(eventOf(vhost('XuanPhu.Example.'), fromPlatform).organization.id).toBe('19792')
    expect(eventOf(vhost('notxuanphu.example'), fromPlatform).organization.id).toBe('H57.stttt')
  })

  it('is the consumer’s unit in an exchange record', () => {
    const record = {
      schema: 'vong_lau.exchange/1',
      service: 's',
      consumer: 'c',
      consumer_unit: '19849',
      provider: 'p',
      technical: { outcome: 'success' },
      times: { request_in: '2026-11-23T07:30:00+07:00' }
    }
    expect(eventOf(JSON.stringify(record), fromPlatform).organization.id).toBe('19849')
    const unknown = { ...record, consumer_unit: 'no-such-unit' }
    expect(eventOf(JSON.stringify(unknown), fromPlatform).organization.id).toBe('H57.stttt')
  })

  it('is the organization of an ECS document only for a granted sender', () => {
    const document = JSON.stringify({ '@timestamp': '2026-11-23T00:30:00Z', organization: { id: '19792' } })
    expect(eventOf(document, fromPlatform).organization.id).toBe('19792')
    expect(eventOf(document).organization.id).toBe('19849')
  })

  it('is found by host name last', () => {
    const line = '<30>Nov 23 07:30:00 web-phongan systemd[1]: Started.'
    expect(eventOf(line, fromPlatform).organization.id).toBe('19858')
    expect(eventOf(line).organization.id).toBe('19849')
  })

  it('keeps to the listed units when a sender may speak for some only', () => {
    const some = createInterpreter({
      ...snapshot,
      senders: [{ ...platform, speaksFor: ['19858'] }, commune]
    })
    const unitFor = (name: string) => {
      const outcome = some.interpret(frameOf(vhost(name), fromPlatform))
      return 'event' in outcome ? outcome.event.organization.id : ''
    }
    expect(unitFor('xuanphu.example')).toBe('H57.stttt')
    expect(unitFor('web-phongan')).toBe('19858')
  })

  it('finds nothing behind names that JavaScript knows', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const event = eventOf(`<30>Nov 23 07:30:00 ${name} systemd[1]: Started.`, fromPlatform)
      expect(event.organization.id, name).toBe('H57.stttt')
    }
  })

  it('is the code itself where the inventory has no name', () => {
    const outcome = interpreter.interpret(frameOf('<30>hello', { sender: '_unassigned', unit: '_unassigned' }))
    expect(at('event' in outcome ? outcome.event : undefined, 'organization')).toEqual({
      id: '_unassigned',
      name: '_unassigned'
    })
  })
})
