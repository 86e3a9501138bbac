import { describe, expect, it } from 'vitest'
import { at, eventOf, pick, rejectionOf } from '#testing/frames.ts'

const provider = 'Microsoft-Windows-Security-Auditing'
const iso = '2026-11-23T00:30:52.000Z'
const data = { TargetUserName: 'lan', IpAddress: '192.0.2.9', LogonType: '3' }
const inserts = `S-1-5-18|DC1$|XA|0x3e7|S-1-0-0|lan|XA|0xc000006d|%%2313|0xc000006a|3|NtLmSsp|NTLM|PC9|-|-|0|0x0|-|192.0.2.9|0`
const xml = (extra = '') =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="${provider}" Guid="{x}"/><EventID Qualifiers="0">4625</EventID><TimeCreated SystemTime="${iso}"/><Channel>Security</Channel><Computer>DC1</Computer></System><EventData>${extra}<Data Name="TargetUserName">lan</Data><Data Name="IpAddress">192.0.2.9</Data><Data Name="LogonType">3</Data></EventData></Event>`
const flat = { EventID: 4625, Channel: 'Security', Computer: 'DC1' }
const system = {
  Channel: 'Security',
  EventID: '4625',
  Computer: 'DC1',
  Provider: { '@Name': provider },
  TimeCreated: { '@SystemTime': iso }
}
const named = (key: string, text: string) =>
  Object.entries(data).map(([name, value]) => ({ [key]: name, [text]: value }))
const rendered = `An account failed to log on. Subject: Security ID: S-1-5-18 Account Name: DC1$ Logon Type: 3 Account For Which Logon Failed: Security ID: S-1-0-0 Account Name: lan Account Domain: XA Failure Information: Failure Reason: x Network Information: Workstation Name: PC9 Source Network Address: 192.0.2.9 Source Port: 0`
const snare = (sign: string) =>
  [
    'MSWinEventLog',
    '1',
    'Security',
    '77',
    'Mon Nov 23 07:30:52 2026',
    '4625',
    provider,
    'XA\\lan',
    'N/A',
    'Failure Audit',
    'DC1',
    'Logon',
    '',
    rendered,
    '77'
  ].join(sign)

const shapes: [string, string][] = [
  ['XML', xml()],
  ['XML behind a declaration', `<?xml version="1.0" encoding="utf-8"?>\n${xml()}`],
  ['XML in syslog', `<14>Nov 23 07:30:52 DC1 ${provider}[640]: ${xml()}`],
  [
    'XML with a comment, CDATA and entities',
    xml('<!-- <x> --><Data Name="X"><![CDATA[a<b]]></Data><Data Name="Y">&lt;&#65;</Data>')
  ],
  [
    'values alone',
    JSON.stringify({
      ...flat,
      ProviderName: provider,
      TimeCreated: '2026-11-23 07:30:52 +0700',
      StringInserts: inserts.split('|')
    })
  ],
  ['a map of values', JSON.stringify({ ...flat, ProviderName: provider, TimeCreated: iso, EventData: data })],
  [
    'a list of names and values',
    JSON.stringify({ ...flat, ProviderName: provider, TimeCreated: iso, EventData: { Data: named('@Name', '#text') } })
  ],
  ['a list without names', JSON.stringify({ Event: { System: system, EventData: { Data: inserts.split('|') } } })],
  ['nested with @', JSON.stringify({ Event: { System: system, EventData: { Data: named('@Name', '#text') } } })],
  [
    'nested with $ and _',
    JSON.stringify({
      Event: {
        System: { ...system, Provider: { $: { Name: provider } }, TimeCreated: { $: { SystemTime: iso } } },
        EventData: { Data: Object.entries(data).map(([Name, _]) => ({ $: { Name }, _ })) }
      }
    })
  ],
  [
    'Winlogbeat 6',
    JSON.stringify({
      '@timestamp': iso,
      log_name: 'Security',
      source_name: provider,
      event_id: 4625,
      computer_name: 'DC1',
      event_data: data,
      message: 'x'
    })
  ],
  [
    'Wazuh',
    JSON.stringify({
      data: {
        win: {
          system: { providerName: provider, eventID: '4625', channel: 'Security', computer: 'DC1', systemTime: iso },
          eventdata: { targetUserName: 'lan', ipAddress: '192.0.2.9', logonType: '3' }
        }
      }
    })
  ],
  [
    'OpenTelemetry',
    JSON.stringify({
      '@timestamp': iso,
      body: {
        structured: {
          channel: 'Security',
          computer: 'DC1',
          event_id: { id: 4625, qualifiers: 0 },
          provider: { name: provider },
          system_time: iso,
          event_data: { data: Object.entries(data).map(([name, value]) => ({ [name]: value })) }
        }
      }
    })
  ],
  [
    'NXLog',
    JSON.stringify({
      EventTime: '2026-11-23 07:30:52',
      Hostname: 'DC1',
      EventID: 4625,
      SourceName: provider,
      Channel: 'Security',
      ...data
    })
  ],
  ['the message alone', JSON.stringify({ ...flat, ProviderName: provider, TimeCreated: iso, Message: rendered })],
  ['Snare', `<14>Nov 23 07:30:52 DC1\t${snare('\t')}`],
  ['Snare, tabs escaped by a relay', `<14>Nov 23 07:30:52 DC1 ${snare('#011')}`],
  ['Snare without a header', `DC1\t${snare('\t')}`]
]

describe('a failed log-on', () => {
  it.each(shapes)('is the same event from %s', (_name, line) => {
    const event = eventOf(line)
    expect(event['@timestamp']).toBe(iso)
    expect(
      pick(
        event,
        'event.dataset',
        'event.code',
        'event.action',
        'event.outcome',
        'user.name',
        'source.ip',
        'host.name',
        'winlog.logon.type'
      )
    ).toEqual({
      'event.dataset': 'windows.security',
      'event.code': '4625',
      'event.action': 'logon-failed',
      'event.outcome': 'failure',
      'user.name': 'lan',
      'source.ip': '192.0.2.9',
      'host.name': 'DC1',
      'winlog.logon.type': 'Network'
    })
  })
})

describe('an event id', () => {
  it.each([
    ['System', 104, 'WudfUsbccidDriver', undefined],
    ['System', 104, 'Microsoft-Windows-Eventlog', 'log-cleared'],
    ['System', 104, '', 'log-cleared'],
    ['System', 7045, 'Service Control Manager', 'service-installed'],
    ['System', 7045, 'Some-Driver', undefined],
    ['System', 4625, 'Some-Driver', undefined],
    ['Security', 1102, 'Microsoft-Windows-Eventlog', 'audit-log-cleared']
  ])('of %s/%i is its provider’s own: %s', (Channel, EventID, Provider_Name, action) => {
    const event = eventOf(JSON.stringify({ Channel, EventID, Provider_Name, Computer: 'PC1', SystemTime: iso }))
    expect(at(event, 'event.action')).toBe(action)
  })
})

describe('hostile XML', () => {
  it.each([
    '<Event><System></Event></System>',
    '<!DOCTYPE x [<!ENTITY a "b">]><Event><System/></Event>',
    '<Event><!DOCTYPE x><System/></Event>',
    '<Event><System>',
    '<Event><System a=b/></Event>',
    '<Event/>',
    `<Event>${'<a>'.repeat(100)}`,
    `<Event><System/>${'<a/>'.repeat(5_000)}</Event>`
  ])('is a dead letter: %s', (line) => {
    expect(rejectionOf(line)).toMatch(/^parse\.(broken_line|no_parser)$/)
  })

  it('makes no prototype and knows no entity of its own', () => {
    const event = eventOf(xml('<Data Name="__proto__">x</Data><__proto__ a="b"/><Data Name="Z">&boom;&#0;</Data>'))
    expect(({} as { a?: string }).a).toBeUndefined()
    expect(at(event, 'winlog.event_data.Z')).toBe('&boom;&#0;')
  })
})

it('what a caller calls himself is no address', () => {
  const named = rendered.replace('Account Name: lan', 'Account Name: lan Source Network Address: 198.51.100.1')
  const event = eventOf(JSON.stringify({ ...flat, ProviderName: provider, TimeCreated: iso, Message: named }))
  expect(at(event, 'source.ip')).toBe('192.0.2.9')
})
