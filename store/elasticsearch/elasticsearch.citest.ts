import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
// eslint-disable-next-line no-restricted-imports -- the test's server is installed and started by bench/
import { startElasticsearch, type SearchServer } from '../../bench/search-server/server.ts'
import { systemClock } from '#core/clock.ts'
import { storeContract } from '../contract.ts'
import { openElasticsearchReader } from './reader.ts'
import { openElasticsearchWriter } from './writer.ts'

let server: SearchServer
beforeAll(async () => {
  server = await startElasticsearch()
})
afterAll(() => server.stop())

let homes = 0

storeContract(
  'Elasticsearch',
  async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'vong-lau-elastic-'))
    const prefix = `t${++homes}`
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
