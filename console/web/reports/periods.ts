import type { Period } from '#core/api/posture.ts'
import type { ReportKind } from '#core/report.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'

const two = (value: number) => String(value).padStart(2, '0')
/** The first day of the reporting month that begins in this month; month 0 is December of the year before. */
function startOf(year: number, month: number, monthDay: number): string {
  const first = new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 8)
  return `${first}${two(monthDay)}`
}

/** The newest finished period of a kind: yesterday; last week, Monday to Sunday; the last whole reporting month. */
export function lastPeriod(kind: ReportKind, now: number, monthDay: number): Period {
  const today = ictDay(now)
  const start = ictDayStart(today)
  if (kind === 'daily') {
    const yesterday = ictDay(start - DAY_MS)
    return { from: yesterday, to: yesterday }
  }
  if (kind === 'monthly') {
    const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
    const ended = day >= monthDay ? month : month - 1
    const end = ictDayStart(startOf(year, ended, monthDay))
    return { from: startOf(year, ended - 1, monthDay), to: ictDay(end - 1) }
  }
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  const monday = start - weekday * DAY_MS
  return { from: ictDay(monday - 7 * DAY_MS), to: ictDay(monday - DAY_MS) }
}

/** Lines of a text field as a list: without empty ones, at most `max`. */
export const linesOf = (text: string, max: number): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, max)
