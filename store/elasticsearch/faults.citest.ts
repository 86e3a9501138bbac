import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import { startElasticsearch, type SearchServer } from '#testing/search-server/server.ts'
import { systemClock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { crashEntry, NOON } from '#testing/sqlite-crash-writer.ts'
import type { StoreWriter } from '../store.ts'
import { openElasticsearchReader } from './reader.ts'
import { openElasticsearchWriter } from './writer.ts'

let server: SearchServer
let stateFolder: string
let prefix: string
let homes = 0

beforeAll(async () => {
  server = await startElasticsearch()
})
afterAll(() => server.stop())
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'vong-lau-faults-'))
  prefix = `f${++homes}`
})
afterEach(async () => {
  rmSync(stateFolder, { recursive: true, force: true })
  await fetch(`${server.url}/${prefix}-events-*`, { method: 'DELETE' })
})

const options = (url = server.url) => ({ url, apiKey: '', stateFolder, prefix, clock: systemClock })
const range = (from: number, to: number) => ({
  partition: 0,
  from,
  to,
  entries: Array.from({ length: to - from + 1 }, (_, index) => crashEntry(from + index))
})

async function startAgain() {
  server = await startElasticsearch({ port: Number(new URL(server.url).port), keepData: true })
  await fetch(`${server.url}/_cluster/health/${prefix}-events-*?wait_for_status=yellow&timeout=60s`)
}

/** Kill -9 of the server's own process (the one we started is its launcher), and waits until it is really gone. */
async function killServer() {
  const { pid } = server
  for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean))
    process.kill(Number(child), 'SIGKILL')
  await server.kill()
  const answers = () =>
    fetch(server.url).then(
      () => true,
      () => false
    )
  while (await answers());
}

async function allIds(): Promise<string[]> {
  await fetch(`${server.url}/${prefix}-events-*/_refresh`, { method: 'POST' })
  const reader = openElasticsearchReader(options())
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const answer = await reader.search(
      {
        query: '',
        from: 0,
        to: NOON * 2,
        origins: ['real', 'demonstration'],
        limit: 1_000,
        ...(cursor && { cursor })
      },
      { deadlineMs: 30_000 }
    )
    expect(answer.partial).toBe(false)
    ids.push(...answer.hits.map(({ id }) => id))
    cursor = answer.cursor
  } while (cursor !== undefined)
  await reader.close()
  return ids
}

/** Everything up to `last` is there, once, and the ledger says so. */
async function expectWhole(writer: StoreWriter, last: number) {
  const entries = Array.from({ length: last + 1 }, (_, offset) => crashEntry(offset))
  const events = entries.flatMap((entry) => (entry.fate === 'stored' ? entry.event.id : []))
  const letters = entries.filter((entry) => entry.fate === 'dead_lettered').length
  const dropped = entries.reduce((sum, entry) => sum + (entry.fate === 'dropped' ? entry.count : 0), 0)
  const sum = (fate: 'stored' | 'dead_lettered' | 'dropped' | 'duplicate') =>
    writer.fates().reduce((total, row) => total + row[fate], 0)
  expect(writer.position(0)).toBe(last)
  expect([sum('stored'), sum('dead_lettered'), sum('dropped'), sum('duplicate')]).toEqual([
    events.length,
    letters,
    dropped,
    0
  ])
  expect((await allIds()).toSorted()).toEqual(events.toSorted())
}

const away = (error: unknown) => error instanceof SocError && error.code === 'store.away'

it('a server that is stopped makes the store away, and started again it goes on without loss or repetition', async () => {
  const writer = await openElasticsearchWriter(options())
  const reader = openElasticsearchReader(options())
  await writer.write(range(0, 99))
  await server.stop()
  await expect(writer.write(range(100, 199))).rejects.toSatisfy(away)
  await expect(writer.write(range(100, 149))).rejects.toSatisfy(away)
  const request = { query: '', from: 0, to: NOON * 2, origins: ['real' as const], limit: 1 }
  await expect(reader.search(request, { deadlineMs: 5_000 })).rejects.toSatisfy(away)
  await expect(reader.days()).rejects.toSatisfy(away)
  // What is kept on this machine is there meanwhile.
  expect((await reader.deadLetters({ limit: 1 })).letters).toHaveLength(1)
  expect(writer.position(0)).toBe(99)
  await startAgain()
  await writer.write(range(100, 199))
  await expectWhole(writer, 199)
  await reader.close()
  await writer.close()
})

it('a server killed in the middle of writes loses nothing it acknowledged and takes nothing twice', async () => {
  const writer = await openElasticsearchWriter(options())
  const LAST = 1_999
  let again: Promise<void> | undefined
  for (let from = 0; from <= LAST;) {
    const to = Math.min(from + 99, LAST)
    const writing = writer.write(range(from, to))
    // While this batch is on its way.
    if (from === 1_000 && again === undefined) again = killServer().then(startAgain)
    try {
      await writing
      from = to + 1
    } catch (error) {
      if (!away(error)) throw error
      await again
    }
  }
  await again
  await expectWhole(writer, LAST)
  await writer.close()
})

it('an answer to a _bulk that never arrives is made good, in whatever portions the spool gives it again', async () => {
  let losing = false
  const proxy = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const answer = await fetch(`${server.url}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {})
      })
      const body = Buffer.from(await answer.arrayBuffer())
      if (losing && request.url?.startsWith('/_bulk') === true) return response.destroy()
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body)
    })()
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const dying = await openElasticsearchWriter(options(url))
  await dying.write(range(0, 49))
  losing = true
  await expect(dying.write(range(50, 299))).rejects.toSatisfy(away)
  await dying.close()
  losing = false
  // Elasticsearch has the events, our position does not know of them.
  const writer = await openElasticsearchWriter(options(url))
  expect(writer.position(0)).toBe(49)
  await writer.write(range(50, 119))
  await writer.write(range(120, 299))
  await expectWhole(writer, 299)
  await writer.close()
  proxy.closeAllConnections()
  proxy.close()
})

it('a writer killed again and again has everything it acknowledged, once, and knows where it stands', async () => {
  for (const batches of [3, 17]) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../testing/elasticsearch-crash-writer.ts'), server.url, stateFolder, prefix],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    )
    const ended = once(child, 'exit')
    let acknowledged = -1
    let seen = 0
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line)
      if (++seen === batches) child.kill('SIGKILL')
    }
    await ended
    const writer = await openElasticsearchWriter(options())
    const position = writer.position(0)
    expect(position).toBeGreaterThanOrEqual(acknowledged)
    await writer.write(range(position + 1, position + 120))
    await expectWhole(writer, position + 120)
    await writer.close()
  }
})
