import type { EcsEvent, JsonObject } from '#core/event.ts'
import type { Origin } from '#core/origin.ts'
import type { Fate } from '#core/ledger.ts'

/** One frame's fate, as the pipeline hands it to the store. Exactly one per spool offset. */
export type StoreEntry = {
  offset: number
  sender: string
  origin: Origin
  /** Milliseconds; decides the day file. */
  receivedAt: number
} & (
  | { fate: 'stored'; event: EncodedEvent }
  | { fate: 'dead_lettered'; letter: DeadLetterInput }
  /** `count` frames of this fate: ledger notes and joined frames. */
  | { fate: 'duplicate' | 'dropped' | 'joined'; count: number }
)

/** An ECS event ready to be written: the document as compact JSON and the columns the store indexes. */
export type EncodedEvent = {
  id: string
  /** `@timestamp`, milliseconds. */
  time: number
  /** The ECS document, compact JSON. */
  json: string
  /** Code of the affected unit. */
  unit: string
  /** Code of the sender's unit (`soc.sender_unit`): both may see the event. */
  senderUnit: string
  columns: EventColumns
  /** Words people search for: message, command line, URL… joined by spaces; at most 8 KiB. */
  text: string
}

/** Fields with an index of their own; '' when absent, several values joined by a newline (one inside a value becomes a space). */
export type EventColumns = {
  'host.name': string
  'user.name': string
  'source.ip': string
  'destination.ip': string
  'event.code': string
  'event.action': string
  'event.outcome': string
  'event.dataset': string
  'process.name': string
  'url.path': string
  'rule.name': string
}

/** A frame that no parser took, whole, with its envelope. `raw` is base64. */
export type DeadLetterInput = {
  id: string
  code: string
  detail: string
  listener: string
  peer: string
  unit: string
  hint: string
  flags: number
  clientKey: string
  raw: string
}
export type DeadLetter = DeadLetterInput & { sender: string; origin: Origin; receivedAt: number; offset: number }

/** The same range of the spool for every reader: `from`…`to` inclusive, entries in offset order, no gap. */
export type StoreBatch = { partition: number; from: number; to: number; entries: StoreEntry[] }

/** The writing side; lives in the store thread, the only writer. */
export type StoreWriter = {
  /** Highest offset that is stored, -1 when none. What lies at or before it is skipped by `write`. */
  position(partition: number): number
  /** Stores a batch with its position in one transaction per day file. Throws `store.away` when it should be retried. */
  write(batch: StoreBatch): Promise<void>
  /** Position that survives power loss: the spool may drop what lies at or before it. */
  durablePosition(partition: number): Promise<number>
  /** Frames per sender, origin and fate, cumulative; retention does not change it. */
  fates(): LedgerFates[]
  /**
   * Moves a dead letter to stored: writes the event and removes the letter in one transaction.
   * False when the letter is no longer there (already replayed, or gone by retention).
   */
  resolveDeadLetter(letterId: string, origin: Origin, receivedAt: number, event: EncodedEvent): Promise<boolean>
  /** Removes what was received before `beforeMs`, or everything of one origin. */
  expire(what: { beforeMs: number } | { origin: Origin }): Promise<{ removed: string[] }>
  close(): Promise<void>
}
export type LedgerFates = { sender: string; origin: Origin } & Record<Exclude<Fate, 'queued'>, number>

/** What a person asks. `query` is the query language of store/query; units [] means none, undefined means all. */
export type SearchRequest = {
  query: string
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

/** Milliseconds a search may take before it answers with what it has. */
export type Budget = { deadlineMs: number }

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

/** A document is turned into columns the same way for every home. */
export type EncodeEvent = (event: EcsEvent | JsonObject) => EncodedEvent
