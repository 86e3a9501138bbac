import type { Fate, StoreLoss } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { EncodedEvent, StoreEntry } from '#core/store-entry.ts'

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
  /** Compares a few days with what was stored there; in turn, every day comes up. Called about twice a second. */
  inspect(): Promise<void>
  /** Days that hold less than was stored in them, as far as they have been looked at. */
  losses(): StoreLoss[]
  close(): Promise<void>
}
export type LedgerFates = { sender: string; origin: Origin } & Record<Exclude<Fate, 'queued'>, number>
