import type {
  NewReport,
  NewSubscriber,
  ReportJob,
  ReportRow,
  ReportSettings,
  ReportSubscriber
} from '#core/api/reports.ts'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import type { ReportKind } from '#core/report.ts'
import { openArchive, type FileKind } from './archive.ts'
import { ReportJobs } from './jobs.ts'
import { createReportMaker, type MakerParts, type OnStep } from './maker.ts'
import { createReportTables } from './report-tables.ts'
import { ScheduledReports } from './scheduled.ts'
import { readSettings, writeSettings } from './settings.ts'
import { createSubscribers } from './subscribers.ts'
import { archiveFolder, verifyArchive, type ArchiveFault } from './verify.ts'

export type ReportsParts = MakerParts & {
  dataFolder: string
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
  made(asked: NewReport, by: string, onStep?: OnStep): Promise<ReportRow>
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
  const { control, clock, inventory, log } = parts
  const archive = openArchive(archiveFolder(parts.dataFolder))
  const tables = createReportTables(control, inventory)
  const subscribers = createSubscribers(control, inventory)
  const maker = createReportMaker(parts, { archive, tables, subscribers })
  const jobs = new ReportJobs()
  const settings = () => readSettings(control)
  const scheduled = new ScheduledReports({
    ...{ clock, settings, tables, subscribers, maker, jobs, log },
    origin: () => parts.origin()
  })

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
      maker.check(asked)
      return jobs.begin(
        (onStep) => maker.make(asked, by, onStep),
        (error) => log?.error({ err: error }, 'report')
      )
    },
    job: (id) => jobs.get(id),
    made(asked, by, onStep) {
      maker.check(asked)
      return jobs.inTurn(() => maker.make(asked, by, onStep))
    },
    settings,
    setSettings: (settings, by) => writeSettings(control, clock, settings, by),
    subscribers: subscribers.list,
    subscribe: (draft, by) => subscribers.add(draft, by, clock.now()),
    unsubscribe: subscribers.remove,
    tick: () => scheduled.tick(),
    forget(origin) {
      for (const { kind, hash } of tables.forget(origin)) archive.remove(kind, hash)
    },
    verify: () => verifyArchive(control, parts.dataFolder).faults
  }
}
