import type { Json, JsonObject } from '#core/event.ts'
import type { Logsources } from '#core/logsource.ts'
import { commonDatasets, datasetsWith, ecsLogsource, type Datasets } from './ecs-logsources.ts'
import { createEcsReader } from './ecs-reader.ts'
import { collectTexts } from './event-texts.ts'
import { flattenEvtx, isEvtx } from './evtx.ts'
import { expandDots } from '../parse/dotted.ts'
import { readPath, readWhole, withoutSpaces } from './paths.ts'
import type { SigmaEvent } from '../parse/types.ts'
import { categoriesOf, renamesOf, serviceOfChannel } from './windows-logsources.ts'

const none: readonly string[] = []

/** What a top-level key tells about the form of its document; learned once per key. */
const SPACED = 1
const ECS = 2
const DOTTED = 4
const EVTX = 8
const keyForms = new Map<string, number>()
/** Keys are the senders' words: beyond this many they are looked at each time instead of being remembered. */
const MAX_KEYS = 20_000
const ecsObjects = new Set('event ecs winlog process url http dns registry user_agent file network'.split(' '))

/** Any JSON event as rules see it: flat raw names, nested evtx_dump, Winlogbeat or ECS, nested or with dotted keys. */
export function toSigmaEvent(document: JsonObject): SigmaEvent {
  return read(document, commonDatasets)
}

/** The same, for documents among which are datasets of our own. */
export function sigmaEvents(logsources: Logsources): (document: JsonObject) => SigmaEvent {
  const datasets = datasetsWith(logsources)
  return (document) => read(document, datasets)
}

function read(document: JsonObject, datasets: Datasets): SigmaEvent {
  let form = 0
  for (const key in document) form |= keyForms.get(key) ?? learn(key)
  if (form === 0) return new FlatEvent(document)
  if ((form & EVTX) !== 0 && isEvtx(document)) {
    const flat = flattenEvtx(document)
    return new FlatEvent(withoutSpaces(flat), flat)
  }
  const nested = (form & DOTTED) !== 0 ? expandDots(document) : document
  if ((form & ECS) !== 0 && looksEcs(nested)) return ecsEvent(nested, datasets)
  return (form & SPACED) !== 0 ? new FlatEvent(withoutSpaces(document), document) : new FlatEvent(document)
}

function learn(key: string): number {
  let form = 0
  if (key.includes(' ')) form |= SPACED
  if (ecsObjects.has(key)) form |= ECS
  if (key === 'Event') form |= EVTX
  if (/^(winlog|event|process|ecs|url|http|dns|registry|user_agent|source|file)\./.test(key)) form |= DOTTED | ECS
  if (keyForms.size < MAX_KEYS) keyForms.set(key, form)
  return form
}

/** ECS groups its fields; a flat event may well have a text called `process`. */
function looksEcs(document: JsonObject): boolean {
  for (const name of ecsObjects) {
    const value = document[name]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true
  }
  return false
}

/** An event whose top-level keys are the fields of the rules. */
class FlatEvent implements SigmaEvent {
  readonly product: string
  readonly service: string
  readonly categories: readonly string[]
  readonly #document: JsonObject
  readonly #written: JsonObject
  readonly #renames: Record<string, string> | undefined

  /** `written`: the same as its sender wrote it, without second names. */
  constructor(document: JsonObject, written = document) {
    this.#document = document
    this.#written = written
    const channel = document['Channel']
    const provider = document['Provider_Name'] ?? document['SourceName']
    const eventId = document['EventID']
    let service = typeof channel === 'string' ? serviceOfChannel(channel) : ''
    let product = service === '' ? '' : 'windows'
    let categories = none
    if (eventId !== undefined) {
      if (provider === 'Linux-Sysmon') product = 'linux'
      else if (channel !== undefined) product = 'windows'
      const id = String(eventId)
      const known = service === '' && typeof provider === 'string' && provider.endsWith('-Sysmon') ? 'sysmon' : service
      categories = categoriesOf(known, id, document['EventType'])
      this.#renames = renamesOf(known, id)
      if (product !== 'linux') service = known
    }
    const claimed = readClaims(document)
    this.product = product || claimed.product
    this.service = service || claimed.service
    this.categories = claimed.categories.length === 0 ? categories : union(categories, claimed.categories)
  }

  get(field: string): unknown {
    const value = readWhole(this.#document, field)
    if (value !== undefined) return value
    const renamed = this.#renames?.[field]
    if (renamed !== undefined && Object.hasOwn(this.#renames!, field)) return readWhole(this.#document, renamed)
    return field.includes('.') ? readPath(this.#document, field) : undefined
  }

  texts(): string[] {
    return collectTexts(this.#written)
  }
}

function ecsEvent(document: JsonObject, datasets: Datasets): SigmaEvent {
  const winlog = readPath(document, 'winlog.channel') ?? readPath(document, 'winlog.provider_name')
  const claimed = readClaims(document)
  if (winlog === undefined) {
    const source = ecsLogsource(document, datasets)
    return {
      product: source.product || claimed.product,
      service: source.service || claimed.service,
      categories: union(source.categories, claimed.categories),
      ...createEcsReader(document, undefined)
    }
  }
  const channel = textOf(readPath(document, 'winlog.channel'))
  const provider = textOf(readPath(document, 'winlog.provider_name'))
  const sysmon = provider.endsWith('-Sysmon')
  const linux = provider === 'Linux-Sysmon'
  const known = serviceOfChannel(channel) || (sysmon ? 'sysmon' : '')
  const eventId = textOf(readPath(document, 'winlog.event_id') ?? readPath(document, 'event.code'))
  const eventType = readPath(document, 'winlog.event_data.EventType')
  return {
    product: linux ? 'linux' : 'windows',
    service: (linux ? '' : known) || claimed.service,
    categories: union(categoriesOf(known, eventId, eventType), claimed.categories),
    ...createEcsReader(document, renamesOf(known, eventId))
  }
}

/** What the event says itself of its log source, for senders that know: `product`, `service`, `category`. */
function readClaims(document: JsonObject): { product: string; service: string; categories: readonly string[] } {
  const { product, service, category } = document
  return {
    product: typeof product === 'string' ? product.toLowerCase() : '',
    service: typeof service === 'string' ? service.toLowerCase() : '',
    categories:
      typeof category === 'string' ? [category.toLowerCase()] : Array.isArray(category) ? list(category) : none
  }
}

/** An event that claims more categories than this claims nothing in particular. */
const MAX_CATEGORIES = 8

function list(category: readonly Json[]): string[] {
  return category
    .slice(0, MAX_CATEGORIES)
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.toLowerCase())
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  const added = b.filter((entry) => !a.includes(entry))
  return added.length === 0 ? a : [...a, ...added]
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
