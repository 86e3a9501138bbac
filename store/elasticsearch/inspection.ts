import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '#core/clock.ts'
import type { StoreLoss } from '#core/ledger.ts'
import { listIndices } from './indices.ts'
import { readIndexName } from './names.ts'

/** How often the server is asked what it holds. */
const EVERY_MS = 60_000

/** What was created in each index by our own count; outlives a restart. */
export type Filed = { filed(): ReadonlyMap<string, number> }

/** Compares what the indices hold with what we created in them: documents deleted behind our back are told. */
export class IndexInspection {
  readonly #client: Client
  readonly #prefix: string
  readonly #clock: Clock
  readonly #filed: Filed
  #lookedAt = -Infinity
  #losses: StoreLoss[] = []

  constructor(client: Client, prefix: string, clock: Clock, filed: Filed) {
    this.#client = client
    this.#prefix = prefix
    this.#clock = clock
    this.#filed = filed
  }

  losses(): StoreLoss[] {
    return this.#losses
  }

  /** Looks when it is time to; throws what the client throws. */
  async turn(): Promise<void> {
    const now = this.#clock.now()
    if (now - this.#lookedAt < EVERY_MS) return
    this.#lookedAt = now
    // Before the server is asked: what is created meanwhile is more, never less.
    const filed = new Map(this.#filed.filed())
    let short = await this.#short(filed)
    if (short.length > 0) {
      // An index that nobody searches does not count what came last until it is refreshed.
      const there = short.filter(({ found }) => found !== undefined).map(({ index }) => index)
      if (there.length > 0) await this.#client.indices.refresh({ index: there, ignore_unavailable: true })
      short = await this.#short(filed)
    }
    this.#losses = short.flatMap(({ index, stored, found = 0 }) => {
      const name = readIndexName(this.#prefix, index)
      if (name === undefined) return []
      const at = this.#losses.find((loss) => loss.file === index)?.at ?? now
      const reason = found === 0 ? 'the index is gone or empty' : 'documents are missing'
      return [{ at, day: name.day, origin: name.origin, file: index, kept: '', stored, found, reason }]
    })
  }

  async #short(filed: ReadonlyMap<string, number>) {
    const found = new Map((await listIndices(this.#client, this.#prefix)).map(({ index, events }) => [index, events]))
    return [...filed]
      .map(([index, stored]) => ({ index, stored, found: found.get(index) }))
      .filter((row) => (row.found ?? 0) < row.stored)
  }
}
