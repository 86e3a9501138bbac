import { isUtf8 } from 'node:buffer'
import { frameFlag } from '#core/frame.ts'
import { clientKeyOf, splitBulk, type BulkItem } from './bulk-split.ts'
import type { DocumentWrite } from './elastic-writes.ts'
import {
  afterMark,
  MAX_EVENT_BYTES,
  memberBytes,
  skipSpace,
  splitJson,
  splitLines,
  type Unframeable
} from './json-split.ts'

/** One event of a request, as bytes of the body it came in. */
export type RequestEvent = { raw: Buffer; flags: number; hint: string; clientKey: string }

/** What a path and its query say about the content; each at most 255 characters. */
export type RequestHints = { dataset: string; index: string; pipeline: string }

const OPEN_LIST = 91
const OPEN_OBJECT = 123

/** `POST /v1/events`: one event a line, or JSON values, by content type; without a telling one by the first byte. */
export function eventsOf(body: Buffer, contentType: string, hints: RequestHints): RequestEvent[] | Unframeable {
  const split = splitByType(body, contentType)
  if (!Array.isArray(split)) return split
  if (split.length === 0) return { at: 0, problem: 'the body has no event' }
  const clean = isUtf8(body)
  return split.map((raw) => eventOf(raw, clean, hints.dataset, ''))
}

function splitByType(body: Buffer, contentType: string): Buffer[] | Unframeable {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type === 'application/json') return splitJson(body)
  if (/^(text\/.*|application\/(x-)?(ndjson|jsonl?|json-lines))$/.test(type)) return splitLines(body)
  // curl says application/x-www-form-urlencoded whatever it sends.
  const first = body[skipSpace(body, afterMark(body))]
  if (first !== OPEN_LIST && first !== OPEN_OBJECT) return splitLines(body)
  const values = splitJson(body)
  return Array.isArray(values) ? values : splitLines(body)
}

/** `POST /_bulk`. */
export function bulkEventsOf(
  body: Buffer,
  hints: RequestHints
): { items: BulkItem[]; events: RequestEvent[] } | Unframeable {
  const split = splitBulk(body, hints)
  if ('problem' in split) return split
  if (split.items.length === 0) return { at: 0, problem: 'the body has no _bulk action' }
  const clean = isUtf8(body)
  return {
    items: split.items,
    events: split.events.map(({ raw, hint, clientKey }) => eventOf(raw, clean, hint, clientKey))
  }
}

/** One document of an index; of an update what stands in its `doc`. What is no JSON is kept as it is and judged by the parsers. */
export function documentEventsOf(
  body: Buffer,
  write: DocumentWrite,
  hints: RequestHints
): RequestEvent[] | Unframeable {
  const start = skipSpace(body, afterMark(body))
  if (start >= body.length) return { at: 0, problem: 'the body has no document' }
  const whole = body.subarray(start)
  const raw = write.operation === 'update' ? (memberBytes(whole, 0, 'doc') ?? whole) : whole
  const clientKey = write.id === '' ? '' : clientKeyOf(write.index, write.id)
  return [eventOf(trimmedEnd(raw), isUtf8(raw), hints.pipeline || hints.index, clientKey)]
}

function trimmedEnd(raw: Buffer): Buffer {
  let end = raw.length
  while (end > 0 && raw[end - 1]! <= 32) end--
  return raw.subarray(0, end)
}

function eventOf(whole: Buffer, clean: boolean, hint: string, clientKey: string): RequestEvent {
  const raw = whole.length > MAX_EVENT_BYTES ? whole.subarray(0, MAX_EVENT_BYTES) : whole
  const flags = (clean || isUtf8(raw) ? 0 : frameFlag.badUtf8) | (raw === whole ? 0 : frameFlag.truncated)
  return { raw, flags, hint, clientKey }
}
