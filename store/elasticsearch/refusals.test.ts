import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { eventOf, letterEntry, storedEntry } from '#testing/store-contract-events.ts'
import type { StoreWriter } from '../store.ts'
import { startFakeServer, type FakeAnswer } from '#testing/elasticsearch-fake-server.ts'
import { openElasticsearchReader } from './reader.ts'
import { openElasticsearchWriter } from './writer.ts'

const NOON = Date.UTC(2026, 10, 20, 12)

type Item = { status: number; error?: { type: string; reason: string } }
/** Says of each document of a `_bulk` what becomes of it; a whole answer instead is given as it is. */
type Bulk = (ids: string[], sources: string[], call: number) => Item[] | FakeAnswer

let folder: string
let bulk: Bulk
let calls: number
let root: unknown
let server: Awaited<ReturnType<typeof startFakeServer>>
let writer: StoreWriter
let pauses: number[]

const created = (ids: string[]): Item[] => ids.map(() => ({ status: 201 }))
const entries = (...ids: string[]) =>
  ids.map((id, index) => storedEntry(index, NOON, eventOf({ id, time: NOON, message: `tin ${id}` })))
const batch = (list: ReturnType<typeof entries>) => ({ partition: 0, from: 0, to: list.length - 1, entries: list })
const options = () => ({
  url: server.url,
  apiKey: 'c2VjcmV0',
  stateFolder: folder,
  clock: manualClock(NOON),
  pause: async (ms: number) => pauses.push(ms)
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-refusals-'))
  bulk = created
  calls = 0
  root = { version: { number: '9.5.3' } }
  pauses = []
  server = await startFakeServer(({ path, body }) => {
    if (path === '/') return { status: 200, body: root }
    if (path !== '/_bulk') return undefined
    const lines = body.trimEnd().split('\n')
    const heads = lines.filter((_, at) => at % 2 === 0).map((line) => JSON.parse(line) as { create: { _id: string } })
    const answer = bulk(
      heads.map(({ create }) => create._id),
      lines.filter((_, at) => at % 2 === 1),
      calls++
    )
    return Array.isArray(answer) ? { status: 200, body: { items: answer.map((create) => ({ create })) } } : answer
  })
  writer = await openElasticsearchWriter(options())
})
afterEach(async () => {
  await writer.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('what Elasticsearch refuses', () => {
  it('because it is busy is tried again, only that, and then counted once', async () => {
    const sent: string[][] = []
    bulk = (ids, _, call) => {
      sent.push(ids)
      if (call === 0) return { status: 429, body: {} }
      return ids.map((id) => ({ status: call === 1 && id === 'b' ? 503 : 201 }))
    }
    await writer.write(batch(entries('a', 'b', 'c')))
    expect(sent).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['b']])
    expect(writer.fates()).toMatchObject([{ stored: 3, duplicate: 0, dead_lettered: 0 }])
    expect(pauses).toHaveLength(2)
  })

  it.each([
    ['stays busy', { status: 503, body: {} }],
    ['does not know us', { status: 401, body: {} }],
    ['does not let us', { status: 403, body: {} }],
    ['is something else', { status: 404, body: {} }]
  ])('because it %s waits in the spool', async (_, answer) => {
    bulk = () => answer
    await expect(writer.write(batch(entries('a')))).rejects.toMatchObject({ code: 'store.away', status: 503 })
    expect(writer.position(0)).toBe(-1)
    expect(writer.fates()).toEqual([])
    bulk = created
    await writer.write(batch(entries('a')))
    expect(writer.position(0)).toBe(0)
  })

  it.each([
    [403, 'cluster_block_exception'],
    [400, 'index_closed_exception'],
    [400, 'validation_exception']
  ])('for the sake of the index (%i %s) waits too', async (status, type) => {
    bulk = (ids) => ids.map(() => ({ status, error: { type, reason: 'not now' } }))
    await expect(writer.write(batch(entries('a')))).rejects.toMatchObject({ code: 'store.away' })
    expect(writer.position(0)).toBe(-1)
  })

  it('for the sake of a field goes once more without the fields for Kibana', async () => {
    bulk = (ids, sources) =>
      ids.map((_, at) =>
        sources[at]!.includes('"message":"tin')
          ? { status: 400, error: { type: 'document_parsing_exception', reason: 'failed to parse [message]' } }
          : { status: 201 }
      )
    await writer.write(batch(entries('a')))
    expect(calls).toBe(2)
    expect(writer.fates()).toMatchObject([{ stored: 1, dead_lettered: 0 }])
  })

  it('for good becomes a dead letter with the reason, the event kept whole, the others stored', async () => {
    bulk = (ids) =>
      ids.map((id) =>
        id === 'b' ? { status: 400, error: { type: 'document_parsing_exception', reason: 'no way' } } : { status: 201 }
      )
    const list = entries('a', 'b')
    await writer.write(batch(list))
    expect(writer.position(0)).toBe(1)
    expect(writer.fates()).toMatchObject([{ stored: 1, dead_lettered: 1 }])
    const reader = openElasticsearchReader(options())
    const letter = await reader.deadLetter('b')
    await reader.close()
    expect(letter).toMatchObject({
      code: 'store.rejected',
      sender: 's1',
      listener: 'http',
      receivedAt: NOON,
      offset: 1
    })
    expect(letter!.detail).toContain('no way')
    const [, refused] = list
    if (refused?.fate !== 'stored') throw new Error('unreachable')
    expect(Buffer.from(letter!.raw, 'base64').toString()).toBe(refused.event.json)
  })

  it('because the request is too large is cut in halves, down to one event that is too large', async () => {
    bulk = (ids) => (ids.length > 1 || ids[0] === 'c' ? { status: 413, body: {} } : created(ids))
    await writer.write(batch(entries('a', 'b', 'c', 'd')))
    expect(writer.fates()).toMatchObject([{ stored: 3, dead_lettered: 1 }])
  })

  it('as existing is stored when it is our own first try, else a duplicate', async () => {
    await writer.close()
    await server.close()
    server = await startFakeServer(({ path }) => {
      if (path === '/') return { status: 200, body: root }
      if (path === '/_bulk')
        return { status: 200, body: { items: [{ create: { status: 409 } }, { create: { status: 409 } }] } }
      const places = ['0:0', '0:77']
      const docs = places.map((place) => ({ found: true, _source: { soc_index: { place } } }))
      return path === '/_mget' ? { status: 200, body: { docs } } : { status: 200, body: {} }
    })
    writer = await openElasticsearchWriter(options())
    await writer.write(batch(entries('a', 'b')))
    expect(writer.fates()).toMatchObject([{ stored: 1, duplicate: 1 }])
  })

  it('of a replayed dead letter leaves the letter where it is', async () => {
    await writer.write(batch([letterEntry(0, NOON, 'l0')] as ReturnType<typeof entries>))
    bulk = (ids) => ids.map(() => ({ status: 400, error: { type: 'document_parsing_exception', reason: 'no' } }))
    expect(await writer.resolveDeadLetter('l0', 'real', NOON, eventOf({ id: 'l0', time: NOON }))).toBe(false)
    bulk = () => ({ status: 503, body: {} })
    await expect(writer.resolveDeadLetter('l0', 'real', NOON, eventOf({ id: 'l0', time: NOON }))).rejects.toMatchObject(
      {
        code: 'store.away'
      }
    )
    expect(writer.fates()).toMatchObject([{ stored: 0, dead_lettered: 1 }])
  })
})

describe('a search server', () => {
  it('that does not answer keeps the writer from opening', async () => {
    await expect(openElasticsearchWriter({ ...options(), url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'store.away'
    })
  })

  it('that is OpenSearch gets its own name of a flattened field', async () => {
    await writer.close()
    root = { version: { number: '3.8.0', distribution: 'opensearch' } }
    writer = await openElasticsearchWriter(options())
    const templates = server.requests.filter(({ path }) => path.startsWith('/_index_template/'))
    expect(templates.map(({ body }) => /"vendor":\{"type":"(\w+)"/.exec(body)?.[1])).toEqual([
      'flattened',
      'flat_object'
    ])
  })

  it('that finds a pattern too much work is asked without it', async () => {
    const asked: string[] = []
    const searching = await startFakeServer(({ path, body }) => {
      if (!path.endsWith('/_search')) return undefined
      asked.push(body)
      const tooMuch = { status: 400, body: { error: { type: 'search_phase_execution_exception' } } }
      return body.includes('wildcard') ? tooMuch : { status: 200, body: { hits: { hits: [] } } }
    })
    const reader = openElasticsearchReader({ ...options(), url: searching.url })
    const request = { from: 0, to: NOON, origins: ['real' as const], limit: 5 }
    const answer = await reader.search({ ...request, query: 'host.name:*a*b' }, { deadlineMs: 1_000 })
    expect(answer).toMatchObject({ hits: [], partial: false })
    expect(asked).toHaveLength(2)
    await reader.close()
    await searching.close()
  })

  it('that ran out of time gives what it has, and says that it is partial', async () => {
    const searching = await startFakeServer(({ path }) =>
      path.endsWith('/_search') ? { status: 200, body: { timed_out: true, hits: { hits: [] } } } : undefined
    )
    const reader = openElasticsearchReader({ ...options(), url: searching.url })
    const request = { query: '', from: 0, to: NOON, origins: ['real' as const] }
    expect(await reader.search({ ...request, limit: 5 }, { deadlineMs: 1_000 })).toMatchObject({ partial: true })
    expect(await reader.histogram(request, 5, { deadlineMs: 1_000 })).toMatchObject({ partial: true })
    expect(await reader.search({ ...request, limit: 5 }, { deadlineMs: 0 })).toMatchObject({ hits: [], partial: true })
    await reader.close()
    await searching.close()
  })
})
