import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { DAY_MS } from '#core/time.ts'
import { randomEvents, randomQueries, storedEntry } from './store-contract-events.ts'
import { ample, NOON, type ContractHome, type MakeHome } from './store-contract-home.ts'
import { keepingContract } from './store-contract-keeping.ts'
import { searchContract } from './store-contract-search.ts'
import { matchesQuery } from '#store/query/evaluate.ts'
import { parseQuery } from '#store/query/parse.ts'
import type { EncodedEvent } from '#core/store-entry.ts'
import type { StoreReader } from '#core/event-search.ts'

export type ContractOptions = {
  /** Random queries that are compared with the plain evaluator. */
  queries?: number
  /** Random events they run over. */
  events?: number
}

/** What every home of the store promises; run by each home's own test file. */
export function storeContract(name: string, makeHome: MakeHome, options: ContractOptions = {}) {
  keepingContract(name, makeHome)
  searchContract(name, makeHome)

  describe(`${name} finds what the plain evaluator finds`, () => {
    let home: ContractHome
    let reader: StoreReader
    let events: EncodedEvent[]
    beforeAll(async () => {
      home = await makeHome()
      const writer = await home.openWriter()
      events = fc.sample(randomEvents(NOON, options.events ?? 300), { numRuns: 1, seed: 7 })[0]!
      // In uneven batches and over two receive days, so that blocks and files are cut in many places.
      for (let from = 0, size = 1; from < events.length; from += size, size = (size * 7) % 60 || 1) {
        const entries = events
          .slice(from, from + size)
          .map((event, index) => storedEntry(from + index, from > 150 ? NOON + DAY_MS : NOON, event))
        await writer.write({ partition: 0, from, to: from + entries.length - 1, entries })
      }
      await home.settle()
      await writer.close()
      reader = await home.openReader()
    })
    afterAll(async () => {
      await reader.close()
      await home.destroy()
    })

    it('for random queries, in search and in counting', async () => {
      await fc.assert(
        fc.asyncProperty(
          randomQueries(NOON),
          fc.constantFrom<string[] | undefined>(undefined, ['H57.01'], ['H57.02', 'H57.09']),
          async (query, units) => {
            const read = parseQuery(query)
            if ('error' in read) throw new Error(`${query}: ${read.error.code}`)
            const expected = events
              .filter(
                ({ unit, senderUnit }) => units === undefined || units.includes(unit) || units.includes(senderUnit)
              )
              .filter(({ json, text }) => matchesQuery(read.ast, JSON.parse(json) as JsonObject, text))
              .map(({ id }) => id)
            const request = {
              query,
              from: NOON - DAY_MS,
              to: NOON + DAY_MS,
              origins: ['real' as const],
              ...(units && { units })
            }
            const found = await reader.search({ ...request, limit: 1_000 }, ample)
            expect(found.hits.map(({ id }) => id).toSorted()).toEqual(expected.toSorted())
            expect((await reader.histogram(request, 10, ample)).total).toBe(expected.length)
          }
        ),
        { numRuns: options.queries ?? 150 }
      )
    })
  })
}
