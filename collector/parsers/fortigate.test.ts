import { describe, expect, it } from 'vitest'
import { at, eventOf, pick, rejectionOf } from '#testing/frames.ts'

const head = 'date=2026-11-23 time=07:30:52 devname="FW-A" devid="FGT60FEXAMPLE01" tz="+0700"'
const traffic = `${head} logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=192.0.2.60 srcport=50300 srcintf="lan" dstip=198.51.100.20 dstport=443 proto=6 action="close" policyid=1 policyname="LAN ra Internet" service="HTTPS" duration=12 sentbyte=2100 rcvdbyte=9100`

describe('FortiGate', () => {
  it('reads a traffic line into source, destination, network and rule', () => {
    const event = eventOf(`<189>${traffic}`)
    expect(
      pick(
        event,
        'event.dataset',
        'event.type',
        'event.duration',
        'source.ip',
        'source.bytes',
        'destination.port',
        'network.transport',
        'network.bytes',
        'observer.name',
        'observer.ingress.interface.name',
        'rule.name',
        'log.level'
      )
    ).toEqual({
      'event.dataset': 'fortinet.firewall',
      'event.type': ['connection', 'end', 'allowed'],
      'event.duration': 12_000_000_000,
      'source.ip': '192.0.2.60',
      'source.bytes': 2100,
      'destination.port': 443,
      'network.transport': 'tcp',
      'network.bytes': 11200,
      'observer.name': 'FW-A',
      'observer.ingress.interface.name': 'lan',
      'rule.name': 'LAN ra Internet',
      'log.level': 'notice'
    })
  })

  it('reads eventtime in s, ms, µs and ns, and prefers it to date and time', () => {
    for (const digits of ['1795393852', '1795393852000', '1795393852000000', '1795393852000000000']) {
      expect(eventOf(`${traffic} eventtime=${digits}`)['@timestamp'], digits).toBe('2026-11-23T00:30:52.000Z')
    }
  })

  it('takes tz before the sender’s zone, and the sender’s zone where there is no tz', () => {
    expect(eventOf(traffic.replace('+0700', '+0800'))['@timestamp']).toBe('2026-11-22T23:30:52.000Z')
    const local = eventOf(traffic.replace(' tz="+0700"', ''))
    expect(local['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    expect(at(local, 'event.timezone')).toBe('+07:00')
  })

  it('keeps escaped quotes and everything that ECS has no name for', () => {
    const event = eventOf(
      `${head} logid="0316013056" type="utm" subtype="webfilter" hostname="nohu.example" url="/a?ref=\\"xa\\"" action="blocked" catdesc="Gambling" srcip=192.0.2.62`
    )
    expect(
      pick(event, 'url.original', 'url.domain', 'destination.domain', 'event.type', 'fortinet.firewall.catdesc')
    ).toEqual({
      'url.original': '/a?ref="xa"',
      'url.domain': 'nohu.example',
      'destination.domain': 'nohu.example',
      'event.type': ['info', 'denied'],
      'fortinet.firewall.catdesc': 'Gambling'
    })
  })

  it('names attacks and viruses as the rule that found them', () => {
    const ips = eventOf(
      `${head} logid="0419016384" type="utm" subtype="ips" attack="Example.RCE" attackid=5 action="detected" srcip=198.51.100.7 dstip=192.0.2.1`
    )
    expect(pick(ips, 'event.category', 'rule.name', 'rule.id')).toEqual({
      'event.category': ['network', 'intrusion_detection'],
      'rule.name': 'Example.RCE',
      'rule.id': '5'
    })
    const virus = eventOf(
      `${head} logid="0211008192" type="utm" subtype="virus" virus="W32/Example" action="blocked" filename="a.exe" url="http://198.51.100.77/x/a.exe"`
    )
    expect(pick(virus, 'event.category', 'rule.name', 'file.name', 'url.path')).toEqual({
      'event.category': ['network', 'malware'],
      'rule.name': 'W32/Example',
      'file.name': 'a.exe',
      'url.path': '/x/a.exe'
    })
  })

  it('reads an administrator’s failed log-in', () => {
    const event = eventOf(
      `${head} logid="0100032002" type="event" subtype="system" user="admin" srcip=203.0.113.50 action="login" status="failed"`
    )
    expect(pick(event, 'event.category', 'event.outcome', 'user.name', 'source.ip')).toEqual({
      'event.category': ['authentication'],
      'event.outcome': 'failure',
      'user.name': 'admin',
      'source.ip': '203.0.113.50'
    })
  })

  it('is rejected without a type when it came alone, and kept as a line when it came by syslog', () => {
    expect(rejectionOf(head)).toBe('parse.broken_line')
    const kept = eventOf(`<189>${head}`)
    expect(pick(kept, 'event.dataset', 'error.code', 'message')).toEqual({
      'event.dataset': 'system.syslog',
      'error.code': 'parse.broken_line',
      message: head
    })
  })

  it('stops after 512 fields and says so', () => {
    const many = Array.from({ length: 600 }, (_, index) => `k${index}=1`).join(' ')
    const event = eventOf(`${traffic} ${many}`)
    expect(event.soc.flags).toEqual(['cut'])
    expect(Object.keys(at(event, 'fortinet.firewall') as object).length).toBeLessThan(512)
  })

  it('drops an address that is none instead of the event', () => {
    const event = eventOf(traffic.replace('192.0.2.60', 'not-an-ip'))
    expect(pick(event, 'source.ip', 'source.address', 'related.ip')).toEqual({
      'source.ip': undefined,
      'source.address': 'not-an-ip',
      'related.ip': ['198.51.100.20']
    })
  })
})
