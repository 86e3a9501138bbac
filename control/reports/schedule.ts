import type { Period } from '#core/api/posture.ts'
import type { ReportSettings } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ICT_OFFSET_MS, ictDay, ictDayStart, HOUR_MS } from '#core/time.ts'

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
  const start = ictDayStart(today)
  const dueAt = start + settings.hour * HOUR_MS
  const yesterday = ictDay(start - 1)
  if (settings.daily) slots.push({ kind: 'daily', period: { from: yesterday, to: yesterday }, dueAt })
  // Monday is 0.
  const weekday = (new Date(start + ICT_OFFSET_MS).getUTCDay() + 6) % 7
  const monday = start - weekday * DAY_MS
  const week = { from: ictDay(monday - 7 * DAY_MS), to: ictDay(monday - 1) }
  const weekDue = monday + settings.hour * HOUR_MS
  if (settings.weekly) slots.push({ kind: 'weekly', period: week, dueAt: weekDue })
  slots.push({ kind: 'unit_weekly', period: week, dueAt: weekDue })
  if (settings.monthly) {
    const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
    const ended = day >= settings.monthDay ? [year, month] : month === 1 ? [year - 1, 12] : [year, month - 1]
    const [endYear = year, endMonth = month] = ended
    const before = endMonth === 1 ? [endYear - 1, 12] : [endYear, endMonth - 1]
    const end = ictDayStart(isoDay(endYear, endMonth, settings.monthDay))
    const from = isoDay(before[0] ?? endYear, before[1] ?? endMonth, settings.monthDay)
    slots.push({
      kind: 'monthly',
      period: { from, to: ictDay(end - 1) },
      dueAt: end + settings.hour * HOUR_MS
    })
  }
  return slots
}

const isoDay = (year: number, month: number, day: number) =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
