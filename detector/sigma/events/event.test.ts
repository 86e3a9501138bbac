import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { compileRules, parseSigma, toSigmaEvent } from '../index.ts'
import type { DetectionRule } from '../parse/types.ts'

const source = (document: JsonObject) => {
  const { product, service, categories } = toSigmaEvent(document)
  return [product, service, ...categories].join(' ')
}
const get = (document: JsonObject, field: string) => toSigmaEvent(document).get(field)

const sysmon = 'Microsoft-Windows-Sysmon/Operational'
/** One process start in every form it may arrive in. */
const forms: Record<string, JsonObject> = {
  flat: {
    Channel: sysmon,
    EventID: 1,
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Image: 'C:\\Windows\\cmd.exe',
    CommandLine: 'cmd /c whoami',
    ParentImage: 'C:\\inetpub\\w3wp.exe',
    User: 'UBND\\web',
    Hashes: 'MD5=00,SHA256=11'
  },
  evtx: {
    Event: {
      '#attributes': { xmlns: 'urn:events' },
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: 'g' } },
        EventID: { '#text': 1, '#attributes': { Qualifiers: 0 } },
        TimeCreated: { '#attributes': { SystemTime: '2023-10-15T00:00:00Z' } },
        Channel: sysmon,
        Computer: 'pc'
      },
      EventData: {
        Image: 'C:\\Windows\\cmd.exe',
        CommandLine: 'cmd /c whoami',
        ParentImage: 'C:\\inetpub\\w3wp.exe',
        User: 'UBND\\web',
        Hashes: 'MD5=00,SHA256=11',
        Channel: 'forged'
      }
    }
  },
  winlogbeat: {
    '@timestamp': '2023-10-15T00:00:00Z',
    event: { code: '1' },
    winlog: {
      channel: sysmon,
      event_id: '1',
      event_data: {
        Image: 'C:\\Windows\\cmd.exe',
        CommandLine: 'cmd /c whoami',
        ParentImage: 'C:\\inetpub\\w3wp.exe',
        User: 'UBND\\web',
        Hashes: 'MD5=00,SHA256=11'
      }
    }
  },
  dotted: {
    'winlog.channel': sysmon,
    'winlog.event_id': 1,
    'winlog.event_data.Image': 'C:\\Windows\\cmd.exe',
    'winlog.event_data.CommandLine': 'cmd /c whoami',
    'winlog.event_data.ParentImage': 'C:\\inetpub\\w3wp.exe',
    'winlog.event_data.User': 'UBND\\web',
    'winlog.event_data.Hashes': 'MD5=00,SHA256=11'
  },
  ecs: {
    event: { category: ['process'], type: ['start'], code: '1' },
    host: { os: { type: 'windows' } },
    process: {
      executable: 'C:\\Windows\\cmd.exe',
      command_line: 'cmd /c whoami',
      parent: { executable: 'C:\\inetpub\\w3wp.exe' },
      hash: { md5: '00', sha256: '11' }
    },
    user: { name: 'web', domain: 'UBND' }
  }
}
const webShell = compileRules(
  parseSigma(
    `title: Shell of a web server
logsource: { product: windows, category: process_creation }
detection:
  sel:
    ParentImage|endswith: \\w3wp.exe
    Image|endswith: \\cmd.exe
    CommandLine|contains: whoami
    User|startswith: UBND
    Hashes|contains: SHA256=11
    EventID: 1
  condition: sel
`,
    'a.yml'
  ).rules as DetectionRule[]
)

describe('one event in every form', () => {
  for (const [form, document] of Object.entries(forms)) {
    it(`reaches the same rule as ${form}`, () => {
      expect(webShell.match(toSigmaEvent(document))).toHaveLength(1)
    })
  }

  it('is found by the names of ECS as well', () => {
    expect(get(forms['ecs']!, 'process.parent.executable')).toBe('C:\\inetpub\\w3wp.exe')
    expect(get(forms['winlogbeat']!, 'winlog.channel')).toBe(sysmon)
  })

  it('has the same words for keywords', () => {
    const words = (form: string) => toSigmaEvent(forms[form]!).texts!()
    for (const form of Object.keys(forms)) expect(words(form), form).toContain('cmd /c whoami')
    expect(words('evtx')).not.toContain('urn:events')
    expect(words('evtx')).not.toContain('forged')
  })
})

describe('the log source of Windows events', () => {
  const windows = (Channel: string, EventID: number | string, more: JsonObject = {}) =>
    source({ Channel, EventID, ...more })

  it('follows channel and event id, several categories at once', () => {
    expect(windows(sysmon, 1)).toBe('windows sysmon process_creation')
    expect(windows(sysmon, '13')).toBe('windows sysmon registry_event registry_set')
    expect(windows(sysmon, 12, { EventType: 'CreateKey' })).toBe('windows sysmon registry_event registry_add')
    expect(windows(sysmon, 12, { EventType: 'DeleteValue' })).toBe('windows sysmon registry_event registry_delete')
    expect(windows(sysmon, 12, { EventType: 'constructor' })).toBe('windows sysmon registry_event')
    expect(windows(sysmon, 999)).toBe('windows sysmon')
    expect(windows('Security', 4688)).toBe('windows security process_creation')
    expect(windows('security', 4624)).toBe('windows security')
    expect(windows('Microsoft-Windows-PowerShell/Operational', 4104)).toBe('windows powershell ps_script')
    expect(windows('PowerShellCore/Operational', 4103)).toBe('windows powershell ps_module')
    expect(windows('Windows PowerShell', 400)).toBe('windows powershell-classic ps_classic_start')
    expect(windows('Microsoft-Windows-Windows Defender/Operational', 1116)).toBe('windows windefend antivirus')
    expect(windows('Microsoft-Windows-Windows Defender/Operational', 5001)).toBe('windows windefend')
    expect(windows('Something/Else', 1)).toBe('windows ')
    expect(windows('constructor', 'constructor')).toBe('windows ')
  })

  it('falls back to the provider, and tells Sysmon for Linux apart', () => {
    expect(source({ EventID: 1, Provider_Name: 'Microsoft-Windows-Sysmon' })).toBe(' sysmon process_creation')
    expect(source({ EventID: 1, SourceName: 'Microsoft-Windows-Sysmon', Channel: 'x' })).toBe(
      'windows sysmon process_creation'
    )
    expect(source({ EventID: 1, Provider_Name: 'Linux-Sysmon', Channel: 'Linux-Sysmon/Operational' })).toBe(
      'linux  process_creation'
    )
  })

  it('adds what the event claims to what is known, without replacing it', () => {
    expect(source({ product: 'Windows', category: 'process_creation', EventID: 1 })).toBe('windows  process_creation')
    expect(windows(sysmon, 13, { product: 'linux', service: 'x', category: 'registry_event' })).toBe(
      'windows sysmon registry_event registry_set'
    )
    expect(source({ product: 'cisco', service: 'AAA' })).toBe('cisco aaa')
    expect(source({ product: 5, service: null, category: { a: 1 } })).toBe(' ')
  })

  it('renames what 4688 and Defender call differently', () => {
    const process = { Channel: 'Security', EventID: 4688, NewProcessName: 'C:\\a.exe', ParentProcessName: 'C:\\b.exe' }
    expect(get(process, 'Image')).toBe('C:\\a.exe')
    expect(get(process, 'ParentImage')).toBe('C:\\b.exe')
    expect(get({ ...process, Image: 'own' }, 'Image')).toBe('own')
    expect(get({ ...process, EventID: 4689 }, 'Image')).toBeUndefined()
    const winlog = { winlog: { channel: 'Security', event_id: 4688, event_data: { NewProcessName: 'C:\\a.exe' } } }
    expect(get(winlog, 'Image')).toBe('C:\\a.exe')
    const defender = {
      Channel: 'Microsoft-Windows-Windows Defender/Operational',
      EventID: 1116,
      'Threat Name': 'Virus'
    }
    expect(get(defender, 'ThreatName')).toBe('Virus')
    expect(get(defender, 'Signature')).toBe('Virus')
  })
})

describe('the log source of other events', () => {
  const ecs = (event: JsonObject, more: JsonObject = {}) => source({ event, ...more })

  it('follows the dataset', () => {
    expect(ecs({ dataset: 'system.auth', category: ['authentication'] }, { process: { name: 'sshd' } })).toBe(
      'linux sshd authentication'
    )
    expect(ecs({ dataset: 'system.auth' }, { process: { name: 'sudo' } })).toBe('linux sudo')
    expect(ecs({ dataset: 'system.auth' }, { process: { name: 'useradd' } })).toBe('linux auth')
    expect(ecs({ dataset: 'system.syslog' }, { process: { name: 'cron' } })).toBe('linux cron')
    expect(ecs({ dataset: 'nginx.access', category: ['web'] })).toBe(' nginx webserver')
    expect(ecs({ dataset: 'apache.access' })).toBe(' apache webserver')
    expect(ecs({ dataset: 'iis.access' })).toBe('windows iis webserver')
    expect(ecs({ dataset: 'fortinet.firewall' }, { fortinet: { firewall: { type: 'event' } } })).toBe(
      'fortigate event firewall'
    )
    expect(ecs({ dataset: 'squid.log' })).toBe(' squid proxy')
    expect(ecs({ dataset: 'zeek.dns' }, { dns: { question: { name: 'a' } } })).toBe('zeek dns dns')
    expect(ecs({ dataset: 'auditd.log', category: 'process', type: 'start' }, { process: { name: 'x' } })).toBe(
      'linux auditd process_creation'
    )
    expect(ecs({ dataset: 'aws.cloudtrail' })).toBe('aws cloudtrail')
    expect(ecs({ dataset: 'constructor' })).toBe(' ')
  })

  it('follows category and type of endpoint events', () => {
    const os = { os: { type: 'linux' } }
    const endpoint = (category: string, type: string) =>
      ecs({ category: [category], type: [type] }, { host: os, process: { name: 'x' } })
    expect(endpoint('process', 'start')).toBe('linux  process_creation')
    expect(endpoint('file', 'creation')).toBe('linux  file_event')
    expect(endpoint('registry', 'change')).toBe('linux  registry_event registry_set')
    expect(endpoint('network', 'connection')).toBe('linux  network_connection')
    expect(endpoint('constructor', 'constructor')).toBe('linux ')
    expect(ecs({ category: ['network'], type: ['connection'] }, { observer: { type: 'firewall' } })).toBe('  firewall')
    expect(ecs({}, { host: os, process: { name: 'x' }, dns: { question: { name: 'a' } } })).toBe('linux  dns_query')
  })

  it('answers to the names of web, network and firewall rules', () => {
    const web: JsonObject = {
      event: { dataset: 'nginx.access' },
      http: { request: { method: 'GET', referrer: 'https://example.org/' }, response: { status_code: 404 } },
      url: { path: '/a', query: 'b=1', original: '/a?b=1' },
      user_agent: { original: 'curl' },
      source: { ip: '192.0.2.1' }
    }
    const answers = [
      'cs-method',
      'cs-uri-stem',
      'c-uri',
      'sc-status',
      'cs-user-agent',
      'c-useragent',
      'cs-referer',
      'c-ip'
    ]
    expect(answers.map((field) => get(web, field))).toEqual([
      ...['GET', '/a', '/a?b=1', 404, 'curl', 'curl', 'https://example.org/', '192.0.2.1']
    ])
    // Rules look for paths in here too, so it answers with the query and with the whole.
    expect(get(web, 'cs-uri-query')).toEqual(['b=1', '/a?b=1'])
    expect(get({ url: { original: '/a' } }, 'cs-uri-query')).toBe('/a')
    const firewall: JsonObject = {
      event: { dataset: 'fortinet.firewall' },
      fortinet: { firewall: { cfgpath: 'user.local', action: 'Add' } },
      destination: { ip: '198.51.100.1', port: 443 }
    }
    expect(['cfgpath', 'action', 'dst_ip', 'DestinationPort'].map((field) => get(firewall, field))).toEqual([
      ...['user.local', 'Add', '198.51.100.1', 443]
    ])
    expect(get({ event: {}, dns: { question: { name: 'x.example' } } }, 'query')).toBe('x.example')
    expect(get({ event: {}, vendor: { Feld: 7 } }, 'Feld')).toBe(7)
    expect(get({ event: {}, network: { direction: 'egress' } }, 'Initiated')).toBe(true)
    expect(get({ event: {}, user: { name: 'an' } }, 'User')).toBe('an')
  })

  it('keeps what we say about a log out of its words', () => {
    const event: JsonObject = {
      '@timestamp': '2023-10-15T00:00:00Z',
      event: { dataset: 'system.auth', original: '<38>the line', action: 'ssh_login' },
      message: 'the line',
      organization: { name: 'UBND' },
      soc: { parser: 'linux-auth' },
      related: { user: ['an'] },
      user: { name: 'an' }
    }
    expect(toSigmaEvent(event).texts!()).toEqual(['the line', 'an', '<38>the line', 'ssh_login'])
  })
})

describe('hostile documents', () => {
  it('answer every question without an exception and without what objects inherit', () => {
    const key = fc.constantFrom(
      'event',
      'winlog',
      'Event',
      'System',
      '__proto__',
      'constructor',
      'EventID',
      'Channel',
      'process',
      'dataset',
      'winlog.channel',
      'a b',
      '#text',
      'dns',
      'product',
      'category'
    )
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, true, '', 'system.auth', 'Security', '__proto__', 'fortinet.firewall'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries))
      )
    })).value
    const document = fc.array(fc.tuple(key, json), { maxLength: 5 }).map((entries) => Object.fromEntries(entries))
    const fields = [
      'Image',
      'constructor',
      '__proto__',
      'a.b',
      'event.dataset',
      '__proto__.x',
      'toString',
      'Hashes',
      'User'
    ]
    fc.assert(
      fc.property(document, (value) => {
        const copy = JSON.stringify(value)
        const event = toSigmaEvent(value as JsonObject)
        for (const field of fields) expect(typeof event.get(field)).not.toBe('function')
        event.texts!()
        webShell.match(event)
        // The document is somebody else's: nothing is changed in it.
        expect(JSON.stringify(value)).toBe(copy)
      }),
      { numRuns: 1_000 }
    )
    expect(get(JSON.parse('{"__proto__":{"x":1}}') as JsonObject, '__proto__.x')).toBe(1)
    expect(get({}, '__proto__')).toBeUndefined()
  })

  it('may be deeper than any stack and longer than any list', () => {
    const deep = JSON.parse(`{"a":${'['.repeat(5_000)}"x"${']'.repeat(5_000)}}`) as JsonObject
    const long = { f: Array.from({ length: 100_000 }, (_, index) => `v${index}`), product: 'p' }
    const set = compileRules(
      parseSigma(
        'title: t\nlogsource: {product: p}\ndetection:\n  a:\n    f: v3\n  b:\n    - needle\n  condition: a or b\n',
        'a.yml'
      ).rules as DetectionRule[]
    )
    expect(set.match(toSigmaEvent({ ...deep, product: 'p' }))).toEqual([])
    expect(set.match(toSigmaEvent(long))).toHaveLength(1)
  })
})
