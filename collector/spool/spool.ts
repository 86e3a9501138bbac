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
export type SpoolEntry = { kind: 'frame'; frame: Frame } | { kind: 'note'; note: LedgerNote }

/** Records read from `from` (inclusive), in order; `next` is where to read on. */
export type SpoolBatch = { partition: number; from: number; next: number; records: SpoolRecord[] }

/** What went wrong with the files and what was done about it; shown in the console. */
export type SpoolDamage = { at: number; file: string; offset: number; bytes: number; kept: string }

/**
 * The queue between the wire and everybody else. It has partitions (one in the local home), durable positions and
 * consumers that drag the tail along. Local segments are the first home; the Kafka protocol is the second.
 */
export type SpoolWriter = {
  /** Random id made with the spool; part of every event id. */
  readonly id: string
  /** Resolves once the entries are durable (group commit with fdatasync). Rejects with `spool.full` when the disk guard holds. */
  append(entries: SpoolEntry[]): Promise<Position>
  /** Next offset to be written, of what is durable. */
  durableEnd(): number
  /** Called after every group commit with the new durable end. */
  onDurable(listener: (end: number) => void): void
  /** Why appends are refused now (quota, disk), or undefined. */
  refusal(): string | undefined
  /** Drop whole segments before this offset: every consumer has passed it durably. */
  dropBefore(offset: number): Promise<void>
  /** Cumulative frames and notes per sender and origin since the spool was made, exact at `durableEnd`. */
  received(): { sender: string; origin: Origin; received: number; lastReceivedAt: number }[]
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
