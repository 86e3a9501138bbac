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
