import { ApiFailure } from '../api/call.ts'
import type { Params } from '../i18n/text.svelte.ts'

/** What went wrong and since when; the code is translated where it is shown. */
export type Failure = { code: string; params: Params; since: number }

/** Turns anything thrown into something that can be shown; the same failure as `before` keeps the time since when it lasts. */
export function failureOf(error: unknown, now: number, before: Failure | null = null): Failure {
  const { code, params } =
    error instanceof ApiFailure
      ? error
      : { code: 'console.fault', params: { message: error instanceof Error ? error.message : String(error) } }
  return { code, params, since: before?.code === code ? before.since : now }
}

/**
 * One answer of the server: what was last known, how old it is, and why it could not be renewed.
 * A failed renewal keeps the old value, so that the screen goes stale in words instead of going blank.
 */
export class Remote<T> {
  value = $state.raw<T | null>(null)
  failure = $state.raw<Failure | null>(null)
  loading = $state(false)
  /** When `value` was true, milliseconds. */
  at = $state<number | null>(null)
  #turn = 0
  readonly #now: () => number
  readonly #request: () => Promise<T>

  /** `request` is how the value is asked for, unless `load` is told otherwise. */
  constructor(now: () => number, request: () => Promise<T> = () => Promise.reject(new Error('No request.'))) {
    this.#now = now
    this.#request = request
  }

  get loaded(): boolean {
    return this.value !== null
  }

  readonly retry = () => this.load()

  /** Asks the server; an answer that was overtaken by a later request is thrown away. */
  readonly load = async (request = this.#request): Promise<void> => {
    const turn = ++this.#turn
    this.loading = true
    try {
      const value = await request()
      if (turn !== this.#turn) return
      this.value = value
      this.at = this.#now()
      this.failure = null
    } catch (error) {
      if (turn !== this.#turn) return
      this.failure = failureOf(error, this.#now(), this.failure)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }

  /** A value learned in another way: a push, or the answer to an act. */
  set(value: T): void {
    this.value = value
    this.at = this.#now()
  }

  clear(): void {
    this.#turn += 1
    this.value = null
    this.failure = null
    this.loading = false
    this.at = null
  }
}
