import type { Client } from '@elastic/elasticsearch'
import { messageOf, SocError } from '#core/errors.ts'
import type { Clock } from '#core/clock.ts'
import type { JsonObject } from '#core/event.ts'
import type { StoreLoss } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { DeadLetter, EncodedEvent, StoreEntry } from '#core/store-entry.ts'
import type { LedgerFates, StoreBatch, StoreWriter } from '#store/store.ts'
import { createDocuments, type Outcome, type Pause } from './bulk.ts'
import { askProduct, away, openClient, statusOf, type ConnectionOptions } from './connection.ts'
import { prepare, type Prepared } from './document.ts'
import { listIndices } from './indices.ts'
import { IndexInspection } from './inspection.ts'
import { documentId, endOfDay, indexName, PREFIX } from './names.ts'
import { WriterState, type Changes } from './state.ts'
import { indexBody, indexTemplate, type Product } from './template.ts'

export type ElasticsearchOptions = ConnectionOptions & {
  /** Folder of `es-state.db`, made when missing. */
  stateFolder: string
  clock: Clock
  /** First part of the index names, `soc`. */
  prefix?: string
  /** Waits between tries; tests do not wait. */
  pause?: Pause
}

/** Indices known to be there; forgotten as a whole beyond this, and then looked for again. */
const MAX_KNOWN_INDICES = 1_000
/** Documents looked at in one request, to learn whose they are. */
const PLACES_PER_REQUEST = 500

type Stored = StoreEntry & { fate: 'stored' }
type Settled = { entry: Stored; outcome: 'stored' | 'duplicate' | { rejected: string } }

/**
 * Opens the Elasticsearch home for writing. There must be only one writer of a state folder. Throws `store.away` when the
 * server cannot be reached or refuses us, or the folder cannot be used.
 *
 * How a batch becomes exactly once: its events are created by id, then position, counters and dead letters are committed
 * together in `es-state.db`. A crash in between repeats the batch; Elasticsearch then says "exists" (409), and the place
 * kept in each document (partition and offset) tells our own first try, which is stored, from another frame with the same
 * id, which is a duplicate.
 */
export async function openElasticsearchWriter(options: ElasticsearchOptions): Promise<StoreWriter> {
  const client = openClient(options)
  let state: WriterState | undefined
  try {
    const product = await askProduct(client)
    const prefix = options.prefix ?? PREFIX
    await client.indices.putIndexTemplate({
      name: `${prefix}-events`,
      ...indexTemplate(prefix, product)
    } as unknown as Parameters<Client['indices']['putIndexTemplate']>[0])
    state = new WriterState(options.stateFolder)
    const there = state.countsByIndex ? [] : await listIndices(client, prefix)
    state.commit({ fates: [], filed: there.map(({ index, events }) => [index, events]) })
    return new Writer(client, state, product, prefix, options)
  } catch (error) {
    state?.close()
    await client.close()
    throw away(error, 'the search server cannot be prepared')
  }
}

class Writer implements StoreWriter {
  readonly #client: Client
  readonly #state: WriterState
  readonly #product: Product
  readonly #prefix: string
  readonly #pause: Pause | undefined
  readonly #known = new Set<string>()
  readonly #inspection: IndexInspection

  constructor(client: Client, state: WriterState, product: Product, prefix: string, options: ElasticsearchOptions) {
    this.#client = client
    this.#state = state
    this.#product = product
    this.#prefix = prefix
    this.#pause = options.pause
    this.#inspection = new IndexInspection(client, prefix, options.clock, state)
  }

  position(partition: number): number {
    return this.#state.position(partition)
  }

  async write(batch: StoreBatch): Promise<void> {
    const position = this.position(batch.partition)
    if (batch.to <= position) return
    const stored: Stored[] = []
    const filed = new Map<string, number>()
    const changes: Required<Omit<Changes, 'resolved' | 'filed'>> = {
      partition: { number: batch.partition, stored: batch.to },
      fates: [],
      letters: []
    }
    for (const entry of batch.entries) {
      if (entry.offset < batch.from || entry.offset > batch.to || entry.offset <= position) continue
      const { sender, origin, receivedAt, offset } = entry
      if (entry.fate === 'stored') stored.push(entry)
      else if (entry.fate === 'dead_lettered') {
        changes.letters.push({ ...entry.letter, sender, origin, receivedAt, offset })
        changes.fates.push({ origin, sender, fate: 'dead_lettered', n: 1 })
      } else if (entry.count > 0) changes.fates.push({ origin, sender, fate: entry.fate, n: entry.count })
    }
    for (const { entry, outcome } of await this.#settle(batch.partition, stored)) {
      const { sender, origin, receivedAt, offset } = entry
      const fate = typeof outcome === 'object' ? 'dead_lettered' : outcome
      changes.fates.push({ origin, sender, fate, n: 1 })
      const index = indexName(this.#prefix, origin, receivedAt)
      if (fate === 'stored') filed.set(index, (filed.get(index) ?? 0) + 1)
      if (typeof outcome === 'object')
        changes.letters.push({ ...letterOf(entry, outcome.rejected), sender, origin, receivedAt, offset })
    }
    this.#commit({ ...changes, fates: summed(changes.fates), filed })
  }

  async resolveDeadLetter(letterId: string, origin: Origin, receivedAt: number, event: EncodedEvent): Promise<boolean> {
    const sender = this.#state.letterSender(letterId, origin, receivedAt)
    if (sender === undefined) return false
    const document = prepare(event, indexName(this.#prefix, origin, receivedAt), receivedAt, `letter:${letterId}`)
    const [outcome] = await this.#create([document])
    // Refused: it stays a dead letter, and whoever replays it sees that it is still there.
    if (typeof outcome === 'object') return false
    this.#commit({
      fates: [
        { origin, sender, fate: 'dead_lettered', n: -1 },
        { origin, sender, fate: outcome!, n: 1 }
      ],
      resolved: { id: letterId, origin, receivedAt },
      filed: outcome === 'stored' ? [[indexName(this.#prefix, origin, receivedAt), 1]] : []
    })
    return true
  }

  /** Every commit is synced, and Elasticsearch has synced before it answered. */
  async durablePosition(partition: number): Promise<number> {
    return this.position(partition)
  }

  fates(): LedgerFates[] {
    return this.#state.totals.fates([])
  }

  async expire(what: { beforeMs: number } | { origin: Origin }): Promise<{ removed: string[] }> {
    const removed: string[] = []
    try {
      for (const { index, origin, day } of await listIndices(this.#client, this.#prefix)) {
        // Only whole days go: the day must have ended before the limit.
        const due = 'origin' in what ? origin === what.origin : endOfDay(day) <= what.beforeMs
        if (!due) continue
        this.#known.delete(index)
        await this.#client.indices.delete({ index, ignore_unavailable: true })
        this.#state.forgetFiled(index)
        removed.push(index)
      }
      this.#state.expireLetters(what)
    } catch (error) {
      throw away(error, 'old days cannot be removed')
    }
    return { removed }
  }

  async inspect(): Promise<void> {
    await this.#inspection.turn()
  }

  losses(): StoreLoss[] {
    return this.#inspection.losses()
  }

  async close(): Promise<void> {
    this.#state.close()
    await this.#client.close()
  }

  /** Creates the events of a batch and says of each what became of it. */
  async #settle(partition: number, entries: Stored[]): Promise<Settled[]> {
    const settled: Settled[] = []
    const firsts: { entry: Stored; document: Prepared }[] = []
    const seen = new Map<string, Set<string>>()
    for (const entry of entries) {
      const index = indexName(this.#prefix, entry.origin, entry.receivedAt)
      const ids = seen.get(index) ?? new Set<string>()
      seen.set(index, ids)
      const id = documentId(entry.event.id)
      if (ids.has(id)) {
        settled.push({ entry, outcome: 'duplicate' })
        continue
      }
      ids.add(id)
      firsts.push({ entry, document: prepare(entry.event, index, entry.receivedAt, `${partition}:${entry.offset}`) })
    }
    const outcomes = await this.#create(firsts.map(({ document }) => document))
    for (const [at, { entry }] of firsts.entries()) settled.push({ entry, outcome: outcomes[at]! })
    return settled
  }

  async #create(documents: Prepared[]): Promise<Settled['outcome'][]> {
    try {
      for (const index of new Set(documents.map(({ index }) => index))) await this.#ensureIndex(index)
      const outcomes = await createDocuments(this.#client, documents, this.#pause)
      const there = documents.filter((_, at) => outcomes[at] === 'exists')
      const places = there.length === 0 ? undefined : await this.#places(there)
      return documents.map((document, at): Settled['outcome'] => {
        const outcome: Outcome = outcomes[at]!
        if (typeof outcome === 'object') return outcome
        return outcome === 'created' || places?.get(document) === document.place ? 'stored' : 'duplicate'
      })
    } catch (error) {
      // Should an index have been deleted behind our back, it is looked for again.
      this.#known.clear()
      throw away(error, 'events cannot be written')
    }
  }

  /** Made with its mapping, whatever became of the template. */
  async #ensureIndex(index: string) {
    if (this.#known.has(index)) return
    try {
      await this.#client.indices.create({ index, ...indexBody(this.#product) } as unknown as { index: string })
    } catch (error) {
      if (!(statusOf(error) === 400 && messageOf(error).includes('resource_already_exists'))) throw error
    }
    if (this.#known.size >= MAX_KNOWN_INDICES) this.#known.clear()
    this.#known.add(index)
  }

  /** Whose the documents are that were there already. Read by id, which sees what no refresh has shown yet. */
  async #places(documents: Prepared[]): Promise<Map<Prepared, string>> {
    const places = new Map<Prepared, string>()
    for (let from = 0; from < documents.length; from += PLACES_PER_REQUEST) {
      const some = documents.slice(from, from + PLACES_PER_REQUEST)
      const answer = await this.#client.mget<{ soc_index?: { place?: string } }>({
        docs: some.map(({ index, id }) => ({ _index: index, _id: id, _source: ['soc_index.place'] }))
      })
      for (const [at, found] of answer.docs.entries()) {
        if (!('found' in found) || !found.found)
          throw new SocError('store.away', 'an event that exists cannot be read', { status: 503 })
        places.set(some[at]!, found._source?.soc_index?.place ?? '')
      }
    }
    return places
  }

  #commit(changes: Changes) {
    try {
      this.#state.commit(changes)
    } catch (error) {
      throw away(error, 'es-state.db cannot be written')
    }
  }
}

/** One row a sender, origin and fate. */
function summed(fates: Changes['fates']): Changes['fates'] {
  const rows = new Map<string, Changes['fates'][number]>()
  for (const row of fates) {
    const key = [row.origin, row.fate, row.sender].join('\0')
    const known = rows.get(key)
    if (known === undefined) rows.set(key, { ...row })
    else known.n += row.n
  }
  return [...rows.values()]
}

/** The dead letter of an event that the server refused; its raw bytes are the event. */
function letterOf({ event }: Stored, reason: string): Omit<DeadLetter, 'sender' | 'origin' | 'receivedAt' | 'offset'> {
  const { soc } = JSON.parse(event.json) as JsonObject
  const said = (name: string) => {
    const value = soc !== null && typeof soc === 'object' && !Array.isArray(soc) ? soc[name] : undefined
    return typeof value === 'string' ? value : ''
  }
  return {
    id: event.id,
    code: 'store.rejected',
    detail: reason,
    listener: said('listener'),
    peer: said('peer'),
    unit: event.senderUnit,
    hint: '',
    flags: 0,
    clientKey: '',
    raw: Buffer.from(event.json).toString('base64')
  }
}
