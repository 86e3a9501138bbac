import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { at, eventOf, pick } from '#testing/frames.ts'

const header = {
  Provider_Name: 'Microsoft-Windows-Sysmon',
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'mc-01.example',
  EventRecordID: 7,
  Level: 4
}
const sysmon = (id: number, data: JsonObject) =>
  eventOf(JSON.stringify({ ...header, EventID: id, SystemTime: '2026-11-23T00:30:52.4120000Z', ...data }))
const security = (id: number, data: JsonObject, channel = 'Security') =>
  eventOf(
    JSON.stringify({
      Provider_Name: channel === 'System' ? 'Service Control Manager' : 'Microsoft-Windows-Security-Auditing',
      Channel: channel,
      Computer: 'dc-01.example',
      EventID: id,
      SystemTime: '2026-11-23T00:30:52Z',
      ...data
    })
  )

describe('Sysmon events by their flat names', () => {
  it('tell a process with its parent, its file and its hashes', () => {
    const event = sysmon(1, {
      Image: 'C:\\Windows\\System32\\cmd.exe',
      ProcessId: 4101,
      CommandLine: 'cmd.exe /c whoami',
      OriginalFileName: 'Cmd.Exe',
      User: 'HUE\\lan',
      Hashes: 'MD5=00112233445566778899AABBCCDDEEFF,IMPHASH=FFEEDDCCBBAA99887766554433221100',
      ParentImage: 'C:\\Windows\\explorer.exe',
      ParentProcessId: 9
    })
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.412Z')
    expect(pick(event, 'event.dataset', 'event.code', 'event.category', 'event.type', 'host', 'user')).toEqual({
      'event.dataset': 'windows.sysmon_operational',
      'event.code': '1',
      'event.category': ['process'],
      'event.type': ['start'],
      host: { os: { type: 'windows', family: 'windows' }, name: 'mc-01.example', hostname: 'mc-01.example' },
      user: { name: 'lan', domain: 'HUE' }
    })
    expect(at(event, 'process')).toEqual({
      executable: 'C:\\Windows\\System32\\cmd.exe',
      name: 'cmd.exe',
      pid: 4101,
      command_line: 'cmd.exe /c whoami',
      hash: { md5: '00112233445566778899aabbccddeeff' },
      pe: { original_file_name: 'Cmd.Exe', imphash: 'ffeeddccbbaa99887766554433221100' },
      parent: { executable: 'C:\\Windows\\explorer.exe', name: 'explorer.exe', pid: 9 }
    })
    expect(at(event, 'winlog')).toMatchObject({
      channel: 'Microsoft-Windows-Sysmon/Operational',
      event_id: '1',
      record_id: '7',
      event_data: { CommandLine: 'cmd.exe /c whoami', ParentProcessId: 9 }
    })
  })

  it('tell connections', () => {
    const event = sysmon(3, {
      Image: 'C:\\a.exe',
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: '192.0.2.75',
      SourcePort: 50100,
      DestinationIp: '203.0.113.200',
      DestinationPort: 443,
      DestinationHostname: '-'
    })
    expect(pick(event, 'source', 'destination', 'network', 'related.ip')).toEqual({
      source: { address: '192.0.2.75', ip: '192.0.2.75', port: 50100 },
      destination: { address: '203.0.113.200', ip: '203.0.113.200', port: 443 },
      network: { transport: 'tcp', direction: 'egress', type: 'ipv4' },
      'related.ip': ['192.0.2.75', '203.0.113.200']
    })
  })

  it('tell files, libraries, registry values, pipes and DNS queries', () => {
    expect(at(sysmon(11, { TargetFilename: 'C:\\Users\\lan\\thông-báo.pdf.exe' }), 'file')).toEqual({
      path: 'C:\\Users\\lan\\thông-báo.pdf.exe',
      name: 'thông-báo.pdf.exe',
      directory: 'C:\\Users\\lan',
      extension: 'exe'
    })
    expect(at(sysmon(7, { ImageLoaded: 'C:\\a\\version.dll', Signed: 'false' }), 'dll')).toEqual({
      path: 'C:\\a\\version.dll',
      name: 'version.dll'
    })
    const registry = sysmon(13, { EventType: 'SetValue', TargetObject: 'HKLM\\Software\\Run\\x', Details: 'C:\\x.exe' })
    expect(at(registry, 'registry')).toEqual({
      path: 'HKLM\\Software\\Run\\x',
      hive: 'HKLM',
      key: 'Software\\Run',
      value: 'x',
      data: { strings: ['C:\\x.exe'] }
    })
    expect(at(sysmon(17, { PipeName: '\\msagent_45' }), 'file.name')).toBe('\\msagent_45')
    const dns = sysmon(22, {
      QueryName: 'a.example',
      QueryStatus: '0',
      QueryResults: 'type:  5 b.example;::ffff:192.0.2.7;'
    })
    expect(pick(dns, 'dns', 'related.ip')).toEqual({
      dns: {
        type: 'answer',
        question: { name: 'a.example' },
        answers: [{ type: '5', data: 'b.example' }, { data: '192.0.2.7' }],
        response_code: 'NOERROR'
      },
      'related.ip': ['192.0.2.7']
    })
  })

  it('name the acting process of remote threads and process access', () => {
    for (const id of [8, 10]) {
      const event = sysmon(id, { SourceImage: 'C:\\a.exe', SourceProcessId: 5, TargetImage: 'C:\\lsass.exe' })
      expect(pick(event, 'process.executable', 'process.pid', 'winlog.event_data.TargetImage')).toEqual({
        'process.executable': 'C:\\a.exe',
        'process.pid': 5,
        'winlog.event_data.TargetImage': 'C:\\lsass.exe'
      })
    }
  })

  it('use UtcTime when nothing else tells the time', () => {
    const event = eventOf(
      JSON.stringify({ ...header, EventID: 5, UtcTime: '2026-11-23 00:30:52.412', Image: 'C:\\a.exe' })
    )
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.412Z')
  })
})

describe('Security events', () => {
  const subject = { SubjectUserName: 'quantri', SubjectDomainName: 'HUE', SubjectUserSid: 'S-1-5-21-1' }

  it('tell who logged on, from where and how', () => {
    const event = security(4624, {
      TargetUserName: 'lan',
      TargetDomainName: 'HUE',
      LogonType: 10,
      IpAddress: '203.0.113.60',
      IpPort: '52011',
      TargetLogonId: '0x1'
    })
    expect(
      pick(event, 'event.dataset', 'event.action', 'event.outcome', 'user.name', 'source.ip', 'winlog.logon')
    ).toEqual({
      'event.dataset': 'windows.security',
      'event.action': 'logged-in',
      'event.outcome': 'success',
      'user.name': 'lan',
      'source.ip': '203.0.113.60',
      'winlog.logon': { id: '0x1', type: 'RemoteInteractive' }
    })
    expect(at(security(4625, { TargetUserName: 'lan', IpAddress: '-' }), 'event.outcome')).toBe('failure')
  })

  it('tell processes with hexadecimal ids', () => {
    const event = security(4688, {
      ...subject,
      NewProcessName: 'C:\\net.exe',
      NewProcessId: '0x1d04',
      ProcessId: '0x9c4',
      CommandLine: 'net user'
    })
    expect(pick(event, 'process.executable', 'process.pid', 'process.parent.pid', 'user.name')).toEqual({
      'process.executable': 'C:\\net.exe',
      'process.pid': 0x1d04,
      'process.parent.pid': 0x9c4,
      'user.name': 'quantri'
    })
  })

  it('tell who put whom into which group', () => {
    for (const id of [4728, 4732, 4756]) {
      const event = security(id, {
        ...subject,
        MemberName: 'CN=hotro,DC=hue',
        MemberSid: 'S-9',
        TargetUserName: 'Domain Admins'
      })
      expect(
        pick(event, 'event.action', 'user.name', 'user.target.name', 'group.name', 'related.user'),
        String(id)
      ).toEqual({
        'event.action': 'added-member-to-group',
        'user.name': 'quantri',
        'user.target.name': 'hotro',
        'group.name': 'Domain Admins',
        'related.user': ['quantri', 'hotro']
      })
    }
  })

  it('are known by number and provider: drivers number their own events too', () => {
    const driver = { Provider_Name: 'ExampleDriver' }
    for (const [id, channel] of [
      [104, 'System'],
      [7045, 'System'],
      [4624, 'System'],
      [4624, 'Security']
    ] as const) {
      expect(at(security(id, driver, channel), 'event.action')).toBeUndefined()
    }
    const eventLog = { Provider_Name: 'Microsoft-Windows-Eventlog' }
    expect(at(security(104, eventLog, 'System'), 'event.action')).toBe('log-cleared')
  })

  it('tell new accounts, cleared logs and new services', () => {
    expect(
      pick(security(4720, { ...subject, TargetUserName: 'hotro' }), 'event.action', 'user.name', 'user.target.name')
    ).toEqual({
      'event.action': 'added-user-account',
      'user.name': 'quantri',
      'user.target.name': 'hotro'
    })
    expect(at(security(1102, subject), 'event.action')).toBe('audit-log-cleared')
    const service = security(
      7045,
      {
        Provider_Name: 'Service Control Manager',
        ServiceName: 'CapNhat',
        ImagePath: 'C:\\a.exe',
        AccountName: 'LocalSystem'
      },
      'System'
    )
    expect(pick(service, 'event.dataset', 'event.action', 'service.name', 'file.path', 'user.name')).toEqual({
      'event.dataset': 'windows.system',
      'event.action': 'service-installed',
      'service.name': 'CapNhat',
      'file.path': 'C:\\a.exe',
      'user.name': 'LocalSystem'
    })
  })

  it('read the outcome of Kerberos and NTLM from their status', () => {
    expect(at(security(4776, { TargetUserName: 'lan', Status: '0xc000006a' }), 'event.outcome')).toBe('failure')
    expect(at(security(4768, { TargetUserName: 'lan', Status: '0x0' }), 'event.outcome')).toBe('success')
  })

  it('of an unknown id are kept whole and say no more than they know', () => {
    const event = security(4999, { Something: 'x' })
    expect(pick(event, 'event.code', 'event.category', 'winlog.event_data.Something')).toEqual({
      'event.code': '4999',
      'event.category': undefined,
      'winlog.event_data.Something': 'x'
    })
  })
})

describe('the other two forms', () => {
  it('the nested XML form reads as the flat one', () => {
    const event = eventOf(
      JSON.stringify({
        Event: {
          System: {
            Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
            EventID: { '#attributes': { Qualifiers: 0 }, '#text': 1 },
            TimeCreated: { '#attributes': { SystemTime: '2026-11-23T00:30:52.412000Z' } },
            Channel: 'Microsoft-Windows-Sysmon/Operational',
            Computer: 'mc-01.example'
          },
          EventData: { Image: 'C:\\a.exe', ProcessId: 3 }
        }
      })
    )
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.412Z')
    expect(pick(event, 'event.code', 'process.executable', 'winlog.event_data.ProcessId')).toEqual({
      'event.code': '1',
      'process.executable': 'C:\\a.exe',
      'winlog.event_data.ProcessId': 3
    })
  })

  it('a Winlogbeat document keeps its own fields and gets the ones it left empty', () => {
    const event = eventOf(
      JSON.stringify({
        '@timestamp': '2026-11-23T00:30:52Z',
        message: 'Process Create',
        event: { code: '1', module: 'winlogbeat', action: 'Process Create (rule: ProcessCreate)' },
        host: { name: 'mc-01' },
        winlog: {
          channel: 'Microsoft-Windows-Sysmon/Operational',
          provider_name: 'Microsoft-Windows-Sysmon',
          event_id: 1,
          record_id: 12,
          api: 'wineventlog',
          event_data: { Image: 'C:\\a.exe', CommandLine: 'a' }
        }
      })
    )
    expect(
      pick(
        event,
        'event.dataset',
        'event.module',
        'event.action',
        'event.category',
        'host.name',
        'process.command_line',
        'winlog.api'
      )
    ).toEqual({
      'event.dataset': 'windows.sysmon_operational',
      'event.module': 'windows',
      'event.action': 'Process Create (rule: ProcessCreate)',
      'event.category': ['process'],
      'host.name': 'mc-01',
      'process.command_line': 'a',
      'winlog.api': 'wineventlog'
    })
  })

  it('a Winlogbeat document with dotted names is the same document', () => {
    const event = eventOf(
      JSON.stringify({
        '@timestamp': '2026-11-23T00:30:52Z',
        'winlog.channel': 'Security',
        'winlog.event_id': 4625,
        'winlog.event_data.TargetUserName': 'lan'
      })
    )
    expect(pick(event, 'event.action', 'user.name', 'winlog.event_id')).toEqual({
      'event.action': 'logon-failed',
      'user.name': 'lan',
      'winlog.event_id': '4625'
    })
  })

  it('event data keeps names that look like the header’s, and loses the spaces of Defender’s', () => {
    const event = eventOf(
      JSON.stringify({
        ...header,
        EventID: 1119,
        SourceName: 'Real-Time Protection',
        'Threat Name': 'EICAR',
        Severity: 5
      })
    )
    expect(at(event, 'winlog.event_data')).toEqual({
      SourceName: 'Real-Time Protection',
      ThreatName: 'EICAR',
      Severity: 5
    })
  })

  it('event data cannot write over our own fields, nor a prototype', () => {
    const event = eventOf(
      `{"EventID":1,"Channel":"Security","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"soc":{"sender":"x"}}`
    )
    expect(event.soc.sender).toBe('phong-thu')
    expect(event.soc.flags).toContain('unsafe_key')
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
