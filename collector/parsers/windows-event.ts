import type { Json, JsonObject } from '#core/event.ts'
import { readDocumentTime } from '../enrich/event-time.ts'
import { isObject, isUnsafeKey } from '../read-document.ts'
import { readEcs } from './ecs.ts'
import { draftOf, type Content, type Draft, type Parser } from './parser.ts'
import { laySysmon } from './sysmon.ts'
import { fill, keepVendor } from './vendor.ts'
import { eventData, put, relate, textIn } from './windows-fields.ts'
import { laySecurity } from './windows-security.ts'

/** The `System` part of a Windows event, from whichever form it came in. */
type Header = {
  channel: string
  provider: string
  providerGuid: string
  id: string
  computer: string
  recordId: string
  time: Json | undefined
  pid: string
  threadId: string
  level: string
  task: string
  opcode: string
  keywords: string
  version: string
  userSid: string
  message: string
}
type Reading = { header: Header; data: JsonObject }

/** Windows' own words for its levels. */
const levels: Record<string, string> = {
  '0': 'information',
  '1': 'critical',
  '2': 'error',
  '3': 'warning',
  '4': 'information',
  '5': 'verbose'
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** Flat raw names: `Channel`, `EventID`, … beside the event data. NXLog's names stand beside Windows' own. */
function readFlat(document: JsonObject): Reading {
  // Only the name that was taken belongs to the header: Defender's own data has a SourceName beside Provider_Name.
  const used = new Set(['@version', '@timestamp'])
  const first = (...names: string[]): string => {
    for (const name of names) {
      const value = text(document[name])
      if (value === '') continue
      used.add(name)
      return value
    }
    return ''
  }
  const header: Header = {
    channel: first('Channel'),
    provider: first('Provider_Name', 'ProviderName', 'SourceName'),
    providerGuid: first('Provider_Guid', 'ProviderGuid'),
    id: eventIdOf(document['EventID'] ?? document['EventId']),
    computer: first('Computer', 'Hostname', 'MachineName'),
    recordId: first('EventRecordID', 'RecordNumber', 'RecordID'),
    time: flatTime(document, used),
    pid: first('Execution_ProcessID', 'ExecutionProcessID', 'ProcessID'),
    threadId: first('Execution_ThreadID', 'ThreadID'),
    level: first('Level'),
    task: first('Task'),
    opcode: first('Opcode', 'OpcodeValue'),
    keywords: first('Keywords'),
    version: first('Version'),
    userSid: first('Security_UserID', 'UserID'),
    message: first('Message')
  }
  used.add(document['EventID'] === undefined ? 'EventId' : 'EventID')
  return { header, data: Object.fromEntries(Object.entries(document).filter(([name]) => !used.has(name))) }
}

function flatTime(document: JsonObject, used: Set<string>): Json | undefined {
  for (const name of ['SystemTime', 'TimeCreated', '@timestamp', 'EventTime']) {
    const value = document[name]
    if (value === undefined) continue
    used.add(name)
    return isObject(value) ? attributes(value)['SystemTime'] : value
  }
  return undefined
}

/** An id is a number, text, or an element with attributes. */
function eventIdOf(id: Json | undefined): string {
  return text(isObject(id) ? (id['#text'] ?? id['Value']) : id)
}

function attributes(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {}
  const inner = value['#attributes'] ?? value['_attributes']
  return isObject(inner) ? inner : value
}

/** `{ Event: { System, EventData } }` as evtx_dump and others print the XML. */
function readNested(event: JsonObject): Reading {
  const system = isObject(event['System']) ? event['System'] : {}
  const provider = attributes(system['Provider'])
  const execution = attributes(system['Execution'])
  return {
    header: {
      channel: text(system['Channel']),
      provider: text(provider['Name']),
      providerGuid: text(provider['Guid']),
      id: eventIdOf(system['EventID']),
      computer: text(system['Computer']),
      recordId: text(system['EventRecordID']),
      time: attributes(system['TimeCreated'])['SystemTime'],
      pid: text(execution['ProcessID']),
      threadId: text(execution['ThreadID']),
      level: text(system['Level']),
      task: text(system['Task']),
      opcode: text(system['Opcode']),
      keywords: text(system['Keywords']),
      version: text(system['Version']),
      userSid: text(attributes(system['Security'])['UserID']),
      message: text(isObject(event['RenderingInfo']) ? event['RenderingInfo']['Message'] : undefined)
    },
    data: namedData(event)
  }
}

/** EventData or UserData, whose names lie directly or one element deeper. */
function namedData(event: JsonObject): JsonObject {
  if (isObject(event['EventData'])) return withoutAttributes(event['EventData'])
  const user = event['UserData']
  if (!isObject(user)) return {}
  const inner = Object.entries(user).find(([name, value]) => name !== '#attributes' && isObject(value))
  return withoutAttributes(inner === undefined ? user : (inner[1] as JsonObject))
}

function withoutAttributes(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => name !== '#attributes'))
}

/** A Winlogbeat document: `winlog.*` is kept whole, ECS fields of its own win over ours. */
function readWinlogbeat(winlog: JsonObject): Reading {
  const process = isObject(winlog['process']) ? winlog['process'] : {}
  const data = isObject(winlog['event_data']) ? winlog['event_data'] : winlog['user_data']
  return {
    header: {
      channel: text(winlog['channel']),
      provider: text(winlog['provider_name']),
      providerGuid: text(winlog['provider_guid']),
      id: text(winlog['event_id']),
      computer: text(winlog['computer_name']),
      recordId: text(winlog['record_id']),
      time: undefined,
      pid: text(process['pid']),
      threadId: isObject(process['thread']) ? text(process['thread']['id']) : '',
      level: '',
      task: text(winlog['task']),
      opcode: text(winlog['opcode']),
      keywords: '',
      version: text(winlog['version']),
      userSid: isObject(winlog['user']) ? text(winlog['user']['identifier']) : '',
      message: ''
    },
    data: isObject(data) ? data : {}
  }
}

/** `Microsoft-Windows-Sysmon/Operational` → windows.sysmon_operational; Security → windows.security. */
function datasetOf(channel: string): string {
  const name = channel.replace(/^Microsoft-Windows-/, '').replace(/[^A-Za-z0-9]+/g, '_')
  return `windows.${name === '' ? 'event' : name.toLowerCase().slice(0, 64)}`
}

function winlogOf(header: Header, data: JsonObject): JsonObject {
  const winlog: JsonObject = {}
  put(winlog, 'channel', header.channel)
  put(winlog, 'provider_name', header.provider)
  put(winlog, 'provider_guid', header.providerGuid)
  put(winlog, 'event_id', header.id)
  put(winlog, 'computer_name', header.computer)
  put(winlog, 'record_id', header.recordId)
  put(winlog, 'task', header.task)
  put(winlog, 'opcode', header.opcode)
  put(winlog, 'version', header.version)
  if (header.keywords !== '') winlog['keywords'] = [header.keywords]
  if (header.userSid !== '') winlog['user'] = { identifier: header.userSid }
  const process: JsonObject = {}
  if (/^\d{1,10}$/.test(header.pid)) process['pid'] = Number(header.pid)
  if (/^\d{1,10}$/.test(header.threadId)) process['thread'] = { id: Number(header.threadId) }
  if (Object.keys(process).length > 0) winlog['process'] = process
  const kept = dataOf(data)
  if (Object.keys(kept).length > 0) winlog['event_data'] = kept
  return winlog
}

/** Event data, whole. Defender's names have spaces ("Threat Name"), which neither Sigma nor a search line can write. */
function dataOf(data: JsonObject): JsonObject {
  const entries = Object.entries(keepVendor(data)).map(([name, value]) => [name.replaceAll(' ', ''), value] as const)
  return Object.fromEntries(entries.filter(([name]) => !isUnsafeKey(name)))
}

/** Who writes which audit event into the System log; any driver writes there, with numbers of its own. */
const systemProviders: ReadonlyMap<string, string> = new Map([
  ['104', 'Microsoft-Windows-Eventlog'],
  ['7045', 'Service Control Manager']
])

/** True when the number means what the table of audit events says: numbers are given by provider. */
function isAudit({ channel, provider, id }: { channel: string; provider: string; id: string }): boolean {
  // Nobody but the system writes into Security; forwarders may leave the provider out.
  if (channel === 'Security') {
    return ['', 'Microsoft-Windows-Security-Auditing', 'Microsoft-Windows-Eventlog'].includes(provider)
  }
  return channel === 'System' && systemProviders.get(id) === provider
}

/** The ECS reading of one Windows event: what its channel and id say in common words. */
function ecsOf(header: Header, data: JsonObject, winlog: JsonObject): JsonObject {
  const event: JsonObject = { dataset: datasetOf(header.channel), module: 'windows', code: header.id }
  put(event, 'provider', header.provider)
  const host: JsonObject = { os: { type: 'windows', family: 'windows' } }
  put(host, 'name', header.computer)
  put(host, 'hostname', header.computer)
  const fields: JsonObject = { event, host, winlog }
  const values = eventData(data)
  if (header.provider === 'Microsoft-Windows-Sysmon' || header.channel.endsWith('Sysmon/Operational')) {
    laySysmon(header.id, values, fields)
  } else if (isAudit(header)) {
    laySecurity(header.id, values, fields)
  }
  if (fields['related'] === undefined) relate(fields, [], [], [header.computer])
  if (Object.hasOwn(levels, header.level)) fields['log'] = { level: levels[header.level]! }
  fields['message'] = header.message === '' ? summary(header, fields) : header.message
  return fields
}

/** A line for events that came without their rendered message. */
function summary(header: Header, fields: JsonObject): string {
  const action = textIn(fields['event'], 'action')
  const what =
    textIn(fields['process'], 'command_line') ||
    textIn(fields['process'], 'executable') ||
    textIn(fields['file'], 'path') ||
    textIn(fields['user'], 'name')
  return [header.channel, header.id, action, what].filter((part) => part !== '').join(' ')
}

/** Windows events: flat raw names, the nested XML form, and Winlogbeat's documents. */
export const windowsEvent: Parser = {
  name: 'windows-event',
  samples: [
    { file: 'windows-sysmon.ndjson', dataset: /^windows\.sysmon_operational$/ },
    { file: 'windows-security.ndjson', dataset: /^windows\.(security|system)$/ },
    { file: 'winlogbeat.ndjson', dataset: /^windows\.(sysmon_operational|security|powershell_operational)$/ }
  ],
  fieldSets: ['winlog'],
  accepts({ document }) {
    if (document === undefined) return false
    if (isObject(document['winlog'])) return true
    if (isObject(document['Event']) && isObject(document['Event']['System'])) return true
    const id = document['EventID'] ?? document['EventId']
    if (typeof id !== 'number' && typeof id !== 'string' && !isObject(id)) return false
    return ['Channel', 'Provider_Name', 'ProviderName', 'SourceName'].some((name) => text(document[name]) !== '')
  },
  parse(content: Content, ownSets): Draft {
    const document = content.document!
    const winlog = document['winlog']
    if (isObject(winlog)) return parseWinlogbeat(document, winlog, ownSets)
    const event = document['Event']
    const { header, data } = isObject(event) ? readNested(event) : readFlat(document)
    const fields = ecsOf(header, data, winlogOf(header, data))
    let time = readDocumentTime(header.time, content.utcOffsetMinutes)
    if (Number.isNaN(time)) time = readDocumentTime(data['UtcTime'])
    const rest = isObject(event) ? Object.entries(document).filter(([name]) => name !== 'Event') : []
    if (rest.length > 0) fields['vendor'] = keepVendor(Object.fromEntries(rest))
    return draftOf(fields, time)
  }
}

/** Winlogbeat's own fields win; ours fill what it left empty (it maps nothing without its ingest pipelines). */
function parseWinlogbeat(document: JsonObject, winlog: JsonObject, ownSets: ReadonlySet<string>): Draft {
  const { header, data } = readWinlogbeat(winlog)
  const draft = readEcs(document, ownSets)
  const kept = { ...winlog }
  if (isObject(winlog['event_data'])) kept['event_data'] = dataOf(winlog['event_data'])
  if (isObject(winlog['user_data'])) kept['user_data'] = dataOf(winlog['user_data'])
  // Kibana and Sigma rules alike want the id as text.
  if (header.id !== '') kept['event_id'] = header.id
  if (header.recordId !== '') kept['record_id'] = header.recordId
  const ours = ecsOf(header, data, kept)
  draft.fields['winlog'] = kept
  const event = (draft.fields['event'] ??= {}) as JsonObject
  // "winlogbeat" names the shipper; our datasets name what is inside.
  delete event['module']
  delete event['dataset']
  fill(draft.fields, ours)
  return draft
}
