import { afterEach, beforeEach, expect } from 'vitest'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import { eventOf, storedEntry, type Sketch } from './store-contract-events.ts'
import type { LedgerFates, StoreWriter } from '#store/store.ts'
import type { SearchRequest, StoreReader } from '#core/event-search.ts'
import type { StoreEntry } from '#core/store-entry.ts'

/** A home of the store, empty, as the contract meets it. */
export type ContractHome = {
  openWriter(): Promise<StoreWriter>
  openReader(): Promise<StoreReader>
  /** Makes what was written visible to readers. */
  settle(): Promise<void>
  destroy(): Promise<void>
}
export type MakeHome = () => Promise<ContractHome>

/** Noon of the receive day of the contract's events. */
export const NOON = Date.UTC(2026, 10, 20, 12)
export const ample = { deadlineMs: 30_000 }

/** A fresh home for each test, and the short words the tests speak in. */
export class Stage {
  home!: ContractHome
  writer!: StoreWriter
  reader!: StoreReader
  /** Next offset to be written. */
  offset = 0

  async open(makeHome: MakeHome) {
    this.home = await makeHome()
    this.writer = await this.home.openWriter()
    this.reader = await this.home.openReader()
    this.offset = 0
  }

  async close() {
    await this.reader.close()
    await this.writer.close()
    await this.home.destroy()
  }

  async write(entries: StoreEntry[]) {
    const from = this.offset
    this.offset = Math.max(this.offset, ...entries.map((entry) => entry.offset + 1))
    await this.writer.write({ partition: 0, from, to: this.offset - 1, entries })
    await this.home.settle()
  }

  async store(sketches: Sketch[], receivedAt = NOON, more: { sender?: string; origin?: Origin } = {}) {
    await this.write(
      sketches.map((sketch, index) => storedEntry(this.offset + index, receivedAt, eventOf(sketch), more))
    )
  }

  async reopen() {
    await this.reader.close()
    await this.writer.close()
    this.writer = await this.home.openWriter()
    this.reader = await this.home.openReader()
  }

  ask(query: string, more: Partial<SearchRequest> = {}): SearchRequest {
    return {
      query,
      from: NOON - 400 * DAY_MS,
      to: NOON + 400 * DAY_MS,
      origins: ['real', 'demonstration', 'canary'],
      limit: 1_000,
      ...more
    }
  }

  /** Ids found, in order; the answer must be whole. */
  async ids(query: string, more: Partial<SearchRequest> = {}): Promise<string[]> {
    const answer = await this.reader.search(this.ask(query, more), ample)
    expect(answer.partial).toBe(false)
    return answer.hits.map((hit) => hit.id)
  }

  /** Rows of the ledger that say something, by sender and origin. */
  ledger(): LedgerFates[] {
    return this.writer
      .fates()
      .filter((row) => Object.values(row).some((value) => typeof value === 'number' && value !== 0))
      .toSorted((a, b) => (a.sender + a.origin < b.sender + b.origin ? -1 : 1))
  }
}

/** Registers opening and closing around each test of the describe block. */
export function stageOf(makeHome: MakeHome): Stage {
  const stage = new Stage()
  beforeEach(() => stage.open(makeHome))
  afterEach(() => stage.close())
  return stage
}
