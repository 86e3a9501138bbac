import type { JsonObject } from '#core/event.ts'
import {
  accountOf,
  endOf,
  fileOf,
  processOf,
  put,
  putObject,
  readHashes,
  registryOf,
  relate,
  textIn,
  type EventData
} from './windows-fields.ts'

/** ECS categorisation of a Sysmon event id (names as in Sysmon's own manifest). */
type Kind = { action: string; category: string[]; type: string[] }
const kinds: Record<string, Kind> = {
  '1': { action: 'process-created', category: ['process'], type: ['start'] },
  '2': { action: 'file-creation-time-changed', category: ['file'], type: ['change'] },
  '3': { action: 'network-connection', category: ['network'], type: ['start', 'connection', 'protocol'] },
  '4': { action: 'sysmon-state-changed', category: ['process'], type: ['change'] },
  '5': { action: 'process-ended', category: ['process'], type: ['end'] },
  '6': { action: 'driver-loaded', category: ['driver'], type: ['start'] },
  '7': { action: 'image-loaded', category: ['library'], type: ['start'] },
  '8': { action: 'remote-thread-created', category: ['process'], type: ['change'] },
  '9': { action: 'raw-access-read', category: ['process'], type: ['access'] },
  '10': { action: 'process-accessed', category: ['process'], type: ['access'] },
  '11': { action: 'file-created', category: ['file'], type: ['creation'] },
  '12': { action: 'registry-object-changed', category: ['configuration', 'registry'], type: ['change'] },
  '13': { action: 'registry-value-set', category: ['configuration', 'registry'], type: ['change'] },
  '14': { action: 'registry-renamed', category: ['configuration', 'registry'], type: ['change'] },
  '15': { action: 'file-stream-created', category: ['file'], type: ['creation'] },
  '16': { action: 'sysmon-config-changed', category: ['configuration'], type: ['change'] },
  '17': { action: 'pipe-created', category: ['file'], type: ['creation'] },
  '18': { action: 'pipe-connected', category: ['file'], type: ['access'] },
  '19': { action: 'wmi-filter', category: ['process'], type: ['change'] },
  '20': { action: 'wmi-consumer', category: ['process'], type: ['change'] },
  '21': { action: 'wmi-binding', category: ['process'], type: ['change'] },
  '22': { action: 'dns-query', category: ['network'], type: ['connection', 'protocol', 'info'] },
  '23': { action: 'file-deleted', category: ['file'], type: ['deletion'] },
  '24': { action: 'clipboard-changed', category: ['process'], type: ['change'] },
  '25': { action: 'process-tampered', category: ['process'], type: ['change'] },
  '26': { action: 'file-deletion-detected', category: ['file'], type: ['deletion'] },
  '27': { action: 'executable-blocked', category: ['file'], type: ['creation', 'denied'] },
  '29': { action: 'executable-detected', category: ['file'], type: ['creation'] }
}

/** Lays the ECS fields of a Sysmon event over `fields`. */
export function laySysmon(id: string, data: EventData, fields: JsonObject): void {
  const event = fields['event'] as JsonObject
  if (Object.hasOwn(kinds, id)) Object.assign(event, kinds[id])
  const process = sysmonProcess(id, data)
  const user = accountOf(data.text('User') || data.text('SourceUser'))
  const rule = data.text('RuleName')
  if (rule !== '') fields['rule'] = { name: rule }
  const addresses: string[] = []
  const hosts: string[] = []
  const { hash, imphash } = readHashes(data.text('Hashes') || data.text('Hash'))
  switch (id) {
    case '1':
      layHashes(process, hash, imphash, data)
      break
    case '3': {
      const source = endOf(data.text('SourceIp'), data.text('SourcePort'), data.text('SourceHostname'))
      const destination = endOf(
        data.text('DestinationIp'),
        data.text('DestinationPort'),
        data.text('DestinationHostname')
      )
      const network: JsonObject = {}
      put(network, 'transport', data.text('Protocol').toLowerCase())
      put(network, 'protocol', data.text('DestinationPortName'))
      const initiated = data.text('Initiated').toLowerCase()
      if (initiated !== '') network['direction'] = initiated === 'true' ? 'egress' : 'ingress'
      network['type'] = data.text('DestinationIsIpv6').toLowerCase() === 'true' ? 'ipv6' : 'ipv4'
      putObject(fields, 'source', source)
      putObject(fields, 'destination', destination)
      fields['network'] = network
      addresses.push(textIn(source, 'ip'), textIn(destination, 'ip'))
      hosts.push(textIn(source, 'domain'), textIn(destination, 'domain'))
      break
    }
    case '6':
    case '7': {
      const file = fileOf(data.text('ImageLoaded'))
      layHashes(file, hash, imphash, data)
      putObject(fields, 'file', file)
      const library = { path: data.text('ImageLoaded'), ...(file['name'] === undefined ? {} : { name: file['name'] }) }
      if (id === '7') fields['dll'] = library
      break
    }
    case '11':
    case '2':
    case '15':
    case '23':
    case '26':
    case '27':
    case '29': {
      const file = fileOf(data.text('TargetFilename'))
      if (Object.keys(hash).length > 0) file['hash'] = hash
      putObject(fields, 'file', file)
      break
    }
    case '12':
    case '13':
    case '14': {
      const kind = data.text('EventType')
      const types: Record<string, string> = { CreateKey: 'creation', DeleteKey: 'deletion', DeleteValue: 'deletion' }
      if (Object.hasOwn(types, kind)) event['type'] = [types[kind]!]
      const named = id === '13' || kind === 'DeleteValue' || kind === 'SetValue'
      putObject(fields, 'registry', registryOf(data.text('TargetObject'), data.text('Details'), named))
      break
    }
    case '17':
    case '18':
      putObject(fields, 'file', pipeOf(data.text('PipeName')))
      break
    case '22':
      layDns(data, fields, addresses, hosts)
      break
  }
  putObject(fields, 'process', process)
  putObject(fields, 'user', user)
  const users = [textIn(user, 'name'), textIn(accountOf(data.text('TargetUser')), 'name')]
  relate(fields, users, addresses, [textIn(fields['host'], 'name'), ...hosts])
}

/** The acting process: 8 and 10 name it Source…, everything else plainly. */
function sysmonProcess(id: string, data: EventData): JsonObject {
  if (id === '8' || id === '10') {
    const guid = id === '8' ? 'SourceProcessGuid' : 'SourceProcessGUID'
    const process = processOf(data, { image: 'SourceImage', pid: 'SourceProcessId', guid })
    const thread = Number(data.text('SourceThreadId') || Number.NaN)
    if (Number.isSafeInteger(thread)) process['thread'] = { id: thread }
    return process
  }
  const process = processOf(data, { image: 'Image', pid: 'ProcessId', guid: 'ProcessGuid' })
  put(process, 'command_line', data.text('CommandLine'))
  put(process, 'working_directory', data.text('CurrentDirectory'))
  const parent = processOf(data, { image: 'ParentImage', pid: 'ParentProcessId', guid: 'ParentProcessGuid' })
  put(parent, 'command_line', data.text('ParentCommandLine'))
  putObject(process, 'parent', parent)
  return process
}

/** `hash` and `pe` (what the file says of itself) of a process or file. */
function layHashes(target: JsonObject, hash: JsonObject, imphash: string, data: EventData): void {
  if (Object.keys(hash).length > 0) target['hash'] = hash
  const pe: JsonObject = {}
  put(pe, 'original_file_name', data.text('OriginalFileName'))
  put(pe, 'description', data.text('Description'))
  put(pe, 'product', data.text('Product'))
  put(pe, 'company', data.text('Company'))
  put(pe, 'file_version', data.text('FileVersion'))
  put(pe, 'imphash', imphash)
  putObject(target, 'pe', pe)
  const signed = data.text('Signed').toLowerCase()
  if (signed !== '') {
    const signature: JsonObject = { signed: signed === 'true' }
    put(signature, 'subject_name', data.text('Signature'))
    put(signature, 'status', data.text('SignatureStatus'))
    target['code_signature'] = signature
  }
}

function pipeOf(name: string): JsonObject {
  return name === '' ? {} : { name }
}

/** `type:  5 host.example;192.0.2.1;` → answers; status 0 is a success. */
function layDns(data: EventData, fields: JsonObject, addresses: string[], hosts: string[]): void {
  const name = data.text('QueryName')
  const dns: JsonObject = { type: 'answer' }
  putObject(dns, 'question', name === '' ? {} : { name })
  const answers: JsonObject[] = []
  for (const part of data.text('QueryResults').split(';', 64)) {
    const text = part.trim()
    const typed = /^type:\s{1,4}(\d{1,5}) (\S{1,255})$/.exec(text)
    if (typed) answers.push({ type: typed[1]!, data: typed[2]! })
    else if (text !== '') {
      const address = text.startsWith('::ffff:') ? text.slice(7) : text
      answers.push({ data: address })
      addresses.push(address)
    }
  }
  put(dns, 'answers', answers)
  const status = data.text('QueryStatus')
  if (status !== '') dns['response_code'] = status === '0' ? 'NOERROR' : status
  fields['dns'] = dns
  fields['network'] = { protocol: 'dns' }
  hosts.push(name)
}
