import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { EventSearch, SourceList } from '#core/api/sources.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type SocProcess
} from '#testing/running-process.ts'
import { startElasticsearch, type SearchServer } from '#testing/search-server/server.ts'

/** The environment of docker-compose.yml, with what a container would give replaced: the server's address and the ports. */
function composeEnvironment(elasticsearchUrl: string): Record<string, string> {
  const compose = parse(readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')) as {
    services: { 'vong-lau': { environment: Record<string, string> } }
  }
  return {
    ...compose.services['vong-lau'].environment,
    SOC_ELASTICSEARCH_URL: elasticsearchUrl,
    SOC_CONSOLE_HOST: '127.0.0.1',
    SOC_INTAKE_HOST: '127.0.0.1'
  }
}

describe('the services of docker-compose.yml, started without containers', () => {
  const data = temporaryFolder('compose')
  let elasticsearch: SearchServer
  let soc: SocProcess
  beforeAll(async () => {
    elasticsearch = await startElasticsearch()
    soc = await startSocProcess(data, composeEnvironment(elasticsearch.url))
  })
  afterAll(async () => {
    await soc?.stop()
    await elasticsearch?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  it('keep an event in Elasticsearch, find it, hold events while Elasticsearch is away and store them when it is back', async () => {
    const admin = await signInAsAdmin(soc)
    const { id, token } = await addSource(admin, { name: 'compose' })
    const send = async (number: number) => {
      const response = await fetch(`http://127.0.0.1:${soc.port('http')}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
        body: JSON.stringify({ '@timestamp': new Date().toISOString(), message: `thử nghiệm số ${number}` })
      })
      expect(response.status).toBe(200)
    }
    const stored = async (count: number) => {
      for (let turn = 0; turn < 300; turn++) {
        const list = await admin.get<SourceList>('/api/sources')
        if (list.sources.find((source) => source.id === id)?.fates['stored'] === count) return list
        await sleep(200)
      }
      throw new Error(`never came to ${count} stored events`)
    }
    await send(1)
    await stored(1)
    const from = Date.now() - 3_600_000
    let found: EventSearch | undefined
    for (let turn = 0; turn < 50 && (found?.hits.length ?? 0) === 0; turn++) {
      found = await admin.get<EventSearch>(
        `/api/events?q=${encodeURIComponent('thu nghiem')}&from=${from}&to=${Date.now() + 60_000}&limit=10`
      )
      await sleep(200)
    }
    expect(found?.hits).toHaveLength(1)

    await elasticsearch.stop()
    await send(2)
    let away = false
    for (let turn = 0; turn < 100 && !away; turn++) {
      away = (await admin.get<SourceList>('/api/sources')).store.away
      await sleep(100)
    }
    expect(away).toBe(true)
    await send(3)
    elasticsearch = await startElasticsearch({ port: Number(new URL(elasticsearch.url).port), keepData: true })
    const list = await stored(3)
    expect(list.ledger.balanced).toBe(true)
  })
})
