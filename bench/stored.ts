import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceList } from '#core/api/sources.ts'
import { systemClock } from '#core/clock.ts'
import { readSettings } from '../cli/settings.ts'
import type { EcsEvent } from '#core/event.ts'
import { openReader } from '#threads/open-store.ts'
import type { AdminClient } from '#testing/running-process.ts'

/** The ledger is asked this often, and this long, until every frame has its fate. */
const ASK_EVERY_MS = 200
const ASK_AT_MOST = 300

/** Waits until at least so many frames of a source are there and each has its fate; true when the ledger adds up. */
export async function settled(admin: AdminClient, source: string, atLeast: number): Promise<boolean> {
  for (let turn = 0; turn < ASK_AT_MOST; turn++) {
    const list = await admin.get<SourceList>('/api/sources')
    const row = list.sources.find((candidate) => candidate.id === source)!
    if (row.received >= atLeast && row.fates['queued'] === 0 && list.spool.lagDetector === 0) {
      await sleep(1_500)
      return list.ledger.balanced
    }
    await sleep(ASK_EVERY_MS)
  }
  return false
}

/** How often each numbered event lies in the store of a stopped process. `numberOf` gives undefined for what is none. */
export async function countStored(
  data: string,
  settings: Record<string, string>,
  query: string,
  numberOf: (event: EcsEvent) => number | undefined
): Promise<Map<number, number>> {
  const reader = await openReader(readSettings({ SOC_DATA: data, ...settings }), systemClock)
  const seen = new Map<number, number>()
  try {
    let cursor: string | undefined
    do {
      const answer = await reader.search(
        {
          query,
          from: 0,
          to: Date.now() + 3_600_000,
          origins: ['real'],
          limit: 1_000,
          ...(cursor === undefined ? {} : { cursor })
        },
        { deadlineMs: 60_000 }
      )
      for (const { event } of answer.hits) {
        const number = numberOf(event)
        if (number !== undefined) seen.set(number, (seen.get(number) ?? 0) + 1)
      }
      cursor = answer.cursor
    } while (cursor !== undefined)
  } finally {
    await reader.close()
  }
  return seen
}
