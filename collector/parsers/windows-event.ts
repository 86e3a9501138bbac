import type { Json, JsonObject } from '#core/event.ts'
import { readDocumentTime } from '../enrich/event-time.ts'
import { isObject } from '../read-document.ts'
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

/** Flat names that belong to the header; all others are event data. NXLog's names stand beside Windows' own. */
const headerNames = new Set(
  `Channel EventID EventId Provider_Name ProviderName SourceName Provider_Guid ProviderGuid Computer Hostname MachineName
  EventRecordID RecordNumber RecordID SystemTime TimeCreated EventTime Execution_ProcessID ExecutionProcessID
  Execution_ThreadID ThreadID ProcessID Level Task Opcode OpcodeValue Keywords Version Security_UserID UserID Message
  @timestamp @version`.split(/\s+/)
)
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

function first(document: JsonObject, ...names: string[]): string {
  for (const name of names) {
    const value = text(document[name])
    if (value !== '') return value
  }
  return ''
}

/** Flat raw names: `Channel`, `EventID`, … beside the event data. */
function readFlat(document: JsonObject): Reading {
  const data: JsonObject = {}
  for (const [name, value] of Object.entries(document)) if (!headerNames.has(name)) data[name] = value
  const created = document['TimeCreated']
  return {
    header: {
      channel: first(document, 'Channel'),
      provider: first(document, 'Provider_Name', 'ProviderName', 'SourceName'),
      providerGuid: first(document, 'Provider_Guid', 'ProviderGuid'),
      id: first(document, 'EventID', 'EventId'),
      computer: first(document, 'Computer', 'Hostname', 'MachineName'),
      recordId: first(document, 'EventRecordID', 'RecordNumber', 'RecordID'),
      time:
        document['SystemTime'] ??
        (isObject(created) ? attributes(created)['SystemTime'] : created) ??
        document['@timestamp'] ??
        document['EventTime'],
      pid: first(document, 'Execution_ProcessID', 'ExecutionProcessID', 'ProcessID'),
      threadId: first(document, 'Execution_ThreadID', 'ThreadID'),
      level: first(document, 'Level'),
      task: first(document, 'Task'),
      opcode: first(document, 'Opcode', 'OpcodeValue'),
      keywords: first(document, 'Keywords'),
      version: first(document, 'Version'),
      userSid: first(document, 'Security_UserID', 'UserID'),
      message: first(document, 'Message')
    },
    data
  }
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
  const id = system['EventID']
  return {
    header: {
      channel: text(system['Channel']),
      provider: text(provider['Name']),
      providerGuid: text(provider['Guid']),
      id: text(isObject(id) ? (id['#text'] ?? id['Value']) : id),
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
  const kept = keepVendor(data)
  if (Object.keys(kept).length > 0) winlog['event_data'] = kept
  return winlog
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
  } else if (header.channel === 'Security' || header.channel === 'System') {
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
  accepts({ document }) {
    if (document === undefined) return false
    if (isObject(document['winlog'])) return true
    if (isObject(document['Event']) && isObject(document['Event']['System'])) return true
    const id = document['EventID'] ?? document['EventId']
    if (typeof id !== 'number' && typeof id !== 'string' && !isObject(id)) return false
    return ['Channel', 'Provider_Name', 'ProviderName', 'SourceName'].some((name) => text(document[name]) !== '')
  },
  parse(content: Content): Draft {
    const document = content.document!
    const winlog = document['winlog']
    if (isObject(winlog)) return parseWinlogbeat(document, winlog)
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
function parseWinlogbeat(document: JsonObject, winlog: JsonObject): Draft {
  const { header, data } = readWinlogbeat(winlog)
  const draft = readEcs(document)
  const kept = { ...winlog }
  if (isObject(winlog['event_data'])) kept['event_data'] = keepVendor(winlog['event_data'])
  if (isObject(winlog['user_data'])) kept['user_data'] = keepVendor(winlog['user_data'])
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
