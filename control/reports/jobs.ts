import type { ReportJob, ReportRow } from '#core/api/reports.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { OnStep } from './maker.ts'

/** Reports on their way and lately done that a screen may ask about; the oldest are forgotten. */
const MAX_JOBS = 50
/** Reports waiting to be made; more are refused with `report.busy`. */
const MAX_QUEUED = 10

/** The reports that are being made: one at a time, since figures and typesetting already have their own threads. */
export class ReportJobs {
  #jobs = new Map<string, ReportJob>()
  #queued = 0
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the work after all work before it. Throws 503 `report.busy` when too much waits. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#queued >= MAX_QUEUED)
      throw new SocError('report.busy', 'too many reports are being made', { status: 503 })
    this.#queued += 1
    const next = this.#last.then(work, work).finally(() => (this.#queued -= 1))
    this.#last = next.catch(() => undefined)
    return next
  }

  /** Begins a report whose steps a screen can follow. Throws as `inTurn` does. */
  begin(work: (onStep: OnStep) => Promise<ReportRow>, onFailed: (error: unknown) => void): ReportJob {
    const job: ReportJob = { id: randomId(), step: 'queued', share: 0, report: null, error: null }
    const made = this.inTurn(() => work((step, share) => Object.assign(job, { step, share })))
    this.#jobs.set(job.id, job)
    this.#forget()
    made.then(
      (report) => Object.assign(job, { step: 'done', share: 1, report }),
      (error: unknown) => {
        onFailed(error)
        Object.assign(job, { step: 'failed', error: error instanceof SocError ? error.code : 'report.failed' })
      }
    )
    return job
  }

  get(id: string): ReportJob | undefined {
    return this.#jobs.get(id)
  }

  #forget() {
    for (const id of this.#jobs.keys()) {
      if (this.#jobs.size <= MAX_JOBS) return
      this.#jobs.delete(id)
    }
  }
}
