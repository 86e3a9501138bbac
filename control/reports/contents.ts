import { unitAnnex } from './annex.ts'
import { DEMONSTRATION_MARK, type ReportDocument } from './document.ts'
import { findings } from './findings.ts'
import { answers, notable, proposals, shortcomings, weaknesses } from './follow-up.ts'
import { numbering } from './numbering.ts'
import { day, moment } from './numbers.ts'
import { health } from './operation.ts'
import { alertFigures, kindsOfIncident, overview, scope } from './situation.ts'
import { hasAnnex, type ReportSource } from './source.ts'

/**
 * The report of a period: one page of summary first, then the points of a monthly report to the steering committee and of the
 * weekly report to an owner (Thông tư 31/2017/TT-BTTTT, Điều 5), then every unit. A daily report keeps the summary, the
 * figures and what needs a decision.
 */
export function reportDocument(source: ReportSource): ReportDocument {
  const { figures, kind } = source
  // A report to an owner goes to the owner, whoever the province's reports go up to.
  const form = kind === 'unit_weekly' ? { ...source.form, to: [source.unitName] } : source.form
  const numbered = numbering()
  const sections = [
    ...overview(source, numbered),
    ...scope(source, numbered),
    ...alertFigures(source, numbered),
    ...(source.findings === null ? [] : findings(source.findings, figures, numbered)),
    ...(kind === 'daily' ? [] : kindsOfIncident(figures, numbered)),
    // Models belong to the province; an owner reads of its own systems on its page.
    ...(kind === 'unit_weekly' ? [] : health(figures, numbered)),
    ...(kind === 'daily' ? [] : notable(figures, numbered)),
    ...(kind === 'monthly' ? weaknesses(numbered) : []),
    ...answers(source, numbered),
    ...shortcomings(source, numbered),
    ...proposals(source, numbered)
  ]
  return {
    form,
    title: titleOf(source),
    blocks: sections,
    draft: figures.running,
    demonstration: figures.origin === 'demonstration',
    annexes: hasAnnex(kind) ? [unitAnnex(figures)] : [],
    // Day and month are the registry office's to fill in: nothing was signed on a day that the platform could print.
    dated: null,
    madeAt: figures.running ? figures.asOf : figures.toMs
  }
}

function titleOf({ kind, figures, unitName: unit }: ReportSource): string[] {
  const { from, to } = figures.period
  const range = from === to ? `(ngày ${day(from)})` : `(từ ngày ${day(from)} đến ngày ${day(to)})`
  const subjects = {
    daily: 'Kết quả giám sát an ninh mạng trong ngày',
    weekly: 'Kết quả giám sát an ninh mạng trong tuần',
    monthly: 'Kết quả giám sát an ninh mạng trong kỳ',
    unit_weekly: `Kết quả giám sát an ninh mạng trong tuần của ${unit}`
  }
  return [
    subjects[kind],
    range,
    ...(figures.origin === 'demonstration' ? [`(${DEMONSTRATION_MARK})`] : []),
    ...(figures.running ? [`Dự thảo: kỳ chưa kết thúc, số liệu tính đến ${moment(figures.asOf)}`] : [])
  ]
}
