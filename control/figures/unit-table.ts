import type { PeriodFigures, UnitPosture, UnitPostureDetail } from '#core/api/posture.ts'
import type { UnitShow } from '#core/posture.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import { csvOf } from '#core/csv.ts'
import type { Reads } from '#control/database/reads.ts'
import { unitTableWords } from './words.ts'

/** Which units a view shows; `risk` is what somebody must act on or look at. */
export const unitShown: Readonly<Record<UnitShow, (unit: UnitPosture) => boolean>> = {
  all: () => true,
  risk: (unit) => unit.openIncidents > 0 || unit.overdueTasks > 0,
  incident: (unit) => unit.state === 'incident',
  watch: (unit) => unit.state === 'watch',
  overdue: (unit) => unit.overdueTasks > 0,
  silent: (unit) => unit.daysWithEvidence === 0
}

/** One unit of a period's figures with its days; undefined when the figures do not know it. */
export function unitDetail(database: Reads, figures: PeriodFigures, code: string): UnitPostureDetail | undefined {
  const unit = figures.units.find((row) => row.unit.code === code)
  if (unit === undefined) return undefined
  const { period, origin, running, asOf } = figures
  const rows = database.all<{ day: string; events: number }>(
    'SELECT day, events FROM unit_days WHERE unit = ? AND origin = ? AND day BETWEEN ? AND ?',
    code,
    origin,
    period.from,
    period.to
  )
  const heard = new Map(rows.map((row) => [row.day, row.events]))
  const days: UnitPostureDetail['days'] = []
  for (let at = figures.fromMs; at < Math.max(asOf, figures.fromMs + 1); at += DAY_MS)
    days.push({ day: ictDay(at), events: heard.get(ictDay(at)) ?? 0 })
  return {
    period,
    origin,
    running,
    asOf,
    unit,
    days,
    incidents: figures.incidents.list.filter((incident) => incident.units.some((unit) => unit.code === code)),
    decisions: figures.decisions.filter((decision) => decision.unit.code === code)
  }
}

/** The unit table as CSV for a spreadsheet, safe against formulas. */
export function unitCsv(units: readonly UnitPosture[], language: 'vi' | 'en'): string {
  const { head, kind, state } = unitTableWords[language]
  return csvOf([
    head,
    ...units.map((row) => [
      row.unit.code,
      row.unit.name,
      row.unit.district,
      kind[row.kind],
      state[row.state],
      row.daysWithEvidence,
      row.events,
      row.alerts,
      row.incidents,
      row.openIncidents,
      row.tasks,
      row.answeredTasks,
      row.overdueTasks
    ])
  ])
}
