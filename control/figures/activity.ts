import type { ActivityFold } from '#core/exchange.ts'
import type { Origin } from '#core/origin.ts'
import type { Reads } from '#control/database/reads.ts'

/**
 * Adds the events of one batch to the days of their units. Call it in the transaction that commits the batch's position:
 * then every event counts exactly once.
 */
export function countActivity(control: Reads, folds: readonly ActivityFold[]): void {
  const add = control.sql(
    `INSERT INTO unit_days (origin, day, unit, events, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (origin, day, unit) DO UPDATE SET events = events + excluded.events,
     first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at)`
  )
  for (const fold of folds) add.run(fold.origin, fold.day, fold.unit, fold.events, fold.firstAt, fold.lastAt)
}

/** Drops the days of an origin, inside the caller's transaction: the end of a demonstration. */
export function forgetActivity(control: Reads, origin: Origin): void {
  control.sql('DELETE FROM unit_days WHERE origin = ?').run(origin)
}
