import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { SocError, messageOf } from '#core/errors.ts'
import type { EcsEvent } from '#core/event.ts'
import type { Correlator, Episode, Group, SavedEvidence, SavedGroup } from './correlator.ts'
import type { Shelf } from './evidence.ts'
import type { WindowEntry } from './window.ts'

const VERSION = 1
/** Far above what the ceilings allow; a damaged checkpoint cannot fill the memory. */
const MAX_BYTES = 256 << 20

/** Times as steps from the one before: most are small, and what is small compresses well. */
type Steps = number[]
type GroupRecord = {
  k: string
  a: number
  e?: Episode
  /** Newest time forgotten; absent when nothing was. */
  f?: number
  t: Steps
  r: Steps
  c: Steps
  v?: { texts: string[]; at: number[] }
  /** For how many events each entry stands; absent when all stand for one. */
  w?: number[]
}
type Checkpoint = {
  version: number
  clock: number
  rules: { key: string; groups: GroupRecord[] }[]
  evidence: { r: number; g: number; by: string; event: EcsEvent }[]
}

/** The windows of a correlator as bytes: JSON, compressed. */
export function saveCorrelator(correlator: Correlator): Uint8Array {
  const { clock, rules, evidence } = correlator.state()
  const places = new Map<Shelf, { r: number; g: number }>()
  const checkpoint: Checkpoint = {
    version: VERSION,
    clock,
    rules: rules.map(({ key, groups }, r) => ({
      key,
      groups: [...groups].map(([groupKey, group], g) => {
        places.set(group.shelf, { r, g })
        return packGroup(groupKey, group)
      })
    })),
    evidence: Array.from(evidence.places(), ({ held, shelf }) => ({
      ...places.get(shelf)!,
      by: held.ruleId,
      event: held.seen.event
    }))
  }
  return zstdCompressSync(JSON.stringify(checkpoint))
}

/** Puts the windows back. Throws `detector.checkpoint` when the bytes are not a checkpoint of this version; then nothing has changed. */
export function loadCorrelator(correlator: Correlator, bytes: Uint8Array): void {
  let groups: { key: string; groups: SavedGroup[] }[]
  let evidence: SavedEvidence[]
  let checkpoint: Checkpoint
  try {
    checkpoint = JSON.parse(zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES }).toString()) as Checkpoint
    if (checkpoint.version !== VERSION) throw new Error(`version ${checkpoint.version}, this is ${VERSION}`)
    number(checkpoint.clock)
    groups = checkpoint.rules.map(({ key, groups }) => ({ key: text(key), groups: groups.map(unpackGroup) }))
    evidence = checkpoint.evidence.map(({ r, g, by, event }) => ({
      rule: number(r),
      group: number(g),
      evidence: { ruleId: text(by), seen: { event: isEvent(event) } }
    }))
  } catch (error) {
    throw new SocError('detector.checkpoint', `the correlation checkpoint cannot be used: ${messageOf(error)}`, {
      cause: error
    })
  }
  correlator.resume(checkpoint.clock, groups, evidence)
}

function packGroup(key: string, group: Group): GroupRecord {
  const entries = group.window.entries()
  const record: GroupRecord = {
    k: key,
    a: group.lastArrival,
    t: toSteps(entries.map((entry) => entry.time)),
    r: toSteps(entries.map((entry) => entry.arrival)),
    c: toSteps(entries.map((entry) => entry.count))
  }
  if (group.window.forgottenTo > -Infinity) record.f = group.window.forgottenTo
  if (group.episode) record.e = group.episode
  if (entries.some((entry) => entry.weight !== undefined)) record.w = entries.map((entry) => entry.weight ?? 1)
  if (entries[0]?.value === undefined) return record
  const texts = new Map<string, number>()
  const at = entries.map(({ value }) => {
    if (!texts.has(value!)) texts.set(value!, texts.size)
    return texts.get(value!)!
  })
  return { ...record, v: { texts: [...texts.keys()], at } }
}

function unpackGroup(record: GroupRecord): SavedGroup {
  const times = fromSteps(record.t)
  const arrivals = fromSteps(record.r)
  const counts = fromSteps(record.c)
  const values = record.v?.at.map((place) => text(record.v!.texts[place]))
  const weights = record.w?.map(number)
  for (const list of [arrivals, counts, values ?? times, weights ?? times]) {
    if (list.length !== times.length) throw new Error('a group is torn')
  }
  if (times.some((time, index) => time < (times[index - 1] ?? time))) throw new Error('a group is out of order')
  return {
    key: text(record.k),
    lastArrival: number(record.a),
    episode: record.e && {
      open: record.e.open === true,
      since: number(record.e.since),
      first: number(record.e.first),
      last: number(record.e.last),
      count: number(record.e.count)
    },
    forgottenTo: record.f === undefined ? -Infinity : number(record.f),
    entries: times.map((time, index) => {
      const entry: WindowEntry = { time, arrival: arrivals[index]!, count: counts[index]! }
      if (values) entry.value = values[index]!
      if (weights && weights[index] !== 1) entry.weight = weights[index]!
      return entry
    })
  }
}

function toSteps(times: readonly number[]): Steps {
  return times.map((time, index) => time - (times[index - 1] ?? 0))
}
function fromSteps(steps: Steps): number[] {
  let time = 0
  return steps.map((step) => (time += number(step)))
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('a number is missing')
  return value
}
function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a text is missing')
  return value
}
function isEvent(value: EcsEvent): EcsEvent {
  text(value['@timestamp'])
  text(value.event.id)
  text(value.organization.id)
  text(value.soc.origin)
  return value
}
