import type { Origin } from '#core/origin.ts'
import type { Reads } from '#control/database/reads.ts'

/** Of which origin figures speak: the demonstration's while it runs on a platform where nothing real was ever heard. */
export function shownOrigin(control: Reads, demonstration: { status(): { running: boolean } | null }): Origin {
  const heard = control.sql(`SELECT 1 FROM unit_days WHERE origin = 'real' LIMIT 1`).get() !== undefined
  return !heard && demonstration.status()?.running === true ? 'demonstration' : 'real'
}
