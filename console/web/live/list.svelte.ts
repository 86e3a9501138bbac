import { failureOf, type Failure } from './remote.svelte.ts'

/** Rows one list keeps in memory; older pages are asked for by narrowing the filter. */
export const ROWS_MAX = 5_000

/** A list fetched page by page with a cursor: dead letters, events, incidents, rules, audit. Every row is in it once. */
export class PagedList<T extends { id: string | number }> {
  rows = $state.raw<readonly T[]>([])
  cursor = $state<string | null>(null)
  loading = $state(false)
  loaded = $state(false)
  failure = $state.raw<Failure | null>(null)
  at = $state<number | null>(null)
  readonly more = $derived(this.cursor !== null && this.rows.length < ROWS_MAX)
  #turn = 0
  #fetch: ((cursor: string | null) => Promise<{ rows: readonly T[]; cursor: string | null }>) | null = null
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Starts a list anew; the old rows stay on screen until the answer, unless `clear`. */
  async start(
    fetch: (cursor: string | null) => Promise<{ rows: readonly T[]; cursor: string | null }>,
    clear = true
  ): Promise<void> {
    this.#fetch = fetch
    if (clear) {
      this.rows = []
      this.loaded = false
      this.cursor = null
    }
    await this.#page(null)
  }

  async next(): Promise<void> {
    if (this.more && !this.loading) await this.#page(this.cursor)
  }

  async retry(): Promise<void> {
    await this.#page(this.loaded ? this.cursor : null)
  }

  /** Changes single rows known already: a push, or the answer to an act. */
  change(turn: (rows: readonly T[]) => readonly T[]): void {
    this.rows = turn(this.rows)
  }

  async #page(cursor: string | null): Promise<void> {
    const fetch = this.#fetch
    if (fetch === null) return
    const turn = ++this.#turn
    this.loading = true
    try {
      const page = await fetch(cursor)
      if (turn !== this.#turn) return
      this.rows = once(cursor === null ? page.rows : [...this.rows, ...page.rows])
      this.cursor = page.cursor
      this.loaded = true
      this.failure = null
      this.at = this.#now()
    } catch (error) {
      if (turn !== this.#turn) return
      this.failure = failureOf(error, this.#now(), this.failure)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}

/** Between two pages rows may have moved or been pushed: the one known longest stays, where its reader saw it. */
function once<T extends { id: string | number }>(rows: readonly T[]): readonly T[] {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- lives only while the rows are looked through
  const known = new Set<string | number>()
  return rows.filter((row) => !known.has(row.id) && known.add(row.id))
}
