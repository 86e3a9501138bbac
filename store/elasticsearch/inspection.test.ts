import { expect, it } from 'vitest'
import { openClient } from './connection.ts'
import { IndexInspection } from './inspection.ts'
import { manualClock } from '#core/clock.ts'
import { startFakeServer } from '#testing/elasticsearch-fake-server.ts'

const START = Date.UTC(2026, 10, 20, 12)

it('documents or an index deleted behind our back are told, what no refresh has shown yet is not', async () => {
  let refreshed = 0
  let rows: { index: string; 'docs.count': string }[] = []
  const server = await startFakeServer(({ path }) => {
    if (path.endsWith('/_refresh')) refreshed++
    return path.startsWith('/_cat/indices') ? { status: 200, body: rows } : undefined
  })
  const client = openClient({ url: server.url, apiKey: '' })
  const clock = manualClock(START)
  const filed = new Map([
    ['soc-events-real-2026.11.19', 5_000],
    ['soc-events-real-2026.11.20', 1_000]
  ])
  const inspection = new IndexInspection(client, 'soc', clock, { filed: () => filed })
  const look = async (next: Record<string, number>) => {
    rows = Object.entries(next).map(([day, count]) => ({
      index: `soc-events-real-${day}`,
      'docs.count': String(count)
    }))
    clock.advance(60_000)
    await inspection.turn()
    return inspection.losses().map(({ day, stored, found }) => ({ day, stored, found }))
  }
  expect(await look({ '2026.11.19': 5_000, '2026.11.20': 1_200 })).toEqual([])
  expect(refreshed).toBe(0)
  expect(await look({ '2026.11.20': 990 })).toEqual([
    { day: '2026-11-19', stored: 5_000, found: 0 },
    { day: '2026-11-20', stored: 1_000, found: 990 }
  ])
  expect(refreshed).toBe(1)
  expect(await look({ '2026.11.19': 5_000, '2026.11.20': 1_000 })).toEqual([])
  await client.close()
  await server.close()
})
