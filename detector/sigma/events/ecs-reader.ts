import type { Json, JsonObject } from '#core/event.ts'
import { collectTexts } from './event-texts.ts'
import { ecsNames, hashNames } from './ecs-names.ts'
import { readPath, readWhole, split, walk, withoutSpaces } from './paths.ts'
import type { SigmaEvent } from '../parse/types.ts'
import { webReader } from './web-request.ts'

/**
 * What the collector says about the log, and what it repeats: keywords mean the log's own words. (A colon, searched by some
 * rules, stands in every `@timestamp`.)
 */
const ours: ReadonlySet<string> = new Set('soc organization ecs agent @timestamp event related data_stream'.split(' '))
/** Fields of `event` that are words of the log. */
const logged = ['original', 'reason', 'action']

/** Answers that are put together from several ECS fields. */
const composed: Record<string, (document: JsonObject) => Json | undefined> = {
  User: (document) => account(document, 'user'),
  SubjectUserName: (document) => readPath(document, 'user.name'),
  TargetUserName: (document) => readPath(document, 'user.target.name') ?? readPath(document, 'user.name'),
  Hashes: readHashes,
  Hash: readHashes,
  Initiated: readInitiated,
  // auditd's record types are upper case in the log and lower case in ECS; rules compare without case.
  type: (document) => readPath(document, 'auditd.log.record_type')
}

/** Reads the fields of a rule from an ECS document, under the rule's name, the vendor's or ECS's own. */
export function createEcsReader(
  document: JsonObject,
  renames: Record<string, string> | undefined
): Required<Pick<SigmaEvent, 'get' | 'texts'>> {
  const vendor = vendorFields(document)
  const web = isGroup(document['url']) ? webReader(document['url']) : undefined
  const read = (field: string): Json | undefined => {
    const asked = web?.(field)
    if (asked !== undefined) return asked
    const direct = readWhole(document, field) ?? (field.includes('.') ? readPath(document, field) : undefined)
    // `user`, `file`, `query` may be groups of ECS and fields of a vendor at once; a group answers nothing.
    if (direct !== undefined && !isGroup(direct)) return direct
    for (const fields of vendor) {
      const value = readWhole(fields, field)
      if (value !== undefined) return value
    }
    return byEcsName(document, field) ?? direct
  }
  return {
    get(field) {
      const value = read(field)
      if (value !== undefined || renames === undefined || !Object.hasOwn(renames, field)) return value
      return read(renames[field]!)
    },
    texts: () => [...collectTexts(document, ours), ...loggedTexts(document)]
  }
}

/** Objects that hold fields under the names their vendor gave them. */
function vendorFields(document: JsonObject): JsonObject[] {
  const found: JsonObject[] = []
  const add = (value: Json | undefined) => {
    if (isGroup(value)) found.push(withoutSpaces(value))
  }
  const winlog = document['winlog']
  if (isGroup(winlog)) {
    add(winlog['event_data'])
    add(winlog['user_data'])
  }
  const event = document['event']
  const dataset = isGroup(event) && typeof event['dataset'] === 'string' ? event['dataset'] : ''
  if (dataset !== '') {
    const keys = split(dataset)
    add(walk(document, keys, 0))
    if (keys.length > 1 && keys[0] !== 'system') add(readWhole(document, keys[0]!))
  }
  add(document['vendor'])
  return found
}

function loggedTexts(document: JsonObject): string[] {
  const event = document['event']
  if (!isGroup(event)) return []
  const texts = logged.map((name) => event[name]).filter((value) => typeof value === 'string')
  // Where nothing was cut off, the original is the message.
  return texts.filter((text) => text !== document['message'])
}

function byEcsName(document: JsonObject, field: string): Json | undefined {
  if (Object.hasOwn(composed, field)) return composed[field]!(document)
  if (!Object.hasOwn(ecsNames, field)) return undefined
  for (const name of ecsNames[field]!) {
    const value = readPath(document, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** `DOMAIN\name`, as Windows writes accounts; without a domain just the name. */
function account(document: JsonObject, group: string): Json | undefined {
  const name = readPath(document, `${group}.name`)
  const domain = readPath(document, `${group}.domain`)
  return typeof name === 'string' && typeof domain === 'string' ? `${domain}\\${name}` : name
}

function readHashes(document: JsonObject): Json | undefined {
  const hashes: string[] = []
  for (const [label, names] of hashNames) {
    for (const name of names) {
      const value = readPath(document, name)
      if (typeof value === 'string') hashes.push(`${label}=${value}`)
    }
  }
  return hashes.length === 0 ? undefined : hashes
}

function readInitiated(document: JsonObject): Json | undefined {
  const direction = readPath(document, 'network.direction')
  if (typeof direction !== 'string') return undefined
  return ['egress', 'outbound'].includes(direction.toLowerCase())
}

function isGroup(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
