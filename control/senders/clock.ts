import type { SourceRow } from '#core/api/sources.ts'
import type { SenderClock } from '#core/data-plane.ts'

/** Zones lie quarters of an hour apart. */
const QUARTER = 15
/** A clock this near to a zone's is that zone's. */
const NEAR_MINUTES = 5
/** What a sender's offset may be, minutes east of UTC. */
const LEAST = -720
const MOST = 840

/**
 * How far a sender's clock is off, and the offset that would set it right: only when its logs name no zone, its events agree
 * and the difference is that of a zone. `null` when nothing was measured yet.
 */
export function clockOf(utcOffsetMinutes: number, measured: SenderClock | undefined): SourceRow['clock'] {
  // What was measured under another offset says nothing of this one.
  const { usedOffsetMinutes = null } = measured ?? {}
  const stale = usedOffsetMinutes !== null && usedOffsetMinutes !== utcOffsetMinutes
  if (measured === undefined || stale) return null
  const skewMinutes = Math.round(measured.skewMs / 60_000)
  const zone = Math.round(skewMinutes / QUARTER) * QUARTER
  const offset = utcOffsetMinutes + zone
  const fits = zone !== 0 && Math.abs(skewMinutes - zone) <= NEAR_MINUTES && offset >= LEAST && offset <= MOST
  // Half an hour and more: less is a clock that runs wrong.
  const suggested = fits && Math.abs(zone) >= 30 && measured.steady && usedOffsetMinutes !== null ? offset : null
  return { skewMinutes, suggestedOffsetMinutes: suggested }
}
