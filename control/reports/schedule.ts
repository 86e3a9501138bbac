import type { Period } from '#core/api/posture.ts'
import type { ReportSettings } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
import type { Origin } from '#core/origin.ts'
import { dayAfter, reportMonthOf, weekOf } from '#core/period.ts'
import { ictDay, ictDayStart, HOUR_MS } from '#core/time.ts'

/** A report that is due: which, of which days, since when. */
export type Slot = { kind: ReportKind; period: Period; dueAt: number }

/** Of one origin: a day that was reported of the demonstration is still to be reported of what is real. */
export const slotName = (kind: ReportKind, period: Period, unit: string, origin: Origin) =>
  `${origin}:${kind}:${period.from}:${period.to}:${unit}`

/**
 * The newest slot of each kind that is due at `now`, in Asia/Ho_Chi_Minh: yesterday; last week, Monday to Sunday; the last
 * whole reporting month. Older slots that were missed are not made up: a week later nobody reads last Tuesday's report.
 */
export function dueSlots(settings: ReportSettings, now: number): Slot[] {
  const slots: Slot[] = []
  // Due at the hour of a day: before it, yesterday is the newest day that counts.
  const today = ictDay(now - settings.hour * HOUR_MS)
  const dueAt = ictDayStart(today) + settings.hour * HOUR_MS
  const yesterday = dayAfter(today, -1)
  if (settings.daily) slots.push({ kind: 'daily', period: { from: yesterday, to: yesterday }, dueAt })
  /** Due at the hour of the first day after the period. */
  const dueAfter = ({ to }: Period) => ictDayStart(dayAfter(to, 1)) + settings.hour * HOUR_MS
  const week = weekOf(today, 1)
  if (settings.weekly) slots.push({ kind: 'weekly', period: week, dueAt: dueAfter(week) })
  slots.push({ kind: 'unit_weekly', period: week, dueAt: dueAfter(week) })
  if (settings.monthly) {
    const month = reportMonthOf(today, settings.monthDay, 1)
    slots.push({ kind: 'monthly', period: month, dueAt: dueAfter(month) })
  }
  return slots
}
