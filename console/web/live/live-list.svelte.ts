import { untrack } from 'svelte'
import type { Feed, FeedEvents } from './feed.ts'
import { PagedList } from './list.svelte.ts'
import { Renewal } from './renewal.ts'

/** Pushes come in bursts; a list is fetched anew at most this often, milliseconds. */
export const RENEW_MS = 1_500

export type Page<T> = { rows: readonly T[]; cursor: string | null }

/**
 * A list that knows what it was asked: another query begins anew, the same query is renewed behind the rows on screen.
 * It hears live events one by one, so that two changes in one payload both arrive.
 */
export class LiveList<T extends { id: string | number }, Query = null> extends PagedList<T> {
  readonly #page: (query: Query, cursor: string | null) => Promise<Page<T>>
  readonly #renewal = new Renewal(() => void this.renew(), RENEW_MS)
  #asked: { query: Query; key: string } | null = null

  constructor(now: () => number, page: (query: Query, cursor: string | null) => Promise<Page<T>>) {
    super(now)
    this.#page = page
  }

  /** Shows the rows of a query. */
  async show(query: Query): Promise<void> {
    const key = JSON.stringify(query)
    const clear = key !== this.#asked?.key
    this.#asked = { query, key }
    await this.start((cursor) => this.#page(query, cursor), clear)
  }

  /** Fetches the first page of the same query anew; the rows stay on screen until it is there. */
  async renew(): Promise<void> {
    if (this.#asked !== null) await this.show(this.#asked.query)
  }

  /** Renews before long; a burst of causes brings one renewal. */
  renewSoon(): void {
    this.#renewal.soon()
  }

  /** A newer state of a row on screen takes its place at once; false when the list does not have that row. */
  put(row: T & { revision: number }): boolean {
    const at = this.rows.findIndex(({ id }) => id === row.id)
    if (at === -1) return false
    const known = this.rows[at] as { revision?: number } | undefined
    if ((known?.revision ?? 0) < row.revision) this.change((rows) => rows.with(at, row))
    return true
  }

  /** Hears live events, and renews after a reconnect; the returned function ends both and any renewal on its way. */
  listen(feed: Feed, on: Partial<FeedEvents> = {}): () => void {
    const stop = feed.on({ reconnected: () => void this.renew(), ...on })
    return () => {
      stop()
      this.#renewal.stop()
    }
  }

  /** Shows whatever the query says and listens, as long as a component lives. Call it while the component is made. */
  follow(feed: Feed, query: () => Query, on: Partial<FeedEvents> = {}): void {
    $effect(() => {
      const asked = query()
      untrack(() => void this.show(asked))
    })
    $effect(() => this.listen(feed, on))
  }
}
