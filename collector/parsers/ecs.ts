import type { Json, JsonObject } from '#core/event.ts'
import { readDocumentTime } from '../enrich/event-time.ts'
import { isObject, normalText } from '../read-document.ts'
import { withoutEnds } from '../read-text.ts'
import { plainIp } from './addresses.ts'
import { fieldKinds, fieldSets, objectNames, type FieldKind } from './ecs-shape.ts'
import { draftOf, type Content, type Draft, type Parser } from './parser.ts'
import { fill, keepVendor } from './vendor.ts'

/** Event fields that are ours to say: a sender's own values are kept beside, not believed. */
const ourEventFields = new Set(['id', 'created', 'kind', 'ingested', 'reference_time', 'original_base64'])

/** Where other tools put a field: rsyslog, syslog-ng, journald, Fluent Bit, GELF, clouds, in the order asked. */
const aliases = {
  message: ['MESSAGE', 'msg', 'log', 'short_message', 'body', 'Body'],
  'host.name': ['HOST', '_HOSTNAME', 'hostname', 'host'],
  'process.name': ['PROGRAM', 'SYSLOG_IDENTIFIER', 'programname', 'ident', 'app-name', 'appname', 'syslogtag'],
  'process.pid': ['PID', '_PID', 'SYSLOG_PID', 'procid', 'pid'],
  'log.level': ['level', 'severity', 'loglevel', 'syslogseverity-text', 'severity_text', 'SeverityText'],
  time: `timestamp ISODATE __REALTIME_TIMESTAMP _SOURCE_REALTIME_TIMESTAMP timereported timegenerated date time ts eventTime
    event_time EventTime TimeGenerated Timestamp datetime time_iso8601 time_local asctime @t created_at createdAt`.split(
    /\s+/
  )
} as const satisfies Record<string, readonly string[]>
type Alias = keyof typeof aliases
/** Names of addresses that other tools give, copied: rules for those tools ask for them under the tool's own name. */
const copies: readonly (readonly [set: string, leaf: 'ip' | 'port', names: readonly string[]])[] = [
  ['source', 'ip', ['src_ip', 'sourceIPAddress', 'client_ip', 'remote_addr', 'id.orig_h']],
  ['source', 'port', ['src_port', 'client_port']],
  ['destination', 'ip', ['dest_ip', 'dst_ip']],
  ['destination', 'port', ['dest_port', 'dst_port']]
]
const aliasNames = new Set<string>(Object.values(aliases).flat())

/** Field sets that home-made logs write as one word, and the field that the word is. */
const wordHomes: Record<string, string> = {
  error: 'message',
  file: 'path',
  group: 'name',
  process: 'name',
  rule: 'name',
  service: 'name',
  url: 'original',
  user: 'name'
}

/** An ECS document as it comes, or any JSON log that has a time or a message. */
export const ecs: Parser = {
  name: 'ecs',
  samples: [],
  fieldSets: [],
  accepts({ document }) {
    if (document === undefined) return false
    if (document['@timestamp'] !== undefined || typeof document['message'] === 'string') return true
    if (isObject(document['ecs']) || isObject(document['event'])) return true
    if (aliases.message.some((name) => typeof document[name] === 'string' || isBytes(document[name]))) return true
    if (otelBody(document) !== undefined) return true
    return aliases.time.some((name) => Object.hasOwn(document, name) && !Number.isNaN(readDocumentTime(document[name])))
  },
  parse: (content: Content, ownSets): Draft => readEcs(opened(content.document!), ownSets, content.utcOffsetMinutes)
}

/** journald gives a line that is no plain text as its bytes. */
function isBytes(value: Json | undefined): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((byte) => typeof byte === 'number' && byte >= 0 && byte < 256)
  )
}

/** What OpenTelemetry's Elasticsearch exporter makes of a log record's body. */
function otelBody(document: JsonObject): JsonObject | undefined {
  const body = document['body']
  return isObject(body) && (typeof body['text'] === 'string' || isObject(body['structured'])) ? body : undefined
}

/** A document with what its shipper wrapped up laid open: bytes as text, OpenTelemetry's body, resource and attributes. */
function opened(document: JsonObject): JsonObject {
  let open = document
  for (const name of aliases.message) {
    const value = document[name]
    if (isBytes(value))
      open = {
        ...open,
        [name]: normalText(withoutEnds(Buffer.from(value).toString('utf8')))
      }
  }
  const body = otelBody(document)
  if (body === undefined) return open
  const { body: _body, resource, attributes, ...rest } = open
  const told = isObject(attributes) ? attributes : {}
  const about = isObject(resource) && isObject(resource['attributes']) ? resource['attributes'] : {}
  const flat: JsonObject = { ...rest }
  if (isObject(body['structured'])) fill(flat, body['structured'])
  if (typeof body['text'] === 'string') flat['message'] = body['text']
  for (const source of [told, about]) {
    for (const [key, value] of Object.entries(source)) {
      // What ECS or a syslog receiver names goes where it belongs; the rest stays an attribute.
      if ((fieldSets.has(key) && isObject(value)) || aliasNames.has(key)) {
        const present = flat[key]
        if (present === undefined) flat[key] = value
        else if (isObject(present) && isObject(value)) fill(present, value)
      }
    }
  }
  flat['otel'] = { attributes: told, resource: about }
  return flat
}

/** Sorts a document's fields: ECS where ECS says so, `ownSets` as they come, everything else below `vendor`. */
export function readEcs(document: JsonObject, ownSets: ReadonlySet<string>, utcOffsetMinutes = 0): Draft {
  const fields: JsonObject = {}
  const vendor: JsonObject = {}
  const draft = draftOf(fields, readDocumentTime(document['@timestamp'], utcOffsetMinutes))
  for (const [key, value] of Object.entries(document)) {
    if (key === '@timestamp' || key === '@version') continue
    if (key === 'organization') {
      const id = isObject(value) ? value['id'] : undefined
      if (typeof id === 'string') draft.unitClaims.push(id)
      vendor[key] = value
    } else if (key === 'message' && typeof value === 'string') fields[key] = value
    else if (key === 'tags') keepTags(value, fields, vendor)
    else if (key === 'labels') keepLabels(value, fields, vendor)
    else if (key === 'vendor' && isObject(value)) Object.assign(vendor, value)
    else if ((ownSets.has(key) || fieldSets.has(key)) && isObject(value)) {
      const kept = ownSets.has(key) ? keepVendor(value) : sort(value, key, vendor)
      if (Object.keys(kept).length > 0) fields[key] = kept
    } else if (typeof value === 'string' && value !== '' && Object.hasOwn(wordHomes, key)) {
      fields[key] = { [wordHomes[key]!]: value }
    } else if (!aliasNames.has(key)) vendor[key] = value
  }
  takeAliases(document, draft, vendor, utcOffsetMinutes)
  if (Object.keys(vendor).length > 0) fields['vendor'] = keepVendor(vendor)
  return draft
}

/** One ECS field set: values of the right kind stay, others move to `vendor` under their dotted name. */
function sort(source: JsonObject, path: string, vendor: JsonObject): JsonObject {
  const kept: JsonObject = {}
  for (const [key, value] of Object.entries(source)) {
    const name = `${path}.${key}`
    if (value === null || value === '') continue
    if (path === 'event' && ourEventFields.has(key)) {
      if (key !== 'kind' || value !== 'event') vendor[name] = value
      continue
    }
    const kind = fieldKinds.get(name)
    if (kind !== undefined) {
      const right = rightValue(value, kind)
      if (right !== undefined) kept[key] = right
      if (
        right === undefined ||
        (kind === 'ip' && Array.isArray(value) && Array.isArray(right) && right.length < value.length)
      ) {
        vendor[name] = value
      }
    } else if (isObject(value)) {
      const inner = sort(value, name, vendor)
      if (Object.keys(inner).length > 0) kept[key] = inner
    } else if (objectNames.has(name)) vendor[name] = value
    else kept[key] = value
  }
  return kept
}

/** The value in the form its kind asks for; undefined when it is of another kind. */
function rightValue(value: Json, kind: FieldKind): Json | undefined {
  if (Array.isArray(value)) {
    const right = value.map((element) => rightValue(element, kind)).filter((element) => element !== undefined)
    return right.length === 0 || (kind !== 'ip' && right.length < value.length) ? undefined : right
  }
  if (isObject(value) || value === null) return undefined
  switch (kind) {
    case 'ip':
      return typeof value === 'string' ? plainIp(value) || undefined : undefined
    case 'long': {
      const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
      return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
    }
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    case 'date': {
      const time = readDocumentTime(value)
      return Number.isNaN(time) ? undefined : new Date(time).toISOString()
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'word':
      return value
  }
}

function keepTags(value: Json, fields: JsonObject, vendor: JsonObject): void {
  const tags = (Array.isArray(value) ? value : [value]).filter((tag) => typeof tag === 'string')
  if (tags.length > 0) fields['tags'] = tags
  else vendor['tags'] = value
}

/** ECS labels are flat words; anything else would clash in the mapping. */
function keepLabels(value: Json, fields: JsonObject, vendor: JsonObject): void {
  if (isObject(value) && Object.values(value).every((label) => typeof label !== 'object' && label !== null)) {
    fields['labels'] = Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]))
  } else vendor['labels'] = value
}

/** `sshd[9]:` → name and pid; a bare name is a name. */
function tagOf(tag: string): JsonObject {
  const found = /^([^\s[\]:]{1,128})(?:\[(\d{1,10})\])?:?\s*$/.exec(tag)
  if (found === null) return { name: tag }
  return found[2] === undefined ? { name: found[1]! } : { name: found[1]!, pid: Number(found[2]) }
}

function copyEnd(
  document: JsonObject,
  fields: JsonObject,
  set: string,
  leaf: 'ip' | 'port',
  names: readonly string[]
): void {
  for (const name of names) {
    const value = Object.hasOwn(document, name) ? document[name] : undefined
    const right = value === undefined ? undefined : rightValue(value, leaf === 'ip' ? 'ip' : 'long')
    if (right === undefined || Array.isArray(right)) continue
    const present = fields[set]
    if (present !== undefined && !isObject(present)) return
    const end = present ?? {}
    if (leaf === 'ip') end['address'] ??= value!
    end[leaf] ??= right
    fields[set] = end
    return
  }
}

/** Fills message, host, process, level and time from the names other tools use; what was not used goes to `vendor`. */
function takeAliases(document: JsonObject, draft: Draft, vendor: JsonObject, utcOffsetMinutes: number): void {
  const { fields } = draft
  const used = new Set<string>()
  const take = (target: Alias, fits: (value: Json) => boolean): Json | undefined => {
    for (const name of aliases[target]) {
      const value = Object.hasOwn(document, name) ? document[name] : undefined
      if (value === undefined || used.has(name) || !fits(value)) continue
      used.add(name)
      return value
    }
    return undefined
  }
  const word = (value: Json) => typeof value === 'string' && value !== ''
  if (typeof fields['message'] !== 'string') {
    const message = take('message', word)
    if (message !== undefined) fields['message'] = message
  }
  for (const target of ['host.name', 'process.name', 'log.level'] as const) {
    const [set = '', leaf = ''] = target.split('.')
    const present = isObject(fields[set]) ? fields[set] : {}
    if (present[leaf] !== undefined) continue
    const value = take(target, word)
    if (value !== undefined)
      fields[set] = target === 'process.name' ? { ...present, ...tagOf(String(value)) } : { ...present, [leaf]: value }
  }
  for (const [set, leaf, names] of copies) copyEnd(document, fields, set, leaf, names)
  const process = fields['process']
  if (isObject(process) && process['name'] !== undefined && process['pid'] === undefined) {
    const pid = take('process.pid', (value) => /^\d{1,10}$/.test(String(value)))
    if (pid !== undefined) process['pid'] = Number(pid)
  }
  if (Number.isNaN(draft.time)) {
    const fits = (value: Json) => !Number.isNaN(readDocumentTime(value, utcOffsetMinutes))
    const time = take('time', fits)
    if (time !== undefined) draft.time = readDocumentTime(time, utcOffsetMinutes)
  }
  const host = fields['host']
  if (isObject(host) && typeof host['name'] === 'string') host['hostname'] ??= host['name']
  for (const name of aliasNames) {
    if (!Object.hasOwn(document, name) || used.has(name) || fields[name] !== undefined) continue
    vendor[name] = document[name]!
  }
}
