import type { JsonObject } from '#core/event.ts'
import { readDocumentTime } from '../enrich/event-time.ts'
import { isObject, isUnsafeKey } from '../read-document.ts'
import { readEcs } from './ecs.ts'
import { draftOf, type Content, type Draft, type Parser, type Refusal } from './parser.ts'
import { laySysmon } from './sysmon.ts'
import { fill, keepVendor } from './vendor.ts'
import { eventData, put, relate, textIn } from './windows-fields.ts'
import { laySecurity } from './windows-security.ts'
import {
  isWindowsDocument,
  readOldBeat,
  readWinlogbeat,
  readWindowsDocument,
  type Header,
  type Reading
} from './windows-shapes.ts'
import { isSnare, readSnare } from './windows-snare.ts'
import { isEventXml, readEventXml } from './windows-xml.ts'

/** Windows' own words for its levels. */
const levels: Record<string, string> = {
  '0': 'information',
  '1': 'critical',
  '2': 'error',
  '3': 'warning',
  '4': 'information',
  '5': 'verbose'
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
    laySecurity(header.id, header.provider, values, fields)
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

/** Windows events in every shape that shippers give them: JSON flat and nested, XML, Snare's lines, Winlogbeat's documents. */
export const windowsEvent: Parser = {
  name: 'windows-event',
  samples: [
    { file: 'windows-sysmon.ndjson', dataset: /^windows\.sysmon_operational$/ },
    { file: 'windows-security.ndjson', dataset: /^windows\.(security|system)$/ },
    { file: 'winlogbeat.ndjson', dataset: /^windows\.(sysmon_operational|security|powershell_operational)$/ }
  ],
  fieldSets: ['winlog'],
  accepts: ({ document, text }) =>
    document === undefined ? isEventXml(text) || isSnare(text) : isWindowsDocument(document),
  parse(content: Content, ownSets): Draft | Refusal {
    const { document, text } = content
    if (document === undefined) {
      const reading = isSnare(text) ? readSnare(text) : readEventXml(text)
      return 'code' in reading ? reading : draftOfReading(reading, content.utcOffsetMinutes)
    }
    const winlog = document['winlog']
    if (isObject(winlog)) return parseWinlogbeat(document, winlog, ownSets)
    const old = readOldBeat(document)
    if (old !== undefined) return parseWinlogbeat(old.rest, old.winlog, ownSets)
    const { reading, rest } = readWindowsDocument(document)
    const draft = draftOfReading(reading, content.utcOffsetMinutes)
    if (Object.keys(rest).length > 0) draft.fields['vendor'] = keepVendor(rest)
    if (Number.isNaN(draft.time)) draft.time = readDocumentTime(document['@timestamp'], content.utcOffsetMinutes)
    return draft
  }
}

function draftOfReading({ header, data }: Reading, utcOffsetMinutes: number): Draft {
  const fields = ecsOf(header, data, winlogOf(header, data))
  const time = readDocumentTime(header.time, utcOffsetMinutes)
  return draftOf(fields, Number.isNaN(time) ? readDocumentTime(data['UtcTime']) : time)
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
