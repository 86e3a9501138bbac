import type { ReportSettings } from '#core/api/reports.ts'
import { messageOf } from '#core/errors.ts'
import type { Clock } from '#core/clock.ts'
import type { Origin } from '#core/origin.ts'
import type { ReportJobs } from './jobs.ts'
import type { ReportMaker } from './maker.ts'
import type { ReportTables } from './report-tables.ts'
import { dueSlots, slotName } from './schedule.ts'
import type { Subscribers } from './subscribers.ts'

/** A scheduled report that failed is tried again after this long. */
const RETRY_MS = 15 * 60_000

type ScheduledParts = {
  clock: Clock
  origin(): Origin
  settings(): ReportSettings
  tables: ReportTables
  subscribers: Subscribers
  maker: ReportMaker
  jobs: ReportJobs
  log: { error(fields: object, message: string): void } | undefined
}

/** The reports that are made by themselves, each slot once. */
export class ScheduledReports {
  #parts: ScheduledParts
  #retryAt = new Map<string, number>()
  #ticking = false

  constructor(parts: ScheduledParts) {
    this.#parts = parts
  }

  /** Makes what is due and was not made, one after the other; a tick that comes while another runs does nothing. */
  async tick(): Promise<void> {
    if (this.#ticking) return
    this.#ticking = true
    try {
      await this.#makeDue()
    } finally {
      this.#ticking = false
    }
  }

  async #makeDue(): Promise<void> {
    const { clock, maker, settings, subscribers, tables } = this.#parts
    for (const { kind, period, dueAt } of dueSlots(settings(), clock.now())) {
      // What ended before the platform's first day, or before its first data, has nothing to tell.
      if (dueAt < tables.since(clock.now()) || period.to < (maker.firstDay() ?? '')) continue
      const units = kind === 'unit_weekly' ? subscribers.units() : ['']
      for (const unit of units) {
        const slot = slotName(kind, period, unit, this.#parts.origin())
        if (tables.slotFilled(slot) || clock.now() < (this.#retryAt.get(slot) ?? 0)) continue
        try {
          await this.#parts.jobs.inTurn(() => maker.make({ kind, period, unit }, 'system', undefined, slot))
          this.#retryAt.delete(slot)
        } catch (error) {
          this.#retryAt.set(slot, clock.now() + RETRY_MS)
          this.#parts.log?.error({ err: error, slot }, `scheduled report: ${messageOf(error)}`)
        }
      }
    }
  }
}
