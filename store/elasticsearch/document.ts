import { isIP } from 'node:net'
import type { JsonObject } from '#core/event.ts'
import type { EncodedEvent } from '#core/store-entry.ts'
import type { Leaf } from '../query/evaluate.ts'
import { documentMillis } from '../query/range.ts'
import { timeLimits } from './compile.ts'
import { documentId } from './names.ts'
import { deriveIndex, TIME_FIELD } from './tokens.ts'

/** Types of the ECS fields that people find in Kibana under their own names. */
type EcsType = 'keyword' | 'ip' | 'date' | 'long' | 'boolean'

const byType: Record<EcsType, string> = {
  keyword: `agent.name agent.type destination.domain dns.question.name event.action event.category event.code
    event.dataset event.id event.kind event.module event.outcome event.provider event.type event.severity_name file.hash.sha256
    file.name file.path group.name host.hostname host.name http.request.method http.version log.level
    network.direction network.protocol network.transport observer.name observer.product observer.vendor
    organization.id organization.name process.command_line process.executable process.hash.sha256 process.name
    process.parent.executable process.parent.name registry.path rule.id rule.name server.domain service.name
    soc.flags soc.listener soc.origin soc.parser soc.sender soc.sender_unit source.domain url.domain url.original url.path
    url.query url.scheme user.domain user.effective.name user.id user.name user.target.name user_agent.original`,
  ip: 'client.ip destination.ip destination.nat.ip host.ip observer.ip related.ip server.ip source.ip source.nat.ip',
  date: 'event.created event.end event.ingested event.start',
  long: `destination.bytes destination.port event.duration event.severity http.request.body.bytes
    http.response.body.bytes http.response.status_code network.bytes process.parent.pid process.pid server.port
    soc.skew_ms source.bytes source.port`,
  boolean: 'process.interactive tls.established'
}

/** Type of each such field by its dotted name. */
export const ecsFields: ReadonlyMap<string, EcsType> = new Map(
  Object.entries(byType).flatMap(([type, names]) => names.split(/\s+/).map((name) => [name, type as EcsType] as const))
)

/** Longest keyword and vendor value for Kibana, UTF-16 units; our own search sees the whole. */
const KIBANA_UNITS = 1_000
const MESSAGE_UNITS = 8_192
const MAX_VALUES = 64
const MAX_VENDOR_FIELDS = 256
/** Kept in the original document, not told again. */
const untold = new Set([TIME_FIELD, 'message', 'event.original'])

/** An event ready for `_bulk`. */
export type Prepared = {
  index: string
  id: string
  /** Where it came from; a document of the same id with another place is another frame's. */
  place: string
  /** The document as JSON. */
  source: string
  /** The same without the fields for Kibana, in case the server refuses one of them. */
  bare(): string
}

/** Builds the document of an event. `receivedAt` stands in for a time that no date field can hold. */
export function prepare(event: EncodedEvent, index: string, receivedAt: number, place: string): Prepared {
  const document = JSON.parse(event.json) as JsonObject
  const time = soundTime(event.time, receivedAt)
  const { leaves, ...derived } = deriveIndex(event, document, time)
  const id = documentId(event.id)
  const own = {
    [TIME_FIELD]: new Date(time).toISOString(),
    soc_index: {
      tokens: derived.tokens,
      words: derived.words,
      ...(derived.message.length > 0 && { message: derived.message }),
      ...(derived.errorMessage.length > 0 && { error_message: derived.errorMessage }),
      units: [...new Set([unitToken(event.unit), unitToken(event.senderUnit)])],
      ...(derived.odd && { odd: true }),
      id,
      place,
      // JSON inside a string: it comes back as it was, whatever it holds.
      text: JSON.stringify(event.text),
      json: event.json
    }
  }
  return {
    index,
    id,
    place,
    source: JSON.stringify({ ...own, ...forKibana(leaves) }),
    bare: () => JSON.stringify(own)
  }
}

/** A unit's code as it is indexed. */
export const unitToken = (unit: string) => (unit.isWellFormed() ? unit : JSON.stringify(unit))

function soundTime(time: number, receivedAt: number): number {
  const sound = Number.isSafeInteger(time) && time >= timeLimits.least && time <= timeLimits.greatest
  return sound ? time : receivedAt
}

/** Standard fields in their types, everything else in `vendor`; values that are not of the type stay in the original only. */
function forKibana(leaves: ReadonlyMap<string, readonly Leaf[]>): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  const vendor: [string, string | string[]][] = []
  const message = leaves.get('message')?.find((value) => typeof value === 'string')
  if (message !== undefined) told['message'] = message.slice(0, MESSAGE_UNITS).toWellFormed()
  for (const [path, all] of leaves) {
    if (untold.has(path)) continue
    const type = ecsFields.get(path)
    if (type === undefined) {
      if (vendor.length < MAX_VENDOR_FIELDS)
        vendor.push([path.replace(/^vendor\./, ''), single(all.slice(0, MAX_VALUES).map(keyword))])
      continue
    }
    const values = all.slice(0, MAX_VALUES).flatMap((value) => typed[type](value) ?? [])
    if (values.length > 0) told[path] = single(values)
  }
  if (vendor.length > 0) told['vendor'] = Object.fromEntries(vendor)
  return told
}

const single = <T>(values: T[]): T | T[] => (values.length === 1 ? values[0]! : values)
const keyword = (value: Leaf) => String(value).slice(0, KIBANA_UNITS).toWellFormed()

const typed: Record<EcsType, (value: Leaf) => string | number | boolean | undefined> = {
  keyword,
  ip: (value) => (typeof value === 'string' && isIP(value) !== 0 && !value.includes('%') ? value : undefined),
  date: (value) => {
    const millis = typeof value === 'string' ? documentMillis(value) : undefined
    const known = millis !== undefined && millis >= timeLimits.least && millis <= timeLimits.greatest
    return known ? new Date(millis).toISOString() : undefined
  },
  long: (value) => {
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
  },
  boolean: (value) => (typeof value === 'boolean' ? value : undefined)
}
