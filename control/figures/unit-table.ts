import type { PeriodFigures, UnitPosture, UnitPostureDetail } from '#core/api/posture.ts'
import { unitFeedWords, unitStateWords } from '#core/unit-states.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import { csvOf } from '#core/csv.ts'
import type { Reads } from '#control/database/reads.ts'
import { unitTableWords } from './words.ts'

/**
 * One unit of a period's figures with the days on which its sources sent, those of units that became part of it included
 * (`members`); undefined when the figures do not know it.
 */
export function unitDetail(
  database: Reads,
  figures: PeriodFigures,
  code: string,
  members: readonly string[] = [code]
): UnitPostureDetail | undefined {
  const unit = figures.units.find((row) => row.unit.code === code)
  if (unit === undefined) return undefined
  const { period, origin, running, asOf } = figures
  const rows = database.all<{ day: string; events: number }>(
    `SELECT day, SUM(events) AS events FROM sender_days
       WHERE unit IN (SELECT value FROM json_each(?)) AND origin = ? AND day BETWEEN ? AND ? GROUP BY day`,
    JSON.stringify(members),
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
  const { head, kind } = unitTableWords[language]
  return csvOf([
    head,
    ...units.map((row) => [
      row.unit.code,
      row.unit.name,
      row.unit.district,
      kind[row.kind],
      unitStateWords[row.state][language],
      unitFeedWords[row.feed][language],
      row.daysSent,
      row.sent,
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
