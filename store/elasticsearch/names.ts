import { stableHash } from '#core/ids.ts'
import { origins, type Origin } from '#core/origin.ts'
import { DAY_MS, utcDay } from '#core/time.ts'

/** First part of every index name when nothing else is said. */
export const PREFIX = 'soc'
/** Longest `_id` Elasticsearch takes, UTF-8 bytes. */
const ID_BYTES = 512

/** One daily index: the events of one origin received on one UTC day. */
export type IndexName = { index: string; origin: Origin; day: string }

/** `soc-events-real-2026.11.23`: the day is the frame's receive day, so one id always meets one index. */
export function indexName(prefix: string, origin: Origin, receivedAt: number): string {
  return `${prefix}-events-${origin}-${utcDay(receivedAt).replaceAll('-', '.')}`
}

/** Reads a name back; undefined for an index that is not one of ours. */
export function readIndexName(prefix: string, index: string): IndexName | undefined {
  if (!index.startsWith(`${prefix}-events-`)) return undefined
  const found = /^([a-z]+)-(\d{4})\.(\d{2})\.(\d{2})$/.exec(index.slice(prefix.length + 8))
  const origin = origins.find((name) => name === found?.[1])
  return found === null || origin === undefined
    ? undefined
    : { index, origin, day: `${found[2]}-${found[3]}-${found[4]}` }
}

/** All indices of one origin, or of all. */
export const indexPattern = (prefix: string, origin: Origin | '*' = '*') => `${prefix}-events-${origin}-*`

/** First millisecond after a day. */
export const endOfDay = (day: string) => Date.parse(`${day}T00:00:00Z`) + DAY_MS

/** The event's id as `_id`; what Elasticsearch would refuse (empty, too long, no Unicode) stands by its hash. */
export function documentId(id: string): string {
  const plain = id !== '' && !id.startsWith('~') && id.isWellFormed() && Buffer.byteLength(id) <= ID_BYTES
  return plain ? id : `~${stableHash([id], 43)}`
}
