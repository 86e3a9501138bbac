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

describe('FortiGate’s log-ins, whatever they are called', () => {
  const event = (rest: string) => eventOf(`<189>${head} logid="0101000001" type="event" ${rest}`)
  it.each([
    ['subtype="vpn" action="ssl-login-fail" remip=203.0.113.9 user="lan"', 'failure', ['start']],
    ['subtype="vpn" action="tunnel-up" tunneltype="ssl-web" remip=203.0.113.9 user="lan"', 'success', ['start']],
    ['subtype="vpn" action="tunnel-down" tunneltype="ssl-tunnel" remip=203.0.113.9 user="lan"', 'success', ['end']],
    ['subtype="user" action="authentication" status="failure" srcip=203.0.113.9 user="lan"', 'failure', ['start']],
    ['subtype="user" action="FSSO-logon" status="success" srcip=203.0.113.9 user="lan"', 'success', ['start']],
    ['subtype="user" action="auth-logout" status="logout" srcip=203.0.113.9 user="lan"', 'success', ['end']],
    ['subtype="system" action="login" status="failed" ui="https(203.0.113.9)" user="lan"', 'failure', ['start']],
    [
      'subtype="system" logdesc="Admin login successful" action="login" status="success" ui="ssh(203.0.113.9)" user="lan"',
      'success',
      ['start']
    ]
  ])('%s', (rest, outcome, type) => {
    expect(pick(event(rest), 'event.category', 'event.outcome', 'event.type', 'source.ip', 'user.name')).toEqual({
      'event.category': ['authentication'],
      'event.outcome': outcome,
      'event.type': type,
      'source.ip': '203.0.113.9',
      'user.name': 'lan'
    })
  })

  it('a changed setting of log-ins is a setting', () => {
    expect(at(event('subtype="system" action="Edit" cfgpath="user.authentication"'), 'event.category')).toEqual([
      'configuration'
    ])
  })

  it('a tunnel has its far and its near end', () => {
    const tunnel = event(
      'subtype="vpn" action="negotiate" remip=203.0.113.7 locip=198.51.100.1 remport=500 locport=4500 status="failure"'
    )
    expect(pick(tunnel, 'source.ip', 'source.port', 'destination.ip', 'destination.port', 'event.outcome')).toEqual({
      'source.ip': '203.0.113.7',
      'source.port': 500,
      'destination.ip': '198.51.100.1',
      'destination.port': 4500,
      'event.outcome': 'failure'
    })
  })
})

describe('FortiGate in other forms', () => {
  it('keeps its own names beside ECS’s, for the rules written for it', () => {
    expect(pick(eventOf(`<189>${traffic}`), 'fortinet.firewall.srcip', 'source.ip')).toEqual({
      'fortinet.firewall.srcip': '192.0.2.60',
      'source.ip': '192.0.2.60'
    })
  })

  it.each([
    '<189>Nov 23 07:30:52 FW1 CEF:0|Fortinet|Fortigate|v7.2|00013|traffic:forward deny|3|deviceExternalId=FG1 dvchost=FW1 src=192.0.2.60 spt=5 dst=203.0.113.1 dpt=22 act=deny proto=6 msg=a b\\=c FTNTFGTpolicyid=4',
    '<189>Nov 23 07:30:52 FW1 LEEF:1.0|Fortinet|Fortigate|7.2|00013|devname=FW1\tsrc=192.0.2.60\tsrcPort=5\tdst=203.0.113.1\tdstPort=22\taction=deny\tproto=6\ttype=traffic\tsubtype=forward\tpolicyid=4',
    '<189>date=2026-11-23,time=07:30:52,devname="FW1",devid="FG1",logid="0000000013",type="traffic",subtype="forward",srcip=192.0.2.60,srcport=5,dstip=203.0.113.1,dstport=22,action="deny",proto=6,policyid=4',
    '<189>logver=700 itime=1 devname="FW1" logid="0000000013" eventtime=1795393852000000000 type="traffic" subtype="forward" srcip=192.0.2.60 srcport=5 dstip=203.0.113.1 dstport=22 action="deny" proto=6 policyid=4'
  ])('%s', (line) => {
    const event = eventOf(line)
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    expect(
      pick(
        event,
        'source.ip',
        'source.port',
        'destination.ip',
        'destination.port',
        'event.action',
        'event.type',
        'observer.name',
        'rule.id',
        'network.transport'
      )
    ).toEqual({
      'source.ip': '192.0.2.60',
      'source.port': 5,
      'destination.ip': '203.0.113.1',
      'destination.port': 22,
      'event.action': 'deny',
      'event.type': ['connection', 'end', 'denied'],
      'observer.name': 'FW1',
      'rule.id': '4',
      'network.transport': 'tcp'
    })
  })
})
