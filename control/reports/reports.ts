import type { Period, PeriodFigures } from '#core/api/posture.ts'
import type {
  NewReport,
  NewSubscriber,
  ReportJob,
  ReportRow,
  ReportSettings,
  ReportSubscriber
} from '#core/api/reports.ts'
import type { Clock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { Notifier } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { ReportKind } from '#core/report.ts'
import { ictDay } from '#core/time.ts'
import { unitText } from '#core/words.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { spansOf } from '#control/figures/period.ts'
import type { FiguresReader } from '#control/figures/reader.ts'
import { firstKnown } from '#control/figures/unit-days.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { mask } from '#control/rights/masking.ts'
import { announceReport } from './announce.ts'
import { openArchive, sha256, type FileKind } from './archive.ts'
import { reportDocument } from './contents.ts'
import { exactShare } from './numbers.ts'
import { createReportTables, type StoredReport } from './report-tables.ts'
import { createRenderer } from './render-in.ts'
import { dueSlots, slotName } from './schedule.ts'
import { readSettings, writeSettings } from './settings.ts'
import { unitFindings } from './unit-findings.ts'
import { archiveFolder, verifyArchive, type ArchiveFault } from './verify.ts'

/** Reports on their way and lately done that a screen may ask about; the oldest are forgotten. */
const MAX_JOBS = 50
/** Reports waiting to be made; more are refused with `report.busy`. */
const MAX_QUEUED = 10
/** A scheduled report that failed is tried again after this long. */
const RETRY_MS = 15 * 60_000

export type ReportsParts = {
  control: Control
  inventory: Inventory
  clock: Clock
  notifier: Notifier
  dataFolder: string
  /** Shared with the screens, so that both stand under one ceiling of threads. */
  figures: FiguresReader
  /** Origin that reports speak of: the demonstration's while it runs alone. */
  origin(): Origin
  log?: { error(fields: object, message: string): void }
}

export type Reports = {
  list(filter: { kind?: ReportKind; units?: ReadonlySet<string>; cursor?: string; limit: number }): {
    reports: ReportRow[]
    cursor: string | null
  }
  get(id: string): ReportRow | undefined
  file(id: string, kind: FileKind): Uint8Array
  /**
   * Begins a report. A finished period that is archived is given as it is, unless a reason asks for a new version. Throws
   * 400 `posture.*` for a period that cannot be, 422 `unit.unknown`, 503 `report.busy`.
   */
  make(asked: NewReport, by: string): ReportJob
  job(id: string): ReportJob | undefined
  /** The same, waited for: for the command line and the schedule. */
  made(asked: NewReport, by: string, onStep?: (step: string, share: number) => void): Promise<ReportRow>
  settings(): ReportSettings
  setSettings(settings: ReportSettings, by: string): void
  subscribers(): ReportSubscriber[]
  subscribe(draft: NewSubscriber, by: string): ReportSubscriber
  unsubscribe(id: string): void
  /** Makes what is due and was not made, one after the other; call it every minute. */
  tick(): Promise<void>
  /** Removes the reports of an origin, rows and files: the end of a demonstration. */
  forget(origin: Origin): void
  /** Every archived file against its hash. */
  verify(): ArchiveFault[]
}

/** Reports: made on threads, archived with their hashes, sent to their subscribers in the transaction that archives them. */
export function createReports(parts: ReportsParts): Reports {
  const { control, clock, inventory } = parts
  const read = parts.figures
  const render = createRenderer()
  const archive = openArchive(archiveFolder(parts.dataFolder))
  const tables = createReportTables(control, inventory)
  const jobs = new Map<string, ReportJob>()
  const retryAt = new Map<string, number>()
  let queued = 0
  /** One report at a time: figures and typesetting already have their own threads. */
  let last: Promise<unknown> = Promise.resolve()
  let ticking = false

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (queued >= MAX_QUEUED) throw new SocError('report.busy', 'too many reports are being made', { status: 503 })
    queued += 1
    const next = last.then(work, work).finally(() => (queued -= 1))
    last = next.catch(() => undefined)
    return next
  }

  function check(asked: NewReport) {
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
  }

  /** First day of which anything is known; a report of days before it could only say that nothing is known. */
  function firstDay(): string | undefined {
    const first = firstKnown(control, parts.origin())
    return first === undefined ? undefined : ictDay(first)
  }

  async function figures(period: Period, unit: string, onStep?: (step: string, share: number) => void) {
    const options = { origin: parts.origin(), ...(unit === '' ? {} : { scope: inventory.subtree(unit) }) }
    return read(period, options, onStep)
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

  async function make(asked: NewReport, by: string, onStep?: (step: string, share: number) => void, slot?: string) {
    const origin = parts.origin()
    const found = tables.newest(asked, origin)
    if (found !== undefined && !found.draft && asked.reason === undefined) {
      if (slot !== undefined) tables.fillSlot(slot, found.id, clock.now())
      return tables.row(found)
    }
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
      const stored: StoredReport = tables.insert({
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
        for (const subscriber of tables.subscribersOf(asked.kind, asked.unit)) {
          announceReport(parts.notifier, row, document.title, subscriber, pdf)
        }
      }
      return row
    })
  }

  function forget() {
    for (const id of jobs.keys()) {
      if (jobs.size <= MAX_JOBS) return
      jobs.delete(id)
    }
  }

  return {
    list: tables.list,
    get(id) {
      const stored = tables.byId(id)
      return stored === undefined ? undefined : tables.row(stored)
    },
    file(id, kind) {
      const stored = tables.byId(id)
      if (stored === undefined)
        throw new SocError('report.not_found', 'no such report', { status: 404, params: { id } })
      return archive.get(kind, kind === 'pdf' ? stored.pdf_hash : stored.docx_hash)
    },
    make(asked, by) {
      check(asked)
      const id = randomId()
      const job: ReportJob = { id, step: 'queued', share: 0, report: null, error: null }
      const work = inTurn(() =>
        make(asked, by, (step, share) => {
          job.step = step
          job.share = share
        })
      )
      jobs.set(id, job)
      forget()
      work.then(
        (report) => Object.assign(job, { step: 'done', share: 1, report }),
        (error: unknown) => {
          parts.log?.error({ err: error }, 'report')
          Object.assign(job, { step: 'failed', error: error instanceof SocError ? error.code : 'report.failed' })
        }
      )
      return job
    },
    job: (id) => jobs.get(id),
    made(asked, by, onStep) {
      check(asked)
      return inTurn(() => make(asked, by, onStep))
    },
    settings: () => readSettings(control),
    setSettings: (settings, by) => writeSettings(control, clock, settings, by),
    subscribers: tables.subscribers,
    subscribe: (draft, by) => tables.subscribe(draft, by, clock.now()),
    unsubscribe: tables.unsubscribe,
    async tick() {
      if (ticking) return
      ticking = true
      try {
        for (const { kind, period, dueAt } of dueSlots(readSettings(control), clock.now())) {
          // What ended before the platform's first day, or before its first data, has nothing to tell.
          if (dueAt < tables.since(clock.now()) || period.to < (firstDay() ?? '')) continue
          const units = kind === 'unit_weekly' ? tables.subscribedUnits() : ['']
          for (const unit of units) {
            const slot = slotName(kind, period, unit, parts.origin())
            if (tables.slotFilled(slot) || clock.now() < (retryAt.get(slot) ?? 0)) continue
            try {
              await inTurn(() => make({ kind, period, unit }, 'system', undefined, slot))
              retryAt.delete(slot)
            } catch (error) {
              retryAt.set(slot, clock.now() + RETRY_MS)
              parts.log?.error({ err: error, slot }, `scheduled report: ${messageOf(error)}`)
            }
          }
        }
      } finally {
        ticking = false
      }
    },
    forget(origin) {
      for (const { kind, hash } of tables.forget(origin)) archive.remove(kind, hash)
    },
    verify: () => verifyArchive(control, parts.dataFolder).faults
  }
}
