import type { EcsEvent } from './event.ts'
import type { Origin } from './origin.ts'
import type { DeadLetter } from './store-entry.ts'

/** What a person asks. `query` is the query language of store/query; units [] means none, undefined means all. */
export type SearchRequest = {
  query: string
  /** Whoever asks sees citizens' numbers masked: what could match inside them is refused. */
  masked?: boolean
  /** Event time, milliseconds, `from` ≤ time < `to`. */
  from: number
  to: number
  /** Affected or sender unit must be among these. */
  units?: string[]
  origins: Origin[]
  limit: number
  /** From the answer before; newest first. */
  cursor?: string
}
export type SearchHit = { id: string; time: number; origin: Origin; event: EcsEvent }
export type SearchAnswer = {
  hits: SearchHit[]
  cursor?: string
  /** True when the budget ended the search early: say what is missing. */
  partial: boolean
  /** Receive days (YYYY-MM-DD) whose events cannot be read, because their file is damaged. */
  damagedDays?: string[]
  /** Milliseconds spent. */
  tookMs: number
}
export type HistogramAnswer = {
  buckets: { from: number; count: number }[]
  total: number
  intervalMs: number
  partial: boolean
  tookMs: number
}

/** Milliseconds a search may take before it answers with what it has; `caller` is who waits for it, and takes turns with others. */
export type Budget = { deadlineMs: number; caller?: string }

/** The reading side; any number, in reader threads. Read-only. */
export type StoreReader = {
  search(request: SearchRequest, budget: Budget): Promise<SearchAnswer>
  histogram(request: Omit<SearchRequest, 'limit' | 'cursor'>, buckets: number, budget: Budget): Promise<HistogramAnswer>
  byId(id: string): Promise<SearchHit | undefined>
  deadLetters(filter: { sender?: string; code?: string; limit: number; cursor?: string }): Promise<{
    letters: DeadLetter[]
    cursor?: string
  }>
  deadLetter(id: string): Promise<DeadLetter | undefined>
  /** Days kept, with their size; for the console's retention line. */
  days(): Promise<{ day: string; origin: Origin; events: number; bytes: number }[]>
  close(): Promise<void>
}
