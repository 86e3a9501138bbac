import type { Period } from '#core/api/posture.ts'
import type { ReportKind } from '#core/report.ts'
import { dayAfter, reportMonthOf, weekOf } from '#core/period.ts'
import { ictDay } from '#core/time.ts'

/** The newest finished period of a kind: yesterday; last week, Monday to Sunday; the last whole reporting month. */
export function lastPeriod(kind: ReportKind, now: number, monthDay: number): Period {
  const today = ictDay(now)
  if (kind === 'monthly') return reportMonthOf(today, monthDay, 1)
  if (kind !== 'daily') return weekOf(today, 1)
  const yesterday = dayAfter(today, -1)
  return { from: yesterday, to: yesterday }
}
