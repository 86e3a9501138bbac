import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { temporaryFolder } from '#testing/running-process.ts'
import { askProduct, openClient } from './connection.ts'
import { openElasticsearchReader } from './reader.ts'

async function answering(type: string, body: string) {
  const server = createServer((_, answer) => answer.writeHead(200, { 'content-type': type }).end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
const root = (version: object) => JSON.stringify({ name: 'n', version })

it.each([
  ['a page', 'text/html', '<html>Đăng nhập</html>', 'not Elasticsearch or OpenSearch'],
  ['another program', 'application/json', '{"status":"ok"}', 'not Elasticsearch or OpenSearch'],
  ['no object', 'application/json', 'null', 'not Elasticsearch or OpenSearch'],
  ['an old one', 'application/json', root({ number: '6.8.23' }), 'Elasticsearch 6.8.23 is too old'],
  [
    'an old other',
    'application/json',
    root({ number: '1.3.0', distribution: 'opensearch' }),
    'OpenSearch 1.3.0 is too old'
  ]
])('%s with status 200 is away, by name', async (_, type, body, reason) => {
  const server = await answering(type, body)
  const client = openClient({ url: server.url, apiKey: '' })
  await expect(askProduct(client)).rejects.toMatchObject({
    code: 'store.away',
    message: expect.stringContaining(reason) as string
  })
  await client.close()
  server.close()
})

it.each([
  ['text/html', '<html>Đăng nhập</html>'],
  ['application/json', '{"status":"ok"}'],
  ['application/json', 'null']
])('a search that %s answers is an error, not nothing found', async (type, body) => {
  const server = await answering(type, body)
  const options = { url: server.url, apiKey: '', stateFolder: temporaryFolder('es'), clock: manualClock(1_000) }
  const reader = openElasticsearchReader(options)
  const asked = { query: '', from: 0, to: 1_000, origins: ['real' as const] }
  const budget = { deadlineMs: 5_000 }
  await expect(reader.search({ ...asked, limit: 10 }, budget)).rejects.toMatchObject({ code: 'store.away' })
  await expect(reader.histogram(asked, 10, budget)).rejects.toMatchObject({ code: 'store.away' })
  await reader.close()
  server.close()
})
