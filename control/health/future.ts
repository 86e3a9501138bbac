import type { Origin } from '#core/origin.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** Stored times this far ahead are a clock that was wrong, not one that was set back by hours: until then time stands still instead. */
const TOLERANCE_MS = DAY_MS

/**
 * A process that ran with its clock ahead has written states of days that have not come. Once the clock is right again they are
 * taken out, or health would stand still until those days come. What is left ends with its last change: after that nothing was
 * seen. True when there was something to take out. Runs inside a transaction, before the tables are loaded.
 */
export function forgetFuture(control: Control, origin: Origin, now: number): boolean {
  const { ahead } = control.single<{ ahead: number }>(
    `SELECT MAX(COALESCE((SELECT alive_at FROM health_life WHERE origin = :origin), 0),
         COALESCE((SELECT MAX(from_at) FROM health_intervals WHERE origin = :origin), 0)) AS ahead`,
    { origin }
  )
  if (ahead - now <= TOLERANCE_MS) return false
  const today = ictDay(now)
  control.sql('DELETE FROM health_intervals WHERE origin = ? AND from_at > ?').run(origin, now)
  control.sql('DELETE FROM health_days WHERE origin = ? AND day >= ?').run(origin, today)
  control.sql('DELETE FROM health_outages WHERE origin = ? AND since_at > ?').run(origin, now)
  control.sql('UPDATE health_outages SET until_at = ? WHERE origin = ? AND until_at > ?').run(now, origin, now)
  control
    .sql(
      'DELETE FROM health_results WHERE finished_at > ? AND probe IN (SELECT id FROM health_probes WHERE origin = ?)'
    )
    .run(now, origin)
  control
    .sql(
      `UPDATE health_life SET days_until = MIN(days_until, :today),
         alive_at = COALESCE((SELECT MAX(from_at) FROM health_intervals WHERE origin = :origin), :now) WHERE origin = :origin`
    )
    .run({ origin, today, now })
  return true
}
