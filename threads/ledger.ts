import { fates, type Ledger, type LedgerRow } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { LedgerFates } from '#store/store.ts'

/** Received frames per sender and origin, exact at spool offset `end`. */
export type ReceivedAt = {
  at: number
  end: number
  received: { sender: string; origin: Origin; received: number; lastReceivedAt: number }[]
}
/** Committed fates, exact at spool offset `position`. */
export type FatesAt = { at: number; position: number; fates: LedgerFates[] }

/**
 * Joins what the intake received with what the store committed. `queued` is what lies between; it is checked against the
 * spool: never negative, and zero in all when the store has reached the spool's end. `store` must be older than `intake`.
 */
export function ledgerOf(intake: ReceivedAt, store: FatesAt): Ledger {
  const rows = new Map<string, LedgerRow>()
  const rowOf = (sender: string, origin: Origin) => {
    const key = `${origin}\0${sender}`
    let row = rows.get(key)
    if (row === undefined) {
      row = {
        sender,
        origin,
        received: 0,
        lastReceivedAt: 0,
        stored: 0,
        duplicate: 0,
        joined: 0,
        dead_lettered: 0,
        dropped: 0,
        queued: 0
      }
      rows.set(key, row)
    }
    return row
  }
  for (const { sender, origin, received, lastReceivedAt } of intake.received)
    Object.assign(rowOf(sender, origin), { received, lastReceivedAt })
  for (const known of store.fates) {
    const row = rowOf(known.sender, known.origin)
    for (const fate of fates) if (fate !== 'queued') row[fate] = known[fate]
  }
  const faults: string[] = []
  let queued = 0
  for (const row of rows.values()) {
    row.queued = row.received - row.stored - row.duplicate - row.joined - row.dead_lettered - row.dropped
    if (row.queued < 0) faults.push(`${row.sender} (${row.origin}): ${-row.queued} more fates than frames received`)
    queued += row.queued
  }
  if (store.position + 1 >= intake.end && queued > 0)
    faults.push(`${queued} frames have no fate although the store has read the whole spool`)
  return { at: intake.at, rows: [...rows.values()], balanced: faults.length === 0, imbalance: faults.join('; ') }
}
