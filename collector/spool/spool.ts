import type { Frame, Position, SpooledFrame } from '#core/frame.ts'
import type { Origin } from '#core/origin.ts'

/** A fate that was decided before the spool and still belongs into the ledger: counted durably beside the frames. */
export type LedgerNote = {
  sender: string
  origin: Origin
  fate: 'duplicate' | 'dropped'
  count: number
  reason: string
}

/** What lies in the spool at one offset. */
export type SpoolRecord = { kind: 'frame'; frame: SpooledFrame } | ({ kind: 'note'; note: LedgerNote } & Position)

/** What is appended: frames get their offset, id and durability from the spool. */
export type SpoolEntry =
  /** `batch`: digest of the whole request, on its first frame, so that the same bytes sent again are recognised. */
  { kind: 'frame'; frame: Frame; batch?: string } | { kind: 'note'; note: LedgerNote }

/** Keys that frames near the end of the spool carry: what is needed to know a request that comes again. */
export type RecentKeys = { receivedAt: number; origin: Origin; sender: string; clientKeyId: string; batch: string }

/** Records read from `from` (inclusive), in order; `next` is where to read on. */
export type SpoolBatch = { partition: number; from: number; next: number; records: SpoolRecord[] }

/**
 * What went wrong with the files and what was done about it; shown in the console. `offset` is the first record that is
 * gone, `records` how many (0 when unknown), `kept` the file in quarantine/ with the damaged bytes ('' when too many).
 */
export type SpoolDamage = { at: number; file: string; offset: number; records: number; bytes: number; kept: string }

/**
 * The queue between the wire and everybody else. It has partitions (one in the local home), durable positions and
 * consumers that drag the tail along. Local segments are the first home; the Kafka protocol is the second.
 */
export type SpoolWriter = {
  /** Random id made with the spool; part of every event id. */
  readonly id: string
  /**
   * Resolves with the position of the first entry once all are durable (group commit with fdatasync). One append is one
   * unit: after a crash either all of its entries are there or none. Rejects with `spool.full` when the disk guard
   * holds; ledger notes alone still pass at the quota, as they must be able to say what was refused.
   */
  append(entries: SpoolEntry[]): Promise<Position>
  /** Next offset to be written, of what is durable. */
  durableEnd(): number
  /** Called after every group commit with the new durable end. */
  onDurable(listener: (end: number) => void): void
  /** Why appends are refused now, or undefined. `backlog`: the disk does not keep up; `failed`: it reports errors. */
  refusal(): 'quota' | 'disk' | 'backlog' | 'failed' | undefined
  /** Drop whole segments before this offset: every consumer has passed it durably. */
  dropBefore(offset: number): Promise<void>
  /** Cumulative frames and notes per sender and origin since the spool was made, exact at `durableEnd`. */
  received(): { sender: string; origin: Origin; received: number; lastReceivedAt: number }[]
  /** Keys of the newest frames, oldest first, not further back than `maxAgeMs` before the newest frame. Read from disk. */
  recentKeys(maxAgeMs: number): RecentKeys[]
  damage(): SpoolDamage[]
  bytes(): number
  close(): Promise<void>
}

/** A consumer's view: reads only what is durable, from any offset still kept; may live in another thread or process. */
export type SpoolReader = {
  readonly id: string
  /** Oldest offset still kept. */
  start(): number
  /**
   * Up to `maxRecords` records or `maxBytes` of payload from `offset`, never beyond `end` (the durable end the writer told).
   * Gives an empty batch when there is nothing yet. Damaged parts are skipped: `next` then jumps.
   */
  read(offset: number, end: number, limits: { maxRecords: number; maxBytes: number }): SpoolBatch
  close(): void
}
