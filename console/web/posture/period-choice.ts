import type { Period } from '#core/api/posture.ts'
import { monthOf, reportMonthOf, weekOf } from '#core/period.ts'
import { ictDay, ictDayStart, twoDigits } from '#core/time.ts'

/** Periods one can choose by name; a free one carries its days. */
export const periodNames = ['week', 'month', 'lastMonth', 'reportMonth'] as const
export type PeriodName = (typeof periodNames)[number]
export type PeriodChoice = { name: PeriodName } | { name: 'free'; from: string; to: string }

/** The days that a choice means today, in Asia/Ho_Chi_Minh. Weeks begin on Monday, reporting months on the 15th. */
export function periodOf(choice: PeriodChoice, now: number): Period {
  const today = ictDay(now)
  switch (choice.name) {
    case 'week':
      return weekOf(today)
    case 'month':
      return monthOf(today)
    case 'lastMonth':
      return monthOf(today, 1)
    case 'reportMonth':
      return reportMonthOf(today, 15)
    case 'free':
      return { from: choice.from, to: choice.to }
  }
}

/** A day as people here write it, day first: 15/10/2023, 15-10-2023, or 15/10 of this year. Null for what is no day. */
export function readDay(text: string, now: number): string | null {
  const found = /^\s*(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?\s*$/.exec(text)
  if (found === null) return null
  const [day, month] = [Number(found[1]), Number(found[2])]
  const year = found[3] ?? ictDay(now).slice(0, 4)
  const written = `${year}-${twoDigits(month)}-${twoDigits(day)}`
  const start = ictDayStart(written)
  return !Number.isNaN(start) && ictDay(start) === written ? written : null
}

/** 2023-10-15 as 15/10/2023. */
export const writeDay = (day: string): string => day.split('-').reverse().join('/')

/** A period from an address or from storage; null for anything else. */
export function checkedPeriod(from: unknown, to: unknown): Period | null {
  const day = (value: unknown): value is string =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(ictDayStart(value))
  return day(from) && day(to) ? { from, to } : null
}

/** A remembered choice; this month for what is none. */
export function readChoice(kept: string | null): PeriodChoice {
  try {
    const value = JSON.parse(kept ?? '') as { name?: unknown; from?: unknown; to?: unknown }
    const name = periodNames.find((one) => one === value.name)
    if (name !== undefined) return { name }
    const period = value.name === 'free' ? checkedPeriod(value.from, value.to) : null
    if (period !== null) return { name: 'free', ...period }
  } catch {
    // Nothing kept, or something else: the choice below holds.
  }
  return { name: 'month' }
}
