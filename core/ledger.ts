import type { Origin } from './origin.ts'

/** The fates of a frame; every received frame has exactly one. */
export const fates = ['stored', 'duplicate', 'joined', 'dead_lettered', 'dropped', 'queued'] as const
export type Fate = (typeof fates)[number]

/** Frames of one sender and origin, cumulative since the data folder was made. `received` equals the sum of the fates. */
export type LedgerRow = { sender: string; origin: Origin; received: number; lastReceivedAt: number } & Record<
  Fate,
  number
>

/** The whole ledger with its own check: `balanced` is false when the sums do not meet, and that is an alarm. */
export type Ledger = { at: number; rows: LedgerRow[]; balanced: boolean; imbalance: string }

/**
 * A day of the store that holds less than the ledger says was stored: its file or index is damaged, was cut or deleted.
 * `stored` is the ledger's word (null: unknown), `found` what is there (null: cannot be counted).
 */
export type StoreLoss = {
  at: number
  day: string
  origin: Origin
  /** File or index; `kept`: the name under which a damaged file lies aside, or ''. */
  file: string
  kept: string
  stored: number | null
  found: number | null
  reason: string
}
