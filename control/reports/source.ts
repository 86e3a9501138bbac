import type { PeriodFigures, PostureSentence, Trended } from '#core/api/posture.ts'
import type { ReportForm } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
import type { UnitFindings } from './unit-findings.ts'

/** Everything a report is made from: the figures and the sentences told from them, nothing else. */
export type ReportSource = {
  kind: ReportKind
  figures: PeriodFigures
  paragraph: PostureSentence[]
  /** The same days a year earlier; null where the platform has none: the report says so. */
  lastYear: PeriodFigures | null
  form: ReportForm
  /** Unit a weekly report is for, with its district; '' for the province. */
  unitName: string
  /** What a report to an owner names besides; null for the province. */
  findings: UnitFindings | null
}

/** Whether any unit was heard in the period: without it a zero says nothing. */
export const wasHeard = ({ coverage, events }: PeriodFigures): boolean =>
  coverage.sent === null ? (events.value ?? 0) > 0 : coverage.sent > 0

/** A figure of what was heard: a zero of a period in which nothing was heard is no figure. */
export const heardFigure = (figures: PeriodFigures, trended: Trended): Trended => ({
  ...trended,
  value: trended.value === 0 && !wasHeard(figures) ? null : trended.value,
  before: trended.before === 0 && figures.coverage.before === 0 ? null : trended.before
})

/** Units named in a sentence; the others stand in the annex. */
export const MAX_NAMED = 12

/** Weekly and monthly reports of the province end with every unit; the others say what they leave out. */
export const hasAnnex = (kind: ReportKind): boolean => kind === 'weekly' || kind === 'monthly'

/** What follows the units that were named: where the others stand, or how many they are. */
export const othersThan = (kind: ReportKind, all: number): string =>
  all <= MAX_NAMED
    ? '.'
    : hasAnnex(kind)
      ? '; danh sách đầy đủ ở phụ lục.'
      : ` và ${new Intl.NumberFormat('vi-VN').format(all - MAX_NAMED)} đơn vị khác.`
