import { createHash } from 'node:crypto'
import { memberBytes, skipSpace, splitLines, type Unframeable } from './json-split.ts'

export type BulkOperation = 'index' | 'create' | 'update' | 'delete'

/** One item of the answer, in the order of the request; `event` is missing for `delete` and where no document came. */
export type BulkItem = {
  operation: BulkOperation
  /** 201, 200 for a deletion that is nothing here, 400 when the document is missing. */
  status: number
}

/** One event of the request. `hint`: the ingest pipeline if one was named, else the index. */
export type BulkEvent = { raw: Buffer; hint: string; clientKey: string }

/** An action line is short; Beats' longest are under 1 KiB. */
const MAX_ACTION_BYTES = 16 * 1024
/** Elasticsearch's own limits for an index name and an id. */
const MAX_INDEX = 255
const MAX_ID = 512

const operations: readonly string[] = ['index', 'create', 'update', 'delete'] satisfies BulkOperation[]

/**
 * Splits a `_bulk` body: action lines and document lines by turns, blank lines anywhere (rsyslog puts one behind each
 * document). A body that does not begin with an action is refused. Further on nothing is: a line in an action's place
 * that is none, because a sender did not escape a line feed, becomes an event of its own and no item of the answer, since
 * an error would cost rsyslog its whole batch.
 */
export function splitBulk(
  body: Buffer,
  path: { index: string; pipeline: string }
): { items: BulkItem[]; events: BulkEvent[] } | Unframeable {
  const lines = splitLines(body)
  if (!Array.isArray(lines)) return lines
  const items: BulkItem[] = []
  const events: BulkEvent[] = []
  let hint = path.pipeline || path.index
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    const action = readAction(line)
    if (action === undefined) {
      if (index === 0)
        return { at: line.byteOffset - body.byteOffset, problem: 'no _bulk action such as {"create":{}}' }
      events.push({ raw: line, hint, clientKey: '' })
      continue
    }
    const target = action.index || path.index
    hint = action.pipeline || path.pipeline || target
    if (action.operation === 'delete') {
      items.push({ operation: 'delete', status: 200 })
      continue
    }
    const document = lines[++index]
    items.push({ operation: action.operation, status: document === undefined ? 400 : 201 })
    if (document === undefined) break
    const raw =
      action.operation === 'update' ? (memberBytes(document, skipSpace(document, 0), 'doc') ?? document) : document
    events.push({ raw, hint, clientKey: action.id === '' ? '' : clientKeyOf(target, action.id) })
  }
  return { items, events }
}

type Action = { operation: BulkOperation; index: string; id: string; pipeline: string }

/** `{"create":{"_index":"logs","_id":"7"}}`; undefined for anything else. */
function readAction(line: Buffer): Action | undefined {
  if (line.length > MAX_ACTION_BYTES) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const [name, ...others] = Object.keys(parsed)
  if (name === undefined || others.length > 0 || !operations.includes(name)) return undefined
  const meta = (parsed as Record<string, unknown>)[name]
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return undefined
  const text = (key: string, most: number) => {
    const value = Object.hasOwn(meta, key) ? (meta as Record<string, unknown>)[key] : ''
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' ? text.slice(0, most) : ''
  }
  return {
    operation: name as BulkOperation,
    index: text('_index', MAX_INDEX),
    id: text('_id', MAX_ACTION_BYTES),
    pipeline: text('pipeline', MAX_INDEX)
  }
}

/** Index and id together, as an id stands for one document of one index only; a long id by its hash. */
export function clientKeyOf(index: string, id: string): string {
  const short = id.length <= MAX_ID ? id : `sha256:${createHash('sha256').update(id).digest('base64url')}`
  return `${index}/${short}`
}

/** Compact, because Vector looks for the very bytes `"errors":true`; `status` is all that senders read of an item. */
export function bulkAnswer(items: readonly BulkItem[], tookMs: number): string {
  const errors = items.some((item) => item.status >= 400)
  const answers = items.map(({ operation, status }) =>
    status === 400
      ? `{"${operation}":{"status":400,"error":{"type":"missing_document","reason":"no document follows the action"}}}`
      : `{"${operation}":{"status":${status}}}`
  )
  return `{"took":${tookMs},"errors":${errors},"items":[${answers.join(',')}]}`
}
