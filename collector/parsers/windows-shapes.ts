import type { Json, JsonObject } from '#core/event.ts'
import { isObject } from '../read-document.ts'
import { insertNames } from './windows-inserts.ts'
import { readRendered } from './windows-rendered.ts'

/** The `System` part of a Windows event, from whichever form it came in. */
export type Header = {
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
/** One event in whatever shape it came: its header and its named data. */
export type Reading = { header: Header; data: JsonObject }

/** A scalar as text, '' for anything else. */
function text(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

const attributeGroups = ['#attributes', '_attributes', '$']
const textNames = ['#text', '_text', '_', '$t', '#content', 'Value', 'value']

/** An attribute of an element, whichever way the converter from XML writes those: `#attributes`, `@Name`, `-Name`, `Name`. */
function attribute(element: Json | undefined, name: string): Json | undefined {
  if (!isObject(element)) return undefined
  for (const group of attributeGroups) {
    const inner = element[group]
    if (isObject(inner)) return inner[name]
  }
  return (
    element[`@${name}`] ?? element[`-${name}`] ?? element[`_${name}`] ?? element[name] ?? element[name.toLowerCase()]
  )
}

const isAttribute = (key: string) => attributeGroups.includes(key) || key.startsWith('@') || key === 'xmlns'

/** What an element holds, as text: it is text itself, or an object when it has attributes. */
function content(element: Json | undefined): string {
  if (!isObject(element)) return text(element)
  for (const name of textNames) if (element[name] !== undefined) return text(element[name])
  return ''
}

/** An id is a number, text, or an element with attributes. */
function eventIdOf(id: Json | undefined): string {
  return isObject(id) ? content(id) || text(id['id']) : text(id)
}

/**
 * `EventData` by name, from a map, from `<Data Name="…">` elements in any conversion, or from a bare list of values, whose
 * names are then the event's own or param1, param2, ….
 */
function namedData(source: Json | undefined, names: readonly string[] = []): JsonObject {
  if (Array.isArray(source)) return namedList(source, names)
  if (!isObject(source)) return {}
  const data: JsonObject = {}
  for (const [key, value] of Object.entries(source)) {
    if (isAttribute(key)) continue
    if (
      key.toLowerCase() === 'data' &&
      (Array.isArray(value) || attribute(value, 'Name') !== undefined || typeof value === 'string')
    ) {
      Object.assign(data, namedList([value].flat(), names))
    } else data[key] = isObject(value) && textNames.some((name) => value[name] !== undefined) ? content(value) : value
  }
  return data
}

function namedList(list: readonly Json[], names: readonly string[]): JsonObject {
  const data: JsonObject = {}
  for (const [index, element] of list.entries()) {
    const name = text(attribute(element, 'Name'))
    const single = isObject(element) && name === '' ? Object.entries(element) : []
    // OpenTelemetry writes each value as an object of one member.
    if (single.length === 1 && !textNames.includes(single[0]![0])) data[single[0]![0]] = single[0]![1]
    else data[name || names[index] || `param${index + 1}`] = content(element)
  }
  return data
}

/** UserData, whose names lie one element deeper. */
function userData(user: Json | undefined): JsonObject {
  if (!isObject(user)) return {}
  const inner = Object.entries(user).find(([name, value]) => !isAttribute(name) && isObject(value))
  return namedData(inner === undefined ? user : inner[1])
}

/** Members of a flat document that hold the data instead of being data. */
const containers = ['EventData', 'UserData', 'StringInserts', 'event_data', 'user_data']

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
  if (!containers.some((name) => document[name] !== undefined)) return { header, data: without(document, used) }
  for (const name of containers) used.add(name)
  const names = insertNames(header.provider, header.channel, header.id)
  const data: JsonObject = {
    ...without(document, used),
    ...namedData(document['StringInserts'], names),
    ...userData(document['UserData'] ?? document['user_data']),
    ...namedData(document['EventData'] ?? document['event_data'], names)
  }
  return { header, data }
}

/** The members of `document` that are not named. */
function without(document: JsonObject, names: ReadonlySet<string>): JsonObject {
  const rest: JsonObject = {}
  for (const name of Object.keys(document)) if (!names.has(name)) rest[name] = document[name]!
  return rest
}

function flatTime(document: JsonObject, used: Set<string>): Json | undefined {
  for (const name of ['SystemTime', 'TimeCreated', '@timestamp', 'EventTime']) {
    const value = document[name]
    if (value === undefined) continue
    used.add(name)
    return isObject(value) ? attribute(value, 'SystemTime') : value
  }
  return undefined
}

/** `{ Event: { System, EventData } }` as evtx_dump and others print the XML. */
export function readNested(event: JsonObject): Reading {
  const system = isObject(event['System']) ? event['System'] : {}
  const provider = system['Provider']
  const execution = system['Execution']
  const channel = content(system['Channel'])
  const name = text(attribute(provider, 'Name')) || text(provider)
  const id = eventIdOf(system['EventID'])
  return {
    header: {
      channel,
      provider: name,
      providerGuid: text(attribute(provider, 'Guid')),
      id,
      computer: content(system['Computer']),
      recordId: content(system['EventRecordID']),
      time:
        attribute(system['TimeCreated'], 'SystemTime') ??
        (isObject(system['TimeCreated']) ? undefined : system['TimeCreated']),
      pid: text(attribute(execution, 'ProcessID')),
      threadId: text(attribute(execution, 'ThreadID')),
      level: content(system['Level']),
      task: content(system['Task']),
      opcode: content(system['Opcode']),
      keywords: content(system['Keywords']),
      version: content(system['Version']),
      userSid: text(attribute(system['Security'], 'UserID')),
      message: content(isObject(event['RenderingInfo']) ? event['RenderingInfo']['Message'] : undefined)
    },
    data: isObject(event['UserData'])
      ? userData(event['UserData'])
      : namedData(event['EventData'], insertNames(name, channel, id))
  }
}

/** A Winlogbeat document: `winlog.*` is kept whole, ECS fields of its own win over ours. */
export function readWinlogbeat(winlog: JsonObject): Reading {
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

/** Winlogbeat 5 and 6 put at the top what later versions keep below `winlog`. */
const oldBeatNames: ReadonlyMap<string, string> = new Map([
  ['log_name', 'channel'],
  ['source_name', 'provider_name'],
  ['provider_guid', 'provider_guid'],
  ['event_id', 'event_id'],
  ['computer_name', 'computer_name'],
  ['record_number', 'record_id'],
  ['event_data', 'event_data'],
  ['user_data', 'user_data'],
  ['task', 'task'],
  ['opcode', 'opcode'],
  ['keywords', 'keywords'],
  ['version', 'version'],
  ['activity_id', 'activity_id'],
  ['related_activity_id', 'related_activity_id']
])

/** A document of Winlogbeat 5 or 6 as one of today; undefined when it is none. */
export function readOldBeat(document: JsonObject): { winlog: JsonObject; rest: JsonObject } | undefined {
  if (!isOldBeat(document)) return undefined
  const winlog: JsonObject = {}
  const rest: JsonObject = {}
  const process: JsonObject = {}
  for (const [key, value] of Object.entries(document)) {
    const name = oldBeatNames.get(key)
    if (name !== undefined) winlog[name] = value
    else if (key === 'process_id') process['pid'] = value
    else if (key === 'thread_id') process['thread'] = { id: value }
    else if (key === 'user' && isObject(value) && value['identifier'] !== undefined) winlog['user'] = value
    else rest[key] = value
  }
  if (Object.keys(process).length > 0) winlog['process'] = process
  return { winlog, rest }
}

const isOldBeat = (document: JsonObject) => text(document['log_name']) !== '' && text(document['event_id']) !== ''

/** OpenTelemetry's Windows receiver: lower-case names, id and provider as objects. */
function isOtel(body: JsonObject): boolean {
  return text(body['channel']) !== '' && isObject(body['provider']) && body['event_id'] !== undefined
}

function readOtel(body: JsonObject): Reading {
  const provider = isObject(body['provider']) ? body['provider'] : {}
  const execution = isObject(body['execution']) ? body['execution'] : {}
  const header: Header = {
    channel: text(body['channel']),
    provider: text(provider['name']),
    providerGuid: text(provider['guid']),
    id: eventIdOf(body['event_id']),
    computer: text(body['computer']),
    recordId: text(body['record_id']),
    time: body['system_time'],
    pid: text(execution['process_id']),
    threadId: text(execution['thread_id']),
    level: '',
    task: text(body['task']),
    opcode: text(body['opcode']),
    keywords: '',
    version: text(body['version']),
    userSid: isObject(body['security']) ? text(body['security']['user_id']) : '',
    message: text(body['message'])
  }
  const names = insertNames(header.provider, header.channel, header.id)
  return { header, data: { ...userData(body['user_data']), ...namedData(body['event_data'], names) } }
}

/** Wazuh's agent: names as Windows has them, their first letters small. */
function readSmall(win: JsonObject): Reading {
  const large = (source: Json | undefined): JsonObject =>
    isObject(source)
      ? Object.fromEntries(
          Object.entries(source).map(([key, value]) => [`${key.slice(0, 1).toUpperCase()}${key.slice(1)}`, value])
        )
      : {}
  const system = large(win['system'])
  const flat = readFlat({
    ...system,
    Provider_Name: system['ProviderName'] ?? '',
    Provider_Guid: system['ProviderGuid'] ?? ''
  })
  return { header: flat.header, data: large(win['eventdata']) }
}

/** Where the event lies in a document: at the top or one member deeper; and how it is read. */
function find(document: JsonObject): { read: () => Reading; used: readonly string[] } | undefined {
  const event = document['Event']
  if (isObject(event) && isObject(event['System'])) return { read: () => readNested(event), used: ['Event'] }
  const data = document['data']
  const win = isObject(document['win']) ? document['win'] : isObject(data) ? data['win'] : undefined
  if (isObject(win) && isObject(win['system']))
    return { read: () => readSmall(win), used: ['win', 'data', '@timestamp'] }
  const body = document['body']
  const otel = isObject(body) ? (isObject(body['structured']) ? body['structured'] : body) : document
  if (isOtel(otel))
    return { read: () => readOtel(otel), used: otel === document ? Object.keys(document) : ['body', '@timestamp'] }
  const id = document['EventID'] ?? document['EventId']
  if (typeof id !== 'number' && typeof id !== 'string' && !isObject(id)) return undefined
  if (!['Channel', 'Provider_Name', 'ProviderName', 'SourceName'].some((name) => text(document[name]) !== ''))
    return undefined
  return { read: () => readFlat(document), used: Object.keys(document) }
}

/** The shape that most shippers send and that costs nothing to know. */
const isPlain = (document: JsonObject) =>
  typeof document['Channel'] === 'string' && document['EventID'] !== undefined && document['Event'] === undefined

/** True for a document that is a Windows event in any of the known shapes. */
export function isWindowsDocument(document: JsonObject): boolean {
  return isPlain(document) || isObject(document['winlog']) || isOldBeat(document) || find(document) !== undefined
}

/** Reads a document of which `isWindowsDocument` is true; `rest` is what stands beside the event. */
export function readWindowsDocument(document: JsonObject): { reading: Reading; rest: JsonObject } {
  const found = isPlain(document) ? undefined : find(document)
  const reading = found === undefined ? readFlat(document) : found.read()
  const { header } = reading
  // Shippers that send the rendered message alone still say all in it.
  if (header.channel === 'Security' && Object.keys(reading.data).length === 0)
    reading.data = readRendered(header.message)
  return { reading, rest: found === undefined ? {} : without(document, new Set(found.used)) }
}
