import type { Period, PeriodFigures } from '#core/api/posture.ts'
import type { NewReport, ReportRow } from '#core/api/reports.ts'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Notifier } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import { ictDay } from '#core/time.ts'
import { unitText } from '#core/words.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { spansOf } from '#control/figures/period.ts'
import type { FiguresReader } from '#control/figures/reader.ts'
import { firstKnown } from '#control/figures/unit-days.ts'
import { mask } from '#control/rights/masking.ts'
import { announceReport } from './announce.ts'
import { sha256, type FileArchive } from './archive.ts'
import { reportDocument } from './contents.ts'
import { exactShare } from './numbers.ts'
import { createRenderer, type Renderer } from './render-in.ts'
import type { ReportTables } from './report-tables.ts'
import { readSettings } from './settings.ts'
import type { Subscribers } from './subscribers.ts'
import { unitFindings } from './unit-findings.ts'

export type MakerParts = {
  control: Control
  inventory: Inventory
  clock: Clock
  notifier: Notifier
  /** Shared with the screens, so that both stand under one ceiling of threads. */
  figures: FiguresReader
  /** Origin that reports speak of: the demonstration's while it runs alone. */
  origin(): Origin
  /** Whose thread typesets the files, when several desks share it; else one of their own. */
  render?: Renderer
}
type Stores = { archive: FileArchive; tables: ReportTables; subscribers: Subscribers }

/** Hears which step a report has reached and how much is done (0 to 1). */
export type OnStep = (step: string, share: number) => void

export type ReportMaker = {
  /** Throws 400 `posture.*` for a period that cannot be, 422 `unit.unknown` or `report.unit`. */
  check(asked: NewReport): void
  /** First day of which anything is known; a report of days before it could only say that nothing is known. */
  firstDay(): string | undefined
  /**
   * Makes one report, archives it and sends it to its subscribers in the same transaction. A finished period that is archived
   * is given as it is, unless a reason asks for a new version. `slot` is the scheduled slot that the report fills. Throws 409
   * `report.outdated` when another origin is shown by the time it is made.
   */
  make(asked: NewReport, by: string, onStep?: OnStep, slot?: string): Promise<ReportRow>
}

/** Makes reports, one at a time: the caller keeps the order. */
export function createReportMaker(parts: MakerParts, { archive, tables, subscribers }: Stores): ReportMaker {
  const { control, clock, inventory } = parts
  const render = parts.render ?? createRenderer()

  function firstDay(): string | undefined {
    const first = firstKnown(control, parts.origin())
    return first === undefined ? undefined : ictDay(first)
  }

  function figures(period: Period, unit: string, onStep?: OnStep): Promise<PeriodFigures> {
    const options = { origin: parts.origin(), ...(unit === '' ? {} : { scope: inventory.subtree(unit) }) }
    return parts.figures(period, options, onStep)
  }

  /** The same days a year earlier, when the platform was there. */
  async function lastYear(period: Period, unit: string): Promise<PeriodFigures | null> {
    const first = firstDay()
    const back = (day: string) => `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`.replace(/-02-29$/, '-02-28')
    const then = { from: back(period.from), to: back(period.to) }
    if (first === undefined || first > then.to) return null
    const made = await figures(then, unit)
    return made.events.value === null || made.events.value === 0 ? null : made
  }

  /** The report as a document, from the figures of its period and of a year before. */
  async function write(asked: NewReport, onStep?: OnStep) {
    const now = await figures(asked.period, asked.unit, (step, share) => onStep?.(step, share * 0.5))
    const before = await lastYear(asked.period, asked.unit)
    onStep?.('text', 0.6)
    const document = reportDocument({
      kind: asked.kind,
      figures: now,
      paragraph: paragraphOf(now, exactShare),
      lastYear: before,
      form: readSettings(control).form,
      unitName: asked.unit === '' ? '' : unitText(inventory.label(asked.unit)),
      findings: asked.unit === '' ? null : unitFindings(control, inventory.subtree(asked.unit), now)
    })
    return { now, document }
  }

  return {
    check(asked) {
      if (asked.unit !== '' && inventory.unit(asked.unit) === undefined) {
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: asked.unit } })
      }
      if ((asked.kind === 'unit_weekly') !== (asked.unit !== '')) {
        throw new SocError('report.unit', 'a report for a unit names it, and only that kind does', { status: 422 })
      }
      // Refuses what is no period before anything is begun.
      spansOf(asked.period, clock.now())
      const first = firstDay()
      if (first !== undefined && asked.period.to < first) {
        throw new SocError('posture.before_data', 'the period ends before the first data', {
          status: 400,
          params: { first }
        })
      }
    },
    firstDay,
    async make(asked, by, onStep, slot) {
      const origin = parts.origin()
      const found = tables.newest(asked, origin)
      if (found !== undefined && !found.draft && asked.reason === undefined) {
        if (slot !== undefined) tables.fillSlot(slot, found.id, clock.now())
        return tables.row(found)
      }
      const { now, document } = await write(asked, onStep)
      onStep?.('pages', 0.65)
      // The names of what was attacked come from logs: a citizen's number is masked in a report as on every screen.
      const { pdf, docx } = await render(mask(document))
      // The demonstration was ended, or the first real log came, while this was being made.
      if (parts.origin() !== origin)
        throw new SocError('report.outdated', 'the figures are no longer shown', { status: 409 })
      onStep?.('archive', 0.95)
      // Files first: a row never names a file that is not there.
      const hashes = { pdf: archive.put('pdf', pdf), docx: archive.put('docx', docx) }
      const text = JSON.stringify(now)
      return control.transaction(() => {
        const stored = tables.insert({
          kind: asked.kind,
          from_day: asked.period.from,
          to_day: asked.period.to,
          unit: asked.unit,
          origin,
          version: (tables.newest(asked, origin)?.version ?? 0) + 1,
          draft: now.running ? 1 : 0,
          reason: asked.reason ?? '',
          made_at: clock.now(),
          made_by: by,
          figures: text,
          figures_hash: sha256(text),
          pdf_hash: hashes.pdf,
          docx_hash: hashes.docx,
          pdf_bytes: pdf.length,
          docx_bytes: docx.length
        })
        const row = tables.row(stored)
        if (slot !== undefined) tables.fillSlot(slot, row.id, clock.now())
        // A draft is for the one who asked; what is finished goes to everybody who subscribed.
        if (!row.draft) {
          for (const subscriber of subscribers.subscribedTo(asked.kind, asked.unit)) {
            announceReport(parts.notifier, row, document.title, subscriber, pdf)
          }
        }
        return row
      })
    }
  }
}
