import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { EcsEvent } from '#core/event.ts'
import type {
  Budget,
  HistogramAnswer,
  SearchAnswer,
  SearchHit,
  SearchRequest,
  StoreReader
} from '#core/event-search.ts'
import { cutTime } from '../histogram.ts'
import { compileQuery } from '../query/evaluate.ts'
import { pageSize, readQuery, seesNothing } from '../request.ts'
import { compileForElasticsearch, fields, timeClause, type Clause, type Compiled } from './compile.ts'
import {
  away,
  isTimeout,
  isTooLong,
  notASearchServer,
  openClient,
  statusOf,
  type ConnectionOptions
} from './connection.ts'
import { readPlace, writePlace, type Place } from './cursor.ts'
import { unitToken } from './document.ts'
import { listIndices } from './indices.ts'
import { documentId, indexPattern, PREFIX, readIndexName } from './names.ts'
import { ReaderState } from './state.ts'
import { TIME_FIELD } from './tokens.ts'

export type ElasticsearchReaderOptions = ConnectionOptions & { stateFolder: string; clock: Clock; prefix?: string }

/** Events asked for at once; halved while the answer is too long to be read. */
const FETCH = 250
/** Our own wait beyond what the server was given, milliseconds. */
const GRACE_MS = 500

/**
 * Opens the Elasticsearch home for reading; nothing is asked of the server yet. Searches throw `query.*` (status 400) for a
 * query or cursor that cannot be read and `store.away` when the server cannot be reached. What was written is visible after
 * the index refreshes, 5 seconds at most.
 */
export function openElasticsearchReader(options: ElasticsearchReaderOptions): StoreReader {
  return new Reader(options)
}

type Source = { soc_index: { json: string; text: string } }
type Hit = { _index: string; _id: string; _source?: Source; sort?: unknown[] }
type Answer = {
  timed_out?: boolean
  _shards?: { failed?: number }
  hits?: { hits?: Hit[] }
  aggregations?: { time?: { buckets?: { key: number; doc_count: number }[] } }
}
/** An event found, with what the comparison needs and where it lies. */
type Found = { hit: SearchHit; text: string; place: Place }

/** How complete a walk over events was. */
class Walked {
  /** The time ended before the events did. */
  spent = false
  /** A part of an index did not answer, or a document was not ours. */
  damaged = false
  /** The events shown are some, not the newest: nothing can go on from them. */
  loose = false
}

type Asked = Omit<SearchRequest, 'limit' | 'cursor'>

class Reader implements StoreReader {
  readonly #client: Client
  readonly #state: ReaderState
  readonly #prefix: string
  readonly #clock: Clock

  constructor(options: ElasticsearchReaderOptions) {
    this.#client = openClient(options)
    this.#state = new ReaderState(options.stateFolder)
    this.#prefix = options.prefix ?? PREFIX
    this.#clock = options.clock
  }

  async search(request: SearchRequest, budget: Budget): Promise<SearchAnswer> {
    const started = this.#clock.now()
    const query = readQuery(request, this.#clock.now())
    const limit = pageSize(request.limit)
    const after = request.cursor === undefined ? undefined : readPlace(request.cursor)
    const tookMs = () => Math.max(0, this.#clock.now() - started)
    if (seesNothing(request)) return { hits: [], partial: false, tookMs: tookMs() }
    return this.#compiled(query, async (compiled) => {
      const accepts = compileQuery(query)
      const walk = new Walked()
      const hits: SearchHit[] = []
      let last = after
      let more = false
      const how = { after, fetch: limit + 1, endsAt: started + budget.deadlineMs }
      for await (const found of this.#events(request, compiled.may, how, walk)) {
        if (hits.length >= limit) {
          more = true
          break
        }
        last = found.place
        if (accepts(found.hit.event, found.text)) hits.push(found.hit)
      }
      const resumable = (more || walk.spent) && !walk.loose && last !== undefined
      return {
        hits,
        ...(resumable ? { cursor: writePlace(last!) } : {}),
        // A full page that only failed to look whether there is more is not partial.
        partial: walk.damaged || walk.loose || (walk.spent && hits.length < limit),
        tookMs: tookMs()
      }
    })
  }

  async histogram(request: Asked, buckets: number, budget: Budget): Promise<HistogramAnswer> {
    const started = this.#clock.now()
    const query = readQuery(request, this.#clock.now())
    const { intervalMs, starts } = cutTime(request.from, request.to, buckets)
    const counts = new Array<number>(starts.length).fill(0)
    const first = starts[0] ?? 0
    const add = (time: number, n: number) => {
      const at = Math.floor((time - first) / intervalMs)
      counts[at] = (counts[at] ?? 0) + n
    }
    let partial = false
    if (!seesNothing(request)) {
      const endsAt = started + budget.deadlineMs
      partial = await this.#compiled(query, async ({ may, sure }) => {
        counts.fill(0)
        const missed = sure !== undefined && (await this.#count(request, sure, { first, intervalMs, endsAt }, add))
        const unsure = sure === undefined ? may : { bool: { filter: [may], must_not: [sure] } }
        const accepts = compileQuery(query)
        const walk = new Walked()
        for await (const { hit, text } of this.#events(
          request,
          unsure,
          { after: undefined, fetch: FETCH, endsAt },
          walk
        ))
          if (accepts(hit.event, text)) add(hit.time, 1)
        return missed || walk.damaged || walk.spent || walk.loose
      })
    }
    return {
      buckets: starts.map((from, at) => ({ from, count: counts[at] ?? 0 })),
      total: counts.reduce((sum, count) => sum + count, 0),
      intervalMs,
      partial,
      tookMs: Math.max(0, this.#clock.now() - started)
    }
  }

  async byId(id: string): Promise<SearchHit | undefined> {
    const body = { query: { term: { [fields.id]: documentId(id) } }, size: 10 }
    const answer = await this.#ask(indexPattern(this.#prefix), body)
    for (const hit of hitsOf(answer)) {
      const read = this.#read(hit)
      if (read?.hit.id === id) return read.hit
    }
    return undefined
  }

  async deadLetters(filter: Parameters<StoreReader['deadLetters']>[0]) {
    return this.#reading(() => this.#state.letters(filter))
  }

  async deadLetter(id: string) {
    return this.#reading(() => this.#state.letter(id))
  }

  async days() {
    try {
      const rows = await listIndices(this.#client, this.#prefix)
      return rows.map(({ day, origin, events, bytes }) => ({ day, origin, events, bytes }))
    } catch (error) {
      throw away(error, 'the days kept cannot be read')
    }
  }

  async close(): Promise<void> {
    this.#state.close()
    await this.#client.close()
  }

  /** Runs a search; when the server finds a pattern too much work, once more with the patterns compared here. */
  async #compiled<T>(query: Parameters<typeof compileForElasticsearch>[0], run: (compiled: Compiled) => Promise<T>) {
    try {
      return await run(compileForElasticsearch(query, { patterns: true }))
    } catch (error) {
      const cause = error instanceof SocError ? error.cause : error
      if (statusOf(cause) !== 400) throw error
      return run(compileForElasticsearch(query, { patterns: false }))
    }
  }

  /** Events that satisfy a clause, newest first, page by page; `walk` says how complete they are. */
  async *#events(
    request: Asked,
    clause: Clause,
    how: { after: Place | undefined; fetch: number; endsAt: number },
    walk: Walked
  ): AsyncGenerator<Found> {
    let { after } = how
    let most = FETCH
    let size = Math.min(how.fetch, most)
    for (let page = 0; ; page++) {
      const remaining = how.endsAt - this.#clock.now()
      if (remaining <= 0) {
        walk.spent = true
        return
      }
      const answer = await this.#page(request, clause, { after, size, remaining })
      if (answer === 'spent') {
        walk.spent = true
        return
      }
      if (answer === 'too long') {
        if (size === 1) throw new SocError('store.away', 'an event is too long to be read', { status: 503 })
        most = size = Math.ceil(size / 2)
        continue
      }
      const hits = hitsOf(answer)
      if ((answer._shards?.failed ?? 0) > 0) walk.damaged = true
      if (answer.timed_out === true) {
        walk.spent = true
        // What it shows may have missed newer events: the first page is better than nothing, a later one is not shown.
        if (page > 0 || how.after !== undefined) return
        walk.loose = true
      }
      for (const hit of hits) {
        const read = this.#read(hit)
        if (read === undefined) walk.damaged = true
        else {
          after = read.place
          yield read
        }
      }
      if (hits.length < size || walk.loose) return
      size = Math.min(size * 2, most)
    }
  }

  async #page(
    request: Asked,
    clause: Clause,
    { after, size, remaining }: { after: Place | undefined; size: number; remaining: number }
  ): Promise<Answer | 'spent' | 'too long'> {
    const body = {
      query: { bool: { filter: filters(request, clause) } },
      size,
      sort: [{ [TIME_FIELD]: 'desc' }, { [fields.id]: 'desc' }, { _index: 'desc' }],
      ...(after === undefined ? {} : { search_after: [after.time, after.id, after.index] })
    }
    try {
      return await this.#ask(patterns(this.#prefix, request), body, remaining)
    } catch (error) {
      const cause = error instanceof SocError ? error.cause : error
      if (isTooLong(cause)) return 'too long'
      if (isTimeout(cause)) return 'spent'
      throw error
    }
  }

  /** Counts on the server. True when something is missing. */
  async #count(
    request: Asked,
    clause: Clause,
    { first, intervalMs, endsAt }: { first: number; intervalMs: number; endsAt: number },
    add: (time: number, n: number) => void
  ): Promise<boolean> {
    const remaining = endsAt - this.#clock.now()
    if (remaining <= 0) return true
    const offset = ((first % intervalMs) + intervalMs) % intervalMs
    const time = {
      date_histogram: {
        field: TIME_FIELD,
        fixed_interval: `${intervalMs}ms`,
        offset: `${offset}ms`,
        min_doc_count: 1
      }
    }
    try {
      const answer = await this.#ask(
        patterns(this.#prefix, request),
        { query: { bool: { filter: filters(request, clause) } }, size: 0, aggs: { time } },
        remaining
      )
      for (const { key, doc_count } of bucketsOf(answer)) add(key, doc_count)
      return answer.timed_out === true || (answer._shards?.failed ?? 0) > 0
    } catch (error) {
      if (isTimeout(error instanceof SocError ? error.cause : error)) return true
      throw error
    }
  }

  async #ask(index: string, body: Record<string, unknown>, remainingMs?: number): Promise<Answer> {
    try {
      return await this.#client.transport.request<Answer>(
        {
          method: 'POST',
          path: `/${encodeURIComponent(index)}/_search`,
          querystring: { ignore_unavailable: true, allow_no_indices: true },
          body: {
            _source: ['soc_index.json', 'soc_index.text'],
            track_total_hits: false,
            ...(remainingMs === undefined ? {} : { timeout: `${Math.ceil(remainingMs)}ms` }),
            ...body
          }
        },
        remainingMs === undefined ? {} : { requestTimeout: Math.ceil(remainingMs) + GRACE_MS }
      )
    } catch (error) {
      throw away(error, 'the search server cannot be asked')
    }
  }

  /** A hit as we give it; undefined when it is none of ours. */
  #read(hit: Hit): Found | undefined {
    const name = readIndexName(this.#prefix, hit._index)
    const kept = hit._source?.soc_index
    if (name === undefined || typeof kept?.json !== 'string') return undefined
    const event = JSON.parse(kept.json) as EcsEvent
    const [time, id] = (hit.sort ?? []) as [number?, string?]
    const found = { id: event.event.id, time: time ?? Date.parse(event[TIME_FIELD]), origin: name.origin, event }
    return {
      hit: found,
      text: JSON.parse(kept.text) as string,
      place: { time: found.time, id: id ?? hit._id, index: hit._index }
    }
  }

  #reading<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof SocError) throw error
      throw new SocError('store.away', `es-state.db cannot be read: ${messageOf(error)}`, { cause: error, status: 503 })
    }
  }
}

const patterns = (prefix: string, { origins }: Asked) => origins.map((origin) => indexPattern(prefix, origin)).join(',')

function filters({ from, to, units }: Asked, clause: Clause): Clause[] {
  const time = timeClause({ low: { value: from, inclusive: true }, high: { value: to, inclusive: false } })
  const among = units === undefined ? [] : [{ terms: { [fields.units]: units.map(unitToken) } }]
  return [time, ...among, clause]
}

/** A search server always sends its hits, also none: an answer without them is no search server's. */
function hitsOf(answer: Answer | null): Hit[] {
  const hits = answer?.hits?.hits
  if (!Array.isArray(hits)) throw notASearchServer('its answer holds no hits')
  return hits
}

function bucketsOf(answer: Answer): { key: number; doc_count: number }[] {
  hitsOf(answer)
  // Without an index there is nothing to count.
  return answer.aggregations?.time?.buckets ?? []
}
