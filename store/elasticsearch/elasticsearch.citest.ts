import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startElasticsearch, type SearchServer } from '#testing/search-server/server.ts'
import { systemClock } from '#core/clock.ts'
import { storeContract } from '#testing/store-contract.ts'
import { eventOf, storedEntry } from '#testing/store-contract-events.ts'
import { NOON } from '#testing/store-contract-home.ts'
import { openElasticsearchReader } from './reader.ts'
import { openElasticsearchWriter } from './writer.ts'

/** A server that is running already, e.g. OpenSearch; empty: our own Elasticsearch is started. */
const given = process.env['SOC_TEST_SEARCH_URL']
let server: Pick<SearchServer, 'url' | 'stop'>
beforeAll(async () => {
  server = given === undefined ? await startElasticsearch() : { url: given, stop: async () => undefined }
})
afterAll(() => server.stop())

let homes = 0

storeContract(
  'Elasticsearch',
  async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'vong-lau-elastic-'))
    const prefix = `t${process.pid}-${++homes}`
    const options = { url: server.url, apiKey: '', stateFolder, clock: systemClock, prefix }
    return {
      openWriter: () => openElasticsearchWriter(options),
      openReader: async () => openElasticsearchReader(options),
      settle: async () => {
        await fetch(`${server.url}/${prefix}-events-*/_refresh`, { method: 'POST' })
      },
      destroy: async () => {
        rmSync(stateFolder, { recursive: true, force: true })
        await fetch(`${server.url}/${prefix}-events-*`, { method: 'DELETE' })
        await fetch(`${server.url}/_index_template/${prefix}-events`, { method: 'DELETE' })
      }
    }
  },
  { queries: 100 }
)

it('people with Kibana find standard fields by their types, and vendor fields in one flattened field', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'vong-lau-kibana-'))
  const prefix = `t${process.pid}-${++homes}`
  const writer = await openElasticsearchWriter({ url: server.url, apiKey: '', stateFolder, clock: systemClock, prefix })
  const fields = {
    'source.ip': '192.0.2.77',
    'host.name': 'web01',
    'user.name': { surprise: 'an object where a word belongs' },
    'source.port': 'ssh',
    'event.severity': 5,
    'acme.fan.speed': 'fast'
  }
  const event = eventOf({ id: 'k1', time: NOON, message: 'Đăng nhập thất bại', fields })
  await writer.write({ partition: 0, from: 0, to: 0, entries: [storedEntry(0, NOON, event)] })
  expect(writer.fates()).toMatchObject([{ stored: 1, dead_lettered: 0 }])
  await fetch(`${server.url}/${prefix}-events-*/_refresh`, { method: 'POST' })
  const count = async (query: object) => {
    const response = await fetch(`${server.url}/${prefix}-events-real-2026.11.20/_count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query })
    })
    return ((await response.json()) as { count: number }).count
  }
  expect(await count({ term: { 'source.ip': '192.0.2.0/24' } })).toBe(1)
  expect(await count({ term: { 'host.name': 'web01' } })).toBe(1)
  expect(await count({ range: { 'event.severity': { gte: 5 } } })).toBe(1)
  expect(await count({ range: { '@timestamp': { gte: '2026-11-20', lt: '2026-11-21' } } })).toBe(1)
  expect(await count({ match: { message: 'thất' } })).toBe(1)
  expect(await count({ term: { 'vendor.acme.fan.speed': 'fast' } })).toBe(1)
  expect(await count({ exists: { field: 'source.port' } })).toBe(0)
  const mapping = await (await fetch(`${server.url}/${prefix}-events-*/_mapping`)).text()
  expect(mapping).not.toContain('acme')
  await writer.close()
  rmSync(stateFolder, { recursive: true, force: true })
  await fetch(`${server.url}/${prefix}-events-*`, { method: 'DELETE' })
})

it('a pattern that would be much work for the server is still answered, and found what it describes', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'vong-lau-pattern-'))
  const options = { url: server.url, apiKey: '', stateFolder, clock: systemClock, prefix: `t${process.pid}-${++homes}` }
  const writer = await openElasticsearchWriter(options)
  const name = 'ab'.repeat(60)
  const entries = [name, `${name}c`].map((host, offset) =>
    storedEntry(offset, NOON, eventOf({ id: `p${offset}`, time: NOON, fields: { 'host.name': host } }))
  )
  await writer.write({ partition: 0, from: 0, to: 1, entries })
  await fetch(`${server.url}/${options.prefix}-events-*/_refresh`, { method: 'POST' })
  const reader = openElasticsearchReader(options)
  const ask = (query: string) =>
    reader.search({ query, from: 0, to: NOON * 2, origins: ['real'], limit: 9 }, { deadlineMs: 30_000 })
  for (const pattern of [
    `${'*abab?b'.repeat(3)}*c`,
    `*${'ab'.repeat(7)}${'*?ababab'.repeat(3)}*c`,
    `*${'ab'.repeat(40)}*c`
  ])
    expect((await ask(`host.name:${pattern}`)).hits.map(({ id }) => id)).toEqual(['p1'])
  await reader.close()
  await writer.close()
  rmSync(stateFolder, { recursive: true, force: true })
  await fetch(`${server.url}/${options.prefix}-events-*`, { method: 'DELETE' })
})
