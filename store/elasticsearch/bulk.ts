import type { Client } from '@elastic/elasticsearch'
import { setTimeout as sleep } from 'node:timers/promises'
import { SocError } from '#core/errors.ts'
import { away, statusOf } from './connection.ts'
import type { Prepared } from './document.ts'

/** One `_bulk` request holds at most so many bytes and documents. */
const REQUEST_BYTES = 5 * 1024 * 1024
const REQUEST_DOCUMENTS = 1_000
/** Requests on their way at once: a shard writes with as many threads as the server has cores. */
const REQUESTS_AT_ONCE = 2
/** Pauses between tries of what the server was too busy for, milliseconds; then the caller is told `store.away`. */
const PAUSES = [100, 400, 1_600]

/** What became of one document: written now, found written before, or refused for good. */
export type Outcome = 'created' | 'exists' | { rejected: string }
export type Pause = (ms: number) => Promise<unknown>

/** What an item's answer says. */
type Item = {
  status: number
  error?: { type?: string; reason?: string; caused_by?: { type?: string; reason?: string } }
}

/**
 * Creates documents by id. Outcomes in the order of the documents. Throws `store.away` when the server cannot be reached,
 * does not let us in, or stays busy; then any part of them may have been written, which `exists` tells the next time.
 */
export async function createDocuments(client: Client, documents: Prepared[], pause: Pause = sleep): Promise<Outcome[]> {
  const chunks = chunksOf(documents)
  const outcomes = new Array<Outcome[]>(chunks.length)
  let next = 0
  const lane = async () => {
    for (let at = next++; at < chunks.length; at = next++) outcomes[at] = await createChunk(client, chunks[at]!, pause)
  }
  // All lanes end before we do: nothing of this call is on its way when the caller tries again.
  const ended = await Promise.allSettled(Array.from({ length: REQUESTS_AT_ONCE }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  return outcomes.flat()
}

function chunksOf(documents: Prepared[]): Prepared[][] {
  const chunks: Prepared[][] = []
  let chunk: Prepared[] = []
  let bytes = 0
  for (const document of documents) {
    // UTF-16 units stand for bytes here: the limit is ours, the server's is twenty times as high.
    if (chunk.length >= REQUEST_DOCUMENTS || bytes + document.source.length > REQUEST_BYTES) {
      if (chunk.length > 0) chunks.push(chunk)
      chunk = []
      bytes = 0
    }
    chunk.push(document)
    bytes += document.source.length
  }
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}

async function createChunk(client: Client, documents: Prepared[], pause: Pause): Promise<Outcome[]> {
  const outcomes = new Array<Outcome | undefined>(documents.length).fill(undefined)
  /** Documents whose fields for Kibana were refused: they go once more without. */
  const bare = new Set<number>()
  for (let tries = 0; ;) {
    const open = documents.flatMap((_, index) => (outcomes[index] === undefined ? [index] : []))
    if (open.length === 0) return outcomes as Outcome[]
    const lines = open.flatMap((index) => {
      const { index: name, id, source, bare: bareSource } = documents[index]!
      return [JSON.stringify({ create: { _index: name, _id: id } }), bare.has(index) ? bareSource() : source]
    })
    let items: Item[] | undefined
    let busy: unknown
    try {
      items = await request(client, lines)
    } catch (error) {
      const status = statusOf(error)
      if (status === 413) return createSmaller(client, documents, pause)
      if (status !== 429 && (status === undefined || status < 500)) throw away(error, 'events cannot be written')
      busy = error
    }
    if (items !== undefined && items.length !== open.length)
      throw new SocError('store.away', 'the search server answered for other documents than were sent', { status: 503 })
    let progress = false
    for (const [at, item] of (items ?? []).entries()) {
      const index = open[at]!
      const read = outcomeOf(item)
      if (read === 'busy') {
        busy = new SocError('store.away', `events cannot be written: ${reasonOf(item)}`, { status: 503 })
        continue
      }
      progress = true
      if (typeof read === 'object' && !bare.has(index)) bare.add(index)
      else outcomes[index] = read
    }
    if (busy === undefined) continue
    // What moves forward is not given up: only tries without any progress are counted.
    if (progress) tries = 0
    const wait = PAUSES[tries++]
    if (wait === undefined) throw away(busy, 'events cannot be written')
    await pause(wait)
  }
}

/** The request was too large for the server (or a proxy before it): halves, down to one document. */
async function createSmaller(client: Client, documents: Prepared[], pause: Pause): Promise<Outcome[]> {
  if (documents.length === 1) return [{ rejected: 'the event is too large for the search server (HTTP 413)' }]
  const half = Math.ceil(documents.length / 2)
  const first = await createChunk(client, documents.slice(0, half), pause)
  return [...first, ...(await createChunk(client, documents.slice(half), pause))]
}

async function request(client: Client, lines: string[]): Promise<Item[]> {
  const answer = await client.transport.request<{ items?: { create?: Item }[] }>({
    method: 'POST',
    path: '/_bulk',
    querystring: { filter_path: 'items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by' },
    bulkBody: lines
  })
  return (answer.items ?? []).map(({ create }) => create ?? { status: 500 })
}

/** Refusals that are about the index or about us, not about the document: they pass, and the events must wait. */
const passing = new Set([
  'cluster_block_exception',
  'index_closed_exception',
  'index_not_found_exception',
  'security_exception',
  'validation_exception',
  'invalid_alias_name_exception'
])

function outcomeOf(item: Item): Outcome | 'busy' {
  const { status, error } = item
  if (status >= 200 && status < 300) return 'created'
  if (status === 409) return 'exists'
  const passes = status === 429 || status >= 500 || [401, 403, 404].includes(status)
  return passes || passing.has(error?.type ?? '') ? 'busy' : { rejected: reasonOf(item) }
}

function reasonOf({ status, error }: Item): string {
  const cause = error?.caused_by?.reason === undefined ? '' : ` (${error.caused_by.reason})`
  return `HTTP ${status} ${error?.type ?? ''}: ${error?.reason ?? ''}${cause}`.slice(0, 1_000)
}
